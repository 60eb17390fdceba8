"""Scalar types: what they accept, how they refuse, how they are declared."""

from __future__ import annotations

import ipaddress
import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluator.types.addresses import read_address, read_network, write_address
from evaluator.types.cron import cron_to_calendar, cron_to_calendars, read_schedule
from evaluator.types.scalars import SCALARS, AnyString, Literals, Type
from evaluator.types.values import Duration, Mode, Size, to_json

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parent.parent
SECOND = 1_000_000


def declared(name: str, *ranges: tuple[Any, Any], **named: object) -> Type:
    return SCALARS[name](list(ranges), named)


def refusal(of: Type, value: object) -> str:
    reason = of.refuse(value)
    assert reason is not None, f"{of.source()} accepts {value!r}"
    return reason


def label(each: object) -> str:
    return each.source() if isinstance(each, Type) else repr(each)[:40]


ACCEPTED: list[tuple[Type, list[object]]] = [
    (declared("bool"), [True, False]),
    (declared("int"), [0, -5, 2**63 - 1, -(2**63)]),
    (declared("int", (0, None)), [0, 7]),
    (declared("int", (None, 5)), [-9, 5]),
    (declared("int", min=1, max=2), [1, 2]),
    (declared("float"), [0.0, -1.5]),
    (declared("float", (0, 1)), [0.0, 0.5, 1.0]),
    (declared("string"), ["", "a\nb"]),
    (declared("string", matches=r"\.[a-z]+"), [".conf"]),
    (declared("string", matches=r"^a|b$"), ["a", "b"]),
    (declared("string", min=1, max=3), ["a", "äöü"]),
    (declared("text"), ["", "a\n"]),
    (declared("path"), ["/", "/srv", "/srv/", "/srv/.x/a b", "/a..b"]),
    (declared("port"), [0, 22, 65535]),
    (declared("port", (1024, None)), [1024, 65535]),
    (declared("mode"), [Mode(0), Mode(0o644), Mode(0o7777)]),
    (declared("duration"), [Duration(0), Duration(5)]),
    (declared("duration", min=Duration(-5)), [Duration(-5)]),
    (declared("size", max=Size(5)), [Size(0), Size(5)]),
    (declared("url"), ["http://deb.example/debian", "file:///x", "git+ssh://a"]),
    (declared("hostname"), ["a", "node-1", "kvm.lab.example", "3com.example", "xn--q9jyb4c"]),
    (declared("ip-address"), ["0.0.0.0", "::", "::1", "2001:DB8::1", "::ffff:1.2.3.4"]),
    (declared("ip-address", version=4), ["192.168.1.1"]),
    (declared("ip-address", version=6), ["fe80::1"]),
    (declared("cidr"), ["10.0.0.1/24", "10.0.0.0/0", "::/0", "2001:db8::1/128"]),
    (declared("schedule"), ["*/5 * * * *", "@daily"]),
    (Literals(("none", 3, True, None)), ["none", 3, True, None]),
    (AnyString((declared("ip-address"), declared("hostname"))), ["::1", "node1"]),
]


@pytest.mark.parametrize(("of", "values"), ACCEPTED, ids=label)
def test_fitting_values_are_accepted(of: Type, values: list[object]) -> None:
    assert [of.refuse(value) for value in values] == [None] * len(values)


@pytest.mark.parametrize(("of", "values"), ACCEPTED, ids=label)
def test_the_json_schema_accepts_the_json_form_of_fitting_values(
    of: Type, values: list[object]
) -> None:
    schema = of.json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    for value in values:
        jsonschema.validate(to_json(value), schema)


REFUSED: list[tuple[Type, object, str]] = [
    (declared("bool"), "yes", 'expected true or false, found the string "yes"; write true'),
    (declared("bool"), 0, "expected true or false, found the integer 0; write false"),
    (declared("bool"), None, "expected true or false, found null"),
    (declared("int"), True, "expected integer, found true"),
    (declared("int"), "5", 'expected integer, found the string "5"; write 5 without quotes'),
    (declared("int"), 5.0, "expected integer, found the decimal number 5.0; write 5"),
    (declared("int"), 2**63, f"expected integer, found {2**63}: integers have 64 bits"),
    (declared("int"), Duration(SECOND), "expected integer, found the duration 1s"),
    (declared("int", (1, 9)), 10, "expected integer from 1 to 9, found 10"),
    (declared("int", (1, 9)), "10", 'expected integer from 1 to 9, found the string "10"'),
    (declared("int", (0, None)), -1, "expected integer of at least 0, found -1"),
    (declared("float"), 1, "expected decimal number, found the integer 1; write 1.0"),
    (declared("float"), "nan", 'expected decimal number, found the string "nan"'),
    (declared("string"), 5, 'expected string, found the integer 5; write "5"'),
    (declared("string"), True, 'expected string, found true; write "true"'),
    (declared("string"), [], "expected string, found an empty list"),
    (declared("string"), {"a": 1}, "expected string, found a block of values"),
    (declared("string"), "a\0", 'expected string, found "a\\u{0}": it holds a NUL character'),
    (declared("string", matches="a+"), "ba", 'expected string matching r"a+", found "ba"'),
    (declared("string", matches="^a$"), "a\n", 'expected string matching r"^a$", found "a\\n"'),
    (
        declared("string", matches="a+", message="only the letter a"),
        "b",
        'expected string, found "b": only the letter a',
    ),
    (declared("string", min=1), "", 'expected string that is not empty, found "": it is empty'),
    (
        declared("string", max=1),
        "ab",
        'expected string of at most 1 character, found "ab": it has 2 characters, at most 1 fit',
    ),
    (declared("text"), 5, 'expected text, found the integer 5; write "5"'),
    (declared("path"), "srv", 'expected absolute path, found "srv": it does not start with `/`'),
    (declared("path"), "", 'expected absolute path, found "": it does not start with `/`'),
    (
        declared("path"),
        "/a/../b//c",
        'expected absolute path, found "/a/../b//c": it holds a `.` or `..`; write "/b/c"',
    ),
    (declared("path"), "/\n", 'expected absolute path, found "/\\n": it holds a control character'),
    (declared("port"), 70000, "expected port number from 0 to 65535, found 70000"),
    (
        declared("port"),
        "22",
        'expected port number from 0 to 65535, found the string "22"; write 22 without quotes',
    ),
    (declared("mode"), 644, "expected file mode, found the integer 644; write 0o644"),
    (declared("mode"), "0644", 'expected file mode, found the string "0644"; write 0o644'),
    (
        declared("mode"),
        "rwx",
        'expected file mode, found the string "rwx"; write it in octal, as in 0o644',
    ),
    (
        declared("mode"),
        Mode(0o10000),
        "expected file mode, found 0o10000: the highest mode is 0o7777",
    ),
    (
        declared("duration"),
        "5s",
        'expected duration, found the string "5s"; write 5s without quotes',
    ),
    (declared("duration"), "5m", 'expected duration, found the string "5m"; write 5min'),
    (
        declared("duration"),
        5,
        "expected duration, found the integer 5; write a unit, as in 5s, 90min or 14d",
    ),
    (declared("duration"), Duration(-1), "expected duration, found -1us: it is negative"),
    (
        declared("duration", min=Duration(SECOND), max=Duration(9 * SECOND)),
        Duration(10 * SECOND),
        "expected duration from 1s to 9s, found 10s",
    ),
    (declared("size"), "8G", 'expected size, found the string "8G"; write 8GiB'),
    (
        declared("size"),
        8,
        "expected size, found the integer 8; write a unit, as in 512B, 64MiB or 8GiB",
    ),
    (
        declared("url"),
        "deb.example",
        'expected URL, found "deb.example": it has no scheme, as in `https://`',
    ),
    (
        declared("url"),
        "http://a b",
        'expected URL, found "http://a b": it holds a blank or a control character',
    ),
    (declared("url"), "http://", 'expected URL, found "http://": nothing follows `://`'),
    (
        declared("url"),
        "1x://a",
        'expected URL, found "1x://a": what stands before `://` is no scheme',
    ),
    (
        declared("hostname"),
        "a_b",
        'expected host name, found "a_b": "_" does not occur in host names; write "a-b"',
    ),
    (declared("hostname"), "-a", 'expected host name, found "-a": `-a` starts or ends with a dash'),
    (
        declared("hostname"),
        "10.0.0.300",
        'expected host name, found "10.0.0.300": its last part is only digits',
    ),
    (
        declared("ip-address"),
        "10.0.0.256",
        'expected IP address, found "10.0.0.256": 256 is greater than 255',
    ),
    (
        declared("ip-address"),
        "10.0.0.1/24",
        (
            'expected IP address, found "10.0.0.1/24": it has a prefix length, which belongs to '
            'the type `cidr`; write "10.0.0.1"'
        ),
    ),
    (
        declared("ip-address", version=4),
        "::1",
        'expected IPv4 address, found "::1": it is an IPv6 address',
    ),
    (
        declared("cidr"),
        "10.0.0.1",
        (
            'expected IP address with prefix length, found "10.0.0.1": it has no prefix length, '
            "as in `/24`"
        ),
    ),
    (
        declared("cidr"),
        "10.0.0.1/255.255.255.0",
        (
            'expected IP address with prefix length, found "10.0.0.1/255.255.255.0": its prefix '
            'length is no number from 0 to 32; write "10.0.0.1/24"'
        ),
    ),
    (
        declared("schedule"),
        "daily",
        (
            'expected cron schedule, found "daily": it has 1 field instead of five: minute, hour, '
            'day of month, month, day of week, as in `*/5 * * * *`; write "@daily"'
        ),
    ),
    (
        Literals(("none", "sasl")),
        "nome",
        'expected one of "none", "sasl", found "nome"; did you mean "none"?',
    ),
    (
        Literals(("none", "sasl")),
        "SASL",
        'expected one of "none", "sasl", found "SASL"; did you mean "sasl"?',
    ),
    (Literals((1, 2)), "2", 'expected one of 1, 2, found the string "2"; write 2 without quotes'),
    (Literals((1, 2)), True, "expected one of 1, 2, found true"),
    (Literals(("a",)), {}, 'expected "a", found a block of values'),
    (
        AnyString((declared("ip-address"), declared("hostname"))),
        "10.0.0.256",
        (
            'expected IP address or host name, found "10.0.0.256": no IP address, since 256 is '
            "greater than 255; no host name, since its last part is only digits"
        ),
    ),
    (
        AnyString((declared("ip-address"), declared("hostname"))),
        5,
        "expected IP address or host name, found the integer 5",
    ),
]


@pytest.mark.parametrize(("of", "value", "reason"), REFUSED, ids=label)
def test_refusals_say_what_was_found_and_what_to_write(
    of: Type, value: object, reason: str
) -> None:
    assert refusal(of, value) == reason


def test_a_remedy_is_a_source_text_that_fits() -> None:
    assert declared("mode").remedy("644") == "0o644"
    assert declared("int", (0, 5)).remedy("9") is None
    assert declared("port").remedy("+5") is None
    assert declared("string", matches="x").remedy(5) is None
    assert declared("ip-address").remedy("[::1]") == '"::1"'


def test_a_pattern_that_does_not_compile_is_found() -> None:
    of = declared("string", matches="[")
    assert "cannot be used" in refusal(of, "a")
    assert "cannot be used" in (of.bad_declaration() or "")
    assert "cannot be used" in (AnyString((declared("url"), of)).bad_declaration() or "")
    assert AnyString((declared("url"), declared("string", matches="a"))).bad_declaration() is None
    assert declared("bool").bad_declaration() is None


DECLARATIONS: list[tuple[str, list[tuple[Any, Any]], dict[str, object], str]] = [
    ("int", [(5, 1)], {}, "the range of `int` is empty: 5 is greater than 1"),
    ("int", [], {"min": 5, "max": 1}, "the range of `int` is empty: 5 is greater than 1"),
    ("int", [(1, 2), (3, 4)], {}, "`int` takes one range, as in `int(1..9)`"),
    ("int", [], {"minimum": 1}, "`int` has no argument `minimum`; it knows `min`, `max`"),
    ("int", [], {"min": "1"}, '`min` of `int` takes a int, not the string "1"'),
    ("bool", [(0, 1)], {}, "`bool` takes no range"),
    ("bool", [], {"min": 1}, "`bool` has no argument `min`; it knows `any`"),
    ("port", [(1, 70000)], {}, "ports go from 0 to 65535, 70000 is none"),
    (
        "duration",
        [(1, 5)],
        {},
        "a bound needs a unit, as in `duration(min: 1s, max: 1d)`, not the integer 1",
    ),
    ("size", [], {"max": 5}, "`max` of `size` takes a size, not the integer 5"),
    ("string", [(1, 5)], {}, "`string` takes no range; for its length write `min: 1, max: 64`"),
    ("string", [], {"min": 2, "max": 1}, "no string has at least 2 and at most 1 character"),
    ("string", [], {"min": -1}, "a length is never negative, -1 is"),
    (
        "path",
        [],
        {"message": "x"},
        "`message` says what `matches` wants, but there is no `matches`",
    ),
    ("ip-address", [], {"version": 5}, "`version` is 4 or 6"),
]


@pytest.mark.parametrize(("name", "ranges", "named", "words"), DECLARATIONS)
def test_contradicting_declarations_are_refused_in_words(
    name: str, ranges: list[tuple[Any, Any]], named: dict[str, object], words: str
) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the words are compared below
        SCALARS[name](ranges, named)
    assert str(caught.value) == words


@pytest.mark.parametrize("name", SCALARS)
def test_every_type_stands_without_arguments(name: str) -> None:
    of = declared(name)
    assert of.source() == name
    assert of.describe()
    assert of.refuse([]) is not None


@pytest.mark.parametrize(
    ("of", "source", "words"),
    [
        (declared("int", (0, None)), "int(0..)", "integer of at least 0"),
        (declared("int", (None, 5)), "int(max: 5)", "integer of at most 5"),
        (declared("port", (1024, None)), "port(1024..)", "port number from 1024 to 65535"),
        (
            declared("duration", min=Duration(SECOND)),
            "duration(min: 1s)",
            "duration of at least 1s",
        ),
        (declared("size", max=Size(1024)), "size(max: 1KiB)", "size of at most 1KiB"),
        (
            declared("string", matches=r"\.[a-z]+", min=1),
            r'string(matches: r"\.[a-z]+", min: 1)',
            r'string that is not empty matching r"\.[a-z]+"',
        ),
        (declared("string", matches='"'), r'string(matches: "\"")', r'string matching "\""'),
        (declared("cidr", version=6), "cidr(version: 6)", "IPv6 address with prefix length"),
        (Literals(("a", "a", None)), '"a" | null', 'one of "a", null'),
    ],
)
def test_types_are_written_and_described(of: Type, source: str, words: str) -> None:
    assert of.source() == source
    assert of.describe() == words


# Addresses, with Python's own parser as the oracle.


@given(st.ip_addresses())
def test_addresses_read_and_write_as_python_does(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    parsed = (address.version, int(address))
    assert read_address(str(address)) == parsed
    assert read_address(address.exploded) == parsed
    if address.version == 4 or int(address) >> 32 != 0xFFFF:
        assert write_address(parsed) == str(address)


@given(st.text(alphabet="0123456789abcdf.:/", max_size=24))
def test_odd_addresses_are_judged_as_python_does(text: str) -> None:
    assert number_or_none(lambda: read_address(text)[1]) == number_or_none(
        lambda: int(ipaddress.ip_address(text))
    )


def number_or_none(read: Callable[[], int]) -> int | None:
    try:
        return read()
    except ValueError:
        return None


@pytest.mark.parametrize(
    "text", ["10.0.0.1/024", "10.0.0.1/", "10.0.0.1/-1", "::1/129", "/24", "a/b/c"]
)
def test_odd_networks_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_network(text)


# Schedules.

GOOD_SCHEDULES = [
    "*/5 * * * *",
    "45 1 * * *",
    "0 0 1 1 *",
    "0,30 8-18 * * 1-5",
    "0-59/15 * * * *",
    "5 4 * * sun",
    "5 4 * * SUN",
    "0 0 * jan,jul *",
    "0 0 * feb-apr mon-fri",
    "0 0 * * 7",
    "0 0 * * 5-7",
    "  0\t0 * * *",
    "0 0 31 * *",
    "0 0 29 2 *",
    "0 0 31 2 mon",
    "1,2,3 1,2,3 1,2,3 1,2,3 1,2,3",
    "0 */23 * * *",
    "@reboot",
    "@yearly",
    "@annually",
    "@monthly",
    "@weekly",
    "@daily",
    "@midnight",
    "@hourly",
]

BAD_SCHEDULES = {
    "": "0 fields instead of five",
    "* * * *": "4 fields instead of five",
    "* * * * * *": "and no seconds",
    "60 * * * *": "60 is no minute, which is 0 to 59",
    "* 24 * * *": "24 is no hour",
    "* * 0 * *": "0 is no day of month",
    "* * 32 * *": "32 is no day of month",
    "* * * 13 *": "13 is no month",
    "* * * 0 *": "0 is no month",
    "* * * * 8": "8 is no day of week",
    "* * * * funday": "`funday` is no day of week, which is 0 to 7 or sun to sat",
    "* * * * monday": "`monday` is no day of week",
    "jan * * * *": "`jan` is no minute",
    "5-1 * * * *": "runs backwards",
    "* * * * fri-sun": "write fri-7",
    "*/0 * * * *": "no number above zero",
    "*/ * * * *": "no number above zero",
    "*/x * * * *": "no number above zero",
    "*/90 * * * *": "longer than its range",
    "5/10 * * * *": "write `5-59/10`",
    "1,,2 * * * *": "`` is no minute",
    "-5 * * * *": "`` is no minute",
    "1.5 * * * *": "`1.5` is no minute",
    "² * * * *": "`²` is no minute",
    "*5 * * * *": "`*5` is no minute",
    "0 0 31 2 *": "never happens",
    "0 0 31 4,6,9,11 *": "never happens",
    "0 0 L * *": "`L` is no day of month",
    "@Daily": "is none of",
    "@every 5m": "is none of",
    "0 0 * * *\n0 1 * * *": "more than one line",
}


@pytest.mark.parametrize("text", GOOD_SCHEDULES)
def test_schedules_that_cron_runs_are_accepted(text: str) -> None:
    assert declared("schedule").refuse(text) is None


@pytest.mark.parametrize(("text", "words"), BAD_SCHEDULES.items())
def test_schedules_that_cron_refuses_or_misreads_are_refused(text: str, words: str) -> None:
    assert words in refusal(declared("schedule"), text)


CALENDARS = {
    "*/5 * * * *": "*-*-* *:00/5:00",
    "45 1 * * *": "*-*-* 01:45:00",
    "@weekly": "Sun *-*-* 00:00:00",
    "@yearly": "*-01-01 00:00:00",
    "0 8-18 * * mon-fri": "Mon..Fri *-*-* 08..18:00:00",
    "0 0 * * 0,6": "Sat,Sun *-*-* 00:00:00",
    "0 0 1,15 */3 *": "*-01/3-01,15 00:00:00",
    "10-50/20 0-23/6 * * *": "*-*-* 00/6:10..50/20:00",
    "0 0 */2 * 1": "Mon *-*-01..31/2 00:00:00",
    "30-59/10 * * * *": "*-*-* *:30..50/10:00",
    "*/7 * * * *": "*-*-* *:00..56/7:00",
    "0 */5 1 */5 *": "*-01..11/5-01 00..20/5:00:00",
}


@pytest.mark.parametrize(("cron", "calendar"), CALENDARS.items())
def test_schedules_become_calendar_expressions(cron: str, calendar: str) -> None:
    assert cron_to_calendar(cron) == calendar


@pytest.mark.parametrize(("cron", "words"), [("@reboot", "OnBootSec"), ("0 0 1 * 1", "either")])
def test_what_a_calendar_cannot_say_is_refused(cron: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        cron_to_calendar(cron)


EITHER = {
    "0 0 13 * fri": ["*-*-13 00:00:00", "Fri *-*-* 00:00:00"],
    "*/20 8,20 1-7 1-6 1,3-5": [
        "*-01..06-01..07 08,20:00/20:00",
        "Mon,Wed..Fri *-01..06-* 08,20:00/20:00",
    ],
    "0 0 1-31 * 0": ["*-*-* 00:00:00", "Sun *-*-* 00:00:00"],
    "0 0 1-31 * 0-6": ["*-*-* 00:00:00"],
    "30 2 * * *": ["*-*-* 02:30:00"],
}


@pytest.mark.parametrize(("cron", "calendars"), EITHER.items())
def test_either_kind_of_day_takes_two_calendar_expressions(cron: str, calendars: list[str]) -> None:
    assert cron_to_calendars(cron) == calendars


def next_runs(cron: str, after: datetime, count: int) -> list[datetime]:
    """When cron would run it, minute by minute, for schedules that restrict one kind of day."""
    columns = read_schedule(cron)
    assert columns is not None
    minutes, hours, days, months, week = [column.numbers() for column in columns]
    weekdays = {number % 7 for number in week}
    found: list[datetime] = []
    day = after.replace(hour=0, minute=0)
    while len(found) < count:
        if day.month in months and day.day in days and day.isoweekday() % 7 in weekdays:
            runs = [day.replace(hour=h, minute=m) for h in sorted(hours) for m in sorted(minutes)]
            found += [run for run in runs if run > after]
        day += timedelta(days=1)
    return found[:count]


@pytest.mark.needs("systemd-analyze", package="systemd")
@pytest.mark.parametrize("cron", CALENDARS)
def test_systemd_runs_it_when_cron_does(cron: str) -> None:
    start = datetime(2024, 2, 27, 23, 50, tzinfo=UTC)
    wanted = next_runs(cron, start, 8)
    done = subprocess.run(
        [
            "systemd-analyze",
            "calendar",
            f"--base-time={start:%Y-%m-%d %H:%M} UTC",
            "--iterations=8",
            cron_to_calendar(cron),
        ],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "TZ": "UTC", "LC_ALL": "C"},
    )
    lines = [line.strip() for line in done.stdout.splitlines()]
    normalized = [line for line in lines if line.startswith("Normalized form:")]
    assert not normalized or normalized[0].endswith(": " + cron_to_calendar(cron))
    runs = [line for line in lines if line.endswith("UTC") and not line.startswith("(in UTC)")]
    times = [" ".join(line.split()[-3:-1]) for line in runs]
    assert times == [f"{when:%Y-%m-%d %H:%M:%S}" for when in wanted]


def test_types_and_builtins_import_nothing_heavy() -> None:
    program = (
        "import sys; before = set(sys.modules)\n"
        "import evaluator.types.scalars, evaluator.evaluation.builtins\n"
        "evaluator.types.scalars.SCALARS['path']([], {}).refuse('/srv')\n"
        "print(*sorted(n for n in set(sys.modules) - before if not n.startswith('evaluator')))"
    )
    done = subprocess.run(
        [sys.executable, "-S", "-c", program],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": str(ROOT)},
    )
    assert done.stdout.split() == ["__future__", "_json"]  # the part of `json` written in C


def table_rows(heading: str) -> list[list[str]]:
    """Cells of the first table below a heading of the chapter on types."""
    page = (ROOT / "spec" / "40-types.md").read_text(encoding="utf-8")
    section = page.split(f"\n{heading}\n", 1)[1]
    lines = section[section.index("\n|") + 1 :].split("\n\n", 1)[0].splitlines()
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines[2:]]


def test_the_chapter_names_every_scalar_type() -> None:
    assert [row[0].strip("`") for row in table_rows("## Scalar types")] == list(SCALARS)


@pytest.mark.parametrize("row", table_rows("### How a refusal reads"), ids=lambda row: row[0])
def test_the_chapter_quotes_refusals_as_they_are(row: list[str]) -> None:
    name, written, answer = row[0].strip("`"), row[1].strip("`"), row[2]
    # What is written there is the same in JSON.
    assert refusal(declared(name), json.loads(written)) == answer
