"""Hostile text in every option of the library."""
