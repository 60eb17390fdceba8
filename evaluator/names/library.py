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


def declaring(path: tuple[str, ...]) -> str | None:
    """Import text of the library's module whose service a path begins with, if there is one.

    Reads the first words of lines only: this serves a message and decides nothing.
    """
    folder = resources.path("modules")
    for name in importable(folder):
        with open(os.path.join(folder, name), encoding="utf-8") as stream:
            for line in stream:
                words = line.split()
                if len(words) > 1 and words[0] == "service":
                    declared = tuple(words[1].split("."))
                    if path[: len(declared)] == declared:
                        return name
    return None
