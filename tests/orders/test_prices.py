"""What an order costs: discounts on its lines, kept by every later change, and what is paid for any of its pieces."""

import json

import attrs
import pytest

from tests.laws.world import NOW, World, make_order
from unicommerce.catalog import Catalog, Component, Product
from unicommerce.codec import Codec
from unicommerce.errors import InvalidValue
from unicommerce.fulfillment import Change, amend, place, revise, shipped
from unicommerce.ledger import Accepted
from unicommerce.orders import Order, OrderLine, exploded, order_key
from unicommerce.pricing import Charge, ChargeKind, Discount, LineDiscount, PriceMode
from unicommerce.refunds import refundable_of

SPRING = Discount(id="spring", amount_minor=100)
BARE = make_order("o", pool="web", skus=("MUG", "CUP"), price_minor=999)
PIECES = {"1": 3, "2": 1}
EXPRESS = Charge("express", ChargeKind.SHIPPING, 500)
ORDER = attrs.evolve(BARE.discounted(PIECES, [SPRING]), charges=(EXPRESS,), price_mode=PriceMode.EXCLUSIVE)


def test_a_discount_of_the_order_is_on_its_lines() -> None:
    """To the cent; charges are beside it."""
    assert [line.discounts[0].amount_minor for line in ORDER.lines] == [75, 25]
    assert refundable_of(ORDER, PIECES).gross_minor == refundable_of(BARE, PIECES).gross_minor - 100 + 500
    assert sum([ORDER.paid_minor("1", piece, piece + 1) for piece in range(3)]) == 3000 - 75


def test_an_order_without_prices_of_now_reads_as_before() -> None:
    """Older journals do not have the fields; they are at their defaults."""
    document = json.loads(Codec().encode(BARE))
    del document["charges"], document["price_mode"]
    for line in document["lines"]:
        del line["discounts"], line["discounted"]

    assert Codec().decode_document(document) == BARE


def test_an_order_with_discounts_and_charges_comes_back_as_it_was() -> None:
    """From its bytes."""
    assert Codec().decode_document(Codec().encode(ORDER)) == ORDER


def placed() -> World:
    """Return a shop with the order, of which one mug has left."""
    world = World()
    world.ask(place(ORDER, PIECES))
    world.tell(shipped("o/1", {"1": 1}))
    return world


def order_of(world: World) -> Order:
    """Return the order as it is on record."""
    order = world.ledger.document(order_key("o"))
    assert order is not None
    return order


@pytest.mark.parametrize("pieces", [1, 2, 4])
def test_amended_the_pieces_keep_their_shares(pieces: int) -> None:
    """What is added costs the price; what is taken back takes its share of the discount with it."""
    world = placed()
    before = [order_of(world).paid_minor("1", piece, piece + 1) for piece in range(4)]
    assert isinstance(world.ask(amend("o", {"1": pieces}, id="a")), Accepted)

    assert [order_of(world).paid_minor("1", piece, piece + 1) for piece in range(4)] == before
    assert before == [975, 975, 975, 1000]


def test_revised_in_its_address_an_order_keeps_its_discounts() -> None:
    """They are of its lines, whatever else of it changes."""
    world = placed()
    assert isinstance(world.ask(revise("o", Change(service="express"), id="r")), Accepted)

    assert order_of(world).lines == ORDER.lines
    assert order_of(world).charges == ORDER.charges


def test_a_lower_price_leaves_a_discount_no_more_than_there_is() -> None:
    """Nobody is paid for taking a piece."""
    world = placed()
    assert isinstance(world.ask(revise("o", Change(prices={"2": 10}), id="r")), Accepted)
    line = order_of(world).line_by_id["2"]

    assert (line.price_minor, line.discounts) == (10, (LineDiscount("spring", 10),))


def test_components_of_a_kit_share_its_discount() -> None:
    """In proportion to their shares of its price, and to the cent for any number of kits."""
    kit = Product(sku="SET", components=(Component("MUG", 2), Component("CUP", 1)))
    line = OrderLine(id="1", sku="SET", price_minor=1000, discounts=(LineDiscount("spring", 101),), discounted=3)
    order, pieces = exploded(attrs.evolve(BARE, lines=(line,)), {"1": 3}, Catalog(products=(kit,)))

    assert refundable_of(order, pieces).gross_minor == 3 * 1000 - 101
    assert all(part.discounted == pieces[part.id] for part in order.lines)


@pytest.mark.parametrize(
    "wrong",
    [
        {"discounts": (LineDiscount("a", 10),)},
        {"discounts": (LineDiscount("a", 1001),), "discounted": 1},
        {"discounts": (LineDiscount("a", -1),), "discounted": 1},
        {"discounted": -1},
    ],
    ids=["of no pieces", "of more than the price", "below zero", "of fewer than no pieces"],
)
def test_a_discount_that_cannot_be_is_an_error(wrong: dict[str, object]) -> None:
    """Where data enters."""
    with pytest.raises(InvalidValue):
        OrderLine(id="1", sku="MUG", price_minor=1000, **wrong)  # type: ignore[arg-type]


def test_a_charge_has_an_id_of_its_own() -> None:
    """Refunds name it."""
    twice = (Charge("express", ChargeKind.SHIPPING, 500), Charge("express", ChargeKind.FEE, 1))
    with pytest.raises(InvalidValue):
        attrs.evolve(ORDER, charges=twice, placed_at=NOW)
