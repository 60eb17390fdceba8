"""How texts are read: one small protocol, so the floors never touch the disk themselves."""

from __future__ import annotations

import os

MAX_BYTES = 64 * 1024 * 1024


class Unreadable(Exception):
    """A file cannot be read; the argument says why, in words."""


class Disk:
    """Files of this machine, plus texts handed in under a name (standard input, tests)."""

    __slots__ = ("_folders", "texts")

    def __init__(self, texts: dict[str, str] | None = None) -> None:
        self.texts = texts or {}
        # Canonical names of folders; most files lie in few of them.
        self._folders: dict[str, str] = {}

    def canonical(self, path: str) -> str:
        """The one name of a file, symbolic links resolved."""
        if path in self.texts:
            return path
        folder, _, name = path.rpartition("/")
        if not folder or name in ("", ".", ".."):
            return os.path.realpath(path)
        known = self._folders.get(folder)
        if known is None:
            known = self._folders[folder] = os.path.realpath(folder)
        whole = f"{known}/{name}" if known != "/" else f"/{name}"
        try:
            is_link = os.lstat(whole).st_mode & 0o170000 == 0o120000
        except (OSError, ValueError):
            is_link = True  # or not there; the long way says what of that
        return os.path.realpath(path) if is_link else whole

    def exists(self, path: str) -> bool:
        """Whether something is there, readable or not."""
        return path in self.texts or os.path.exists(path)

    def read(self, path: str) -> str:
        """Text of a file; raises Unreadable with the reason in words."""
        if path in self.texts:
            return self.texts[path]
        return decode(self.read_bytes(path))

    def read_named(self, path: str) -> str:
        """As `read`, of what a configuration names: a pipe there would be waited for."""
        if path not in self.texts and is_pipe(path):
            raise Unreadable("it is a pipe, which only the command line may name")
        return self.read(path)

    def read_bytes(self, path: str) -> bytes:
        """Content of a regular file; raises Unreadable with the reason in words."""
        try:
            status = os.stat(path)
            kind = status.st_mode & 0o170000
            if kind == 0o040000:
                raise Unreadable("it is a directory")
            if kind not in (0o100000, 0o010000):
                raise Unreadable("it is not a regular file")
            if status.st_size > MAX_BYTES:
                raise Unreadable(f"it is larger than {MAX_BYTES // 1048576} MiB")
            data = _content(path, status.st_size)
        except OSError as problem:
            raise Unreadable((problem.strerror or str(problem)).lower()) from None
        except ValueError:
            raise Unreadable("its name cannot be a file name") from None
        if len(data) > MAX_BYTES:
            raise Unreadable(f"it is larger than {MAX_BYTES // 1048576} MiB")
        return data


def _content(path: str, size: int) -> bytes:
    """Bytes of a file, up to one more than there may be; `size` is a guess."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        data = os.read(descriptor, size + 1)
        if len(data) == size:
            return data
        parts, length = [data], len(data)
        while data and length <= MAX_BYTES:
            data = os.read(descriptor, MAX_BYTES + 1 - length)
            parts.append(data)
            length += len(data)
        return b"".join(parts)
    finally:
        os.close(descriptor)


def is_pipe(path: str) -> bool:
    """Whether a path leads to a pipe, which gives its text once and to one reader."""
    try:
        return os.stat(path).st_mode & 0o170000 == 0o010000
    except (OSError, ValueError):
        return False


def is_odd(path: str) -> bool:
    """Whether something found in a folder is no file, nor a link to one: a pipe, a socket.

    A link to nothing is a file that is missing, and told as that.
    """
    return os.path.exists(path) and not os.path.isfile(path)


def decode(data: bytes) -> str:
    """UTF-8 text of some bytes; raises Unreadable naming the first bad byte."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as problem:
        line = data.count(b"\n", 0, problem.start) + 1
        raise Unreadable(f"it is not UTF-8 text (byte {problem.start}, line {line})") from None
