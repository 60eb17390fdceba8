"""Small hosts on which the options of each service do something, and what their entries need."""

from __future__ import annotations

from typing import NamedTuple


class Host(NamedTuple):
    """`about` are the groups of options that are tried here, `imports` files of the library.

    `only` is a pattern that the names of the places have: the others are tried on another host.
    """

    about: tuple[str, ...]
    imports: tuple[str, ...]
    text: str
    only: str = ".*"

    def head(self) -> str:
        """The configuration that everything is tried in."""
        return "".join(f'import "{name}.vcfg"\n' for name in self.imports) + self.text


ELF = "7f 45 4c 46 01 01 01 00 00 00 00 00 00 00 00 00 02 00 29 00"
MASK = "ff ff ff ff ff fe fe ff ff ff ff ff ff ff ff ff fe ff ff ff"
SSH_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBEQ5UGmgk2tjuvbmSTdMX2v3jKIqxG4+5b3xCVvAWj2"
NETWORK = """networking {
  interfaces.eth0 { address = "192.168.1.2/24", gateway = "192.168.1.1" }
  interfaces.br0 { bridge { ports = ["eth1"], vlan-aware = true } }
"""
STACKED = r"networking\.interfaces\.<name>\.(vlan|bond)\."
CRON = """cron.files.files {
  environment.PATH = "/bin"
  jobs.job { schedule = "1 2 * * *", command = "true" }
}
"""
SECTIONS = (
    *("unit", "service", "socket", "timer", "path", "mount", "automount", "swap", "slice"),
    "install",
)
DAEMONS = (
    *("noded", "confd", "wconfd", "luxid", "rapi", "kvmd", "mond", "metad"),
    *("watcher", "cleaner"),
)

HOSTS = {
    "activation": Host(
        ("activation",),
        ("activation",),
        """activation {
  files."/srv/file" { text = "x\\n" }
  dirs."/srv/dir" {}
  links."/srv/link".target = "x"
  groups.people {}
  users.ana {}
  units."x.service".state = "enable"
  services."x.service" {}
  cron.files { environment.PATH = "/bin", jobs.job { schedule = "1 2 * * *", command = "true" } }
  snippets.one { text = "true\\n" }
}
""",
    ),
    "etc": Host(
        ("etc",),
        ("etc",),
        'etc { files.file.text = "x\\n", dirs.dir {}, links.link.target = "x" }\n',
    ),
    "account": Host(
        ("account", "profile", "secrets"),
        ("account", "profile", "secrets"),
        "account { users.ana {}, groups.people {} }\nsecrets.files.key {}\n",
    ),
    "cron": Host(("cron",), ("cron",), CRON),
    "cron as timers": Host(("cron",), ("cron",), CRON + 'cron.backend = "timers"\n'),
    "bus": Host(("dbus", "polkit"), ("dbus", "polkit"), ""),
    "pam": Host(
        ("pam",),
        ("pam",),
        'pam { services.one.rules = ["auth required pam_deny.so"], limits.one = [] }\n',
    ),
    "sudo": Host(("sudo",), ("sudo",), 'sudo.rules.one { users = ["root"] }\n'),
    "systemd": Host(
        ("systemd",),
        ("systemd",),
        """systemd {
  units."one.service" { service.ExecStart = "/bin/true" }
  drop-ins."other.service".service.Nice = 3
  binfmt.cafe { magic = "ca fe", interpreter = "/usr/bin/lua" }
  binfmt.lua { extension = "lua", interpreter = "/usr/bin/lua" }
}
account { package-users = ["qzmark"], package-groups = ["qzmark"] }
""",
    ),
    "file-systems": Host(
        ("file-systems",),
        ("file-systems",),
        """file-systems {
  mounts."/srv/mount" { device = "/dev/sdb1", type = "ext4", directories.inner {} }
  swap."/var/swap" { size = 1GiB }
  hugepages."2MiB" { count = 4 }
}
""",
    ),
    "hosts-file": Host(("hosts-file",), ("hosts-file",), ""),
    "openssh": Host(("openssh",), ("openssh",), "openssh.enable = true\n"),
    **{
        f"portable with {starter}": Host(
            ("portable", "starters"),
            ("portable", f"portable/{starter}"),
            """portable.web {
  enable = true
  argv = ["/usr/bin/web"]
  config-data.one.text = "x\\n"
  services.inner { argv = ["/usr/bin/inner"] }
}
""",
        )
        for starter in ("systemd", "runit")
    },
    "ifupdown": Host(("networking",), ("networking",), NETWORK + "}\n", f"(?!{STACKED}).*"),
    "networkd": Host(
        ("networking",),
        ("networking",),
        NETWORK + '  backend = "networkd"\n  resolver = "resolved"\n}\n',
        f"(?!{STACKED}).*",
    ),
    **{
        f"parts of {backend}": Host(
            ("networking",),
            ("networking",),
            f"""networking {{
  interfaces.lan5 {{ address = "192.168.5.2/24", vlan {{ id = 5, link = "eth0" }} }}
  interfaces.bond0 {{ address = "192.168.6.2/24", bond {{ members = ["eth2", "eth8"] }} }}
  backend = "{backend}"
}}
""",
            f"{STACKED}.*",
        )
        for backend in ("ifupdown", "networkd")
    },
    "libvirt": Host(
        ("libvirt", "libvirt-guests", "virtlog"),
        ("virtualization/libvirt", "virtualization/libvirt-guests", "virtualization/virtlog"),
        """libvirt { enable = true, listen = true, auth-tls = "sasl" }
libvirt-guests.enable = true
virtlog.enable = true
""",
    ),
    "libvirt by sockets": Host(
        ("libvirt",),
        ("virtualization/libvirt",),
        "libvirt { enable = true, listen = true, listen-tcp = true, socket-activation = true }\n",
    ),
    "qemu-binfmt": Host(
        ("qemu-binfmt",), ("virtualization/qemu-binfmt",), "qemu-binfmt.enable = true\n"
    ),
    "hurd-vm": Host(
        ("hurd-vm",),
        ("virtualization/hurd-vm",),
        "hurd-vm { enable = true, disk-size = 1GiB, others.second { id = 2 } }\n",
    ),
    "ganeti": Host(
        ("ganeti",),
        ("virtualization/ganeti",),
        """ganeti {
  enable = true
  os.a-provider {
    definition { create = "#!/bin/sh\\n" }
    variants.one.configuration = "x=1\\n"
  }
  os.debootstrap.variants.one.configuration = {}
}
""",
    ),
    "ganeti as units": Host(
        ("ganeti-units", "ganeti-defaults", "ganeti-noded", "ganeti-rapi"),
        ("virtualization/ganeti",),
        "ganeti-noded.enable = true\nganeti-rapi.enable = true\nganeti-units.enable = true\n",
        r"(?!.*\.(package|address|interface)).*",
    ),
    "ganeti in parts": Host(
        tuple(f"ganeti-{each}" for each in DAEMONS),
        ("virtualization/ganeti",),
        "".join(f"ganeti-{each}.enable = true\n" for each in DAEMONS),
    ),
}

#: What a new entry of a map holds beside its key, where `{}` would lack something.
ENTRIES = {
    "activation.cron.<name>.jobs": '{ schedule = "1 2 * * *", command = "true" }',
    "activation.files": '{ text = "x\\n" }',
    "activation.links": '{ target = "x" }',
    "activation.snippets": '{ text = "true\\n" }',
    "activation.units": '{ state = "enable" }',
    "cron.files.<name>.jobs": '{ schedule = "1 2 * * *", command = "true" }',
    "dbus.policies": '"<busconfig/>"',
    "etc.files": '{ text = "x\\n" }',
    "etc.links": '{ target = "x" }',
    "file-systems.mounts": '{ type = "tmpfs" }',
    "file-systems.swap": "{ size = 1GiB }",
    "ganeti.os": '{ variants.x.configuration = "x=1\\n", definition { create = "#!/bin/sh\\n" } }',
    "ganeti.os.<name>.variants": '{ configuration = "x=1\\n" }',
    "ganeti.os.<name>.variants.<name>.configuration.hooks": '"#!/bin/sh\\n"',
    "ganeti-defaults.arguments": '["-d"]',
    "hosts-file.entries": '["node1"]',
    "hurd-vm.others": "{ id = 9 }",
    "networking.interfaces": '{ address = "192.168.9.2/24" }',
    "openssh.authorized-keys": f'"{SSH_KEY}\\n"',
    "openssh.subsystems": '"/usr/bin/x"',
    "pam.limits": '["* - core 0"]',
    "pam.services": '{ rules = ["auth required pam_deny.so"] }',
    "portable": '{ enable = true, argv = ["/bin/x"] }',
    "portable.<name>.config-data": '{ text = "x\\n" }',
    "portable.<name>.services": '{ argv = ["/bin/x"] }',
    "portable.<name>.services.<name>.config-data": '{ text = "x\\n" }',
    "portable.<name>.services.<name>.services": '{ argv = ["/bin/x"] }',
    "sudo.rules": '{ users = ["root"] }',
    "systemd.binfmt": '{ extension = "x", interpreter = "/bin/x" }',
    "systemd.units": '{ service.ExecStart = "/bin/true" }',
}
#: Keys below which a map's values are tried, where they mean more than another one.
KEYS = {
    "hosts-file.entries": ("10.1.2.3",),
    # systemd passes over it as one that is meant for others
    **{
        f"systemd.{kind}.<name>.{section}": ("X-Sample",)
        for kind in ("units", "drop-ins")
        for section in SECTIONS
    },
    "systemd.units.<name>.service": ("X-Sample", "Environment", "ExecStart"),
    "systemd.drop-ins.<name>.service": ("X-Sample", "Environment"),
}
#: Places that are tried at once, by the end of their names: values in sections of units.
ALIKE = rf"systemd\.(?:units|drop-ins)\.<name>\.(?:{'|'.join(SECTIONS)})\.<name>(|\[\])"
#: What stands before an element of a list, without which it would mean nothing.
BEFORE = {
    "hurd-vm.options": '"--snapshot", "-name", ',
    "hurd-vm.net-options": '"--snapshot", "-name", ',
    "hurd-vm.others.<name>.options": '"--snapshot", "-name", ',
    "hurd-vm.others.<name>.net-options": '"--snapshot", "-name", ',
}
#: Fields that a record needs beside the one that is tried, by the name of the record.
FIELDS = {
    "LimitFields": {"domain": '"root"', "item": '"memlock"', "value": "4"},
    "Platform": {"name": '"x"', "magic": f'"{ELF}"', "mask": f'"{MASK}"', "interpreter": '"/x"'},
    "Route": {"to": '"10.0.0.0/8"', "via": '"192.168.1.1"'},
    "RuleFields": {"type": '"auth"', "module": '"pam_unix.so"'},
    "SysusersLine": {"name": '"x"'},
    "TmpfilesLine": {"path": '"/run/x"'},
}
