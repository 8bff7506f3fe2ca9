"""What users of other systems complain about in kits and measures, each as a test named for its cause.

The numbers are those of the public issue in which it was reported.
"""

import attrs
import pytest

from tests.laws.world import NETWORK, PRODUCTS, World, make_order
from unicommerce.catalog import Catalog, Component, Measure, Product
from unicommerce.errors import InvalidValue
from unicommerce.fulfillment import cancel, delivered, picked, place, shipped
from unicommerce.inventory import available, goods, received, reserve
from unicommerce.ledger import Accepted, Account, Refused
from unicommerce.orders import Order, OrderLine, kits_by_state, order_key

BUNDLE = Product(sku="SET", components=(Component("MUG", 2), Component("CUP", 1)))
CATALOG = Catalog(network=NETWORK, products=(*PRODUCTS, BUNDLE))


def shop(mugs: int = 100, cups: int = 100) -> World:
    """Return a shop that sells sets, with stock at one node."""
    world = World(CATALOG, stock=0)
    world.tell(received("r", node="dc", quantities={"MUG": mugs, "CUP": cups}))
    return world


def order_of(*skus: str) -> Order:
    """Return an order of one line for each SKU."""
    lines = tuple([OrderLine(id=str(number), sku=sku, price_minor=500) for number, sku in enumerate(skus, 1)])
    return attrs.evolve(make_order("o", pool="web", skus=skus), lines=lines)


def free(world: World, sku: str) -> int:
    """Return what the web shop can still claim."""
    return available(world.ledger, world.shop.catalog, place="pool:web", sku=sku)


def test_magento_1887_a_partly_shipped_bundle_order_canceled_gives_back_exactly_the_rest() -> None:
    """Three bundles ordered, one shipped, the others canceled: 98 and 99 are left, no compensation is missing."""
    world = shop()
    world.ask(place(order_of("SET"), {"1": 3}))
    shipment = world.shipments[0].id
    world.ask(cancel("o", {"1": 2}, id="two"))
    world.tell(shipped(shipment))
    assert (free(world, "MUG"), free(world, "CUP")) == (98, 99)
    assert isinstance(world.ask(cancel("o")), Refused)


def test_magento_1888_the_parent_line_of_a_kit_never_holds_stock() -> None:
    """Only components are claimed: the kit's own SKU has no balance at all, before and after."""
    world = shop()
    world.ask(place(order_of("SET"), {"1": 10}))
    assert (free(world, "MUG"), free(world, "CUP")) == (80, 90)
    world.ask(cancel("o"))
    assert (free(world, "MUG"), free(world, "CUP")) == (100, 100)
    assert goods("SET") not in world.ledger.snapshot().balances


def test_medusa_16502_a_kit_and_its_component_in_one_cart_are_summed_before_the_check() -> None:
    """Two sets and a mug need five mugs; four are there, and the answer names both numbers."""
    world = shop(mugs=4)
    answer = world.ask(place(order_of("SET", "MUG"), {"1": 2, "2": 1}))
    assert isinstance(answer, Refused)
    assert [(reason.code.name, reason.unit, reason.found, reason.needed) for reason in answer.because] == [
        ("SHORT", "MUG", 4, 5)
    ]
    assert (free(world, "MUG"), free(world, "CUP")) == (4, 100)


def test_a_set_whose_mug_is_lost_is_never_called_delivered() -> None:
    """A kit has reached the customer only whole."""
    world = shop()
    world.ask(place(order_of("SET"), {"1": 1}))
    order = world.ledger.document(order_key("o"))
    assert order is not None
    mugs, cups = [line for line, _ in order.kits[0].components]
    shipment = world.shipments[0].id
    world.tell(picked(shipment, {cups: 1, mugs: 1}, short={mugs: 1}))
    world.tell(shipped(shipment))
    world.tell(delivered(shipment))
    assert "delivered" not in kits_by_state(world.ledger, order, "1")


def test_odoo_20784_a_quantity_in_another_measure_is_exact_or_refused() -> None:
    """Thirds of a pack do not round into a piece that nobody has: the value and the field are named."""
    pack = Product(sku="TEA", measures=(Measure("pack", 6), Measure("third", 2)))
    assert pack.in_base(2, "pack") == 12
    with pytest.raises(InvalidValue, match="piece of TEA"):
        pack.in_measure(7, "third")


def test_erpnext_46196_converting_there_and_back_changes_nothing() -> None:
    """Multiplied on the way in, divided on the way out: never the other way round."""
    flour = Product(sku="FLOUR", base="g", measures=(Measure("sack", 25_000), Measure("lb", 45_359_237, 100_000)))
    assert flour.in_measure(flour.in_base(3, "sack"), "sack") == 3
    with pytest.raises(InvalidValue, match="lb of FLOUR"):
        flour.in_base(1, "lb")


def test_weighed_goods_are_whole_grams() -> None:
    """Half a kilogram is 500 grams and is claimed as such; half a gram is refused where it is said."""
    world = World(Catalog(network=NETWORK, products=(Product(sku="CHEESE", base="g"),)), stock=0)
    world.tell(received("r", node="dc", quantities={"CHEESE": 1_250}))
    assert isinstance(world.ask(reserve("c", place="dc", quantities={"CHEESE": 500})), Accepted)
    assert world.ledger.balance(goods("CHEESE"), (Account("dc", "sellable"),)) == 750
    with pytest.raises(InvalidValue, match="quantity of CHEESE"):
        reserve("d", place="dc", quantities={"CHEESE": 0.5})  # type: ignore[dict-item]  # that is the point
