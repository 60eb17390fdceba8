"""Several configurations from one file: its hosts, and the variants of each.

What they have in common is loaded, declared and checked once: hosts that import the same
files are one group. A configuration of a fleet is opened when somebody asks for it; all of
them share who is being computed and what was read, so that circles through several hosts
are found and named.
"""

from __future__ import annotations

from evaluator.definitions.check import Checker, deprecated_in
from evaluator.definitions.checked import check_modules, check_statements, defines_only
from evaluator.diagnostics.model import Sink
from evaluator.evaluation.others import Elsewhere, Others, Refusal
from evaluator.evaluation.sharing import Sharing, Snapshot, before_old_names, touched_paths
from evaluator.evaluation.world import World
from evaluator.fleet.configure import allow_depth, has_variants
from evaluator.fleet.expand import expand_hosts, host_in_host
from evaluator.fleet.gathering import Gathering
from evaluator.fleet.variants import chain, gather_variants
from evaluator.options.declare import declare
from evaluator.options.shapes import Declarations
from evaluator.services.graph import check_graph

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evaluator.definitions.deprecation import Deprecated
    from evaluator.definitions.spread import Spread
    from evaluator.diagnostics.model import Diagnostic
    from evaluator.fleet.configure import Settings
    from evaluator.fleet.expand import HostBody
    from evaluator.fleet.variants import Variant
    from evaluator.names.hosts import HostPart
    from evaluator.names.load import Module

# Statements of hosts come after those of all files, those of variants after these.
HOSTS_FROM = 1_000_000
VARIANTS_FROM = 2_000_000


class Group:
    """Hosts for which the same is declared: one option tree, checked once."""

    __slots__ = (
        "blocks", "declared", "deprecated", "files", "hosts", "modules", "sink", "spreads",
        "variants",
    )  # fmt: skip

    def __init__(self, modules: list[Module], sink: Sink) -> None:
        self.modules = modules
        self.sink = sink
        self.hosts: list[str] = []
        # Files of single hosts that only define, by key; they are checked as blocks are.
        self.files: dict[str, Module] = {}
        self.spreads: dict[int, Spread] = {}
        self.declared = Declarations()
        self.deprecated: Deprecated | None = None
        self.variants: dict[str, Variant] = {}
        # Findings about each block or file of its hosts, and which hosts it speaks about.
        self.blocks: dict[int, tuple[Sink, list[str]]] = {}


class Fleet:
    """All configurations of a file; `hosts` is `[""]` where it describes no hosts."""

    def __init__(
        self,
        modules: list[Module],
        settings: Settings,
        sink: Sink,
        added: tuple[Module, ...] = (),
    ) -> None:
        """`added` are statements that hold for every host and are checked by who adds them."""
        allow_depth()
        self._added = added
        self.modules = modules
        self.settings = settings
        self.gathering = Gathering(self)
        self._loaded = sink
        self._worlds: dict[tuple[str, str], World] = {}
        self._variants: dict[str, dict[str, Variant]] = {}
        self._snapshots: dict[str, Snapshot] = {}
        self.lobby = self._lobby()
        has_hosts = any([module.hosts for module in modules])
        self.bodies: dict[str, list[HostBody]] = {"": []}
        if has_hosts:
            self.bodies = expand_hosts(self.lobby)
        self.hosts = sorted(self.bodies)
        self.groups: dict[tuple[str, ...], Group] = {}
        self._group_of: dict[str, Group] = {}
        self._files_of: dict[str, list[Module]] = {}
        for host in self.hosts:
            self._join(host)
        if not self.hosts:
            self._group([])  # Every host failed; what they share is checked all the same.
        idle = self._idle()
        for group in self.groups.values():
            self._check(group)
        for group, part in idle:
            group.blocks[id(part)] = (self._check_block(group, part), [])
        self.all_hosts = Elsewhere(
            self.lobby, "hosts", "host", self.hosts if has_hosts else [], self.world
        )
        if any([group.variants for group in self.groups.values()]):
            self.trace()

    def trace(self) -> None:
        """Remember from now on, in every configuration, what was computed from what."""
        if self.lobby.reads is None:
            self.lobby.reads = {}
            for world in self.lobby.kin:
                world.reads = self.lobby.reads

    def _lobby(self) -> World:
        """Where it is found out which hosts there are: names have a meaning, options do not."""
        lobby = World(self.modules, Declarations(), self._loaded, self.settings.files)
        lobby.others = Refusal(lobby)
        lobby.root = lobby.others  # type: ignore[assignment]
        return lobby

    def _join(self, host: str) -> None:
        """Find the group of a host by what it imports beside the files of all."""
        extras: dict[str, Module] = {}
        for body in self.bodies[host]:
            for module in body.part.extras:
                extras.setdefault(module.key, module)
        group, self._files_of[host] = self._group([*extras.values()])
        group.hosts.append(host)
        self._group_of[host] = group

    def _idle(self) -> list[tuple[Group, HostPart]]:
        """Blocks that no host comes of, as in a loop over nothing; they are checked too."""
        used = {id(body.part) for bodies in self.bodies.values() for body in bodies}
        return [
            (self._group(part.extras)[0], part)
            for module in self.modules
            for part in module.hosts
            if id(part) not in used
        ]

    def _group(self, extras: list[Module]) -> tuple[Group, list[Module]]:
        """The group of who imports some files for itself, and those of them that only define."""
        files = [module for module in extras if defines_only(module) and not module.hosts]
        declaring = [module for module in extras if module not in files]
        key = tuple([module.key for module in declaring])
        group = self.groups.get(key)
        if group is None:
            sink = Sink()
            for each in self._loaded.diagnostics:
                sink.report(each)
            for module in declaring:
                for part in module.hosts:
                    host_in_host(sink, module, part.node)
            group = self.groups[key] = Group([*self.modules, *declaring], sink)
        for module in files:
            group.files[module.key] = module
        return group, files

    def _check(self, group: Group) -> None:
        """Declare what a group's modules declare, and check every statement of it once."""
        group.declared = declare(group.modules, group.sink)
        group.declared.are_others_unlike = len(self.groups) > 1
        check_modules(group.modules, group.declared, group.sink)
        check_graph(group.declared, group.sink)
        group.deprecated = deprecated_in(group.modules)
        for host in group.hosts:
            for body in self.bodies[host]:
                known = group.blocks.get(id(body.part))
                if known is None:
                    known = group.blocks[id(body.part)] = (
                        self._check_block(group, body.part),
                        [],
                    )
                if host not in known[1]:
                    known[1].append(host)
        self._check_files(group)
        group.variants = gather_variants(group.modules, group.sink)

    def _check_files(self, group: Group) -> None:
        """Check what only single hosts import; what is found belongs to the files it is seen in."""
        if not group.files:
            return
        about: dict[int, list[str]] = {}
        for host in group.hosts:
            for module in self._files_of[host]:
                about.setdefault(id(module), []).append(host)
        files, found = [*group.files.values()], Sink()
        for each in group.sink.diagnostics:
            found.report(each)
        known = len(found.diagnostics)
        circular = group.declared.circular
        check_statements([*group.modules, *files], files, group.declared, found)
        group.declared.circular = circular | group.declared.circular
        for module in files:
            sink = Sink()
            for each in found.diagnostics[known:]:
                if any([label.span[0].path == module.source.path for label in each.labels]):
                    sink.report(each)
            group.blocks[id(module)] = (sink, about.get(id(module), []))

    def _check_block(self, group: Group, part: HostPart) -> Sink:
        """Check the statements of one host block, with what its group declares."""
        checker = Checker(group.modules, group.declared, Sink())
        checker.lost = group.sink.lost()
        checker.deprecated = group.deprecated
        checker.module(part.module, "host")
        group.declared.circular |= checker.expressions.circles()
        return checker.sink

    def variants(self, host: str) -> dict[str, Variant]:
        """Variants of a host by name: those of all, and its own."""
        found = self._variants.get(host)
        if found is None:
            group = self._group_of[host]
            own = [each.module for each in self.bodies[host]]
            found = group.variants
            if any([has_variants(each.items) for each in own]):
                found = gather_variants([*group.modules, *own], group.sink)
            self._variants[host] = found
        return found

    def world(self, host: str, variant: str = "") -> World:
        """A configuration of the fleet, ready to be evaluated."""
        world = self._worlds.get((host, variant))
        if world is None:
            world = self._variant(host, variant) if variant else self._host(host)
            self._worlds[(host, variant)] = world
        return world

    def group_of(self, world: World) -> Group:
        """The group of the host that a configuration belongs to."""
        return self._group_of[world.place[1] if world.place[:1] == ("hosts",) else ""]

    def told_before(self, host: str) -> list[Diagnostic]:
        """What was found about a host before any value is computed."""
        group = self._group_of[host]
        found = [*group.sink.diagnostics]
        for each in (*self._files_of[host], *[body.part for body in self.bodies[host]]):
            found.extend(group.blocks[id(each)][0].diagnostics)
        return found

    def sinks(self) -> list[Sink]:
        """Where findings about files are, which are made before any value is computed."""
        groups = self.groups.values()
        blocks = [sink for group in groups for sink, _hosts in group.blocks.values()]
        return [self._loaded, *[group.sink for group in groups], *blocks]

    def opened(self) -> list[tuple[str, str, World]]:
        """Configurations somebody asked for, each after the one it is a variant of."""
        return [(host, name, self._worlds[(host, name)]) for host, name in sorted(self._worlds)]

    def _host(self, host: str) -> World:
        modules = [*self._group_of[host].modules, *self._files_of[host]]
        for at, body in enumerate(self.bodies[host]):
            body.module.index = HOSTS_FROM + at
            modules.append(body.module)
        modules.extend(self._added)
        world = self._open(host, modules, ("hosts", host) if host else ())
        variants = sorted(self.variants(host))
        others = Elsewhere(
            world, "variants", "variant", variants, lambda name: self.world(host, name)
        )
        world.others = Others(self.all_hosts, others)
        return world

    def traced(self, host: str, name: str) -> World:
        """A variant opened anew that takes nothing over: it is known what is computed from what."""
        world = self._worlds[(host, name)] = self._variant(host, name, is_sharing=False)
        return world

    def _variant(self, host: str, name: str, *, is_sharing: bool = True) -> World:
        base = self.world(host)
        variants = self.variants(host)
        added = [
            module
            for variant in chain(variants, name)
            for module in variants[variant.name].modules()
        ]
        for at, module in enumerate(added):
            module.index = VARIANTS_FROM + at
        world = self._open(host, [*base.modules, *added], (*base.place, "variants", name))
        world.others = base.others
        if base.reads is not None and is_sharing:
            touched = {path for module in added for path in touched_paths(module.items)}
            touched = before_old_names(touched, base.declared)
            snapshot = self._snapshots.get(host) or Snapshot(base)
            self._snapshots[host] = snapshot
            world.reads = None  # Nobody shares with a variant.
            world.sharing = sharing = Sharing(base, snapshot, touched)
            world.resolve, world.resolve_option = sharing.resolve, sharing.resolve_option
        return world

    def _open(self, host: str, modules: list[Module], place: tuple[str, ...]) -> World:
        group = self._group_of[host]
        sink = Sink()
        for each in self.told_before(host):
            sink.report(each)
        world = World(modules, group.declared, sink, self.settings.files)
        world.share_spreads(group.spreads)
        world.place = place
        world.stack, world.reads, world.kin = self.lobby.stack, self.lobby.reads, self.lobby.kin
        world.kin.append(world)
        world.lobby = self.lobby
        for module in self.modules:
            world.inputs[module.source.path] = module.source.text
        for module in modules:
            world.inputs[module.source.path] = module.source.text
        return world
