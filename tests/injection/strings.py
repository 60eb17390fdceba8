"""Hostile strings: what they would do where nobody quotes or refuses them."""

from __future__ import annotations

MARK = "qzmark"

#: Texts without harm, the first of which that an option takes is used: with the mark, if it can be.
HARMLESS = (
    MARK,
    f"/srv/{MARK}",
    f"{MARK}.service",
    f"{MARK}.example",
    f"https://{MARK}.example/x",
    f"CN={MARK}",
    f"QZ={MARK}",
    f"1:file:/var/log/{MARK}",
    f"1:{MARK}",
    f"auth required pam_deny.so {MARK}",
    f"d /run/{MARK}",
    f"u {MARK} -",
    f"enable {MARK}.service",
    f"#!/bin/sh\necho {MARK}\n",
    f"<busconfig>{MARK}</busconfig>",
    f"10.0.0.1 {MARK}\n",
    f"Banner /{MARK}\n",
    "root", "kvm", "1GiB", "ca fe", "10.9.8.7", "10.9.8.7/24", "192.168.1.9", "192.168.1.9/24",
    "fe80::7", "0 3 * * *", "* - memlock 7", "x.service", "100-199", "52:54:00:12:34:56",
    "255.255.255.0", "0" * 64, "F", "7f 45 4c 46", "NORMAL:-RSA", "--smp",
    "c7a5fdbd-edaf-9455-926a-d65c16db1809", "required", "9", "eth0", "eth2", "none", "stop",
    "files", "d", "-", "x=1\n",
)  # fmt: skip

#: What would end a line, run a command, end a quoted word or begin a comment; within a text.
WITHIN = ("\nINJECTED=1", "\rINJECTED=1", "\x01", "$(touch /canary)", "'\"", "%n", " #x")
BEHIND = ("\\", "/../../etc/passwd")
WHOLE = ("-x", "# x\nINJECTED=1", "x" * 10_000)


def hostile(harmless: str) -> list[str]:
    """Hostile forms of a text that an option takes: in it, behind it, and alone."""
    inside = [
        harmless.replace(MARK, f"qz{each}mark") if MARK in harmless else harmless + each
        for each in WITHIN
    ]
    behind = [harmless + each for each in BEHIND]
    return list(dict.fromkeys([*inside, *behind, *WHOLE]))
