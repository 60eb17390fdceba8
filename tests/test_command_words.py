"""What the words of a command may be: names of hosts, folders, numbers, paths with `*`."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest

from evaluator.emit.builders import BUILDERS, MEANT

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import RunVcfg

FLEET = "option x: list(int) = []\nhost a { x = [1, 2] }\nhost b {}\nvariant v { x = [3] }\n"


def written(folder: Path, text: str) -> Path:
    """A configuration in a folder."""
    main = folder / "main.vcfg"
    main.write_text(text)
    return main


@pytest.mark.parametrize("verb", ["eval", "check", "why", "show"])
@pytest.mark.parametrize("option", ["--host", "--variant"])
def test_an_empty_name_is_no_name(vcfg: RunVcfg, tmp_path: Path, verb: str, option: str) -> None:
    words = ["x"] if verb in ("why", "show") else []
    ran = vcfg(verb, written(tmp_path, FLEET), *words, option, "")
    assert (ran.status, ran.out) == (2, "")
    assert f"{option} needs a name" in ran.err


@pytest.mark.parametrize("verb", ["eval", "check", "why", "build", "fmt", "test", "graph"])
def test_an_empty_file_name_is_told(vcfg: RunVcfg, verb: str) -> None:
    more = {"why": ["x"], "graph": ["imports"]}.get(verb, [])
    ran = vcfg(verb, "", *more)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err == f"vcfg: `vcfg {verb}` needs a FILE, and was given an empty name\n"


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("hosts", "name one: `hosts.NAME.PATH`, or `--host NAME` for all of it"),
        ("config.x", "a path begins with the option: leave `config.` out"),
        ("x[7]", "there is no `x[7]`: it has 1 element"),
        ('x["a"]', "a key stands after a dot"),
    ],
)
def test_a_path_that_is_written_as_in_expressions(
    vcfg: RunVcfg, tmp_path: Path, path: str, said: str
) -> None:
    main = written(tmp_path, "option x: list(int) = [1]\nhost a {}\n")
    ran = vcfg("why", main, path, "--host", "a")
    assert (ran.status, ran.out) == (1, "")
    assert said in ran.err


def test_a_folder_of_modules_that_is_not_there(vcfg: RunVcfg, tmp_path: Path) -> None:
    main = written(tmp_path, "option x: int = 1\n")
    for place in (tmp_path / "gone", main):
        ran = vcfg("check", main, "--modules", place)
        assert (ran.status, ran.out) == (2, "")
        assert ran.err == f"vcfg: --modules names a folder, and there is none at `{place}`\n"


def test_nothing_is_counted_in_a_folder_without_files(vcfg: RunVcfg, tmp_path: Path) -> None:
    ran = vcfg("fmt", tmp_path)
    assert ran.err.endswith("0 files\n")
    assert "standard input holds no tests" in vcfg("test", "-").err


def test_eval_takes_paths_into_hosts_and_variants(vcfg: RunVcfg, tmp_path: Path) -> None:
    main = written(tmp_path, FLEET)
    assert json.loads(vcfg("eval", main, "hosts.a.x").out) == [1, 2]
    assert json.loads(vcfg("eval", main, "hosts.a").out) == {"x": [1, 2]}
    assert json.loads(vcfg("eval", main, "hosts.a.variants.v.x").out) == [1, 2, 3]
    assert vcfg("eval", main, "hosts.a.x[1]").out == "2\n"
    assert vcfg("why", main, "hosts.a.x[1]").out.startswith("x[1] = 2\n")
    for verb in ("eval", "why", "show"):
        ran = vcfg(verb, main, "hosts.nix.x")
        assert (ran.status, ran.out) == (2, "")
        assert "there is no host `nix`" in ran.err


def test_eval_takes_paths_into_the_variants_of_one_configuration(
    vcfg: RunVcfg, tmp_path: Path
) -> None:
    main = written(tmp_path, "option m: int = 0\nvariant b { m = 2 }\n")
    assert vcfg("eval", main, "variants.b.m").out == "2\n"
    assert json.loads(vcfg("eval", main, "variants.b").out) == {"m": 2}
    assert vcfg("eval", main, "m").out == "0\n"
    assert vcfg("eval", main, "variants.c.m").status == 2


def test_below_a_folder_only_files_are_looked_at(vcfg: RunVcfg, tmp_path: Path) -> None:
    main = written(tmp_path, "let unused = 1\noption a: int = 1\n")
    os.mkfifo(tmp_path / "x.vcfg")
    os.mkfifo(tmp_path / "y_test.vcfg")
    (tmp_path / "z_test.vcfg").write_text('test "t" { assert true }\n')
    assert vcfg("fmt", "--check", tmp_path).status == 0
    assert "1 test passed" in vcfg("test", tmp_path).out
    assert "`unused` is never used" in vcfg("check", main).out
    assert "`unused` is never used" in vcfg("check", tmp_path).out


@pytest.mark.parametrize("number", ["99999999999999999999", "-9223372036854775809"])
def test_a_number_that_is_too_large_to_be_set_is_called_that(
    vcfg: RunVcfg, tmp_path: Path, number: str
) -> None:
    main = written(tmp_path, 'option m: map(int) = {}\noption s: string = ""\n')
    ran = vcfg("eval", main, "--set", f"m.a={number}")
    assert ran.status == 1
    assert f"found {number}; integers have 64 bits" in ran.err
    assert vcfg("eval", main, "s", "--set", f"s={number}").out == f'"{number}"\n'
    assert "64 bits" not in vcfg("eval", main, "--set", 'm.a="1000000000000000000"').err


def test_a_star_that_is_set_and_reaches_nothing_is_told(vcfg: RunVcfg, tmp_path: Path) -> None:
    main = written(tmp_path, "option m: map(int) = {}\n")
    ran = vcfg("check", main, "--set", "m.*=3")
    assert ran.status == 0
    assert "warning[unknown-option]: `m` has no entries, so `*` reaches none" in ran.out
    main.write_text("option m: map(int) = {}\nm.a = 1\n")
    assert vcfg("check", main, "--set", "m.*=3").out == ""
    main.write_text("option m: map(int) = {}\nm.* = 1\n")
    assert vcfg("check", main).out == ""


@pytest.mark.parametrize(
    ("word", "meant"),
    [("docker", "containerfile"), ("Dockerfile", "containerfile"), ("cloudinit", "cloud-init")],
)
def test_a_builder_that_is_called_otherwise(
    vcfg: RunVcfg, tmp_path: Path, word: str, meant: str
) -> None:
    ran = vcfg("build", written(tmp_path, FLEET), "-o", tmp_path / "out", "--for", word)
    assert ran.status == 2
    assert ran.err.endswith(f"not {word!r}; did you mean {meant}?\n")


def test_other_words_for_builders_lead_to_some() -> None:
    assert set(MEANT.values()) <= set(BUILDERS)
    assert not set(MEANT) & set(BUILDERS)
