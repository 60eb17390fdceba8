"""The manual as one Markdown page."""

from __future__ import annotations

from evaluator.manual.emitted import told
from evaluator.manual.groups import by_service, marks, site

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Facts = dict[str, Any]


def page(found: list[Facts], title: str) -> str:
    """A heading for each service, one for each option below it."""
    out = [f"# {title}", ""]
    for service, options in by_service(found):
        out += [f"## {service}", ""]
        for facts in options:
            out += _option(facts)
    return "\n".join(out)


def _option(facts: Facts) -> list[str]:
    out = [f"### `{facts['path']}`", "", f"- type: {code(facts['type'])}"]
    if facts["default_text"] is None:
        out.append("- no default")
    elif "\n" not in facts["default_text"]:
        out.append(f"- default: {code(facts['default_text'])}")
    if facts["deprecated"] is not None:
        out.append(f"- **deprecated**: {facts['deprecated'] or 'use something else'}")
    out += [f"- {mark}" for mark in marks(facts)]
    out += [f"- example: {code(each)}" for each in facts["examples"]]
    out += [f"- emits {each}" for each in told(facts["emits"], code)]
    out += [f"- declared in {site(facts)}", ""]
    if facts["default_text"] is not None and "\n" in facts["default_text"]:
        out += ["Default:", "", "````vcfg", facts["default_text"], "````", ""]
    if facts["description"]:
        out += [facts["description"], ""]
    return out


def code(text: str) -> str:
    """Code in a line, fenced by more backticks than it holds."""
    longest = run = 0
    for char in text:
        run = run + 1 if char == "`" else 0
        longest = max(longest, run)
    fence = "`" * (longest + 1)
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{pad}{text}{pad}{fence}"
