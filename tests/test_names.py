"""Which files belong together and in what order; what a bare name is bound to."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from evaluator.diagnostics.model import Sink
from evaluator.evaluation.builtins import BUILTINS
from evaluator.evaluation.calls import LAZY
from evaluator.files import Disk
from evaluator.fleet.configure import Settings, configure, load
from evaluator.names.builtin_names import BUILTIN_NAMES
from tests.configured import FOLDER, MAIN, configured, error, lines, values

if TYPE_CHECKING:
    from tests.conftest import RunVcfg

LIST = "option l: list(string) = []\n"


def order(main: str, **files: str) -> list[str]:
    """Names of the files in module order."""
    texts = {MAIN: main, **{f"{FOLDER}/{name}.vcfg": text for name, text in files.items()}}
    sink = Sink()
    modules = load(MAIN, Settings(Disk(texts), (), FOLDER), sink)
    assert sink.diagnostics == []
    return [module.source.name.removesuffix(".vcfg") for module in modules]


# Imports


def test_imports_stand_before_their_importer_and_siblings_as_written() -> None:
    found = order(
        'import "./a.vcfg"\nimport "./b.vcfg"',
        a='import "./a1.vcfg" import "./a2.vcfg"',
        b='import "./b1.vcfg" import "./a2.vcfg"',
        a1='import "./a11.vcfg"',
        a11="",
        a2="",
        b1="",
    )
    assert found == ["a11", "a1", "a2", "a", "b1", "b", "main"]


def test_lists_are_joined_in_module_order() -> None:
    found = values(
        f'import "./a.vcfg"\nimport "./b.vcfg"\n{LIST}l = ["main"]',
        a='import "./c.vcfg"\nl = ["a"]',
        b='import "./c.vcfg"\nl = ["b"]',
        c='l = ["c"]',
    )
    assert found["l"] == ["c", "a", "b", "main"]


def test_a_file_counts_once_whatever_leads_to_it() -> None:
    found = values(
        'import "./a.vcfg"\nimport "./../configuration/a.vcfg"\nimport "/configuration/a.vcfg"\n'
        'import "./a.vcfg" as again\noption n: int = again.n',
        a=f'{LIST}l = ["a"]\nlet n = 3',
    )
    assert found == {"l": ["a"], "n": 3}


def test_imports_may_form_circles() -> None:
    assert order(
        'import "./a.vcfg"', a='import "./b.vcfg"', b='import "./main.vcfg" import "./a.vcfg"'
    ) == ["b", "a", "main"]


def test_a_dense_graph_of_imports_is_walked_once() -> None:
    def name(layer: int, at: int) -> str:
        return f"f{layer}-{at}"

    width, depth = 12, 12
    files = {
        name(layer, at): "".join(
            [f'import "./{name(layer + 1, below)}.vcfg"\n' for below in range(width)]
            if layer + 1 < depth
            else []
        )
        + f'l = ["{layer}.{at}"]\n'
        for layer in range(depth)
        for at in range(width)
    }
    main = LIST + "".join([f'import "./{name(0, at)}.vcfg"\n' for at in range(width)])
    reads: list[str] = []

    class Counting(Disk):
        def read(self, path: str) -> str:
            reads.append(path)
            return super().read(path)

    texts = {MAIN: main, **{f"{FOLDER}/{each}.vcfg": text for each, text in files.items()}}
    modules = load(MAIN, Settings(Counting(texts), (), FOLDER), sink := Sink())
    assert sink.diagnostics == []
    assert len(modules) == width * depth + 1
    assert len(reads) == len(set(reads)) == width * depth + 1


def test_a_long_chain_of_imports() -> None:
    count = 800
    files = {f"f{at}": f'import "./f{at + 1}.vcfg"' for at in range(count)}
    assert len(order('import "./f0.vcfg"', **files, **{f"f{count}": ""})) == count + 2


def test_the_module_path_is_searched_in_order(tmp_path: Path) -> None:
    for folder, text in (("one", "option a: int = 1"), ("two", "option a: int = 2")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "m.vcfg").write_text(text)
    (tmp_path / "two" / "only.vcfg").write_text("option b: int = 2")
    (tmp_path / "only.vcfg").write_text("option b: int = 0")
    (tmp_path / "main.vcfg").write_text('import "m.vcfg"\nimport "only.vcfg"')
    folders = (str(tmp_path / "one"), str(tmp_path / "two"))
    sink = Sink()
    main = str(tmp_path / "main.vcfg")
    world = configure(main, Settings(Disk(), folders, str(tmp_path)), sink)
    assert world is not None
    assert sink.diagnostics == []
    assert (world.root.get("a"), world.root.get("b")) == (1, 2)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("networkin.vcfg", 'import "networking.vcfg"'),
        ("libvirt.vcfg", 'write `import "virtualization/libvirt.vcfg"`'),
        ("libvirt", 'write `import "virtualization/libvirt.vcfg"`'),
        ("libvrit.vcfg", 'did you mean `import "virtualization/libvirt.vcfg"`?'),
        ("virtualisation/libvrit.vcfg", 'did you mean `import "virtualization/libvirt.vcfg"`?'),
        ("systemd/chrony.vcfg", 'did you mean `import "cron.vcfg"`?'),
        ("", "an import names a file"),
        ("beside.vcfg", 'imported as `"./beside.vcfg"`'),
    ],
)
def test_an_import_that_leads_nowhere(text: str, part: str) -> None:
    library = str(Path(__file__).resolve().parent.parent / "modules")
    sink = Sink()
    configure(MAIN, Settings(Disk({MAIN: f'\nimport "{text}"'}), (library,), FOLDER), sink)
    [finding] = sink.diagnostics
    assert (finding.code, lines(finding)) == ("import-failed", [("main.vcfg", 2)])
    assert finding.notes == (f"looked at {library}/{text}".rstrip("/"),)
    assert part in finding.help[0].text
    assert finding.help[0].certain == part.startswith("write")


@pytest.mark.parametrize("text", ["./hots.vcfg", "hots.vcfg", "./part/../hots.vcfg"])
def test_an_import_near_the_name_of_a_file_beside(vcfg: RunVcfg, tmp_path: Path, text: str) -> None:
    (tmp_path / "part").mkdir()
    (tmp_path / "hosts.vcfg").write_text("")
    (tmp_path / "main.vcfg").write_text(f'import "{text}"\n')
    ran = vcfg("check", tmp_path / "main.vcfg")
    meant = text if text.startswith(".") else f"./{text}"
    assert f'did you mean `import "{meant.replace("hots", "hosts")}"`?' in ran.out
    assert vcfg("check", "--fix", tmp_path / "main.vcfg").status == 1
    assert (tmp_path / "main.vcfg").read_text() == f'import "{text}"\n'


def test_what_a_missing_file_may_declare_is_counted() -> None:
    found = configured(
        'import "./gone.vcfg"\noption cron: int = 1\n'
        'web.port = 80\nweb.name = "a"\ncronb = 2\nwhen config.dns.on { web.x = 1 }\n'
        "option a: int? = null\na.b = 1\n"
    ).errors()
    lost = next(each for each in found if each.code == "import-failed")
    assert lost.facts["unchecked"] == ["web", "dns"]
    assert "2 names are not checked; what is missing may declare them: `web`, `dns`" in lost.notes
    near = next(each for each in found if each.code == "unknown-option")
    assert [(each.text, each.certain) for each in near.help] == [("did you mean `cron`?", False)]


def test_the_name_of_an_import_that_failed_is_no_second_mistake() -> None:
    text = (
        'import "./gone.vcfg" as gone\nimport "./bad.json" as bad\n'
        "option a: gone.Kind = 1\noption b: int = gone.number\noption c: any = bad.x.y\n"
        "option d: any = bad\noption e: int = gone.triple(1)\nrecord R from gone.Base { }\n"
        "extend type gone.Kind = 5\nextend record gone.Base { option x: int = 1 }\n"
        "host h { a = gone.other }\n"
    )
    texts = {MAIN: text, f"{FOLDER}/bad.json": "{"}
    sink = Sink()
    assert configure(MAIN, Settings(Disk(texts), (), FOLDER), sink) is not None
    assert [each.code for each in sink.diagnostics] == ["import-failed", "bad-data"]


def test_a_service_that_a_missing_file_may_declare_may_be_extended() -> None:
    finding = error('import "./gone.vcfg"\nextend service web { option x: int = 1 }\n')
    assert finding.code == "import-failed"
    assert finding.facts["unchecked"] == ["web"]


def test_nothing_is_said_of_names_where_all_are_declared() -> None:
    finding = error('import "./gone.vcfg"\noption a: int = 1\na = 2\n')
    assert "unchecked" not in finding.facts
    assert len(finding.notes) == 1


def test_names_that_hosts_define_are_counted_once(vcfg: RunVcfg, tmp_path: Path) -> None:
    main = tmp_path / "main.vcfg"
    main.write_text('import "./gone.vcfg"\nhost a { web.x = 1 }\nhost b { web.x = 1, dns.x = 1 }\n')
    [lost] = json.loads(vcfg("check", "--errors=json", main).out)["diagnostics"]
    assert lost["facts"]["unchecked"] == ["web", "dns"]
    assert len(lost["notes"]) == 2


def test_every_import_that_fails_is_reported() -> None:
    found = configured(
        'import "./a.vcfg"\nimport "./b.vcfg"\nimport "./c.vcfg"', b='import "./d.vcfg"'
    ).errors()
    assert sorted([lines(each)[0] for each in found]) == [
        ("b.vcfg", 1),
        ("main.vcfg", 1),
        ("main.vcfg", 3),
    ]


# Disabling


def test_disable_drops_a_file_and_what_only_it_imported() -> None:
    found = order(
        'import "./a.vcfg"\nimport "./b.vcfg"\ndisable "./a.vcfg"',
        a='import "./only-a.vcfg"\nimport "./both.vcfg"',
        b='import "./both.vcfg"',
        **{"only-a": "", "both": ""},
    )
    assert found == ["both", "b", "main"]


def test_a_disabled_file_still_disables() -> None:
    found = order(
        'import "./a.vcfg"\nimport "./b.vcfg"\nimport "./c.vcfg"\ndisable "./a.vcfg"',
        a='disable "./b.vcfg"',
        b='disable "./c.vcfg"',
        c="",
    )
    assert found == ["main"]


def test_disabling_oneself_and_each_other() -> None:
    assert order('import "./a.vcfg"', a='disable "./a.vcfg"') == ["main"]
    assert order(
        'import "./a.vcfg" import "./b.vcfg"', a='disable "./b.vcfg"', b='disable "./a.vcfg"'
    ) == ["main"]


def test_disabling_what_is_not_there_is_a_warning() -> None:
    result = configured('import "./a.vcfg"\ndisable "./b.vcfg"\ndisable "./c.vcfg"', a="", b="")
    assert result.errors() == []
    assert [(each.code, lines(each)) for each in result.findings] == [
        ("nothing-to-disable", [("main.vcfg", 2)]),
        ("nothing-to-disable", [("main.vcfg", 3)]),
    ]


def test_the_root_cannot_be_disabled() -> None:
    finding = error('import "./a.vcfg"\n', a='\ndisable "./main.vcfg"')
    assert (finding.code, lines(finding)) == ("misplaced-statement", [("a.vcfg", 2)])


# What names are bound to


def test_names_of_another_file_come_through_its_alias() -> None:
    found = values(
        'import "./a.vcfg" as a\noption x: int = a.k + a.twice(2)\noption r: a.R = { z = a.k }',
        a="let k = 3\nlet twice(n) = n * 2\ntype Small = int(0..9)\nrecord R { option z: Small }",
    )
    assert found == {"x": 7, "r": {"z": 3}}


def test_a_plain_import_shares_options_only() -> None:
    finding = error('import "./a.vcfg"\noption x: int = hidden', a="let hidden = 3")
    assert (finding.code, lines(finding)) == ("unknown-name", [("main.vcfg", 2)])
    assert error('import "./a.vcfg"\noption x: T = 1', a="type T = int").code == "unknown-type"


def test_a_name_the_alias_does_not_have() -> None:
    finding = error('import "./a.vcfg" as a\noption x: int = a.hieght', a="let height = 3")
    assert finding.code == "unknown-field"
    assert "height" in finding.help[0].text


def test_one_alias_for_two_files() -> None:
    finding = error('import "./a.vcfg" as x\nimport "./b.vcfg" as x', a="", b="")
    assert (finding.code, lines(finding)[0]) == ("declared-twice", ("main.vcfg", 2))


@pytest.mark.parametrize(
    ("expression", "help"),
    [
        ("portt", "`port`"),
        ("depth", "`config.depth`"),
        ("joni", "`join`"),
    ],
)
def test_a_name_that_is_not_bound(expression: str, help: str) -> None:
    finding = error(f"let port = 3\noption depth: int = 1\noption x: any = [{expression}]\n")
    assert (finding.code, lines(finding)) == ("unknown-name", [("main.vcfg", 3)])
    assert help in finding.help[0].text


@pytest.mark.parametrize(
    ("call", "help"),
    [
        ('jion([], "")', "did you mean `join`?"),
        ("tripel(2)", "did you mean `triple`?"),
        ("range(1, 201)", "whole numbers in a row are `1..9`, both ends in it"),
        ("rnge(1, 201)", "whole numbers in a row are `1..9`, both ends in it"),
    ],
)
def test_a_function_that_is_not_there(call: str, help: str) -> None:
    finding = error(f"let triple(x) = 3 * x\nlet trippel = 1\n{LIST}l = {call}\n")
    assert finding.code == "unknown-name"
    assert finding.message == f"there is no function `{call.partition('(')[0]}`"
    assert [each.text for each in finding.help] == [help]


def test_a_function_that_is_not_called() -> None:
    finding = error("option a: any = keys\n")
    assert [each.text for each in finding.help] == ["call it: `keys(…)`"]
    finding = error("option a: any = render\n")
    assert "`render.ini(…)` or `render.json(…)`" in finding.help[0].text


def test_a_function_that_nothing_is_like_is_not_taken_for_text() -> None:
    finding = error(f"{LIST}l = frobnicate(1)\n")
    assert finding.help == ()
    assert finding.notes == ("a function is builtin, or declared as `let frobnicate(x) = …`",)


def test_a_field_read_without_self() -> None:
    finding = error("record R { option n: int = 1\noption m: int = n }")
    assert "`self.n`" in finding.help[0].text


@pytest.mark.parametrize(
    ("type", "help"),
    [("string", 'text stands in quotes: `"web"`'), ("any", "did you mean `config.web`?")],
)
def test_a_service_is_meant_only_where_a_block_fits(type: str, help: str) -> None:
    finding = error(f"service web {{ }}\noption a: {type}\na = web\n")
    assert [each.text for each in finding.help] == [help]


@pytest.mark.parametrize(
    "text",
    [
        "let port = 3\nport = 4\n",
        "option ports: int = 1\nlet port = 3\nport = 4\n",
        "let port = 3\nport.number = 4\n",
        "let port = 3\nservice web { option ports: int = 1\nport = 4 }\n",
    ],
)
def test_a_let_is_not_defined_again(text: str) -> None:
    finding = error(text)
    line = 2 if text.startswith("option") else 1
    assert finding.code == "unknown-option"
    assert finding.message == f"`port` is the `let` of line {line}, and no option"
    assert lines(finding)[1] == ("main.vcfg", line)


def test_a_let_named_like_a_service_of_the_library_does_not_hide_its_import() -> None:
    finding = error('let networking = "a"\nnetworking.hostname = networking\n')
    assert 'import "networking.vcfg"' in finding.help[0].text


@pytest.mark.parametrize(
    ("text", "form"),
    [("./hosts.csv", "CSV"), ("hosts.CSV", "CSV"), ("/etc/php.ini", "INI"), ("./a.nix", "Nix")],
)
def test_a_file_in_a_form_that_is_not_read(text: str, form: str) -> None:
    finding = error(f'import "{text}" as table\noption a: any = table\n')
    leaf = text.rpartition("/")[2]
    assert finding.code == "import-failed"
    assert finding.message == f"`{leaf}` is {form}, which no import reads"
    assert "JSON, YAML and TOML" in finding.notes[0]


def test_a_name_that_only_is_one_of_a_form_is_no_form() -> None:
    assert error('import "env"\n').message == 'nothing is found for the import of `"env"`'


@pytest.mark.parametrize(
    "text",
    [
        "option a: int = self.b",
        "option a: string = key",
        "service s { option a: string = key }",
        "option a: int = value",
        "let config = 1",
        "let self = 1",
        "let a = 1 let a = 2",
        "option a: list(int) = [for x in [1]: y]",
        "let f(a) = b",
    ],
)
def test_names_where_they_mean_nothing(text: str) -> None:
    assert error(text).code in ("unknown-name", "declared-twice")


def test_inner_names_hide_outer_ones() -> None:
    text = """
        let n = 1
        let f(n) = n * 10
        option a: int = n
        option b: int = f(2)
        option c: list(int) = [for n in [3]: n]
        option m: map(int) = {}
        m { let n = 4, x = n }
        for n in [5] { m.y = n }
        when true { let n = 6, m.z = n }
        option join: int = 7
    """
    assert values(text) == {
        "a": 1, "b": 20, "c": [3], "join": 7, "m": {"x": 4, "y": 5, "z": 6}
    }  # fmt: skip


def test_a_name_that_is_bound_twice_at_once() -> None:
    for text in ("let f(x, x) = x", "option a: list(int) = [for k, k in { b = 1 }: k]"):
        assert error(text).message.endswith("is bound twice here")
    assert values("option a: list(int) = [for _, _ in { b = 1 }: 2]")["a"] == [2]


def test_lets_may_stand_in_any_order_but_not_in_a_circle() -> None:
    assert values("option a: int = x\nlet x = y + 1\nlet y = 2")["a"] == 3
    finding = error("let x = y\nlet y = z\nlet z = x + 1\nlet w = w(1)\n".replace("let w", "# "))
    assert finding.code == "cycle"
    assert sorted(lines(finding)) == [("main.vcfg", 1), ("main.vcfg", 2), ("main.vcfg", 3)]
    assert error("let f(n) = g(n)\nlet g(n) = f(n)").facts["cycle"] == ["f", "g"]


def test_a_long_chain_of_lets() -> None:
    count = 20_000
    chain = "".join([f"let v{at} = v{at + 1} + 1\n" for at in range(count)])
    assert values(f"{chain}let v{count} = 0\noption a: int = v0\n")["a"] == count


def test_the_list_of_builtins_is_the_builtins() -> None:
    assert {*BUILTINS, *LAZY} == set(BUILTIN_NAMES) - {"render"}


def test_a_target_that_is_disabled_names_the_disable(vcfg: RunVcfg, tmp_path: Path) -> None:
    file = tmp_path / "a.vcfg"
    file.write_text('import "virtualization/ganeti.vcfg"\ndisable "cron.vcfg"\n')
    ran = vcfg("check", "--errors", "json", file)
    targets = [
        each for each in json.loads(ran.out)["diagnostics"] if each["code"] == "unknown-target"
    ]
    assert targets
    for finding in targets:
        assert any(each["text"] == "disabled here" for each in finding["labels"])
        assert "remove this `disable`" in finding["help"][0]["text"]
