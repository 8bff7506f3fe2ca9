"""How every order comes to its end once nothing breaks any more, and in how many rounds."""

from tests.fulfillment.test_matrix import hand_over
from tests.laws.world import SKUS
from tests.lives.life import NODES, POLICY, Broken, Life
from tests.lives.rules import check_laws
from unicommerce.fulfillment import allocate, cancel, make_good
from unicommerce.inventory import received
from unicommerce.orders import is_final, order_status

__all__ = ["MOST_ROUNDS", "comes_to_an_end"]

MOST_ROUNDS = 4
"""Two in which nodes are asked for what is open, and two in which people cancel what no node may be asked for."""


def comes_to_an_end(life: Life) -> int:
    """Serve what is still to come, and return in how many rounds; raise where those are too many."""
    for number, node in enumerate(NODES):
        life.open(number, 0, 0)
        life.tell(received(f"more {node.id}", node=node.id, quantities=dict.fromkeys(SKUS, 20)))
    for number in range(1, MOST_ROUNDS + 1):
        life.time_passes(0, 0, 4)
        for shipment in life.shipments:
            life.ask(make_good(shipment.id, id=f"round {number}"))
        for order in life.orders:
            id = f"round {number}"
            life.ask(allocate(order.id, id=id) if number < 3 else cancel(order.id, id=id, policy=POLICY))
        for shipment in life.shipments:
            hand_over(life, shipment, f"round {number}")
        check_laws(life)
        if all(_is_done(life, order.id) for order in life.orders):
            return number
    left = [life.shop.see(order_status(order.id)) for order in life.orders if not _is_done(life, order.id)]
    raise Broken("every order ends", left)


def _is_done(life: Life, order: str) -> bool:
    status = life.shop.see(order_status(order))
    return status is not None and is_final(status)
