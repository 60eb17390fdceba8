"""How a file came into the configuration: from itself to the root, import by import."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.diagnostics.model import Diagnostic
    from evaluator.names.load import Module

    Node = tuple[Any, ...]


def add_chains(modules: list[Module], findings: list[Diagnostic]) -> None:
    """Note in each finding, of every file it shows, what imported that file."""
    importers = _importers(modules)
    for finding in findings:
        paths = dict.fromkeys([label.span[0].path for label in finding.labels])
        chains = [chain(path, importers) for path in paths]
        finding.notes = (*finding.notes, *[each for each in chains if each])


def chain(path: str, importers: dict[str, tuple[Module, Node, Module]]) -> str:
    """`a.vcfg is imported by b.vcfg:1:1, which is imported by c.vcfg:2:1`; of a root nothing."""
    parts: list[str] = []
    seen: set[str] = set()
    while path in importers and path not in seen:
        seen.add(path)
        importer, statement, target = importers[path]
        line, column = importer.source.position(statement[1])
        name = f"`{target.source.name}`" if not parts else "which"
        parts.append(f"{name} is imported by {importer.source.name}:{line}:{column}")
        path = importer.source.path
    return ", ".join(parts)


def _importers(modules: list[Module]) -> dict[str, tuple[Module, Node, Module]]:
    """Of each file the import through which the root reaches it in the fewest steps."""
    found: dict[str, tuple[Module, Node, Module]] = {}
    if not modules:
        return found
    roots = {module.source.path for module in modules}
    for module in modules:
        roots -= {target.source.path for _statement, target in module.imports}
    queue = [module for module in modules if module.source.path in roots] or modules[-1:]
    reached = {module.source.path for module in queue}
    while queue:
        module = queue.pop(0)
        for statement, target in module.imports:
            path = target.source.path
            if path not in reached:
                reached.add(path)
                found[path] = (module, statement, target)
                queue.append(target)
    return found
