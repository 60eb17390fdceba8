"""Everything about Ganeti set to something else: what the running daemons were told, one by one.

At the end three lists say of each option how it is held, and together they are all options.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from .cluster import ADD, USERS, booted, cron_jobs, make_cluster, process_ids, processes
from .conftest import CONFIGURATIONS, vcfg

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .conftest import Applied, Outputs
    from .sandbox import Sandbox

#: The words of each daemon, as its process shows them.
TOLD = {
    "ganeti-noded": "--port=1812 --bind=192.168.1.201 --max-clients=5"
    " --ssl-key=/etc/ssl/node.pem --ssl-cert=/etc/ssl/node.pem --debug",
    "ganeti-confd": "--port=1824 --bind=192.168.1.201 --debug",
    "ganeti-wconfd": "--no-voting --yes-do-it --debug",
    "ganeti-luxid": "--no-voting --yes-do-it --debug",
    "ganeti-rapi": "--require-authentication --port=5081 --bind=192.168.1.201 --max-clients=7"
    " --ssl-key=/etc/ssl/api.pem --ssl-cert=/etc/ssl/api.pem --debug",
    "ganeti-mond": "--port=1825 --bind=192.168.1.201 --debug",
    "ganeti-metad": "--port=81 --bind=192.168.1.201 --debug",
}

#: What the warnings say has to be in /etc/services when ports are moved.
SERVICES = "ganeti-noded 1812/tcp\\nganeti-confd 1824/udp\\n"

#: Asks the API with or without a password; prints the status.
ASK = """
import base64, ssl, sys, urllib.error, urllib.request as u
request = u.Request("https://192.168.1.201:5081/2/instances")
if len(sys.argv) > 1:
    request.add_header("Authorization", "Basic " + base64.b64encode(sys.argv[1].encode()).decode())
try:
    print(u.urlopen(request, context=ssl._create_unverified_context()).status)
except urllib.error.HTTPError as refused:
    print(refused.code)
"""


@pytest.fixture(scope="module")
def cluster(applied_root: Callable[[str], Applied]) -> Iterator[Sandbox]:
    """The running cluster; other names of the certificates stand for other certificates."""
    with booted(applied_root("ganeti-flags")) as box:
        box.run(f"printf '{SERVICES}' >>/etc/services")
        box.run("ln -s /var/lib/ganeti/server.pem /etc/ssl/node.pem")
        box.run("ln -s /var/lib/ganeti/rapi.pem /etc/ssl/api.pem")
        make_cluster(box)
        box.run("/usr/lib/ganeti/daemon-util start ganeti-metad")
        box.wait("ss -Hltn | grep -q ':81 '")
        yield box


def test_every_word_is_read_back(cluster: Sandbox) -> None:
    assert processes(cluster) == {name: (USERS[name], words) for name, words in TOLD.items()}


def test_every_listener_is_where_it_was_told(cluster: Sandbox) -> None:
    tcp = cluster.run("ss -Hltn | awk '{print $4}'").lines
    udp = cluster.run("ss -Hlun | awk '{print $4}'").lines
    here = "192.168.1.201"
    for port in (1812, 1825, 5081, 81):
        assert [each for each in tcp if each.endswith(f":{port}")] == [f"{here}:{port}"]
    assert [each for each in udp if each.endswith(":1824")] == [f"{here}:1824"]


def test_debugging_reaches_the_logs(cluster: Sandbox) -> None:
    for name in ("node-daemon", "conf-daemon", "wconf-daemon", "luxi-daemon", "rapi-daemon"):
        cluster.run(f"grep -q DEBUG /var/log/ganeti/{name}.log")


def test_the_api_asks_everybody(cluster: Sandbox) -> None:
    """Also those who only look; a user without the word `write` may then do so."""
    cluster.put("/tmp/ask.py", ASK)
    assert cluster.run("python3 /tmp/ask.py").out == "401\n"
    cluster.run(
        "cd /var/lib/ganeti/rapi; umask 027; echo 'ana secret' >new;"
        " chgrp gnt-rapi new; mv new users"
    )
    cluster.wait("[ $(python3 /tmp/ask.py ana:secret) = 200 ]")


def test_the_watcher_does_as_told(cluster: Sandbox) -> None:
    """Archives what is older than a second, verifies no disks, and cannot find another port."""
    line = cluster.run("grep ganeti-watcher /etc/cron.d/ganeti").out.split(None, 6)
    assert line[:6] == ["19", "3", "*", "*", "*", "root"]
    command = line[6].strip()
    assert command.endswith("--rapi-ip=192.168.1.201 --job-age=1 --no-verify-disks --debug")
    cluster.run("gnt-cluster modify --nic-parameters=mode=routed,link=eth0; sleep 1.1")
    assert cluster.run("gnt-job list --no-headers -o id").lines != []
    before = process_ids(cluster)
    cluster.run(command)
    log = cluster.read("/var/log/ganeti/watcher.log")
    assert "DEBUG" in log
    assert "at 192.168.1.201" in log or "192.168.1.201 port 5080" in log
    jobs = cluster.run("gnt-job list --no-headers -o id,summary").out
    assert "VERIFY_DISKS" not in jobs
    assert "CLUSTER_SET_PARAMS" not in jobs
    # The API listens at a port where the watcher does not look: that is what the warning says.
    after = process_ids(cluster)
    assert {name for name in before if before[name] != after[name]} == {"ganeti-rapi"}


def test_jobs_start_at_their_times(cluster: Sandbox) -> None:
    watcher = "root: /usr/sbin/ganeti-watcher"
    words = "--rapi-ip=192.168.1.201 --job-age=1 --no-verify-disks --debug"
    for start, expected in (
        ("03:18:57", [f"{watcher} {words}"]),
        ("03:26:57", ["gnt-masterd: /usr/sbin/ganeti-cleaner master"]),
        ("03:36:57", ["root: /usr/sbin/ganeti-cleaner node"]),
    ):
        jobs, failures = cron_jobs(cluster, start=start, expected=1)
        assert (jobs, failures) == (expected, [])


def test_the_provider_is_what_was_written(cluster: Sandbox) -> None:
    said = cluster.run("gnt-os diagnose").out
    [line] = [each for each in said.splitlines() if "/personalizado" in each]
    for words in ("valid", "variants: cosa", "parameters: size", "API versions: 15, 20"):
        assert words in line
    assert cluster.run("gnt-os list --no-headers").lines == [
        "debootstrap+hola",
        "debootstrap+plain",
        "personalizado+cosa",
    ]


def test_an_instance_is_made_renamed_and_refused(cluster: Sandbox) -> None:
    """By the provider's scripts, which were all written in the configuration."""
    system = "-o personalizado+cosa"
    cluster.run(f"{ADD} {system} -O size=small uno.example.com")
    assert cluster.read("/tmp/ran-create") == "uno.example.com cosa small\n"
    assert cluster.run("grep -h 'va bien' /var/log/ganeti/os/add-*uno*").out == "Esto va bien\n"
    cluster.run("echo '192.168.1.88 dos.example.com' >>/etc/hosts")
    cluster.run("gnt-instance rename --no-ip-check uno.example.com dos.example.com")
    assert cluster.read("/tmp/ran-rename") == "uno.example.com dos.example.com\n"
    refused = cluster.run(f"{ADD} {system} -O size=huge tres.example.com", check=False)
    assert (refused.code != 0, "too large" in refused.err) == (True, True)


def test_the_parts_say_the_same_words(outputs: dict[str, Outputs]) -> None:
    """Each daemon and job as a service of its own: the same file, the same lines."""
    whole, parts = outputs["ganeti-flags"].plan, outputs["ganeti-parts"].plan
    texts = [
        next(each["text"] for each in plan["files"] if each["path"] == "/etc/default/ganeti")
        for plan in (whole, parts)
    ]
    assert texts[0] == texts[1]
    assert whole["cron"][0]["jobs"] == parts["cron"][0]["jobs"]


#: Read back from what runs, here or in a neighbor.
LIVE = {
    "noded": ["address", "debug", "interface", "max-clients", "port", "ssl", "ssl-cert", "ssl-key"],
    "confd": ["address", "debug", "port"],
    "wconfd": ["debug", "no-voting"],
    "luxid": ["debug", "no-voting"],
    "rapi": [
        *("address", "debug", "interface", "max-clients", "port", "require-authentication"),
        *("ssl", "ssl-cert", "ssl-key"),
    ],
    "mond": ["address", "debug", "port"],
    "metad": ["address", "debug", "port"],
    "kvmd": ["debug"],
    "watcher": ["debug", "job-age", "rapi-ip", "schedule", "verify-disks"],
    "cleaner": ["master-schedule", "node-schedule"],
}

VARIANT = "ganeti.os.<name>.variants.<name>.configuration"

LIVE_ALONE = {
    "ganeti.enable",
    "ganeti.file-storage-paths",
    "ganeti.os",
    "ganeti.os.<name>.definition",
    *(
        f"ganeti.os.<name>.definition.{name}"
        for name in ("api-versions", "create", "directory", "parameters", "rename", "verify")
    ),
    "ganeti.os.<name>.extension",
    "ganeti.os.<name>.variants",
    VARIANT,
    *(f"{VARIANT}.{name}" for name in ("hooks", "partition-style", "suite", "extra-pkgs")),
    # test_ganeti_variations.py: read by the provider's own shell.
    *(f"{VARIANT}.{name}" for name in ("arch", "clean-cache", "components", "generate-cache")),
    *(f"{VARIANT}.{name}" for name in ("mirror", "partition-alignment", "proxy")),
    # test_ganeti_units.py
    "ganeti-units.enable",
    "ganeti-units.daemons.<name>.at-boot",
    "ganeti-units.daemons.<name>.needs",
}

#: Held to the letter: packages, scripts only a backup calls, and what only services write.
EXACT = {
    "ganeti.package",
    "ganeti-defaults.arguments",
    "ganeti-defaults.enable",
    "ganeti-units.daemons",
    "ganeti.os.<name>.definition.export",
    "ganeti.os.<name>.definition.import",
    *(f"ganeti.{part}" for part in LIVE),
    *(f"ganeti.{part}.package" for part in LIVE),
    *(f"ganeti-{part}.package" for part in LIVE),
}

#: Without effect on Debian.
NOTHING: set[str] = set()


def test_no_option_is_forgotten() -> None:
    """An option that is new has to be put into one of the lists, and tested."""
    listing = vcfg("options", str(CONFIGURATIONS["ganeti-parts"]), "--format", "json")
    there = {each["path"] for each in json.loads(listing.stdout)["options"]}
    ours = {path for path in there if path.split(".")[0].split("-")[0] == "ganeti"}
    live = LIVE_ALONE.union(
        *({f"ganeti.{part}.{name}" for name in names} for part, names in LIVE.items()),
        *({f"ganeti-{part}.{name}" for name in [*names, "enable"]} for part, names in LIVE.items()),
    )
    assert live | EXACT | NOTHING == ours
    assert (live & EXACT, live & NOTHING, EXACT & NOTHING) == (set(), set(), set())
