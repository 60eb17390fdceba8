"""A Markdown page for each service, and one that lists them all."""

from __future__ import annotations

from evaluator.manual.emitted import told
from evaluator.manual.groups import marks
from evaluator.manual.markdown import code
from evaluator.manual.services import described

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.manual.services import Described
    from evaluator.options.shapes import Declarations

    Facts = dict[str, Any]

INDEX = "README.md"
KINDS = {
    "file": "files", "directory": "directories", "link": "links", "group": "groups",
    "user": "users", "unit": "units", "cron": "files of cron", "package": "packages",
    "snippet": "snippets of the activation script",
}  # fmt: skip
MADE = "<!-- Made by `vcfg options --format pages -o DIR` from the modules; change those. -->"


def pages(found: list[Facts], declared: Declarations, title: str) -> dict[str, str]:
    """Names of files and their texts."""
    of_service: dict[str, list[Facts]] = {}
    for facts in found:
        of_service.setdefault(facts["service"] or "", []).append(facts)
    services = [each for each in described(declared) if each.name in of_service]
    files = {each.name: each.file for each in services}
    out = {each.file: _page(each, of_service[each.name], files) for each in services}
    out[INDEX] = _index(services, title)
    return out


def _index(services: list[Described], title: str) -> str:
    lines = [MADE, "", f"# {title}", "", "| service | what for | module |", "|---|---|---|"]
    for each in services:
        what = plain(each.summary()).replace("|", "\\|")
        lines.append(f"| [`{each.name}`]({each.file}) | {what} | `{each.module}` |")
    return "\n".join([*lines, ""])


def _page(page: Described, found: list[Facts], files: dict[str, str]) -> str:
    out = [MADE, "", f"# `{page.name}`", "", page.purpose, ""]
    example = page.example or f"{page.name.replace('<name>', 'main')}.enable = true"
    gap = "" if example.startswith("import ") else "\n"
    out += [f'```vcfg\nimport "{page.module}"\n{gap}{example}\n```', ""]
    for words, names in (("Extends", page.extends), ("Extended by", page.extended_by)):
        if names:
            links = [_link(name, files) for name in sorted(names)]
            out += [f"{words}: {', '.join(links)}.", ""]
    out += _written(found)
    own, entries = _parted(page.name, found)
    out += ["## Options", ""]
    section = ""
    for facts in own:
        if facts["section"] != section:
            section = facts["section"]
            out += [f"### {section}" if section else "### Besides", ""]
        out += _option(facts, is_switch=facts["path"] == f"{page.name}.enable")
    for place, options in entries.items():
        out += [f"## In {code(place)}", ""]
        if options[0]["record"]:
            out += [f"Record {code(options[0]['record'])}.", ""]
        for facts in options:
            out += _option(facts)
    out += _listed("What it refuses", page.refuses)
    out += _listed("What it warns about", page.warns)
    return "\n".join(out).rstrip("\n") + "\n"


def _link(name: str, files: dict[str, str]) -> str:
    return f"[`{name}`]({files[name]})" if name in files else f"`{name}`"


def _written(found: list[Facts]) -> list[str]:
    """What the service and its options emit, by kind."""
    entries: dict[tuple[str, str], Facts] = {}
    for facts in found:
        for each in facts["emits"]:
            entries[each["kind"], each["name"]] = {**each, "words": []}
    groups: list[str] = []
    for kind, title in KINDS.items():
        places = [entries[at] for at in sorted(entries) if at[0] == kind]
        lines = told(places, code)
        names = [line.removeprefix(f"{kind} ") for line in lines]
        groups += [f"- {title}: {', '.join(names)}"] if names else []
    return ["## What it may write", "", *groups, ""] if groups else []


def _parted(service: str, found: list[Facts]) -> tuple[list[Facts], dict[str, list[Facts]]]:
    """Options of the service itself by section as declared, and those below, by where they are."""
    own: list[Facts] = []
    entries: dict[str, list[Facts]] = {}
    for facts in found:
        place = facts["path"].rpartition(".")[0]
        if place == service:
            own.append(facts)
        else:
            entries.setdefault(place, []).append(facts)

    def written(facts: Facts) -> tuple[bool, str, int]:
        at = facts["declared_at"]
        return (not facts["path"].endswith(".enable"), at["file"], at["line"])

    first: dict[str, tuple[bool, str, int]] = {}
    for facts in sorted(own, key=written):
        first.setdefault(facts["section"], written(facts))
    own.sort(key=lambda facts: (bool(facts["section"]), first[facts["section"]], written(facts)))
    for options in entries.values():
        options.sort(key=written)
    return own, entries


def _option(facts: Facts, *, is_switch: bool = False) -> list[str]:
    out = [f"#### {code(facts['path'])}", ""]
    if facts["deprecated"] is not None:
        out += [f"**Deprecated**: {facts['deprecated'] or 'use something else'}", ""]
    if facts["description"]:
        out += [facts["description"], ""]
    default = facts["default_text"]
    words = f"- {facts['meaning']}"
    if facts["unit"] and facts["unit"] not in ("seconds", "bytes"):
        words += f", in {facts['unit']}"
    if default is not None and "\n" not in default:
        words += f", by default {code(default)}"
    out.append(words)
    out += [f"- {plain(rule)}" for rule in facts["rules"]]
    out += [f"- {mark}" for mark in marks(facts)]
    out += [f"- example: {code(each)}" for each in facts["examples"]]
    if is_switch:
        out.append("- emits what stands above, unless an option says otherwise")
    else:
        emits = told(facts["emits"], code)
        out += [f"- emits {each}" for each in emits] or ["- emits nothing"]
    if default is not None and "\n" in default:
        out += ["", "Default:", "", "````vcfg", default, "````"]
    return [*out, ""]


def _listed(title: str, lines: list[str]) -> list[str]:
    if not lines:
        return []
    return [f"## {title}", "", *[f"- {plain(line)}" for line in lines], ""]


def plain(text: str) -> str:
    """A text in one line in which Markdown finds no tags; what is between backticks is code."""
    pieces = " ".join(text.split()).split("`")
    return "`".join(
        [each if at % 2 else each.replace("<", "\\<") for at, each in enumerate(pieces)]
    )
