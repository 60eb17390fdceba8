"""Names every file knows without importing: the builtin functions.

Kept apart from what they do, so that names can be checked without loading them; a test
holds that this list and the functions agree.
"""

from __future__ import annotations

BUILTIN_NAMES = frozenset(
    """
    join split lines unique dedup sort reverse flatten sum min max all any int float string
    upper lower trim replace starts-with ends-with contains matches indent octal seconds
    minutes hours days weeks bytes kib mib gib duration size address netmask network prefix
    broadcast calendar sha256 shell render render.keyval render.shell render.ini render.json
    keys values has length kind file
    """.split()
)
