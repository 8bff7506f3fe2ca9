"""Law: what comes back waits or is sold again, once; what comes back of an order was delivered before."""

from hypothesis import given

from tests.laws.world import SKUS, Law, Program, World, programs
from unicommerce.inventory import goods
from unicommerce.orders import LineState, line_account
from unicommerce.returns import Restocked, Returned, awaiting

OPERATIONS = ("place", "deliver", "give_back", "give_back_blind", "restock", "cancel", "post")


def returns_add_up(program: Program) -> None:
    """Raise where goods of a return are restocked twice or vanish, or a line is returned more than was delivered."""
    world = World().run(program)
    came: dict[tuple[str, str, str], int] = {}
    sold: dict[tuple[str, str, str], int] = {}
    for event in [event for _, entry in world.journal() for event in entry.events]:
        if isinstance(event, Returned):
            document = event.document
            for sku, quantity in [*((sku, quantity) for _, sku, quantity, _ in event.lines), *event.blind]:
                came[document.node, document.id, sku] = came.get((document.node, document.id, sku), 0) + quantity
        if isinstance(event, Restocked):
            for sku, quantity in event.items:
                sold[event.node, event.id, sku] = sold.get((event.node, event.id, sku), 0) + quantity
    for (node, id, sku), quantity in came.items():
        waits = world.ledger.balance(goods(sku), (awaiting(node, id),))
        assert 0 <= waits == quantity - sold.get((node, id, sku), 0), (id, sku)
    assert sold.keys() <= came.keys()
    assert {sku for _, _, sku in came} <= set(SKUS)
    for order in world.orders:
        for line in order.lines:
            for state in (LineState.DELIVERED, LineState.RETURNED):
                assert min(world.ledger.parts(order.unit(line.id), line_account(state)).values(), default=0) >= 0


LAW = Law("what comes back is sold again once", programs() | programs(OPERATIONS), returns_add_up)


@given(LAW.cases)
def test_what_comes_back_waits_or_is_sold_again_once(program: Program) -> None:
    """Returns of orders and blind ones, restocked in part, told and asked again at will."""
    LAW.check(program)
