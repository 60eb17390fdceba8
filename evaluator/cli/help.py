"""The Typer app, built from the table: help, completion, and words the quick parser leaves."""

from __future__ import annotations

import inspect
import keyword
import sys
from contextlib import redirect_stdout
from io import StringIO
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperCommand

import evaluator
from evaluator.cli.arguments import places
from evaluator.cli.table import VERBS

if TYPE_CHECKING:
    from evaluator.cli.table import Option, Verb


class VerbCommand(TyperCommand):
    """A verb whose usage line shows its arguments as messages do."""

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """`[OPTIONS] FILE…`"""
        return ["[OPTIONS]", *places(VERBS[str(self.name)])]


def run_app(argv: list[str]) -> int:
    """Answer `--help`, completion or a wrong verb."""
    if argv and not argv[0].startswith("-") and argv[0] not in (*VERBS, "help"):
        from evaluator.diagnostics.suggest import nearest

        near = nearest(argv[0], list(VERBS))
        hint = f"; did you mean `vcfg {near[0]}`?" if near else "; see `vcfg --help`"
        print(f"vcfg: there is no verb `{argv[0]}`{hint}", file=sys.stderr)
        return 2
    words = [*argv[1:], "--help"] if argv and argv[0] == "help" else argv
    code: object = 0
    # Written by us, who know what to say of a full disk or a reader that has left.
    with redirect_stdout(StringIO()) as told:
        try:
            build_app()(args=words or ["--help"], prog_name="vcfg", standalone_mode=True)
        except SystemExit as leaving:
            code = leaving.code
    sys.stdout.write(told.getvalue())
    return code if isinstance(code, int) else 0


def build_app() -> typer.Typer:
    """The app with one command per verb of the table."""
    app = typer.Typer(
        name="vcfg",
        help=f"{evaluator.__doc__}",
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )

    @app.callback()
    def program(
        version: bool = typer.Option(False, "--version", "-V", help="Say which vcfg this is."),
    ) -> None:
        """Answered before this app is built; stands here to be listed."""

    program.__doc__ = None
    for verb in VERBS.values():
        app.command(verb.name, cls=VerbCommand, help=verb.help)(_command(verb))
    return app


def _command(verb: Verb) -> Any:
    """A function whose signature Typer reads; calling it hands the words to the verb."""

    def command(**given: Any) -> None:
        raise typer.Exit(_call(verb, given))

    parameters = []
    for argument in verb.arguments:
        kind: Any = list[str] if argument.many else str
        default: Any = ... if not argument.is_optional else [] if argument.many else ""
        info = typer.Argument(default, help=argument.help, metavar=argument.name)
        parameters.append(
            inspect.Parameter(
                argument.name.lower(), inspect.Parameter.KEYWORD_ONLY, default=info, annotation=kind
            )
        )
    for option in verb.all_options():
        names = [option.name, *([option.short] if option.short else [])]
        help_text = option.help + (f" [{'|'.join(option.choices)}]" if option.choices else "")
        if option.value is None:
            info = typer.Option(False, option.name, help=help_text)
            kind = bool
        elif option.many:
            info = typer.Option([], *names, help=help_text, metavar=option.value)
            kind = list[str]
        else:
            info = typer.Option(option.default or "", *names, help=help_text, metavar=option.value)
            kind = str
        parameters.append(
            inspect.Parameter(
                _parameter(option), inspect.Parameter.KEYWORD_ONLY, default=info, annotation=kind
            )
        )
    command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    command.__annotations__ = {each.name: each.annotation for each in parameters}
    return command


def _parameter(option: Option) -> str:
    """The name of an option in Python, where `for` is a word of its own."""
    return option.key() + "_" * keyword.iskeyword(option.key())


def _call(verb: Verb, given: dict[str, Any]) -> int:
    from evaluator.cli import app

    words: list[str] = []
    for option in verb.all_options():
        value = given[_parameter(option)]
        if option.value is None:
            words += [option.name] if value else []
        elif option.many:
            words += [f"{option.name}={each}" for each in value]
        elif value:
            words += [f"{option.name}={value}"]
    words.append("--")
    for argument in verb.arguments:
        value = given[argument.name.lower()]
        words += value if argument.many else [value] if value else []
    return app.run([verb.name, *words])
