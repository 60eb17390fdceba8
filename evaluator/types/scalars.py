"""The builtin scalar types by the name they have in the language.

A constructor takes the ranges of a declaration, `int(1..9)` being `[(1, 9)]`, and its named
arguments, and raises ValueError in words when the declaration contradicts itself.
"""

from __future__ import annotations

from evaluator.types.base import Scalar, Type
from evaluator.types.literals import AnyString, Literals
from evaluator.types.network import (
    Cidr,
    Hostname,
    IpAddress,
    make_cidr,
    make_hostname,
    make_ip_address,
)
from evaluator.types.numbers import (
    Bool,
    DurationType,
    Float,
    Int,
    ModeType,
    Port,
    SizeType,
    make_bool,
    make_duration,
    make_float,
    make_int,
    make_mode,
    make_port,
    make_size,
)
from evaluator.types.schedule import Schedule, make_schedule
from evaluator.types.secrets import SecretTextType, SecretType, make_secret, make_secret_text
from evaluator.types.strings import (
    Path,
    String,
    Text,
    Url,
    make_path,
    make_string,
    make_text,
    make_url,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Constructor = Callable[[list[tuple[Any, Any]], dict[str, object]], Type]

__all__ = [
    "SCALARS",
    "AnyString",
    "Bool",
    "Cidr",
    "DurationType",
    "Float",
    "Hostname",
    "Int",
    "IpAddress",
    "Literals",
    "ModeType",
    "Path",
    "Port",
    "Scalar",
    "Schedule",
    "SecretTextType",
    "SecretType",
    "SizeType",
    "String",
    "Text",
    "Type",
    "Url",
]

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
    "hostname": make_hostname,
    "ip-address": make_ip_address,
    "cidr": make_cidr,
    "schedule": make_schedule,
    "secret": make_secret,
    "secret-text": make_secret_text,
}
