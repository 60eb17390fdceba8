"""Which service extends which: the static graph, and what is wrong with it."""
