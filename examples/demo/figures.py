"""The figures of a run as plain data: what the tables and the report show, gathered once and kept as JSON."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from unicommerce.finance import trial_balance
from unicommerce.ledger import Ledger, Recorded, Snapshot, Store, is_part, run
from unicommerce.values import DAY_MS, HOUR_MS

from .audit import Audit
from .checks import Check, Orders
from .data import DRAWN
from .master import CURRENCY, catalog
from .outcomes import clocks, dispositions, exchanges, methods, rates, turned_down
from .papers import paper_rows, tax_rows
from .shape import Figures, NodeFigures
from .troubled import chosen, told
from .world import Fortnight
from .writing import ACCOUNTS

GOODS_STATES = ("sellable", "reserved", "quarantine", "damaged", "under way", "customer")


class Outcome(NamedTuple):
    """What a run left behind: the state, what one pass over the journal found, where orders stand, and the checks."""

    snapshot: Snapshot
    ledger: Ledger
    found: Audit
    standing: Orders
    done: Sequence[Check]
    last: int


def figures(world: Fortnight, outcome: Outcome) -> Figures:
    """Gather the figures of a run."""
    snapshot, ledger, found, standing, done, last = outcome
    seal = found.seal
    data = world.world
    journeys = found.journeys
    late = [sent.there_at - sent.shipment.deliver_by for sent in journeys.sent.values() if sent.there_at]
    unknown = Counter(field for (field,) in world.core.file.execute("SELECT field FROM unknown"))
    call = chosen(world.core.service.calls(), journeys)
    return Figures(
        days=(data.ends_at - data.begins_at) // DAY_MS,
        begins_at=data.begins_at,
        ends_at=data.ends_at,
        quiet_at=last,
        outage=data.outage,
        entries=seal.position,
        digest=seal.digest,
        orders=standing.by_status,
        refusals=_refusals(world),
        waiting=standing.waiting,
        parcels={str(n): count for n, count in sorted(Counter(journeys.parcels.values()).items())},
        split_percent=_percent(sum(n > 1 for n in journeys.first_parcels.values()), len(journeys.first_parcels)),
        rerouted=len(journeys.short_orders),
        kept=sum(ms <= 0 for ms in late),
        late=sum(ms > 0 for ms in late),
        hours_late=sorted(ms // HOUR_MS for ms in late),
        nodes=_nodes(world, snapshot, found),
        flows=_flows(found),
        homes=[(float(home.lat), float(home.lng)) for home in data.homes],
        routed=found.routed,
        proven=found.proven,
        candidates=found.candidates,
        reasons=dict(found.reasons.most_common()),
        implied=found.implied,
        unknown_fields=unknown,
        returns=world.core.desk.settled(),
        authorized=found.comebacks.authorized,
        landed=found.comebacks.landed,
        disposed=dispositions(found.comebacks),
        swaps=exchanges(found.comebacks, ledger),
        stock=_stock(snapshot),
        backlog=[(at, count) for at, count, _ in world.observed()],
        erp_repeats=world.erp.repeats(),
        papers=paper_rows(found.papers),
        taxes=tax_rows(found.papers),
        money=_money(world, trial_balance(CURRENCY)(ledger, None)),
        checks=[(check.name, check.figures, list(check.wrong[:5])) for check in done],
        methods=methods(journeys, world.core.shop.catalog.network.node_by_id),
        turned_down=turned_down(journeys, ledger),
        clocks=clocks(journeys, ledger),
        rates=rates(found.of_market, world.market, data.ends_at),
        risks=world.core.service.risks(),
        call=call,
        story=told(call["order"], _entries(world.store, found, call["order"])) if call else [],
        drawn=list(DRAWN),
        left_out=data.left_out,
    )


def _entries(store: Store, found: Audit, order: str) -> Iterator[Recorded]:
    """Yield the entries that are about an order."""
    for position in found.positions[order]:
        yield from run(store.since(position - 1, 1))


def _percent(part: int, total: int) -> float:
    return round(100 * part / total, 1) if total else 0.0


def _refusals(world: Fortnight) -> list[tuple[str, list[str]]]:
    found = []
    for number, kind, answer in (*world.storefront.answers(), *world.market.answers()):
        because = answer.get("because")
        if kind == "OrderRefused" and isinstance(because, list):
            found.append((number, [str(reason).strip() for reason in because]))
    return found


def _nodes(world: Fortnight, snapshot: Snapshot, found: Audit) -> list[NodeFigures]:
    network = catalog(world.world, 0).network
    used: Counter[str] = Counter()
    for unit, book in snapshot.balances.items():
        if unit.startswith("capacity:"):
            used.update({account.place: held for account, held in book.items() if account.state == "used"})
    shipments = Counter(sent.shipment.node for sent in found.journeys.sent.values() if sent.shipped_at)
    days = (world.world.ends_at - world.world.begins_at) // DAY_MS
    rows = []
    for site in world.world.sites:
        node = network.node_by_id[site.id]
        first = world.world.begins_at // DAY_MS + 719_163
        capacity = sum(node.calendar.works(first + n) for n in range(days)) * (node.daily_capacity or 0)
        rows.append(
            NodeFigures(
                node=site.id,
                city=f"{site.city}, {site.state}",
                part=site.part,
                lat=float(site.lat),
                lng=float(site.lng),
                shipments=shipments[site.id],
                pieces=found.journeys.shipped[site.id],
                short_lines=found.journeys.short_lines[site.id],
                use_percent=round(100 * used[site.id] / capacity) if capacity else 0,
            )
        )
    return rows


def _flows(found: Audit) -> list[tuple[str, float, float, int]]:
    """Return node, latitude and longitude of the destination, and pieces of each shipment that left."""
    flows: Counter[tuple[str, float, float]] = Counter()
    for sent in found.journeys.sent.values():
        if sent.shipped_at:
            to = found.orders[sent.shipment.order].destination
            flows[sent.shipment.node, to.lat_udeg / 1e6, to.lng_udeg / 1e6] += sent.pieces
    return [(*place, pieces) for place, pieces in sorted(flows.items())]


def _stock(snapshot: Snapshot) -> dict[str, int]:
    """Return pieces by where they stand at the end."""
    pieces = dict.fromkeys(GOODS_STATES, 0)
    for unit, book in snapshot.balances.items():
        if not unit.startswith("sku:"):
            continue
        for account, held in book.items():
            if is_part(account) or account.place.startswith("pool:"):
                continue
            if account.place.startswith("transit:"):
                pieces["under way"] += held
            elif account.place == "customer":
                pieces["customer"] += held
            elif account.state in pieces:
                pieces[account.state] += held
    return pieces


def _money(world: Fortnight, ours: Mapping[str, int]) -> list[tuple[str, int, str, int]]:
    """Return each account of the chart with its balance, and the number and balance that the ERP has for it."""
    theirs: Counter[str] = Counter()
    for booking in (booking for bookings in world.erp.bookings().values() for booking in bookings):
        theirs[booking.debit] += booking.pence
        theirs[booking.credit] -= booking.pence
    used = {account: pence for account, pence in ours.items() if pence or account in ACCOUNTS}
    return [(account, pence, ACCOUNTS[account], theirs[ACCOUNTS[account]]) for account, pence in used.items()]
