"""Declarations become shapes: the static tree of groups, options, records and services."""
