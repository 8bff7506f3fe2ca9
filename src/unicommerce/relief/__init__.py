"""Relief: who gives way when facts have taken goods from under claims."""

from .codes import ReliefCode
from .decisions import relieve
from .policy import Claimant, ReliefPolicy, firm_first
from .views import orphans

__all__ = ["Claimant", "ReliefCode", "ReliefPolicy", "firm_first", "orphans", "relieve"]
