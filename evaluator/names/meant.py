"""What a bare word may mean that is bound nowhere, by the type of the place it stands at."""

from __future__ import annotations

from evaluator.diagnostics.model import Edit, Help
from evaluator.names.builtin_names import BUILTIN_NAMES
from evaluator.types.literals import Literals
from evaluator.types.remedies import remedy_for, single

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evaluator.source import Span
    from evaluator.types.base import Type

# What other languages call the three words for values.
FOREIGN_WORDS = {
    **dict.fromkeys(("yes", "on", "True", "TRUE", "Yes", "enabled"), "true"),
    **dict.fromkeys(("no", "off", "False", "FALSE", "No", "disabled"), "false"),
    **dict.fromkeys(("nil", "None", "none", "Null", "NULL", "undefined"), "null"),
}
# Those that are as likely words of a list of choices.
ALSO_TEXT = frozenset(("yes", "no", "on", "off", "enabled", "disabled", "none"))
# What the three words are as values.
MEANINGS = {"true": True, "false": False, "null": None}


def quotes(span: Span, word: str, *, certain: bool = False) -> Help:
    """Text stands in quotes."""
    edit = Edit(span, f'"{word}"')
    return Help(f'text stands in quotes: `"{word}"`', (edit,), certain=certain)


def word_help(span: Span, word: str, near: list[str], type_: Type) -> list[Help]:
    """What to write for a word where a value of this type belongs, likeliest first.

    Of several readings that fit none is certain, nor is text that any word would be.
    """
    is_text = type_.refuse(word) is None
    meant = FOREIGN_WORDS.get(word)
    is_meant = meant is not None and type_.refuse(MEANINGS[meant]) is None
    names = near if not is_text else [each for each in near if each not in BUILTIN_NAMES]
    is_choice = is_text and _is_choice(type_, word)
    help = []
    if is_meant:
        certain = not is_text or not (is_choice or word in ALSO_TEXT)
        help.append(Help(f"did you mean `{meant}`?", (Edit(span, str(meant)),), certain=certain))
    elif not is_text and not names:
        help.extend(_remedy(span, word, type_))
    for other in names[:1]:
        certain = len(near) == 1 and other not in BUILTIN_NAMES and not is_text
        help.append(Help(f"did you mean `{other}`?", (Edit(span, other),), certain=certain))
    if is_text:
        text = quotes(span, word, certain=is_choice and not is_meant and not names)
        help.insert(0 if is_choice else len(help), text)
    return help


def _remedy(span: Span, word: str, type_: Type) -> list[Help]:
    """What a type takes the word for, if it were text."""
    better = remedy_for(type_, word)
    if better is None:
        return []
    return [Help(f"did you mean `{better[0]}`?", (Edit(span, better[0]),), certain=better[1])]


def _is_choice(type_: Type, word: str) -> bool:
    """Whether the word is one of those that the type lists."""
    return any([isinstance(each, Literals) and word in each.values for each in single(type_)])
