"""Nothing of Guix's chapter is lost: its names, as `spec/72-guix-names.md` has them, exist here."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from evaluator.cli.app import run

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "spec" / "72-guix-names.md"
LIBRARY = ROOT / "spec" / "70-library.md"

#: How many options each service has in Guix's manual.
COUNTS = {
    "libvirt": 52,
    "virtlog": 6,
    "qemu-binfmt": 2,
    "hurd-vm": 9,
    "ganeti": 13,
    "ganeti-noded": 9,
    "ganeti-confd": 4,
    "ganeti-wconfd": 3,
    "ganeti-luxid": 3,
    "ganeti-rapi": 10,
    "ganeti-kvmd": 2,
    "ganeti-mond": 4,
    "ganeti-metad": 4,
    "ganeti-watcher": 6,
    "ganeti-cleaner": 3,
}

#: What has no counterpart, and cannot have one on Debian.
WITHOUT = {
    "%hurd-vm-operating-system",
    "hurd-vm-disk-image",
    "%base-packages, %base-services",
}

#: Base services that Debian takes care of by itself.
LEFT_TO_DEBIAN: set[str] = set()


class Row(NamedTuple):
    """One option of Guix and what it is here, as a line of the page has it."""

    guix: str
    here: str
    form: str
    default: str
    remark: str


def cells(line: str) -> list[str]:
    """The cells of a line of a table, without the signs that make a word code."""
    return [cell.strip().replace("`", "") for cell in line.strip().strip("|").split("|")]


@cache
def tables(page: Path = PAGE) -> dict[str, list[list[str]]]:
    """The lines of each table, by the heading above it; titles and rules left out."""
    found: dict[str, list[list[str]]] = {}
    heading = ""
    for line in page.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            heading = line.lstrip("# ")
        elif line.startswith("|"):
            found.setdefault(heading, []).append(cells(line))
    return {name: lines[2:] for name, lines in found.items()}


@pytest.fixture(scope="module")
def options(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """Every option of the library as `vcfg options` lists it, by path."""
    file = tmp_path_factory.mktemp("options") / "options.json"
    assert run(["options", "--all", "--format", "json", "-o", str(file)]) == 0
    return {each["path"]: each for each in json.loads(file.read_text(encoding="utf-8"))["options"]}


def form(schema: dict[str, Any]) -> str:
    """What a value looks like in JSON, in the words of the page."""
    if "$ref" in schema:
        return "record"
    if "enum" in schema:
        words = all(isinstance(each, str) for each in schema["enum"])
        return "word" if words else "number of a few"
    return "one of several" if "anyOf" in schema else str(schema["type"])


def test_every_service_has_all_its_rows() -> None:
    assert {name: len(tables()[name]) for name in COUNTS} == COUNTS
    assert sum(COUNTS.values()) == 130


@pytest.mark.parametrize("service", COUNTS)
def test_options_exist_under_the_names_of_the_page(
    service: str, options: dict[str, dict[str, Any]]
) -> None:
    for row in (Row(*line) for line in tables()[service]):
        assert row.here in options, row
        assert row.here.startswith(f"{service}."), row
        assert form(options[row.here]["schema"]) == row.form, row


@pytest.mark.parametrize("service", COUNTS)
def test_defaults_are_those_of_guix_where_the_page_says_so(
    service: str, options: dict[str, dict[str, Any]]
) -> None:
    for row in (Row(*line) for line in tables()[service]):
        here = options[row.here].get("default", "computed")
        same = not row.default.startswith(("%", "hurd-")) and json.loads(row.default) == here
        assert same == (row.remark == "the same"), row


@pytest.mark.parametrize("service", COUNTS)
def test_names_change_by_the_two_rules_only(service: str) -> None:
    for row in (Row(*line) for line in tables()[service]):
        name = row.guix.rstrip("?").removesuffix("-configuration")
        if name in (service, "ganeti"):
            name = "package"
        assert row.here == f"{service}.{name}"


def test_fields_of_records_exist(options: dict[str, dict[str, Any]]) -> None:
    rows = tables()["Fields of records"]
    assert len(rows) == 17
    for _guix, here, *_ in rows:
        path = here.removeprefix("the key of ")
        assert path in options, here
        if path != here:
            assert options[path]["type"].startswith("map("), here


def test_variables_and_procedures_are_declared() -> None:
    rows = tables()["Variables and procedures"]
    assert len(rows) == 9 + 7
    without = set()
    for guix, here, module in rows:
        if here.startswith("none:"):
            without.add(guix)
            continue
        text = (ROOT / "modules" / module).read_text(encoding="utf-8")
        declared = re.compile(rf"^(let|type|record) {re.escape(here)}\b", re.MULTILINE)
        assert declared.search(text), guix
    assert without == WITHOUT


def test_base_services_exist(options: dict[str, dict[str, Any]]) -> None:
    rows = tables(LIBRARY)["Base services"]
    services = {each["service"] for each in options.values()}
    left = set()
    for guix, here, _ in rows:
        if here == "none":
            left.add(guix)
        else:
            assert here.partition(".")[0] in {*services, "NAME"}, guix
    assert left == LEFT_TO_DEBIAN
    assert len({guix.split()[0] for guix, *_ in rows}) == 13


@pytest.mark.parametrize(
    ("heading", "start"), [("networking", "networking.interfaces.<name>"), ("openssh", "openssh")]
)
def test_fields_of_base_services_exist(
    heading: str, start: str, options: dict[str, dict[str, Any]]
) -> None:
    """The first word in the cell is an option of the service, or says that there is none."""
    for guix, here in tables(LIBRARY)[heading]:
        word = re.split(r"[ ,;:]", here)[0]
        assert word in ("none", "the") or f"{start}.{word}" in options, guix


def test_platforms_are_all_known(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = {where: names.split(", ") for where, names in tables()["Platforms"]}
    assert len(rows["Guix"]) + len(rows["Debian"]) == 31
    file = tmp_path / "table.vcfg"
    file.write_text(
        'import "virtualization/qemu-binfmt/platforms.vcfg" as table\n\n'
        "option names: list(string) = keys(table.known)\n",
        encoding="utf-8",
    )
    assert run(["eval", str(file), "names"]) == 0
    assert json.loads(capsys.readouterr().out) == [
        name for names in rows.values() for name in names
    ]


#: What a number may be at least, or what the program refuses is above that, and at most.
LIMITS: dict[str, tuple[int, int | None]] = {
    **dict.fromkeys(
        [
            f"libvirt.{name}"
            for name in (
                *("max-clients", "max-queued-clients", "max-anonymous-clients", "min-workers"),
                *("prio-workers", "max-requests", "max-client-requests", "admin-min-workers"),
                *("admin-max-clients", "admin-max-queued-clients", "admin-max-client-requests"),
                *("keepalive-count", "admin-keepalive-count", "ovs-timeout"),
            )
        ],
        (0, 4294967295),
    ),
    **dict.fromkeys(["libvirt.max-workers", "libvirt.admin-max-workers"], (1, 4294967295)),
    **dict.fromkeys(
        ["libvirt.keepalive-interval", "libvirt.admin-keepalive-interval"], (-1, 2147483647)
    ),
    **dict.fromkeys(["libvirt.tls-port", "libvirt.tcp-port"], (1, 65535)),
    "virtlog.max-size": (0, None),
    "hurd-vm.memory-size": (1, None),
    "hurd-vm.id": (1, None),
    "ganeti-watcher.job-age": (0, None),
}

#: The words and numbers of options that take a few only.
CHOICES = {
    "libvirt.auth-unix-ro": ["none", "polkit", "sasl"],
    "libvirt.auth-unix-rw": ["none", "polkit", "sasl"],
    "libvirt.auth-tcp": ["none", "sasl"],
    "libvirt.auth-tls": ["none", "sasl"],
    "libvirt.log-level": [1, 2, 3, 4],
    "virtlog.log-level": [1, 2, 3, 4],
    "libvirt.audit-level": [0, 1, 2],
    "libvirt.host-uuid-source": ["smbios", "machine-id"],
    "hurd-vm.disk-size": ["guess"],
}

UNITS = {
    "virtlog.max-size": "bytes",
    "hurd-vm.disk-size": "bytes",
    "hurd-vm.memory-size": "MiB",
    "ganeti-watcher.job-age": "seconds",
    "libvirt.keepalive-interval": "seconds",
    "libvirt.admin-keepalive-interval": "seconds",
    "libvirt.ovs-timeout": "seconds",
    # What may be a number of anything has none.
    "systemd.units.<name>.service": None,
}


def alternatives(schema: dict[str, Any]) -> list[dict[str, Any]]:
    """The schemas a value may fit, one by one."""
    if "anyOf" not in schema:
        return [schema]
    return [each for inner in schema["anyOf"] for each in alternatives(inner)]


def test_limits_choices_and_units_are_facts(options: dict[str, dict[str, Any]]) -> None:
    for path, limits in LIMITS.items():
        forms = alternatives(options[path]["schema"])
        numbers = [each for each in forms if each.get("type") in ("integer", "number")]
        assert [each.get("maximum") for each in numbers] == [limits[1]], path
        assert numbers[0]["minimum"] >= limits[0], path
    for path, choices in CHOICES.items():
        lists = [each["enum"] for each in alternatives(options[path]["schema"]) if "enum" in each]
        assert lists == [choices], path
    assert {path: options[path]["unit"] for path in UNITS} == UNITS


def test_every_schema_says_what_kind_of_value_it_is_for(
    options: dict[str, dict[str, Any]],
) -> None:
    paths = [row[1] for service in COUNTS for row in tables()[service]]
    for path in paths:
        for form in alternatives(options[path]["schema"]):
            assert form.keys() & {"type", "enum", "$ref"}, path


def test_ports_are_ports(options: dict[str, dict[str, Any]]) -> None:
    ports = [path for path in options if re.fullmatch(r"ganeti[a-z.-]*[.-][a-z]+\.port", path)]
    assert len(ports) >= 10
    for path in ports:
        schema = options[path]["schema"]
        assert (schema["minimum"], schema["maximum"]) in ((0, 65535), (1, 65535)), path
