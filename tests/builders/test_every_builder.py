"""What holds for each builder: a room, a page in spec/, a command that fits any folder."""

from __future__ import annotations

import importlib
import pkgutil
import shlex
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import evaluator.emit.builders as rooms
from evaluator.emit.builders import BUILDERS
from evaluator.emit.outputs import CannotAdapt
from evaluator.emit.write import adapted, render_outputs
from tests.activation.box import plan_of
from tests.plans import EVERYTHING, build

if TYPE_CHECKING:
    from evaluator.emit.outputs import Built
    from tests.conftest import RunVcfg

ROOT = Path(__file__).resolve().parents[2]
PLAN = build(EVERYTHING)[0]
HOSTS = """\
import "etc.vcfg"

etc.files.motd.text = "Welcome.\\n"
host a {}
host b {}
"""


def test_each_has_a_room_and_a_page() -> None:
    found = {each.name.replace("_", "-") for each in pkgutil.iter_modules(rooms.__path__)}
    assert set(BUILDERS) <= found
    for name in BUILDERS:
        room = importlib.import_module(f"evaluator.emit.builders.{name.replace('-', '_')}")
        assert "\n" in (room.__doc__ or "")
    pages = {page.stem for page in (ROOT / "spec/builders").glob("*.md")} - {"README"}
    assert pages == set(BUILDERS)


@pytest.mark.parametrize("builder", BUILDERS)
def test_files_and_command(builder: str) -> None:
    outputs = render_outputs(PLAN)
    found = adapted(PLAN, outputs, builder)
    assert found.outputs
    assert not set(found.outputs) & set(outputs)
    for name, output in found.outputs.items():
        assert not name.startswith("/")
        assert ".." not in Path(name).parts
        is_program = output.content.startswith(b"#!")
        assert (output.mode, is_program) in ((0o755, True), (0o644, False)), name
    folder = "a folder/with 'quotes'"
    command = found.usage(shlex.quote(folder))
    assert "\n" not in command
    done = subprocess.run(["sh", "-n", "-c", command], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    again = adapted(PLAN, outputs, builder)
    assert again.outputs == found.outputs


@pytest.mark.parametrize("builder", BUILDERS)
def test_nothing_of_a_configuration_is_read_as_something_else(builder: str) -> None:
    """Names and texts are in the script, in archives and in encodings, and nowhere else."""
    files = {'/etc/a canary\'s "$(x)" \u00e9': {"text": "'canary\"\nRUN canary\n${canary}\n"}}
    plan = plan_of({"files": files, "packages": ["g++"]}, host="canary'\n$(canary)")
    outputs = render_outputs(plan)
    found = adapted(plan, outputs, builder)
    for name, output in found.outputs.items():
        if not name.endswith(".tar") and output != outputs["activate"]:
            assert b"canary" not in output.content, name
        if output.mode == 0o755:
            checked = subprocess.run(["sh", "-n"], input=output.content, check=False)
            assert checked.returncode == 0, name
    assert "canary" not in found.usage("out") + "".join(found.notes)


def test_builders_that_write_the_same_file_write_the_same() -> None:
    outputs = render_outputs(PLAN)
    found: dict[str, object] = {}
    for builder in BUILDERS:
        try:
            made = adapted(PLAN, outputs, builder).outputs
        except CannotAdapt:
            continue
        for name, output in made.items():
            assert found.setdefault(name, output) == output, (builder, name)


def test_every_host_gets_its_own(
    vcfg: RunVcfg, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "main.vcfg").write_text(HOSTS)
    ran = vcfg("build", "main.vcfg", "-o", "out", "--for", "mmdebstrap")
    assert ran.status == 0
    hook = "mmdebstrap/customize90-vcfg"
    assert f"out/a/{hook}" in ran.out.splitlines()
    assert f"out/b/{hook}" in ran.out.splitlines()
    assert ran.err.count("mmdebstrap --variant") == 1
    assert "--hook-dir=out/a/mmdebstrap" in ran.err
    again = vcfg("build", "main.vcfg", "-o", "out", "--for", "mmdebstrap")
    assert again.out == ""
    assert "out is up to date" in again.err


def test_what_does_not_fit_is_told_of_all_hosts_before_a_byte_is_written(
    vcfg: RunVcfg, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from evaluator.emit.builders import mmdebstrap

    def refuse(built: Built) -> None:
        raise CannotAdapt(f"not {built.plan['host']}")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(mmdebstrap, "adapt", refuse)
    (tmp_path / "main.vcfg").write_text(HOSTS)
    ran = vcfg("build", "main.vcfg", "-o", "out", "--for", "mmdebstrap")
    assert ran.status == 1
    assert ran.err.splitlines() == [
        "vcfg: out, host `a`: --for mmdebstrap: not a",
        "vcfg: out, host `b`: --for mmdebstrap: not b",
    ]
    assert not (tmp_path / "out").exists()
