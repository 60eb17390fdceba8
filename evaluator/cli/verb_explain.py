"""`vcfg explain CODE`: the page of an error code."""

from __future__ import annotations

import sys

from evaluator.diagnostics.codes import CODES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evaluator.cli.arguments import Arguments


def answer(arguments: Arguments) -> int:
    """Print the page, or the list of codes."""
    code = arguments.word("CODE")
    if not code:
        width = max([len(each) for each in CODES])
        for each in sorted(CODES):
            print(f"{each:{width}}  {CODES[each]}")
        return 0
    from evaluator.diagnostics.explain import page
    from evaluator.diagnostics.suggest import nearest

    text = page(code) if code in CODES else None
    if text is None:
        near = nearest(code, list(CODES))
        hint = f"; did you mean {near[0]}?" if near else "; `vcfg explain` lists all"
        print(f"vcfg: there is no error code {code}{hint}", file=sys.stderr)
        return 2
    sys.stdout.write(text if text.endswith("\n") else text + "\n")
    return 0
