"""Internet addresses as numbers: reading, writing, masks. Python's `ipaddress` is too heavy.

An address is `(version, number)` with 32 or 128 bits; reading is strict (no leading zeros,
no shorthands with fewer than four parts), writing of version 6 is RFC 5952's one form.
"""

from __future__ import annotations

Address = tuple[int, int]

WIDTH = {4: 32, 6: 128}

_OCTETS = 4
_GROUPS = 8
_LONGEST_GROUP = 4
_HIGHEST_OCTET = 255


def read_address(text: str) -> Address:
    """The address a text spells; ValueError says in words why it is none."""
    return (6, _read_six(text)) if ":" in text else (4, _read_four(text))


def _read_four(text: str) -> int:
    parts = text.split(".")
    if len(parts) != _OCTETS:
        raise ValueError("an address has four numbers with dots between, or groups with colons")
    number = 0
    for part in parts:
        if not (part.isascii() and part.isdigit()):
            raise ValueError(
                f"`{part}` is no number" if part else "a number is missing between dots"
            )
        if part[0] == "0" and part != "0":
            raise ValueError(f"`{part}` has a leading zero, which some programs read as octal")
        if len(part) > len(str(_HIGHEST_OCTET)) or int(part) > _HIGHEST_OCTET:
            raise ValueError(f"{part} is greater than {_HIGHEST_OCTET}")
        number = number * 256 + int(part)
    return number


def _read_six(text: str) -> int:
    head, gap, tail = text.partition("::")
    if "::" in tail or tail.startswith(":") or ":::" in text:
        raise ValueError("`::` may stand once")
    left = _groups(head, last=not gap)
    right = _groups(tail, last=True) if gap else []
    missing = _GROUPS - len(left) - len(right)
    if missing < 0 or (gap and missing == 0):
        raise ValueError("it has more than eight groups")
    if not gap and missing:
        raise ValueError("it has fewer than eight groups and no `::`")
    number = 0
    for group in [*left, *([0] * missing), *right]:
        number = number * 65536 + group
    return number


def _groups(text: str, *, last: bool) -> list[int]:
    """The 16-bit groups of a part; with `last` it may end in a dotted version 4 address."""
    if not text:
        return []
    groups: list[int] = []
    parts = text.split(":")
    for index, part in enumerate(parts):
        if "." in part and last and index == len(parts) - 1:
            low = _read_four(part)
            groups += [low >> 16, low & 0xFFFF]
            continue
        if not part or any(character not in "0123456789abcdefABCDEF" for character in part):
            raise ValueError(
                f"`{part}` is no group of hexadecimal digits" if part else "a group is empty"
            )
        if len(part) > _LONGEST_GROUP:
            raise ValueError(f"the group `{part}` has more than four digits")
        groups.append(int(part, 16))
    return groups


def write_address(address: Address) -> str:
    """The usual text of an address."""
    version, number = address
    if version == 4:
        return ".".join([str(number >> shift & 255) for shift in (24, 16, 8, 0)])
    groups = [number >> shift & 0xFFFF for shift in range(112, -1, -16)]
    start, length = _longest_gap(groups)
    texts = [f"{group:x}" for group in groups]
    if length < 2:
        return ":".join(texts)
    return ":".join(texts[:start]) + "::" + ":".join(texts[start + length :])


def _longest_gap(groups: list[int]) -> tuple[int, int]:
    """Start and length of the longest run of zero groups, the first of equal ones."""
    best, best_length = 0, 0
    start = 0
    for index, group in enumerate([*groups, 1]):
        if group:
            if index - start > best_length:
                best, best_length = start, index - start
            start = index + 1
    return best, best_length


def read_network(text: str) -> tuple[Address, int]:
    """Address and prefix length of `10.0.0.1/24`; ValueError says in words what is wrong."""
    host, slash, length = text.partition("/")
    if not slash:
        raise ValueError("it has no prefix length, as in `/24`")
    address = read_address(host)
    width = WIDTH[address[0]]
    plain = length.isascii() and length.isdigit() and (length == "0" or length[0] != "0")
    if not plain or len(length) > len("128") or int(length) > width:
        raise ValueError(f"its prefix length is no number from 0 to {width}")
    return address, int(length)


def mask_of(version: int, length: int) -> Address:
    """The network mask of a prefix length."""
    width = WIDTH[version]
    return version, (1 << width) - (1 << width - length)


def length_of_mask(text: str) -> int:
    """The prefix length of a mask such as `255.255.255.0`; ValueError when it is no mask."""
    number = _read_four(text)
    length = number.bit_count()
    if mask_of(4, length)[1] != number:
        raise ValueError("it is no network mask: its one bits are not all in front")
    return length
