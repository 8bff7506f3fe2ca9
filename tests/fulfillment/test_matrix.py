"""The matrix of failures: each cell is run, and the order comes to its end from there."""

from collections.abc import Callable, Mapping

import pytest

from tests.fulfillment.matrix import CELLS, FAILURES, MATRIX_STEPS, Cannot, Does
from tests.fulfillment.pickups import ordering, states, stocked, to_collect
from tests.fulfillment.test_pickups import check, held
from tests.laws.world import CATALOG, NOW, World, make_order
from tests.lives.money import check_money
from unicommerce.fulfillment import (
    STEPS,
    Method,
    Shipment,
    allocate,
    cancel,
    collected,
    damaged,
    declined,
    delivered,
    intercept,
    intercepted,
    lost,
    make_good,
    method_of,
    packed,
    picked,
    put_down,
    ready,
    rejected,
    sent_back,
    shipped,
    undeliverable,
)
from unicommerce.inventory import received
from unicommerce.ledger import Accepted, LedgerCode
from unicommerce.marketplaces import MarketOrder, called_off, relayed, unwanted_under_way
from unicommerce.orders import LineState, is_final, order_status
from unicommerce.values import DAY_MS

ORDER = to_collect(skus=("MUG", "CUP"))
NODES = {Method.SHIP: "north", Method.PICK_UP: "north", Method.SHIP_TO_STORE: "dc"}
"""Who has the mugs; what is collected waits at north."""

TWO, ALL = {"1": 2}, {"1": 3}


class Scene:
    """A shop whose order of mugs has come to a step by one method; its cups are allocated elsewhere."""

    def __init__(self, method: Method, step: str) -> None:
        self.method, self.step, self.node = method, step, NODES[method]
        stock = {self.node: {"MUG": 3}, "south": {"CUP": 2}}
        order = make_order("o", pool="web", skus=("MUG", "CUP")) if method is Method.SHIP else ORDER
        self.world = ordering(stocked(CATALOG, **stock), order, MUG=3, CUP=2)
        standing = [self.world.standing(each, LineState.ALLOCATED) for each in self.world.shipments]
        self.mugs = self.world.shipments[0 if "1" in standing[0] else 1]
        self.cups = self.world.shipments[1 if "1" in standing[0] else 0]
        self.id = self.mugs.id
        self.come()

    def come(self) -> None:
        """Tell the one message that says so."""
        messages: Mapping[str, Callable[[], object]] = {
            "open": lambda: self.world.tell(rejected(self.id, reason="busy")),
            "picked": lambda: self.world.tell(picked(self.id, ALL)),
            "packed": lambda: self.world.tell(packed(self.id, ALL)),
            "ready": lambda: self.world.tell(ready(self.id, ALL)),
            "shipped": lambda: self.world.tell(shipped(self.id, ALL)),
            "handed over": self.hand_over,
        }
        if self.step in messages:
            messages[self.step]()

    def hand_over(self) -> None:
        """Bring it to the customer."""
        self.world.tell(delivered(self.id) if self.method is Method.SHIP else collected(self.id))

    def late(self) -> None:
        """Tell what has happened before."""
        self.world.tell(picked(self.id, ALL))
        if self.step != "open":
            self.world.tell(packed(self.id, ALL))
        steps = STEPS[self.method]
        if self.step == "handed over" or (self.step == "ready" and LineState.SHIPPED in steps):
            self.world.tell(shipped(self.id, ALL) if LineState.SHIPPED in steps else ready(self.id, ALL))

    def stop(self) -> None:
        """Ask that the parcel be stopped; where that was not too late, the carrier brings it back."""
        if isinstance(self.world.ask(intercept(self.id, by="customer")), Accepted):
            self.world.tell(intercepted(self.id, comes_back=True))
            self.world.tell(sent_back(self.id, TWO))

    def call_off(self) -> None:
        """Tell that the marketplace which relayed the order wants fewer mugs; what has left is named."""
        market = MarketOrder(order="o", revision=NOW, market="bazaar", placed_at=NOW)
        self.world.tell(relayed(market, {"1": 3, "2": 2}))
        self.world.tell(called_off("o", TWO, id="two", by="buyer"))
        too_late = TWO if self.step in ("shipped", "handed over") else {}
        assert self.world.shop.see(unwanted_under_way("o")) == too_late

    def lose_and_find(self) -> None:
        """Give it up, and then it arrives."""
        self.world.tell(lost(self.id))
        self.world.tell(delivered(self.id) if self.method is Method.SHIP else ready(self.id, ALL))


OF: Mapping[str, Callable[[Scene], object]] = {
    "rejected, busy": lambda s: s.world.tell(rejected(s.id, TWO, reason="busy", id="two")),
    "rejected, not found": lambda s: s.world.tell(rejected(s.id, TWO, reason="not_found", id="two")),
    "rejected, damaged": lambda s: s.world.tell(rejected(s.id, TWO, reason="damaged", id="two")),
    "short pick": lambda s: s.world.tell(picked(s.id, {"1": 1}, short=TWO)),
    "damaged at pack": lambda s: s.world.tell(damaged(s.id, TWO)),
    "node closes": lambda s: s.world.tell(put_down(s.id, "north" if s.step == "ready" else s.node, reason="closed")),
    "lost": lambda s: s.world.tell(lost(s.id, TWO)),
    "lost, and there after all": Scene.lose_and_find,
    "undeliverable": lambda s: s.world.tell(undeliverable(s.id, reason="no such street")),
    "intercepted": Scene.stop,
    "sent back": lambda s: s.world.tell(sent_back(s.id, TWO)),
    "refused at the counter": lambda s: s.world.tell(declined(s.id, TWO)),
    "canceled by the customer": lambda s: s.world.ask(cancel("o", TWO, id="two", reason="customer")),
    "canceled and put back": lambda s: s.world.ask(cancel("o", TWO, id="back", reason="customer", reshelves=True)),
    "canceled by the marketplace": Scene.call_off,
    "late message": Scene.late,
    "repeated message": Scene.come,
}
"""What breaks, as it is told or asked."""

WHOLE = ("node closes", "lost, and there after all", "undeliverable", "late message")
"""What is of all the pieces of a shipment."""


def lines_then(scene: Scene, failure: str, cell: Does) -> dict[str, int]:
    """Return where the mugs stand then."""
    arrived = "delivered" if scene.method is Method.SHIP else "collected"
    now = arrived if scene.step == "handed over" else scene.step
    if not cell.pieces:
        return {now: 3}
    rest = cell.pieces if failure in WHOLE else cell.rest or now
    return {cell.pieces: 3} if rest == cell.pieces else {cell.pieces: 2, rest: 1}


def goods_then(scene: Scene, lines: Mapping[str, int], cell: Does) -> dict[str, int]:
    """Return where the mugs are then, and what is claimed of them at the pool."""
    node, here = scene.node, "north" if scene.step == "ready" else scene.node
    places = {
        "shelf": f"{node} sellable",
        "counter shelf": "north sellable",
        "quarantine": f"{node} quarantine",
        "damaged": f"{here} damaged",
        "node": f"{node} reserved",
        "counter": "north reserved",
        "way": f"transit:{scene.id} moving",
        "loss": "loss lost",
        "customer": "customer delivered",
    }
    usual = {"open": "shelf", "ready": "counter", "shipped": "way", "delivered": "customer", "collected": "customer"}
    found = dict[str, int]()
    for state, quantity in lines.items():
        of = cell.goods if state == cell.pieces else usual.get(state, "node")
        found[places[of]] = found.get(places[of], 0) + quantity
        if state == "open":
            found |= {"pool:web sellable": -quantity, "pool:web reserved": quantity}
    return found


def balances(scene: Scene) -> object:
    """Return all that has moved."""
    return scene.world.ledger.snapshot().balances


def hand_over(world: World, shipment: Shipment, part: str) -> None:
    """Bring what is left of a shipment to the customer: over a counter where it waits, else by its method.

    What a node has kept back of a parcel that has left, it puts down.
    """
    method = method_of(shipment)
    on_the_way = any(world.standing(shipment, LineState.SHIPPED))
    arrived = (LineState.READY, LineState.COLLECTED) if method is Method.SHIP_TO_STORE else ()
    past = (LineState.DELIVERED, LineState.LOST, LineState.RETURNED, *arrived)
    gone = any(world.standing(shipment, state) for state in past)
    if on_the_way or gone:
        world.tell(put_down(shipment.id, shipment.node, id=part))
    if any(world.standing(shipment, LineState.READY)) or (method is Method.SHIP_TO_STORE and on_the_way):
        world.tell(collected(shipment.id, part=part))
    elif on_the_way or any(world.standing(shipment, state) for state in STEPS[Method.SHIP][:-1]):
        is_sent = on_the_way or method is Method.SHIP
        world.tell(delivered(shipment.id, part=part) if is_sent else collected(shipment.id, part=part))


def come_to_an_end(world: World) -> int:
    """Serve what is still owed, from nodes that have enough, and return in how many rounds.

    What no node may be asked for any more after two rounds, people cancel.
    """
    for node in ("dc", "south", "north"):
        world.tell(received(f"more {node}", node=node, quantities={"MUG": 9, "CUP": 9}))
    for number in range(1, 9):
        world.now += 2 * DAY_MS
        for shipment in world.shipments:
            world.ask(make_good(shipment.id, id=f"{number}"))
        world.ask(allocate("o", id=f"again {number}") if number < 3 else cancel("o", id=f"at last {number}"))
        for shipment in world.shipments:
            hand_over(world, shipment, f"round {number}")
        status = world.shop.see(order_status("o"))
        if status is not None and is_final(status):
            return number
    raise AssertionError((states(world), states(world, "2")))


def it_breaks_that_alone(method: Method, step: str, failure: str) -> None:
    """Raise where lines, claims, goods, siblings or books are otherwise than a cell says, or the order does not end."""
    scene, cell = Scene(method, step), CELLS[method, step, failure]
    assert isinstance(cell, Does)
    cups = states(scene.world, "2")
    OF[failure](scene)
    lines = lines_then(scene, failure, cell)

    assert states(scene.world) == lines
    assert held(scene.world) == goods_then(scene, lines, cell)
    assert states(scene.world, "2") == cups
    assert bool(scene.world.ledger.due(2**53, 9)) == ("ready" in lines)
    check(scene.world)
    check_money(scene.world)
    then = balances(scene)

    OF[failure](scene)

    assert balances(scene) == then
    assert come_to_an_end(scene.world) <= 3
    check(scene.world)
    assert not {place: q for place, q in held(scene.world).items() if place.endswith(("reserved", "moving"))}
    check_money(scene.world)


RUN = [of for of, cell in CELLS.items() if isinstance(cell, Does)]


@pytest.mark.parametrize(("method", "step", "failure"), RUN, ids=[" ".join(of) for of in RUN])
def test_what_breaks_breaks_that_alone(method: Method, step: str, failure: str) -> None:
    """Given pieces at a step, when something breaks, then lines, claims and goods are as the cell says; and then on.

    Siblings keep what they have, an open line has its claim, the same once more changes nothing, and the order ends,
    with the money right.
    """
    it_breaks_that_alone(method, step, failure)


def test_no_cell_of_the_product_is_missing() -> None:
    """Each method, each step, each failure; what can not be says why, and each failure can be somewhere."""
    product = {(method, step, failure) for method in Method for step in MATRIX_STEPS for failure in FAILURES}
    impossible = [cell for cell in CELLS.values() if isinstance(cell, Cannot)]

    assert set(CELLS) == product
    assert set(OF) == set(FAILURES)
    assert all(cell.why for cell in impossible)
    assert {failure for (_, _, failure), cell in CELLS.items() if isinstance(cell, Does)} == set(FAILURES)


def test_too_late_is_a_finding_or_a_refusal() -> None:
    """What moves nothing in the table is not passed over in silence."""
    scene = Scene(Method.SHIP, "handed over")
    told = [scene.world.tell(message) for message in (lost(scene.id), damaged(scene.id, TWO), sent_back(scene.id, TWO))]

    assert [[reason.code for reason in answer.because] for answer in told] == [[LedgerCode.DISAGREES]] * 3
