"""Who depends on whom, drawn: imports, services, snippets, options."""
