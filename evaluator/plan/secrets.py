"""Files with secrets: a plan has their parts, and what would show them is reported.

`parts` are texts and references (`{"name": …}`, `{"file": …}`, `{"command": […]}`). The
content of a secret is in no plan, since nothing before the activation script reads it.
"""

from __future__ import annotations

from evaluator.plan.errors import option_path
from evaluator.plan.paths import printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.plan.errors import Findings

CODE = "readable-secret"
SECRET_MODE = 0o600
# What systemd reads from here it shows to everybody who asks for a unit's properties.
UNIT_FOLDERS = tuple(
    f"{top}/systemd/{kind}/" for top in ("/etc", "/usr/lib", "/lib") for kind in ("system", "user")
)
READ_BY_OTHERS = 0o004


def parts_of(entry: dict[str, Any]) -> list[Any] | None:
    """The parts of a file's text as it was evaluated; None where it has no secret."""
    text = entry.get("text")
    if not isinstance(text, dict) or entry.get("manage") == "absent":
        return None
    parts: list[Any] = text["secret-text"] if "secret-text" in text else [text["secret"]]
    return parts


def texts_of(entry: dict[str, Any]) -> list[str]:
    """All that is written of a file's text, and of the references in it."""
    text = entry.get("text") or ""
    if isinstance(text, str):
        return [text]
    found: list[str] = []
    for part in parts_of(entry) or ():
        words = [part] if isinstance(part, str) else part.values()
        for each in words:
            found.extend([each] if isinstance(each, str) else each)
    return found


def check_secrets(files: dict[str, Any], findings: Findings) -> None:
    """Report files that would show a secret: units, and what everybody may read."""
    for path, entry in sorted(files.items()):
        if parts_of(entry) is None:
            continue
        mode = entry.get("mode")
        if path.startswith(UNIT_FOLDERS):
            findings.report(
                option_path("files", path, "text"),
                f"The unit file `{printable(path)}` holds a secret, which systemd shows everybody",
                "this text",
                help="put it into a file (`secrets.files`) and let the unit read that: "
                "`LoadCredential=NAME:PATH`, or `EnvironmentFile=PATH`",
                facts={"target": path},
            )
        elif mode is not None and _bits(mode) & READ_BY_OTHERS:
            findings.warn(
                option_path("files", path, "mode"),
                f"`{printable(path)}` holds a secret, and everybody can read it",
                "this mode",
                code=CODE,
                help="leave `mode` out, which means `0o600`; or name a `group` and write `0o640`",
                facts={"target": path},
            )


def _bits(mode: int | str) -> int:
    return mode if isinstance(mode, int) else int(mode, 8)
