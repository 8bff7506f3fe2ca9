"""Adapters for real systems, and the bus and the edge that they are reached by; each file is to be copied."""
