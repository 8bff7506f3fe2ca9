"""Bugs about facts and whoever follows them: counts, tills, kits, relief; the table of all is in `saboteurs`."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple, cast

import attrs

from ..catalog import Catalog
from ..counts import Count
from ..fulfillment import Allocated
from ..ledger import Account, Decision, Document, Entry, Key, Movement, Reason, Refused, Request, State
from ..orders import Order
from ..relief import ReliefCode
from ..tills import Sold
from ..values import Unit

__all__ = ["counted_last", "from_the_shelf", "helps_nobody", "sees_nothing_move", "torn"]


class Misled(NamedTuple):
    """A state that forgets what has moved."""

    state: State

    def balance(self, unit: Unit, accounts: Iterable[Account]) -> int:
        """Return the balance."""
        return self.state.balance(unit, accounts)

    def document(self, key: Key[Document]) -> Document | None:
        """Return the document."""
        return self.state.document(key)

    def parts(self, unit: Unit, account: Account) -> Mapping[Account, int]:
        """Return the parts."""
        return self.state.parts(unit, account)

    def moved(self, _unit: Unit, _place: str, _since: int) -> int:
        """Return nothing."""
        return 0


def sees_nothing_move(request: Request[Catalog]) -> Request[Catalog]:
    """Set the book to what was counted, whatever has moved since."""

    def decide(state: State, catalog: Catalog, now: int) -> Decision:
        return request.decide(cast("State", Misled(state)), catalog, now)

    return request._replace(decide=decide)


def helps_nobody(request: Request[Catalog]) -> Request[Catalog]:
    """Say that all claims can be met."""
    if not request.id.endswith("/relieve"):
        return request
    refused = Refused((Reason(ReliefCode.NOTHING_TO_RELIEVE, request.id),))
    return request._replace(decide=lambda _state, _catalog, _now: refused)


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
