"""mkosi: what its scripts do when it tells them less than they expect, and packages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from evaluator.emit.write import adapted, render_outputs
from tests.activation.box import Box, plan_of, tree

from .carriers import build, fill

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.root
@pytest.mark.needs("bwrap", package="bubblewrap")
@pytest.mark.parametrize("script", ["mkosi.postinst", "mkosi.finalize"])
@pytest.mark.parametrize("word", ["A=", "BUILDROOT="])
def test_no_script_acts_on_a_root_that_it_was_not_told(
    script: str, word: str, tmp_path: Path
) -> None:
    box = Box(tmp_path)
    box.root.mkdir()
    fill(box.root)
    out = build(box, "mkosi")
    before = tree(box.root)
    words = ("env", word, "sh", f"/in/{out.name}/{script}", "final")
    done = box.inside(*words, VCFG_SECRETS="/in/keys")
    assert tree(box.root) == before
    if script == "mkosi.postinst":
        assert (done.code, done.out) == (0, "")
        assert "left to mkosi.finalize" in done.err
    else:
        assert done.code == 64
        assert "--root= is empty" in done.err


def test_the_other_command_for_secrets_is_named() -> None:
    def notes(reference: dict[str, str]) -> tuple[str, ...]:
        plan = plan_of({"files": {"/etc/a": {"text": {"secret": reference}, "mode": "0600"}}})
        return adapted(plan, render_outputs(plan), "mkosi").notes

    [note] = notes({"name": "db"})
    assert "mkosi 14" in note
    assert notes({"file": "/run/db"}) == ()


def test_packages() -> None:
    def conf(*packages: str) -> list[str]:
        plan = plan_of({"packages": list(packages), "files": {"/etc/a": {"text": ""}}})
        found = adapted(plan, render_outputs(plan), "mkosi").outputs["mkosi.conf"]
        return found.content.decode().splitlines()[1:]

    assert conf() == ["[Content]", "Packages="]
    assert conf("curl", "a+b") == ["[Content]", "Packages=", "    a+b", "    curl"]
