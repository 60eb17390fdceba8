"""Sets with exactly one mistake, and what both languages call it."""

from __future__ import annotations

import random
import re
from copy import deepcopy
from typing import TYPE_CHECKING

from tests.peer.generate import generate
from tests.peer.judge import findings

if TYPE_CHECKING:
    from tests.peer.model import Node, Set

# What the peer says, and the codes of vcfg for it.
CLASSES: dict[str, tuple[str, tuple[str, ...]]] = {
    "unknown": (r"The option `(.*?)' does not exist", ("unknown-option",)),
    "type": (r"A definition for option `(.*?)' is not of type", ("type-mismatch",)),
    "conflict": (
        r"The option `(.*?)' has conflicting definition values",
        ("conflicting-definitions",),
    ),
    "kind": (r"The option `(.*?)` is defined both null and not null", ("conflicting-kinds",)),
    "missing": (r"The option `(.*?)' was accessed but has no value defined", ("missing-value",)),
    "readonly": (
        r"The option `(.*?)' is read-only, but it's set multiple times",
        ("read-only-option",),
    ),
    "cycle": (r"infinite recursion encountered()", ("cycle",)),
    "declared": (r"The option `(.*?)' in `.*?' is already declared in", ("declared-twice",)),
    "group": (r"The option `(.*?)' in .* would be a parent of", ("option-is-a-group",)),
    "shape": (r"rather than an attribute set for the option\s+`(.*?)'", ("not-a-block",)),
}
WRONG: dict[str, Node] = {
    "bool": ["lit", "yes"],
    "int": ["lit", "5"],
    "port": ["lit", 70000],
    "float": ["lit", 1],
    "string": ["lit", 5],
    "text": ["lit", True],
    "enum": ["lit", "none of them"],
    "list": ["lit", "red"],
    "set": ["lit", 3],
    "map": ["list", []],
    "record": ["lit", "red"],
    "opt": ["list", []],
    "union": ["lit", True],
}
PAIRS: dict[str, tuple[object, object]] = {
    "bool": (True, False),
    "int": (1, 2),
    "port": (80, 443),
    "string": ("red", "green"),
    "float": (0.5, 0.25),
}


class Mistake:
    """One mistake put into a set that is right."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(f"mistake {seed}")
        self.set = deepcopy(generate(seed * 4))
        self.files = self.set["files"]
        count = len(self.files)
        self.live = [at for at in range(count) if not self._is_off(at)]
        self.options = [
            item for at in self.live for item in self.files[at]["items"] if item[0] == "option"
        ]
        kinds = sorted(name[3:] for name in dir(self) if name.startswith("do_"))
        self.rng.shuffle(kinds)
        for kind in kinds:
            found = getattr(self, f"do_{kind}")()
            if found is not None:
                self.kind, self.path = found
                break

    def _is_off(self, at: int) -> bool:
        return any([at in file.get("disable", []) for file in self.files])

    def add(self, *items: Node, under: bool | None = None) -> None:
        """Statements somewhere in the set; with `under` below a condition of that value."""
        for item in items:
            wrapped = item if under is None else ["when", ["lit", under], [item], None]
            self.files[self.rng.choice(self.live)]["items"].append(wrapped)

    def one_of(self, *tags: str) -> Node | None:
        found = [option for option in self.options if option[3][0] in tags]
        return self.rng.choice(found) if found else None

    def do_unknown(self) -> tuple[str, Node]:
        path = self.rng.choice(self.options)[2]
        path = [*path[:-1], path[-1] + "x"]
        self.add(["def", None, None, path, ["lit", 1]], under=self.rng.choice((None, False)))
        return "unknown", path

    def do_unknown_field(self) -> tuple[str, Node] | None:
        option = self.one_of("record")
        if option is None or self._is_ranked(option) or "*" in repr(self.files):
            return None
        path = [*option[2], "nothing"]
        self.add(["block", 1, None, option[2], [["def", None, None, ["nothing"], ["lit", 1]]]])
        return "unknown", path

    def do_type(self) -> tuple[str, Node] | None:
        option = self.one_of(*WRONG)
        if option is None:
            return None
        self.add(["def", 1, None, option[2], WRONG[option[3][0]]])
        return "type", option[2]

    def do_element(self) -> tuple[str, Node] | None:
        option = self.one_of("list")
        if option is None or option[3][1][0] not in WRONG:
            return None
        self.add(["def", 1, None, option[2], ["list", [WRONG[option[3][1][0]]]]])
        return "type", option[2]

    def do_entry(self) -> tuple[str, Node] | None:
        option = self.one_of("map")
        if option is None or option[3][1][0] not in WRONG or option[3][1][0] == "opt":
            return None
        path = [*option[2], "entry of"]
        if self._is_ranked(option):
            return None
        self.add(["def", None, None, path, WRONG[option[3][1][0]]])
        return "type", path

    def _is_ranked(self, option: Node) -> bool:
        """Whether something ranks the option as a whole and so may hide a mistake in it."""
        whole = [each for each in self._walk() if each[0] == "def" and each[1] is not None]
        return any([each[3][-1:] == option[2][-1:] for each in whole])

    def _walk(self) -> list[Node]:
        found: list[Node] = []

        def visit(items: list[Node]) -> None:
            for item in items:
                found.append(item)
                for part in item[1:]:
                    if isinstance(part, list) and part and isinstance(part[0], list):
                        visit([each for each in part if each])

        for file in self.files:
            visit(file["items"])
        return found

    def do_conflict(self) -> tuple[str, Node] | None:
        option = self.one_of(*PAIRS)
        if option is None or len(option[3]) > 1:
            return None
        for value in PAIRS[option[3][0]]:
            self.add(["def", 1, None, option[2], ["lit", value]])
        return "conflict", option[2]

    def do_kind(self) -> tuple[str, Node] | None:
        option = self.one_of("opt")
        if option is None or len(option[3][1]) > 1 or option[3][1][0] not in PAIRS:
            return None
        self.add(["def", 1, None, option[2], ["lit", None]])
        self.add(["def", 1, None, option[2], ["lit", PAIRS[option[3][1][0]][0]]])
        return "kind", option[2]

    def do_missing(self) -> tuple[str, Node]:
        path = self.rng.choice((["wanted"], ["net", "wanted"]))
        type_: Node = self.rng.choice((["int"], ["bool"], ["string"]))
        self.add(["option", "option", path, type_, None])
        if self.rng.random() < 0.5:
            self.add(["def", 50, None, path, WRONG[type_[0]]], under=False)
        return "missing", path

    def do_missing_field(self) -> tuple[str, Node]:
        fields: list[Node] = [
            ["option", "option", ["there"], ["int"], ["lit", 1]],
            ["option", "option", ["wanted"], ["int"], None],
        ]
        home = self.files[self.rng.choice(self.live)]["items"]
        home.append(["record", "Incomplete", None, fields])
        home.append(["option", "option", ["many"], ["map", ["record", "Incomplete"]], ["rec", []]])
        self.add(["def", None, None, ["many", "a b", "there"], ["lit", 2]])
        return "missing", ["many", "a b", "wanted"]

    def do_readonly(self) -> tuple[str, Node] | None:
        if len(self.live) < 2:
            return None
        first, second = self.rng.sample(self.live, 2)
        item: Node = ["option", "computed", ["net", "result"], ["int"], ["lit", 3]]
        self.files[first]["items"].append(item)
        statement: Node = ["def", None, None, item[2], ["lit", 4]]
        self.files[second]["items"].append(statement)
        return "readonly", item[2]

    def do_cycle(self) -> tuple[str, Node]:
        first: Node = ["option", "option", ["egg"], ["int"], ["cfg", ["net", "hen"]]]
        second: Node = ["option", "option", ["net", "hen"], ["int"], ["lit", 0]]
        self.add(first, second)
        self.add(
            [
                "when",
                ["op", ">", ["cfg", ["egg"]], ["lit", 0]],
                [["def", None, None, ["net", "hen"], ["lit", 1]]],
                None,
            ]
        )
        return "cycle", []

    def apart(self, *items: Node) -> bool:
        """Put declarations into different files; not if there is only one."""
        if len(self.live) < len(items):
            return False
        for at, item in zip(self.rng.sample(self.live, len(items)), items, strict=True):
            self.files[at]["items"].append(item)
        return True

    def do_declared(self) -> tuple[str, Node] | None:
        pairs: list[Node] = [["int"], ["string"], ["bool"], ["list", ["int"]]]
        types = self.rng.sample(pairs, 2)
        path = ["net", "double"]
        items = [["option", "option", path, each, self.literal_of(each)] for each in types]
        return ("declared", path) if self.apart(*items) else None

    def literal_of(self, type_: Node) -> Node:
        return ["list", []] if type_[0] == "list" else ["lit", PAIRS[type_[0]][0]]

    def do_group(self) -> tuple[str, Node] | None:
        outer: Node = ["option", "option", ["both"], ["int"], ["lit", 1]]
        inner: Node = ["option", "option", ["both", "inner"], ["int"], ["lit", 1]]
        return ("group", ["both"]) if self.apart(outer, inner) else None

    def do_shape(self) -> tuple[str, Node]:
        self.add(["option", "option", ["zone", "a"], ["int"], ["lit", 1]])
        self.add(["def", None, None, ["zone"], ["lit", 5]])
        return "shape", ["zone"]


def path_said(path: str) -> str:
    """A path as both write it, up to an element of a list."""
    return re.sub(r"[.]?(\"?\[definition|\[\d).*", "", path).replace('"', "")


def peer_says(refusal: str) -> tuple[str, str]:
    """Class and path of what nix printed."""
    for name, (pattern, _codes) in CLASSES.items():
        found = re.search(pattern, refusal, re.DOTALL)
        if found:
            return name, path_said(found[1])
    return "other", refusal[-300:]


def objections(set_: Set, kind: str, path: str) -> list[str]:
    """What is wrong with vcfg's answer to a set that has this mistake."""
    errors = findings(set_)
    if kind == "cycle":
        at = [each for each in errors if each.code == "cycle" and "egg" in each.message]
    else:
        codes = CLASSES[kind][1]
        at = [each for each in errors if each.code in codes and path_said(each.path or "") == path]
    said = [f"{each.code} at {each.path}: {each.message}" for each in errors]
    if not at:
        return [f"no {kind} at {path}, but {said}"]
    if len(errors) > len(at):
        return [f"more than {kind} at {path}: {said}"]
    return []
