"""Files with secrets in the activation script: where each secret comes from, and where it goes.

The script has references and the text around them. Each secret is read once, by its number.
"""

from __future__ import annotations

import json

from evaluator.emit.rows import split
from evaluator.emit.shell import place_text, printable, printing, table
from evaluator.types.secrets import Secret

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.emit.shell import Literals

    Entry = tuple[int, str, dict[str, Any]]
    # Secrets in the order of their numbers, with the files and users that have them.
    Secrets = dict[Secret, list[dict[str, Any]]]

SHOWN = 3
# Fields of a user that are secrets, and when the script sets them.
PASSWORDS = (("password", "always"), ("initial-password", "once"))


def numbered_secrets(entries: list[Entry], users: list[dict[str, Any]]) -> Secrets:
    """The secrets of all files and users; their numbers, from 1, are their places here."""
    found: Secrets = {}
    for _, _, file in entries:
        for part in file.get("parts", ()):
            if isinstance(part, dict):
                found.setdefault(_secret(part), []).append(file)
    for user in users:
        for field, _ in PASSWORDS:
            if user[field] is not None:
                found.setdefault(_secret(user[field]), []).append(user)
    return found


def references(plan: dict[str, Any]) -> list[dict[str, Any]]:
    """Every secret that the script of a plan may ask for, sorted, each once."""
    found = [part for file in plan["files"] for part in file.get("parts", ())]
    found += [user[field] for user in plan["users"] for field, _ in PASSWORDS]
    asked = [each for each in found if isinstance(each, dict)]
    return [json.loads(each) for each in sorted({json.dumps(each) for each in asked})]


def password_words(user: dict[str, Any], secrets: Secrets) -> list[str]:
    """What the row of a user says of its password: number of the secret, and when it is set."""
    numbers = _numbers(secrets)
    for field, moment in PASSWORDS:
        if user[field] is not None:
            return [str(numbers[_secret(user[field])]), moment]
    return []


def secret_tables(secrets: Secrets, entries: list[Entry], literals: Literals) -> list[str]:
    """The tables of the secrets, of what asks for them, and of the files that hold them."""
    rows = []
    uses = []
    for number, (secret, askers) in enumerate(secrets.items(), 1):
        places = dict.fromkeys(place_text(place) for each in askers for place in _asking(each))
        asked = ", ".join(list(places)[:SHOWN])
        words = [secret.place] if isinstance(secret.place, str) else secret.place
        fields = [printable(secret.source()), printable(asked), secret.way, *words]
        rows.append(f"_secret {number} " + " ".join(literals.word(field) for field in fields))
        for each in askers:
            words = [literals.word(word) for word in _written_once(each, secret)]
            uses.append(" ".join([f"_asker {number}", *words]))
    files = [
        f"_sealed {number}"
        for number, _, entry in entries
        if "parts" in entry and entry["manage"] == "manage"
    ]
    return [
        *table("_table_secrets", rows),
        *table("_table_askers", uses),
        *table("_table_sealed", files),
    ]


def _asking(asker: dict[str, Any]) -> list[dict[str, Any]]:
    """The lines of an entry that name its secret; all of them where no line does by itself."""
    fields = ("text",) if "path" in asker else [field for field, _moment in PASSWORDS]
    origin: list[dict[str, Any]] = asker["origin"]
    return [each for each in origin if each["path"].rpartition(".")[2] in fields] or origin


def _written_once(asker: dict[str, Any], secret: Secret) -> tuple[str, ...]:
    """What has to be missing for the secret to be needed; nothing where it always is."""
    if "path" in asker:
        return split(asker["path"]) if asker["manage"] == "seed" else ()
    always = asker["password"]
    if always is not None and _secret(always) == secret:
        return ()
    return (str(asker["name"]),)


def printing_parts(parts: list[Any], secrets: Secrets) -> str:
    """Commands that write the content of a file with secrets on stdout."""
    numbers = _numbers(secrets)
    if len(parts) == 1:
        return f"_whole {numbers[_secret(parts[0])]}"
    return " && ".join(
        printing(part) if isinstance(part, str) else f"_inline {numbers[_secret(part)]}"
        for part in parts
    )


def outlines(entries: list[Entry]) -> list[str]:
    """What `--show` prints of files with secrets: their text, with references in holes."""
    lines = []
    for number, _, entry in entries:
        if "parts" in entry:
            shown = [
                part if isinstance(part, str) else f"#{{{_secret(part).source()}}}"
                for part in entry["parts"]
            ]
            lines += ["", f"_outline_{number}() {{ {printing(''.join(shown))}; }}"]
    return lines


def _numbers(secrets: Secrets) -> dict[Secret, int]:
    return {secret: number for number, secret in enumerate(secrets, 1)}


def _secret(reference: dict[str, Any]) -> Secret:
    ((way, place),) = reference.items()
    return Secret(way, place if isinstance(place, str) else tuple(place))
