"""Requests that are decided on something that is not so; the table of all bugs is in `saboteurs`."""

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple, TypeVar, cast

import attrs

from ...catalog import Catalog, Network, pool_place
from ...fulfillment import Attempts, FulfillmentCode, lost
from ...inventory import Lot, Received
from ...ledger import Accepted, Account, Decision, Document, Fact, Key, Reason, Refused, Request, State, Telling
from ...marketplaces import Acknowledged, AskState, MarketOrder
from ...relief import ReliefCode
from ...values import DAY_MS, Unit
from .altered import no_sums

__all__ = [
    "all_open",
    "asks_again",
    "by_on_hand",
    "endless",
    "forgets_recalls",
    "given",
    "helps_nobody",
    "loses_all",
    "never_corrects",
    "owes_nothing",
    "picks_any",
    "poison",
    "pools_apart",
    "promised_twice",
    "released_anyway",
    "says_nothing",
    "sees_nothing_move",
    "serves_anyway",
    "too_early",
]

D = TypeVar("D", bound=Document)


def _held(state: State, unit: Unit, accounts: tuple[Account, ...]) -> int:
    return state.balance(unit, accounts)


def _moved(state: State, unit: Unit, place: str, since: int) -> int:
    return state.moved(unit, place, since)


def _parts(state: State, unit: Unit, account: Account) -> Mapping[Account, int]:
    return state.parts(unit, account)


def _kept(document: Document | None) -> Document | None:
    return document


class Other(NamedTuple):
    """A state with some answers replaced."""

    state: State
    held: Callable[[State, Unit, tuple[Account, ...]], int] = _held
    gone: Callable[[State, Unit, str, int], int] = _moved
    told: Callable[[Document | None], Document | None] = _kept
    stands: Callable[[State, Unit, Account], Mapping[Account, int]] = _parts

    def balance(self, unit: Unit, accounts: Iterable[Account]) -> int:
        """Return what it says instead."""
        return self.held(self.state, unit, tuple(accounts))

    def document(self, key: Key[D]) -> D | None:
        """Return the document."""
        return cast("D | None", self.told(self.state.document(key)))

    def parts(self, unit: Unit, account: Account) -> Mapping[Account, int]:
        """Return the parts."""
        return self.stands(self.state, unit, account)

    def moved(self, unit: Unit, place: str, since: int) -> int:
        """Return what moved."""
        return self.gone(self.state, unit, place, since)


def given(change: Callable[[Network], Network]) -> Callable[[Request[Catalog]], Request[Catalog]]:
    """Return what has requests decided on another network than the one on record."""

    def spoil(request: Request[Catalog]) -> Request[Catalog]:
        def decide(state: State, catalog: Catalog, now: int) -> Decision:
            return request.decide(state, attrs.evolve(catalog, network=change(catalog.network)), now)

        return request._replace(decide=decide)

    return spoil


def all_open(network: Network) -> Network:
    """Take all nodes for open."""
    return attrs.evolve(network, nodes=tuple([attrs.evolve(node, is_open=True) for node in network.nodes]))


def endless(network: Network) -> Network:
    """Take the day of each node for endless."""
    return attrs.evolve(network, nodes=tuple([attrs.evolve(node, daily_capacity=None) for node in network.nodes]))


def pools_apart(network: Network) -> Network:
    """Have each pool answer for itself, as if pools shared no nodes."""
    other = attrs.evolve(network)
    apart = {pool_place(pool.id): ((*pool.nodes, pool_place(pool.id)),) for pool in network.pools}
    limits: dict[str, tuple[tuple[str, ...], ...]] = {node.id: ((node.id,),) for node in network.nodes}
    limits.update(apart)
    object.__setattr__(other, "limits", limits)
    return other


def by_on_hand(request: Request[Catalog]) -> Request[Catalog]:
    """Check what is on hand, claimed or not."""

    def held(state: State, unit: Unit, accounts: tuple[Account, ...]) -> int:
        claimed = [a._replace(state=s) for a in accounts if a.state == "sellable" for s in ("held", "reserved")]
        return state.balance(unit, (*accounts, *claimed))

    def decide(state: State, catalog: Catalog, now: int) -> Decision:
        answer = request.decide(Other(state, held), catalog, now)
        is_claim = request.id.startswith(("claim/", "order/"))
        return (
            attrs.evolve(answer, guards=no_sums(answer.guards)) if isinstance(answer, Accepted) and is_claim else answer
        )

    return request._replace(decide=decide)


def too_early(request: Request[Catalog]) -> Request[Catalog]:
    """Look at the clock of tomorrow when a hold is to expire."""
    if not request.id.endswith("/expired"):
        return request
    return request._replace(decide=lambda state, catalog, now: request.decide(state, catalog, now + DAY_MS))


def released_anyway(request: Request[Catalog]) -> Request[Catalog]:
    """Give a claim back whole, whatever is left of it."""
    if not request.id.startswith("claim/") or request.id.endswith("/expired"):
        return request

    def held(state: State, unit: Unit, accounts: tuple[Account, ...]) -> int:
        known = state.balance(unit, accounts)
        return known if known or not any(account.ref for account in accounts) else 1

    return request._replace(decide=lambda state, catalog, now: request.decide(Other(state, held), catalog, now))


def poison(telling: Telling[Catalog]) -> Telling[Catalog]:
    """Drop a receipt with more than one line, in silence."""

    def decide(state: State, catalog: Catalog, now: int) -> tuple[object, ...]:
        facts = telling.decide(state, catalog, now)
        return tuple([f for f in facts if not any(isinstance(e, Received) and len(e.lines) > 1 for e in f.events)])

    return telling._replace(decide=decide) if telling.id.startswith("receipt/supplier") else telling  # type: ignore[arg-type]


def sees_nothing_move(request: Request[Catalog]) -> Request[Catalog]:
    """Set the book to what was counted, whatever has moved since."""

    def decide(state: State, catalog: Catalog, now: int) -> Decision:
        return request.decide(Other(state, gone=lambda *_: 0), catalog, now)

    return request._replace(decide=decide)


def forgets_recalls(request: Request[Catalog]) -> Request[Catalog]:
    """Decide as if no lot had been recalled."""

    def decide(state: State, catalog: Catalog, now: int) -> Decision:
        return request.decide(Other(state, told=_not_recalled), catalog, now)

    return request._replace(decide=decide) if not request.id.startswith("lot/") else request


def _not_recalled(document: Document | None) -> Document | None:
    return attrs.evolve(document, recalled="") if isinstance(document, Lot) else document


def picks_any(telling: Telling[Catalog]) -> Telling[Catalog]:
    """Take what was picked to be of the lot that expired first, whatever may be sold."""

    def decide(state: State, catalog: Catalog, _now: int) -> tuple[Fact, ...]:
        return telling.decide(Other(state, told=_not_recalled), catalog, 0)

    return telling._replace(decide=decide) if telling.id.endswith(("/picked", "/shipped")) else telling


def promised_twice(request: Request[Catalog]) -> Request[Catalog]:
    """Take what is expected for free, claimed or not."""

    def all_of_it(state: State, unit: Unit, account: Account) -> Mapping[Account, int]:
        free = dict(state.parts(unit, account))
        claimed = state.parts(unit, account._replace(state="reserved")) if account.state == "expected" else {}
        for part, held in claimed.items():
            inbound = account._replace(lot=part.lot)
            free[inbound] = free.get(inbound, 0) + held
        return free

    def decide(state: State, catalog: Catalog, now: int) -> Decision:
        return request.decide(Other(state, stands=all_of_it), catalog, now)

    return request._replace(decide=decide)


def says_nothing(request: Request[Catalog]) -> Request[Catalog]:
    """Tell nobody that what he waits for does not come."""
    is_redate = "/redated" in request.id
    return request._replace(decide=lambda _state, _catalog, _now: Accepted()) if is_redate else request


def helps_nobody(request: Request[Catalog]) -> Request[Catalog]:
    """Say that all claims can be met."""
    if not request.id.endswith("/relieve"):
        return request
    refused = Refused((Reason(ReliefCode.NOTHING_TO_RELIEVE, request.id),))
    return request._replace(decide=lambda _state, _catalog, _now: refused)


def asks_again(request: Request[Catalog]) -> Request[Catalog]:
    """Decide as if no node had ever turned the order down."""

    def decide(state: State, catalog: Catalog, now: int) -> Decision:
        return request.decide(Other(state, told=_not_turned_down), catalog, now)

    return request._replace(decide=decide)


def _not_turned_down(document: Document | None) -> Document | None:
    return attrs.evolve(document, rejections=()) if isinstance(document, Attempts) else document


def serves_anyway(request: Request[Catalog]) -> Request[Catalog]:
    """Take what a marketplace has relayed as it was first sold, whatever it has called off since."""

    def decide(state: State, catalog: Catalog, now: int) -> Decision:
        return request.decide(Other(state, told=_not_of_a_marketplace), catalog, now)

    return request._replace(decide=decide) if request.id.endswith("/placed") else request


def _not_of_a_marketplace(document: Document | None) -> Document | None:
    return None if isinstance(document, MarketOrder) else document


def owes_nothing(request: Request[Catalog]) -> Request[Catalog]:
    """Refund nothing of what was lost or came back."""

    def decide(state: State, catalog: Catalog, now: int) -> Decision:
        answer = request.decide(state, catalog, now)
        because = tuple([reason for reason in answer.because if reason.code is not FulfillmentCode.REFUND_DUE])
        return attrs.evolve(answer, because=because)

    return request._replace(decide=decide) if "/made_good" in request.id else request


def never_corrects(request: Request[Catalog]) -> Request[Catalog]:
    """Leave a marketplace with what it was told first, whatever becomes of the order."""

    def decide(state: State, catalog: Catalog, now: int) -> Decision:
        answer = request.decide(state, catalog, now)
        events = answer.events if isinstance(answer, Accepted) else ()
        said = [each for event in events if isinstance(event, Acknowledged) for each in event.answers]
        return Accepted() if any(each.source is not AskState.UNANSWERED for each in said) else answer

    return request._replace(decide=decide) if request.id.startswith("market/") else request


def loses_all(telling: Telling[Catalog]) -> Telling[Catalog]:
    """Take a parcel of which some is lost for lost."""
    shipment, _, step = telling.id.partition("/lost/")
    is_parcel = step and not shipment.startswith("inbound/")
    return telling._replace(decide=lost(shipment, id=step).decide) if is_parcel else telling
