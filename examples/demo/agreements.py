"""Where others must agree with our record, each by records of its own: the ERP, the WMS, counters, the marketplace.

And a program by others, Beancount, that reads our postings as a file and adds them up.
"""

from collections.abc import Mapping

from unicommerce.counts import MISSING
from unicommerce.finance import Posting
from unicommerce.fulfillment import transit
from unicommerce.inventory import GoodsState
from unicommerce.ledger import Snapshot, is_part
from unicommerce.marketplaces import performance
from unicommerce.values import Unit

from ..accounting.beancount import account, beancount
from .accountant import Accountant
from .audit import Audit
from .checks import Check, named
from .erp import Booking, Erp
from .journeys import Journeys
from .marketplace import NAME
from .master import CURRENCY
from .shape import NOT_CHECKED
from .wms import Warehouse
from .world import Fortnight
from .writing import ACCOUNTS

ZONE = "Europe/London"
"""By whose clock the books have their days."""
_OUTSIDE = ("supplier", "customer", "loss", "liquidator")


def agreements(world: Fortnight, snapshot: Snapshot, found: Audit) -> list[Check]:
    """Return every check of another system against our record, with its figures."""
    shipped, handed_over = world.warehouse.shipped_by_node(), world.counter.handed_over()
    return [
        _erp_order(world.erp, found),
        _erp_entries(world.erp, found),
        _erp_stock(world.erp, snapshot, found.journeys),
        _same_by_node("the WMS shipped what we say it did", shipped, found.journeys.shipped),
        _same_by_node("counters handed over what we say they did", handed_over, found.journeys.collected),
        _apart(world.warehouse, snapshot),
        _marketplace(world, found),
        _accountant(world.accountant, snapshot, found),
    ]


def _erp_order(erp: Erp, found: Audit) -> Check:
    booked = erp.booked()
    pairs = [(b, g) for b, g in zip(booked, found.booked, strict=False) if b != g]
    wrong = [f"{was} was booked where {wanted} was due" for was, wanted in pairs[:5]]
    if len(booked) != len(found.booked):
        wrong.append(f"{len(booked)} booked of {len(found.booked)}")
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
    return Check("the ERP's stock is what the nodes hold", figures, named(wrong, "differs by"))


def _same_by_node(name: str, theirs: Mapping[str, int], ours: Mapping[str, int]) -> Check:
    wrong = {node: theirs.get(node, 0) - ours.get(node, 0) for node in {*theirs, *ours}}
    figures = f"{sum(theirs.values()):,} pieces from {len(theirs)} nodes"
    return Check(name, figures, named(wrong, "differs by"))


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
    return Check("quarantine holds what the WMS has set apart", figures, named(wrong, "differs by"))


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


def _accountant(accountant: Accountant, snapshot: Snapshot, found: Audit) -> Check:
    """Write our postings as a file of books, let Beancount read it, and compare what each account holds."""
    name = "our books load in Beancount without an error, and hold the same there"
    accountant.write(beancount(found.posted, zone=ZONE, by_ref=False))
    read = accountant.read()
    if read is None:
        return Check(name, f"{NOT_CHECKED}: Beancount is not installed, `pip install beancount` brings it", ())
    ours: dict[str, int] = {}
    for place, held in snapshot.balances.get(Unit(f"money:{CURRENCY}"), {}).items():
        if not is_part(place):
            ours[account(place.place.removeprefix("chart:"))] = held
    theirs = {each: int(100 * amount) for each, amount in read.held.items()}
    wrong = {each: theirs.get(each, 0) - ours.get(each, 0) for each in {*theirs, *ours}}
    figures = f"{read.transactions:,} transactions, {len(theirs)} accounts, {len(read.errors)} errors"
    return Check(name, figures, (*read.errors, *named(wrong, "differs by pence:")))
