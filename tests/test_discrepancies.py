"""Where Guix's manual and the programs disagree: what `spec/73-discrepancies.md` says is done.

Each row of the page has a test of its name here, which looks at what a configuration
becomes and which warnings it gets.
"""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from evaluator.diagnostics.model import WARNING
from evaluator.fleet.configure import module_path
from tests.acceptance import CASES, ROOT
from tests.configured import configured
from tests.test_seed import tables

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.configured import Configured

PAGE = ROOT / "spec" / "73-discrepancies.md"

#: How many there are.
ROWS = 18

GUESTS = "virtualization/hurd-vm.vcfg"
GANETI = "virtualization/ganeti.vcfg"
LIBVIRT = "virtualization/libvirt.vcfg"
SAFE = "unix-sock-admin-perms = 0o700"


def of(module: str, *definitions: str) -> Configured:
    """A configuration that has one module and these definitions."""
    return of_text("\n".join([f'import "{module}"', *definitions, ""]))


def of_text(text: str) -> Configured:
    """A configuration, with the library."""
    return configured(text, module_path((), {}))


def case(name: str) -> Configured:
    """One of the seed's examples, which has no errors."""
    found = of_text((CASES / f"{name}.vcfg").read_text(encoding="utf-8"))
    assert found.errors() == []
    return found


def warnings(found: Configured, words: str) -> list[str]:
    """The warnings that have these words."""
    return [
        each.message
        for each in found.findings
        if each.severity == WARNING and words in each.message
    ]


def file(found: Configured, name: str) -> str:
    """The text of a file in `/etc`; the configuration has no errors."""
    assert [each.message for each in found.errors()] == []
    return str(found.data["etc"]["files"][name]["text"])


def lines(found: Configured, name: str, key: str) -> list[str]:
    """The lines of a file in `/etc` that set a variable."""
    return [each for each in file(found, name).splitlines() if each.split("=")[0].strip() == key]


def words(found: Configured) -> str:
    """The command line of the first childhurd."""
    units: dict[str, Any] = found.data["systemd"]["units"]
    return str(next(iter(units.values()))["service"]["ExecStart"])


def ssh_port(_folder: Path) -> None:
    assert "hostfwd=tcp:127.0.0.1:10022-:2222" in words(of(GUESTS, "hurd-vm.enable = true"))
    third = of(GUESTS, "hurd-vm { enable = true, id = 3 }")
    assert "hostfwd=tcp:127.0.0.1:13022-:2222" in words(third)


def console(_folder: Path) -> None:
    plain = of(GUESTS, "hurd-vm.enable = true")
    assert "display" not in words(plain)
    assert "hostfwd=tcp:127.0.0.1:15900-:5900" in words(plain)
    assert warnings(plain, "wants a screen") == []
    window = of(GUESTS, "hurd-vm.enable = true", 'profile.packages = ["qemu-system-gui"]')
    assert len(warnings(window, "wants a screen")) == 1


def image(_folder: Path) -> None:
    assert " --hda /srv/hurd.img " in words(
        of(GUESTS, 'hurd-vm { enable = true, image = "/srv/hurd.img" }')
    )
    wrong = of(GUESTS, "let image(guest) = 1", "hurd-vm { enable = true, image = image }")
    assert wrong.codes() == ["type-mismatch"]


def host_keys(folder: Path) -> None:
    """With a stand-in for ssh-keygen, which makes what that of OpenSSH 9.2 makes."""
    keygen = folder / "bin" / "ssh-keygen"
    keygen.parent.mkdir()
    keygen.write_text(
        '#!/bin/sh\n[ "$1 $2" = "-A -f" ] || exit 1\n'
        "for kind in rsa ecdsa ed25519; do\n"
        '    : >"$3/etc/ssh/ssh_host_${kind}_key"; : >"$3/etc/ssh/ssh_host_${kind}_key.pub"\n'
        "done\n",
        encoding="utf-8",
    )
    keygen.chmod(0o755)
    make = ROOT / "modules" / "virtualization" / "hurd-vm" / "make-secrets"
    path = f"{keygen.parent}:/usr/bin:/bin"
    subprocess.run(["sh", make, str(folder / "root")], check=True, env=os.environ | {"PATH": path})
    made = [each for each in (folder / "root").rglob("*") if each.is_file()]
    assert sorted(each.name for each in made) == sorted(
        f"ssh_host_{kind}_key{end}" for kind in ("rsa", "ecdsa", "ed25519") for end in ("", ".pub")
    )


def parenthesis(_folder: Path) -> None:
    told = case("A12")
    [arguments] = lines(told, "default/ganeti", "RAPI_ARGS")
    assert " --interface=eth1 " in arguments
    assert "--rapi-ip=10.0.0.1" in watcher(told)


def watcher(found: Configured) -> str:
    """The command by which cron runs the watcher."""
    return str(found.data["cron"]["files"]["ganeti"]["jobs"]["watcher"]["command"])


def plain_file(_folder: Path) -> None:
    hooks = {
        name.rpartition("/")[2]: each["text"]
        for name, each in case("A16").data["etc"]["files"].items()
        if "/hooks/" in name
    }
    assert hooks == {"99-hola-mundo": "#!/bin/sh\necho '¡Hola mundo!'"}


def personalizado(_folder: Path) -> None:
    name = "ganeti/instance-personalizado/variants/cosa.conf"
    assert file(case("A15"), name).rstrip("\n") == "Esto va bien"


def os_default(_folder: Path) -> None:
    partial = of(GANETI, "ganeti { enable = true, rapi.port = 5081 }")
    assert sorted(partial.data["ganeti"]["os"]) == ["debootstrap", "guix"]


VARIANT = "ganeti/instance-debootstrap/variants/default.conf"


def debootstrap(settings: str) -> Configured:
    """A node whose only variant has these settings."""
    variant = f'os.debootstrap.variants."default".configuration {{ {settings} }}'
    return of(GANETI, f"ganeti {{ enable = true, {variant} }}")


def left_out(_folder: Path) -> None:
    for setting in ("", "components = []"):
        assert lines(debootstrap(setting), VARIANT, "COMPONENTS") == []
    [line] = lines(debootstrap('components = ["main", "contrib"]'), VARIANT, "COMPONENTS")
    assert line.replace('"', "") == "COMPONENTS=main,contrib"
    [forever] = lines(debootstrap("clean-cache = null"), VARIANT, "CLEAN_CACHE")
    assert forever.replace('"', "") == "CLEAN_CACHE="
    [fortnight] = lines(debootstrap(""), VARIANT, "CLEAN_CACHE")
    assert fortnight.replace('"', "") == "CLEAN_CACHE=14"


def rapi_certificate(_folder: Path) -> None:
    plain = of(GANETI, "ganeti.enable = true")
    [arguments] = lines(plain, "default/ganeti", "RAPI_ARGS")
    assert "--ssl-key=/var/lib/ganeti/rapi.pem --ssl-cert=/var/lib/ganeti/rapi.pem" in arguments
    assert warnings(plain, "server.pem") == []
    manual = of(GANETI, 'ganeti { enable = true, rapi.ssl-key = "/var/lib/ganeti/server.pem" }')
    assert len(warnings(manual, "cannot read /var/lib/ganeti/server.pem")) == 1


def rapi_ip(_folder: Path) -> None:
    plain = of(GANETI, "ganeti.enable = true")
    assert "--rapi-ip" not in watcher(plain)
    assert warnings(plain, "rapi-ip") == []
    assert warnings(case("A12"), "rapi-ip") == []
    assert len(warnings(case("A13"), "rapi-ip")) == 1


def program_names(_folder: Path) -> None:
    jobs = of(GANETI, "ganeti.enable = true").data["cron"]["files"]["ganeti"]["jobs"]
    assert [jobs[f"cleaner-{role}"]["command"] for role in ("master", "node")] == [
        "/usr/sbin/ganeti-cleaner master",
        "/usr/sbin/ganeti-cleaner node",
    ]
    assert jobs["watcher"]["command"].startswith("/usr/sbin/ganeti-watcher ")


def variants_list(_folder: Path) -> None:
    node = of(GANETI, "ganeti.enable = true")
    folder = "ganeti/instance-debootstrap"
    assert file(node, f"{folder}/variants.list") == "default\n"
    assert file(node, f"{folder}/variants/variants.list") == "default\n"


def root(_folder: Path) -> None:
    node = of(GANETI, "ganeti.enable = true", "ganeti-units.enable = true")
    units = node.data["systemd"]["units"]
    for daemon in ("confd", "rapi", "metad"):
        assert units[f"ganeti-{daemon}.service"]["service"]["User"] == f"gnt-{daemon}"
    for daemon in ("wconfd", "luxid"):
        assert units[f"ganeti-{daemon}.service"]["service"]["User"] == "gnt-masterd"
    jobs = node.data["cron"]["files"]["ganeti"]["jobs"]
    assert jobs["cleaner-master"]["user"] == "gnt-masterd"


def defaults(_folder: Path) -> None:
    libvirt = of(LIBVIRT, f"libvirt {{ enable = true, {SAFE} }}").data["libvirt"]
    assert (libvirt["unix-sock-group"], libvirt["log-outputs"]) == ("root", "3:stderr")
    virtlog = of("virtualization/virtlog.vcfg", "virtlog.enable = true").data["virtlog"]
    assert virtlog["log-outputs"] == "3:stderr"


def keys(_folder: Path) -> None:
    conf = "libvirt/libvirtd.conf"
    true = of(
        LIBVIRT,
        f"libvirt {{ enable = true, {SAFE} }}",
        "libvirt { tls-no-sanity-cert = true, tls-no-verify-cert = true }",
        'libvirt { auth-tcp = "sasl", sasl-allowed-usernames = ["ann"] }',
    )
    assert lines(true, conf, "tls_no_sanity_certificate") == ["tls_no_sanity_certificate = 1"]
    assert lines(true, conf, "tls_no_verify_certificate") == ["tls_no_verify_certificate = 1"]
    assert len(lines(true, conf, "sasl_allowed_username_list")) == 1
    for option, value in (("mdns-adv", "true"), ("mdns-name", '"x"'), ("max-requests", "30")):
        gone = of(LIBVIRT, f"libvirt {{ enable = true, {SAFE}, {option} = {value} }}")
        assert lines(gone, conf, option.replace("-", "_")) == []
        assert len(warnings(gone, f"`libvirt.{option}` has no effect")) == 1
    plain = of(LIBVIRT, f"libvirt {{ enable = true, {SAFE} }}")
    assert warnings(plain, "has no effect") == []


def listen(_folder: Path) -> None:
    deaf = of(LIBVIRT, f"libvirt {{ enable = true, {SAFE}, tls-port = 16555 }}")
    assert len(warnings(deaf, "nothing listens on port 16555")) == 1
    heard = of(
        LIBVIRT,
        f"libvirt {{ enable = true, {SAFE}, listen = true, tls-port = 16555 }}",
        "libvirt { socket-activation = false }",
    )
    assert file(heard, "default/libvirtd") == 'LIBVIRTD_ARGS="--listen"\n'
    assert lines(heard, "libvirt/libvirtd.conf", "tls_port") == ['tls_port = "16555"']
    sockets = of(
        LIBVIRT,
        f"libvirt {{ enable = true, {SAFE}, listen = true, tls-port = 16555 }}",
        "libvirt { socket-activation = true }",
    )
    assert "libvirtd-tls.socket" in sockets.data["systemd"]["enabled"]


def sparc(_folder: Path) -> None:
    module = "virtualization/qemu-binfmt/platforms.vcfg"
    table = f'import "{module}" as table\nimport "virtualization/qemu-binfmt.vcfg"\n'
    start = f"{table}qemu-binfmt.enable = true\nqemu-binfmt.platforms = table.lookup-qemu-platforms"
    found = of_text(f'{start}(["sparc", "armeb"])\n')
    assert [each["name"] for each in found.data["qemu-binfmt"]["platforms"]] == ["armeb", "sparc"]
    assert of_text(f'{start}(["sparc", "vax"])\n').codes() == ["type-mismatch"]


#: A test for each row of the page, by what the row is about.
TESTS: dict[str, Callable[[Path], None]] = {
    "ssh-port": ssh_port,
    "console": console,
    "image": image,
    "host-keys": host_keys,
    "parenthesis": parenthesis,
    "plain-file": plain_file,
    "personalizado": personalizado,
    "os": os_default,
    "debootstrap": left_out,
    "rapi-certificate": rapi_certificate,
    "rapi-ip": rapi_ip,
    "program-names": program_names,
    "variants-list": variants_list,
    "root": root,
    "defaults": defaults,
    "keys": keys,
    "listen": listen,
    "sparc": sparc,
}


def test_every_row_has_its_test() -> None:
    rows = [row for table in tables(PAGE).values() for row in table]
    assert [row[0] for row in rows] == list(TESTS)
    assert len(rows) == ROWS
    for about, manual, program, here, _warning in rows:
        assert manual, about
        assert program, about
        assert here, about


@pytest.mark.parametrize("about", TESTS)
def test_what_the_page_says_is_done(about: str, tmp_path: Path) -> None:
    TESTS[about](tmp_path)
