"""Stores, adapters and applications: one file each that a reader could copy."""
