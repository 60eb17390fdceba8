"""`vcfg test FILE…`: run `test` blocks; exit 1 if one does not hold."""

from __future__ import annotations

import os
import sys

from evaluator.cli.session import Session
from evaluator.cli.verb_check import count

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evaluator.cli.arguments import Arguments


def answer(arguments: Arguments) -> int:
    """Run all tests; one line per file, the findings of those that fail."""
    from evaluator.inspect.testing import run_file

    session = Session(arguments)
    files, missing = test_files(arguments.words["FILE"])
    for path in missing:
        print(f"vcfg: there is no file {path}", file=sys.stderr)
    passed = failed = 0
    for path in files:
        outcomes, broken = run_file(path, session.settings, arguments.option("filter"))
        good = [each for each in outcomes if not each.findings]
        bad = [each for each in outcomes if each.findings]
        passed += len(good)
        failed += len(bad) + bool(broken)
        if not outcomes and not broken:
            continue
        marks = f"{len(good)} passed" + (f", {len(bad)} failed" if bad else "")
        print(f"{path}: {'cannot be run' if broken else marks}")
        for each in bad:
            print(f"  failed: {each.title}")
        for finding in [*broken, *[one for each in bad for one in each.findings]]:
            session.sink.report(finding)
    session.speak()
    print(f"{count(passed, 'test')} passed, {failed} failed")
    if not passed and not failed and not missing:
        wanted = arguments.option("filter")
        what = f"no title holds {wanted!r}" if wanted else "there is no `test` block in these files"
        print(f"vcfg: nothing was tested: {what}", file=sys.stderr)
        return 1
    if missing:
        return 2
    return 1 if failed else 0


def test_files(words: list[str]) -> tuple[list[str], list[str]]:
    """Files to run, folders searched for `*_test.vcfg`; and words that name nothing."""
    files: list[str] = []
    missing: list[str] = []
    for word in words:
        if os.path.isdir(word):
            for root, folders, names in os.walk(word):
                folders.sort()
                found = [name for name in sorted(names) if name.endswith("_test.vcfg")]
                files.extend([os.path.join(root, name) for name in found])
        elif os.path.exists(word):
            files.append(word)
        else:
            missing.append(word)
    return files, missing
