"""What is recorded, or told to channels, is not what was decided; the table of all bugs is in `saboteurs`."""

from collections.abc import Callable

import attrs

from ...counts import Count
from ...feed import Feed
from ...fulfillment import Allocated, Attempts, Collection, Rejected
from ...inventory import Claim, GoodsState
from ...ledger import Account, Between, Entry, Event, Movement
from ...marketplaces import Acknowledged, AskState, MarketOrder
from ...orders import LineState, Order
from ...supply import Expected
from ...tills import Sold
from .spoiled import Guards

__all__ = [
    "again_when_late",
    "alone",
    "announced_whole",
    "back_to_open",
    "claims_last",
    "counted_last",
    "for_nobody",
    "forgotten",
    "from_the_shelf",
    "into",
    "mixed",
    "moving",
    "never_due",
    "no_days",
    "no_inbounds",
    "no_revisions",
    "no_sums",
    "of_one_version",
    "takes_all",
    "timeless",
    "torn",
    "twice",
    "without",
    "without_kits",
    "without_units",
]

Moves = tuple[Movement, ...]


def moving(kind: type[Event], change: Callable[[Moves], Moves]) -> Callable[[Entry], Entry]:
    """Return what changes the movements of entries with such an event."""

    def spoil(entry: Entry) -> Entry:
        if not any(isinstance(event, kind) for event in entry.events):
            return entry
        return attrs.evolve(entry, movements=change(entry.movements))

    return spoil


def alone(kind: type[Event]) -> Callable[[Entry], Entry]:
    """Return what keeps of entries with such an event that event alone."""

    def spoil(entry: Entry) -> Entry:
        events = tuple([event for event in entry.events if isinstance(event, kind)])
        moves = tuple([move for event in events for move in event.movements()])
        documents = tuple([document for event in events for document in event.documents()])
        return attrs.evolve(entry, events=events, movements=moves, documents=documents) if events else entry

    return spoil


def without(source: str, target: str) -> Callable[[Moves], Moves]:
    """Return what drops the movements of goods between two states."""
    return lambda moves: tuple(
        [m for m in moves if not m.unit.startswith("sku:") or (m.source.state, m.target.state) != (source, target)]
    )


def twice(moves: Moves) -> Moves:
    """Move all of it twice."""
    return moves * 2


def for_nobody(moves: Moves) -> Moves:
    """Claim for the same somebody, whoever asked."""
    return tuple([m._replace(source=_nobody(m.source), target=_nobody(m.target)) for m in moves])


def _nobody(account: Account) -> Account:
    return account._replace(ref="claim:somebody") if account.ref.startswith("claim:") else account


def back_to_open(moves: Moves) -> Moves:
    """Let what is delivered be open again, as a late message that sets a status does."""
    return tuple(
        [
            m._replace(target=Account("order", LineState.OPEN)) if m.target.state == LineState.DELIVERED else m
            for m in moves
        ]
    )


def claims_last(entry: Entry) -> Entry:
    """Keep a claim's own document and forget when it ends."""
    documents = [attrs.evolve(d, due_at=None) if isinstance(d, Claim) else d for d in entry.documents]
    return attrs.evolve(entry, documents=tuple(documents))


def never_due(entry: Entry) -> Entry:
    """Keep what waits to be collected and forget until when."""
    documents = [attrs.evolve(d, collect_by=None) if isinstance(d, Collection) else d for d in entry.documents]
    return attrs.evolve(entry, documents=tuple(documents))


def forgotten(entry: Entry) -> Entry:
    """Forget which nodes turned an order down, when one has."""
    if not any(isinstance(event, Rejected) for event in entry.events):
        return entry
    documents = [attrs.evolve(d, rejections=()) if isinstance(d, Attempts) else d for d in entry.documents]
    return attrs.evolve(entry, documents=tuple(documents))


def timeless(entry: Entry) -> Entry:
    """Keep what a marketplace says later of an order, but for by when it is to be sent."""
    documents = [
        attrs.evolve(d, ship_by=None, assumed=()) if isinstance(d, MarketOrder) and d.revision > d.placed_at else d
        for d in entry.documents
    ]
    return attrs.evolve(entry, documents=tuple(documents))


def takes_all(entry: Entry) -> Entry:
    """Accept whatever a marketplace asks for."""
    if not any(isinstance(event, Acknowledged) for event in entry.events):
        return entry
    moves = [
        m._replace(target=m.target._replace(state=AskState.ACCEPTED)) if m.source.state == AskState.UNANSWERED else m
        for m in entry.movements
    ]
    events = [
        attrs.evolve(e, answers=tuple([a._replace(target=AskState.ACCEPTED) for a in e.answers]))
        if isinstance(e, Acknowledged)
        else e
        for e in entry.events
    ]
    return attrs.evolve(entry, events=tuple(events), movements=tuple(moves))


def into(source: str, target: str, instead: str) -> Callable[[Moves], Moves]:
    """Return what puts goods that go from one state to another into a third."""
    return lambda moves: tuple(
        [
            m._replace(target=m.target._replace(state=instead))
            if m.unit.startswith("sku:") and (m.source.state, m.target.state) == (source, target)
            else m
            for m in moves
        ]
    )


def mixed(moves: Moves) -> Moves:
    """Put what comes back straight into what is reserved for nobody."""
    return tuple(
        [
            m._replace(target=Account(m.target.place, GoodsState.RESERVED)) if m.target.state == "quarantine" else m
            for m in moves
        ]
    )


def again_when_late(entry: Entry) -> Entry:
    """Give an implied shipping an id of its own, so that the late message is no repeat."""
    is_implied = entry.cause and entry.id.endswith("/shipped")
    return attrs.evolve(entry, id=f"{entry.id}+") if is_implied else entry


def no_sums(guards: Guards) -> Guards:
    """Keep no guard of quantities."""
    return tuple([guard for guard in guards if not isinstance(guard, Between)])


def no_revisions(guards: Guards) -> Guards:
    """Keep no guard of documents."""
    return tuple([guard for guard in guards if isinstance(guard, Between)])


def no_days(guards: Guards) -> Guards:
    """Keep no guard of how full a day is."""
    return tuple([g for g in guards if not isinstance(g, Between) or not g.unit.startswith("capacity:")])


def no_inbounds(guards: Guards) -> Guards:
    """Keep no guard of what inbounds bring."""
    return tuple([g for g in guards if not isinstance(g, Between) or "inbound" not in {a.place for a in g.accounts}])


def without_units(prefix: str) -> Callable[[Moves], Moves]:
    """Return what drops the movements of a book: "sku:", "line:"."""
    return lambda moves: tuple([move for move in moves if not move.unit.startswith(prefix)])


def announced_whole(entry: Entry) -> Entry:
    """Add what each version of an announcement says, as if the versions before had said nothing."""
    is_later = any(isinstance(event, Expected) and event.inbound.version > 1 for event in entry.events)
    return attrs.evolve(entry, movements=entry.movements * 2) if is_later else entry


def counted_last(entry: Entry) -> Entry:
    """Let the count that is told last overrule all others."""
    documents = [attrs.evolve(d, revision=entry.recorded_at) if isinstance(d, Count) else d for d in entry.documents]
    return attrs.evolve(entry, documents=tuple(documents))


def from_the_shelf(entry: Entry) -> Entry:
    """Take what was sold under rights from the shelf, and leave the rights as they are."""
    if not any(isinstance(event, Sold) for event in entry.events):
        return entry
    return attrs.evolve(entry, movements=tuple([_shelf(movement) for movement in entry.movements]))


def _shelf(movement: Movement) -> Movement:
    source = movement.source
    is_right = source.state == "reserved" and source.ref.startswith("till:")
    return movement._replace(source=Account(source.place, "sellable")) if is_right else movement


def torn(entry: Entry) -> Entry:
    """Leave the last line of each parcel of an order with kits where it was, as if each component went by itself."""
    if not any(isinstance(document, Order) and document.kits for document in entry.documents):
        return entry
    events = tuple(
        [
            attrs.evolve(event, lines=event.lines[:-1]) if isinstance(event, Allocated) and event.lines[1:] else event
            for event in entry.events
        ]
    )
    return attrs.evolve(entry, events=events, movements=tuple([move for event in events for move in event.movements()]))


def of_one_version(feed: Feed) -> Feed:
    """Offer all under the version of the hundred before, so that an older offer can overrule."""
    return feed._replace(offers=tuple([offer._replace(version=offer.version // 100 + 1) for offer in feed.offers]))


def without_kits(feed: Feed) -> Feed:
    """Tell channels nothing of kits."""
    return feed._replace(offers=tuple([offer for offer in feed.offers if offer.sku != "SET"]))
