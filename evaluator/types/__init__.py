"""Values and types: what a value is, which type it fits, how people read both."""
