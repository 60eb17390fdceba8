"""Whole images of Debian, made by the commands that `vcfg build --for` prints.

Minutes, the archive and more programs than the other tests have: see the README. What has to be
said besides (which archive, which format) is added to the printed command.
"""

from __future__ import annotations

import os
import pwd
import re
import shlex
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from evaluator.emit.write import adapted, render_outputs, write_outputs
from tests.activation.box import plan_of
from tests.integration.root import archive_sources

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [pytest.mark.nightly, pytest.mark.root]

PASSWORD = "hunter2\n"
APPLICATION: dict[str, Any] = {
    "files": {
        "/etc/motd": {"text": "Welcome.\n"},
        '/etc/app/it\'s "odd"': {"text": "x", "mode": "0640", "group": "app"},
        "/etc/app/password": {"text": {"secret": {"name": "db"}}, "mode": "0600"},
    },
    "groups": {"app": {"gid": 500}},
    "users": {"app": {"uid": 500, "group": "app", "home": "/srv/app", "create-home": True}},
    "units": {"cron.service": {"state": "disable"}},
    # Without systemd nothing inside a root could disable a unit that is enabled there.
    "packages": ["cron", "hello", "systemd"],
}


@dataclass
class Workshop:
    """A folder with outputs under an awkward name, secrets beside them, and a shell."""

    folder: Path
    activation: dict[str, Any]
    name: str = "an out'put: folder"

    @property
    def out(self) -> Path:
        return self.folder / self.name

    def command(self, builder: str) -> str:
        """Write what a builder needs; the command that is printed for the folder."""
        plan = plan_of(self.activation)
        outputs = render_outputs(plan)
        found = adapted(plan, outputs, builder)
        write_outputs(outputs | found.outputs, self.out)
        for name in ("secrets", "vcfg-secrets"):
            (self.folder / name).mkdir(exist_ok=True)
            (self.folder / name / "db").write_text(PASSWORD)
        return found.usage(shlex.quote(str(self.out)))

    def run(self, command: str, *, user: str | None = None, **more: str) -> str:
        words = ["sh", "-euc", command]
        if user:
            subprocess.run(["chown", "-R", user, self.folder], check=True)
            words = ["runuser", "-u", user, "--", *words]
        done = subprocess.run(
            words,
            cwd=self.folder,
            env=os.environ | more,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
        return done.stdout + done.stderr


@pytest.fixture
def workshop() -> Iterator[Workshop]:
    """In a place that everybody may enter, unlike pytest's own."""
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        Path(folder).chmod(0o755)
        yield Workshop(Path(folder), APPLICATION)


@pytest.fixture(scope="session")
def debian(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A minimal Debian as a tar archive."""
    made = tmp_path_factory.mktemp("debian") / "base.tar"
    bootstrap = ["mmdebstrap", "--variant=minbase", "bookworm", str(made), *archive_sources()]
    subprocess.run(bootstrap, check=True, capture_output=True)
    return made


def check(root: Path, *, packages: bool = True) -> None:
    """What every image has; `packages`, where any were asked for."""
    assert (root / "etc/motd").read_text() == "Welcome.\n"
    assert (root / "etc/app/password").read_text() == PASSWORD
    facts = (root / 'etc/app/it\'s "odd"').stat()
    assert (oct(facts.st_mode & 0o7777), facts.st_uid, facts.st_gid) == ("0o640", 0, 500)
    assert (root / "srv/app").stat().st_uid == 500
    if packages:
        assert (root / "usr/bin/hello").exists()
        wants = root / "etc/systemd/system/multi-user.target.wants"
        assert not (wants / "cron.service").is_symlink()


def ordinary_user() -> str:
    """Somebody with subordinate ids, which namespaces of an ordinary user need."""
    for line in Path("/etc/subuid").read_text().splitlines():
        name = line.split(":")[0]
        if name in {each.pw_name for each in pwd.getpwall()} and name != "root":
            return name
    pytest.skip("needs a user in /etc/subuid: useradd --create-home tester")


@pytest.mark.needs("mmdebstrap")
def test_mmdebstrap_makes_the_same_tarball_for_root_and_for_everybody(workshop: Workshop) -> None:
    user = ordinary_user()
    command = workshop.command("mmdebstrap") + " " + shlex.join(archive_sources())
    moment = {"SOURCE_DATE_EPOCH": "1700000000"}
    keys = str(workshop.folder / "secrets")
    workshop.run(command.replace("image.tar", "root.tar"), VCFG_SECRETS=keys, **moment)
    brought = command.replace("image.tar", "unshare.tar").replace(
        "mmdebstrap ", "mmdebstrap --mode=unshare --customize-hook='copy-in vcfg-secrets /run' ", 1
    )
    workshop.run(brought, user=user, **moment)
    workshop.run("mkdir root && tar -C root -xf root.tar")
    check(workshop.folder / "root")
    assert not (workshop.folder / "root/run/vcfg-secrets").exists()
    made_by = [(workshop.folder / f"{mode}.tar").read_bytes() for mode in ("root", "unshare")]
    assert made_by[0] == made_by[1]


@pytest.mark.needs("debootstrap")
def test_debootstrap_and_chroot(workshop: Workshop) -> None:
    workshop.command("tree")
    root = workshop.folder / "root"
    names = ",".join(APPLICATION["packages"])
    source = archive_sources()[0].split()[2]
    workshop.run(f"debootstrap --variant=minbase --include={names} bookworm root {source}")
    shutil.copy(workshop.out / "activate", root / "root/activate")
    shutil.copytree(workshop.folder / "secrets", root / "run/secrets")
    workshop.run("chroot root sh /root/activate --inside", VCFG_SECRETS="/run/secrets")
    check(root)


@pytest.mark.needs("mkosi")
@pytest.mark.parametrize("by", ["root", "user"])
def test_mkosi(workshop: Workshop, by: str) -> None:
    """Any mkosi from 14 on: the first one in PATH."""
    said = subprocess.run(["mkosi", "--version"], capture_output=True, text=True, check=True).stdout
    found = re.search(r"\d+", said)
    old = found is not None and int(found[0]) < 15
    keys = workshop.folder / "secrets"
    if old:
        # debootstrap, which it calls, takes no other name.
        workshop.name = "out"
    command = workshop.command("mkosi").replace("/run/keys", str(keys))
    if old:
        if by == "user":
            pytest.skip("needs mkosi 25 or newer in PATH: github.com/systemd/mkosi, bin/mkosi")
        given = f"--environment=VCFG_SECRETS={keys}"
        options = f"{given} --nspawn-keep-unit --output=image"
        command = command[: command.index(" --build-sources")] + f" {options} build"
    else:
        place = workshop.folder / "sandbox/etc/apt/sources.list.d/mkosi.sources"
        place.parent.mkdir(parents=True)
        source = archive_sources()[0].split()[2]
        place.write_text(
            f"Types: deb\nURIs: {source}\nSuites: bookworm\nComponents: main\n"
            "Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg\n"
        )
        command = command.replace(" build", f" --sandbox-tree={workshop.folder}/sandbox build")
    command = command.replace("mkosi -C", "mkosi --format=directory -C", 1)
    workshop.run(command, user=ordinary_user() if by == "user" else None)
    if by == "root":
        check(workshop.out / "image")
    else:
        waiting = workshop.out / "image/usr/lib/tmpfiles.d/vcfg-ownership.conf"
        assert 'odd\\""' in waiting.read_text()


@pytest.mark.needs("buildah")
def test_containerfile(workshop: Workshop, debian: Path) -> None:
    """Without systemd, whose package makes a machine id of its own."""
    workshop.activation = {**APPLICATION, "packages": ["hello"], "units": {}}
    store = workshop.folder / "store"
    engine = f"buildah --root {store}/root --runroot {store}/run --storage-driver vfs"
    base = workshop.folder / "base"
    base.mkdir()
    os.link(debian, base / "base.tar")
    (base / "Containerfile").write_text("FROM scratch\nADD base.tar /\n")
    workshop.run(f"{engine} bud --isolation=chroot --tag=base base")
    command = workshop.command("containerfile").replace("podman build", f"{engine} bud")
    command = command.replace(" bud", " bud --isolation=chroot --build-arg=BASE=localhost/base", 1)
    ids = []
    for _ in range(2):
        workshop.run(command.replace("bud", "bud --no-cache", 1))
        ids.append(workshop.run(f"{engine} images --quiet --no-trunc image"))
    assert ids[0] == ids[1]
    mounted = workshop.run(f"{engine} mount $({engine} from localhost/image)")
    check(Path(mounted.splitlines()[-1]))


@pytest.mark.needs("mmdebstrap")
def test_confext_merged_by_systemd(workshop: Workshop) -> None:
    usage = workshop.command("confext").replace(shlex.quote(str(workshop.out)), "/root")
    sources = [source.replace("bookworm", "trixie") for source in archive_sources()[:1]]
    bootstrap = "mmdebstrap --variant=minbase --include=systemd trixie root.tar "
    workshop.run(bootstrap + shlex.join(sources) + " && mkdir root && tar -C root -xf root.tar")
    shutil.copy(workshop.out / "confext.tar", workshop.folder / "root/root")
    (workshop.folder / "root/etc/app").mkdir(mode=0o700)
    inside = (
        f'{usage}; cat /etc/motd; stat -c \'%a %u:%g\' /etc/app "/etc/app/it\'s \\"odd\\"";'
        "! touch /etc/new 2>/dev/null; systemd-confext unmerge; stat -c %a /etc/app"
    )
    (workshop.folder / "root/root/merge").write_text(inside)
    said = workshop.run(
        "exec unshare --mount --propagation=private sh -euc '"
        "mount --bind root root; mount --make-rshared root; cd root; mount -t proc proc proc;"
        "mount -t tmpfs tmpfs run; mount --rbind /dev dev; chroot . sh -eu /root/merge'"
    )
    lines = [line for line in said.splitlines() if "xtension" not in line and "merged" not in line]
    assert lines == ["Welcome.", "755 0:0", "640 0:500", "700"]


@pytest.mark.needs("virt-customize", package="guestfs-tools")
def test_virt_customize(workshop: Workshop, debian: Path) -> None:
    """Without packages: emulated, apt takes many minutes."""
    workshop.activation = {**APPLICATION, "packages": []}
    kernels = sorted(Path("/boot").glob("vmlinuz-*"))
    if not kernels:
        pytest.skip("needs a kernel: apt-get install linux-image-cloud-amd64")
    workshop.run(f"mkdir root && tar -C root -xf {debian}")
    workshop.run("mke2fs -q -t ext4 -d root disk.img 1G")
    workshop.run(
        workshop.command("virt-customize"),
        SUPERMIN_KERNEL=str(kernels[-1]),
        SUPERMIN_MODULES=f"/lib/modules/{kernels[-1].name.removeprefix('vmlinuz-')}",
        LIBGUESTFS_BACKEND="direct",
        LIBGUESTFS_BACKEND_SETTINGS="force_tcg",
    )
    (workshop.folder / "mounted").mkdir()
    said = workshop.run("debugfs -R 'rdump / mounted' disk.img")
    assert "denied" not in said
    check(workshop.folder / "mounted", packages=False)
    assert not (workshop.folder / "mounted/run/vcfg-secrets").exists()
    assert not (workshop.folder / "mounted/root/vcfg-activate").exists()
