"""Real orders of a marketplace, routed again: what it costs, in how many parcels, and how promises would be kept.

`python -m benchmarks.olist FOLDER` reads the tables of Olist (orders, products and sellers of Brazil, 2016 to 2018),
which are not part of this project. Freight and transit times are fitted on the earlier orders only, and judged on the
later ones. Each seller of a product is a node, and so are a few more, drawn by a fixed seed; stock does not run out.
"""

import csv
import gzip
import random
import statistics
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from unicommerce.catalog import Calendar, Node, local_day, moment
from unicommerce.routing import (
    Band,
    Carrier,
    Delivery,
    Destination,
    Need,
    Plan,
    RoutingPolicy,
    Supply,
    Transit,
    promised,
    route,
    transits_seen,
)
from unicommerce.values import DAY_MS, Position, distance_m

ZONE = "America/Sao_Paulo"
BANDS_KM = (100, 300, 700, 1_200, 2_000, None)
LIMITS_M = tuple([limit * 1_000 for limit in BANDS_KM if limit])
WEEK_MS = 7 * DAY_MS
MORE_NODES = 9
CARRIERS = Calendar(zone=ZONE, days=(1, 2, 3, 4, 5, 6))
NODES = Calendar(zone=ZONE, days=(1, 2, 3, 4, 5, 6, 7), cut_off_minute=24 * 60, close_minute=24 * 60 - 1)


class Item(NamedTuple):
    """One piece of an order: what, how heavy, from whom, and the freight that was paid for it, in centavos."""

    product: str
    weight_g: int
    seller: str
    freight_minor: int


class Real(NamedTuple):
    """An order as it was: where it went, when it was bought, promised and delivered (ms UTC; None: not known)."""

    id: str
    items: tuple[Item, ...]
    to: Destination
    bought_at: int
    promised_at: int
    delivered_at: int | None
    is_natural: bool


def _rows(folder: Path, name: str) -> Iterator[Mapping[str, str]]:
    with gzip.open(folder / f"{name}.csv.gz", "rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _at(text: str) -> int | None:
    return moment(f"{text}-03:00") if text else None


def _position(row: Mapping[str, str], of: str) -> Position | None:
    return Position.of(row[f"{of}_lat"], row[f"{of}_lng"]) if row[f"{of}_lat"] and row[f"{of}_lng"] else None


def orders(folder: Path) -> list[Real]:
    """Return the orders that have items, a place and a purchase, the earliest first."""
    rows: dict[str, list[Mapping[str, str]]] = defaultdict(list)
    for row in _rows(folder, "order_items"):
        if row["product_id"] and _position(row, "customer"):
            rows[row["order_id"]].append(row)
    return sorted([_order(id, items) for id, items in rows.items()], key=lambda order: (order.bought_at, order.id))


def _order(id: str, rows: Sequence[Mapping[str, str]]) -> Real:
    first = rows[0]
    position = _position(first, "customer")
    assert position is not None
    items = [
        Item(
            row["product_id"],
            round(float(row["product_weight_g"] or 500)),
            row["seller_id"],
            round(100 * float(row["freight_value"])),
        )
        for row in rows
    ]
    return Real(
        id,
        tuple(items),
        Destination(position, first["customer_state"], ZONE),
        _at(first["order_purchase_timestamp"]) or 0,
        _at(first["order_estimated_delivery_date"]) or 0,
        _at(first["order_delivered_customer_date"]),
        first["in_natural"] == "1",
    )


def sellers(folder: Path) -> dict[str, Node]:
    """Return a node for each seller whose place is known."""
    found = {}
    for rank, row in enumerate(_rows(folder, "sellers")):
        if position := _position(row, "seller"):
            found[row["seller_id"]] = Node(id=row["seller_id"], position=position, calendar=NODES, rank=rank)
    return found


# Fitting


def fitted_bands(known: Sequence[Real], nodes: Mapping[str, Node]) -> tuple[Band, ...]:
    """Return a rate card: by distance, the line of freight on weight with the least error, of parcels of one item."""
    points: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for order in known:
        if len(order.items) == 1 and order.items[0].seller in nodes and order.items[0].freight_minor:
            item = order.items[0]
            meters = distance_m(nodes[item.seller].position, order.to.position)
            points[_band(meters)].append((item.weight_g, item.freight_minor))
    bands = []
    for number, limit in enumerate(BANDS_KM):
        weights, freights = zip(*points[number], strict=True)
        slope, base = statistics.linear_regression(weights, freights)
        bands.append(Band(limit and limit * 1_000, round(base), round(max(slope, 0) * 1_000), 30))
    return tuple(bands)


def _band(meters: int) -> int:
    return next(number for number, limit in enumerate(BANDS_KM) if limit is None or meters <= limit * 1_000)


def _business_days(start: int, end: int) -> int:
    first, last = local_day(ZONE, start), local_day(ZONE, end)
    return sum([CARRIERS.works(day) for day in range(first + 1, last + 1)])


# Judging


def _routed(order: Real, candidates: Sequence[Node], who: Mapping[str, set[str]], policy: RoutingPolicy) -> Plan:
    needs: dict[str, Need] = {}
    for item in order.items:
        had = needs.get(item.product, Need(item.product, 0, item.weight_g))
        needs[item.product] = had._replace(quantity=had.quantity + 1)
    supplies = [Supply(node, tuple([9 if node.id in who[sku] else 0 for sku in needs])) for node in candidates]
    return route(
        tuple(needs.values()),
        supplies,
        destination=order.to,
        due_at=order.bought_at + 90 * DAY_MS,
        currency="BRL",
        policy=policy,
        now=order.bought_at,
    )


def report(folder: Path) -> list[str]:
    """Return what was found, a line each."""
    nodes, everything = sellers(folder), orders(folder)
    known, later = everything[: len(everything) * 6 // 10], everything[len(everything) * 6 // 10 :]
    policy = RoutingPolicy(bands=fitted_bands(known, nodes), carrier=Carrier(calendar=CARRIERS))
    return [
        f"{len(everything):,} orders; fitted on the first {len(known):,}, judged on {len(later):,}",
        *_costs(known, later, nodes, policy),
        *_promises(everything, nodes),
    ]


def _costs(
    known: Sequence[Real], later: Sequence[Real], nodes: Mapping[str, Node], policy: RoutingPolicy
) -> Iterator[str]:
    """Say what routing costs, with the sellers that there were and with more who have the product."""
    rng = random.Random(20261127)
    sold: dict[str, set[str]] = defaultdict(set)
    for order in (*known, *later):
        for item in order.items:
            if item.seller in nodes:
                sold[item.product].add(item.seller)
    more = {product: who | set(rng.sample(sorted(nodes), MORE_NODES)) for product, who in sorted(sold.items())}
    wanted = [order for order in later if all(item.product in sold for item in order.items)]
    real = [sum([item.freight_minor for item in order.items]) for order in wanted]
    parcels = sum([len({item.seller for item in order.items}) for order in wanted])
    yield f"as it was: {sum(real) / len(real) / 100:.2f} BRL freight an order, {parcels / len(wanted):.3f} parcels"
    for name, who in (("the same sellers", sold), (f"{MORE_NODES} more nodes a product", more)):
        plans = []
        for order in wanted:
            candidates = sorted(set().union(*[who[item.product] for item in order.items]))
            plans.append(_routed(order, [nodes[id] for id in candidates], who, policy))
        unrouted = sum([bool(plan.unfilled) for plan in plans])
        freight = sum(
            [each.cost_minor - each.part("handling") - each.part("late") for plan in plans for each in plan.shipments]
        )
        count = sum([len(plan.shipments) for plan in plans]) / len(plans)
        proven = sum([plan.is_proven for plan in plans])
        yield (
            f"{name}: {freight / len(plans) / 100:.2f} BRL, {count:.3f} parcels; {unrouted} orders not routed, "
            f"{proven} of {len(plans)} proven"
        )


def _promises(everything: Sequence[Real], nodes: Mapping[str, Node]) -> Iterator[str]:
    """Say how often promises were kept and how long they were: the real ones, and ours from the same seller.

    Ours are fitted anew each week, on what had been delivered by then; the first third only teaches.
    """
    seen = [
        order
        for order in everything
        if order.is_natural and order.delivered_at and {item.seller for item in order.items} <= nodes.keys()
    ]
    judged = seen[len(seen) // 3 :]
    real = [(order.delivered_at or 0, order.promised_at, order.bought_at) for order in judged]
    yield f"promises as they were: {_kept(real)}"
    transits = {week: _transits(seen, nodes, week * WEEK_MS) for week in {o.bought_at // WEEK_MS for o in judged}}
    for percent in (90, 94, 95, 96, 98):
        made = []
        for order in judged:
            node = nodes[order.items[0].seller]
            carrier = Carrier(transits=transits[order.bought_at // WEEK_MS], calendar=CARRIERS, percent=percent)
            meters = distance_m(node.position, order.to.position)
            promise = promised(node, order.to, meters=meters, carrier=carrier, now=order.bought_at)
            made.append((order.delivered_at or 0, promise.latest if promise else 0, order.bought_at))
        yield f"ours, to be kept {percent} %: {_kept(made)}"


def _transits(seen: Sequence[Real], nodes: Mapping[str, Node], by: int) -> tuple[Transit, ...]:
    """Return what was known of transits at a moment."""
    deliveries = []
    for order in seen:
        if order.delivered_at and order.delivered_at < by:
            meters = distance_m(nodes[order.items[0].seller].position, order.to.position)
            days = _business_days(order.bought_at, order.delivered_at)
            deliveries.append(Delivery(order.to.region, meters, days))
    return transits_seen(deliveries, limits_m=LIMITS_M)


def _kept(promises: Sequence[tuple[int, int, int]]) -> str:
    """Say how many were late and how long they were, by days, given when each was delivered, promised and bought."""
    days = [[local_day(ZONE, at) for at in each] for each in promises]
    late = sum([delivered > promise for delivered, promise, _ in days])
    length = statistics.mean([promise - bought for _, promise, bought in days])
    return f"{100 * late / len(days):.1f} % late, {length:.1f} days on average, of {len(days):,}"


if __name__ == "__main__":
    print("\n".join(report(Path(sys.argv[1]))))
