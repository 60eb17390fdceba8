"""Packer: two provisioners for sources that are the user's own, in the same folder.

A `build` of Packer names its sources literally, and cannot be extended by another file; a dynamic
block takes them from a variable. The second provisioner asks the script whether anything is left
to do, which fails the build if there is. Sources: https://developer.hashicorp.com/packer/docs,
"Shell Provisioner", "File Provisioner", "Dynamic Blocks"; Packer 1.6.6.
"""

from __future__ import annotations

from evaluator.emit.outputs import Adapted, Output
from evaluator.emit.secrets import references

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evaluator.emit.outputs import Built

VARIABLES = """\
# Configures what Packer builds by the script `activate` beside this file. Sources are yours: they
# stand in a file of their own in this folder.

variable "vcfg_sources" {
  description = "The sources to configure, each as TYPE.NAME."
  type        = list(string)
}

variable "vcfg_options" {
  description = "What the script is called with: --live, or --inside in a container."
  type        = string
  default     = "--live --adopt=backup"
}
"""

SECRETS = """
variable "vcfg_secrets" {
  description = "The folder of the secrets that go by a name, on this machine."
  type        = string
}
"""

BUILD = """
build {{
  dynamic "source" {{
    for_each = var.vcfg_sources
    labels   = [source.value]
    content {{}}
  }}
{before}
  provisioner "shell" {{
    script          = "${{path.root}}/activate"
    execute_command = "{command} ${{var.vcfg_options}}{failed}"
  }}

  # A second run has to find nothing to do.
  provisioner "shell" {{
    script          = "${{path.root}}/activate"
    execute_command = "{command} ${{var.vcfg_options}} --check{ended}"
  }}
}}
"""

#: In memory, and readable by nobody else.
FOLDER = "/dev/shm/vcfg-secrets"  # noqa: S108 # on the machine that is configured

BRING = f"""
  provisioner "shell" {{
    inline = ["umask 077 && rm -rf {FOLDER} && mkdir {FOLDER}"]
  }}

  provisioner "file" {{
    source      = "${{var.vcfg_secrets}}/"
    destination = "{FOLDER}"
  }}
"""
#: They go when the script fails, and when it was run for the last time. Debian's Packer has no
#: provisioner for what is to be done after a failure.
FAILED = f" || {{ code=$?; rm -rf {FOLDER}; exit $code; }}"
ENDED = f"; code=$?; rm -rf {FOLDER}; exit $code"


def adapt(built: Built) -> Adapted:
    """One file; it says nothing of the plan but whether somebody has to bring secrets."""
    named = any("name" in secret for secret in references(built.plan))
    text = VARIABLES
    if named:
        text += SECRETS
    text += BUILD.format(
        before=BRING if named else "",
        failed=FAILED if named else "",
        ended=ENDED if named else "",
        command=_command(named=named),
    )
    return Adapted({"vcfg.pkr.hcl": Output(text)}, lambda folder: _usage(folder, named=named))


def _command(*, named: bool) -> str:
    """As root whoever logs in; the script is read by a shell, so no place has to allow programs."""
    secrets = f" VCFG_SECRETS={FOLDER}" if named else ""
    return (
        "as=; [ $(id -u) -eq 0 ] || as='sudo -n'; "
        f"$as env {{{{ .Vars }}}}{secrets} sh '{{{{ .Path }}}}'"
    )


def _usage(folder: str, *, named: bool) -> str:
    secrets = "-var vcfg_secrets=secrets " if named else ""
    return f"""packer build {secrets}-var 'vcfg_sources=["qemu.debian"]' {folder}"""
