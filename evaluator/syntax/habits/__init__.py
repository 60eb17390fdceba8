"""What people bring along from Nix, HCL, YAML, JSON and shells, and how it is written here.

Each habit looks at the place where parsing stopped. It says its sentence, offers an edit
where that is simple, and tells how to read on as if the edit had been made.
"""

from __future__ import annotations

from evaluator.syntax.habits import (
    choices,
    declarations,
    documents,
    functions,
    nix,
    parts,
    signs,
    values,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from evaluator.syntax.failure import Failure
    from evaluator.syntax.habits.habit import Habit


def recognize(failure: Failure) -> Habit | None:
    """The habit that explains why parsing stopped here, None if there is none."""
    habit = parts.misread(failure)
    if habit is not None or failure.swallowed is not None:
        return habit
    for look in HABITS:
        habit = look(failure)
        if habit is not None:
            return habit
    return None


# The first that recognizes something speaks, so the narrower stand before the wider.
HABITS: tuple[Callable[[Failure], Habit | None], ...] = (
    signs.odd_space,
    nix.with_names,
    nix.let_in,
    signs.semicolon,
    documents.comment,
    documents.template,
    nix.nix_function,
    documents.file_head,
    documents.file_end,
    parts.message_after_comma,
    parts.default_word,
    parts.formatted_string,
    parts.long_comparison,
    parts.items_in_parentheses,
    parts.alternatives_in_parentheses,
    parts.scheme_form,
    parts.question_mark,
    declarations.import_form,
    declarations.reserved_head,
    choices.value_before_condition,
    choices.if_statement,
    choices.then_before_brace,
    choices.colon_block,
    choices.else_if,
    choices.other_statement,
    choices.for_head,
    choices.comprehension,
    functions.function_value,
    functions.function_statement,
    functions.binding_word,
    functions.typed_let,
    nix.inherit,
    nix.recursive_record,
    signs.arrow,
    documents.yaml_block,
    declarations.field_type,
    signs.equal_sign,
    signs.comparison,
    signs.boolean_sign,
    choices.ternary,
    choices.braces_in_choice,
    values.hole,
    values.heredoc,
    values.indented_string,
    values.single_quotes,
    declarations.import_path,
    declarations.include,
    values.path_value,
    values.number,
    signs.comma,
    values.side_by_side,
    documents.yaml_start,
    documents.dash_item,
    documents.toml_section,
    declarations.option_type,
    declarations.type_arguments,
    declarations.type_declaration,
    declarations.title,
    declarations.path_of_words,
    declarations.path_by_index,
    signs.foreign_letter,
    documents.trailing_doc,
    parts.missing_else,
)
