"""Options that vcfg itself declares, for configurations that speak of them."""

from __future__ import annotations

from evaluator.source import Source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.diagnostics.model import Sink
    from evaluator.names.load import Module

    Node = tuple[Any, ...]

TEXT = """\
## What a check counts as: by the `@id` of an `assert` or `warn`, or by the code of a warning.
option checks: map("error" | "warn" | "off") = {}
"""
HEAD = "checks"


def speaks_of_checks(items: tuple[Node, ...]) -> bool:
    """Whether some statement defines `checks`, under conditions or in a host too."""
    for item in items:
        tag = item[0]
        if tag in ("def", "block"):
            if item[4][0] == HEAD:
                return True
        elif tag == "when":
            if speaks_of_checks(item[4]) or (item[5] is not None and speaks_of_checks(item[5])):
                return True
        elif tag in ("for", "variant"):
            if speaks_of_checks(item[5]):
                return True
        elif tag in ("host", "test", "section") and speaks_of_checks(item[4]):
            return True
    return False


def core_module(like: Module, sink: Sink) -> Module:
    """The module that declares what every configuration may define."""
    from evaluator.syntax.parse import parse

    source = Source("vcfg", "<vcfg>", TEXT)
    tree = parse(source, sink)
    if tree is None:
        raise AssertionError(TEXT)
    module = type(like)(source, tree[4])
    module.shipped = True
    return module
