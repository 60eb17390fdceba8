"""Outcomes of tests as JUnit XML, which CI servers read: a suite for each file, a case for a test.

There is no clock in an evaluation, so that no case has a time.
"""

from __future__ import annotations

from evaluator.diagnostics.render import render

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evaluator.diagnostics.model import Diagnostic
    from evaluator.inspect.testing import Outcome

    # Name of a file, its outcomes, and findings that kept its tests from being run.
    Suite = tuple[str, list[Outcome], list[Diagnostic]]


def junit(suites: list[Suite], base: str) -> str:
    """The document; places in findings are relative to the folder `base`."""
    inner = [_suite(*suite, base) for suite in suites]
    tests = sum([max(len(outcomes), bool(broken)) for _name, outcomes, broken in suites])
    failures = sum([_failures(outcomes) for _name, outcomes, _broken in suites])
    errors = sum([bool(broken) for _name, _outcomes, broken in suites])
    head = f'<testsuites tests="{tests}" failures="{failures}" errors="{errors}">'
    return "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', head, *inner, "</testsuites>", ""])


def _suite(name: str, outcomes: list[Outcome], broken: list[Diagnostic], base: str) -> str:
    counts = (
        f'tests="{max(len(outcomes), bool(broken))}" failures="{_failures(outcomes)}" '
        f'errors="{int(bool(broken))}" skipped="0"'
    )
    lines = [f"  <testsuite name={_quoted(name)} {counts}>"]
    if broken:
        case = f"<testcase classname={_quoted(name)} name={_quoted(name)} file={_quoted(name)}>"
        lines += [f"    {case}", _result("error", broken, base), "    </testcase>"]
    for outcome in outcomes:
        head = (
            f"    <testcase classname={_quoted(name)} name={_quoted(outcome.title)} "
            f'file={_quoted(name)} line="{outcome.line}"'
        )
        if not outcome.findings:
            lines.append(head + "/>")
            continue
        lines += [head + ">", _result("failure", outcome.findings, base), "    </testcase>"]
    return "\n".join([*lines, "  </testsuite>"])


def _result(kind: str, findings: list[Diagnostic], base: str) -> str:
    """What went wrong: the first headline as message, all findings as text."""
    first = findings[0]
    told = _escaped(render(findings, "text", base=base, limit=1000))
    return (
        f"      <{kind} type={_quoted(first.code)} message={_quoted(first.message)}>{told}</{kind}>"
    )


def _failures(outcomes: list[Outcome]) -> int:
    return sum([bool(each.findings) for each in outcomes])


def _quoted(text: str) -> str:
    quoted = _escaped(text).replace('"', "&quot;")
    for sign, name in (("\n", "&#10;"), ("\t", "&#9;"), ("\r", "&#13;")):
        quoted = quoted.replace(sign, name)
    return f'"{quoted}"'


def _escaped(text: str) -> str:
    """Text as XML has it; what XML cannot hold is shown as `?`."""
    kept = "".join([char if _may_stand(ord(char)) else "?" for char in text])
    return kept.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _may_stand(code: int) -> bool:
    return code in (9, 10, 13) or 32 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or code > 0xFFFF
