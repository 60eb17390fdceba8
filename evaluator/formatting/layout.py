"""Writes a shape out: indentation, line breaks, blank lines, comments.

Brackets that open indent what is inside by one level more than the line they stand on, a
statement's block by one more than the statement. A line that goes on with a statement is
indented by one level too.
"""

from __future__ import annotations

from bisect import bisect_left

from evaluator.formatting.reading import Token
from evaluator.formatting.shape import (
    ARGUMENTS,
    BLOCK,
    LIST,
    LOOP,
    PARENTHESES,
    RECORD,
    Group,
    blocks_of,
    first_of,
    flat_parts,
    is_else_of_block,
    keeps_break,
    last_of,
    open_all,
    shape,
    space_between,
)
from evaluator.formatting.texts import with_margin

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evaluator.formatting.reading import Reading
    from evaluator.formatting.shape import Run

WIDTH = 100
STEP = 2
_OPENS_BRANCH = frozenset(["then", "else", "by"])
_CLAUSES = ("conversion", "refinement")
"""Parts of a statement that may begin a line and go on in lines of their own."""


def lay_out(reading: Reading) -> str:
    """The whole text in its canonical layout."""
    writer = _Writer(reading)
    writer.lines_of(shape(reading), 0, reading.tokens[-1])
    return writer.text()


class _Writer:
    """What is written so far: whole lines, the line at hand, and how far that is indented."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.holes = sorted(reading.places["text_hole"].items())
        self.lines: list[str] = []
        self.line = ""
        self.indent = 0
        self.is_empty = True  # nothing is written yet, so nothing has to be ended

    def text(self) -> str:
        """Everything, with a line end behind it."""
        return "" if self.is_empty else "\n".join([*self.lines, self.line, ""])

    def new_line(self, indent: int, *, after_blank: bool = False) -> None:
        """End the line at hand, except at the very beginning, and begin one."""
        if not self.is_empty:
            self.lines.append(self.line)
            if after_blank:
                self.lines.append("")
        self.line = " " * indent
        self.indent = indent
        self.is_empty = False

    # Statements and elements, one to a line

    def lines_of(
        self,
        runs: list[Run],
        indent: int,
        closer: Token,
        *,
        kind: int = BLOCK,
        is_open: bool = True,
    ) -> None:
        """Runs with the comments around them, up to what closes them, which is not written.

        Elements without brackets may share a line where they did in brackets that were open.
        """
        keeps_blank = kind not in (ARGUMENTS, PARENTHESES)
        hang = 0 if kind in (ARGUMENTS, PARENTHESES) and len(runs) == 1 else STEP
        # Before a comment at the end there is always one: what looks like documentation may
        # follow a comma and not an expression.
        more_than_one = len(runs) > 1 or bool(closer.comments)
        comma = kind == LIST or (kind == ARGUMENTS and more_than_one)
        shares = kind == LIST and is_open
        is_first = True
        before: Run | None = None
        for run in runs:
            first = run.first()
            if shares and before is not None and self.can_share(before, run):
                self.line += " "
            else:
                is_first = self.comments(first, indent, is_first=is_first, keeps_blank=keeps_blank)
                blank = first.breaks > 1 and keeps_blank and not is_first
                self.new_line(indent, after_blank=blank)
            self.run(run, indent, hang)
            if comma:
                self.line += ","
            is_first = False
            before = run
        self.comments(closer, indent, is_first=is_first, keeps_blank=keeps_blank)

    def can_share(self, before: Run, run: Run) -> bool:
        """Whether an element may stand on the line of the one before, as its author had it."""
        first = run.first()
        if first.breaks or first.comments or not (is_plain(before) and is_plain(run)):
            return False
        return self.column() + len(flat_parts(run.parts)) + 2 <= WIDTH

    def comments(self, token: Token, indent: int, *, is_first: bool, keeps_blank: bool) -> bool:
        """Comments before a token, the first at the end of the line at hand if it was there.

        Gives whether what comes next is the first on a line of its own.
        """
        for number, (text, breaks) in enumerate(token.comments):
            if number == 0 and breaks == 0 and not self.is_empty:
                self.line += f"  {text}"
                continue
            self.new_line(indent, after_blank=breaks > 1 and keeps_blank and not is_first)
            self.line += text
            is_first = False
        return is_first

    # One statement or element

    def run(self, run: Run, base: int, hang: int) -> None:
        """Parts after one another; lines that go on are indented by `hang` more than `base`."""
        before: Token | Group | None = None
        clause_end = 0
        has_broken = False
        for number, part in enumerate(run.parts):
            first = first_of(part)
            if before is None:
                pass
            elif self.begins_line(before, part, run, number) or (
                has_broken and first.text == "=" and first.breaks
            ):
                indent = base
                if opens_branch(before):
                    indent = max(base + hang, self.indent) + STEP
                elif number > run.head and not is_below_start(before, part):
                    indent += hang + STEP if first.start < clause_end else hang
                self.comments(first, indent, is_first=True, keeps_blank=False)
                self.new_line(indent)
                has_broken = True
                clause_end = max(clause_end, self.clause_end(first))
            else:
                self.line += space_between(before, part)
            if number == run.head:
                self.open_if_long(run)
            if isinstance(part, Group):
                self.group(part, base)
            else:
                self.line += self.spelling(part)
            before = part

    def clause_end(self, first: Token) -> int:
        """Where the clause that begins here ends; its further lines are indented once more."""
        return max([self.reading.places[name].get(first.start, 0) for name in _CLAUSES])

    def open_if_long(self, run: Run) -> None:
        """Open all blocks of a statement with several, unless all of it fits on this line."""
        blocks = blocks_of(run)
        if len(blocks) > 1 and not any([block.breaks for block in blocks]):
            width = len(flat_parts(run.parts[run.head :]))
            if self.column() + width > WIDTH:
                open_all(blocks)

    def begins_line(self, before: Token | Group, part: Token | Group, run: Run, at: int) -> bool:
        """Whether a part begins a line: after a comment it has to, else if the author wants it."""
        first = first_of(part)
        if first.comments or last_of(before).is_doc():
            return True
        if first.breaks == 0:
            return False
        if at <= run.head:
            return at == run.head or first.is_doc() or self.reading.is_at("annotation", first.start)
        return keeps_break(before, part)

    def group(self, group: Group, base: int) -> None:
        """Brackets: on this line, opened, or on this line with line ends inside."""
        if not group.breaks and (self.column() + len(group.flat) <= WIDTH or not group.runs):
            self.line += group.flat
            return
        indent = base if group.kind == BLOCK else self.indent
        self.line += group.opener.text
        if group.is_open or (not group.breaks and opens_when_long(group)):
            self.lines_of(
                group.runs, indent + STEP, group.closer, kind=group.kind, is_open=group.is_open
            )
            self.new_line(indent)
        else:
            for number, run in enumerate(group.runs):
                first = run.first()
                if number:
                    self.line += ","
                if first.comments or (number and first.breaks):
                    self.comments(first, indent + STEP, is_first=True, keeps_blank=False)
                    self.new_line(indent + STEP)
                elif number:
                    self.line += " "
                self.run(run, indent, STEP)
            if group.closer.comments:
                self.comments(group.closer, indent + STEP, is_first=True, keeps_blank=False)
                self.new_line(indent)
        self.line += group.closer.text

    def column(self) -> int:
        """How wide the line at hand is; a text block may have ended on it."""
        return len(self.line) - self.line.rfind("\n") - 1

    def spelling(self, token: Token) -> str:
        """A token as it is written on this line; the margin of a text block follows the line."""
        if "\n" not in token.text:
            return token.text
        inside: list[tuple[int, int]] = []
        at = bisect_left(self.holes, (token.start, 0))
        while at < len(self.holes) and self.holes[at][0] < token.end:
            start, end = self.holes[at]
            if not inside or start - token.start >= inside[-1][1]:  # not a hole in a hole
                inside.append((start - token.start, end - token.start))
            at += 1
        return with_margin(token.text, inside, " " * (self.indent + STEP))


def is_below_start(before: Token | Group, part: Token | Group) -> bool:
    """Whether a part that begins a line stands below the beginning of its statement."""
    is_block = isinstance(part, Group) and part.kind == BLOCK
    return is_block or is_else_of_block(before, first_of(part))


def opens_when_long(group: Group) -> bool:
    """Whether brackets that do not fit on their line open; one element would gain nothing."""
    if group.kind == LIST:
        return len(group.runs) > 1
    return group.kind in (BLOCK, RECORD, LOOP)


def opens_branch(before: Token | Group) -> bool:
    """Whether a line that begins after this stands deeper than the line of the word."""
    last = last_of(before)
    return last.is_word and last.text in _OPENS_BRANCH


def is_plain(run: Run) -> bool:
    """Whether an element has no brackets and lies on one line."""
    return all([isinstance(part, Token) and "\n" not in part.text for part in run.parts])
