"""The documentation of the builtin functions, written from the functions themselves.

`python -m evaluator.evaluation.builtins.reference > spec/90-builtins.md` renews the page.
"""

from __future__ import annotations

from evaluator.evaluation.builtins import GROUPS
from evaluator.types.values import display

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evaluator.evaluation.builtins import Builtin

_INTRO = """\
# Builtin functions

Functions that are there without an import. They take values and give a value; none reads a
clock, an environment or a file. A list can be any list, a string any of the types that are
written as strings. Arguments stand in the order shown; those with a default are given by
name: `render.keyval(settings, separator: " ")`.

`keys(record)`, `values(record)`, `has(record, name)`, `tag(choice)`, `length(…)`, `kind(…)` and
`file(path)` belong to the evaluation of records and files. `has` says whether there is an option
or key of this name to be read: of a map an entry, of a
[choice](45-special-types.md#choices) what was chosen, of a
[`maybe`](45-special-types.md#options-that-may-be-absent) whether somebody defines it. `tag` is the
name of what was chosen.

Some of what is a function elsewhere is an operator here: `1..200` is the list of the whole
numbers from 1 to 200, both ends in it; lists and strings are joined with `++`, and
`[for x in list if …: …]` makes one list of another. Together they number hosts in a row:

```vcfg
let network = "10.0.0.0/22"

option peers: list(cidr) = [for n in 254..256: "#{host-address(network, n)}/#{prefix(network)}"]
```

```json peers
["10.0.0.254/22", "10.0.0.255/22", "10.0.1.0/22"]
```
"""

# Longer than any example.
_WHOLE = 1000


def reference() -> str:
    """The page: per group a heading, per function its signature, sentence and examples."""
    parts = [_INTRO]
    for title, builtins in GROUPS:
        parts.append(f"## {title}\n")
        parts += [_section(builtin) for builtin in builtins]
    return "\n".join(parts)


def _section(builtin: Builtin) -> str:
    lines = [f"### `{builtin.signature()}`", "", builtin.doc, "", *_choices(builtin)]
    lines += ["| call | result |", "|---|---|"]
    for args, named, result in builtin.example:
        shown = [display(arg, _WHOLE) for arg in args]
        shown += [f"{name}: {display(value, _WHOLE)}" for name, value in named.items()]
        call = f"{builtin.name}({', '.join(shown)})"
        lines.append(f"| {_code(call)} | {_code(display(result, _WHOLE))} |")
    return "\n".join([*lines, ""])


def _choices(builtin: Builtin) -> list[str]:
    """One line for each parameter that takes fixed values."""
    lines = [
        f"- `{param.name}`: " + ", ".join([f"`{display(choice)}`" for choice in param.choices])
        for param in builtin.params
        if param.choices
    ]
    return [*lines, ""] if lines else []


def _code(text: str) -> str:
    """Code inside a table cell."""
    ticks = "``" if "`" in text else "`"
    pad = " " if "`" in text else ""
    return ticks + pad + text.replace("|", "\\|") + pad + ticks


if __name__ == "__main__":
    import sys

    sys.stdout.write(reference())
