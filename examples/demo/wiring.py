"""Who reacts to which entries: one table, and the systems that follow the journal by it, each at its own pace.

How far each has come is kept beside the journal after its letters were sent. Who is killed in between sends them again,
and each system knows what it has. A system that is down costs a window of letters: the rest stays in the journal.
"""

import json
import sqlite3
from collections.abc import Callable, Mapping

from unicommerce.delivery import Delivered, Follower, Letter, Outcome, Progress, Reaction, by_entry, in_order, turn
from unicommerce.ledger import Entry, Store, run

BOOKED = (
    "inventory.received",
    "fulfillment.shipped",
    "fulfillment.collected",
    "returns.returned",
    "returns.disposed",
    "counts.reconciled",
    "invoices.issued",
)
OPENED = ("orders.placed", "orders.resumed", "fulfillment.short_picked", "fulfillment.rejected")
TAKEN_BACK = ("fulfillment.deallocated", "fulfillment.reshelved")
PAID_NO_MORE = (*TAKEN_BACK, "returns.returned")

TABLE = (
    Reaction("wms", "pick", ("fulfillment.allocated",), by_entry),
    Reaction("wms", "drop", TAKEN_BACK, by_entry),
    Reaction("carrier", "parcel", ("fulfillment.shipped",), by_entry),
    Reaction("counter", "arrive", ("fulfillment.picked", "fulfillment.delivered"), by_entry),
    Reaction("counter", "put_back", ("fulfillment.reshelved",), by_entry),
    Reaction("market", "answer", ("marketplaces.acknowledged",), in_order),
    Reaction("market", "confirm", ("fulfillment.shipped",), in_order),
    Reaction("desk", "give_again", OPENED, in_order),
    Reaction("desk", "reconcile", ("counts.counted",), in_order),
    Reaction("papers", "invoice", ("fulfillment.picked",), in_order),
    Reaction("papers", "credit", PAID_NO_MORE, in_order),
    Reaction("finance", "post", BOOKED, in_order),
    Reaction("erp", "book", BOOKED, in_order),
)

SCHEMA = "CREATE TABLE IF NOT EXISTS followers (system TEXT PRIMARY KEY, progress TEXT NOT NULL);"

Send = Callable[[Entry, int], None]
"""Do what a row of the table says for an entry; whoever does not answer raises."""


class Followers:
    """All systems of the table."""

    def __init__(self, store: Store, file: sqlite3.Connection, sends: Mapping[str, Send]) -> None:
        self._store = store
        self._file = file
        self._sends = sends
        file.executescript(SCHEMA)
        kept = {system: Progress.of(json.loads(text)) for system, text in file.execute("SELECT * FROM followers")}
        systems = dict.fromkeys(row.system for row in TABLE)
        self._by_system = {system: Follower(system, TABLE, progress=kept.get(system)) for system in systems}

    def serve(self, system: str, now: int, turns: int = 1_000_000) -> int:
        """Send a system what is due, for so many turns at most; return how many letters were sent."""
        follower, sent = self._by_system[system], 0

        async def send(letter: Letter) -> Outcome:
            self._sends[letter.owed.what](letter.recorded.entry, now)
            return Delivered()

        for _ in range(turns):
            if not (more := run(turn(self._store, follower, send, now=now))):
                break
            sent += more
        progress = json.dumps(follower.progress.plain())
        self._file.execute("INSERT OR REPLACE INTO followers VALUES (?, ?)", (system, progress))
        return sent

    def taken(self, system: str) -> int:
        """Return how many letters a system was owed, as far as it has read."""
        return self._by_system[system].counts["normal"].taken

    def delivered(self, system: str) -> int:
        """Return how many letters a system has."""
        return self._by_system[system].counts["normal"].delivered

    def position(self, system: str) -> int:
        """Return how far a system has read."""
        return self._by_system[system].progress.lanes[0].position
