"""What is known of files from an earlier run changes nothing about what is found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from evaluator.definitions import check

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Ran, RunVcfg

MAIN = """
import "./options.vcfg"
import "./values.vcfg"
let twice(x) = 2 * x
demo.size = twice(4)
"""
OPTIONS = """
service demo {
  option size: int = 1
  option names: list(string) = []
}
"""
VALUES = 'demo.names = ["a"]\nwhen config.demo.size > 2 { demo.names = ["b"] }\n'


class Project:
    """Files in a folder, with a cache, and which of them were looked at in the last run."""

    def __init__(self, folder: Path, vcfg: RunVcfg, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.vcfg = vcfg
        self.seen: list[str] = []
        monkeypatch.setenv("VCFG_CACHE_DIR", str(folder / "cache"))
        monkeypatch.setenv("VCFG_CACHE", "on")  # what --no-cache sets is taken back
        usual = check.Checker.module

        def module(checker: Any, each: Any, *more: Any) -> None:
            self.seen.append(each.source.path.rpartition("/")[2])
            usual(checker, each, *more)

        monkeypatch.setattr(check.Checker, "module", module)
        self.write(main=MAIN, options=OPTIONS, values=VALUES)

    def write(self, **texts: str) -> None:
        for name, text in texts.items():
            (self.folder / f"{name}.vcfg").write_text(text)

    def run(self, *words: str) -> Ran:
        self.seen.clear()
        return self.vcfg("eval", *words, self.folder / "main.vcfg")


@pytest.fixture
def project(tmp_path: Path, vcfg: RunVcfg, monkeypatch: pytest.MonkeyPatch) -> Project:
    return Project(tmp_path, vcfg, monkeypatch)


def test_what_is_in_order_is_not_looked_at_again(project: Project) -> None:
    first = project.run()
    assert project.seen == ["options.vcfg", "values.vcfg", "main.vcfg"]
    assert project.run() == first
    assert project.seen == []


def test_only_a_changed_file_is_looked_at(project: Project) -> None:
    project.run()
    project.write(values=VALUES + 'demo.names = ["c"]\n')
    assert project.run().status == 0
    assert project.seen == ["values.vcfg"]
    project.write(values=VALUES)
    project.run()
    assert project.seen == []


def test_a_mistake_is_found_every_time(project: Project) -> None:
    project.run()
    project.write(values=VALUES + "demo.nmaes = []\n")
    first = project.run()
    assert "did you mean `names`?" in first.err
    assert project.run() == first
    assert project.seen == ["values.vcfg"]


@pytest.mark.parametrize(
    ("options", "word"),
    [
        (OPTIONS.replace("names", "labels"), "no option `names`"),
        (OPTIONS.replace("  option names", "  computed names"), "computed"),
        (OPTIONS.replace("size", "count"), "no option `size`"),
        (OPTIONS.replace("  option names", '  @deprecated("old")\n  option names'), "warning"),
    ],
)
def test_what_is_declared_otherwise_is_seen_everywhere(
    options: str, word: str, project: Project
) -> None:
    project.run()
    project.write(options=options)
    found = project.run()
    assert word in found.err
    assert found == project.run() == project.run("--no-cache")


def test_circles_of_names_are_found_every_time(project: Project) -> None:
    project.write(main=MAIN + "let a = b\nlet b = a\n")
    first = project.run()
    assert first.status == 1
    assert project.run() == first


def test_circles_through_files_are_found_every_time(project: Project) -> None:
    project.write(
        main='import "./values.vcfg" as values\nlet a = 1\n',
        values='import "./main.vcfg" as main\nlet b = main.a\n',
    )
    assert project.run().status == 0
    project.write(main='import "./values.vcfg" as values\nlet a = values.b\n')
    first = project.run()
    assert first.status == 1
    assert project.run() == first


def test_what_a_name_of_an_import_leads_to_counts(project: Project) -> None:
    project.write(
        main='import "./values.vcfg" as values\nimport "./options.vcfg"\ndemo.size = values.size\n',
        values="let size = 1\n",
    )
    assert project.run().status == 0
    project.run()
    assert project.seen == []
    project.write(values="let size = 2\n")
    assert project.run().status == 0
    assert project.seen == ["values.vcfg", "main.vcfg"]
    project.write(values="let sizes = 2\n")
    first = project.run()
    assert first.status == 1
    assert project.run() == first


def test_circles_through_three_files_are_found(project: Project) -> None:
    project.write(
        main='import "./values.vcfg" as values\nlet a = values.b\n',
        values='import "./options.vcfg" as options\nlet b = options.c\n',
        options='import "./main.vcfg" as main\nlet c = 1\n',
    )
    assert project.run().status == 0
    project.write(options='import "./main.vcfg" as main\nlet c = main.a\n')
    first = project.run()
    assert first.status == 1
    assert project.run() == first == project.run("--no-cache")


def test_declarations_between_definitions_count(project: Project) -> None:
    project.write(values=VALUES + "option more: int = 1\nmore = 2\n", main=MAIN + "more = 2\n")
    assert project.run().status == 0
    project.write(values=VALUES + "option most: int = 1\nmost = 2\n")
    assert "no option `more`" in project.run().err


def test_nothing_is_believed_without_a_cache(project: Project) -> None:
    project.run()
    project.run("--no-cache")
    assert project.seen == ["options.vcfg", "values.vcfg", "main.vcfg"]
