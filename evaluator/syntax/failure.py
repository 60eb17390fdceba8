"""A place where parsing stopped: what is there, what could be, which brackets are open."""

from __future__ import annotations

import re

from evaluator.syntax import expected
from evaluator.syntax.machine import CODE, END, STRING, TEXT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evaluator.source import Source, Span
    from evaluator.syntax.machine import Machine

OPENERS = {"LPAR": "(", "LSQB": "[", "LBRACE": "{"}
CLOSERS = {"RPAR": "LPAR", "RSQB": "LSQB", "RBRACE": "LBRACE"}
CLOSING = {"(": ")", "[": "]", "{": "}"}
_NUMBER_LIKE = re.compile(r"[0-9][A-Za-z0-9_.:/+-]*")
_KEY = r'(?:[A-Za-z_][A-Za-z0-9_-]*|"[^"\n]*")'
_PATH = re.compile(rf"[ \t]*({_KEY}(?:\.(?:{_KEY}|\*))*)[ \t]*")
_COMMENTS = re.compile(r"(?m)(?:^|[ \t])#[^\n]*")
_GOES_ON = ("=", "+", "-", "*", "/", "%", "??", "<", ">", " and", " or", " not", " in")
_STATEMENT = re.compile(
    r"(?:let|type|record|service|section|option|accepts|computed|extend|host|test|when|for"
    r"|import|disable|default|force|first|last|priority|remove|assert|warn|expect)"
    r'[ \t]+["A-Za-z_0-9(\[{*-]'
    r"|@[A-Za-z]"
    rf"|{_KEY}(?:\.(?:{_KEY}|\*))*[ \t]*(?:=(?![=>])|\{{|(?:after|before)[ \t])"
)


class Failure:
    """What the messages are made from. `term` is "" where no token could be read."""

    __slots__ = (
        *("accepted", "end", "machine", "mode", "opener", "source", "start"),
        *("swallowed", "term", "text"),
    )

    def __init__(self, source: Source, machine: Machine) -> None:
        self.source = source
        self.machine = machine
        self.text = text = machine.text
        self.term = machine.found
        self.mode = machine.tables.modes[machine.states[-1]]
        self.start = self.end = machine.found_start
        if self.term:
            self.end = machine.found_end
        elif self.mode == CODE:
            while text[self.start] in " \t\r\n":
                self.start += 1
            number = _NUMBER_LIKE.match(text, self.start)
            self.end = number.end() if number else self.start + 1
        self.accepted = expected.accepted(machine)
        self.opener = _innermost_opener(machine)
        self.swallowed = self._swallowed()

    def _swallowed(self) -> int | None:
        """Where a statement begins that was read as the missing end of the line before.

        In `a =` and `b = 2` on the next line, `a = b` is fine and the second `=` is not.
        """
        ends = {"EQUAL": "PLUS", "LBRACE": "AT_SIGN"}  # as long as no block may follow a value
        if ends.get(self.term, "") not in self.accepted:
            return None
        line = self.text.rfind("\n", 0, self.start) + 1
        path = _PATH.match(self.text, line)
        if not line or not path or path.end() != self.start:
            return None
        before = _COMMENTS.sub("", self.text[max(0, line - 2000) : line]).rstrip()
        return path.start(1) if before.endswith(_GOES_ON) else None

    @property
    def found(self) -> str:
        """The offending text as written."""
        return self.text[self.start : self.end]

    @property
    def before(self) -> str:
        """The line on which the last good token stands, up to its end (at most 500 characters)."""
        end = self.machine.last_end
        return self.text[max(self.text.rfind("\n", 0, end) + 1, end - 500) : end]

    @property
    def last_entry(self) -> str:
        """The symbol on top of the stack: the token or part before the offending one."""
        return self.machine.tables.entries[self.machine.states[-1]]

    @property
    def is_first(self) -> bool:
        """Whether the offending token is the first on its line."""
        return first_on_line(self.text, self.start)

    def startswith(self, spelling: str) -> bool:
        """Whether the text goes on like this, from the offending token on."""
        return self.text.startswith(spelling, self.start)

    def span(self, start: int, end: int) -> Span:
        """A place in the text."""
        return (self.source, start, end)

    def described(self) -> str:
        """What was found, in words."""
        if self.term == END:
            return "the end of the file"
        if self.term in ("PLAIN_STRING", "QUOTE", "RAW"):
            return "a string"
        if self.term == "TEXT_QUOTE":
            return "a text block"
        if self.term in ("DOC", "FILE_DOC"):
            return "documentation"
        found = self.found
        if len(found) == 1 and not "!" <= found <= "~":
            name = f"U+{ord(found):04X}"
            return f"`{found}` ({name})" if found.isprintable() else f"the character {name}"
        return f"`{found}`" if len(found) <= 40 else f"`{found[:40]}…`"

    def wanted(self) -> str:
        """What fits at this place, in words."""
        return expected.either(expected.in_words(self.accepted, self.machine))


def first_on_line(text: str, start: int) -> bool:
    """Whether only white space stands before this place on its line."""
    return not text[text.rfind("\n", 0, start) + 1 : start].strip(" \t\r\ufeff")


def looks_like_statement(text: str, start: int) -> bool:
    """Whether a statement very likely begins here."""
    return _STATEMENT.match(text, start) is not None


def string_start(failure: Failure) -> int:
    """Where the string or text block begins in which the machine stopped."""
    machine = failure.machine
    opener = "QUOTE" if failure.mode == STRING else "TEXT_QUOTE"
    for index in range(len(machine.states) - 1, 0, -1):
        if machine.tables.entries[machine.states[index]] == opener:
            return machine.starts[index - 1]
    return failure.start


def in_string(failure: Failure) -> bool:
    """Whether the machine stopped among the characters of a string or text block."""
    return failure.mode in (STRING, TEXT)


def _innermost_opener(machine: Machine) -> tuple[str, int] | None:
    """Spelling and place of the innermost open bracket, `#{` included."""
    entries = machine.tables.entries
    closed = 0  # brackets on the stack that are closed already, but not yet one part
    for index in range(len(machine.states) - 1, 0, -1):
        entry = entries[machine.states[index]]
        if entry in CLOSERS:
            closed += 1
        elif (entry in OPENERS or entry == "HOLE") and closed:
            closed -= 1
        elif entry in OPENERS:
            return OPENERS[entry], machine.starts[index - 1]
        elif entry == "HOLE":
            return "#{", machine.starts[index - 1]
    return None
