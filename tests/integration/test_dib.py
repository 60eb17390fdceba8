"""diskimage-builder makes an archive of a small system with our element."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from .adapters import APPLICATION, bring, built
from .sandbox import Sandbox
from .test_ganeti_debootstrap import LOOPS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

#: A system in the place of a distribution's: what its runner of hooks needs, and no more.
BASE = r"""
set -eu
top=/srv/elements/small-system
mkdir -p $top/root.d
echo operating-system >$top/element-provides
programs=$(dpkg -L bash coreutils dash findutils grep gzip mawk mount sed tar util-linux |
  grep -E '^(/usr)?/bin/' | while read -r each; do [ ! -f "$each" ] || readlink -f "$each"; done)
libraries=$(ldd $programs 2>/dev/null | grep -o '/[^ ]*' | grep -v : | sort -u)
real=$(readlink -f $libraries | sort -u)
links=$(for each in $libraries; do echo "/usr${each#/usr}"; done | sort -u)
tar -c -f /srv/small.tar -C / bin sbin lib lib64 usr/lib64 etc/passwd etc/group etc/shadow \
  etc/alternatives/awk etc/os-release usr/bin/awk usr/bin/sh usr/lib/os-release \
  $programs $real $links 2>/dev/null || :
cat >$top/root.d/10-unpack <<'END'
#!/bin/bash
set -eu
sudo tar -x -f /srv/small.tar -C $TARGET_ROOT
sudo mkdir -p -m 755 $TARGET_ROOT/{dev,proc,sys,run,root,var,var/log,var/lib,srv,etc}
sudo mkdir -p -m 1777 $TARGET_ROOT/tmp
END
chmod 755 $top/root.d/10-unpack
"""


CREATE = (
    "cd /srv && export DIB_NO_TMPFS=1 DIB_JOURNAL_SIZE=4"
    " ELEMENTS_PATH=/srv/elements:/srv/out/elements &&"
    " disk-image-create -n -t tar --image-size 1 -o image small-system vcfg"
)


@pytest.fixture
def builder(debian_root: Path) -> Iterator[Sandbox]:
    """A machine with diskimage-builder and something to build from."""
    with Sandbox([debian_root]) as box:
        # Sudo's words about a name that it does not find are read by diskimage-builder.
        box.run("echo '127.0.1.1 sandbox' >>/etc/hosts")
        box.run(LOOPS)
        box.run(BASE)
        yield box


def made(box: Sandbox, folder: Path) -> str:
    """Build an image and unpack it; what was said."""
    bring(box, folder, "/srv/out")
    box.run("chmod +x /srv/out/elements/vcfg/post-install.d/*")
    ran = box.run(
        f"{CREATE}\nmkdir image && tar -x -f image.tar -C image",
        timeout=300,
    )
    return ran.said


def test_an_image(builder: Sandbox, tmp_path: Path) -> None:
    """The tree is the one that the script makes of the same system."""
    text = APPLICATION + 'etc.files."resolv.conf".text = "nameserver 192.0.2.1\\n"\n'
    said = made(builder, built(text, tmp_path, "dib"))
    assert "done: " in said
    checked = builder.run("sh /srv/out/activate --root=/srv/image --check", check=False)
    assert checked.out == "nothing to do\n", checked.said
    assert builder.read("/srv/image/etc/resolv.conf") == "nameserver 192.0.2.1\n"
    assert builder.run("find / -xdev -name canary").out == ""


def test_a_failure_ends_the_build(builder: Sandbox, tmp_path: Path) -> None:
    text = APPLICATION + 'etc.files.x { text = "x\\n", owner = "nobody-knows" }\n'
    bring(builder, built(text, tmp_path, "dib"), "/srv/out")
    builder.run("chmod +x /srv/out/elements/vcfg/post-install.d/*")
    ran = builder.run(
        CREATE,
        check=False,
        timeout=300,
    )
    assert ran.code != 0
    assert "nobody-knows" in ran.said
    assert builder.run("ls /srv/image.tar", check=False).code != 0


def test_packages_arrive(builder: Sandbox, tmp_path: Path) -> None:
    """Read as the element `package-installs` does it."""
    text = 'import "etc.vcfg"\nactivation.packages = ["1e3", "g++"]\n'
    bring(builder, built(text, tmp_path, "dib"), "/srv/out")
    assert builder.read("/srv/out/elements/vcfg/element-deps") == "package-installs\n"
    builder.run(
        "cd /usr/lib/python3/dist-packages/diskimage_builder/elements/package-installs/bin\n"
        "export IMAGE_ELEMENT_YAML='{vcfg: /srv/out/elements/vcfg}' ARCH=amd64\n"
        "python3 ./package-installs-squash --elements=vcfg --path=/srv/out/elements /srv/told"
    )
    told = builder.read("/srv/told")
    assert '"1e3"' in told
    assert '"g++"' in told
