"""When an inbound changes: who loses what it does not bring any more gets other goods, or another date, or is named.

Who comes last loses first. Each order that is affected has one event; what nobody can serve stays where it waits, for
people or for `relieve`.
"""

from ..catalog import Catalog
from ..inventory import Claimed, ClaimLine, GoodsState, claim_lines, goods
from ..ledger import Accepted, Decision, Event, Guard, Reason, Refused, Request, State, Supposed
from ..orders import order_key
from .backorders import found_in, of_lines
from .codes import SupplyCode
from .documents import Inbound, Promise, Wait, coming, inbound_key, inbound_of, promise_key, spot, waits_at
from .events import LINE, Awaited, Forgone, Redated
from .tellings import claimants, order_of
from .together import kept
from .waits import candidates, guards_of, matched, still_waiting, waits_of

__all__ = ["new_date", "redate"]


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
        more = _elsewhere(state, catalog, wait, place, now) if ref.startswith(LINE) else Accepted()
        moved = sum([wait.quantity for event in more.events if isinstance(event, Forgone) for wait in event.waits])
        reasons = [
            Reason(code, ref, quantity, held, sku)
            for code, quantity in ((SupplyCode.MOVED, moved), (SupplyCode.UNMET, lost - moved))
            if quantity
        ]
        taken = Accepted(taken.events + more.events, (*taken.because, *reasons), taken.guards + more.guards)
    return taken


def _elsewhere(world: State, catalog: Catalog, wait: Wait, place: str, now: int) -> Accepted:
    """Claim pieces of a line at the pool, as far as they are there, and then at other inbounds."""
    ref, sku, needed, inbound = wait
    line, order = ClaimLine(ref, sku, needed), world.document(order_key(order_of(ref)))
    channel = order.channel if order else ""
    claimed = Claimed(place=place, state=GoodsState.RESERVED, lines=(line,), channel=channel)
    answer = claim_lines(world, catalog, claimed, now=now, has_quota=True)
    here = needed if isinstance(answer, Accepted) else found_in(answer).get(sku, 0)
    events: tuple[Event, ...] = ()
    guards: tuple[Guard, ...] = ()
    if here:
        part = of_lines(claimed, (line._replace(quantity=here),))
        answer = claim_lines(world, catalog, part, now=now, has_quota=True)
        events, guards = (kept(answer.events), answer.guards) if isinstance(answer, Accepted) else (events, guards)
    rest = line._replace(quantity=needed - (here if events else 0))
    found = candidates(world, catalog.network, place, sku, but=spot(inbound)[1])
    waits = matched([rest], [(waits_at(place, each.id), free) for each, free in found]) if rest.quantity else []
    moved = needed - rest.quantity + sum([wait.quantity for wait in waits])
    if not moved:
        return Accepted()
    back = (Wait(ref, sku, moved, inbound),)
    events = (Forgone(waits=back), *events, *((Awaited(waits=tuple(waits)),) if waits else ()))
    return Accepted(events, (), (*guards, *still_waiting(back), *guards_of(waits)))


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
