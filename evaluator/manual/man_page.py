"""The manual as a page for `man`, section 5."""

from __future__ import annotations

import evaluator
from evaluator.manual.emitted import told
from evaluator.manual.groups import by_service, marks, site

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Facts = dict[str, Any]


def page(found: list[Facts], title: str) -> str:
    """The page as roff with the `man` macros."""
    out = [
        f'.TH "VCFG\\-OPTIONS" "5" "" "vcfg {escape(evaluator.__version__)}" "{escape(title)}"',
        ".SH NAME",
        f"vcfg\\-options \\- {escape(title[:1].lower() + title[1:])}",
    ]
    for service, options in by_service(found):
        out.append(f'.SH "{escape(service.upper(), quoted=True)}"')
        for facts in options:
            out += _option(facts)
    return "\n".join(out) + "\n"


def _option(facts: Facts) -> list[str]:
    out = [".TP", f"\\fB{escape(facts['path'])}\\fR"]
    out.append(f"Type: {escape(facts['type'])}")
    default = facts["default_text"]
    if default is None:
        out += [".br", "No default"]
    elif "\n" in default:
        out += [".br", "Default:", ".nf", *[line_of(each) for each in default.split("\n")], ".fi"]
    else:
        out += [".br", f"Default: {escape(default)}"]
    for each in facts["examples"]:
        out += [".br", f"Example: {escape(each)}"]
    for mark in marks(facts):
        out += [".br", escape(mark[:1].upper() + mark[1:])]
    if facts["deprecated"] is not None:
        out += [".br", f"Deprecated: {escape(facts['deprecated'] or 'use something else')}"]
    for each in told(facts["emits"], str):
        out += [".br", f"Emits {escape(each)}"]
    out += [".br", f"Declared in {escape(site(facts))}"]
    for paragraph in facts["description"].split("\n\n"):
        if paragraph.strip():
            out += [".sp", *[line_of(each) for each in paragraph.strip().split("\n")]]
    return out


def line_of(text: str) -> str:
    """A line of text that roff takes for no request."""
    escaped = escape(text)
    return "\\&" + escaped if escaped[:1] in (".", "'") else escaped


def escape(text: str, *, quoted: bool = False) -> str:
    """Text in which roff finds nothing to do; `quoted` within double quotes."""
    out = text.replace("\\", "\\e").replace("-", "\\-").replace("`", "\\(ga").replace("^", "\\(ha")
    out = out.replace("~", "\\(ti").replace("'", "\\(aq")
    if quoted:
        out = out.replace('"', "\\(dq")
    return "".join([each if each.isascii() else f"\\[u{ord(each):04X}]" for each in out])
