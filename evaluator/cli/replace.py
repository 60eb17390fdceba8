"""Replaces a file at once: nobody ever finds half of it, and a failure leaves the old one."""

from __future__ import annotations

import os
import tempfile

_WRITE_BITS = 0o222


class CannotReplace(Exception):
    """The file stays as it is; the argument says why, in words."""


def replace_text(path: str, text: str) -> None:
    """Put a text in the place of a file, which keeps its mode and, where we may, its owner.

    A file that nobody may write is not replaced either, though its folder would allow it.
    `path` is canonical: a symbolic link would be replaced by a file.
    """
    try:
        status = os.stat(path)
        if is_protected(path):
            raise CannotReplace("it is write-protected")
        folder, name = os.path.split(path)
        descriptor, temporary = tempfile.mkstemp(prefix=f".{name[:100]}.", dir=folder)
        try:
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(text.encode("utf-8"))
                _take_after(status, stream.fileno())
                stream.flush()
                os.fsync(stream.fileno())
            os.replace(temporary, path)
        except BaseException:
            os.unlink(temporary)
            raise
    except OSError as problem:
        raise CannotReplace((problem.strerror or str(problem)).lower()) from None


def is_protected(path: str) -> bool:
    """Whether a file is not to be written; the mode counts for root too."""
    return not os.stat(path).st_mode & _WRITE_BITS or not os.access(path, os.W_OK)


def _take_after(status: os.stat_result, descriptor: int) -> None:
    """Owner and mode of the file that is replaced; ordinary users keep what they give away."""
    ours = os.fstat(descriptor)
    if (ours.st_uid, ours.st_gid) != (status.st_uid, status.st_gid):
        try:
            os.fchown(descriptor, status.st_uid, status.st_gid)
        except PermissionError:
            os.fchmod(descriptor, status.st_mode & 0o777)
            return
    os.fchmod(descriptor, status.st_mode & 0o7777)
