"""Bugs about facts and whoever follows them: counts, tills, kits, relief; the table of all is in `saboteurs`."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple, cast

import attrs

from ..catalog import Catalog
from ..counts import Count
from ..ledger import Account, Decision, Document, Entry, Key, Movement, Reason, Refused, Request, State
from ..orders import Order
from ..relief import ReliefCode
from ..tills import Sold
from ..values import Unit

__all__ = ["counted_last", "from_the_shelf", "helps_nobody", "knows_no_kits", "sees_nothing_move"]


class Misled(NamedTuple):
    """A state that forgets which kits an order has, or what has moved."""

    state: State
    forgets: str

    def balance(self, unit: Unit, accounts: Iterable[Account]) -> int:
        """Return the balance."""
        return self.state.balance(unit, accounts)

    def document(self, key: Key[Document]) -> Document | None:
        """Return the document, of an order without its kits."""
        found = self.state.document(key)
        return attrs.evolve(found, kits=()) if isinstance(found, Order) and self.forgets == "kits" else found

    def parts(self, unit: Unit, account: Account) -> Mapping[Account, int]:
        """Return the parts."""
        return self.state.parts(unit, account)

    def moved(self, unit: Unit, place: str, since: int) -> int:
        """Return what moved, or nothing."""
        return 0 if self.forgets == "moved" else self.state.moved(unit, place, since)


def _misled(request: Request[Catalog], forgets: str) -> Request[Catalog]:
    def decide(state: State, catalog: Catalog, now: int) -> Decision:
        return request.decide(cast("State", Misled(state, forgets)), catalog, now)

    return request._replace(decide=decide)


def sees_nothing_move(request: Request[Catalog]) -> Request[Catalog]:
    """Set the book to what was counted, whatever has moved since."""
    return _misled(request, "moved")


def knows_no_kits(request: Request[Catalog]) -> Request[Catalog]:
    """Allocate components as if each went by itself."""
    return _misled(request, "kits") if "/allocated" in request.id else request


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
