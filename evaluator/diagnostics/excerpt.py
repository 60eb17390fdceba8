"""Source lines with marks below them.

An excerpt is a list of `(number, row)`: `number` is the line number as text, `""` for a
row of marks, `"..."` where lines are left out. Columns are counted as a terminal shows
them, so tabs, wide characters and control characters do not shift the marks. A line that
is too long is cut around its marks.
"""

from __future__ import annotations

from evaluator.diagnostics.printable import glyph, width

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evaluator.diagnostics.paint import Paint
    from evaluator.source import Source

MAX_COLUMNS = 120
"""Longest source row shown; about what a terminal beside an editor has."""

MARGIN = 24
"""Columns kept to the left of the first mark when a line is cut."""

CUT = "..."

MAX_SPAN_LINES = 6
"""A marked region with more lines is shown by its first and last two."""

Row = tuple[str, str]


class Mark:
    """A region to mark, lines and columns from 1, the end exclusive, and what to say."""

    __slots__ = ("column", "end_column", "end_line", "line", "primary", "text")

    def __init__(
        self, line: int, column: int, end_line: int, end_column: int, text: str, *, primary: bool
    ) -> None:
        self.line = line
        self.column = column
        self.end_line = end_line
        self.end_column = end_column
        self.text = text
        self.primary = primary


def excerpt(source: Source, marks: list[Mark], paint: Paint, severity: str) -> list[Row]:
    """The rows for one-line marks of one file, or for a single mark of several lines."""
    if len(marks) == 1 and marks[0].end_line > marks[0].line:
        return _region(source, marks[0], paint, severity)
    by_line: dict[int, list[Mark]] = {}
    for mark in marks:
        by_line.setdefault(mark.line, []).append(mark)
    rows: list[Row] = []
    last = 0
    for number in sorted(by_line):
        if last and number == last + 2:
            rows.append((str(last + 1), _Line(source.line(last + 1)).shown()))
        elif last and number > last + 2:
            rows.append((CUT, ""))
        line = _measured(source.line(number), by_line[number])
        rows.append((str(number), line.shown()))
        rows.extend(("", row) for row in _marks(line, by_line[number], paint, severity))
        last = number
    return rows


class _Line:
    """One source line as shown: which part is kept, and where its characters land.

    Only the kept part is measured, so a line of megabytes costs no more than a short one.
    """

    __slots__ = ("_columns", "_first", "_kept", "_length")

    def __init__(self, text: str, around: int = 1) -> None:
        """Keep what fits around a column; a line that fits is kept whole."""
        self._length = len(text)
        self._first = 0
        if len(text) > MAX_COLUMNS:
            start = min(around - 1, len(text)) - MARGIN
            self._first = max(0, min(start, len(text) - MAX_COLUMNS))
        columns = [0]
        for char in text[self._first : self._first + MAX_COLUMNS]:
            column = columns[-1] + width(char)
            if column > MAX_COLUMNS:
                break
            columns.append(column)
        self._columns = columns
        self._kept = text[self._first : self._first + len(columns) - 1]

    def shown(self) -> str:
        """The row: unprintable characters replaced, cut ends marked."""
        row = self._kept if self._kept.isprintable() else "".join(map(glyph, self._kept))
        if self._first:
            row = CUT + row
        if self._first + len(self._kept) < self._length:
            row += CUT
        return row.rstrip()

    def column(self, column: int) -> int:
        """The column in the row, from 0, at which a character (from 1) is shown.

        What lies in a part that was cut off is shown at the cut.
        """
        at = min(max(column - 1 - self._first, 0), len(self._kept))
        return self._columns[at] + (len(CUT) if self._first else 0)


def _measured(text: str, marks: list[Mark]) -> _Line:
    """The line, kept around its first primary mark, or its first mark."""
    start = min((not mark.primary, mark.column) for mark in marks)
    return _Line(text, start[1])


class _Underline:
    """A mark in columns of the row."""

    __slots__ = ("end", "primary", "start", "text")

    def __init__(self, line: _Line, mark: Mark) -> None:
        self.start = line.column(mark.column)
        self.end = max(line.column(mark.end_column), self.start + 1)
        self.text = mark.text
        self.primary = mark.primary


def _marks(line: _Line, marks: list[Mark], paint: Paint, severity: str) -> list[str]:
    """Rows below a line: all underlines in one, then the texts from right to left."""
    lines = sorted((_Underline(line, mark) for mark in marks), key=lambda u: (u.start, u.end))
    end = max(underline.end for underline in lines)
    cells = [" "] * end
    for underline in sorted(lines, key=lambda u: u.primary):
        sign = "^" if underline.primary else "-"
        cells[underline.start : underline.end] = [sign] * (underline.end - underline.start)
    row = _painted("".join(cells), paint, severity)
    last = lines[-1]
    if last.text and all(other.end <= last.start for other in lines[:-1]):
        row += " " + _said(last, paint, severity)
        lines.pop()
    waiting = [underline for underline in lines if underline.text]
    rows = [row]
    if waiting:
        rows.append(_bars(waiting, paint))
    while waiting:
        spoken = waiting.pop()
        before = _bars([u for u in waiting if u.start < spoken.start], paint, spoken.start)
        rows.append(before + _said(spoken, paint, severity))
    return rows


def _bars(underlines: list[_Underline], paint: Paint, length: int = 0) -> str:
    """A row with `|` below each waiting underline, padded to a length."""
    starts = {underline.start for underline in underlines}
    length = max([length, *(start + 1 for start in starts)])
    return "".join(paint.frame("|") if at in starts else " " for at in range(length))


def _said(underline: _Underline, paint: Paint, severity: str) -> str:
    if underline.primary:
        return paint.severity(underline.text, severity)
    return paint.frame(underline.text)


def _painted(signs: str, paint: Paint, severity: str) -> str:
    """A row of underlines with each run in its color."""
    parts: list[str] = []
    at = 0
    while at < len(signs):
        end = at
        while end < len(signs) and signs[end] == signs[at]:
            end += 1
        run = signs[at:end]
        if run[0] == "^":
            run = paint.severity(run, severity)
        elif run[0] == "-":
            run = paint.frame(run)
        parts.append(run)
        at = end
    return "".join(parts)


def _region(source: Source, mark: Mark, paint: Paint, severity: str) -> list[Row]:
    """A mark of several lines: a bar on the left, its end underlined."""
    end_line = mark.end_line
    end_column = mark.end_column
    if end_column == 1 and end_line > mark.line:
        end_line -= 1
        end_column = len(source.line(end_line)) + 1
    numbers = list(range(mark.line, end_line + 1))
    if len(numbers) > MAX_SPAN_LINES:
        numbers[2:-2] = [0]

    def bar(sign: str) -> str:
        return paint.severity(sign, severity) if mark.primary else paint.frame(sign)

    rows: list[Row] = []
    for number in numbers:
        if number == 0:
            rows.append((CUT, bar("|")))
            continue
        sign = bar("/" if number == mark.line else "|")
        rows.append((str(number), f"{sign} {_Line(source.line(number)).shown()}"))
    column = _Line(source.line(end_line)).column(max(1, end_column - 1))
    foot = bar("|" + "_" * (column + 1) + ("^" if mark.primary else "-"))
    rows.append(("", f"{foot} {bar(mark.text)}" if mark.text else foot))
    return rows
