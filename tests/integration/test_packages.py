"""`--packages=install` on a real Debian root, from a repository that is a directory in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.activation.box import script_of

from .sandbox import TARGET, Sandbox

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from .sandbox import Result

POLICY = "/usr/sbin/policy-rc.d"

# Each is `name: fields of its control file`, and what its postinst does.
ALPHA = """\
test -e /proc/self/status && : >/dev/null && : >/saw-proc
cat /usr/sbin/policy-rc.d >/saw-policy
echo 'alpha:x:456:' >>/etc/group
echo 'alpha:x:456:456::/:/usr/sbin/nologin' >>/etc/passwd
if invoke-rc.d vcfg-alpha start; then :; fi
"""
PACKAGES = {
    "vcfg-alpha": ("Depends: vcfg-beta\nRecommends: vcfg-gamma\n", ALPHA),
    "vcfg-beta": ("Provides: vcfg-virtual (= 2)\n", "true\n"),
    "vcfg-gamma": ("", "true\n"),
    "vcfg-broken": ("", "test -e /repaired\n"),
    "vcfg-greedy": ("Conflicts: vcfg-beta\n", "true\n"),
}

MAKE = r"""
set -eu
umask 022
cd /target
mkdir repo made
make_package() {
  mkdir -p made/DEBIAN made/etc/init.d
  printf '#!/bin/sh\ntouch /started\n' >made/etc/init.d/$1
  chmod 755 made/etc/init.d/$1
  echo stock >made/etc/$1.conf
  printf '/etc/%s.conf\n/etc/init.d/%s\n' $1 $1 >made/DEBIAN/conffiles
  printf 'Package: %s\nVersion: 1\nArchitecture: all\nMaintainer: a <a@b>\n%sDescription: x\n' \
    $1 "$2" >made/DEBIAN/control
  printf '#!/bin/sh\nset -e\n%s' "$3" >made/DEBIAN/postinst
  chmod 755 made/DEBIAN/postinst
  dpkg-deb --root-owner-group --build made repo/$1.deb >/dev/null
  { dpkg-deb -f repo/$1.deb
    echo "Filename: ./$1.deb"
    echo "Size: $(stat -c %s repo/$1.deb)"
    echo "SHA256: $(sha256sum <repo/$1.deb | cut -d' ' -f1)"
    echo; } >>repo/Packages
  rm -r made
}
rm -rf etc/apt/sources.list.d etc/apt/sources.list var/lib/apt/lists
echo 'deb [trusted=yes] file:/repo ./' >etc/apt/sources.list
"""


def quoted(text: str) -> str:
    """For the shell."""
    return "'" + text.replace("'", "'\\''") + "'"


@pytest.fixture
def builder(debian_root: Path, change_directory: Callable[[], Path]) -> Iterator[Sandbox]:
    """A machine with a Debian root to build in, whose packages come from a directory."""
    made = [
        f"make_package {name} {quoted(fields)} {quoted(postinst)}"
        for name, (fields, postinst) in PACKAGES.items()
    ]
    with Sandbox([debian_root], target=change_directory(), lower=[debian_root]) as sandbox:
        sandbox.run(MAKE + "\n".join(made))
        yield sandbox


def activate(sandbox: Sandbox, activation: dict[str, Any], *words: str) -> Result:
    """A run from outside."""
    sandbox.put("/tmp/activate", script_of(activation))
    options = " ".join(words or ("--packages=install",))
    return sandbox.run(f"sh /tmp/activate --root={TARGET} {options}", check=False)


def is_there(sandbox: Sandbox, path: str) -> bool:
    """Whether there is something in the target."""
    return sandbox.run(f"test -e {TARGET}{path}", check=False).code == 0


def status(sandbox: Sandbox, package: str) -> str:
    """What dpkg says of a package."""
    show = f"dpkg-query --admindir={TARGET}/var/lib/dpkg -f '${{Status}}' -W {package}"
    return sandbox.run(show, check=False).out


WANTED: dict[str, Any] = {
    "packages": ["vcfg-alpha", "vcfg-virtual"],
    "files": {
        "/etc/vcfg-alpha.conf": {"text": "ours\n"},
        "/srv/of-alpha": {"text": "x", "owner": "alpha", "group": "alpha"},
    },
}


def test_what_is_missing_is_installed(builder: Sandbox) -> None:
    """With what it depends on and nothing else; nothing starts, and nothing stays mounted."""
    pending = activate(builder, WANTED, "--packages=install", "--check")
    assert pending.code == 2
    assert "install packages: vcfg-alpha vcfg-virtual\n" in pending.out
    assert status(builder, "vcfg-alpha") == ""
    ran = activate(builder, WANTED)
    assert ran.code == 0, ran.said
    assert "installing packages: vcfg-alpha vcfg-virtual" in ran.out
    assert status(builder, "vcfg-alpha") == status(builder, "vcfg-beta") == "install ok installed"
    assert status(builder, "vcfg-gamma") in ("", "unknown ok not-installed")
    assert is_there(builder, "/saw-proc")
    assert not is_there(builder, "/started")
    assert "exit 101" in builder.read(f"{TARGET}/saw-policy")
    assert not is_there(builder, POLICY)
    assert "/target/" not in builder.read("/proc/self/mounts")
    assert builder.read(f"{TARGET}/etc/vcfg-alpha.conf") == "ours\n"
    assert builder.run(f"stat -c %u:%g {TARGET}/srv/of-alpha").out == "456:456\n"
    for option in ("install", "check"):
        assert activate(builder, WANTED, f"--packages={option}").out == "nothing to do\n"


def test_inside_and_with_a_policy_of_somebody_else(builder: Sandbox) -> None:
    """A file of ours that is there first is not asked about, and stays."""
    files = {"files": {"/etc/vcfg-alpha.conf": {"text": "ours\n"}}}
    assert activate(builder, files).code == 0
    builder.put(f"{TARGET}{POLICY}", "#!/bin/sh\nexit 101\n")
    builder.run(f"chmod 755 {TARGET}{POLICY}")
    builder.put("/tmp/activate", script_of(WANTED))
    builder.run(f"mount -t proc proc {TARGET}/proc && mount --bind /dev {TARGET}/dev")
    ran = builder.run(f"chroot {TARGET} sh -s -- --inside --packages=install </tmp/activate")
    assert "done: " in ran.out
    assert builder.read(f"{TARGET}{POLICY}") == "#!/bin/sh\nexit 101\n"
    assert builder.read(f"{TARGET}/etc/vcfg-alpha.conf") == "ours\n"
    assert "was edited" not in ran.said
    assert not is_there(builder, "/started")


REFUSED = [
    (["vcfg-nosuch"], "apt-get finds no way to install them; nothing was installed"),
    (["vcfg-greedy"], "apt-get finds no way to install them; nothing was installed"),
]


@pytest.mark.parametrize(("packages", "words"), REFUSED)
def test_what_cannot_be_installed_changes_nothing(
    builder: Sandbox, packages: list[str], words: str
) -> None:
    """One is in no repository, the other would take away a package that is there."""
    assert activate(builder, {"packages": ["vcfg-beta"]}).code == 0
    before = builder.run(f"sha256sum {TARGET}/var/lib/dpkg/status {TARGET}/var/lib/vcfg/state").out
    ran = activate(builder, {**WANTED, "packages": packages})
    assert ran.code == 3, ran.said
    assert words in ran.err
    after = builder.run(f"sha256sum {TARGET}/var/lib/dpkg/status {TARGET}/var/lib/vcfg/state").out
    assert after == before
    assert not is_there(builder, "/etc/vcfg-alpha.conf")
    assert not is_there(builder, POLICY)


def test_a_package_that_fails_half_way_is_completed_by_the_next_run(builder: Sandbox) -> None:
    wanted = {"packages": ["vcfg-broken"], "files": {"/etc/x": {"text": "x"}}}
    ran = activate(builder, wanted)
    assert ran.code == 5, ran.said
    assert "incomplete: apt-get install failed; run again to finish" in ran.err
    assert not is_there(builder, "/etc/x")
    assert not is_there(builder, POLICY)
    checked = activate(builder, wanted, "--check")
    assert checked.code == 3
    assert "package vcfg-broken is half-configured; `dpkg --configure -a`" in checked.err
    builder.run(f"touch {TARGET}/repaired")
    assert activate(builder, wanted).code == 0
    assert is_there(builder, "/etc/x")


def test_an_unreachable_repository_changes_nothing(builder: Sandbox) -> None:
    builder.put(f"{TARGET}/etc/apt/sources.list", "deb [trusted=yes] file:/nowhere ./\n")
    ran = activate(builder, WANTED)
    assert ran.code == 3, ran.said
    assert "apt-get update failed; nothing was installed" in ran.err
    assert not is_there(builder, "/etc/vcfg-alpha.conf")


NEEDS = {"secret": {"name": "needed"}}
AHEAD: list[tuple[dict[str, Any], str, int]] = [
    ({"files": {"/etc/s": {"text": NEEDS, "mode": "0600"}}}, "file needed in VCFG_SECRETS", 3),
    ({"files": {"/etc/debian_version": {"text": "x"}}}, "refused: /etc/debian_version", 4),
    ({"files": {"/etc/hostname/x": {"text": "x"}}}, "/etc/hostname cannot be", 4),
]


@pytest.mark.parametrize(("more", "words", "code"), AHEAD)
def test_what_is_refused_is_refused_before_packages(
    builder: Sandbox, more: dict[str, Any], words: str, code: int
) -> None:
    """What only packages bring is no reason: an owner that comes with one is waited for."""
    wanted = {**WANTED, "files": {**WANTED["files"], **more["files"]}}
    builder.run(f"echo box >{TARGET}/etc/hostname")
    ran = activate(builder, wanted, "--packages=install", "--adopt=fail")
    assert (ran.code, ran.err.splitlines()[-1]) == (code, "activate: nothing was changed"), ran.said
    assert words in ran.err
    assert ran.err.count(words) == 1
    assert "refused: user alpha" not in ran.err
    assert status(builder, "vcfg-alpha") == ""


def test_what_packages_bring_may_be_a_reason_to_refuse(builder: Sandbox) -> None:
    """Then nobody is told that nothing was changed."""
    ran = activate(builder, WANTED, "--packages=install", "--adopt=fail")
    assert ran.code == 4, ran.said
    assert ran.err.splitlines()[-1] == "activate: nothing but packages was changed"
    assert status(builder, "vcfg-alpha") == "install ok installed"
    assert builder.read(f"{TARGET}/etc/vcfg-alpha.conf") == "stock\n"
