"""The house: style and types, which room may look into which, what a start may load."""

from __future__ import annotations

import ast
import importlib.util
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from evaluator.diagnostics.codes import CODES

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "evaluator"

FLOORS = (
    "source",
    "files",
    "resources",
    "diagnostics",
    "syntax",
    "formatting",
    "data",
    "types",
    "names",
    "options",
    "definitions",
    "evaluation",
    "services",
    "fleet",
    "plan",
    "emit",
    "inspect",
    "flows",
    "manual",
    "graphs",
    "lints",
    "cli",
)
"""A floor imports itself and what stands before it."""

COLD = frozenset(
    {
        "argparse",
        "dataclasses",
        "enum",
        "importlib.resources",
        "inspect",
        "json",
        "jsonschema",
        "lark",
        "networkx",
        "pathlib",
        "re",
        "typer",
        "typing",
    }
)
"""What a warm `vcfg eval` may not load: together more than the whole evaluation."""


def run_tool(*words: str) -> None:
    """Run a tool of the test environment; its output is the whole failure."""
    if importlib.util.find_spec(words[0]) is None:
        pytest.skip(f"needs {words[0]}: pip install -e '.[test]'")
    done = subprocess.run(
        [sys.executable, "-m", *words], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        pytest.fail((done.stdout + done.stderr).strip(), pytrace=False)


def test_lint() -> None:
    run_tool("ruff", "check", "--quiet", "--output-format=concise", ".")


def test_format() -> None:
    run_tool("ruff", "format", "--quiet", "--diff", ".")


@pytest.mark.slow
def test_types() -> None:
    run_tool("mypy", "--no-error-summary")


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def floor_of(parts: tuple[str, ...]) -> str | None:
    """The floor of `evaluator.FLOOR…`; None for the package's own front door."""
    return None if len(parts) < 2 or parts[1].startswith("__") else parts[1]


def imported(path: Path) -> set[str]:
    """Floors that a module imports, for types only or for real, anywhere in it."""
    found: set[str | None] = set()
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: imports are absolute"
            names = [node.module or ""]
            if node.module == "evaluator":
                names = [f"evaluator.{alias.name}" for alias in node.names]
        else:
            continue
        found.update(floor_of(tuple(n.split("."))) for n in names if n.startswith("evaluator"))
    return {name for name in found if name is not None}


@pytest.mark.parametrize("floor", FLOORS)
def test_a_floor_looks_only_down(floor: str) -> None:
    allowed = set(FLOORS[: FLOORS.index(floor) + 1])
    strays = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in modules()
        if floor_of(path.relative_to(ROOT).with_suffix("").parts) == floor
        for name in sorted(imported(path) - allowed)
    ]
    assert not strays


def test_every_room_is_a_floor() -> None:
    rooms = {
        path.stem
        for path in PACKAGE.iterdir()
        if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    assert rooms - {"__init__", "__main__"} <= set(FLOORS)


def test_rooms_stay_small() -> None:
    long = [
        f"{path.relative_to(ROOT)}: {lines} lines"
        for path in [*modules(), *sorted((ROOT / "tests").rglob("*.py"))]
        if (lines := path.read_bytes().count(b"\n")) > 600
    ]
    assert not long


def loaded_by(path: Path, cache: Path, verb: str = "eval") -> set[str]:
    """Modules that a verb loads beyond a bare interpreter where a file was parsed before."""
    program = (
        "import sys\n"
        f"bare = set(sys.modules)\nsys.path.insert(0, {str(ROOT)!r})\n"
        "from evaluator.cli.app import run\n"
        "status = run(sys.argv[1:])\n"
        "print(status, *(set(sys.modules) - bare), file=sys.stderr)\n"
    )
    command = [sys.executable, "-I", "-c", program, verb, str(path)]
    environment = {"PATH": "/usr/bin:/bin", "VCFG_CACHE_DIR": str(cache)}
    for _ in ("cold", "warm"):
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    status, *loaded = done.stderr.splitlines()[-1].split()
    assert status == "0", done.stderr
    assert json.loads(done.stdout) if verb == "eval" else "warning" in done.stdout
    return set(loaded)


def test_a_warm_start_loads_nothing_heavy(tmp_path: Path) -> None:
    file = tmp_path / "main.vcfg"
    file.write_text("service demo { option port: port = 80 }\n")
    assert sorted(COLD & loaded_by(file, tmp_path / "cache")) == []


def test_a_warm_check_loads_nothing_heavy(tmp_path: Path) -> None:
    """Not for its lints and its findings either; patterns are those of the library's options."""
    file = tmp_path / "main.vcfg"
    file.write_text('import "etc.vcfg"\n\nlet unused = 1\n\netc.files.motd.text = "a"\n')
    loaded = loaded_by(file, tmp_path / "cache", "check")
    assert sorted(COLD & loaded - {"re", "enum"}) == []


def test_a_warm_node_loads_patterns_only(tmp_path: Path) -> None:
    """Regular expressions are loaded when the first option that has one gets a value."""
    node = ROOT / "spec" / "examples" / "ganeti-node" / "node1.vcfg"
    assert sorted(COLD & loaded_by(node, tmp_path) - {"re", "enum"}) == []


@pytest.mark.parametrize("code", CODES)
def test_every_code_can_be_explained(code: str) -> None:
    from evaluator.diagnostics.explain import page

    text = page(code)
    assert text is not None
    assert text.startswith(f"# {code}\n\n")


def test_there_is_no_page_for_what_is_no_code() -> None:
    from evaluator.diagnostics.explain import page

    assert page("README") is None
    assert page("../internals") is None


def test_codes_are_used() -> None:
    """Every code is reported somewhere, and every code that is reported is known."""
    source = "\n".join(path.read_text() for path in modules() if path.name != "codes.py")
    unused = [code for code in CODES if f'"{code}"' not in source]
    assert not unused


@pytest.mark.parametrize(
    "path", sorted((ROOT / "spec").glob("*.schema.json")), ids=lambda p: p.name
)
def test_schemas_are_schemas_and_shipped(path: Path) -> None:
    import jsonschema

    schema = json.loads(path.read_text())
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    jsonschema.Draft202012Validator.check_schema(schema)
    assert f'"spec/{path.name}"' in (ROOT / "pyproject.toml").read_text()


def test_debian_packages_are_listed_once() -> None:
    """One list for the integration tests, one for the rest; `.ci/run` installs both."""
    script = (ROOT / ".ci" / "run").read_text()
    for path in sorted((ROOT / "tests").rglob("debian-packages.txt")):
        assert str(path.relative_to(ROOT)) in script
        names = re.sub("#.*", "", path.read_text()).split()
        assert names == sorted(set(names))
