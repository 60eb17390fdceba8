"""Images made by buildah from a root of busybox: what is in them, and when they are the same."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from evaluator.emit.builders.containerfile import adapt
from evaluator.emit.outputs import Built
from evaluator.emit.write import adapted, render_outputs, write_outputs
from tests.activation.box import plan_of, tree

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [
    pytest.mark.root,
    pytest.mark.needs("buildah"),
    pytest.mark.needs("busybox", package="busybox-static"),
]

APPLICATION: dict[str, Any] = {
    "files": {
        "/etc/motd": {"text": "Welcome.\n"},
        '/etc/app/it\'s "odd"; $(true)': {"text": "x", "mode": "0640", "group": "app"},
        "/etc/app/password": {"text": {"secret": {"name": "db"}}, "mode": "0600"},
        "/etc/app/key": {"text": {"secret": {"file": "/run/keys/app"}}, "mode": "0600"},
        "/etc/hosts": {"text": "127.0.0.1 localhost\n"},
    },
    "links": {"/etc/app/link": {"target": "nowhere else"}},
    "groups": {"app": {"gid": 500}},
    "users": {"app": {"uid": 500, "group": "app", "home": "/srv/app", "create-home": True}},
}


@dataclass
class Engine:
    """buildah with a store of its own, without a registry, and with a base image."""

    folder: Path

    def __call__(self, *words: str | Path) -> str:
        done = subprocess.run(
            [
                *("buildah", "--root", self.folder / "store", "--runroot", self.folder / "run"),
                *("--storage-driver", "vfs", *words),
            ],
            env={"PATH": os.environ["PATH"], "HOME": str(self.folder), "TMPDIR": str(self.folder)},
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout + done.stderr

    def build(self, context: Path, *words: str, name: str = "image") -> tuple[str, str]:
        """The image's id, and what was said."""
        keys = sorted((self.folder / "secrets").iterdir())
        options = ["--isolation=chroot", "--pull-never", "--build-arg=BASE=localhost/base"]
        options += [f"--secret=id={key.name},src={key}" for key in keys]
        options += ["--timestamp=0", f"--tag={name}", *words, str(context)]
        said = self("bud", *options)
        return self("images", "--quiet", "--no-trunc", name).split()[0], said

    def root(self, name: str = "image") -> Path:
        """The image's tree, as a folder."""
        from pathlib import Path

        container = self("from", "--pull-never", f"localhost/{name}").split()[-1]
        return Path(self("mount", container).splitlines()[0])


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    made = Engine(tmp_path_factory.mktemp("engine"))
    for name, content in {"db": "hunter2\n", "run-keys-app": "key"}.items():
        (made.folder / "secrets").mkdir(exist_ok=True)
        (made.folder / "secrets" / name).write_text(content)
    root = made.folder / "base"
    for each in ("bin", "etc", "run", "tmp", "usr/bin", "var/lib"):
        (root / each).mkdir(parents=True)
    shutil.copy(shutil.which("busybox") or "", root / "bin/busybox")
    names = subprocess.run(
        [root / "bin/busybox", "--list"], capture_output=True, text=True, check=True
    ).stdout.split()
    for name in {*names, "sh"} - {"busybox"}:
        (root / "bin" / name).symlink_to("busybox")
    (made.folder / "base/Containerfile").write_text("FROM scratch\nCOPY . /\n")
    made("bud", "--isolation=chroot", "--timestamp=0", "--tag=base", root)
    return made


def outputs_in(folder: Path, activation: dict[str, Any]) -> Path:
    plan = plan_of(activation)
    outputs = render_outputs(plan)
    write_outputs(outputs | adapted(plan, outputs, "containerfile").outputs, folder)
    return folder


def test_an_image_is_what_the_script_makes_and_comes_out_the_same_twice(
    engine: Engine, tmp_path: Path
) -> None:
    context = outputs_in(tmp_path / "an out'put folder", APPLICATION)
    first, said = engine.build(context)
    assert "/etc/hosts is a mount point and is left alone" in said
    # Nothing is taken from the first one's layers: --no-cache.
    second, _ = engine.build(context, "--no-cache", name="again")
    assert first == second
    made = engine.root()
    assert (made / "etc/app/password").read_text() == "hunter2\n"
    assert (made / "etc/app/key").read_text() == "key"
    assert not list((made / "run/secrets").iterdir())
    assert not list((made / "run/keys").iterdir())
    assert not (made / "run/vcfg-activate").exists()

    wanted = tmp_path / "root"
    shutil.copytree(engine.folder / "base", wanted, symlinks=True)
    keys = tmp_path / "keys"
    keys.mkdir()
    (keys / "db").write_text("hunter2\n")
    without = {**APPLICATION, "files": dict(APPLICATION["files"])}
    del without["files"]["/etc/hosts"]
    without["files"]["/etc/app/key"] = {"text": "key", "mode": "0600"}
    script = outputs_in(tmp_path / "plain", without) / "activate"
    guard = ["bwrap", "--ro-bind", "/", "/", "--dev", "/dev", "--bind", str(wanted), str(wanted)]
    subprocess.run(
        [*guard, "env", f"VCFG_SECRETS={keys}", "sh", str(script), f"--root={wanted}"], check=True
    )
    mounted = ("run", "etc/hosts", "etc/hostname", "etc/resolv.conf", "proc", "sys", "dev")
    found = {k: v for k, v in tree(made, memory=False).items() if not k.startswith(mounted)}
    expected = {k: v for k, v in tree(wanted, memory=False).items() if not k.startswith(mounted)}
    assert found == expected


def test_a_changed_script_is_run_again_with_layers(engine: Engine, tmp_path: Path) -> None:
    context = outputs_in(tmp_path / "out", APPLICATION)
    engine.build(context, "--layers", name="layers")
    changed = {**APPLICATION, "files": {**APPLICATION["files"], "/etc/motd": {"text": "Bye.\n"}}}
    outputs_in(tmp_path / "out", changed)
    engine.build(context, "--layers", name="layers")
    assert (engine.root("layers") / "etc/motd").read_text() == "Bye.\n"


def test_a_missing_secret_ends_the_build(engine: Engine, tmp_path: Path) -> None:
    asks = {"files": {"/etc/x": {"text": {"secret": {"name": "absent"}}, "mode": "0600"}}}
    context = outputs_in(tmp_path / "out", asks)
    with pytest.raises(AssertionError, match="absent"):
        engine.build(context, name="never")


def text_of(activation: dict[str, Any]) -> tuple[str, str, tuple[str, ...]]:
    built = adapt(Built(plan_of(activation), "script"))
    return built.outputs["Containerfile"].content.decode(), built.usage("out"), built.notes


def test_nothing_of_a_configuration_is_said_again() -> None:
    text, usage, notes = text_of({"files": {"/etc/a\\b": {"text": "RUN false\n"}}})
    assert text.count("RUN") == 1
    assert "/etc" not in text
    assert "apt-get" not in text
    assert usage == "podman build --timestamp=0 --tag=image out"
    assert notes == ()
    text, _, _ = text_of({"packages": ["curl", "a+b"]})
    assert "        a+b \\\n        curl \\\n" in text


def test_secrets_that_no_engine_can_bring_are_told() -> None:
    asked = {
        "/etc/a": {"text": {"secret": {"file": "/etc/keys/a b\n"}}, "mode": "0600"},
        "/etc/b": {"text": {"secret": {"command": ["pass", "x\ny"]}}, "mode": "0600"},
        "/etc/c": {"text": {"secret": {"name": "db@x"}}, "mode": "0600"},
    }
    text, usage, notes = text_of({"files": asked})
    assert "id=db@x \\\n" in text
    assert "--secret=id=db@x,src=secrets/db@x " in usage
    assert "keys" not in text
    assert notes[1:] == (
        "the secret of the command `pass x y` is asked for inside the container",
        "the secret file `/etc/keys/a b ` has to be in the base image",
    )
