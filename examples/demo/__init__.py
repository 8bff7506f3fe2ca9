"""A fortnight of real orders on SQLite: `python -m examples.demo`."""
