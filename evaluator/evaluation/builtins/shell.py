"""Quoting for POSIX shells (Python's `shlex` would import `re`)."""

from __future__ import annotations

from evaluator.evaluation.builtins.signature import BuiltinError
from evaluator.types.values import as_text, kind_words

# Nothing in here means anything to a shell, wherever it stands in a word.
_SAFE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789@%+=:,./-_")


def is_bare(word: str) -> bool:
    """Whether a word needs no quotes. The empty word does as an argument, not after `=`."""
    return _SAFE.issuperset(word)


def quote_word(word: str) -> str:
    """One word, in single quotes if it has to be."""
    if word and is_bare(word):
        return word
    return "'" + word.replace("'", "'\\''") + "'"


def double_quoted(word: str) -> str:
    """A word in double quotes in which nothing is expanded."""
    for character in ("\\", '"', "$", "`"):
        word = word.replace(character, "\\" + character)
    return f'"{word}"'


def quote_words(name: str, words: list[object]) -> str:
    """Words with blanks between; `name` is the builtin that is called, for messages."""
    quoted: list[str] = []
    for index, word in enumerate(words):
        written = as_text(word)
        if written is None:
            raise BuiltinError(f"`{name}` takes strings; item {index + 1} is {kind_words(word)}", 0)
        refuse_nul(written, 0)
        quoted.append(quote_word(written))
    return " ".join(quoted)


def refuse_nul(word: str, argument: int | str | None) -> None:
    """Raise BuiltinError for a NUL character, which no shell word can hold."""
    if "\0" in word:
        raise BuiltinError("a shell word cannot hold a NUL character", argument)
