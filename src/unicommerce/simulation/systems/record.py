"""What is kept of a connected system, on both sides, for invariants to look at.

`owed` is read off the journal event by event, apart from the table of reactions and from the machine that follows it.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from ...delivery import Counts, Progress
from ...fulfillment import Found, Shipped
from ...ledger import Document, Entry, Event, Key
from ...orders import Amended, Canceled, Order, Placed, order_key
from ...ports import Message, Paper
from ...returns import Returned

__all__ = ["Due", "Link", "dispatched", "dues"]


class Due(NamedTuple):
    """A letter that a system must have: its id, its position in the journal, its lane, whose order it is in."""

    id: str
    position: int
    lane: str
    key: str
    is_said: bool = True


class Link:
    """Both ends of the line to a system.

    Messages that `came` in, each arrival counted, were `processed`, wait or are `dead` with a reason; those in
    `spoiled` are poison. `papers` are those that no room takes, by form and id.

    `owed` are letters by id, `queues` the same by lane and key, `got` what the system has by id, `bad` the letters that
    it ever failed at by their own fault, `dead_ids` those that are dead now. `books` are the system's own: quantities
    by name of the book and by what they are of. `disturbed_at` is when its line was last cut (ms UTC), `is_jumping`
    that hours pass between two looks at it.
    """

    def __init__(self, system: str, channel: str = "") -> None:
        self.system = system
        self.channel = channel
        self.came = self.processed = 0
        self.waiting: dict[int, Message] = {}
        self.dead: dict[int, str] = {}
        self.spoiled: dict[int, str] = {}
        self.taken_anyway: list[int] = []
        self.papers: dict[tuple[str, str], Paper] = {}
        self.answers: dict[str, bool] = {}
        self.owed: dict[str, Due] = {}
        self.upto: dict[str, list[int]] = {}
        self.queues: dict[tuple[str, str], list[str]] = {}
        self.heads: dict[tuple[str, str], int] = {}
        self.got: dict[str, str] = {}
        self.wrong: list[str] = []
        self.bad: set[str] = set()
        self.dead_ids: frozenset[str] = frozenset()
        self.counts: Mapping[str, Counts] = {}
        self.progress: Progress | None = None
        self.books: dict[str, dict[str, int]] = {}
        self.disturbed_at = 0
        self.is_jumping = False
        self.looked_at = 0

    def owe(self, position: int, entry: Entry, documents: Mapping[Key[Document], Document]) -> None:
        """Note what the next entry of the journal owes the system."""
        found = list(dues(self.system, position, entry))
        for due in found:
            order = documents.get(order_key(due.key))
            is_said = not self.channel or (isinstance(order, Order) and order.channel == self.channel)
            self.owed[due.id] = due._replace(is_said=is_said)
            if is_said:
                self.queues.setdefault((due.lane, due.key), []).append(due.id)
        for lane in LANES:
            counts = self.upto.setdefault(lane, [0])
            counts.append(counts[-1] + sum([due.lane == lane for due in found]))

    def arrived(self, id: str, body: str) -> None:
        """Note that the system has a letter, and what is wrong about when it came."""
        due = self.owed.get(id)
        if due is None or not due.is_said:
            self.wrong.append(f"{id} came to {self.system}, which is owed no such letter")
            return
        queue, head = self.queues[due.lane, due.key], self.heads.get((due.lane, due.key), 0)
        if queue[head] != id:
            self.wrong.append(f"{id} came to {self.system} before {queue[head]}")
        self.heads[due.lane, due.key] = head + 1
        self.got[id] = body

    def add(self, book: str, what: str, quantity: int) -> None:
        """Add to a book of the system."""
        page = self.books.setdefault(book, {})
        page[what] = page.get(what, 0) + quantity


LANES = ("urgent", "normal")


def dispatched(entry: Entry) -> tuple[Event, ...]:
    """Return the events of an entry of which systems hear: what was found has left before, and is sent no more."""
    is_found = any(isinstance(event, Found) for event in entry.events)
    return tuple([event for event in entry.events if not (is_found and isinstance(event, Shipped))])


def dues(system: str, position: int, entry: Entry) -> Iterator[Due]:
    """Yield what an entry owes a system: for each order that it is about, once."""
    found: dict[str, Due] = {}
    for event in dispatched(entry):
        for what, order in _said(event, system):
            id = f"{entry.id}/{what}/{order}"
            found[id] = Due(id, position, "urgent" if what == "cancellation" else "normal", order)
    yield from found.values()


def _said(event: object, system: str) -> Iterator[tuple[str, str]]:
    if isinstance(event, Shipped):
        yield SHIPPED[system], event.order
    elif isinstance(event, Placed | Canceled) and system == "erp":
        yield "order", event.order.id if isinstance(event, Placed) else event.order
    elif isinstance(event, Amended) and system == "erp":
        yield from [("order", event.order)] * bool(event.added or event.removed)
    elif isinstance(event, Canceled) and system == "market":
        yield "cancellation", event.order
    elif isinstance(event, Returned) and system == "payments" and event.lines:
        yield "refund", event.document.order


SHIPPED = {"erp": "shipment", "payments": "capture", "carrier": "collect", "market": "dispatch"}
