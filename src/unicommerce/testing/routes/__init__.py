"""Prove rules, costs and strategies of your own: the laws that routing relies on, on drawn cases and on yours."""

from .own import check_cost, check_rule
from .strategies import check_strategy

__all__ = ["check_cost", "check_rule", "check_strategy"]
