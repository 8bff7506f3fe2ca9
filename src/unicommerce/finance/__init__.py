"""Finance: the money side of the journal, as balanced postings at moving average cost."""

from .decisions import post
from .documents import Chart, Posting, chart_account, money, valued
from .events import Posted, ValuedMove
from .views import trial_balance

__all__ = ["Chart", "Posted", "Posting", "ValuedMove", "chart_account", "money", "post", "trial_balance", "valued"]
