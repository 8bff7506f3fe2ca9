"""One order told from the journal: what happened when, where the pieces went, and why, in plain words."""

from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar, cast

from unicommerce import Accepted, explain
from unicommerce.finance import Posted
from unicommerce.fulfillment import Allocated, Delivered, Picked, Shipped, ShortPicked
from unicommerce.ledger import Event, Recorded
from unicommerce.orders import LineQuantity, Placed
from unicommerce.returns import Restocked, Returned

from .audit import Audit
from .shape import Step

MOST_LINES = 8

E = TypeVar("E", bound=Event)


def chosen(found: Audit) -> str:
    """Choose an order worth telling: short, and re-routed after a short pick, or at least in several parcels."""

    def worth(order: str) -> tuple[bool, int, int, int, str]:
        lines = len(found.orders[order].lines)
        again = found.parcels[order] - found.first_parcels[order]
        return lines > MOST_LINES, -min(again, 1), -min(found.parcels[order], 3), abs(lines - 5), order

    return min(found.orders, key=worth, default="")


def story(journal: Iterable[Recorded]) -> list[Step]:
    """Tell what the entries of an order say, in the order of their moments."""
    steps = []
    for _, entry in journal:
        because = [line.strip() for line in explain(Accepted((), entry.because)).splitlines()[1:]]
        for event in entry.events:
            if (sentence := _SENTENCES.get(event.kind)) is not None:
                steps.append(Step(at=entry.occurred_at, kind=event.kind, text=sentence(event), because=because))
                because = []
    return sorted(steps, key=lambda step: step["at"])


def _of(kind: type[E], sentence: Callable[[E], str]) -> tuple[str, Callable[[Event], str]]:
    return kind.kind, cast("Callable[[Event], str]", sentence)


def _placed(event: Placed) -> str:
    order = event.order
    return f"Order {order.id} placed: {_pieces(event.lines)} from the pool {order.pool}, {order.service} service"


def _posted(event: Posted) -> str:
    sums: dict[str, int] = {}
    for posting in event.postings:
        sums[posting.debit] = sums.get(posting.debit, 0) + posting.amount_minor
    amounts = [f"{amount / 100:,.2f} to {debit.replace('_', ' ')}" for debit, amount in sums.items()]
    return f"Finance posted {' and '.join(amounts)}, {event.currency}"


def _pieces(lines: tuple[LineQuantity, ...]) -> str:
    pieces = sum(q for _, _, q in lines)
    skus = ", ".join(dict.fromkeys(sku for _, sku, _ in lines))
    return f"{pieces} piece{'s' * (pieces != 1)} of {skus}"


_SENTENCES: Mapping[str, Callable[[Event], str]] = dict(
    (
        _of(Placed, _placed),
        _of(Allocated, lambda e: f"Shipment {e.shipment.id} given to {e.shipment.node}: {_pieces(e.lines)}"),
        _of(Picked, lambda e: f"{e.shipment} picked: {_pieces(e.lines)}"),
        _of(ShortPicked, lambda e: f"{e.node} could not find {_pieces(e.lines)} for {e.shipment}"),
        _of(Shipped, lambda e: f"{e.shipment} left {e.node}: {_pieces(e.lines)}"),
        _of(Delivered, lambda e: f"{e.shipment} delivered"),
        _of(Returned, lambda e: f"{sum(q for _, _, q, _ in e.lines)} pieces came back to {e.document.node}"),
        _of(Restocked, lambda e: f"{sum(q for _, q in e.items)} pieces back on the shelf at {e.node}"),
        _of(Posted, _posted),
    )
)
"""What each kind of event is called in the story; a kind that is not here is left out."""
