"""Law: what an order has by name it has until it is picked, as far as its node still has as many pieces for it.

The reference is a list of serials for each shipment, in the order of the basket: pieces without a name are given back
first, then the last names. Every name leaves with its own shipment; nobody else is ever given it.
"""

from collections.abc import Sequence
from typing import NamedTuple

import attrs
from hypothesis import given
from hypothesis import strategies as st

from tests.laws.invariants import check_conservation, check_open_lines_have_claims, check_parts_are_counted
from tests.laws.world import Law, make_order
from tests.lots.shop import shop
from unicommerce.fulfillment import (
    FulfillmentPolicy,
    LinePieces,
    Named,
    allocate,
    amend,
    cancel,
    delivered,
    picked,
    place,
    shipment_key,
    shipped,
)
from unicommerce.inventory import CUSTOMER, LotPieces, adjusted, goods, hold, received
from unicommerce.ledger import Accepted, Account
from unicommerce.lots import BatchReceived, hold_lots, received_lots
from unicommerce.orders import LineState, Order, line_account, ordered
from unicommerce.relief import relieve

PHONE = goods("PHONE")
SERIALS = ("S1", "S2", "S3", "S4", "S5")
LATER = FulfillmentPolicy(allocates_at_once=False)


class Step(NamedTuple):
    """What is done, to which order or shipment, with how many pieces and names."""

    what: str
    which: int
    pieces: int
    names: tuple[str, ...]


STEPS = st.builds(
    Step,
    st.sampled_from(
        [
            *("place", "place", "place", "later", "cancel", "cancel by name", "more", "less", "allocate"),
            *("pick", "short", "ship", "deliver", "gone", "found", "hold"),
        ]
    ),
    st.integers(0, 5),
    st.integers(1, 3),
    st.lists(st.sampled_from(SERIALS), unique=True, max_size=3).map(sorted).map(tuple),
)


class Shop:
    """A shop with five phones at one node and two at another, and beside it the names of each shipment."""

    def __init__(self) -> None:
        self.world = shop()
        for node, serials in (("dc", SERIALS), ("far", ("F1", "F2"))):
            batches = [BatchReceived("PHONE", 1, serial) for serial in serials]
            self.world.tell(received_lots(node, node=node, batches=batches))
        self.names: dict[str, list[str]] = {}
        self.in_hand: dict[str, list[str]] = {}
        self.left: dict[str, str] = {}

    def place(self, step: Step) -> None:
        """Order what a basket names, and more."""
        id = self.world.next_id("o")
        lots = [LotPieces("PHONE", 1, serial) for serial in step.names]
        basket = (
            "b " + id
            if lots and isinstance(self.world.ask(hold_lots("b " + id, node="dc", lots=lots)), Accepted)
            else ""
        )
        order = attrs.evolve(make_order(id, pool="web", skus=("PHONE",), at=self.world.now), basket=basket)
        policy = LATER if step.what == "later" else FulfillmentPolicy()
        answer = self.world.ask(place(order, {"1": step.pieces}, policy=policy))
        if not isinstance(answer, Accepted):
            return
        self.world.orders.append(order)
        named = [event for event in answer.events if isinstance(event, Named)]
        assert bool(named) == bool(basket)
        for event in named:
            self.names[event.shipment.id] = list(step.names[: step.pieces])
            assert sorted(each.lot for each in event.lots) == sorted(step.names[: step.pieces])

    def cancel_by_name(self, step: Step) -> None:
        """Cancel one piece, and say which: accepted where the order has it by name, and not picked."""
        for shipment, names in list(self.names.items())[step.which : step.which + 1]:
            order, _, _ = shipment.rpartition("/")
            for lot in step.names[:1]:
                chosen = [LinePieces("1", "PHONE", 1, lot)]
                answer = self.world.ask(cancel(order, {"1": 1}, lots=chosen, id=self.world.next_id("x")))
                assert isinstance(answer, Accepted) == (lot in names)
                if lot in names:
                    names.remove(lot)

    def of_order(self, step: Step) -> None:
        """Change or allocate an order."""
        if not self.world.orders:
            return
        order, id = self.world.orders[step.which % len(self.world.orders)], self.world.next_id("x")
        now = ordered(self.world.ledger, order.unit("1"))
        requests = {
            "cancel": lambda: cancel(order.id, {"1": step.pieces}, id=id),
            "more": lambda: amend(order.id, {"1": now + step.pieces}, id=id),
            "less": lambda: amend(order.id, {"1": max(now - step.pieces, 0)}, id=id),
            "allocate": lambda: allocate(order.id, id=id),
        }
        self.world.ask(requests[step.what]())

    def of_shipment(self, step: Step) -> None:
        """Pick, fall short, ship or deliver."""
        if not self.world.shipments:
            return
        shipment = self.world.shipments[step.which % len(self.world.shipments)]
        there = self._allocated(shipment.id)
        if step.what in ("pick", "short") and there:
            short = min(step.pieces, there) if step.what == "short" else 0
            found = {"1": there - short} if there > short else {}
            self.world.tell(picked(shipment.id, found, short={"1": short} if short else {}))
            self.in_hand[shipment.id] = self.names.get(shipment.id, [])[: there - short]
        elif step.what in ("ship", "deliver"):
            names = self.in_hand.get(shipment.id, []) + self.names.get(shipment.id, [])
            self.world.tell(shipped(shipment.id) if step.what == "ship" else delivered(shipment.id))
            self.left.update(dict.fromkeys(names, shipment.id))

    def fact(self, step: Step) -> None:
        """A piece of nobody knows which serial is gone, and who is short gives way; or it is found; or others hold."""
        id = self.world.next_id("x")
        if step.what == "hold":
            self.world.ask(hold(id, place="dc", quantities={"PHONE": step.pieces}))
        elif step.what == "found":
            self.world.tell(received(id, node="dc", quantities={"PHONE": 1}))
        else:
            self.world.tell(adjusted(id, node="dc", sku="PHONE", change=-1))
            self.world.ask(relieve(f"adjustment/{id}", ["PHONE"]))

    def _allocated(self, shipment: str) -> int:
        order: Order = next(each for each in self.world.orders if shipment.startswith(f"{each.id}/"))
        return self.world.ledger.balance(order.unit("1"), (line_account(LineState.ALLOCATED, shipment),))

    def check(self) -> None:
        """Raise where a name is not where the reference has it, or a claim without one is below zero."""
        world = self.world
        check_conservation(world.ledger)
        check_parts_are_counted(world.ledger)
        check_open_lines_have_claims(world)
        for node in ("dc", "far"):
            parts = world.ledger.parts(PHONE, Account(node, "reserved"))
            assert all(held >= 0 for held in parts.values()), parts
        for shipment, names in self.names.items():
            del names[self._allocated(shipment) :]
            document = world.ledger.document(shipment_key(shipment))
            assert document is not None
            assert [name for _, name, _ in document.names[: len(names)]] == names, shipment
            ref = f"line:{shipment.rpartition('/')[0]}/1"
            for name in names:
                assert world.ledger.balance(PHONE, (Account("dc", "reserved", ref, name),)) == 1, (shipment, name)
        for serial, shipment in self.left.items():
            at = Account(f"transit:{shipment}", "moving", lot=serial), CUSTOMER._replace(ref=shipment, lot=serial)
            assert world.ledger.balance(PHONE, at) == 1, (serial, shipment)


def orders_keep_their_names(program: Sequence[Step]) -> None:
    """Raise where a name is lost before it must be, or goes with another shipment."""
    one = Shop()
    work = {
        **dict.fromkeys(("place", "later"), one.place),
        "cancel by name": one.cancel_by_name,
        **dict.fromkeys(("cancel", "more", "less", "allocate"), one.of_order),
        **dict.fromkeys(("pick", "short", "ship", "deliver"), one.of_shipment),
        **dict.fromkeys(("gone", "found", "hold"), one.fact),
    }
    for step in program:
        work[step.what](step)
        one.check()


PROGRAMS: st.SearchStrategy[Sequence[Step]] = st.lists(STEPS, min_size=3, max_size=14)
LAW = Law("orders keep their names", PROGRAMS, orders_keep_their_names)


@given(LAW.cases)
def test_an_order_has_its_names_until_they_are_picked(program: Sequence[Step]) -> None:
    """Placed, canceled, amended, allocated, picked, short, shipped, beside those who give way, in any order."""
    LAW.check(program)
