"""Changes after placing, by example: holds, addresses, prices, lines, cancellations, substitutes, papers."""

import pytest

from tests.fulfillment.changing import (
    AWAY,
    INVOICED,
    MOVED,
    STAND_INS,
    close,
    holds_of,
    later,
    order_of,
    ordering,
    standing,
)
from tests.laws.world import HOME
from unicommerce.catalog import Catalog
from unicommerce.errors import InvalidValue
from unicommerce.fulfillment import (
    Change,
    FulfillmentCode,
    FulfillmentPolicy,
    amend,
    cancel,
    cleared,
    expire_holds,
    packed,
    picked,
    release_hold,
    revise,
    ship,
    shipment_key,
    shipped,
    substitute,
    suspend,
)
from unicommerce.inventory import GoodsState, InventoryCode, goods, received
from unicommerce.ledger import Accepted, Account, LedgerCode, Reason, Refused, Request
from unicommerce.orders import OrderCode, OrderLine
from unicommerce.values import Position

NEARBY = Position.of("52.49", "13.39")


def test_a_held_order_is_pending_until_the_last_hold_is_released() -> None:
    """Released twice is a repeat."""
    world = ordering(holds=("payment", "review"))
    world.ask(release_hold("o", "payment"))
    assert standing(world) == {"pending": 3}

    world.ask(release_hold("o", "review"))

    assert standing(world) == {"allocated": 3}
    assert [reason.code for reason in world.ask(release_hold("o", "review")).because] == [LedgerCode.ALREADY_DONE]


def test_a_hold_that_runs_out_cancels_and_canceled_pieces_are_not_released() -> None:
    """The reason is kept, and its claims are free."""
    world = later(ordering(holds=("payment",)))
    assert isinstance(world.ask(expire_holds(holds_of(world))), Accepted)

    assert standing(world) == {"canceled": 3}
    assert [reason.code for reason in world.ask(release_hold("o", "payment")).because] == [OrderCode.NOT_HELD]


def test_what_is_added_to_a_held_order_is_held_as_well() -> None:
    """And comes out with the rest."""
    world = ordering(holds=("review",))
    world.ask(amend("o", {"1": 4, "2": 1}, lines=(OrderLine(id="2", sku="CUP", price_minor=500),), id="more"))
    assert (standing(world), standing(world, "2")) == ({"pending": 4}, {"pending": 1})

    world.ask(release_hold("o", "review"))

    assert (standing(world), standing(world, "2")) == ({"allocated": 4}, {"allocated": 1})


def test_another_address_is_another_shipment() -> None:
    """It is made for the new address, and says which shipment it stands in for."""
    world = ordering()
    world.ask(revise("o", MOVED, id="m"))

    shipment = world.ledger.document(shipment_key("o/2"))
    assert shipment is not None
    assert (shipment.destination, shipment.instead_of) == (AWAY, "o/1")


def test_what_is_in_hand_goes_to_the_old_address_where_somebody_chose_so() -> None:
    """Two are in hand and leave as they are packed; the third goes to the new address. Moved again, they are asked."""
    world = ordering()
    world.tell(picked("o/1", {"1": 2}))
    refused = world.ask(revise("o", MOVED, id="m"))
    answer = world.ask(revise("o", MOVED, id="kept", keeps=True))
    again = world.ask(revise("o", Change(destination=NEARBY), id="again"))
    left = world.ask(ship("o/1"))

    assert isinstance(refused, Refused)
    assert answer.because[0] == Reason(FulfillmentCode.IN_HAND, "line:o/1", 2)
    assert [each.destination for each in world.shipments] == [HOME, AWAY]
    assert isinstance(again, Refused)
    assert isinstance(left, Accepted)
    assert standing(world) == {"allocated": 1, "shipped": 2}
    assert world.tell(shipped("o/1")).because == (Reason(LedgerCode.ALREADY_DONE, "o/1/shipped"),)


def test_what_is_put_back_later_has_no_old_address_any_more() -> None:
    """Kept at first, and then put back for a third address: should the node send it all the same, that is a finding."""
    world = ordering()
    world.tell(picked("o/1", {"1": 3}))
    world.ask(revise("o", MOVED, id="kept", keeps=True))
    world.ask(revise("o", Change(destination=NEARBY), id="back", reshelves=True))

    assert order_of(world).as_addressed == ()
    assert FulfillmentCode.OTHER_ADDRESS in [reason.code for reason in world.tell(shipped("o/1", {"1": 3})).because]


def test_a_tender_is_another_one_until_something_has_left() -> None:
    """Money is taken as pieces leave; the same tender once more is no change."""
    world = ordering()
    world.ask(revise("o", Change(tender="card"), id="first"))
    world.tell(shipped("o/1", {"1": 1}))
    late = world.ask(revise("o", Change(tender="invoice"), id="late"))

    assert order_of(world).tender == "card"
    assert late.because == (Reason(FulfillmentCode.TENDER_FIXED, "o", 1, 3),)
    assert isinstance(world.ask(revise("o", Change(tender="card"), id="same")), Accepted)


def test_what_is_in_hand_is_put_back_or_kept_and_not_both() -> None:
    """Who says both means something else."""
    with pytest.raises(InvalidValue, match="keeps"):
        revise("o", MOVED, id="m", reshelves=True, keeps=True)


def test_what_is_put_back_of_a_held_order_for_another_address_is_held_again() -> None:
    """A node had picked it all the same, as a fact; the new address brought it to a node while the review went on."""
    world = ordering()
    world.ask(suspend("o", "review"))
    world.tell(picked("o/1", {"1": 2}))
    assert standing(world) == {"pending": 1, "picked": 2}

    world.ask(revise("o", MOVED, id="m", reshelves=True))

    assert standing(world) == {"pending": 3}


def test_the_price_of_what_has_left_is_fixed() -> None:
    """Before that it may change."""
    world = ordering()
    assert isinstance(world.ask(revise("o", Change(prices={"1": 900}), id="p")), Accepted)
    world.tell(shipped("o/1", {"1": 1}))

    assert isinstance(world.ask(revise("o", Change(prices={"1": 800}), id="q")), Refused)
    assert order_of(world).lines[0].price_minor == 900


def test_packed_pieces_are_canceled_and_set_apart_where_the_policy_says_so() -> None:
    """Only where that is asked; the goods are looked at before they are for sale."""
    world = ordering()
    world.tell(packed("o/1"))
    assert isinstance(world.ask(cancel("o", {"1": 1}, id="a")), Refused)

    policy = FulfillmentPolicy(reshelves_to=GoodsState.QUARANTINE)
    assert isinstance(world.ask(cancel("o", {"1": 1}, reshelves=True, id="a", policy=policy)), Accepted)

    assert standing(world) == {"packed": 2, "canceled": 1}
    apart = [Account(node.id, GoodsState.QUARANTINE) for node in world.network.nodes]
    assert world.ledger.balance(goods("MUG"), tuple(apart)) == 1


def test_what_comes_instead_costs_no_more() -> None:
    """A dearer cup comes at the price of the mug."""
    world = ordering()
    world.ask(substitute("o", "1", 2, "CUP", id="s", price_minor=5000, agreed=True, policy=STAND_INS))

    new = order_of(world).line_by_id["1+1"]
    assert (new.sku, new.price_minor, new.stands_for) == ("CUP", 1000, "1")
    assert (standing(world), standing(world, "1+1")) == ({"allocated": 1}, {"open": 2})


def test_it_leaves_once_its_invoice_is_there_and_a_fact_is_taken_all_the_same() -> None:
    """Asked, it is refused without; told, the missing paper is a finding."""
    world, told = ordering(), ordering()
    assert isinstance(world.ask(ship("o/1", policy=INVOICED)), Refused)
    world.tell(cleared("o/1", "invoice", number="2026-17", by="erp"))

    assert isinstance(world.ask(ship("o/1", policy=INVOICED)), Accepted)
    because = told.tell(shipped("o/1", policy=INVOICED)).because
    assert FulfillmentCode.NOT_CLEARED in [reason.code for reason in because]
    assert standing(world) == standing(told) == {"shipped": 3}


def test_asked_after_it_was_told_is_a_repeat_though_less_was_said() -> None:
    """What one side did not say disagrees with nothing."""
    world = ordering()
    world.tell(shipped("o/1", {"1": 3}, tracking="1Z"))

    assert [reason.code for reason in world.ask(ship("o/1")).because] == [LedgerCode.ALREADY_DONE]


@pytest.mark.parametrize(
    ("is_picked", "asked"),
    [
        (True, suspend("o", "review", id="s", reshelves=True)),
        (False, suspend("o", "review", id="s")),
        (True, revise("o", MOVED, id="m", reshelves=True)),
        (False, revise("o", MOVED, id="m")),
    ],
    ids=["held, in hand", "held, on the list", "moved, in hand", "moved, on the list"],
)
def test_what_a_closed_node_would_keep_is_not_taken_back_where_nobody_else_has_it(
    is_picked: bool,  # noqa: FBT001 - a case
    asked: Request[Catalog],
) -> None:
    """On its shelf nobody can have it: the pool would promise what it has not. Where others have enough, it is done."""
    for others in (0, 3):
        world = ordering(only_at="north")
        if is_picked:
            world.tell(picked("o/1", {"1": 3}))
        before = standing(world)
        close(world, "north")
        if others:
            world.tell(received("late", node="south", quantities={"MUG": others}))

        answer = world.ask(asked)

        if others:
            assert isinstance(answer, Accepted)
        else:
            assert answer == Refused((Reason(InventoryCode.SHORT, "pool:web", 0, 3, "MUG"),))
            assert standing(world) == before
