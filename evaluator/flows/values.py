"""What an expression may come to: its texts, its parts, and the options that decide about it.

A `Flow` says at least as much as any value of the expression would: every branch of an `if`
counts, every definition, every entry that somebody may add.
"""

from __future__ import annotations

from evaluator.flows.patterns import NOTHING, few

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from evaluator.flows.cells import Cell
    from evaluator.flows.patterns import Texts

    Node = tuple[Any, ...]
    # By which words an option shows in what is written: a key, a line, an argument.
    Note = tuple[str, ...]
    # Options by path, each with the words it is known by.
    Taint = dict[str, frozenset[Note]]

PLAIN: frozenset[Note] = frozenset(((),))
CLEAN: Taint = {}
DEEP = 3  # words of a note that are kept


class Flow:
    """`items` are elements of a list, `cells` the places that a record or map is read from.

    Of an element `exists` tells what decides whether it is there, `taint` what it then is.
    """

    __slots__ = ("cells", "exists", "functions", "items", "taint", "texts")

    def __init__(
        self,
        taint: Taint = CLEAN,
        texts: Texts = NOTHING,
        items: tuple[Flow, ...] | None = None,
        cells: tuple[Cell, ...] = (),
        functions: tuple[tuple[Node, Any], ...] = (),
        exists: Taint = CLEAN,
    ) -> None:
        self.taint = taint
        self.exists = exists
        self.texts = texts
        self.items = items
        self.cells = cells
        self.functions = functions

    def under(self, taint: Taint) -> Flow:
        """The same, where something else has a say in it, too."""
        if not taint:
            return self
        whole = united(self.taint, taint)
        return Flow(whole, self.texts, self.items, self.cells, self.functions, self.exists)

    def there(self, taint: Taint) -> Flow:
        """The same as an element, where something else decides whether it is there, too."""
        if not taint:
            return self
        whole = united(self.exists, taint)
        return Flow(self.taint, self.texts, self.items, self.cells, self.functions, whole)

    def is_known_as(self, truth: Flow) -> bool:
        """Whether this is true, or false, whatever the options say."""
        return not self.taint and self.texts == truth.texts and not self.cells


EMPTY = Flow()
TRUE, FALSE = Flow(texts=frozenset(("true",))), Flow(texts=frozenset(("false",)))


def united(*taints: Taint) -> Taint:
    """What any of them says."""
    found = [each for each in taints if each]
    if len(found) < 2:
        return found[0] if found else CLEAN
    out = dict(found[0])
    for taint in found[1:]:
        for option, notes in taint.items():
            known = out.get(option)
            out[option] = notes if known is None else known | notes
    return out


def either(flows: Iterable[Flow]) -> Flow:
    """A value that is one of several."""
    found = [each for each in flows if each is not EMPTY]
    if len(found) < 2:
        return found[0] if found else EMPTY
    lists = [each.items for each in found if each.items is not None]
    return Flow(
        united(*[each.taint for each in found]),
        few([text for each in found for text in each.texts]),
        tuple([item for each in lists for item in each]) if lists else None,
        tuple(dict.fromkeys([cell for each in found for cell in each.cells])),
        tuple([function for each in found for function in each.functions]),
        united(*[each.exists for each in found]),
    )


def noted(taint: Taint, *words: str) -> Taint:
    """The same options, known by further words in front."""
    if not taint or not words:
        return taint
    return {
        option: frozenset([(*words, *note)[:DEEP] for note in notes])
        for option, notes in taint.items()
    }


def noted_if_bare(taint: Taint, word: str) -> Taint:
    """The same options; those known by no word yet are known by this one."""
    return {
        option: frozenset([note or (word,) for note in notes]) for option, notes in taint.items()
    }
