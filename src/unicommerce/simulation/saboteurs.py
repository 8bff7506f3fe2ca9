"""Bugs to plant: each is a wrong variant of a small piece, wrapped around the core, that some invariant must find.

They are here for users too: whoever writes invariants of their own sees by them whether those notice anything. A bug
sits in what is put on record, in the guards, in what a decision is told, or in the store.
"""

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import NamedTuple, TypeVar

import attrs

from ..catalog import Catalog, Network, pool_place
from ..counts import Reconciled
from ..fulfillment import Allocated, Delivered, Picked, Shipped, ShortPicked
from ..inventory import Claim, GoodsState, Received, Released
from ..ledger import (
    Accepted,
    Account,
    Between,
    Decision,
    Document,
    Entry,
    Event,
    Key,
    Movement,
    Request,
    State,
    Store,
    Telling,
)
from ..orders import Canceled, LineState
from ..returns import Restocked, Returned
from ..tills import GivenBack, Sold, Voided
from ..values import DAY_MS, Unit
from .misled import counted_last, from_the_shelf, helps_nobody, sees_nothing_move, torn
from .spoiled import Agreeable, Altered, Forgetful, Guards, Hasty, NoInbox, Skipping

__all__ = ["SABOTEURS", "Saboteur"]

D = TypeVar("D", bound=Document)
Moves = tuple[Movement, ...]


class Other(NamedTuple):
    """A state with some answers replaced."""

    state: State
    held: Callable[[State, Unit, tuple[Account, ...]], int]

    def balance(self, unit: Unit, accounts: Iterable[Account]) -> int:
        """Return what it says instead."""
        return self.held(self.state, unit, tuple(accounts))

    def document(self, key: Key[D]) -> D | None:
        """Return the document."""
        return self.state.document(key)

    def parts(self, unit: Unit, account: Account) -> Mapping[Account, int]:
        """Return the parts."""
        return self.state.parts(unit, account)

    def moved(self, unit: Unit, place: str, since: int) -> int:
        """Return what moved."""
        return self.state.moved(unit, place, since)


def _same_entry(entry: Entry) -> Entry:
    return entry


def _same_guards(guards: Guards) -> Guards:
    return guards


def _same_request(request: Request[Catalog]) -> Request[Catalog]:
    return request


def _same_telling(telling: Telling[Catalog]) -> Telling[Catalog]:
    return telling


def _same_store(store: Store) -> Store:
    return store


class Saboteur(NamedTuple):
    """A bug with a name, and where it sits."""

    name: str
    entry: Callable[[Entry], Entry] = _same_entry
    guards: Callable[[Guards], Guards] = _same_guards
    ask: Callable[[Request[Catalog]], Request[Catalog]] = _same_request
    hear: Callable[[Telling[Catalog]], Telling[Catalog]] = _same_telling
    keep: Callable[[Store], Store] = _same_store

    def store(self, store: Store) -> Store:
        """Return the store with the bug in it."""
        return self.keep(Altered(store, self.entry, self.guards))

    def request(self, request: Request[Catalog]) -> Request[Catalog]:
        """Return the request with the bug in it."""
        return self.ask(request)

    def telling(self, telling: Telling[Catalog]) -> Telling[Catalog]:
        """Return the message with the bug in it."""
        return self.hear(telling)


# Ways to go wrong


def _moving(kind: type[Event], change: Callable[[Moves], Moves]) -> Callable[[Entry], Entry]:
    """Return what changes the movements of entries with such an event."""

    def spoil(entry: Entry) -> Entry:
        if not any(isinstance(event, kind) for event in entry.events):
            return entry
        return attrs.evolve(entry, movements=change(entry.movements))

    return spoil


def _without(source: str, target: str) -> Callable[[Moves], Moves]:
    """Return what drops the movements of goods between two states."""
    return lambda moves: tuple(
        [m for m in moves if not m.unit.startswith("sku:") or (m.source.state, m.target.state) != (source, target)]
    )


def _twice(moves: Moves) -> Moves:
    return moves * 2


def _for_nobody(moves: Moves) -> Moves:
    """Claim for the same somebody, whoever asked."""
    return tuple([m._replace(source=_nobody(m.source), target=_nobody(m.target)) for m in moves])


def _nobody(account: Account) -> Account:
    return account._replace(ref="claim:somebody") if account.ref.startswith("claim:") else account


def _back_to_open(moves: Moves) -> Moves:
    """Let what is delivered be open again, as a late message that sets a status does."""
    return tuple(
        [
            m._replace(target=Account("order", LineState.OPEN)) if m.target.state == LineState.DELIVERED else m
            for m in moves
        ]
    )


def _claims_last(entry: Entry) -> Entry:
    """Keep a claim's own document and forget when it ends."""
    documents = [attrs.evolve(d, due_at=None) if isinstance(d, Claim) else d for d in entry.documents]
    return attrs.evolve(entry, documents=tuple(documents))


def _mixed(moves: Moves) -> Moves:
    """Put what comes back straight into what is reserved for nobody."""
    return tuple(
        [
            m._replace(target=Account(m.target.place, GoodsState.RESERVED)) if m.target.state == "quarantine" else m
            for m in moves
        ]
    )


def _no_sums(guards: Guards) -> Guards:
    return tuple([guard for guard in guards if not isinstance(guard, Between)])


def _no_revisions(guards: Guards) -> Guards:
    return tuple([guard for guard in guards if isinstance(guard, Between)])


def _no_days(guards: Guards) -> Guards:
    return tuple([g for g in guards if not isinstance(g, Between) or not g.unit.startswith("capacity:")])


def _given(change: Callable[[Network], Network]) -> Callable[[Request[Catalog]], Request[Catalog]]:
    """Return what has requests decided on another network than the one on record."""

    def spoil(request: Request[Catalog]) -> Request[Catalog]:
        def decide(state: State, catalog: Catalog, now: int) -> Decision:
            return request.decide(state, attrs.evolve(catalog, network=change(catalog.network)), now)

        return request._replace(decide=decide)

    return spoil


def _all_open(network: Network) -> Network:
    return attrs.evolve(network, nodes=tuple([attrs.evolve(node, is_open=True) for node in network.nodes]))


def _endless(network: Network) -> Network:
    return attrs.evolve(network, nodes=tuple([attrs.evolve(node, daily_capacity=None) for node in network.nodes]))


def _pools_apart(network: Network) -> Network:
    """Have each pool answer for itself, as if pools shared no nodes."""
    other = attrs.evolve(network)
    apart = {pool_place(pool.id): ((*pool.nodes, pool_place(pool.id)),) for pool in network.pools}
    limits: dict[str, tuple[tuple[str, ...], ...]] = {node.id: ((node.id,),) for node in network.nodes}
    limits.update(apart)
    object.__setattr__(other, "limits", limits)
    return other


def _by_on_hand(request: Request[Catalog]) -> Request[Catalog]:
    """Check what is on hand, claimed or not."""

    def held(state: State, unit: Unit, accounts: tuple[Account, ...]) -> int:
        claimed = [a._replace(state=s) for a in accounts if a.state == "sellable" for s in ("held", "reserved")]
        return state.balance(unit, (*accounts, *claimed))

    def decide(state: State, catalog: Catalog, now: int) -> Decision:
        answer = request.decide(Other(state, held), catalog, now)
        is_claim = request.id.startswith(("claim/", "order/"))
        return (
            attrs.evolve(answer, guards=_no_sums(answer.guards))
            if isinstance(answer, Accepted) and is_claim
            else answer
        )

    return request._replace(decide=decide)


def _too_early(request: Request[Catalog]) -> Request[Catalog]:
    """Look at the clock of tomorrow when a hold is to expire."""
    if not request.id.endswith("/expired"):
        return request
    return request._replace(decide=lambda state, catalog, now: request.decide(state, catalog, now + DAY_MS))


def _released_anyway(request: Request[Catalog]) -> Request[Catalog]:
    """Give a claim back whole, whatever is left of it."""
    if not request.id.startswith("claim/") or request.id.endswith("/expired"):
        return request

    def held(state: State, unit: Unit, accounts: tuple[Account, ...]) -> int:
        known = state.balance(unit, accounts)
        return known if known or not any(account.ref for account in accounts) else 1

    return request._replace(decide=lambda state, catalog, now: request.decide(Other(state, held), catalog, now))


def _again_when_late(entry: Entry) -> Entry:
    """Give implied picks an id of their own, so that the late message is no repeat."""
    is_implied = entry.cause and entry.id.endswith("/picked")
    return attrs.evolve(entry, id=f"{entry.id}+") if is_implied else entry


def _poison(telling: Telling[Catalog]) -> Telling[Catalog]:
    """Drop a receipt with more than one line, in silence."""

    def decide(state: State, catalog: Catalog, now: int) -> tuple[object, ...]:
        facts = telling.decide(state, catalog, now)
        return tuple([f for f in facts if not any(isinstance(e, Received) and len(e.lines) > 1 for e in f.events)])

    return telling._replace(decide=decide) if telling.id.startswith("receipt/supplier") else telling  # type: ignore[arg-type]


_R, _Q, _F = GoodsState.RESERVED, GoodsState.QUARANTINE, GoodsState.SELLABLE

SABOTEURS: Mapping[str, Saboteur] = MappingProxyType(
    {
        bug.name: bug
        for bug in (
            Saboteur("no inbox check", keep=NoInbox),
            Saboteur("publishes before it persists", keep=Forgetful),
            Saboteur("any content is a repeat", keep=Agreeable),
            Saboteur("replay skips returns", keep=Skipping),
            Saboteur("drops the guards of sums", guards=_no_sums),
            Saboteur("drops the guards of documents", guards=_no_revisions),
            Saboteur("checks on hand, not what is free", ask=_by_on_hand),
            Saboteur("sums each pool by itself", ask=_given(_pools_apart)),
            Saboteur("claims at a closed node", ask=_given(_all_open)),
            Saboteur("forgets how full a day is", ask=_given(_endless), guards=_no_days),
            Saboteur("expires a day early", ask=_too_early, keep=Hasty),
            Saboteur("releases what has ended", ask=_released_anyway, guards=_no_sums),
            Saboteur("drops a poison message", hear=_poison),
            Saboteur("a short pick keeps its goods reserved", entry=_moving(ShortPicked, _without(_R, _Q))),
            Saboteur("a short pick loses its claim", entry=_moving(ShortPicked, _without(_F, _R))),
            Saboteur("receives twice", entry=_moving(Received, _twice)),
            Saboteur("releases twice", entry=_moving(Released, _twice)),
            Saboteur("a canceled line keeps its claim", entry=_moving(Canceled, _without(_R, _F))),
            Saboteur("claims for nobody in particular", entry=_moving(Released, _for_nobody)),
            Saboteur("ships lines without goods", entry=_moving(Shipped, _without(_R, "moving"))),
            Saboteur("delivers lines without goods", entry=_moving(Delivered, _without("moving", "delivered"))),
            Saboteur("a late message opens what was delivered", entry=_moving(Delivered, _back_to_open)),
            Saboteur("picks again what was implied", entry=_again_when_late),
            Saboteur("restocks twice", entry=_moving(Restocked, _twice)),
            Saboteur("mixes what comes back with what is promised", entry=_moving(Returned, _mixed)),
            Saboteur("a hold forgets when it ends", entry=_claims_last),
            Saboteur("gives lines to a node and keeps the goods", entry=_moving(Allocated, _without(_F, _R))),
            Saboteur("picks twice what it found", entry=_moving(Picked, _twice)),
            Saboteur("a sale of a till counts twice", entry=_moving(Sold, _twice)),
            Saboteur("a sale under rights is taken off the shelf", entry=from_the_shelf),
            Saboteur("a till gives its rights back twice", entry=_moving(GivenBack, _twice)),
            Saboteur("a void gives nothing back", entry=_moving(Voided, lambda _moves: ())),
            Saboteur("a count is set whatever has moved since", ask=sees_nothing_move),
            Saboteur("the count that is told last counts", entry=counted_last),
            Saboteur("brings the book to a count twice", entry=_moving(Reconciled, _twice)),
            Saboteur("tears kits when it allocates", entry=torn),
            Saboteur("relief helps nobody", ask=helps_nobody),
        )
    }
)
"""Bugs by name."""
