"""What `vcfg build --for BUILDER` writes, used by the real builder or held by its own checker."""
