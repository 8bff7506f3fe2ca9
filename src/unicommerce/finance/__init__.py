"""Finance: the money side of the journal, as balanced postings, and the entries of each event by the chart."""

from .costs import charge, write_down
from .decisions import post
from .documents import Chart, Posting, SalesBasis, chart_account, money, valued
from .entries import EntryLine, Figures, entry, entry_lines
from .events import Posted, ValuedMove
from .views import layers, trial_balance

__all__ = [
    "Chart",
    "EntryLine",
    "Figures",
    "Posted",
    "Posting",
    "SalesBasis",
    "ValuedMove",
    "charge",
    "chart_account",
    "entry",
    "entry_lines",
    "layers",
    "money",
    "post",
    "trial_balance",
    "valued",
    "write_down",
]
