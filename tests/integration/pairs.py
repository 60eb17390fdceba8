"""Pairs: a bad value as vcfg refuses it, and as the real program takes it.

A table of pairs says of each kind of bad value that vcfg finds it first, at the line that
wrote it, and what the program would have done with it. vcfg's half is checked here; the
program's half belongs to the test of that program, since each is asked in its own way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pytest

from evaluator.fleet.configure import module_path
from tests.configured import FOLDER, MAIN, configured, labels

if TYPE_CHECKING:
    from collections.abc import Iterable

    from _pytest.mark import ParameterSet

    from evaluator.diagnostics.model import Diagnostic

#: How findings name the file of the configuration.
SHOWN = MAIN.removeprefix(f"{FOLDER}/")


class Pair(NamedTuple):
    """One bad value.

    `wrong` are definitions, the bad one last, by their whole path: `libvirt.max-clients = 10`.
    `code` and `words` are the code of vcfg's finding and a part of its message. `given` is
    what the program gets in its own notation, a line of its file or an argument, and `said`
    a part of what it says to that: nothing where it takes the value in silence.
    """

    wrong: str
    code: str
    words: str
    given: str
    said: str = ""


def named(pairs: Iterable[Pair]) -> list[ParameterSet]:
    """The pairs as parameters of a test, each named by its last definition."""
    return [pytest.param(pair, id=pair.wrong.splitlines()[-1]) for pair in pairs]


def found_first(pair: Pair, start: str) -> Diagnostic:
    """Check vcfg's half of a pair, for a configuration that is fine without it.

    `start` imports and enables the service. There must be one finding of the pair's code
    and no other error; it points at the last line of the pair and at no line of `start`.
    """
    before = start.rstrip("\n").splitlines()
    wrong = pair.wrong.rstrip("\n").splitlines()
    text = "\n".join([*before, *wrong, ""])
    result = configured(text, module_path((), {}))
    found = [each for each in result.findings if each.code == pair.code]
    said = [f"{each.code}: {each.message}" for each in result.findings]
    assert [pair.words in each.message for each in found].count(True) == 1, said
    [finding] = [each for each in found if pair.words in each.message]
    assert [each.message for each in result.errors() if each is not finding] == []
    lines = [line for _text, (file, line) in labels(finding) if file == SHOWN]
    assert len(before) + len(wrong) in lines, labels(finding)
    assert min(lines) > len(before), labels(finding)
    return finding
