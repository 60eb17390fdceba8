"""What can be set: the options of a configuration or of the library, as pages and as data."""
