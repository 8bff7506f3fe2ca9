"""Bugs planted in what breaks, each a plausible slip, and found by a cell of the matrix."""

from collections.abc import Callable

import attrs
import pytest

from tests.fulfillment.test_matrix import RUN, it_breaks_that_alone
from tests.laws.test_planted_bugs import Patch
from unicommerce.finance import decisions as finance
from unicommerce.fulfillment import Found, Lost, PutDown, SentBack
from unicommerce.fulfillment.breaking import making_good, mishaps, parcels
from unicommerce.fulfillment.handover import handing_over, messages, tellings
from unicommerce.ledger import Accepted
from unicommerce.orders import LineState


def put_down_without_a_claim(patch: Patch) -> None:
    """What is open again is claimed nowhere."""
    movements = PutDown.movements
    patch.setattr(PutDown, "movements", lambda self: movements(self)[: -len(self.lines)])


def put_down_what_was_picked(patch: Patch) -> None:
    """Everything is taken from where it was picked, packed or not."""
    movements = PutDown.movements
    patch.setattr(PutDown, "movements", lambda self: movements(attrs.evolve(self, source=LineState.PICKED)))


def lose_lines_without_goods(patch: Patch) -> None:
    """The line is lost, and its goods are under way for ever."""
    movements = Lost.movements
    patch.setattr(Lost, "movements", lambda self: movements(self)[: len(self.lines)])


def take_back_lines_without_goods(patch: Patch) -> None:
    """The line came back, and its goods are under way for ever."""
    movements = SentBack.movements
    patch.setattr(SentBack, "movements", lambda self: movements(self)[: len(self.lines)])


def leave_what_is_found_in_the_loss(patch: Patch) -> None:
    """It is sent once more from the shelf of its node."""
    patch.setattr(Found, "movements", lambda _: ())


def find_nothing_by_a_delivery(patch: Patch) -> None:
    """Who has given a parcel up hears nothing of it any more."""
    for module in (tellings, handing_over, parcels):
        patch.setattr(module, "found_before", lambda _: ())


def send_again_without_a_claim(patch: Patch) -> None:
    """What is owed is open, and claimed nowhere."""
    patch.setattr(making_good, "claim_lines", lambda *_, **__: Accepted())


def forget_that_nothing_waits(patch: Patch) -> None:
    """Who looks at what waits too long is sent to an empty shelf."""
    patch.setattr(mishaps, "collection_of", lambda *_: None)


def lose_what_was_delivered(patch: Patch) -> None:
    """A late message takes it away from the customer."""
    patch.setattr(
        parcels, "standing_at", lambda case, _: messages.together_at(case, (LineState.SHIPPED, LineState.DELIVERED))
    )


def post_no_loss(patch: Patch) -> None:
    """What was lost on its way to a store is in the books for ever."""
    patch.setattr(finance, "_RULES", {kind: rule for kind, rule in finance._RULES.items() if kind != Lost.kind})


def post_nothing_that_comes_back(patch: Patch) -> None:
    """What came back is on hand, and not in the books."""
    patch.setattr(finance, "_RULES", {kind: rule for kind, rule in finance._RULES.items() if kind != SentBack.kind})


BUGS = (
    put_down_without_a_claim,
    put_down_what_was_picked,
    lose_lines_without_goods,
    take_back_lines_without_goods,
    leave_what_is_found_in_the_loss,
    find_nothing_by_a_delivery,
    send_again_without_a_claim,
    forget_that_nothing_waits,
    lose_what_was_delivered,
    post_no_loss,
    post_nothing_that_comes_back,
)


@pytest.mark.parametrize("plant", BUGS, ids=lambda plant: plant.__name__)
def test_a_planted_bug_is_found_by_some_cell(plant: Callable[[Patch], None], monkeypatch: Patch) -> None:
    """Some cell of the matrix fails; unplanted none does, which is a test of its own for each."""
    plant(monkeypatch)

    with pytest.raises(Exception, match=r".*"):
        run_all()


def run_all() -> None:
    """Run each cell."""
    for cell in RUN:
        it_breaks_that_alone(*cell)
