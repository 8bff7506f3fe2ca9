"""What must hold: after every entry ("step"), and once all faults have stopped and all is done ("end").

What is about connected systems is looked at after every message and every turn of a delivery ("link").

An invariant is a name and a function over the read-only view that yields what is wrong. Add your own to the tuple that
a world is given. Those of the record itself are here; those of goods, orders and facts in a file of their own each.
"""

from collections.abc import Iterator

from ..ledger import Ledger, whole
from .money.money_rules import MONEY_RULES
from .money.paper_rules import PAPER_RULES
from .rules.bazaar import BAZAAR_RULES
from .rules.facts import FACT_RULES
from .rules.goods import GOODS_RULES
from .rules.orders import ORDER_RULES
from .rules.parcels import PARCEL_RULES
from .rules.pickups import PICKUP_RULES
from .systems.rules import LINK_RULES
from .view import Invariant, View

__all__ = ["INVARIANTS", "Invariant"]


def _on_record_once(view: View) -> Iterator[str]:
    if view.twice:
        yield f"{view.twice} is on record twice"
    if view.gap:
        yield f"after position {view.gap[0]} comes {view.gap[1]}"


def _store_agrees(view: View) -> Iterator[str]:
    for unit, changes in view.changes.items() if view.is_latest else ():
        accounts = tuple(dict.fromkeys([each for account in changes for each in (account, whole(account))]))
        held = view.live(unit, accounts)
        for account in accounts:
            known, told = held.get(account, 0), view.balance(unit, account)
            if known != told:
                yield f"{unit} {account}: the store says {known}, the journal {told}"


def _all_told_is_on_record(view: View) -> Iterator[str]:
    for id in sorted(view.told - view.entries.keys()):
        yield f"{id} was told and is not on record"
    for id in view.waiting:
        yield f"{id} still waits for an answer"


def _consumers_saw_all(view: View) -> Iterator[str]:
    if view.heard != view.position:
        yield f"{view.heard} of {view.position} entries were heard, in their order"


def _replay_is_live(view: View) -> Iterator[str]:
    again = Ledger.replay(view.journal).snapshot()
    live = view.snapshot
    if live is None or (again.balances, again.parts) != (live.balances, live.parts):
        yield "the replayed balances are not those of the store"
    elif {d.key: d for d in again.documents} != {d.key: d for d in live.documents} or again.ids != live.ids:
        yield "the replayed documents or ids are not those of the store"


RECORD_RULES: tuple[Invariant, ...] = (
    Invariant("M4 each entry is on record once, without gaps", "step", _on_record_once),
    Invariant("R1 the store holds what its journal says", "step", _store_agrees),
    Invariant("M5 nothing told is lost", "end", _all_told_is_on_record),
    Invariant("M6 consumers heard every entry, in order", "end", _consumers_saw_all),
    Invariant("R1 replay equals live", "end", _replay_is_live),
)
"""Of the record."""

INVARIANTS: tuple[Invariant, ...] = (
    *GOODS_RULES,
    *ORDER_RULES,
    *PICKUP_RULES,
    *PARCEL_RULES,
    *BAZAAR_RULES,
    *FACT_RULES,
    *MONEY_RULES,
    *PAPER_RULES,
    *LINK_RULES,
    *RECORD_RULES,
)
"""The invariants that every world checks."""
