"""The manual on a terminal: an option a paragraph."""

from __future__ import annotations

from evaluator.manual.emitted import told
from evaluator.manual.groups import marks, site

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Facts = dict[str, Any]


def listing(found: list[Facts]) -> str:
    """Path, type and default of each option, then what it is for."""
    return "\n".join([_paragraph(facts) for facts in found])


def _paragraph(facts: Facts) -> str:
    default = facts["default_text"]
    head = f"{facts['path']}: {facts['type']}"
    if default is not None and "\n" not in default:
        head += f" = {default}"
    lines = [head]
    if facts["deprecated"] is not None:
        lines.append(f"    deprecated: {facts['deprecated'] or 'use something else'}")
    said = marks(facts)
    if said:
        lines.append(f"    {', '.join(said)}")
    lines.extend("    " + line if line else "" for line in facts["description"].split("\n") if line)
    lines.extend(f"    example: {each}" for each in facts["examples"])
    if "emits" in facts:
        lines += [f"    emits {each}" for each in told(facts["emits"], str)]
    lines.append(f"    {site(facts)}")
    return "\n".join(lines) + "\n"
