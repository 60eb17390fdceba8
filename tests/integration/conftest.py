"""What the integration tests share: outputs of `vcfg build`, the root, applied roots.

Everything is made once per run: each configuration is built once, the scratch root is
taken from its cache, and each configuration is applied once, by its own `activate`, in a
sandbox. Tests get fresh sandboxes on top of what that left.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from .root import JUDGES, RootUnavailable, scratch_root
from .sandbox import TARGET, Sandbox, sandbox_refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .sandbox import Result

HERE = Path(__file__).parent
PROJECT = HERE.parents[1]

#: The configurations under test, by the name tests call them.
CONFIGURATIONS = {
    "node": PROJECT / "spec" / "examples" / "ganeti-node" / "node1.vcfg",
    "kvm-host": PROJECT / "spec" / "examples" / "kvm-host" / "host.vcfg",
    "libvirt-tls": HERE / "configs" / "libvirt-tls.vcfg",
    "libvirt-sockets": HERE / "configs" / "libvirt-sockets.vcfg",
    "libvirt-limits": HERE / "configs" / "libvirt-limits.vcfg",
    "libvirt-open": HERE / "configs" / "libvirt-open.vcfg",
    "libvirt-group": HERE / "configs" / "libvirt-group.vcfg",
    "ganeti-variations": HERE / "configs" / "ganeti-variations.vcfg",
    "virtlog": HERE / "configs" / "virtlog.vcfg",
    "ganeti-alone": HERE / "configs" / "ganeti-alone.vcfg",
    "ganeti-debootstrap": HERE / "configs" / "ganeti-debootstrap.vcfg",
    "ganeti-flags": HERE / "configs" / "ganeti-flags.vcfg",
    "ganeti-parts": HERE / "configs" / "ganeti-parts.vcfg",
    "ganeti-units": HERE / "configs" / "ganeti-units.vcfg",
    "guests": HERE / "configs" / "guests.vcfg",
    "base": HERE / "configs" / "base.vcfg",
    "base-booted": HERE / "configs" / "base-booted.vcfg",
    "childhurds": HERE / "configs" / "childhurds.vcfg",
    "portable": HERE / "configs" / "portable.vcfg",
    "openssh": HERE / "configs" / "openssh.vcfg",
    "sudo": HERE / "configs" / "sudo.vcfg",
    "network-ifupdown": HERE / "configs" / "network-ifupdown.vcfg",
    "network-networkd": HERE / "configs" / "network-networkd.vcfg",
    "network-stacked": HERE / "configs" / "network-stacked.vcfg",
}

#: Machines as strangers describe them: what no example has, side by side.
ODD = (
    *("odd-everything", "odd-ganeti", "odd-guests", "odd-hypervisor"),
    *("odd-jobs", "odd-programs", "odd-small", "odd-units"),
)
CONFIGURATIONS |= {name: HERE / "configs" / f"{name}.vcfg" for name in ODD}

#: Files that describe several hosts, and which; a test calls one `NAME/HOST`.
FLEETS = {
    "cluster": (
        PROJECT / "spec" / "examples" / "ganeti-cluster" / "fleet.vcfg",
        ("node1", "node2", "node3"),
    ),
}


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line(
        "markers", "integration: real Debian programs judge the output (root, mmdebstrap)"
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.integration)


def missing_requirement() -> str | None:
    """What this machine lacks for sandboxes and the root, with what helps; or None."""
    if os.geteuid() != 0:
        return "needs root for sandboxes; run `sudo make test`"
    wanted = (HERE / "debian-packages.txt").read_text().split()
    status = subprocess.run(
        ["dpkg-query", "--show", "--showformat", "${db:Status-Status} ${Package}\n", *wanted],
        capture_output=True,
        text=True,
        check=False,
    ).stdout.splitlines()
    lacking = [name for name in wanted if f"installed {name}" not in status]
    if lacking:
        return f"needs Debian packages; run `apt-get install {' '.join(lacking)}`"
    refusal = sandbox_refusal()
    if refusal:
        return f"needs namespaces, which this machine refuses ({refusal}); run in a virtual machine"
    return None


@dataclass(frozen=True)
class Outputs:
    """What `vcfg build` wrote for one configuration."""

    directory: Path

    @property
    def activate(self) -> bytes:
        """The activation script."""
        return (self.directory / "activate").read_bytes()

    @property
    def plan(self) -> Any:
        """The plan, plain data of `spec/plan.schema.json`."""
        return json.loads((self.directory / "plan.json").read_text())

    @property
    def packages(self) -> list[str]:
        """Names in `packages.txt`."""
        return (self.directory / "packages.txt").read_text().split()


@dataclass(frozen=True)
class Applied:
    """A configuration applied to a Debian root by `activate --root=`.

    `layers` make the root, topmost first; `first` is what the activation run said,
    `second` what a second run said that followed at once, and `second_run_changed` lists
    the files that have another inode or time stamp after it.
    """

    outputs: Outputs
    layers: tuple[Path, ...]
    first: Result
    second: Result
    second_run_changed: list[str]

    def sandbox(self) -> Sandbox:
        """A fresh machine on this root; use it as a context."""
        return Sandbox(self.layers)

    def booted(self) -> Sandbox:
        """A fresh machine on this root that its own systemd has started."""
        return Sandbox(self.layers, boot=True)


@pytest.fixture(scope="session")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Outputs]:
    """What `vcfg build` wrote, for every configuration under test."""
    refused = missing_requirement()
    if refused:
        pytest.skip(refused)
    built = {
        name: build(file, tmp_path_factory.mktemp(name)) for name, file in CONFIGURATIONS.items()
    }
    for name, (file, hosts) in FLEETS.items():
        whole = build(file, tmp_path_factory.mktemp(name)).directory
        built |= {f"{name}/{host}": Outputs(whole / host) for host in hosts}
    return built


def build(file: Path, directory: Path, *settings: str) -> Outputs:
    """Run `vcfg build` as a user would; its messages become the failure when it refuses.

    Each of `settings` is a definition for `--set`.
    """
    extra = [word for setting in settings for word in ("--set", setting)]
    built = vcfg("build", str(file), "-o", str(directory), *extra)
    if built.returncode != 0:
        pytest.fail(f"vcfg build {file.name} exited {built.returncode}\n{built.stderr}", False)
    return Outputs(directory)


def refused(configuration: str) -> list[str]:
    """Paths of the options for which `vcfg check` refuses a configuration."""
    checked = vcfg("check", "-", "--errors", "json", text=configuration)
    found = json.loads(checked.stdout)["diagnostics"]
    return [each["path"] for each in found if each["severity"] == "error"]


def vcfg(*arguments: str, text: str = "") -> subprocess.CompletedProcess[str]:
    """Run `vcfg` with a text on its standard input."""
    paths = [path for path in (os.environ.get("PYTHONPATH"), str(PROJECT)) if path]
    return subprocess.run(
        [sys.executable, "-m", "evaluator", *arguments],
        cwd=PROJECT,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(paths), "NO_COLOR": "1"},
        input=text,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="session")
def debian_root(outputs: dict[str, Outputs]) -> Iterator[Path]:
    """The Debian root: what every `packages.txt` asks for, and the programs that judge."""
    wanted = JUDGES.union(*(built.packages for built in outputs.values()))
    try:
        with scratch_root(wanted) as root:
            yield root
    except RootUnavailable as reason:
        pytest.skip(str(reason))


@pytest.fixture(scope="session")
def change_directory() -> Iterator[Callable[[], Path]]:
    """Makes directories for the changes of an overlay, removed when the run ends.

    In memory, because the machine's own file system may be an overlay, as in a container,
    and an overlay cannot keep its changes on another one.
    """
    with tempfile.TemporaryDirectory(prefix="vcfg-test-", dir="/dev/shm") as folder:
        yield lambda: Path(tempfile.mkdtemp(dir=folder))


@pytest.fixture(scope="session")
def applied_root(
    outputs: dict[str, Outputs], debian_root: Path, change_directory: Callable[[], Path]
) -> Callable[[str], Applied]:
    """Give the applied root of a configuration, by name; each is applied once."""

    @cache
    def apply(name: str) -> Applied:
        change = change_directory()
        with Sandbox([debian_root], target=change, lower=[debian_root]) as builder:
            builder.put("/tmp/activate", outputs[name].activate)
            command = f"sh /tmp/activate --root={TARGET} --packages=check"
            listing = f"find {TARGET} -xdev -printf '%P %i %C@\\n' | sort"
            first = builder.run(command)
            before = builder.run(listing).lines
            second = builder.run(command)
            changed = sorted(set(builder.run(listing).lines) - set(before))
        layers = (change / "upper", debian_root)
        return Applied(outputs[name], layers, first, second, changed)

    return apply


@pytest.fixture(scope="module")
def node(applied_root: Callable[[str], Applied]) -> Applied:
    """The seed's Ganeti node, applied."""
    return applied_root("node")
