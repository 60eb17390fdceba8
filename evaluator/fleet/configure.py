"""One configuration from one file: load, declare, check, and stand ready to evaluate."""

from __future__ import annotations

import os
import sys

from evaluator import resources
from evaluator.definitions.checked import check_modules
from evaluator.evaluation.world import World
from evaluator.names.load import Loader
from evaluator.options.declare import declare

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.diagnostics.model import Sink
    from evaluator.files import Disk
    from evaluator.names.load import Module
    from evaluator.options.shapes import Declarations

DEPTH = 2_000_000


def module_path(folders: tuple[str, ...], environment: dict[str, str]) -> tuple[str, ...]:
    """Where bare imports are looked up: given folders, `VCFG_MODULES`, the shipped library."""
    extra = [each for each in environment.get("VCFG_MODULES", "").split(":") if each]
    return (*[os.path.abspath(each) for each in (*folders, *extra)], resources.path("modules"))


class Settings:
    """What the caller decides: files, module path, the folder messages are relative to."""

    __slots__ = ("base", "files", "folders")

    def __init__(self, files: Disk, folders: tuple[str, ...], base: str) -> None:
        self.files = files
        self.folders = folders
        self.base = base


def load(path: str, settings: Settings, sink: Sink) -> list[Module]:
    """Modules of the configuration rooted at a file; findings go to the sink."""
    loader = Loader(settings.files, settings.folders, sink, settings.base)
    return loader.load(path, loader.display(os.path.abspath(path)))


def configure(path: str, settings: Settings, sink: Sink) -> World | None:
    """A world ready to be evaluated, everything static checked; None if nothing was loaded.

    A world may be handed out although the sink has errors: what does not depend on them
    can still be evaluated, so that one run reports all there is.
    """
    modules = load(path, settings, sink)
    if not modules:
        return None
    return assemble(modules, settings, sink)


def is_fleet(modules: list[Module]) -> bool:
    """Whether some files describe hosts or variants, so that there are several configurations."""
    for module in modules:
        if module.hosts or has_variants(module.items):
            return True
    return False


def has_variants(items: tuple[Any, ...]) -> bool:
    """Whether there is a variant among some statements."""
    for item in items:
        if item[0] == "variant" or (item[0] == "section" and has_variants(item[4])):
            return True
    return False


def allow_depth() -> None:
    """Let options depend on each other in long chains."""
    if sys.getrecursionlimit() < DEPTH:
        sys.setrecursionlimit(DEPTH)


def assemble(modules: list[Module], settings: Settings, sink: Sink) -> World:
    """Declare and check a set of modules."""
    allow_depth()
    declared = declare(modules, sink)
    check_modules(modules, declared, sink)
    check_extensions(modules, declared, sink)
    world = World(modules, declared, sink, settings.files)
    for module in modules:
        world.inputs[module.source.path] = module.source.text
    return world


def check_extensions(modules: list[Module], declared: Declarations, sink: Sink) -> None:
    """Report services that extend each other in a circle, if any extends another."""
    if any(["extend" in module.source.text for module in modules]):
        from evaluator.services.graph import check_graph

        check_graph(declared, sink)


def inputs_hash(world: World) -> str:
    """Identity of everything that went in, whatever folder it lies in."""
    from _blake2 import blake2b

    digest: Any = blake2b(digest_size=16)
    for text in sorted(world.inputs.values()):
        data = text.encode("utf-8", "surrogatepass")
        digest.update(len(data).to_bytes(8, "big"))
        digest.update(data)
    return str(digest.hexdigest())
