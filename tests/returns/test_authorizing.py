"""What may come back, until when, where to; and what is kept, exchanged or odd."""

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.laws.world import CATALOG, World, make_order
from unicommerce.catalog import Node, Product
from unicommerce.errors import InvalidValue
from unicommerce.fulfillment import delivered, place
from unicommerce.ledger import Accepted, Decision, Reason, Refused, Request
from unicommerce.returns import (
    CustomerReturns,
    Exchanged,
    Return,
    ReturnCode,
    ReturnPolicy,
    ReturnReason,
    ReturnWindow,
    SignalPolicy,
    WayBack,
    authorize,
    brought_to,
    return_key,
    returned,
    rma_key,
    signals,
    swap,
    swap_key,
)
from unicommerce.routing import Band, RoutingPolicy

TODAY, FRESH, OLD = "2026-11-23", "2026-11-20", "2026-10-01"


def at_home(quantity: int = 3) -> World:
    """Return a shop whose order of mugs at 12.00 is with its customer."""
    world, order = World(), make_order("o", pool="web", skus=("MUG",))
    lines = tuple([attrs.evolve(line, price_minor=1200) for line in order.lines])
    world.ask(place(attrs.evolve(order, lines=lines), {"1": quantity}))
    for shipment in world.shipments:
        world.tell(delivered(shipment.id))
    return world


def wish(
    pieces: int, id: str = "rma", *, on: str = FRESH, why: ReturnReason = ReturnReason.CHANGED_MIND, **more: object
) -> Request[object]:
    """Ask that mugs may come back."""
    return authorize(id, order="o", lines={"1": pieces}, delivered_on=on, reason=why, **more)  # type: ignore[arg-type,return-value]


def said(answer: Decision) -> dict[str, str]:
    """Return what is said of whom."""
    return {reason.subject: reason.code.name for reason in answer.because}


def test_pieces_may_come_back_to_the_node_that_it_is_cheapest_to_bring_them_to() -> None:
    """Each node has one reason, and the document says until when and how."""
    world = at_home()
    answer = world.ask(wish(2))
    rma = world.ledger.document(rma_key("rma"))

    assert isinstance(answer, Accepted)
    assert rma is not None
    assert (rma.node, rma.way_back, rma.refunds_at_once) == ("north", WayBack.LABEL, False)
    assert said(answer) == {"dc": "DEARER", "north": "TAKES", "south": "DEARER", "booth": "DEARER", "shut": "CLOSED"}


def test_no_piece_is_authorized_twice_and_none_that_is_not_out() -> None:
    """Of three, two and one; a fourth is nobody's."""
    world = at_home()
    world.ask(wish(2, "a"))
    answer = world.ask(wish(2, "b"))

    assert isinstance(answer, Refused)
    assert answer.because[0][:4] == (ReturnCode.NOT_WITH_CUSTOMER, "line:o/1", 1, 2)
    assert isinstance(world.ask(wish(1, "c")), Accepted)
    world.tell(returned("r", node="dc", order="o", lines={"1": 2}, rma="a"))
    assert isinstance(world.ask(wish(1, "d")), Refused)


def test_the_window_counts_unless_it_was_our_fault() -> None:
    """The last day is inside; a damaged mug may come back when it is found to be."""
    world, week = at_home(), ReturnPolicy(windows=(ReturnWindow(3),))

    assert isinstance(world.ask(wish(1, "a", policy=week)), Accepted)
    late = world.ask(wish(1, "b", on=OLD, policy=week))
    assert said(late) == {"line:o/1": "WINDOW_OVER"}
    assert late.because[0][2:4] == ("2026-10-04", TODAY)
    assert isinstance(world.ask(wish(1, "b", on=OLD, why=ReturnReason.DAMAGED, policy=week)), Accepted)


def test_what_was_sold_for_good_stays_sold_unless_it_was_another_thing() -> None:
    """Hygiene is no reason to keep the wrong item."""
    world, final = at_home(), ReturnPolicy(final_sale=("MUG",))

    assert said(world.ask(wish(1, "a", policy=final))) == {"MUG": "FINAL_SALE"}
    assert isinstance(world.ask(wish(1, "a", why=ReturnReason.WRONG_ITEM, policy=final)), Accepted)


def test_what_is_worth_less_than_its_way_back_is_kept() -> None:
    """The money goes back at once, and nothing is to be brought."""
    world, kind = at_home(), ReturnPolicy(keep_below_minor=2400)
    answer = world.ask(wish(2, "a", policy=kind))
    rma = world.ledger.document(rma_key("a"))

    assert said(answer) == {"o": "KEPT"}
    assert rma is not None
    assert (rma.way_back, rma.node, rma.refunds_at_once) == (WayBack.KEEP, "", True)
    assert said(world.ask(wish(1, "b", policy=attrs.evolve(kind, keep_below_minor=1199)))) != {"o": "KEPT"}


def test_nodes_that_are_not_fit_or_that_nobody_goes_to_do_not_take_it() -> None:
    """Glass needs care, and a rate card that ends is a border."""
    network = attrs.evolve(CATALOG.network, nodes=tuple([_fit(node) for node in CATALOG.network.nodes]))
    catalog = attrs.evolve(CATALOG, network=network, products=(Product(sku="MUG", requires=("glass",)),))
    near = RoutingPolicy(bands=(Band(20_000, 450, 60, 1),))
    to, because = brought_to(catalog, make_order("o", pool="web", skus=("MUG",)), ["MUG"], near)

    assert to == "south"
    assert {reason.subject: reason.code.name for reason in because} == {
        "dc": "TOO_FAR",
        "north": "NOT_EQUIPPED",
        "south": "TAKES",
        "booth": "NOT_EQUIPPED",
        "shut": "CLOSED",
    }


def _fit(node: Node) -> Node:
    return attrs.evolve(node, handles=("glass",) if node.id in ("dc", "south") else ())


@given(away=st.sampled_from(["north", "south", "booth"]))
def test_removing_a_node_that_was_not_chosen_changes_nothing(away: str) -> None:
    """The choice rests on the best, and the others' reasons on it."""
    order = make_order("o", pool="web", skus=("MUG",))
    best, because = brought_to(CATALOG, order, ["MUG"], RoutingPolicy())
    nodes = tuple([n if n.id != away else attrs.evolve(n, is_open=False) for n in CATALOG.network.nodes])
    fewer = attrs.evolve(CATALOG, network=attrs.evolve(CATALOG.network, nodes=nodes))
    again, fewer_because = brought_to(fewer, order, ["MUG"], RoutingPolicy())

    if away != best:
        assert again == best
        assert [r for r in because if r.subject != away] == [r for r in fewer_because if r.subject != away]


def test_what_comes_beyond_an_authorization_is_taken_and_named() -> None:
    """Two were announced and three came."""
    world = at_home()
    world.ask(wish(2))
    answer = world.tell(returned("r", node="south", order="o", lines={"1": 3}, rma="rma"))
    document = world.ledger.document(return_key("r"))

    assert answer.because == (Reason(ReturnCode.NOT_AUTHORIZED, "rma", 2, 3, "line 1"),)
    assert document == Return(id="r", node="south", order="o", rma="rma")


@pytest.mark.parametrize(("worth", "refund", "owed"), [(1200, 0, 0), (2000, 800, 0), (700, 0, 500)])
def test_an_exchange_settles_by_its_difference(worth: int, refund: int, owed: int) -> None:
    """The new order is placed as any other, in one entry with what settles it."""
    world = at_home()
    world.ask(wish(1))
    new = make_order("n", pool="web", skus=("CUP",))
    new = attrs.evolve(new, lines=tuple([attrs.evolve(line, price_minor=1200) for line in new.lines]))
    answer = world.ask(swap("rma", new, {"1": 1}, returned_minor=worth))
    document = world.ledger.document(swap_key("n"))

    assert isinstance(answer, Accepted)
    assert isinstance(answer.events[-1], Exchanged)
    assert document is not None
    assert document.settles == (refund, owed)
    assert said(world.ask(swap("nothing", attrs.evolve(new, id="m"), {"1": 1}, returned_minor=0))) == {
        "nothing": "UNKNOWN_RETURN"
    }


def test_of_an_exchange_that_can_not_be_placed_nothing_is_on_record() -> None:
    """There are not that many cups."""
    world = at_home()
    world.ask(wish(1))
    new = make_order("n", pool="web", skus=("CUP",))

    assert isinstance(world.ask(swap("rma", new, {"1": 99}, returned_minor=0)), Refused)
    assert world.ledger.document(swap_key("n")) is None


def test_signs_of_abuse_are_findings_with_numbers() -> None:
    """Of few pieces nothing is odd."""
    odd = CustomerReturns("c", bought=20, returned=13, blind=4, announced=5, received=4, worn=7)

    assert [(reason.code.name, reason.found, reason.needed) for reason in signals([odd])] == [
        ("RETURNS_MUCH", 65, 60),
        ("RETURNS_BLIND", 4, 3),
        ("SENDS_LESS", 4, 5),
        ("WEARS", 7, 13),
    ]
    assert signals([CustomerReturns("d", bought=9, returned=9, blind=3)]) == ()
    assert signals([odd], SignalPolicy(share_percent=65, blind_pieces=4, worn_percent=60)) == signals([odd])[2:3]


@pytest.mark.parametrize("on", ["", "yesterday", "2026-02-30"])
def test_a_day_that_is_none_is_named(on: str) -> None:
    """A named error with the value."""
    with pytest.raises(InvalidValue):
        wish(1, on=on)
