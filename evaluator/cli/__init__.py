"""The command line: one verb, one question."""
