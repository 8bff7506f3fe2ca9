"""The words in which lives of an order are told: given stock, asked or told, then; and how each life has to end."""

from collections import Counter
from collections.abc import Mapping

import attrs

from tests.laws.invariants import (
    check_conservation,
    check_goods_under_way,
    check_line_moves,
    check_lines_add_up,
    check_open_lines_have_claims,
    check_parts_are_counted,
)
from tests.laws.world import NETWORK, PRODUCTS, World, make_order
from tests.lives.money import blind_returns, check_money
from unicommerce.catalog import Catalog, Channel, Component, Product, Tracking
from unicommerce.counts import MISSING
from unicommerce.fulfillment import FulfillmentPolicy, place
from unicommerce.inventory import CUSTOMER, Lot, goods, on_hand, received
from unicommerce.ledger import Accepted, Decision, Ledger, Refused, Request, Telling, is_part
from unicommerce.orders import LineState, Order, line_unit, quantities_by_state

CATALOG = Catalog(
    network=NETWORK,
    products=(
        *PRODUCTS,
        Product(sku="SET", components=(Component("MUG", 1), Component("CUP", 2))),
        Product(sku="MILK", weight_g=1000, cost_minor=89, tracking=Tracking.LOT),
    ),
    channels=(Channel(id="fresh", pool="web", minimum_life_days=5), Channel(id="market", pool="web")),
)
AT_REST = ("sellable", "quarantine", "damaged")
WITH_CUSTOMER = (LineState.DELIVERED, LineState.COLLECTED)
DONE = (*WITH_CUSTOMER, LineState.CANCELED, LineState.RETURNED, LineState.LOST)


class Shop(World):
    """A shop whose books are looked at after each step."""

    def ask(self, request: Request[Catalog]) -> Decision:
        """Ask, and look."""
        answer = super().ask(request)
        self._look()
        return answer

    def tell(self, telling: Telling[Catalog]) -> Accepted:
        """Tell, and look."""
        answer = super().tell(telling)
        self._look()
        return answer

    def _look(self) -> None:
        check_conservation(self.ledger)
        check_lines_add_up(self)
        if all(each.order in {order.id for order in self.orders} for each in self.shipments):
            check_goods_under_way(self)

    def yes(self, request: Request[Catalog]) -> Accepted:
        """Ask what has to be accepted."""
        answer = self.ask(request)
        assert isinstance(answer, Accepted), answer
        return answer

    def no(self, request: Request[Catalog]) -> Refused:
        """Ask what has to be refused."""
        answer = self.ask(request)
        assert isinstance(answer, Refused), answer
        return answer

    def order(
        self, pieces: Mapping[str, int], *, id: str = "o", policy: FulfillmentPolicy = FulfillmentPolicy(), **more: str
    ) -> Order:
        """Take an order of pieces by SKU; what is on record of it (kits taken apart) is returned."""
        order = attrs.evolve(make_order(id, pool="web", skus=tuple(pieces), at=self.now), **more)  # type: ignore[arg-type]
        self.yes(place(order, {line.id: pieces[line.sku] for line in order.lines}, policy=policy))
        document = self.ledger.document(order.key)
        assert document is not None
        self.orders.append(document)
        return document


def given(**by_node: Mapping[str, int]) -> Shop:
    """Return a shop whose nodes have these pieces by SKU."""
    shop = Shop(CATALOG, stock=0)
    for node, quantities in by_node.items():
        shop.tell(received(f"opening {node}", node=node, quantities=quantities))
    return shop


def lines(shop: World, order: str = "o") -> dict[str, dict[str, int]]:
    """Return where the pieces of each line stand."""
    (document,) = [each for each in shop.orders if each.id == order]
    held = {line.id: quantities_by_state(shop.ledger, line_unit(order, line.id)) for line in document.lines}
    return {line: {state.value: quantity for state, quantity in some.items()} for line, some in held.items()}


def shelf(shop: World, node: str, sku: str = "MUG") -> int:
    """Return the pieces on hand at a node."""
    return on_hand(shop.ledger, node=node, sku=sku)


def ends_right(shop: World) -> None:
    """Raise where something is left over: goods, claims, lines, what is due, or money."""
    check_conservation(shop.ledger)
    check_parts_are_counted(shop.ledger)
    check_lines_add_up(shop)
    check_line_moves(shop)
    check_open_lines_have_claims(shop)
    _lines_are_done(shop)
    _goods_are_at_rest(shop)
    _customers_have_their_goods(shop)
    check_money(shop)
    assert not [each for each in shop.ledger.due(2**53, 9) if not isinstance(each, Lot)], "something is due"
    assert Ledger.replay(shop.journal()).snapshot() == shop.ledger.snapshot()


def _lines_are_done(shop: World) -> None:
    for order in shop.orders:
        for line in order.lines:
            left = set(quantities_by_state(shop.ledger, order.unit(line.id))) - set(DONE)
            assert not left, f"line {line.id} of {order.id} is {sorted(left)}"


def _goods_are_at_rest(shop: World) -> None:
    """Goods stand at nodes, unclaimed and not below zero, or outside; none are under way, awaited or set aside."""
    nodes, outside = set(shop.network.node_by_id), {"supplier", "customer", "loss"}
    for unit, book in shop.ledger.snapshot().balances.items():
        for account, held in book.items() if unit.startswith("sku:") else ():
            is_here = account.place in nodes and account.state in AT_REST and held > 0
            is_here |= account.place in nodes and account.state == MISSING
            assert is_part(account) or is_here or account.place in outside, f"goods left: {unit} {account} {held}"


def _with_customers(shop: World) -> Counter[str]:
    had = Counter[str]()
    for order in shop.orders:
        for line in order.lines:
            held = quantities_by_state(shop.ledger, order.unit(line.id))
            had[line.sku] += sum([held.get(state, 0) for state in WITH_CUSTOMER])
    return had


def _customers_have_their_goods(shop: World) -> None:
    had, blind = _with_customers(shop), blind_returns(shop)
    for product in CATALOG.products:
        held = shop.ledger.balance(goods(product.sku), (CUSTOMER,))
        assert held == had[product.sku] - blind[product.sku], f"customers have {held} {product.sku}"
