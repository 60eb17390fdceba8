"""Asks a real nix; `NIXLIB` names the `lib` folder of nixpkgs."""

from __future__ import annotations

import json
import os
import re
import subprocess
import tempfile
from typing import TYPE_CHECKING, Any

from tests.peer.to_nix import expression_of

if TYPE_CHECKING:
    from tests.peer.model import Set

COLOR = re.compile("\x1b\\[[0-9;]*m")


class Refused(Exception):
    """What nix said instead of an answer."""


def run(expression: str) -> Any:
    """The value of an expression; `lib` is nixpkgs'."""
    folder = os.path.abspath(os.environ["NIXLIB"])
    with tempfile.NamedTemporaryFile("w", suffix=".nix", delete=False) as file:
        file.write(f"let lib = import {folder}; in {expression}\n")
    command = ["nix-instantiate", "--eval", "--strict", "--json", file.name]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Refused(COLOR.sub("", done.stderr))
    os.unlink(file.name)
    return json.loads(done.stdout)


def answers(sets: list[Set]) -> list[Any]:
    """For each set the answers of its options; a text where nix gave up on the whole set."""
    try:
        return list(run("[\n" + "\n".join([f"(({expression_of(s)}) lib)" for s in sets]) + "\n]"))
    except Refused as problem:
        if len(sets) == 1:
            return [str(problem)]
    middle = len(sets) // 2
    return answers(sets[:middle]) + answers(sets[middle:])


def refusal(set_: Set) -> str:
    """What nix says about a set that is wrong; empty if it takes it."""
    try:
        run(f"({expression_of(set_, careful=False)}) lib")
    except Refused as problem:
        return str(problem)
    return ""
