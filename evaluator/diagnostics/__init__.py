"""Findings as data, and the forms in which people and programs read them."""
