"""Sources and positions: the ground floor everything else stands on.

A position is an offset into a source's text, kept as an integer until somebody asks for
line and column. A span is `(source, start, end)`, the end exclusive.
"""

from __future__ import annotations


class Source:
    """One text that was read: `name` for people, `path` (canonical) for identity.

    `form` is its notation: `vcfg`, or `json`, `yaml`, `toml` for data, or `argument` for a
    definition given on the command line, which is no file.
    """

    __slots__ = ("_lines", "form", "name", "path", "text")

    def __init__(self, name: str, path: str, text: str, form: str = "vcfg") -> None:
        self.form = form
        self.name = name
        self.path = path
        self.text = text
        self._lines: list[int] | None = None

    def is_data(self) -> bool:
        """Whether it holds data, so that nothing of the language can be written into it."""
        return self.form in ("json", "yaml", "toml")

    def line_starts(self) -> list[int]:
        """Offsets at which lines begin; computed once, on first request."""
        lines = self._lines
        if lines is None:
            lines = [0]
            text = self.text
            at = text.find("\n")
            while at >= 0:
                lines.append(at + 1)
                at = text.find("\n", at + 1)
            self._lines = lines
        return lines

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset, both counted from 1."""
        lines = self.line_starts()
        low, high = 0, len(lines)
        while high - low > 1:
            middle = (low + high) // 2
            if lines[middle] <= offset:
                low = middle
            else:
                high = middle
        return low + 1, offset - lines[low] + 1

    def line(self, number: int) -> str:
        """Text of a line, counted from 1, without its line end."""
        lines = self.line_starts()
        start = lines[number - 1]
        end = lines[number] - 1 if number < len(lines) else len(self.text)
        return self.text[start:end].rstrip("\r")


Span = tuple[Source, int, int]


def site_text(name: str, line: int, column: int) -> str:
    """A place for people: `file:line:column`; what came as an argument has no lines to look up."""
    return name if name.startswith("--") else f"{name}:{line}:{column}"


def site_of(span: Span) -> dict[str, object]:
    """Where a span begins, as `{"file", "line", "column"}`: the form of all published data."""
    source, start, _end = span
    line, column = source.position(start)
    return {"file": source.name, "line": line, "column": column}
