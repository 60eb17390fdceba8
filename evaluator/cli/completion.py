"""What a shell offers while a command is typed, straight from the table of verbs.

The shell's half is printed by `vcfg --show-completion`: a few lines that call `vcfg` with the
words so far in the environment, under the names that Typer gave them. Typer itself would have to
be loaded at each press of the tabulator.
"""

from __future__ import annotations

from evaluator.cli.table import VERBS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from evaluator.cli.table import Option, Verb

    Offer = tuple[str, str]

VARIABLE = "_VCFG_COMPLETE"
HELP = ("--help", "Show what there is to say.")
VERSION = ("--version", "Say which vcfg this is.")


def complete(environment: Mapping[str, str]) -> int | None:
    """Print what fits the words so far, in the form of the shell that asks; None: not for us."""
    kind = environment.get(VARIABLE, "")
    if kind == "complete_bash":
        words = environment.get("COMP_WORDS", "").split("\n")
        place = int(environment.get("COMP_CWORD") or "1")
        earlier, word = _joined(words[1:place], words[place] if place < len(words) else "")
        print("\n".join([each for each, _ in offers(earlier, word) or ()]))
        return 0
    if kind not in ("complete_zsh", "complete_fish"):
        return None
    line = environment.get("_TYPER_COMPLETE_ARGS", "").split()[1:]
    is_new = not line or environment["_TYPER_COMPLETE_ARGS"][-1:].isspace()
    earlier, word = (line, "") if is_new else (line[:-1], line[-1])
    found = offers(earlier, word)
    if kind == "complete_zsh":
        print(_for_zsh(found) if found else "_files")
        return 0
    if environment.get("_TYPER_COMPLETE_FISH_ACTION") == "is-args":
        return 0 if found else 1
    print("\n".join([f"{each}\t{help}" for each, help in found or ()]))
    return 0


def _joined(earlier: list[str], word: str) -> tuple[list[str], str]:
    """Words as they were typed: bash takes `--errors=json` apart."""
    out: list[str] = []
    for each in [*earlier, word]:
        if out and (each == "=" or out[-1].endswith("=")) and out[-1].startswith("--"):
            out[-1] += each
        else:
            out.append(each)
    return out[:-1], out[-1]


def offers(earlier: list[str], word: str) -> list[Offer] | None:
    """What may stand where `word` was begun, each with its help; None where a file may.

    `earlier` are the words behind `vcfg`.
    """
    if not earlier:
        every = [HELP, VERSION] if word.startswith("-") else []
        every += [(verb.name, verb.help) for verb in VERBS.values()]
        return [offer for offer in every if offer[0].startswith(word)]
    if earlier[0] == "help":
        return [(verb.name, verb.help) for verb in VERBS.values() if verb.name.startswith(word)]
    verb = VERBS.get(earlier[0])
    if verb is None or "--" in earlier:
        return None
    name, equals, value = word.partition("=")
    before = _option(verb, earlier[-1])
    if before is not None and before.value is not None and "=" not in earlier[-1]:
        return _values(before, word)
    if equals and word.startswith("--"):
        option = _option(verb, name)
        return _values(option, value) if option is not None else []
    if word.startswith("-"):
        known = [(each.name, each.help) for each in verb.all_options()]
        return [offer for offer in [*known, HELP] if offer[0].startswith(word)]
    if verb.name == "explain":
        from evaluator.diagnostics.codes import CODES

        return [(code, "") for code in sorted(CODES) if code.startswith(word)]
    return None


def _option(verb: Verb, word: str) -> Option | None:
    return next((each for each in verb.all_options() if word in (each.name, each.short)), None)


def _values(option: Option, word: str) -> list[Offer] | None:
    """Values of an option: its choices, else files where it takes one."""
    if option.choices:
        return [(each, "") for each in option.choices if each.startswith(word)]
    return None if option.value in ("FILE", "DIR") else []


def _for_zsh(found: list[Offer]) -> str:
    """An `_arguments` call; inside its quotes four characters mean something."""
    rows = [f'"{_escaped(each)}":"{_escaped(help)}"' for each, help in found]
    return "_arguments '*: :((" + "\n".join(rows) + "))'"


def _escaped(text: str) -> str:
    for sign, meant in (('"', '""'), ("'", "''"), ("$", "\\$"), ("`", "\\`"), (":", "\\\\:")):
        text = text.replace(sign, meant)
    return text
