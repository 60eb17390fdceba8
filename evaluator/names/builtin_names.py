"""Names every file knows without importing: the builtin functions.

Kept apart from what they do, so that names can be checked without loading them; a test
holds that this list and the functions agree.
"""

from __future__ import annotations

BUILTIN_NAMES = frozenset((
    "address", "all", "any", "broadcast", "bytes", "calendar", "calendars", "contains", "days",
    "dedup", "duration", "ends-with", "escape-path", "file", "flatten", "float", "gib", "has",
    "host-address", "hours", "indent", "int", "join", "keys", "kib", "kind", "length", "lines",
    "lower", "matches", "max", "mib", "milliseconds", "min", "minutes", "netmask", "network",
    "octal", "prefix", "render", "render.ini", "render.json", "render.keyval", "render.shell",
    "replace", "reverse", "seconds", "secret", "sha256", "shell", "size", "sort", "split",
    "starts-with", "string", "sum", "tag", "tib", "trim", "unique", "upper", "values", "weeks",
))  # fmt: skip
