"""Colors of the text form; without color everything comes back unchanged."""

from __future__ import annotations

_BOLD = "1"
_FRAME = "1;34"
_SEVERITY = {"error": "1;31", "warning": "1;33"}


class Paint:
    """Wraps words in terminal colors, or leaves them alone when `on` is false."""

    __slots__ = ("_on",)

    def __init__(self, on: bool) -> None:
        self._on = on

    def bold(self, text: str) -> str:
        """Headlines."""
        return self._wrap(text, _BOLD)

    def frame(self, text: str) -> str:
        """Line numbers and the lines around the source, and secondary marks."""
        return self._wrap(text, _FRAME)

    def severity(self, text: str, severity: str) -> str:
        """What belongs to an error or a warning: its name and its primary marks."""
        return self._wrap(text, _SEVERITY[severity])

    def _wrap(self, text: str, code: str) -> str:
        if not self._on or not text:
            return text
        return f"\x1b[{code}m{text}\x1b[0m"
