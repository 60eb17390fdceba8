"""How units are spelt elsewhere, in small letters, and what they are here."""

from __future__ import annotations

OTHER_TIMES = {
    "usec": "us",
    "msec": "ms",
    "sec": "s",
    "secs": "s",
    "second": "s",
    "seconds": "s",
    "m": "min",
    "mins": "min",
    "minute": "min",
    "minutes": "min",
    "hr": "h",
    "hour": "h",
    "hours": "h",
    "day": "d",
    "days": "d",
    "week": "w",
    "weeks": "w",
}

OTHER_SIZES = {
    "b": "B",
    "byte": "B",
    "bytes": "B",
    "kb": "kB",
    "mb": "MB",
    "gb": "GB",
    "tb": "TB",
    "pb": "PB",
    "k": "KiB",
    "m": "MiB",
    "g": "GiB",
    "t": "TiB",
    "p": "PiB",
    "ki": "KiB",
    "mi": "MiB",
    "gi": "GiB",
    "ti": "TiB",
    "kib": "KiB",
    "mib": "MiB",
    "gib": "GiB",
    "tib": "TiB",
    "pib": "PiB",
}
