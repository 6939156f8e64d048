"""Our speed beside that of others, at the same size: `python -m reference.bench`."""
