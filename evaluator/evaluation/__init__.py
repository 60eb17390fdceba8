"""Expressions and options become values: slots, fixpoint, origins, builtin functions."""
