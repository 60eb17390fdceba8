"""`ids.lock`: the numbers of accounts, given once and for all hosts of a configuration.

The file stands beside the configuration and is committed with it. It has a line for each user
and group, sorted, and a line stays when its account is gone, so that no number is given twice.
Reading, extending and writing it is here; nothing here touches a disk.
"""

from __future__ import annotations

from evaluator.plan.accounts import HIGHEST_ID, good_name
from evaluator.plan.paths import printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

FIRST_LINE = "# vcfg-ids 1"
HEADER = f"""{FIRST_LINE}
# Numbers of accounts, added by `vcfg build --lock-ids`. Commit this file and take no line out:
# what is marked as removed keeps its number from being given to somebody else.
"""
# Parts of the ranges that Debian leaves to every system in which nobody begins to count:
# adduser goes up from 100 and from 1000, useradd and systemd-sysusers down from 999.
SYSTEM_IDS = range(400, 800)
PEOPLE_IDS = range(20000, 30000)
# Kind of an account → list and number of a plan.
KINDS = {"group": ("groups", "gid"), "user": ("users", "uid")}
FOREIGN = {"group": "foreign-groups", "user": "foreign-users"}


class Entry:
    """One line: the number of an account, and from where to where in the text it stands.

    One that is in no text yet has the wish that it comes from.
    """

    __slots__ = ("asked", "end", "is_removed", "kind", "name", "number", "start")

    def __init__(
        self, kind: str, name: str, number: int, *, is_removed: bool, start: int = 0, end: int = 0
    ) -> None:
        self.kind = kind
        self.name = name
        self.number = number
        self.is_removed = is_removed
        self.start = start
        self.end = end
        self.asked: Wish | None = None

    def line(self) -> str:
        """The entry as it is written."""
        return f"{self.kind} {self.name} {self.number}" + (" removed" if self.is_removed else "")


class Damage:
    """What is wrong with a text: where, in words, and another place that has to do with it."""

    __slots__ = ("end", "message", "other", "start")

    def __init__(self, message: str, start: int, end: int, other: Entry | None = None) -> None:
        self.message = message
        self.start = start
        self.end = end
        self.other = other


class Lock:
    """The entries of a lock by kind and name, and by kind and number."""

    __slots__ = ("by_name", "by_number")

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self.by_name: dict[tuple[str, str], Entry] = {}
        self.by_number: dict[tuple[str, int], Entry] = {}
        for entry in entries:
            self.add(entry)

    def add(self, entry: Entry) -> None:
        """One more entry, of a name and a number that are not there yet."""
        self.by_name[entry.kind, entry.name] = entry
        self.by_number[entry.kind, entry.number] = entry

    def text(self) -> str:
        """The file: one line each, sorted, so that branches rarely touch the same ones."""
        return HEADER + "".join(sorted([f"{entry.line()}\n" for entry in self.by_name.values()]))


def read_lock(text: str) -> tuple[Lock, list[Damage]]:
    """The lock that a text holds, and everything that is wrong with it."""
    lock = Lock()
    damages: list[Damage] = []
    if not text.startswith(f"{FIRST_LINE}\n"):
        end = len(text.partition("\n")[0])
        damages.append(Damage(f"The file does not begin with `{FIRST_LINE}`", 0, end))
    *lines, rest = text.split("\n")
    at = 0
    for line in lines:
        start, end = at, at + len(line)
        at = end + 1
        if not line or line.startswith("#"):
            continue
        entry = _entry(line, start, end)
        if isinstance(entry, Damage):
            damages.append(entry)
            continue
        damage = _clash(lock, entry)
        if damage is None:
            lock.add(entry)
        else:
            damages.append(damage)
    if rest:
        damages.append(Damage("The last line has no end: the file was cut", at, len(text)))
    return lock, damages


def _entry(line: str, start: int, end: int) -> Entry | Damage:
    """What a line says."""
    words = line.split(" ")
    is_removed = words[3:] == ["removed"]
    if len(words) != 3 + is_removed or words[0] not in KINDS or not good_name(words[1]):
        return Damage("This is no line of a lock", start, end)
    digits = words[2]
    is_number = digits.isascii() and digits.isdigit() and len(digits) <= len(str(HIGHEST_ID))
    if not is_number or str(int(digits)) != digits or int(digits) > HIGHEST_ID:
        return Damage(f"`{printable(digits[:20])}` is no number of an account", start, end)
    return Entry(words[0], words[1], int(digits), is_removed=is_removed, start=start, end=end)


def _clash(lock: Lock, entry: Entry) -> Damage | None:
    """What contradicts an earlier line."""
    named = lock.by_name.get((entry.kind, entry.name))
    if named is not None:
        message = f"The {entry.kind} `{entry.name}` has two lines"
        return Damage(message, entry.start, entry.end, named)
    numbered = lock.by_number.get((entry.kind, entry.number))
    if numbered is not None:
        message = f"{entry.number} is the number of two {entry.kind}s"
        return Damage(message, entry.start, entry.end, numbered)
    return None


# ---- what plans ask for


class Wish:
    """An account of a plan: its number where the configuration says one."""

    __slots__ = ("is_system", "kind", "name", "number", "plan")

    def __init__(
        self, kind: str, name: str, number: int | None, plan: int, *, is_system: bool
    ) -> None:
        self.kind = kind
        self.name = name
        self.number = number
        self.plan = plan
        self.is_system = is_system


def wishes(plans: list[dict[str, Any]]) -> list[Wish]:
    """The accounts of all plans that are ours to number, sorted; each as often as it is there."""
    found = []
    for at, plan in enumerate(plans):
        for kind, (room, number) in KINDS.items():
            foreign = set(plan[FOREIGN[kind]])
            for entry in plan[room]:
                if entry["name"] not in foreign:
                    wish = Wish(kind, entry["name"], entry[number], at, is_system=entry["system"])
                    found.append(wish)
    return sorted(found, key=lambda wish: (wish.name, wish.kind, wish.plan))


def extend(lock: Lock, wanted: list[Wish], *, is_complete: bool) -> list[Wish]:
    """Give a number to everything that has none; the wishes for which none is left.

    With `is_complete` the wishes are all there are, and whatever else has a line is marked as
    removed. Numbers that the configuration says are taken first.
    """
    named = {(wish.kind, wish.name) for wish in wanted}
    for key, entry in lock.by_name.items():
        entry.is_removed = (entry.is_removed or is_complete) and key not in named
    for wish in wanted:
        if wish.number is not None and (wish.kind, wish.name) not in lock.by_name:
            _take(lock, wish, wish.number)
    left = []
    for wish in wanted:
        if (wish.kind, wish.name) in lock.by_name:
            continue
        number = _number_for(lock, wish)
        if number is None:
            left.append(wish)
        else:
            _take(lock, wish, number)
    return left


def _take(lock: Lock, wish: Wish, number: int) -> None:
    if (wish.kind, number) not in lock.by_number:
        entry = Entry(wish.kind, wish.name, number, is_removed=False)
        entry.asked = wish
        lock.add(entry)


def _number_for(lock: Lock, wish: Wish) -> int | None:
    """That of the group or user of the same name, or one that neither has.

    Where to begin is told by the name, so that branches that add different accounts rarely
    give the same number to two of them.
    """
    other = lock.by_name.get(("user" if wish.kind == "group" else "group", wish.name))
    if other is not None and (wish.kind, other.number) not in lock.by_number:
        return other.number
    numbers = SYSTEM_IDS if wish.is_system else PEOPLE_IDS
    begin = int(_hash(wish.name)[:8], 16)
    for step in range(len(numbers)):
        number = numbers[(begin + step) % len(numbers)]
        if not any((kind, number) in lock.by_number for kind in KINDS):
            return number
    return None


def fill(lock: Lock, plan: dict[str, Any]) -> None:
    """Put the numbers of the lock into a plan, and what they are into its hash of the input."""
    lines = []
    for kind, (room, number) in KINDS.items():
        foreign = set(plan[FOREIGN[kind]])
        for entry in plan[room]:
            known = lock.by_name.get((kind, entry["name"]))
            if known is not None and entry["name"] not in foreign:
                entry[number] = known.number
                lines.append(f"{kind} {known.name} {known.number}\n")
    if lines:
        read = plan["input"]
        plan["input"] = _hash("".join([read, "\n", *lines]))[: len(read)]


def _hash(text: str) -> str:
    from hashlib import sha256  # it loads OpenSSL, and most commands have no lock

    return sha256(text.encode()).hexdigest()
