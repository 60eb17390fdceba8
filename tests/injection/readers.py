"""Readers of the files that the library writes, each after the program that reads the file.

They share nothing with what writes the files. A file becomes items of words, in which quotes
and escapes are undone: what was put into one word has to come out of one word.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable

Items = list[tuple[str, ...]]
Reader = Callable[[str], Items]

# systemd ends a line at each of these.
LINE_ENDS = re.compile("[\n\r\0]")
ESCAPES = {
    "a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "s": " ",
    "\\": "\\", "'": "'", '"': '"',
}  # fmt: skip


class Unreadable(ValueError):
    """No program could read the file."""


def words(line: str, *, has_escapes: bool = True) -> tuple[str, ...]:
    """Words with quotes and C escapes, as `extract_first_word` of systemd takes them apart.

    Without escapes a backslash is before a letter that is meant.
    """
    found: list[str] = []
    word: list[str] | None = None
    quote = ""
    at = 0
    while at < len(line):
        letter = line[at]
        at += 1
        if letter == "\\":
            word = word or []
            text, at = escape(line, at) if has_escapes else (line[at : at + 1], at + 1)
            if not text:
                raise Unreadable(f"a backslash at the end: {line}")
            word.append(text)
        elif letter == quote:
            quote = ""
        elif not quote and letter in "'\"":
            quote, word = letter, word or []
        elif not quote and letter in " \t":
            if word is not None:
                found.append("".join(word))
            word = None
        else:
            word = word or []
            word.append(letter)
    if quote:
        raise Unreadable(f"a quote is open: {line}")
    return tuple(found if word is None else [*found, "".join(word)])


def escape(line: str, at: int) -> tuple[str, int]:
    """What stands for a backslash and what is behind it, and where it goes on."""
    if at >= len(line):
        raise Unreadable(f"a backslash at the end: {line}")
    if found := re.compile("x([0-9a-fA-F]{2})|([0-3][0-7]{2})").match(line, at):
        number = int(found[1], 16) if found[1] else int(found[2], 8)
        return chr(number), found.end()
    if line[at] not in ESCAPES:
        raise Unreadable(f"no escape: {line}")
    return ESCAPES[line[at]], at + 1


def specifiers(text: str) -> str:
    """A text in which systemd finds no specifier; `%%` is a percent sign."""
    rest = text.replace("%%", "")
    if re.search("%[a-zA-Z]", rest):
        raise Unreadable(f"systemd puts something in the place of `%`: {text}")
    return text.replace("%%", "%")


def unit(text: str, filled: Callable[[str], str] = specifiers) -> Items:
    """A file of systemd: section, key and value; `filled` looks at specifiers in it."""
    found: Items = []
    section = held = ""
    for line in LINE_ENDS.split(text):
        if held and line.lstrip()[:1] in ("#", ";"):
            continue
        whole = held + line
        if whole.endswith("\\"):
            held = whole[:-1] + " "
            continue
        held = ""
        whole = whole.strip(" \t")
        if not whole or whole[0] in "#;":
            continue
        if whole[0] == "[":
            section = whole
            found.append((section,))
            continue
        key, sign, value = whole.partition("=")
        if not sign:
            raise Unreadable(f"no assignment: {whole}")
        found.append((section, key.strip(), *meant(key.strip(), value.strip(" \t"), filled)))
    if held:
        raise Unreadable("the last line is continued")
    return found


def meant(key: str, value: str, filled: Callable[[str], str]) -> tuple[str, ...]:
    """A value as systemd takes it: in words where its key has words."""
    if re.fullmatch("Exec[A-Z][A-Za-z]*", key):
        found = [filled(word) for word in words(value)]
        return tuple(
            [
                # `$$` is a dollar sign, and nothing in words without one is expanded
                f"expanded {word}" if re.search(r"\$[A-Za-z_{]", word.replace("$$", ""))
                else word.replace("$$", "$")
                for word in found
            ]
        )  # fmt: skip
    if key in ("Environment", "RequiresMountsFor", "Documentation"):
        return tuple([filled(word) for word in words(value)])
    return (filled(value),)


def unit_to_fill(text: str) -> Items:
    """The same where specifiers are meant."""
    return unit(text, str)


def lines(text: str) -> Items:
    """Lines in the notation of their file, blanks around them aside."""
    found = [line.strip(" \t") for line in LINE_ENDS.split(text)]
    if any(line.endswith("\\") for line in found[:-1]):
        raise Unreadable("a line is continued")
    return [(line,) for line in found]


def bare_lines(text: str) -> Items:
    """Lines of a file in which none goes on behind its end."""
    return [(line.strip(" \t"),) for line in LINE_ENDS.split(text)]


def tmpfiles(text: str) -> Items:
    """Lines of tmpfiles.d(5): six words, and a text with escapes that quotes mean nothing in."""
    found: Items = []
    for line in meaningful(text):
        *first, rest = [*(spans := six_words(line)), line[sum(map(len, spans)) :]]
        said = [specifiers(word) for each in first for word in words(each)]
        found.append((*said, specifiers(unescaped(rest.strip(" \t")))))
    return found


def six_words(line: str) -> list[str]:
    """The beginning of a line, a word with its quotes and the blanks around it each."""
    one = re.compile(r"""[ \t]*(?:[^ \t"'\\]|\\.|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')+[ \t]*""")
    found: list[str] = []
    at = 0
    while at < len(line) and len(found) < 6:
        match = one.match(line, at)
        if match is None:
            raise Unreadable(f"a quote is open: {line}")
        found.append(match[0])
        at = match.end()
    return found


def unescaped(text: str) -> str:
    """A text without its escapes."""
    found: list[str] = []
    at = 0
    while at < len(text):
        letter, at = text[at], at + 1
        if letter == "\\":
            letter, at = escape(text, at)
        found.append(letter)
    return "".join(found)


def sysusers(text: str) -> Items:
    """Lines of sysusers.d(5): at most six words."""
    found = [
        tuple([specifiers(word) for word in words(line, has_escapes=False)])
        for line in meaningful(text)
    ]
    if any(len(line) > 6 for line in found):
        raise Unreadable("words behind the last one")
    return found


def words_to_fill(text: str) -> Items:
    """Lines of words in which specifiers are meant."""
    return [words(line) for line in meaningful(text)]


def meaningful(text: str) -> list[str]:
    """Lines that are no comments."""
    found = [line.strip(" \t") for line in LINE_ENDS.split(text)]
    return [line for line in found if line and line[0] not in "#;"]


def binfmt(text: str) -> Items:
    """Lines of binfmt.d(5): the first letter separates."""
    return [tuple(line.split(line[0])) for line in meaningful(text)]


def plain(text: str) -> Items:
    """Lines, no more; whoever reads them may take a carriage return for a blank or a line."""
    return [(line,) for line in re.split("[\n\r\0]", text)]


def ganeti(text: str) -> Items:
    """Lines as Ganeti's Python takes them: it knows further ends of lines, and comments."""
    found = [line.strip() for line in text.splitlines()]
    return [(line,) for line in found if line and line[0] != "#"]


def worded(text: str) -> Items:
    """Words between blanks, comments behind `#` or `;`."""
    lines = [re.split("[#;]", line)[0].split() for line in re.split("[\n\r\0]", text)]
    return [tuple(line) for line in lines if line]


def cron(text: str) -> Items:
    """A file of /etc/cron.d: variables, and jobs of five fields, a user and a command."""
    found: Items = []
    for line in re.split("[\n\r\0]", text):
        bare = line.lstrip(" \t")
        if not bare:
            continue
        if bare[0] == "#":
            found.append(("comment",))
        elif variable := re.match(r"([A-Za-z_]\w*)[ \t]*=[ \t]*(.*)", bare):
            value = variable[2].rstrip()
            if value[:1] in ("'", '"') and value[-1:] == value[:1] and len(value) > 1:
                value = value[1:-1]
            found.append((variable[1], value))
        else:
            count = 2 if bare[0] == "@" else 6
            fields = bare.split(None, count)
            if len(fields) <= count or re.search(r"(?<!\\)%", fields[count]):
                raise Unreadable(f"no job: {line}")
            found.append(tuple(fields))
    return found


def sudoers(text: str) -> Items:
    """A rule: whom, where, as whom, and commands, in which a backslash is before what it means."""
    found: Items = []
    for line in re.split("[\n\r\0]", text):
        if line.endswith("\\"):
            raise Unreadable("a rule is continued")
        # A comment begins anywhere, in the arguments of a command too.
        said = re.split(r"(?<!\\)#", line)[0].rstrip()
        if not said:
            continue
        head, _sign, commands = re.split(r"(?<!\\)(=)", said, maxsplit=1)
        tags = re.match(r"\([^)]*\) (NOPASSWD: )?", commands)
        if tags is None:
            raise Unreadable(line)
        listed = re.split(r"(?<!\\),\s*", commands[tags.end() :])
        for each in listed:
            bare = re.sub(r"\\.", "", each)
            if re.search(r"[:=\"#]", bare):
                raise Unreadable(f"a sign of sudo: {each}")
        found.append((head, tags[0], *[re.sub(r"\\(.)", r"\1", each) for each in listed]))
    return found


def sshd(text: str) -> Items:
    """Lines of sshd_config(5): words with quotes, and comments."""
    found: Items = []
    for line in re.split("[\n\0]", text):
        bare = line.strip(" \t\r\f")
        if bare and bare[0] != "#":
            found.append(tuple(argv(bare)))
    return found


def argv(line: str) -> list[str]:
    """As `argv_split` of OpenSSH: a backslash escapes quotes, itself and a blank."""
    found: list[str] = []
    at = 0
    while at < len(line):
        if line[at] in " \t":
            at += 1
            continue
        if line[at] == "#":
            break
        word, quote = [], ""
        while at < len(line):
            letter = line[at]
            following = line[at + 1 : at + 2]
            if letter == "\\" and following and following in "'\"\\" + (" " if not quote else ""):
                word.append(following)
                at += 1
            elif not quote and letter in " \t":
                break
            elif not quote and letter in "'\"":
                quote = letter
            elif letter == quote:
                quote = ""
            else:
                word.append(letter)
            at += 1
        if quote:
            raise Unreadable(f"a quote is open: {line}")
        found.append("".join(word))
    return found


def pam(text: str) -> Items:
    """Rules of pam.d(5): words, an argument with blanks in brackets, comments."""
    found: Items = []
    for line in re.split("[\n\0]", text):
        said = line.split("#")[0].strip()
        if said.endswith("\\"):
            raise Unreadable("a rule is continued")
        if said:
            parts = re.findall(r"\[(?:\\\]|[^\]])*\]|\S+", said)
            found.append(
                tuple(
                    [
                        part[1:-1].replace("\\]", "]") if at > 2 and part[0] == "[" else part
                        for at, part in enumerate(parts)
                    ]
                )
            )
    return found


def shell(text: str) -> Items:
    """Words of a script, its signs apart from them; what a shell would expand is seen."""
    lexer = shlex.shlex(text, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    try:
        found = list(lexer)
    except ValueError as error:
        raise Unreadable(str(error)) from error
    return [(word,) for word in found]


def libvirt(text: str) -> Items:
    """A file of libvirt: numbers, texts in quotes, lists of these."""
    value = r'(?:"[^"\n]*"|-?[0-9]+)'
    found: Items = []
    for line in re.split("[\n\r\0]", text):
        if not line or line[0] == "#":
            continue
        if not re.fullmatch(rf"\w+ = ({value}|\[ {value}(, {value})* \]|\[\])", line):
            raise Unreadable(line)
        found.append((line.split(" ")[0], *re.findall(value, line.partition(" = ")[2])))
    return found


def interfaces(text: str) -> Items:
    """A file of interfaces(5): a word, and the rest of its line."""
    found: Items = []
    for line in re.split("[\n\0]", text):
        bare = line.strip()
        if bare.endswith("\\"):
            raise Unreadable("a line is continued")
        if bare and bare[0] != "#":
            head, _blank, rest = bare.partition(" ")
            found.append((head, rest.strip()))
    return found


def in_unit_name(path: str) -> str:
    """A path as systemd.unit(5) has it in the name of a unit."""
    letters = ["/" if letter == "/" else letter for letter in path.strip("/")]
    kept = re.compile(r"[A-Za-z0-9:_.]")
    return "".join(
        "-" if letter == "/"
        else letter if kept.match(letter) and (letter != "." or at)
        else "".join(f"\\x{byte:02x}" for byte in letter.encode())
        for at, letter in enumerate(letters)
    )  # fmt: skip


def whole(text: str) -> Items:
    """A file that is somebody's own text."""
    return [(text,)]


#: By the beginning and the end of a path; the first that fits reads it.
READERS: tuple[tuple[str, str, Reader], ...] = (
    ("/etc/cron.d/", "", cron),
    ("/etc/sudoers.d/", "", sudoers),
    ("/etc/ssh/sshd_config", "", sshd),
    ("/etc/pam.d/", "", pam),
    ("/etc/security/limits.d/", "", worded),
    ("/etc/tmpfiles.d/", "", tmpfiles),
    ("/etc/sysusers.d/", "", sysusers),
    ("/etc/binfmt.d/", "", binfmt),
    ("/etc/systemd/", ".preset", worded),
    ("/etc/systemd/", "", unit),
    ("/etc/hosts", "", worded),
    ("/etc/hostname", "", plain),
    ("/etc/resolv.conf", "", worded),
    ("/etc/network/interfaces", "", interfaces),
    ("/etc/libvirt/", "", libvirt),
    ("/etc/default/", "", shell),
    ("/etc/sv/", "", shell),
    ("/etc/ganeti/instance-", "/variants.list", ganeti),
    ("/etc/ganeti/instance-debootstrap/variants/", "", shell),
    ("/etc/ganeti/instance-a-provider/variants/", "", shell),
    ("/etc/ganeti/file-storage-paths", "", ganeti),
    ("/srv/ganeti/os/", ".list", ganeti),
)


def reader(path: str) -> Reader:
    """What reads a file; one that no reader knows is somebody's own text."""
    for start, end, read in READERS:
        if path.startswith(start) and path.endswith(end):
            return read
    return whole
