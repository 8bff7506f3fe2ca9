"""Law: another question or other content under a known id is a contradiction that names the field, and no more."""

from collections.abc import Mapping
from typing import NamedTuple

import pytest
from hypothesis import strategies as st

from tests.laws.world import NOW, Distant, Happened, Law, Note, World, make_order
from unicommerce.catalog import Catalog, Network
from unicommerce.errors import Contradiction
from unicommerce.fulfillment import amend, cancel, picked, place, shipped
from unicommerce.inventory import adjusted, hold, received, release, reserve
from unicommerce.ledger import Accepted, Ledger, Memory, Request, Telling, record
from unicommerce.returns import restock, returned


class Pair(NamedTuple):
    """What was said first, what is said under its id later, and the field in which they differ."""

    first: Request[Catalog]
    later: Request[Catalog]
    field: str


def _order(price: int) -> Request[Catalog]:
    return place(make_order("p", pool="web", skus=("MUG",), price_minor=price), {"1": 1})


ASKED: Mapping[str, Pair] = {
    "another place": Pair(
        reserve("c", place="dc", quantities={"MUG": 1}), reserve("c", place="north", quantities={"MUG": 1}), "place"
    ),
    "another quantity": Pair(
        reserve("c", place="dc", quantities={"MUG": 1}),
        reserve("c", place="dc", quantities={"MUG": 2}),
        "lines[0].quantity",
    ),
    "firm and soft": Pair(
        reserve("c", place="dc", quantities={"MUG": 1}),
        hold("c", place="dc", quantities={"MUG": 1}, until=NOW),
        "state",
    ),
    "another moment": Pair(
        hold("c", place="dc", quantities={"MUG": 1}, until=NOW),
        hold("c", place="dc", quantities={"MUG": 1}, until=NOW + 1),
        "claim.due_at",
    ),
    "another part": Pair(
        release("base", quantities={"MUG": 1}, id="p"), release("base", quantities={"MUG": 2}, id="p"), "quantities.MUG"
    ),
    "another SKU": Pair(
        release("base", quantities={"MUG": 1}, id="p"),
        release("base", quantities={"CUP": 1}, id="p"),
        "quantities[0][0]",
    ),
    "another price": Pair(_order(999), _order(998), "order.lines[0].price_minor"),
    "another amendment": Pair(amend("o", {"1": 1}, id="a"), amend("o", {"1": 2}, id="a"), "quantities.1"),
    "another reason": Pair(cancel("o", reason="late"), cancel("o", reason="dear"), "reason"),
    "another restock": Pair(restock("back", {"MUG": 1}), restock("back", {"MUG": 2}), "items.MUG"),
}


class Message(NamedTuple):
    """What was told first, what is told under its id later, and the field in which they differ."""

    first: Telling[object]
    later: Telling[object]
    field: str


TOLD: Mapping[str, Message] = {
    "another receipt": Message(
        received("r", node="dc", quantities={"MUG": 5}),
        received("r", node="dc", quantities={"MUG": 6}),
        "lines.MUG",
    ),
    "another node": Message(
        received("r", node="dc", quantities={"MUG": 5}), received("r", node="north", quantities={"MUG": 5}), "node"
    ),
    "another change": Message(
        adjusted("a", node="dc", sku="MUG", change=-1), adjusted("a", node="dc", sku="MUG", change=1), "change"
    ),
    "other pieces picked": Message(picked("o/1", {"1": 2}), picked("o/1", {"1": 1}, short={"1": 1}), "picked.1"),
    "other pieces shipped": Message(shipped("o/1", {"1": 2}), shipped("o/1", {"1": 1}), "pieces.1"),
    "another parcel": Message(
        shipped("o/1", {"1": 2}, tracking="T1"), shipped("o/1", {"1": 2}, tracking="T2"), "tracking"
    ),
    "another return": Message(
        returned("r", node="dc", blind={"MUG": 1}), returned("r", node="dc", blind={"CUP": 1}), "blind[0][0]"
    ),
}


def _world(store: Memory) -> World:
    world = World(store=store)
    world.ask(reserve("base", place="dc", quantities={"MUG": 2, "CUP": 2}))
    world.ask(place(make_order("o", pool="web", skus=("MUG",)), {"1": 2}))
    world.tell(returned("back", node="dc", blind={"MUG": 3, "CUP": 3}))
    return world


class Story(NamedTuple):
    """Two stories under one id, asked or told, near or at a distance."""

    said: Pair | Message
    is_distant: bool


def contradictions_name_the_field(story: Story) -> None:
    """Raise where the second story is taken, where the error names another field, or where anything changes."""
    world = _world(Distant() if story.is_distant else Memory())
    first, later, field = story.said
    _say(world, first)
    before = world.ledger.snapshot()
    error = _error(world, later)
    assert error is not None, "the second story was taken"
    assert (error.id, error.field) == (first.id, field)
    assert world.ledger.snapshot() == before


def _say(world: World, said: Request[Catalog] | Telling[object]) -> None:
    if isinstance(said, Request):
        assert isinstance(world.ask(said), Accepted)
    else:
        world.shop.tell(said, now=NOW)


def _error(world: World, said: Request[Catalog] | Telling[object]) -> Contradiction | None:
    try:
        _say(world, said)
    except Contradiction as error:
        return error
    return None


EVERY: dict[str, Pair | Message] = {**ASKED, **TOLD}
STORIES = [Story(said, is_distant) for said in EVERY.values() for is_distant in (False, True)]
LAW = Law("a contradiction names the field", st.sampled_from(STORIES), contradictions_name_the_field)


@pytest.mark.parametrize("is_distant", [False, True], ids=["near", "distant"])
@pytest.mark.parametrize("said", EVERY.values(), ids=EVERY)
def test_another_story_under_a_known_id_is_a_contradiction(said: Pair | Message, is_distant: bool) -> None:  # noqa: FBT001
    """The first story is on record and stands; the second is an error that names the first field that differs."""
    LAW.check(Story(said, is_distant))


def test_a_document_of_the_same_revision_with_other_content_is_a_contradiction() -> None:
    """A document has one writer: two contents of one revision cannot both be true."""
    ledger = Ledger()
    ledger.append(record("e1", (Happened(notes=(Note(id="n", text="one"),)),), now=NOW))
    before = ledger.snapshot()
    for id, notes in {"e2": ("two",), "e3": ("one", "two")}.items():
        event = Happened(notes=tuple([Note(id="n" if id == "e2" else "m", text=text) for text in notes]))
        with pytest.raises(Contradiction):
            ledger.append(record(id, (event,), now=NOW))

        assert ledger.snapshot() == before


def test_a_network_of_a_known_revision_with_other_nodes_is_not_taken_over() -> None:
    """The shop goes on with the network on record, not with the one that was refused."""
    world = World()
    with pytest.raises(Contradiction):
        world.shop.revise(Catalog(network=Network()), now=NOW)

    assert world.shop.catalog.network == world.network
    assert world.network.nodes


ONE, TWO = {"MUG": 1, "CUP": 1}, {"CUP": 1, "MUG": 1}
LINES, ENIL = {"1": 1, "2": 1}, {"2": 1, "1": 1}
PAIR_ORDER = make_order("p", pool="web", skus=("MUG", "CUP"))

SAME: Mapping[str, tuple[Request[Catalog], Request[Catalog]]] = {
    "reserve": (reserve("c", place="dc", quantities=ONE), reserve("c", place="dc", quantities=TWO)),
    "release": (release("base", quantities=ONE, id="part"), release("base", quantities=TWO, id="part")),
    "restock": (restock("back", {"MUG": 1, "CUP": 1}), restock("back", {"CUP": 1, "MUG": 1})),
    "place": (place(PAIR_ORDER, LINES), place(PAIR_ORDER, ENIL)),
    "amend": (amend("two", LINES, id="a"), amend("two", ENIL, id="a")),
    "cancel": (cancel("two", LINES, id="less"), cancel("two", ENIL, id="less")),
}


@pytest.mark.parametrize("pair", SAME.values(), ids=SAME)
def test_the_order_of_a_mapping_asks_nothing_else(pair: tuple[Request[Catalog], Request[Catalog]]) -> None:
    """Pieces by SKU or line in another order are the same question."""
    world = _world(Memory())
    world.tell(received("more", node="dc", quantities={"CUP": 9}))
    world.ask(place(make_order("two", pool="web", skus=("MUG", "CUP")), {"1": 2, "2": 2}))
    first, again = [world.ask(request) for request in pair]

    assert isinstance(first, Accepted)
    assert isinstance(again, Accepted)
    assert first.events == again.events


def test_the_order_of_a_mapping_tells_nothing_else() -> None:
    """Pieces by SKU in another order are the same receipt and the same return."""
    world = World()
    for back in (ONE, TWO):
        world.shop.tell(received("r", node="dc", quantities=back), now=NOW)
        world.shop.tell(returned("b", node="dc", blind=back), now=NOW)

    assert len(world.journal()) == len(World().journal()) + 2
