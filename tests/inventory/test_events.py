"""What each event about goods moves, to the letter."""

import pytest

from tests.values.bad import refused
from unicommerce.inventory import (
    CUSTOMER,
    LOSS,
    ON_HAND,
    SUPPLIER,
    Adjusted,
    Claim,
    Claimed,
    ClaimLine,
    Received,
    Released,
    goods,
    sellable,
)
from unicommerce.ledger import Account, Movement

LINE = ClaimLine("claim:c", "MUG", 2)
ASIDE = Account("dc", "reserved", "claim:c")
CLAIM = Claim(id="c", place="dc", state="reserved", skus=("MUG",))


def test_received_goods_come_from_the_supplier() -> None:
    """One movement for each product."""
    event = Received(receipt="r", node="dc", lines=(("CUP", 1), ("MUG", 2)))

    assert event.movements() == (
        Movement(1, goods("CUP"), SUPPLIER, sellable("dc")),
        Movement(2, goods("MUG"), SUPPLIER, sellable("dc")),
    )
    assert event.documents() == ()


def test_a_claim_sets_aside_and_a_release_gives_back() -> None:
    """The one is the other backward; only the first writes the document down, unless the claim has expired."""
    claimed = Claimed(place="dc", state="reserved", lines=(LINE,), claim=CLAIM)
    released = Released(place="dc", state="reserved", lines=(LINE,))

    assert claimed.movements() == (Movement(2, goods("MUG"), sellable("dc"), ASIDE),)
    assert released.movements() == (Movement(2, goods("MUG"), ASIDE, sellable("dc")),)
    assert (claimed.documents(), released.documents()) == ((CLAIM,), ())


@pytest.mark.parametrize(("change", "source", "target"), [(-2, sellable("dc"), LOSS), (2, LOSS, sellable("dc"))])
def test_what_was_lost_leaves_and_what_was_found_comes(change: int, source: Account, target: Account) -> None:
    """A movement is positive; the sign says which way."""
    event = Adjusted(adjustment="a", node="dc", sku="MUG", change=change)

    assert event.movements() == (Movement(2, goods("MUG"), source, target),)


def test_a_claim_is_soft_or_firm() -> None:
    """Goods are held or reserved, and of some SKU."""
    assert refused(lambda: Claim(id="c", place="dc", state="damaged", skus=("MUG",))) == ("state", "damaged")
    assert refused(lambda: Claim(id="c", place="dc", state="held", skus=())) == ("skus", ())


def test_each_piece_at_a_node_is_in_one_of_five_states() -> None:
    """On hand is their sum; what is with the customer is not."""
    assert ON_HAND == ("sellable", "held", "reserved", "damaged", "quarantine")
    assert CUSTOMER.place not in ("dc", "north")
