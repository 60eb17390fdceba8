"""Outputs of a plan: the same bytes every time, clean shell, written whole or not at all."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from evaluator.emit.activate import render_activate, runtime_text
from evaluator.emit.manifest import render_manifest
from evaluator.emit.packages import render_packages
from evaluator.emit.rows import memberships, parents, preset_text, tree_files, tree_links
from evaluator.emit.write import CannotWrite, render_outputs, write_outputs
from tests.plans import EVERYTHING, build

ROOT = Path(__file__).resolve().parent.parent
PLAN = build(EVERYTHING)[0]
OUTPUTS = ["activate", "manifest.json", "packages.txt", "plan.json"]


@pytest.fixture
def rendered(tmp_path: Path) -> Path:
    """The script of a plan with one of everything, in a file."""
    path = tmp_path / "activate"
    path.write_text(render_activate(PLAN))
    return path


def run(*words: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        words, env=os.environ | environment, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    "shell",
    [
        pytest.param(("dash",), marks=pytest.mark.needs("dash")),
        pytest.param(("bash", "--posix"), marks=pytest.mark.needs("bash")),
        pytest.param(
            ("busybox", "sh"), marks=pytest.mark.needs("busybox", package="busybox-static")
        ),
        pytest.param(("yash",), marks=pytest.mark.needs("yash")),
        pytest.param(("mksh",), marks=pytest.mark.needs("mksh")),
    ],
    ids=lambda shell: shell[0],
)
def test_every_shell_can_read_it(rendered: Path, shell: tuple[str, ...]) -> None:
    done = run(*shell, "-n", rendered, LC_ALL="C")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.needs("shellcheck")
def test_shellcheck_finds_nothing(rendered: Path) -> None:
    """No finding on the runtime and on a sample, the shell of the configuration aside."""
    done = run("shellcheck", "-s", "sh", rendered)
    assert done.stdout == ""
    assert done.returncode == 0


def test_it_is_plain_ascii_with_one_command() -> None:
    text = render_activate(PLAN)
    assert text.isascii()
    assert "\r" not in text
    assert text.startswith("#!/bin/sh\n")
    assert text.endswith('\n{ main "$@"; exit "$?"; }\n')


def test_the_runtime_keeps_to_the_floor() -> None:
    """Words that minimal roots, or shells other than bash, do not have."""
    runtime = runtime_text()
    code = "\n".join(line.split("#")[0] for line in runtime.splitlines())
    for word in ("[[", "<(", "$'", "&>", "pipefail"):
        assert word not in code, word
    words = r"local|function|echo|awk|sed|grep|cut|head|tr|find|cp|install|comm|python3?|typeset"
    assert re.findall(rf"(?m)(?:^|[|&;({{])\s*({words}) .*", code) == []


def test_contents_tell_who_asked() -> None:
    lines = render_activate(PLAN).splitlines()
    where = 'activation.files."/etc/b"'
    assert f"# etc/b - asked for by a.vcfg:9 ({where})" in lines
    assert f"#   and node1.vcfg:2 ({where})" in lines


def test_origins_cannot_break_out_of_their_comment() -> None:
    place = {"file": "a\nrm -rf x\r.vcfg", "line": 1, "path": "\u00f1\nx"}
    activation = {"files": {"/etc/x": {"text": ""}}, "snippets": {"s": {"text": ""}}}
    plan = build(activation)[0]
    for room in ("files", "snippets"):
        plan[room][0]["origin"] = [place]
    assert "\nrm" not in render_activate(plan)
    assert "\nx" not in render_activate(plan)


@pytest.mark.slow
def test_same_bytes_everywhere(tmp_path: Path) -> None:
    """Hash seed, time zone, locale, working directory: nothing shows."""
    program = (
        "import hashlib, json, sys\n"
        "from evaluator.emit.write import render_outputs\n"
        "outputs = render_outputs(json.load(open(sys.argv[1], encoding='utf-8')))\n"
        "content = b''.join(outputs[name].content for name in sorted(outputs))\n"
        "print(hashlib.sha256(content).hexdigest())\n"
    )
    plan = tmp_path / "plan.json"
    plan.write_text(json.dumps(PLAN), encoding="utf-8")
    sums = set()
    for seed, zone, locale, place in [
        ("0", "UTC", "C", "/"),
        ("1", "Asia/Tokyo", "C.UTF-8", str(tmp_path)),
        ("2026", "America/Caracas", "POSIX", "/usr"),
    ]:
        done = subprocess.run(
            [sys.executable, "-c", program, str(plan)],
            cwd=place,
            env=os.environ
            | {"PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": locale, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=True,
        )
        sums.add(done.stdout)
    assert len(sums) == 1


def test_derived_files_are_in_every_output() -> None:
    paths = [file["path"] for file in tree_files(PLAN)]
    assert "/etc/cron.d/app" in paths
    assert "/etc/systemd/system-preset/10-vcfg.preset" in paths
    assert "/etc/systemd/system/b.timer" in [link["path"] for link in tree_links(PLAN)]
    assert parents(PLAN) == ["/etc", "/etc/cron.d", "/etc/systemd", "/etc/systemd/system",
                             "/etc/systemd/system-preset", "/srv", "/var", "/var/lib"]  # fmt: skip
    assert memberships(PLAN) == [("app", "ann"), ("app", "zoe"), ("disk", "app"), ("kvm", "app")]


def test_presets_name_instances_behind_their_template() -> None:
    """`preset-all` looks at templates, and at the first line that fits one."""
    states = {
        "ssh.service": "enable", "w@a.service": "enable", r"w@b-\x2d.service": "enable",
        "w@c.service": "disable", "getty@tty9.service": "enable", "getty@tty2.service": "enable",
        "w@.service": "disable",
    }  # fmt: skip
    plan = {
        "units": [{"name": name, "state": state} for name, state in states.items()],
        "files": [{"path": "/etc/systemd/system/getty@tty9.service"}],
    }
    lines = preset_text(plan).splitlines()[1:]
    assert lines[:2] == [r"enable w@.service a b-\x2d", "enable getty@.service tty2 tty1"]
    assert lines[2:] == [f"{state} {name}" for name, state in states.items()]


def test_packages() -> None:
    assert render_packages(PLAN) == "curl\nqemu-utils\n"
    assert render_packages(build({})[0]) == ""


def test_the_manifest_agrees_with_the_plan() -> None:
    manifest = json.loads(render_manifest(PLAN))
    by_path = {file["path"]: file for file in manifest["files"]}
    assert by_path["/etc/a"] == {
        "path": "/etc/a", "mode": "0644", "owner": "root", "group": "root", "manage": "seed",
        "sha256": hashlib.sha256("se\u00f1or".encode()).hexdigest(), "size": 6,
    }  # fmt: skip
    assert "sha256" not in by_path["/etc/c"]
    assert set(by_path) == {file["path"] for file in tree_files(PLAN)}
    assert manifest["packages"] == ["curl", "qemu-utils"]
    assert manifest["units"][0] == {"name": "a.service", "state": "enable"}
    assert (manifest["host"], manifest["input"]) == ("node1", "ab12")


def names(paths: list[Path]) -> list[str]:
    return sorted(path.name for path in paths)


def test_outputs_are_written_once(tmp_path: Path) -> None:
    out = tmp_path / "a/b"
    assert names(write_outputs(render_outputs(PLAN), out)) == OUTPUTS
    modes = {path.name: path.stat().st_mode & 0o777 for path in out.iterdir()}
    assert modes == {name: 0o755 if name == "activate" else 0o644 for name in OUTPUTS}
    assert json.loads((out / "plan.json").read_text()) == PLAN
    before = {path.name: path.stat().st_mtime_ns for path in out.iterdir()}
    assert write_outputs(render_outputs(PLAN), out) == []
    assert {path.name: path.stat().st_mtime_ns for path in out.iterdir()} == before
    (out / "activate").chmod(0o644)
    (out / "packages.txt").write_text("edited")
    assert names(write_outputs(render_outputs(PLAN), str(out))) == ["activate", "packages.txt"]
    wanted = {name: each.content for name, each in render_outputs(PLAN).items()}
    assert {path.name: path.read_bytes() for path in out.iterdir()} == wanted


def test_a_link_is_replaced_not_followed(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("mine")
    out = tmp_path / "out"
    out.mkdir()
    (out / "activate").symlink_to(elsewhere)
    write_outputs(render_outputs(PLAN), out)
    assert elsewhere.read_text() == "mine"
    assert not (out / "activate").is_symlink()


def obstacle(kind: str, out: Path) -> None:
    """Something that makes writing impossible."""
    if kind == "file":
        out.write_text("file")
    elif kind == "parent is a file":
        out.parent.rmdir()
        out.parent.write_text("file")
    else:
        (out / "plan.json").mkdir(parents=True)


@pytest.mark.parametrize("kind", ["file", "parent is a file", "output is a directory"])
def test_what_cannot_be_written_is_not_begun(tmp_path: Path, kind: str) -> None:
    out = tmp_path / "here" / "out"
    out.parent.mkdir()
    obstacle(kind, out)
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(CannotWrite, match="`/"):
        write_outputs(render_outputs(PLAN), out)
    assert sorted(tmp_path.rglob("*")) == before


def test_a_full_disk_leaves_the_old_outputs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_outputs(render_outputs(PLAN), tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    real, calls = os.open, [0]

    def failing(path: Any, flags: int, mode: int = 0o777, **more: Any) -> int:
        calls[0] += str(path).endswith(".new")
        if calls[0] == 3:
            raise OSError(28, "No space left on device")
        return real(path, flags, mode, **more)

    monkeypatch.setattr(os, "open", failing)
    with pytest.raises(CannotWrite, match="no space left"):
        write_outputs(render_outputs(build({})[0]), tmp_path)
    assert calls[0] == 3
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_the_header_tells_where_to_read(rendered: Path) -> None:
    text = rendered.read_text()
    lines = text.splitlines()
    first, second, third = (
        int(at) for at in re.findall(r"^# Line (\d+) and on: ", text, re.MULTILINE)
    )
    assert lines[first - 1] == "# ---- what this configuration wants"
    assert lines[second - 1].startswith("# ---- contents")
    assert lines[third - 1].startswith("# ---- words")
    command, said = re.findall(r"^#   (sed .*|[0-9a-f]{64})$", text, re.MULTILINE)
    done = subprocess.run(
        ["sh", "-c", command], cwd=rendered.parent, capture_output=True, text=True, check=True
    )
    assert done.stdout.split()[0] == said
    other = render_activate(build({"files": {"/etc/x": {"text": "x\n"}}})[0])
    assert f"#   {said}\n" in other
    assert "# 1 file.\n" in other


def test_the_header_names_the_ways_and_whom_they_disturb() -> None:
    unit = {"text": "[Service]\nExecStart=/bin/true\n"}
    quiet = {"text": "[Unit]\nDescription=x\n"}
    files = {f"/etc/systemd/system/a-unit-of-many-{n}.service": unit for n in range(9)}
    files["/etc/systemd/system/quiet.service"] = quiet
    files["/etc/systemd/system/one.timer"] = {"text": "[Timer]\nOnCalendar=daily\n"}
    services = {"b.service": {"restart-on": ["/etc/b"]}, "c.service": {"reload-on": ["/etc/c"]}}
    text = render_activate(build({"files": files, "services": services})[0])
    header = text[: text.index("# shellcheck")]
    for way in ("--check", "--live", "--diff", "--rollback", "--uninstall", "--help"):
        assert way in header
    named = header[header.index("--restart=UNIT:") : header.index("# Line ")].split()
    assert [word for word in named if word != "#"][1:] == [
        *(f"a-unit-of-many-{n}.service" for n in range(9)),
        "b.service",
        "c.service",
    ]
    assert max(map(len, header.splitlines())) <= 100
    quiet_header = render_activate(build({})[0])
    assert "no service is restarted or reloaded for what is wanted here.\n" in quiet_header
