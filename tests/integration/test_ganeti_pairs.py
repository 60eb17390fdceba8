"""Bad values of Ganeti: vcfg finds each at the line that wrote it, and this is what it spares.

First what a daemon refuses, then what it takes and suffers from, then providers, hooks and the
shell that reads their settings.
"""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import pytest

from .cluster import booted, make_cluster, process_ids
from .pairs import Pair, found_first, named

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .conftest import Applied
    from .sandbox import Sandbox

START = 'import "virtualization/ganeti.vcfg"\n\nganeti.enable = true\n'

NODED = "ganeti-noded -f --no-ssl"
AS_API = "setpriv --reuid gnt-rapi --regid gnt-rapi --init-groups"
SERVER = "/var/lib/ganeti/server.pem"
OS = "ganeti.os.debootstrap.variants.x.configuration"
MINE = "ganeti.os.image.definition"

#: What a daemon does not start with: `given` is the whole command.
REFUSED = [
    Pair(
        "ganeti.noded.max-clients = 0",
        "type-mismatch",
        "max-clients",
        f"{NODED} --max-clients=0",
        "--max-clients argument must be >= 1",
    ),
    Pair(
        'ganeti.noded.address = "127.0.0.1"\nganeti.noded.interface = "lo"',
        "assertion-failed",
        "exclude each other",
        f"{NODED} --bind=127.0.0.1 --interface=lo",
        "Can't specify both",
    ),
    Pair(
        "ganeti.noded.port = 99999",
        "type-mismatch",
        "port",
        f"{NODED} --port=99999",
        "port must be 0-65535",
    ),
    Pair(
        'ganeti.noded.port = "x"',
        "type-mismatch",
        "port",
        f"{NODED} --port=x",
        "invalid integer value",
    ),
    Pair(
        'networking.interfaces.eth0.address = "192.168.1.201/24"\n'
        'ganeti.noded.interface = "nosuch0"',
        "warned",
        "`networking` sets up no interface `nosuch0`",
        f"{NODED} --interface=nosuch0",
        "TypeError",
    ),
    Pair(
        'ganeti.noded.ssl-key = "/etc/my key.pem"',
        "type-mismatch",
        "no blank",
        "ganeti-noded -f --ssl-cert=/etc/hostname --ssl-key=/etc/my key.pem",
        "'/etc/my' was not found",
    ),
    Pair(
        "ganeti.noded.threads = 4",
        "unknown-option",
        "threads",
        f"{NODED} --threads=4",
        "no such option: --threads",
    ),
    Pair(
        'ganeti.confd.interface = "eth0"',
        "unknown-option",
        "interface",
        "ganeti-confd --interface=eth0",
        "unrecognized option",
    ),
    Pair(
        'ganeti.kvmd.address = "0.0.0.0"',
        "unknown-option",
        "address",
        "ganeti-kvmd --bind=0.0.0.0",
        "unrecognized option",
    ),
    Pair(
        "ganeti.luxid.port = 1",
        "unknown-option",
        "port",
        "ganeti-luxid --port=1",
        "unrecognized option",
    ),
    Pair(
        'ganeti.confd.port = "abc"',
        "type-mismatch",
        "port",
        "ganeti-confd --port=abc",
        "Error while parsing",
    ),
    Pair(
        'ganeti.watcher.rapi-ip = "here or there"',
        "type-mismatch",
        "rapi-ip",
        "ganeti-watcher --rapi-ip=here or there",
        "Usage",
    ),
]

#: Directories Ganeti keeps no disks in: `given` is a line of its list.
PATHS = [
    Pair(f'ganeti.file-storage-paths = ["{path}"]', "type-mismatch", words, path)
    for path, words in (
        ("/etc/foo", "directory of the system"),
        ("/home/x", "directory of the system"),
        ("/usr/lib/x", "directory of the system"),
        ("/usr/local/sbin", "directory of the system"),
        ("/proc", "directory of the system"),
        ("srv/x", "path"),
    )
]

#: What the API is started with and the watcher then does not find: `given` are the words of
#: the API and those of the watcher.
UNFOUND = [
    Pair(
        "ganeti.rapi.ssl = false",
        "warned",
        "always speaks TLS",
        "--no-ssl --bind=0.0.0.0|",
        "gnutls_handshake",
    ),
    Pair(
        "ganeti.rapi.port = 5081",
        "warned",
        "at port 5080 only",
        "--port=5081|",
        "Failed to connect to 127.0.0.1 port 5080",
    ),
    Pair(
        'ganeti.rapi.interface = "eth0"',
        "warned",
        "looks at 127.0.0.1",
        "--interface=eth0|",
        "Failed to connect to 127.0.0.1 port 5080",
    ),
    Pair(
        'ganeti.rapi.address = "192.168.1.201"\nganeti.watcher.rapi-ip = "127.0.0.2"',
        "warned",
        "looks for the API at 127.0.0.2",
        "--bind=192.168.1.201|--rapi-ip=127.0.0.2",
        "Failed to connect to 127.0.0.2 port 5080",
    ),
]

#: What the node daemon is started with and the master then cannot call.
UNHEARD = [
    Pair("ganeti.noded.ssl = false", "warned", "always speaks TLS", "--no-ssl"),
    Pair("ganeti.noded.port = 1812", "warned", "at port 1811", "--port=1812"),
    Pair('ganeti.noded.address = "127.0.0.1"', "warned", "alone", "--bind=127.0.0.1"),
    Pair('ganeti.noded.interface = "lo"', "warned", "alone", "--interface=lo"),
]

#: Hooks that run-parts passes over in silence: `given` is the name of the file.
SKIPPED = [
    Pair(f'{OS}.hooks."{name}" = "#!/bin/sh\\n"', "assertion-failed", "run-parts", name)
    for name in ("grub.sh", "two words", "ñandu", ".hidden")
]

#: Directories of hooks that the provider's shell takes apart.
UNFOUND_HOOKS = [
    Pair(
        'ganeti.os.debootstrap.variants."a b".configuration = {}',
        "assertion-failed",
        "does not find the hooks of variant `a b`",
        "/etc/ganeti/instance-debootstrap/hooks/a b",
        "run-parts: ",
    ),
    Pair(
        f'{OS}.hooks = "/srv/my hooks"',
        "assertion-failed",
        "in `/srv/my hooks`",
        "/srv/my hooks",
        "run-parts: ",
    ),
]

#: Texts of variants, as the provider's shell reads them.
TEXTS = [
    Pair(
        f'{OS} = "EXTRA_PKGS=a b\\n"',
        "warned",
        "`EXTRA_PKGS=a b` is more than",
        "EXTRA_PKGS=a b",
        "b: command not found",
    ),
    Pair(
        f'{OS} = "MIRROR=\'http://deb.example/\\n"',
        "warned",
        "is more than",
        "MIRROR='http://deb.example/",
        "unexpected EOF while looking for matching",
    ),
    Pair(
        f'{OS} = "PROXY=http://p:3128/;id\\n"',
        "warned",
        "is more than",
        "PROXY=http://p:3128/;id",
        "uid=0(root)",
    ),
    Pair(f"{OS}.suite = null", "warned", "jessie", "", "SUITE=jessie"),
]

#: Providers whose files Ganeti does not take: `given` is `FILE|TEXT`.
PROVIDERS = [
    Pair(
        f'{MINE}.create = "#!/bin/sh\\n"\n{MINE}.api-versions = [30]',
        "type-mismatch",
        "api-versions",
        "ganeti_api_version|30",
        "API version mismatch",
    ),
    Pair(
        f"{MINE}.api-versions = [20]",
        "missing-value",
        "create",
        "create|",
        "A create script (trusted or untrusted) under path",
    ),
]


@pytest.fixture(scope="module")
def machine(node: Applied) -> Iterator[Sandbox]:
    """A node without a cluster."""
    with booted(node) as box:
        box.run("/usr/lib/ganeti/ensure-dirs")
        yield box


@pytest.fixture(scope="module")
def cluster(applied_root: Callable[[str], Applied]) -> Iterator[Sandbox]:
    """A running cluster of one node."""
    with booted(applied_root("node")) as box:
        make_cluster(box)
        yield box


def restart(box: Sandbox, daemon: str, words: str) -> None:
    """Start a daemon again with words behind the emitted ones, which then count."""
    variable = daemon.removeprefix("ganeti-").upper()
    box.run("sed -i '/^EXTRA_/d' /etc/default/ganeti")
    box.run(f"echo 'EXTRA_{variable}_ARGS=\"{words}\"' >>/etc/default/ganeti")
    util = "/usr/lib/ganeti/daemon-util"
    box.run(f"{util} stop {daemon}; {util} start {daemon}")


@pytest.mark.parametrize("pair", named(REFUSED))
def test_a_daemon_does_not_start(machine: Sandbox, pair: Pair) -> None:
    found_first(pair, START)
    said = machine.run(f"timeout 10 {pair.given}", check=False)
    assert said.code not in (0, 124), said
    assert pair.said in said.said


@pytest.mark.parametrize("pair", named(PATHS))
def test_a_directory_is_not_for_disks(machine: Sandbox, pair: Pair) -> None:
    found_first(pair, START)
    script = (
        "import sys; sys.path.insert(0, '/usr/share/ganeti/3.0');"
        " from ganeti.storage import filestorage as f;"
        " print(*f.ComputeWrongFileStoragePaths('/tmp/paths'), sep='\\n')"
    )
    machine.put("/tmp/paths", f"/srv/ganeti/fine\n{pair.given}\n")
    assert machine.run(f'python3 -c "{script}"').lines == [pair.given]


@pytest.mark.parametrize("pair", named(UNFOUND))
def test_the_watcher_starts_the_api_again_and_again(cluster: Sandbox, pair: Pair) -> None:
    found_first(pair, START)
    api, watcher = pair.given.split("|")
    restart(cluster, "ganeti-rapi", api)
    cluster.run(": >/var/log/ganeti/watcher.log")
    before = process_ids(cluster)
    cluster.run(f"ganeti-watcher {watcher}", check=False)
    assert pair.said in cluster.read("/var/log/ganeti/watcher.log")
    after = process_ids(cluster)
    assert [name for name in before if before[name] != after[name]] == ["ganeti-rapi"]


def test_the_api_answers_whoever_asks(cluster: Sandbox) -> None:
    """Nobody may change anything; to look is another matter."""
    open_api = "ganeti.rapi.require-authentication = false"
    found_first(Pair(open_api, "warned", "without a password", ""), START)
    restart(cluster, "ganeti-rapi", "")
    ask = "import ssl, urllib.request as u; print(u.urlopen('https://192.168.1.201:5080/2/nodes',"
    ask += " context=ssl._create_unverified_context()).status)"
    cluster.wait("ss -Hltn | grep -q :5080")
    assert cluster.run(f"python3 -c {shlex.quote(ask)}").out == "200\n"


def test_the_api_cannot_read_the_key_of_the_nodes(cluster: Sandbox) -> None:
    pair = Pair(f'ganeti.rapi.ssl-key = "{SERVER}"', "warned", "cannot read", "", "Permission")
    found_first(pair, START)
    said = cluster.run(f"{AS_API} ganeti-rapi -f --port=5099 --ssl-key={SERVER}", check=False)
    assert (said.code != 0, pair.said in said.said) == (True, True)


@pytest.mark.parametrize("pair", named(UNHEARD))
def test_the_master_does_not_reach_the_node(cluster: Sandbox, pair: Pair) -> None:
    found_first(pair, START)
    memory = "gnt-node list --no-headers -o mtotal"
    restart(cluster, "ganeti-noded", "")
    cluster.wait(f"{memory} | grep -q '[0-9]'")
    restart(cluster, "ganeti-noded", pair.given)
    assert "?" in cluster.run(memory).out
    restart(cluster, "ganeti-noded", "")


@pytest.mark.parametrize("pair", named(SKIPPED))
def test_a_hook_is_passed_over(machine: Sandbox, pair: Pair) -> None:
    found_first(pair, START)
    name = shlex.quote(f"/tmp/hooks/{pair.given}")
    machine.run(f"mkdir -p /tmp/hooks; printf '#!/bin/sh\\n' >{name}; chmod 755 {name}")
    machine.run("printf '#!/bin/sh\\n' >/tmp/hooks/50-fine; chmod 755 /tmp/hooks/50-fine")
    assert machine.run("run-parts --test /tmp/hooks").lines == ["/tmp/hooks/50-fine"]


@pytest.mark.parametrize("pair", named(UNFOUND_HOOKS))
def test_hooks_the_provider_does_not_find(machine: Sandbox, pair: Pair) -> None:
    """By the provider's own line, in which the name of the directory has no quotes."""
    found_first(pair, START)
    folder = shlex.quote(pair.given)
    machine.run(f"mkdir -p {folder}; printf '#!/bin/sh\\n' >{folder}/hook; chmod 755 {folder}/hook")
    line = "$(grep '^ *[$]RUN_PARTS ' /usr/share/ganeti/os/debootstrap/create)"
    said = machine.run(f'RUN_PARTS=run-parts CUSTOMIZE_DIR={folder}; eval "{line}"', check=False)
    assert (said.code != 0, pair.said in said.said) == (True, True)


@pytest.mark.parametrize("what", [f"{OS}.hooks.plain", f"{MINE}.create"])
def test_a_script_nothing_can_start(machine: Sandbox, what: str) -> None:
    code = "type-mismatch" if "create" in what else "assertion-failed"
    found_first(Pair(f'{what} = "echo hi\\n"', code, "like `#!/bin/sh`", ""), START)
    machine.run("mkdir -p /tmp/plain; echo 'echo hi' >/tmp/plain/hook; chmod 755 /tmp/plain/hook")
    said = machine.run("run-parts /tmp/plain", check=False)
    assert (said.code, "Exec format error" in said.err) == (1, True)


@pytest.mark.parametrize("pair", named(TEXTS))
def test_a_variant_is_read_otherwise_than_meant(machine: Sandbox, pair: Pair) -> None:
    """The provider goes on after each of these, so nobody would notice."""
    found_first(pair, START)
    machine.put("/etc/ganeti/instance-debootstrap/variants/x.conf", f"{pair.given}\n")
    read = (
        "cd /usr/share/ganeti/os/debootstrap; OS_API_VERSION=20 INSTANCE_NAME=i HYPERVISOR=fake"
        " DISK_COUNT=1 DISK_0_PATH=/x OS_VARIANT=x bash -c '. ./common.sh; echo SUITE=$SUITE'"
    )
    assert pair.said in machine.run(read, check=False).said


def test_a_variant_without_a_file(machine: Sandbox) -> None:
    """It cannot even be written: a variant is nothing but the name and what its file holds."""
    pair = Pair("ganeti.os.debootstrap.variants.falta = {}", "missing-value", "configuration", "")
    found_first(pair, START)
    machine.run("echo falta >>/etc/ganeti/instance-debootstrap/variants.list")
    read = (
        "cd /usr/share/ganeti/os/debootstrap; OS_API_VERSION=20 INSTANCE_NAME=i HYPERVISOR=fake"
        " DISK_COUNT=1 DISK_0_PATH=/x OS_VARIANT=falta bash -c '. ./common.sh'"
    )
    said = machine.run(read, check=False)
    assert (said.code, "is missing its config file" in said.err) == (1, True)


@pytest.mark.parametrize("pair", named(PROVIDERS))
def test_ganeti_does_not_take_a_provider(cluster: Sandbox, pair: Pair) -> None:
    found_first(pair, START)
    place = "/srv/ganeti/os/image"
    name, text = pair.given.split("|")
    cluster.run(
        f"rm -rf {place}; mkdir -p /srv/ganeti/os;"
        f" cp -rL /usr/share/ganeti/os/debootstrap {place}; rm {place}/{name};"
        f" [ -z '{text}' ] || echo '{text}' >{place}/{name}"
    )
    assert pair.said in cluster.run("gnt-os diagnose", check=False).said


def test_names_ganeti_passes_over(cluster: Sandbox) -> None:
    """A provider with a blank in its name, a variant that begins like a comment."""
    text = '.variants.x.configuration = "text"'
    found_first(Pair(f'ganeti.os."my os"{text}', "assertion-failed", "ignores", ""), START)
    variant = 'ganeti.os.mine.variants."#x".configuration = "text"'
    found_first(Pair(variant, "assertion-failed", "cannot be called", ""), START)
    cluster.run("mkdir -p /srv/ganeti/os; cd /srv/ganeti/os; rm -rf image")
    copies = "for to in 'my os' mine; do cp -rL /usr/share/ganeti/os/debootstrap \"$to\"; done"
    cluster.run(f"cd /srv/ganeti/os; {copies}; printf '#x\\nfine\\n' >mine/variants.list")
    assert cluster.run("gnt-os list --no-headers").lines == ["debootstrap+default", "mine+fine"]


def test_a_schedule_cron_cannot_read(machine: Sandbox) -> None:
    """One line that is wrong, and cron passes over the whole file."""
    wrong = 'ganeti.cleaner.node-schedule = "99 2 * * *"'
    found_first(Pair(wrong, "type-mismatch", "node-schedule", ""), START)
    machine.run("sed -i 's/^45 2 /99 2 /' /etc/cron.d/ganeti; touch /run/crond.reboot")
    with machine.syslog() as heard, machine.daemon("cron -f -L 15"):
        machine.run("sleep 1.5")
    assert [line for line in heard if "ERROR (Syntax error" in line and "ganeti" in line] != []


def test_an_age_of_jobs_the_watcher_cannot_read(cluster: Sandbox) -> None:
    wrong = 'ganeti.watcher.job-age = "abc"'
    found_first(Pair(wrong, "type-mismatch", "job-age", ""), START)
    assert cluster.run("ganeti-watcher --job-age=abc", check=False).code != 0
