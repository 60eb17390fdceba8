"""Names of systemd's units that stand for paths."""

from __future__ import annotations

_PLAIN = frozenset(
    b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789:_."
)  # What needs no escape; `-` does, since it stands for `/`.


def escape_path(path: str) -> str:
    """The path as a unit's name has it; ValueError, in words, for what is no absolute path."""
    if not path.startswith("/"):
        raise ValueError("is no absolute path")
    parts = [part for part in path.split("/") if part not in {"", "."}]
    if ".." in parts:
        raise ValueError("goes up with `..`, which a name of a unit cannot say")
    if "\0" in path:
        raise ValueError("holds a NUL character")
    if not parts:
        return "-"
    data = "/".join(parts).encode("utf-8", "surrogatepass")
    return "".join([_escaped(byte, first=position == 0) for position, byte in enumerate(data)])


def _escaped(byte: int, *, first: bool) -> str:
    """One byte: `-` for the slash, itself, or its number; a dot in front is hidden."""
    if byte == 0x2F:
        return "-"
    if byte in _PLAIN and not (first and byte == 0x2E):
        return chr(byte)
    return f"\\x{byte:02x}"
