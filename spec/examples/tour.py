"""The tour behind `make demo`: one node from its description to the files of a root.

Evaluates `ganeti-node/node1.vcfg`, builds it into `out/ganeti-node/`, runs the activation
script on the empty folder `out/root` twice, and asks who set what. Runs as an ordinary user
and writes below `out/` only. Ends with status 1 when a step fails, or when the second run
of the script still found something to do.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TypedDict

CHECKOUT = Path(__file__).resolve().parents[2]
NODE = "spec/examples/ganeti-node/node1.vcfg"
BUILT = "out/ganeti-node"
ROOT = "out/root"
VCFG = (sys.executable, "-m", "evaluator")
STATE = "var/lib/vcfg"
"""Where an activated root remembers what was done to it."""

MAX_LINES = 24
KINDS = {
    "files": "file",
    "dirs": "folder",
    "links": "link",
    "users": "user",
    "groups": "group",
    "units": "unit",
    "cron": "cron file",
    "packages": "package",
    "snippets": "snippet",
}
"""Parts of a plan, and what one entry is."""

QUESTIONS = (
    "networking.interfaces.eth0.gateway",
    "ganeti.file-storage-paths",
    'etc.files."default/ganeti".text',
)

Snapshot = dict[str, tuple[int, str, bytes]]


class Origin(TypedDict):
    """Who asked for an entry."""

    file: str
    line: int
    path: str


class Entry(TypedDict):
    """What the tour reads of the entries of a plan."""

    path: str
    origin: list[Origin]


def main() -> int:
    """Walk through all steps; the exit status."""
    os.chdir(CHECKOUT)
    prepare()
    heading("What is merged")
    print(f"{NODE} in full:\n")
    show_text((CHECKOUT / NODE).read_text(encoding="utf-8"))
    show_command("vcfg", "eval", NODE, "networking")

    heading("What is built")
    show_command("vcfg", "build", NODE, "-o", BUILT)
    plan = json.loads(Path(BUILT, "plan.json").read_text(encoding="utf-8"))
    tell_plan(plan)

    heading("What is written")
    activate = ("sh", f"{BUILT}/activate", f"--root={ROOT}", "--ownership=skip", "--packages=skip")
    show_command(*activate)
    first = snapshot(Path(ROOT))
    print("A second run finds nothing to do:\n")
    show_command(*activate)
    changed = differences(first, snapshot(Path(ROOT)))
    if changed:
        print("... but it changed", ", ".join(changed))
        return 1
    tell_files(plan)

    heading("Who set what")
    for path in QUESTIONS:
        show_command("vcfg", "why", NODE, path, whole=True)
    print(f"Look around in {ROOT}/etc, change {NODE} and run `make demo` again.")
    return 0


def prepare() -> None:
    """Start from an empty scratch root; refuse when it would not lie in the checkout."""
    for folder in (Path("out"), Path(BUILT), Path(ROOT)):
        if folder.resolve() != CHECKOUT / folder:
            sys.exit(
                f"`{folder}` leads out of the checkout, to {folder.resolve()}: remove it first"
            )
    if Path(ROOT).exists():
        shutil.rmtree(ROOT)
    Path(ROOT).mkdir(parents=True)


def heading(words: str) -> None:
    """Begin a part of the tour."""
    print(f"\n== {words} {'=' * (70 - len(words))}\n", flush=True)


def show_command(*words: str, whole: bool = False) -> None:
    """Print a command and what it says; stop the tour if it fails."""
    print("$", shlex.join(words), flush=True)
    command = [*VCFG, *words[1:]] if words[0] == "vcfg" else list(words)
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    show_text(done.stdout, whole=whole or done.returncode != 0)
    if done.returncode:
        sys.exit(f"`{shlex.join(words)}` ended with status {done.returncode}")


def show_text(text: str, *, whole: bool = False) -> None:
    """Print a text, indented; the end of a long one is counted."""
    lines = text.rstrip("\n").split("\n") if text else []
    shown = lines if whole else lines[:MAX_LINES]
    for line in shown:
        print(f"  {line}".rstrip())
    if len(lines) > len(shown):
        print(f"  ... {len(lines) - len(shown)} more lines")
    print(flush=True)


def tell_plan(plan: dict[str, list[Entry]]) -> None:
    """Count what the plan holds."""
    counts = [
        f"{len(plan[kind])} {word}{'s' * (len(plan[kind]) > 1)}"
        for kind, word in KINDS.items()
        if plan[kind]
    ]
    print(f"The plan holds {', '.join(counts)}.")


def tell_files(plan: dict[str, list[Entry]]) -> None:
    """Name every file with the lines that asked for it."""
    print("Every file knows the lines that asked for it:\n")
    width = max(len(entry["path"]) for entry in plan["files"])
    for entry in plan["files"]:
        places = [f"{origin['file']}:{origin['line']}" for origin in entry["origin"]]
        first, *more = places or ["nobody"]
        print(f"  {entry['path']:{width}}  {first}{f' and {len(more)} more' if more else ''}")


def snapshot(root: Path) -> Snapshot:
    """Mode, link target and content of everything below a folder, by path."""
    found: Snapshot = {}
    for folder, folders, files in os.walk(root):
        for name in (*folders, *files):
            path = Path(folder, name)
            target = os.readlink(path) if path.is_symlink() else ""
            content = path.read_bytes() if path.is_file() and not target else b""
            found[str(path.relative_to(root))] = (path.lstat().st_mode, target, content)
    return found


def differences(before: Snapshot, after: Snapshot) -> list[str]:
    """Paths that came, went or changed, except the record of what was done."""
    return [
        path
        for path in sorted(before.keys() | after.keys())
        if before.get(path) != after.get(path) and not path.startswith(STATE)
    ]


if __name__ == "__main__":
    sys.exit(main())
