"""Everything a host gets, in memory: nothing is written before it is there for all hosts.

A fleet has an index above its hosts' folders, with the hash of every output.
"""

from __future__ import annotations

import os
import shlex
from hashlib import sha256
from pathlib import Path

from evaluator.emit.outputs import CannotAdapt, Output
from evaluator.emit.write import adapted, render_outputs, write_outputs
from evaluator.types.values import dump_json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from typing import Any

    from evaluator.emit.outputs import Outputs

INDEX = "index.json"
VERSION = 1


class Prepared:
    """The outputs of one host; `shared` ones lie above it. `problems` keep all from being written.

    `told` are lines that say how to use what builders get, `notes` what to know about that.
    """

    __slots__ = ("host", "name", "notes", "outputs", "problems", "shared", "told")

    def __init__(self, name: str, outputs: Outputs) -> None:
        self.name = name
        # what the machine calls itself, by which its script knows it
        self.host = ""
        self.outputs = outputs
        self.shared: Outputs = {}
        self.told: list[str] = []
        self.notes: list[str] = []
        self.problems: list[str] = []


def prepare(plan: dict[str, Any], builders: Sequence[str], folder: str, name: str) -> Prepared:
    """What is to be written for a plan below `folder`; `name` is that of a host in a fleet."""
    outputs = render_outputs(plan)
    made = Prepared(name, dict(outputs))
    made.host = plan["host"]
    place = os.path.join(folder, name) if name else folder
    for builder in builders:
        try:
            found = adapted(plan, outputs, builder, is_fleet=bool(name))
        except CannotAdapt as problem:
            made.problems.append(f"--for {builder}: {problem}")
            continue
        used = folder if found.is_shared else place
        made.told.append(f"{builder}: {found.usage(shlex.quote(used))}")
        made.notes += [f"{builder}: note: {note}" for note in found.notes]
        if name and found.is_shared:
            made.shared |= found.outputs
        else:
            made.outputs |= found.outputs
    return made


def write_prepared(hosts: list[Prepared], folder: str) -> list[Path]:
    """Write everything, each host in its folder, then what is above; the paths that changed."""
    written = []
    for host in hosts:
        written += write_outputs(host.outputs, os.path.join(folder, host.name))
    if hosts[0].name:
        above = {name: output for host in hosts for name, output in host.shared.items()}
        written += write_outputs({**above, INDEX: Output(index(hosts, above))}, folder)
    return written


def index(hosts: list[Prepared], above: Outputs) -> str:
    """`index.json` of a fleet: SHA-256 of every output, by host."""
    document = {
        "version": VERSION,
        "hosts": {host.name: _hashes(host.outputs) for host in hosts},
        "shared": _hashes(above),
    }
    return dump_json(document) + "\n"


def left_over(folder: str, names: Collection[str]) -> list[str]:
    """Folders of hosts in a fleet's folder that the fleet does not have, sorted."""
    with os.scandir(folder) as entries:
        found = [each.name for each in entries if each.is_dir(follow_symlinks=False)]
    made = ("activate", "manifest.json")
    return sorted(
        name
        for name in found
        if name not in names and all(Path(folder, name, each).is_file() for each in made)
    )


def _hashes(outputs: Outputs) -> dict[str, str]:
    return {name: sha256(output.content).hexdigest() for name, output in outputs.items()}
