"""The Debian 12 root in which the programs live: built once with mmdebstrap, kept in a cache.

It holds what the configurations under test ask for in their `packages.txt`, plus the
programs that judge. The cache lies outside the checkout (`VCFG_TEST_ROOT_CACHE`, else
`~/.cache/vcfg-test`) and is keyed by suite, package names and what is left out, so that
a run that changes none of them starts at once. Nobody writes into it: sandboxes mount it
as the lower layer of an overlay. To take newer packages from the archive, delete the
directory.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SUITE = "bookworm"
KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"

#: What dpkg leaves out: nobody reads it there. The emulators of `qemu-user-static` stay, all
#: 360 MB of them, since a program of every platform is run.
LEFT_OUT = ("/usr/share/man/*", "/usr/share/locale/*")

#: Programs that judge, as opposed to those a configuration asks for.
JUDGES = frozenset(
    (
        # Ansible, cloud-init, diskimage-builder and Packer run what `--for` writes for them.
        "ansible-core",
        "augeas-lenses",
        "augeas-tools",
        "bridge-utils",
        "cloud-init",
        "faketime",
        "ifenslave",
        "iproute2",
        "isc-dhcp-client",
        # A mechanism of SASL with a password, and the program that sets one.
        "libsasl2-modules",
        "libvirt-clients",
        "openssl",
        "packer",
        "procps",
        "python3-diskimage-builder",
        "sasl2-bin",
        "sudo",
        "systemd",
    )
)


class RootUnavailable(Exception):
    """The root cannot be built on this machine; the text says why and what to do."""


def cache_directory() -> Path:
    """Where roots are kept between runs."""
    chosen = os.environ.get("VCFG_TEST_ROOT_CACHE")
    return Path(chosen) if chosen else Path.home() / ".cache" / "vcfg-test"


def root_key(packages: Iterable[str]) -> str:
    """Name of the root that holds exactly these packages, without what is left out."""
    text = "\n".join([SUITE, *LEFT_OUT, *sorted(packages)])
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def archive_sources() -> list[str]:
    """The sources of the suite and its security updates, from apt's own configuration.

    Raises RootUnavailable where apt has no source for the suite.
    """
    listing = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(RELEASE) $(REPO_URI)"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    found: dict[str, str] = {}
    for line in listing.splitlines():
        release, _, address = line.partition(" ")
        found.setdefault(release, address)
    if SUITE not in found:
        message = f"apt has no source for {SUITE}; add one to /etc/apt/sources.list"
        raise RootUnavailable(message)
    return [
        f"deb [signed-by={KEYRING}] {found[release]} {release} main"
        for release in (SUITE, f"{SUITE}-security")
        if release in found
    ]


@contextmanager
def scratch_root(packages: Iterable[str]) -> Iterator[Path]:
    """A root with these packages; built when it is not in the cache yet.

    While the context lasts the root is held, so that another run that needs a different
    one does not clear it away.
    """
    names = sorted(set(packages))
    cache = cache_directory()
    cache.mkdir(parents=True, exist_ok=True)
    root = cache / f"root-{root_key(names)}"
    with root.with_suffix(".lock").open("w") as hold:
        fcntl.flock(hold, fcntl.LOCK_SH)
        if not root.is_dir():
            fcntl.flock(hold, fcntl.LOCK_EX)
            if not root.is_dir():
                _clear_others(cache, root)
                _build(root, names)
            fcntl.flock(hold, fcntl.LOCK_SH)
        yield root


def _build(root: Path, packages: list[str]) -> None:
    """Build beside the final place, then rename: a killed run leaves no half root."""
    sources = archive_sources()
    staging = root.with_suffix(".partial")
    shutil.rmtree(staging, ignore_errors=True)
    built = subprocess.run(
        [
            "mmdebstrap",
            "--mode=root",
            "--variant=minbase",
            "--format=directory",
            # Snapshot mirrors serve old release files, and machines have odd clocks.
            '--aptopt=Acquire::Check-Valid-Until "false"',
            '--aptopt=Acquire::Check-Date "false"',
            "--dpkgopt=force-unsafe-io",
            *(f"--dpkgopt=path-exclude={pattern}" for pattern in LEFT_OUT),
            f"--include={','.join(packages)}",
            SUITE,
            str(staging),
            *sources,
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    if built.returncode != 0:
        shutil.rmtree(staging, ignore_errors=True)
        message = f"mmdebstrap exited {built.returncode}\n{built.stderr[-3000:]}"
        raise RuntimeError(message)
    staging.rename(root)


def _clear_others(cache: Path, wanted: Path) -> None:
    """Remove what runs with other package lists left and no run holds any more."""
    for lock in cache.glob("root-*.lock"):
        other = lock.with_suffix("")
        if other == wanted:
            continue
        with lock.open("w") as hold:
            if not _taken(hold):
                shutil.rmtree(other, ignore_errors=True)
                shutil.rmtree(other.with_suffix(".partial"), ignore_errors=True)


def _taken(lock: IO[str]) -> bool:
    """Whether somebody else holds the lock; takes it otherwise."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    return False
