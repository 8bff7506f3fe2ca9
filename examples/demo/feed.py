"""What the ERP is to hear: the entries of the journal that moved goods, in their order, from where it says it is.

The journal is the outbox: this keeps positions and nothing else, so an ERP that is down costs a cursor. What is at hand
in memory is not read again; after a restart it is.
"""

import sqlite3
from collections.abc import Sequence

from unicommerce import Catalog, Commerce, Order
from unicommerce.fulfillment import Shipped
from unicommerce.ledger import Entry, run
from unicommerce.orders import order_key

from . import adapter
from .erp import Erp

SCHEMA = "CREATE TABLE IF NOT EXISTS goods (position INTEGER PRIMARY KEY);"

AFTER = "SELECT position FROM goods WHERE position > ? ORDER BY position LIMIT ?"
LAST = "SELECT position FROM goods WHERE position <= ? ORDER BY position DESC LIMIT ?"


class Feed:
    """Knows which entries the ERP is to hear of, and sends them on."""

    def __init__(self, shop: Commerce, file: sqlite3.Connection, catalogs: Sequence[Catalog], middle: int) -> None:
        self._shop = shop
        self._file = file
        self._catalogs = catalogs
        self._middle = middle
        self._at_hand: dict[int, Entry] = {}
        file.executescript(SCHEMA)

    def note(self, position: int, entry: Entry) -> bool:
        """Note an entry if it moved goods in or out, and tell whether it did; entries come in their order."""
        is_due = any(adapter.moves_goods(event) for event in entry.events)
        if is_due:
            self._file.execute("INSERT INTO goods VALUES (?)", (position,))
            self._at_hand[position] = entry
        return is_due

    def backlog(self, erp: Erp) -> int:
        """Return how many entries the ERP has not heard of."""
        query = "SELECT count(*) FROM goods WHERE position > ?"
        return int(self._file.execute(query, (erp.position,)).fetchone()[0])

    def send(self, erp: Erp, now: int, limit: int, *, again: int = 0) -> None:
        """Send the ERP the next entries, and before them the last ones `again`, if it may not have them.

        Raises `erp.Unavailable` where nobody answers.
        """
        reached = erp.position
        known = self._file.execute(LAST, (reached, again)).fetchall()[::-1]
        for (position,) in (*known, *self._file.execute(AFTER, (reached, limit)).fetchall()):
            entry = self._at_hand.pop(position, None) or run(self._shop.store.since(position - 1, 1))[0].entry
            costs = self._catalogs[entry.recorded_at >= self._middle]
            erp.receive(position, adapter.goods(entry, costs, self._order(entry)), now)

    def _order(self, entry: Entry) -> Order | None:
        """Return the order that an entry ships."""
        order = next((event.order for event in entry.events if isinstance(event, Shipped)), "")
        return self._shop.see(lambda state, _given: state.document(order_key(order))) if order else None
