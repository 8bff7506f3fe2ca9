"""Adapters for real systems, to be copied; each passes the contract kit in `tests/adapters`."""
