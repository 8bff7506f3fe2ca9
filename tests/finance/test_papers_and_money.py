"""The books of orders that are invoiced and paid: what is owed is what papers say less what was captured.

And the whole of it loads in Beancount, an accounting program by others, with no error and the same balances.
"""

import subprocess
import sys
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import TypedDict

import attrs
from beancount import loader
from beancount.core.data import Transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from examples.accounting.beancount import ROOTS, account, beancount
from tests.invoices.calls import POLICY
from tests.laws.world import World, make_order
from unicommerce.finance import Chart, SalesBasis, chart_account, money, post, trial_balance
from unicommerce.fulfillment import lost, place, shipped
from unicommerce.invoices import credit, credits_of, invoice, papers_of
from unicommerce.ledger import Accepted, run
from unicommerce.payments import (
    MoneyState,
    Step,
    Tender,
    TenderKind,
    authorized,
    capture,
    card_filled,
    dispute_closed,
    disputed,
    money_of,
    moved,
    redeem,
    refund,
    settled,
)
from unicommerce.pricing import Charge, ChargeKind, Discount, PriceMode
from unicommerce.returns import returned

CARD, GIFT, AGENT = Tender(TenderKind.CARD), Tender(TenderKind.GIFT_CARD, "G"), Tender(TenderKind.AGENT, "market")


class At(TypedDict):
    """Of which order money is, and in which currency."""

    order: str
    currency: str


class Books(World):
    """A shop whose journal is posted, by papers, after each step."""

    def post_all(self) -> None:
        """Post what is new; postings follow the journal."""
        for recorded in run(self.store.since(0, 10_000)):
            if not recorded.entry.id.endswith("/posted"):
                self.shop.ask(post(recorded.entry, sales=SalesBasis.PAPERS), now=self.now, cause=recorded.entry.id)

    def holds(self, chart: Chart, ref: str = "") -> int:
        """Return what an account of the chart holds."""
        return self.ledger.balance(money("USD"), (chart_account(chart, ref),))

    def check(self) -> None:
        """Hold the law of each order, and that all accounts sum to zero."""
        for order in self.orders:
            papers = papers_of(self.ledger, order.id)
            money_held = self.shop.see(money_of(order.id, "USD"))
            at = money_held.by_state
            lost_to_banks = self.holds(Chart.CHARGEBACKS, order.id)
            paid = at[MoneyState.CAPTURED] + at[MoneyState.REFUNDING] + at[MoneyState.DISPUTED] + lost_to_banks
            assert self.holds(Chart.RECEIVABLE, order.id) == sum(paper.tax.customer_minor for paper in papers) - paid
            taxes = sum(paper.tax.tax_minor for paper in papers)
            nets = sum(paper.tax.net_minor for paper in papers)
            assert -self.holds(Chart.REVENUE, order.id) - self.holds(Chart.RETURNS, order.id) == nets
            assert taxes + nets == sum(paper.tax.gross_minor for paper in papers)
        assert sum(self.shop.see(trial_balance("USD")).values()) == 0


def sell(
    world: Books, id: str, pieces: dict[str, int], off: int = 0, mode: PriceMode = PriceMode.INCLUSIVE
) -> list[str]:
    """Place, ship and invoice an order, and return its shipments."""
    order = attrs.evolve(
        make_order(id, pool="web", skus=tuple(pieces)),
        region="DE-BY",
        price_mode=mode,
        charges=(Charge("parcel", ChargeKind.SHIPPING, 490),),
    )
    by_line = {line.id: pieces[line.sku] for line in order.lines}
    if off:
        order = order.discounted(by_line, [Discount(id="spring", amount_minor=off)])
    assert isinstance(world.ask(place(order, by_line)), Accepted)
    own = [shipment.id for shipment in world.shipments if shipment.order == id]
    for shipment in own:
        world.tell(shipped(shipment))
        assert isinstance(world.ask(invoice(shipment, policy=POLICY)), Accepted)
    return own


STEPS = st.lists(st.tuples(st.integers(0, 8), st.integers(1, 900), st.integers(1, 3)), max_size=10)


@settings(max_examples=15)
@given(off=st.integers(0, 500), mode=st.sampled_from(PriceMode), steps=STEPS)
def test_what_an_order_owes_is_its_papers_less_what_was_captured(
    off: int, mode: PriceMode, steps: list[tuple[int, int, int]]
) -> None:
    """At every prefix; and revenue less returns is the nets of its papers, output tax their taxes."""
    world = Books(stock=9)
    shipments = sell(world, "o", {"MUG": 3, "CUP": 2}, off, mode)
    at = At(order="o", currency="USD")
    for number, (what, amount, pieces) in enumerate(steps):
        id = f"x{number}"
        match what:
            case 0:
                world.tell(authorized(id, tender=CARD, amount_minor=amount, **at))
            case 1:
                world.tell(moved(id, Step.CAPTURED, tender=AGENT if pieces == 1 else CARD, amount_minor=amount, **at))
            case 2:
                world.tell(card_filled(id, card="G", amount_minor=amount, currency="USD"))
                world.ask(redeem(id, card="G", amount_minor=amount, **at))
            case 3:
                world.ask(refund(id, amounts={GIFT if pieces == 1 else CARD: amount}, **at))
            case 4:
                world.tell(moved(id, Step.REFUNDED, tender=CARD, amount_minor=amount, **at))
            case 5:
                world.tell(disputed(id, tender=CARD, amount_minor=amount, **at))
                world.tell(dispute_closed(id, is_won=pieces == 1))
            case 6:
                world.ask(capture(id, amounts={CARD: amount}, **at))
            case 7:
                world.ask(credit(id, shipment=shipments[0], quantities={"1": pieces}, policy=POLICY))
            case _:
                world.tell(settled(id, agent="market", currency="USD", orders={"o": amount}, paid_minor=amount - 30))
        world.post_all()
        world.check()


def test_the_books_load_in_beancount_and_hold_the_same_there(tmp_path: Path) -> None:
    """Orders, a return to another node, a lost parcel, a gift card, an agent, a dispute: no error, equal balances."""
    world = Books(stock=9)
    for number in range(3):
        (shipment, *_) = sell(world, f"o{number}", {"MUG": 2, "CUP": 1}, 77 * number)
        at = At(order=f"o{number}", currency="USD")
        tender = (CARD, AGENT, CARD)[number]
        world.tell(moved(f"p{number}", Step.CAPTURED, tender=tender, amount_minor=5000, **at))
        if number == 0:
            world.tell(returned("r", node="south", order="o0", lines={"1": 1}))
        if number == 1:
            world.tell(lost(shipment))
        for recorded in run(world.store.since(0, 10_000)):
            for request in credits_of(recorded.entry, policy=POLICY):
                world.ask(request)
    world.tell(disputed("d", order="o2", tender=CARD, amount_minor=900, currency="USD"))
    world.tell(settled("s", agent="market", currency="USD", orders={"o1": 5000}, fees={"share": 600}, paid_minor=4400))
    world.tell(card_filled("g", card="G", amount_minor=2500, currency="USD"))
    world.post_all()
    world.check()

    entries = [recorded.entry for recorded in run(world.store.since(0, 10_000))]
    file = tmp_path / "books.beancount"
    file.write_text("\n".join(beancount(entries)) + "\n")
    done = subprocess.run(  # noqa: S603 - our own interpreter and file
        [sys.executable, "-c", "from beancount.scripts.check import main; main()", str(file)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")

    ours = world.shop.see(trial_balance("USD"))
    held = {account(chart): Decimal(total) / 100 for chart, total in ours.items() if total}
    assert len(held) >= 10
    assert held_in(beancount(entries)) == held_in(beancount(entries, by_ref=False)) == held
    assert not any("ref:" in line for line in beancount(entries, by_ref=False))


def held_in(lines: Iterable[str]) -> dict[str, Decimal]:
    """Return what Beancount says that each account holds, where it finds no error."""
    loaded, errors, _ = loader.load_string("\n".join(lines) + "\n")
    assert errors == []
    there: dict[str, Decimal] = {}
    for each in [each for each in loaded if isinstance(each, Transaction)]:
        for posting in each.postings:
            assert posting.units is not None
            assert posting.units.number is not None
            there[posting.account] = there.get(posting.account, Decimal()) + posting.units.number
    return {name: total for name, total in there.items() if total}


def test_a_file_that_does_not_add_up_is_found_out(tmp_path: Path) -> None:
    """The check can fail: one cent more on one side."""
    world = Books(stock=9)
    sell(world, "o", {"MUG": 1})
    world.post_all()
    text = "\n".join(beancount([recorded.entry for recorded in run(world.store.since(0, 10_000))]))
    file = tmp_path / "books.beancount"
    file.write_text(text.replace("Income:Revenue  -", "Income:Revenue  -1", 1) + "\n")

    assert loader.load_file(str(file))[1]


def test_each_account_of_the_chart_has_a_root() -> None:
    """One, and no more."""
    placed = [chart for charts in ROOTS.values() for chart in charts]
    assert sorted(placed) == sorted(Chart)


@settings(max_examples=15)
@given(off=st.integers(0, 3000), pieces=st.integers(1, 5), back=st.lists(st.integers(1, 3), max_size=4))
def test_revenue_by_goods_is_what_was_paid(off: int, pieces: int, back: list[int]) -> None:
    """A discounted line is sold at the shares of its pieces, however split; what comes back takes its share back."""
    world = Books(stock=2)
    order = make_order("o", pool="web", skus=("MUG",))
    taken = min(off, order.total_minor({"1": pieces}))
    order = order.discounted({"1": pieces}, [Discount(id="spring", amount_minor=taken)])
    assert isinstance(world.ask(place(order, {"1": pieces})), Accepted)
    for shipment in world.shipments:
        world.tell(shipped(shipment.id))
    gone = 0
    for number, quantity in enumerate(back):
        if gone + quantity <= pieces:
            world.tell(returned(f"r{number}", node="south", order="o", lines={"1": quantity}))
            gone += quantity
    for recorded in run(world.store.since(0, 10_000)):
        world.ask(post(recorded.entry))

    assert world.holds(Chart.RECEIVABLE, "o") == order.paid_minor("1", 0, pieces - gone)
