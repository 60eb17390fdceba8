"""mmdebstrap: a folder for `--hook-dir`, whose hook runs outside the new root.

The root's folder is the hook's first argument. The hook finds the script beside itself, so the
output folder may lie anywhere. In its own user namespace mmdebstrap does not have the id of who
started it: what only that user may read comes into the root by `copy-in`, for a moment. Source:
mmdebstrap(1), `--hook-dir`, `copy-in` and `--mode`.
"""

from __future__ import annotations

from evaluator.emit.outputs import Adapted, Output

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evaluator.emit.outputs import Built

HOOK = """\
#!/bin/sh
# Run by mmdebstrap when all packages are there; $1 is the new root.
secrets=$1/run/vcfg-secrets
if [ -d "$secrets" ]; then
    # --customize-hook='copy-in vcfg-secrets /run' brought them; they do not stay
    trap 'rm -rf -- "$secrets"' EXIT
    VCFG_SECRETS=$secrets
    export VCFG_SECRETS
fi
sh "${0%/*}/../activate" --root="$1"
"""


def adapt(built: Built) -> Adapted:
    """The hook; packages go to mmdebstrap itself, which installs them in one go."""
    packages = bool(built.plan["packages"])
    return Adapted(
        {"mmdebstrap/customize90-vcfg": Output(HOOK, 0o755)},
        lambda folder: _usage(folder, packages=packages),
    )


def _usage(folder: str, *, packages: bool) -> str:
    include = f'--include="$(cat {folder}/packages.txt)" ' if packages else ""
    return (
        f"mmdebstrap --variant=minbase {include}--hook-dir={folder}/mmdebstrap bookworm image.tar"
    )
