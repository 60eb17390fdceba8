"""A configuration that asks for one of everything, and how tests turn one into a plan."""

from __future__ import annotations

from typing import Any

from evaluator.diagnostics.model import Sink
from evaluator.plan.build import build_plan
from evaluator.source import Source

SOURCE = Source("node1.vcfg", "/node1.vcfg", "one\ntwo\n")

EVERYTHING: dict[str, Any] = {
    "files": {
        "/etc/b": {"text": "b\n", "mode": "0600", "owner": "app", "group": "4711"},
        "/etc/a": {"text": "se\u00f1or", "manage": "seed", "replaces": ["1" * 64, "0" * 64]},
        "/etc/c": {"manage": "absent"},
        "/etc/d": {"text": {"secret-text": ["p=", {"command": ["echo", "a b"]}, "\n"]}},
    },
    "dirs": {"/var/lib/app": {"mode": "2770", "owner": "app", "group": "app"}},
    "links": {"/etc/l": {"target": "../x"}},
    "groups": {"app": {"gid": 500, "members": ["zoe", "ann"]}},
    "users": {
        "app": {
            "uid": 500,
            "groups": ["kvm", "disk"],
            "create-home": True,
            "home": "/srv/app",
            "initial-password": {"secret": {"command": ["echo", "$6$a$b"]}},
        }
    },
    "units": {"b.timer": {"state": "mask"}, "a.service": {"state": "enable"}},
    "cron": {
        "app": {
            "environment": {"PATH": "/bin"},
            "jobs": {"j": {"schedule": "*/5 1-3 * jan,feb 1", "command": "date +\\%s"}},
        }
    },
    "packages": ["qemu-utils", "curl", "curl"],
    "snippets": {
        "last": {"text": "true\n", "after": ["first", "?missing", "files"]},
        "first": {"text": "true\n", "before": ["last"], "on-change": ["/etc/b", "/etc/a"]},
        "early": {"text": "true\n", "phase": "pre", "before": ["last", "users"]},
    },
}


def origin(path: str) -> list[dict[str, Any]]:
    """Two places, unsorted, one of them twice."""
    place = {"file": "node1.vcfg", "line": 2, "path": path, "span": (SOURCE, 4, 7)}
    return [place, {"file": "a.vcfg", "line": 9, "path": path}, place]


def build(activation: dict[str, Any]) -> tuple[dict[str, Any], Sink]:
    sink = Sink()
    plan = build_plan(activation, host="node1", input_hash="ab12", origin=origin, sink=sink)
    return plan, sink
