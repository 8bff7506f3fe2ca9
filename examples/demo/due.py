"""What time alone brings about: documents that are due become requests, one row for each kind; no clock is needed.

A hold that was not released in time cancels; goods that nobody has collected go back to the shelf.
"""

from collections.abc import Callable, Mapping

from unicommerce import Catalog, Commerce
from unicommerce.fulfillment import Collection, expire_holds, put_back
from unicommerce.ledger import Document, Request, run
from unicommerce.orders import OrderHolds

from .master import POLICY

BATCH = 100
LAST = 2**53


def _uncollected(document: Document) -> Request[object]:
    assert isinstance(document, Collection)
    return put_back(document)


def _unpaid(document: Document) -> Request[Catalog]:
    assert isinstance(document, OrderHolds)
    return expire_holds(document, policy=POLICY)


ASKS: Mapping[str, Callable[[Document], Request[Catalog]]] = {
    "fulfillment.collection": _uncollected,
    "orders.holds": _unpaid,
}
"""What is asked of a document that is due, by its kind."""


def ask_what_is_due(shop: Commerce, now: int) -> None:
    """Ask for all that is due at a moment (ms UTC); what was asked before is a repeat."""
    for document in run(shop.store.due(now, BATCH)):
        shop.ask(ASKS[document.key.kind](document), now=now, source="clock")


def is_anything_to_come(shop: Commerce) -> bool:
    """Tell whether a document waits for its moment."""
    return bool(run(shop.store.due(LAST, 1)))
