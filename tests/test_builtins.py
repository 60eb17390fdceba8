"""Builtin functions: their documented examples, their refusals, and what they write."""

from __future__ import annotations

import configparser
import hashlib
import ipaddress
import json
import shlex
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluator.evaluation.builtins import BUILTINS, BuiltinError
from evaluator.evaluation.builtins.reference import reference
from evaluator.types.values import Duration, Mode, Size, same, to_json

if TYPE_CHECKING:
    from evaluator.evaluation.builtins import Builtin

ROOT = Path(__file__).parent.parent
SECOND = 1_000_000


def call(name: str, *args: object, **named: object) -> Any:
    return BUILTINS[name].call(list(args), named)


def refusal(name: str, *args: object, **named: object) -> tuple[str, object]:
    with pytest.raises(BuiltinError) as caught:
        call(name, *args, **named)
    return caught.value.message, caught.value.argument


EXAMPLES = [
    pytest.param(builtin, *each, id=f"{builtin.name}-{index}")
    for builtin in BUILTINS.values()
    for index, each in enumerate(builtin.example)
]


@pytest.mark.parametrize(("builtin", "args", "named", "result"), EXAMPLES)
def test_documented_examples_are_true(
    builtin: Builtin, args: list[object], named: dict[str, object], result: object
) -> None:
    before = repr((args, named))
    got = builtin.call(args, named)
    assert same(got, result), got
    assert repr((args, named)) == before, "arguments are not changed"


@pytest.mark.parametrize("builtin", BUILTINS.values(), ids=BUILTINS)
def test_every_builtin_is_documented_with_an_example(builtin: Builtin) -> None:
    assert builtin.doc.endswith(".")
    assert builtin.example


def test_the_page_says_what_the_functions_say() -> None:
    page = (ROOT / "spec" / "90-builtins.md").read_text(encoding="utf-8")
    assert page == reference(), (
        "renew it: python -m evaluator.evaluation.builtins.reference > spec/90-builtins.md"
    )


REFUSED: list[tuple[str, list[object], dict[str, object], str, object]] = [
    (
        "join",
        ["a", ","],
        {},
        '`join` takes a list and a separator; the first argument is a string, "a"',
        0,
    ),
    ("join", [["a"]], {}, "`join` takes a list and a separator; 1 is given", None),
    ("join", [], {}, "`join` takes a list and a separator; none is given", None),
    ("join", [["a", None], ","], {}, "`join` takes strings and numbers; item 2 is null", 0),
    ("min", [3, 5], {}, "`min` takes a list; 2 are given; write `min([3, 5])`", None),
    ("min", [[]], {}, "an empty list has no smallest item", 0),
    ("max", [[]], {}, "an empty list has no greatest item", 0),
    (
        "sort",
        [[1, "a"]],
        {},
        "`sort` takes items of one kind; item 1 is an integer, item 2 is a string",
        0,
    ),
    ("sum", [["a"]], {}, "`sum` has no use for a string, which item 1 is", 0),
    ("sum", [[1e308, 1e308]], {}, "the sum is too large for a decimal number", 0),
    ("all", [[True, 1]], {}, "`all` takes a list of booleans; item 2 is 1", 0),
    ("flatten", [[[1], 2]], {}, "`flatten` takes a list of lists; item 2 is an integer", 0),
    ("split", ["a", ""], {}, "`split` needs a separator that is not empty", 1),
    ("replace", ["a", "", "b"], {}, "`replace` needs something to look for", 1),
    ("int", ["1.5"], {}, '"1.5" is no integer', 0),
    ("int", [" 1"], {}, '" 1" is no integer', 0),
    ("int", ["9" * 5000], {}, '"' + "9" * 57 + '…" is no integer', 0),
    ("int", [1.5], {}, "1.5 is no integer", 0),
    ("float", ["nan"], {}, '"nan" is no decimal number', 0),
    ("float", ["1e999"], {}, '"1e999" is no decimal number', 0),
    ("float", [10**400], {}, f"{'1' + '0' * 58}… is no decimal number", 0),
    ("upper", [5], {}, "`upper` takes a string; it is an integer, 5", 0),
    ("upper", ["a"], {"x": 1}, "`upper` takes no named arguments, `x` is given", "x"),
    (
        "seconds",
        [None],
        {},
        "`seconds` takes a duration; it is null; `??` gives a value to use instead",
        0,
    ),
    ("seconds", [Duration(1_500_000)], {}, "1500ms is no whole number of seconds", 0),
    ("days", [Duration(3600 * SECOND)], {}, "1h is no whole number of days", 0),
    ("gib", [Size(5)], {}, "5B is no whole number of GiB", 0),
    ("octal", [644], {}, "`octal` takes a file mode; it is an integer, 644", 0),
    (
        "address",
        ["10.0.0.300/24"],
        {},
        '"10.0.0.300/24" is no address with prefix length: 300 is greater than 255',
        0,
    ),
    ("broadcast", ["::1/64"], {}, "IPv6 has no broadcast addresses", 0),
    (
        "host-address",
        ["10.0.0.9/24", 255],
        {},
        "10.0.0.0/24 has no host 255: 255 is its broadcast address; its hosts are 1 to 254",
        1,
    ),
    (
        "host-address",
        ["10.0.0.0/24", 0],
        {},
        "10.0.0.0/24 has no host 0: 0 is the network itself; its hosts are 1 to 254",
        1,
    ),
    (
        "host-address",
        ["fd00::/120", -1],
        {},
        "fd00::/120 has no host -1: its hosts are 1 to 255",
        1,
    ),
    ("host-address", ["fd00::1/128", 1], {}, "fd00::1/128 has no host 1: its one host is 0", 1),
    (
        "host-address",
        ["10.0.0.0", 1],
        {},
        '"10.0.0.0" is no address with prefix length: it has no prefix length, as in `/24`',
        0,
    ),
    (
        "host-address",
        ["10.0.0.0/8", None],
        {},
        (
            "`host-address` takes a network with prefix length and the number of a host in it; "
            "the second argument is null; `??` gives a value to use instead"
        ),
        1,
    ),
    (
        "prefix",
        ["255.0.255.0"],
        {},
        (
            '"255.0.255.0" has no prefix length and is no network mask: it is no network mask: its '
            "one bits are not all in front"
        ),
        0,
    ),
    (
        "calendar",
        ["0 0 1 * 1"],
        {},
        (
            '"0 0 1 * 1" has no calendar expression: cron runs it when either day of month or day '
            "of week fits, which takes two calendar expressions"
        ),
        0,
    ),
    (
        "calendars",
        ["@reboot"],
        {},
        ('"@reboot" has no calendar expression: `@reboot` is no time; use `OnBootSec=` in a timer'),
        0,
    ),
    ("escape-path", ["srv"], {}, '"srv" is no absolute path', 0),
    (
        "escape-path",
        ["/srv/../etc"],
        {},
        '"/srv/../etc" goes up with `..`, which a name of a unit cannot say',
        0,
    ),
    ("shell", ["a\0"], {}, "a shell word cannot hold a NUL character", 0),
    ("shell", [["a", []]], {}, "`shell` takes strings; item 2 is a list", 0),
    (
        "render.keyval",
        [{"a": 1}],
        {"seperator": "="},
        "`render.keyval` has no argument `seperator`; did you mean `separator`?",
        "seperator",
    ),
    (
        "render.keyval",
        [{"a": 1}],
        {"booleans": "01"},
        '`booleans` of `render.keyval` is one of "true-false", "yes-no", "10", not "01"',
        "booleans",
    ),
    (
        "render.keyval",
        [{"a": 1}],
        {"quote": "yes"},
        '`quote` of `render.keyval` is a boolean, not a string, "yes"',
        "quote",
    ),
    (
        "render.keyval",
        [{"a": 'x"y'}],
        {"quote": True},
        '`a` holds a double quote, which text in `"` cannot: "x\\"y"',
        0,
    ),
    (
        "render.keyval",
        [{"a": ["x\ny"]}],
        {},
        "`a` holds a line end, which one line of the file cannot",
        0,
    ),
    (
        "render.keyval",
        [{"a": Duration(5)}],
        {},
        "`a` is a duration, say in which unit the file has it: `seconds(…)` or `minutes(…)`",
        0,
    ),
    (
        "render.keyval",
        [{"a": {}}],
        {},
        "`a` is a record, the file takes strings, numbers and booleans",
        0,
    ),
    ("render.keyval", [{"a = b": 1}], {}, '"a = b" cannot be a key of this file', 0),
    ("render.keyval", [{"#a": 1}], {}, '"#a" cannot be a key of this file', 0),
    ("render.keyval", [{"a b": 1}], {"separator": " "}, '"a b" cannot be a key of this file', 0),
    (
        "render.keyval",
        [{"a": ["x y"]}],
        {"lists": "space"},
        'an item of `a` cannot stand between separators: "x y"',
        0,
    ),
    ("render.shell", [{"a-b": 1}], {}, '"a-b" is no name of a shell variable', 0),
    (
        "render.shell",
        [{"A": []}],
        {},
        '`A` is a list, a shell variable is not; write `join(…, " ")`',
        0,
    ),
    ("render.ini", [{"Unit": 1}], {}, "section `Unit` is an integer, not a record", 0),
    ("render.ini", [{"a]": {}}], {}, '"a]" cannot be the name of a section', 0),
    (
        "render.ini",
        [{"Unit": {"A": "b\\"}}],
        {},
        "a value of section `Unit` ends in `\\`, which continues the line",
        0,
    ),
]


@pytest.mark.parametrize(("name", "args", "named", "message", "argument"), REFUSED)
def test_wrong_use_is_refused_in_words(
    name: str, args: list[object], named: dict[str, object], message: str, argument: object
) -> None:
    assert refusal(name, *args, **named) == (message, argument)


def test_a_bad_pattern_is_refused() -> None:
    message, argument = refusal("matches", "a", "[")
    assert message.startswith('the pattern "[" cannot be used: ')
    assert argument == 1


def test_unique_and_dedup_tell_kinds_apart() -> None:
    mixed = [1, True, 1.0, "1", Size(1), Duration(1), Mode(1), [1], {"a": 1}, None]
    assert call("unique", mixed)
    assert same(call("dedup", [*mixed, *mixed]), mixed)


def test_amounts_keep_their_kind() -> None:
    assert same(call("sum", [Size(1), Size(2)]), Size(3))
    assert same(call("max", [Duration(1), Duration(2)]), Duration(2))
    assert same(call("weeks", call("duration", 14 * 86400)), 2)
    assert same(call("bytes", call("size", 7)), 7)


# Shell.

WORDS = st.text(
    st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20
) | st.text(alphabet="ab'\"\\$`!~#*?[]{}()<>|&;=:% \t\n", max_size=20)


def sh(script: str) -> str:
    return subprocess.run(
        ["sh", "-s"],
        input=script.encode(),
        capture_output=True,
        check=True,
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
    ).stdout.decode()


@settings(max_examples=60)
@given(st.lists(WORDS, min_size=1, max_size=8))
def test_a_shell_reads_back_every_word(words: list[str]) -> None:
    script = f"printf '%s\\0' {call('shell', words)}"
    assert sh(script).split("\0")[:-1] == words


@settings(max_examples=60)
@given(st.lists(WORDS, min_size=1, max_size=8), st.booleans())
def test_a_shell_reads_back_every_assignment(words: list[str], quote: bool) -> None:
    names = [f"V{index}" for index in range(len(words))]
    text = call("render.shell", dict(zip(names, words, strict=True)), quote=quote)
    script = text + "".join([f'printf "%s\\0" "${name}"\n' for name in names])
    assert sh(script).split("\0")[:-1] == words


@given(WORDS)
def test_words_are_quoted_only_where_needed(word: str) -> None:
    quoted = call("shell", word)
    assert (quoted == word) == (shlex.quote(word) == word)
    assert shlex.split(quoted) == [word]


def test_values_of_shell_variables() -> None:
    record = {
        "SUITE": "stable",
        "EXTRA": "a b",
        "PORT": 80,
        "CACHE": True,
        "EMPTY": "",
        "NONE": None,
    }
    assert call("render.shell", record) == (
        "SUITE=stable\nEXTRA='a b'\nPORT=80\nCACHE=yes\nEMPTY=\n"
    )
    assert call("render.shell", {"A": 'x "$y" `z` \\'}, quote=True) == (
        'A="x \\"\\$y\\" \\`z\\` \\\\"\n'
    )


# Files.


def test_a_libvirt_configuration_is_written_to_the_byte() -> None:
    record: dict[str, object] = {
        "listen_tls": True,
        "listen_tcp": False,
        "tls_port": "16555",
        "listen_addr": "0.0.0.0",
        "unix_sock_ro_perms": call("octal", Mode(0o777)),
        "access_drivers": None,
        "max_clients": 5000,
        "log_filters": "3:remote 4:event",
        "keepalive_interval": call("seconds", Duration(5 * SECOND)),
        "tls_allowed_dn_list": ["C=ES,CN=a", "C=ES,CN=b"],
    }
    assert call("render.keyval", record, booleans="10", quote=True) == (
        "listen_tls = 1\n"
        "listen_tcp = 0\n"
        'tls_port = "16555"\n'
        'listen_addr = "0.0.0.0"\n'
        'unix_sock_ro_perms = "0777"\n'
        "max_clients = 5000\n"
        'log_filters = "3:remote 4:event"\n'
        "keepalive_interval = 5\n"
        'tls_allowed_dn_list = [ "C=ES,CN=a", "C=ES,CN=b" ]\n'
    )


@pytest.mark.parametrize(
    ("lists", "text"),
    [
        ("brackets", 'a = [ "x", 1 ]\nb = []\n'),
        ("space", 'a = "x 1"\nb = ""\n'),
        ("comma", 'a = "x,1"\nb = ""\n'),
        ("repeat", 'a = "x"\na = 1\n'),
    ],
)
def test_lists_in_key_value_files(lists: str, text: str) -> None:
    assert call("render.keyval", {"a": ["x", 1], "b": []}, lists=lists, quote=True) == text


def test_sections_are_read_back_by_another_parser() -> None:
    text = call(
        "render.ini",
        {
            "Unit": {"Description": "a = b; c", "Wants": None},
            "Service": {"Restart": "no", "PrivateTmp": True, "Nice": -5},
            "Empty": {},
            "Gone": None,
            "Install": {"WantedBy": "multi-user.target"},
        },
    )
    parser = configparser.RawConfigParser(delimiters="=", comment_prefixes=("#",))
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(text)
    assert {name: dict(parser[name]) for name in parser.sections()} == {
        "Unit": {"Description": "a = b; c"},
        "Service": {"Restart": "no", "PrivateTmp": "yes", "Nice": "-5"},
        "Empty": {},
        "Install": {"WantedBy": "multi-user.target"},
    }


def test_sections_repeat() -> None:
    routes = [{"Gateway": "10.0.0.1"}, {"Gateway": "10.0.0.2"}]
    assert call("render.ini", {"Route": routes}) == (
        "[Route]\nGateway=10.0.0.1\n\n[Route]\nGateway=10.0.0.2\n"
    )


def test_json_is_read_back() -> None:
    value = {"b": [Duration(1_500_000), Mode(0o644)], "a": {"c": Size(5), "é\n": None}}
    text = call("render.json", value)
    assert text.endswith("}\n")
    assert json.loads(text) == to_json(value)


class Secret:
    kind = "secret"


def test_json_refuses_what_has_no_json_form() -> None:
    message, _ = refusal("render.json", {"a": [1, {"b c": Secret()}]})
    assert message == 'the secret at `a[1]."b c"` has no JSON form'


@given(st.text())
def test_sums_of_text(text: str) -> None:
    assert call("sha256", text) == hashlib.sha256(text.encode()).hexdigest()


ODD_PATHS = [
    "/",
    "//",
    "/srv/ganeti",
    "/srv/my-disks/",
    "//srv///a//",
    "/.hidden/.b",
    "/./a/./b",
    "/srv/with blank",
    "/srv/@home:x_y.z",
    "/srv/äöü/日本",
    "/srv/back\\slash",
    "/a\tb",
    "/proc/sys/fs/binfmt_misc",
    "/srv/%i$x'\"`",
    "/...",
    "/-",
]


@pytest.mark.needs("systemd-escape", package="systemd")
@pytest.mark.parametrize("path", ODD_PATHS)
def test_paths_are_escaped_as_systemd_does(path: str) -> None:
    done = subprocess.run(
        ["systemd-escape", "--path", "--suffix=mount", "--", path],
        capture_output=True,
        text=True,
        check=True,
    )
    assert call("escape-path", path) + ".mount" == done.stdout.rstrip("\n")


@pytest.mark.parametrize(
    "network",
    ["10.0.0.0/29", "10.0.0.0/31", "10.0.0.0/32", "fd00::/125", "fd00::/127", "fd00::/128"],
)
def test_hosts_of_a_network_are_those_of_python(network: str) -> None:
    """In order, with nothing below the first and nothing above the last."""
    parsed = ipaddress.ip_network(network)
    low = 0 if parsed.num_addresses <= 2 else 1
    hosts = [str(each) for each in parsed.hosts()]
    numbers = range(low, low + len(hosts))
    assert [call("host-address", network, number) for number in numbers] == hosts
    for number in (low - 1, low + len(hosts)):
        assert refusal("host-address", network, number)[1] == 1
