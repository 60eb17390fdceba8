"""What there is to say about a service besides its options: purpose, example, neighbors, checks."""

from __future__ import annotations

import os

from evaluator import resources
from evaluator.inspect.rules import message
from evaluator.manual.collect import records_in
from evaluator.manual.examples import example_in, without_example
from evaluator.options.shapes import Option, Shape, path_text
from evaluator.services.graph import edges

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.names.load import Module
    from evaluator.options.shapes import Body, Declarations, Service

    Node = tuple[Any, ...]

# The source of a condition that is longer is no explanation.
LONG_CONDITION = 60


class Described:
    """A service as its page has it; `name` is written as its options are."""

    def __init__(self, service: Service) -> None:
        self.name = path_text(service.path).replace("*", "<name>")
        self.file = f"{path_text(service.path).removesuffix('.*')}.md"
        self.module = imported_as(service.module)
        doc = str(service.node[7])
        self.example = example_in(doc)
        # What is said of the service, then of the file around it.
        said = [without_example(doc), head_of(service.module)]
        self.purpose = "\n\n".join([each for each in said if each])
        self.extends: list[str] = []
        self.extended_by: list[str] = []
        self.refuses: list[str] = []
        self.warns: list[str] = []

    def summary(self) -> str:
        """What it is for, in one sentence without its end."""
        text = " ".join(self.purpose.partition("\n\n")[0].split())
        return text.partition(". ")[0].rstrip(".")


def described(declared: Declarations) -> list[Described]:
    """All services, sorted by name."""
    services = [*declared.services.values(), *declared.families.values()]
    found = {service.path: Described(service) for service in services}
    for edge in edges(declared):
        source, target = found[edge.source], found[edge.target]
        if target.name not in source.extends:
            source.extends.append(target.name)
        if source.name not in target.extended_by:
            target.extended_by.append(source.name)
    for service in services:
        _add_checks(found[service.path], service)
    return sorted(found.values(), key=lambda each: each.name)


def imported_as(module: Module) -> str:
    """What to import for a module: of the library by its path in it."""
    if module.shipped:
        return os.path.relpath(module.source.path, resources.path("modules"))
    return f"./{os.path.basename(module.source.name)}"


def head_of(module: Module) -> str:
    """The `###` lines at the beginning of a file, without the file's name in front."""
    out: list[str] = []
    for line in module.source.text.split("\n"):
        if not line.startswith("###"):
            break
        out.append(line.removeprefix("###").removeprefix(" "))
    text = "\n".join(out).strip()
    name = imported_as(module).removeprefix("./").removesuffix(".vcfg")
    for known in (name, name.rpartition("/")[2]):
        if text.startswith(f"{known}: "):
            text = text.removeprefix(f"{known}: ")
            return text[:1].upper() + text[1:]
    return text


def _add_checks(page: Described, service: Service) -> None:
    bodies = [*service.shape.bodies]
    _add_bodies(service.shape, bodies)
    for body in bodies:
        for tag, text in _checks(body.items, body):
            said = page.refuses if tag == "assert" else page.warns
            if text and text not in said:
                said.append(text)


def _add_bodies(shape: Shape, bodies: list[Body]) -> None:
    """The bodies of the records that lie in a service, each once."""
    for member in [*shape.members.values(), *([shape.any] if shape.any is not None else [])]:
        if isinstance(member, Shape):
            _add_bodies(member, bodies)
        elif isinstance(member, Option):
            for _step, record in records_in(member.type):
                new = [each for each in record.shape.bodies if each not in bodies]
                if new:
                    bodies.extend(new)
                    _add_bodies(record.shape, bodies)


def _checks(items: tuple[Node, ...], body: Body) -> list[tuple[str, str]]:
    """Kind and message of every check, what stands in conditions and loops included."""
    source = body.module.source
    out: list[tuple[str, str]] = []
    for item in items:
        tag = item[0]
        if tag == "warn":
            out.append((tag, message(item[3], source)))
        elif tag == "assert":
            text = message(item[4], source) if item[4] is not None else ""
            condition = " ".join(source.text[item[3][1] : item[3][2]].split())
            if not text and len(condition) <= LONG_CONDITION:
                text = f"what does not hold to `{condition}`"
            out.append((tag, text))
        elif tag == "section":
            out += _checks(item[4], body)
        elif tag == "for":
            out += _checks(item[5], body)
        elif tag == "when":
            out += [*_checks(item[4], body), *_checks(item[5] or (), body)]
    return out
