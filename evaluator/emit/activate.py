"""The activation script: one table per kind of thing, contents, fixed runtime, `main`.

What is this configuration's own stands first, since that is what somebody has to read before
each run; the runtime is the same in every script and can be told by its hash. Nothing but
function definitions stands before the last line, and no name of a function begins another
command's name, so no part of the file does anything by itself.
"""

from __future__ import annotations

import re
from pathlib import Path

from evaluator.emit.header import under_header
from evaluator.emit.ownership import closed_mode, is_foreign, ownership_text
from evaluator.emit.rows import (
    FOLDER_SIZE,
    HOME_MODE,
    above,
    digest,
    file_digest,
    made_file,
    memberships,
    owners,
    parents,
    short_mode,
    split,
    tree_files,
    tree_links,
)
from evaluator.emit.secrets import (
    numbered_secrets,
    outlines,
    password_words,
    printing_parts,
    secret_tables,
)
from evaluator.emit.services import SERVICE_LEGEND, service_checks, service_rows
from evaluator.emit.shell import Literals, comment, place_text, printable, printing, table
from evaluator.emit.units import UNIT_LEGEND, unit_rows
from evaluator.plan.paths import OWNERSHIP

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.emit.secrets import Secrets

    Entry = tuple[int, str, dict[str, Any]]

RUNTIME = Path(__file__).parent / "runtime"
FILE_LEGEND = (
    "_folder: directory, then rows and names; more of them in _rows_N, N being the first row:",
    "_link: row, directory, name, target;",
    "_file: row, directory, name, mode, owner, group, manage, SHA-256, size, replaced silently",
)
DIR_LEGEND = (
    "_dir: row, path, mode, owner, group; _parent: made if missing; _home: row, path, user, mode",
)
USER_LEGEND = (
    "_user: row, name, number, group, of the system, home, shell, comment, secret, when it is set",
)
SNIPPET_LEGEND = (
    "_snippet: row, name, phase, on, on failure, SHA-256, description, paths it waits for",
)
HERE_DOCUMENT = re.compile(r"<<'?(\w+)'?$")
LAST_LINE = '{ main "$@"; exit "$?"; }'


def render_activate(plan: dict[str, Any]) -> str:
    """The whole script for one plan, ASCII, the same bytes for the same plan."""
    literals = Literals()
    entries = _numbered(plan)
    secrets = numbered_secrets(entries, plan["users"])
    tables = [
        *_facts(plan, has_secrets=bool(secrets)),
        *_modes(plan),
        *_file_tables(entries, literals),
        *secret_tables(secrets, entries, literals),
        *_dir_table(plan, literals),
        *_account_tables(plan, secrets, literals),
        *table("_table_units", unit_rows(plan), UNIT_LEGEND),
        *table("_table_services", service_rows(plan["services"], literals), SERVICE_LEGEND),
        *table("_table_snippets", _snippet_rows(plan, literals), SNIPPET_LEGEND),
        *_origins(entries),
    ]
    checks = service_checks(plan["services"], literals)
    wanted = [
        "# ---- what this configuration wants",
        "",
        *literals.function(),
        *tables,
        "",
    ]
    contents = [
        "# ---- contents, each with what asked for it",
        *_contents(entries, secrets, literals),
        *outlines(entries),
        *_snippet_texts(plan),
        *checks,
        "",
    ]
    runtime = [runtime_text().rstrip("\n"), "", LAST_LINE, ""]
    return under_header(plan, "\n".join(wanted), "\n".join(contents), "\n".join(runtime))


def runtime_text() -> str:
    """The hand-written part, in the order of its file names."""
    pieces = sorted(RUNTIME.glob("*.sh"), key=lambda piece: piece.name)
    return "\n".join(piece.read_text(encoding="ascii") for piece in pieces)


def without_remarks(script: str) -> str:
    """The same script without remarks and indents in its hand-written part, where size counts.

    No text in quotes goes over several lines there with blanks at the beginning of one.
    """
    runtime = runtime_text().rstrip("\n")
    kept = []
    until = ""
    for line in runtime.split("\n"):
        if until:
            # Texts for people, whatever their lines begin with.
            until = "" if line == until else until
            kept.append(line)
            continue
        code = line.lstrip(" ")
        if code and not code.startswith("#"):
            kept.append(code)
        if found := HERE_DOCUMENT.search(code):
            until = found[1]
    tail = f"\n\n{LAST_LINE}\n"
    bare = "\n".join(kept)
    stripped = script.replace(runtime, bare)
    # The header tells the hash of what this script has.
    return stripped.replace(digest(runtime + tail), digest(bare + tail), 1)


def _facts(plan: dict[str, Any], *, has_secrets: bool) -> list[str]:
    accounts = bool(plan["users"] or plan["groups"])
    names = " ".join(package["name"] for package in plan["packages"])
    return [
        "_facts() {",
        f"    host={_plain(plan['host'])} input={_plain(plan['input'])}",
        f"    version={_plain(plan['vcfg'])} accounts={'yes' if accounts else 'no'}",
        f"    package_list='{names}' secrets={'yes' if has_secrets else 'no'}",
        f"    foreign={'yes' if ownership_text(plan) else 'no'}",
        f"    foreign_users='{' '.join(plan['foreign-users'])}'",
        "}",
    ]


def _plain(text: str) -> str:
    kept = "".join(c for c in comment(text) if c.isalnum() or c in "._-:+")
    return f"'{kept}'"


def _modes(plan: dict[str, Any]) -> list[str]:
    """Sets a variable for each mode of what is not root's: closed until its owner is set."""
    entries = [*tree_files(plan), *plan["dirs"]]
    modes = sorted({entry["mode"] for entry in entries if is_foreign(entry)})
    deferred = " ".join(f"m{short_mode(mode)}={closed_mode(mode)}" for mode in modes)
    applied = " ".join(f"m{short_mode(mode)}={short_mode(mode)}" for mode in modes)
    return [
        "_modes() {",
        f'    if [ "$deferring" = yes ]; then {deferred or ":"}; else {applied or ":"}; fi',
        "}",
    ]


def _mode(entry: dict[str, Any]) -> str:
    short = short_mode(entry["mode"])
    return f'"$m{short}"' if is_foreign(entry) else short


# ---- tables

# Only a run that defers owners has these rows.
DEFERRING = '[ "$deferring" = no ] || '


def _numbered(plan: dict[str, Any]) -> list[Entry]:
    """(number, kind, entry) of files and links by (directory, name); numbers of one width."""
    entries = [("file", file) for file in tree_files(plan)]
    entries += [("link", link) for link in tree_links(plan)]
    if ownership_text(plan):
        entries.append(("deferred", made_file(OWNERSHIP, ownership_text(plan), [])))
    entries.sort(key=lambda entry: split(entry[1]["path"]))
    base = _base(len(entries))
    return [(base + at, kind, entry) for at, (kind, entry) in enumerate(entries, 1)]


def _base(count: int) -> int:
    base = 100
    while base <= count:
        base *= 10
    return base


def _file_tables(entries: list[Entry], literals: Literals) -> list[str]:
    folders = []
    tables = []
    for folder in _folders(entries):
        directory = literals.word(split(folder[0][2]["path"])[0])
        names = [(number, literals.word(split(e["path"])[1])) for number, _, e in folder]
        only = DEFERRING if folder[0][1] == "deferred" else ""
        folders.append(f"{only}_folder {directory} " + " ".join(f"{n} {name}" for n, name in names))
        rows = []
        for (number, name), (_, kind, entry) in zip(names, folder, strict=True):
            where = f"{number} {directory} {name}"
            if kind == "link":
                rows.append(f"_link {where} {literals.word(entry['target'])}")
            else:
                rows.append(f"_file {where} {_file_fields(number, entry)}")
        tables += table(f"_rows_{folder[0][0]}", rows)
    return [*table("_table_files", folders, FILE_LEGEND), *tables]


def _folders(entries: list[Entry]) -> list[list[Entry]]:
    """Entries of one directory together, at most `FOLDER_SIZE`; the deferred one by itself."""
    folders: list[list[Entry]] = []
    last: tuple[str, bool] | None = None
    for entry in entries:
        common = (split(entry[2]["path"])[0], entry[1] == "deferred")
        if common != last or len(folders[-1]) == FOLDER_SIZE:
            folders.append([])
            last = common
        folders[-1].append(entry)
    return folders


def _file_fields(number: int, file: dict[str, Any]) -> str:
    if "parts" in file:
        # The hash is known when the script has read the secrets.
        content = [f'"${{sum_{number}-}}"', "secret"]
    else:
        content = [file_digest(file), str(len(file["text"].encode()))]
    fields = [
        _mode(file),
        file["owner"],
        file["group"],
        file["manage"],
        *content,
        *file["replaces"],
    ]
    return " ".join(fields)


def _dir_table(plan: dict[str, Any], literals: Literals) -> list[str]:
    declared = {entry["path"]: entry for entry in plan["dirs"]}
    homes = {user["home"]: user for user in plan["users"] if user["create-home"]}
    implied = set(parents(plan))
    deferred = set(above(OWNERSHIP)) if ownership_text(plan) else set()
    deferred -= {*declared, *implied, *homes}
    paths = sorted({*declared, *implied, *homes, *deferred}, key=lambda path: path.split("/"))
    base = _base(len(paths))
    rows = []
    for at, path in enumerate(paths, 1):
        row = f"d{base + at} {literals.word(path)}"
        if path in declared:
            entry = declared[path]
            fields = f"{_mode(entry)} {entry['owner']} {entry['group']}"
            rows.append(f"_dir {row} {fields}")
        elif path in homes:
            rows.append(f"_home {row} {homes[path]['name']} {HOME_MODE}")
        else:
            rows.append(f"{DEFERRING if path in deferred else ''}_parent {row}")
    return table("_table_dirs", rows, DIR_LEGEND)


def _account_tables(plan: dict[str, Any], secrets: Secrets, literals: Literals) -> list[str]:
    # Numbers that were asked for are settled before free ones are handed out.
    groups = sorted(plan["groups"], key=lambda group: (group["gid"] is None, group["name"]))
    users = sorted(plan["users"], key=lambda user: (user["uid"] is None, user["name"]))
    group_rows = [
        f"_group g {group['name']} {_number(group['gid'])} {_flag(group['system'])}"
        for group in groups
    ]
    user_rows = []
    for user in users:
        fields = [literals.word(user[key]) for key in ("home", "shell", "comment")]
        fields += password_words(user, secrets)
        user_rows.append(
            f"_user {_leaving(user)} {user['name']} {_number(user['uid'])} {user['group']} "
            f"{_flag(user['system'])} {' '.join(fields)}"
        )
    member_rows = [f"_member m {group} {user}" for group, user in memberships(plan)]
    owner_rows = [f"_owner o {owner} {group}" for owner, group in owners(plan)]
    return [
        *table("_table_groups", group_rows, "_group: row, name, number, of the system"),
        *table("_table_users", user_rows, USER_LEGEND),
        *table("_table_members", member_rows, "_member: row, group, user"),
        *table("_table_owners", owner_rows, "_owner: row, user, group, of some file"),
    ]


def _leaving(user: dict[str, Any]) -> str:
    """What becomes of an account of ours that is not wanted any more."""
    return "purge" if user["purge"] else "lock"


def _number(value: int | None) -> str:
    return "-" if value is None else str(value)


def _flag(value: bool) -> str:
    return "true" if value else "false"


def _snippet_rows(plan: dict[str, Any], literals: Literals) -> list[str]:
    rows = []
    for number, snippet in _snippets(plan):
        words = [
            number,
            literals.word(snippet["name"]),
            snippet["phase"],
            snippet["when"],
            snippet["on-failure"],
            digest(snippet["text"]),
            literals.word(snippet["description"]),
            str(snippet["timeout"] or 0),
            "unless" if snippet["unless"] else "always",
            *(literals.word(path) for path in snippet["on-change"]),
        ]
        rows.append("_snippet " + " ".join(words))
    return rows


def _snippets(plan: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    base = _base(len(plan["snippets"]))
    return [(f"s{base + at}", snippet) for at, snippet in enumerate(plan["snippets"], 1)]


def _origins(entries: list[Entry]) -> list[str]:
    # One text: a shell keeps each word of each command apart, and all of it is copied, more or
    # less, whenever it starts a program.
    lines = [
        f"{number} {printable(place_text(place))}\n"
        for number, _, entry in entries
        for place in entry["origin"]
    ]
    return ["# row, who asked", "_print_origins() {", printing("".join(lines)), "}"]


# ---- contents


def _contents(entries: list[Entry], secrets: Secrets, literals: Literals) -> list[str]:
    # Ten to a function, called by all digits of a number but the last: shells find functions in
    # short tables, and some copy the whole of one with each call.
    lines = []
    last = 0
    for number, kind, entry in entries:
        if number // 10 != last:
            lines += ["esac", "}"] if last else []
            last = number // 10
            lines += ["", f"_content_{last}() {{", "case $1 in"]
        lines += _asked_for(entry["path"][1:], entry["origin"])
        if kind == "link":
            lines.append(f'{number}) ln -s -- {literals.word(entry["target"])} "$2" ;;')
        elif "parts" in entry:
            lines.append(f"{number}) {printing_parts(entry['parts'], secrets)} ;;")
        elif entry["manage"] != "absent":
            lines.append(f"{number}) {printing(entry['text'])} ;;")
    return [*lines, "esac", "}"] if lines else []


def _snippet_texts(plan: dict[str, Any]) -> list[str]:
    lines = []
    for number, snippet in _snippets(plan):
        lines += ["", *_asked_for(f"snippet {snippet['name']}", snippet["origin"])]
        lines += [f"_text_{number}() {{", printing(snippet["text"]), "}"]
        if snippet["unless"]:
            lines += [f"_unless_{number}() {{", printing(snippet["unless"]), "}"]
    return lines


def _asked_for(what: str, origin: list[dict[str, Any]]) -> list[str]:
    """Comment lines before a content: what it is and which lines asked for it."""
    if not origin:
        return [f"# {comment(printable(what))}"]
    first, *others = (comment(printable(place_text(place))) for place in origin)
    lines = [f"# {comment(printable(what))} - asked for by {first}"]
    return lines + [f"#   and {other}" for other in others]
