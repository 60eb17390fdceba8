"""Lints: what is legal and still hardly what somebody meant.

Beside the tower, looking in: a lint reads what was loaded, declared and evaluated, and reports
warnings. Only `vcfg check` runs them, and only where nothing is wrong otherwise. `registry` is
the door; each family has a file, `errors` words what they find.
"""
