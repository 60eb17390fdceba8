"""Wording of what can go wrong with imports and bare names."""

from __future__ import annotations

from evaluator.data import form_of
from evaluator.diagnostics.model import WARNING, Diagnostic, Edit, Help, Label
from evaluator.names.builtin_names import BUILTIN_NAMES
from evaluator.names.meant import ALSO_TEXT, FOREIGN_WORDS, quotes, word_help

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.diagnostics.model import Sink
    from evaluator.names.load import Module
    from evaluator.source import Source, Span
    from evaluator.types.base import Type

    Node = tuple[Any, ...]


def unreadable(
    sink: Sink, name: str, path: str, reason: str, importer: tuple[Module, Node] | None
) -> None:
    """A file is there but cannot be used, or (as the root) is not there at all."""
    labels: tuple[Label, ...] = ()
    if importer is not None:
        module, statement = importer
        labels = (
            Label((module.source, statement[4], statement[5]), "imported here", primary=True),
        )
    sink.report(
        Diagnostic(
            "cannot-read",
            f"`{name}` cannot be read: {reason}",
            labels,
            facts={"file": path, "reason": reason},
        )
    )


def import_not_found(
    sink: Sink, source: Source, statement: Node, tried: list[str], near: list[str]
) -> None:
    """No file stands where an import points."""
    from evaluator.names.library import stem

    text = statement[3]
    help: tuple[Help, ...] = ()
    if near:
        # A file of nearly this name is another one: `chrony` is no `cron`.
        is_same = stem(near[0]) == stem(text) or form_of(text) is not None
        said = 'write `import "{}"`' if is_same else 'did you mean `import "{}"`?'
        edit = Edit((source, statement[4], statement[5]), f'"{near[0]}"')
        certain = is_same and len(near) == 1
        help = (Help(said.format(near[0]), (edit,), certain=certain),)
    elif not text:
        help = (Help("an import names a file"),)
    elif not text.startswith((".", "/")) and form_of(text) is None:
        help = (Help(f'a file beside this one is imported as `"./{text}"`'),)
    sink.report(
        Diagnostic(
            "import-failed",
            f'nothing is found for the import of `"{text}"`',
            (Label((source, statement[4], statement[5]), "no such file", primary=True),),
            notes=tuple(f"looked at {place}" for place in tried) or ("the module path is empty",),
            help=help,
            facts={"import": text, "tried": tried},
        )
    )


# Data and configurations of other programs, by the ending of their files.
FOREIGN_FORMS = {
    "csv": "CSV", "cue": "CUE", "dhall": "Dhall", "env": "an environment file", "hcl": "HCL",
    "ini": "INI", "json5": "JSON5", "jsonc": "JSON with comments", "jsonl": "JSON Lines",
    "jsonnet": "Jsonnet", "ndjson": "JSON Lines", "nix": "Nix", "plist": "a property list",
    "properties": "a properties file", "scm": "Scheme", "tf": "HCL", "tsv": "TSV", "xml": "XML",
}  # fmt: skip


def is_foreign_form(text: str) -> bool:
    """Whether an import names a file that is neither in the language nor data it reads."""
    _stem, dot, ending = text.rpartition(".")
    return bool(dot) and ending.lower() in FOREIGN_FORMS


def foreign_form(sink: Sink, source: Source, statement: Node) -> None:
    """What is imported is in a form that is not read, whether it is there or not."""
    text = statement[3]
    leaf = text.rpartition("/")[2]
    form = FOREIGN_FORMS[text.rpartition(".")[2].lower()]
    place = text if text.startswith((".", "/")) else f"./{text}"
    sink.report(
        Diagnostic(
            "import-failed",
            f"`{leaf}` is {form}, which no import reads",
            (Label((source, statement[4], statement[5]), "imported here", primary=True),),
            notes=("an import reads `.vcfg` files, and JSON, YAML and TOML as data",),
            help=(
                Help("convert it to JSON, YAML or TOML"),
                Help(f'its text as it is: `file("{place}")`'),
            ),
            facts={"import": text, "form": form},
        )
    )


def no_mapping(sink: Sink, source: Source, value: Node, importer: tuple[Module, Node]) -> None:
    """Data without keys defines nothing: it needs a place or a name."""
    module, statement = importer
    words = {"record": "a mapping", "list": "a list", "null": "null"}.get(value[0], "one value")
    text = statement[3]
    help = [
        Help(f'for a value at an option, write `import "{text}" at path.to.option`'),
        Help(f'for a name in expressions, write `import "{text}" as name`'),
    ]
    if source.form == "yaml" and value[0] == "str" and ":" in value[3]:
        help = [Help("a key ends with `:` and a blank: `key: value`")]
    sink.report(
        Diagnostic(
            "bad-data",
            f"`{source.name}` holds {words}, and no keys that could be options",
            (
                Label((source, value[1], value[2]), words, primary=True),
                Label((module.source, statement[4], statement[5]), "imported here"),
            ),
            help=tuple(help),
            facts={"format": source.form, "reason": "no mapping"},
        )
    )


def named_with_strength(sink: Sink, source: Source, statement: Node) -> None:
    """`as` binds a name; names have no strength."""
    end = source.text.find("import", statement[1])
    span = (source, statement[1], end)
    sink.report(
        Diagnostic(
            "bad-declaration",
            "a strength word ranks definitions, and `as` only gives a value a name",
            (Label(span, "ranks nothing", primary=True),),
            help=(Help("leave it out", (Edit(span, ""),)),),
        )
    )


def computed_target(sink: Sink, source: Source, statement: Node, part: Node) -> None:
    """The path after `at` is fixed: nothing in it is computed."""
    sink.report(
        Diagnostic(
            "bad-declaration",
            "the path after `at` is written out",
            (Label((source, part[1], part[2]), "not fixed", primary=True),),
            notes=("which options data defines is known before values are computed",),
            help=(Help("import it once for each place"),),
        )
    )


def data_clause(sink: Sink, source: Source, statement: Node) -> None:
    """`at` and strength words say where data goes; a module says so itself."""
    word = "`at`" if statement[7] is not None else "a strength word"
    sink.report(
        Diagnostic(
            "bad-declaration",
            f"{word} belongs to the import of data, not of a `.vcfg` file",
            (Label((source, statement[1], statement[2]), "imports a module", primary=True),),
            help=(Help("import the file plainly; its statements carry their own paths"),),
        )
    )


def alias_twice(sink: Sink, source: Source, statement: Node, alias: str) -> None:
    """Two imports of one file want the same name."""
    sink.report(
        Diagnostic(
            "declared-twice",
            f"`{alias}` names two imports of this file",
            (Label((source, statement[1], statement[2]), "the second", primary=True),),
            help=(Help("give one of them another name"),),
        )
    )


def nothing_to_disable(sink: Sink, source: Source, statement: Node) -> None:
    """`disable` names a file that is not part of the set."""
    sink.report(
        Diagnostic(
            "nothing-to-disable",
            f'`"{statement[3]}"` is not part of this configuration',
            (Label((source, statement[4], statement[5]), "imported by nobody", primary=True),),
            severity=WARNING,
            help=(Help("remove this line, or check the path"),),
        )
    )


# What other languages call what ours says otherwise.
FOREIGN_FUNCTIONS = {
    "len": "the number of elements is `length(x)`",
    "size": "the number of elements is `length(x)`",
    "map": "write `[for x in list: …]`",
    "filter": "write `[for x in list if …: x]`",
    "foldl": "lists are added up with `sum`, joined with `join` or flattened with `flatten`",
    "concat": "lists and texts are joined with `++`",
    "concatLists": "lists of lists are joined with `flatten(x)`",
    "concatStringsSep": "texts are joined with `join(list, separator)`",
    "format": 'values stand in text as `"#{value}"`',
    "sprintf": 'values stand in text as `"#{value}"`',
    "printf": 'values stand in text as `"#{value}"`',
    "toString": 'write `string(x)`, or `"#{x}"`',
    "tostring": 'write `string(x)`, or `"#{x}"`',
    "str": 'write `string(x)`, or `"#{x}"`',
    "range": "whole numbers in a row are `1..9`, both ends in it",
    "seq": "whole numbers in a row are `1..9`, both ends in it",
    "cidrhost": "the address of a host in a network is `host-address(network, number)`",
    "nthhost": "the address of a host in a network is `host-address(network, number)`",
    "optional": "write `if condition then [x] else []`",
    "optionals": "write `if condition then list else []`",
    "optionalString": 'write `if condition then "…" else ""`',
    "readFile": 'the text of a file is `file("./name")`',
    "templatefile": 'the text of a file is `file("./name")`',
    "lookup": "write `if has(map, key) then map[key] else …`",
    "merge": "there is no sum of blocks: definitions of one option are merged, so define each",
    "recursiveUpdate": "there is no sum of blocks: definitions of one option are merged",
    "mkOption": "an option is declared as `option name: type = default`",
    "mkEnableOption": "`service name { … }` declares `name.enable` by itself",
    "mkIf": "a condition is a statement around definitions: `when condition { … }`",
    "mkForce": "a strength stands before the definition: `force path = value`",
    "mkDefault": "a strength stands before the definition: `default path = value`",
    "mkMerge": "definitions of one option are merged by themselves",
    "mkOverride": "a strength stands before the definition: `priority 60 path = value`",
    "mkBefore": "order stands before the definition: `first path = value`",
    "mkAfter": "order stands before the definition: `last path = value`",
}


# What is read under names of their own elsewhere.
FOREIGN_NAMES = {
    "host": "the name of a host is `key` in its block: `host NAME { option = key }`",
    "pkgs": "packages are those of the distribution, by name: `profile.packages`",
    "lib": "functions stand by their bare names, without prefix",
}


def root_disabled(sink: Sink, source: Source, statement: Node) -> None:
    """`disable` names the file that everything else was imported from."""
    sink.report(
        Diagnostic(
            "misplaced-statement",
            "the file that vcfg was started with cannot be disabled",
            (Label((source, statement[4], statement[5]), "this file", primary=True),),
            help=(Help("remove this line"),),
        )
    )


def unknown_name(
    sink: Sink, source: Source, node: Node, name: str, near: list[str], hint: str | None,
    type_: Type | None = None,
) -> None:  # fmt: skip
    """A bare name is bound nowhere around its use; what is meant depends on the type there."""
    span = (source, node[1], node[2])
    if name in FOREIGN_FUNCTIONS:
        help = [Help(FOREIGN_FUNCTIONS[name])]
    elif name in FOREIGN_NAMES and hint is None:
        help = [Help(FOREIGN_NAMES[name])]
    elif type_ is not None and (hint is None or name in FOREIGN_WORDS):
        help = word_help(span, name, near, type_)
    else:
        help = _untyped(span, name, near, hint)
    sink.report(
        Diagnostic(
            "unknown-name",
            f"nothing is called `{name}` here",
            (Label(span, "not bound", primary=True),),
            notes=("options are read as `config.…` or `self.…`",) if hint is None else (),
            help=tuple(help),
            facts={"name": name},
        )
    )


def unknown_function(sink: Sink, source: Source, node: Node, known: list[str]) -> None:
    """What is called is neither builtin nor declared; some are known by their name elsewhere."""
    from evaluator.diagnostics.suggest import nearest

    name = node[3]
    span = (source, node[1], node[2])
    near = nearest(name, known, 2)
    foreign = [name] if name in FOREIGN_FUNCTIONS else nearest(name, FOREIGN_FUNCTIONS, 1)
    help: tuple[Help, ...] = ()
    notes: tuple[str, ...] = ()
    if name in FOREIGN_FUNCTIONS or (foreign and not near):
        help = (Help(FOREIGN_FUNCTIONS[foreign[0]]),)
    elif near:
        certain = len(near) == 1 and near[0] not in BUILTIN_NAMES
        help = (Help(f"did you mean `{near[0]}`?", (Edit(span, near[0]),), certain=certain),)
    else:
        notes = (f"a function is builtin, or declared as `let {name}(x) = …`",)
    sink.report(
        Diagnostic(
            "unknown-name",
            f"there is no function `{name}`",
            (Label(span, "called here", primary=True),),
            notes=notes,
            help=help,
            facts={"name": name},
        )
    )


def _untyped(span: Span, name: str, near: list[str], hint: str | None) -> list[Help]:
    """What may be meant where nothing is known about the place."""
    help = []
    if hint:
        certain = name in FOREIGN_WORDS and name not in ALSO_TEXT
        help.append(Help(f"did you mean `{hint}`?", (Edit(span, hint),), certain=certain))
    certain = len(near) == 1 and near[0] not in BUILTIN_NAMES
    help.extend(
        Help(f"did you mean `{other}`?", (Edit(span, other),), certain=certain)
        for other in near[:1]
    )
    if not near and (hint is None or name in FOREIGN_WORDS):
        help.append(quotes(span, name))
    return help


def unknown_member(
    sink: Sink, source: Source, node: Node, alias: str, name: str, known: list[str]
) -> None:
    """An imported file binds no `let` of this name."""
    from evaluator.diagnostics.suggest import nearest

    sink.report(
        Diagnostic(
            "unknown-field",
            f"`{alias}` binds no `{name}`",
            (Label((source, node[1], node[2]), "read here", primary=True),),
            notes=(f"its `let`s are {', '.join(f'`{each}`' for each in known)}",) if known else (),
            help=tuple(Help(f"did you mean `{each}`?") for each in nearest(name, known)[:1]),
            facts={"name": name},
        )
    )


def not_here(sink: Sink, source: Source, node: Node, name: str, where: str) -> None:
    """`self`, `key` or `value` is used where it means nothing."""
    sink.report(
        Diagnostic(
            "unknown-name",
            f"`{name}` means nothing here",
            (Label((source, node[1], node[2]), f"only {where}", primary=True),),
            help=(Help("read options as `config.…`"),) if name == "self" else (),
            facts={"name": name},
        )
    )


def reserved_binding(sink: Sink, source: Source, node: Node, name: str) -> None:
    """A predefined name is bound again."""
    sink.report(
        Diagnostic(
            "declared-twice",
            f"`{name}` has a meaning of its own and cannot be bound",
            (Label((source, node[1], node[2]), "choose another name", primary=True),),
        )
    )


def bound_twice(sink: Sink, source: Source, node: Node, name: str) -> None:
    """A function or loop binds one name twice; only the last could be read."""
    sink.report(
        Diagnostic(
            "declared-twice",
            f"`{name}` is bound twice here",
            (Label((source, node[1], node[2]), "one of them hides the other", primary=True),),
            help=(Help("give one of them another name"),),
        )
    )


def alias_and_let(sink: Sink, source: Source, node: Node, let: Node, name: str) -> None:
    """An import and a `let` of one file want the same name."""
    sink.report(
        Diagnostic(
            "declared-twice",
            f"`{name}` names an import and a `let` of this file",
            (
                Label((source, let[4], let[4] + len(name)), "bound here", primary=True),
                Label((source, node[1], node[2]), "imported here"),
            ),
            help=(Help("give one of them another name"),),
        )
    )


def let_twice(sink: Sink, source: Source, node: Node, first: Node, name: str) -> None:
    """One `let` name twice in one block."""
    sink.report(
        Diagnostic(
            "declared-twice",
            f"`{name}` is bound twice in this block",
            (
                Label((source, node[4], node[4] + len(name)), "again here", primary=True),
                Label((source, first[4], first[4] + len(name)), "first here"),
            ),
        )
    )


def recursive_lets(sink: Sink, chain: list[tuple[Source, Node]]) -> None:
    """`let`s that need each other in a circle; functions do not recurse."""
    names = [node[3] for _source, node in chain]
    shown = " → ".join([*names, names[0]])
    labels = tuple(
        Label((source, node[4], node[4] + len(node[3])), f"`{node[3]}`", primary=index == 0)
        for index, (source, node) in enumerate(chain)
    )
    sink.report(
        Diagnostic(
            "cycle",
            f"these definitions need each other: {shown}",
            labels,
            notes=("functions do not recurse, so that every evaluation ends",),
            facts={"cycle": names},
        )
    )
