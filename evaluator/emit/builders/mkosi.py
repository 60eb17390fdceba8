"""mkosi: `mkosi.conf` with the packages, and scripts that run outside the image.

`mkosi.postinst` does so since mkosi 15; mkosi 14 runs it inside, where the output folder is out of
reach, and `mkosi.finalize` outside. Exactly one of the two has something to do, and neither acts
on anything but `$BUILDROOT`. mkosi applies presets after `mkosi.postinst`, hence the preset file
that the script writes. Sources: mkosi(1) of 26 and of 14, `SCRIPTS` and `ENVIRONMENT VARIABLES`.
"""

from __future__ import annotations

from evaluator.emit.outputs import Adapted, Output
from evaluator.emit.secrets import references

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evaluator.emit.outputs import Built

CONF = """\
# Distribution, release and format are given on the command line.
[Content]
Packages={}
"""
POSTINST = """\
#!/bin/sh
# Run by mkosi 15 and newer outside the image, whose root is $BUILDROOT. mkosi 14 runs this inside
# the image, where the script is out of reach.
if [ -z "${BUILDROOT-}" ]; then
    echo 'mkosi.postinst: no BUILDROOT; this is left to mkosi.finalize' >&2
    exit 0
fi
# For an ordinary user mkosi has one id only, whose files become root's in the image.
become=
[ "$(id -u)" = 0 ] || become='unshare --map-root-user'
$become sh "$SRCDIR/activate" --root="$BUILDROOT"
"""
FINALIZE = """\
#!/bin/sh
# Run by every mkosi outside the image. Where $SRCDIR is set, since mkosi 15, mkosi.postinst did it.
[ -z "${SRCDIR-}" ] || exit 0
sh "${0%/*}/activate" --root="$BUILDROOT"
"""


FOR_14 = (
    "mkosi 14, which Debian 12 has, takes `--environment=VCFG_SECRETS=/run/keys` alone; it knows "
    "no folders of `--build-sources`"
)


def adapt(built: Built) -> Adapted:
    """The configuration with the packages, and the two scripts."""
    packages = "".join(f"\n    {package['name']}" for package in built.plan["packages"])
    secrets = any("name" in each for each in references(built.plan))
    return Adapted(
        {
            "mkosi.conf": Output(CONF.format(packages)),
            "mkosi.postinst": Output(POSTINST, 0o755),
            "mkosi.finalize": Output(FINALIZE, 0o755),
        },
        lambda folder: _usage(folder, secrets=secrets),
        (FOR_14,) if secrets else (),
    )


def _usage(folder: str, *, secrets: bool) -> str:
    given = (
        "--build-sources=.,/run/keys:keys --environment=VCFG_SECRETS=/work/src/keys "
        if secrets
        else ""
    )
    return f"mkosi -C {folder} --distribution=debian --release=bookworm {given}build"
