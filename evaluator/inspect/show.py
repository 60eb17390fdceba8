"""`show`: an option's face — type, default, documentation, where declared, value now."""

from __future__ import annotations

from evaluator.diagnostics.model import Sink, Stop
from evaluator.evaluation.export import export_value
from evaluator.evaluation.maps import MapScope
from evaluator.evaluation.scope import Scope
from evaluator.evaluation.slots import Slots
from evaluator.inspect.rules import rules_of
from evaluator.options.shapes import Option, Shape, path_text
from evaluator.source import site_of
from evaluator.types.values import display

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.evaluation.world import World
    from evaluator.inspect.paths import Located
    from evaluator.source import Source


def show(world: World, located: Located, *, with_value: bool = True) -> dict[str, Any]:
    """Facts about an option, a group or an entry of a map; its value, if there is one only."""
    owner, name = located.owner, located.name
    member = owner.shape.members.get(name) if isinstance(owner, Scope) else None
    facts: dict[str, Any] = {"version": 1, "path": located.path}
    if isinstance(member, Option):
        facts.update(option_facts(member))
    elif isinstance(member, Shape):
        facts.update(group_facts(member))
    elif isinstance(owner, MapScope):
        facts["kind"] = "entry"
        facts["type"] = owner.type.source()
    value, has_value = _value(world, located)
    if with_value:
        facts["value"], facts["has_value"] = value, has_value
    scope = owner.slots.get(name)
    if isinstance(scope, Slots):
        facts["options"] = [
            brief(scope.shape if isinstance(scope, Scope) else None, each) for each in scope.names()
        ]
    return facts


def brief(shape: Shape | None, name: str) -> dict[str, Any]:
    """An option of a group in one line: type, default, first line of its documentation."""
    member = shape.members.get(name) if shape is not None else None
    if not isinstance(member, Option):
        return {"name": name, "type": None, "default": None, "doc": ""}
    facts = option_facts(member)
    return {
        "name": name,
        "type": facts["type"],
        "default": facts["default"],
        "doc": facts["doc"].partition("\n\n")[0].replace("\n", " "),
    }


def option_facts(option: Option) -> dict[str, Any]:
    """What a declaration says."""
    node = option.node
    default = None
    if option.default is not None:
        text = option.module.source.text[option.default[1] : option.default[2]]
        default = " ".join(text.split())
        if node[5] == node[1] and node[2] == node[6]:
            # What every service has by itself: its `enable`, or the map of its instances.
            default = "{}" if option.default[0] == "record" else "false"
    span = (option.module.source, node[5], node[6])
    return {
        "kind": option.kind,
        "type": option.written_type(),
        "meaning": option.meaning(),
        "rules": rules_of(option.type),
        "default": default,
        "required": option.is_required(),
        "doc": option.doc(),
        "section": option.section,
        "declared": site_of(span),
        "annotations": _annotations(node[11], option.module.source),
    }


def _annotations(nodes: tuple[Any, ...], source: Source) -> list[dict[str, str]]:
    """What annotations say: a text as it reads, another value as it is written."""
    return [
        {
            "name": node[3],
            "text": ", ".join(
                [
                    str(each[3])
                    if each[0] == "str" and node[3] != "example"
                    else " ".join(source.text[each[1] : each[2]].split())
                    for each in node[4]
                ]
            ),
        }
        for node in nodes
    ]


def group_facts(shape: Shape) -> dict[str, Any]:
    """What is known about a group or service."""
    facts: dict[str, Any] = {"kind": "service" if shape.service else "group"}
    if shape.service is not None:
        service = shape.service
        facts["doc"] = service.node[7]
        facts["declared"] = site_of((service.module.source, service.node[1], service.node[4]))
        facts["annotations"] = _annotations(service.node[8], service.module.source)
    return facts


def _value(world: World, located: Located) -> tuple[Any, bool]:
    """The value now; an option without one is told as such instead of failing."""
    quiet = Sink()
    loud, world.sink = world.sink, quiet
    try:
        return export_value(located.value()), not quiet.has_errors()
    except Stop:
        return None, False
    finally:
        world.sink = loud


def render_show(facts: dict[str, Any]) -> str:
    """The face as text."""
    lines = [str(facts["path"])]
    if facts.get("type"):
        meaning = facts.get("meaning")
        more = f"  — {meaning}" if meaning and meaning != facts["type"] else ""
        lines.append(f"  type      {facts['type']}{more}")
    lines.extend(f"  rule      {rule}" for rule in facts.get("rules", ()))
    if "default" in facts:
        default = facts["default"]
        for annotation in facts.get("annotations", []):
            if annotation["name"] == "default-text":
                default = annotation["text"]
        if default is None:
            default = "none: a value is required" if facts["required"] else "none"
        lines.append(f"  default   {default}")
    if facts.get("has_value") and not isinstance(facts["value"], dict):
        lines.append(f"  value     {display(facts['value'], limit=200)}")
    elif facts.get("has_value") is False:
        lines.append("  value     none; `vcfg check` says why")
    elif facts.get("hosts"):
        lines.append("  value     each host has its own: --host NAME")
    site = facts.get("declared")
    if site:
        lines.append(f"  declared  {site['file']}:{site['line']}:{site['column']}")
    for annotation in facts.get("annotations", []):
        said = annotation["text"] or "yes"
        if annotation["name"] != "default-text":
            lines.append(f"  {annotation['name']:9} {said}")
    if facts.get("doc"):
        lines.append("")
        lines.extend("  " + line if line else "" for line in facts["doc"].split("\n"))
    if facts.get("options"):
        lines.append("")
        lines.append("  holds")
        for each in facts["options"]:
            typed = f": {_short(each['type'])}" if each["type"] else ""
            default = f" = {_short(each['default'])}" if each["default"] is not None else ""
            lines.append(f"    {path_text((each['name'],))}{typed}{default}")
            if each["doc"]:
                lines.append(f"      {each['doc']}")
    return "\n".join(lines) + "\n"


def _short(text: str, limit: int = 60) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"
