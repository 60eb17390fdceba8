"""Does every `extend` reach an instance: asked last, for edges that are active."""

from __future__ import annotations

from evaluator.diagnostics.model import Diagnostic, Edit, Help, Label, Stop
from evaluator.evaluation.slots import Slots
from evaluator.options.shapes import is_word, path_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.evaluation.world import Extension, World

SHOWN = 6


def check_targets(world: World) -> None:
    """Report active extensions that reach no instance, or cannot know which one."""
    if world.instances is None:
        return
    for reaching in list(world.instances.reaching.values()):
        for extension in reaching:
            try:
                _check(world, extension)
            except Stop:
                continue


def _check(world: World, extension: Extension) -> None:
    instances = world.instances.keys(extension.target)  # type: ignore[union-attr]
    keys = instances.names()
    if (extension.key is None and len(keys) == 1) or extension.key in keys:
        return
    active = extension.definition.context.envs()
    if not active:
        return
    who = extension.service.path
    if who[-1] == "*" and isinstance(active[0].owner, Slots):
        who = active[0].owner.path()
    if extension.key is None and keys:
        _ambiguous(world, extension, instances, keys, who)
    else:
        _missing(world, extension, instances, keys, who)


def _site(extension: Extension) -> tuple[Any, int, int]:
    return extension.definition.source, extension.node[1], extension.node[3]


def _service(extension: Extension, who: tuple[str, ...]) -> Label:
    service = extension.service
    span = (service.module.source, service.node[1], service.node[4])
    return Label(span, f"`{path_text(who)}` extends it")


def _sites(instances: Any, keys: list[str]) -> list[Label]:
    """Where the instances are made."""
    labels = []
    for key in keys[:SHOWN]:
        for definition in instances.definitions_of(key)[:1]:
            labels.append(Label(definition.path_span(), f"`{path_text(instances.path(key))}`"))
    return labels


def _named(extension: Extension, key: str) -> Help:
    """Reach one instance by its name, as an edit where names can say it."""
    reach = extension.target.path[:-1]
    text = path_text((*reach, key))
    source, start, end = _site(extension)
    at = end - len(path_text(extension.node[4]))
    edits: tuple[Edit, ...] = ()
    if is_word(key) and source.text[at:end] == path_text(extension.node[4]) and at > start:
        edits = (Edit((source, at, end), text),)
    return Help(f"name the one that is meant: `extend {text} {{ … }}`", edits)


def _ambiguous(
    world: World, extension: Extension, instances: Any, keys: list[str], who: tuple[str, ...]
) -> None:
    name = path_text(extension.node[4])
    world.sink.report(
        Diagnostic(
            "ambiguous-target",
            f"`{path_text(who)}` extends `{name}`, of which there are {len(keys)}",
            (
                Label(_site(extension), "which one?", primary=True),
                _service(extension, who),
                *_sites(instances, keys),
            ),
            help=tuple([_named(extension, key) for key in keys[:3]]),
            path=path_text(extension.target.path[:-1]),
            facts={"target": name, "instances": keys},
        )
    )


def _missing(
    world: World, extension: Extension, instances: Any, keys: list[str], who: tuple[str, ...]
) -> None:
    from evaluator.diagnostics.suggest import nearest

    name = path_text(extension.node[4])
    reach = extension.target.path[:-1]
    target = extension.target
    if extension.key is None:
        message = f"`{path_text(who)}` extends `{name}`, which has no instance"
        help = [Help(f"make one: `{path_text((*reach, 'main'))}.enable = true`")]
    else:
        message = f"`{path_text(who)}` extends `{name}`, which nobody defines"
        near = nearest(extension.key, keys)[:1]
        help = [_named(extension, key) for key in near]
        help = help or [Help(f"make it: `{name}.enable = true`")]
    listed = ", ".join([f"`{path_text((*reach, key))}`" for key in keys[:SHOWN]])
    world.sink.report(
        Diagnostic(
            "unknown-target",
            message,
            (
                Label(_site(extension), "reaches nobody", primary=True),
                _service(extension, who),
                Label((target.module.source, target.node[1], target.node[4]), "declared here"),
            ),
            notes=(f"instances of `{path_text(reach)}`: {listed}",) if keys else (),
            help=tuple(help),
            path=path_text(reach),
            facts={"target": name, "instances": keys},
        )
    )
