"""The workloads: each a function of a seed and a scale, the same one for the same arguments.

tiny     what starting costs
host     one machine: 40 modules, about 600 options
large    400 modules, 6 000 options, 10 000 definitions, 500 entries of maps
fleet    1 000 hosts that share the modules of `host` and differ in 20 definitions each
deep     5 000 options, each one more than the one before, the last one asked for first
wide     20 000 entries of one map
strings  long lists and texts, joined from many files in a given order
dag      modules that import each other in 3^12 ways
"""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any

from tests.bench.workload import (
    CHOICES,
    DEFAULT,
    FORCE,
    JOINED,
    PLAIN,
    Definition,
    Labelled,
    Literal,
    Module,
    Named,
    Next,
    Option,
    Workload,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.bench.workload import (
        Path,
    )

KINDS = {"bool": 24, "int": 20, "text": 26, "choice": 8, "list": 12, "lines": 4, "map": 6}
"""Kinds of options and how often each occurs."""

SWITCHED = 0.2
"""How many definitions of a machine hang on a switch."""
COMPUTED = 0.1
"""How many numbers and texts are computed from another option."""


def make(size: str, seed: int = 1, scale: float = 1.0) -> Workload:
    """The workload of a name."""
    return SIZES[size](Random(f"{size} {seed}"), scale)


def word(random: Random) -> str:
    """Four to nine letters."""
    return "".join(random.choices("abcdefghijklmnopqrstuvwxyz", k=random.randint(4, 9)))


def literal(random: Random, kind: str) -> Literal:
    """Some value of a kind."""
    values: dict[str, Callable[[], Any]] = {
        "bool": lambda: random.random() < 0.5,
        "int": lambda: random.randrange(10_000),
        "text": lambda: f"{word(random)}/{word(random)}",
        "choice": lambda: random.choice(CHOICES),
        "list": lambda: [word(random) for _ in range(random.randint(1, 3))],
        "lines": lambda: f"{word(random)} = {word(random)}",
        "map": lambda: {word(random): random.randrange(100)},
    }
    return Literal(values[kind]())


def empty(random: Random, kind: str) -> Literal:
    """The default of an option: nothing for what is joined, some value otherwise."""
    nothing: dict[str, Any] = {"list": [], "lines": "", "map": {}}
    return Literal(nothing[kind]) if kind in nothing else literal(random, kind)


class Machine:
    """Grows one configuration, as people write them: services with switches, defined anywhere."""

    def __init__(self, random: Random, modules: int) -> None:
        self.random = random
        self.modules = [Module(f"m{each:04d}") for each in range(modules)]
        self.switches: list[Path] = []
        # Numbers that do not depend on others; what is computed speaks of one of them.
        self.numbers: list[Option] = []
        # Options by path that definitions may be about, with the strengths already taken.
        self.free: dict[Path, tuple[Option, set[int]]] = {}
        self._rank = 0

    def declare(self, module: Module, option: Option) -> Option:
        """Add an option to a module; its rank is the next one."""
        option.rank = self._rank
        self._rank += 1
        module.options.append(option)
        return option

    def services(self, options: int, chain: int) -> None:
        """A service for each module with a switch; `chain` of these switch each other on."""
        for at, module in enumerate(self.modules):
            path: Path = ("services", module.name, "enable")
            self.declare(module, Option(path, "bool", Literal(at % chain == 0)))
            self.switches.append(path)
        for at, path in enumerate(self.switches):
            if at % chain:
                on = Definition(path, Literal(value=True), when=(self.switches[at - 1], True))
                self.random.choice(self.modules).definitions.append(on)
        for module in self.modules:
            for each in range(1, options):
                self._option(module, f"o{each:02d}")

    def _option(self, module: Module, name: str) -> None:
        kind = self.random.choices(list(KINDS), list(KINDS.values()))[0]
        option = Option(("services", module.name, name), kind, empty(self.random, kind))
        if self.numbers and kind in ("int", "text") and self.random.random() < COMPUTED:
            option.default = self._computed(kind, self.random.choice(self.numbers))
        elif kind == "int":
            self.numbers.append(option)
        self.declare(module, option)
        self.free[option.path] = (option, set())

    def _computed(self, kind: str, number: Option) -> Next | Labelled:
        if kind == "int":
            return Next(number.path)
        return Labelled(f"{word(self.random)}-", number.path)

    def define(self, count: int) -> None:
        """Definitions of options all over, in modules all over; no two contradict each other."""
        options = list(self.free.values())
        while count:
            option, taken = self.random.choice(options)
            strength = PLAIN
            if option.kind not in JOINED:
                strength = self.random.choices((PLAIN, DEFAULT, FORCE), (60, 25, 15))[0]
                if strength in taken:
                    continue
                taken.add(strength)
            made = Definition(option.path, self._value(option), strength)
            if option.kind != "map" and self.random.random() < SWITCHED:
                made.when = (self.random.choice(self.switches), self.random.random() < 0.8)
            self.random.choice(self.modules).definitions.append(made)
            count -= 1

    def _value(self, option: Option) -> Literal | Next | Labelled:
        if option.kind in ("int", "text") and self.numbers and self.random.random() < COMPUTED:
            number = self.random.choice(self.numbers)
            if number.rank < option.rank:
                return self._computed(option.kind, number)
        return literal(self.random, option.kind)

    def entries(self, name: str, count: int, fields: int, defined: int) -> None:
        """A map of records; of each entry some fields are defined, the first two in one file."""
        made = [
            Option((f"f{each}",), kind, empty(self.random, kind))
            for each, kind in enumerate(("int", "text", "bool", "list") * 2)
        ][:fields]
        if fields > 4:
            made[4].default = Next(("f0",), is_field=True)
        if fields > 5:
            made[5].default = Named(".example.org")
        home = self.random.choice(self.modules)
        option = self.declare(home, Option(("guests", name), "entries", Literal({}), made))
        for each in range(count):
            home = self.random.choice(self.modules)
            for at, part in enumerate(self.random.sample(made, defined)):
                strength = PLAIN
                if part.kind != "list" and self.random.random() < 0.1:
                    strength = FORCE
                path = (*option.path, f"i{each:05d}", *part.path)
                value = literal(self.random, part.kind)
                holder = home if at < 2 else self.random.choice(self.modules)
                holder.definitions.append(Definition(path, value, strength, of_entry=True))

    def host(self, count: int) -> list[Definition]:
        """What one of many hosts says otherwise."""
        free = [path for path, (_, taken) in self.free.items() if FORCE not in taken]
        made = []
        for path in self.random.sample(free, count):
            kind = self.free[path][0].kind
            strength = PLAIN if kind in JOINED else FORCE
            made.append(Definition(path, literal(self.random, kind), strength))
        return made


def as_tree(modules: list[Module]) -> None:
    """Each module imports two more."""
    names = [module.name for module in modules]
    for at, module in enumerate(modules):
        module.imports = names[2 * at + 1 : 2 * at + 3]


def as_star(modules: list[Module]) -> None:
    """The first module imports all others."""
    modules[0].imports = [module.name for module in modules[1:]]


def as_layers(modules: list[Module]) -> None:
    """Layers of three; each module imports the whole next layer."""
    names = [module.name for module in modules]
    for at, module in enumerate(modules):
        below = 3 * ((at + 2) // 3) + 1
        module.imports = names[below : below + 3]


def tiny(random: Random, scale: float) -> Workload:
    """One module of a few options."""
    machine = Machine(random, 1)
    machine.services(4, 1)
    machine.define(2)
    return Workload(machine.modules)


def host_machine(random: Random, scale: float) -> Machine:
    """The machine of `host` and `fleet`."""
    machine = Machine(random, max(2, round(40 * scale)))
    machine.services(15, 4)
    machine.define(round(200 * scale))
    for name in ("disks", "nics"):
        machine.entries(name, max(1, round(12 * scale)), 6, 3)
    as_tree(machine.modules)
    return machine


def host(random: Random, scale: float) -> Workload:
    """One machine."""
    return Workload(host_machine(random, scale).modules)


def fleet(random: Random, scale: float) -> Workload:
    """Many hosts of the same modules."""
    machine = host_machine(random, 1.0)
    hosts = {f"h{each:04d}": machine.host(20) for each in range(max(1, round(1000 * scale)))}
    return Workload(machine.modules, hosts)


def large(random: Random, scale: float) -> Workload:
    """A configuration that a whole team keeps."""
    machine = Machine(random, max(2, round(400 * scale)))
    machine.services(15, 12)
    machine.define(round(7640 * scale))
    for each in range(10):
        machine.entries(f"set{each}", max(1, round(50 * scale)), 8, 4)
    as_tree(machine.modules)
    return Workload(machine.modules)


def wide(random: Random, scale: float) -> Workload:
    """One map of very many entries."""
    machine = Machine(random, 20)
    machine.services(2, 2)
    machine.entries("all", max(1, round(20_000 * scale)), 6, 3)
    as_star(machine.modules)
    return Workload(machine.modules)


def dag(random: Random, scale: float) -> Workload:
    """Small modules that are reached in very many ways."""
    machine = Machine(random, 3 * max(1, round(12 * scale)) + 1)
    machine.services(3, 2)
    machine.define(40)
    as_layers(machine.modules)
    return Workload(machine.modules)


def deep(random: Random, scale: float) -> Workload:
    """A chain; by name the options sort so that the one farthest from its end comes first."""
    count = max(2, round(5000 * scale))
    modules = [Module(f"m{each:04d}") for each in range(50)]
    for each in range(count):
        path = ("chain", f"c{count - 1 - each:06d}")
        modules[each % 50].options.append(Option(path, "int", Literal(0), rank=each))
        if each:
            before = ("chain", f"c{count - each:06d}")
            modules[(7 * each + 3) % 50].definitions.append(Definition(path, Next(before)))
    as_star(modules)
    return Workload(modules)


def strings(random: Random, scale: float) -> Workload:
    """Ten lists and ten texts, of which each module contributes three long parts."""
    modules = [Module(f"m{each:04d}") for each in range(max(2, round(40 * scale)))]
    options = [
        Option(("text", f"{kind}{each:02d}"), kind, empty(random, kind), rank=2 * each + at)
        for each in range(10)
        for at, kind in enumerate(("lines", "list"))
    ]
    for at, option in enumerate(options):
        modules[at % len(modules)].options.append(option)
        places = iter(random.sample(range(1, 100_000), 3 * len(modules)))
        for module in modules:
            for _ in range(3):
                value: Any = [word(random) for _ in range(50)]
                if option.kind == "lines":
                    lines = [f"{word(random)} {word(random)} = {word(random)};" for _ in range(25)]
                    value = "\n".join(lines)
                made = Definition(option.path, Literal(value), place=next(places))
                module.definitions.append(made)
    as_star(modules)
    return Workload(modules)


SIZES: dict[str, Callable[[Random, float], Workload]] = {
    "tiny": tiny,
    "host": host,
    "large": large,
    "strings": strings,
    "wide": wide,
    "dag": dag,
    "deep": deep,
    "fleet": fleet,
}
