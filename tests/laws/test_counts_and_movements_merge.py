"""Law: a late movement never undoes a count, a late count never undoes a sale.

A few days at two shelves are played by a model that knows everything: what came, what was sold, what was adjusted, what
vanished or turned up unseen, and what each count really found. The messages of it arrive late, twice and in any order,
and the book is reconciled after each. At every step the book is what those messages mean that have arrived; at the end
it is what is physically there, but for what vanished after the last count, which nobody could know.
"""

from collections.abc import Iterable, Iterator
from random import Random
from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from tests.laws.world import NOW, Law, World
from unicommerce.catalog import Catalog
from unicommerce.counts import concerned, counted, discrepancy, reconcile, regraded
from unicommerce.inventory import adjusted, on_hand, received, reserve
from unicommerce.ledger import Accepted, Telling
from unicommerce.tills import sold
from unicommerce.values import HOUR_MS, MINUTE_MS

SHELVES = (("dc", "MUG"), ("north", "CUP"))
DAYS_AGO = NOW - 72 * HOUR_MS
UNSEEN, COUNT = "unseen", "count"


class Happening(NamedTuple):
    """What really happened at a node to a SKU: so many pieces more or fewer, or a count that found what was there."""

    at: int
    what: str
    node: str
    sku: str
    change: int
    found: int = 0


class Shelf(NamedTuple):
    """What really happened, in order, and the seed of the order in which it is told."""

    happened: tuple[Happening, ...]
    random: Random


class Told(NamedTuple):
    """A message, and what it says of a shelf."""

    id: str
    said: Happening


@st.composite
def shelves(draw: st.DrawFn) -> Shelf:
    """Draw a few days at two shelves; no shelf ever holds less than nothing, because shelves do not."""
    there: dict[tuple[str, str], int] = {}
    happened: list[Happening] = []
    kinds = st.sampled_from(["received", "sold", "adjusted", UNSEEN, COUNT])
    for minute in sorted(draw(st.sets(st.integers(0, 72 * 60), min_size=3, max_size=20))):
        what, (node, sku) = draw(kinds), draw(st.sampled_from(SHELVES))
        held = there.get((node, sku), 0)
        change = 0 if what == COUNT else draw(st.integers(1, 6))
        if what == "sold" or (what in {"adjusted", UNSEEN} and draw(st.booleans())):
            change = -min(change, held)
        if change or what == COUNT:
            there[node, sku] = held + change
            happened.append(Happening(DAYS_AGO + minute * MINUTE_MS, what, node, sku, change, held))
    return Shelf(tuple(happened), draw(st.randoms(use_true_random=False)))


def telling(told: Told) -> Telling[Catalog]:
    """Return the message of something that happened."""
    id, (at, what, node, sku, change, found) = told
    if what == COUNT:
        return counted(id, node=node, quantities={sku: found}, as_of=at)
    if what == "received":
        return received(id, node=node, quantities={sku: change}, occurred_at=at)
    if what == "sold":
        return sold(id, till="t", node=node, quantities={sku: -change}, occurred_at=at)
    return adjusted(id, node=node, sku=sku, change=change, occurred_at=at)


def messages(shelf: Shelf) -> list[Told]:
    """Return what is told, each once or twice, in the order in which it arrives; what nobody saw is not told."""
    told = [Told(f"m{n}", happening) for n, happening in enumerate(shelf.happened) if happening.what != UNSEEN]
    twice = [message for message in told if shelf.random.random() < 0.3]
    arriving = told + twice
    shelf.random.shuffle(arriving)
    return arriving


def meant(happened: Iterable[Happening]) -> int:
    """Return what these happenings at one shelf mean: the latest count, and what was told to have happened since."""
    in_order = sorted(happened)
    latest = max([n for n, each in enumerate(in_order) if each.what == COUNT], default=-1)
    start = in_order[latest].found if latest >= 0 else 0
    return start + sum(each.change for each in in_order[latest + 1 :])


def really(happened: Iterable[Happening]) -> int:
    """Return what is physically there, less what changed unseen after the last count."""
    in_order = list(happened)
    latest = max([n for n, each in enumerate(in_order) if each.what == COUNT], default=-1)
    return sum(each.change for n, each in enumerate(in_order) if each.what != UNSEEN or n < latest)


def at(happened: Iterable[Happening], node: str, sku: str) -> Iterator[Happening]:
    """Yield what happened at one shelf."""
    yield from [each for each in happened if (each.node, each.sku) == (node, sku)]


def follow(world: World) -> None:
    """Reconcile what the newest entry may have set apart; what a reaction of a host does after each entry."""
    _, entry = world.journal()[-1]
    for node, sku in concerned(entry):
        cause = f"{entry.id}#{len(world.journal())}"
        if discrepancy(world.ledger, node=node, sku=sku):
            answer = world.ask(reconcile(cause, node=node, sku=sku, accept=True))
            assert isinstance(answer, Accepted), answer
            before = world.journal()
            assert world.ask(reconcile(f"{cause}/again", node=node, sku=sku)) == Accepted()
            assert world.journal() == before


def disturb(world: World, random: Random) -> None:
    """Do what moves nothing from or to a node: claim there, and set pieces aside."""
    node, sku = random.choice(SHELVES)
    if random.random() < 0.5:
        world.ask(reserve(world.next_id("c"), place=node, quantities={sku: 1}))
    else:
        told = regraded(world.next_id("g"), node=node, quantities={sku: 1}, source="sellable", target="quarantine")
        world.tell(told)


def counts_and_movements_merge(shelf: Shelf) -> None:
    """Raise where the book is not what has arrived means, or at the end not what is there."""
    world = World(stock=0)
    arrived: set[Told] = set()
    for told in messages(shelf):
        disturb(world, shelf.random)
        world.shop.tell(telling(told), now=NOW)
        arrived.add(told)
        follow(world)
        for node, sku in {(each.said.node, each.said.sku) for each in arrived}:
            due = meant(at((each.said for each in arrived), node, sku))
            assert on_hand(world.ledger, node=node, sku=sku) == due, (node, sku, told)
    for node, sku in SHELVES:
        assert on_hand(world.ledger, node=node, sku=sku) == really(at(shelf.happened, node, sku)), (node, sku)


LAW = Law(
    "a late movement never undoes a count, a late count never undoes a sale", shelves(), counts_and_movements_merge
)


@given(LAW.cases)
def test_the_book_is_what_is_there_in_whatever_order_it_is_told(shelf: Shelf) -> None:
    """Absolute counts, deltas and sales, late and twice: the order in which they arrive changes nothing."""
    LAW.check(shelf)
