"""What must be true of a life of orders after each step: the laws, each by the name that a broken one is told by.

They look from outside, at balances by account and at the journal; none asks the code that it checks for its opinion.
"""

from collections.abc import Callable, Mapping

from tests.laws.invariants import (
    check_conservation,
    check_goods_under_way,
    check_lines_add_up,
    check_open_lines_have_claims,
    check_parts_are_counted,
)
from tests.laws.world import SKUS, Step
from tests.lives.life import STEP_LAWS, Broken, Life
from tests.lives.money import check_money_of_now
from unicommerce.fulfillment import attempts_key, collection_key
from unicommerce.inventory import CUSTOMER, GoodsState, goods, on_hand
from unicommerce.ledger import Account
from unicommerce.orders import LINE_MOVES, LineState, Order, order_status, quantities_by_state, standing

__all__ = ["LAWS", "check_laws", "drawn"]

S = LineState
CLAIMED = (S.PENDING, S.OPEN, S.BACKORDERED, S.ALLOCATED, S.PICKED, S.PACKED, S.READY)
"""Where pieces stand for which goods are set aside."""

LEAST_FIRST = (*CLAIMED[:-1], S.SHIPPED, S.READY, S.DELIVERED, S.COLLECTED, S.RETURNED, S.LOST)
"""The status of an order is the first of these that holds a piece; else it is canceled."""

STATES = (GoodsState.SELLABLE, GoodsState.HELD, GoodsState.RESERVED, GoodsState.DAMAGED, GoodsState.QUARANTINE)


def each_unit_sums_to_zero(life: Life) -> None:
    """Over whole accounts nothing is made or lost, and each kept total is the sum of its parts."""
    check_conservation(life.ledger)
    check_parts_are_counted(life.ledger)


def no_move_is_outside_the_table(life: Life) -> None:
    """No piece of a line has moved in a way that the table does not know."""
    while life.fresh:
        entry = life.fresh.pop()
        for _, unit, source, target in entry.movements:
            if unit.startswith("line:"):
                assert S(target.state) in LINE_MOVES[S(source.state)], (entry.id, source, target)


def an_open_line_has_a_claim(life: Life) -> None:
    """Pieces that are to come are claimed where they stand, and nobody else claims any."""
    check_open_lines_have_claims(life)
    for sku in SKUS:
        wanted = sum([_standing(life, order, sku, *CLAIMED) for order in life.orders])
        places = [f"pool:{pool.id}" for pool in life.network.pools] + [node.id for node in life.network.nodes]
        there = life.ledger.balance(goods(sku), tuple([Account(place, GoodsState.RESERVED) for place in places]))
        assert there == wanted, f"{there} of {sku} are claimed, for {wanted}"


def _standing(life: Life, order: Order, sku: str, *states: LineState) -> int:
    lines = [order.unit(line.id) for line in order.lines if line.sku == sku]
    return sum([standing(life.ledger, unit, state) for unit in lines for state in states])


def goods_are_where_their_lines_are(life: Life) -> None:
    """What is under way, and what customers have, is what lines say, but for what came back blind."""
    check_goods_under_way(life)
    for sku in SKUS:
        had = sum([_standing(life, order, sku, S.DELIVERED, S.COLLECTED) for order in life.orders]) - life.blind[sku]
        held = life.ledger.balance(goods(sku), (CUSTOMER,))
        assert held == had, f"customers have {held} of {sku}, and should have {had}"


def on_hand_is_the_sum_of_its_states(life: Life) -> None:
    """What a node has is in one state each, and nothing is set aside or apart that is not there."""
    for node in life.network.nodes:
        for sku in SKUS:
            held = {state: life.ledger.balance(goods(sku), (Account(node.id, state),)) for state in STATES}
            assert on_hand(life.ledger, node=node.id, sku=sku) == sum(held.values()), (node.id, sku)
            assert min([held[state] for state in STATES if state != GoodsState.SELLABLE]) >= 0, (node.id, sku, held)


def status_is_derived(life: Life) -> None:
    """The status of an order is the least advanced state that holds a piece of it."""
    for order in life.orders:
        held = {state for line in order.lines for state in quantities_by_state(life.ledger, order.unit(line.id))}
        least = next((state for state in LEAST_FIRST if state in held), S.CANCELED)
        status = life.shop.see(order_status(order.id))
        assert status is not None, order.id
        assert status.status == least, (order.id, status.status, held)


def what_waits_is_due(life: Life) -> None:
    """Somebody is to look at what waits at a counter, and at nothing else."""
    for shipment in life.shipments:
        known = life.ledger.document(collection_key(shipment.id))
        is_due = known is not None and known.due_at is not None
        assert is_due == bool(life.standing(shipment, S.READY)), (shipment.id, known)


def what_is_pending_is_held(life: Life) -> None:
    """Of an order that nothing holds nothing is pending."""
    for order in life.orders:
        if not life.holds(order.id).holds:
            for line in order.lines:
                assert not standing(life.ledger, order.unit(line.id), S.PENDING), (order.id, line.id)


def money_is_right(life: Life) -> None:
    """Stock is worth what we have, what was sold cost what customers have, and each order owes its price."""
    life.do(Step("post"))
    check_money_of_now(life, life.blind)


def attempts_are_remembered(life: Life) -> None:
    """Whatever a node has given back is on record with the order, and why."""
    for told in life.turned_down:
        attempts = life.ledger.document(attempts_key(told.order))
        known = [each[:4] for each in attempts.rejections] if attempts else []
        about = (told.shipment, told.node, told.sku, told.reason)
        assert about in known or (*about[:2], "", told.reason) in known, told


LAWS: Mapping[str, Callable[[Life], None]] = {
    "ordered is the sum over the states": check_lines_add_up,
    "each unit sums to zero": each_unit_sums_to_zero,
    "no move is outside the one table": no_move_is_outside_the_table,
    "an open line has a claim": an_open_line_has_a_claim,
    "goods are where their lines are": goods_are_where_their_lines_are,
    "on hand is the sum of its states": on_hand_is_the_sum_of_its_states,
    "status is derived": status_is_derived,
    "what waits is due": what_waits_is_due,
    "what is pending is held": what_is_pending_is_held,
    "attempts are remembered": attempts_are_remembered,
    "money is right": money_is_right,
}
"""By name, those first that say most directly what is wrong."""


def check_laws(life: Life) -> None:
    """Raise by its name the first law that does not hold."""
    for name, check in LAWS.items():
        try:
            check(life)
        except AssertionError as error:
            raise Broken(name, error) from error


def drawn() -> str:
    """Return all laws of lives as a table: those of any moment, and those of a step."""
    rows = {name: (check.__doc__ or "").partition("\n")[0] for name, check in LAWS.items()} | STEP_LAWS
    return "\n".join(["| law | what it says |", "|---|---|", *[f"| {name} | {says} |" for name, says in rows.items()]])
