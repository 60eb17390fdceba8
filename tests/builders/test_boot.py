"""A host for virtual machines from its configuration to its daemons: made, booted, changed.

mmdebstrap makes the root with our hook, QEMU boots it with Debian's kernel, without KVM. Inside,
`checks.sh` asks the daemons, applies a second configuration with `--live` and asks again; what it
found is read from the disk when the machine has switched itself off.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from evaluator.cli.app import run
from tests.integration.root import LEFT_OUT, archive_sources

pytestmark = [
    pytest.mark.nightly,
    pytest.mark.root,
    pytest.mark.needs("mmdebstrap"),
    pytest.mark.needs("openssl"),
    pytest.mark.needs("qemu-system-x86_64", package="qemu-system-x86"),
]

HERE = Path(__file__).parent
CERTIFICATES = """
set -e
openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj /CN=authority -keyout ../ca.key -out ca
openssl req -newkey rsa:2048 -nodes -subj /CN=localhost -keyout key -out ../request
printf '%s\\n' subjectAltName=DNS:localhost extendedKeyUsage=serverAuth >../more
openssl x509 -req -in ../request -CA ca -CAkey ../ca.key -CAserial ../serial -CAcreateserial \
  -days 3650 -extfile ../more -out certificate
"""
UNIT = """\
[Unit]
After=multi-user.target

[Service]
Type=oneshot
ExecStart=/bin/sh /root/checks.sh
ExecStopPost=/usr/bin/systemctl poweroff --no-block
"""
MINUTES = 15


def built(name: str, folder: Path) -> Path:
    """The outputs of one of the configurations."""
    words = ["build", str(HERE / f"configs/{name}.vcfg"), "-o", str(folder / name)]
    assert run([*words, "--for", "mmdebstrap"]) == 0
    return folder / name


def made(folder: Path) -> Path:
    """The root of the first configuration."""
    out = built("image", folder)
    keys = folder / "keys"
    keys.mkdir()
    subprocess.run(["sh", "-c", CERTIFICATES], cwd=keys, check=True, capture_output=True)
    words = ["mmdebstrap", "--mode=root", "--variant=minbase", "--dpkgopt=force-unsafe-io"]
    words += ['--aptopt=Acquire::Check-Valid-Until "false"']
    words += [f"--dpkgopt=path-exclude={pattern}" for pattern in LEFT_OUT]
    words += [f"--include={(out / 'packages.txt').read_text()}", f"--hook-dir={out / 'mmdebstrap'}"]
    done = subprocess.run(
        [*words, "bookworm", str(folder / "root"), *archive_sources()],
        env=os.environ | {"VCFG_SECRETS": str(keys)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return folder / "root"


def prepared(folder: Path, root: Path) -> Path:
    """An image of the root with both scripts and what asks the daemons."""
    home = root / "root"
    shutil.copy(folder / "image/activate", home / "first")
    shutil.copy(built("second", folder) / "activate", home / "second")
    shutil.copytree(folder / "keys", home / "keys")
    shutil.copy(HERE / "checks.sh", home)
    units = root / "etc/systemd/system"
    (units / "checks.service").write_text(UNIT)
    (units / "multi-user.target.wants").mkdir(exist_ok=True)
    (units / "multi-user.target.wants/checks.service").symlink_to("../checks.service")
    image = folder / "disk"
    with image.open("wb") as stream:
        stream.truncate(3 << 30)
    subprocess.run(["mke2fs", "-q", "-t", "ext4", "-d", root, image], check=True)
    return image


def booted(root: Path, image: Path) -> str:
    """Run the machine until it ends; its console."""
    [kernel] = (root / "boot").glob("vmlinuz-*")
    [start] = (root / "boot").glob("initrd.img-*")
    words = ["qemu-system-x86_64", "-accel", "tcg", "-m", "1024", "-smp", "2"]
    words += ["-nographic", "-no-reboot", "-nic", "user,model=virtio-net-pci"]
    words += ["-drive", f"file={image},if=virtio,format=raw,cache=unsafe"]
    words += ["-kernel", str(kernel), "-initrd", str(start)]
    words += ["-append", "root=/dev/vda rw console=ttyS0 net.ifnames=0"]
    ran = subprocess.run(
        words, stdin=subprocess.DEVNULL, capture_output=True, timeout=MINUTES * 60, check=True
    )
    return ran.stdout.decode(errors="replace")


def test_a_host_from_its_configuration_to_its_daemons(tmp_path: Path) -> None:
    root = made(tmp_path)
    image = prepared(tmp_path, root)
    console = booted(root, image)
    reading = ["debugfs", "-R", "cat /root/found", str(image)]
    text = subprocess.run(reading, capture_output=True, text=True, check=True).stdout
    assert text.endswith("== end\n"), text + console[-3000:]
    parts = [part.split("\n", 1) for part in re.split(r"^== ", text, flags=re.MULTILINE)[1:]]
    found = {title: said.split("\n")[:-1] for title, said in parts}
    assert found == {
        "failed": [],
        **state("first", max_clients=1000),
        "sockets": ["masked", "masked", "masked", "exit 1"],
        "units": ["enabled", "masked", "disabled"],
        "sshd": ["permitrootlogin no", "passwordauthentication no"],
        "accounts": ["ana libvirt"],
        "keys": ["644 root", "600 root"],
        "address": ["192.168.1.10/24"],
        "guests": ["guests", "lan"],
        "formats": ["enabled"],
        "cron": ["yes"],
        "second": found["second"],
        **state("second", max_clients=1100),
        "failed-then": [],
        "end": [],
    }
    assert "exit" not in " ".join(found["second"])


def state(name: str, *, max_clients: int) -> dict[str, list[str]]:
    """What the daemons say, and the script of itself, with one of the configurations."""
    return {
        f"{name} active": ["active"] * 4,
        f"{name} limits": [f"nclients_max {max_clients}", "maxWorkers 9"],
        f"{name} ports": [":16555", ":22"],
        f"{name} word": [name],
        f"{name} check": ["nothing to do"],
        f"{name} verify": ["as it was left"],
    }
