"""Bugs planted in lives of orders, each a plausible slip, and the law by whose name the machine reports it.

All are hunted by one bounded search, which finds nothing where nothing is planted.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import attrs
import pytest
from hypothesis import seed

from tests.laws.test_machine_of_lives import Lives
from tests.laws.test_planted_bugs import Patch, hunt_by
from tests.lives.life import STEP_LAWS, Broken
from tests.lives.rules import LAWS
from unicommerce.catalog import Network
from unicommerce.catalog.network import Group
from unicommerce.finance import decisions as finance
from unicommerce.fulfillment import Collected, Delivered, Rejected, Shipment, Unpacked, shipment_key
from unicommerce.fulfillment.allocating import allocation, openings
from unicommerce.fulfillment.breaking import making_good, mishaps
from unicommerce.fulfillment.handover import back, counter, handing_over
from unicommerce.fulfillment.memory import Remembered, attempts_of
from unicommerce.fulfillment.ordering import decisions, holds, substituting, supplying
from unicommerce.fulfillment.policy import StandIn
from unicommerce.inventory import GoodsState
from unicommerce.inventory import views as inventory_views
from unicommerce.ledger import (
    Accepted,
    Account,
    Document,
    Entry,
    Fact,
    Key,
    Ledger,
    Reason,
    Recorded,
    Refused,
    State,
    Telling,
    totals,
)
from unicommerce.orders import LineQuantity, LineState, Order, OrderLine, Resumed, line_account
from unicommerce.orders import views as orders_views

PROGRAMS, SEED = 20, 1
"""The search: so many programs of this seed. Once steps are added to the machine another seed may be quicker."""


def reject_without_a_claim(patch: Patch) -> None:
    """What a node gives back is open, and claimed nowhere."""
    movements = Rejected.movements
    patch.setattr(Rejected, "movements", lambda self: movements(self)[: -len(self.lines)])


def cancel_and_keep_the_claim(patch: Patch) -> None:
    """What is canceled is set aside for ever."""
    freed = openings.released
    patch.setattr(decisions, "released", lambda *asked: attrs.evolve(freed(*asked), lines=()))


def deliver_lines_without_goods(patch: Patch) -> None:
    """The customer has it, and it is under way for ever."""
    movements = Delivered.movements
    patch.setattr(Delivered, "movements", lambda self: movements(self)[: len(self.lines)])


def hand_over_each_piece_twice(patch: Patch) -> None:
    """Two come off the counter for each that is collected."""
    movements = Collected.movements
    patch.setattr(Collected, "movements", lambda self: (*movements(self)[: len(self.lines)], *movements(self)))


def unpack_to_the_pick_list(patch: Patch) -> None:
    """What is out of its parcel is to be picked again."""
    movements, listed = Unpacked.movements, LineState.ALLOCATED
    patch.setattr(
        Unpacked,
        "movements",
        lambda self: tuple([m._replace(target=line_account(listed, self.shipment)) for m in movements(self)]),
    )


def forget_what_is_lost(patch: Patch) -> None:
    """Nobody keeps an account of the loss."""
    kept = "unicommerce.ledger.ledger.totals"
    patch.setattr(kept, lambda account: () if account.place == "loss" else totals(account))


def leave_out_what_is_set_apart(patch: Patch) -> None:
    """On hand is what can be sold."""
    states = (GoodsState.SELLABLE, GoodsState.HELD, GoodsState.RESERVED)
    patch.setattr(inventory_views, "on_hand_accounts", lambda node: tuple([Account(node, state) for state in states]))


def sum_each_pool_by_itself(patch: Patch) -> None:
    """A pool has its own nodes, whatever other pools claim of them."""
    pools = property(lambda self: tuple([Group((pool.id,), pool.nodes) for pool in self.pools]))
    patch.setattr(Network, "groups", pools)


def praise_the_most_advanced_piece(patch: Patch) -> None:
    """An order is as far as the first of its pieces."""
    patch.setattr(orders_views, "PROGRESS", orders_views.PROGRESS[::-1])


def forget_that_pieces_wait(patch: Patch) -> None:
    """Nobody is ever asked to put them back."""
    patch.setattr(handing_over, "collection_of", lambda *_: None)


def hold_for_ever(patch: Patch) -> None:
    """Only people end a hold; that it has run out is heard by nobody."""
    patch.setattr(holds, "_ended", lambda *_: Refused(()))


def end_a_hold_by_its_name(patch: Patch) -> None:
    """The hold is gone, and what it held is as it was."""
    patch.setattr(holds, "_resumed", lambda case, left: Accepted((Resumed(order=case.order.id, lines=(), holds=left),)))


def allocate_whatever_holds_it(patch: Patch) -> None:
    """What is added to a held order is open, and goes to a node."""
    for module in (decisions, supplying):
        patch.setattr(module, "is_held", lambda *_: ())


def forget_who_turned_it_down(patch: Patch) -> None:
    """It counts, and nobody knows who it was."""

    def nobody(world: State, shipment: Shipment, *_asked: object, **_how: object) -> Remembered:
        known = attempts_of(world, shipment.order)
        return Remembered(attrs.evolve(known, revision=known.revision + 1))

    for module in (back, mishaps):
        patch.setattr(module, "remembered", nobody)


def ask_again_at_once(patch: Patch) -> None:
    """Whoever is cheapest is asked, whatever they have said."""
    patch.setattr(allocation, "turned_down", lambda *_asked, **_how: ())


def sell_what_goes_to_a_store(patch: Patch) -> None:
    """What leaves is sold, and what is collected is sold again."""
    patch.setattr(finance, "shipment_key", lambda _shipment: shipment_key("none"))


def refund_by_the_line(patch: Patch) -> None:
    """Each line is refunded once, however many pieces did not come."""
    due = counter.refunds_due

    def once(order: Order, lines: tuple[LineQuantity, ...]) -> tuple[Reason, ...]:
        return due(order, tuple([each._replace(quantity=1) for each in lines]))

    for module in (counter, making_good, mishaps):
        patch.setattr(module, "refunds_due", once)


def forget_that_returns_have_come(patch: Patch) -> None:
    """The second message about a return is another return."""
    keep = Ledger._keep

    def forgetful(self: Ledger, entry: Entry, fresh: Mapping[Key[Document], Document]) -> Recorded:
        recorded = keep(self, entry, fresh)
        if entry.id.startswith("return/"):
            del self._entries[entry.id]
        return recorded

    patch.setattr(Ledger, "_keep", forgetful)


def charge_what_stands_in(patch: Patch) -> None:
    """What comes instead costs what it costs."""
    line = substituting._line

    def dear(order: Order, old: OrderLine, stand_in: StandIn, price_minor: int | None) -> OrderLine:
        return attrs.evolve(line(order, old, stand_in, None), price_minor=price_minor or old.price_minor)

    patch.setattr(substituting, "_line", dear)


def close_and_keep_the_list(patch: Patch) -> None:
    """A node that closes gives back what is in hand, and goes on with what it has to pick."""
    nothing = Telling[object]("nothing", None, lambda *_: (Fact("nothing", ()),))
    patch.setattr(mishaps, "rejected", lambda *_asked, **_how: nothing)


def wait_for_what_was_collected(patch: Patch) -> None:
    """What customers took away is still to come."""
    patch.setattr(orders_views, "FINAL", tuple([each for each in orders_views.FINAL if each != LineState.COLLECTED]))


class Planted(NamedTuple):
    """A bug, and the law that finds it."""

    plant: Callable[[Patch], None]
    law: str


PLANTED = (
    Planted(reject_without_a_claim, "an open line has a claim"),
    Planted(cancel_and_keep_the_claim, "an open line has a claim"),
    Planted(deliver_lines_without_goods, "goods are where their lines are"),
    Planted(hand_over_each_piece_twice, "ordered is the sum over the states"),
    Planted(unpack_to_the_pick_list, "no move is outside the one table"),
    Planted(forget_what_is_lost, "each unit sums to zero"),
    Planted(leave_out_what_is_set_apart, "on hand is the sum of its states"),
    Planted(sum_each_pool_by_itself, "our own decisions oversell nothing"),
    Planted(praise_the_most_advanced_piece, "status is derived"),
    Planted(forget_that_pieces_wait, "what waits is due"),
    Planted(hold_for_ever, "what is due is done"),
    Planted(end_a_hold_by_its_name, "what is pending is held"),
    Planted(allocate_whatever_holds_it, "what is held goes nowhere"),
    Planted(forget_who_turned_it_down, "attempts are remembered"),
    Planted(ask_again_at_once, "who has turned it down is not asked again"),
    Planted(sell_what_goes_to_a_store, "money is right"),
    Planted(refund_by_the_line, "refunds are as said"),
    Planted(forget_that_returns_have_come, "to repeat is free"),
    Planted(charge_what_stands_in, "what stands in is never dearer"),
    Planted(close_and_keep_the_list, "who closes keeps nothing"),
    Planted(wait_for_what_was_collected, "every order ends"),
)


def search() -> Exception | None:
    """Return what the machine finds."""

    class Seeded(Lives):
        """A machine that lives the same lives each time."""

    return hunt_by(seed(SEED)(Seeded), PROGRAMS)()


@pytest.mark.parametrize("planted", PLANTED, ids=lambda planted: planted.plant.__name__)
def test_a_planted_bug_is_found_by_its_law(planted: Planted, monkeypatch: Patch) -> None:
    """The machine reports it by the name of the law."""
    planted.plant(monkeypatch)

    found = search()

    assert isinstance(found, Broken), found
    assert found.law == planted.law


def test_the_same_search_finds_nothing_where_nothing_is_planted() -> None:
    """Else it would find anything."""
    assert search() is None


def test_each_law_has_its_bug() -> None:
    """But for two that need more than a slip in one function."""
    names = {*LAWS, *STEP_LAWS} - {planted.law for planted in PLANTED}

    assert names == {"what is held does not leave", "replay equals live"}
