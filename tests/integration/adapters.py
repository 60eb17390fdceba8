"""What the tests of builders share: a configuration with odd names, built and brought inside."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from .conftest import vcfg
from .sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

#: Where outputs lie in a sandbox: no adapter may depend on a plain name.
FOLDER = """/srv/an out'put of "vcfg" $(touch canary)"""

APPLICATION = """
import "etc.vcfg"
import "account.vcfg"
import "systemd.vcfg"

etc.files {
  motd.text = "Welcome.\\n"
  "app/it's \\"odd\\"; $(touch canary) {{ no }} %s".text =
    "{{ lookup('pipe', 'touch canary') }} ${var.x}\\n"
  "app/grüße".text = "grüße\\n"
}
account.users.app { system = true, groups = ["adm"] }
systemd.units."app.service" {
  service.ExecStart = "/bin/sleep infinity"
  install.WantedBy = ["multi-user.target"]
}
"""

#: The same with secrets that go by a name.
SEALED = (
    APPLICATION
    + """
import "secrets.vcfg"

secrets.files {
  db.path = "/etc/app/password"
  key { path = "/etc/app/key", group = "app", mode = 0o640 }
}
"""
)

SECRETS = {"db": "hunter2\n", "key": "k'\"$(touch canary){{ x }}\n"}


@contextmanager
def machine_of_maker(debian_root: Path) -> Iterator[Sandbox]:
    """A machine on which `maker`, who may become root, can log in with root's key."""
    with Sandbox([debian_root], boot=True) as box:
        box.run(
            "useradd --create-home --shell /bin/bash maker\n"
            "echo 'maker ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/maker\n"
            "mkdir -p -m 700 /root/.ssh /home/maker/.ssh\n"
            "ssh-keygen -q -t ed25519 -N '' -f /root/.ssh/id_ed25519\n"
            "cp /root/.ssh/id_ed25519.pub /home/maker/.ssh/authorized_keys\n"
            "chown -R maker: /home/maker/.ssh\n"
            "systemctl start ssh.service"
        )
        yield box


def built(text: str, folder: Path, *builders: str) -> Path:
    """The outputs of a configuration with what builders need."""
    wanted = [word for builder in builders for word in ("--for", builder)]
    done = vcfg("build", "-", "-o", str(folder), *wanted, text=text)
    assert done.returncode == 0, done.stderr
    return folder


def bring(box: Sandbox, folder: Path, place: str = FOLDER) -> None:
    """Lay the outputs down in a sandbox."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            box.put(f"{place}/{path.relative_to(folder)}", path.read_bytes())


def check_done(box: Sandbox, secrets: str = "") -> None:
    """The machine is as it was asked for, and no text was taken for a command."""
    command = f"VCFG_SECRETS={quoted(secrets)} sh {quoted(FOLDER)}/activate --live --check"
    assert box.run(command).out == "nothing to do\n"
    assert box.read("/etc/app/grüße") == "grüße\n"
    assert "app" in box.run("id -nG app").out.split()
    assert box.run("find / -xdev -name canary").out == ""


def quoted(text: str) -> str:
    """A text as one word of a shell."""
    return "'" + text.replace("'", "'\\''") + "'"
