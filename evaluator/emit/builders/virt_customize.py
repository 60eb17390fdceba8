"""virt-customize: the commands that bring the script into a disk image, run it and take it out.

They are a file because the name of an output folder may hold what `--upload FILE:PLACE` would
take apart. Source: virt-customize(1), `--commands-from-file`.
"""

from __future__ import annotations

from evaluator.emit.outputs import Adapted, Output
from evaluator.emit.secrets import references

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evaluator.emit.outputs import Built

TOP = "# For virt-customize --commands-from-file, called from this folder.\n"
SECRETS = "/run/vcfg-secrets"
RUN = f"""\
upload activate:/root/vcfg-activate
run-command {{}}sh /root/vcfg-activate --inside; code=$?; \
rm -rf /root/vcfg-activate {SECRETS}; exit $code
"""


def adapt(built: Built) -> Adapted:
    """The file of commands."""
    names = ",".join(package["name"] for package in built.plan["packages"])
    install = f"install {names}\n" if names else ""
    secrets = any("name" in each for each in references(built.plan))
    run = RUN.format(f"VCFG_SECRETS={SECRETS} " if secrets else "")
    return Adapted(
        {"virt-customize.txt": Output(TOP + install + run)},
        lambda folder: _usage(folder, secrets=secrets),
    )


def _usage(folder: str, *, secrets: bool) -> str:
    given = '--copy-in "$here/vcfg-secrets:/run" ' if secrets else ""
    return (
        f'(here=$PWD && cd {folder} && virt-customize -a "$here/disk.img" {given}'
        "--commands-from-file virt-customize.txt)"
    )
