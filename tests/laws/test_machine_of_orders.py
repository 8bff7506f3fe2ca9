"""The life of orders: placed, amended, canceled, allocated, picked, picked short, shipped, delivered, returned, posted.

After every step the laws hold that an end check would miss, because reconciling heals what was wrong in between. A step
may be a fact that hurts (a short pick, a loss, a node that closes): then only our own decisions must not make it worse.
"""

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.laws.invariants import (
    check_books,
    check_conservation,
    check_finance_counts_what_is_there,
    check_goods_under_way,
    check_line_moves,
    check_lines_add_up,
    check_no_worse,
    check_open_lines_have_claims,
    check_parts_are_counted,
    deficits,
)
from tests.laws.world import ORDERS, Distant, Step, World
from unicommerce.fulfillment import capacity_used, node_day
from unicommerce.ledger import Ledger, Memory
from unicommerce.orders import LineState, is_final, line_account, order_status

SMALL = st.integers(0, 7)
PIECES = st.integers(1, 4)
REQUESTS = (
    *ORDERS,
    "place_ahead",
    "place_in_part",
    "claim_ahead",
    "redate",
    "reserve",
    "hold",
    "release",
    "restock",
    "post",
)
MESSAGES = (
    "receive",
    "expect",
    "land",
    "lose",
    "pick",
    "pick_short",
    "ship",
    "deliver",
    "give_back",
    "give_back_blind",
    "adjust",
    "turn",
    "wait",
)
RANK = {state: rank for rank, state in enumerate((LineState.ALLOCATED, LineState.PICKED, LineState.SHIPPED))}


class Orders(RuleBasedStateMachine):
    """A shop on a busy day."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World(stock=0)
        self.gone: dict[tuple[str, str], int] = {}

    @initialize(is_distant=st.booleans(), stock=st.integers(0, 5))
    def open_the_shop(self, *, is_distant: bool, stock: int) -> None:
        """Some stock, near or in another process."""
        self.world = World(stock=stock, store=Distant() if is_distant else Memory())

    @rule(op=st.sampled_from(REQUESTS), a=SMALL, b=SMALL, c=PIECES)
    def ask(self, op: str, a: int, b: int, c: int) -> None:
        """Somebody asks: whatever is answered leaves nothing shorter than it was."""
        before = deficits(self.world.ledger, self.world.network)
        self.world.do(Step(op, a, b, c))
        check_no_worse(before, self.world)

    @rule(op=st.sampled_from(MESSAGES), a=SMALL, b=SMALL, c=PIECES)
    def tell(self, op: str, a: int, b: int, c: int) -> None:
        """Somebody tells: it is taken."""
        self.world.do(Step(op, a, b, c))

    @precondition(lambda self: self.world.shipments)
    @rule(op=st.sampled_from(("pick", "pick_short", "ship", "deliver")), number=st.integers(0, 30))
    def work(self, op: str, number: int) -> None:
        """A node or a carrier reports on one of its shipments."""
        self.world.do(Step(op, number, 0, 1))

    @precondition(lambda self: self.world.told)
    @rule(number=st.integers(0, 60))
    def tell_again(self, number: int) -> None:
        """A message comes once more; the state is what it was."""
        before = self.world.ledger.snapshot()
        telling = list(self.world.told.values())[number % len(self.world.told)]
        self.world.shop.tell(telling, now=self.world.now)
        assert self.world.ledger.snapshot() == before, telling.id

    @rule()
    def post_everything(self) -> None:
        """Finance catches up and counts the pieces that are there."""
        self.world.do(Step("post"))
        check_finance_counts_what_is_there(self.world)

    @invariant()
    def nothing_is_made_or_lost(self) -> None:
        """Conservation, and totals that are sums."""
        check_conservation(self.world.ledger)
        check_parts_are_counted(self.world.ledger)

    @invariant()
    def goods_and_lines_go_together(self) -> None:
        """Lines add up, open ones are claimed, and what is under way was shipped."""
        check_lines_add_up(self.world)
        check_open_lines_have_claims(self.world)
        check_goods_under_way(self.world)

    @invariant()
    def what_has_left_stays_away(self) -> None:
        """The pieces of a line that were shipped, delivered or returned never become fewer: nothing moves back."""
        for order in self.world.orders:
            for line in order.lines:
                late = (LineState.SHIPPED, LineState.DELIVERED, LineState.RETURNED)
                accounts = [line_account(state) for state in late]
                gone = self.world.ledger.balance(order.unit(line.id), accounts)
                assert gone >= self.gone.get((order.id, line.id), 0), (order.id, line.id)
                self.gone[order.id, line.id] = gone

    @invariant()
    def no_day_is_fuller_than_its_node_allows(self) -> None:
        """What a node was given to handle on a day is within its capacity, and never below nothing."""
        for shipment in self.world.shipments:
            used = (capacity_used(shipment.node),)
            held = self.world.ledger.balance(node_day(shipment.node, shipment.day), used)
            most = self.world.network.node_by_id[shipment.node].daily_capacity
            assert 0 <= held <= (held if most is None else most), shipment.id

    @invariant()
    def the_books_balance(self) -> None:
        """Debits are credits at any moment, however far finance has got."""
        check_books(self.world)

    def teardown(self) -> None:
        """At the end every order has a status, all moves were legal, and the journal replays."""
        for order in self.world.orders:
            status = self.world.shop.see(order_status(order.id))
            assert status is not None
            held = {state for line in status.lines.values() for state in line}
            assert is_final(status) == (status.status in ("delivered", "canceled", "returned")), (status, held)
            assert LineState(status.status) in held or not held
        check_line_moves(self.world)
        assert Ledger.replay(self.world.journal()).snapshot() == self.world.ledger.snapshot()


TestOrders = Orders.TestCase
