"""What must be true at the end, each recomputed here from the snapshot, the journal or another system's own records.

A check answers with a sentence of figures and with what is wrong; nothing wrong is a pass.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from unicommerce import allocate, explain, order_status
from unicommerce.counts import MISSING
from unicommerce.finance import Posting
from unicommerce.fulfillment import transit
from unicommerce.inventory import GoodsState
from unicommerce.ledger import Account, Ledger, Snapshot, is_part
from unicommerce.marketplaces import performance
from unicommerce.orders import LineState, is_final
from unicommerce.values import Unit

from .audit import Audit
from .erp import Booking, Erp
from .journeys import Journeys
from .marketplace import NAME
from .master import POLICY, catalog
from .wms import Warehouse
from .world import Fortnight
from .writing import ACCOUNTS

_AT_A_NODE = (LineState.ALLOCATED, LineState.PICKED, LineState.PACKED, LineState.READY)
_NEEDS_A_CLAIM = frozenset(state.value for state in (LineState.PENDING, LineState.OPEN, *_AT_A_NODE))
_UNDER_WAY = frozenset(state.value for state in (*_AT_A_NODE, LineState.SHIPPED))
_OUTSIDE = ("supplier", "customer", "loss")


class Check(NamedTuple):
    """A claim, the figures behind it, and what speaks against it."""

    name: str
    figures: str
    wrong: tuple[str, ...]


class Orders(NamedTuple):
    """Where every order stands that was sent: how many in each status, and why those wait that are not final."""

    by_status: Mapping[str, int]
    waiting: Mapping[str, Sequence[str]]
    unexplained: tuple[str, ...]


def orders(world: Fortnight, ledger: Ledger, last: int) -> Orders:
    """Ask for the status of every order that was sent by who sells, and for the reason of those that wait."""
    by_status: Counter[str] = Counter()
    waiting: dict[str, Sequence[str]] = {}
    unexplained = []
    said = (*world.storefront.answers(), *world.market.answers())
    answers = {number: (kind, answer) for number, kind, answer in said if kind.startswith("Order")}
    given = catalog(world.world, 1)
    for invoice in world.world.orders:
        kind, answer = answers.get(invoice.number, ("", {}))
        status = order_status(invoice.number)(ledger, given)
        if kind == "OrderRefused" and status is None and answer["because"]:
            by_status["refused"] += 1
        elif status is None:
            unexplained.append(f"{invoice.number}: {kind or 'no answer'}, and not on record")
        elif is_final(status):
            by_status[status.status] += 1
        else:
            decision = allocate(invoice.number, policy=POLICY).decide(ledger, given, last)
            waiting[invoice.number] = explain(decision).splitlines()[1:]
            by_status["waiting"] += 1
    unexplained += [f"{order}: waits without a reason" for order, because in waiting.items() if not because]
    return Orders(by_status, waiting, tuple(unexplained))


def checks(world: Fortnight, snapshot: Snapshot, found: Audit, standing: Orders) -> list[Check]:
    """Return every check with its figures."""
    return [
        _all_orders(standing, len(world.world.orders)),
        _conserved(snapshot),
        _totals(snapshot),
        _not_oversold(found),
        _claims(snapshot),
        _ended(snapshot, found.journeys),
        _erp_order(world.erp, found),
        _erp_entries(world.erp, found),
        _erp_stock(world.erp, snapshot, found.journeys),
        _same_by_node("the WMS shipped what we say it did", world.warehouse.shipped_by_node(), found.journeys.shipped),
        _same_by_node(
            "counters handed over what we say they did", world.counter.handed_over(), found.journeys.collected
        ),
        _apart(world.warehouse, snapshot),
        _marketplace(world, found),
    ]


def _all_orders(standing: Orders, sent: int) -> Check:
    final = sum(standing.by_status.values()) - standing.by_status.get("waiting", 0)
    figures = f"{sent} sent: {final} final, {len(standing.waiting)} waiting with a reason"
    return Check("every order is final or waits with a reason", figures, standing.unexplained)


def _conserved(snapshot: Snapshot) -> Check:
    sums = {
        unit: sum(h for account, h in book.items() if not is_part(account)) for unit, book in snapshot.balances.items()
    }
    books = Counter(unit.partition(":")[0] for unit in sums)
    figures = ", ".join(f"{count} of {book}" for book, count in sorted(books.items()))
    return Check(
        "every unit sums to zero over whole accounts", f"{len(sums)} units ({figures})", _named(sums, "sums to")
    )


def _totals(snapshot: Snapshot) -> Check:
    wrong = []
    for unit, parts in snapshot.parts.items():
        sums: dict[Account, int] = {}
        for part, held in parts.items():
            whole = Account(part.place, part.state)
            sums[whole] = sums.get(whole, 0) + held
        book = snapshot.balances.get(unit, {})
        mixed = {account for account, held in sums.items() if held != book.get(account, 0)}
        wrong += [
            f"{unit}: {account} is not the sum of its parts" for account in sorted(mixed) if _has_only_parts(account)
        ]
    figures = f"{sum(map(len, snapshot.parts.values()))} parts of {len(snapshot.parts)} units"
    return Check("reserved goods are the sum of their claims", figures, tuple(wrong))


def _has_only_parts(account: Account) -> bool:
    """Tell whether nothing is ever posted to an account as a whole."""
    return account.state == "reserved"


def _not_oversold(found: Audit) -> Check:
    figures = f"{found.decided} decisions looked at one by one; {found.deficits} deficits that short picks left"
    return Check("nothing is oversold", figures, tuple(found.oversold))


def _claims(snapshot: Snapshot) -> Check:
    """Compare, line by line, the pieces that need a claim with the goods that are reserved for them."""
    owed: dict[str, int] = {}
    lines = 0
    for unit, book in snapshot.balances.items():
        if unit.startswith("line:"):
            lines += 1
            if pieces := sum(held for a, held in book.items() if not is_part(a) and a.state in _NEEDS_A_CLAIM):
                owed[unit] = pieces
    claimed: dict[str, int] = {}
    for unit, parts in snapshot.parts.items():
        if unit.startswith("sku:"):
            for part, held in parts.items():
                if part.state == "reserved":
                    claimed[part.ref] = claimed.get(part.ref, 0) + held
    wrong = {line: claimed.get(line, 0) - owed.get(line, 0) for line in {*owed, *claimed}}
    figures = f"{len(owed)} of {lines} lines open, {sum(claimed.values())} pieces claimed"
    return Check("every open line has its claim, no closed one has", figures, _named(wrong, "has claims too many:"))


def _erp_order(erp: Erp, found: Audit) -> Check:
    booked = erp.booked()
    pairs = [(b, g) for b, g in zip(booked, found.goods, strict=False) if b != g]
    wrong = [f"{was} was booked where {wanted} was due" for was, wanted in pairs[:5]]
    if len(booked) != len(found.goods):
        wrong.append(f"{len(booked)} booked of {len(found.goods)}")
    figures = f"{len(booked)} entries; {erp.repeats()} came again and were not booked again"
    return Check("the ERP has caught up, in order, once each", figures, tuple(wrong))


def _erp_entries(erp: Erp, found: Audit) -> Check:
    theirs = erp.bookings()
    ours = {cause: [_booking(posting) for posting in postings] for cause, postings in found.postings.items()}
    wrong = [
        f"{entry}: {_first_difference(theirs.get(entry, []), ours.get(entry, []))}"
        for entry in sorted({*theirs, *ours})
        if theirs.get(entry, []) != ours.get(entry, [])
    ]
    amount = sum(booking.pence for bookings in theirs.values() for booking in bookings)
    figures = f"{len(ours)} entries, {sum(map(len, ours.values()))} postings, {amount / 100:,.2f} GBP"
    return Check("the ERP's own double entry equals our postings, entry for entry", figures, tuple(wrong))


def _booking(posting: Posting) -> Booking:
    debit, credit = ACCOUNTS[posting.debit], ACCOUNTS[posting.credit]
    refs = (posting.debit_ref.removeprefix("line:"), posting.credit_ref.removeprefix("line:"))
    return Booking(debit, refs[0], credit, refs[1], posting.amount_minor)


def _first_difference(theirs: list[Booking], ours: list[Booking]) -> str:
    if len(theirs) != len(ours):
        return f"{len(theirs)} bookings there, {len(ours)} postings here"
    return next(f"{a} there, {b} here" for a, b in zip(theirs, ours, strict=True) if a != b)


def _erp_stock(erp: Erp, snapshot: Snapshot, journeys: Journeys) -> Check:
    """Compare articles with what nodes have on hand, and with what is under way to a store: it is not sold yet."""
    stock = erp.stock()
    ours_away = {transit(id).place for id, sent in journeys.sent.items() if sent.shipment.collect_at}
    wrong: dict[str, int] = {}
    for sku, (pieces, _) in stock.items():
        goods = snapshot.balances.get(Unit(f"sku:{sku}"), {})
        ours = sum(
            held
            for account, held in goods.items()
            if not is_part(account)
            and account.state != MISSING
            and account.place not in _OUTSIDE
            and (not account.place.startswith("transit:") or account.place in ours_away)
        )
        wrong[sku] = ours - pieces
    pieces = sum(pieces for pieces, _ in stock.values())
    value = sum(pence for _, pence in stock.values()) / 100
    figures = f"{len(stock)} articles, {pieces:,} pieces, {value:,.2f} GBP"
    return Check("the ERP's stock is what the nodes hold", figures, _named(wrong, "differs by"))


def _ended(snapshot: Snapshot, journeys: Journeys) -> Check:
    """Compare what each shipment was given with how its pieces ended, and with what is still with it."""
    still: Counter[str] = Counter()
    for unit, parts in snapshot.parts.items():
        if unit.startswith("line:"):
            still.update({part.ref: 0 for part in parts})
            for part, held in parts.items():
                still[part.ref] += held * (part.state in _UNDER_WAY)
    wrong = {id: sent.pieces - sum(sent.ends.values()) - still[id] for id, sent in journeys.sent.items()}
    ends = sum((sent.ends for sent in journeys.sent.values()), Counter[str]())
    figures = ", ".join(f"{count:,} {end}" for end, count in ends.most_common())
    return Check("every piece that a node was given has one end", figures, _named(wrong, "lacks"))


def _same_by_node(name: str, theirs: Mapping[str, int], ours: Mapping[str, int]) -> Check:
    wrong = {node: theirs.get(node, 0) - ours.get(node, 0) for node in {*theirs, *ours}}
    figures = f"{sum(theirs.values()):,} pieces from {len(theirs)} nodes"
    return Check(name, figures, _named(wrong, "differs by"))


def _apart(warehouse: Warehouse, snapshot: Snapshot) -> Check:
    """Compare quarantine with what the WMS has set apart: what was not found there is found, or written off."""
    ours = {
        (account.place, unit.removeprefix("sku:")): held
        for unit, book in snapshot.balances.items()
        for account, held in book.items()
        if unit.startswith("sku:") and account.state == GoodsState.QUARANTINE and not is_part(account)
    }
    theirs = warehouse.apart()
    wrong = {
        f"{sku} at {node}": theirs.get((node, sku), 0) - ours.get((node, sku), 0) for node, sku in {*ours, *theirs}
    }
    figures = f"{sum(theirs.values()):,} pieces"
    return Check("quarantine holds what the WMS has set apart", figures, _named(wrong, "differs by"))


def _marketplace(world: Fortnight, found: Audit) -> Check:
    """Compare the marketplace's own counting with ours."""
    now, wrong = world.world.ends_at, []
    rates = performance(found.of_market, market=NAME, now=now)
    for rate in rates:
        theirs = world.market.counted(rate.limit.measure.value, rate.limit.days, now)
        if theirs != (ours := (rate.counted, rate.of)):
            wrong.append(f"{rate.limit.measure} in {rate.limit.days} days: {theirs} there, {ours} here")
    figures = ", ".join(f"{rate.counted} of {rate.of} {rate.limit.measure}" for rate in rates)
    return Check("the marketplace counts what we count", figures, tuple(wrong))


def _named(wrong: Mapping[str, int] | Mapping[Unit, int], says: str) -> tuple[str, ...]:
    pairs: Iterable[tuple[str, int]] = wrong.items()
    return tuple(f"{name} {says} {held}" for name, held in sorted(pairs) if held)
