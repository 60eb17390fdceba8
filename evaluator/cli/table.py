"""Every verb with its arguments and options: the one definition of the command line.

The quick parser reads it directly; help and completion are a Typer app built from it. A
test holds that both understand the same words.
"""

from __future__ import annotations

from evaluator.emit.builders import BUILDERS, MEANT


class Argument:
    """A word by position; `many` takes all that are left."""

    __slots__ = ("help", "is_optional", "many", "name")

    def __init__(
        self, name: str, help: str, *, is_optional: bool = False, many: bool = False
    ) -> None:
        self.name = name
        self.help = help
        self.is_optional = is_optional
        self.many = many


class Option:
    """`--name`; without `value` a flag, with `choices` one of them, with `many` repeatable.

    `meant` has other words for choices.
    """

    __slots__ = ("choices", "default", "help", "many", "meant", "name", "short", "value")

    def __init__(
        self,
        name: str,
        help: str,
        *,
        value: str | None = None,
        short: str | None = None,
        choices: tuple[str, ...] = (),
        default: str | None = None,
        many: bool = False,
        meant: dict[str, str] | None = None,
    ) -> None:
        self.name = name
        self.help = help
        self.value = value
        self.meant = meant or {}
        self.short = short
        self.choices = choices
        self.default = default
        self.many = many

    def key(self) -> str:
        """Name under which the parsed value is found."""
        return self.name[2:].replace("-", "_")


class Verb:
    """One verb; the module `evaluator.cli.verb_NAME` answers it."""

    __slots__ = ("arguments", "help", "name", "options")

    def __init__(
        self,
        name: str,
        help: str,
        arguments: tuple[Argument, ...],
        options: tuple[Option, ...],
    ) -> None:
        self.name = name
        self.help = help
        self.arguments = arguments
        self.options = options

    def all_options(self) -> tuple[Option, ...]:
        """Options of the verb, then those that every verb has."""
        return (*self.options, *COMMON)


ERRORS = Option(
    "--errors", "How findings are written.", value="FORM",
    choices=("text", "concise", "json", "github"), default="text",
)  # fmt: skip
MODULES = Option(
    "--modules", "A folder to look imports up in, before the shipped library.", value="DIR",
    many=True,
)  # fmt: skip
NO_CACHE = Option("--no-cache", "Neither read nor write the cache.")
IMPORT_CHAIN = Option("--import-chain", "Say of each file in a finding what imported it.")
COMMON = (ERRORS, MODULES, NO_CACHE, IMPORT_CHAIN)

SET = Option(
    "--set", "One more definition, as strong as `force`: PATH=VALUE.", value="PATH=VALUE", many=True
)
HOST = Option("--host", "Only this host of the file.", value="NAME")
VARIANT = Option("--variant", "With what this variant adds.", value="NAME")
JSON = Option("--json", "Facts as JSON.")
FILE = Argument("FILE", "A `.vcfg` file; `-` reads standard input.")
PATH = Argument(
    "PATH",
    "Path of an option, as in the language; or a file, unit, account or package of the plan.",
)

VERBS: dict[str, Verb] = {
    verb.name: verb
    for verb in (
        Verb(
            "eval",
            "What is the merged configuration?",
            (FILE, Argument("PATH", "Only this part of it.", is_optional=True)),
            (
                Option(
                    "--format", "How the result is written.", value="FORM",
                    choices=("json", "text", "yaml", "toml"), default="json",
                ),
                HOST,
                VARIANT,
                SET,
            ),
        ),
        Verb(
            "check",
            "Is everything right? Reports every error of one or more files in one run.",
            (
                Argument(
                    "FILE", "Configurations, or folders: the *.vcfg there that no other imports.",
                    many=True,
                ),
            ),
            (
                Option("--fix", "Change the files where a finding leaves no doubt how."),
                Option("--diff", "Write nothing; show what --fix would change, exit 1."),
                HOST,
                VARIANT,
                SET,
            ),
        ),
        Verb(
            "why",
            "Where does this value come from?",
            (FILE, PATH),
            (JSON, Option("--all", "Options left at their defaults too."), HOST, VARIANT, SET),
        ),
        Verb(
            "show",
            "What is this option: type, default, documentation, value?",
            (
                Argument(
                    "FILE", "A `.vcfg` file, or `-`; without a file, the library.",
                    is_optional=True,
                ),
                PATH,
            ),
            (JSON, HOST, VARIANT, SET),
        ),
        Verb(
            "options",
            "Which options exist, in a configuration or in the library?",
            (
                Argument(
                    "WORDS", "A `.vcfg` file, then words to look for; without a file, the library.",
                    is_optional=True, many=True,
                ),
            ),
            (
                Option(
                    "--format", "How they are written.", value="FORM",
                    choices=("text", "json", "markdown", "pages", "html", "man", "jsonschema"),
                    default="text",
                ),
                Option(
                    "--output", "File to write to; of `pages`, the folder.", value="FILE",
                    short="-o",
                ),
                Option("--all", "Hidden and internal options too."),
            ),
        ),
        Verb(
            "graph",
            "Who depends on whom?",
            (FILE, Argument("GRAPH", "One of imports, services, snippets, options.")),
            (
                Option(
                    "--format", "How it is written.", value="FORM",
                    choices=("text", "dot", "mermaid", "json", "svg"), default="text",
                ),
                Option("--output", "File to write to.", value="FILE", short="-o"),
                Option("--all", "Edges that a longer way says already, too."),
                Option("--live", "Of services: only what is enabled, instances by name."),
                HOST,
                VARIANT,
                SET,
            ),
        ),
        Verb(
            "build",
            "Write the outputs: activate, plan.json, manifest.json, packages.txt.",
            (FILE,),
            (
                Option("--output", "Folder to write to.", value="DIR", short="-o"),
                Option(
                    "--for", "What this image builder needs, too; may be repeated.",
                    value="BUILDER", choices=tuple(BUILDERS), many=True, meant=MEANT,
                ),
                Option(
                    "--lock-ids", "Make or extend `ids.lock` beside FILE: the numbers of accounts."
                ),
                HOST,
                VARIANT,
                SET,
            ),
        ),
        Verb(
            "fmt",
            "Is everything laid out in the one way? Rewrites files that are not.",
            (
                Argument(
                    "FILE", "Files, or folders with *.vcfg; `-` formats standard input to output.",
                    many=True,
                ),
            ),
            (
                Option("--check", "Write nothing; name the files that would change, exit 1."),
                Option("--diff", "Write nothing; show what would change, exit 1."),
            ),
        ),
        Verb(
            "test",
            "Do the `test` blocks of these files hold?",
            (Argument("FILE", "Files, or folders with *_test.vcfg.", many=True),),
            (
                Option("--filter", "Only tests whose title holds this.", value="TEXT", short="-k"),
                Option("--junit", "Write the outcomes as JUnit XML, for CI.", value="FILE"),
            ),
        ),
        Verb(
            "explain",
            "What does this error code mean?",
            (Argument("CODE", "A code such as type-mismatch; none: all.", is_optional=True),),
            (),
        ),
    )
}  # fmt: skip
