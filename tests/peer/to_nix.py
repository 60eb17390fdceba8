"""An abstract module set as one Nix expression for `lib.evalModules`.

Where vcfg differs on purpose, what is written here makes the peer answer as vcfg promises:

- modules are given as one flat list in vcfg's module order; lists and texts carry their whole
  place (order word, module, line) in their order number, since the peer also turns the order
  of definitions around at each submodule;
- a definition is written in normal form: conditions and loops at its option, strength and
  order at the leaf, `force p = …` of a map or record at that place;
- the default of a record is part of its type, so that it sinks to the leaves;
- a collection without default is required.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, NamedTuple

from tests.peer.model import CONTAINERS, Table, module_order

if TYPE_CHECKING:
    from tests.peer.model import Node, Set

IDENTIFIER = re.compile(r"[a-z][a-z0-9-]*")
COLLECTIONS = ("list", "set", "map", "opt", "record", "named")


class Place(NamedTuple):
    """Around a statement: what its path starts with, what it hangs on, what sank to it."""

    prefix: Node
    wraps: tuple[str, ...] = ()
    strength: float | None = None
    order: int | None = None
    wholes: tuple[tuple[int, float], ...] = ()
    offset: str = ""

    def wrapped(self, text: str) -> Place:
        return self._replace(wraps=(*self.wraps, text))


class Nix:
    """Writes one set."""

    def __init__(self, set_: Set) -> None:
        self.files = set_["files"]
        self.order = module_order(self.files)
        self.table = Table(self.files, self.order)
        self.sequence = 0
        # In how many records what is written stands.
        self.nesting = 0
        self.loops = 0
        # Names on the way to maps and records that are ranked as a whole.
        self.ranked = {name for file in self.files for name in _ranked(file["items"])}
        # How a record's fields are found; None at the top.
        self.record: str | None = None
        self.self_text = "self"
        # Place among files, and inside one: bodies of records come first.
        self.module = 0
        self.turn = 1
        self.homes = {
            item[1]: at
            for at, file in enumerate(self.order)
            for item in self.files[file]["items"]
            if item[0] == "record"
        }

    def modules(self) -> str:
        """The list of modules."""
        text = ""
        for at, file in enumerate(self.order):
            self.module = at
            text += self._file(self.files[file])
        return f"[\n{text}]"

    def option_paths(self) -> list[tuple[str, ...]]:
        """All options outside of records, sorted."""
        return sorted(self.table.options)

    def _file(self, file: Node) -> str:
        lets, options, config, imports = "", "", "", ""
        for item in file["items"]:  # type: ignore[call-overload]
            tag = item[0]
            if tag == "let":
                lets += f"{item[1]} = {self.expression(item[2])};\n"
            elif tag == "option":
                options += self._option(item, ())
            elif tag == "service":
                path = tuple(item[1])
                self.self_text = f"cfg.{dotted(item[1])}"
                enable: Node = ["option", "option", ["enable"], ["bool"], ["lit", False]]
                options += self._option(enable, path)
                for inner in item[2]:
                    if inner[0] == "option":
                        options += self._option(inner, path)
                    elif inner[0] == "extend":
                        place = Place(list(inner[1])).wrapped(f"lib.mkIf {self.self_text}.enable")
                        config += "".join(self._statements(inner[2], place))
                    else:
                        config += "".join(self._statements([inner], Place(list(item[1]))))
                self.self_text = "self"
            elif tag == "alias":
                old, new = [
                    "[ " + " ".join([string(str(each)) for each in path]) + " ]"
                    for path in item[1:]
                ]
                imports += f"(lib.mkAliasOptionModule {old} {new}) "
            elif tag == "def" and "*" in item[3]:
                continue  # a module of the entries' type, see `_every_entry`
            elif tag not in ("record", "type", "choice", "grow"):
                config += "".join(self._statements([item], Place([])))
        return (
            "({ config, ... }: let cfg = config;\n"
            f"{lets}in {{ imports = [ {imports}];\n{options}"
            f"config = lib.mkMerge [\n{config}]; }})\n"
        )

    # Declarations

    def _option(self, item: Node, prefix: tuple[str, ...]) -> str:
        _tag, kind, path, type_, default = item
        sunk: list[str] = []
        bare = self.table.bare(type_)
        text = ""
        if default is not None:
            if bare[0] == "record" and default[0] == "rec":
                depth = 1499.5 + 0.01 * self.nesting + 0.001 * (len(prefix) + len(path))
                sunk = self._inside(bare[1], default[1], Place([], strength=depth))
                text = " default = {};"
            else:
                text = f" default = {self.expression(default)};"
        if self.record is None and bare[0] == "map" and bare[1][0] == "record":
            sunk = self._every_entry([*prefix, *path], bare[1][1])
        if default is None and (
            bare[0] in ("list", "set", "map", "record") or type_[0] in COLLECTIONS
        ):
            text = f' default = throw "required: {".".join(path)}";'
        if path == ["*"]:
            return f"freeformType = t.lazyAttrsOf {self.type(type_)};\n"
        if kind == "computed":
            text += " readOnly = true;"
        where = dotted([*prefix, *path])
        return f"options.{where} = lib.mkOption {{ type = {self.type(type_, sunk)};{text} }};\n"

    def _every_entry(self, path: Node, record: str) -> list[str]:
        """Definitions of `path.*.field`, as a module of every entry."""
        statements: list[Node] = []
        for file in self.order:
            for item in self.files[file]["items"]:
                if item[0] == "def" and item[3][: len(path) + 1] == [*path, "*"]:
                    statements.append([*item[:3], item[3][len(path) + 1 :], item[4]])
        return self._inside(record, statements, Place([]))

    def _inside(self, record: str, statements: list[Node], place: Place) -> list[str]:
        before = self.record, self.module, self.turn
        self.record, self.module, self.turn = record, self.homes[record], 0
        found = self._statements(statements, place)
        self.record, self.module, self.turn = before
        return found

    def type(self, type_: Node, sunk: list[str] | None = None, *, entry: bool = False) -> str:
        """A type."""
        tag = type_[0]
        inner = type_[1] if len(type_) > 1 else None
        if tag == "int" and len(type_) == 3:
            return f"(t.ints.between ({type_[1]}) ({type_[2]}))"
        if tag == "string" and inner is not None:
            return f"(t.strMatching {string(str(inner))})"
        if tag in ("bool", "int", "float", "port"):
            return f"t.{tag}"
        if tag == "enum":
            return "(t.enum [ " + " ".join([literal(each) for each in inner or []]) + " ])"
        if tag in ("string", "text", "any"):
            return {"string": "t.str", "text": "t.lines", "any": "t.anything"}[tag]
        if tag == "list":
            return f"(t.listOf {self.type(inner or [])})"
        if tag == "set":
            return f"(setOf {self.type(inner or [])})"
        if tag == "map":
            return f"(t.attrsOf {self.type(inner or [], sunk, entry=True)})"
        if tag == "opt":
            return f"(t.nullOr {self.type(inner or [], sunk, entry=entry)})"
        if tag == "once":
            return f"(t.uniq {self.type(inner or [], sunk, entry=entry)})"
        if tag == "union":
            return f"(t.either {self.type(type_[1])} {self.type(type_[2])})"
        if tag == "choice":
            return self._choice(str(inner))
        if tag == "named":
            return self._named(str(inner), entry=entry)
        return self._record(str(inner), sunk or [], entry=entry)

    def _named(self, name: str, *, entry: bool) -> str:
        _tag, _name, type_, sources = self.table.types[name]
        text = self.type(type_, entry=entry)
        for source, result in sources:
            text = f"(t.coercedTo {self.type(source)} (value: {self.expression(result)}) {text})"
        return text

    def _choice(self, name: str) -> str:
        tags = [
            f"{dotted(each[2])} = lib.mkOption {{ type = {self.type(each[3])}; }};"
            for each in self.table.choices[name][2]
        ]
        return "(t.attrTag { " + " ".join(tags) + " })"

    def _record(self, name: str, sunk: list[str], *, entry: bool) -> str:
        chain: list[Node] = []
        at: str | None = name
        while at:
            chain.insert(0, self.table.records[at])
            at = chain[0][2]
        before = self.self_text
        self.self_text = f"self_{name}"
        self.nesting += 1
        text = ""
        for number, node in enumerate(chain):
            declared = [each for each in node[3] if each[0] == "option"]
            declared += self.table.grown.get(node[1], [])
            options = "".join([self._option(each, ()) for each in declared])
            body = [each for each in node[3] if each[0] != "option"]
            config = self._inside(str(node[1]), body, Place([]))
            if number == len(chain) - 1:
                config += sunk
            key = "key = name; " if entry else ""
            text += (
                f"({{ name, config, ... }}: let {self.self_text} = config; {key}in {{\n{options}"
                f"config = lib.mkMerge [\n{''.join(config)}]; }})\n"
            )
        self.self_text = before
        self.nesting -= 1
        return f"(t.submoduleWith {{ shorthandOnlyDefinesConfig = true; modules = [\n{text}]; }})"

    # Definitions

    def _statements(self, items: list[Node], place: Place) -> list[str]:
        found: list[str] = []
        for item in items:
            tag = item[0]
            if tag == "when":
                test = self.expression(item[1])
                found += self._statements(item[2], place.wrapped(f"lib.mkIf ({test})"))
                if item[3] is not None:
                    place_ = place.wrapped(f"lib.mkIf (!({test}))")
                    found += self._statements(item[3], place_)
            elif tag == "for":
                self.loops += 1
                count = f"i{self.loops}"
                wrap = f"over ({self.expression(item[2])}) ({count}: {item[1]}: "
                offset = f"{place.offset} * 1000 + {count}" if place.offset else count
                inner = place.wrapped(wrap)._replace(offset=f"({offset})")
                found += self._statements(item[3], inner)
            else:
                found += self._definition(item, place)
        return found

    def _definition(self, item: Node, place: Place) -> list[str]:
        tag, strength, order, path, inner = item
        self.sequence += 1
        place = place._replace(
            prefix=[*place.prefix, *path],
            strength=place.strength if strength is None else strength,
            order=place.order if order is None else order,
        )
        type_ = self._type_at(place.prefix)
        bare = self.table.bare(type_) if type_ is not None else None
        if tag == "block":
            return [*self._exists(place, type_), *self._statements(inner, place)]
        if bare is None and inner[0] == "rec":
            return self._statements(inner[1], place)
        if bare is not None and bare[0] in CONTAINERS and inner != ["lit", None]:
            if strength is not None:
                place = place._replace(wholes=(*place.wholes, (len(place.prefix), strength)))
            if inner[0] == "rec":
                return [*self._exists(place, type_), *self._statements(inner[1], place)]
            return [self._fragment(place, self.expression(inner))]
        value = f"({self.expression(inner)})"
        if bare is not None and bare[0] in ("list", "text"):
            number = 1000 if place.order is None else place.order
            at = ((number * 1000 + self.module) * 10 + self.turn) * 10**11 + self.sequence * 10**7
            offset = f" + {place.offset}" if place.offset else ""
            value = f"(lib.mkOrder ({at}{offset}) {value})"
        # The peer looks at a losing value to see whether it is a property, unless it is wrapped.
        strength = 100 if place.strength is None else place.strength
        return [self._fragment(place, f"(lib.mkOverride {strength:g} {value})")]

    def _exists(self, place: Place, type_: Node | None) -> list[str]:
        """A block makes an entry exist, even if everything in it is under false conditions."""
        if type_ is None and (
            self.record is not None or not self.table.option_length(place.prefix)
        ):
            return []
        if type_ is not None and self.table.bare(type_)[0] == "choice":
            return []
        option = self.table.options.get(tuple(map(str, place.prefix)))
        if self.record is None and option is not None and self._is_there(option):
            return []
        return [self._fragment(place, "{}")]

    def _type_at(self, path: Node) -> Node | None:
        if self.record is not None:
            return self.table.type_below(["record", self.record], path)
        return self.table.type_at(path)

    def _split(self, path: Node) -> int:
        """How deep conditions go: to the option, and on through records that exist anyway.

        The peer asks all conditions of a submodule to read one field of it, vcfg only those of
        the field.
        """
        if self.record is None:
            length = self.table.option_length(path) or len(path)
            option = self.table.options.get(tuple(map(str, path[:length])))
        else:
            length, option = self._field_at(self.record, path, 0)
        while option is not None and self._is_there(option):
            longer, option = self._field_at(option[3][1], path, length)
            if option is None:
                break
            length = longer
        return length

    def _is_there(self, option: Node) -> bool:
        """Whether an option is a record that exists whatever is defined."""
        is_record = option[3][0] == "record" and option[4] is not None
        return is_record and option[2][-1] not in self.ranked

    def _field_at(self, record: str, path: Node, start: int) -> tuple[int, Node | None]:
        fields = self.table.fields(record)
        for length in range(start + 1, len(path) + 1):
            option = fields.get(tuple(map(str, path[start:length])))
            if option is not None:
                return length, option
        return len(path), None

    def _fragment(self, place: Place, value: str) -> str:
        path = place.prefix
        wholes = dict(place.wholes)
        split = self._split(path)
        for at in range(len(path), split - 1, -1):
            if at < len(path):
                value = f"{{ {self.component(path[at])} = {value}; }}"
            if at in wholes:
                value = f"(lib.mkOverride {wholes[at]:g} {value})"
        for wrap in reversed(place.wraps):
            value = f"{wrap} ({value})" + (")" if wrap.startswith("over") else "")
            value = f"({value})"
        return f"{{ {dotted(path[:split])} = {value}; }}\n"

    # Expressions

    def component(self, part: object) -> str:
        """One component of a path inside an option."""
        if isinstance(part, str):
            return attribute(part)
        return f"${{{self.expression(part)}}}"  # type: ignore[arg-type]

    def expression(self, node: Node) -> str:
        """An expression."""
        tag = node[0]
        if tag == "lit":
            return literal(node[1])
        if tag == "list":
            return "[ " + " ".join([f"({self.expression(each)})" for each in node[1]]) + " ]"
        if tag == "rec":
            if any([each[0] == "when" for each in node[1]]):
                return f"(lib.mkMerge [ {{}} {' '.join(map(self._merged, node[1]))} ])"
            return "{ " + "".join(map(self._field, node[1])) + "}"
        if tag in ("cfg", "self"):
            root = "cfg" if tag == "cfg" else self.self_text
            return ".".join([root, *[self.component(each) for each in node[1]]])
        if tag in ("key", "value"):
            return str(tag)
        if tag == "var":
            return str(node[1])
        if tag == "not":
            return f"(! {self.expression(node[1])})"
        if tag == "op":
            return self._operator(node[1], self.expression(node[2]), self.expression(node[3]))
        if tag == "if":
            test, yes, no = map(self.expression, node[1:])
            return f"(if {test} then {yes} else {no})"
        if tag == "interp":
            parts = [
                string(each[1])[1:-1]
                if each[0] == "lit"
                else f"${{toString ({self.expression(each)})}}"
                for each in node[1]
            ]
            return '"' + "".join(parts) + '"'
        return self._function(node)

    def _merged(self, item: Node) -> str:
        if item[0] == "when":
            return f"(lib.mkIf ({self.expression(item[1])}) {self.expression(['rec', item[2]])})"
        return f"{{ {self._field(item)}}}"

    def _field(self, item: Node) -> str:
        path = ".".join([self.component(each) for each in item[3]])
        return f"{path} = {self.expression(item[4])}; "

    def _operator(self, sign: str, left: str, right: str) -> str:
        if sign == "in":
            return f"(builtins.elem {left} {right})"
        words = {"and": "&&", "or": "||"}
        return f"({left} {words.get(sign, sign)} {right})"

    def _function(self, node: Node) -> str:
        tag = node[0]
        if tag == "each":
            return f"(map ({node[1]}: {self.expression(node[3])}) {self.expression(node[2])})"
        if tag == "where":
            _tag, name, items, test, inner = node
            kept = f"(builtins.filter ({name}: {self.expression(test)}) {self.expression(items)})"
            return f"(map ({name}: {self.expression(inner)}) {kept})"
        if tag == "len":
            return f"(builtins.length {self.expression(node[1])})"
        if tag == "has":
            return f"({self.expression(node[1])} ? {string(node[2])})"
        if tag == "or-null":
            value, other = map(self.expression, node[1:])
            return f"(let v = {value}; in if v == null then {other} else v)"
        raise ValueError(tag)


def _ranked(items: list[Node]) -> set[str]:
    found: set[str] = set()
    for item in items:
        if item[0] == "def" and item[1] is not None and item[4][0] == "rec":
            found |= {part for part in item[3] if isinstance(part, str)}
        for inner in item[1:]:
            if isinstance(inner, list) and inner and isinstance(inner[0], list):
                found |= _ranked([each for each in inner if each and isinstance(each[0], str)])
    return found


def expression_of(set_: Set, *, careful: bool = True) -> str:
    """A function of nixpkgs' `lib` that gives the values of all options, in sorted order.

    With `careful` an option that fails is `{ failed = true; }`; otherwise the first failure ends
    everything.
    """
    nix = Nix(set_)
    modules = nix.modules()
    values = " ".join([f"(cfg.{dotted(list(each))})" for each in nix.option_paths()])
    each = (
        "value: let r = builtins.tryEval (builtins.deepSeq value value);"
        " in if r.success then { ok = r.value; } else { failed = true; }"
        if careful
        else "value: { ok = value; }"
    )
    return (
        "lib: let t = lib.types;\n"
        "over = items: make: lib.mkMerge (lib.imap0 make items);\n"
        "setOf = item: let list = t.listOf item; in lib.mkOptionType {\n"
        '  name = "setOf"; check = builtins.isList; emptyValue = { value = []; };\n'
        "  merge = loc: defs: builtins.sort builtins.lessThan (lib.unique (list.merge loc defs));\n"
        "};\n"
        f"cfg = (lib.evalModules {{ modules = {modules}; }}).config;\n"
        f"in map ({each}) [ {values} ]"
    )


def dotted(path: Node) -> str:
    """A path of options."""
    return ".".join([attribute(str(each)) for each in path])


def attribute(name: str) -> str:
    """One attribute name, quoted where needed."""
    reserved = ("if", "then", "else", "let", "in", "rec", "with", "or", "inherit", "assert")
    return name if IDENTIFIER.fullmatch(name) and name not in reserved else string(name)


def string(text: str) -> str:
    """A string literal."""
    return json.dumps(text, ensure_ascii=False).replace("${", "\\${")


def literal(value: object) -> str:
    """A scalar."""
    if isinstance(value, str):
        return string(value)
    text = json.dumps(value)
    return f"({text})" if text.startswith("-") else text
