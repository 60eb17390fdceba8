"""The form for people: headline, source lines with the places marked, notes, help.

    error[unknown-option]: no option `web.prot`
      --> site.vcfg:7:3
       |
     7 |   prot = 9000
       |   ^^^^ no such option
       |
       = help: did you mean `web.port`?

The primary place is marked with `^`, others with `-`; color repeats what the marks say.
"""

from __future__ import annotations

from evaluator.diagnostics.excerpt import Mark, excerpt
from evaluator.diagnostics.paint import Paint
from evaluator.diagnostics.printable import one_line, printable, shorten
from evaluator.source import site_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from evaluator.diagnostics.document import Document, Finding, FrameData, LabelData
    from evaluator.source import Source

MAX_LINE = 400
"""Longest line of words: three or four rows of a terminal. Sources may hold longer names."""

TRACE_HEAD = 6
TRACE_TAIL = 2


def render(
    document: Document, sources: Mapping[str, Source], *, color: bool = False, limit: int = 20
) -> str:
    """Render the document; `sources` maps the file names in it to what was read.

    At most `limit` errors and `limit` warnings are shown; when there are more, a count of
    all follows.
    """
    paint = Paint(color)
    findings = document["diagnostics"]
    shown: list[str] = []
    counts = {"error": 0, "warning": 0}
    for finding in findings:
        severity = finding["severity"]
        counts[severity] += 1
        if counts[severity] <= limit:
            shown.append(_finding(finding, sources, paint))
    if max(counts.values()) > limit:
        shown.append(_total(counts, limit, paint))
    return "\n".join(shown)


def _total(counts: dict[str, int], limit: int, paint: Paint) -> str:
    words = [_counted(number, name) for name, number in counts.items() if number]
    hidden = [
        _counted(number - limit, f"more {name}")
        for name, number in counts.items()
        if number > limit
    ]
    total = f"{' and '.join(words)}; {' and '.join(hidden)} not shown"
    return paint.bold(f"{total} (`--errors concise` shows all)") + "\n"


MOST_LABELS = 12
"""Places shown for one finding; thousands of definitions can disagree."""


def _counted(number: int, name: str) -> str:
    return f"{number} {name}" if number == 1 else f"{number} {name}s"


def _finding(finding: Finding, sources: Mapping[str, Source], paint: Paint) -> str:
    severity = finding["severity"]
    head = paint.severity(f"{severity}[{finding['code']}]", severity)
    lines = [f"{head}{paint.bold(': ' + _words(finding['message']))}"]
    gutter = " " * _gutter(finding)
    for group in _groups(finding["labels"][:MOST_LABELS]):
        lines.extend(_place(group, sources, gutter, paint, severity))
    more = len(finding["labels"]) - MOST_LABELS
    remarks = [f"note: {more} more places (`--errors json` lists all)"] if more > 0 else []
    remarks.extend(f"note: {note}" for note in finding["notes"])
    remarks.extend(_trace(finding["trace"]))
    told = finding["message"]
    remarks.extend(f"help: {each['text']}" for each in finding["help"] if each["text"] not in told)
    if remarks and finding["labels"]:
        lines.append(paint.frame(f"{gutter} |"))
    for remark in remarks:
        lines.extend(_remark(remark, gutter, paint))
    return "\n".join(lines) + "\n"


def _gutter(finding: Finding) -> int:
    """Columns that the largest line number takes."""
    return max((len(str(label["end"]["line"])) for label in finding["labels"]), default=0)


def _groups(labels: list[LabelData]) -> list[list[LabelData]]:
    """Labels shown together: all one-line labels of a file; a longer one stands alone."""
    groups: list[list[LabelData]] = []
    of_file: dict[str, list[LabelData]] = {}
    for label in labels:
        if label["start"]["line"] != label["end"]["line"]:
            groups.append([label])
        elif label["file"] in of_file:
            of_file[label["file"]].append(label)
        else:
            of_file[label["file"]] = [label]
            groups.append(of_file[label["file"]])
    return groups


def _place(
    group: list[LabelData],
    sources: Mapping[str, Source],
    gutter: str,
    paint: Paint,
    severity: str,
) -> list[str]:
    """`--> file:line:column` and the source lines below it."""
    first = group[0]
    where = site_text(one_line(first["file"]), first["start"]["line"], first["start"]["column"])
    lines = [f"{gutter}{paint.frame('-->')} {where}"]
    source = sources.get(first["file"])
    if source is None or not source.text:
        return lines
    marks = [
        Mark(
            label["start"]["line"],
            label["start"]["column"],
            label["end"]["line"],
            label["end"]["column"],
            _words(label["text"]),
            primary=label["primary"],
        )
        for label in group
    ]
    lines.append(paint.frame(f"{gutter} |"))
    for number, row in excerpt(source, marks, paint, severity):
        bar = paint.frame(f"{number:>{len(gutter)}} |" if number != "..." else "...")
        lines.append(f"{bar} {row}".rstrip() if row else bar)
    return lines


def _trace(frames: list[FrameData]) -> list[str]:
    """One remark per option frame; the middle of a long way is counted."""
    shown = [_frame(frame) for frame in frames]
    if len(shown) > TRACE_HEAD + TRACE_TAIL + 1:
        hidden = len(shown) - TRACE_HEAD - TRACE_TAIL
        shown[TRACE_HEAD:-TRACE_TAIL] = [f"... {hidden} more options on the way"]
    return shown


def _frame(frame: FrameData) -> str:
    start = frame["start"]
    if start is None:
        return f"needed by `{frame['path']}`"
    where = site_text(frame["file"] or "", start["line"], start["column"])
    return f"needed by `{frame['path']}` at {where}"


def _remark(text: str, gutter: str, paint: Paint) -> list[str]:
    """`= note: …`; further lines of the text are set below its first word."""
    kind, colon, rest = text.partition(": ")
    if not colon or kind not in {"note", "help"}:
        kind, rest = "", text
    first, *more = printable(rest, keep="\n").split("\n")
    lead = f"{kind}: " if kind else ""
    said = shorten(first, MAX_LINE)
    lines = [f"{gutter} {paint.frame('=')} {paint.bold(lead) if lead else ''}{said}"]
    indent = " " * (len(gutter) + 3 + len(lead))
    lines.extend((indent + shorten(line, MAX_LINE)).rstrip() for line in more)
    return lines


def _words(text: str) -> str:
    return shorten(one_line(text), MAX_LINE)
