"""The shipped library: every module stands alone, says what it offers, and passes its tests."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from evaluator.cli.app import run
from evaluator.diagnostics.model import Sink
from evaluator.files import Disk
from evaluator.fleet.configure import Settings, configure, module_path
from evaluator.manual.examples import example_in, without_example
from evaluator.options.shapes import Option

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

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


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The page of each service, and the list of them, as they are made now."""
    folder = tmp_path_factory.mktemp("services")
    assert run(["options", "--format", "pages", "-o", str(folder)]) == 0
    return {each.name: each.read_text(encoding="utf-8") for each in folder.iterdir()}


def test_every_service_has_a_page_that_is_true(
    pages: dict[str, str], expect: Callable[[Path, str], None]
) -> None:
    """Where this fails: `vcfg options --format pages -o spec/services`, or --update."""
    folder = ROOT / "spec" / "services"
    for name, text in sorted(pages.items()):
        expect(folder / name, text)
    assert sorted([each.name for each in folder.iterdir()]) == sorted(pages)


def test_the_example_of_every_page_works(
    pages: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, text in pages.items():
        if name == "README.md":
            continue
        file = tmp_path / f"{name}.vcfg"
        example = text.partition("```vcfg\n")[2].partition("```")[0]
        file.write_text(example, encoding="utf-8")
        assert run(["check", str(file)]) == 0, capsys.readouterr().out
        # No warnings either: those would stand before what is counted.
        assert capsys.readouterr().out == "", name
        assert run(["fmt", "--check", str(file)]) == 0, name


def test_every_service_has_an_example_of_its_own() -> None:
    for module in MODULES:
        for service in declarations(module).services.values():
            assert example_in(service.node[7]), f"{service.path}: `## ```vcfg` above the service"


def test_links_between_pages_lead_somewhere(pages: dict[str, str]) -> None:
    for text in pages.values():
        assert {*re.findall(r"\]\(([a-z.-]+)\)", text)} <= {*pages}


@pytest.fixture(scope="module")
def listed(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """Every option of the library as `vcfg options` lists it, records entered."""
    file = tmp_path_factory.mktemp("listed") / "options.json"
    assert run(["options", "--all", "--format", "json", "-o", str(file)]) == 0
    found: list[dict[str, Any]] = json.loads(file.read_text(encoding="utf-8"))["options"]
    return found


#: Words without which a sentence says the same.
FILLING = {"a", "an", "for", "in", "is", "it", "its", "of", "that", "the", "this", "to", "whether"}


def said(facts: dict[str, Any]) -> set[str]:
    """The words of a description that the option's name and its service do not have already."""
    name = {*re.findall(r"[a-z0-9]+", facts["path"].rpartition(".")[2])}
    name |= {f"{each}s" for each in name} | {each.rstrip("s") for each in name}
    text = without_example(facts["description"]).lower()
    return {*re.findall(r"[a-z0-9]+", text)} - name - FILLING


def test_a_description_says_more_than_the_name(listed: list[dict[str, Any]]) -> None:
    bare = {
        each["path"]: each["description"]
        for each in listed
        if len(said(each)) < 2 and not each["path"].endswith(".enable")
    }
    assert bare == {}


#: What a number counts or measures, or whose number it is.
COUNTED = re.compile(
    r"\b(bits|bytes?|calls|clients|connections|frames?|guests|group|highest|hops|level|logs|lowest"
    r"|megabytes|MiB|milliseconds|minutes|number|pages|percent|ports?|questions|seconds|sectors"
    r"|smallest|table|tag|threads|times|user)\b",
    re.IGNORECASE,
)


def numbers(schema: dict[str, Any]) -> bool:
    """Whether some value is a number."""
    if "anyOf" in schema:
        return any(numbers(each) for each in schema["anyOf"])
    return schema.get("type") in ("integer", "number")


def test_a_number_says_what_it_counts(listed: list[dict[str, Any]]) -> None:
    """A unit of the type does, or the description; one that refers to another option may."""
    silent = {
        each["path"]: each["description"]
        for each in listed
        if numbers(each["schema"])
        and each["unit"] is None
        and not COUNTED.search(each["description"])
        and not re.search(r"[Aa]s `", each["description"])
    }
    assert silent == {}


def test_descriptions_are_sentences(listed: list[dict[str, Any]]) -> None:
    odd = {
        each["path"]: each["description"]
        for each in listed
        if not re.match(r"[A-Z0-9`\"/*]", each["description"])
        or not re.search(r"([.?!:;`)}\]]|`{3})$", each["description"])
    }
    assert odd == {}
