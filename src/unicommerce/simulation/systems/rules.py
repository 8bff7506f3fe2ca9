"""What must hold of connected systems: after each message and each turn of a delivery ("link"), and at the end.

All is compared with the journal as the view added it up: what systems are owed, and what their books must say.
"""

from collections.abc import Iterator, Mapping

from ...fulfillment import Shipped
from ...ledger import Account
from ...orders import Canceled, Order, order_key
from ...ports import Payment, Refund
from ...returns import Returned
from ...values import HOUR_MS
from ..view import Invariant, View
from .record import Link, dispatched
from .wiring import POLICY

__all__ = ["LINK_RULES"]

PATIENCE_MS = 9 * HOUR_MS
"""How long a letter may wait while its own system answers: longer than a system may want to be left alone."""


def _messages_are_somewhere(view: View) -> Iterator[str]:
    link = view.link
    if link and link.came != link.processed + len(link.waiting) + len(link.dead):
        found = f"{link.processed} were processed, {len(link.waiting)} wait, {len(link.dead)} are dead"
        yield f"{link.came} messages of {link.system} came: {found}"


def _poison_alone_is_dead(view: View) -> Iterator[str]:
    link = view.link
    if link is None:
        return
    for number in link.dead.keys() - link.spoiled.keys():
        yield f"message {number} of {link.system} is dead: {link.dead[number]}"
    for id in sorted(link.dead_ids - link.bad):
        yield f"{id} is dead, and {link.system} would have taken it"


def _another_story_is_poison(view: View) -> Iterator[str]:
    if link := view.link:
        yield from [f"message {n} of {link.system} was taken: {link.spoiled[n]}" for n in link.taken_anyway]


def _letters_are_counted(view: View) -> Iterator[str]:
    link = view.link
    if link is None:
        return
    for lane, counts in link.counts.items():
        if counts.taken != counts.delivered + counts.dropped + counts.waiting + counts.dead:
            yield f"{link.system} in lane {lane}: {counts}"


def _letters_are_somewhere(view: View) -> Iterator[str]:
    """Look at every letter, when all are looked at."""
    link = view.link
    if link is None or link.progress is None:
        return
    there = {lane.lane: lane for lane in link.progress.lanes}
    for name, lane in there.items():
        counts = (lane.taken, link.upto.get(name, [0])[min(lane.position, view.position)])
        if counts[0] != counts[1]:
            yield f"{link.system} took {counts[0]} letters up to {lane.position} in lane {name}, there are {counts[1]}"
    known = {owed.id for lane in there.values() for owed in lane.waiting}
    known |= {letter.owed.id for lane in there.values() for letter in lane.dead}
    parked = {(lane.lane, each.key): each.since for lane in there.values() for each in lane.parked}
    for id, due in link.owed.items():
        if due.is_said and id not in link.got and id not in known and due.position <= there[due.lane].position:
            if due.position >= parked.get((due.lane, due.key), due.position + 1):
                continue
            yield f"{id} neither came to {link.system}, nor waits, nor is dead"


def _letters_come_once_and_in_order(view: View) -> Iterator[str]:
    if view.link:
        yield from view.link.wrong


def _who_answers_is_served(view: View) -> Iterator[str]:
    """Look, when all letters are looked at, at what waits though its own system was not disturbed for hours."""
    link = view.link
    if link is None or link.progress is None or link.is_jumping:
        return
    since = view.moment - PATIENCE_MS
    behind = {link.owed[id].key for id in link.bad if id in link.owed}
    is_well = link.disturbed_at < since and len(link.bad - link.got.keys()) < POLICY.trips_after
    for lane in link.progress.lanes if is_well else ():
        late = [owed.id for owed in lane.waiting if view.seen_at[owed.position - 1] < since and owed.key not in behind]
        if late:
            yield f"{late[0]} waits for hours, and {link.system} answers"
        if lane.position < view.position and view.seen_at[lane.position] < since and not lane.waiting:
            yield f"{link.system} stands at {lane.position} in lane {lane.lane}"


def _everything_came(view: View) -> Iterator[str]:
    for link in view.links.values():
        missing = [id for id, due in link.owed.items() if due.is_said and id not in link.got]
        if missing:
            yield f"{missing[0]} never came to {link.system}, and {len(missing) - 1} more"
        for number, message in link.waiting.items():
            yield f"message {number} of {link.system} still waits: {message.topic} {message.id}"
        if spoiled := link.spoiled.keys() - link.dead.keys():
            yield f"{len(spoiled)} messages of {link.system} are poison and not dead"


def _books_are_the_journal(view: View) -> Iterator[str]:
    for link in view.links.values():
        for book, due in _due(view, link).items():
            told = {what: quantity for what, quantity in link.books.get(book, {}).items() if quantity}
            for what in sorted(told.keys() | due.keys()):
                if told.get(what, 0) != due.get(what, 0):
                    yield f"{link.system} has {told.get(what, 0)} {book} of {what}, the journal {due.get(what, 0)}"


def _due(view: View, link: Link) -> Mapping[str, dict[str, int]]:
    """Return what the books of a system must say."""
    shipped, canceled, captured, refunded = ({} for _ in range(4))  # type: ignore[var-annotated]
    for _, entry in view.journal:
        for event in dispatched(entry):
            order = view.documents.get(order_key(getattr(event, "order", "") or "?"))
            if isinstance(event, Shipped) and isinstance(order, Order) and _is_of(link, order):
                for line, _, pieces in event.lines:
                    shipped[f"{event.shipment} {line}"] = shipped.get(f"{event.shipment} {line}", 0) + pieces
                    price = order.line_by_id[line].price_minor * pieces
                    captured[event.shipment] = captured.get(event.shipment, 0) + price
            elif isinstance(event, Canceled) and isinstance(order, Order) and _is_of(link, order):
                for line, _, pieces in event.lines:
                    canceled[f"{order.id}/{line}"] = canceled.get(f"{order.id}/{line}", 0) + pieces
            elif isinstance(event, Returned) and event.lines:
                known = view.documents.get(order_key(event.document.order))
                prices = known.line_by_id if isinstance(known, Order) else {}
                refunded[event.document.id] = sum([prices[x].price_minor * n for x, _, n, _ in event.lines])
    return {
        "erp": {"orders": _wanted(view), "shipped": shipped},
        "payments": {"captured": _positive(captured), "refunded": _positive(refunded)},
        "carrier": {"carried": shipped},
        "market": {"shipped": shipped, "canceled": canceled},
    }[link.system]


def _positive(amounts: dict[str, int]) -> dict[str, int]:
    return {id: amount for id, amount in amounts.items() if amount}


def _is_of(link: Link, order: Order) -> bool:
    return not link.channel or order.channel == link.channel


def _wanted(view: View) -> dict[str, int]:
    """Return the pieces of each line that were ordered and not canceled, by its accounts."""
    found = {}
    for unit, book in view.book.items():
        if unit.startswith("line:"):
            pieces = -book.get(Account("order", "ordered"), 0) - book.get(Account("order", "canceled"), 0)
            found[unit.removeprefix("line:")] = pieces
    return _positive(found)


def _papers_are_the_books(view: View) -> Iterator[str]:
    """What a payment provider said that it did is what it did, and no more goes back than came."""
    link = view.links.get("payments")
    if link is None:
        return
    said: dict[str, dict[str, int]] = {"captured": {}, "refunded": {}}
    for (_, id), paper in link.papers.items():
        if isinstance(paper, Payment | Refund):
            said["captured" if isinstance(paper, Payment) else "refunded"][id] = paper.amount_minor
    for book, told in said.items():
        if _positive(told) != _positive(link.books.get(book, {})):
            yield f"our papers of what was {book} are not those of {link.system}"
    if sum(said["refunded"].values()) > sum(said["captured"].values()):
        yield f"{said['refunded']} went back, of {said['captured']}"


def _orders_are_answered(view: View) -> Iterator[str]:
    link = view.links.get("market")
    for id, is_taken in link.answers.items() if link else ():
        if is_taken != (order_key(id) in view.documents):
            yield f"the market heard that {id} was {'taken' if is_taken else 'refused'}, and it was not"


LINK_RULES: tuple[Invariant, ...] = (
    Invariant("X1 messages are processed, wait or are dead", "link", _messages_are_somewhere),
    Invariant("X2 each letter is delivered, waits or is dead", "link", _letters_are_counted),
    Invariant("X2 each letter is delivered, waits or is dead", "link", _letters_are_somewhere),
    Invariant("X3 letters come once, each key in order", "link", _letters_come_once_and_in_order),
    Invariant("X4 only poison is dead", "link", _poison_alone_is_dead),
    Invariant("X5 who answers is served, whoever else is down", "link", _who_answers_is_served),
    Invariant("M2 another story under a known id is a contradiction", "link", _another_story_is_poison),
    Invariant("X6 all that was owed or said has come", "end", _everything_came),
    Invariant("X7 a system's books are what the journal says", "end", _books_are_the_journal),
    Invariant("X8 money moved once, and papers say so", "end", _papers_are_the_books),
    Invariant("X9 what the market heard of an order is so", "end", _orders_are_answered),
)
"""Of systems."""
