"""The forms of findings: every form from the same data, whatever the source looks like."""

from __future__ import annotations

import json
import os

import jsonschema
import pytest

from evaluator.diagnostics.model import WARNING, Diagnostic, Edit, Frame, Help, Label
from evaluator.diagnostics.render import FORMS, render
from evaluator.source import Source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evaluator.source import Span

HOST = Source(
    "kvm-01.vcfg",
    "/site/hosts/kvm-01.vcfg",
    'import "libvirt.vcfg"\n\nlibvirt {\n  unix-sock-group = "ganeti"\n  max-clients = "many"\n}\n',
)
LIBRARY = Source(
    "libvirt.vcfg",
    "/usr/share/vcfg/libvirt.vcfg",
    'service libvirt {\n  option unix-sock-group: string = "root"\n}\n',
)


def span(source: Source, words: str) -> Span:
    start = source.text.index(words)
    return (source, start, start + len(words))


def conflict() -> Diagnostic:
    return Diagnostic(
        "conflicting-definitions",
        "`libvirt.unix-sock-group` is given two different values",
        (
            Label(span(LIBRARY, "string"), "a `string` has one value"),
            Label(span(HOST, '"ganeti"'), '"ganeti" here', primary=True),
        ),
        notes=("both definitions are plain, so neither wins",),
        help=(Help("delete one of them", (Edit(span(HOST, '"ganeti"'), '"kvm"'),)),),
        path="libvirt.unix-sock-group",
        trace=(Frame('etc.files."libvirt/libvirtd.conf".text', span(LIBRARY, "root")),),
        facts={"values": ["ganeti", "kvm"]},
    )


def single(text: str, start: int, end: int, said: str = "here") -> Diagnostic:
    source = Source("a.vcfg", "/site/a.vcfg", text)
    return Diagnostic("syntax-error", "Odd", (Label((source, start, end), said, primary=True),))


def shown(diagnostic: Diagnostic) -> list[str]:
    """The source rows of the text form, below the line that says where."""
    lines = render([diagnostic], "text").split("\n")
    return [line.rstrip() for line in lines[3:] if line]


def test_text_shows_places_in_several_files() -> None:
    assert render([conflict()], "text", base="/site") == (
        "error[conflicting-definitions]: "
        "`libvirt.unix-sock-group` is given two different values\n"
        " --> hosts/kvm-01.vcfg:4:21\n"
        "  |\n"
        '4 |   unix-sock-group = "ganeti"\n'
        '  |                     ^^^^^^^^ "ganeti" here\n'
        " --> libvirt.vcfg:2:27\n"
        "  |\n"
        '2 |   option unix-sock-group: string = "root"\n'
        "  |                           ------ a `string` has one value\n"
        "  |\n"
        "  = note: both definitions are plain, so neither wins\n"
        '  = needed by `etc.files."libvirt/libvirtd.conf".text` at libvirt.vcfg:2:37\n'
        "  = help: delete one of them\n"
    )


def test_json_fits_the_published_schema() -> None:
    here = os.path.dirname(__file__)
    with open(
        os.path.join(here, "..", "spec", "diagnostics.schema.json"), encoding="utf-8"
    ) as file:
        schema = json.load(file)
    jsonschema.Draft202012Validator.check_schema(schema)
    placeless = Diagnostic("cannot-read", "`x` is a directory", ())
    far = Diagnostic("cycle", "Round", (), trace=(Frame("a", None),), severity=WARNING)
    document = json.loads(render([conflict(), placeless, far], "json"))
    jsonschema.Draft202012Validator(schema).validate(document)
    document["diagnostics"][-1]["labels"].reverse()
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(schema).validate(document)


def test_json_carries_everything() -> None:
    (finding,) = json.loads(render([conflict()], "json", base="/site"))["diagnostics"]
    assert finding["path"] == "libvirt.unix-sock-group"
    assert finding["facts"] == {"values": ["ganeti", "kvm"]}
    assert [label["file"] for label in finding["labels"]] == ["hosts/kvm-01.vcfg", "libvirt.vcfg"]
    assert finding["labels"][0]["start"] == {"line": 4, "column": 21, "offset": 53}
    assert finding["labels"][0]["end"] == {"line": 4, "column": 29, "offset": 61}
    assert finding["help"][0]["edits"][0]["text"] == '"kvm"'
    assert finding["trace"][0]["path"] == 'etc.files."libvirt/libvirtd.conf".text'


def test_concise_is_one_line_whatever_the_message() -> None:
    odd = Diagnostic("warned", "two\nlines\x1b[2J", (), severity=WARNING)
    assert render([odd, conflict()], "concise") == (
        "warning[warned]: two lines\N{SYMBOL FOR ESCAPE}[2J\n"
        "kvm-01.vcfg:4:21: error[conflicting-definitions]: "
        "`libvirt.unix-sock-group` is given two different values\n"
    )


def test_github_escapes_what_would_end_a_command() -> None:
    source = Source("a,b:c%.vcfg", "/a,b:c%.vcfg", "x = 1\ny = 2\n")
    finding = Diagnostic(
        "warned",
        "100 % odd",
        (Label((source, 0, 5), "", primary=True),),
        notes=("one\r\ntwo",),
        severity=WARNING,
    )
    assert render([finding], "github") == (
        "::warning file=a%2Cb%3Ac%25.vcfg,line=1,endLine=1,col=1,endColumn=6,title=warned"
        "::100 %25 odd%0Anote: one\N{SYMBOL FOR CARRIAGE RETURN}%0Atwo\n"
    )


def test_github_gives_no_columns_for_several_lines() -> None:
    (command,) = render([single("a = [\n1\n]\n", 4, 9)], "github").splitlines()
    assert command.startswith("::error file=a.vcfg,line=1,endLine=3,title=syntax-error::")


@pytest.mark.parametrize("form", FORMS)
def test_findings_are_sorted_by_file_and_position(form: str) -> None:
    text = "".join(f"name-{number} = 1\n" for number in range(12))
    names = ("b.vcfg", "a.vcfg", "/usr/share/vcfg/etc.vcfg")
    source = {name: Source(name, f"/site/{name}", text) for name in names}
    findings = [
        Diagnostic(
            "unknown-option", f"{name} {at}", (Label((source[name], at, at + 1), "", primary=True),)
        )
        for name, at in ((names[2], 1), (names[0], 5), (names[1], 100), (names[1], 7))
    ]
    output = render(findings, form)
    said = ["a.vcfg 7", "a.vcfg 100", "b.vcfg 5", "etc.vcfg 1"]
    assert said == sorted(said, key=output.index)
    assert output.endswith("\n")


def test_only_text_is_capped() -> None:
    source = Source("a.vcfg", "/a.vcfg", "x\n" * 50)
    findings = [
        Diagnostic("unknown-option", f"Number {n}", (Label((source, 2 * n, 2 * n + 1), ""),))
        for n in range(30)
    ]
    late = Label((source, 98, 99), "", primary=True)
    findings.append(Diagnostic("warned", "Late", (late,), severity=WARNING))
    text = render(findings, "text")
    assert text.count("error[") == 20
    assert "warning[warned]: Late" in text
    assert text.endswith(
        "\n30 errors and 1 warning; 10 more errors not shown (`--errors concise` shows all)\n"
    )
    for form in ("concise", "github", "json"):
        assert render(findings, form).count("Number") == 30
    assert render(findings, "text", limit=3).count("error[") == 3


@pytest.mark.parametrize("form", ["text", "concise", "github"])
def test_nothing_found_says_nothing(form: str) -> None:
    assert render([], form) == ""


def test_nothing_found_is_still_a_document() -> None:
    assert json.loads(render([], "json")) == {"version": 1, "diagnostics": []}


def test_an_unknown_form_is_refused() -> None:
    with pytest.raises(ValueError, match="no form `xml`"):
        render([], "xml")


def test_labels_of_one_line_share_it() -> None:
    source = Source("a.vcfg", "/a.vcfg", "port = low + high\n")
    finding = Diagnostic(
        "type-mismatch",
        "Odd",
        (
            Label(span(source, "+"), "cannot be added", primary=True),
            Label(span(source, "low"), "a string"),
            Label(span(source, "high"), "an int"),
        ),
    )
    assert shown(finding) == [
        "1 | port = low + high",
        "  |        --- ^ ---- an int",
        "  |        |   |",
        "  |        |   cannot be added",
        "  |        a string",
    ]


def test_labels_far_apart_leave_lines_out() -> None:
    text = "".join(f"line-{number}\n" for number in range(1, 13))
    source = Source("a.vcfg", "/a.vcfg", text)
    finding = Diagnostic(
        "declared-twice",
        "Odd",
        (
            Label(span(source, "line-12"), "again", primary=True),
            Label(span(source, "line-2"), "first"),
            Label(span(source, "line-4"), "middle"),
        ),
    )
    assert shown(finding) == [
        " 2 | line-2",
        "   | ------ first",
        " 3 | line-3",
        " 4 | line-4",
        "   | ------ middle",
        "...",
        "12 | line-12",
        "   | ^^^^^^^ again",
    ]


def test_a_region_of_several_lines_gets_a_bar() -> None:
    text = "x = 0\nservice web {\n" + "".join(f"  a{n} = {n}\n" for n in range(8)) + "}\n"
    start, end = text.index("service"), text.index("}\n") + 1
    assert shown(single(text, start, end)) == [
        " 2 | / service web {",
        " 3 | |   a0 = 0",
        "... |",
        "10 | |   a7 = 7",
        "11 | | }",
        "   | |_^ here",
    ]


def test_a_region_that_ends_with_its_line_ends_there() -> None:
    assert shown(single("a = [\n  1\n]\nb\n", 0, 12)) == [
        "1 | / a = [",
        "2 | |   1",
        "3 | | ]",
        "  | |_^ here",
    ]


@pytest.mark.parametrize(
    ("text", "word", "row", "marks"),
    [
        ("\tx = bad", "bad", "    x = bad", "        ^^^"),
        ('a = "日本" + bad', "bad", 'a = "日本" + bad', "             ^^^"),
        ("a = e\u0301 + bad", "bad", "a = e\u0301 + bad", "        ^^^"),
        ("a\x1b = bad", "bad", "a\N{SYMBOL FOR ESCAPE} = bad", "     ^^^"),
        ("a\u202e = bad", "bad", "a<U+202E> = bad", "            ^^^"),
        ("a\udcff = bad", "bad", "a<U+DCFF> = bad", "            ^^^"),
        ("a = bad\r\n", "bad", "a = bad", "    ^^^"),
    ],
    ids=["tab", "wide", "combining", "escape", "direction", "surrogate", "carriage-return"],
)
def test_marks_stand_below_what_they_mean(text: str, word: str, row: str, marks: str) -> None:
    start = text.index(word)
    assert shown(single(text, start, start + len(word))) == [f"1 | {row}", f"  | {marks} here"]


@pytest.mark.parametrize("text", ["", "x", "x\n", "x\ny"])
def test_the_end_of_a_file_can_be_marked(text: str) -> None:
    rows = shown(single(text, len(text), len(text)))
    assert not text or rows[-1].endswith("^ here")


def test_a_long_line_is_cut_around_its_mark() -> None:
    text = 'x = "' + "a" * 300 + '" + bad + "' + "b" * 300 + '"\n'
    row, marks = shown(single(text, text.index("bad"), text.index("bad") + 3))
    assert row.startswith("1 | ...aaa")
    assert row.endswith("bbb...")
    assert len(row) < 140
    assert row[marks.index("^") : marks.rindex("^") + 1] == "bad"


def test_a_mark_that_is_longer_than_the_row_ends_with_it() -> None:
    row, marks = shown(single("x = " + "a" * 500, 4, 504))
    assert marks.rindex("^") < len(row)


def test_a_line_of_megabytes_is_cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    from evaluator.diagnostics import excerpt

    measured: list[str] = []

    def width(char: str) -> int:
        measured.append(char)
        return 1

    monkeypatch.setattr(excerpt, "width", width)
    text = "a" * 10_000_000
    assert len(render([single(text, 9_999_000, 9_999_001)], "text")) < 1000
    assert len(measured) <= excerpt.MAX_COLUMNS


def test_color_only_repeats_what_the_signs_say() -> None:
    import re

    findings = [conflict(), single("a = [\n1\n]\n", 4, 9)]
    colored = render(findings, "text", color=True)
    assert "\x1b[1;31m^^^^^^^^\x1b[0m" in colored
    assert re.sub(r"\x1b\[[0-9;]*m", "", colored) == render(findings, "text")


def test_a_long_way_is_shortened_in_the_middle() -> None:
    frames = tuple(Frame(f"option-{number}", None) for number in range(1000))
    text = render([Diagnostic("missing-value", "Gone", (), trace=frames)], "text")
    assert "needed by `option-5`\n" in text
    assert "... 992 more options on the way\n" in text
    assert "needed by `option-999`\n" in text
    assert text.count("needed by") == 8


def test_notes_of_several_lines_are_aligned() -> None:
    text = render([Diagnostic("warned", "Odd", (), notes=("one\ntwo",))], "text")
    assert text == "error[warned]: Odd\n = note: one\n         two\n"


def test_endless_words_are_cut_in_text_only() -> None:
    endless = "a" * 100_000
    source = Source("a.vcfg", "/a.vcfg", endless)
    finding = Diagnostic(
        "unknown-name",
        endless,
        (Label((source, 0, len(endless)), endless, primary=True),),
        notes=(endless, f"short\n{endless}"),
        help=(Help(endless),),
    )
    assert len(render([finding], "text")) < 3000
    assert all(len(render([finding], form)) > 100_000 for form in ("concise", "json", "github"))
