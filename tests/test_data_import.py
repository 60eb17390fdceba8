"""Data files in configurations: places, strengths, types, findings at lines of the data file."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import RunVcfg


def files(folder: Path, **texts: str) -> Path:
    """Write files, `main` as `main.vcfg`; `x_json` is `x.json`."""
    for name, text in texts.items():
        stem, _, ending = name.rpartition("_")
        path = folder / (f"{stem}.{ending}" if stem else f"{name}.vcfg")
        path.write_text(text, encoding="utf-8")
    return folder / "main.vcfg"


AMOUNTS = """
import "./amounts.json"

option wait: duration = 1s
option waits: list(duration?) = []
option room: size(max: 1GiB) = 0B
option rooms: map(size) = {}
option rights: mode = 0o600
option ratio: float? = null
option free: any = null
"""


@pytest.mark.parametrize(
    ("path", "given", "wanted"),
    [
        ("wait", '"5s"', 5),
        ("wait", '"1.5h"', 5400),
        ("wait", '"1_000ms"', 1),
        ("waits", '["1min", null]', [60, None]),
        ("room", '"64MiB"', 67108864),
        ("rooms", '{"a": "1kB"}', {"a": 1000}),
        ("rights", '"0644"', "0644"),
        ("rights", '"644"', "0644"),
        ("rights", '"0o2755"', "2755"),
        ("rights", '"02755"', "2755"),
        ("ratio", "1", 1.0),
        ("ratio", "null", None),
        ("free", '{"b": "5s", "a": 1}', {"b": "5s", "a": 1}),
    ],
)
def test_what_data_says_in_text(
    path: str, given: str, wanted: object, vcfg: RunVcfg, tmp_path: Path
) -> None:
    file = files(tmp_path, main=AMOUNTS,
                 amounts_json=f'{{"{path}": {given}}}')  # fmt: skip
    ran = vcfg("eval", file, path)
    assert (ran.status, ran.err) == (0, "")
    assert json.loads(ran.out) == wanted


@pytest.mark.parametrize(
    ("path", "given", "said"),
    [
        ("wait", "5", 'write a unit and quotes, as in "5s"'),
        ("wait", '"5"', 'write a unit and quotes, as in "5s"'),
        ("wait", '"5 sec"', 'write "5s"'),
        ("wait", '"soon"', 'found the string "soon"'),
        ("room", "1024", 'as in "512B"'),
        ("room", '"2GiB"', "found 2GiB"),
        ("room", '"8G"', 'write "8GiB"'),
        ("rights", "644", 'write "0644"'),
        ("rights", '"99"', 'as in "0644"'),
        ("ratio", '"0.5"', "expected decimal number or null"),
        ("ratio", "9007199254740993", "expected decimal number or null"),
        ("waits", '"1s"', "expected list"),
    ],
)
def test_what_data_may_not_say(
    path: str, given: str, said: str, vcfg: RunVcfg, tmp_path: Path
) -> None:
    file = files(tmp_path, main=AMOUNTS, amounts_json=f'{{\n  "{path}": {given}\n}}')
    ran = vcfg("check", file, "--errors", "json")
    (finding,) = json.loads(ran.out)["diagnostics"]
    assert finding["code"] == "type-mismatch"
    assert said in finding["message"]
    label = finding["labels"][0]
    assert label["file"].endswith("amounts.json")
    assert label["start"] == {"line": 2, "column": len(path) + 7, "offset": len(path) + 8}


def test_octal_numbers_are_modes(vcfg: RunVcfg, tmp_path: Path) -> None:
    main = 'import "./a.yaml"\nimport "./a.toml"\noption a: mode\noption b: mode\n'
    file = files(tmp_path, main=main, a_yaml="a: 0o640\n", a_toml="b = 0o750\n")
    assert json.loads(vcfg("eval", file).out) == {"a": "0640", "b": "0750"}


def test_strength_sinks_to_the_leaves(vcfg: RunVcfg, tmp_path: Path) -> None:
    main = (
        'default import "./low.json"\nforce import "./high.yaml" at r\n'
        'priority 60 import "./mid.toml" at r.deep\n'
        "record Deep { option x: int = 0, option y: int = 0 }\n"
        "record R { option deep: Deep = {}, option n: int = 0, option l: list(int) = [] }\n"
        "option r: R = {}\nr = { n = 5, l = [5], deep.y = 5 }\n"
    ).replace(", option", "\n option")
    file = files(
        tmp_path,
        main=main,
        low_json='{"r": {"n": 1, "deep": {"x": 1, "y": 1}}}',
        high_yaml="l: [9]\n",
        mid_toml="y = 7\n",
    )
    ran = vcfg("eval", file, "r")
    assert json.loads(ran.out) == {"n": 5, "l": [9], "deep": {"x": 1, "y": 7}}


def test_a_data_file_counts_once_for_each_place(vcfg: RunVcfg, tmp_path: Path) -> None:
    main = (
        'import "./a.vcfg"\nimport "./b.vcfg"\nimport "./l.json" at x\nimport "./l.json" at y\n'
        "option x: list(int) = []\noption y: list(int) = []\n"
    )
    file = files(
        tmp_path, main=main, l_json="[1]", a='import "./l.json" at x\n',
        b='import "./l.json" at x\nimport "./l.json" as l\ny = l\n',
    )  # fmt: skip
    ran = vcfg("eval", file)
    assert json.loads(ran.out) == {"x": [1], "y": [1, 1]}


def test_disable_takes_data_out_everywhere(vcfg: RunVcfg, tmp_path: Path) -> None:
    main = (
        'import "./l.json" at x\nimport "./l.json" at y\ndisable "./l.json"\n'
        "option x: list(int) = []\noption y: list(int) = []\n"
    )
    file = files(tmp_path, main=main, l_json="[1]")
    ran = vcfg("eval", file)
    assert (json.loads(ran.out), ran.err) == ({"x": [], "y": []}, "")


def test_a_data_file_is_no_configuration(vcfg: RunVcfg, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("{}")
    ran = vcfg("eval", tmp_path / "a.json")
    assert (ran.status, ran.out) == (2, "")
    assert "import it in a `.vcfg` file" in ran.err


def test_bytes_that_are_no_text(vcfg: RunVcfg, tmp_path: Path) -> None:
    file = files(tmp_path, main='import "./a.json"\n')
    (tmp_path / "a.json").write_bytes(b'{\n"a": "\xff"}')
    ran = vcfg("check", file, "--errors", "json")
    (finding,) = json.loads(ran.out)["diagnostics"]
    assert finding["code"] == "cannot-read"
    assert "line 2" in finding["message"]


def test_what_is_lost_with_a_file_is_not_called_missing(vcfg: RunVcfg, tmp_path: Path) -> None:
    file = files(tmp_path, main='import "./a.json"\noption a: int\n', a_json="{")
    ran = vcfg("check", file, "--errors", "json")
    assert [each["code"] for each in json.loads(ran.out)["diagnostics"]] == ["bad-data"]


@pytest.mark.parametrize(
    ("statement", "code", "said"),
    [
        ('import "./a.json" at wbe', "unknown-option", "did you mean `web`"),
        ('import "./a.json" at web.*', "misplaced-statement", "path of `import`"),
        ('import "./a.json" at web."#{1}"', "bad-declaration", "written out"),
        ('force import "./a.json" as a', "bad-declaration", "ranks definitions"),
        ('import "./b.json"', "import-failed", "a.json"),
        ('import "./web.vcfg" at web', "bad-declaration", "belongs to the import of data"),
        ('default import "./web.vcfg"', "bad-declaration", "belongs to the import of data"),
        ('import "./a.json" as key', "declared-twice", "meaning of its own"),
        ('import "./a.json" as a\nlet a = 1', "declared-twice", "an import and a `let`"),
        ('import "./a.json" as a\noption x: a.T', "unknown-type", "no type"),
        ('import "./a.json" as a\noption x: int = a.prot', "unknown-field", "did you mean `port`"),
        (
            'import "./a.json" as a\noption x: duration = a.wait',
            "type-mismatch",
            "convert it with `duration(…)`",
        ),
        (
            'import "./a.json" as a\nrecord R { option wait: size }\noption r: R = a.r',
            "type-mismatch",
            "import it with `at`",
        ),
    ],
)
def test_what_an_import_of_data_may_not_say(
    statement: str, code: str, said: str, vcfg: RunVcfg, tmp_path: Path
) -> None:
    main = f"{statement}\nservice web {{ option port: port = 80 }}\n"
    file = files(
        tmp_path, main=main, web="", a_json='{"port": 1, "wait": "5s", "r": {"wait": "5B"}}'
    )
    ran = vcfg("check", file)
    assert ran.status == 1
    assert f"error[{code}]" in ran.out
    assert said in ran.out


def test_a_warm_start_loads_no_reader(tmp_path: Path) -> None:
    from tests.test_house import COLD, loaded_by

    main = 'import "./a.yaml"\nimport "./b.toml" at b\nimport "./c.json" as c\n'
    main += "option a: int = 0\noption b: map(int) = {}\noption c: int = c.d\n"
    file = files(tmp_path, main=main, a_yaml="a: 1\n", b_toml="x = 1\n", c_json='{"d": 1}')
    loaded = loaded_by(file, tmp_path / "cache")
    assert not loaded & {*COLD, "yaml", "tomllib", "evaluator.data.json_reader"}


def test_why_leads_to_the_line_of_a_name(vcfg: RunVcfg, tmp_path: Path) -> None:
    main = (
        'import "./r.json" as r\noption a: string = r.x.y\noption b: string = "#{config.a}!"\n'
        "option c: int = r.n\n"
    )
    file = files(tmp_path, main=main, r_json='{\n "n": 1,\n "x": {"y": "z"}\n}')
    data = json.loads(vcfg("why", file, "b", "--json").out)
    reads = {each["path"]: each for each in data["computed_from"]}
    assert reads.keys() == {"a", "r.x.y"}
    (site,) = reads["r.x.y"]["set_at"]
    assert (site["line"], site["column"]) == (3, 13)
    assert reads["r.x.y"]["value"] == '"z"'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a:1", "a key ends with `:` and a blank"),
        ("a", "at path.to.option"),
        ("null", "holds null"),
        ("- 1", "holds a list"),
    ],
)
def test_data_without_keys(text: str, said: str, vcfg: RunVcfg, tmp_path: Path) -> None:
    file = files(tmp_path, main='import "./a.yaml"\n', a_yaml=text)
    ran = vcfg("check", file)
    assert ran.status == 1
    assert said in ran.out


def warnings(ran: str) -> dict[str, list[dict[str, object]]]:
    return {each["code"]: each["help"] for each in json.loads(ran)["diagnostics"]}


def test_lints_leave_data_alone(vcfg: RunVcfg, tmp_path: Path) -> None:
    """Without its name, data would define options; what an alias repeats stands elsewhere."""
    main = (
        'import "./n.json" as n\nimport "./a.yaml"\npriority 100 import "./b.json"\n'
        "option f: any = null\noption s: set(string) = []\noption l: list(string) = []\n"
    )
    a_yaml = "f: &x foo\ns: [*x, foo]\nl: [a]\n"
    file = files(tmp_path, main=main, n_json="{}", a_yaml=a_yaml, b_json='{"l": ["b"]}')
    found = warnings(vcfg("check", file, "--errors", "json").out)
    assert found.keys() == {"unused-name", "repeated-element"}
    assert found["unused-name"][0]["text"] == "leave the import out"
    assert found["repeated-element"][0]["edits"] == []


def test_amounts_reach_every_kind_of_option(vcfg: RunVcfg, tmp_path: Path) -> None:
    main = """
import "./a.json"
record Mount { option target: string
  option wait: duration = 1s }
choice Disk { option image: size
  option lvm: string }
type Seconds = duration from int by duration(value)
option mounts: keyed(Mount, on: "target") = []
option base: deferred(Mount) = {}
option more: map(Mount) = {}
more.* = config.base
option disk: Disk = { lvm = "x" }
option may: maybe(duration)
option grid: list(set(size)) = []
option either: Seconds = 1s
option other: Seconds = 1s
service jobs.* { option every: duration = 1d }
"""
    data = {
        "mounts": [{"target": "/a", "wait": "2s"}],
        "base": {"wait": "3s", "target": "/b"},
        "more": {"x": {}},
        "disk": {"image": "1KiB"},
        "may": "4s",
        "grid": [["1B"], []],
        "either": 5,
        "other": "6s",
        "jobs": {"x": {"every": "7s"}},
    }
    file = files(tmp_path, main=main, a_json=json.dumps(data))
    ran = vcfg("eval", file)
    assert (ran.status, ran.err) == (0, "")
    assert json.loads(ran.out) == {
        "mounts": [{"target": "/a", "wait": 2}],
        "more": {"x": {"target": "/b", "wait": 3}},
        "disk": {"image": 1024},
        "may": 4,
        "grid": [[1], []],
        "either": 5,
        "other": 6,
        "jobs": {"x": {"enable": False, "every": 7}},
    }
