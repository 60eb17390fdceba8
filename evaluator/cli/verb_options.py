"""`vcfg options [FILE] [WORDS…]`: which options exist, in a configuration or in the library."""

from __future__ import annotations

import os
import sys

from evaluator.cli.deliver import deliver
from evaluator.cli.session import Session

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.cli.arguments import Arguments
    from evaluator.names.load import Module
    from evaluator.options.shapes import Declarations

LIBRARY = "<library>"
NEAR = 3  # modules that are named


def answer(arguments: Arguments) -> int:
    """Write the options found; 1 if the modules contradict each other or nothing matches."""
    from evaluator.definitions.renames import settle_renames
    from evaluator.manual.collect import collect, matching
    from evaluator.options.declare import declare

    words = list(arguments.words["WORDS"])
    file = words.pop(0) if words and is_file(words[0]) else None
    session = Session(arguments)
    modules = session.modules(file) if file is not None else library(session)
    if not modules:
        return session.finish(file or LIBRARY)
    declared = declare(modules, session.sink)
    settle_renames(declared, session.sink)
    found = matching(collect(declared, everything=arguments.flag("all")), words)
    code = session.finish(file or LIBRARY)
    if code:
        return code
    if not found and words:
        where = f"`{file}`" if file else "the library"
        print(f"vcfg: no option of {where} mentions {' and '.join(words)}", file=sys.stderr)
        if file is not None:
            point_at_library(session, words)
        return 1
    from evaluator.manual import forms

    form = arguments.option("format")
    # A long list on a terminal is there to find an option; the one found tells the rest.
    if form != "jsonschema" and (form != "text" or words):
        from evaluator.manual.emitted import add_emits

        add_emits(found, modules, declared)
    if form == "pages":
        return write_pages(found, declared, file, arguments.option("output"))
    title = f"Options of {file}" if file else "Options of the library"
    text = forms.written(form, found, declared, title)
    return deliver(text, arguments.option("output"))


def write_pages(
    found: list[dict[str, Any]], declared: Declarations, file: str | None, folder: str
) -> int:
    """Write a page for each service to a folder, and the list of them; prints what changed."""
    from evaluator.manual.pages import pages

    if not folder:
        print("vcfg: `--format pages` needs a folder to write to: -o DIR", file=sys.stderr)
        return 2
    title = f"Services of {file}" if file else "Services of the library"
    try:
        os.makedirs(folder, exist_ok=True)
    except OSError as problem:
        reason = (problem.strerror or str(problem)).lower()
        print(f"vcfg: `{folder}` cannot be written: {reason}", file=sys.stderr)
        return 2
    for name, text in sorted(pages(found, declared, title).items()):
        code = deliver(text, os.path.join(folder, name))
        if code:
            return code
    return 0


def point_at_library(session: Session, words: list[str]) -> None:
    """Say which modules of the library have options that mention the words, if any do."""
    from evaluator.diagnostics.model import Sink
    from evaluator.manual.collect import collect, matching
    from evaluator.names.library import declaring
    from evaluator.options.declare import declare

    found = matching(collect(declare(library(session), Sink())), words)
    services = [*words, *[each["service"] or "" for each in found]]
    names = [declaring(tuple(each.split("."))) for each in services]
    files = list(dict.fromkeys([name for name in names if name is not None]))
    if not files:
        return
    said = " or ".join([f'import "{name}"' for name in files[:NEAR]])
    more = ", or others" if len(files) > NEAR else ""
    print(f"vcfg: the library has what does: {said}{more}", file=sys.stderr)


def is_file(word: str) -> bool:
    """Whether a word names a configuration rather than something to look for."""
    return word == "-" or word.endswith(".vcfg") or os.path.isfile(word)


def library(session: Session) -> list[Module]:
    """All modules of the shipped library, as if one file imported them."""
    from evaluator import resources
    from evaluator.fleet.configure import load
    from evaluator.names.library import importable

    names = importable(resources.path("modules"))
    path = os.path.join(session.settings.base, LIBRARY)
    text = "".join([f'import "{name}"\n' for name in names])
    session.settings.files.texts[path] = text
    return load(path, session.settings, session.sink)
