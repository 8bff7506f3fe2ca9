"""Papers of shipments: numbers without a gap, cleared before dispatch, reversed as written, trued up later."""

from collections.abc import Iterable
from fractions import Fraction
from itertools import groupby

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.laws.world import CATALOG, NOW, World, make_order
from unicommerce.fulfillment import (
    FulfillmentCode,
    FulfillmentPolicy,
    allocate,
    collected,
    damaged,
    found,
    lost,
    picked,
    place,
    ship,
    shipped,
)
from unicommerce.inventory import received
from unicommerce.invoices import (
    Invoice,
    InvoiceCode,
    InvoicePolicy,
    PaperKind,
    Pieces,
    credit,
    credits_of,
    invoice,
    invoice_key,
    invoice_late,
    invoiced,
    late_invoices_of,
    papers_of,
    settle_tax,
    tax_request,
)
from unicommerce.ledger import Accepted, Reason, Refused, Unchanged, record, run
from unicommerce.orders import LineState, Order, line_account
from unicommerce.pricing import Charge, ChargeKind, Discount, Funder, PriceMode
from unicommerce.returns import returned
from unicommerce.tax import (
    Anywhere,
    Place,
    Rate,
    Registration,
    RuleSet,
    TaxAnswer,
    TaxCode,
    TaxRequest,
    eu,
    quote,
    standing_in,
    us,
)
from unicommerce.values import DAY_MS

HERE = Place("DE/BE")
PLACES = {"dc": Place("DE/HE"), "north": HERE, "south": HERE, "booth": HERE}


def by_table(request: TaxRequest, /) -> TaxAnswer | Refused:
    """Answer by the sample of the Union."""
    return quote(request, eu.rules())


def nobody(request: TaxRequest, /) -> TaxAnswer | Refused:
    """Answer not at all, as a service that is down."""
    return Refused((Reason(TaxCode.UNAVAILABLE, "service", request.document),))


POLICY = InvoicePolicy(
    engine=by_table,
    registrations=(Registration("DE", "DE123"), Registration("FR", "FR456")),
    places=PLACES,
    prefix="R",
)
CLEARED = FulfillmentPolicy(clearance="invoice")
STOCK = {"MUG": 40, "CUP": 40, "LID": 40}


def sale(world: World, quantities: dict[str, int], *, off: int = 0, id: str = "o", **more: object) -> Order:
    """Place an order of pieces by SKU with a discount on all of it, and allocate it."""
    made = attrs.evolve(make_order(id, pool="web", skus=tuple(quantities)), region="DE-BY", **more)  # type: ignore[arg-type]
    by_line = {line.id: quantities[line.sku] for line in made.lines}
    if off:
        made = made.discounted(by_line, [Discount(id="spring", amount_minor=off)])
    assert isinstance(world.ask(place(made, by_line)), Accepted)
    world.ask(allocate(id))
    return made


def shop() -> World:
    """Return a shop with little at each node, so that an order is split."""
    world = World(stock=0)
    for number, node in enumerate(("dc", "north", "south")):
        world.tell(received(f"in{number}", node=node, quantities={"MUG": 2, "CUP": 3, "LID": 5}))
    return world


def picked_all(world: World) -> list[str]:
    """Let each node pick what it was given, and return the shipments."""
    ids = [shipment.id for shipment in world.shipments]
    for id in ids:
        world.tell(shipped(id))
    return ids


def sums(papers: Iterable[Invoice]) -> dict[str, int]:
    """Return what papers say together, by component, net and gross."""
    found: dict[str, int] = {}
    for paper in papers:
        for name, amount in (
            *paper.tax.by_code.items(),
            ("net", paper.tax.net_minor),
            ("gross", paper.tax.gross_minor),
        ):
            found[name] = found.get(name, 0) + amount
    return found


def nonzero(world: World) -> dict[str, int]:
    """Return what all papers of the order say together, less what is nothing."""
    return {name: amount for name, amount in sums(papers_of(world.ledger, "o")).items() if amount}


def codes(answer: object) -> list[object]:
    """Return what is said."""
    assert isinstance(answer, Accepted | Refused)
    return [reason.code for reason in answer.because]


def test_a_shipment_leaves_only_with_its_invoice() -> None:
    """Fulfillment's policy names the paper; the invoice clears the shipment in its own entry."""
    world = shop()
    sale(world, {"MUG": 1})
    (shipment,) = [each.id for each in world.shipments]

    assert codes(world.ask(invoice(shipment, policy=POLICY))) == [InvoiceCode.NOTHING]
    world.tell(picked(shipment, {"1": 1}))
    assert codes(world.ask(ship(shipment, policy=CLEARED))) == [FulfillmentCode.NOT_CLEARED]
    assert isinstance(world.ask(invoice(shipment, policy=POLICY)), Accepted)
    assert isinstance(world.ask(ship(shipment, policy=CLEARED)), Accepted)


def test_numbers_have_no_gap_whatever_is_refused_and_retried() -> None:
    """One document gives them: by registration and year, and a race for one is lost by one of two."""
    world = shop()
    sale(world, {"MUG": 5})
    ids = picked_all(world)
    first = invoice(ids[0], policy=POLICY)
    world.ask(first)
    world.ask(first)
    assert codes(world.ask(invoice(ids[0], policy=POLICY)._replace(id="again"))) == [InvoiceCode.INVOICED]
    assert codes(world.ask(invoice("nowhere", policy=POLICY))) == [InvoiceCode.UNKNOWN_SHIPMENT]
    for id in ids[1:]:
        world.ask(invoice(id, policy=POLICY))
    world.ask(credit("c", shipment=ids[0], policy=POLICY))

    papers = papers_of(world.ledger, "o")
    numbers = sorted(paper.number for paper in papers)
    assert numbers == [f"R2026-{number:06}" for number in range(1, len(ids) + 2)]
    assert {paper.registration for paper in papers} == {"DE123"}


def test_two_invoices_decided_at_once_can_not_both_take_a_number() -> None:
    """Each rests on the revision of the series that it read."""
    world = shop()
    sale(world, {"MUG": 5})
    ids = picked_all(world)[:2]
    decided = [(id, invoice(id, policy=POLICY).decide(world.ledger, CATALOG, NOW)) for id in ids]
    entries = [record(f"invoice/{id}", yes.events, now=NOW) for id, yes in decided if isinstance(yes, Accepted)]
    guards = [Unchanged(each.key, each.revision - 1) for entry in entries for each in entry.documents[1:2]]
    kept = [run(world.store.append(*pair)) for pair in zip(entries, [(guard,) for guard in guards], strict=True)]

    assert [recorded is not None for recorded in kept] == [True, False]


QUANTITIES = st.fixed_dictionaries({"MUG": st.integers(1, 6), "CUP": st.integers(1, 9), "LID": st.integers(1, 15)})


@given(quantities=QUANTITIES, off=st.integers(0, 700), mode=st.sampled_from(PriceMode), charge=st.integers(0, 999))
def test_the_invoices_of_an_order_sum_to_what_it_costs(
    quantities: dict[str, int], off: int, mode: PriceMode, charge: int
) -> None:
    """However it is split: the gross where prices are with tax, the net where they are without."""
    world = shop()
    charges = (Charge("express", ChargeKind.SHIPPING, charge),)
    order = sale(world, quantities, off=off, charges=charges, price_mode=mode)
    for id in picked_all(world):
        world.ask(invoice(id, policy=POLICY))

    goods = sum(order.paid_minor(line.id, 0, quantities[line.sku]) for line in order.lines)
    said = world.shop.see(invoiced("o"))
    assert (said.gross_minor if mode is PriceMode.INCLUSIVE else said.net_minor) == goods + charge
    assert said.gross_minor == said.net_minor + said.tax_minor


@given(
    quantities=QUANTITIES,
    off=st.integers(0, 700),
    mode=st.sampled_from(PriceMode),
    steps=st.lists(st.tuples(st.integers(0, 9), st.integers(0, 2), st.integers(1, 4)), max_size=12),
)
def test_what_is_credited_in_any_parts_and_order_ends_at_zero(
    quantities: dict[str, int],
    off: int,
    mode: PriceMode,
    steps: list[tuple[int, int, int]],
) -> None:
    """By component: the reversal is the original. What exceeds what is left is refused and changes nothing."""
    world = shop()
    sale(world, quantities, off=off, price_mode=mode, charges=(Charge("express", ChargeKind.SHIPPING, 500),))
    ids = picked_all(world)
    for id in ids:
        world.ask(invoice(id, policy=POLICY))
    for number, (which, line, pieces) in enumerate(steps):
        shipment = ids[which % len(ids)]
        before = len(papers_of(world.ledger, "o"))
        answer = world.ask(credit(f"n{number}", shipment=shipment, quantities={str(line + 1): pieces}, policy=POLICY))
        grew = len(papers_of(world.ledger, "o")) - before
        assert grew == isinstance(answer, Accepted)
        assert isinstance(answer, Accepted) or set(codes(answer)) == {InvoiceCode.EXCEEDS}
    for id in ids:
        world.ask(credit("rest", shipment=id, policy=POLICY))

    papers = papers_of(world.ledger, "o")
    for _, of_one in groupby(papers, key=lambda paper: paper.shipment):
        assert set(sums(of_one).values()) == {0}
    numbers = sorted(paper.number for paper in papers)
    assert [int(number[-6:]) for number in numbers] == list(range(1, len(papers) + 1))
    assert codes(world.ask(credit("more", shipment=ids[0], policy=POLICY))) == [InvoiceCode.EXCEEDS]


def test_what_is_sent_a_second_time_costs_what_it_did_the_first_time() -> None:
    """A credited piece gives its number back: three at 9.67, 9.67 and 9.66 stay what they were."""
    world = World(stock=9)
    order = sale(world, {"MUG": 3}, off=100)
    (first,) = picked_all(world)
    world.ask(invoice(first, policy=POLICY))
    world.ask(credit("lost", shipment=first, quantities={"1": 1}, policy=POLICY))
    note = world.ledger.document(invoice_key(f"{first}/lost"))

    assert note is not None
    assert (note.role, note.of, note.pieces[0][1:3]) == (PaperKind.CREDIT_NOTE, "R2026-000001", (0, 1))
    assert note.tax.gross_minor == -order.paid_minor("1", 0, 1)


def test_an_outage_of_the_engine_is_trued_up_to_the_cent() -> None:
    """Orders go on with a provisional tax; what the engine says at last is put on record as the difference."""
    careful = attrs.evolve(POLICY, engine=standing_in(nobody, other=lambda r: quote(r, eu.rules(version="guess"))))
    world = World(stock=9)
    sale(world, {"MUG": 3}, off=100)
    (id,) = picked_all(world)
    request = world.shop.see(tax_request(id, policy=careful))(NOW)
    answer = world.ask(invoice(id, policy=careful))
    assert request is not None
    assert TaxCode.STOOD_IN in codes(answer)
    world.ask(credit("one", shipment=id, quantities={"1": 1}, policy=careful))
    again = world.shop.see(tax_request(id, policy=careful))(NOW + 9 * DAY_MS)
    assert again == request, "what was credited since is no part of what the engine is asked again"
    truth = by_table(
        attrs.evolve(request, lines=tuple([attrs.evolve(each, category="books") for each in request.lines]))
    )
    assert isinstance(truth, TaxAnswer)

    assert codes(world.ask(settle_tax("nowhere", truth, policy=careful))) == [InvoiceCode.UNKNOWN_INVOICE]
    assert isinstance(world.ask(settle_tax(id, truth, policy=careful)), Accepted)
    known = World(stock=9)
    sale(known, {"MUG": 3}, off=100)
    picked_all(known)
    known.ask(invoice(id, policy=careful, answer=truth))
    known.ask(credit("one", shipment=id, quantities={"1": 1}, policy=careful))
    assert nonzero(world) == nonzero(known)

    world.ask(credit("rest", shipment=id, policy=careful))
    assert nonzero(world) == {}


def test_an_invoice_that_stands_is_not_asked_for_again() -> None:
    """Only what is provisional is; and charges are on it again, and on no other."""
    careful = attrs.evolve(POLICY, engine=standing_in(nobody, other=lambda r: quote(r, eu.rules(version="guess"))))
    for policy, is_again in ((careful, True), (POLICY, False)):
        world = World(stock=9)
        sale(world, {"MUG": 3}, off=100)
        (id,) = picked_all(world)
        view = tax_request(id, policy=policy)
        request = world.shop.see(view)(NOW)
        world.ask(invoice(id, policy=policy))
        assert request is not None
        assert world.shop.see(view)(NOW + DAY_MS) == (request if is_again else None)


def test_an_answer_that_stands_is_not_trued_up() -> None:
    """Nor by one that stands in for another itself."""
    world = World(stock=9)
    sale(world, {"MUG": 1})
    (id,) = picked_all(world)
    request = world.shop.see(tax_request(id, policy=POLICY))(NOW)
    assert request is not None
    truth = by_table(request)
    assert isinstance(truth, TaxAnswer)
    assert isinstance(world.ask(invoice(id, policy=POLICY, answer=truth)), Accepted)

    assert codes(world.ask(settle_tax(id, truth, policy=POLICY))) == [InvoiceCode.NOT_PROVISIONAL]


def test_a_node_without_a_place_and_an_engine_that_refuses_say_so() -> None:
    """Nothing is written, and no number is used up."""
    world = World(stock=9)
    sale(world, {"MUG": 1})
    (id,) = picked_all(world)

    assert codes(world.ask(invoice(id, policy=attrs.evolve(POLICY, places={})))) == [InvoiceCode.NO_PLACE]
    assert codes(world.ask(invoice(id, policy=attrs.evolve(POLICY, engine=nobody)))) == [TaxCode.UNAVAILABLE]
    world.ask(invoice(id, policy=POLICY))
    assert [paper.number for paper in papers_of(world.ledger, "o")] == ["R2026-000001"]


def test_a_year_of_papers_may_begin_in_april() -> None:
    """As that of India does."""
    policy = attrs.evolve(POLICY, first_month=4)
    assert [policy.year(date) for date in ("2026-03-31", "2026-04-01")] == ["2025", "2026"]
    assert us.rules().version
    with pytest.raises(Exception, match="first_month"):
        attrs.evolve(POLICY, first_month=13)


def credited(world: World) -> list[object]:
    """Ask for all that follows for papers from the journal so far, as a host that lags behind does."""
    entries = [recorded.entry for recorded in run(world.shop.store.since(0, 10_000))]
    return [world.ask(request) for entry in entries for request in credits_of(entry, policy=POLICY)]


def test_what_breaks_in_the_hands_of_who_packs_it_is_credited() -> None:
    """It was invoiced when it was picked, and never leaves."""
    world = World(stock=9)
    sale(world, {"MUG": 3})
    (id,) = [each.id for each in world.shipments]
    world.tell(picked(id, {"1": 3}))
    world.ask(invoice(id, policy=POLICY))
    world.tell(damaged(id, {"1": 1}, reason="dropped"))
    credited(world)
    credited(world)

    assert [(paper.role, paper.tax.lines[0].quantity) for paper in papers_of(world.ledger, "o")] == [
        (PaperKind.INVOICE, 3),
        (PaperKind.CREDIT_NOTE, -1),
    ]


def test_what_was_gone_before_the_invoice_is_not_credited_after_it() -> None:
    """The invoice is for what is left, so a host that asks late because of the loss credits nothing."""
    world = World(stock=9)
    sale(world, {"MUG": 3})
    (id,) = picked_all(world)
    world.tell(lost(id, {"1": 1}, id="part"))
    world.ask(invoice(id, policy=POLICY))
    credited(world)

    assert [(paper.role, paper.tax.lines[0].quantity) for paper in papers_of(world.ledger, "o")] == [
        (PaperKind.INVOICE, 2)
    ]


def test_what_was_collected_can_still_be_invoiced() -> None:
    """Nobody told of the pick or the counter: the hand-over stands for both, and is paid for all the same."""
    world = World(stock=9)
    sale(world, {"MUG": 1}, collect_at="north")
    (id,) = [each.id for each in world.shipments]
    world.tell(collected(id))

    assert isinstance(world.ask(invoice(id, policy=POLICY)), Accepted)


def test_an_answer_for_other_pieces_than_are_due_is_not_taken() -> None:
    """The engine was asked of two shipments at once, and both times of the first pieces: 33 and 34 are taken off."""
    world = shop()
    sale(world, {"MUG": 3}, off=100)
    first, second = picked_all(world)
    answers = [
        by_table(asked) for id in (first, second) if (asked := world.shop.see(tax_request(id, policy=POLICY))(NOW))
    ]
    known = [answer for answer in answers if isinstance(answer, TaxAnswer)]
    said = [
        world.ask(invoice(id, policy=POLICY, answer=answer)) for id, answer in zip((first, second), known, strict=True)
    ]

    assert codes(said[-1]) == [InvoiceCode.OUTDATED]
    assert isinstance(world.ask(invoice(second, policy=POLICY)), Accepted)


TWO_TAXES = RuleSet(
    version="two", regime=Anywhere(), rates=(Rate("*", "CITY", "0.036"), Rate("*", "STATE", "0.065")), scheme="line"
)
MIXED = st.tuples(st.integers(1, 6), st.integers(0, 6), st.sampled_from((1, 7, 1_000, 123_457)))
"""Pieces of a line, those of them that are discounted, and the price of one: yen, dollars, dinars."""


def mixed_sale(world: World, sold: tuple[int, int, int], offs: list[int], mode: PriceMode) -> Order:
    """Sell pieces of a line of which only the first are discounted, by us and by a third party."""
    pieces, dear, price = sold
    made = attrs.evolve(make_order("o", pool="web", skus=("MUG",)), region="DE-BY", price_mode=mode)
    (line,) = made.lines
    made = attrs.evolve(made, lines=(attrs.evolve(line, price_minor=price),))
    whole = price * pieces
    ours = offs[0] * whole // 100
    theirs = offs[1] * (whole - ours) // 100
    discounts = (
        Discount(id="spring", amount_minor=ours, line="1"),
        Discount(id="coupon", amount_minor=theirs, line="1", funder=Funder.THIRD_PARTY),
    )
    made = made.discounted({"1": pieces}, discounts)
    assert isinstance(world.ask(place(made, {"1": pieces + dear})), Accepted)
    world.ask(allocate("o"))
    return made


@given(
    sold=MIXED,
    offs=st.lists(st.integers(0, 100), min_size=2, max_size=2),
    mode=st.sampled_from(PriceMode),
    parts=st.lists(st.integers(1, 4) | st.sets(st.integers(0, 11), min_size=1, max_size=3), max_size=6),
)
def test_a_credit_takes_what_its_own_pieces_cost(
    sold: tuple[int, int, int], offs: list[int], mode: PriceMode, parts: list[int | set[int]]
) -> None:
    """Each at its own price, discount and tax, where dear and cheap ones share a line; and nothing is left of all."""
    world = World(stock=12)
    order = mixed_sale(world, sold, offs, mode)
    (id,) = picked_all(world)
    policy = attrs.evolve(POLICY, engine=lambda request: quote(request, TWO_TAXES))
    world.ask(invoice(id, policy=policy))
    for number, wanted in enumerate(parts):
        some = {"1": wanted} if isinstance(wanted, int) else {}
        named = [] if isinstance(wanted, int) else [Pieces("1", each, each + 1) for each in sorted(wanted)]
        world.ask(credit(f"n{number}", shipment=id, quantities=some, named=named, policy=policy))
    world.ask(credit("rest", shipment=id, policy=policy))

    first, *notes = papers_of(world.ledger, "o")
    price = order.line_by_id["1"].price
    base = first.tax.gross_minor if mode is PriceMode.INCLUSIVE else first.tax.net_minor
    for note in notes:
        ranges = [(each.start, each.stop) for each in note.pieces]
        own = sum(price.paid_minor(*each) for each in ranges)
        off = [amount for each in ranges for amount in zip(price.discounts, price.discounts_minor(*each), strict=True)]
        theirs = sum(amount for discount, amount in off if discount.funder is Funder.THIRD_PARTY)
        tax = note.tax
        assert -(tax.gross_minor if mode is PriceMode.INCLUSIVE else tax.net_minor) == own + theirs
        assert -tax.funded_minor == theirs
        for code, amount in tax.by_code.items():
            exact = Fraction(first.tax.by_code[code] * (own + theirs), base or 1)
            assert abs(-amount - exact) < sum(stop - start for start, stop in ranges) + 1
    assert nonzero(world) == {}
    assert sum(paper.tax.funded_minor for paper in papers_of(world.ledger, "o")) == 0


def followed(world: World, policy: InvoicePolicy = POLICY) -> None:
    """Ask for all that follows for papers from the journal so far, of each entry again each time."""
    for entry in [recorded.entry for recorded in run(world.shop.store.since(0, 10_000))]:
        for request in (*late_invoices_of(entry, policy=policy), *credits_of(entry, policy=policy)):
            world.ask(request)


def live(papers: Iterable[Invoice]) -> dict[int, int]:
    """Return how often each piece of the one line is on papers and was not credited."""
    held: dict[int, int] = {}
    for paper in papers:
        sign = -1 if paper.role is PaperKind.CREDIT_NOTE else 1
        for number in [number for each in paper.pieces for number in range(each.start, each.stop)]:
            held[number] = held.get(number, 0) + sign
    return {number: times for number, times in held.items() if times}


HAPPENINGS = st.lists(
    st.tuples(st.sampled_from(("lost", "found", "back", "follow", "follow")), st.integers(1, 4)), max_size=10
)


@given(sold=MIXED, offs=st.lists(st.integers(0, 100), min_size=2, max_size=2), steps=HAPPENINGS, down=st.booleans())
def test_each_piece_that_is_kept_is_on_one_paper_that_stands(
    sold: tuple[int, int, int], offs: list[int], steps: list[tuple[str, int]], *, down: bool
) -> None:
    """Lost, found and brought back in any order, before and after papers were written: papers sum to what is kept."""
    world = World(stock=12)
    order = mixed_sale(world, sold, offs, PriceMode.INCLUSIVE)
    (id,) = picked_all(world)
    flat = attrs.evolve(POLICY, engine=lambda request: quote(request, TWO_TAXES))
    policy = attrs.evolve(flat, engine=standing_in(nobody, other=flat.engine)) if down else flat
    world.ask(invoice(id, policy=policy))
    for number, (what, pieces) in enumerate(steps):
        match what:
            case "lost":
                world.tell(lost(id, {"1": pieces}, id=f"{number}"))
            case "found":
                world.tell(found(id, {"1": pieces}, id=f"{number}"))
            case "back":
                world.tell(returned(f"{number}", node="dc", order="o", lines={"1": pieces}))
            case _:
                followed(world, policy)
    followed(world, policy)
    followed(world, policy)

    papers = papers_of(world.ledger, "o")
    kept = [line_account(state, id) for state in (LineState.SHIPPED, LineState.DELIVERED)]
    held = live(papers)
    price = order.line_by_id["1"].price
    assert set(held.values()) <= {1}
    assert len(held) == world.ledger.balance(order.unit("1"), tuple(kept))
    assert sum(paper.tax.customer_minor for paper in papers) == sum(price.paid_minor(n, n + 1) for n in held)
    numbers = sorted(paper.number for paper in papers)
    assert numbers == [f"R2026-{number:06}" for number in range(1, len(papers) + 1)]


def test_what_is_found_after_its_credit_is_on_a_second_invoice() -> None:
    """Of its own number, date and tax, and it is of the same shipment; and a credit of both is a note of each."""
    world = World(stock=9)
    sale(world, {"MUG": 3}, off=100)
    (id,) = picked_all(world)
    world.ask(invoice(id, policy=POLICY))
    world.tell(lost(id, {"1": 2}, id="l"))
    followed(world)
    world.tell(found(id, {"1": 1}, id="f"))
    followed(world)
    world.ask(credit("all", shipment=id, policy=POLICY))

    papers = papers_of(world.ledger, "o")
    assert [(paper.role.value, paper.number[-1], paper.of[-1:]) for paper in papers] == [
        ("invoice", "1", ""),
        ("credit_note", "2", "1"),
        ("credit_note", "4", "1"),
        ("invoice", "3", ""),
        ("credit_note", "5", "3"),
    ]
    assert {paper.shipment for paper in papers} == {id}
    assert [paper.tax.gross_minor for paper in papers] == [2900, -1934, -966, 967, -967]
    assert nonzero(world) == {}


def test_what_was_given_away_is_not_invoiced_again_with_what_came_late() -> None:
    """A piece credited as a favor stays with the customer; the late one alone is owed, its tax may be asked first."""
    world = World(stock=9)
    sale(world, {"MUG": 3})
    (id,) = picked_all(world)
    world.tell(lost(id, {"1": 1}, id="l"))
    assert codes(world.ask(invoice_late("x", shipment=id, quantities={"1": 1}, policy=POLICY))) == [
        InvoiceCode.UNKNOWN_INVOICE
    ]
    world.ask(invoice(id, policy=POLICY))
    world.ask(credit("favor", shipment=id, quantities={"1": 1}, policy=POLICY))
    world.tell(found(id, {"1": 1}, id="f"))
    asked = world.shop.see(tax_request(id, policy=POLICY, late={"1": 1}, note="f"))(NOW)
    assert asked is not None
    answer = by_table(asked)
    assert isinstance(answer, TaxAnswer)
    late = invoice_late("f", shipment=id, quantities={"1": 1}, policy=POLICY, answer=answer)
    assert isinstance(world.ask(late), Accepted)

    assert [paper.tax.lines[0].quantity for paper in papers_of(world.ledger, "o")] == [2, -1, 1]


def test_a_late_invoice_is_trued_up_by_its_own_id() -> None:
    """Its tax stood in for a service that was down; the first invoice is as it was."""
    careful = attrs.evolve(POLICY, engine=standing_in(nobody, other=lambda r: quote(r, TWO_TAXES)))
    world = World(stock=9)
    sale(world, {"MUG": 2})
    (id,) = picked_all(world)
    world.tell(lost(id, {"1": 1}, id="l"))
    world.ask(invoice(id, policy=POLICY))
    world.tell(found(id, {"1": 1}, id="f"))
    asked = world.shop.see(tax_request(id, policy=careful, late={"1": 1}, note="f"))(NOW)
    assert asked is not None
    world.ask(invoice_late("f", shipment=id, quantities={"1": 1}, policy=careful))
    truth = by_table(asked)
    assert isinstance(truth, TaxAnswer)
    assert isinstance(world.ask(settle_tax(asked.document, truth, policy=careful)), Accepted)

    first, late, change = papers_of(world.ledger, "o")
    assert (first.notes, late.notes, change.of) == ((), (change.id,), late.number)
    assert late.tax.tax_minor + change.tax.tax_minor == first.tax.tax_minor
