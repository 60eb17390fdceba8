"""Real Debian programs judge what `vcfg build` emits, each in a throw-away sandbox."""
