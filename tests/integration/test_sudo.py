"""sudo lets those in whom the rules name, and visudo has nothing against them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from .pairs import Pair, found_first, named
from .sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from .conftest import Applied


@pytest.fixture(scope="module")
def host(applied_root: Callable[[str], Applied]) -> Iterator[Sandbox]:
    """The machine of `configs/sudo.vcfg`."""
    with applied_root("sudo").sandbox() as box:
        yield box


def test_visudo_accepts_all(host: Sandbox) -> None:
    """With the modes that sudo wants, and nothing passed over."""
    said = host.run("visudo -c").lines
    assert {f"/etc/sudoers.d/{name}: parsed OK" for name in ("everything", "operators")} <= set(
        said
    )


@pytest.mark.parametrize(
    ("user", "command", "out"),
    [
        ("ana", "id -un", "root\n"),
        ("ana", "-u eva id -un", "eva\n"),
        ("eva", "id -u", "0\n"),
        ("eva", "echo a=b:c,d", "a=b:c,d\n"),
        ("eva", "id -un", None),
        ("eva", "-u ana id -u", None),
        ("nobody", "id -u", None),
    ],
)
def test_who_may_run_what(host: Sandbox, user: str, command: str, out: str | None) -> None:
    """`None` stands for a refusal; `-n` asks for no password."""
    tried = host.run(f"sudo -n {command}", user=user, check=False)
    if out is None:
        assert (tried.code, tried.out) == (1, "")
    else:
        assert (tried.code, tried.out) == (0, out), tried.err


START = """
import "sudo.vcfg"
"""

TYPE = "type-mismatch"

#: Lines of a file that visudo refuses.
REFUSED = [
    Pair(
        'sudo.rules.ops = { users = ["root"], commands = ["systemctl restart ssh"] }',
        TYPE,
        "absolute path",
        "root ALL=(root) systemctl restart ssh",
        "expected a fully-qualified path name",
    ),
    Pair(
        'sudo.rules.ops = { users = ["root"], commands = [] }',
        "assertion-failed",
        "name `commands`",
        "root ALL=(root) ",
        "syntax error",
    ),
    Pair(
        "sudo.rules.ops = {}",
        "assertion-failed",
        "for nobody",
        " ALL=(root) ALL",
        "syntax error",
    ),
    Pair(
        'sudo.rules.ops = { users = ["a b"] }',
        TYPE,
        '"a b"',
        "a b ALL=(root) ALL",
        "syntax error",
    ),
    Pair(
        'sudo.rules.ops = { users = ["root"], run-as = "" }',
        TYPE,
        "or `ALL`",
        'root ALL=("") ALL',
        "empty string",
    ),
]


@pytest.fixture(scope="module")
def box(debian_root: Path) -> Iterator[Sandbox]:
    """A machine with Debian's own rules."""
    with Sandbox([debian_root]) as machine:
        yield machine


@pytest.mark.parametrize("pair", named(REFUSED))
def test_visudo_refuses_what_we_refuse(box: Sandbox, pair: Pair) -> None:
    found_first(pair, START)
    box.put("/tmp/rule", f"{pair.given}\n")
    tried = box.run("visudo -c -f /tmp/rule", check=False)
    assert tried.code == 1
    assert pair.said in tried.said


def test_sudo_passes_over_names_that_we_refuse(box: Sandbox) -> None:
    pair = Pair(
        'sudo.rules."ops.conf" = { users = ["root"] }',
        "assertion-failed",
        "passes over",
        "no rule at all",
    )
    found_first(pair, START)
    box.put("/etc/sudoers.d/ops.conf", f"{pair.given}\n")
    assert "ops.conf" not in box.run("visudo -c").said
