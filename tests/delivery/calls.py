"""One call for each reason that the delivery machine gives."""

from collections.abc import Mapping

from unicommerce.delivery import (
    Delivered,
    DeliveryCode,
    DeliveryPolicy,
    Follower,
    Outcome,
    Reaction,
    Rejected,
    Unavailable,
)
from unicommerce.inventory import Received
from unicommerce.ledger import Reason, Recorded, record
from unicommerce.values import HOUR_MS

LETTERS = 20


def said(code: DeliveryCode) -> tuple[Reason, ...]:
    """Let the first of many letters die of this, and return what is said of the dead."""
    table = [Reaction("erp", "receipt", ("inventory.received",), lambda entry: entry.id)]
    follower = Follower("erp", table, policy=DeliveryPolicy(attempts=2))
    event = Received(receipt="r", node="dc", lines=(("MUG", 1),))
    follower.take("normal", [Recorded(at, record(f"e{at}", (event,), now=0)) for at in range(1, LETTERS + 1)])
    for turn in range(LETTERS):
        for letter in follower.due(turn * HOUR_MS):
            is_first = letter.id == "e1/receipt"
            follower.settle(letter, OUTCOMES[code] if is_first else Delivered(), now=turn * HOUR_MS)
    return tuple([letter.because for letter in follower.dead])


OUTCOMES: Mapping[DeliveryCode, Outcome] = {
    DeliveryCode.REJECTED: Rejected("no such account"),
    DeliveryCode.GIVEN_UP: Unavailable("timed out"),
}
