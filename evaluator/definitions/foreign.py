"""Where options of NixOS and Guix are found here: for who writes their paths from memory.

A key is the beginning of a path, `*` any one component; what stands for it is a path of the
library, where the component is put in, or words where no option corresponds.
"""

from __future__ import annotations

from evaluator.definitions.importing import import_edit
from evaluator.diagnostics.model import Edit, Help
from evaluator.options.shapes import path_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.options.shapes import Shape
    from evaluator.source import Source

    Node = tuple[Any, ...]
    Path = tuple[Any, ...]

PATHS: dict[tuple[str, ...], tuple[str, ...]] = {
    ("environment", "etc"): ("etc", "files"),
    ("environment", "systemPackages"): ("profile", "packages"),
    ("users", "users"): ("account", "users"),
    ("users", "groups"): ("account", "groups"),
    ("users", "extraUsers"): ("account", "users"),
    ("users", "extraGroups"): ("account", "groups"),
    ("networking", "nameservers"): ("networking", "name-servers"),
    ("networking", "search"): ("networking", "search-domains"),
    ("networking", "hosts"): ("hosts-file", "entries"),
    ("networking", "extraHosts"): ("hosts-file", "text"),
    ("systemd", "services", "*"): ("systemd", "units", "*.service"),
    ("systemd", "sockets", "*"): ("systemd", "units", "*.socket"),
    ("systemd", "timers", "*"): ("systemd", "units", "*.timer"),
    ("systemd", "paths", "*"): ("systemd", "units", "*.path"),
    ("systemd", "targets", "*"): ("systemd", "units", "*.target"),
    ("systemd", "tmpfiles", "rules"): ("systemd", "tmpfiles"),
    ("security", "polkit"): ("polkit",),
    ("virtualisation", "libvirtd"): ("libvirt",),
    ("services", "libvirtd"): ("libvirt",),
    ("services", "sshd"): ("openssh",),
    ("boot", "binfmt", "emulatedSystems"): ("qemu-binfmt", "platforms"),
    ("system", "activationScripts", "*"): ("activation", "snippets", "*"),
    ("host-name",): ("networking", "hostname"),
    ("packages",): ("profile", "packages"),
    ("hosts-file",): ("hosts-file",),
}
WORDS: dict[tuple[str, ...], str] = {
    ("boot", "kernelModules"): 'modules to load are a file: `etc.files."modules-load.d/NAME.conf"`',
    ("boot", "kernel", "sysctl"): 'kernel settings are a file: `etc.files."sysctl.d/NAME.conf"`',
    ("hosts",): "`hosts.NAME` is for reading: a host's own definitions stand in `host NAME { … }`",
    ("variants",): "`variants.NAME` is for reading: definitions stand in `variant NAME { … }`",
    ("boot",): "how a machine boots is left to its distribution",
    ("nix",): "packages are those of the distribution, named in `profile.packages`",
    ("nixpkgs",): "packages are those of the distribution, named in `profile.packages`",
    ("programs",): "a program's package is named in `profile.packages`, its files in `etc.files`",
    ("time", "timeZone"): 'the time zone is a link: `etc.links.localtime.target = "…"`',
    ("system", "stateVersion"): "nothing depends on it here; leave it out",
    ("systemd", "units", "*", "enable"): (
        "`systemd.enabled` names units that start; one of your own has `wanted-by`"
    ),
}
LONGEST = 4


def here(
    source: Source, node: Node, written: Path, path: Path, at: int, root: Shape
) -> Help | None:
    """What a path of another system is called here.

    `written` is what the statement says of it, `at` the component that leads nowhere.
    """
    top = root.members.get(path[0])
    if top is not None and (top.module is None or not top.module.shipped):
        return None  # a name of one's own
    for length in range(min(len(path), LONGEST), at, -1):
        begin = path[:length]
        if not all([isinstance(part, str) for part in begin]):
            continue
        target = _target(begin)
        if target is not None and _leads_somewhere(target, root):
            return _renamed(source, node, written, begin, target, root)
    return None


def words(path: Path, at: int) -> Help | None:
    """What is said about a path of another system that nothing here corresponds to."""
    for length in range(min(len(path), LONGEST), at, -1):
        for key, said in WORDS.items():
            if _fits(key, path[:length]):
                return Help(said)
    if path[0] == "services" and at == 0 and len(path) > 1 and isinstance(path[1], str):
        name = path_text((path[1],))
        return Help(
            f"a service stands at the top by its own name, and the library has no `{name}`: "
            "name its package in `profile.packages`, write its files to `etc.files`"
        )
    return None


def _target(begin: Path) -> Path | None:
    for key, target in PATHS.items():
        if _fits(key, begin):
            return tuple([_named(part, begin[-1]) for part in target])
    if len(begin) == 2 and begin[0] == "services":
        from evaluator.names.library import services

        plain = _joined(begin[1])
        return next(((name,) for name in services() if _joined(name) == plain), None)
    return None


def _named(part: str, name: str) -> str:
    """The component of a target with the name put in; an ending it has already is not doubled."""
    return part.replace("*", name.removesuffix(part[1:]) if part.startswith("*") else name)


def _fits(key: tuple[str, ...], begin: Path) -> bool:
    return len(key) == len(begin) and all(
        [part in ("*", other) for part, other in zip(key, begin, strict=True)]
    )


def _joined(name: str) -> str:
    return name.casefold().replace("-", "").replace("_", "")


def _leads_somewhere(target: Path, root: Shape) -> bool:
    """Whether the library is there to declare it, imported or not."""
    from evaluator.names.library import declaring

    return target[0] in root.members or declaring(target) is not None


def _renamed(
    source: Source, node: Node, written: Path, begin: Path, target: Path, root: Shape
) -> Help:
    from evaluator.definitions.wording import part_span
    from evaluator.names.library import declaring

    file = declaring(target) if target[0] not in root.members else None
    said = f"`{path_text(begin)}` is `{path_text(target)}` here"
    if file is not None:
        said = f'{said}: `import "{file}"`'
    if source.is_data() or written[: len(begin)] != begin:
        return Help(said)
    start = part_span(source, node, written, 0)[1]
    end = part_span(source, node, written, len(begin) - 1)[2]
    if source.text.startswith('"', end):
        end += 1  # the component stands in quotes
    edits: tuple[Edit, ...] = (Edit((source, start, end), path_text(target)),)
    if file is not None and f'"{file}"' not in source.text:
        edits = (*edits, import_edit(source, file))
    return Help(said, edits)
