"""Random module sets whose merge the peer computed; tests/peer/README.md says how."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.peer.judge import differences
from tests.peer.mistakes import objections

if TYPE_CHECKING:
    from typing import Any

FIXTURES = Path(__file__).parent / "peer" / "fixtures"


def recorded(name: str) -> list[Any]:
    text = (FIXTURES / f"{name}.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


@pytest.mark.parametrize("fixture", recorded("sets"), ids=lambda each: str(each["seed"]))
def test_a_set_merges_as_in_the_peer(fixture: Any) -> None:
    assert differences(fixture["set"], fixture["answer"]) == []


@pytest.mark.parametrize(
    "fixture", recorded("mistakes"), ids=lambda each: f"{each['kind']}-{each['seed']}"
)
def test_a_mistake_is_called_as_in_the_peer(fixture: Any) -> None:
    assert objections(fixture["set"], fixture["kind"], fixture["path"]) == []
