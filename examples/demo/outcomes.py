"""How it ended, as rows: what was sent or collected, turned down or exchanged, and which clocks were met."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from unicommerce import NodeKind, order_status
from unicommerce.catalog import Node
from unicommerce.fulfillment import Method, method_of
from unicommerce.ledger import Entry, Ledger
from unicommerce.marketplaces import performance
from unicommerce.orders import is_final

from .comebacks import Comebacks
from .journeys import ENDS, Journeys, Sent, pieces
from .marketplace import NAME, Marketplace
from .shape import ClockRow, DisposedRow, MethodRow, RateRow, SwapRow, TurnedRow

CLOCKS = ("acknowledge_by", "ship_by", "deliver_by")
FROM_STORE, FROM_WAREHOUSE = "shipped from a store", "shipped from a warehouse"
COLLECTED: Mapping[Method, str] = {
    Method.PICK_UP: "collected, of the store's own stock",
    Method.SHIP_TO_STORE: "collected, sent to the store first",
}
WAYS = (FROM_WAREHOUSE, FROM_STORE, *COLLECTED.values())


def methods(journeys: Journeys, nodes: Mapping[str, Node]) -> list[MethodRow]:
    """Return for each way to the customer how many orders and shipments took it, and how their pieces ended."""
    by_way: dict[str, list[Sent]] = {way: [] for way in WAYS}
    for sent in journeys.sent.values():
        by_way[_way(sent, nodes)].append(sent)
    return [_method(way, own) for way, own in by_way.items()]


def _way(sent: Sent, nodes: Mapping[str, Node]) -> str:
    is_store = nodes[sent.shipment.node].kind is NodeKind.STORE
    return COLLECTED.get(method_of(sent.shipment), FROM_STORE if is_store else FROM_WAREHOUSE)


def _method(way: str, own: Sequence[Sent]) -> MethodRow:
    ends = sum((sent.ends for sent in own), Counter[str]())
    return MethodRow(
        way=way,
        orders=len({sent.shipment.order for sent in own}),
        shipments=len(own),
        pieces=sum(sent.pieces for sent in own),
        ends={end: ends[end] for end in ENDS.values()},
    )


def turned_down(journeys: Journeys, ledger: Ledger) -> list[TurnedRow]:
    """Return what nodes turned down, and what became of each."""
    return [
        TurnedRow(
            at=each.at,
            node=each.node,
            reason=each.reason.replace("_", " "),
            order=each.order,
            pieces=pieces(each.lines),
            then=[f"{journeys.sent[id].shipment.node}: {_ends(journeys.sent[id])}" for id in each.then],
            order_is=_words(each.order, ledger),
        )
        for each in journeys.turned_down
    ]


def _ends(sent: Sent) -> str:
    return ", ".join(sent.ends) or "under way"


def _words(order: str, ledger: Ledger) -> str:
    status = order_status(order)(ledger, None)
    return status.words if status else "unknown"


def exchanges(comebacks: Comebacks, ledger: Ledger) -> list[SwapRow]:
    """Return what went out for what came back, how each settles, and where it stands."""
    return [
        SwapRow(
            order=each.order,
            returned=each.returned_minor,
            new=each.new_minor,
            refund=each.settles.refund_minor,
            owed=each.settles.owed_minor,
            order_is=_words(each.order, ledger),
        )
        for each in comebacks.swaps
    ]


def dearer_or_cheaper(swaps: Sequence[SwapRow]) -> dict[str, list[SwapRow]]:
    """Return exchanges by who owes whom the difference."""
    return {
        "for something dearer, the rest is owed": [row for row in swaps if row["owed"]],
        "for something cheaper, the rest is refunded": [row for row in swaps if not row["owed"]],
    }


def dispositions(comebacks: Comebacks) -> list[DisposedRow]:
    """Return what was done with what came back, by the condition that it was in."""
    return [
        DisposedRow(condition=condition, disposition=disposition, pieces=pieces)
        for (condition, disposition), pieces in comebacks.disposed.most_common()
    ]


def clocks(journeys: Journeys, ledger: Ledger) -> list[ClockRow]:
    """Return for each clock of the marketplace how often it was met or missed, and how often nothing was left to do."""
    found = {clock: ClockRow(clock=clock, met=0, late=0, fell_away=0, open=0) for clock in CLOCKS}
    for id, (order, done) in journeys.market.items():
        status = order_status(id)(ledger, None)
        for clock in CLOCKS:
            by: int | None = getattr(order, clock)
            if by is None:
                continue
            if clock in done:
                found[clock]["met" if done[clock] <= by else "late"] += 1
            else:
                found[clock]["fell_away" if status is None or is_final(status) else "open"] += 1
    return list(found.values())


def rates(of_market: Iterable[Entry], market: Marketplace, now: int) -> list[RateRow]:
    """Return what counts against us at a moment (ms UTC), by limit: as we count it, and as the marketplace does."""
    return [
        RateRow(
            measure=rate.limit.measure.value,
            days=rate.limit.days,
            counted=rate.counted,
            of=rate.of,
            limit_percent=float(100 * rate.limit.below),
            is_kept=rate.is_kept,
            room=rate.room,
            theirs=market.counted(rate.limit.measure.value, rate.limit.days, now),
        )
        for rate in performance(of_market, market=NAME, now=now)
    ]
