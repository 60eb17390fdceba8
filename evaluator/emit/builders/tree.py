"""A tree for builders that copy one into an image, and a script for what a tree cannot say.

The script is `activate` itself, told that files may have come with the tree: snippets that wait
for them run then. Side files say the same of accounts, directories and units to systemd.
"""

from __future__ import annotations

from evaluator.emit.builders.sysusers import FILE, sysusers_text
from evaluator.emit.declarative import tmpfiles_text
from evaluator.emit.outputs import Adapted, Output
from evaluator.emit.rows import preset_text
from evaluator.emit.tree import tree_tar
from evaluator.plan.paths import PRESET

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evaluator.emit.outputs import Built

REST = """\
#!/bin/sh
# What tree.tar cannot say: accounts, owners that have no number yet, secrets, seeds, units,
# snippets. Files of the tree that are in place count as changed by it, the first time.
exec sh "${0%/*}/activate" --unpacked "$@"
"""


def adapt(built: Built) -> Adapted:
    """The archive, the script beside `activate`, and the side files that have something to say."""
    plan = built.plan
    sides = {
        FILE: sysusers_text(plan) if plan["users"] or plan["groups"] else "",
        "tmpfiles.d/vcfg.conf": tmpfiles_text(plan),
        PRESET.removeprefix("/etc/systemd/"): preset_text(plan) if plan["units"] else "",
    }
    outputs = {"tree.tar": Output(tree_tar(plan)), "activate-rest": Output(REST, 0o755)}
    outputs |= {name: Output(text) for name, text in sides.items() if text}
    return Adapted(outputs, _usage)


def _usage(folder: str) -> str:
    return (
        f"(umask 022 && tar -C ROOT --keep-directory-symlink -xpf {folder}/tree.tar) "
        f"&& sh {folder}/activate-rest --root=ROOT"
    )
