"""Names of the machine, of files, units, accounts and packages, and where the plan keeps what
stands behind them."""

from __future__ import annotations

from evaluator.diagnostics.model import Diagnostic, Help, Stop
from evaluator.diagnostics.suggest import nearest
from evaluator.evaluation.export import export_value
from evaluator.evaluation.scope import Scope
from evaluator.evaluation.slots import Slots
from evaluator.plan.paths import CRON_FOLDER, PRESET, UNIT_FOLDER

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

    from evaluator.evaluation.world import World

NAMED_BY_PATH = ("files", "links", "dirs")
NAMED = ("users", "groups", "snippets")


def planned(world: World, text: str) -> list[str]:
    """Where the plan keeps what is asked for by its own name, as `activate --list` has it.

    `/etc/motd`, `ssh.service`, and where no option is called so `ana` or `qemu-utils`. Reports
    and raises Stop for a file that is not in the plan.
    """
    if not text.startswith("/"):
        return _unit(world, text) or _named(world, text)
    found = next((part for part in NAMED_BY_PATH if text in _names(world, part)), None)
    steps = [found, text] if found else _made(world, text)
    if not steps:
        _unplanned(world, text)
    return ["activation", *steps]


def _entries(world: World, part: str) -> Any:
    """A map of the plan; None if the configuration has none."""
    if "activation" not in world.root.names():
        return None
    plan = world.root.get("activation")
    return plan.get(part) if part in plan.names() else None


def _names(world: World, part: str) -> list[str]:
    found = _entries(world, part)
    return found.names() if found is not None else []


def _value(world: World, part: str, name: str) -> Any:
    return export_value(_entries(world, part).get(name))


def _made(world: World, text: str) -> list[str]:
    """What a path is made from that no entry is named by; empty if nothing is."""
    folder, _, name = text.rpartition("/")
    if folder == CRON_FOLDER and name in _names(world, "cron"):
        return ["cron", name]
    if text == PRESET and _names(world, "units"):
        return ["units"]
    if folder == UNIT_FOLDER and name in _names(world, "units"):
        return ["units", name] if _value(world, "units", name)["state"] == "mask" else []
    for user in _names(world, "users"):
        account = _value(world, "users", user)
        if account["home"] == text and account["create-home"]:
            return ["users", user]
    return []


def _unit(world: World, text: str) -> list[str]:
    """The unit of this name in the plan, or its file, unless the name is a path to something.

    A service `chrony` with no option `service` does not stand in the way of its own
    `chrony.service`.
    """
    first, dot, _rest = text.partition(".")
    roots = world.root.names()
    if not dot or "activation" not in roots or (first in roots and _leads(world, text)):
        return []
    if text in _names(world, "units"):
        return ["activation", "units", text]
    # One that is written and not enabled; then what is laid over one of a package.
    own = f"{UNIT_FOLDER}/{text}"
    for part in ("files", "links"):
        names = _names(world, part)
        for place in (own, *[each for each in names if each.startswith(f"{own}.d/")]):
            if place in names:
                return ["activation", part, place]
    return []


def _named(world: World, text: str) -> list[str]:
    """The user, group, snippet or package of this name, unless an option is called so."""
    first = text.partition(".")[0].partition("[")[0]
    root = world.root
    if first in root.names() or root.former_at(first) is not None:
        return []
    for part in NAMED:
        if text in _names(world, part):
            return ["activation", part, text]
    packages = _entries(world, "packages")
    return ["activation", "packages", text] if packages and text in packages else []


def _leads(world: World, text: str) -> bool:
    """Whether the first two parts of a path lead to something; ValueError where it is none."""
    from evaluator.inspect.paths import split_path

    first, part, *_more = split_path(text)
    value = world.root.get(str(first))
    if isinstance(part, int):
        return True
    if not isinstance(value, Slots):
        return isinstance(value, (dict, list)) and part in value
    is_declared = isinstance(value, Scope) and part in value.shape.members
    return is_declared or part in value.names() or value.former_at(part) is not None


def _unplanned(world: World, text: str) -> NoReturn:
    """Say that the configuration lays down no such file; a line number is not asked for."""
    known = [name for part in NAMED_BY_PATH for name in _names(world, part)]
    known += [f"{CRON_FOLDER}/{name}" for name in _names(world, "cron")]
    before, colon, line = text.rpartition(":")
    if colon and line.isdecimal() and before in known:
        headline = f"`{text}` is no path: `:{line}` names a line, and a file is told of as a whole"
        help: tuple[Help, ...] = (Help(f"leave it out: `{before}`"),)
    else:
        headline = f"there is no `{text}` among the files, directories and links of the plan"
        help = tuple([Help(f"did you mean `{each}`?") for each in nearest(text, known)[:1]])
    world.sink.report(Diagnostic("unknown-option", headline, (), help=help))
    raise Stop
