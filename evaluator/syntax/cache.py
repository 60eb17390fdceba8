"""The user's cache: trees and what is known of files, kept between runs.

`$VCFG_CACHE_DIR`, else `$XDG_CACHE_HOME/vcfg`, else `~/.cache/vcfg`; `VCFG_CACHE=off` turns it
off. An entry is believed only if folder and file belong to us, nobody else may write to them,
and length and checksum are right; otherwise it is as if it were not there. What cannot be
written is not written. Entries are replaced whole, never changed in place.
"""

from __future__ import annotations

import os

try:
    from _blake2 import blake2b  # hashlib would load OpenSSL
except ImportError:
    from hashlib import blake2b

_MAGIC = b"vcfg-cache-1\n"
_CHECKSUM = 16
_HEADER = len(_MAGIC) + 8 + _CHECKSUM
_WRITABLE_BY_OTHERS = 0o022
_NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)
_KEPT_DAYS = 60
_DAY = 86400
_KINDS = ("trees-", "checked-", "tables-")
"""What entries are called; there are no tables any more, but old folders have some."""


def fingerprint(*parts: str) -> str:
    """Key of an entry: hexadecimal, the same for the same parts only."""
    return digest(20, *parts).hex()


def digest(size: int, *parts: str) -> bytes:
    """So many bytes, the same for the same parts only."""
    made = blake2b(digest_size=size)
    for part in parts:
        data = part.encode("utf-8", "surrogatepass")
        made.update(b"%d:" % len(data))
        made.update(data)
    return made.digest()


def folder() -> str | None:
    """Where the cache is (it may not exist yet); None if it is off or there is no home."""
    environment = os.environ
    if environment.get("VCFG_CACHE") == "off":
        return None
    chosen = environment.get("VCFG_CACHE_DIR")
    if chosen:
        return chosen
    base = environment.get("XDG_CACHE_HOME")
    if base and os.path.isabs(base):
        return os.path.join(base, "vcfg")
    home = environment.get("HOME")
    return os.path.join(home, ".cache", "vcfg") if home and os.path.isabs(home) else None


def read(kind: str, key: str) -> bytes | None:
    """Content of an entry (`kind` is `trees` or `checked`), None unless it can be believed."""
    base = folder()
    if base is None or not _is_ours(base):
        return None
    try:
        descriptor = os.open(os.path.join(base, f"{kind}-{key}"), os.O_RDONLY | _NO_FOLLOW)
    except (OSError, ValueError):
        return None
    try:
        status = os.fstat(descriptor)
        if status.st_mode & 0o170000 != 0o100000 or not _owned(status):
            return None
        data = _read_whole(descriptor, status.st_size)
    except OSError:
        return None
    finally:
        os.close(descriptor)
    return _content(data)


def write(kind: str, key: str, content: bytes) -> None:
    """Store an entry if that is possible; whoever reads meanwhile sees the old one or the new."""
    base = folder()
    if base is None:
        return
    name = os.path.join(base, f"{kind}-{key}")
    temporary = f"{name}.{os.getpid()}.tmp"
    try:
        os.makedirs(base, 0o700, exist_ok=True)
        if not _is_ours(base):
            return
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NO_FOLLOW
        with os.fdopen(os.open(temporary, flags, 0o600), "wb") as file:
            file.write(_MAGIC)
            file.write(len(content).to_bytes(8, "little"))
            file.write(_checksum(content))
            file.write(content)
        os.replace(temporary, name)
    except (OSError, ValueError):
        _forget(temporary)


def prune_daily(now: float) -> None:
    """`prune`, unless that was done within a day before `now`."""
    base = folder()
    if base is None or not _is_ours(base):
        return
    mark = os.path.join(base, "pruned")
    try:
        if now - os.lstat(mark).st_mtime < _DAY:
            return
    except FileNotFoundError:
        pass  # never before
    except OSError:
        return
    _forget(mark)
    try:
        os.close(os.open(mark, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NO_FOLLOW, 0o600))
    except OSError:
        return
    prune(now)


def prune(now: float) -> None:
    """Remove entries that nobody wrote or renewed for 60 days before `now` (seconds)."""
    base = folder()
    if base is None or not _is_ours(base):
        return
    oldest = now - _KEPT_DAYS * _DAY
    try:
        with os.scandir(base) as entries:
            for entry in entries:
                if entry.name.startswith(_KINDS) and (
                    entry.stat(follow_symlinks=False).st_mtime < oldest
                ):
                    _forget(entry.path)
    except OSError:
        return


def _content(data: bytes) -> bytes | None:
    if not data.startswith(_MAGIC) or len(data) < _HEADER:
        return None
    size = int.from_bytes(data[len(_MAGIC) : len(_MAGIC) + 8], "little")
    content = data[_HEADER:]
    if len(content) != size or _checksum(content) != data[len(_MAGIC) + 8 : _HEADER]:
        return None
    return content


def _checksum(content: bytes) -> bytes:
    return blake2b(content, digest_size=_CHECKSUM).digest()


def _read_whole(descriptor: int, size: int) -> bytes:
    data = os.read(descriptor, size + 1)
    while len(data) < size:
        more = os.read(descriptor, size - len(data))
        if not more:
            break
        data += more
    return data


def _is_ours(directory: str) -> bool:
    try:
        status = os.lstat(directory)
    except (OSError, ValueError):
        return False
    return status.st_mode & 0o170000 == 0o040000 and _owned(status)


def _owned(status: os.stat_result) -> bool:
    return status.st_uid == os.geteuid() and not status.st_mode & _WRITABLE_BY_OTHERS


def _forget(path: str) -> None:
    try:
        os.unlink(path)
    except (OSError, ValueError):
        return
