"""`vcfg explain CODE`: the page of an error code."""

from __future__ import annotations

import sys

from evaluator.diagnostics.codes import CODES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evaluator.cli.arguments import Arguments

# Of a part of a code: a letter or two are in most of them.
SHORTEST, MOST = 3, 12


def answer(arguments: Arguments) -> int:
    """Print the page, or the list of codes."""
    code = arguments.word("CODE")
    if not code:
        width = max([len(each) for each in CODES])
        for each in sorted(CODES):
            print(f"{each:{width}}  {CODES[each]}")
        return 0
    from evaluator.diagnostics.explain import page

    text = page(code) if code in CODES else None
    if text is None:
        *others, last = _near(code) or [""]
        names = f"{', '.join(others)} or {last}" if others else last
        hint = f"did you mean {names}?" if last else "`vcfg explain` lists all"
        print(f"vcfg: there is no error code {code}; {hint}", file=sys.stderr)
        return 2
    sys.stdout.write(text if text.endswith("\n") else text + "\n")
    return 0


def _near(code: str) -> list[str]:
    """Codes that somebody may mean who knows a part of one, or missed a key."""
    from evaluator.diagnostics.suggest import akin, nearest

    near = nearest(code, CODES, 1)
    part = code.lower().strip("-")
    if near or len(part) < SHORTEST:
        return near
    return akin(part, CODES, MOST) or sorted([each for each in CODES if part in each])[:MOST]
