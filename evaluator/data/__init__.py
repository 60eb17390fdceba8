"""Data files: JSON, YAML and TOML as the trees that statements and expressions have too.

A reader yields one value node (`record`, `list`, `str`, `int`, `float`, `bool`, `null`) whose
offsets point into the data file, so that every later room treats it as if it were written in
the language. What is no well-formed data becomes one finding.
"""
