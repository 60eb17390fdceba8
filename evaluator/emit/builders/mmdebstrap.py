"""mmdebstrap: a folder for `--hook-dir`, whose hook runs outside the new root.

The root's folder is the hook's first argument. The hook finds the script beside itself, so the
output folder may lie anywhere. Source: mmdebstrap(1), `--hook-dir`.
"""

from __future__ import annotations

from evaluator.emit.outputs import Adapted, Output

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evaluator.emit.outputs import Built

HOOK = """\
#!/bin/sh
# Run by mmdebstrap when all packages are there; $1 is the new root.
exec sh "$(dirname "$0")/../activate" --root="$1"
"""


def adapt(built: Built) -> Adapted:
    """The hook; packages go to mmdebstrap itself, which installs them in one go."""
    return Adapted({"mmdebstrap/customize90-vcfg": Output(HOOK, 0o755)}, _usage)


def _usage(folder: str) -> str:
    return (
        f'mmdebstrap --variant=minbase --include="$(paste -sd, {folder}/packages.txt)" '
        f"--hook-dir={folder}/mmdebstrap bookworm image.tar"
    )
