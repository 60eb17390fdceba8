"""Tries texts in the places of a host: what is refused, and what becomes of the rest."""

from __future__ import annotations

import functools
import json
import re
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from evaluator.cli.verb_build import plan_from
from evaluator.emit.rows import tree_files
from evaluator.evaluation.export import export
from evaluator.inspect.provenance import trace
from evaluator.options.shapes import Shape
from tests.configured import MAIN
from tests.fleets import Given

from . import readers
from .hosts import HOSTS
from .places import Walk
from .strings import HARMLESS, MARK

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evaluator.diagnostics.model import Diagnostic

    from .places import Place

Plan = dict[str, Any]
NAME = MAIN.rpartition("/")[2]
CHUNK = 80
"""Variants of one configuration: reading it costs more with each."""


class Result(NamedTuple):
    """A plan, or why there is none; `line` is that of the statement."""

    plan: Plan | None
    errors: list[Diagnostic]
    line: int

    def is_told_there(self) -> bool:
        """Whether an error points at the line that wrote the text."""
        return any(
            source.name == NAME and source.position(start)[0] == self.line
            for each in self.errors
            for source, start, _end in [label.span for label in each.labels]
        )


@cache
def places(host: str) -> tuple[Place, ...]:
    """Every place of the services that a host is about."""
    world = Given(HOSTS[host].head()).world()
    data = export(world)
    assert not world.sink.has_errors(), [each.message for each in world.sink.diagnostics]
    walk = Walk(data)
    found: list[Place] = []
    for name in HOSTS[host].about:
        member = world.declared.root.members[name]
        if isinstance(member, Shape):
            found += walk.shape(member, (name,), (name,), ())
        else:
            found += walk.option(member.type, (name,), (name,), ())
    return tuple(found)


def results(host: str, statements: list[str]) -> Iterator[Result]:
    """What each statement makes of the host by itself."""
    head = HOSTS[host].head()
    before = head.count("\n")
    for at in range(0, len(statements), CHUNK):
        part = statements[at : at + CHUNK]
        lines = [f'variant "v{number}" {{ {each} }}\n' for number, each in enumerate(part)]
        given = Given(head + "".join(lines))
        for number in range(len(part)):
            yield result(given, f"v{number}", before + 1 + number)


def result(given: Given, variant: str, line: int) -> Result:
    """One of them."""
    world = given.world(variant=variant)
    data = export(world)
    plan = None if world.sink.has_errors() else plan_from(data, world, is_judged=True)
    errors = [each for each in world.sink.diagnostics if each.severity == "error"]
    return Result(None if errors else plan, errors, line)


def told_there(host: str, statement: str) -> bool:
    """Whether an error of a traced run, as `vcfg build` has it, points at the statement."""
    head = HOSTS[host].head()
    world = Given(f"{head}{statement}\n").world()
    trace(world)
    data = export(world)
    if not world.sink.has_errors():
        plan_from(data, world)
    errors = [each for each in world.sink.diagnostics if each.severity == "error"]
    return Result(None, errors, head.count("\n") + 1).is_told_there()


def harmless(host: str, place: Place) -> tuple[str, Plan | None]:
    """A text that the place takes, and what then comes of it; None where nothing is known."""
    found: tuple[str, Plan | None] = (MARK, None)
    fit = [text for text in HARMLESS if place.takes(text)]
    for text, tried in zip(
        fit, results(host, [place.statement(text) for text in fit]), strict=False
    ):
        if tried.plan is not None and (MARK in text or found[1] is None):
            found = (text, tried.plan)
        if found[1] is not None and MARK in found[0]:
            break
    return found


# --- what a plan means ---------------------------------------------------------------

#: Lists of a plan whose entries are compared as they are, and fields that follow from others.
ENTRIES = ("dirs", "links", "groups", "users", "units", "packages", "services")
DERIVED = ("origin", "key")


def meant(plan: Plan, read: readers.Reader | None) -> list[tuple[str, ...]]:
    """Everything a plan says as words, by who reads it; `read` reads all files instead."""
    found: list[tuple[str, ...]] = []
    for file in tree_files(plan):
        facts = (file["path"], file["mode"], file["owner"], file["group"], file["manage"])
        found.append(("file", *facts))
        found += read_as(file["path"], text_of(file), read or readers.reader(file["path"]))
    for room in ENTRIES:
        for entry in plan[room]:
            found.append((room, *spread({k: v for k, v in entry.items() if k not in DERIVED})))
    for snippet in plan["snippets"]:
        found.append(("snippet", snippet["name"], snippet["description"], *snippet["on-change"]))
        for field in ("text", "unless"):
            found += read_as(snippet["name"], snippet[field], readers.shell)
    return without_blanks(found)


def text_of(file: Plan) -> str:
    """The text of a file; secrets in it are references."""
    return file["text"] if "text" in file else json.dumps(file["parts"])


def read_as(place: str, text: str, read: readers.Reader) -> list[tuple[str, ...]]:
    """Items of a text; that nobody can read it is one, too."""
    try:
        return [(place, *item) for item in read(text)]
    except readers.Unreadable as error:
        return [("cannot be read", place, str(error)[:200])]


def spread(entry: Any) -> Iterator[str]:
    """The texts in an entry, in order."""
    if isinstance(entry, dict):
        for key in sorted(entry):
            yield key
            yield from spread(entry[key])
    elif isinstance(entry, list):
        for item in entry:
            yield from spread(item)
    else:
        yield str(entry)


def put(items: list[tuple[str, ...]], before: str, after: str) -> list[tuple[str, ...]]:
    """The same with one text in the place of another, in the names of units too."""
    pairs = {before: after}
    if before.startswith("/"):
        pairs[readers.in_unit_name(before)] = readers.in_unit_name(after)
    # only a text with the mark is sure to be no part of something else
    edge = "" if MARK in before else r"\b"
    found = [
        tuple(
            [
                functools.reduce(
                    lambda text, pair: re.sub(
                        edge + re.escape(pair[0]) + edge, lambda _: pair[1], text
                    ),
                    pairs.items(),
                    word,
                )
                for word in item
            ]
        )
        for item in items
    ]
    return without_blanks(found)


def without_blanks(items: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Sorted, and nothing said of blanks around a word."""
    return sorted([tuple([word.strip(" \t") for word in item]) for item in items])


# --- what is somebody's own ----------------------------------------------------------

SECTIONS = "unit|service|socket|timer|path|mount|automount|swap|slice|install"
#: Options that are text of a file or a script from the first letter to the last.
TEXTS = {
    r"(etc|activation)\.files\.<name>\.text": "a file",
    r"account\.skel\.<name>": "a file",
    r"portable\..*config-data\.<name>\.text": "a file",
    r"secrets\.files\.<name>\.source": "a file",
    r"hosts-file\.text": "the file",
    r"(activation\.cron|cron\.files)\.<name>\.extra": "lines of the file, as they are",
    r"openssh\.extra-content": "lines of the file, as they are; keywords are looked at",
    r"openssh\.authorized-keys\.<name>": "lines of the file, each of which has to be a key",
    r"polkit\.rules\.<name>": "a program in JavaScript",
    r"dbus\.policies\.<name>": "a document of XML",
    r"activation\.snippets\.<name>\.(text|unless)": "a script",
    r"ganeti\.os\.<name>\.definition\.(create|export|import|rename|verify)": "a script",
    r"ganeti\.os\.<name>\.variants\.<name>\.configuration": "the file",
    r"ganeti\..*\.configuration\.hooks\.<name>": "a script",
}
#: Options that are a line in the notation of the file, and have to stay one line.
LINES = {
    rf"systemd\.(units|drop-ins)\.<name>\.({SECTIONS})\.<name>(\[\])?": "in systemd's notation",
    r"systemd\.units\.<name>\.(description|documentation\[\])": "may have systemd's specifiers",
    r"systemd\.units\.<name>\.(after|before|wants|requires)\[\]": "may have systemd's specifiers",
    r"systemd\.(tmpfiles|sysusers|presets)\[\]": "a line of the file",
    r"systemd\.(tmpfiles|sysusers)\[\]\.(path|argument|home|shell|user|group)":
        "may have systemd's specifiers",
    r"pam\.(services\.<name>\.rules|limits\.<name>)\[\]": "a line of the file",
    r"networking\.interfaces\.<name>\.(pre-up|up|down|post-down)\[\]": "a line of shell",
    r"openssh\.subsystems\.<name>": "a command line in sshd's notation",
}  # fmt: skip

#: Places where a text is refused at another line.
ELSEWHERE = {
    r"secrets\.files, a key": "the default of `source` names a secret after it",
}


def among(place: Place, patterns: dict[str, str]) -> bool:
    """Whether a place is one of those."""
    return any(re.fullmatch(each, place.name) for each in patterns)


def faults(host: str, place: Place, texts: list[str], known: tuple[str, Plan | None]) -> list[str]:
    """What is wrong with what becomes of texts in a place, a line each."""
    before, base = known
    found: list[str] = []
    read = readers.lines if among(place, LINES) else None
    own = among(place, TEXTS)
    expected = None if base is None or own else meant(base, read)
    tries = [text for text in texts if place.takes(text)]
    for text, tried in zip(
        tries, results(host, [place.statement(text) for text in tries]), strict=True
    ):
        said = f"{host}: {place.name} = {text[:60]!r}"
        if tried.errors:
            if (
                tried.is_told_there()
                or among(place, ELSEWHERE)
                or told_there(host, place.statement(text))
            ):
                continue
            found.append(f"{said} is refused elsewhere: {tried.errors[0].message[:200]}")
        elif tried.plan is not None and not own:
            if expected is None:
                found.append(f"{said} is taken, and HARMLESS has nothing that could be compared")
                continue
            want = put(expected, before, text)
            have = meant(tried.plan, read)
            # nothing to say may be said by no line at all
            if have != want and (text != "" or set(have) - set(want)):
                odd = [each for each in have if each not in want] or "less than that"
                found.append(f"{said} becomes {odd!s:.300}")
    return found
