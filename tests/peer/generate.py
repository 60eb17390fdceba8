"""Random module sets, the same for the same seed.

Every option has a number and reads only options with smaller ones, so that nothing is circular
in the peer, which is stricter than vcfg there. Values of equal strength meet only where the type
joins them or where a set is `careless`.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from tests.peer.expressions import JOINED, LEVELS, Expressions

if TYPE_CHECKING:
    from tests.peer.expressions import Readable
    from tests.peer.model import Node, Set

GROUPS = ((), (), (), ("net",), ("net", "dns"), ("site",), ("site", "a b"))
KEYS = ("alpha", "beta", "k 1", "default", "9")
STRENGTHS = (None, 50, 60, 100, 200, 500, 900, 1000, 1001, 1300, 1499, 2, 30)
ORDERS = (None, None, None, 500, 1500, 1, 700, 1000, 1999)
JOINED_TAGS = ("list", "set", "text")
PLAIN_TAGS = ("bool", "int", "string", "enum", "float")


class Maker(Expressions):
    """One set in the making."""

    def __init__(self, seed: int, *, careless: bool = False, placed: bool = False) -> None:
        super().__init__(random.Random(f"module set {seed}"))
        rng = self.rng
        self.careless = careless
        # Whether every part of a list or text has a place of its own, whatever file it is in.
        self.placed = placed
        self.unranked = False
        count = rng.choice((1, 2, 2, 3, 4, 5, 6))
        self.files: list[Set] = [{"imports": [], "items": []} for _ in range(count)]
        self.bodies: list[list[Node]] = [[] for _ in range(count)]
        for file in range(1, count):
            self.files[rng.randrange(file)]["imports"].append(file)
        for _ in range(rng.randrange(count)):
            self.files[rng.randrange(count)]["imports"].append(rng.randrange(count))
        self.readable: Readable = []
        self.early: Readable = []
        self.records: dict[str, list[Node]] = {}
        self.keyed: set[str] = set()
        self.bodied: set[str] = set()
        self.taken: set[tuple[object, ...]] = set()
        pool = list(STRENGTHS)
        rng.shuffle(pool)
        self.outer, self.inner = pool[:7], pool[7:]

    def make(self) -> Set:
        """The set."""
        rng = self.rng
        options = [self.option(self.scalar_or_joined()) for _ in range(rng.randint(3, 6))]
        for option in options:
            self.fill(option)
        self.early = list(self.readable)
        if self.chance(0.3):
            self.conversion()
        if self.chance(0.3):
            self.choice()
        for _ in range(rng.randrange(4)):
            self.record()
        for _ in range(rng.randrange(3)):
            self.let()
        for _ in range(rng.randint(2, 8)):
            self.fill(self.option(self.any_type(2)))
        if self.chance(0.5):
            self.service()
        if self.chance(0.25):
            self.switched_off()
        for file, body in zip(self.files, self.bodies, strict=True):
            if self.chance(0.5):
                rng.shuffle(body)
            file["items"] += body
        self.share()
        return {"files": self.files}

    def share(self) -> None:
        """Import the files whose types a file uses."""
        homes = {
            item[1]: at
            for at, file in enumerate(self.files)
            for item in file["items"]
            if item[0] in ("record", "type", "choice")
        }
        for at, file in enumerate(self.files):
            used = sorted({homes[name] for name in words_in(file["items"]) if name in homes})
            file["imports"] += [each for each in used if each != at]

    # Declarations

    def scalar_or_joined(self) -> Node:
        return self.rng.choice(JOINED) if self.chance(0.25) else self.scalar_type()

    def any_type(self, depth: int, *, listed: bool = False) -> Node:
        """A type with things inside."""
        kind = self.rng.randrange(10) if depth else 0
        names = [name for name in self.records if not listed or name not in self.keyed]
        if kind <= 2 or (kind in (3, 4, 5) and not names):
            return self.scalar_or_joined()
        if kind <= 5:
            type_: Node = ["record", self.rng.choice(names)]
            if type_[1] in self.keyed or self.chance(0.4):
                return ["map", type_]
            return ["opt", type_] if self.chance(0.15) else type_
        if kind == 6 and names:
            unkeyed = [name for name in names if name not in self.keyed]
            return ["list", ["record", self.rng.choice(unkeyed)]] if unkeyed else ["any"]
        if kind == 7 and not listed:
            return ["any"]
        return ["map", self.any_type(depth - 1, listed=listed)]

    def conversion(self) -> None:
        """A type that is converted from another kind of value."""
        pairs: list[tuple[Node, Node, Node]] = [
            (["string"], ["int"], ["interp", [["lit", "n"], ["value"]]]),
            (
                ["int"],
                ["string"],
                ["if", ["op", "==", ["value"], ["lit", "red"]], ["lit", 1], ["lit", 2]],
            ),
            (["list", ["int"]], ["int"], ["list", [["value"], ["lit", 7]]]),
            (["list", ["string"]], ["bool"], ["list", []]),
        ]
        type_, source, result = self.rng.choice(pairs)
        name = self.fresh("T")
        item: Node = ["type", name, type_, [[source, result]]]
        self.rng.choice(self.files)["items"].append(item)
        self.named[name] = (type_, source)

    def choice(self) -> None:
        """A choice, and options of it; each has one tag, its default perhaps another."""
        rng = self.rng
        tags = {tag: self.scalar_type() for tag in ("left", "right", "up")}
        fields = [["option", "option", [tag], type_, None] for tag, type_ in tags.items()]
        name = self.fresh("C")
        rng.choice(self.files)["items"].append(["choice", name, fields])
        for is_map in rng.choice(([False], [True], [False, True])):
            type_: Node = ["choice", name]
            tag, other = rng.choice(list(tags)), rng.choice(list(tags))
            value: Node = ["def", None, None, [other], self.value(tags[other], self.readable)]
            default: Node = ["rec", []] if is_map else ["rec", [value]]
            path = [*rng.choice(GROUPS), self.fresh("o")]
            item: Node = ["option", "option", path, ["map", type_] if is_map else type_, default]
            rng.choice(self.files)["items"].append(item)
            for _ in range(rng.randrange(4)):
                below = [*path, rng.choice(KEYS), tag] if is_map else [*path, tag]
                made = self.define(below, tags[tag], tuple(below))
                if made is not None:
                    around = self.surrounded(made, len(path), is_choice=True)
                    rng.choice(self.bodies).append(around)

    def option(self, type_: Node) -> Node:
        """Declare an option somewhere."""
        rng = self.rng
        path = [*rng.choice(GROUPS), self.fresh("o")]
        item: Node = ["option", "option", path, type_, None]
        item[4] = self.default(type_, self.readable, path)
        rng.choice(self.files)["items"].append(item)
        return item

    def default(self, type_: Node, readable: Readable, path: Node) -> Node | None:
        """A declared default; left out only where a definition can be counted on."""
        tag = type_[0]
        if self.careless and self.chance(0.15):
            return None
        if tag == "opt":
            return ["lit", None] if type_[1][0] == "record" else self.value(type_, readable)
        if tag in ("map", "record", "any"):
            if self.chance(0.5):
                return ["rec", []]
            return self.whole(type_, readable, ("default", *path), 1)
        if tag == "list" and type_[1][0] == "record":
            return ["list", []]
        return self.value(type_, readable)

    def record(self) -> None:
        """Declare a record, perhaps on top of another one."""
        rng = self.rng
        name = f"R{len(self.records)}"
        keyed = self.chance(0.4)
        base = None
        known: list[Node] = []
        if self.records and self.chance(0.3):
            base = rng.choice(list(self.records))
            known = self.records[base]
            keyed = keyed or base in self.keyed
        of_base = [(each[3], ["self", each[2]]) for each in known if each[2] != ["*"]]
        readable = [*self.early, *of_base]
        if keyed:
            readable.append((["string"], ["key"]))
        fields: list[Node] = []
        for _ in range(rng.randint(1, 4)):
            type_ = self.any_type(1, listed=not keyed)
            group = ["sub"] if self.chance(0.15) else []
            path = [*group, self.fresh("f")]
            default = self.default(type_, readable, path)
            fields.append(["option", "option", path, type_, default])
            if type_[0] not in ("map", "record", "any"):
                readable.append((type_, ["self", path]))
        body: list[Node] = []
        for field in fields:
            if self.chance(0.3) and field[3][0] not in ("map", "record", "any", "opt"):
                body.append(self.inside(field, readable))
        grown = [fields[-1]] if self.chance(0.2) else []
        if base is None and self.chance(0.2):
            fields.append(["option", "option", ["*"], self.scalar_type(), None])
        items = [*[each for each in fields if each not in grown], *body]
        rng.choice(self.files)["items"].append(["record", name, base, items])
        if grown:
            rng.choice(self.files)["items"].append(["grow", name, grown])
        self.records[name] = [*known, *fields]
        if body or base in self.bodied:
            self.bodied.add(name)
        if keyed:
            self.keyed.add(name)

    def inside(self, field: Node, readable: Readable) -> Node:
        """What a record itself says about one of its fields."""
        below = [each for each in readable if each[1] != ["self", field[2]]]
        at = [expr for _type, expr in readable].index(["self", field[2]])
        below = readable[:at]
        order = self.place() if field[3][0] in ("list", "text") else None
        strength = self.rng.choice([each for each in self.inner if each not in (None, 100)])
        body: Node = ["def", strength, order, field[2], self.value(field[3], below)]
        if self.chance(0.4):
            other = ["def", *body[1:4], self.value(field[3], below)] if self.chance(0.4) else None
            return ["when", self.test(below), [body], [other] if other else None]
        return body

    def let(self) -> None:
        """Bind a name in one file, and use it there."""
        file = self.rng.choice(self.files)
        type_ = self.rng.choice((["int"], ["string"], ["bool"], ["list", ["string"]]))
        name = self.fresh("let")
        file["items"].append(["let", name, self.value(type_, self.early)])
        option = self.option(type_)
        file["items"].append(["def", None, None, option[2], ["var", name]])
        self.readable.append((type_, ["cfg", option[2]]))

    def service(self) -> None:
        """A service, and one that extends it."""
        rng = self.rng
        at, other = rng.randrange(len(self.files)), rng.randrange(len(self.files))
        names: list[Node] = [
            ["option", "accepts", ["lines"], ["list", ["string"]], ["list", []]],
            ["option", "accepts", ["level"], ["enum", list(LEVELS)], ["lit", "off"]],
            ["option", "accepts", ["sizes"], ["map", ["int"]], ["rec", []]],
            ["option", "option", ["title"], ["string"], self.value(["string"], self.readable)],
        ]
        body: list[Node] = [["def", 1000, None, ["enable"], self.value(["bool"], self.readable)]]
        self.files[at]["items"].append(["service", ["target"], [*names, *body]])
        for number in range(rng.randint(1, 2)):
            name = f"client{number}"
            file = rng.choice((at, other))
            size: Node = ["option", "option", ["size"], ["int"], ["lit", rng.randint(0, 9)]]
            statements: list[Node] = [
                [
                    "def",
                    None,
                    self.place(),
                    ["lines"],
                    self.value(["list", ["string"]], self.readable),
                ],
                ["def", 200 + number, None, ["level"], ["lit", rng.choice(LEVELS)]],
                ["def", None, None, ["sizes", name], ["self", ["size"]]],
            ]
            extend: Node = ["extend", ["target"], statements]
            start = self.value(["bool"], self.readable)
            enable: Node = ["def", None, None, ["enable"], start]
            self.files[file]["items"].append(["service", [name], [size, enable, extend]])
        for _ in range(rng.randrange(3)):
            value = self.value(["list", ["string"]], self.readable)
            rng.choice(self.bodies).append(["def", None, self.place(), ["target", "lines"], value])

    def switched_off(self) -> None:
        """A file that is imported, and switched off by another."""
        rng = self.rng
        count = len(self.files)
        targets = [each for file in self.files for each in file["items"] if each[0] == "option"]
        items: list[Node] = []
        for option in rng.sample(targets, min(3, len(targets))):
            if option[3][0] not in ("map", "record", "any", "list", "opt"):
                items.append(["def", 1, None, option[2], self.value(option[3], [])])
        self.files.append({"imports": [], "items": items})
        self.bodies.append([])
        rng.choice(self.files[:count])["imports"].append(count)
        rng.choice(self.files[:count])["disable"] = [count]

    # Definitions

    def fill(self, option: Node) -> None:
        """Definitions of an option, spread over the files; afterwards it may be read."""
        rng = self.rng
        path, type_ = option[2], option[3]
        # What is said about every entry counts in each as if it were written there, so that an
        # entry is ranked as a whole against it; the peer has it in the type.
        has_stars = type_[0] == "map" and type_[1][0] == "record" and self.chance(0.3)
        self.unranked = has_stars
        count = rng.choice((0, 1, 1, 2, 3, 4))
        if option[4] is None and not self.careless:
            count = max(count, 1)
        for _ in range(count):
            made = self.define(list(path), type_, tuple(path))
            if made is not None:
                rng.choice(self.bodies).append(self.surrounded(made, len(path)))
        tag = type_[0]
        self.unranked = False
        if has_stars:
            self.every_entry(path, type_[1][1], is_empty=option[4] == ["rec", []])
        if tag in PLAIN_TAGS and self.chance(0.15):
            self.other_name(path, type_)
        if tag in ("once", "named"):
            inner = self.named[type_[1]][0] if tag == "named" else type_[1]
            self.readable.append((inner, ["cfg", path]))
        elif tag not in ("map", "record", "any", "opt"):
            if tag != "list" or type_[1][0] != "record":
                self.readable.append((type_, ["cfg", path]))
        elif tag == "opt" and type_[1][0] != "record":
            self.readable.append((type_, ["cfg", path]))
        elif tag == "record":
            for field in self.records[type_[1]]:
                if field[3][0] not in ("map", "record", "any", "list") and field[2] != ["*"]:
                    self.readable.append((field[3], ["cfg", [*path, *field[2]]]))

    def outer_strength(self) -> int | None:
        """A strength for a whole map or record; none that records use inside themselves."""
        if self.unranked:
            return None
        return self.rng.choice(self.outer) if self.chance(0.4) else None

    def place(self) -> int | None:
        """An order word, or none."""
        if not self.placed:
            return self.rng.choice(ORDERS)
        self.names += 1
        return self.names if self.names < 1000 else self.names + 1

    def every_entry(self, path: Node, record: str, *, is_empty: bool) -> None:
        """Say something about every entry of a map of records."""
        for field in self.records[record]:
            if field[2] != ["*"] and field[3][0] in PLAIN_TAGS and self.chance(0.5):
                self.names += 1
                # A declared default is weaker than that; the peer has it plain inside.
                strength = self.rng.choice((61, 1301) if is_empty else (61,)) + self.names % 30
                value = self.value(field[3], self.readable)
                statement: Node = ["def", strength, None, [*path, "*", *field[2]], value]
                if (record, *field[2], strength) not in self.taken:
                    self.taken.add((record, *field[2], strength))
                    self.rng.choice(self.files)["items"].append(statement)

    def other_name(self, path: Node, type_: Node) -> None:
        """Another name for an option, and perhaps a definition by it."""
        old = ["old", self.fresh("o")]
        self.rng.choice(self.files)["items"].append(["alias", old, path])
        strength = self.free(tuple(path), self.outer)
        if not isinstance(strength, str) and self.chance(0.7):
            value = self.value(type_, self.readable)
            statement: Node = ["def", strength, None, old, value]
            if self.chance(0.3):
                statement = ["when", self.test(self.readable), [statement], None]
            self.rng.choice(self.bodies).append(statement)
        self.readable.append((type_, ["cfg", old]))

    def free(self, leaf: tuple[object, ...], pool: list[int | None]) -> int | str | None:
        """A strength that nothing else at this leaf has; a text if there is none left."""
        if self.careless and self.chance(0.5):
            return self.rng.choice(pool)
        left = [each for each in pool if (*leaf, each or 100) not in self.taken]
        if not left:
            return "none left"
        strength = None if None in left and self.chance(0.4) else self.rng.choice(left)
        self.taken.add((*leaf, strength or 100))
        return strength

    def define(self, path: Node, type_: Node, leaf: tuple[object, ...]) -> Node | None:
        """One definition at or below a path."""
        rng = self.rng
        tag = type_[0]
        if tag == "opt" and type_[1][0] in ("record", "map", "list"):
            return self.define(path, type_[1], leaf)
        if tag == "map":
            if self.chance(0.25):
                strength = self.outer_strength()
                return ["def", strength, None, path, self.whole(type_, self.readable, leaf, 0)]
            if self.chance(0.2) and type_[1][0] not in ("map", "record", "any", "opt"):
                return self.loop(path, type_[1])
            key = rng.choice(KEYS)
            part: object = ["interp", [["lit", key]]] if self.chance(0.2) else key
            return self.define([*path, part], type_[1], (*leaf, key))
        if tag == "record":
            if self.chance(0.25):
                strength = self.outer_strength()
                return ["def", strength, None, path, self.whole(type_, self.readable, leaf, 0)]
            field = rng.choice(self.records[type_[1]])
            name = [self.fresh("free")] if field[2] == ["*"] else field[2]
            return self.define([*path, *name], field[3], (*leaf, *name))
        if tag == "any":
            name = self.fresh("any")
            if self.chance(0.3):
                return ["def", None, None, path, self.blocks(2)]
            keys = [name] if self.chance(0.5) else ["shared", name]
            return ["def", rng.choice(self.outer), None, [*path, *keys], self.anything(0)]
        if tag == "list" and type_[1][0] == "record":
            inner = [
                self.whole(type_[1], self.readable, (self.fresh("item"),), 0)
                for _ in range(rng.randrange(3))
            ]
            return ["def", None, self.place(), path, ["list", inner]]
        if tag in JOINED_TAGS:
            order = self.place() if tag != "set" else None
            strength = rng.choice(self.outer) if self.chance(0.4) else None
            return ["def", strength, order, path, self.value(type_, self.readable)]
        strength_ = self.free(leaf, self.outer)
        if isinstance(strength_, str):
            return None
        if self.careless and self.chance(0.1):
            type_ = rng.choice((["string"], ["int"], ["bool"]))
        return ["def", strength_, None, path, self.value(type_, self.readable)]

    def blocks(self, depth: int) -> Node:
        """A block for `any`; names in it are met nowhere else."""
        names = [self.fresh("any") for _ in range(self.rng.randrange(3))]
        return ["rec", [["def", None, None, [name], self.anything(depth - 1)] for name in names]]

    def anything(self, depth: int) -> Node:
        """Data for `any`."""
        if depth and self.chance(0.7):
            return self.blocks(depth)
        if self.chance(0.2):
            return ["list", [self.literal(["int"]), self.literal(["string"])]]
        return self.literal(self.rng.choice((["int"], ["string"], ["bool"], ["float"])))

    def whole(self, type_: Node, readable: Readable, leaf: tuple[object, ...], depth: int) -> Node:
        """A map or record as a value; its leaves are plain definitions."""
        rng = self.rng
        tag = type_[0]
        if tag == "any":
            return self.blocks(1)
        if tag not in ("map", "record"):
            return self.value(type_, readable)
        entries: list[tuple[Node, Node, tuple[object, ...]]] = []
        if tag == "map":
            keys = rng.sample(KEYS, rng.randrange(3))
            entries = [([key], type_[1], (*leaf, key)) for key in keys]
        else:
            fields = self.records[type_[1]]
            if leaf[0] == "default" and type_[1] in self.bodied:
                fields = []  # a declared default is weaker than what the record itself says
            fields = rng.sample(fields, rng.randrange(len(fields) + 1))
            for each in fields:
                name = [self.fresh("free")] if each[2] == ["*"] else each[2]
                entries.append((name, each[3], (*leaf, *name)))
        items: list[Node] = []
        for path, inner, below in entries:
            if inner[0] == "opt" and inner[1][0] == "record":
                continue
            joined = inner[0] in JOINED_TAGS
            if inner[0] not in ("map", "record", "any") and (self.placed or not joined):
                if (*below, 100) in self.taken:
                    continue
                self.taken.add((*below, 100))
            if inner[0] == "list" and inner[1][0] == "record":
                continue
            item = ["def", None, None, path, self.whole(inner, readable, below, depth + 1)]
            items.append(item)
        if items and depth == 0 and readable is self.readable and self.chance(0.15):
            items[-1] = ["when", self.test(readable), [items[-1]], None]
        return ["rec", items]

    def loop(self, path: Node, type_: Node) -> Node:
        """Entries from a loop; their keys begin with a word of the loop's own."""
        name, stem = self.fresh("x"), self.fresh("loop")
        items: Node = ["list", [["lit", each] for each in self.rng.sample(("a", "b", "c"), 2)]]
        key: Node = ["interp", [["lit", stem], ["var", name]]]
        readable = [*self.readable, (["string"], ["var", name])]
        statement: Node = ["def", None, None, [*path, key], self.value(type_, readable)]
        if type_[0] in JOINED_TAGS and self.chance(0.5):
            statement = ["def", None, None, [*path, stem], self.value(type_, readable)]
        return ["for", name, items, [statement]]

    def surrounded(self, item: Node, length: int, *, is_choice: bool = False) -> Node:
        """A definition as it is, in blocks, or under a condition."""
        rng = self.rng
        outer: list[Node] = [item]
        if item[0] == "def" and len(item[3]) > 1 and self.chance(0.4):
            at = rng.randrange(1, len(item[3]))
            inner: Node = ["def", item[1], item[2], item[3][at:], item[4]]
            strength = None
            if self.chance(0.4) and item[4][0] != "rec":
                # What a block says sinks to the definition, which may say otherwise.
                if item[1] is not None:
                    strength, inner[1] = item[1], None
                elif at >= length and item[4][0] != "cfg":
                    strength, inner[1] = rng.choice((50, 1000, 77)), 100
            body = [inner]
            if self.chance(0.3) and not is_choice:
                body = [["when", self.test(self.readable), body, None]]
            outer = [["block", strength, None, item[3][:at], body]]
        if self.chance(0.3):
            condition = self.test(self.readable)
            if self.chance(0.2):
                return ["when", condition, [], outer]
            return ["when", condition, outer, None]
        return outer[0]


def generate(seed: int) -> Set:
    """The set of a seed; one in four is careless, so that its merge may fail."""
    return Maker(seed, careless=seed % 4 == 3).make()


def words_in(node: object) -> set[str]:
    """All words in a tree that could name a record."""
    if isinstance(node, str):
        return {node}
    if isinstance(node, list):
        return {name for each in node for name in words_in(each)}
    return set()
