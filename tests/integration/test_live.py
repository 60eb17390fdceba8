"""`activate --live` on a machine that systemd has booted: what is restarted, and what is not."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import pytest

from evaluator.emit.activate import render_activate
from tests.activation.box import plan_of

from .conftest import build
from .libvirtd import GUEST, ask
from .sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from .sandbox import Result

UNITS = "/etc/systemd/system"
WANTED = f"{UNITS}/multi-user.target.wants"


class Machine:
    """A booted machine on which configurations are applied, one after the other."""

    def __init__(self, box: Sandbox) -> None:
        self.box = box

    def live(self, activation: dict[str, Any], *words: str) -> Result:
        """Put a script on the machine and run it there."""
        # Each configuration has its own input, as those that people write have.
        text = json.dumps(activation, sort_keys=True)
        named = {"input": hashlib.sha256(text.encode()).hexdigest()[:12]}
        self.box.put("/root/activate", render_activate(plan_of(activation) | named))
        return self.again(*words)

    def again(self, *words: str) -> Result:
        """Run the same script once more."""
        return self.box.run(f"sh /root/activate --live {' '.join(words)}", check=False)

    def run_of(self, unit: str) -> str:
        """What tells one run of a unit from the next, empty when it does not run."""
        return self.shown(unit, "InvocationID") if self.state(unit) == "active" else ""

    def shown(self, unit: str, key: str) -> str:
        """One property of a unit."""
        return self.box.run(f"systemctl show --value -p {key} -- '{unit}'").out.strip()

    def state(self, unit: str) -> str:
        """Whether a unit runs."""
        return self.shown(unit, "ActiveState")


@pytest.fixture(scope="module")
def machine(debian_root: Path) -> Iterator[Machine]:
    """One machine for the tests of this file; each has its own units."""
    with Sandbox([debian_root], boot=True) as box:
        yield Machine(box)


def unit(*lines: str, start: str = "/bin/sleep 1000") -> str:
    """A service that stays."""
    return "\n".join(["[Service]", f"ExecStart={start}", *lines, ""])


def own(name: str, text: str, *, wanted: bool = True, **more: Any) -> dict[str, Any]:
    """A configuration with one unit of its own and other files beside it."""
    files = {f"{UNITS}/{name}": {"text": text}}
    files |= {path: {"text": content} for path, content in more.pop("files", {}).items()}
    links = {f"{WANTED}/{name}": {"target": f"{UNITS}/{name}"}} if wanted else {}
    return {"files": files, "links": links, **more}


def check_done(result: Result) -> list[str]:
    """The lines of a run that has to succeed."""
    assert result.code == 0, result.said
    return result.lines


def test_a_new_unit_starts_restarts_and_stops(machine: Machine) -> None:
    lines = check_done(machine.live(own("one.service", unit())))
    assert "start one.service, because it is enabled" in lines
    first = machine.run_of("one.service")
    assert first

    # What only people read needs no restart, and systemd knows it all the same.
    lines = check_done(machine.live(own("one.service", "[Unit]\nDescription=New\n" + unit())))
    assert not [line for line in lines if "restart" in line]
    assert machine.run_of("one.service") == first
    assert machine.shown("one.service", "Description") == "New"

    changed = own("one.service", unit("Nice=5"))
    listed = machine.live(changed, "--check")
    assert listed.code == 2
    said = f"restart one.service, because {UNITS}/one.service changes"
    assert said in listed.lines
    assert machine.run_of("one.service") == first
    assert said in check_done(machine.again())
    assert machine.run_of("one.service") not in ("", first)
    assert check_done(machine.again()) == ["nothing to do"]

    lines = check_done(machine.live({}))
    assert f"stop one.service, because {UNITS}/one.service goes" in lines
    assert machine.state("one.service") == "inactive"


def test_what_the_administrator_stopped_stays_stopped(machine: Machine) -> None:
    check_done(machine.live(own("two.service", unit())))
    machine.box.run("systemctl stop two.service")
    lines = check_done(machine.live(own("two.service", unit("Nice=5"))))
    assert not [line for line in lines if "start" in line and "two.service" in line]
    assert machine.state("two.service") == "inactive"


def test_a_drop_in_restarts_a_packaged_unit_and_so_does_its_end(machine: Machine) -> None:
    before = machine.run_of("cron.service")
    path = f"{UNITS}/cron.service.d/vcfg.conf"
    check_done(machine.live({"files": {path: {"text": "[Service]\nNice=3\n"}}}))
    changed = machine.run_of("cron.service")
    assert changed not in ("", before)
    assert machine.shown("cron.service", "Nice") == "3"

    assert f"restart cron.service, because {path} goes" in check_done(machine.live({}))
    assert machine.run_of("cron.service") not in ("", changed)
    assert machine.shown("cron.service", "Nice") == "0"


def test_a_template_restarts_the_instances_that_run(machine: Machine) -> None:
    name = f"{UNITS}/many@.service"
    link = {f"{WANTED}/many@a.service": {"target": name}}
    check_done(machine.live({"files": {name: {"text": unit()}}, "links": link}))
    machine.box.run("systemctl start many@b.service")
    runs = [machine.run_of(f"many@{each}.service") for each in "ab"]
    assert all(runs)
    lines = check_done(machine.live({"files": {name: {"text": unit("Nice=1")}}, "links": link}))
    assert [f"restart many@{each}.service, because {name} changes" in lines for each in "ab"]
    assert not {machine.run_of(f"many@{each}.service") for each in "ab"} & {*runs, ""}

    check_done(machine.live({}))
    assert [machine.state(f"many@{each}.service") for each in "abc"] == ["inactive"] * 3


RELOADING = unit("ExecReload=/bin/sh -c 'echo reloaded >>/run/three.log'")


def test_watched_files_reload_or_restart(machine: Machine) -> None:
    def watching(first: str, second: str) -> dict[str, Any]:
        files = {"/etc/three.d/a": first, "/etc/three.conf": second}
        watched = {"reload-on": ["/etc/three.d"], "restart-on": ["/etc/three.conf"]}
        return own("three.service", RELOADING, files=files, services={"three.service": watched})

    check_done(machine.live(watching("1", "1")))
    first = machine.run_of("three.service")
    lines = check_done(machine.live(watching("2", "1")))
    assert "reload three.service, because /etc/three.d changes" in lines
    assert machine.run_of("three.service") == first
    assert machine.box.read("/run/three.log") == "reloaded\n"

    lines = check_done(machine.live(watching("3", "2")))
    assert "restart three.service, because /etc/three.conf changes" in lines
    assert machine.run_of("three.service") not in ("", first)
    assert machine.box.read("/run/three.log") == "reloaded\n"


def test_without_a_way_to_reload_it_is_restarted(machine: Machine) -> None:
    def watching(text: str) -> dict[str, Any]:
        services = {"rsync-like.service": {"reload-on": ["/etc/four"]}}
        return {"files": {"/etc/four": {"text": text}}, "services": services}

    machine.box.put(f"{UNITS}/rsync-like.service", unit())
    machine.box.run("systemctl daemon-reload; systemctl start rsync-like.service")
    first = machine.run_of("rsync-like.service")
    assert "restart rsync-like.service, because /etc/four changes" in check_done(
        machine.live(watching("1"))
    )
    assert machine.run_of("rsync-like.service") not in ("", first)


def test_a_failing_unit_ends_with_6_and_the_next_run_tries_again(machine: Machine) -> None:
    good = own("good.service", unit(), files={f"{UNITS}/bad.service": unit()})
    good["links"][f"{WANTED}/bad.service"] = {"target": f"{UNITS}/bad.service"}
    check_done(machine.live(good))
    wrong = own(
        "good.service", unit("Nice=1"), files={f"{UNITS}/bad.service": unit(start="/bin/false")}
    )
    wrong["links"] |= good["links"]
    ran = machine.live(wrong)
    assert ran.code == 6
    assert "bad.service has failed" in ran.err
    assert "code=exited, status=1" in ran.err
    assert "good.service has" not in ran.err

    healthy = machine.run_of("good.service")
    tries = machine.shown("bad.service", "ExecMainStartTimestampMonotonic")
    ran = machine.again()
    assert ran.code == 6
    assert machine.shown("bad.service", "ExecMainStartTimestampMonotonic") != tries
    assert machine.run_of("good.service") == healthy

    mended = own("good.service", unit("Nice=1"), files={f"{UNITS}/bad.service": unit("Nice=1")})
    mended["links"] |= good["links"]
    lines = check_done(machine.live(mended))
    assert [line for line in lines if line.startswith("start bad.service, because")]
    assert machine.state("bad.service") == "active"
    assert machine.run_of("good.service") == healthy
    assert check_done(machine.again()) == ["nothing to do"]


def test_a_check_that_fails_leaves_the_unit_alone(machine: Machine) -> None:
    def checked(text: str) -> dict[str, Any]:
        watched = {"restart-on": ["/etc/five"], "check": ["/bin/grep", "-q", "good", "/etc/five"]}
        return own(
            "five.service", unit(), files={"/etc/five": text}, services={"five.service": watched}
        )

    check_done(machine.live(checked("good\n")))
    first = machine.run_of("five.service")
    ran = machine.live(checked("bad\n"))
    assert ran.code == 6
    assert "five.service is left as it runs: its check failed" in ran.err
    assert machine.run_of("five.service") == first
    assert machine.again().code == 6
    assert machine.run_of("five.service") == first
    check_done(machine.live(checked("good again\n")))
    assert machine.run_of("five.service") not in ("", first)


def test_a_protected_unit_is_left_until_it_is_named(machine: Machine) -> None:
    def guarded(text: str, wish: bool = True) -> dict[str, Any]:
        services = {"six.service": {"protected": True}} if wish else {}
        return own("six.service", text, services=services)

    check_done(machine.live(guarded(unit())))
    first = machine.run_of("six.service")
    lines = check_done(machine.live(guarded(unit("Nice=1"))))
    said = "left as it runs: six.service, although"
    assert [line for line in lines if line.startswith(said)]
    assert machine.run_of("six.service") == first
    # It is remembered as long as the unit runs as it did.
    assert [line for line in check_done(machine.again()) if line.startswith(said)]
    check_done(machine.again("--restart=six.service"))
    second = machine.run_of("six.service")
    assert second not in ("", first)
    assert check_done(machine.again()) == ["nothing to do"]

    check_done(machine.live(guarded(unit("Nice=2"))))
    assert machine.run_of("six.service") == second
    machine.box.run("systemctl restart six.service")
    assert not [line for line in check_done(machine.again()) if line.startswith(said)]
    assert check_done(machine.again()) == ["nothing to do"]
    lines = check_done(machine.live({}))
    assert [line for line in lines if line.startswith(said)]
    assert machine.state("six.service") == "active"


def test_what_would_take_a_protected_unit_down_is_left_too(machine: Machine) -> None:
    def pair(text: str) -> dict[str, Any]:
        guest = "[Unit]\nBindsTo=seven.service\nAfter=seven.service\n" + unit()
        made = own("seven.service", text, files={f"{UNITS}/guest.service": guest})
        made["links"][f"{WANTED}/guest.service"] = {"target": f"{UNITS}/guest.service"}
        return made | {"services": {"guest.service": {"protected": True}}}

    check_done(machine.live(pair(unit())))
    runs = [machine.run_of(name) for name in ("seven.service", "guest.service")]
    lines = check_done(machine.live(pair(unit("Nice=1"))))
    assert [line for line in lines if "guest.service goes down with it" in line]
    assert [machine.run_of(name) for name in ("seven.service", "guest.service")] == runs
    check_done(machine.again("--restart=seven.service"))
    assert not {machine.run_of(name) for name in ("seven.service", "guest.service")} & {*runs, ""}


SOCKET = "[Socket]\nListenStream=/run/eight.sock\nSocketMode={}\n"


def test_a_socket_restarts_with_its_service(machine: Machine) -> None:
    def listening(mode: str, *lines: str) -> dict[str, Any]:
        files = {f"{UNITS}/eight.service": unit(*lines)}
        return own("eight.socket", SOCKET.format(mode), files=files)

    check_done(machine.live(listening("0600")))
    machine.box.run("systemctl start eight.service")
    first = machine.run_of("eight.service")
    check_done(machine.live(listening("0660")))
    assert machine.box.run("stat -c %a /run/eight.sock").out == "660\n"
    second = machine.run_of("eight.service")
    assert second not in ("", first)

    # The socket stays open while the service alone is changed: nobody is turned away.
    kept = machine.run_of("eight.socket")
    check_done(machine.live(listening("0660", "Nice=1")))
    assert machine.run_of("eight.service") not in ("", second)
    assert machine.run_of("eight.socket") == kept


def test_a_masked_unit_stops(machine: Machine) -> None:
    machine.box.put("/usr/lib/systemd/system/nine.service", unit())
    machine.box.run("systemctl daemon-reload; systemctl start nine.service")
    lines = check_done(machine.live({"units": {"nine.service": {"state": "mask"}}}))
    assert "stop nine.service, because it is masked" in lines
    assert machine.state("nine.service") == "inactive"


def test_a_packaged_unit_that_is_enabled_starts(machine: Machine) -> None:
    text = unit() + "[Install]\nWantedBy=multi-user.target\n"
    machine.box.put("/usr/lib/systemd/system/ten.service", text)
    machine.box.run("systemctl daemon-reload")
    lines = check_done(machine.live({"units": {"ten.service": {"state": "enable"}}}))
    assert "start ten.service, because it is enabled" in lines
    assert machine.state("ten.service") == "active"
    machine.box.run("systemctl stop ten.service")
    assert check_done(machine.again()) == ["nothing to do"]
    assert machine.state("ten.service") == "inactive"


def test_a_removed_override_gives_way_to_the_packaged_unit(machine: Machine) -> None:
    machine.box.put("/usr/lib/systemd/system/eleven.service", unit(start="/bin/sleep 1111"))
    check_done(machine.live(own("eleven.service", unit(start="/bin/sleep 2222"))))
    first = machine.run_of("eleven.service")
    check_done(machine.live({}))
    assert machine.run_of("eleven.service") not in ("", first)
    assert "1111" in machine.shown("eleven.service", "ExecStart")


TIMER = "[Timer]\nOnCalendar={}\n"


def test_timers_are_taken_over_without_a_restart(machine: Machine) -> None:
    files = {f"{UNITS}/twelve.service": unit()}
    check_done(machine.live(own("twelve.timer", TIMER.format("2099-01-01"), files=files)))
    first = machine.run_of("twelve.timer")
    check_done(machine.live(own("twelve.timer", TIMER.format("2098-01-01"), files=files)))
    assert machine.run_of("twelve.timer") == first
    assert "2098-01-01" in machine.shown("twelve.timer", "NextElapseUSecRealtime")


MOUNT = "[Mount]\nWhat=tmpfs\nWhere=/srv/thirteen\nType=tmpfs\nOptions={}\n"


def test_a_mount_takes_new_options_where_it_is(machine: Machine) -> None:
    check_done(machine.live(own("srv-thirteen.mount", MOUNT.format("mode=700"))))
    machine.box.run("touch /srv/thirteen/kept")
    lines = check_done(machine.live(own("srv-thirteen.mount", MOUNT.format("mode=700,ro"))))
    assert [line for line in lines if line.startswith("reload srv-thirteen.mount, because")]
    assert machine.box.run("findmnt -no OPTIONS /srv/thirteen").out.startswith("ro,")
    machine.box.run("test -e /srv/thirteen/kept")


def test_what_is_mounted_stays_when_its_unit_goes(machine: Machine) -> None:
    mount = MOUNT.replace("thirteen", "fourteen").format("mode=700")
    check_done(machine.live(own("srv-fourteen.mount", mount)))
    lines = check_done(machine.live({}))
    assert [line for line in lines if line.startswith("left as it runs: srv-fourteen.mount")]
    machine.box.run("mountpoint /srv/fourteen")


def test_a_job_at_work_is_not_disturbed(machine: Machine) -> None:
    job = unit("Type=oneshot")
    check_done(machine.live(own("job.service", job, wanted=False)))
    machine.box.run("systemctl start --no-block job.service")
    machine.box.wait("systemctl show -p ActiveState job.service | grep -q activating")
    pid = machine.shown("job.service", "MainPID")
    check_done(machine.live(own("job.service", job + "Nice=1\n", wanted=False)))
    assert machine.shown("job.service", "MainPID") == pid
    check_done(machine.live({}))
    machine.box.wait("! systemctl show -p ActiveState job.service | grep -q activating")


def test_a_file_that_goes_with_its_wish_still_counts(machine: Machine) -> None:
    watched = {"watcher.service": {"restart-on": ["/etc/watched"]}}
    files = {"/etc/watched/a": "1"}
    check_done(machine.live(own("watcher.service", unit(), files=files, services=watched)))
    first = machine.run_of("watcher.service")
    lines = check_done(machine.live(own("watcher.service", unit())))
    assert "restart watcher.service, because /etc/watched goes" in lines
    assert machine.run_of("watcher.service") not in ("", first)


def test_an_order_alone_restarts_nothing(machine: Machine) -> None:
    before = machine.run_of("cron.service")
    ordered = {f"{UNITS}/cron.service.d/vcfg.conf": {"text": "[Unit]\nAfter=x.service\n"}}
    check_done(machine.live({"files": ordered}))
    assert "x.service" in machine.shown("cron.service", "After")
    check_done(machine.live({}))
    assert machine.run_of("cron.service") == before


#: Writes down what it is asked, and kills the script before the call whose number is in
#: /run/kill; what only looks does not count.
WRAPPER = """#!/bin/sh
case $1 in
show | is-active | is-enabled | -q | --root=* | status) exec /usr/bin/systemctl "$@" ;;
esac
echo "$*" >>/run/asked
if [ "$(wc -l </run/asked)" = "$(cat /run/kill 2>/dev/null)" ]; then kill -9 $PPID; exit 1; fi
exec /usr/bin/systemctl "$@"
"""


@pytest.fixture
def watched(machine: Machine) -> Iterator[Machine]:
    """The machine with a systemctl that writes down its calls in /run/asked."""
    machine.box.put("/usr/local/sbin/systemctl", WRAPPER)
    machine.box.run("chmod 755 /usr/local/sbin/systemctl; rm -f /run/asked /run/kill")
    yield machine
    machine.box.run("rm -f /usr/local/sbin/systemctl /run/asked /run/kill")


def asked(machine: Machine) -> list[str]:
    """The calls of systemctl that were to change something, since the last time."""
    return machine.box.run("cat /run/asked 2>/dev/null; rm -f /run/asked /run/kill").lines


def test_a_run_that_changes_nothing_leaves_systemd_alone(watched: Machine) -> None:
    wanted = own("quiet.service", unit(), files={"/etc/quiet": "1"})
    wanted["services"] = {"quiet.service": {"restart-on": ["/etc/quiet"]}}
    wanted["units"] = {"cron.service": {"state": "enable"}}
    check_done(watched.live(wanted))
    assert asked(watched)
    assert check_done(watched.again()) == ["nothing to do"]
    assert watched.again("--check").code == 0
    assert asked(watched) == []


def test_services_none_and_plan_leave_systemd_alone(watched: Machine) -> None:
    check_done(watched.live(own("told.service", unit())))
    first = watched.run_of("told.service")
    asked(watched)
    lines = check_done(watched.live(own("told.service", unit("Nice=1")), "--services=plan"))
    path = f"{UNITS}/told.service"
    assert f"left to you: restart told.service, because {path} changes" in lines
    check_done(watched.live(own("told.service", unit("Nice=2")), "--services=none"))
    assert asked(watched) == []
    assert watched.run_of("told.service") == first


@pytest.mark.parametrize("other", [False, True], ids=["same", "other"])
def test_a_killed_run_is_finished_by_the_next(watched: Machine, other: bool) -> None:
    def state(nice: int, mode: str) -> dict[str, Any]:
        files = {f"{UNITS}/killed.service": unit(f"Nice={nice}"), f"{UNITS}/late.service": unit()}
        made = own(
            "killed.socket", f"[Socket]\nListenStream=/run/killed\nSocketMode={mode}\n", files=files
        )
        if nice:
            made["links"][f"{WANTED}/late.service"] = {"target": f"{UNITS}/late.service"}
        return made

    calls = len(KILLED_CALLS)
    # All points once, and every other one with another configuration after it.
    for point in range(1, calls + 1, 2 if other else 1):
        check_done(watched.live(state(0, "600")))
        watched.box.run("systemctl start killed.service; systemctl stop late.service")
        before = {name: watched.run_of(name) for name in ("killed.service", "killed.socket")}
        asked(watched)
        watched.box.put("/run/kill", str(point))
        assert watched.live(state(1, "660")).code == 137
        seen = asked(watched)
        assert [line.split()[0] for line in seen] == KILLED_CALLS[:point]
        expected = 2 if other else 1
        ran = watched.live(state(2, "640")) if other else watched.again()
        check_done(ran)
        assert watched.shown("killed.service", "Nice") == str(expected)
        mode = "640" if other else "660"
        assert watched.box.run("stat -c %a /run/killed").out == f"{mode}\n"
        after = {name: watched.run_of(name) for name in before}
        assert not {*after.values()} & {*before.values(), ""}, (point, seen, ran.said)
        assert watched.state("late.service") == "active", (point, seen, ran.said)
        nice = watched.box.run("ps -o ni= -p $(systemctl show --value -p MainPID killed.service)")
        assert nice.out.strip() == str(expected)
        assert check_done(watched.again()) == ["nothing to do"]


#: What a whole run of that kind asks of systemctl.
KILLED_CALLS = ["daemon-reload", "stop", "reset-failed", "start", "start"]


HOST = """
import "openssh.vcfg"
import "virtualization/libvirt.vcfg"
import "virtualization/libvirt-guests.vcfg"
import "virtualization/virtlog.vcfg"

openssh.enable = true
libvirt { enable = true, unix-sock-admin-perms = 0o700, listen-tls = false }
libvirt-guests.enable = true
virtlog.enable = true
"""

DAEMONS = ("libvirtd.service", "virtlogd.service", "libvirt-guests.service", "ssh.service")


@pytest.fixture(scope="module")
def host(debian_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    """A host of guests that was set up while it ran, with a guest that runs."""
    with Sandbox([debian_root], boot=True) as box:
        made = Host(box, tmp_path_factory.mktemp("host"))
        check_done(made.apply(HOST))
        # The image was made where no host keys are, as an image should be.
        box.run("systemctl start ssh.service; systemctl start libvirt-guests.service")
        box.put("/root/guest.xml", GUEST)
        box.run("virsh create /root/guest.xml")
        yield made


class Host(Machine):
    """A machine whose configurations are written in the language."""

    def __init__(self, box: Sandbox, folder: Path) -> None:
        super().__init__(box)
        self._folder = folder

    def apply(self, text: str, *words: str) -> Result:
        """Build the script of a configuration and run it."""
        file = self._folder / "host.vcfg"
        file.write_text(text)
        self.box.put("/root/activate", build(file, self._folder / "out").activate)
        return self.again("--adopt=backup", *words)

    def guest(self) -> str:
        """The process of the guest, and since when it runs."""
        pid = self.box.read("/run/libvirt/qemu/guest.pid").strip()
        assert self.box.run("virsh domstate guest").out.strip() == "running"
        return pid + self.box.run(f"ps -o lstart= -p {pid}").out

    def runs(self) -> dict[str, str]:
        """The runs of the daemons."""
        return {name: self.run_of(name) for name in DAEMONS}


def test_libvirtd_restarts_and_the_guest_goes_on(host: Host) -> None:
    guest, before = host.guest(), host.runs()
    assert all(before.values())
    lines = check_done(host.apply(HOST + "libvirt.max-clients = 4999\n"))
    said = "restart libvirtd.service, because /etc/libvirt/libvirtd.conf changes"
    assert said in lines
    after = host.runs()
    assert host.guest() == guest
    assert after.pop("libvirtd.service") not in ("", before.pop("libvirtd.service"))
    assert after == before
    assert ask(host.box, "srv-clients-info libvirtd")["nclients_max"] == "4999"


def test_virtlogd_reads_again_and_keeps_the_console(host: Host) -> None:
    guest, before = host.guest(), host.runs()
    pid = host.shown("virtlogd.service", "MainPID")
    lines = check_done(host.apply(HOST + "virtlog.max-backups = 7\n"))
    assert "reload virtlogd.service, because /etc/libvirt/virtlogd.conf changes" in lines
    assert host.runs()["virtlogd.service"] == before["virtlogd.service"]
    assert host.shown("virtlogd.service", "MainPID") == pid
    assert host.guest() == guest


def test_libvirt_guests_is_never_touched(host: Host) -> None:
    guest, before = host.guest(), host.runs()
    lines = check_done(host.apply(HOST + "libvirt-guests.parallel-shutdown = 3\n"))
    touched = [f"{verb} libvirt-guests.service" for verb in ("restart", "reload", "stop")]
    assert not [line for line in lines if line.startswith(tuple(touched))]
    check_done(host.apply(HOST.replace("libvirt-guests.enable = true\n", "")))
    assert host.runs()["libvirt-guests.service"] == before["libvirt-guests.service"]
    assert host.guest() == guest


def test_sshd_reads_again_once_it_would_start(host: Host) -> None:
    check_done(host.apply(HOST))
    before = host.run_of("ssh.service")
    pid = host.shown("ssh.service", "MainPID")
    lines = check_done(host.apply(HOST + 'openssh.extra-content = "MaxAuthTries 3\\n"\n'))
    assert "reload ssh.service, because /etc/ssh/sshd_config changes" in lines
    assert host.run_of("ssh.service") == before
    assert host.shown("ssh.service", "MainPID") == pid

    ran = host.apply(HOST + 'openssh.extra-content = "Ciphers nonsense\\n"\n')
    assert ran.code == 6
    assert "ssh.service is left as it runs: its check failed" in ran.err
    assert "nonsense" in ran.err
    assert host.run_of("ssh.service") == before
    host.box.wait("ss -Hltn | grep -q ':22 '")
