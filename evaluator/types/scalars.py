"""The builtin scalar types by the name they have in the language.

A constructor takes the ranges of a declaration, `int(1..9)` being `[(1, 9)]`, and its named
arguments, and raises ValueError in words when the declaration contradicts itself. Rooms of types
that few configurations declare are loaded when one is.
"""

from __future__ import annotations

from evaluator.types.base import Scalar, Type
from evaluator.types.literals import AnyString, Literals
from evaluator.types.numbers import (
    make_bool,
    make_duration,
    make_float,
    make_int,
    make_mode,
    make_port,
    make_size,
)
from evaluator.types.secrets import make_secret, make_secret_text
from evaluator.types.strings import make_path, make_string, make_text, make_url

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Ranges = list[tuple[Any, Any]]
    Arguments = dict[str, object]
    Constructor = Callable[[Ranges, Arguments], Type]

__all__ = ["SCALARS", "AnyString", "Literals", "Scalar", "Type"]


def _hostname(ranges: Ranges, named: Arguments) -> Type:
    from evaluator.types.network import make_hostname

    return make_hostname(ranges, named)


def _ip_address(ranges: Ranges, named: Arguments) -> Type:
    from evaluator.types.network import make_ip_address

    return make_ip_address(ranges, named)


def _cidr(ranges: Ranges, named: Arguments) -> Type:
    from evaluator.types.network import make_cidr

    return make_cidr(ranges, named)


def _schedule(ranges: Ranges, named: Arguments) -> Type:
    from evaluator.types.schedule import make_schedule

    return make_schedule(ranges, named)


SCALARS: dict[str, Constructor] = {
    "bool": make_bool,
    "int": make_int,
    "float": make_float,
    "string": make_string,
    "text": make_text,
    "path": make_path,
    "port": make_port,
    "mode": make_mode,
    "duration": make_duration,
    "size": make_size,
    "url": make_url,
    "hostname": _hostname,
    "ip-address": _ip_address,
    "cidr": _cidr,
    "schedule": _schedule,
    "secret": make_secret,
    "secret-text": make_secret_text,
}
