"""What `vcfg options` says an option emits: derived from the text, held against real changes.

Every option of the library that some value can be found for is changed on hosts that use
everything; what then changes in the plan has to be among what the option is said to emit.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from evaluator import resources
from evaluator.cli.app import run
from evaluator.diagnostics.model import Sink
from evaluator.evaluation.export import export
from evaluator.files import Disk
from evaluator.fleet.configure import Settings, load, module_path
from evaluator.flows.emits import TABLES, Emissions
from evaluator.flows.patterns import (
    common,
    hole,
    joined,
    may_be,
    may_begin,
    may_end,
    shown,
)
from evaluator.manual.emitted import told
from evaluator.names.library import importable
from evaluator.options.declare import declare
from evaluator.options.shapes import path_text
from tests.fleets import Given

if TYPE_CHECKING:
    from evaluator.evaluation.world import World
    from tests.conftest import RunVcfg

ROOT = Path(__file__).resolve().parent.parent
HOSTS = {
    "base": """\
networking {
  hostname = "node1"
  interfaces.eth0 { address = "192.168.1.2/24", gateway = "192.168.1.1" }
  name-servers = ["192.168.1.1"]
  search-domains = ["example.com"]
}
hosts-file.entries."192.168.1.2" = ["node1.example.com", "node1"]
account.users.ana { groups = ["operators"] }
account.groups.operators {}
etc.files.motd.text = "Hello.\\n"
etc.dirs."app" {}
etc.links."app/now".target = "then"
cron.files.backup {
  environment.PATH = "/bin"
  jobs.nightly { schedule = "1 2 * * *", command = "true" }
}
systemd {
  units."a.service" { service.ExecStart = "/bin/true", wanted-by = ["multi-user.target"] }
  drop-ins."ssh.service".service.Nice = 3
  enabled = ["b.service"]
}
activation.snippets.late.text = "true\\n"
polkit.rules."50-a" = "a"
dbus.policies.a = "<busconfig></busconfig>"
""",
    "openssh": "openssh.enable = true\n",
    "qemu-binfmt": 'qemu-binfmt { enable = true, platforms = ["arm"] }\n',
    "virtlog": "virtlog.enable = true\n",
    "networkd": """\
networking { interfaces.eth0 { address = "192.168.1.2/24" }, backend = "networkd" }
""",
    "libvirt": """\
account.groups.operators {}
libvirt { enable = true, unix-sock-group = "operators" }
""",
    "libvirt with sockets": """\
libvirt {
  enable = true
  socket-activation = true
  listen = true
  listen-tcp = true
  unix-sock-dir = "/run/virt"
  unix-sock-group = "operators"
}
""",
    "ganeti": """\
ganeti {
  enable = true
  file-storage-paths = ["/srv/ganeti"]
  os.debootstrap {
    extension = ".conf"
    variants.a.configuration { hooks.late = "#!/bin/sh\\n" }
    variants.b.configuration = {}
  }
}
""",
    "ganeti-": "".join(
        f"ganeti-{each}.enable = true\n"
        for each in (
            *("noded", "confd", "wconfd", "luxid", "rapi", "kvmd", "mond", "metad"),
            *("watcher", "cleaner"),
        )
    ),
    "hurd-vm": "hurd-vm { enable = true, disk-size = 1GiB, others.second.id = 2 }\n",
    "hurd-vm with a number": "hurd-vm { enable = true, id = 3, others.second.id = 2 }\n",
}
IMPORTS = {
    "base": "".join(
        f'import "{name}.vcfg"\n'
        for name in (
            *("account", "activation", "cron", "dbus", "etc", "hosts-file", "networking"),
            *("polkit", "profile", "systemd"),
        )
    ),
    "networkd": 'import "networking.vcfg"\n',
    "openssh": 'import "openssh.vcfg"\n',
    **{
        name: f'import "virtualization/{name.partition(" ")[0].rstrip("-")}.vcfg"\n'
        for name in HOSTS
        if name not in ("base", "networkd", "openssh")
    },
}
# Keys of entries that both hosts have, or one of them.
KEYS = {
    "account.users": "ana", "account.groups": "operators", "etc.files": "motd",
    "etc.dirs": "app", "etc.links": "app/now", "cron.files": "backup",
    "cron.files.<name>.jobs": "nightly", "systemd.units": "a.service",
    "systemd.drop-ins": "ssh.service", "networking.interfaces": "eth0",
    "hurd-vm.others": "second", "ganeti.os": "debootstrap",
    "ganeti.os.<name>.variants": "a", "activation.snippets": "late",
}  # fmt: skip
# Values for options whose type says too little about which ones there are.
VALUES = {
    "etc.files.<name>.text": '"x\\n"', "openssh.authorized-keys": '{ ben = "x" }',
    "openssh.extra-content": '"X y\\n"', "openssh.accepted-environment": '["LANG"]',
    "openssh.subsystems": '{ other = "/bin/x" }', "polkit.rules": '{ x = "x" }',
    "dbus.policies": '{ x = "<busconfig></busconfig>" }', "polkit.packages": '["x1"]',
    "dbus.packages": '["x1"]', "profile.packages": '["x1"]', "systemd.tmpfiles": '["d /run/x"]',
    "systemd.enabled": '["x.service"]', "systemd.disabled": '["x.service"]',
    "systemd.masked": '["x.service"]', "networking.hostname": '"node2"',
    "networking.name-servers": '["192.168.1.9"]', "networking.search-domains": '["a.example"]',
    "hosts-file.text": '"127.0.0.1 node1\\n"', "hosts-file.entries": '{ "10.0.0.1" = ["x"] }',
    "networking.interfaces.<name>.address": '"192.168.1.3/24"',
    "networking.interfaces.<name>.gateway": '"192.168.1.9"', "libvirt.access-drivers": '["polkit"]',
    "libvirt.listen-addr": '"127.0.0.1"', "libvirt.tls-port": '"16999"',
    "libvirt.tcp-port": '"16999"', "libvirt.hypervisor-packages": '["x1"]',
    "libvirt.tls-allowed-dn-list": '["x"]', "libvirt.sasl-allowed-usernames": '["x"]',
    "libvirt.extra.tcp_min_ssf": "113",
    "libvirt.host-uuid": '"c7a5fdbd-edaf-9455-926a-d65c16db1809"', "libvirt.log-filters": '"1:x"',
    "libvirt.log-outputs": '"1:stderr"', "virtlog.log-filters": '"1:x"',
    "virtlog.log-outputs": '"1:stderr"', "libvirt.unix-sock-group": '"root"',
    "qemu-binfmt.platforms": '["aarch64", "sparc64"]', "hurd-vm.net-options": '["--nic", "none"]',
    "hurd-vm.options": '["--display", "none"]', "ganeti.file-storage-paths": '["/srv/x"]',
    "ganeti.os": '{ custom { extension = ".x", variants.v.configuration = "x" } }',
    "ganeti.os.<name>.extension": '".x"', "hurd-vm.disk-size": "7GiB", "hurd-vm.id": "9",
    "ganeti.watcher.rapi-ip": '"192.168.1.2"', "ganeti-watcher.rapi-ip": '"192.168.1.2"',
    "ganeti.rapi.interface": '"eth1"', "ganeti.noded.interface": '"eth1"',
    "ganeti-rapi.interface": '"eth1"', "ganeti-noded.interface": '"eth1"',
    "account.users.<name>.groups": '["kvm"]', "account.users.<name>.group": '"kvm"',
    "systemd.units.<name>.after": '["x.service"]', "systemd.units.<name>.wanted-by": '["x.target"]',
    "systemd.units.<name>.aliases": '["x.service"]', "cron.files.<name>.extra": '"# x\\n"',
    "systemd.units.<name>.required-by": '["x.target"]', "systemd.drop-ins.<name>.name": '"x"',
    "systemd.units.<name>.service": "{ Nice = 2 }", "systemd.units.<name>.unit": '{ X-A = "b" }',
    "systemd.drop-ins.<name>.service": "{ Nice = 9 }",
    "cron.files.<name>.jobs.<name>.schedule": '"7 7 * * *"', "etc.links.<name>.target": '"x"',
    "ganeti.os.<name>.variants.<name>.configuration.hooks": '{ x = "#!/bin/sh\\n" }',
    "ganeti.os.<name>.variants.<name>.configuration.extra-pkgs": '["x1"]',
    "ganeti.os.<name>.variants.<name>.configuration.components": '["x1"]',
    "activation.snippets.<name>.text": '"false\\n"',
}  # fmt: skip
# Words that other options of text, paths and addresses take.
TEXTS = ('"/srv/other"', '"192.168.1.77"', '"other"', '"1 3 * * *"')


@cache
def emissions() -> Emissions:
    """What the options of the library emit."""
    names = importable(resources.path("modules"))
    text = "".join([f'import "{name}"\n' for name in names])
    sink = Sink()
    settings = Settings(Disk({"/library.vcfg": text}), module_path((), {}), "/")
    modules = load("/library.vcfg", settings, sink)
    declared = declare(modules, sink)
    assert not sink.has_errors()
    return Emissions(modules, declared)


@cache
def options() -> dict[str, dict[str, Any]]:
    """Every option of the library, by path, as JSON lists it."""
    file = ROOT / ".pytest_cache" / "options.json"
    file.parent.mkdir(exist_ok=True)
    assert run(["options", "--format", "json", "-o", str(file)]) == 0
    return {each["path"]: each for each in json.loads(file.read_text("utf-8"))["options"]}


def planned(world: World) -> dict[tuple[str, str], Any] | None:
    """Entries of the plan by kind and name; None where the configuration has errors."""
    data = export(world)
    if world.sink.has_errors():
        return None
    found: dict[tuple[str, str], Any] = {}
    for table, (kind, _word) in TABLES.items():
        entries = data["activation"][table]
        for name in entries:
            place = f"/etc/cron.d/{name}" if kind == "cron" else name
            found[kind, place] = entries[name] if isinstance(entries, dict) else True
    return found


def values_for(facts: dict[str, Any]) -> list[str]:
    """Values to try, in the language, the likeliest first."""
    if facts["path"] in VALUES:
        return [VALUES[facts["path"]]]
    schema = facts["schema"]
    default = facts.get("default")
    if schema.get("type") == "boolean":
        return [json.dumps(not default)]
    if "enum" in schema:
        return [json.dumps(each) for each in schema["enum"] if each != default]
    if facts["unit"] == "seconds":
        return ["77s"]
    if facts["type"] == "mode":
        return ["0o711"]
    if schema.get("type") == "integer":
        return [str((default or 0) + 1)]
    return [*TEXTS, "7"]


def placed(path: str) -> str | None:
    """The path of an option with keys that a host has; None where it has none."""
    out: list[str] = []
    before: list[str] = []
    for part in path.split("."):
        if part == "*":
            return None
        if part == "<name>":
            key = KEYS.get(".".join(before))
            if key is None:
                return None
            out.append(path_text((key,)))
        else:
            out.append(part)
        before.append(part)
    return ".".join(out)


def tried(path: str) -> list[tuple[str, str]]:
    """Values to try for an option, each with the name of a variant that has it."""
    if placed(path) is None or options()[path]["kind"] == "computed":
        return []
    return [(f"{path} {at}", value) for at, value in enumerate(values_for(options()[path]))]


def is_about(host: str, service: str | None) -> bool:
    """Whether the options of a service are changed on a host."""
    if host in ("base", "networkd"):
        return host == "base" or service == "networking"
    stem = host.partition(" ")[0]
    return (
        service is not None and service.startswith(stem) and (stem.endswith("-") or service == stem)
    )


class Host:
    """A host, and what changes in its plan with each option of its services."""

    def __init__(self, name: str) -> None:
        head = IMPORTS[name] + HOSTS[name]
        there = Given(head).world().declared.root.members
        self.paths = [
            path
            for path, facts in options().items()
            if is_about(name, facts["service"]) and path.partition(".")[0] in there
        ]
        variants = "".join(
            f"variant {json.dumps(variant)} {{ force {placed(path)} = {value} }}\n"
            for path in self.paths
            for variant, value in tried(path)
        )
        given = Given(head + variants)
        self.world = given.world
        base = planned(given.world())
        assert base is not None, given.words()
        self.base = base

    def changed(self, path: str) -> set[tuple[str, str]]:
        """Entries that change with an option, by the first value that changes any."""
        for name, _value in tried(path):
            found = planned(self.world(variant=name))
            if found is not None and found != self.base:
                keys = {*found, *self.base}
                return {each for each in keys if found.get(each) != self.base.get(each)}
        return set()


# How many options change something, of which there have to be that many at least. The others
# have no entry on these hosts, wait for a condition, or do nothing at all.
CHANGING = {
    "base": 50, "networkd": 4, "openssh": 15, "qemu-binfmt": 3, "virtlog": 7,
    "libvirt": 45, "libvirt with sockets": 45, "ganeti": 40,
    "ganeti-": 30, "hurd-vm": 15, "hurd-vm with a number": 10,
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTS)
def test_nothing_changes_that_an_option_is_not_said_to_emit(name: str) -> None:
    host = Host(name)
    wrong: dict[str, list[tuple[str, str]]] = {}
    changing = 0
    for path in host.paths:
        if path in emissions().shared:
            continue
        entries = host.changed(path)
        claimed = emissions().patterns(options()[path]["alias_of"] or path)
        strays = [
            (kind, entry)
            for kind, entry in sorted(entries)
            if not any(kind == each and may_be(pattern, entry) for each, pattern in claimed)
        ]
        changing += bool(entries)
        if strays:
            wrong[path] = strays
    assert wrong == {}
    assert changing >= CHANGING[name]


SMALL = """\
import "etc.vcfg"
import "profile.vcfg"
import "systemd.vcfg"

record Site {
  ## Folder.
  option root: path = "/srv/#{key}"
  option tls: bool = false
}

service web {
  option port: port = 80
  option sites: map(Site) = {}
  option tools: list(string) = []
  option mode: "fast" | "slow" = "fast"
  option note: string = ""
  option quiet: bool = false
  option greeting: string = self.note

  let words(sign) = [for tool in self.tools if tool != "": "#{sign}#{tool}"]

  extend etc {
    files."web/#{self.mode}.conf".text = render.ini({
      Main { Port = self.port, Greeting = self.greeting, when not self.quiet { Note = self.note } }
    })
    for name, site in self.sites {
      files."web/sites/#{name}".text = "root #{site.root}\\nlisten #{config.web.port}\\n"
      when site.tls { links."web/tls/#{name}".target = site.root }
    }
    files."default/web".text = render.shell({ ARGS = join(words("--tool="), " ") })
  }
  extend profile { packages = if self.quiet then ["web-quiet"] else ["web"] }
  extend systemd { units."web@#{self.port}.service".service.ExecStart = "/usr/bin/web" }
}
"""


@pytest.fixture
def emitted(tmp_path: Path, vcfg: RunVcfg) -> dict[str, dict[str, list[str]]]:
    """Names with words that each option of a small service emits."""
    file = tmp_path / "web.vcfg"
    file.write_text(SMALL, encoding="utf-8")
    ran = vcfg("options", str(file), "--format", "json")
    assert ran.status == 0, ran.err
    return {
        each["path"]: {entry["name"]: entry["words"] for entry in each["emits"]}
        for each in json.loads(ran.out)["options"]
    }


def test_a_value_is_followed_through_lets_functions_and_services(
    emitted: dict[str, dict[str, list[str]]],
) -> None:
    assert emitted["web.mode"].keys() == {"/etc/web/<mode>.conf"}
    assert emitted["web.port"] == {
        "/etc/web/<mode>.conf": ["[Main] Port"],
        "/etc/web/sites/<name>": ["listen <port>"],
        "/etc/systemd/system/web@<port>.service": [],
        "web@<port>.service": [],
    }
    assert emitted["web.note"] == {"/etc/web/<mode>.conf": ["[Main] Greeting", "[Main] Note"]}
    assert emitted["web.greeting"] == {"/etc/web/<mode>.conf": ["[Main] Greeting"]}
    assert emitted["web.tools"] == {"/etc/default/web": ["ARGS --tool=<tools>"]}
    assert emitted["web.quiet"] == {
        "/etc/web/<mode>.conf": ["[Main] Note"],
        "web": [],
        "web-quiet": [],
    }


def test_fields_of_an_entry_are_told_apart(emitted: dict[str, dict[str, list[str]]]) -> None:
    assert emitted["web.sites.<name>.root"] == {
        "/etc/web/sites/<name>": ["root <root>"],
        "/etc/web/tls/<name>": [],
    }
    assert emitted["web.sites.<name>.tls"] == {"/etc/web/tls/<name>": []}
    assert emitted["web.sites"].keys() == {"/etc/web/sites/<name>", "/etc/web/tls/<name>"}


def test_a_service_emits_what_its_options_do_and_more(
    emitted: dict[str, dict[str, list[str]]],
) -> None:
    below = {name for path, entries in emitted.items() if path[:4] == "web." for name in entries}
    assert emitted["web.enable"].keys() == below
    # What others put into /etc is told of the others.
    assert emitted["etc.enable"].keys() == {"/etc/<path>"}
    assert emitted["etc.files.<name>.mode"] == {"/etc/<path>": ["mode"]}


WATCHING = """
service watch {
  let inside = [for path, _ in config.activation.files if starts-with(path, "/etc/web/s"): path]
  extend etc {
    when any([for path, _ in config.etc.files: starts-with(path, "web/sites/")]) {
      links."watched".target = "web/sites"
    }
    when all([for path, _ in config.etc.files: not ends-with(path, ".conf")]) {
      links."plain".target = "web"
    }
    files."names".text = join(inside, " ")
  }
}
"""


def test_a_look_at_all_files_depends_on_those_it_is_about(tmp_path: Path, vcfg: RunVcfg) -> None:
    file = tmp_path / "web.vcfg"
    file.write_text(SMALL + WATCHING, encoding="utf-8")
    ran = vcfg("options", str(file), "--format", "json")
    found = {
        each["path"]: {entry["name"] for entry in each["emits"]}
        for each in json.loads(ran.out)["options"]
    }
    assert not found["web.mode"] & {"/etc/names", "/etc/watched"}
    assert {"/etc/names", "/etc/watched"} <= found["web.sites"]
    assert found["web.tools"] == {"/etc/default/web"}
    assert {"/etc/names", "/etc/watched", "/etc/plain"} <= found["etc.files"]


def test_a_folder_of_libvirt_is_told_of_those_who_may_fill_it() -> None:
    place = ("directory", "/etc/pki/libvirt/private")
    telling = {path.partition(".")[0] for path in options() if place in emissions().patterns(path)}
    assert telling == {"activation", "etc", "libvirt", "secrets"}


def test_one_option_tells_all_of_itself(vcfg: RunVcfg) -> None:
    ran = vcfg("options", "libvirt", "max-anonymous-clients")
    assert "    emits /etc/libvirt/libvirtd.conf: max_anonymous_clients\n" in ran.out
    ran = vcfg("options", "qemu-binfmt.enable")
    assert "    emits /etc/binfmt.d/qemu-<name>.conf\n" in ran.out


def test_many_of_one_kind_are_told_in_one() -> None:
    links = [{"kind": "link", "name": f"/etc/a.d/x-{at}.conf", "words": []} for at in range(9)]
    assert told(links, str) == ["link /etc/a.d/x-….conf"]
    assert len(told(links[:3], str)) == 3
    words = [str(at) for at in range(9)]
    assert told([{"kind": "file", "name": "/x", "words": words}], str) == [
        "/x: 0, 1, 2, 3, 4, 5 and 3 more"
    ]


def test_what_is_derived_does_not_depend_on_chance() -> None:
    run = emissions().run
    before = {**run.store.growth}
    run.seen.clear()
    run.until_still()
    assert run.store.growth == before


def test_patterns() -> None:
    name = hole("name")
    assert joined([frozenset(("a",)), frozenset((name,)), frozenset(("b", "c"))]) == {
        f"a{name}b",
        f"a{name}c",
    }
    assert shown(common([f"x{name}1", f"x{name}2"])) == "x<name>…"
    assert may_be(f"/etc/{name}.conf", "/etc/a.conf.conf")
    assert may_be(f"{name}-{name}", "a-b-c")
    assert not may_be(f"/etc/{name}.conf", "/etc/a.txt")
    assert not may_be("/etc/a", "/etc/ab")
    assert not may_be(f"ab{name}bc", "abc")
    assert may_begin("/etc/a.d/x", "/etc/a.d/")
    assert not may_begin("/etc/b.d/x", "/etc/a.d/")
    assert may_begin(f"/etc/{name}", "/etc/a.d/")
    assert not may_begin(f"/srv/{name}", "/etc/a.d/")
    assert not may_begin(f"/etc/{name}/{name}", "/etc/a.d/")
    assert may_end(f"{name}.service", ".service")
    assert may_end(f"x{name}", ".service")
    assert not may_end(f"{name}.timer", ".service")
    assert not may_end("a.timer", ".service")
