"""The shape of a text: statements in blocks, elements in brackets, and what must break.

What breaks by itself is decided here, from the brackets alone; what breaks because it is too
long is decided while writing.
"""

from __future__ import annotations

from evaluator.formatting.reading import Token

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evaluator.formatting.reading import Reading

BLOCK, RECORD, LIST, LOOP, ARGUMENTS, PARENTHESES, INDEX = range(7)
"""Kinds of brackets: a statement's braces, a record's, `[a, b]`, `[for …]`, `f(…)`, `(…)`, `a[b]`.

A new use of a bracket is one of these."""

_CLOSERS = {"{": "}", "[": "]", "(": ")"}
_SEPARATED = frozenset([LIST, ARGUMENTS])
_TIGHT_BEFORE = frozenset([",", ")", "]", ".", "?", ":", ".."])
_TIGHT_AFTER = frozenset([".", "@", ".."])
_OPERATORS = frozenset(
    ["+", "-", "*", "/", "%", "++", "==", "!=", "<", "<=", ">", ">=", "??", "|", "and", "or", "in"]
)
_LEADING_ON = frozenset(["=", ":", ",", "else", "then", "by"])
"""After these a line may break because its author wants it."""


class Run:
    """A statement or an element: tokens and brackets; `head` counts the parts that decorate it."""

    __slots__ = ("head", "parts")

    def __init__(self) -> None:
        self.parts: list[Token | Group] = []
        self.head = 0

    def first(self) -> Token:
        """Its first token."""
        return first_of(self.parts[0])


class Group:
    """A pair of brackets with what is inside."""

    __slots__ = ("breaks", "closer", "flat", "is_open", "kind", "opener", "runs")

    def __init__(self, kind: int, opener: Token) -> None:
        self.kind = kind
        self.opener = opener
        self.closer = opener
        self.runs: list[Run] = []
        self.is_open = False  # closer on a line of its own, every run on its own line
        self.breaks = False  # holds a line end, however wide the page is
        self.flat = ""  # on one line, if it may be


def shape(reading: Reading) -> list[Run]:
    """The statements of a file. Lines of the file's own documentation are runs too."""
    return _Shaper(reading).statements()


class _Shaper:
    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.tokens = reading.tokens
        self.items = reading.places["item"]
        self.at = 0

    def statements(self) -> list[Run]:
        """Statements up to a closing brace or the end."""
        found: list[Run] = []
        while self.at < len(self.tokens) - 1 and self.tokens[self.at].text != "}":
            start = self.tokens[self.at].start
            end = self.items.get(start)
            if end is None:  # a line of the file's documentation
                run = Run()
                run.parts.append(self.tokens[self.at])
                self.at += 1
            else:
                run = self.run(end)
                head_end = self.reading.places["decorations"].get(start, start)
                run.head = sum([first_of(part).start < head_end for part in run.parts])
                self.join_blocks(run)
            found.append(run)
        return found

    def join_blocks(self, run: Run) -> None:
        """Open all blocks of a statement that has several and is written on several lines."""
        blocks = blocks_of(run)
        start, end = first_of(run.parts[run.head]).start, last_of(run.parts[-1]).end
        if len(blocks) > 1 and self.reading.text.find("\n", start, end) >= 0:
            open_all(blocks)

    def run(self, end: int) -> Run:
        """Parts up to an offset; the comma after a statement is left out."""
        run = Run()
        while self.tokens[self.at].start < end:
            if self.tokens[self.at].text == "," and self.tokens[self.at].end == end:
                self.at += 1
                break
            self.part(run)
        return run

    def part(self, run: Run) -> None:
        """The next token, or the brackets it opens."""
        token = self.tokens[self.at]
        if token.text in _CLOSERS:
            run.parts.append(self.group())
        else:
            run.parts.append(token)
            self.at += 1

    def group(self) -> Group:
        """Brackets and what is inside."""
        group = Group(self.kind(), self.tokens[self.at])
        self.at += 1
        if group.kind in (BLOCK, RECORD):
            group.runs = self.statements()
        else:
            self.elements(group)
        group.closer = self.tokens[self.at]
        self.at += 1
        _judge(group, self.reading)
        return group

    def elements(self, group: Group) -> None:
        """What stands between brackets other than braces, separated by commas if they do that."""
        closer = _CLOSERS[group.opener.text]
        run = Run()
        while self.tokens[self.at].text != closer:
            if self.tokens[self.at].text == "," and group.kind in _SEPARATED:
                self.at += 1
                group.runs.append(run)
                run = Run()
            else:
                self.part(run)
        if run.parts:
            group.runs.append(run)

    def kind(self) -> int:
        """What the bracket at hand is for."""
        token = self.tokens[self.at]
        at = self.reading.is_at
        if token.text == "{":
            return RECORD if at("record", token.start) else BLOCK
        if token.text == "(":
            return PARENTHESES if at("parenthesized", token.start) else ARGUMENTS
        if at("listfor", token.start):
            return LOOP
        return LIST if at("list", token.start) else INDEX


# What must break


def blocks_of(run: Run) -> list[Group]:
    """The blocks of a statement: one, or those of `when … else …`."""
    return [part for part in run.parts if isinstance(part, Group) and part.kind == BLOCK]


def open_all(blocks: list[Group]) -> None:
    """Open blocks that have something inside: a statement has them all open or none."""
    for block in blocks:
        block.is_open = block.breaks = block.is_open or bool(block.runs)


def _judge(group: Group, reading: Reading) -> None:
    """Decide whether the brackets open, and whether a line breaks in them anyway."""
    runs, closer = group.runs, group.closer
    if not runs:
        group.is_open = group.breaks = bool(closer.comments)
    elif group.kind in (BLOCK, RECORD):
        group.is_open = reading.text.find("\n", group.opener.start, closer.end) >= 0
    elif group.kind in (LIST, LOOP):
        firsts = [first_of(part) for run in runs for part in run.parts]
        group.is_open = any([token.comments or token.breaks for token in [*firsts, closer]])
    elif group.kind != INDEX:
        first = runs[0].first()
        group.is_open = bool(first.comments or first.breaks or closer.comments)
    inner = [bool(closer.comments), *[_breaks(run) for run in runs]]
    group.breaks = group.is_open or any(inner) or any([run.first().breaks for run in runs[1:]])
    if not group.breaks:
        group.flat = _flat(group)


def _breaks(run: Run) -> bool:
    """Whether a line ends inside a run that stands in brackets which do not open."""
    before: Token | Group | None = None
    for part in run.parts:
        first = first_of(part)
        if isinstance(part, Group):
            if part.breaks:
                return True
        elif "\n" in part.text:
            return True
        if first.comments or (before is not None and first.breaks and keeps_break(before, part)):
            return True
        before = part
    return False


def first_of(part: Token | Group) -> Token:
    """The token a part begins with."""
    return part if isinstance(part, Token) else part.opener


def last_of(part: Token | Group) -> Token:
    """The token a part ends with."""
    return part if isinstance(part, Token) else part.closer


def keeps_break(before: Token | Group, part: Token | Group) -> bool:
    """Whether a line end that the author put between two parts stays.

    It does around operators, before a word that begins a clause, and after `=`, `:`, `,`,
    `then`, `else` and `by`. Brackets and commas stay with what they belong to.
    """
    last, first = last_of(before), first_of(part)
    if isinstance(part, Group) and part.kind in (BLOCK, ARGUMENTS, INDEX):
        return False
    if first.text in _TIGHT_BEFORE or first.text == "=" or last.text in _TIGHT_AFTER:
        return False
    if last.is_sign:
        return False
    if first.text in _OPERATORS or last.text in _OPERATORS or last.text in _LEADING_ON:
        return not (last.is_word and last.text == "else" and first.text == "when")
    return first.is_word and not last.is_word and not is_else_of_block(before, first)


def is_else_of_block(before: Token | Group, first: Token) -> bool:
    """Whether `else` goes on after a block, on the line of its brace."""
    return first.text == "else" and isinstance(before, Group) and before.kind == BLOCK


# On one line


def space_between(before: Token | Group, part: Token | Group) -> str:
    """What stands between two parts of one line: a space or nothing."""
    last, first = last_of(before), first_of(part)
    if isinstance(part, Group) and part.kind in (ARGUMENTS, INDEX):
        return ""
    if first.text in _TIGHT_BEFORE:
        return " " if first.text == ".." and last.text == "," else ""
    return "" if last.is_sign or last.text in _TIGHT_AFTER else " "


def _flat(group: Group) -> str:
    """Brackets on one line."""
    inside = ", ".join([flat_parts(run.parts) for run in group.runs])
    if group.kind in (BLOCK, RECORD) and inside:
        inside = f" {inside} "
    return f"{group.opener.text}{inside}{group.closer.text}"


def flat_parts(parts: list[Token | Group]) -> str:
    """A statement or element, or the rest of one, on one line."""
    written: list[str] = []
    before: Token | Group | None = None
    for part in parts:
        if before is not None:
            written.append(space_between(before, part))
        written.append(part.text if isinstance(part, Token) else part.flat)
        before = part
    return "".join(written)
