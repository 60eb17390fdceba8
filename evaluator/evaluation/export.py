"""The whole configuration as plain JSON data, forcing everything and running every check.

What fails is left out and reported; the caller prints nothing where anything failed. A
disabled service is looked at last: what has no value there, or would be computed from what
has none, is left out without a word.
"""

from __future__ import annotations

from evaluator.diagnostics.model import Stop
from evaluator.evaluation.endless import DEEPEST, is_endless, refuse
from evaluator.evaluation.maps import MapScope
from evaluator.evaluation.scope import Scope
from evaluator.evaluation.slots import Slots
from evaluator.options.shapes import Option, Shape, path_text
from evaluator.types.values import kind_of, to_json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from evaluator.definitions.definition import Definition
    from evaluator.diagnostics.model import Diagnostic
    from evaluator.evaluation.world import World
    from evaluator.types.scalars import Type


# What can be wrong with a definition only because others are missing beside it.
LACKS = ("missing-value", "nothing-to-remove", "unknown-field")


# Classes of values that are their own JSON form.
PLAIN = frozenset((str, int, bool))


def export(world: World, job: Export | None = None) -> Any:
    """JSON form of everything; findings are in the world's sink."""
    job = job or Export()
    data = job.value(world.root, disabled=False)
    if job.checked:
        job.run_checks()
    if world.instances is not None:
        from evaluator.evaluation.targets import check_targets

        check_targets(world)
    if world.removed:
        from evaluator.evaluation.removed import report_removed

        report_removed(world)
    job.finish()
    if world.declared.core is not None:
        from evaluator.evaluation.levels import weigh

        weigh(world)
        if not world.root.definitions_of("checks"):
            data.pop("checks", None)
    # What fails for the sake of another configuration is told there.
    world.is_partial = job.is_partial and any([each.sink.has_errors() for each in world.kin])
    return data


def export_value(value: Any) -> Any:
    """JSON form of a value, without running checks."""
    job = Export()
    data = job.value(value, disabled=False)
    job.finish()
    return data


class Export:
    """One walk: `checked` are scopes whose checks hold, `later` options of disabled services."""

    __slots__ = ("around", "checked", "is_alone", "is_over", "is_partial", "later", "off", "slot")

    def __init__(self, *, is_alone: bool = False) -> None:
        # Whether this looks at one definition alone; then it looks no closer.
        self.is_alone = is_alone
        # Whether something was left out that is no part of a disabled service.
        self.is_partial = False
        self.checked: list[Scope] = []
        self.later: list[tuple[Scope, str, dict[str, Any]]] = []
        # Where the disabled services lie, as the beginnings of paths.
        self.off: list[str] = []
        # The scopes around what is looked at, and the slot of the last one it is in; whether
        # they were too many, so that there is nothing to go on with.
        self.around: tuple[Slots, ...] = ()
        self.slot = ""
        self.is_over = False

    def value(self, value: Any, *, disabled: bool) -> Any:
        """JSON form of a value."""
        if value.__class__ in PLAIN:
            return value
        if isinstance(value, Slots):
            return self._inside(value, disabled=disabled)
        if isinstance(value, list):
            return [
                item if item.__class__ in PLAIN else self.value(item, disabled=disabled)
                for item in value
            ]
        if isinstance(value, dict):
            return {name: self.value(item, disabled=disabled) for name, item in value.items()}
        try:
            return to_json(value)
        except TypeError:
            if kind_of(value) != "deferred":
                raise
        from evaluator.evaluation.type_errors import deferred_as_value

        deferred_as_value(value)

    def _inside(self, scope: Slots, *, disabled: bool) -> Any:
        around, slot = self.around, self.slot
        if around and is_endless(scope, around):
            self.is_over = len(around) > DEEPEST
            refuse(around[-1], slot)
        self.around = (*around, scope)
        try:
            if isinstance(scope, Scope):
                return self._scope(scope, disabled=disabled)
            if isinstance(scope, MapScope):
                return self._map(scope, disabled=disabled)
            raise Stop  # The beginning of an old name, which was reported where it is read.
        finally:
            self.around, self.slot = around, slot

    def _failed(self, owner: Any, name: str, type_: Type | None) -> None:
        """Look at a slot that has no value, unless it is too deep in one without end."""
        if self.is_over:
            if len(self.around) > 1:
                raise Stop
            self.is_over = False
        elif type_ is not None and not self.is_alone:
            one_by_one(owner, name, type_, owner.definitions_of(name))

    def _scope(self, scope: Scope, *, disabled: bool) -> dict[str, Any]:
        out: dict[str, Any] = {}
        if scope.shape.service is not None:
            disabled = self._is_off(scope)
        try:
            names = scope.names()
            scope.parts()
        except Stop:
            if disabled:
                raise
            self.is_partial = True
            return out
        members = scope.shape.members
        for name in names:
            if disabled and not isinstance(members.get(name), Shape):
                self.later.append((scope, name, out))
                continue
            self.slot = name
            try:
                value = scope.get(name)
                if value.__class__ not in PLAIN:
                    value = self.value(value, disabled=disabled)
                out[name] = value
            except Stop:
                self.is_partial = self.is_partial or not disabled
                member = members.get(name)
                self._failed(scope, name, member.type if isinstance(member, Option) else None)
        if scope.checks and not disabled:
            self.checked.append(scope)
        return out

    def _is_off(self, service: Scope) -> bool:
        try:
            disabled = service.get("enable") is not True
        except Stop:
            disabled = True
        if disabled:
            self.off.append(path_text(service.path()) + ".")
        return disabled

    def _map(self, scope: MapScope, *, disabled: bool) -> Any:
        out: dict[str, Any] = {}
        try:
            names = scope.names()
        except Stop:
            self.is_partial = self.is_partial or not disabled
            if not disabled and not self.is_alone:
                for definition in scope.definitions:
                    alone(scope.world, scope.only, definition, path_text(scope.path()))
            return out
        for name in names:
            self.slot = name
            try:
                value = scope.get(name)
                if getattr(value, "kind", "") != "deferred":
                    out[name] = self.value(value, disabled=disabled)
            except Stop:
                self.is_partial = self.is_partial or not disabled
                self._failed(scope, name, scope.type)
        if scope.is_list:
            return list(out.values())
        if scope.is_ordered:
            return [{"name": name, "value": value} for name, value in out.items()]
        return out

    def run_checks(self) -> None:
        """Run the checks of what has been walked through."""
        from evaluator.evaluation.checks import run_checks

        for scope in self.checked:
            run_checks(scope.checks, scope)

    def finish(self) -> None:
        """Fill in what disabled services have; that nobody gave something a value is no matter."""
        later = self.later
        at = 0
        while at < len(later):
            scope, name, out = later[at]
            at += 1
            sink = scope.world.sink
            before = len(sink.diagnostics)
            try:
                out[name] = self.value(scope.get(name), disabled=True)
            except Stop:
                sink.take_back(before, self._is_no_matter)
        later.clear()

    def _is_no_matter(self, finding: Diagnostic) -> bool:
        return finding.code == "missing-value" and (finding.path or "").startswith(tuple(self.off))


def one_by_one(owner: Any, name: str, type_: Type, definitions: list[Definition]) -> None:
    """Look at each definition of a slot that failed as if it were the only one.

    What is wrong with one of them does not hide what is wrong with another.
    """

    key = name if owner.is_map else owner.key

    def resolved(definition: Definition) -> Any:
        return owner.world.resolve(owner, name, type_, [definition], None, key)

    place = path_text(owner.path(name))
    for definition in definitions:
        if definition.statement[0] != "remove":
            alone(owner.world, resolved, definition, place)


def alone(
    world: World, made: Callable[[Definition], Any], definition: Definition, place: str
) -> None:
    """Force what one definition makes at a place; that others would add to it is no matter.

    What is lacking elsewhere was looked at for the first time, perhaps, and is told.
    """
    before = len(world.sink.diagnostics)
    job = Export(is_alone=True)
    try:
        job.value(made(definition), disabled=False)
        job.finish()
    except Stop:
        job.later.clear()
    finally:
        told = world.sink.diagnostics
        world.sink.take_back(
            before,
            lambda finding: (
                (finding.code in LACKS and (finding.path or place).startswith(place))
                or _is_told(finding, told[:before])
            ),
        )


def _is_told(finding: Diagnostic, earlier: list[Diagnostic]) -> bool:
    """Whether the same was found at the same place, perhaps with another number in a list."""
    label = finding.primary()
    for each in earlier:
        other = each.primary()
        if label and other and each.code == finding.code and other.span == label.span:
            return True
    return False
