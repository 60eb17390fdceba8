"""What only shows when a declaration is tried out: patterns, also of types without a value."""

from __future__ import annotations

from evaluator import resources

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evaluator.options.shapes import Declarations


def try_patterns(declared: Declarations) -> None:
    """Report patterns that cannot be used where they stand; the library's are known to work."""
    library = resources.path("modules")
    for path, type_ in declared.patterned:
        if not path.startswith(library):
            problem = type_.limits.compile_pattern()
            if problem is not None:
                type_.limits.complain(problem)
