"""Bugs planted in hand-overs, each a plausible slip, and the law that finds it; unplanted the search finds nothing."""

import attrs
import pytest

from tests.laws.test_collected_orders import ADDS_UP, LATE
from tests.laws.test_planted_bugs import Patch, Planted, hunt
from unicommerce.fulfillment import Collected, Ready, Reshelved, Shipped, Withheld
from unicommerce.fulfillment.handover import counter, handing_over, messages, tellings


def receive_lines_without_goods(patch: Patch) -> None:
    """What arrived at the store is ready there, and under way for ever."""
    movements = Ready.movements
    patch.setattr(Ready, "movements", lambda self: movements(self)[: len(self.lines)])


def hand_over_lines_without_goods(patch: Patch) -> None:
    """The line is collected and the goods are still set aside."""
    movements = Collected.movements
    patch.setattr(Collected, "movements", lambda self: movements(self)[: len(self.lines)])


def put_back_without_a_claim(patch: Patch) -> None:
    """What is on the shelf again is claimed nowhere, so that what is given back was never claimed."""
    movements = Reshelved.movements
    patch.setattr(Reshelved, "movements", lambda self: movements(self)[:-1])


def withhold_what_arrived_as_picked(patch: Patch) -> None:
    """What had arrived is said to be in the hands of the node that had sent it."""
    movements = Withheld.movements
    patch.setattr(Withheld, "movements", lambda self: movements(attrs.evolve(self, arrived=False)))


def count_each_message_anew(patch: Patch) -> None:
    """What later messages have implied is not part of what a message tells."""
    for module in (tellings, handing_over):
        patch.setattr(module, "come_to", lambda case, _state: dict.fromkeys(case.order.line_by_id, 0))


def imply_every_step_under_one_name(patch: Patch) -> None:
    """A part that is implied takes the id of the whole, so that the rest is a repeat."""
    for module in (tellings, handing_over):
        patch.setattr(module, "is_whole", lambda *_: True)


def forget_that_pieces_wait(patch: Patch) -> None:
    """Nobody is ever asked to put them back."""
    patch.setattr(handing_over, "collection_of", lambda *_: None)


def leave_what_was_packed(patch: Patch) -> None:
    """Everything leaves from where it was picked, packed or not."""
    movements = Shipped.movements
    patch.setattr(Shipped, "movements", lambda self: movements(attrs.evolve(self, packed=())))


def hand_over_where_it_came_from(patch: Patch) -> None:
    """The counter is the sender's."""
    for module in (messages, handing_over, counter, tellings):
        patch.setattr(module, "counter", lambda shipment: shipment.node)


def take_anybody_at_their_word(patch: Patch) -> None:
    """Requests look at nothing that is there."""
    patch.setattr(counter, "_not_there", lambda *_: ())


PLANTED = [
    Planted(receive_lines_without_goods, ADDS_UP.name, hunt(ADDS_UP)),
    Planted(hand_over_lines_without_goods, ADDS_UP.name, hunt(ADDS_UP)),
    Planted(put_back_without_a_claim, ADDS_UP.name, hunt(ADDS_UP)),
    Planted(withhold_what_arrived_as_picked, ADDS_UP.name, hunt(ADDS_UP)),
    Planted(count_each_message_anew, LATE.name, hunt(LATE)),
    Planted(imply_every_step_under_one_name, LATE.name, hunt(LATE)),
    Planted(forget_that_pieces_wait, ADDS_UP.name, hunt(ADDS_UP)),
    Planted(leave_what_was_packed, LATE.name, hunt(LATE)),
    Planted(hand_over_where_it_came_from, ADDS_UP.name, hunt(ADDS_UP)),
    Planted(take_anybody_at_their_word, ADDS_UP.name, hunt(ADDS_UP)),
]


@pytest.mark.parametrize("planted", PLANTED, ids=lambda planted: planted.plant.__name__)
def test_a_planted_bug_is_found_by_its_law(planted: Planted, monkeypatch: Patch) -> None:
    """Its law breaks."""
    planted.plant(monkeypatch)

    assert planted.search() is not None


def test_the_same_searches_find_nothing_where_nothing_is_planted() -> None:
    """Else they would find anything."""
    assert [search() for search in (hunt(ADDS_UP), hunt(LATE))] == [None, None]
