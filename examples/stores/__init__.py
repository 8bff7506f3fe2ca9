"""Stores: each is one file that a reader could copy, and passes the same tests."""
