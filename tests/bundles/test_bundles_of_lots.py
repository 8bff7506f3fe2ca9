"""Bundles of what is told apart by lot: which lots go in and come out, how long they last, and who finds them."""

from tests.bundles.calls import GROCER
from tests.laws.world import World
from tests.lots.shop import DAY, TODAY
from unicommerce.bundles import BundleCode, MadeOf, assemble, disassemble, made_of
from unicommerce.inventory import InventoryCode, LotPieces, goods, hold, lot_key, received, sellable
from unicommerce.ledger import Accepted, Account, Reason, Refused
from unicommerce.lots import BatchReceived, LotCode, claim_lots, hold_lots, recalled, received_lots, trace

MILK, HAMPER = goods("MILK"), goods("HAMPER")


def grocer() -> World:
    """Return a shop with four bottles of a lot that expires sooner and four of one that lasts longer."""
    world = World(GROCER, stock=0)
    batches = [BatchReceived("MILK", 4, "LATE", TODAY + 9), BatchReceived("MILK", 4, "SOON", TODAY + 3)]
    world.tell(received_lots("r", node="dc", batches=batches))
    world.tell(received("s", node="dc", quantities={"MUG": 9}))
    return world


def there(world: World, lot: str, state: str = "sellable") -> int:
    """Return the pieces of a lot of milk at the node."""
    return world.ledger.balance(MILK, (Account("dc", state, lot=lot),))


def make(world: World, id: str, quantity: int, lot: str, *lots: LotPieces) -> Accepted | Refused:
    """Ask for hampers."""
    return world.ask(assemble(id, node="dc", bundle="HAMPER", quantity=quantity, lot=lot, lots=lots))


def test_a_bundle_lasts_as_long_as_the_first_of_its_components() -> None:
    """Of what nobody names, the lots that expire first go in."""
    world = grocer()
    assert isinstance(make(world, "a", 3, "B1"), Accepted)

    batch = world.ledger.document(lot_key("HAMPER", "B1"))
    assert batch is not None
    assert batch.expires_on == TODAY + 3
    assert (there(world, "SOON"), there(world, "LATE")) == (0, 2)
    assert world.ledger.balance(HAMPER, (sellable("dc")._replace(lot="B1"),)) == 3
    world.now += 4 * DAY
    assert LotCode.MAY_NOT_BE_SOLD in [
        r.code for r in world.ask(claim_lots("c", node="dc", lots=[LotPieces("HAMPER", 1, "B1")])).because
    ]


def test_a_recall_finds_the_bundles_that_a_lot_went_into() -> None:
    """Each lot of a bundle, with the pieces in it; and both traces add up."""
    world = grocer()
    make(world, "a", 1, "B1", LotPieces("MILK", 1, "LATE"))
    assert isinstance(make(world, "b", 2, "B2", LotPieces("MILK", 4, "LATE")), Refused)

    assert world.shop.see(made_of("MILK", "LATE")) == (MadeOf("HAMPER", "B1", 1),)
    assert world.shop.see(made_of("MILK", "SOON")) == (MadeOf("HAMPER", "B1", 1),)
    make(world, "d", 1, "B4", LotPieces("MILK", 2, "LATE"))
    assert world.shop.see(made_of("MILK", "LATE")) == (MadeOf("HAMPER", "B1", 1), MadeOf("HAMPER", "B4", 2))
    milk, hamper = world.shop.see(trace("MILK", "LATE")), world.shop.see(trace("HAMPER", "B1"))
    assert (milk.came, milk.in_bundles, milk.under_way) == (4, 3, 0)
    assert (hamper.came, hamper.in_bundles, hamper.under_way) == (0, -1, 0)


def test_components_go_back_to_the_lots_that_went_in() -> None:
    """Which of them it was is told, or assumed and said so; never more than went in."""
    world = grocer()
    before = world.ledger.snapshot().balances[MILK]
    make(world, "a", 2, "B1", LotPieces("MILK", 2, "LATE"), LotPieces("MILK", 2, "SOON"))
    late = [LotPieces("MILK", 2, "LATE")]

    answer = world.ask(disassemble("d", node="dc", bundle="HAMPER", lot="B1", lots=late))
    assert (answer.because, there(world, "LATE"), there(world, "SOON")) == ((), 4, 2)
    again = world.ask(disassemble("e", node="dc", bundle="HAMPER", lot="B1", lots=late))
    assert again.because[0].code is BundleCode.SHORT
    assert isinstance(world.ask(disassemble("f", node="dc", bundle="HAMPER", lot="B1")), Accepted)
    assert world.ledger.snapshot().balances[MILK] == before

    make(world, "g", 2, "B2", LotPieces("MILK", 2, "LATE"), LotPieces("MILK", 2, "SOON"))
    answer = world.ask(disassemble("h", node="dc", bundle="HAMPER", lot="B2"))
    assert answer.because == (Reason(LotCode.ASSUMED, "MILK", 2),)


def test_what_was_recalled_meanwhile_comes_out_into_quarantine() -> None:
    """A bundle is taken apart, and only what is fit is for sale."""
    world = grocer()
    make(world, "a", 1, "B1", LotPieces("MILK", 1, "LATE"), LotPieces("MILK", 1, "SOON"))
    world.tell(recalled("MILK", "SOON", reason="glass"))
    world.ask(disassemble("d", node="dc", bundle="HAMPER", lot="B1"))

    assert (there(world, "SOON", "quarantine"), there(world, "LATE")) == (1, 4)
    refused = make(world, "b", 1, "B2", LotPieces("MILK", 1, "SOON"))
    assert Reason(LotCode.MAY_NOT_BE_SOLD, "SOON") in refused.because


def test_what_is_held_by_name_does_not_go_in() -> None:
    """Nor is anything that others own."""
    world = grocer()
    world.ask(claim_lots("c", node="dc", lots=[LotPieces("MILK", 3, "SOON")]))
    assert isinstance(make(world, "a", 2, "B1", LotPieces("MILK", 2, "SOON")), Refused)
    assert isinstance(make(world, "b", 2, "B1"), Accepted)
    assert (there(world, "SOON"), there(world, "LATE")) == (0, 1)
    world.tell(received_lots("o", node="dc", batches=[BatchReceived("MILK", 9, "LATE", TODAY + 9, owner="acme")]))

    owned = make(world, "d", 1, "B1", LotPieces("MILK", 2, "LATE", "acme"))
    assert BundleCode.NOT_USED in [reason.code for reason in owned.because]


def test_a_hold_that_is_over_keeps_nothing_from_a_bundle() -> None:
    """By name or not, of what has lots or of what has none: each is ended in the entry that makes the bundle."""
    world = grocer()
    for each in (
        hold_lots("milk", node="dc", lots=[LotPieces("MILK", 4, "SOON")], until=world.now + 1),
        hold("mugs", place="pool:web", quantities={"MUG": 8}, until=world.now + 1),
    ):
        assert isinstance(world.ask(each), Accepted)
    assert isinstance(make(world, "a", 3, "B1"), Refused)
    world.now += DAY

    answer = make(world, "b", 4, "B1")
    assert [(reason.code, reason.subject) for reason in answer.because] == [
        (InventoryCode.EXPIRED, "milk"),
        (InventoryCode.EXPIRED, "mugs"),
    ]
    assert isinstance(answer, Accepted)
    assert (there(world, "SOON"), there(world, "LATE")) == (0, 0)
