"""Adapters for real systems, one file each, to be copied; each passes the contract kit in `tests/adapters`."""
