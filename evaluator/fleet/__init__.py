"""From files to configurations: what to load, for which host."""
