"""What dpkg's database says: what counts as installed, and what is said of what does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from .box import SHELLS, script_of, tree

if TYPE_CHECKING:
    from .box import Box

SKIP = "--ownership=skip"
INSTALLED = "install ok installed"


def database(box: Box, *stanzas: str, native: str = "amd64") -> None:
    """A root with these packages beside dpkg itself; fields are separated by `; `."""
    folder = box.root / "var/lib/dpkg"
    folder.mkdir(parents=True, exist_ok=True)
    dpkg = f"Package: dpkg; Status: {INSTALLED}; Architecture: {native}; Version: 1.21"
    text = "\n".join(stanza.replace("; ", "\n") + "\n" for stanza in (*stanzas, dpkg))
    (folder / "status").write_text(text)


def package(name: str, *more: str, status: str = INSTALLED, arch: str = "amd64") -> str:
    """One entry, with the fields in dpkg's order."""
    return "; ".join([f"Package: {name}", f"Status: {status}", f"Architecture: {arch}", *more])


ENOUGH = [
    package("qemu"),
    package("qemu", arch="all"),
    package("qemu", "Multi-Arch: foreign", arch="i386"),
    package("qemu", status="hold ok installed"),
    package("qemu", status="install ok triggers-pending"),
    package("qemu", status="install ok triggers-awaited"),
    package("other", "Provides: qemu"),
    package("other", "Provides: kvm, qemu (= 1:7.2), x"),
    package("other", "Provides: kvm (= 1), qemu"),
]


@pytest.mark.parametrize("shell", SHELLS)
def test_what_counts_as_installed(box: Box, shell: tuple[str, ...]) -> None:
    box.shell = shell
    for stanza in ENOUGH:
        database(box, stanza)
        ran = box.run(script_of({"packages": ["qemu"]}), SKIP, "--check")
        assert (ran.code, ran.err) == (0, ""), stanza


MISSING = "packages are missing in the root: qemu "
GONE = "deinstall ok config-files"
LACKING = [
    (package("qemu-system"), MISSING),
    (package("other", "Provides: qemu-system, aqemu"), MISSING),
    (package("qemu", status=GONE), MISSING),
    (package("other", "Provides: qemu", status=GONE), MISSING),
    (package("other", "Provides: qemu", arch="i386"), MISSING),
    (package("qemu", arch="i386"), "qemu is there for i386 only, and this root is of amd64"),
    (package("qemu", status="install ok half-configured"), "package qemu is half-configured; `"),
    (package("qemu", status="install reinstreq half-installed"), "qemu is half-installed; `dpkg"),
    (package("qemu", status="install ok unpacked"), "unpacked; `dpkg --configure -a` in the root"),
    (package("qemu", status="hold ok not-installed"), "and on hold; `apt-mark unhold qemu`"),
]


@pytest.mark.parametrize("shell", SHELLS)
def test_what_does_not_and_why(box: Box, shell: tuple[str, ...]) -> None:
    box.shell = shell
    for stanza, words in LACKING:
        database(box, stanza)
        before = tree(box.root)
        ran = box.run(script_of({"packages": ["qemu"], "files": {"/etc/x": {}}}), SKIP)
        assert ran.code == 3, stanza
        assert words in ran.err, (stanza, ran.err)
        assert tree(box.root) == before


def test_the_first_line_of_arch_is_the_roots_own(box: Box) -> None:
    database(box, package("qemu", arch="i386"))
    script = script_of({"packages": ["qemu"]})
    assert box.run(script, SKIP).code == 3
    (box.root / "var/lib/dpkg/arch").write_text("i386\namd64\n")
    assert box.run(script, SKIP).code == 0


def test_check_lists_what_would_be_installed(box: Box) -> None:
    """And takes it that the users it does not find come with it."""
    database(box)
    activation = {
        "packages": ["qemu", "dpkg"],
        "files": {"/etc/x": {"owner": "libvirt-qemu", "text": "x"}},
    }
    before = tree(box.root)
    checked = box.run(script_of(activation), "--packages=install", "--check")
    assert checked.code == 2
    assert "install packages: qemu\n" in checked.out
    assert "libvirt-qemu is neither declared nor in the root" in checked.err
    assert "(packages that are to be installed may bring it)" in checked.err
    assert tree(box.root) == before
    refused = box.run(script_of(activation), "--check")
    assert refused.code == 3
    assert "libvirt-qemu is neither declared nor in the root; give a number instead" in refused.err
    assert "(a missing package may bring it)" in refused.err


def test_installing_needs_a_root_in_which_programs_run(box: Box) -> None:
    database(box)
    before = tree(box.root)
    script = script_of({"packages": ["qemu"], "files": {"/etc/x": {}}})
    ran = box.run(script, SKIP, "--packages=install")
    assert ran.code == 3
    assert "apt-get does not run in the root" in ran.err
    assert tree(box.root) == before
    database(box, package("qemu", status="hold ok not-installed"))
    assert box.run(script, SKIP, "--packages=install").code == 3
    # nothing is wanted: nothing is asked
    assert box.run(script_of({}), SKIP, "--packages=install").code == 0


POLICY = """\
#!/bin/sh
# Made by vcfg while it installs packages into an image: nothing is started there.
exit 101
"""


@pytest.mark.parametrize("shell", SHELLS)
def test_the_policy_of_a_run_that_died_is_taken_away(box: Box, shell: tuple[str, ...]) -> None:
    box.shell = shell
    sbin = box.root / "usr/sbin"
    sbin.mkdir(parents=True)
    (sbin / "policy-rc.d").write_text(POLICY)
    (sbin / ".vcfg-policy-rc.d").write_text("#!/bin")
    script = script_of({})
    assert box.run(script, SKIP, "--check").code == 2
    assert box.run(script, SKIP).code == 0
    assert list(sbin.iterdir()) == []
    assert box.run(script, SKIP).out == "nothing to do\n"
    (sbin / "policy-rc.d").write_text(POLICY + "# edited\n")
    assert box.run(script, SKIP).out == "nothing to do\n"
    assert (sbin / "policy-rc.d").exists()
