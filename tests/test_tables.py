"""Of a value out of a table, a data file or a `let`, its line in the table is shown, too."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import RunVcfg

TABLES = {
    "json": '{ "a": { "port": 1 },\n "b": { "port": "x" } }\n',
    "yaml": "a: { port: 1 }\nb: { port: x }\n",
    "toml": '[a]\nport = 1\n[b]\nport = "x"\n',
}
LET = 'let table = {\n  a = { port = 1, list = [1, "x"] }\n  b { port = "x" }\n}\n'
PORT = "option port: port = 80\n"
PORTS = "option ports: map(port) = {}\n"


def findings(vcfg: RunVcfg, folder: Path, text: str, **files: str) -> list[dict[str, Any]]:
    for name, content in files.items():
        (folder / name.replace("_", ".")).write_text(content)
    (folder / "main.vcfg").write_text(text)
    ran = vcfg("check", "--errors", "json", folder / "main.vcfg")
    found: list[dict[str, Any]] = json.loads(ran.out)["diagnostics"]
    return [each for each in found if each["severity"] == "error"]


def places(finding: dict[str, Any], text: str) -> list[tuple[str, int]]:
    """File and line of the labels that say this."""
    return [
        (each["file"].rpartition("/")[2], each["start"]["line"])
        for each in finding["labels"]
        if text in each["text"]
    ]


@pytest.mark.parametrize("form", TABLES)
@pytest.mark.parametrize(
    "body",
    [
        f'{PORTS}for name, row in table {{ ports."#{{name}}" = row.port }}',
        f"{PORT}port = table.b.port",
        f'{PORT}for name, row in table {{ host "#{{name}}" {{ port = row.port }} }}',
        f'{PORT}for name, row in table {{ when name == "b" {{ port = row.port }} }}',
    ],
)
def test_a_value_of_a_data_file(form: str, body: str, vcfg: RunVcfg, tmp_path: Path) -> None:
    text = f'import "./table.{form}" as table\n{body}\n'
    (found,) = findings(vcfg, tmp_path, text, **{f"table_{form}": TABLES[form]})
    line = TABLES[form][: TABLES[form].index("x")].count("\n") + 1
    assert places(found, "written here") == [(f"table.{form}", line)]


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ("port = table.b.port", 3),
        ("port = table.a.list[1]", 2),
        ("let row = table.b\nport = row.port", 3),
        ("for row in [table.b] { port = row.port }", 3),
        ("when true { let own = table.a\nport = own.list[1] }", 2),
    ],
)
def test_a_value_of_a_let(body: str, line: int, vcfg: RunVcfg, tmp_path: Path) -> None:
    (found,) = findings(vcfg, tmp_path, f"{LET}{PORT}{body}\n")
    assert places(found, "written here") == [("main.vcfg", line)]


def test_rows_that_contradict_each_other(vcfg: RunVcfg, tmp_path: Path) -> None:
    text = 'import "./t.json" as table\noption x: any\nfor name, row in table { x = row.port }\n'
    (found,) = findings(vcfg, tmp_path, text, t_json=TABLES["json"])
    assert found["code"] == "conflicting-definitions"
    assert places(found, "from here") == [("t.json", 1), ("t.json", 2)]


def test_a_check_that_looks_at_a_row(vcfg: RunVcfg, tmp_path: Path) -> None:
    text = 'import "./t.json" as table\nfor name, row in table { assert row.port == 1 }\n'
    (found,) = findings(vcfg, tmp_path, text, t_json=TABLES["json"])
    assert places(found, "it looks at this") == [("t.json", 2)]


@pytest.mark.parametrize(
    "value",
    ['if true then "x" else "y"', '"#{table.b.port}"', "upper(table.b.port)", "config.other"],
)
def test_what_is_made_of_a_row_is_not_written_there(
    value: str, vcfg: RunVcfg, tmp_path: Path
) -> None:
    text = f'{LET}{PORT}option other: string = "x"\nport = {value}\n'
    (found,) = findings(vcfg, tmp_path, text)
    assert places(found, "written here") == []


@pytest.mark.parametrize("form", TABLES)
def test_a_row_without_what_is_read(form: str, vcfg: RunVcfg, tmp_path: Path) -> None:
    text = f'import "./t.{form}" as table\n{PORTS}'
    text += 'for name, row in table { ports."#{name}" = row.port }\n'
    table = (
        TABLES[form].replace('"port": "x"', "").replace('port = "x"\n', "").replace("port: x", "")
    )
    (found,) = findings(vcfg, tmp_path, text, **{f"t_{form}": table})
    line = table[: table.index("b")].count("\n") + 1
    assert found["code"] == "unknown-field"
    assert places(found, "nothing here is called `port`") == [(f"t.{form}", line)]
