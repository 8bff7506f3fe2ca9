"""When an inbound changes: who loses what it does not bring any more gets other goods, or another date, or is named.

Who comes last loses first. Each order that is affected has one event; what nobody can serve stays where it waits, for
people or for `relieve`.
"""

import attrs

from ..catalog import Catalog
from ..inventory import Claimed, ClaimLine, GoodsState, claim_key, goods
from ..ledger import Accepted, Decision, Event, Reason, Refused, Request, State, Supposed
from ..orders import order_key
from .codes import SupplyCode
from .documents import Inbound, Promise, Wait, coming, inbound_key, inbound_of, promise_key, spot, waiting_key, waits_at
from .events import LINE, Awaited, Forgone, Redated
from .tellings import claimants, order_of
from .together import as_far_as_there, kept
from .waits import candidates, guards_of, left_of, matched, still_waiting, waits_of

__all__ = ["elsewhere", "moved_by", "new_date", "redate"]


def redate(inbound: str, version: int, *, cause: str = "") -> Request[Catalog]:
    """Ask that those who wait for an inbound be told of a version of it: one event for each order that is affected.

    Who comes last loses first what is not expected any more, and gets it from the pool or from another inbound where
    there is some: `MOVED`. What nobody has is `UNMET`; the line keeps its claim, and people, or `relieve`, see to it.
    Orders come by priority, then age, then id. `cause` tells several changes under one version apart (a loss).
    """

    def decide(world: State, catalog: Catalog, now: int) -> Decision:
        document = world.document(inbound_key(inbound))
        if document is None:
            return Refused((Reason(SupplyCode.UNKNOWN_INBOUND, inbound),))
        taken, unmet = Accepted(), dict[str, None]()
        refs: dict[tuple[int, int, str], None] = {}
        for sku in document.skus:
            waiting = claimants(world, inbound, sku, now)
            refs.update(dict.fromkeys([one[:3] for one in waiting]))
            more = _moved(Supposed(world, taken.events), catalog, document, sku, now)
            unmet.update(dict.fromkeys([each.subject for each in more.because if each.code is SupplyCode.UNMET]))
            taken = Accepted(taken.events + more.events, taken.because + more.because, taken.guards + more.guards)
        after = Supposed(world, taken.events)
        ids = dict.fromkeys([order_of(ref) for *_, ref in sorted(refs) if ref.startswith(LINE)])
        lost = {order_of(ref) for ref in unmet}
        told = [each for id in ids if (each := new_date(after, inbound, id, is_lost=id in lost, now=now))]
        return Accepted(taken.events + tuple(told), taken.because, taken.guards)

    id = f"inbound/{inbound}/{version}/redated{cause and '/'}{cause}"
    return Request(id, (), decide)


def _moved(world: State, catalog: Catalog, document: Inbound, sku: str, now: int) -> Accepted:
    """Find other goods for those who have lost theirs, the last in order first."""
    taken, unit, id = Accepted(), goods(sku), document.id
    gone = -world.balance(unit, (coming(id),))
    for _, _, ref, place, _, held in reversed(claimants(world, id, sku, now)) if gone > 0 else ():
        lost = min(held, gone)
        gone -= lost
        state = Supposed(world, taken.events)
        wait = Wait(ref, sku, lost, waits_at(place, id))
        more = elsewhere(state, catalog, wait, place, now=now) if ref.startswith(LINE) else Accepted()
        moved = moved_by(more)
        reasons = [
            Reason(code, ref, quantity, held, sku)
            for code, quantity in ((SupplyCode.MOVED, moved), (SupplyCode.UNMET, lost - moved))
            if quantity
        ]
        taken = Accepted(
            taken.events + more.events, (*taken.because, *more.because, *reasons), taken.guards + more.guards
        )
    return taken


def elsewhere(
    world: State,
    catalog: Catalog,
    wait: Wait,
    place: str,
    *,
    now: int,
    state: str = GoodsState.RESERVED,
    since: int | None = None,
) -> Accepted:
    """Give pieces that are waited for in vain others, as far as there are any: no events where there are none.

    Those at the place that they are for come first, then those of other inbounds that are expected after `since` (ms
    UTC, None: whenever), the earliest first. A claim of its own waits for one inbound, whole, or stays where it is.
    Because: `inventory.EXPIRED` for each hold that was ended for it.
    """
    ref, sku, wanted, inbound = wait
    order = world.document(order_key(order_of(ref))) if ref.startswith(LINE) else None
    waiting = None if ref.startswith(LINE) else world.document(waiting_key(ref.removeprefix("claim:")))
    claim = (world.document(claim_key(waiting.id)) or waiting.claim) if waiting else None
    asked = Claimed(
        place=place,
        state=state,
        lines=(ClaimLine(ref, sku, wanted),),
        claim=claim,
        channel=order.channel if order else "",
    )
    here = as_far_as_there(world, catalog, asked, now)
    found = sum([line.quantity for event in here.events if isinstance(event, Claimed) for line in event.lines])
    rest, after = ClaimLine(ref, sku, wanted - found), Supposed(world, here.events)
    supply = candidates(after, catalog.network, place, sku, within=(since, None), but=spot(inbound)[1])
    if waiting:
        is_all = rest.quantity == sum(left_of(world, waiting).values())
        supply = [(each, free) for each, free in supply if is_all and free >= rest.quantity][:1]
    spots = [(each.id if waiting else waits_at(place, each.id), free) for each, free in supply]
    waits = tuple(matched([rest], spots)) if rest.quantity else ()
    moved = found + sum([each.quantity for each in waits])
    if not moved:
        return Accepted()
    back = (wait._replace(quantity=moved),)
    events: tuple[Event, ...] = (Forgone(waits=back), *(kept(here.events) if order else here.events))
    if waits:
        revision = waiting.revision + 1 if waiting else 1
        other = attrs.evolve(waiting, revision=revision, inbound=waits[0].inbound) if waiting else None
        events += (Awaited(waits=waits, waiting=other),)
    return Accepted(events, here.because, (*here.guards, *still_waiting(back), *guards_of(waits)))


def moved_by(answer: Accepted) -> int:
    """Return how many pieces have left what they waited for."""
    return sum([wait.quantity for event in answer.events if isinstance(event, Forgone) for wait in event.waits])


def new_date(world: State, inbound: str, id: str, *, is_lost: bool, now: int) -> Redated | None:
    """Tell an order its new date, where it has another one: when the last of what it waits for is expected."""
    order, known = world.document(order_key(id)), world.document(promise_key(id))
    if order is None:
        return None
    waits = waits_of(world, order)
    inbounds = [inbound_of(world, inbound) for inbound in dict.fromkeys([wait.inbound for wait in waits])]
    dates = [max(each.expected_at, now) for each in inbounds if each]
    after, before = None if is_lost else max(dates, default=now), known.promised_at if known else None
    if known is not None and before == after:
        return None
    promise = Promise(order=id, revision=(known.revision if known else 0) + 1, promised_at=after)
    lines = tuple(dict.fromkeys([wait.ref.rpartition("/")[2] for wait in waits]))
    return Redated(promise=promise, inbound=spot(inbound)[1], before=before, after=after, lines=lines)
