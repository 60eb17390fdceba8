"""A small root, a configuration with one of everything, and ways to bring one to the other."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evaluator.emit.write import adapted, render_outputs, write_outputs
from tests.activation.box import plan_of, tree

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.activation.box import Box, Ran

HOSTILE = 'it\'s "odd" $(touch /tmp/canary); \\n \u00e9'
APPLICATION: dict[str, Any] = {
    "files": {
        "/etc/motd": {"text": "Welcome.\n"},
        "/etc/app/app.conf": {"text": "port=1\n", "mode": "0640", "group": "app"},
        "/etc/app/user.conf": {"text": "x", "mode": "0600", "owner": "later", "group": "later"},
        "/opt/app/tool": {"text": "#!/bin/sh\n", "mode": "4755", "owner": "later"},
        f"/etc/app/{HOSTILE}": {"text": HOSTILE},
        "/etc/app/seed": {"text": "once\n", "manage": "seed"},
        "/etc/app/stock": {"manage": "absent"},
        "/etc/app/password": {"text": {"secret": {"name": "db"}}, "mode": "0600"},
    },
    "dirs": {
        "/var/lib/app": {"mode": "2770", "owner": "later", "group": "app"},
        "/srv/app": {"mode": "0750", "owner": "4711", "group": "root"},
    },
    "links": {f"/etc/app/link {HOSTILE}": {"target": f"../{HOSTILE}"}},
    "groups": {"app": {"gid": 500, "members": ["later"]}, "later": {}},
    "users": {
        "app": {"uid": 500, "group": "app", "home": "/srv/home", "create-home": True},
        "later": {"group": "later", "comment": 'One "of" 100% \\o/'},
    },
    "units": {"b.timer": {"state": "mask"}, "a.service": {"state": "disable"}},
    "cron": {"app": {"jobs": {"j": {"schedule": "*/5 * * * *", "command": "true"}}}},
    "snippets": {
        "once": {"text": 'echo "$VCFG_ROOT" >/dev/null; echo once >>"$VCFG_ROOT/etc/once"\n'},
        "index": {
            "text": 'echo indexed >>"$VCFG_ROOT/etc/app/index"\n',
            "on-change": ["/etc/app/app.conf"],
        },
        "links": {
            "text": 'echo linked >>"$VCFG_ROOT/etc/app/linked"\n',
            "on-change": [f"/etc/app/link {HOSTILE}"],
        },
    },
    "packages": ["hello"],
}


def fill(root: Path) -> None:
    """What the configuration finds: accounts, a package, files of others."""
    # what `Box.inside` mounts is made here, so that no way differs in who made it
    for name in ("dev", "in", "proc", "usr"):
        (root / name).mkdir()
    for name in ("bin", "lib", "lib64", "sbin"):
        (root / name).symlink_to(f"usr/{name}")
    (root / "tmp").mkdir()
    (root / "tmp").chmod(0o1777)
    for name, mode, text in (
        ("etc/passwd", 0o644, "root:x:0:0:root:/root:/bin/sh\nold:x:1000:1000::/:/bin/sh\n"),
        ("etc/group", 0o644, "root:x:0:\nold:x:1000:\n"),
        ("etc/shadow", 0o640, "root:*:::::::\nold:*:::::::\n"),
        ("etc/gshadow", 0o640, "root:*::\nold:!::\n"),
        ("etc/motd", 0o644, "Debian\n"),
        ("etc/app/stock", 0o644, "stock\n"),
        ("var/lib/dpkg/status", 0o644, "Package: hello\nStatus: install ok installed\n"),
    ):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(mode)


def build(box: Box, *builders: str, activation: dict[str, Any] = APPLICATION) -> Path:
    """The outputs, in a folder whose name no command may stumble over, and the secret."""
    out = box.folder / "an out'put folder"
    plan = plan_of(activation)
    outputs = render_outputs(plan)
    for builder in builders:
        outputs |= adapted(plan, outputs, builder).outputs
    write_outputs(outputs, out)
    (box.folder / "keys").mkdir(exist_ok=True)
    (box.folder / "keys/db").write_text("hunter2\n")
    return out


def _root(box: Box, out: Path) -> Ran:
    return _outside(box, "sh", out / "activate", f"--root={box.root}")


def _inside(box: Box, out: Path) -> Ran:
    place = Path("/in") / out.relative_to(box.folder) / "activate"
    return box.inside("sh", place, "--inside", VCFG_SECRETS="/in/keys")


def _tree(box: Box, out: Path) -> Ran:
    usage = adapted(plan_of(APPLICATION), render_outputs(plan_of(APPLICATION)), "tree").usage
    command = usage(shlex.quote(str(out))).replace("ROOT", str(box.root))
    return _outside(box, "sh", "-c", command)


def _mmdebstrap(box: Box, out: Path) -> Ran:
    return _outside(box, out / "mmdebstrap/customize90-vcfg", box.root)


def _mkosi(box: Box, out: Path) -> Ran:
    done = _outside(box, out / "mkosi.postinst", "final", BUILDROOT=str(box.root), SRCDIR=str(out))
    late = _outside(box, out / "mkosi.finalize", "final", BUILDROOT=str(box.root), SRCDIR=str(out))
    assert (late.code, late.out) == (0, "")
    return done


def _mkosi_14(box: Box, out: Path) -> Ran:
    early = box.inside(Path("/in") / out.relative_to(box.folder) / "mkosi.postinst", "final")
    assert (early.code, early.out) == (0, "")
    return _outside(box, out / "mkosi.finalize", "final", BUILDROOT=str(box.root))


def _outside(box: Box, *words: str | Path, **more: str) -> Ran:
    return box.command(*words, VCFG_SECRETS=str(box.folder / "keys"), **more)


WAYS: dict[str, Callable[[Box, Path], Ran]] = {
    "inside": _inside,
    "tree": _tree,
    "mmdebstrap": _mmdebstrap,
    "mkosi": _mkosi,
    "mkosi-14": _mkosi_14,
}
"""How each builder brings a configuration to `box.root`; `root` is what they are held against."""

BUILDERS_OF = {"inside": (), "mkosi-14": ("mkosi",)}


def apply(box: Box, way: str) -> None:
    """Fill the root and bring the configuration to it."""
    fill(box.root)
    out = build(box, *BUILDERS_OF.get(way, () if way == "root" else (way,)))
    done = WAYS[way](box, out) if way != "root" else _root(box, out)
    assert done.code == 0, done.err
    again = _root(box, out)
    assert (again.code, again.out) == (0, "nothing to do\n"), again.out + again.err


def result(root: Path) -> dict[str, str]:
    """All that is in the root, and what memory holds."""
    found = tree(root)
    state = root / "var/lib/vcfg/state"
    found["state"] = state.read_text()
    return found
