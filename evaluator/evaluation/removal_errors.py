"""Wording of what can be wrong with `remove`, and with old names once they are opened.

Evaluation goes on after each of these, unless its docstring says otherwise.
"""

from __future__ import annotations

from evaluator.diagnostics.model import WARNING, Diagnostic, Help, Label, Stop
from evaluator.diagnostics.suggest import nearest
from evaluator.evaluation.errors import site
from evaluator.evaluation.words import place_text, shown
from evaluator.options.shapes import path_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

    from evaluator.definitions.definition import Definition
    from evaluator.evaluation.maps import MapScope
    from evaluator.evaluation.world import World


def unseen_former(scope: Any, name: str, definition: Definition) -> None:
    """A computed value speaks of an old name that leads out of it."""
    path = path_text((*scope.path(), name))
    scope.world.sink.report(
        Diagnostic(
            "unknown-option",
            f"`{path}` is an old name, which a computed value cannot use",
            (site(definition, "in this value", primary=True),),
            help=(Help("define the new name by its path"),),
            path=path,
        )
    )


def removed(scope: Any, rename: Any, match: Any, message: str) -> None:
    """A live definition of what is gone."""
    from evaluator.definitions.rename_errors import old_span

    path = path_text((*scope.path(), *match.path))
    scope.world.sink.report(
        Diagnostic(
            "removed-option",
            f"`{path}` is gone" + (f": {message}" if message else ""),
            (
                Label(match.definition.span(), "defined here", primary=True),
                Label(old_span(rename), "removed here"),
            ),
            help=(Help("delete this definition"),),
            path=path,
        )
    )


def reaches_nothing(scope: MapScope, definition: Definition) -> None:
    """A `--set` speaks about every entry of a map that has none."""
    path = path_text(scope.path())
    scope.world.sink.report(
        Diagnostic(
            "unknown-option",
            f"`{path}` has no entries, so `*` reaches none",
            (Label(definition.path_span(), "changes nothing", primary=True),),
            notes=("`*` gives a value to every entry there is, and makes none",),
            help=(Help(f"name the entry that is to be made: `{path}.NAME`"),),
            severity=WARNING,
            path=path,
        )
    )


def nothing_chosen(owner: Any, name: str, definition: Definition, items: list[Any]) -> None:
    """The condition of a `remove … where` holds for no element."""
    path = place_text(owner, name)
    there = ", ".join([shown(item) for item in items[:6]]) + (", …" if len(items) > 6 else "")
    owner.world.sink.report(
        Diagnostic(
            "nothing-to-remove",
            f"no element of `{path}` is to be removed",
            (site(definition, "holds for none of them", primary=True),),
            severity=WARNING,
            notes=(f"there are {there}" if items else "it is empty",),
            help=(Help("delete this line, or correct the condition"),),
            path=path,
        )
    )


def nothing_to_remove(scope: MapScope, key: str, definition: Definition, known: list[str]) -> None:
    """`remove` of a key nobody defined."""
    _nothing_to_remove(scope.world, path_text((*scope.path(), key)), key, definition, known)


def nothing_to_remove_from(
    owner: Any, name: str, key: Any, definition: Definition, items: list[Any]
) -> None:
    """`remove` of an element nobody contributed."""
    known = [item for item in items if isinstance(item, str)]
    _nothing_to_remove(
        owner.world,
        place_text(owner, name) + "." + path_text((str(key),)),
        str(key),
        definition,
        known,
    )


def _nothing_to_remove(
    world: World, path: str, key: str, definition: Definition, known: list[str]
) -> None:
    if world.lacks_values:
        return  # The lost file may have defined it.
    near = nearest(key, known)
    world.sink.report(
        Diagnostic(
            "nothing-to-remove",
            f"`{path}` is defined by nobody, so it cannot be removed",
            (site(definition, "removed here", primary=True),),
            help=_key_meant(definition, key, near) or (Help("delete this line"),),
            path=path,
        )
    )


def _key_meant(definition: Definition, key: str, near: list[str]) -> tuple[Help, ...]:
    """The nearest key, where the path of the `remove` ends with the wrong one."""
    from evaluator.diagnostics.renaming import meant

    end = definition.statement[2]
    if definition.index != len(definition.path()) or not near:
        return tuple([Help(f"did you mean `{other}`?") for other in near[:1]])
    return meant(definition.source, end, key, near, as_written=path_text((near[0],)))


def nothing_behind(world: World, name: str, owner: Any) -> NoReturn:
    """A new name leads into a value that has nothing of that name; does not return."""
    world.sink.report(
        Diagnostic("unknown-field", f"there is no `{path_text((name,))}` in {shown(owner)}", ())
    )
    raise Stop
