"""cloud-init runs our user data at the first boot of a machine, and not at the second."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from .adapters import APPLICATION, bring, built, check_done
from .sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

SEED = "var/lib/cloud/seed/nocloud"
#: Units of cloud-init's own, in the order of a boot.
STAGES = "cloud-init-local cloud-init cloud-config cloud-final"


@pytest.fixture(scope="module")
def outputs_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    text = APPLICATION + 'etc.files.hostname.text = "ours\\n"\nactivation.packages = ["sudo"]\n'
    return built(text, tmp_path_factory.mktemp("out"), "cloud-init")


@pytest.fixture(scope="module")
def machine(
    outputs_folder: Path, debian_root: Path, change_directory: Callable[[], Path]
) -> Iterator[Sandbox]:
    """A machine that finds its data beside itself when it boots."""
    layer = change_directory()
    seed = layer / SEED
    seed.mkdir(parents=True)
    for path in (layer, layer / "var", layer / "var/lib"):
        path.chmod(0o755)
    # packed, as it is where size counts
    (seed / "user-data").write_bytes((outputs_folder / "user-data.gz").read_bytes())
    (seed / "meta-data").write_text("instance-id: one\nlocal-hostname: theirs\n")
    settings = layer / "etc/cloud/cloud.cfg.d"
    settings.mkdir(parents=True)
    for path in (layer / "etc", layer / "etc/cloud", settings):
        path.chmod(0o755)
    # Nobody answers on the network; the package is there, so that nothing is fetched.
    (settings / "99_test.cfg").write_text(
        "datasource_list: [NoCloud]\nnetwork: {config: disabled}\nlocale: false\n"
    )
    with Sandbox([layer, debian_root], boot=True) as box:
        yield box


def test_the_first_boot_runs_the_script(machine: Sandbox, outputs_folder: Path) -> None:
    status = json.loads(machine.run("cloud-init status --wait --format json", timeout=180).out)
    log = machine.run("cat /var/log/cloud-init-output.log").out
    assert (status["status"], status["errors"]) == ("done", []), log
    assert "done: " in log
    bring(machine, outputs_folder)
    check_done(machine)
    assert machine.run("ls /var/lib/cloud/vcfg").out == ""
    assert machine.read("/etc/hostname") == "ours\n"


def test_a_second_boot_changes_nothing(machine: Sandbox) -> None:
    """As it is when the machine starts again: what runs always runs again."""
    machine.run("systemctl stop cloud-final cloud-config cloud-init cloud-init-local")
    machine.run(f"for stage in {STAGES}; do systemctl start $stage; done", timeout=180)
    log = machine.run("cat /var/log/cloud-init-output.log").out
    assert log.count("done: ") == 1
    check_done(machine)
    assert machine.read("/etc/hostname") == "ours\n"


def test_the_schema(machine: Sandbox, outputs_folder: Path) -> None:
    place = "/root/user-data"
    machine.put(place, (outputs_folder / "user-data").read_bytes())
    assert "Valid" in machine.run(f"cloud-init schema --config-file {place}").said
    # What it is for: a number in the place of a text is an error of it.
    machine.run(f"sed 's/\"0700\"/0700/' {place} >/tmp/wrong")
    wrong = machine.run("cloud-init schema --config-file /tmp/wrong", check=False)
    assert (wrong.code, "permissions" in wrong.said) == (1, True), wrong.said
