"""Options that are declared and never read."""

from __future__ import annotations

from evaluator.lints import errors
from evaluator.options.shapes import Shape

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from evaluator.lints.reads import Reads
    from evaluator.lints.subject import Subject
    from evaluator.options.shapes import Body, Option

    Node = tuple[Any, ...]


def never_read(subject: Subject) -> None:
    """Report options of the user's services and records that nothing reads.

    Only where others of the same body end in something, that is in an `extend`. Elsewhere the
    options are what the configuration is made for, and who evaluates it reads them.
    """
    reads = subject.survey.reads
    for service in subject.world.declared.services.values():
        if subject.is_own(service.module.source):
            _body(subject, reads, service.shape, service.body, ".".join(service.path))
    for record in subject.world.declared.records:
        if subject.is_own(record.module.source):
            for body in record.shape.bodies:
                if body.owner is record:
                    _body(subject, reads, record.shape, body, record.name)


def _body(subject: Subject, reads: Reads, shape: Shape, body: Body, name: str) -> None:
    options = [each for each in _declared(shape, body) if each.name not in ("enable", "*")]
    if not any([_ends_somewhere(reads, each) for each in options]):
        return
    for option in options:
        if option.kind != "computed" and not _is_former(option) and not reads.is_read(option):
            errors.never_read(subject.sink, option, name)


def _is_former(option: Option) -> bool:
    """Whether the option is kept for those who still set it."""
    return any([each[3] == "deprecated" for each in option.node[-1]])


def _ends_somewhere(reads: Reads, option: Option) -> bool:
    return any([extending for _role, extending in reads.uses.get(id(option), ())])


def _declared(shape: Shape, body: Body) -> Iterator[Option]:
    """Options that this body declares itself."""
    for member in shape.members.values():
        if isinstance(member, Shape):
            yield from _declared(member, body)
        elif member.body is body:
            yield member
