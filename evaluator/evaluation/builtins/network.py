"""Builtin functions on addresses and schedules."""

from __future__ import annotations

from evaluator.evaluation.builtins.signature import (
    Builtin,
    BuiltinError,
    example,
    one_of,
    text,
)
from evaluator.types.addresses import (
    WIDTH,
    length_of_mask,
    mask_of,
    read_address,
    read_network,
    write_address,
)
from evaluator.types.values import display

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evaluator.types.addresses import Address

TITLE = "Addresses and schedules"


def _parsed(value: str) -> tuple[Address, int]:
    try:
        return read_network(value)
    except ValueError as problem:
        raise BuiltinError(
            f"{display(value)} is no address with prefix length: {problem}", 0
        ) from None


def _address(value: str) -> str:
    if "/" in value:
        return write_address(_parsed(value)[0])
    try:
        return write_address(read_address(value))
    except ValueError as problem:
        raise BuiltinError(f"{display(value)} is no address: {problem}", 0) from None


def _prefix(value: str) -> int:
    if "/" in value:
        return _parsed(value)[1]
    try:
        return length_of_mask(value)
    except ValueError as problem:
        raise BuiltinError(
            f"{display(value)} has no prefix length and is no network mask: {problem}", 0
        ) from None


def _netmask(value: str) -> str:
    (version, _), length = _parsed(value)
    return write_address(mask_of(version, length))


def _network(value: str) -> str:
    (version, number), length = _parsed(value)
    return f"{write_address((version, number & mask_of(version, length)[1]))}/{length}"


def _broadcast(value: str) -> str:
    (version, number), length = _parsed(value)
    if version != 4:
        raise BuiltinError("IPv6 has no broadcast addresses", 0)
    return write_address((version, number | (1 << WIDTH[version] - length) - 1))


def _host_address(value: str, number: int) -> str:
    (version, given), length = _parsed(value)
    first = given & mask_of(version, length)[1]
    bits = WIDTH[version] - length
    low, high = 0, (1 << bits) - 1
    edges = {}
    # Networks of one or two addresses keep none of them back (RFC 3021, RFC 6164).
    if bits > 1:
        low, edges[0] = 1, "0 is the network itself; "
        if version == 4:
            edges[high] = f"{high} is its broadcast address; "
            high -= 1
    if not low <= number <= high:
        whole = f"{write_address((version, first))}/{length}"
        hosts = f"its hosts are {low} to {high}" if low < high else f"its one host is {low}"
        raise BuiltinError(f"{whole} has no host {number}: {edges.get(number, '')}{hosts}", 1)
    return write_address((version, first + number))


def _calendar(value: str) -> str:
    from evaluator.types.cron import cron_to_calendar

    try:
        return cron_to_calendar(value)
    except ValueError as problem:
        raise BuiltinError(f"{display(value)} has no calendar expression: {problem}", 0) from None


def _calendars(value: str) -> list[str]:
    from evaluator.types.cron import cron_to_calendars

    try:
        return cron_to_calendars(value)
    except ValueError as problem:
        raise BuiltinError(f"{display(value)} has no calendar expression: {problem}", 0) from None


BUILTINS = (
    Builtin(
        "address",
        _address,
        (text("cidr", "an address"),),
        "The address without its prefix length, IPv6 in its shortest form.",
        example("10.0.0.1", "10.0.0.1/24"),
        example("2001:db8::1", "2001:db8:0::1/64"),
    ),
    Builtin(
        "prefix",
        _prefix,
        (text("cidr", "an address with prefix length"),),
        "The prefix length of an address, or the one of a network mask.",
        example(24, "10.0.0.1/24"),
        example(24, "255.255.255.0"),
    ),
    Builtin(
        "netmask",
        _netmask,
        (text("cidr", "an address with prefix length"),),
        "The network mask of an address.",
        example("255.255.255.0", "10.0.0.1/24"),
    ),
    Builtin(
        "network",
        _network,
        (text("cidr", "an address with prefix length"),),
        "The network of an address, with its prefix length.",
        example("10.0.0.0/24", "10.0.0.1/24"),
    ),
    Builtin(
        "broadcast",
        _broadcast,
        (text("cidr", "an address with prefix length"),),
        "The broadcast address of an IPv4 network.",
        example("10.0.0.255", "10.0.0.1/24"),
    ),
    Builtin(
        "host-address",
        _host_address,
        (
            text("cidr", "a network with prefix length"),
            one_of(("int",), "number", "the number of a host in it"),
        ),
        "The address of the host of this number in a network: the first host is 1. Neither the "
        "network itself nor its broadcast address is one.",
        example("10.0.0.5", "10.0.0.0/24", 5),
        example("10.0.1.44", "10.0.0.0/22", 300),
        example("2001:db8::1f", "2001:db8::/64", 31),
    ),
    Builtin(
        "calendar",
        _calendar,
        (text("schedule", "a schedule"),),
        "A cron schedule as `OnCalendar=` of a systemd timer takes it. An error for what a timer "
        "cannot say in one expression: `@reboot`, and day of month together with day of week.",
        example("*-*-* *:00/5:00", "*/5 * * * *"),
        example("Mon..Fri *-*-* 01:45:00", "45 1 * * mon-fri"),
        example("Sun *-*-* 00:00:00", "@weekly"),
    ),
    Builtin(
        "calendars",
        _calendars,
        (text("schedule", "a schedule"),),
        "A cron schedule as the `OnCalendar=` lines of a systemd timer: one, or two where cron "
        "takes either the day of month or the day of week. An error for `@reboot`.",
        example(["*-*-* 02:30:00"], "30 2 * * *"),
        example(["*-*-13 00:00:00", "Fri *-*-* 00:00:00"], "0 0 13 * fri"),
    ),
)
