"""Whatever stands in a file or happens to a stream: an answer, never a traceback.

A process of its own where streams, permissions or sizes matter; in this process elsewhere.
"""

from __future__ import annotations

import json
import os
import random
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.configured import configured

if TYPE_CHECKING:
    from tests.conftest import RunVcfg

ROOT = Path(__file__).resolve().parent.parent
VCFG = [sys.executable, "-m", "evaluator"]
NODE = ROOT / "spec" / "examples" / "ganeti-node" / "node1.vcfg"
MODULE = ROOT / "modules" / "virtualization" / "ganeti.vcfg"


def spawn(
    *words: str | Path, cwd: Path, stdin: bytes | int | None = None, stdout: int = subprocess.PIPE
) -> subprocess.CompletedProcess[bytes]:
    """`vcfg` as a process; what it says is looked at for tracebacks."""
    ran = subprocess.run(
        [*VCFG, *map(str, words)],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=stdin if isinstance(stdin, int) else None,
        input=stdin if isinstance(stdin, bytes) else None,
        stdout=stdout,
        stderr=subprocess.PIPE,
        timeout=60,
        check=False,
    )
    assert b"Traceback" not in ran.stderr
    assert ran.returncode != 70
    return ran


def answers(vcfg: RunVcfg, file: Path) -> int:
    """Exit code of `eval` of a file that may hold anything; the contract is kept."""
    ran = vcfg("eval", file, "--errors", "concise")
    assert "Traceback" not in ran.err
    assert ran.status in (0, 1, 2)
    assert (ran.out == "") == (ran.status != 0)
    assert ran.status == 0 or ran.err
    return ran.status


# Content


def test_random_bytes(vcfg: RunVcfg, tmp_path: Path) -> None:
    seeded = random.Random(7)
    file = tmp_path / "a.vcfg"
    for _ in range(60):
        file.write_bytes(seeded.randbytes(seeded.randrange(1, 300)))
        assert answers(vcfg, file) in (1, 2)


def test_random_words(vcfg: RunVcfg, tmp_path: Path) -> None:
    seeded = random.Random(11)
    words = MODULE.read_text(encoding="utf-8").split()
    words += ["{", "}", "[", "]", "(", ")", "=", '"', '"""', "#{", "when", "for", "x", "1"]
    file = tmp_path / "a.vcfg"
    for _ in range(120):
        picked = seeded.choices(words, k=seeded.randrange(1, 40))
        file.write_text(seeded.choice([" ", "\n"]).join(picked), encoding="utf-8")
        answers(vcfg, file)


@pytest.mark.parametrize(
    "source", [MODULE, NODE.with_name("site.vcfg")], ids=lambda each: each.name
)
def test_every_fiftieth_prefix(source: Path, vcfg: RunVcfg, tmp_path: Path) -> None:
    text = source.read_text(encoding="utf-8")
    file = tmp_path / "a.vcfg"
    for end in range(0, len(text), 50):
        file.write_text(text[:end], encoding="utf-8")
        answers(vcfg, file)


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"", 0),
        (b"\n", 0),
        (b"### about\n# only\n#comments", 0),
        (b"\xef\xbb\xbfoption a: int = 1\n", 0),
        (b"option a: int = 1\r\n\r\noption b: int = 2\r\n", 0),
        (b"option a: int = 1", 0),
        (b'option a: string = "\xff"\n', 2),
        (b"\xff\xfeo\x00p\x00", 2),
        (b"option a: int\x00 = 1\n", 1),
        (b"\x00" * 100, 1),
        (b"\x1b[31mred\x1b[0m", 1),
        ('option a: string = "\u202eabc"\n'.encode(), None),
        ("b\u00e9 = 1\n".encode(), 1),
    ],
    ids=repr,
)
def test_content(content: bytes, status: int | None, vcfg: RunVcfg, tmp_path: Path) -> None:
    file = tmp_path / "a.vcfg"
    file.write_bytes(content)
    assert answers(vcfg, file) == status or status is None


def test_escape_sequences_do_not_reach_the_terminal(vcfg: RunVcfg, tmp_path: Path) -> None:
    file = tmp_path / "a.vcfg"
    file.write_bytes(b'option a: int = "\x1b]0;title\x07"\n# \x1b[2J\nb = 1')
    for form in ("text", "concise", "github"):
        assert "\x1b" not in vcfg("check", file, "--errors", form).out


@pytest.mark.parametrize(
    "text",
    [
        "option a: any = " + "[" * 10_000 + "]" * 10_000,
        "option a: any = " + "[" * 10_000,
        "option a: int = " + "(" * 10_000 + "1" + ")" * 10_000,
        "a " + "{ b " * 10_000 + "}" * 10_000,
        "option a: " + "list(" * 10_000 + "int" + ")" * 10_000,
        "option a: bool = " + "not " * 10_000 + "true",
        "option a: int = " + "- " * 10_000 + "1",
        "option a: string = " + '"#{' * 10_000 + "1",
        "option a: int = " + "if true then " * 10_000,
        "when true { " * 10_000,
        "}" * 10_000,
        '"' * 10_001,
    ],
    ids=lambda text: text[:30],
)
def test_deep_nesting_is_refused(text: str, vcfg: RunVcfg, tmp_path: Path) -> None:
    file = tmp_path / "a.vcfg"
    file.write_text(text)
    assert answers(vcfg, file) == 1


@pytest.mark.parametrize(
    "text",
    [
        "option a: int = " + " + ".join(["1"] * 20_000),
        "option a: bool = " + " and ".join(["true"] * 20_000),
        "option a: any = { " + ".".join(["b"] * 150) + " = 1 }",
        "option a: any = " + "[" * 150 + "]" * 150,
        "option a: any = " + "{ b = " * 95 + "1" + " }" * 95,
    ],
    ids=lambda text: text[:30],
)
def test_long_and_moderately_deep_is_fine(text: str, vcfg: RunVcfg, tmp_path: Path) -> None:
    file = tmp_path / "a.vcfg"
    file.write_text(text)
    assert answers(vcfg, file) == 0


@pytest.mark.parametrize(
    ("piece", "status"),
    [
        (b")", 1),
        (b"a = \n", 1),
        (b'"', 1),
        (b"{", 1),
        (b"x", 1),
        (b"\x00", 1),
        (b"\xfe", 2),
        (b"#", 0),
    ],
    ids=repr,
)
def test_ten_megabytes(piece: bytes, status: int, tmp_path: Path) -> None:
    file = tmp_path / "a.vcfg"
    file.write_bytes(piece * (10_000_000 // len(piece)))
    ran = spawn("eval", file, cwd=tmp_path)
    assert ran.returncode == status
    assert status == 0 or not ran.stdout
    assert len(ran.stderr) < 100_000


def test_a_file_that_is_far_too_large(tmp_path: Path, vcfg: RunVcfg) -> None:
    file = tmp_path / "a.vcfg"
    with file.open("wb") as stream:
        stream.truncate(65 * 1024 * 1024)
    ran = vcfg("eval", file)
    assert ran.status == 2
    assert "larger than 64 MiB" in ran.err


# Files


def test_a_folder_a_device_and_nothing(vcfg: RunVcfg, tmp_path: Path) -> None:
    folder = tmp_path / "folder.vcfg"
    folder.mkdir()
    for file in (folder, Path("/dev/null"), tmp_path / "gone.vcfg", tmp_path / ("x" * 300)):
        for verb in (["eval"], ["check"], ["why"], ["show"], ["build", "-o", tmp_path / "out"]):
            words = [*verb, file, *(["a"] if verb[0] in ("why", "show") else [])]
            ran = vcfg(*words)
            assert ran.status == 2, words
            assert "cannot be read" in ran.out + ran.err
    assert not (tmp_path / "out").exists()


def test_imports_that_cannot_be_read(vcfg: RunVcfg, tmp_path: Path) -> None:
    (tmp_path / "folder.vcfg").mkdir()
    (tmp_path / "bytes.vcfg").write_bytes(b"\xff")
    (tmp_path / "around.vcfg").symlink_to("about.vcfg")
    (tmp_path / "about.vcfg").symlink_to("around.vcfg")
    file = tmp_path / "a.vcfg"
    names = ["folder.vcfg", "bytes.vcfg", "around.vcfg", "gone.vcfg", "x" * 300, "a\\u{0}b", ""]
    file.write_text("".join(f'import "./{name}"\n' for name in names) + 'import ""\n')
    ran = vcfg("check", file, "--errors", "json")
    assert ran.status == 1
    found = json.loads(ran.out)["diagnostics"]
    lines = [each["labels"][0]["start"]["line"] for each in found]
    assert sorted(lines) == list(range(1, 9))
    assert {each["code"] for each in found} == {"cannot-read", "import-failed"}


def test_symbolic_links_name_one_file(vcfg: RunVcfg, tmp_path: Path) -> None:
    (tmp_path / "b.vcfg").write_text("option a: list(int) = []\na = [1]\n")
    (tmp_path / "c.vcfg").symlink_to("b.vcfg")
    (tmp_path / "loop").symlink_to(".")
    file = tmp_path / "a.vcfg"
    file.write_text('import "./b.vcfg"\nimport "./c.vcfg"\nimport "./loop/loop/b.vcfg"\n')
    assert vcfg("eval", file, "a", "--format", "text") == (0, "[1]\n", "")


def test_a_loop_of_symbolic_links(vcfg: RunVcfg, tmp_path: Path) -> None:
    file = tmp_path / "a.vcfg"
    file.symlink_to("a.vcfg")
    ran = vcfg("eval", file)
    assert ran.status == 2
    assert "symbolic links" in ran.err


def test_a_file_that_imports_itself(vcfg: RunVcfg, tmp_path: Path) -> None:
    file = tmp_path / "a.vcfg"
    file.write_text('import "./a.vcfg"\noption a: list(int) = []\na = [1]\n')
    assert vcfg("eval", file, "a", "--format", "text") == (0, "[1]\n", "")


@pytest.mark.parametrize("name", ["two\nlines.vcfg", "a\x1b[31m.vcfg", "a%0A.vcfg", "ä b.vcfg"])
def test_odd_file_names(name: str, vcfg: RunVcfg, tmp_path: Path) -> None:
    file = tmp_path / name
    file.write_text("option a: int = true\n")
    for form in ("text", "concise", "json", "github"):
        ran = vcfg("check", file, "--errors", form)
        assert ran.status == 1
        assert "\x1b" not in ran.out
        if form in ("concise", "github"):
            assert ran.out.count("\n") == 1


def test_a_file_name_that_is_not_utf8(tmp_path: Path) -> None:
    name = b"a\xff.vcfg"
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name)).write_text("option a: int = true\n")
    for form in ("text", "concise", "json", "github"):
        ran = spawn("check", os.fsdecode(name), "--errors", form, cwd=tmp_path)
        assert ran.returncode == 1
        assert b"type-mismatch" in ran.stdout


def test_a_file_without_permission(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        os.chmod(tmp_path, 0o711)
    (tmp_path / "closed.vcfg").write_text("option a: int = 1\n")
    (tmp_path / "closed.vcfg").chmod(0)
    (tmp_path / "a.vcfg").write_text('import "./closed.vcfg"\n')
    (tmp_path / "wrong.vcfg").write_text("option a: int = true\n")
    closed = """if 1:
        import os, sys
        from evaluator.cli.app import run
        run(["eval", "wrong.vcfg"])  # loads what another user may not be able to load
        if os.geteuid() == 0:
            os.seteuid(65534)
        sys.exit(10 * run(["eval", "closed.vcfg"]) + run(["eval", "a.vcfg"]))
    """
    for parent in tmp_path.parents:
        if parent.stat().st_uid == os.geteuid() and not parent.stat().st_mode & 0o001:
            parent.chmod(parent.stat().st_mode | 0o011)
    ran = subprocess.run(
        [sys.executable, "-c", closed],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "VCFG_CACHE": "off"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 21, ran.stderr
    assert ran.stderr.count("permission denied") == 2


def test_a_pipe_with_a_name(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.vcfg")
    with subprocess.Popen(["sh", "-c", "echo 'option a: int = 1' >pipe.vcfg"], cwd=tmp_path):
        ran = spawn("eval", "pipe.vcfg", "a", cwd=tmp_path)
    assert (ran.returncode, ran.stdout) == (0, b"1\n")


# Streams


@pytest.fixture
def long_file(tmp_path: Path) -> Path:
    file = tmp_path / "long.vcfg"
    file.write_text("option a: list(int) = [for n in 1..50000: n]\n")
    return file


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_reader_that_leaves(
    unbuffered: str, long_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONUNBUFFERED", unbuffered)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    command = '"$@" | head -1; echo ${PIPESTATUS[0]}'
    ran = subprocess.run(
        ["bash", "-c", command, "bash", *VCFG, "eval", str(long_file)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.stdout, ran.stderr) == ("{\n141\n", "")


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_full_disk_for_the_result(
    unbuffered: str, long_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONUNBUFFERED", unbuffered)
    (long_file.parent / "short.vcfg").write_text("option a: int = 1\n")
    with open("/dev/full", "wb") as full:
        for file in ("long.vcfg", "short.vcfg"):
            ran = spawn("eval", file, cwd=long_file.parent, stdout=full.fileno())
            assert ran.returncode == 2
            assert b"standard output cannot be written: no space left" in ran.stderr
            assert ran.stderr.count(b"\n") == 1


def test_closed_streams(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    (tmp_path / "a.vcfg").write_text('option a: int = 1\nwarn "w"\n')
    for closing, words, status in (
        (">&-", "eval a.vcfg", 0),
        ("2>&-", "eval a.vcfg", 0),
        (">&- 2>&- <&-", "check a.vcfg", 0),
        ("<&-", "eval -", 1),
    ):
        ran = subprocess.run(
            ["sh", "-c", f'"$@" {words} {closing}', "sh", *VCFG],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == status, closing
        assert "Traceback" not in ran.stderr
        assert "bug" not in ran.stderr


def test_standard_input_that_is_no_text(tmp_path: Path) -> None:
    ran = spawn("eval", "-", cwd=tmp_path, stdin=b"\xff\xfe")
    assert (ran.returncode, ran.stdout) == (1, b"")
    assert b"`<standard input>` cannot be read: it is not UTF-8" in ran.stderr


def test_a_folder_that_is_gone(tmp_path: Path) -> None:
    (tmp_path / "a.vcfg").write_text("option a: int = 1\n")
    (tmp_path / "here").mkdir()
    ran = subprocess.run(
        ["sh", "-c", 'rmdir ../here; "$@"', "sh", *VCFG, "eval", str(tmp_path / "a.vcfg")],
        cwd=tmp_path / "here",
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 2
    assert ran.stderr == "vcfg: the current folder is gone; change to one that exists\n"


def test_any_locale(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    monkeypatch.setenv("LC_ALL", "C")
    (tmp_path / "a.vcfg").write_text('option a: string = "é✓"\n', encoding="utf-8")
    ran = spawn("why", "a.vcfg", "a", cwd=tmp_path)
    assert ran.returncode == 0
    assert "é✓" in ran.stdout.decode()


# Outputs


def outputs(folder: Path) -> dict[str, bytes]:
    """Everything in a folder, hidden files included."""
    return {each.name: each.read_bytes() for each in folder.iterdir()}


def test_a_failing_build_leaves_what_was_there(vcfg: RunVcfg, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert vcfg("build", NODE, "-o", out).status == 0
    before = outputs(out)
    assert set(before) == {"activate", "plan.json", "manifest.json", "packages.txt"}
    for setting in ("networking.hostname=[1]", "ganeti.nodd.enable=true", "etc.files=1"):
        ran = vcfg("build", NODE, "-o", out, "--set", setting)
        assert (ran.status, ran.out) == (1, "")
    assert outputs(out) == before


@pytest.mark.parametrize("place", ["files", "dirs", "groups", "units", "cron", "snippets"])
def test_names_over_several_lines(place: str, vcfg: RunVcfg, tmp_path: Path) -> None:
    """A finding about one is found at its line, and the terminal gets no control character."""
    fields = {"units": 'state = "enable"', "cron": 'extra = "x"', "snippets": 'text = ""'}
    name = r"/a\n\u{1b}[31m\tb"
    text = f'activation.{place}."{name}" {{ {fields.get(place, "")} }}\n'
    (tmp_path / "a.vcfg").write_text(f'import "activation.vcfg"\n{text}')
    ran = vcfg("build", tmp_path / "a.vcfg", "-o", tmp_path / "out")
    assert ran.status == 1, ran.err
    assert "a.vcfg:2" in ran.err
    assert "\x1b" not in ran.err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("place", ["file", "below a file", "folder in the way", "no such mount"])
def test_an_output_folder_that_cannot_be_written(place: str, vcfg: RunVcfg, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine\n")
    (tmp_path / "folder in the way" / "plan.json").mkdir(parents=True)
    places = {"below a file": tmp_path / "file" / "out", "no such mount": Path("/proc/vcfg/out")}
    out = places.get(place, tmp_path / place)
    ran = vcfg("build", NODE, "-o", out)
    assert (ran.status, ran.out) == (2, "")
    assert str(out) in ran.err or "/proc" in ran.err or "file" in ran.err
    assert (tmp_path / "file").read_text() == "mine\n"
    assert [each.name for each in (tmp_path / "folder in the way").iterdir()] == ["plan.json"]


def test_a_disk_that_is_full_leaves_what_was_there(vcfg: RunVcfg, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert vcfg("build", NODE, "-o", out).status == 0
    before = outputs(out)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, limits[1]))
        ran = vcfg("build", NODE, "-o", out, "--set", "networking.hostname=nodo2")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)
    assert ran.status == 2
    assert "cannot be written" in ran.err
    assert outputs(out) == before


def test_a_build_that_is_killed_leaves_whole_files(tmp_path: Path) -> None:
    out = tmp_path / "out"
    spawn("build", NODE, "-o", out, cwd=tmp_path)
    names = set(outputs(out))
    for delay in (0.1, 0.2, 0.3, 0.4, 0.5):
        host = f"nodo{delay}".replace(".", "-")
        with subprocess.Popen(
            [*VCFG, "build", str(NODE), "-o", str(out), "--set", f"networking.hostname={host}"],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as building:
            time.sleep(delay)
            building.kill()
        plan = json.loads((out / "plan.json").read_text(encoding="utf-8"))
        json.loads((out / "manifest.json").read_text(encoding="utf-8"))
        assert plan["version"] == 1
        assert (out / "activate").read_text(encoding="utf-8").endswith("\n")
        assert names <= set(outputs(out))
    assert spawn("build", NODE, "-o", out, cwd=tmp_path).returncode == 0


def test_a_value_larger_than_memory(tmp_path: Path) -> None:
    lines = ['let s0 = "xxxxxxxxxx"']
    lines += [f"let s{at} = s{at - 1} ++ s{at - 1}" for at in range(1, 60)]
    lines += ["option s: string = s59"]
    file = tmp_path / "a.vcfg"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    gibibyte = 2**30

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (gibibyte, gibibyte))

    ran = subprocess.run(
        [*VCFG, "eval", str(file)], capture_output=True, text=True, check=False, preexec_fn=limit
    )
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr == "vcfg: this configuration needs more memory than there is\n"


def test_values_that_contain_themselves_have_an_end() -> None:
    text = """
        record R { option x: map(R) = {}, option n: int = 0 }
        option whole: any = config
        option read: string = render.json(config)
        option g.a: any = config.h
        option h.b: any = config.g
        option u: R = {}
        u.x.k.x = config.u.x
        u.x.l.x = config.u.x
        option fine: int = 1
    """
    result = configured(text)
    assert set(result.codes()) == {"cycle"}
    assert result.data["fine"] == 1
    assert {each.path for each in result.errors()} >= {"whole", "h.b"}
