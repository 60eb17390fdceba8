"""No target, no change: wrong calls, wrong roots, truncated scripts."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

import pytest

from .box import SHELLS, script_of, tree

if TYPE_CHECKING:
    from .box import Box

SAMPLE = script_of(
    {
        "files": {
            "/etc/hostname": {"text": "node1\n"},
            "/etc/motd": {"text": "it's\n}\nmain --inside\n"},
            "/etc/caf\u00e9": {"text": "se\u00f1or\n"},
        },
        "links": {"/etc/localtime": {"target": "../usr/share/zoneinfo/UTC"}},
        "snippets": {"late": {"text": ": '\n}\necho out >/escaped\n{\n'\n"}},
    }
)


def without_mounts(found: dict[str, str]) -> dict[str, str]:
    """Leaves out what the guard itself puts into a root."""
    made = re.compile(r"(bin|sbin|lib|lib64|usr|dev|proc|tmp|in|run)(/|$)")
    return {path: said for path, said in found.items() if not made.match(path)}


@pytest.mark.slow
@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("words", ["", "--inside --ownership=skip"])
def test_every_prefix_does_nothing(box: Box, shell: tuple[str, ...], words: str) -> None:
    """Cut anywhere, with and without a target, where an escape would show."""
    box.script(SAMPLE)
    size = len(SAMPLE)
    cuts = sorted({*range(0, size, 997), *range(size - 60, size - 1)})
    loop = f"for n in {' '.join(map(str, cuts))}; do head -c $n /in/activate >/tmp/cut; "
    loop += f"{' '.join(shell)} /tmp/cut {words} >/dev/null 2>&1 </dev/null; done; :"
    assert box.inside("sh", "-c", loop).code == 0
    assert without_mounts(tree(box.root)) == {}
    # the control: the whole script does change this root
    assert box.inside(*shell, "/in/activate", "--inside", "--ownership=skip").code == 0
    assert (box.root / "etc/hostname").read_text() == "node1\n"


CUTTING = """
LC_ALL=C
set -- --inside --ownership=skip
for each in /in/parts/*; do
    whole=$(cat "$each" && echo .)
    text=${whole%.}
    while text=${text%?} && [ -n "$text" ]; do
        printf %s "$text" >/tmp/cut
        (. /tmp/cut) >>/tmp/said
        count=$((${count:-0} + 1))
    done
    case $each in
    */last) ;;
    *) . "$each" ;;
    esac
done 2>/dev/null
echo "$count cuts"
cat /tmp/said
"""


def commands(script: str) -> list[str]:
    """A script in pieces, each of which is read as a whole."""
    found = [""]
    for piece in re.split(r"(?<=\n}\n)", script):
        whole = subprocess.run(
            ["sh", "-n"], input=found[-1].encode(), check=False, stderr=subprocess.DEVNULL
        )
        if whole.returncode:
            found[-1] += piece
        else:
            found.append(piece)
    return found[1:]


@pytest.mark.nightly
@pytest.mark.parametrize("shell", SHELLS[:1])
def test_cut_at_every_byte_it_does_nothing(box: Box, shell: tuple[str, ...]) -> None:
    """What precedes a function that is cut is read once for all its bytes."""
    *parts, last = commands(SAMPLE)
    # without its line end the last line is whole, and does what it shall
    texts = {f"{number:05}": text for number, text in enumerate(parts)} | {"last": last[:-1]}
    (box.folder / "parts").mkdir()
    for name, text in texts.items():
        (box.folder / "parts" / name).write_text(text)
    ran = box.inside(*shell, "-c", CUTTING)
    cuts = len(SAMPLE.encode()) - len(parts) - 2
    assert ran.out == f"{cuts} cuts\n", ran.err
    assert without_mounts(tree(box.root)) == {}


def test_functions_hide_behind_no_prefix() -> None:
    """Cut inside a name, what is left must not be the name of something that exists."""
    names = re.findall(r"^([a-z_0-9]+)\(\) \{", SAMPLE, re.MULTILINE)
    # Whatever is cut off before it, there is nothing that could be called.
    assert names[-1] == "main"
    assert len(names) == len(set(names)), "one function takes the place of another"
    for at, name in enumerate(names):
        earlier = set(names[:at])
        assert not earlier & {name[:cut] for cut in range(1, len(name))}, name
        assert name.startswith("_") or name in {"main", "in_root"}
    commands = [
        line
        for line in SAMPLE.splitlines()
        if line and line[0] not in "# \t}" and not re.match(r"[a-z_0-9]+\(\) ", line)
    ]
    assert commands[-1] == '{ main "$@"; exit "$?"; }'


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ([], 64),
        (["--check"], 64),
        (["--root="], 64),
        (["--root"], 64),
        (["--root=/"], 64),
        (["--root=//"], 64),
        (["--root=/."], 64),
        (["--root=/proc/self/root"], 64),
        (["--root=/no/such/place"], 3),
        (["--root=/etc/passwd"], 3),
        (["--inside", "--live"], 64),
        (["--inside", "--root=/tmp"], 64),
        (["--root=/tmp", "--root=/tmp"], 64),
        (["--inside", "--check", "--diff"], 64),
        (["--inside", "--chekc"], 64),
        (["--inside", "/"], 64),
        (["--inside", ""], 64),
        (["--inside", "--verify", "--check"], 64),
        (["--inside", "--uninstall", "--verify"], 64),
        (["--verify"], 64),
        (["--uninstall"], 64),
        (["--root=", "--uninstall"], 64),
        (["--inside", "--rollback"], 3),
        (["--inside", "--generations"], 3),
        (["--inside", "--rollback", "--uninstall"], 64),
        (["--inside", "--generation=x"], 64),
        (["--rollback"], 64),
        (["--inside", "--adopt=maybe"], 64),
        (["--inside", "--lock-wait=soon"], 64),
        (["--inside", "--restart=ssh"], 64),
        (["--show"], 64),
    ],
)
def test_wrong_calls_change_nothing(box: Box, words: list[str], code: int) -> None:
    path = box.script(SAMPLE)
    ran = box.command("sh", path, *words)
    assert ran.code == code, ran.err
    assert ran.err.startswith("activate: ")
    assert tree(box.root) == {}


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("word", ["--root", "--adopt", "--lock-wait"])
def test_a_value_stands_in_the_word_of_its_option(
    box: Box, shell: tuple[str, ...], word: str
) -> None:
    ran = box.command(*shell, box.script(SAMPLE), word, "/root")
    assert ran.code == 64
    assert f"{word} takes its value behind a =, as one word: {word}=VALUE" in ran.err
    assert tree(box.root) == {}


@pytest.mark.parametrize(
    "words",
    [
        ["--show", "/etc/motd", "--root=x"],
        ["--root=x", "--show=/etc/motd"],
        ["--root=x", "--show", "/etc/motd", "--inside"],
        ["--list", "--inside"],
        ["--live", "--list"],
    ],
)
def test_what_looks_at_no_system_takes_no_target(box: Box, words: list[str]) -> None:
    ran = box.command("sh", box.script(SAMPLE), *words)
    mode = "list" if "--list" in words else "show"
    assert (ran.code, ran.out) == (64, "")
    assert f"--{mode} takes no target: it tells what is in this script" in ran.err


def test_an_unset_variable_is_no_target(box: Box) -> None:
    box.script(SAMPLE)
    ran = box.inside("sh", "-c", 'sh /in/activate --root="$BUILDROOT"')
    assert ran.code == 64
    assert without_mounts(tree(box.root)) == {}


@pytest.mark.root
def test_inside_refuses_a_booted_host(box: Box) -> None:
    """A builder that forgot to chroot: systemd runs and owns the same root."""
    box.script(SAMPLE)
    (box.root / "run/systemd/system").mkdir(parents=True)
    ran = box.inside("sh", "/in/activate", "--inside")
    assert ran.code == 3
    assert "systemd" in ran.err
    assert "etc/hostname" not in tree(box.root)
    assert box.inside("sh", "/in/activate", "--inside", "--force-inside").code == 0


@pytest.mark.root
def test_live_knows_its_host(box: Box) -> None:
    """A fleet pushes the wrong file sooner or later."""
    box.script(script_of({"files": {"/etc/one": {"text": "1"}}}))
    box.script(script_of({"files": {"/etc/two": {"text": "2"}}}, host="node2"), "other")
    assert box.inside("sh", "/in/activate", "--live").code == 0
    assert box.inside("sh", "/in/other", "--live").code == 3
    assert not (box.root / "etc/two").exists()
    assert box.inside("sh", "/in/other", "--live", "--rename").code == 0
    assert (box.root / "etc/two").read_text() == "2"


def test_a_host_gets_its_first_name(box: Box) -> None:
    """An image without one is everybody's."""
    box.script(script_of({"files": {"/etc/one": {"text": "1"}}}, host=""))
    box.script(script_of({"files": {"/etc/two": {"text": "2"}}}, host="node2"), "other")
    assert box.inside("sh", "/in/activate", "--live").code == 0
    assert box.inside("sh", "/in/other", "--live").code == 0
    assert box.inside("sh", "/in/activate", "--live").code == 3


def test_words_without_a_target(box: Box) -> None:
    path = box.script(SAMPLE)
    listed = box.command("sh", path, "--list")
    assert listed.code == 0
    assert "file    /etc/hostname  644 root:root manage" in listed.out.splitlines()
    shown = box.command("sh", path, "--show", "/etc/caf\u00e9")
    assert (shown.code, shown.out) == (0, "se\u00f1or\n")
    assert "node1.vcfg:12" in shown.err
    assert box.command("sh", path, "--show", "/etc/other").code == 3
    assert box.command("sh", path, "--version").out == "vcfg 0.1.0, host node1, input 0123abcd\n"
    assert "--root=DIR" in box.command("sh", path, "--help").out
    assert tree(box.root) == {}


def test_read_from_standard_input(box: Box) -> None:
    """`ssh host sh -s -- --root=... --check < activate`."""
    path = box.script(SAMPLE)
    words = f"sh -s -- --root={box.root} --check --ownership=skip < {path}"
    ran = box.command("sh", "-c", words)
    assert ran.code == 2
    assert "create /etc/hostname" in ran.out
    assert tree(box.root) == {}
