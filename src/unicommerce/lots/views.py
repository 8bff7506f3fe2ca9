"""Questions about lots: where pieces of one are and with whom, and what an owner has where. All is derived."""

from collections.abc import Callable
from typing import NamedTuple

from ..catalog import Catalog
from ..inventory import CUSTOMER, LOSS, ON_HAND, SUPPLIER, goods, production
from ..ledger import Account, State

__all__ = ["HANDED_BACK", "LotTrace", "owner_account", "trace"]

HANDED_BACK = Account("supplier", "handed_back")


class LotTrace(NamedTuple):
    """Where the pieces of a lot are.

    `came` is what came in all; `at_nodes` are (node, state, on whose behalf, pieces); `with_customers` (shipment,
    pieces); `under_way` all others that came and are nowhere else; `gone` handed back or lost; `in_bundles` what went
    into bundles, whose lots `bundles.made_of` names (below zero: these are bundles, so many were made).
    """

    came: int
    at_nodes: tuple[tuple[str, str, str, int], ...]
    with_customers: tuple[tuple[str, int], ...]
    under_way: int
    gone: int
    in_bundles: int = 0

    def refs(self) -> tuple[str, ...]:
        """Return on whose behalf pieces of the lot were taken: claims, lines of orders, shipments."""
        return tuple(
            sorted({*(ref for _, _, ref, _ in self.at_nodes if ref), *(ref for ref, _ in self.with_customers)})
        )


def trace(sku: str, lot: str) -> Callable[[State, Catalog], LotTrace]:
    """Return the view of where a lot is: at which nodes in which state and for whom, and with which customers."""
    unit = goods(sku)

    def view(state: State, catalog: Catalog) -> LotTrace:
        came = -state.balance(unit, (SUPPLIER._replace(lot=lot),))
        makers = [production(node.id)._replace(lot=lot) for node in catalog.network.nodes]
        used = state.balance(unit, makers)
        gone = state.balance(unit, [account._replace(lot=lot) for account in (HANDED_BACK, LOSS)])
        places = [Account(node.id, where) for node in catalog.network.nodes for where in ON_HAND]
        there = tuple(
            [
                (part.place, part.state, part.ref, held)
                for place in places
                if state.balance(unit, (place._replace(lot=lot),))
                for part, held in sorted(state.parts(unit, place).items())
                if part.lot == lot
            ]
        )
        sent = _summed([(part.ref, held) for part, held in state.parts(unit, CUSTOMER).items() if part.lot == lot])
        away = came - gone - used - sum([held for *_, held in there]) - sum([held for _, held in sent])
        return LotTrace(came, there, sent, away, gone, used)

    return view


def _summed(parts: list[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted({ref: sum([held for own, held in parts if own == ref]) for ref, _ in parts}.items()))


def owner_account(node: str, state: str, owner: str) -> Account:
    """Return the account of what an owner has at a node in a state: a total that is kept, so it is read at once.

    >>> owner_account("dc", "sellable", "acme").owner
    'acme'
    """
    return Account(node, state, owner=owner)
