"""The work of a node: which shipments to pick, pack, hand over and make ready, by when; and how they go together.

A job is what a shipment has at a node in one state. Jobs are read from the goods that are set aside there, so that no
list of work is kept; how they are picked together is a pure function of jobs.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from itertools import groupby
from typing import NamedTuple

from ..catalog import Catalog
from ..fulfillment import Allocated, shipment_key
from ..inventory import GoodsState, goods
from ..ledger import Account, Entry, State
from ..orders import LineQuantity, LineState, Order, order_key
from ..values import positive
from .whereabouts import due_by, has_arrived, pieces_of, stands_at

__all__ = ["Job", "PickLine", "WorkList", "batches", "bound_for", "pick_list", "waves", "work_list"]

_S = LineState
IN_HAND = (_S.ALLOCATED, _S.PICKED, _S.PACKED, _S.READY)


class Job(NamedTuple):
    """Pieces of a shipment that wait at a node for its next step, which is due at a moment (ms UTC; None: at none)."""

    shipment: str
    order: str
    state: LineState
    lines: tuple[LineQuantity, ...]
    due_at: int | None
    deliver_by: int
    has_arrived: bool = False

    @property
    def pieces(self) -> int:
        """Return how many pieces it has."""
        return sum([quantity for _, _, quantity in self.lines])


class WorkList(NamedTuple):
    """The jobs of a node by what is to be done with them, those first that are due first; `overdue` are among them.

    Of what is sent here to be collected, `to_make_ready` has arrived; what is `under_way` is nothing to do yet.
    """

    to_pick: tuple[Job, ...]
    to_pack: tuple[Job, ...]
    to_hand_over: tuple[Job, ...]
    to_be_collected: tuple[Job, ...]
    overdue: tuple[Job, ...]
    to_make_ready: tuple[Job, ...] = ()
    under_way: tuple[Job, ...] = ()


def bound_for(node: str) -> Callable[[Entry], tuple[str, ...]]:
    """Return what tells of an entry of the journal which orders it sends to a node to be collected there.

    >>> from unicommerce.ledger import record
    >>> from unicommerce.orders import Canceled
    >>> bound_for("store-7")(record("e", (Canceled(order="o1", lines=(LineQuantity("1", "MUG", 1),)),), now=0))
    ()
    """

    def of(entry: Entry) -> tuple[str, ...]:
        sent = [event.shipment for event in entry.events if isinstance(event, Allocated)]
        return tuple(dict.fromkeys([each.order for each in sent if each.collect_at == node != each.node]))

    return of


def work_list(
    node: str, *, skus: Collection[str] = (), bound: Iterable[str] = (), now: int
) -> Callable[[State, Catalog], WorkList]:
    """Return the view of the work of a node at a moment (ms UTC): of orders with some of these SKUs there.

    Where none is named, those of the catalog are looked for. A job is due with the call of its carrier that the promise
    counts on; what is to be collected is overdue once it may be put back. Where nobody tells of packing, what is to
    pack is to be handed over as well. What is sent here by others is nowhere here yet, so that its orders have to be
    named (`bound`, as `bound_for` tells them).
    """

    def view(state: State, catalog: Catalog) -> WorkList:
        ids = dict.fromkeys([*_orders(state, node, skus or catalog.product_by_sku), *bound])
        orders = [order for id in ids if (order := state.document(order_key(id)))]
        jobs = [job for order in orders for job in _jobs(state, node, order)]
        jobs.sort(key=lambda job: (job.due_at is None, job.due_at or 0, job.shipment))
        pick, pack, hand_over, wait = (tuple([job for job in jobs if job.state is where]) for where in IN_HAND)
        arrived, coming = (
            tuple([job for job in jobs if job.state is _S.SHIPPED and job.has_arrived is is_here])
            for is_here in (True, False)
        )
        overdue = tuple([job for job in jobs if job.due_at is not None and job.due_at < now and job not in coming])
        return WorkList(pick, pack, hand_over, wait, overdue, arrived, coming)

    return view


def _orders(state: State, node: str, skus: Iterable[str]) -> Iterator[str]:
    """Yield the orders for whose lines goods are set aside at a node."""
    here = Account(node, GoodsState.RESERVED)
    refs = [account.ref for sku in skus for account in state.parts(goods(sku), here)]
    yield from sorted([ref.removeprefix("line:").rpartition("/")[0] for ref in refs if ref.startswith("line:")])


def _jobs(state: State, node: str, order: Order) -> Iterator[Job]:
    by_job: dict[tuple[LineState, str], list[LineQuantity]] = {}
    for piece in pieces_of(state, order, (*IN_HAND, _S.SHIPPED)):
        own = LineQuantity(piece.line, piece.sku, piece.quantity)
        by_job.setdefault((piece.state, piece.ref), []).append(own)
    for (where, ref), lines in by_job.items():
        shipment = state.document(shipment_key(ref))
        if shipment and node == (shipment.collect_at if where is _S.SHIPPED else stands_at(shipment, where)):
            due_at, is_here = due_by(state, shipment, where), has_arrived(state, shipment, where)
            yield Job(ref, order.id, where, tuple(lines), due_at, shipment.deliver_by, is_here)


# Picking together


class PickLine(NamedTuple):
    """So many pieces of a SKU to take from its zone, and which shipment gets how many of them."""

    zone: str
    sku: str
    quantity: int
    shipments: tuple[tuple[str, int], ...]


def pick_list(jobs: Iterable[Job], zones: Mapping[str, str]) -> tuple[PickLine, ...]:
    """Return what to take for jobs, zone by zone; `zones` names the zone of a SKU, the last are those without one.

    >>> job = Job("o1/1", "o1", LineState.ALLOCATED, (LineQuantity("1", "MUG", 2), LineQuantity("2", "TEA", 1)), 0, 0)
    >>> [(line.zone, line.quantity, line.sku) for line in pick_list([job], {"TEA": "A", "MUG": "B"})]
    [('A', 1, 'TEA'), ('B', 2, 'MUG')]
    """
    wanted: dict[str, dict[str, int]] = {}
    for job in jobs:
        for _, sku, quantity in job.lines:
            own = wanted.setdefault(sku, {})
            own[job.shipment] = own.get(job.shipment, 0) + quantity
    lines = [PickLine(zones.get(sku, ""), sku, sum(own.values()), tuple(own.items())) for sku, own in wanted.items()]
    return tuple(sorted(lines, key=lambda line: (not line.zone, line.zone, line.sku)))


def batches(jobs: Iterable[Job], most: int) -> tuple[tuple[Job, ...], ...]:
    """Return jobs that are picked together in one go, in their order: `most` pieces, or one job that has more.

    Raises `InvalidValue` for fewer pieces than one.
    """
    positive(most, "most")
    found: list[list[Job]] = []
    held = 0
    for job in jobs:
        if not found or held + job.pieces > most:
            found.append([])
            held = 0
        found[-1].append(job)
        held += job.pieces
    return tuple([tuple(batch) for batch in found])


def waves(jobs: Iterable[Job]) -> tuple[tuple[Job, ...], ...]:
    """Return jobs that are due together, in the order of a work list: a wave for each call of a carrier."""
    return tuple([tuple(own) for _, own in groupby(jobs, key=lambda job: job.due_at)])
