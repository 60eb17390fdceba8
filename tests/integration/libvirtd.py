"""A running libvirtd: how it is started, what it answers, and how clients come to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .sandbox import Result, Sandbox

#: As the packaged unit starts it, without its service manager.
START = "sh -c '. /etc/default/libvirtd; exec libvirtd $LIBVIRTD_ARGS'"

#: A guest without disks, which runs without KVM: its machine stays at the firmware.
GUEST = """
<domain type="qemu">
  <name>guest</name>
  <memory unit="MiB">16</memory>
  <os><type arch="x86_64" machine="pc">hvm</type></os>
  <devices><emulator>/usr/bin/qemu-system-x86_64</emulator></devices>
</domain>
"""


def facts(text: str) -> dict[str, str]:
    """virt-admin's tables, `name : value` a line."""
    pairs = (line.split(":", 1) for line in text.splitlines() if ":" in line)
    return {name.strip(): value.strip() for name, value in pairs}


def ask(box: Sandbox, question: str, directory: str = "/run/libvirt") -> dict[str, str]:
    """What the running daemon answers on its administration socket."""
    address = f"libvirtd:///system?socket={directory}/libvirt-admin-sock"
    return facts(box.run(f"virt-admin -c '{address}' {question}").out)


def sockets(box: Sandbox, directory: str) -> dict[str, str]:
    """Mode and owners of every socket in a directory."""
    listed = box.run(f"cd {directory} && stat -c '%n %a %U:%G' *sock*").lines
    return dict(line.split(" ", 1) for line in listed)


def backlogs(box: Sandbox) -> dict[str, int]:
    """How many connections may wait at each of the daemon's sockets, by path or address."""
    found = {}
    for line in box.run("ss -Hlntp | grep libvirtd; ss -Hlxp | grep libvirtd").lines:
        words = line.split()
        start = 4 if words[0].startswith("u_") else 3
        backlog = words[start - 1] if words[0].startswith("u_") else words[2]
        found[words[start]] = int(backlog)
    return found


def connect(box: Sandbox, address: str, *, user: str | None = None, words: str = "") -> Result:
    """Let virsh ask the daemon for the name of the host."""
    return box.run(f"timeout 20 virsh {words} -c '{address}' hostname", user=user, check=False)


def add_passwords(box: Sandbox, *names: str) -> None:
    """Give SASL users the password `geheim`, and virsh files that say so: `/srv/NAME.auth`."""
    for name in names:
        box.run(f"echo geheim | saslpasswd2 -p -c -f /etc/libvirt/passwd.db -a libvirt {name}")
        box.put(
            f"/srv/{name}.auth",
            f"[credentials-it]\nauthname={name}\npassword=geheim\n"
            "[auth-libvirt-default]\ncredentials=it\n",
        )
