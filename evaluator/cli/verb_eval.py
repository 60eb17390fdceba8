"""`vcfg eval FILE [PATH]`: the merged configuration, exactly, and nothing else."""

from __future__ import annotations

from evaluator.cli.session import Session

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evaluator.cli.arguments import Arguments
    from evaluator.evaluation.world import World


def answer(arguments: Arguments) -> int:
    """Print the value; with findings print those, and nothing on standard output."""

    def tell(world: World) -> str:
        from evaluator.evaluation.export import export, export_value

        path = arguments.word("PATH")
        if not path:
            return written(export(world), arguments.option("format"))
        from evaluator.inspect.paths import locate

        value = export_value(locate(world, path).value())
        if world.instances is not None:
            from evaluator.evaluation.targets import check_targets

            check_targets(world)
        return written(value, arguments.option("format"))

    return Session(arguments).answer(tell, despite_errors=False)


def written(data: object, form: str) -> str:
    """Data in one of the output forms, ending with a line end."""
    from evaluator.types.values import dump_json

    if form == "json":
        return dump_json(data) + "\n"
    from evaluator.inspect.forms import write_form

    return write_form(data, form)
