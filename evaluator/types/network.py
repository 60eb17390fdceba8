"""Scalar types of the network: ip-address, cidr and hostname."""

from __future__ import annotations

from evaluator.types.addresses import length_of_mask, read_address, read_network
from evaluator.types.strings import String, limited
from evaluator.types.values import quote

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Ranges = list[tuple[Any, Any]]

_FAMILY = {4: "IPv4 address", 6: "IPv6 address", None: "IP address"}
_LONGEST_NAME = 253
_LONGEST_LABEL = 63


class _Versioned(String):
    """A string type that may be held to version 4 or 6 of the protocol."""

    __slots__ = ("version",)
    suffix = ""

    def __init__(self, version: int | None = None, *limits: Any) -> None:
        super().__init__(*limits)
        self.version = version

    def describe(self) -> str:
        return _FAMILY[self.version] + self.suffix + super().describe().removeprefix(self.noun)

    def arguments(self) -> list[str]:
        version = [] if self.version is None else [f"version: {self.version}"]
        return version + super().arguments()

    def _family(self, version: int) -> str | None:
        """What is wrong with an address of this version."""
        if self.version in {None, version}:
            return None
        return f"it is an {_FAMILY[version]}"

    def _if_fits(self, text: str) -> str | None:
        """The text as a literal when it fits."""
        return None if self.fault(text) is not None else quote(text)


class IpAddress(_Versioned):
    """`ip-address(version: 4)`: one address, without prefix length, brackets or zone."""

    __slots__ = ()
    name = "ip-address"
    noun = "IP address"

    def form(self, value: str) -> str | None:
        if "/" in value:
            return "it has a prefix length, which belongs to the type `cidr`"
        if "%" in value:
            return "it has a zone"
        if value[:1] == "[":
            return "it stands in brackets"
        try:
            version, _ = read_address(value)
        except ValueError as problem:
            return str(problem)
        return self._family(version)

    def remedy(self, value: object) -> str | None:
        if not isinstance(value, str):
            return None
        bare = value.strip().partition("/")[0].partition("%")[0].strip("[]")
        return None if bare == value else self._if_fits(bare)

    def json_schema(self) -> dict[str, Any]:
        forms = [{"type": "string", "format": f"ipv{version}"} for version in (4, 6)]
        if self.version is not None:
            return {"type": "string", "format": f"ipv{self.version}", **self.limits.schema()}
        return {"type": "string", "anyOf": forms, **self.limits.schema()}


class Cidr(_Versioned):
    """`cidr(version: 4)`: an address with a prefix length, of a host or of a network."""

    __slots__ = ()
    name = "cidr"
    noun = "IP address"
    suffix = " with prefix length"

    def form(self, value: str) -> str | None:
        try:
            address, _ = read_network(value)
        except ValueError as problem:
            return str(problem)
        return self._family(address[0])

    def remedy(self, value: object) -> str | None:
        if not isinstance(value, str) or "/" not in value:
            return None
        host, _, mask = value.partition("/")
        try:
            return self._if_fits(f"{host}/{length_of_mask(mask)}")
        except ValueError:
            return None

    def json_schema(self) -> dict[str, Any]:
        return {"type": "string", "pattern": "^[0-9A-Fa-f:.]+/[0-9]{1,3}$", **self.limits.schema()}


class Hostname(String):
    """`hostname`: labels of letters, digits and inner dashes with dots between (RFC 1123)."""

    __slots__ = ()
    name = "hostname"
    noun = "host name"

    def form(self, value: str) -> str | None:
        if not value:
            return "it is empty"
        if len(value) > _LONGEST_NAME:
            return f"it has more than {_LONGEST_NAME} characters"
        labels = value.split(".")
        for label in labels:
            problem = _label_fault(label)
            if problem is not None:
                return problem
        # Programs would read it as an address, or as a mistyped one.
        return "its last part is only digits" if labels[-1].isdigit() else None

    def remedy(self, value: object) -> str | None:
        if not isinstance(value, str):
            return None
        better = value.strip().rstrip(".").replace("_", "-")
        return None if better == value or self.fault(better) is not None else quote(better)

    def json_schema(self) -> dict[str, Any]:
        return {"type": "string", "format": "hostname", **self.limits.schema()}


def _label_fault(label: str) -> str | None:
    """What is wrong with one part of a host name."""
    if not label:
        return "a part between dots is empty"
    if len(label) > _LONGEST_LABEL:
        return f"a part has more than {_LONGEST_LABEL} characters"
    plain = label.isascii() and label.isalnum()
    for character in "" if plain else label:
        if not (character.isascii() and (character.isalnum() or character == "-")):
            return f"{quote(character)} does not occur in host names"
    if label[0] == "-" or label[-1] == "-":
        return f"`{label}` starts or ends with a dash"
    return None


def _version(named: dict[str, object]) -> int | None:
    """The argument `version`; ValueError when it is neither 4 nor 6."""
    version = named.get("version")
    if version is None:
        return None
    if not isinstance(version, int) or version not in {4, 6}:
        raise ValueError("`version` is 4 or 6")
    return version


def make_ip_address(ranges: Ranges, named: dict[str, object]) -> IpAddress:
    """`ip-address`, `ip-address(version: 6)`, with the common arguments."""
    limits = limited(ranges, named, "ip-address", {"version": "int"})
    return IpAddress(_version(named), *limits)


def make_cidr(ranges: Ranges, named: dict[str, object]) -> Cidr:
    """`cidr`, `cidr(version: 4)`, with the common arguments."""
    limits = limited(ranges, named, "cidr", {"version": "int"})
    return Cidr(_version(named), *limits)


def make_hostname(ranges: Ranges, named: dict[str, object]) -> Hostname:
    """`hostname` with the common arguments."""
    return Hostname(*limited(ranges, named, "hostname"))
