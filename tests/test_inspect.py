"""`why`, `show` and the origins in the plan: every value leads back to the lines that made it."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from evaluator.inspect.paths import split_path

if TYPE_CHECKING:
    from tests.conftest import RunVcfg

ROOT = Path(__file__).resolve().parent.parent
SCHEMA = json.loads((ROOT / "spec" / "why.schema.json").read_text(encoding="utf-8"))
NODE = ROOT / "spec" / "examples" / "ganeti-node" / "node1.vcfg"
ARGUMENTS = 'etc.files."default/ganeti".text'

MAIN = """\
import "./site.vcfg"
record Share { option path: string = "/srv", option owner: string = key }
## The name.
option name: string = "d"
option port: port = 80
option busy: bool = false
option shares: map(Share) = { old = { path = "/old" } }
option extra: list(int) = [0]
record Log { option level: int = 1, option file: string = "a" }
option log: Log = { level = 3 }
option title: text = ""
let chosen = config.port
option shown: int = chosen
service web {
  option listen: port = 8080
  accepts roots: list(string) = []
}
## More of the web.
service more {
  extend web { roots = ["/more"] }
  when config.busy { when self.enable { extend web { roots = ["/busy"] } } }
}
more.enable = true
name = "main"
default name = "weak"
when config.busy { name = "never" }
shares.a.path = "/a"
when config.busy { shares.b.path = "/b" }
extra = [1, config.port]
first extra = [2]
title = "#{config.name} on #{config.shown}, level #{config.log.level}"
log.file = "b"
"""
SITE = """\
force name = "site"
force port = 81
for n in [1, 2] { shares."n#{n}".path = "/#{n}" }
when config.port == 80 { shares.k.path = "/k" } else { shares.j.path = "/j" }
"""


@pytest.fixture
def main(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "main.vcfg").write_text(MAIN, encoding="utf-8")
    (tmp_path / "site.vcfg").write_text(SITE, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return Path("main.vcfg")


def told(vcfg: RunVcfg, file: Path, path: str, *words: str) -> dict[str, Any]:
    """`why --json`, which follows its schema."""
    ran = vcfg("why", file, path, "--json", *words)
    assert (ran.status, ran.err) == (0, "")
    data: dict[str, Any] = json.loads(ran.out)
    jsonschema.Draft202012Validator(SCHEMA).validate(data)
    assert vcfg("why", file, path, *words).out.startswith(data["path"])
    return data


def fates(data: dict[str, Any]) -> list[tuple[str, str, str]]:
    """State, place and strength of each definition."""
    return [
        (each["state"], f"{each['site']['file']}:{each['site']['line']}", each["strength"])
        for each in data["definitions"]
    ]


def sources(data: dict[str, Any]) -> dict[str, list[str]]:
    """Path and places of each option that was read."""
    return {
        each["path"]: [f"{site['file']}:{site['line']}" for site in each["set_at"]]
        for each in data["computed_from"]
    }


def test_winners_losers_and_the_inactive(main: Path, vcfg: RunVcfg) -> None:
    data = told(vcfg, main, "name")
    assert data["value"] == "site"
    assert data["option"]["type"] == "string"
    assert data["option"]["declared"] == {"file": "main.vcfg", "line": 4, "column": 8}
    assert fates(data) == [
        ("won", "site.vcfg:1", "forced"),
        ("lost", "main.vcfg:24", "plain"),
        ("inactive", "main.vcfg:26", "plain"),
        ("lost", "main.vcfg:25", "default"),
        ("lost", "main.vcfg:4", "declared default"),
    ]
    [condition] = data["definitions"][2]["conditions"]
    assert (condition["text"], condition["holds"]) == ("config.busy", False)
    assert condition["operands"] == [{"text": "config.busy", "value": "false", "set_at": []}]


def test_a_default_that_nothing_beats(main: Path, vcfg: RunVcfg) -> None:
    data = told(vcfg, main, "web.listen")
    assert fates(data) == [("default", "main.vcfg:15", "declared default")]
    assert data["computed_from"] == []


def test_parts_that_are_joined(main: Path, vcfg: RunVcfg) -> None:
    data = told(vcfg, main, "extra")
    assert data["value"] == [2, 1, 81]
    assert fates(data)[:2] == [("won", "main.vcfg:30", "plain"), ("won", "main.vcfg:29", "plain")]
    assert [each["order"] for each in data["definitions"]] == [500, None, None]
    assert sources(data) == {"port": ["site.vcfg:2"]}
    assert told(vcfg, main, "extra[2]")["path"] == "extra[2]"
    assert told(vcfg, main, "extra[2]")["value"] == 81


def test_what_a_value_was_computed_from_through_lets(main: Path, vcfg: RunVcfg) -> None:
    found = sources(told(vcfg, main, "title"))
    assert found == {
        "name": ["site.vcfg:1"],
        "shown": [],
        "port": ["site.vcfg:2"],
        "log.level": ["main.vcfg:10"],
        "busy": [],
    }


def test_maps_and_their_entries(main: Path, vcfg: RunVcfg) -> None:
    data = told(vcfg, main, "shares")
    assert sorted(data["value"]) == ["a", "j", "n1", "n2"]
    assert {each[0] for each in fates(data)} == {"contributes", "inactive", "lost"}
    assert fates(data)[-1] == ("lost", "main.vcfg:7", "declared default")
    assert fates(told(vcfg, main, "shares.n1.path"))[0] == ("won", "site.vcfg:3", "plain")
    [condition] = told(vcfg, main, "shares.j.path")["definitions"][0]["conditions"]
    assert (condition["text"], condition["holds"]) == ("not (config.port == 80)", True)
    assert fates(told(vcfg, main, "shares.a.owner"))[0][0] == "default"


def test_a_whole_that_was_replaced(main: Path, vcfg: RunVcfg) -> None:
    data = told(vcfg, main, "shares", "--set", "shares={}")
    assert data["value"] == {}
    assert fates(data)[0][0] == "contributes"
    assert {each[0] for each in fates(data)[1:]} == {"lost", "inactive"}


def test_the_default_of_a_record_contributes(main: Path, vcfg: RunVcfg) -> None:
    assert fates(told(vcfg, main, "log")) == [
        ("contributes", "main.vcfg:32", "plain"),
        ("contributes", "main.vcfg:10", "declared default"),
    ]
    assert fates(told(vcfg, main, "log.level")) == [
        ("won", "main.vcfg:10", "declared default"),
        ("lost", "main.vcfg:9", "declared default"),
    ]


def test_contributions_of_services(main: Path, vcfg: RunVcfg) -> None:
    data = told(vcfg, main, "web.roots")
    assert fates(data) == [
        ("won", "main.vcfg:20", "plain"),
        ("inactive", "main.vcfg:21", "plain"),
        ("lost", "main.vcfg:16", "declared default"),
    ]
    assert [each["text"] for each in data["definitions"][0]["conditions"]] == ["more.enable"]
    holds = [(each["text"], each["holds"]) for each in data["definitions"][1]["conditions"]]
    assert holds == [("config.busy", False), ("self.enable", None), ("more.enable", None)]
    assert sources(data)["more.enable"] == ["main.vcfg:23"]


def test_a_key_that_only_inactive_definitions_have(main: Path, vcfg: RunVcfg) -> None:
    ran = vcfg("why", main, "shares.b", "--errors", "json")
    [finding] = json.loads(ran.err)["diagnostics"]
    assert ran.status == 1
    assert finding["labels"][0]["start"]["line"] == 28
    assert "condition is false" in finding["labels"][0]["text"]


def test_why_asks_no_condition_that_evaluation_did_not(tmp_path: Path, vcfg: RunVcfg) -> None:
    file = tmp_path / "a.vcfg"
    file.write_text(
        "option a: int = 1\noption m: map(int) = {}\n"
        'when has(config.m, "x") { when config.m.x == 1 / 0 { a = 2 } }\n'
    )
    assert [each[0] for each in fates(told(vcfg, file, "a"))] == ["inactive", "default"]


def test_every_option_of_the_example_can_be_asked(vcfg: RunVcfg) -> None:
    data = json.loads(vcfg("eval", NODE).out)
    for path in paths(data)[::13]:
        assert told(vcfg, NODE, path)["path"] == path
        assert vcfg("show", NODE, path).status == 0


def paths(data: Any) -> list[str]:
    """Paths of everything in a configuration, maps and records entered."""
    out = []
    for name, value in data.items():
        quoted = name if name.replace("-", "a").isalnum() and name[0].isalpha() else f'"{name}"'
        out.append(quoted)
        if isinstance(value, dict):
            out.extend([f"{quoted}.{below}" for below in paths(value)])
    return out


def test_arguments_lead_back_to_what_was_set(tmp_path: Path, vcfg: RunVcfg) -> None:
    file = tmp_path / "node.vcfg"
    file.write_text(
        f'import "{NODE}"\n\nganeti.rapi.interface = "eth1"\n\nganeti.noded.port = 1899\n'
        "when config.ganeti.enable {\n  ganeti.rapi.max-clients = 7\n}\n"
    )
    data = told(vcfg, file, ARGUMENTS)
    assert "--interface=eth1" in data["value"]
    assert "--max-clients=7" in data["value"]
    found = {path: [site.rpartition("/")[2] for site in at] for path, at in sources(data).items()}
    assert found["ganeti.rapi.interface"] == ["node.vcfg:3"]
    assert found["ganeti.noded.port"] == ["node.vcfg:5"]
    assert found["ganeti.rapi.max-clients"] == ["node.vcfg:7"]
    assert found["ganeti.enable"] == ["site.vcfg:43"]
    own = {each["path"] for each in data["computed_from"] if not each["by_library"]}
    assert {"ganeti.rapi.interface", "ganeti.noded.port", "ganeti.enable"} <= own
    text = vcfg("why", file, ARGUMENTS).out
    assert "node.vcfg:3:25" in text


# Show


def test_show_an_option(main: Path, vcfg: RunVcfg) -> None:
    data = json.loads(vcfg("show", main, "name", "--json").out)
    assert data["path"] == "name"
    assert (data["type"], data["default"], data["doc"]) == ("string", '"d"', "The name.")
    assert (data["value"], data["has_value"]) == ("site", True)
    assert data["declared"] == {"file": "main.vcfg", "line": 4, "column": 8}
    text = vcfg("show", main, "name").out
    for part in ("string", '"d"', '"site"', "main.vcfg:4:8", "The name."):
        assert part in text


@pytest.mark.parametrize(
    ("path", "part"),
    [
        ("more", "More of the web."),
        ("web", "    enable: bool = false\n      Whether `web`"),
        ("shares", "    a\n    j\n    n1\n    n2\n"),
        ("shares.a", '    path: string = "/srv"\n    owner: string = key\n'),
        ("shares.a.owner", '"a"'),
        ("extra[1]", "value     1"),
        ("web.enable", "Whether `web`"),
    ],
)
def test_show_other_things(path: str, part: str, main: Path, vcfg: RunVcfg) -> None:
    ran = vcfg("show", main, path)
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.startswith(f"{path}\n")
    assert part in ran.out


def test_show_an_option_without_value(tmp_path: Path, vcfg: RunVcfg) -> None:
    file = tmp_path / "a.vcfg"
    file.write_text("option a: int\noption b: int = 1 / 0\n")
    for path in ("a", "b"):
        ran = vcfg("show", file, path)
        assert (ran.status, ran.err) == (0, "")
        assert "none; `vcfg check` says why" in ran.out
    assert "a value is required" in vcfg("show", file, "a").out


# Paths


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("a", ["a"]),
        ("a.b-c.d", ["a", "b-c", "d"]),
        ('a."b.c"."d\\"e"', ["a", "b.c", 'd"e']),
        ("a[0][12].b", ["a", 0, 12, "b"]),
        ('"x y"', ["x y"]),
        ('"x\\ny\\\\n\\t"', ["x\ny\\n\t"]),
        ('a.""', ["a", ""]),
    ],
)
def test_paths_as_people_type_them(text: str, parts: list[str | int]) -> None:
    assert split_path(text) == parts


def test_paths_go_on_inside_values(tmp_path: Path, vcfg: RunVcfg) -> None:
    file = tmp_path / "a.vcfg"
    file.write_text(
        "record R { option x: int = 1 }\noption rows: list(R) = [{ x = 7 }, {}]\n"
        "option free: any = { a = [{ b = 5 }] }\noption m: map(int) = {}\n"
        'm."" = 3\nm."a b" = 4\n'
    )
    for path, wanted in (
        ("rows[0].x", 7),
        ("rows[1]", {"x": 1}),
        ("free.a[0].b", 5),
        ('m.""', 3),
        ('m."a b"', 4),
    ):
        assert json.loads(vcfg("eval", file, path).out) == wanted, path
        assert told(vcfg, file, path)["value"] == wanted
        assert vcfg("show", file, path).status == 0
    for path in ("rows[2].x", "rows[0].z", "free.a[0].c", "free.q", "m.x", "rows.x"):
        assert vcfg("eval", file, path).status == 1


# Origins in the plan


def test_a_file_of_the_plan_names_the_lines_behind_it(tmp_path: Path, vcfg: RunVcfg) -> None:
    file = tmp_path / "node.vcfg"
    file.write_text(f'import "{NODE}"\nganeti.rapi.interface = "eth1"\n')
    assert vcfg("build", file, "-o", tmp_path / "out").status == 0
    plan = json.loads((tmp_path / "out" / "plan.json").read_text(encoding="utf-8"))
    [entry] = [each for each in plan["files"] if each["path"] == "/etc/default/ganeti"]
    asked = [(Path(each["file"]).name, each["line"], each["path"]) for each in entry["origin"]]
    assert ("node.vcfg", 2, "ganeti.rapi.interface") in asked
    assert ("site.vcfg", 43, "ganeti.enable") in asked


def test_why_takes_the_name_of_a_file_on_the_machine(vcfg: RunVcfg) -> None:
    ran = vcfg("why", NODE, "/etc/hostname")
    assert ran.out.startswith('activation.files."/etc/hostname" = ')
    assert "networking.hostname" in ran.out
    assert "node1.vcfg:6:14" in ran.out
    assert vcfg("why", NODE, "/etc/cron.d/ganeti").out.startswith("activation.cron.ganeti = ")
    assert vcfg("why", NODE, "/etc/nothing").status == 1


def test_why_of_an_element_names_who_put_it_there(vcfg: RunVcfg) -> None:
    data = json.loads(vcfg("why", "--json", NODE, "profile.packages.lvm2").out)
    assert data["value"] == "lvm2"
    assert [each["site"]["file"].rpartition("/")[2] for each in data["definitions"]] == [
        "site.vcfg"
    ]


def test_why_of_what_a_star_says_under_a_condition_on_the_key(
    vcfg: RunVcfg, tmp_path: Path
) -> None:
    main = tmp_path / "main.vcfg"
    main.write_text(
        "record R { option tags: list(string) = [] }\noption m: map(R) = {}\nm.web {}\n"
        'm.* { when key == "web" { tags = ["c"] } }\n'
    )
    ran = vcfg("why", main, "m.web.tags")
    assert ran.status == 0
    assert 'when key == "web": holds' in ran.out
    assert 'key is "web"' in ran.out


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("/srv/a.img", "there is no `/srv/a.img` among the files"),
        ("/etc/mtd", "did you mean `/etc/motd`?"),
        ("/etc/motd:12", "leave it out: `/etc/motd`"),
    ],
)
def test_a_file_that_is_not_in_the_plan(
    vcfg: RunVcfg, tmp_path: Path, asked: str, said: str
) -> None:
    file = tmp_path / "a.vcfg"
    file.write_text('import "etc.vcfg"\netc.files.motd.text = "x"\n', encoding="utf-8")
    result = vcfg("why", file, asked)
    assert result.status == 1
    assert said in result.err


LISTED = """
import "activation.vcfg"
activation {
  files."/etc/kept" { text = "x", mode = 0o640, group = "app" }
  files."/etc/gone" { text = "", manage = "absent" }
  links."/etc/mtab" { target = "/proc/self/mounts" }
  dirs."/srv/app" {}
  cron.clean { jobs.all { schedule = "@daily", command = "true" } }
  units."libvirtd.socket" { state = "mask" }
  units."ssh.service" { state = "enable" }
  users.app {}
  users.ana { system = false }
  groups.app {}
}
"""


def test_every_path_that_the_script_lists(tmp_path: Path, vcfg: RunVcfg) -> None:
    """Masks, presets, homes: what has no entry of its own leads to what it is made from."""
    file = tmp_path / "main.vcfg"
    file.write_text(LISTED)
    for host in (file, NODE):
        out = tmp_path / "out"
        assert vcfg("build", host, "-o", out).status == 0
        script = ["sh", str(out / "activate"), "--list"]
        listed = subprocess.run(script, capture_output=True, text=True, check=True).stdout
        paths = [word for line in listed.splitlines() if (word := line.split()[1])[0] == "/"]
        assert len(paths) > 6
        for path in paths:
            for verb in ("why", "show"):
                ran = vcfg(verb, host, path)
                assert (ran.status, ran.err) == (0, ""), (verb, path)


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("/etc/systemd/system/libvirtd.socket", 'units."libvirtd.socket"'),
        ("/etc/systemd/system-preset/10-vcfg.preset", "units"),
        ("/etc/cron.d/clean", "cron.clean"),
        ("/home/ana", "users.ana"),
    ],
)
def test_a_path_leads_to_what_it_is_made_from(
    tmp_path: Path, vcfg: RunVcfg, path: str, place: str
) -> None:
    file = tmp_path / "main.vcfg"
    file.write_text(LISTED)
    assert vcfg("why", file, path).out.startswith(f"activation.{place} = ")
    assert vcfg("show", file, path).out.startswith(f"activation.{place}\n")


@pytest.mark.parametrize("path", ["/etc/systemd/system/ssh.service", "/nonexistent", "/etc/cron.d"])
def test_a_path_that_nothing_is_made_at(tmp_path: Path, vcfg: RunVcfg, path: str) -> None:
    """A unit that is only enabled has no file of ours, an account of the system no home."""
    file = tmp_path / "main.vcfg"
    file.write_text(LISTED)
    assert f"there is no `{path}`" in vcfg("why", file, path).err
    (tmp_path / "empty.vcfg").write_text("option a: int = 1\n")
    assert f"there is no `{path}`" in vcfg("why", tmp_path / "empty.vcfg", path).err


def test_a_unit_by_its_name(vcfg: RunVcfg, tmp_path: Path) -> None:
    file = tmp_path / "a.vcfg"
    text = 'import "systemd.vcfg"\nsystemd.enabled = ["a.service"]\n'
    file.write_text(text, encoding="utf-8")
    assert 'activation.units."a.service"' in vcfg("why", file, "a.service").out


OWN = """\
import "systemd.vcfg"
service chrony {
  option pool: string = "pool.example"
  extend systemd {
    units."chrony.service".service.ExecStart = "/usr/sbin/chronyd -d"
    units."chrony.pool.service".service.ExecStart = "/bin/true"
    drop-ins."ssh.service".service.Nice = 3
  }
}
option crond: string = "x"
systemd.enabled = ["crond.service"]
chrony.enable = true
"""


@pytest.mark.parametrize(
    ("unit", "place"),
    [
        ("crond.service", 'units."crond.service" = { state = "enable" }'),
        ("chrony.service", 'files."/etc/systemd/system/chrony.service"'),
        ("ssh.service", 'files."/etc/systemd/system/ssh.service.d/vcfg.conf"'),
    ],
)
def test_a_unit_whose_name_begins_like_something_declared(
    unit: str, place: str, vcfg: RunVcfg, tmp_path: Path
) -> None:
    file = tmp_path / "a.vcfg"
    file.write_text(OWN, encoding="utf-8")
    found = vcfg("why", file, unit)
    assert found.status == 0, found.err
    assert f"activation.{place}" in found.out


def test_what_is_declared_goes_before_a_unit(vcfg: RunVcfg, tmp_path: Path) -> None:
    file = tmp_path / "a.vcfg"
    file.write_text(OWN, encoding="utf-8")
    assert '"pool.example"' in vcfg("why", file, "chrony.pool").out
    missed = vcfg("why", file, "chrony.timer")
    assert missed.status == 1
    assert "there is no `timer` in `chrony`" in missed.err


@pytest.mark.parametrize("key", ["ana", "<name>", "*", '"a b"'])
def test_show_an_option_of_the_entries_of_a_map(key: str, vcfg: RunVcfg) -> None:
    """The library has no entries: what is asked for is what any would have."""
    shown = vcfg("show", f"account.users.{key}.password")
    assert shown.status == 0, shown.err
    assert shown.out.splitlines()[0] == "account.users.<name>.password"
    assert "Hash of the password" in shown.out
    assert "value" not in shown.out.split("Hash")[0]


def test_show_takes_what_options_prints(vcfg: RunVcfg) -> None:
    listed = json.loads(vcfg("options", "systemd", "--format", "json").out)["options"]
    paths = [each["path"] for each in listed if "<name>" in each["path"] or ".*" in each["path"]]
    assert len(paths) > 40
    for path in paths[::10]:
        assert vcfg("show", path).out.splitlines()[:1] == [path]


def test_show_an_entry_that_could_be(tmp_path: Path, vcfg: RunVcfg) -> None:
    shown = vcfg("show", "account.users.<name>")
    assert "type      Account" in shown.out
    assert "password: secret?" in shown.out
    main = tmp_path / "main.vcfg"
    main.write_text('import "account.vcfg"\naccount.users.ana {}\nhost a {}\nhost b {}\n')
    shown = vcfg("show", str(main), "account.users.<name>.shell")
    assert (shown.status, shown.err) == (0, "")
    assert "--host" not in shown.out
    # What is there has a value; what is not, in a file, is a mistake.
    assert "value" in vcfg("show", str(main), "hosts.a.account.users.ana.shell").out
    assert "there is no `eve`" in vcfg("show", str(main), "hosts.a.account.users.eve.shell").err
    assert "there is no `pasword`" in vcfg("show", "account.users.ana.pasword").err


def test_why_of_an_entry_leaves_out_what_decided_about_others(
    vcfg: RunVcfg, tmp_path: Path
) -> None:
    """A loop around the entry went through a map, and came to others on the way."""
    main = tmp_path / "main.vcfg"
    main.write_text("""\
record Unit { option wanted: bool = false }
record Told { option state: string = "" }
service units {
  accepts list: map(Unit) = {}
  let started = [for name, unit in self.list if unit.wanted: name]
  extend told-of { for name in started { told."#{name}".state = "on" } }
}
service told-of { accepts told: map(Told) = {} }
service sshd {
  option keys: bool = false
  when self.keys { extend units { list.keys.wanted = true } }
}
told-of.enable = true
units.enable = true
units.list.timer.wanted = true
sshd.enable = true
sshd.keys = false
""")
    data = json.loads(vcfg("why", "--json", main, "told-of.told.timer.state").out)
    paths = [each["path"] for each in data["computed_from"]]
    assert "units.list.timer.wanted" in paths
    assert "sshd.keys" not in paths
