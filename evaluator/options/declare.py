"""From the modules' declarations to the option tree.

Reads records, types, services and options of every module, resolves the types they name
and reports what contradicts: one path declared twice, a path that is option and group, an
unknown type, a bad range. Values play no part, so this is complete before any is computed.
"""

from __future__ import annotations

from evaluator.diagnostics.model import Stop
from evaluator.options.core import speaks_of_checks
from evaluator.options.resolve import TypeResolver
from evaluator.options.shapes import Body, Declarations, Option, Record, Rename, Service, Shape

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.diagnostics.model import Sink
    from evaluator.names.load import Module

    Node = tuple[Any, ...]
    Path = tuple[str, ...]

HOLDING = ("record", "once", "refined")


def declare(modules: list[Module], sink: Sink) -> Declarations:
    """The option tree of a set of modules, in module order."""
    builder = Builder(modules, sink)
    builder.records()
    for module in modules:
        builder.out.disables.extend(
            [(module.source, item) for item in module.items if item[0] == "disable"]
        )
        builder.walk(module.items, builder.out.root, module, None, "", top=True)
    if builder.types.grows:
        from evaluator.options.growth import grow_services

        grow_services(builder)
    if builder.types.keyed:
        from evaluator.options.special import check_keyed

        check_keyed(builder.types)
    if any([speaks_of_checks(module.items) for module in modules]):
        _declare_core(builder)
    return builder.out


def _declare_core(builder: Builder) -> None:
    """Declare `checks`, unless the configuration has an option of this name."""
    from evaluator.options.core import HEAD, core_module

    out = builder.out
    if HEAD not in out.root.members:
        module = core_module(builder.modules[0], builder.sink)
        builder.walk(module.items, out.root, module, None, "", top=True)
        core = out.root.members[HEAD]
        out.core = core if isinstance(core, Option) else None


class Builder:
    """One pass over the declarations of all modules, in module order."""

    def __init__(self, modules: list[Module], sink: Sink) -> None:
        self.modules = modules
        self.sink = sink
        self.out = Declarations()
        self.types = TypeResolver(modules, sink)
        self.out.patterned = self.types.patterned
        # Records that hold another one in each of their values, by identity, with the option.
        self.holds: dict[int, list[tuple[Record, Option, Record]]] = {}

    def records(self) -> None:
        """Fill the shapes of all records; bases first, whatever the written order."""
        for record in self.types.all_records():
            self.out.records.append(record)
            self._fill(record)
        self.types.resolve_all()
        self.out.types.extend(self.types.recursive.values())
        if self.holds:
            from evaluator.options.endless import check_endless

            check_endless(self.holds, self.sink)

    def _fill(self, record: Record) -> None:
        if record.state == "done":
            return
        node = record.node
        if record.state == "filling":
            from evaluator.options import errors

            errors.record_from_itself(self.sink, record)
            return
        record.state = "filling"
        if node[5] is not None:
            base = self.types.record_named(node[5], record.module, node)
            if base is not None:
                record.base = base
                self._fill(base)
                self._inherit(record.shape, base.shape)
        body = Body(node[6], record.module, record)
        record.shape.node = node
        record.shape.module = record.module
        record.shape.bodies.append(body)
        self.walk(node[6], record.shape, record.module, body, "", top=False)
        if self.types.grows:
            from evaluator.options.growth import grow_record

            grow_record(self, record)
        record.state = "done"

    def _rename(self, node: Node, shape: Shape, module: Module, body: Body | None) -> Rename:
        rename = Rename(node, shape, module, body)
        olds = [(*node[3], None)] if node[0] == "alias" else node[3]
        for path, _start, _end, type_ in olds:
            rename.olds.append((path, type_ and self.types.resolve(type_, module)))
        if node[4] is not None:
            rename.target = node[4][0]
        if node[0] == "former":
            rename.by, rename.message = node[5], node[6]
        return rename

    def _inherit(self, shape: Shape, base: Shape) -> None:
        self.out.inherits.append((shape, base))
        for name, member in base.members.items():
            if isinstance(member, Shape):
                copy = Shape(member.name)
                copy.node, copy.module = member.node, member.module
                self._inherit(copy, member)
                shape.members[name] = copy
            else:
                shape.members[name] = member
        shape.any = shape.any or base.any
        shape.is_sparse = shape.is_sparse or base.is_sparse
        shape.bodies = [*base.bodies]

    def walk(
        self,
        items: tuple[Node, ...],
        shape: Shape,
        module: Module,
        body: Body | None,
        section: str,
        *,
        top: bool,
    ) -> None:
        """Declare what `items` declare below `shape`."""
        for item in items:
            tag = item[0]
            if tag == "option":
                self._option(item, shape, module, body, section)
            elif tag == "section":
                self.walk(item[4], shape, module, body, item[3], top=top)
            elif tag == "service" and top:
                self._service(item, module)
            elif tag in ("former", "alias"):
                self.out.renames.append(self._rename(item, shape, module, body))

    def _service(self, node: Node, module: Module) -> None:
        path = node[3]
        if "*" in path:
            from evaluator.options.families import declare_family

            declare_family(self, node, module)
            return
        other = self.out.services.get(path)
        if other is not None:
            from evaluator.options.twice import declared_twice

            declared_twice(self.sink, path, module, node, other.module, other.node)
            return
        try:
            shape = self.group(self.out.root, path, module, node)
        except Stop:
            return
        self.out.services[path] = self.service(path, shape, node, module)

    def service(self, path: Path, shape: Shape, node: Node, module: Module) -> Service:
        """The service that a level of the tree becomes, with everything its body declares."""
        body = Body(node[6], module, None)
        service = Service(path, node, module, shape, body)
        body.owner = service
        shape.service = service
        shape.node, shape.module = node, module
        if node[5] is not None:
            record = self.types.record_named(node[5], module, node)
            if record is not None:
                self._fill(record)
                self._inherit(shape, record.shape)
        shape.bodies.append(body)
        if "enable" not in shape.members and not _declares(node[6], "enable"):
            shape.members["enable"] = self._enable(node, module, body)
        self.walk(node[6], shape, module, body, "", top=False)
        enable = shape.members.get("enable")
        if not isinstance(enable, Option) or enable.type.kinds != ("bool",):
            from evaluator.options import errors

            errors.enable_is_no_switch(self.sink, module, node, enable)
        return service

    def _enable(self, node: Node, module: Module, body: Body) -> Option:
        """The `enable` every service has; its site is the service's own declaration."""
        start, end = node[1], node[4]
        doc = f"Whether `{'.'.join(node[3])}` is part of this machine."
        default = ("bool", start, end, False)
        kind = ("tname", start, end, "bool", ())
        statement = (
            "option", start, end, "option", ("enable",), start, end, kind, default, None, doc, (),
        )  # fmt: skip
        return Option(
            "enable", "option", self.types.resolve(kind, module), default, statement, module,
            body, "",
        )  # fmt: skip

    def group(self, shape: Shape, path: tuple[str, ...], module: Module, node: Node) -> Shape:
        """The group at `path` below `shape`, made where missing; Stop where an option stands."""
        for name in path:
            member = shape.members.get(name)
            if member is None:
                member = Shape(name)
                member.node, member.module = node, module
                shape.members[name] = member
            if isinstance(member, Option):
                from evaluator.options import errors

                errors.option_is_group(self.sink, member, module, node)
                raise Stop
            shape = member
        return shape

    def _option(
        self, node: Node, shape: Shape, module: Module, body: Body | None, section: str
    ) -> None:
        path = node[4]
        try:
            group = self.group(shape, path[:-1], module, node)
        except Stop:
            return
        name = path[-1]
        type_ = self.types.resolve(node[7], module)
        option = Option(name, node[3], type_, node[8], node, module, body, section)
        if node[9] is not None:
            option.result = self.types.resolve(node[9][0], module)
        if type_.merge in HOLDING and body is not None:
            self._holds(option, type_, body)
        if type_.merge in ("maybe", "deferred"):
            group.is_sparse = True
            if type_.merge == "maybe" and (option.default is not None or name == "*"):
                from evaluator.options import errors

                errors.never_absent(self.sink, option)
        is_chosen = shape.record is not None and shape.record.node[0] == "choice"
        if is_chosen and (name == "*" or node[3] != "option"):
            from evaluator.options import errors

            errors.not_in_a_choice(self.sink, option)
            return
        if name == "*":
            self._any(group, option)
            return
        other = group.members.get(name)
        if other is None:
            group.members[name] = option
        elif isinstance(other, Shape):
            from evaluator.options import errors

            errors.option_is_group(self.sink, option, other.module or module, other.node or node)
        else:
            from evaluator.options.twice import declared_twice

            declared_twice(self.sink, path, module, node, other.module, other.node, body)

    def _holds(self, option: Option, type_: Any, body: Body) -> None:
        """Note that each value of a record has one of another record in it."""
        while type_.merge in ("once", "refined"):
            type_ = type_.inner
        owner = body.owner
        if type_.merge == "record" and isinstance(owner, Record):
            self.holds.setdefault(id(owner), []).append((owner, option, type_.record))

    def _any(self, group: Shape, option: Option) -> None:
        from evaluator.options import errors

        if option.default is not None:
            errors.default_for_any(self.sink, option)
        if option.result is not None:
            errors.result_for_any(self.sink, option)
        if group.any is not None:
            if group.any.type.source() == option.type.source():
                return
            from evaluator.options import twice

            twice.declared_twice(
                self.sink, ("*",), option.module, option.node, group.any.module, group.any.node
            )
            return
        group.any = option


def _declares(items: tuple[Node, ...], name: str) -> bool:
    for item in items:
        if item[0] == "option" and item[4] == (name,):
            return True
        if item[0] == "section" and _declares(item[4], name):
            return True
    return False
