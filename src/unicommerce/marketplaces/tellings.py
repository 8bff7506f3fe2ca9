"""What marketplaces say: they relay orders, call them off, and report what their own centers have sent. Facts.

A message that comes again is a repeat; one that is older than what is known asks for nothing more, and changes no clock
that was said since. What is called off and still with us is canceled and its goods given back; of what has left we can
only say so.
"""

from collections.abc import Iterable, Mapping

import attrs

from ..inventory import goods, sellable
from ..ledger import Between, Disagreed, Fact, LedgerCode, Reason, State, Supposed, Telling, Unchanged
from ..orders import Order, line_unit, order_key
from ..pricing import Amount
from ..values import identifier, pieces
from .codes import MarketCode
from .documents import CLOCKS, MarketOrder, asked, market_order_key
from .events import Answered, AskState, CalledOff, Fulfilled, Relayed, ask_account
from .policy import MarketPolicy
from .standing import LIVE, Told, told
from .stopping import Case, excess, stopped

__all__ = ["called_off", "fulfilled", "relayed"]


def relayed(
    order: MarketOrder, quantities: Mapping[str, int], *, policy: MarketPolicy = MarketPolicy()
) -> Telling[object]:
    """Tell that a marketplace has sold pieces by line in our name, as of a moment (the revision of its document).

    Told again as of a later moment, its clocks are those of then, and pieces that it asks for beyond those before are
    asked for; fewer is no cancellation (`DISAGREES`), for which there is `called_off`. A clock that it says no more
    stays as it said it last, even where that message comes late. Where our order is on record, it has the new clocks
    from then on.
    """
    wanted = pieces(quantities, "line")
    id = f"market/{order.order}/relayed/{order.revision}"
    said = (("market", order.market), *[(clock, getattr(order, clock)) for clock in CLOCKS], ("lines", wanted))

    def decide(world: State, _given: object, _now: int) -> tuple[Fact, ...]:
        known, placed = world.document(order.key), world.document(order_key(order.order))
        document = _clocked(order, known, policy)
        both = ((order.key, known), (order_key(order.order), placed))
        still = tuple([Unchanged(key, each.revision if each else 0) for key, each in both])
        replaced = _replaced(placed, document)
        if known and known.as_of >= order.revision:
            return (Fact(id, (Relayed(document=document, lines=(), replaced=replaced),), (), said, still),)
        document = attrs.evolve(document, lines=_lines(order, known, wanted))
        account = (ask_account(order.market, AskState.ASKED),)
        had = {line: -world.balance(asked(order.order, line), account) for line, _ in wanted}
        more = tuple([(line, quantity - had[line]) for line, quantity in wanted if quantity > had[line]])
        fewer = [Reason(LedgerCode.DISAGREES, id, had[line], q, f"pieces of line {line}") for line, q in wanted
                 if q < had[line]]  # fmt: skip
        event = Relayed(document=document, lines=more, replaced=replaced)
        guards = [
            Between(asked(order.order, line), account, -max(had[line], q), -max(had[line], q)) for line, q in wanted
        ]
        return (Fact(id, (event,), tuple(fewer), said, (*still, *guards)),)

    return Telling(id, order.revision, decide)


def _lines(
    order: MarketOrder, known: MarketOrder | None, wanted: tuple[tuple[str, int], ...]
) -> tuple[tuple[str, str], ...]:
    lines = dict(known.lines) if known else {}
    return tuple((lines | {line: order.theirs(line) for line, _ in wanted}).items())


def _clocked(order: MarketOrder, known: MarketOrder | None, policy: MarketPolicy) -> MarketOrder:
    """Return the next revision of an order, or what is known of it where that stays: each clock as it was said last.

    One that was never said is as the policy sets it.
    """
    last = known if known and known.as_of >= order.revision else order
    said = dict(known.said) if known else {}
    said |= {clock: each for clock, each in order.said.items() if clock not in said or said[clock] < each}
    by = {clock: policy.clock(clock, said[clock][1] if clock in said else None, last.placed_at) for clock in CLOCKS}
    clocked = attrs.evolve(
        last,
        acknowledge_by=by["acknowledge_by"],
        ship_by=by["ship_by"],
        deliver_by=by["deliver_by"],
        assumed=tuple([clock for clock in CLOCKS if clock not in said and by[clock] is not None]),
        earlier=tuple([(clock, said[clock][0]) for clock in CLOCKS if clock in said and said[clock][0] < last.as_of]),
    )
    if known is None or clocked == known:
        return clocked
    revision = max(known.revision + 1, last.as_of)
    return attrs.evolve(clocked, revision=revision, latest=0 if revision == last.as_of else last.as_of)


def _replaced(placed: Order | None, document: MarketOrder) -> Order | None:
    """Return our order with other clocks than it has; None where it has them, or is not on record."""
    if placed is None or (placed.ship_by, placed.deliver_by) == (document.ship_by, document.deliver_by):
        return None
    return attrs.evolve(placed, revision=placed.revision + 1, ship_by=document.ship_by, deliver_by=document.deliver_by)


def called_off(
    order: str,
    quantities: Mapping[str, int] | None = None,
    *,
    id: str,
    by: str = "",
    reason: str = "",
    occurred_at: int | None = None,
) -> Telling[object]:
    """Tell that a marketplace has canceled pieces of an order by line as it was ordered, or all that it still wants.

    What of our order it wants no more is canceled and its goods given back: first what no node has in hand, then what
    one has (it goes back to the shelf), the last shipment first. `by` is "buyer", "seller" or "market", where that is
    said. An order that no marketplace has relayed is canceled in the same way.

    Because: `CALLED_OFF` where more is called off than was wanted; `HAS_LEFT` for pieces that are under way or
    delivered, which somebody is to intercept or take back (`unwanted_under_way`).
    """
    told_id = f"market/{identifier(order, 'order')}/called_off/{identifier(id, 'id')}"
    part = None if quantities is None else pieces(quantities, "line")
    said = (("quantities", part), ("by", by), ("reason", reason))

    def decide(world: State, given: object, now: int) -> tuple[Fact, ...]:
        document, placed = world.document(market_order_key(order)), world.document(order_key(order))
        if document is None and placed is None:
            # Not under the message's own id: once the order is on record, the message can be told again.
            missing = Disagreed(entry=told_id, field="order", known="none", told=order)
            return (Fact(f"{told_id}/unknown", (missing,), (Reason(MarketCode.NOT_RELAYED, order),)),)
        answers, because = _off(world, document, part) if document else ((), ())
        event = CalledOff(
            market=document.market if document else "", order=order, answers=answers, by=by, reason=reason
        )
        after = Supposed(world, (event,))
        guards = [*_as_said(after, document)] if document else []
        if placed is None:
            still_none = Unchanged(order_key(order), 0)
            return (Fact(told_id, (event,), because, said, (*guards, still_none)),)
        too_many = excess(after, document, placed, None if part is None else dict(part))
        done = stopped(Case(after, given, now), placed, too_many, reason)
        return (Fact(told_id, (event, *done.events), because + done.because, said, (*guards, *done.guards)),)

    return Telling(told_id, occurred_at, decide)


def _off(
    world: State, document: MarketOrder, part: tuple[tuple[str, int], ...] | None
) -> tuple[tuple[Answered, ...], tuple[Reason, ...]]:
    """Return what is called off of what was said, the least certain first, and of what there was less."""
    rows = [(line, told(world, document, line)) for line, _ in document.lines]
    wanted = {line: sum(was) for line, was in rows} if part is None else dict(part)
    was_of = dict(rows)
    answers: list[Answered] = []
    because: list[Reason] = []
    for line, quantity in wanted.items():
        was = was_of.get(line, Told(0, 0, 0))
        left = quantity
        for state in (AskState.UNANSWERED, AskState.BACKORDERED, AskState.ACCEPTED):
            if taken := min(was[LIVE.index(state)], left):
                answers.append(Answered(line, taken, state, AskState.CALLED_OFF))
                left -= taken
        if left:
            because.append(Reason(MarketCode.CALLED_OFF, line_unit(document.order, line), sum(was), quantity))
    return tuple(answers), tuple(because)


def _as_said(after: State, document: MarketOrder) -> Iterable[Between]:
    """Hold what is said of each line."""
    for line, _ in document.lines:
        for account in [ask_account(document.market, state) for state in LIVE]:
            held = after.balance(asked(document.order, line), (account,))
            yield Between(asked(document.order, line), (account,), held, held)


def fulfilled(
    report: str,
    *,
    node: str,
    quantities: Mapping[str, int],
    order: str = "",
    currency: str = "",
    takings: Amount = Amount(),
    occurred_at: int | None = None,
) -> Telling[object]:
    """Tell that a center of a marketplace has sent pieces by SKU to a customer of its own.

    It needs no order and no claim of ours. What it had not by our record it has sent all the same (`NOT_IN_REPORT`,
    found and needed): its next count says what is there. `takings` are what its customer paid, in minor units of a
    currency, where the report says so.
    """
    lines = pieces(quantities, "sku")
    said = (("currency", identifier(currency, "currency")), ("takings", takings)) if currency or any(takings) else ()
    event = Fulfilled(
        report=identifier(report, "report"), node=node, lines=lines, order=order, currency=currency, takings=takings
    )
    id, told = f"market/fulfilled/{report}", (("node", node), ("lines", lines), ("order", order), *said)

    def decide(world: State, _given: object, _now: int) -> tuple[Fact, ...]:
        had = [(sku, world.balance(goods(sku), (sellable(node),)), quantity) for sku, quantity in lines]
        because = [Reason(MarketCode.NOT_IN_REPORT, node, held, q, sku) for sku, held, q in had if held < q]
        return (Fact(id, (event,), tuple(because), told),)

    return Telling(id, occurred_at, decide)
