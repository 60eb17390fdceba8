"""The builtin function that refers to a secret; what it names is never read here."""

from __future__ import annotations

from evaluator.evaluation.builtins.signature import Builtin, BuiltinError, Param, example
from evaluator.types.secrets import Secret
from evaluator.types.strings import Path
from evaluator.types.values import display, kind_words

TITLE = "Secrets"

_LETTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.@")
_LONGEST = 255


def _secret(name: object, file: object, command: object) -> Secret:
    given = [way for way in (name, file, command) if way is not None]
    if len(given) != 1:
        said = f"{len(given)} are given" if given else "none is given"
        raise BuiltinError(f"`secret` takes exactly one of `name`, `file` and `command`; {said}")
    if isinstance(name, str):
        return Secret("name", _checked_name(name))
    if isinstance(file, str):
        return Secret("file", _checked_file(file))
    return Secret("command", _checked_command(command))


def _checked_name(name: str) -> str:
    if "/" in name:
        raise BuiltinError(
            f"the name of a secret has no `/`, {display(name, 40)} has; "
            "a file is given as `file: …`",
            "name",
        )
    good = _LETTERS.issuperset(name) and name[:1] not in (".", "-")
    if not name or not good or len(name) > _LONGEST:
        raise BuiltinError(
            f"{display(name, 40)} is no name of a secret: letters, digits and `-_.@`, the first "
            f"no `.` or `-`, at most {_LONGEST}",
            "name",
        )
    return name


def _checked_file(file: str) -> str:
    problem = Path().form(file)
    if problem is None and file.endswith("/"):
        problem = "it is a directory"
    if problem is not None:
        raise BuiltinError(
            f"`file` of `secret` is an absolute path, {display(file, 40)} is none: {problem}",
            "file",
        )
    return file


def _checked_command(command: object) -> tuple[str, ...]:
    words = command if isinstance(command, list) else []
    for index, word in enumerate(words):
        if not isinstance(word, str) or "\0" in word:
            what = "holds a NUL character" if isinstance(word, str) else f"is {kind_words(word)}"
            raise BuiltinError(
                f"`command` of `secret` is a list of strings; item {index + 1} {what}", "command"
            )
    if not words or not words[0]:
        raise BuiltinError("`command` of `secret` names no program", "command")
    if "/" in words[0] and not words[0].startswith("/"):
        raise BuiltinError(
            f"`command` of `secret` begins with a name or an absolute path, not "
            f"{display(words[0], 40)}",
            "command",
        )
    return tuple(words)


def _way(name: str, kind: str, what: str) -> Param:
    return Param(name, (kind, "null"), what, required=False)


BUILTINS = (
    Builtin(
        "secret",
        _secret,
        (
            _way("name", "string", "a string"),
            _way("file", "string", "a string"),
            _way("command", "list", "a list of strings"),
        ),
        "A reference to a [secret](47-secrets.md), by exactly one of its arguments: `name` is a "
        "file in the directory `$VCFG_SECRETS`, or else in `$CREDENTIALS_DIRECTORY`, `file` a file "
        "by its absolute path, `command` a program and its arguments, which prints the secret. The "
        "activation script reads it when it runs; nothing reads it here.",
        example(Secret("name", "db"), name="db"),
        example(Secret("file", "/run/keys/db"), file="/run/keys/db"),
        example(Secret("command", ("pass", "show", "db")), command=["pass", "show", "db"]),
    ),
)
