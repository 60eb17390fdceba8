"""Units that a configuration names and, as it looks, nobody brings.

What is not written here may come from a package, so a name is doubted only where it is nearly
another one, or where systemd has nothing to start: a timer, socket or path of ours without its
unit. Silent in doubt.
"""

from __future__ import annotations

from evaluator.diagnostics.suggest import distance
from evaluator.plan.errors import option_path
from evaluator.plan.known_units import ELSEWHERE, KINDS, known_units
from evaluator.plan.services import UNITS, unit_of
from evaluator.plan.unit_names import is_unit_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from evaluator.plan.errors import Findings

CODE = "unknown-unit"
# Options of a unit that name others, and keys of its sections that do.
OPTIONS = ("after", "before", "wants", "requires", "wanted-by", "required-by")
ORDER = (
    *("After", "Before", "BindsTo", "Conflicts", "OnFailure", "OnSuccess", "PartOf"),
    *("PropagatesReloadTo", "ReloadPropagatedFrom", "Requires", "Requisite", "Upholds", "Wants"),
)
KEYS = {
    "unit": ORDER,
    "service": ("Sockets",),
    "socket": ("Service",),
    "timer": ("Unit",),
    "path": ("Unit",),
    "install": ("Also", "RequiredBy", "WantedBy"),
}
# What starts another unit, and the key that names it where it has another name.
STARTS = {"timer": "Unit", "path": "Unit", "socket": "Service"}
ENABLED = {"enable": "enabled", "disable": "disabled", "mask": "masked"}
# Slips that leave a name recognizable, by its length.
LONG, MIDDLE = 8, 4


class Known:
    """The units there are for certain: of this configuration, and of packages."""

    def __init__(self, data: dict[str, Any], systemd: dict[str, Any]) -> None:
        self.own = set(filter(None, map(unit_of, data["files"])))
        self.own |= {_last(path) for path in data["links"] if path.startswith(UNITS)}
        self.own |= {*systemd.get("units", ()), *systemd.get("needed", ())}
        self._packaged = known_units()

    def has(self, name: str) -> bool:
        """Whether a unit, or the template of an instance, is among them."""
        return any(each in self.own or each in self._packaged for each in (name, template(name)))

    def near(self, name: str) -> str:
        """The unit that was probably meant by a name that nothing has; "" in doubt."""
        if self.has(name) or not is_unit_name(name):
            return ""
        stem, _, kind = template(name).rpartition(".")
        if kind not in KINDS:
            return ""
        if name in ELSEWHERE:
            return ELSEWHERE[name]
        prefixed = f"systemd-{stem}.{kind}"
        if prefixed in self._packaged:
            return prefixed
        found = [
            (away, each not in self.own, ELSEWHERE.get(each, each))
            for each in {*self.own, *self._packaged, *ELSEWHERE}
            if each.endswith(f".{kind}")
            if (away := _slips(stem, each.rpartition(".")[0]))
        ]
        return min(found)[2] if found else ""


def template(name: str) -> str:
    """The template of an instance; any other name as it is."""
    stem, _, kind = name.rpartition(".")
    before, at, _ = stem.partition("@")
    return f"{before}@.{kind}" if at else name


def _slips(word: str, other: str) -> int:
    """How many slips make one name of another; 0 where they are just two names."""
    short = min(len(word), len(other))
    most = 2 if short >= LONG else 1 if short >= MIDDLE else 0
    if not most or word[0] != other[0] or _letters(word) == _letters(other):
        return 0
    away = distance(word, other, most)
    return away if away <= most else 0


def _letters(word: str) -> str:
    """A name without its digits: what differs only there is one of several."""
    return "".join(each for each in word if not each.isdigit())


def check_named_units(data: dict[str, Any], systemd: dict[str, Any], findings: Findings) -> None:
    """Warn about names of units that are nearly others, and about what starts nothing."""
    known = Known(data, systemd)
    for name, entry in sorted(data["units"].items()):
        _doubt(name, option_path("units", name), f"{ENABLED[entry['state']]} here", known, findings)
    for room in ("units", "drop-ins"):
        for unit, entry in sorted(systemd.get(room, {}).items()):
            base = option_path(room, unit, root="systemd")
            if room == "drop-ins" and "." in unit:
                _doubt(unit, base, "added to here", known, findings)
            for where, other in _named(entry):
                _doubt(other, f"{base}.{where}", "named here", known, findings)
    for unit, entry in sorted(systemd.get("units", {}).items()):
        _check_started(unit, entry, known, findings)


def _doubt(name: str, path: str, said: str, known: Known, findings: Findings) -> None:
    near = known.near(name)
    if near:
        findings.warn(
            path,
            f"Neither this configuration nor a known package brings `{name}`; "
            f"did you mean `{near}`?",
            said,
            code=CODE,
            help=f'if a package brings `{name}`, say so: `systemd.needed = ["{name}"]`',
            facts={"unit": name, "near": near},
        )


def _named(entry: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The units that a unit names, each with the option that does."""
    for option in OPTIONS:
        for other in sorted(set(entry.get(option, ()))):
            yield option, other
    for section, keys in KEYS.items():
        written = entry.get(section, {})
        for key in keys:
            for other in _words(written.get(key)):
                yield f"{section}.{key}", other


def _words(value: Any) -> list[str]:
    """The names in an entry of a section: a text with blanks between, or a list of such."""
    texts = value if isinstance(value, list) else [value]
    return [word for text in texts if isinstance(text, str) for word in text.split()]


def _check_started(unit: str, entry: dict[str, Any], known: Known, findings: Findings) -> None:
    """A timer, path or socket whose unit nobody brings: systemd refuses to start it."""
    stem, _, kind = unit.rpartition(".")
    key = STARTS.get(kind)
    if key is None or stem.endswith("@"):
        return
    said = _words(entry.get(kind, {}).get(key))
    accepts = str(entry.get(kind, {}).get("Accept", "")).lower() in ("true", "yes", "on", "1")
    started = said[-1] if said else f"{stem}{'@' if accepts else ''}.service"
    near = known.near(started)
    # Where the name is written and nearly another one, that was told.
    if known.has(started) or "%" in started or (said and near):
        return
    base = option_path("units", unit, root="systemd")
    meant = f"; did you mean `{near}`?" if near else ""
    findings.warn(
        f"{base}.{kind}.{key}" if said else base,
        f"The {kind} `{unit}` starts `{started}`, which neither this configuration nor a known "
        f"package brings{meant}",
        "named here" if said else f"it has no `{key}`, so it starts the unit of its own name",
        code=CODE,
        help=f'write `systemd.units."{started}"`, or, if a package brings it, say so: '
        f'`systemd.needed = ["{started}"]`',
        facts={"unit": started, "near": near},
    )


def _last(path: str) -> str:
    return path.rpartition("/")[2]
