"""What a builtin function is: its parameters, their checks, documentation and examples.

Functions get plain, forced data. `Builtin.call` refuses wrong use in words before the
function itself runs, so functions can rely on the kinds of what they are given.
"""

from __future__ import annotations

from evaluator.types.values import SECRET, display, kind_of, kind_words

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    Example = tuple[list[object], dict[str, object], object]


class BuiltinError(Exception):
    """A builtin was used wrongly, or has no result for these values.

    `argument` says which argument is to blame: its index, its name, or None for the call.
    """

    def __init__(self, message: str, argument: int | str | None = None) -> None:
        super().__init__(message, argument)
        self.message = message
        self.argument = argument

    def __str__(self) -> str:
        return self.message


class Param:
    """One parameter: `what` is the noun of messages, `kinds` the kinds it takes (none: any).

    `required` ones are given by place; the others by name only, and have a default. With
    `choices` only these values are taken.
    """

    __slots__ = ("choices", "default", "kinds", "name", "required", "what")

    def __init__(
        self, name: str, kinds: tuple[str, ...], what: str, *, required: bool = True
    ) -> None:
        self.name = name
        self.kinds = kinds
        self.what = what
        self.required = required
        self.default: object = None
        self.choices: tuple[object, ...] = ()


def items(name: str = "items", what: str = "a list") -> Param:
    """A parameter that takes a list."""
    return Param(name, ("list",), what)


def text(name: str = "text", what: str = "a string") -> Param:
    """A parameter that takes a string."""
    return Param(name, ("string",), what)


def record(name: str = "record", what: str = "a record") -> Param:
    """A parameter that takes a record."""
    return Param(name, ("record",), what)


def anything(name: str = "value", what: str = "a value") -> Param:
    """A parameter that takes every kind of value."""
    return Param(name, (), what)


def one_of(kinds: tuple[str, ...], name: str, what: str) -> Param:
    """A parameter that takes the given kinds."""
    return Param(name, kinds, what)


def setting(name: str, default: object, *choices: object) -> Param:
    """A parameter given by name, of the kind of its default, perhaps with fixed choices."""
    param = Param(name, (kind_of(default),), kind_words(default), required=False)
    param.default = default
    param.choices = choices
    return param


def example(result: object, *args: object, **named: object) -> Example:
    """What a call with these arguments gives; documentation and test at once."""
    return list(args), named, result


class Builtin:
    """A function of the language. `doc` is one paragraph, `example` at least one call."""

    __slots__ = ("doc", "example", "function", "name", "params", "places")

    error = BuiltinError

    def __init__(
        self,
        name: str,
        function: Callable[..., object],
        params: tuple[Param, ...],
        doc: str,
        *example: Example,
    ) -> None:
        self.name = name
        self.function = function
        self.params = params
        self.places = [param for param in params if param.required]
        self.doc = doc
        self.example = example

    def call(self, args: list[object], named: dict[str, object]) -> object:
        """The result; BuiltinError when the use is wrong or there is none."""
        places = self.places
        if len(args) != len(places):
            raise BuiltinError(self._wrong_count(places, args), None)
        for index, value in enumerate(args):
            kinds = places[index].kinds
            if kinds and kind_of(value) not in kinds:
                raise BuiltinError(self._wrong_kind(places, index, value), index)
        if not named and len(places) == len(self.params):
            return self.function(*args)
        settings = [param for param in self.params if not param.required]
        return self.function(*args, *self._settings(settings, named))

    def signature(self) -> str:
        """The call as documentation shows it: `join(items, separator)`."""
        shown = [
            param.name if param.required else f"{param.name}: {display(param.default)}"
            for param in self.params
        ]
        return f"{self.name}({', '.join(shown)})"

    def _settings(self, settings: list[Param], named: dict[str, object]) -> list[object]:
        """Values of the parameters given by name, defaults filled in."""
        known = [param.name for param in settings]
        for name in named:
            if name not in known:
                raise BuiltinError(self._unknown(name, known), name)
        values: list[object] = []
        for param in settings:
            value = named.get(param.name, param.default)
            if kind_of(value) not in param.kinds:
                raise BuiltinError(
                    f"`{param.name}` of `{self.name}` is {param.what}, not {_given(value)}",
                    param.name,
                )
            if param.choices and value not in param.choices:
                choices = ", ".join([display(choice) for choice in param.choices])
                message = f"`{param.name}` of `{self.name}` is one of {choices}"
                raise BuiltinError(f"{message}, not {display(value)}", param.name)
            values.append(value)
        return values

    def _unknown(self, name: str, known: list[str]) -> str:
        if not known:
            return f"`{self.name}` takes no named arguments, `{name}` is given"
        from evaluator.diagnostics.suggest import nearest

        near = nearest(name, known, 1)
        hint = f"did you mean `{near[0]}`?" if near else "it has " + _all_of(known)
        return f"`{self.name}` has no argument `{name}`; {hint}"

    def _wrong_count(self, places: list[Param], args: list[object]) -> str:
        if not places:
            return self._only_by_name(args)
        given = {0: "none is given", 1: "1 is given"}.get(len(args), f"{len(args)} are given")
        if len(places) == 1 and places[0].kinds == ("list",) and len(args) > 1:
            shown = ", ".join([display(arg, 12) for arg in args[:2]])
            given += f"; write `{self.name}([{shown}{', …' if len(args) > 2 else ''}])`"
        return f"{self._takes(places)}; {given}"

    def _only_by_name(self, args: list[object]) -> str:
        names = [param.name for param in self.params]
        shown = f"{self.name}({names[0]}: {display(args[0], 40)})"
        return f"`{self.name}` takes {_all_of(names)} by name: `{shown}`"

    def _wrong_kind(self, places: list[Param], index: int, value: object) -> str:
        which = "it" if len(places) == 1 else f"the {_ORDINALS[index]} argument"
        return f"{self._takes(places)}; {which} is {_given(value)}"

    def _takes(self, places: list[Param]) -> str:
        return f"`{self.name}` takes {_listed([param.what for param in places])}"


_ORDINALS = ("first", "second", "third")


def _given(value: object) -> str:
    """A value of the wrong kind in a sentence."""
    kind = kind_of(value)
    if kind in {"list", "record"}:
        return kind_words(value)
    if kind in SECRET:
        return f"{kind_words(value)}, whose content is not known here"
    if kind == "null":
        return "null; `??` gives a value to use instead"
    shown = display(value, 40)
    return f"{kind_words(value)}, {shown}" if kind in _NAMED else shown


_NAMED = frozenset({"int", "float", "string", "duration", "size", "mode"})


def _all_of(names: list[str]) -> str:
    return _listed([f"`{name}`" for name in names])


def _listed(words: list[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join([*[", ".join(words[:-1])][: len(words) > 1], *words[-1:]]) or "nothing"
