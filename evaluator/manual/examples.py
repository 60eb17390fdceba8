"""Examples in documentation: a block of the language between fences."""

from __future__ import annotations

START, END = "```vcfg\n", "\n```"


def example_in(doc: str) -> str:
    """The first example in a documentation, without its fences; empty if there is none."""
    _before, start, rest = doc.partition(START)
    return rest.partition(END)[0] if start else ""


def without_example(doc: str) -> str:
    """The documentation around its example."""
    before, start, rest = doc.partition(START)
    return f"{before.strip()}\n\n{rest.partition(END)[2].strip()}".strip() if start else doc
