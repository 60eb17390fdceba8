"""Which lines findings point at: the user's behind the library's, in loops those of the turn."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from evaluator.fleet.configure import module_path
from tests.configured import configured, labels

if TYPE_CHECKING:
    from pathlib import Path

    from evaluator.diagnostics.model import Diagnostic
    from tests.conftest import RunVcfg

LIBRARY = module_path((), {})


def conflict(text: str) -> Diagnostic:
    """The only error of a configuration that imports from the library: a conflict."""
    [finding] = configured(text, LIBRARY).errors()
    assert finding.code == "conflicting-definitions"
    return finding


def handed_on(finding: Diagnostic) -> list[tuple[str, int]]:
    """What labels say comes from which line of the user's own file, the primary first."""
    return [(said, line) for said, (file, line) in labels(finding) if file == "main.vcfg"]


SWITCH = 'import "openssh.vcfg"\nopenssh.enable = true\nsystemd.disabled = ["ssh.service"]\n'


def test_a_conflict_in_the_library_is_shown_at_the_lines_that_led_there() -> None:
    finding = conflict(SWITCH)
    assert handed_on(finding) == [('"enable" from here', 2), ('"disable" from here', 3)]
    assert labels(finding)[0][1][0] == "main.vcfg"  # the place that short forms name


def test_nobody_is_told_to_edit_the_library() -> None:
    [help] = conflict(SWITCH).help
    assert help.edits == ()
    assert help.text == (
        "change one of these lines, or say which one shall win: "
        '`force activation.units."ssh.service".state = …`'
    )
    said = 'force activation.units."ssh.service".state = "enable"\n'
    assert configured(SWITCH + said, LIBRARY).errors() == []


def test_of_a_list_only_who_brought_the_element_is_shown() -> None:
    finding = conflict(
        'import "systemd.vcfg"\n'
        'systemd.enabled = ["a.service"]\n'
        'systemd.enabled = ["ssh.service", "b.service"]\n'
        'systemd.masked = ["ssh.service"]\n'
        'systemd.masked = ["c.service"]\n'
    )
    assert handed_on(finding) == [('"enable" from here', 3), ('"mask" from here', 4)]


@pytest.mark.parametrize(
    ("form", "place"), [("concise", "b.vcfg:2:18: "), ("github", "b.vcfg,line=2,")]
)
def test_short_forms_name_a_line_of_the_users_own(
    vcfg: RunVcfg, tmp_path: Path, form: str, place: str
) -> None:
    (tmp_path / "b.vcfg").write_text(SWITCH)
    said = vcfg("check", "--errors", form, tmp_path / "b.vcfg")
    assert place in said.out + said.err


def looked_at(text: str) -> list[set[int]]:
    """The lines that each finding says it looks at."""
    return [
        {line for said, (_file, line) in labels(finding) if said == "it looks at this"}
        for finding in configured(text).findings
    ]


@pytest.mark.parametrize("asks", ["in keys(config.keys-of)", "in config.keys-of"])
def test_a_check_in_a_loop_points_at_the_entry_that_its_turn_is_about(asks: str) -> None:
    assert looked_at(
        "option keys-of: map(string) = {}\n"
        f'for user in keys(config.keys-of) {{ when user {asks} and user != "ana" {{\n'
        'warn "no `#{user}`" } }\n'
        'keys-of.ana = "1"\n'
        'keys-of.annna = "2"\n'
    ) == [{5}]


LIST = ("list(string)", "config.words", '["good", "better"]', '["oops"]')
TEXT = ("text", r'split(replace(config.words, "\n", " "), " ")', '"good oops-a"', '"oops"')


@pytest.mark.parametrize(("type_", "words", "good", "bad"), [LIST, TEXT])
def test_a_check_in_a_loop_points_at_who_said_the_word(
    type_: str, words: str, good: str, bad: str
) -> None:
    def lines_of(words: str, *given: str) -> set[int]:
        [lines] = looked_at(
            f"option words: {type_}\n"
            f'for word in dedup({words}) {{ assert word != "oops" or config.words == [] }}\n'
            + "".join([f"words = {each}\n" for each in given])
        )
        return lines

    assert lines_of(words, good, bad, good) == {4}
    assert lines_of(words, bad, good, bad) == {3, 5}
    # What nobody said is computed from all of them.
    assert lines_of(f'[for word in {words}: "oops"]', good, good) == {3, 4}


@pytest.mark.parametrize(
    ("unit", "given", "advice"),
    [
        ("a.timer", 'timer.OnCalender = "daily"', "did you mean `OnCalendar`?"),
        ("a.service", 'unit.ExecStart = "/bin/true"', "it belongs in `[Service]`"),
    ],
)
def test_a_key_that_a_unit_lacks_is_told_once_where_it_is_misspelt(
    unit: str, given: str, advice: str
) -> None:
    text = f'import "systemd.vcfg"\nsystemd.units."{unit}" {{\n  {given}\n}}\n'
    [finding] = configured(text, LIBRARY).findings
    assert finding.severity == "error"
    assert " refuses the unit: " in finding.message
    assert finding.message.endswith(f"; {advice}")
    assert handed_on(finding) == [("it looks at this", 3)]


def test_what_a_unit_lacks_is_told_beside_a_slip_for_something_else() -> None:
    text = 'import "systemd.vcfg"\nsystemd.units."a.timer".timer.Persitent = true\n'
    findings = configured(text, LIBRARY).findings
    assert sorted([each.severity for each in findings]) == ["error", "warning"]
    drop_in = text.replace("units", "drop-ins").replace("Persitent", "OnCalender")
    [warning] = configured(drop_in, LIBRARY).findings
    assert (warning.severity, "passes over it" in warning.message) == ("warning", True)
