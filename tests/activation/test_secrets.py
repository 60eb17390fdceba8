"""Secrets: read before the first write, laid down whole, and shown to nobody."""

from __future__ import annotations

import json
import os
import re
from typing import TYPE_CHECKING, Any

import pytest

from evaluator.emit.write import render_outputs

from .box import SHELLS, plan_of, script_of, tree

if TYPE_CHECKING:
    from pathlib import Path

    from .box import Box, Ran

SKIP = "--ownership=skip"
# Every byte there is, so NUL, the signs of printf and of shells, and what is no UTF-8.
ALL_BYTES = bytes(range(256)) * 2 + b"%s %d \\n $(id) `id` 'x' \"y\"\n\n"
PASSWORD = "hunter2-%s-\\n$HOME'`"


def name(name: str) -> dict[str, Any]:
    return {"name": name}


def text(*parts: str | dict[str, Any]) -> dict[str, Any]:
    """A text with secrets, as it is evaluated."""
    return {"secret-text": list(parts)}


def whole(reference: dict[str, Any]) -> dict[str, Any]:
    return {"secret": reference}


def wanted(files: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A configuration with these texts in /etc."""
    return {"files": {f"/etc/{file}": {"text": text} for file, text in files.items()}, **more}


def keys(box: Box, **contents: str | bytes) -> Path:
    """A directory of secrets, as VCFG_SECRETS names it from now on."""
    folder = box.folder / "keys"
    folder.mkdir(mode=0o700, exist_ok=True)
    for key, content in contents.items():
        data = content.encode() if isinstance(content, str) else content
        (folder / key).write_bytes(data)
    box.environment["VCFG_SECRETS"] = str(folder)
    return folder


def read(box: Box, file: str) -> bytes:
    return (box.root / "etc" / file).read_bytes()


@pytest.mark.parametrize("shell", SHELLS)
def test_every_byte_arrives(box: Box, shell: tuple[str, ...]) -> None:
    box.shell = shell
    folder = keys(box, all=ALL_BYTES, pw=PASSWORD + "\n", two="a\n\n")
    script = script_of(
        wanted(
            {
                "named": whole(name("all")),
                "file": whole({"file": str(folder / "all")}),
                "command": whole({"command": ["cat", str(folder / "all")]}),
                "hole": text("se\u00f1or %s: ", name("pw"), " '", name("all"), name("two"), "'\n"),
                "alone": text(name("pw")),
            }
        )
    )
    ran = box.run(script, SKIP)
    assert (ran.code, ran.err) == (0, "")
    for file in ("named", "file", "command"):
        assert read(box, file) == ALL_BYTES
    held = PASSWORD.encode() + b" '" + ALL_BYTES[:-1] + b"a\n'\n"
    assert read(box, "hole") == "se\u00f1or %s: ".encode() + held
    assert read(box, "alone") == f"{PASSWORD}\n".encode()
    assert {(box.root / "etc" / each).stat().st_mode & 0o7777 for each in ("named", "hole")} == {
        0o600
    }


@pytest.mark.parametrize("shell", SHELLS)
def test_nothing_around_a_secret_is_run(box: Box, shell: tuple[str, ...]) -> None:
    """Neither words of a command nor the path of a file, nor what stands beside it or in it."""
    box.shell = shell
    trap = f"-$(>{box.root}/canary)`>{box.root}/canary`'\"\\ %n;>{box.root}/canary"
    named = "-$(>canary)`>canary`'\"\\ %n;>canary"
    folder = keys(box, **{named: f"{trap}\n"})
    printed = {"command": ["printf", "%s", trap]}
    filed = {"file": f"{folder}/{named}"}
    ran = box.run(
        script_of(wanted({"a": whole(printed), "b": whole(filed), "c": text(trap, filed, trap)})),
        SKIP,
    )
    assert (ran.code, ran.err) == (0, "")
    assert [read(box, each).decode() for each in "abc"] == [trap, f"{trap}\n", trap * 3]
    refused = box.run(script_of(wanted({"d": whole({"command": [trap, "-x"]})})), SKIP)
    assert refused.code == 3
    assert f"there is no program {trap}" in refused.err
    assert not list(box.folder.rglob("canary"))


@pytest.mark.parametrize("shell", SHELLS)
def test_it_is_replaced_when_it_changed_and_never_else(box: Box, shell: tuple[str, ...]) -> None:
    box.shell = shell
    folder = keys(box, pw="one\n", key=b"\0\1")
    snippet = {"text": 'cat "$VCFG_CHANGED" >>"$VCFG_ROOT/seen"\n', "on-change": ["/etc/conf"]}
    activation = wanted(
        {"conf": text("p=", name("pw"), "\n"), "key": whole(name("key"))}, snippets={"s": snippet}
    )
    script = script_of(activation)
    assert box.run(script, SKIP).code == 0
    before = tree(box.root, times=True)
    for words in (("--check",), ("--diff",), ()):
        again = box.run(script, SKIP, *words)
        assert (again.code, again.out, again.err) == (0, "nothing to do\n", "")
        assert tree(box.root, times=True) == before
    (folder / "pw").write_text("two\n")
    checked = box.run(script, SKIP, "--check")
    assert checked.code == 2
    assert checked.out.splitlines()[0] == "replace /etc/conf"
    assert tree(box.root, times=True) == before
    assert box.run(script, SKIP).code == 0
    assert read(box, "conf") == b"p=two\n"
    assert (box.root / "seen").read_text() == "/etc/conf\n/etc/key\n/etc/conf\n"
    after = tree(box.root, times=True)
    assert after["etc/key"] == before["etc/key"]
    # nothing of what was there before is kept
    assert not (box.root / "var/lib/vcfg/backup").exists()


def refused(ran: Ran, *words: str, end: str = "nothing was changed") -> None:
    assert ran.code == 3, ran.err
    for word in words:
        assert word in ran.err
    assert "node1.vcfg:12" in ran.err
    assert ran.err.endswith(f"activate: {end}\n")


@pytest.mark.parametrize("shell", SHELLS)
def test_one_that_is_not_to_be_had_is_refused_before_the_first_write(
    box: Box, shell: tuple[str, ...]
) -> None:
    box.shell = shell
    folder = keys(box, empty="", line="\n", good="x")
    (folder / "folder").mkdir()
    os.mkfifo(folder / "pipe")
    cases: list[tuple[dict[str, Any], str]] = [
        (name("none"), f"there is no file none in {folder}; "),
        (name("empty"), "it is empty"),
        (name("line"), "it is empty"),
        (name("folder"), "is a directory"),
        (name("pipe"), "is a pipe or device"),
        ({"file": "/dev/zero"}, "/dev/zero is a pipe or device"),
        ({"file": "/none/here"}, "/none/here is missing"),
        ({"command": ["no-such-program", "x"]}, "there is no program no-such-program"),
        ({"command": ["sh", "-c", "echo half; exit 7"]}, "sh ended with 7"),
        ({"command": ["true"]}, "it is empty"),
    ]
    before = tree(box.root)
    for reference, reason in cases:
        plain = wanted({"a": "plain\n", "b": text("x", reference)})
        refused(box.run(script_of(plain), SKIP), reason)
        looked = box.run(script_of(plain), SKIP, "--check")
        refused(looked, reason, end="a run would be refused, and would change nothing")
    everything = wanted({f"f{at}": whole(each) for at, (each, _) in enumerate(cases)})
    ran = box.run(script_of(everything), SKIP)
    refused(ran, *[reason for _, reason in cases])
    assert ran.err.count("refused:") == len(cases)
    assert tree(box.root) == before


def test_where_a_name_leads(box: Box) -> None:
    script = script_of(wanted({"a": whole(name("pw"))}))
    refused(box.run(script, SKIP), "neither VCFG_SECRETS nor CREDENTIALS_DIRECTORY is set")
    credentials = box.folder / "credentials"
    credentials.mkdir()
    (credentials / "pw").write_text("from systemd\n")
    environment = {"CREDENTIALS_DIRECTORY": str(credentials), "VCFG_SECRETS": ""}
    assert box.run(script, SKIP, **environment).code == 0
    assert read(box, "a") == b"from systemd\n"
    folder = keys(box)
    assert box.run(script, SKIP, CREDENTIALS_DIRECTORY=str(credentials)).out == "nothing to do\n"
    (folder / "pw").write_text("from the builder\n")
    assert box.run(script, SKIP, CREDENTIALS_DIRECTORY=str(credentials)).code == 0
    assert read(box, "a") == b"from the builder\n"
    # a relative directory is one of the caller's
    guarded = box.guarded(["sh", str(box.script(script)), f"--root={box.root}", SKIP, "--check"])
    guarded[guarded.index("--chdir") + 1] = str(box.folder)
    assert box.bare(guarded, {"VCFG_SECRETS": "keys"}).out == "nothing to do\n"


def test_what_is_not_wanted_is_not_read(box: Box) -> None:
    gone = {"files": {"/etc/a": {"text": whole(name("none")), "manage": "absent"}}}
    assert box.run(script_of(gone), SKIP).code == 0


def test_a_command_runs_once_and_inherits_nothing(box: Box) -> None:
    keys(box)
    command = ["sh", "-c", 'echo "$(pwd) $(ls /proc/self/fd | wc -l)"; date +%N']
    files = {"a": text("x", {"command": command}), "b": text("y", {"command": command})}
    assert box.run(script_of(wanted(files)), SKIP).code == 0
    assert read(box, "a")[1:] == read(box, "b")[1:]
    # of descriptors the three streams, and the one that ls reads the directory by
    assert read(box, "a").splitlines()[0] == b"x/ 4"


def test_differences_and_texts_show_the_reference(box: Box) -> None:
    keys(box, pw="hunter2")
    script = script_of(wanted({"a": text("user\n", name("pw"), "\n"), "b": whole(name("pw"))}))
    ran = box.run(script, SKIP, "--diff")
    assert ran.code == 2
    assert "/etc/a: secret content differs\n/etc/b: secret content differs\n" in ran.out
    assert "hunter2" not in ran.out + ran.err
    path = box.script(script)
    shown = box.command("sh", path, "--show=/etc/a")
    assert shown.out == 'user\n#{secret(name: "pw")}\n'
    assert box.command("sh", path, "--show=/etc/b").out == '#{secret(name: "pw")}'
    (box.root / "etc").mkdir()
    for file, content in (("a", "user\nhunter2\n"), ("b", "hunter2")):
        (box.root / "etc" / file).write_text(content)
        (box.root / "etc" / file).chmod(0o644)
    dressed = box.run(script, SKIP, "--diff")
    assert dressed.out == "owner or mode /etc/a\nowner or mode /etc/b\n2 changes pending\n"


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("flags", [(), ("-x",), ("-a",)])
def test_nothing_that_is_said_or_left_holds_it(
    box: Box, shell: tuple[str, ...], flags: tuple[str, ...]
) -> None:
    box.shell = (*shell, *flags)
    secret = "correct-horse"
    octal = "".join(f"\\{byte:03o}" for byte in secret.encode())
    keys(box, pw=secret)
    snippets = {"s": {"text": 'set >"$VCFG_ROOT/set"; env >"$VCFG_ROOT/env"\n'}}
    activation = wanted(
        {
            "a": text({"command": ["env"]}, "p=", name("pw")),
            "b": text(name("pw"), {"command": ["env"]}),
        },
        snippets=snippets,
    )
    script = script_of(activation)
    ran = box.run(script, SKIP)
    assert ran.code == 0, ran.err
    said = ran.out + ran.err
    for word in ("--check", "--diff"):
        more = box.run(script, SKIP, word)
        said += more.out + more.err
    assert read(box, "a").endswith(b"p=correct-horse")
    everywhere = {path: path.read_text() for path in box.root.rglob("*") if path.is_file()}
    holders = [
        str(path.relative_to(box.root))
        for path, content in everywhere.items()
        if secret in content or octal in content
    ]
    assert sorted(holders) == ["etc/a", "etc/b"]
    assert octal[:12] not in said
    assert secret not in said
    # what a command was given in its environment is in its output
    assert octal[:12] not in everywhere[box.root / "etc/b"]
    assert everywhere[box.root / "etc/b"].count(secret) == 1


CALLS = "mkdir|open|creat|write|chown|chmod|rename"


@pytest.mark.root
@pytest.mark.needs("strace")
@pytest.mark.parametrize("shell", SHELLS)
def test_no_process_is_given_it_and_no_open_place_holds_it(
    box: Box, shell: tuple[str, ...]
) -> None:
    keys(box, pw="correct-horse\n")
    activation = {
        "files": {"/srv/a": {"text": text("p=", name("pw"), "\n"), "owner": "7", "mode": "0640"}}
    }
    script = box.script(script_of(activation))
    calls = "execve,open,openat,creat,write,chmod,fchmodat,?fchmodat2,chown,fchownat,lchown"
    calls += ",rename,renameat,renameat2,mkdir,mkdirat"
    words = ["strace", "-f", "-qq", "-y", "-v", "-s", "100000", "-e", f"trace={calls}"]
    ran = box.command(*words, *shell, script, f"--root={box.root}")
    assert ran.code == 0, ran.err
    traced = ran.err.splitlines()
    started = [line for line in traced if "execve(" in line]
    assert len(started) > 3
    assert not [line for line in started if re.search(r"correct-horse|143.+157", line)]
    # what happens to the file that holds it: all of it below a directory of root's alone
    steps = [
        found[0]
        for line in traced
        if ".vcfg-stage" in line or '"./a"' in line
        if not re.search(r"\bopen(at)?\(", line) or "O_CREAT" in line
        # busybox sets the mode of a directory that it has made with it
        if not re.search(r'chmod\(.*"\./\.vcfg-stage", 0700\)', line)
        for found in re.findall(rf"\b[fl]?({CALLS})\w*\(.*?(\w+)", line)
    ]
    assert list(dict.fromkeys(steps)) == ["mkdir", "open", "write", "chown", "chmod", "rename"]
    # 0777 is 0700 by the umask
    assert re.search(r'mkdir\w*\(.*\.vcfg-stage", 07(00|77)\)', ran.err)
    written = [line for line in traced if re.search(r"correct-horse|143\\\\157|143 157", line)]
    holding = [line for line in written if "write(" in line]
    assert len(holding) > 2
    for line in holding:
        assert re.search(r"write\(\d+<(pipe:|[^>]*\.vcfg-stage/)", line)


HASH = "$y$j9T$abc./DEF$0123456789abcdefghijklmnopqrstuvwxyzABCDEF."
OTHER = "$6$rounds=5000$salt$0123456789abcdef/."


def shadow(box: Box) -> dict[str, str]:
    """Name → rest of its line in /etc/shadow."""
    lines = (box.root / "etc/shadow").read_text().splitlines()
    return {line.partition(":")[0]: line.partition(":")[2] for line in lines}


def people(**fields: dict[str, Any]) -> str:
    """A script that makes these users, each with fields of its own."""
    users = {name: {"system": False, **each} for name, each in fields.items()}
    return script_of({"users": users, "groups": {name: {} for name in users}})


@pytest.mark.parametrize("shell", SHELLS)
def test_what_is_written_once_needs_its_secret_once(box: Box, shell: tuple[str, ...]) -> None:
    box.shell = shell
    folder = keys(box, seed="token", bob=HASH)
    seeded = {"/etc/token": {"text": text(name("seed"), "\n"), "manage": "seed"}}
    bob = {"system": False, "initial-password": whole(name("bob"))}
    script = script_of({"files": seeded, "users": {"bob": bob}, "groups": {"bob": {}}})
    assert "/etc/token: secret content differs\n" in box.run(script, SKIP, "--diff").out
    assert box.run(script, SKIP).code == 0
    assert read(box, "token") == b"token\n"
    (folder / "seed").unlink()
    (folder / "bob").unlink()
    assert box.run(script, SKIP).out == "nothing to do\n"
    (box.root / "etc/token").unlink()
    ran = box.run(script, SKIP)
    refused(ran, 'secret(name: "seed") is not to be had')
    assert ran.err.count("refused:") == 1
    # a file that is kept as it is to be needs the same secret always
    both = {**seeded, "/etc/other": {"text": whole(name("bob"))}}
    refused(box.run(script_of({"files": both}), SKIP), 'name: "seed"', 'name: "bob"')


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("end", [b"\n", b""])
def test_a_long_secret_takes_no_long_time(box: Box, shell: tuple[str, ...], end: bytes) -> None:
    """Pattern matching of shells over the whole of it would take minutes."""
    box.shell = shell
    content = bytes(range(256)) * 1200 + end
    keys(box, long=content)
    script = script_of(wanted({"a": whole(name("long")), "b": text("x", name("long"))}))
    assert box.run(script, SKIP).code == 0
    assert read(box, "a") == content
    assert read(box, "b") == b"x" + content.removesuffix(b"\n")


def test_what_a_script_may_ask_for_is_listed(box: Box) -> None:
    users = {"ana": {"password": whole({"file": "/k"})}}
    activation = wanted({"a": text("x", name("pw")), "b": whole(name("pw"))}, users=users)
    activation["groups"] = {"ana": {}}
    script = box.script(script_of(activation))
    listed = box.command("sh", script, "--list").out.splitlines()
    asked = '(asked for by node1.vcfg:12 (activation.files."/etc/a"), '
    assert [line.partition(asked)[0] for line in listed if line.startswith("secret")] == [
        'secret  secret(name: "pw")  ',
        'secret  secret(file: "/k")  (asked for by node1.vcfg:12 (activation.users.ana))',
    ]
    manifest = json.loads(render_outputs(plan_of(activation))["manifest.json"].content)
    assert manifest["secrets"] == [{"file": "/k"}, {"name": "pw"}]


@pytest.mark.parametrize("shell", SHELLS)
def test_passwords_are_set_once_or_always(box: Box, shell: tuple[str, ...]) -> None:
    box.shell = shell
    folder = keys(box, ana=f"{HASH}\n", bob=HASH)
    script = people(
        ana={"password": whole(name("ana"))},
        bob={"initial-password": whole(name("bob"))},
        eve={},
    )
    ran = box.run(script, SKIP, SOURCE_DATE_EPOCH="86400000")
    assert ran.code == 0, ran.err
    assert HASH not in ran.out + ran.err
    assert "user ana (password)\n" in ran.out
    made = shadow(box)
    assert made["ana"] == made["bob"] == f"{HASH}:1000::::::"
    assert made["eve"] == "*:1000::::::"
    before = tree(box.root, times=True)
    assert box.run(script, SKIP).out == "nothing to do\n"
    assert tree(box.root, times=True) == before
    # changed by hand, with ageing: one is changed back, and its other fields stay
    place = box.root / "etc/shadow"
    lines = place.read_text().replace(f"{HASH}:1000::::::", f"{OTHER}:19000:0:99999:7:::")
    place.write_text(lines)
    checked = box.run(script, SKIP, "--diff")
    told = ["user ana (password)", "/etc/shadow: the entry of ana changes"]
    assert (checked.code, checked.out.splitlines()) == (2, [*told, "1 change pending"])
    assert box.run(script, SKIP).code == 0
    assert shadow(box)["ana"] == f"{HASH}:19000:0:99999:7:::"
    assert shadow(box)["bob"] == f"{OTHER}:19000:0:99999:7:::"
    (folder / "ana").write_text(OTHER)
    assert box.run(script, SKIP).code == 0
    assert shadow(box)["ana"].startswith(f"{OTHER}:")


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize(
    "wrong", ["hunter2", "$6$salt$hash:0", "$6$salt$a\nroot::0:0", "$", "$$", "!", "*", "$6$a b$c"]
)
def test_a_password_that_is_no_hash_is_refused(
    box: Box, shell: tuple[str, ...], wrong: str
) -> None:
    box.shell = shell
    keys(box, ana=wrong)
    ran = box.run(people(ana={"password": whole(name("ana"))}), SKIP)
    assert ran.code == 3, ran.out
    assert "the password of ana is no hash as crypt(5) writes it" in ran.err
    assert len(wrong) < 3 or wrong not in ran.err
    assert tree(box.root) == {}


def test_no_output_of_a_build_has_more_than_the_reference() -> None:
    plan = plan_of(wanted({"a": text("p=", name("pw")), "b": whole({"command": ["pass", "x"]})}))
    outputs = render_outputs(plan)
    assert b'"name": "pw"' in outputs["plan.json"].content
    assert b"sha256" not in outputs["manifest.json"].content
    assert outputs["activate"].content.isascii()
