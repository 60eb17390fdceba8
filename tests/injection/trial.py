"""Tries texts in the places of a host: what is refused, and what becomes of the rest."""

from __future__ import annotations

import functools
import json
import re
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from evaluator.cli.verb_build import plan_from
from evaluator.definitions.check import Checker, deprecated_in
from evaluator.diagnostics.model import Sink
from evaluator.emit.rows import tree_files
from evaluator.evaluation.export import export
from evaluator.evaluation.world import World
from evaluator.inspect.provenance import trace
from evaluator.names.load import Module
from evaluator.options.shapes import Shape
from evaluator.source import Source
from evaluator.syntax.parse import parse_uncached
from tests.configured import FOLDER
from tests.fleets import Given

from . import readers
from .hosts import HOSTS, SECTIONS
from .places import Walk, merged
from .strings import HARMLESS, MARK

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evaluator.diagnostics.model import Diagnostic

    from .hosts import Host
    from .places import Place

Plan = dict[str, Any]
TRIED = f"{FOLDER}/tried.vcfg"


class Result(NamedTuple):
    """A plan, or why there is none."""

    plan: Plan | None
    errors: list[Diagnostic]

    def is_told_there(self) -> bool:
        """Whether an error points at the statement that wrote the text."""
        return bool(self.told())

    def told(self) -> set[int]:
        """Lines of what was tried that errors point at."""
        return {
            label.span[0].position(label.span[1])[0]
            for each in self.errors
            for label in each.labels
            if label.span[0].name == TRIED
        }


class Bench:
    """A host that is read, declared and checked once; what is tried is one more file of it."""

    def __init__(self, host: Host) -> None:
        self.world = Given(host.head()).world()
        self.deprecated = deprecated_in(self.world.modules)

    def opened(self, statement: str) -> World:
        """The host with a statement, checked and not evaluated yet."""
        base, sink = self.world, Sink()
        tree = parse_uncached(Source(TRIED, TRIED, f"{statement}\n"), sink)
        assert tree is not None, [each.message for each in sink.diagnostics]
        tried = Module(Source(TRIED, TRIED, f"{statement}\n"), tree[4])
        tried.index = len(base.modules)
        modules = [*base.modules, tried]
        checker = Checker(modules, base.declared, sink)
        checker.deprecated = self.deprecated
        checker.module(tried)
        world = World(modules, base.declared, sink, base.files)
        world.inputs = {**base.inputs, TRIED: statement}
        return world


@cache
def bench(host: str) -> Bench:
    """Where everything is tried on one host."""
    return Bench(HOSTS[host])


@cache
def places(host: str) -> tuple[Place, ...]:
    """Every place of the services that a host is about."""
    world = bench(host).world
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
    only = re.compile(HOSTS[host].only)
    return tuple(merged([place for place in found if only.fullmatch(place.name)]))


def result(host: str, statement: str, *, is_traced: bool = False) -> Result:
    """What a statement makes of a host by itself; traced, as `vcfg build` has it."""
    world = bench(host).opened(statement)
    if is_traced:
        trace(world)
    data = export(world)
    plan = None
    if not world.sink.has_errors():
        plan = plan_from(data, world, is_judged=not is_traced)
    errors = [each for each in world.sink.diagnostics if each.severity == "error"]
    return Result(None if errors else plan, errors)


#: What a place takes in the entry of a map that was tried first, by host, name and type.
TAKEN: dict[tuple[str, str, int], list[str]] = {}


def harmless(host: str, place: Place) -> tuple[str, Plan | None]:
    """A text that the place takes, and what then comes of it; None where nothing is known."""
    taken = TAKEN.setdefault((host, place.name, id(place.type)), [])
    for text in taken or HARMLESS:
        if place.takes(text):
            plan = result(host, place.statement(text)).plan
            if plan is not None:
                taken[:] = [text]
                return text, plan
    return MARK, None


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
#: Options that are a line in the notation of the file, and have to stay one line; how it is read.
LINES = {
    # in systemd's notation
    rf"systemd\.(units|drop-ins)\.<name>\.({'|'.join(SECTIONS)})\.<name>(\[\])?": readers.lines,
    r"systemd\.units\.<name>\.service\.(ExecStart(\[\])?|Environment)": readers.lines,
    r"systemd\.drop-ins\.<name>\.service\.Environment": readers.lines,
    r"systemd\.(tmpfiles|sysusers|presets)\[\]": readers.bare_lines,
    r"systemd\.tmpfiles\[\]\.argument": readers.bare_lines,
    # may have systemd's specifiers
    r"systemd\.(units|drop-ins)\.<name>\.service\.Environment\[\]": readers.unit_to_fill,
    r"systemd\.units\.<name>\.(description|documentation\[\])": readers.lines,
    r"systemd\.units\.<name>\.(after|before|wants|requires)\[\]": readers.lines,
    r"systemd\.(tmpfiles|sysusers)\[\]\.(path|id|home|shell|user|group)": readers.words_to_fill,
    # lines of others
    r"pam\.(services\.<name>\.rules|limits\.<name>)\[\]": readers.lines,
    r"networking\.interfaces\.<name>\.(pre-up|up|down|post-down)\[\]": readers.lines,
    r"openssh\.subsystems\.<name>": readers.lines,
}

#: Places where a text is refused at another line.
ELSEWHERE = {
    r"secrets\.files, a key": "the default of `source` names a secret after it",
}


#: Places where no text is taken that hostile forms could be made of.
REFUSED = {
    r"activation\.snippets\.<name>\.before\[\]": "a snippet after which there is another one",
    r"systemd\.units\.<name>\.reload-on\[\]": "of a drop-in it is taken",
    r"starters\.names\[\]": "another one would start the same",
    r"networking\.interfaces\.<name>\.(ip|netmask)": "an address beside the one that is there",
    r"qemu-binfmt\.platforms\[\]\.(magic|mask)": "bytes of a machine that is known",
    r"hurd-vm(\.others\.<name>)?\.os": "Debian can build none",
}

T = TypeVar("T")


def among(place: Place, patterns: dict[str, T]) -> T | None:
    """What is said of a place, if it is one of those."""
    found = [said for each, said in patterns.items() if re.fullmatch(each, place.name)]
    return found[0] if found else None


def faults(host: str, place: Place, texts: list[str], known: tuple[str, Plan | None]) -> list[str]:
    """What is wrong with what becomes of texts in a place, a line each."""
    before, base = known
    found: list[str] = []
    read = among(place, LINES)
    own = among(place, TEXTS) is not None
    expected = None if base is None or own else meant(base, read)
    for text in texts:
        if not place.takes(text):
            continue
        statement = place.statement(text)
        tried = result(host, statement)
        said = f"{host}: {place.name} = {text[:60]!r}"
        count = len(place.parts)
        if tried.errors and count > min(len(tried.told()), len(tried.errors)):
            # not each of them refuses it
            for part in place.parts:
                found += faults(host, part, [text], harmless(host, part))
        elif tried.errors:
            if (
                tried.is_told_there()
                or among(place, ELSEWHERE) is not None
                or result(host, statement, is_traced=True).is_told_there()
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
