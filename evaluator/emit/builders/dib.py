"""diskimage-builder: an element `vcfg`, whose hook runs in the image when packages are there.

An element is copied folder by folder, so it holds the script itself. Hooks whose names have more
than letters, digits, `_` and `-` are passed over. A resolv.conf that shall stay is told by the file
that diskimage-builder puts back in the end. Sources: "Developer Guide, Elements" of
https://docs.openstack.org/diskimage-builder/, its `dib-run-parts` and `img-functions`, 3.13.
"""

from __future__ import annotations

import json

from evaluator.emit.outputs import Adapted, Output
from evaluator.emit.rows import tree_files, tree_links

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evaluator.emit.outputs import Built

ELEMENT = "elements/vcfg"
RESOLVER = "/etc/resolv.conf"

HOOK = """\
#!/bin/sh
# Run by diskimage-builder inside the image.
set -eu
sh "${0%/*}/../vcfg/activate" --inside
"""
KEEP = """\
# What is put back when the image is finished.
rm -f /etc/resolv.conf.ORIG
cp -dp /etc/resolv.conf /etc/resolv.conf.ORIG
"""


def adapt(built: Built) -> Adapted:
    """The element, with packages as `package-installs` wants them."""
    paths = {each["path"] for each in (*tree_files(built.plan), *tree_links(built.plan))}
    names = [package["name"] for package in built.plan["packages"]]
    hook = HOOK + (KEEP if RESOLVER in paths else "")
    outputs = {
        f"{ELEMENT}/element-deps": Output("package-installs\n" if names else ""),
        f"{ELEMENT}/post-install.d/50-vcfg": Output(hook, 0o755),
        f"{ELEMENT}/vcfg/activate": Output(built.activate, 0o755),
    }
    if names:
        # JSON is YAML, and in quotes no name is a number.
        wanted = json.dumps(dict.fromkeys(names), indent=2, sort_keys=True)
        outputs[f"{ELEMENT}/package-installs.yaml"] = Output(wanted + "\n")
    return Adapted(outputs, _usage)


def _usage(folder: str) -> str:
    return f"ELEMENTS_PATH={folder}/elements disk-image-create -o image debian-minimal vm vcfg"
