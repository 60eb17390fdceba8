"""What unknown paths are taken for: files of the library, paths of other systems, lost maps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from evaluator.definitions.foreign import PATHS
from evaluator.diagnostics.model import ERROR, Sink
from evaluator.evaluation.export import export
from evaluator.files import Disk
from evaluator.fleet.configure import Settings, configure, module_path
from evaluator.names.library import declaring
from tests.configured import FOLDER, MAIN, configured

if TYPE_CHECKING:
    from evaluator.diagnostics.model import Diagnostic


def found(text: str, **files: str) -> list[Diagnostic]:
    """The errors of a configuration that may import the library."""
    texts = {MAIN: text, **{f"{FOLDER}/{name}.vcfg": each for name, each in files.items()}}
    sink = Sink()
    world = configure(MAIN, Settings(Disk(texts), module_path((), {}), FOLDER), sink)
    assert world is not None
    export(world)
    return [each for each in sink.diagnostics if each.severity == ERROR]


def one(text: str, **files: str) -> Diagnostic:
    """The only error."""
    errors = found(text, **files)
    assert len(errors) == 1, [each.message for each in errors]
    return errors[0]


def said(finding: Diagnostic) -> list[str]:
    """The texts of a finding's help."""
    return [each.text for each in finding.help]


def mended(text: str) -> str:
    """The text after the edits of its only finding's only help."""
    (help,) = one(text).help
    assert help.edits
    for edit in sorted(help.edits, key=lambda each: -each.span[1]):
        _source, start, end = edit.span
        text = text[:start] + edit.text + text[end:]
    return text


def test_a_service_of_the_library_may_be_misspelt_where_it_is_read() -> None:
    text = 'import "etc.vcfg"\netc.files.a.text = config.netwroking.hostname ?? ""\n'
    assert said(one(text)) == [
        'did you mean `networking` of the library? `import "networking.vcfg"`'
    ]
    assert mended(text) == (
        'import "etc.vcfg"\nimport "networking.vcfg"\n'
        'etc.files.a.text = config.networking.hostname ?? ""\n'
    )


@pytest.mark.parametrize(
    ("written", "better"),
    [
        ('environment.etc."motd".text = ""\n', 'import "etc.vcfg"\n\netc.files."motd".text = ""\n'),
        ("users.users.ana = {}\n", 'import "account.vcfg"\n\naccount.users.ana = {}\n'),
        (
            'import "systemd.vcfg"\nsystemd.services."a b".description = ""\n',
            'import "systemd.vcfg"\nsystemd.units."a b.service".description = ""\n',
        ),
        (
            'import "systemd.vcfg"\nsystemd.services."a.service".description = ""\n',
            'import "systemd.vcfg"\nsystemd.units."a.service".description = ""\n',
        ),
        ("services.openssh.enable = true\n", 'import "openssh.vcfg"\n\nopenssh.enable = true\n'),
        ("opensh.enable = true\n", 'import "openssh.vcfg"\n\nopenssh.enable = true\n'),
        (
            'import "openssh.vcfg" as ssh\nssh.enable = true\n',
            'import "openssh.vcfg" as ssh\nopenssh.enable = true\n',
        ),
    ],
)
def test_the_edit_writes_the_path_that_is_meant(written: str, better: str) -> None:
    assert mended(written) == better


@pytest.mark.parametrize("target", sorted(set(PATHS.values())))
def test_what_stands_for_foreign_paths_is_there(target: tuple[str, ...]) -> None:
    file = declaring(target)
    assert file is not None
    kept = [part.replace("*", "k") for part in target]
    path = ".".join([f'"{part}"' for part in kept])
    codes = [each.code for each in found(f'import "{file}"\n{path} = 1\n')]
    assert "unknown-option" not in codes


def test_a_name_of_ones_own_is_no_path_of_another_system() -> None:
    text = "option users.names: list(string) = []\nusers.groups = []\n"
    assert not any(["account" in each for each in said(one(text))])


def test_a_disabled_file_is_not_imported_once_more() -> None:
    text = 'import "openssh.vcfg"\nimport "./a.vcfg"\ndisable "openssh.vcfg"\n'
    for other in ("openssh.enable = true\n", "option o: bool = config.openssh.enable\n"):
        finding = one(text, a=other)
        assert [label.text for label in finding.labels][1:] == ["disabled here"]
        assert said(finding) == ["remove this `disable`, or what is said about `openssh`"]


def test_a_switch_alone_leads_nowhere_else() -> None:
    text = (
        'import "systemd.vcfg"\nsystemd.units."b.service" '
        '{ service.ExecStart = "/bin/true", enable = true }\n'
    )
    assert all(["did you mean" not in each for each in said(one(text))])
    text = "service web {}\nrecord R {}\noption r: R = {}\nr.enable = true\n"
    assert said(one(text)) == []


def test_a_slip_before_a_path_is_no_missing_switch() -> None:
    text = "service web { option on: bool = true }\nwebb.on = true\n"
    assert said(one(text)) == ["did you mean `web`?"]
    assert said(one("service web {}\nwebb = true\n")) == ["did you mean `web.enable`?"]


@pytest.mark.parametrize("name", ["content", "texte"])
def test_another_word_for_a_required_option_is_one_finding(name: str) -> None:
    finding = one(f'import "etc.vcfg"\netc.files.x {{ {name} = "a" }}\n')
    assert (finding.code, said(finding)) == ("unknown-option", ["did you mean `text`?"])


def test_name_servers_by_another_word() -> None:
    text = 'import "networking.vcfg"\nnetworking.dns = ["192.0.2.1"]\n'
    assert said(one(text)) == ["did you mean `name-servers`?"]
    assert "name-servers = [" in mended(text)


def test_a_type_of_addresses_by_another_name() -> None:
    text = "option a: list(ipv4) = []\n"
    assert mended(text) == "option a: list(ip-address(version: 4)) = []\n"


def test_a_value_is_missing_beside_a_slip_for_another_option() -> None:
    codes = [each.code for each in found('import "etc.vcfg"\netc.files.x { mod = 0o600 }\n')]
    assert sorted(codes) == ["missing-value", "unknown-option"]


RULES = """record Rule {
  option groups: set(string) = []
  option users: set(string) = []
  assert length(self.users) + length(self.groups) > 0 else "for nobody"
  when length(self.groups) == 0 { warn "no groups" }
  when length(self.users) == 0 { assert self.groups != [] else "for nobody at all" }
}
option rules: map(Rule) = {}
"""


def test_a_check_does_not_tell_what_follows_from_a_slip() -> None:
    [finding] = configured(f'{RULES}rules.a {{ group = ["ops"] }}\n').findings
    assert (finding.code, said(finding)) == ("unknown-option", ["did you mean `groups`?"])


@pytest.mark.parametrize("check", ["assert config.strict", 'when not config.strict { warn "lax" }'])
def test_a_check_is_silent_about_a_switch_that_is_misspelt(check: str) -> None:
    declared = f"option strict: bool = false\n{check}\n"
    assert len(configured(declared).findings) == 1
    [finding] = configured(f"{declared}strct = true\n").findings
    assert finding.code == "unknown-option"


def test_a_check_is_silent_about_what_a_function_misses_for_it() -> None:
    declared = (
        "let lacks(s) = length(keys(s.entries)) == 0\n"
        "record R {\n  option entries: map(int) = {}\n"
        '  let lacking = if lacks(self) then "no entries" else ""\n'
        '  assert lacking == "" else lacking\n}\noption m: map(R) = {}\n'
    )
    assert configured(f"{declared}m.a {{}}\n").codes() == ["assertion-failed"]
    assert configured(f"{declared}m.a.entrys.x = 1\n").codes() == ["unknown-option"]
    both = configured(f"{declared}m.a.entrys.x = 1\nm.b {{}}\n").codes()
    assert both == ["assertion-failed", "unknown-option"]


@pytest.mark.parametrize("section", ["service", "timer"])
def test_sections_of_units_as_another_system_calls_them(section: str) -> None:
    unit = f'import "systemd.vcfg"\nsystemd.units."a.{section}"'
    finding = one(f'{unit}.{section}Config.X-A = "1"\n')
    assert (finding.code, said(finding)) == ("unknown-option", [f"did you mean `{section}`?"])


@pytest.mark.parametrize("other", ["comment = 1", "group = []\n  groups = []"])
def test_a_check_speaks_beside_a_slip_that_it_does_not_rest_on(other: str) -> None:
    findings = configured(f"{RULES}rules.a {{\n  {other}\n}}\n").findings
    codes = [each.code for each in findings]
    assert sorted(codes) == ["assertion-failed", "assertion-failed", "unknown-option", "warned"]


def test_a_check_speaks_of_a_default_that_says_something() -> None:
    text = 'option port: int = 80\nprot = 8080\nassert config.port > 1024 else "low"\n'
    assert configured(text).codes() == ["assertion-failed", "unknown-option"]


def test_a_slip_in_one_entry_keeps_no_check_of_another_back() -> None:
    findings = configured(f"{RULES}rules.a.group = []\nrules.b {{}}\n").findings
    codes = [each.code for each in findings]
    assert sorted(codes) == ["assertion-failed", "assertion-failed", "unknown-option", "warned"]


@pytest.mark.parametrize(
    ("removed", "help"),
    [
        ("networking.interfaces.eth0", "`networking` is declared by the library"),
        ("m.fils.motd", "did you mean `files`?"),
        ("nothing.a", "import the module that declares it"),
        ("imports.a", "each file is imported by a line of its own"),
        ('nothing where value == "a"', "import the module that declares it"),
    ],
)  # fmt: skip
def test_what_is_removed_may_be_misspelt(removed: str, help: str) -> None:
    declared = "record R { option files: map(int) = {} }\noption m: R = {}\n"
    finding = one(f"{declared}remove {removed}\n")
    assert finding.code == "unknown-option"
    assert said(finding)[0].startswith(help)
    lost = found(f'import "./gone.vcfg"\n{declared}remove {removed}\n')
    assert lost[0].code == "import-failed"
