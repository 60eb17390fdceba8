"""Looking into a configuration: paths, provenance, tests."""
