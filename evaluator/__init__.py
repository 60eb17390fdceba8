"""vcfg: typed, mergeable, explainable descriptions of machines."""

__version__ = "0.1.0"
