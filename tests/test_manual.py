"""`vcfg options`: what it lists, its forms, and the schemas that go with them."""

from __future__ import annotations

import json
import os
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

if TYPE_CHECKING:
    from tests.conftest import RunVcfg

ROOT = Path(__file__).resolve().parent.parent
SCHEMA = json.loads((ROOT / "spec" / "options.schema.json").read_text(encoding="utf-8"))
NODE = ROOT / "spec" / "examples" / "ganeti-node" / "node1.vcfg"
MAIN = """\
record Share {
  ## Where it lies.
  option path: path
  option inner: map(Share) = {}
}
## Shares, by name.
@since("0.1")
option shares: map(Share) = { srv = { path = "/srv" } }
option list: list(Share) = []
## The web, `<here>` & there.
service web {
  @example(8080)
  option port: port = 80
  accepts roots: set(path) = ["/srv/www"]
  computed url: string = "http://localhost:#{self.port}/"
  @internal
  option secret: int = -1
  @hidden("below")
  option closed: Share = { path = "/x" }
  option text: text = \"\"\"
    a
    \"\"\"
}
"""


@pytest.fixture
def main(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "main.vcfg"
    path.write_text(MAIN, encoding="utf-8")
    return path


def listed(vcfg: RunVcfg, *words: str | Path) -> list[dict[str, Any]]:
    ran = vcfg("options", "--format", "json", *map(str, words))
    assert ran.status == 0, ran.err
    document = json.loads(ran.out)
    jsonschema.validate(document, SCHEMA)
    options: list[dict[str, Any]] = document["options"]
    return options


def test_every_option_is_listed_once_with_those_of_records(main: Path, vcfg: RunVcfg) -> None:
    assert [each["path"] for each in listed(vcfg, main)] == [
        *("list", "list.*.inner", "list.*.path"),
        *("shares", "shares.<name>.inner", "shares.<name>.path"),
        *("web.closed", "web.enable", "web.port", "web.roots", "web.text", "web.url"),
    ]
    everything = [each["path"] for each in listed(vcfg, main, "--all")]
    assert {"web.secret", "web.closed.path"} <= {*everything}


def test_what_is_said_about_an_option(main: Path, vcfg: RunVcfg) -> None:
    found = {each["path"]: each for each in listed(vcfg, main)}
    shares = found["shares"]
    assert shares["description"] == "Shares, by name."
    assert (shares["type"], shares["since"], shares["service"]) == ("map(Share)", "0.1", None)
    assert shares["default"] == {"srv": {"path": "/srv"}}
    assert shares["declared_at"] == {"file": "main.vcfg", "line": 8, "column": 8}
    path = found["shares.<name>.path"]
    assert path["required"]
    assert "default" not in path
    assert path["record"] == "Share"
    port = found["web.port"]
    assert (port["default"], port["examples"], port["service"]) == (80, ["8080"], "web")
    assert port["schema"] == {"type": "integer", "minimum": 0, "maximum": 65535}
    assert found["web.url"]["kind"] == "computed"
    assert "default" not in found["web.url"]
    assert found["web.url"]["default_text"] == '"http://localhost:#{self.port}/"'
    assert found["web.enable"]["default"] is False


def test_an_alias_is_listed_under_its_own_name(tmp_path: Path, vcfg: RunVcfg) -> None:
    path = tmp_path / "main.vcfg"
    path.write_text(
        "service web {\n  ## Port to listen on.\n  option port: port\n"
        "  alias listen to port\n  former prot to port\n}\n",
        encoding="utf-8",
    )
    found = {each["path"]: each for each in listed(vcfg, path)}
    assert sorted(found) == ["web.enable", "web.listen", "web.port"]
    alias = found["web.listen"]
    assert (alias["kind"], alias["type"], alias["required"]) == ("alias", "port", False)
    assert alias["description"] == "Another name of `web.port`."
    assert alias["declared_at"]["line"] == 4


def test_words_narrow_the_list(main: Path, vcfg: RunVcfg) -> None:
    assert [each["path"] for each in listed(vcfg, main, "path")][:2] == [
        "list.*.path",
        "shares.<name>.path",
    ]
    assert [each["path"] for each in listed(vcfg, main, "web", "port")] == ["web.port"]
    ran = vcfg("options", str(main), "nowhere")
    assert (ran.status, ran.out) == (1, "")
    assert ran.err.endswith("mentions nowhere\n")
    ran = vcfg("options", str(main), "virtlog", "max-clients")
    assert ran.status == 1
    assert ran.err.endswith('has what does: import "virtualization/virtlog.vcfg"\n')
    ran = vcfg("options", str(main), "package")
    assert ' or import "' in ran.err
    assert ran.err.endswith(" others\n")


def test_without_a_file_it_is_the_library(vcfg: RunVcfg) -> None:
    found = {each["path"]: each for each in listed(vcfg)}
    assert found["libvirt.tls-port"]["type"] == "types.PortOrService"
    assert found["etc.files.<name>.text"]["service"] == "etc"
    assert all([each["description"] for each in found.values()])


def test_the_schema_of_the_options_fits_what_eval_prints(vcfg: RunVcfg) -> None:
    schema = json.loads(vcfg("options", str(NODE), "--format", "jsonschema").out)
    jsonschema.Draft202012Validator.check_schema(schema)
    value = json.loads(vcfg("eval", str(NODE)).out)
    jsonschema.validate(value, schema)
    value["ganeti"]["enable"] = "yes"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(value, schema)


class Page(HTMLParser):
    """Ids, links and text of a page; every element has to be closed in its place."""

    EMPTY = ("meta", "input")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.text = ""
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in self.EMPTY:
            self.open.append(tag)
        self.ids += [str(value) for name, value in attrs if name == "id"]
        self.links += [str(value)[1:] for name, value in attrs if name == "href"]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_page_links_to_every_option(main: Path, vcfg: RunVcfg) -> None:
    page = Page(vcfg("options", str(main), "--format", "html").out)
    assert len({*page.ids}) == len(page.ids)
    assert {*page.links} <= {*page.ids}
    assert "shares.<name>.path" in page.text
    assert "o-path-web.port" in page.ids


def test_markdown_has_a_heading_for_every_option(main: Path, vcfg: RunVcfg) -> None:
    text = vcfg("options", str(main), "--format", "markdown").out
    headings = re.findall(r"^### `(.*)`$", text, re.MULTILINE)
    assert headings.count("web.port") == 1
    assert len(headings) == 12
    assert '````vcfg\n"""\n    a\n    """\n````' in text


def test_the_manual_page_has_no_request_of_its_text(tmp_path: Path, vcfg: RunVcfg) -> None:
    path = tmp_path / "main.vcfg"
    path.write_text('## .TH is text\n## \'so is \\fB\noption a: string = "."\n', encoding="utf-8")
    page = vcfg("options", str(path), "--format", "man").out
    requests = {line.split()[0] for line in page.splitlines() if line[:1] in (".", "'")}
    assert requests == {".TH", ".SH", ".TP", ".br", ".sp"}
    assert "\\&.TH is text\n\\(aqso is \\efB" in page


def test_a_file_is_written_only_if_it_changes(main: Path, tmp_path: Path, vcfg: RunVcfg) -> None:
    target = tmp_path / "options.json"
    words = ("options", str(main), "--format", "json", "-o", str(target))
    assert vcfg(*words).out == ""
    before = target.stat()
    assert vcfg(*words).status == 0
    assert (target.stat().st_ino, target.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert json.loads(target.read_text(encoding="utf-8"))["version"] == 1
    assert [each.name for each in tmp_path.iterdir() if each.name.endswith(".new")] == []
    ran = vcfg("options", str(main), "-o", str(tmp_path / "no" / "where"))
    assert ran.status == 2
    assert "cannot be written: no such file or directory" in ran.err


def test_what_is_no_file_is_written_into_and_stays(
    main: Path, tmp_path: Path, vcfg: RunVcfg
) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        assert vcfg("options", str(main), "web", "port", "-o", str(pipe)).status == 0
        assert os.read(reader, 65536).startswith(b"web.port: port = 80\n")
    finally:
        os.close(reader)
    assert pipe.is_fifo()


def test_a_file_keeps_its_mode(main: Path, tmp_path: Path, vcfg: RunVcfg) -> None:
    target = tmp_path / "options.txt"
    target.write_text("old\n", encoding="utf-8")
    target.chmod(0o640)
    assert vcfg("options", str(main), "-o", str(target)).status == 0
    assert target.stat().st_mode & 0o777 == 0o640
    assert target.read_text(encoding="utf-8").startswith("list: ")


def test_modules_that_contradict_each_other_list_nothing(tmp_path: Path, vcfg: RunVcfg) -> None:
    path = tmp_path / "main.vcfg"
    path.write_text("option a: int = 1\noption a: int = 1\n", encoding="utf-8")
    ran = vcfg("options", str(path))
    assert (ran.status, ran.out) == (1, "")
    assert "declared-twice" in ran.err


def test_pages_of_a_module_of_ones_own(tmp_path: Path, vcfg: RunVcfg) -> None:
    path = tmp_path / "web.vcfg"
    path.write_text(
        "### A web server | in the small.\n\n"
        "## Serves <pages>.\n##\n## ```vcfg\n## web.enable = true\n## ```\n"
        "service web {\n"
        '  section "Who" {\n    ## Users.\n    option users: map(User) = {}\n  }\n'
        "  ## Port to listen on.\n  option port: port = 80\n"
        '  assert self.port > 1 else "port <#{self.port}> is too low"\n'
        '  when self.port < 1024 { warn "only root may use `#{self.port}`" }\n'
        "}\n"
        "record User {\n  ## Name of the group.\n  option group: string = key\n"
        "  assert self.group != key\n}\n"
        "service other.* {\n  ## A flag.\n  option flag: bool = false }\n",
        encoding="utf-8",
    )
    folder = tmp_path / "out"
    assert vcfg("options", str(path), "--format", "pages", "-o", str(folder)).status == 0
    assert sorted(each.name for each in folder.iterdir()) == ["README.md", "other.md", "web.md"]
    assert "| [`web`](web.md) | Serves \\<pages> | `./web.vcfg` |" in (
        (folder / "README.md").read_text(encoding="utf-8")
    )
    page = (folder / "web.md").read_text(encoding="utf-8")
    assert 'import "./web.vcfg"\n\nweb.enable = true\n```' in page
    assert page.index("#### `web.port`") < page.index("### Who") < page.index("#### `web.users`")
    assert "## In `web.users.<name>`\n\nRecord `User`." in page
    assert "- port \\<\\<port>> is too low" in page
    assert "- what does not hold to `self.group != key`" in page
    assert "- only root may use `<port>`" in page
    assert "other.main.enable = true" in (folder / "other.md").read_text(encoding="utf-8")
    file = tmp_path / "file"
    file.touch()
    assert vcfg("options", str(path), "--format", "pages", "-o", str(file)).status == 2


def test_units_rules_and_aliases_are_facts(tmp_path: Path, vcfg: RunVcfg) -> None:
    path = tmp_path / "main.vcfg"
    path.write_text(
        'type Name = string(matches: r"^[a-z]+$", message: "small letters")\n'
        '  where value != "x" else "`#{value}` is taken"\n'
        "type Mebi = int from size by mib(value)\n"
        "service web {\n  option name: Name? = null\n  option memory: Mebi = 1\n"
        "  option wait: list(duration) = []\n  option sizes: map(size | bool) = {}\n"
        "  alias label to name\n}\n",
        encoding="utf-8",
    )
    found = {each["path"]: each for each in listed(vcfg, path)}
    assert found["web.name"]["rules"] == ["small letters", "`<value>` is taken"]
    units = {path: facts["unit"] for path, facts in found.items() if facts["unit"]}
    assert units == {"web.memory": "MiB", "web.sizes": "bytes", "web.wait": "seconds"}
    assert found["web.label"]["alias_of"] == "web.name"
    assert found["web.name"]["emits"] == []
