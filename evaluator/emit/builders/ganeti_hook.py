"""Ganeti: a hook of instance-debootstrap, which runs when the system of an instance is unpacked.

One hook serves all instances of a fleet: each has its folder by its name. It refuses instances
that have none, because Ganeti shows what a hook says only if it fails. Hooks are run by run-parts,
which passes over names with a dot; a link is resolved, so that the outputs may lie anywhere.
Sources: `create` and `common.sh` of ganeti-instance-debootstrap 0.16, run-parts(8).
"""

from __future__ import annotations

import re

from evaluator.emit.outputs import Adapted, Output

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evaluator.emit.outputs import Built

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]*")
#: What stands for a name that no instance has.
NO_INSTANCE = "-"

HOOK = """\
#!/bin/sh
# Run by Ganeti's instance-debootstrap when the system of an instance is unpacked in $TARGET.
set -eu
case $INSTANCE_NAME in
'' | .* | */*)
    echo "vcfg: $INSTANCE_NAME is no name of an instance" >&2
    exit 1 ;;
esac
hook=$(readlink -f -- "$0")
out=${hook%/*}/..
{script}
# Every instance may have secrets of its own; they are named on this node.
export VCFG_SECRETS="${VCFG_SECRETS:-/etc/ganeti/vcfg-secrets/$INSTANCE_NAME}"
exec sh "$script" --root="$TARGET"
"""

OF_FLEET = """\
# By its whole name, or by the first part of it.
script=$out/$INSTANCE_NAME/activate
[ -f "$script" ] || script=$out/${INSTANCE_NAME%%.*}/activate
if [ ! -f "$script" ]; then
    echo "vcfg: nothing was built for $INSTANCE_NAME; there is no $script" >&2
    exit 1
fi"""

OF_HOST = """\
# What was built is for one host.
case $INSTANCE_NAME in
HOST | HOST.*) ;;
*)
    echo "vcfg: what was built is for HOST, not for $INSTANCE_NAME" >&2
    exit 1 ;;
esac
script=$out/activate"""

OF_ALL = "script=$out/activate"


def adapt(built: Built) -> Adapted:
    """The hook, in a folder that can be the folder of hooks of a variant."""
    if built.is_fleet:
        script = OF_FLEET
    elif built.plan["host"]:
        host = built.plan["host"]
        script = OF_HOST.replace("HOST", host if NAME.fullmatch(host) else NO_INSTANCE)
    else:
        script = OF_ALL
    hook = Output(HOOK.replace("{script}", script), 0o755)
    return Adapted({"ganeti-hooks/90-vcfg": hook}, _usage, is_shared=True)


def _usage(folder: str) -> str:
    return (
        f'ln -s "$(realpath {folder}/ganeti-hooks/90-vcfg)" '
        "/etc/ganeti/instance-debootstrap/hooks/90-vcfg"
    )
