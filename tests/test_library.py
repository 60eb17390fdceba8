"""The shipped library: every module stands alone, says what it offers, and passes its tests."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from evaluator.cli.app import run
from evaluator.diagnostics.model import Sink
from evaluator.files import Disk
from evaluator.fleet.configure import Settings, configure, module_path
from evaluator.options.shapes import Option

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evaluator.options.shapes import Declarations, Shape

ROOT = Path(__file__).resolve().parent.parent
LIBRARY = ROOT / "modules"
CHAPTER = ROOT / "spec" / "70-library.md"

TESTS = sorted(LIBRARY.rglob("*_test.vcfg"))
EXAMPLES = sorted((ROOT / "spec" / "examples").rglob("*.vcfg"))
MODULES = [each for each in sorted(LIBRARY.rglob("*.vcfg")) if each not in TESTS]


def name(path: Path) -> str:
    """A file's path inside the library, for the names of tests."""
    return str(path.relative_to(LIBRARY))


@cache
def declarations(path: Path) -> Declarations:
    """What a module and its imports declare; fails on any finding."""
    sink = Sink()
    settings = Settings(Disk(), module_path((), {}), str(ROOT))
    world = configure(str(path), settings, sink)
    assert [each.message for each in sink.diagnostics] == []
    assert world is not None
    return world.declared


def options(shape: Shape) -> Iterator[Option]:
    """Every option below a shape, records not entered."""
    for member in shape.members.values():
        if isinstance(member, Option):
            yield member
        else:
            yield from options(member)
    if shape.any is not None:
        yield shape.any


@pytest.mark.parametrize("module", MODULES, ids=name)
def test_a_module_stands_alone_and_explains_itself(module: Path) -> None:
    declared = declarations(module)
    shapes = [declared.root, *[record.shape for record in declared.records]]
    silent = {
        f"{option.module.source.name}: {option.name}"
        for shape in shapes
        for option in options(shape)
        if not option.doc().strip()
    }
    assert silent == set()


@pytest.mark.parametrize("module", MODULES, ids=name)
def test_a_service_has_tests_beside_it(module: Path) -> None:
    here = [
        service
        for service in declarations(module).services.values()
        if service.module.source.path == str(module)
    ]
    assert not here or module.with_name(f"{module.stem}_test.vcfg") in TESTS


@pytest.mark.parametrize("file", TESTS, ids=name)
def test_the_tests_of_a_module_pass(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status = run(["test", str(file)])
    assert status == 0, capsys.readouterr().out


@pytest.mark.parametrize(
    "file", [*MODULES, *TESTS, *EXAMPLES], ids=lambda path: str(path.relative_to(ROOT))
)
def test_every_module_and_example_is_formatted(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where this fails: `vcfg fmt modules spec/examples`."""
    status = run(["fmt", "--diff", str(file)])
    assert status == 0, capsys.readouterr().out


def rows(service: str) -> list[tuple[str, str]]:
    """Names in Guix and here of one service's options, from the table of the chapter."""
    found = []
    for line in CHAPTER.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip().strip("`") for cell in line.strip("|").split("|")]
        if len(cells) == 4 and cells[0] == service:
            found.append((cells[1], cells[2]))
    return found


@pytest.mark.parametrize(
    ("service", "count"), [("libvirt", 52), ("virtlog", 6), ("qemu-binfmt", 2), ("hurd-vm", 9)]
)
def test_the_table_of_names_is_complete_and_true(service: str, count: int) -> None:
    shape = declarations(LIBRARY / "virtualization" / f"{service}.vcfg").services[(service,)].shape
    table = rows(service)
    assert len(table) == count
    for guix, here in table:
        path = here.split(".")
        assert path[0] == service
        assert path[1] in shape.members, here
        if guix != service:
            assert path[1] == guix.rstrip("?")
