"""`vcfg test FILE…`: run `test` blocks; exit 1 if one does not hold."""

from __future__ import annotations

import os
import sys

from evaluator.cli.session import Session
from evaluator.cli.verb_check import count
from evaluator.files import is_odd

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evaluator.cli.arguments import Arguments
    from evaluator.diagnostics.model import Diagnostic
    from evaluator.inspect.junit import Suite


def answer(arguments: Arguments) -> int:
    """Run all tests; one line per file, the findings of those that fail."""
    from evaluator.inspect.testing import run_file

    session = Session(arguments)
    wanted = arguments.option("filter")
    files, missing = test_files(arguments.words["FILE"])
    for path in missing:
        said = "standard input holds no tests" if path == "-" else f"there is no file {path}"
        print(f"vcfg: {said}", file=sys.stderr)
    suites: list[Suite] = []
    for path in files:
        suite = (path, *run_file(path, session.settings, wanted))
        if suite[1] or suite[2]:
            suites.append(suite)
        elif not wanted:
            print(f"{path}: no tests")
        _tell(suite, session)
    session.speak()
    return _finish(suites, missing, session)


def _tell(suite: Suite, session: Session) -> None:
    """The line of a file, and what failed in it."""
    path, outcomes, broken = suite
    bad = [each for each in outcomes if each.findings]
    findings = [*broken, *_together([one for each in bad for one in each.findings])]
    if broken:
        print(f"{path}: cannot be run")
    elif outcomes:
        good = len(outcomes) - len(bad)
        print(f"{path}: {good} passed" + (f", {len(bad)} failed" if bad else ""))
    for each in bad:
        print(f"  failed: {each.title}")
    for finding in findings:
        session.sink.report(finding)


def _together(findings: list[Diagnostic]) -> list[Diagnostic]:
    """Findings of several tests, each once: what only differs in its test names all of them."""
    from copy import copy

    out: dict[object, Diagnostic] = {}
    for each in findings:
        label = each.primary()
        place = (label.span[0].path, *label.span[1:]) if label else None
        known = out.setdefault((each.code, place, each.message), copy(each))
        known.notes = (*known.notes, *[note for note in each.notes if note not in known.notes])
    return list(out.values())


def _finish(suites: list[Suite], missing: list[str], session: Session) -> int:
    """The summary, the report for CI, and the exit code."""
    wanted = session.arguments.option("filter")
    tests = [each for _path, outcomes, _broken in suites for each in outcomes]
    failed = sum([bool(each.findings) for each in tests])
    broken = sum([bool(each[2]) for each in suites])
    passed = len(tests) - failed
    failed += broken
    print(f"{count(passed, 'test')} passed, {failed} failed")
    code = 1 if failed else 0
    if not passed and not failed and not missing:
        what = f"no title holds {wanted!r}" if wanted else _nothing(session)
        print(f"vcfg: nothing was tested: {what}", file=sys.stderr)
        code = 1
    file = session.arguments.option("junit")
    if file and not _report(file, suites, session.settings.base):
        return 2
    return 2 if missing else code


def _nothing(session: Session) -> str:
    """Why there was no test: folders are looked through for test files only."""
    words = session.arguments.words["FILE"]
    folders = [word for word in words if os.path.isdir(word)]
    if folders == words and not test_files(folders)[0]:
        where = " or ".join([f"`{each}`" for each in folders])
        return f"no file below {where} is named *_test.vcfg; name a file to run the tests in it"
    return "there is no `test` block in these files"


def _report(file: str, suites: list[Suite], base: str) -> bool:
    """Write the outcomes for CI; False, with a word, if the file cannot be written."""
    from evaluator.inspect.junit import junit

    text = junit(suites, base)
    try:
        with open(file, "w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
    except OSError as problem:
        reason = (problem.strerror or str(problem)).lower()
        print(f"vcfg: {file} cannot be written: {reason}", file=sys.stderr)
        return False
    return True


def test_files(words: list[str]) -> tuple[list[str], list[str]]:
    """Files to run, each once, folders searched for `*_test.vcfg`; and words that name nothing."""
    files: list[str] = []
    missing: list[str] = []
    for word in words:
        if os.path.isdir(word):
            for root, folders, names in os.walk(word):
                folders[:] = sorted([each for each in folders if not each.startswith(".")])
                paths = [os.path.join(root, name) for name in sorted(names)]
                files.extend(
                    [each for each in paths if each.endswith("_test.vcfg") and not is_odd(each)]
                )
        elif os.path.exists(word):
            files.append(word)
        else:
            missing.append(word)
    once = {os.path.realpath(path): path for path in reversed(files)}
    return [path for path in files if once[os.path.realpath(path)] is path], missing
