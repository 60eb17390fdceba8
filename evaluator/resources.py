"""Where the shipped data lies: grammar, module library, error pages, schemas.

Inside the installed package (`evaluator/grammar`, …) or, when there is no such folder, in the
checkout: the folders beside `pyproject.toml`. Without that file beside it, a folder that
merely happens to be called `modules` is never taken. Lookup goes by this file's own folder,
which costs nothing at start; packages run from inside a zip archive are not supported.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    Kind = Literal["grammar", "modules", "errors", "schemas"]

_PACKAGE = os.path.dirname(os.path.abspath(__file__))
_CHECKOUT = os.path.dirname(_PACKAGE)
# kind: folder in the package, folder in the checkout, what proves it to be the right one
_FOLDERS: dict[str, tuple[str, str, str]] = {
    "grammar": ("grammar", "grammar", "vcfg.lark"),
    "modules": ("modules", "modules", ""),
    "errors": ("errors", os.path.join("spec", "errors"), ""),
    "schemas": ("", "spec", "plan.schema.json"),
}
_found: dict[str, str] = {}


def path(kind: Kind) -> str:
    """Absolute folder of a kind of shipped data; `FileNotFoundError` if it is missing."""
    folder = _found.get(kind)
    if folder is None:
        folder = _found[kind] = _find(kind)
    return folder


def text(kind: Kind, name: str) -> str:
    """Content of the shipped file `name` (`vcfg.lark`); `OSError` if it cannot be read."""
    with open(os.path.join(path(kind), name), encoding="utf-8", newline="") as file:
        return file.read()


def _find(kind: str) -> str:
    inside, beside, proof = _FOLDERS[kind]
    folder = os.path.join(_PACKAGE, inside)
    if os.path.exists(os.path.join(folder, proof)):
        return folder
    folder = os.path.join(_CHECKOUT, beside)
    if os.path.isfile(os.path.join(_CHECKOUT, "pyproject.toml")) and os.path.isdir(folder):
        return folder
    raise FileNotFoundError(folder)
