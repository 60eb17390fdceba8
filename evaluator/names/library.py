"""Which file of the shipped library declares a service: for suggestions, when one is missing."""

from __future__ import annotations

import os

from evaluator import resources


def importable(folder: str) -> list[str]:
    """Import texts of all modules below a folder, tests left out, sorted."""
    out = []
    for root, folders, files in os.walk(folder):
        folders.sort()
        for file in sorted(files):
            if file.endswith(".vcfg") and not file.endswith("_test.vcfg"):
                out.append(os.path.relpath(os.path.join(root, file), folder))
    return out


_services: dict[tuple[str, ...], str] = {}


def declaring(path: tuple[str, ...]) -> str | None:
    """Import text of the library's module whose service a path begins with, if there is one."""
    if not _services:
        _read_services()
    for end in range(len(path), 0, -1):
        if path[:end] in _services:
            return _services[path[:end]]
    return None


def services() -> list[str]:
    """Names of the library's services that stand at the top, sorted."""
    if not _services:
        _read_services()
    return sorted({path[0] for path in _services if len(path) == 1})


def _read_services() -> None:
    """Which module declares what, from the first words of its lines: this serves a message
    and decides nothing."""
    folder = resources.path("modules")
    for name in importable(folder):
        with open(os.path.join(folder, name), encoding="utf-8") as stream:
            for line in stream:
                words = line.split()
                if len(words) > 1 and words[0] == "service":
                    _services.setdefault(tuple(words[1].split(".")), name)
