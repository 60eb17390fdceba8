"""cloud-init: `user-data` that lays the script down on a new machine and runs it there, `--live`.

Written below cloud-init's own folder, since what lies in /run is gone after a power cut and a
module that has run once does not run again. `runcmd` is carried out after packages are there; its
list is one command, because the status of all but the last would be lost. Sources: "All cloud
config examples" and "Module reference" of https://docs.cloud-init.io/, `cc_write_files`,
`cc_runcmd`; sizes: EC2, Nova and Azure on user data.
"""

from __future__ import annotations

import gzip
from base64 import b64encode

from evaluator.emit.activate import without_remarks
from evaluator.emit.outputs import Adapted, CannotAdapt, Output
from evaluator.emit.rows import tree_files
from evaluator.emit.secrets import references
from evaluator.emit.shell import printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.emit.outputs import Built

#: What EC2 takes, and what nobody takes any more. Nova takes as much in base64: 48 KiB.
SMALL = 16 * 1024
LARGE = 64 * 1024
#: So many files are named where it is too much, if they are worth it.
SHOWN = 3
LEAST = 4096
PLACE = "/var/lib/cloud/vcfg/activate"
# Nobody reads it, and each line costs its indent.
WIDTH = 960

TEXT = """\
#cloud-config
# Runs the activation script of vcfg, `activate` beside this file without its remarks, on the new
# machine. It goes when it has succeeded; after a failure it stays, to be run again.
{packages}write_files:
  - path: {place}
    permissions: "0700"
    encoding: gz+b64
    content: |
{content}
runcmd:
  - [sh, -c, "sh {place} --live --adopt=backup && rm -f {place}"]
"""


def adapt(built: Built) -> Adapted:
    """The user data. Raises `CannotAdapt` for secrets that nobody brings, and for too much."""
    _check_secrets(references(built.plan))
    script = without_remarks(built.activate)
    payload = b64encode(gzip.compress(script.encode(), 9, mtime=0)).decode()
    lines = [payload[at : at + WIDTH] for at in range(0, len(payload), WIDTH)]
    text = TEXT.format(
        packages=_packages(built.plan),
        place=PLACE,
        content="\n".join(f"      {line}" for line in lines),
    )
    packed = gzip.compress(text.encode(), 9, mtime=0)
    outputs = {"user-data": Output(text), "user-data.gz": Output(packed)}
    return Adapted(outputs, _usage, _size_notes(len(text), len(packed), built))


def _usage(folder: str) -> str:
    return f"cloud-localds seed.img {folder}/user-data.gz"


def _packages(plan: dict[str, Any]) -> str:
    """Installed by cloud-init itself. In quotes, since `1e3` is a number to YAML."""
    names = [f'  - "{package["name"]}"\n' for package in plan["packages"]]
    return "".join(["package_update: true\npackages:\n", *names]) if names else ""


def _check_secrets(asked: list[dict[str, Any]]) -> None:
    named = ", ".join([f"`{secret['name']}`" for secret in asked if "name" in secret])
    if named:
        raise CannotAdapt(
            f"nobody brings the machine {named}, and user data is no place for a secret, as every "
            "program there can ask for it; say where the machine itself has them: "
            "`secret(file: …)` or `secret(command: […])`"
        )


def _size_notes(size: int, packed: int, built: Built) -> tuple[str, ...]:
    """Who does not take it, by its size as it is and when it is packed."""
    if packed > LARGE:
        raise CannotAdapt(
            f"user data of {packed} bytes when it is packed, and clouds take {LARGE} at most"
            f"{_largest(built)}; start the machine from an image that has them, or fetch the user "
            "data: `#include` and an address"
        )
    if size <= SMALL:
        return ()
    note = (
        f"user-data has {_at_most(size)}, user-data.gz {_at_most(packed)}, and cloud-init "
        "reads either; EC2 takes 16 kB, OpenStack 48 kB, others 64 kB; a machine that gets less "
        "fetches it: `#include` and an address"
    )
    return (note,)


def _at_most(size: int) -> str:
    """In tens, as each version of the script differs a little."""
    return f"less than {size // 10240 + 1}0 kB"


def _largest(built: Built) -> str:
    """The files that make it so large, the largest first."""
    sizes = [(len(file.get("text", "")), file["path"]) for file in tree_files(built.plan)]
    found = sorted(sizes, key=lambda each: (-each[0], each[1]))[:SHOWN]
    named = [f"`{printable(path)}` ({size} bytes)" for size, path in found if size > LEAST]
    return f"; the largest files are {', '.join(named)}" if named else ""
