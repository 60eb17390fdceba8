"""Help for a name that is not there: the nearest one, with the edit that writes it instead."""

from __future__ import annotations

from evaluator.diagnostics.model import Edit, Help

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evaluator.source import Source


def meant(
    source: Source, end: int, written: str, near: list[str], *, as_written: str = ""
) -> tuple[Help, ...]:
    """Help to write the nearest name where `written` ends at an offset of a text.

    `as_written` is how the nearest name is written there. Certain if no other is near; without
    an edit if something else stands in the text.
    """
    if not near:
        return ()
    text = f"did you mean `{near[0]}`?"
    for found in (written, f'"{written}"'):
        start = end - len(found)
        if start >= 0 and source.text[start:end] == found and not source.is_data():
            edit = Edit((source, start, end), as_written or near[0])
            return (Help(text, (edit,), certain=len(near) == 1),)
    return (Help(text),)
