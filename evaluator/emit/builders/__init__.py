"""One room per image builder: a few lines in its own form that run the activation script.

The room `NAME` (a `-` becomes `_`) has `adapt(built)`, which gives an `Adapted` or raises
`CannotAdapt`. None of them says again what the script does; what they share is the script.
"""

from __future__ import annotations

BUILDERS = {
    "mkosi": "a `mkosi.conf` and the scripts of mkosi",
    "mmdebstrap": "a hook for mmdebstrap",
    "tree": "`tree.tar`, and a script for what a tree cannot say",
    "virt-customize": "commands for virt-customize, for a disk image that is there",
    "sysusers": "accounts for systemd-sysusers, for images that make `/etc` anew",
    "confext": "an extension for `/etc`, as a tar archive",
    "containerfile": "a `Containerfile` for podman, buildah and Docker",
    "cloud-init": "`user-data` for a machine's first boot",
    "packer": "provisioners for Packer",
    "ansible": "a playbook for Ansible",
    "dib": "an element for diskimage-builder",
    "ganeti-hook": "a hook of Ganeti's instance-debootstrap",
}
"""Name, as after `--for`, and what is written."""

MEANT = {
    "buildah": "containerfile", "debootstrap": "mmdebstrap", "diskimage-builder": "dib",
    "docker": "containerfile", "dockerfile": "containerfile", "ganeti": "ganeti-hook",
    "guestfish": "virt-customize", "instance-debootstrap": "ganeti-hook", "oci": "containerfile",
    "podman": "containerfile", "systemd-sysusers": "sysusers", "tar": "tree",
    "user-data": "cloud-init",
}  # fmt: skip
"""What they are also looked for by."""
