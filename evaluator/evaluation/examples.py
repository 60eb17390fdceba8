"""`@example`: a value that fits the option it stands before.

Nobody needs it to evaluate a configuration, so only `vcfg check` looks at it. What an example
leaves out is no mistake of it.
"""

from __future__ import annotations

from evaluator.definitions.definition import Definition
from evaluator.diagnostics.model import Stop
from evaluator.evaluation.context import base
from evaluator.evaluation.export import LACKS, Export
from evaluator.evaluation.scope import Scope
from evaluator.options.shapes import Shape

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.evaluation.world import World
    from evaluator.options.shapes import Option

    Node = tuple[Any, ...]


def check_examples(world: World) -> None:
    """Report examples that no definition could be, in the user's own files.

    Those of the library are looked at when one of its files is what is checked.
    """
    files = [each for each in world.modules if each.source.form != "argument"]
    own = {id(each) for each in files if not each.shipped or each is files[-1]}
    if not any(["@example" in each.source.text for each in files if id(each) in own]):
        return
    _shape(world, world.root.shape, world.root, own)
    for record in world.declared.records:
        scope = Scope(world, record.shape, world.root, record.name, "", [])
        _shape(world, record.shape, scope, own)


def _shape(world: World, shape: Shape, owner: Scope, own: set[int]) -> None:
    for name, member in shape.members.items():
        if isinstance(member, Shape):
            _shape(world, member, Scope(world, member, owner, name, owner.key, []), own)
        else:
            _option(owner, name, member, own)
    if shape.any is not None:
        _option(owner, "*", shape.any, own)


def _option(owner: Scope, name: str, option: Option, own: set[int]) -> None:
    if option.node[0] != "option" or id(option.module) not in own:
        return
    for annotation in option.node[11]:
        if annotation[3] == "example" and len(annotation[4]) == 1:
            _example(owner, name, option, annotation[4][0])


def _example(owner: Scope, name: str, option: Option, value: Node) -> None:
    world = owner.world
    source = option.module.source
    statement = ("def", value[1], value[2], value[1], (name,), None, None, (), (), value)
    context = base(world.module_env(option.module))
    definition = Definition(statement, 1, context, None, None, source, option.module.index)
    before = len(world.sink.diagnostics)
    job = Export(is_alone=True)
    try:
        job.value(
            world.resolve(owner, name, option.type, [definition], None, "example"), disabled=False
        )
        job.finish()
    except Stop:
        job.later.clear()
    finally:
        world.sink.take_back(before, lambda finding: finding.code in LACKS)
