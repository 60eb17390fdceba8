"""What takes longest begins, where several processes share the tests."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.conftest import LONGEST

HERE = Path(__file__).parent


def test_the_long_ones_are_there() -> None:
    assert [name for name in LONGEST if not (HERE / name).is_file()] == []
    assert len(set(LONGEST)) == len(LONGEST)


def test_they_come_first_in_ci(tmp_path: Path) -> None:
    """With the words of .ci/run; otherwise pytest-xdist begins with what has most tests."""
    shutil.copy(HERE / "conftest.py", tmp_path)
    names = ["a/test_many.py", LONGEST[1], LONGEST[0], "z/test_more.py"]
    for name in names:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        count = 3 if name not in LONGEST else 1
        text = "".join(f"def test_{number}():\n    pass\n" for number in range(count))
        (tmp_path / name).write_text(text)
    ci = (HERE.parent / ".ci/run").read_text()
    found = re.search(r'^spread="-n \$\(nproc\) (.*)"$', ci, re.MULTILINE)
    assert found is not None
    words = ["-v", "-p", "no:cacheprovider", "--rootdir=.", "-n", "1", *found[1].split()]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *words],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    ran = re.findall(r"PASSED (\S+)::", done.stdout)
    assert list(dict.fromkeys(ran)) == [LONGEST[0], LONGEST[1], "a/test_many.py", "z/test_more.py"]
