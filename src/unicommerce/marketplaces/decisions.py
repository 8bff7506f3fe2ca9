"""Serve what a marketplace has relayed, and answer it: no more is taken than it still wants, no more said than is so.

`acknowledge` is level-triggered: asked without pieces, it brings what was said to what stands, whenever it is asked.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import attrs

from ..catalog import Catalog
from ..fulfillment import FulfillmentPolicy, place
from ..ledger import Accepted, Between, Decision, Guard, Reason, Refused, Request, State
from ..orders import Order, line_unit, order_key
from ..values import identifier, pieces
from .codes import MarketCode
from .documents import MarketOrder, asked, market_order_key
from .events import Acknowledged, Answered, AskState, ask_account
from .standing import CLAIMED, LIVE, Told, accounts_of, claimed, parts_of, told, waiting

__all__ = ["acknowledge", "serve"]


def serve(
    order: Order, quantities: Mapping[str, int], *, policy: FulfillmentPolicy = FulfillmentPolicy()
) -> Request[Catalog]:
    """Ask to take an order that a marketplace has relayed: as `fulfillment.place`, for what it still wants of it.

    So an order that comes after its own cancellation claims nothing, and one that comes late has the clocks that were
    said last. It has the id of `place`, for both are one; told again with another address it is a repeat, with other
    lines a contradiction.

    Because: `CALLED_OFF` (found and needed), which refuses where nothing is wanted; else as `place`.
    """
    whole = place(order, quantities, policy=policy)

    def decide(world: State, catalog: Catalog, now: int) -> Decision:
        document = world.document(market_order_key(order.id))
        if document is None:
            return whole.decide(world, catalog, now)
        wanted = {line: min(sum(told(world, document, line)), quantity) for line, quantity in quantities.items()}
        cut = [
            Reason(MarketCode.CALLED_OFF, line_unit(order.id, line), wanted[line], quantity)
            for line, quantity in quantities.items()
            if wanted[line] < quantity
        ]
        left = {line: quantity for line, quantity in wanted.items() if quantity > 0}
        if not left:
            return Refused(tuple(cut))
        dated = attrs.evolve(order, ship_by=document.ship_by, deliver_by=document.deliver_by)
        answer = place(dated, left, policy=policy).decide(world, catalog, now)
        if isinstance(answer, Refused):
            return Refused((*cut, *answer.because))
        live = tuple([ask_account(document.market, state) for state in LIVE])
        still = [Between(asked(order.id, line), live, quantity) for line, quantity in left.items()]
        return Accepted(answer.events, (*cut, *answer.because), (*answer.guards, *still))

    lines = tuple([(line.id, line.sku, line.price_minor) for line in order.lines])
    return Request(whole.id, (("quantities", pieces(quantities, "line")), ("lines", lines)), decide)


def acknowledge(
    order: str,
    *,
    accepted: Mapping[str, int] | None = None,
    backordered: Mapping[str, int] | None = None,
    rejected: Mapping[str, int] | None = None,
    rejects: bool = True,
    reason: str = "",
    by: str = "seller",
    id: str,
) -> Request[object]:
    """Ask to answer a marketplace, by line as it was ordered; an `id` of its own for each time that it is asked.

    Without pieces, the answer is what stands: accepted is what has goods, backordered what waits for some, and the rest
    is rejected for a `reason`; without `rejects` what was never answered stays so. Nothing to say is a yes without
    events. With pieces, those that were not answered yet are; `rejected` also takes back what was. What has goods, or
    waits for some, is not rejected: cancel it first. `by` is "buyer" where that is who wished what is rejected.

    Because: `NOT_RELAYED`, `CALLED_OFF` (more than is wanted), `BEYOND_CLAIM` (more than has goods, waits, or neither).
    """
    said = _Said(*[dict(pieces(each or {}, "line")) for each in (accepted, backordered, rejected)])
    is_derived = not any(said)

    def decide(world: State, _given: object, _now: int) -> Decision:
        document = world.document(market_order_key(order))
        if document is None:
            return Refused((Reason(MarketCode.NOT_RELAYED, order),))
        placed = world.document(order_key(order))
        lines = [line for line, _ in document.lines] if is_derived else said.lines()
        rows = [_Row.of(world, document, placed, line) for line in lines]
        if not is_derived and (beyond := [each for row in rows for each in _beyond(order, row, said)]):
            return Refused(tuple(beyond))
        aims = [_derived(row, rejects=rejects) if is_derived else _explicit(row, said) for row in rows]
        pairs = [*zip(rows, aims, strict=True)]
        answers = tuple([each for row, aim in pairs for each in _answers(row.line, row.told, aim)])
        if not answers:
            return Accepted()
        event = Acknowledged(market=document.market, order=order, answers=answers, reason=reason, by=by)
        guards = [each for row, aim in pairs for each in _guards(document, placed, row, aim)]
        return Accepted((event,), (), tuple(guards))

    asked_for = () if is_derived else tuple([(name, pieces(said[n], "line")) for n, name in enumerate(said._fields)])
    named = (*asked_for, ("rejects", rejects), ("reason", reason), ("by", by))
    return Request(f"market/{identifier(order, 'order')}/acknowledged/{identifier(id, 'id')}", named, decide)


class _Said(NamedTuple):
    """Pieces by line that are to be answered so."""

    accepted: Mapping[str, int]
    backordered: Mapping[str, int]
    rejected: Mapping[str, int]

    def lines(self) -> list[str]:
        """Return the lines that are answered."""
        return list(dict.fromkeys([line for each in self for line in each]))

    def of(self, line: str) -> tuple[int, int, int]:
        """Return what is to be answered of a line."""
        return self.accepted.get(line, 0), self.backordered.get(line, 0), self.rejected.get(line, 0)


class _Row(NamedTuple):
    """A line: what was said of it, how many have goods, how many wait."""

    line: str
    told: Told
    claimed: int
    waiting: int

    @classmethod
    def of(cls, world: State, document: MarketOrder, order: Order | None, line: str) -> "_Row":
        """Return how a line stands in both books."""
        return cls(line, told(world, document, line), claimed(world, order, line), waiting(world, order, line))


def _derived(row: _Row, *, rejects: bool) -> Told:
    live = sum(row.told)
    accepted = max(min(live, row.claimed), 0)
    backordered = max(min(live - accepted, row.waiting), 0)
    rest = live - accepted - backordered
    return Told(0 if rejects else min(rest, row.told.unanswered), accepted, backordered)


def _explicit(row: _Row, said: _Said) -> Told:
    accepted, backordered, rejected = said.of(row.line)
    was = row.told
    left = was.unanswered - accepted - backordered
    from_open = min(rejected, left)
    from_waiting = min(rejected - from_open, was.backordered)
    taken_back = rejected - from_open - from_waiting
    return Told(left - from_open, was.accepted + accepted - taken_back, was.backordered + backordered - from_waiting)


def _beyond(order: str, row: _Row, said: _Said) -> Iterable[Reason]:
    accepted, backordered, rejected = said.of(row.line)
    unit, was, live = line_unit(order, row.line), row.told, sum(row.told)
    if was.unanswered < accepted + backordered:
        yield Reason(MarketCode.CALLED_OFF, unit, was.unanswered, accepted + backordered)
    elif live < accepted + backordered + rejected:
        yield Reason(MarketCode.CALLED_OFF, unit, live, accepted + backordered + rejected)
    for more, there, word in (
        (accepted, row.claimed - was.accepted, "accepted"),
        (backordered, row.waiting - was.backordered, "backordered"),
        (rejected, live - row.claimed - row.waiting, "rejected"),
    ):
        if more > max(there, 0):
            yield Reason(MarketCode.BEYOND_CLAIM, unit, max(there, 0), more, word)


def _answers(line: str, was: Told, aim: Told) -> list[Answered]:
    """Return the moves from what was said to what is to be said; what no state takes is rejected."""
    left = [max(held - then, 0) for held, then in zip(was, aim, strict=True)]
    short = [max(then - held, 0) for held, then in zip(was, aim, strict=True)]
    wanted = [*zip(LIVE, short, strict=True), (AskState.REJECTED, sum(left) - sum(short))]
    answers = []
    for target, needed in wanted:
        more = needed
        for n, source in enumerate(LIVE):
            if part := min(left[n], more):
                answers.append(Answered(line, part, source, target))
                left[n] -= part
                more -= part
    return answers


def _guards(document: MarketOrder, order: Order | None, row: _Row, aim: Told) -> Iterable[Guard]:
    """Hold what was said, and that there are goods for all that is accepted."""
    unit = asked(document.order, row.line)
    for state, held in zip(LIVE, aim, strict=True):
        yield Between(unit, (ask_account(document.market, state),), held, held)
    for part, each in parts_of(order, row.line) if order and aim.accepted > row.told.accepted else ():
        yield Between(line_unit(document.order, part), accounts_of(CLAIMED), aim.accepted * each)
