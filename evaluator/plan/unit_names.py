"""Names of units, as systemd takes them."""

from __future__ import annotations

from evaluator.plan.paths import LONGEST_COMPONENT

UNIT_KINDS = (
    ".service",
    ".socket",
    ".timer",
    ".path",
    ".target",
    ".mount",
    ".automount",
    ".swap",
    ".slice",
    ".device",
    ".scope",
)
UNIT_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789:-_.\\@"
FULL_NAME = "write the full name, `ssh.service` say: letters, digits and `:-_.\\@`"


def is_unit_name(name: str) -> bool:
    """Whether this is the full name of a unit."""
    return unit_fault(name) == ""


def unit_fault(name: str) -> str:
    """What is wrong with a name, in words that follow it; "" when it is one of a unit."""
    good = name.endswith(UNIT_KINDS) and all(c in UNIT_LETTERS for c in name)
    good = good and not name.startswith((".", "-")) and name.partition(".")[0] != ""
    return "" if good and len(name) <= LONGEST_COMPONENT else "is no name of a unit"
