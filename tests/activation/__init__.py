"""The activation script run for real, always below a scratch root and never unguarded."""
