"""Random configurations whose expressions may be anything: circles, wrong kinds, odd arguments."""

from __future__ import annotations

import random

from evaluator.names.builtin_names import BUILTIN_NAMES

TYPES = (
    "int", "string", "bool", "list(int)", "list(string)", "map(int)", "any", "int?", "R",
    "map(R)", "text", "set(string)", "float", "duration", "size",
)  # fmt: skip
ATOMS = (
    "0", "1", "-7", "9223372036854775807", "2.5", '"a"', '""', "true", "false", "null", "[]",
    "[1, 2]", '["a"]', "{}", "{ a = 1 }", "5s", "8GiB", "0o644", '"10.0.0.1/24"', "self",
    "key", "value", "config", "config.r", "config.r.f", "config.m.k", "config.m",
)  # fmt: skip
OPERATORS = ("+", "-", "*", "/", "%", "++", "==", "!=", "<", "<=", "and", "or", "in", "??", "..")
DECLARED = """record R {
  option f: int = 1
  option g: int = self.f + 1
  when self.f > 3 { default g = self.f }
}
option r: R = {}
option m: map(R) = {}
let twice(x) = x + x
"""


class Words:
    """Expressions from one stream of random numbers."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(f"words {seed}")
        self.names = [f"o{number}" for number in range(self.rng.randint(3, 8))]

    def expression(self, depth: int) -> str:
        """Any expression."""
        rng = self.rng
        if depth <= 0 or rng.random() < 0.2:
            if rng.random() < 0.5:
                return f"config.{rng.choice(self.names)}"
            return rng.choice(ATOMS)
        one, two, three = [self.expression(depth - rng.randint(1, 2)) for _ in range(3)]
        return rng.choice(
            (
                f"({one} {rng.choice(OPERATORS)} {two})",
                f"({one} {rng.choice(OPERATORS)} {two})",
                f"(not {one})",
                f"(if {one} then {two} else {three})",
                f'"x#{{{one}}}y#{{{two}}}"',
                f"[{one}, {two}]",
                f"[for x in {one}: {two}]",
                f"[for k, v in {one} if {two}: k]",
                f"({one}).a",
                f"({one})[{two}]",
                f"{{ a = {one}, when {two} {{ b = {three} }} }}",
                f"{rng.choice(sorted(BUILTIN_NAMES))}({one})",
                f"{rng.choice(sorted(BUILTIN_NAMES))}({one}, {two})",
                f"twice({one})",
            )
        )

    def statement(self) -> str:
        """A definition of something."""
        rng = self.rng
        name = rng.choice((*self.names, "r.f", "r.g", "m.k.f", "m"))
        strength = rng.choice(("", "", "", "default ", "force ", "priority 70 "))
        made = f"{strength}{name} = {self.expression(3)}"
        if rng.random() < 0.3:
            made = f"when {self.expression(2)} {{ {made} }}"
        elif rng.random() < 0.15:
            made = f'for x in {self.expression(2)} {{ m."#{{x}}".f = {self.expression(2)} }}'
        return made


def configuration(seed: int) -> tuple[str, list[str]]:
    """A file, and the options it declares."""
    words = Words(seed)
    lines = [
        f"option {name}: {words.rng.choice(TYPES)} = {words.expression(4)}" for name in words.names
    ]
    lines += [words.statement() for _ in range(words.rng.randint(0, 6))]
    return DECLARED + "\n".join(lines) + "\n", words.names
