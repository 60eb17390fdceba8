"""Every code a finding can carry, with its one-line meaning.

One page per code stands in `spec/errors/`; `vcfg explain CODE` prints it.
"""

from __future__ import annotations

CODES: dict[str, str] = {
    # well-formed
    "syntax-error": "the text does not follow the grammar",
    "reserved-word": "a word of the language is used as a name",
    "nested-too-deeply": "brackets, blocks or operators are nested beyond the limit",
    "cannot-read": "a file cannot be read, is a directory, is not UTF-8 or is too large",
    "bad-data": "a data file (JSON, YAML, TOML) is malformed or has no place where it is imported",
    # valid
    "import-failed": "an imported file does not exist or could not be loaded",
    "misplaced-statement": "a statement stands where it may not",
    "unknown-name": "a name is not bound here",
    "unknown-type": "a type or record of this name does not exist here",
    "unknown-annotation": "an annotation of this name does not exist",
    "bad-declaration": "a declaration contradicts itself",
    "declared-twice": "one name is declared more than once",
    "option-is-a-group": "one path is declared as an option and as a group of options",
    # consistent
    "unknown-option": "a definition matches no option",
    "not-a-block": "a single value is given to a group of options",
    "type-mismatch": "a value does not fit the type of its option",
    "conflicting-definitions": "an option is given different values of equal strength",
    "conflicting-kinds": "an option is given values of different kinds of equal strength",
    "defined-twice": "what takes a single definition has several",
    "read-only-option": "an option that only its declaring file may define is defined elsewhere",
    "missing-value": "an option without default is read or required but never defined",
    "cycle": "a value depends on itself",
    "structure-depends-on-value": "what exists would depend on what is computed",
    "unknown-target": "a service extends something that is not there",
    "ambiguous-target": "a service extends another one of which there are several",
    "not-accepted": "a service extends an option that its target does not accept from others",
    "order-cycle": "`after` and `before` contradict each other",
    "nothing-to-remove": "`remove` names an entry or element that is not there",
    "nothing-to-disable": "`disable` names a module that is not part of the configuration",
    "assertion-failed": "an `assert` does not hold",
    "former-name": "an option is called by a name that it had before",
    "removed-option": "an option that is gone is defined or read",
    "deprecated": "what its declaration advises against is defined or used",
    "unknown-check": "`checks` has a key that is no id of a check and no code of a warning",
    "warned": "a `warn` statement speaks",
    "evaluation-failed": "an expression has no value (division by zero, index out of range, …)",
    "unknown-field": "a value has no field or key of this name",
    "expectation-failed": "a test expected an error or warning that did not happen",
    "bad-plan": "the configuration asks for something no machine can have",
    "same-host": "two hosts of a fleet have one name",
    "bad-lock": "`ids.lock` is damaged, or gives an account another number than the configuration",
    "unlocked-account": "an account has no number in the `ids.lock` of its configuration",
    # legal, and hardly meant
    "import-cycle": "files import each other in a circle",
    "unused-name": "a `let`, the name of an import, or what a `for` binds is used nowhere",
    "loop-key": "an entry or host has the name of what a loop around it binds, not its value",
    "foreign-hole": "`${name}` stands in a string, where holes are written `#{name}`",
    "never-read": "an option is declared and nothing reads it",
    "near-key": "a key is taken as free and looks like a declared option misspelt",
    "never-equal": "a comparison always comes out the same",
    "dead-condition": "a condition is the same whatever the options are",
    "differing-strengths": "one strength stands inside another",
    "needless-strength": "`force`, or another strength, changes nothing",
    "needless-order": "`first`, `last` or `order` changes nothing",
    "lost-default": "a default for a whole record or map is replaced as a whole",
    "unordered-list": "the order of a list hangs on the order of imports",
    "repeated-element": "a list is given the same element twice",
    "readable-secret": "a file with a secret can be read by everybody",
    "unknown-unit": "a unit is named that nothing seems to bring",
    "same-address": "two hosts of a fleet have one static address",
    "never-changes": "a file is watched for changes that the configuration does not write",
    "unread-file": "a file lies where its reader passes over it",
}

# What `checks` may let count otherwise: checks, and findings that are warnings by themselves.
WARNINGS = (
    "assertion-failed", "warned", "former-name", "deprecated", "nothing-to-remove",
    "nothing-to-disable", "unknown-check", "import-cycle", "unused-name", "loop-key",
    "foreign-hole", "never-read", "near-key", "never-equal", "dead-condition",
    "differing-strengths", "needless-strength", "needless-order", "lost-default",
    "unordered-list", "repeated-element", "readable-secret", "unknown-unit", "never-changes",
    "same-address", "unread-file",
)  # fmt: skip
