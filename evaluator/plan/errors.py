"""Findings about a plan: worded here, placed at the lines that asked for the thing.

`Origins` is what the caller hands in: a function from an option path to a list of
`{"file", "line", "path"}`, each optionally with `"span"` for labels.
"""

from __future__ import annotations

from evaluator.diagnostics.model import ERROR, WARNING, Diagnostic, Help, Label

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from evaluator.diagnostics.model import Sink
    from evaluator.source import Span

    Origins = Callable[[str], list[dict[str, Any]]]
    Place = dict[str, Any]


def option_path(*parts: str, root: str = "activation") -> str:
    """The root and the parts, written as in the language: keys that need it quoted."""
    written = [root]
    for part in parts:
        plain = part.replace("-", "_")
        if plain.isascii() and plain.isidentifier() and not part.endswith("-"):
            written.append(part)
        else:
            escaped = part.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
            written.append(f'"{escaped}"')
    return ".".join(written)


def unique(places: Iterable[Place]) -> list[Place]:
    """Places by file, line and option, without spans: sorted, each once."""
    found = {(str(place["file"]), int(place["line"]), str(place["path"])) for place in places}
    return [{"file": file, "line": line, "path": path} for file, line, path in sorted(found)]


class Findings:
    """Reports problems of a plan into a sink; one per problem, nothing is raised.

    A plan that is `judged` and not written has no use for who asked where nothing is wrong.
    """

    __slots__ = ("_is_judged", "_origin", "_severity", "_sink")

    def __init__(
        self,
        origin: Origins,
        sink: Sink,
        severity: Callable[[str], str] | None = None,
        *,
        is_judged: bool = False,
    ) -> None:
        self._is_judged = is_judged
        self._origin = origin
        self._sink = sink
        self._severity = severity

    def origin(self, path: str) -> list[Place]:
        """Who asked for an option, without spans: sorted, each place once."""
        if self._is_judged:
            return []
        return unique(self._origin(path))

    def is_given(self, path: str, option: str) -> bool:
        """Whether somebody wrote an element down for an option of this name, on this path or on
        the way to it; not where the library made it because of something else."""
        names = [str(place["path"]).rpartition(".")[2] for place in self._origin(path)]
        return option in [name.partition("[")[0] for name in names]

    def report(
        self,
        path: str,
        message: str,
        said: str,
        *,
        code: str = "bad-plan",
        help: str | Help = "",
        others: tuple[tuple[str, str], ...] = (),
        labels: tuple[Label, ...] = (),
        facts: dict[str, object] | None = None,
        severity: str = ERROR,
    ) -> None:
        """One finding: `said` labels the lines of `path`; `others` are (path, words) beside it,
        `labels` places that are no options."""
        found = self._labels(path, said, primary=True)
        for other, words in others:
            found += self._labels(other, words, primary=False)
        found += labels
        self._sink.report(
            Diagnostic(
                code,
                message,
                tuple(found),
                help=(Help(help) if isinstance(help, str) else help,) if help else (),
                path=path,
                facts={"option": path, **(facts or {})},
                severity=severity,
            )
        )

    def warn(
        self,
        path: str,
        message: str,
        said: str,
        *,
        code: str,
        help: str = "",
        facts: dict[str, object] | None = None,
    ) -> None:
        """What works and is hardly meant; it counts as the configuration's `checks` say."""
        level = self._severity(code) if self._severity is not None else "warn"
        if level != "off":
            severity = ERROR if level == "error" else WARNING
            self.report(path, message, said, code=code, help=help, facts=facts, severity=severity)

    def literal(self, path: str) -> Span | None:
        """Where one place of a file in our language gives an option its value."""
        spans = [entry["span"] for entry in self._origin(path) if entry.get("span") is not None]
        one: Span | None = spans[0] if len(spans) == 1 and not spans[0][0].is_data() else None
        return one

    def labels(self, path: str, words: str) -> tuple[Label, ...]:
        """The lines that asked for an option, as places of somebody else's finding."""
        return tuple(self._labels(path, words, primary=False))

    def _labels(self, path: str, words: str, *, primary: bool) -> list[Label]:
        labels: list[Label] = []
        for entry in self._origin(path):
            span = entry.get("span")
            if span is not None:
                labels.append(Label(span, words, primary=primary and not labels))
        return labels
