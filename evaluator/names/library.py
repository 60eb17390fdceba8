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


def near_files(text: str, folders: tuple[str, ...], importer: str) -> list[str]:
    """Import texts that look like one that leads nowhere, best first: of files below the
    folders, and beside the importer. Names are compared without folders and ending, which
    would make any two alike."""
    from evaluator.diagnostics.suggest import nearest

    texts: dict[str, list[str]] = {}
    for name in [each for folder in folders for each in importable(folder)]:
        texts.setdefault(stem(name), []).append(name)
    for name in _beside(text, importer):
        texts.setdefault(stem(name), []).append(name)
    wanted = stem(text)
    stems = [wanted] if wanted in texts else nearest(wanted, texts)
    return [each for near in stems for each in texts[near]][:3]


def stem(text: str) -> str:
    """The name of a file without its folder and ending."""
    return text.rpartition("/")[2].removesuffix(".vcfg")


def _beside(text: str, importer: str) -> list[str]:
    """Import texts of the other files in the folder that one points into."""
    own = os.path.dirname(importer)
    head, slash, _leaf = text.rpartition("/")
    if not text.startswith("."):
        head, slash = f"./{head}".rstrip("/"), "/"
    try:
        names = sorted(os.listdir(os.path.join(own, head)))
    except (OSError, ValueError):
        return []
    found = [head + slash + name for name in names if name.endswith(".vcfg")]
    return [each for each in found if os.path.normpath(os.path.join(own, each)) != importer]


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
