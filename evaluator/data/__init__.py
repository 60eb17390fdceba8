"""Data files: JSON, YAML and TOML as the trees that statements and expressions have too.

A reader yields one value node (`record`, `list`, `str`, `int`, `float`, `bool`, `null`) whose
offsets point into the data file, so that every later room treats it as if it were written in
the language. What is no well-formed data becomes one finding.
"""

from __future__ import annotations

ENDINGS = {"json": "json", "yaml": "yaml", "yml": "yaml", "toml": "toml"}


def form_of(name: str) -> str | None:
    """`json`, `yaml` or `toml` by the ending of a file's name; None: it holds no data.

    Every import is asked, so this stands where nothing else has to be loaded.
    """
    return ENDINGS.get(name.rpartition(".")[2])
