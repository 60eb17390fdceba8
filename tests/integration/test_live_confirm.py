"""`activate --live` that outlives its terminal, and that goes back unless somebody confirms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from .sandbox import Sandbox
from .test_live import UNITS, Machine, check_done, own, unit

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def machine(debian_root: Path) -> Iterator[Machine]:
    """A machine of its own for each test, since each leaves a memory behind."""
    with Sandbox([debian_root], boot=True) as box:
        yield Machine(box)


def conf(text: str, **more: Any) -> dict[str, Any]:
    """A configuration of one file, which a service of its own watches."""
    services = {"kept.service": {"restart-on": ["/etc/kept"]}}
    return own("kept.service", unit(), files={"/etc/kept": text}, services=services) | more


def waiting(machine: Machine) -> bool:
    return machine.box.run("test -e /run/vcfg/waiting", check=False).code == 0


def went_back(machine: Machine) -> None:
    """Wait until the timer has done its work."""
    machine.box.wait("test -e /run/vcfg/outcome", seconds=30)
    at_work = "systemctl show -p ActiveState vcfg-confirm.service | grep -q activating"
    machine.box.wait(f"! {at_work}", seconds=30)


def test_what_nobody_confirms_goes_back(machine: Machine) -> None:
    check_done(machine.live(conf("first\n")))
    first = machine.run_of("kept.service")
    lines = check_done(machine.live(conf("second\n"), "--confirm=4"))
    assert lines[-1].startswith("within 4 s, say --live --confirm-now")
    second = machine.run_of("kept.service")
    assert second not in ("", first)
    assert machine.box.read("/etc/kept") == "second\n"
    went_back(machine)
    assert machine.box.read("/etc/kept") == "first\n"
    assert machine.run_of("kept.service") not in ("", second)

    checked = machine.again("--verify")
    assert checked.code == 7
    said = "was not confirmed in time, and this system went back"
    assert said in checked.err
    late = machine.again("--confirm-now")
    assert late.code == 7
    assert said in late.err
    assert said in machine.again("--check").err
    # The run goes on in a unit, which sees it again.
    ran = machine.again("--confirm=600")
    check_done(ran)
    assert ran.err.count(said) == 1, ran.said
    assert machine.again("--confirm-now").code == 0
    assert machine.box.read("/etc/kept") == "second\n"
    assert machine.again("--verify").code == 0


def test_what_somebody_confirms_stays(machine: Machine) -> None:
    check_done(machine.live(conf("first\n")))
    check_done(machine.live(conf("second\n"), "--confirm=5"))
    assert waiting(machine)
    # Nothing else comes in between.
    other = machine.live(conf("third\n"))
    assert other.code == 3
    assert "waits to be confirmed" in other.err
    assert machine.again("--confirm-now").out == "confirmed\n"
    machine.box.run("sleep 6")
    assert machine.box.read("/etc/kept") == "second\n"
    assert machine.again("--confirm-now").code == 3
    assert check_done(machine.live(conf("second\n"))) == ["nothing to do"]


def test_what_fails_goes_back_at_once(machine: Machine) -> None:
    check_done(machine.live(conf("first\n")))
    failing = {"snippets": {"no": {"text": "exit 3\n", "phase": "files"}}}
    ran = machine.live(conf("second\n", **failing), "--confirm=600")
    assert ran.code == 7, ran.said
    assert machine.box.read("/etc/kept") == "first\n"
    assert not waiting(machine)
    assert machine.box.run("systemctl is-active vcfg-confirm.timer", check=False).code != 0
    checked = machine.again("--verify")
    assert checked.code == 7
    assert " failed with code 5, and this system went back" in checked.err

    # A service that does not start counts too.
    broken = conf("first\n")
    broken["files"][f"{UNITS}/kept.service"]["text"] = unit(start="/bin/false")
    ran = machine.live(broken, "--confirm=600")
    assert ran.code == 7, ran.said
    assert "kept.service has failed" in ran.err
    assert machine.state("kept.service") == "active"
    machine.box.run("rm -r /run/vcfg")
    assert check_done(machine.live(conf("first\n"))) == ["nothing to do"]


def test_the_first_run_goes_back_to_nothing(machine: Machine) -> None:
    check_done(machine.live(conf("first\n"), "--confirm=4"))
    assert machine.state("kept.service") == "active"
    went_back(machine)
    assert machine.box.run("ls /etc/kept /var/lib/vcfg", check=False).out == ""
    assert machine.state("kept.service") == "inactive"


def test_a_killed_run_goes_back_when_its_time_has_come(machine: Machine) -> None:
    check_done(machine.live(conf("first\n")))
    killing = {"snippets": {"kill": {"text": "kill -9 $PPID\n", "on": "live"}}}
    machine.live(conf("second\n", **killing), "--confirm=4")
    went_back(machine)
    assert machine.box.read("/etc/kept") == "first\n"
    assert check_done(machine.live(conf("first\n"))) == ["nothing to do"]


def test_no_way_back_is_refused_before_anything(machine: Machine) -> None:
    check_done(machine.live(conf("first\n")))
    machine.live(conf("second\n"), "--check")
    piped = "sh -s -- --live --confirm=60 </root/activate"
    # A script from a pipe can be taken back, as long as the one before it was kept.
    assert machine.box.run(f"{piped}").code == 0
    check_done(machine.again("--confirm-now"))
    assert machine.box.read("/etc/kept") == "second\n"

    machine.live(conf("third\n"), "--check")
    ran = machine.box.run(piped, check=False)
    assert ran.code == 3
    assert "there is no way back" in ran.err
    assert machine.box.read("/etc/kept") == "second\n"
    assert machine.again("--confirm=60", "--services=none").code == 3
    assert machine.again("--confirm=0").code == 64
    assert machine.box.read("/etc/kept") == "second\n"


def network(text: str, **more: Any) -> dict[str, Any]:
    """A configuration whose change makes sshd read again."""
    files = {"/etc/ssh/sshd_config": {"text": text}}
    return {"files": files, "services": {"ssh.service": {"reload-on": [*files]}}} | more


WHERE = {"where": {"text": "cat /proc/self/cgroup >/run/where\n", "on": "live"}}


def test_a_run_that_touches_the_way_in_moves_out_of_it(machine: Machine) -> None:
    # As one of PAM would: a scope for the login.
    machine.box.put("/root/activate", "")
    plain = conf("1\n", snippets=WHERE)
    check_done(machine.live(plain))
    assert "vcfg-activate" not in machine.box.read("/run/where")

    ran = machine.live(network("# one\n", snippets=WHERE), "--adopt=force")
    lines = check_done(ran)
    assert lines.count("reload ssh.service, because /etc/ssh/sshd_config changes") == 1
    assert lines[-1].startswith("done: ")

    again = {"again": {"text": "cat /proc/self/cgroup >/run/where; exit 3\n", "on": "live"}}
    ran = machine.live(network("# two\n", snippets=again))
    assert ran.code == 6, ran.said
    assert "snippet again failed" in ran.err
    assert "vcfg-activate-" in machine.box.read("/run/where")


def test_a_vanished_terminal_changes_nothing(machine: Machine) -> None:
    slow = {"slow": {"text": "sleep 3\n", "phase": "files", "on": "live"}}
    machine.live(network("# one\n", snippets=slow), "--check")
    machine.box.run(
        "setsid sh /root/activate --live --adopt=force >/run/out 2>&1 & echo $! >/run/pid; sleep 2"
    )
    machine.box.run("kill -9 -$(cat /run/pid)")
    machine.box.wait("test -e /var/lib/vcfg/state && ! test -e /var/lib/vcfg/pending")
    assert machine.box.read("/etc/ssh/sshd_config") == "# one\n"
    assert check_done(machine.again()) == ["nothing to do"]
