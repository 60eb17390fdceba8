"""The manual as one HTML page that needs nothing else: contents, search, links to options."""

from __future__ import annotations

from html import escape

from evaluator.manual.emitted import told
from evaluator.manual.groups import by_service, marks, site

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Facts = dict[str, Any]

STYLE = """\
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 60rem; padding: 1rem; }
input { font: inherit; padding: .4rem .6rem; width: 100%; box-sizing: border-box; }
code, pre { font-family: ui-monospace, monospace; font-size: .9em; }
pre { overflow-x: auto; }
nav ul { columns: 3 14rem; padding-left: 1.2rem; }
article { border-top: 1px solid #8884; padding: .6rem 0; }
article h3 { margin: 0; font-size: 1rem; overflow-wrap: anywhere; }
article h3 a { color: inherit; text-decoration: none; }
dl { display: grid; grid-template-columns: 7rem 1fr; margin: .4rem 0; }
dd { margin: 0; overflow-wrap: anywhere; }
.warn { font-weight: bold; }
[hidden] { display: none !important; }
"""
SCRIPT = """\
const box = document.getElementById("search");
const count = document.getElementById("count");
const articles = [...document.querySelectorAll("article")];
const texts = articles.map(article => article.textContent.toLowerCase());
function look() {
  const words = box.value.toLowerCase().split(/\\s+/).filter(Boolean);
  let shown = 0;
  articles.forEach((article, at) => {
    article.hidden = !words.every(word => texts[at].includes(word));
    if (!article.hidden) shown += 1;
  });
  document.querySelectorAll("section").forEach(section => {
    section.hidden = !section.querySelector("article:not([hidden])");
  });
  count.textContent = `${shown} of ${articles.length} options`;
}
function arrive() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target === null) return;
  if (target.closest("[hidden]") !== null) {
    box.value = "";
    look();
  }
  target.scrollIntoView();
}
document.addEventListener("keydown", event => {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.key === "/" && document.activeElement !== box) {
    event.preventDefault();
    box.focus();
    box.select();
  } else if (event.key === "Escape" && document.activeElement === box) {
    box.value = "";
    look();
  } else if (event.key === "Enter" && document.activeElement === box) {
    const first = articles.find(article => !article.hidden);
    if (first !== undefined) first.querySelector("h3 a").focus();
  }
});
box.addEventListener("input", look);
window.addEventListener("hashchange", arrive);
look();
arrive();
"""


def page(found: list[Facts], title: str) -> str:
    """The whole page."""
    groups = by_service(found)
    contents = "".join(
        [f'<li><a href="#{anchor(name)}">{escape(name)}</a></li>' for name, _options in groups]
    )
    body = "".join([_section(name, options) for name, options in groups])
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n"
        f"<h1>{escape(title)}</h1>\n"
        "<p><label>Search (key <kbd>/</kbd>) "
        '<input id="search" type="search" autofocus></label></p>\n'
        '<p id="count" role="status"></p>\n'
        f"<nav><ul>{contents}</ul></nav>\n<main>\n{body}</main>\n"
        f"<script>\n{SCRIPT}</script>\n</body>\n</html>\n"
    )


def anchor(text: str) -> str:
    """A fragment for a path or heading: what is no letter or digit is spelt by its number."""
    return "o-" + "".join(
        [
            each if each in "-._" or (each.isascii() and each.isalnum()) else f"_{ord(each):x}_"
            for each in text
        ]
    )


def _section(name: str, options: list[Facts]) -> str:
    inner = "".join([_article(facts) for facts in options])
    return f'<section>\n<h2 id="{anchor(name)}">{escape(name)}</h2>\n{inner}</section>\n'


def _article(facts: Facts) -> str:
    place = anchor("path-" + facts["path"])
    rows = [("type", _code(facts["type"]))]
    default = facts["default_text"]
    rows.append(("default", "none" if default is None else _code(default)))
    rows += [("example", _code(each)) for each in facts["examples"]]
    rows += [("note", escape(mark)) for mark in marks(facts)]
    if facts["deprecated"] is not None:
        text = escape(facts["deprecated"] or "use something else")
        rows.append(("deprecated", f'<span class="warn">{text}</span>'))
    emitted = told(facts["emits"], _code)
    if emitted:
        rows.append(("emits", "<br>".join(emitted)))
    rows.append(("declared", escape(site(facts))))
    listed = "".join([f"<dt>{name}</dt><dd>{value}</dd>" for name, value in rows])
    return (
        f'<article id="{place}">\n<h3><a href="#{place}"><code>{escape(facts["path"])}</code></a>'
        f"</h3>\n<dl>{listed}</dl>\n{_paragraphs(facts['description'])}</article>\n"
    )


def _code(text: str) -> str:
    if "\n" in text:
        return f"<pre><code>{escape(text)}</code></pre>"
    return f"<code>{escape(text)}</code>"


def _paragraphs(text: str) -> str:
    """Documentation: blank lines part paragraphs, backticks are code."""
    out = []
    for paragraph in text.split("\n\n"):
        pieces = paragraph.strip().split("`")
        if not paragraph.strip():
            continue
        inner = "".join(
            [
                f"<code>{escape(piece)}</code>" if at % 2 and at < len(pieces) - 1
                else escape(("`" if at % 2 else "") + piece)
                for at, piece in enumerate(pieces)
            ]
        )  # fmt: skip
        out.append(f"<p>{inner}</p>\n")
    return "".join(out)
