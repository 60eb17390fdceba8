"""The plan: what a configuration asks of a machine, as plain checked data."""
