"""The exact strategy: of all plans for an order, the best one, and proof that it is."""

from .solving import solve

__all__ = ["solve"]
