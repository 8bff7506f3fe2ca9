"""What would be answered, and why: quotes, what is collected where, other plans, what is planned anew."""

from .collecting import CollectQuote, CollectTransfer, collect_quotes
from .explaining import explanation
from .quotes import InTime, Quote, QuotedParcel, ServiceQuote, quote
from .reconsidering import ReconsiderPolicy, reconsider

__all__ = [
    "CollectQuote",
    "CollectTransfer",
    "InTime",
    "Quote",
    "QuotedParcel",
    "ReconsiderPolicy",
    "ServiceQuote",
    "collect_quotes",
    "explanation",
    "quote",
    "reconsider",
]
