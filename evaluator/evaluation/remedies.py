"""What to write instead of a value of the wrong kind, beyond another spelling of it.

One value where several are put together, a value where a block has an option for it, `null`
where there is nothing to say, an option of a service that has instances.
"""

from __future__ import annotations

from evaluator.diagnostics.model import Edit, Help, Label
from evaluator.evaluation.words import place_text, shown
from evaluator.options.shapes import MISSING, Option, path_text
from evaluator.types.containers import ListType, RecordType, SetType
from evaluator.types.remedies import help_for, remedy_for
from evaluator.types.values import SECRET, kind_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.definitions.definition import Definition
    from evaluator.options.shapes import Record, Service
    from evaluator.types.base import Type

    Node = tuple[Any, ...]

FOR_TEXT = 'write `secret(name: "…")`, so that it stands in no file of the configuration'
FOR_SECRETS = (
    "declare the option `secret-text`, if its text goes into a file",
    (
        "or put it into a file with `secrets.files`, and name that here; a unit reads a file "
        "through `LoadCredential=` or `EnvironmentFile=`"
    ),
)
WITH_PARTS = frozenset(("record", "list"))
LITERALS = frozenset(("str", "int", "float", "bool", "mode", "duration", "size"))
SEPARATING = frozenset(" \t\n,;")


def family_of(type_: Type, owner: Any) -> Service | None:
    """The service whose instances the entries of a map are, if that is what is defined."""
    inside = type_.container()
    if not isinstance(inside, RecordType) or inside.record.node[0] != "service":
        return None
    services: dict[Any, Service] = owner.world.declared.families
    return next((each for each in services.values() if each.node is inside.record.node), None)


def instance_wanted(service: Service, name: str, value: Any) -> tuple[str, Help, Label]:
    """A value stands where an instance is named: the headline, the way out, the declaration."""
    path = path_text(service.path[:-1])
    written = shown(value)
    reason = f"`{path}` has instances, and {written} is none"
    said = f"write a block: `{path}.{path_text((name,))} {{ … }}`"
    if name in service.shape.members:
        reason = f"`{path}` has instances: `{name}` is an option of each, not of `{path}`"
        said = f"name one: `{path}.NAME {{ {name} = {written} }}`"
    site = (service.module.source, service.node[1], service.node[4])
    return reason, Help(said), Label(site, f"`{path}` has instances")


def kind_help(
    owner: Any, name: str, definition: Any, type_: Type, value: Any, reason: str
) -> list[Help]:
    """What may be done about a value whose kind its option does not take."""
    if type(value) is object or type_.refuse(value) is None:
        return []
    if value is None:
        return [Help("leave it out: `null` is a value, and not the same as no definition")]
    if definition.source.is_data() and "; " not in reason:
        better = remedy_for(type_, value)
        if better is not None:
            bare = isinstance(value, str) and better[0] == value
            return [Help(f"write {better[0]}{' without quotes' if bare else ''}")]
    if isinstance(value, dict) or hasattr(value, "names"):
        return []
    inside = type_.container()
    if isinstance(inside, RecordType):
        return _below(place_text(owner, name), definition, inside.record, value)
    many = type_.elements()
    several = isinstance(value, list)
    if isinstance(many, (ListType, SetType)) and not several and many.inner.refuse(value) is None:
        return [_in_brackets(definition, value, "set" if isinstance(many, SetType) else "list")]
    if several and len(value) == 1 and type_.refuse(value[0]) is None:
        return _without_brackets(definition)
    if isinstance(value, str) and "secret" in type_.kinds:
        return [Help(FOR_TEXT)]
    if kind_of(value) in SECRET and "secret" not in type_.kinds:
        return [Help(each) for each in FOR_SECRETS]
    return []


def _node(definition: Any) -> Node | None:
    """The value as it is written, where it is what the definition says."""
    if definition.statement[0] != "def" or not definition.is_whole():
        return None
    node: Node = definition.statement[9]
    return None if node[0] in WITH_PARTS else node


def _in_brackets(definition: Any, value: Any, word: str) -> Help:
    node = _node(definition)
    if node is None:
        return Help(f"a {word} stands in brackets: `[{shown(value)}]`")
    source = definition.source
    text = source.text[node[1] : node[2]]
    edits = (Edit((source, node[1], node[1]), "["), Edit((source, node[2], node[2]), "]"))
    said = f"a {word} stands in brackets: `[{text}]`"
    if "\n" in text or source.is_data():
        return Help(said)
    # Several words in one text may be meant to be several elements.
    is_one = node[0] in LITERALS and not (isinstance(value, str) and set(value) & SEPARATING)
    return Help(said, edits, certain=is_one)


def _without_brackets(definition: Any) -> list[Help]:
    """One value in a list that is written out, where the value itself is taken."""
    node = definition.statement[9] if definition.statement[0] == "def" else None
    if node is None or not definition.is_whole() or node[0] != "list" or len(node[3]) != 1:
        return []
    [inner], source = node[3], definition.source
    text = source.text[inner[1] : inner[2]]
    said = f"one value stands without brackets: `{text}`"
    if source.is_data() or inner[0] not in LITERALS or "#" in source.text[inner[2] : node[2]]:
        return [Help(said)]
    return [Help(said, (Edit((source, node[1], node[2]), text),), certain=True)]


def _below(path: str, definition: Any, record: Record, value: Any) -> list[Help]:
    """The option of a record that takes the value: the only one required, or its `text`."""
    taking = [
        name
        for name, member in record.shape.members.items()
        if isinstance(member, Option) and member.type.refuse(value) is None
    ]
    required = [
        name
        for name, member in record.shape.members.items()
        if isinstance(member, Option) and member.is_required()
    ]
    meant = required[0] if len(required) == 1 else "text"
    if meant not in taking:
        return []
    if definition.source.is_data():
        return [Help(f"write it as the key `{meant}` below `{path}`")]
    edits: tuple[Edit, ...] = ()
    node = _node(definition)
    if node is not None:
        at = definition.statement[3]
        edits = (Edit((definition.source, at, at), f".{path_text((meant,))}"),)
    return [Help(f"`{path}.{path_text((meant,))}` takes it", edits)]


def literal_help(definition: Definition, type_: Type, value: Any, reason: str) -> tuple[Help, ...]:
    """What to write instead of a literal; the headline has said so in words."""
    from evaluator.definitions.defaults import literal

    node = definition.statement[9] if definition.statement[0] == "def" else None
    if node is None or definition.source.is_data():
        return ()
    written = literal(node)
    if written is MISSING or type(written) is not type(value) or written != value:
        return ()
    return help_for(type_, value, reason, (definition.source, node[1], node[2]))
