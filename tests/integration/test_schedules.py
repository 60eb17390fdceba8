"""Schedules and durations: cron, systemd and vcfg agree on when something is due.

cron itself runs at chosen minutes, with `faketime`; the timers are asked through
`systemd-analyze calendar` whether they elapse at the same ones.
"""

from __future__ import annotations

import json
import shlex
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from evaluator.types.cron import cron_to_calendars

from .conftest import vcfg
from .sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

#: Steps, ranges, lists, names, Sunday as 0 and 7, one kind of day, the other, and both.
SCHEDULES = [
    "* * * * *",
    "*/5 * * * *",
    "*/7 * * * *",
    "0 */5 * * *",
    "0 0 1 */5 *",
    "0 0 */3 * *",
    "1-59/2 * * * *",
    "0-30/10 * * * *",
    "15,30,45 * * * *",
    "0 * * * *",
    "0 0 * * *",
    "30 2 * * *",
    "0 */6 * * *",
    "15 8-18 * * *",
    "30 8-18/2,12 * * *",
    "0 0 1 * *",
    "0 0 */2 * *",
    "0 0 29 2 *",
    "0 0 1,15 */3 *",
    "30 12 * * 0",
    "30 12 * * 7",
    "30 12 * * sun",
    "30 12 * * 5-7",
    "15 8 * * mon-fri",
    "15 8 * * 1,3,5",
    "0 0 * * FRI",
    "55 23 31 dec *",
    "55 23 * jun-dec *",
    "0 0 13 * fri",
    "30 2 13 * fri",
    "0 0 13 9 5",
    "*/15 0 1-7 * mon",
    "0 0 */2 * fri",
    "0 0 13 * */2",
    "0 0 1-31 * 0",
    "0 0 29 2 4",
    "@yearly",
    "@monthly",
    "@weekly",
    "@daily",
    "@hourly",
]

#: Ordinary days, first and last ones, a leap day, Sundays, a Friday the thirteenth.
MINUTES = [
    datetime(2024, 2, 29, 0, 0, tzinfo=UTC),
    datetime(2024, 3, 1, 0, 0, tzinfo=UTC),
    datetime(2024, 9, 13, 0, 0, tzinfo=UTC),
    datetime(2024, 3, 13, 2, 30, tzinfo=UTC),
    datetime(2024, 3, 3, 12, 30, tzinfo=UTC),
    datetime(2024, 3, 4, 8, 15, tzinfo=UTC),
    datetime(2024, 12, 31, 23, 55, tzinfo=UTC),
]

DURATIONS = ["1500ms", "90s", "5min", "1.5h", "6h", "14d", "2w", "0s"]


@pytest.fixture(scope="module")
def machine(debian_root: Path) -> Iterator[Sandbox]:
    """Debian with one cron table, a line for each schedule."""
    with Sandbox([debian_root]) as box:
        box.run(
            "rm -f /etc/cron.d/*; : >/etc/crontab; ln -sf /usr/share/zoneinfo/UTC /etc/localtime"
        )
        lines = [f"{each} root true {number}" for number, each in enumerate(SCHEDULES)]
        box.put("/etc/cron.d/all", "\n".join([*lines, ""]))
        # Jobs of @reboot would run otherwise.
        box.run("touch /run/crond.reboot")
        yield box


def run_by_cron(box: Sandbox, minute: datetime) -> set[str]:
    """The schedules whose jobs the daemon starts when the minute begins."""
    start = minute - timedelta(seconds=2)
    command = f"faketime -f '@{start:%Y-%m-%d %H:%M:%S}' cron -f -L 1"
    with box.syslog() as heard, box.daemon(command):
        end = time.monotonic() + 20
        while not any("CMD (true 0)" in line for line in heard) and time.monotonic() < end:
            time.sleep(0.1)
        time.sleep(0.5)
    started = [line.partition("CMD (true ")[2].partition(")")[0] for line in heard]
    return {SCHEDULES[int(number)] for number in started if number}


def due_timers(box: Sandbox, minute: datetime) -> set[str]:
    """The schedules of which a timer's line elapses when the minute begins."""
    asked = [(each, line) for each in SCHEDULES for line in cron_to_calendars(each)]
    before = f"{minute - timedelta(seconds=1):%Y-%m-%d %H:%M:%S} UTC"
    command = ["systemd-analyze", "calendar", "--base-time", before, "--"]
    said = box.run(f"TZ=UTC {shlex.join([*command, *(line for _, line in asked)])}").out
    answers = said.strip().split("\n\n")
    assert len(answers) == len(asked)
    due = f"{minute:%Y-%m-%d %H:%M:%S} UTC"
    return {each for (each, _), answer in zip(asked, answers, strict=True) if due in answer}


@pytest.mark.parametrize("minute", MINUTES, ids=lambda minute: f"{minute:%a %d %b %H:%M}")
def test_timers_run_when_cron_does(machine: Sandbox, minute: datetime) -> None:
    """The same schedules, minute by minute, and never all or none of them."""
    by_cron = run_by_cron(machine, minute)
    assert "* * * * *" in by_cron
    assert len(by_cron) < len(SCHEDULES)
    assert due_timers(machine, minute) == by_cron


@pytest.mark.parametrize("schedule", [each for each in SCHEDULES if not each.startswith("@")])
def test_crontab_accepts_what_vcfg_does(machine: Sandbox, schedule: str) -> None:
    """A table of a user, which has no column for one."""
    machine.put("/tmp/table", f"{schedule} true\n")
    assert "successfully checked" in machine.run("crontab -n /tmp/table").said


def test_crontab_notices(machine: Sandbox) -> None:
    """The judge itself."""
    machine.put("/tmp/table", "99 * * * * true\n")
    assert "bad minute" in machine.run("crontab -n /tmp/table", check=False).said


def test_durations_are_spans(machine: Sandbox) -> None:
    """A duration as text means to systemd what its seconds say."""
    text = f"option texts: list(string) = [for d in [{', '.join(DURATIONS)}]: string(d)]\n"
    text += f"option all: list(int) = [for d in [{', '.join(DURATIONS)}]: milliseconds(d)]\n"
    ours = json.loads(vcfg("eval", "-", text=text).stdout)
    for written, milliseconds in zip(ours["texts"], ours["all"], strict=True):
        said = machine.run(f"systemd-analyze timespan {shlex.quote(written)}").said
        assert f"s: {milliseconds * 1000}\n" in said.replace("\u03bcs", "s"), written


#: What stands behind `OnCalendar=`, right and wrong, in all its forms.
CALENDARS = (
    *("*:0/5", "daily", "Mon..Fri *-*-* 08:00", "Sat,Sun 12:00 UTC", "*-*~03", "*-02~01..03"),
    *("2024-02-29", "*-*-* 08..18:00/15:30.5", "@1700000000", "mon", "10:00 Europe/Madrid"),
    *("quarterly", "semiannually", "*:*:0/10", "Thu,Fri 2012-*-1,5 11:12:13", "05:40", "24-01-01"),
    *("99:99", "24:00", "*-13-01", "*-*~30", "10..8:00", "Fri..Mon 10:00", "*:0/70", "*:5/0"),
    *("5min", "every day", "*/5:00", "10", "Foo 10:00", "*-*-1/40", "08:00:60", "1969-01-01"),
    *("Mon, Fri", "2024-00-01", "*-*-*T08:00", "*:1,2,", "* * * * *", "25:00"),
)

#: What stands behind `RestartSec=` and its kin.
SPANS = (
    *("90", "5min", "1h 30min", "1.5s", "2 weeks", "infinity", "500ms", "1y 12month", "3d4h"),
    *("soon", "-1s", "5 minuts", "1h30x", "min", "1,5s", "10 %"),
)


@pytest.mark.parametrize(
    ("verb", "check", "texts"),
    [("calendar", "is-calendar", CALENDARS), ("timespan", "is-span", SPANS)],
)
def test_times_in_units_are_those_of_systemd(
    machine: Sandbox, verb: str, check: str, texts: tuple[str, ...]
) -> None:
    """What vcfg takes, systemd reads, and the other way round."""
    text = 'import "systemd/times.vcfg" as times\n'
    text += f"option all: list(bool) = [for t in {json.dumps(texts)}: times.{check}(t)]\n"
    ours = json.loads(vcfg("eval", "-", text=text).stdout)["all"]
    words = " ".join(shlex.quote(each) for each in texts)
    script = f'for t in {words}; do systemd-analyze {verb} -- "$t" >/dev/null 2>&1; echo $?; done'
    theirs = [line == "0" for line in machine.run(script).lines]
    assert dict(zip(texts, ours, strict=True)) == dict(zip(texts, theirs, strict=True))
