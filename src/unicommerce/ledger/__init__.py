"""The core: accounts, movements, entries, the ledger, what decisions answer, and the three verbs over any store."""

from .accounts import MISSING, Account, Movement, is_part, totals, whole
from .answers import (
    Accepted,
    Between,
    Decision,
    Guard,
    Refused,
    Unchanged,
    explain,
)
from .asking import Fact, Request, Telling, ask, run, see, tell, together
from .dating import Dated, Moment, being_dated
from .ledger import Ledger, Snapshot
from .reasons import LedgerCode, Reason, ReasonCode
from .records import Asked, Disagreed, Document, Entry, Event, Key, Recorded, record
from .seal import Seal, breach, seal
from .state import Found, Notes, Recall, State, Supposed, Wanted
from .store import Memory, Store

__all__ = [
    "MISSING",
    "Accepted",
    "Account",
    "Asked",
    "Between",
    "Dated",
    "Decision",
    "Disagreed",
    "Document",
    "Entry",
    "Event",
    "Fact",
    "Found",
    "Guard",
    "Key",
    "Ledger",
    "LedgerCode",
    "Memory",
    "Moment",
    "Movement",
    "Notes",
    "Reason",
    "ReasonCode",
    "Recall",
    "Recorded",
    "Refused",
    "Request",
    "Seal",
    "Snapshot",
    "State",
    "Store",
    "Supposed",
    "Telling",
    "Unchanged",
    "Wanted",
    "ask",
    "being_dated",
    "breach",
    "explain",
    "is_part",
    "record",
    "run",
    "seal",
    "see",
    "tell",
    "together",
    "totals",
    "whole",
]
