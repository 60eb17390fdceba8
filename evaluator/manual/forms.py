"""The door to the forms of the manual; each form is a room of its own, loaded when asked for."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.options.shapes import Declarations

    Facts = dict[str, Any]


def written(form: str, found: list[Facts], declared: Declarations, title: str) -> str:
    """Options in one of the forms of `vcfg options --format`, ending with a line end."""
    if form == "json":
        from evaluator.types.values import dump_json

        return dump_json({"version": 1, "options": found}) + "\n"
    if form == "jsonschema":
        from evaluator.manual.json_schema import schema
        from evaluator.types.values import dump_json

        return dump_json(schema(declared, title)) + "\n"
    if form == "markdown":
        from evaluator.manual.markdown import page

        return page(found, title)
    if form == "html":
        from evaluator.manual.html_page import page as html

        return html(found, title)
    if form == "man":
        from evaluator.manual.man_page import page as man

        return man(found, title)
    from evaluator.manual.text import listing

    return listing(found)
