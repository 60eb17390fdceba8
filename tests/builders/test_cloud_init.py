"""User data: what it carries, and what it refuses to carry."""

from __future__ import annotations

import gzip
import random
import re
import subprocess
from base64 import b64decode
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from evaluator.emit.activate import runtime_text, without_remarks
from evaluator.emit.builders.cloud_init import LARGE, adapt
from evaluator.emit.outputs import Built, CannotAdapt
from tests.activation.box import plan_of, script_of

if TYPE_CHECKING:
    from pathlib import Path

    from evaluator.emit.outputs import Adapted


def adapted(activation: dict[str, Any]) -> Adapted:
    return adapt(Built(plan_of(activation), script_of(activation)))


def data_of(activation: dict[str, Any]) -> dict[str, Any]:
    text = adapted(activation).outputs["user-data"].content.decode()
    assert text.startswith("#cloud-config\n")
    found: dict[str, Any] = yaml.safe_load(text)
    return found


def told_hash(script: str) -> tuple[str, str]:
    """The command that the header tells, and what it is said to print."""
    told = re.search(r"\n#   (sed -n .*)\n#   ([0-9a-f]{64})\n", script)
    assert told
    return told[1], told[2]


def test_it_carries_the_script_itself() -> None:
    hostile = {
        "files": {
            "/etc/a: '\"\n#%s".replace("\n", " "): {"text": "{{ x }}\n\n# a\n  # b\n${y}\n'\""}
        }
    }
    data = data_of(hostile)
    assert set(data) == {"write_files", "runcmd"}
    [file] = data["write_files"]
    assert file["permissions"] == "0700"
    carried = gzip.decompress(b64decode(file["content"])).decode()
    script = script_of(hostile)
    assert carried == without_remarks(script)
    lines, left = ([line.strip() for line in text.splitlines()] for text in (script, carried))
    missing = Counter(lines) - Counter(left)
    assert not [line for line in missing if line and not line.startswith("#")]
    # Remarks of the configuration stay, as do texts of the runtime that look like remarks.
    wanted, runtime, _ = script.partition(runtime_text().rstrip("\n"))
    whole, bare = (told_hash(text)[1] for text in (script, carried))
    assert whole != bare
    assert carried.startswith(wanted.replace(whole, bare))
    assert carried.count("\n#!/bin/sh\n") == runtime.count("\n#!/bin/sh\n") == 1
    for program in (["-n"], ["-s", "--", "--help"]):
        long, short = (
            subprocess.run(["sh", *program], input=text, capture_output=True, text=True, check=True)
            for text in (script, carried)
        )
        assert (long.stdout, long.stderr) == (short.stdout, short.stderr)
    [[shell, option, command]] = data["runcmd"]
    assert (shell, option) == ("sh", "-c")
    assert command == f"sh {file['path']} --live --adopt=backup && rm -f {file['path']}"


def test_packages_are_texts() -> None:
    """To YAML some names are numbers."""
    assert data_of({"packages": ["1e3", "g++"]})["packages"] == ["1e3", "g++"]


def test_secrets_that_nobody_brings() -> None:
    named = {"/etc/a": {"text": {"secret": {"name": "db"}}, "mode": "0600"}}
    with pytest.raises(CannotAdapt, match="nobody brings the machine `db`"):
        adapted({"files": named})
    for place in ({"file": "/run/db"}, {"command": ["pass", "db"]}):
        assert data_of({"files": {"/etc/a": {"text": {"secret": place}, "mode": "0600"}}})


def noise(size: int) -> str:
    """A text that does not get smaller."""
    return "".join(random.Random(1).choices("0123456789abcdef", k=size))


def test_what_is_too_much_is_named() -> None:
    made = adapted({})
    size, packed = (len(made.outputs[name].content) for name in ("user-data", "user-data.gz"))
    # one file more or less: most clouds take 64 kB, Nova 48
    assert size < 60 * 1024
    assert packed < 46 * 1024
    [note] = made.notes
    assert note.startswith("user-data has less than 60 kB, user-data.gz less than 50 kB, ")
    files = {"/etc/large": {"text": noise(LARGE)}, "/etc/small": {"text": "x"}}
    with pytest.raises(CannotAdapt) as told:
        adapted({"files": files})
    assert f"`/etc/large` ({LARGE} bytes); start" in str(told.value)
    assert "#include" in str(told.value)


def test_it_is_there_packed_as_well() -> None:
    outputs = adapted({"files": {"/etc/a": {"text": "x"}}}).outputs
    assert gzip.decompress(outputs["user-data.gz"].content) == outputs["user-data"].content


@pytest.mark.needs("bash")
def test_the_header_tells_the_hash_of_what_is_carried(tmp_path: Path) -> None:
    script = script_of({"files": {"/etc/motd": {"text": "x"}}})
    for text in (script, without_remarks(script)):
        (tmp_path / "activate").write_text(text)
        command, right = told_hash(text)
        ran = subprocess.run(["sh", "-c", command], cwd=tmp_path, capture_output=True, check=True)
        assert ran.stdout.decode().split()[0] == right


def test_without_remarks_every_function_is_the_same() -> None:
    """As bash reads them: no text in quotes lost a blank."""
    script = script_of({"files": {"/etc/a": {"text": "  x\n# y\n"}}}).rpartition("{ main ")[0]
    whole, short = (
        subprocess.run(
            ["bash", "-s"],
            input=f"{text}\ndeclare -f\n",
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for text in (script, without_remarks(script))
    )
    assert whole.count("\n") > 3000
    assert whole == short
