"""The quick parser: words of the command line against the table, without heavy imports."""

from __future__ import annotations

from evaluator.cli.table import VERBS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evaluator.cli.table import Argument, Option, Verb


class UsageError(Exception):
    """The command was called wrongly; the argument says how, in words."""


class Arguments:
    """What a verb was called with: `words[NAME]` and `options[name]`."""

    __slots__ = ("options", "verb", "words")

    def __init__(self, verb: Verb) -> None:
        self.verb = verb
        self.words: dict[str, list[str]] = {}
        self.options: dict[str, list[str]] = {}

    def word(self, name: str) -> str:
        """A word by position; empty if it was optional and left out."""
        words = self.words.get(name)
        return words[0] if words else ""

    def option(self, name: str) -> str:
        """Value of an option, or its default; empty if neither is there."""
        values = self.options.get(name)
        if values:
            return values[-1]
        for option in self.verb.all_options():
            if option.key() == name:
                return option.default or ""
        return ""

    def flag(self, name: str) -> bool:
        """Whether a flag was given."""
        return name in self.options


def parse_arguments(argv: list[str]) -> Arguments | None:
    """Arguments of a command line; None if it asks for help; raises UsageError."""
    if not argv or argv[0] in ("--help", "-h", "help"):
        return None
    verb = VERBS.get(argv[0])
    if verb is None:
        return None
    parsed = Arguments(verb)
    options = {option.name: option for option in verb.all_options()}
    shorts = {option.short: option for option in verb.all_options() if option.short}
    words: list[str] = []
    rest = argv[1:]
    while rest:
        word = rest.pop(0)
        if word == "--":
            words.extend(rest)
            break
        if word in ("--help", "-h"):
            return None
        if word.startswith("--"):
            name, equals, value = word.partition("=")
            option = options.get(name)
            if option is None:
                raise UsageError(_unknown(name, verb, list(options)))
            _take(parsed, option, value if equals else None, rest)
        elif word.startswith("-") and word != "-" and shorts.get(word[:2]) is not None:
            _take(parsed, shorts[word[:2]], word[2:] or None, rest)
        elif word.startswith("-") and word != "-":
            raise UsageError(_unknown(word, verb, [*options, *shorts]))
        else:
            words.append(word)
    _place(parsed, words)
    return parsed


def _take(parsed: Arguments, option: Option, value: str | None, rest: list[str]) -> None:
    if option.value is None:
        if value is not None:
            raise UsageError(f"{option.name} takes no value")
        parsed.options[option.key()] = [""]
        return
    if value is None:
        if not rest:
            raise UsageError(f"{option.name} needs a value: {option.name} {option.value}")
        value = rest.pop(0)
    if option.choices and value not in option.choices:
        raise UsageError(_no_choice(option, value))
    if not value and option.value == "NAME":
        raise UsageError(f"{option.name} needs a name, and was given an empty one")
    parsed.options.setdefault(option.key(), []).append(value)


def _no_choice(option: Option, value: str) -> str:
    """Which values there are, and which one is meant."""
    from evaluator.diagnostics.suggest import nearest

    said = f"{option.name} is one of {', '.join(option.choices)}, not {value!r}"
    meant = option.meant.get(value.lower())
    near = [meant] if meant else nearest(value, option.choices, 1)
    return said + "".join([f"; did you mean {each}?" for each in near])


def _place(parsed: Arguments, words: list[str]) -> None:
    arguments: tuple[Argument, ...] = parsed.verb.arguments
    for at, argument in enumerate(arguments):
        later = sum([not each.is_optional for each in arguments[at + 1 :]])
        if argument.is_optional and words and len(words) <= later:
            continue
        if argument.many:
            if not words and not argument.is_optional:
                raise UsageError(f"`vcfg {parsed.verb.name}` needs at least one {argument.name}")
            _refuse_empty(parsed.verb, argument, words)
            parsed.words[argument.name] = words
            words = []
        elif words:
            _refuse_empty(parsed.verb, argument, words[:1])
            parsed.words[argument.name] = [words[0]]
            words = words[1:]
        elif not argument.is_optional:
            raise UsageError(
                f"`vcfg {parsed.verb.name}` needs a {argument.name}: {usage(parsed.verb)}"
            )
    if words:
        raise UsageError(f"too many words: {' '.join(words)}; {usage(parsed.verb)}")


def _refuse_empty(verb: Verb, argument: Argument, words: list[str]) -> None:
    """An empty name of a file is a variable of a shell that nobody has set."""
    if argument.name == "FILE" and "" in words:
        raise UsageError(f"`vcfg {verb.name}` needs a FILE, and was given an empty name")


def usage(verb: Verb) -> str:
    """One line: the verb with its arguments."""
    return f"vcfg {verb.name} {' '.join(places(verb))}"


def places(verb: Verb) -> list[str]:
    """The arguments as usage shows them: what may be left out in brackets, `…` for several."""
    shown = []
    for argument in verb.arguments:
        text = argument.name + ("…" if argument.many else "")
        shown.append(f"[{text}]" if argument.is_optional else text)
    return shown


def _unknown(word: str, verb: Verb, known: list[str]) -> str:
    from evaluator.diagnostics.suggest import nearest

    near = nearest(word, known)
    hint = f"; did you mean {near[0]}?" if near else f"; see `vcfg {verb.name} --help`"
    return f"`vcfg {verb.name}` has no option {word}{hint}"
