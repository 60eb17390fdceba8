"""The example of a Ganeti node: what is built from it is what its folder shows (A11)."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.acceptance import ROOT, build

if TYPE_CHECKING:
    from tests.acceptance import Plan
    from tests.conftest import RunVcfg

EXAMPLE = ROOT / "spec" / "examples" / "ganeti-node"
EXPECTED = EXAMPLE / "expected"
HOOKS = "/etc/ganeti/instance-debootstrap/hooks/"


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    """The plan of the first node."""
    return build(EXAMPLE / "node1.vcfg", tmp_path_factory.mktemp("node1"))


def expected_paths() -> list[str]:
    """Every file the folder `expected` shows, as a path on the node."""
    return sorted(
        "/" + str(each.relative_to(EXPECTED)) for each in EXPECTED.rglob("*") if each.is_file()
    )


def expected_text(path: str) -> str:
    """The text of a file on the node, byte for byte."""
    return Path(f"{EXPECTED}{path}").read_bytes().decode("utf-8")


def test_the_folder_shows_every_file(plan: Plan) -> None:
    assert sorted(plan.files) == expected_paths()


@pytest.mark.parametrize("path", expected_paths())
def test_each_file_is_as_shown(plan: Plan, path: str) -> None:
    entry = plan.files[path]
    assert entry["text"] == expected_text(path)
    assert (entry["owner"], entry["group"]) == ("root", "root")
    assert entry["mode"] == ("0555" if path.startswith(HOOKS) else "0644")


def test_the_arguments_of_the_daemons() -> None:
    """Held apart from the folder, so that nobody changes both without noticing."""
    tls = "--ssl-key=/var/lib/ganeti/{0}.pem --ssl-cert=/var/lib/ganeti/{0}.pem"
    assert expected_text("/etc/default/ganeti") == (
        f'NODED_ARGS="--port=1811 --bind=0.0.0.0 --max-clients=20 {tls.format("server")}"\n'
        'CONFD_ARGS="--port=1814 --bind=0.0.0.0"\n'
        'WCONFD_ARGS=""\n'
        'LUXID_ARGS=""\n'
        f'RAPI_ARGS="--port=5080 --bind=0.0.0.0 --max-clients=20 {tls.format("rapi")}"\n'
        'KVMD_ARGS=""\n'
        'MOND_ARGS="--port=1815 --bind=0.0.0.0"\n'
        'METAD_ARGS="--port=80"\n'
    )


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("/etc/network/interfaces", "auto eth0"),
        ("/etc/network/interfaces", "iface eth0 inet static"),
        ("/etc/network/interfaces", "    address 192.168.1.201/24"),
        ("/etc/network/interfaces", "    gateway 192.168.1.254"),
        ("/etc/resolv.conf", "nameserver 192.168.1.252"),
        ("/etc/resolv.conf", "nameserver 192.168.1.253"),
        ("/etc/ssh/sshd_config", "PermitRootLogin prohibit-password"),
    ],
)
def test_lines_of_files_with_many_spellings(plan: Plan, path: str, line: str) -> None:
    assert line in plan.lines(path)


def test_both_lists_of_variants_agree(plan: Plan) -> None:
    """Guix reads one, Debian's provider the other."""
    directory = "/etc/ganeti/instance-debootstrap"
    assert plan.text(f"{directory}/variants.list") == "default\n"
    assert plan.text(f"{directory}/variants/variants.list") == "default\n"


def test_the_cron_file(plan: Plan) -> None:
    lines = plan.cron_lines("ganeti")
    assert "*/5 * * * * root /usr/sbin/ganeti-watcher --job-age=21600" in lines
    assert "45 1 * * * gnt-masterd /usr/sbin/ganeti-cleaner master" in lines
    assert "45 2 * * * root /usr/sbin/ganeti-cleaner node" in lines
    assert len([line for line in lines if "ganeti-watcher" in line]) == 1


def test_the_packages(plan: Plan) -> None:
    """Those of the seed in Debian's names; the guix provider has none."""
    assert {
        "qemu-system-x86",
        "qemu-utils",
        "lvm2",
        "drbd-utils",
        "ceph-common",
        "ganeti",
        "ganeti-instance-debootstrap",
        "openssh-server",
    } <= set(plan.names("packages"))
    assert "ganeti-instance-guix" not in plan.names("packages")


def test_nothing_of_debians_directory_is_taken(plan: Plan) -> None:
    """`/etc/ganeti` belongs to the package: single files, and none that it needs."""
    for kept in ("lib", "share", "kvm-ifup-os", "xen-ifup-os"):
        assert f"/etc/ganeti/{kept}" not in plan.files
    assert "/etc/ganeti" not in [each["path"] for each in plan.data["dirs"]]
    assert plan.names("users") == []


def test_the_second_node_differs_in_name_and_address(plan: Plan, tmp_path: Path) -> None:
    other = build(EXAMPLE / "node2.vcfg", tmp_path)
    different = [path for path in plan.files if plan.text(path) != other.text(path)]
    assert sorted(different) == ["/etc/hostname", "/etc/network/interfaces"]
    assert other.text("/etc/hostname") == "nodo2\n"


def test_the_first_example_has_nothing_to_be_warned_of(vcfg: RunVcfg, tmp_path: Path) -> None:
    """Who tries what is shown first learns the language, not what is wrong with the sample."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    main = tmp_path / "main.vcfg"
    main.write_text(readme.partition("```vcfg\n")[2].partition("```")[0])
    checked = vcfg("check", str(main))
    assert checked.status == 0
    assert "warning" not in checked.out + checked.err


def test_where_a_byte_comes_from_is_as_shown(
    vcfg: RunVcfg, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = readme.partition("\n$ vcfg why ")[2].partition("```")[0]
    command, _, output = shown.partition("\n")
    assert vcfg("why", *shlex.split(command)).out == output


def test_every_schema_is_listed() -> None:
    page = (ROOT / "spec" / "README.md").read_text(encoding="utf-8")
    for schema in (ROOT / "spec").glob("*.schema.json"):
        assert f"({schema.name})" in page


def test_tables_are_in_one_piece() -> None:
    """A row after an empty line is text, unless it is the first of a table."""
    for page in (ROOT / "spec").rglob("*.md"):
        lines = page.read_text(encoding="utf-8").splitlines()
        for at, line in enumerate(lines[1:-1], start=1):
            if line.startswith("| ") and not lines[at - 1]:
                assert lines[at + 1].startswith("|--"), f"{page}:{at + 1}"
