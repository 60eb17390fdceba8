"""What most verbs begin and end with: set up a configuration, speak about findings."""

from __future__ import annotations

import os
import sys

from evaluator.cli.arguments import UsageError
from evaluator.diagnostics.model import ERROR, Sink, Stop
from evaluator.files import Disk, Unreadable, decode
from evaluator.fleet.configure import Settings, assemble, is_fleet, load, module_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TextIO

    from evaluator.cli.arguments import Arguments
    from evaluator.evaluation.world import World
    from evaluator.fleet.fleet import Fleet
    from evaluator.names.load import Module

STANDARD_INPUT = "<standard input>"
FORCE = 50


class Session:
    """One command's files, findings and manner of speaking."""

    def __init__(self, arguments: Arguments) -> None:
        self.arguments = arguments
        self.sink = Sink()
        self.fleet: Fleet | None = None
        if arguments.flag("no_cache"):
            os.environ["VCFG_CACHE"] = "off"
        folders = tuple(arguments.options.get("modules", []))
        for folder in folders:
            if not os.path.isdir(folder):
                raise UsageError(f"--modules names a folder, and there is none at `{folder}`")
        try:
            base = os.path.realpath(os.getcwd())
        except OSError:
            raise UsageError("the current folder is gone; change to one that exists") from None
        self.settings = Settings(Disk(), module_path(folders, dict(os.environ)), base)
        # What was loaded, for `--import-chain`.
        self.loaded: list[Module] = []

    def modules(self, file: str) -> list[Module]:
        """Modules of a configuration, definitions of `--set` last."""
        path = file
        if file == "-":
            path = os.path.join(self.settings.base, STANDARD_INPUT)
            if not self._take_standard_input(path):
                return []
        modules = load(path, self.settings, self.sink)
        self.loaded.extend(modules)
        if modules:
            for text in self.arguments.options.get("set", []):
                modules.append(self._set(text, len(modules)))
        return modules

    def _take_standard_input(self, path: str) -> bool:
        """Hand in what stands on standard input, once; False, with a finding, if it is no text."""
        texts = self.settings.files.texts
        if path not in texts:
            try:
                texts[path] = read_standard_input()
            except Unreadable as problem:
                from evaluator.names.errors import unreadable

                unreadable(self.sink, STANDARD_INPUT, path, str(problem), None)
        return path in texts

    def worlds(self, file: str) -> list[World]:
        """The configurations that are asked for, ready to be evaluated; none if nothing loads."""
        modules = self.modules(file)
        if not modules:
            return []
        host, variant = self.arguments.option("host"), self.arguments.option("variant")
        if not is_fleet(modules):
            if host or variant:
                kind, name = ("host", host) if host else ("variant", variant)
                raise UsageError(f"{file} describes no {kind}s, so there is no {kind} `{name}`")
            return [assemble(modules, self.settings, self.sink)]
        from evaluator.cli.several import choose
        from evaluator.fleet.fleet import Fleet

        self.fleet = Fleet(modules, self.settings, self.sink)
        return choose(self.fleet, host, variant)

    def one(self, file: str) -> World | None:
        """The one configuration that is asked for; None if nothing could be loaded."""
        worlds = self.worlds(file)
        if len(worlds) > 1 and self.fleet is not None:
            from evaluator.cli.several import listed

            names = listed("host", self.fleet.hosts)
            raise UsageError(f"this file describes several hosts; say --host NAME; {names}")
        return worlds[0] if worlds else None

    def answer(self, tell: Callable[[World, str], str], worlds: list[World] | None = None) -> int:
        """Answer about one path, also where something else is wrong: findings on standard error,
        `tell`'s text on standard output. `worlds` are what FILE describes, if that was read."""
        file, path = self.arguments.word("FILE"), self.arguments.word("PATH")
        if worlds is None:
            worlds = self.worlds(file)
        text = ""
        if worlds:
            if self.fleet is not None:
                from evaluator.cli.several import at_path

                world, path = at_path(self.fleet, worlds, path)
            else:
                world = worlds[0]
            try:
                text = tell(world, path)
            except Stop:
                text = ""
        code = self.finish(file)
        sys.stdout.write(text)
        return code

    def _set(self, text: str, index: int) -> Module:
        """A `--set` as a module of one forced definition; bare words are text."""
        from evaluator.names.load import Module
        from evaluator.source import Source

        path, equals, value = text.partition("=")
        if not equals or not path.strip():
            raise UsageError(f"--set takes PATH=VALUE, not `{text}`")
        if any(["\ud800" <= letter <= "\udfff" for letter in text]):
            raise UsageError(f"--set takes UTF-8 text, and `{text}` is none")
        statement = _definition(text)
        if statement is None or statement[9][0] == "name":
            statement = _definition(f"{path}=null")
            given: tuple[Any, ...] = ("str", len(path) + 1, len(text), value)
        else:
            given = statement[9]
        if statement is None:
            raise UsageError(f"--set takes one definition, PATH=VALUE, not `{text}`")
        source = Source(f"--set {text}", f"--set {text}", text, "argument")
        forced = ("def", 0, len(text), *statement[3:5], FORCE, *statement[6:9], given)
        module = Module(source, (forced,))
        module.index = index
        return module

    def is_missing(self, file: str) -> bool:
        """Whether the file itself could not be read: called wrongly rather than misconfigured."""
        first = self.sink.diagnostics[0] if self.sink.diagnostics else None
        return (
            file != "-" and first is not None and first.code == "cannot-read" and not first.labels
        )

    def speak(self, stream: TextIO | None = None, *, only_errors: bool = False) -> None:
        """Write findings in the form that was asked for."""
        found = self.sink.diagnostics
        if only_errors:
            found = [each for each in found if each.severity == ERROR]
        if not found and self.arguments.option("errors") != "json":
            return
        from evaluator.diagnostics.render import render

        if self.arguments.flag("import_chain"):
            from evaluator.names.chain import add_chains

            add_chains(self.loaded, found)
        stream = stream or sys.stderr
        form = self.arguments.option("errors")
        text = render(found, form, color=has_color(stream), base=self.settings.base)
        stream.write(text if text.endswith("\n") or not text else text + "\n")
        stream.flush()

    def gather(self) -> None:
        """Take over what was found in the configurations of a fleet."""
        if self.fleet is not None:
            self.fleet.gathering.hand_over(self.sink)

    def finish(self, file: str, *, in_full: bool = False) -> int:
        """Write findings, for people warnings as a count unless `in_full`; the exit code."""
        self.gather()
        is_brief = not in_full and self.arguments.option("errors") == "text"
        self.speak(only_errors=is_brief)
        warnings = sum([each.severity != ERROR for each in self.sink.diagnostics])
        if is_brief and warnings:
            said = "1 warning; `vcfg check {}` shows it"
            if warnings > 1:
                said = f"{warnings} warnings; `vcfg check {{}}` shows them"
            print(f"vcfg: {said.format(file)}", file=sys.stderr)
        if self.is_missing(file):
            return 2
        return 1 if self.sink.has_errors() else 0


def _definition(text: str) -> tuple[Any, ...] | None:
    """The one plain definition that a text is, if it is one."""
    from evaluator.source import Source
    from evaluator.syntax.parse import parse

    tree = parse(Source("--set", "--set", text, "argument"), Sink())
    items: tuple[Any, ...] = tree[4] if tree is not None else ()
    if len(items) == 1 and items[0][0] == "def" and items[0][5:9] == (None, None, (), ()):
        return tuple(items[0])
    return None


def read_standard_input() -> str:
    """Everything on standard input, as text; raises Unreadable with the reason in words."""
    if sys.stdin is None:
        raise Unreadable("it is closed")
    try:
        return decode(sys.stdin.buffer.read())
    except OSError as problem:
        raise Unreadable((problem.strerror or str(problem)).lower()) from None


def has_color(stream: TextIO) -> bool:
    """Whether to color what is written to a stream."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return stream.isatty()
