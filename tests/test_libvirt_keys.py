"""Descriptions of libvirt's options name the keys that are written, and no others."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from evaluator.cli.app import run
from tests.acceptance import ROOT, build

if TYPE_CHECKING:
    from pathlib import Path

CONFIGS = ROOT / "tests" / "integration" / "configs"

#: By service: configurations that set every option, and the options that are no key.
SERVICES = {
    "libvirt": (
        ("libvirt-limits", "libvirt-open"),
        {"enable", "extra", "extra.tcp_min_ssf", "hypervisor-packages", "listen", "package"}
        | {"socket-activation", "mdns-adv", "mdns-name", "max-requests"},
    ),
    "virtlog": (
        ("virtlog",),
        {"enable", "extra", "extra.admin_max_clients", "package"},
    ),
}


def options(service: str, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """The options of a service by their name in it."""
    module = str(ROOT / "modules" / "virtualization" / f"{service}.vcfg")
    capsys.readouterr()
    assert run(["options", module, service, "--format", "json"]) == 0
    listed = json.loads(capsys.readouterr().out)["options"]
    return {each["path"].removeprefix(f"{service}."): each for each in listed}


@pytest.mark.parametrize("service", SERVICES)
def test_every_key_is_named_by_its_option(
    service: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    configurations, without = SERVICES[service]
    path = f"/etc/libvirt/{service}d.conf"
    written = {
        line.partition(" = ")[0]
        for name in configurations
        for line in build(CONFIGS / f"{name}.vcfg", tmp_path / name).lines(path)
    }
    described = options(service, capsys)
    named = {
        name: re.findall(r"Key: `([a-z_]+)`", " ".join(each["description"].split()))
        for name, each in described.items()
    }
    assert {name for name, keys in named.items() if not keys} == without
    others = {name.removeprefix("extra.") for name in without if name.startswith("extra.")}
    assert {key for keys in named.values() for key in keys} | others == written


@pytest.mark.parametrize("service", SERVICES)
def test_settings_without_effect_say_so(service: str, capsys: pytest.CaptureFixture[str]) -> None:
    lost = {
        name
        for name, each in options(service, capsys).items()
        if "Without effect" in each["description"]
    }
    assert lost == ({"mdns-adv", "mdns-name", "max-requests"} if service == "libvirt" else set())
