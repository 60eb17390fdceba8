"""Asks a real nix; `NIXLIB` names the `lib` folder of nixpkgs.

python -m tests.peer SEED COUNT [-v]    fresh sets and mistakes; -v prints the files too
python -m tests.peer --record COUNT     write the fixtures that the test suite runs
"""

from __future__ import annotations

import json
import sys
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from tests.peer import real
from tests.peer.generate import generate
from tests.peer.judge import differences
from tests.peer.mistakes import Mistake, objections, path_said, peer_says
from tests.peer.to_vcfg import files_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

BATCH = 25
# One set in so many is also given a mistake.
MISTAKES = 5
FIXTURES = Path(__file__).parent / "fixtures"


def asked(seeds: list[int]) -> Iterator[tuple[int, Any, Any]]:
    """Seeds with their sets and the peer's answers."""
    for start in range(0, len(seeds), BATCH):
        part = seeds[start : start + BATCH]
        sets = [generate(seed) for seed in part]
        yield from zip(part, sets, real.answers(sets), strict=True)


def compare(first: int, number: int, *, loud: bool) -> int:
    """Print what is answered differently, with the files that show it; how many there are."""
    bad = failed = 0
    for seed, set_, wanted in asked(list(range(first, first + number))):
        found = [wanted] if isinstance(wanted, str) else differences(set_, wanted)
        failed += not isinstance(wanted, str) and any(["failed" in each for each in wanted])
        bad += _show(f"seed {seed}", set_, found, loud=loud)
    mistakes = range(first, first + number // MISTAKES)
    for seed in mistakes:
        mistake = Mistake(seed)
        path = path_said(".".join(mistake.path))
        found = objections(mistake.set, mistake.kind, path)
        said = peer_says(real.refusal(mistake.set))
        if said != (mistake.kind, path):
            found.append(f"meant {mistake.kind} at {path}, the peer says {said}")
        bad += _show(f"mistake {seed}", mistake.set, found, loud=loud)
    print(
        f"{number} sets, {failed} with failures; {len(mistakes)} mistakes;"
        f" {bad} answered differently"
    )
    return bad


def _show(title: str, set_: Any, found: list[str], *, loud: bool) -> bool:
    if found:
        print(f"{title}:", *found, sep="\n  ")
        if loud:
            for name, text in files_of(set_).items():
                print(f"# {name}\n{text}")
    return bool(found)


def record(number: int) -> None:
    """Write small sets and mistakes with the peer's answers."""
    FIXTURES.mkdir(exist_ok=True)
    small: list[int] = []
    for seed in count():
        if len(small) == number:
            break
        if len(_line(generate(seed))) < 4500:
            small.append(seed)
    lines = [
        _line({"seed": seed, "set": set_, "answer": answer}) for seed, set_, answer in asked(small)
    ]
    (FIXTURES / "sets.jsonl").write_text("".join(lines), encoding="utf-8")
    lines = []
    for seed in count():
        mistake = Mistake(seed)
        if len(_line(mistake.set)) < 3000:
            kind, path = peer_says(real.refusal(mistake.set))
            lines.append(_line({"seed": seed, "set": mistake.set, "kind": kind, "path": path}))
        if len(lines) == number // 2:
            break
    (FIXTURES / "mistakes.jsonl").write_text("".join(lines), encoding="utf-8")


def _line(data: object) -> str:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")) + "\n"


def main(words: list[str]) -> int:
    """Compare or record; 1 if anything was answered differently."""
    if words[0] == "--record":
        record(int(words[1]))
        return 0
    return 1 if compare(int(words[0]), int(words[1]), loud="-v" in words) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
