"""Adapters for real systems, the bus and the edge that they are reached by; proved in `tests/adapters`. Copy them."""
