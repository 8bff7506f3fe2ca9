"""Law: a count corrects what was counted and nothing else, in any order in which counts and movements arrive.

A few days at a node are played by a model that knows everything: what came, was sold, brought back broken or regraded;
what vanished or was carried from one pile to another unseen; and what each count found, of all on hand or of one pile.
The messages of it arrive late, twice and in any order, and the book is reconciled after each. At every step each pile
is what the messages mean that have arrived; once all is counted at last, it is what is physically there.
"""

from collections.abc import Iterable, Mapping
from random import Random
from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from tests.laws.world import NOW, Law, World
from unicommerce.catalog import Catalog
from unicommerce.counts import APART, SCOPES, SHELF, concerned, counted, reconcile, regraded, uneven
from unicommerce.inventory import GoodsState, goods, received, reserve
from unicommerce.ledger import Accepted, Account, Telling
from unicommerce.tills import brought_back, sold
from unicommerce.values import HOUR_MS, MINUTE_MS

PILES = (SHELF, *APART)
STATES = {SHELF: (GoodsState.SELLABLE, GoodsState.HELD, GoodsState.RESERVED), **{of: (of,) for of in APART}}
DAYS_AGO = NOW - 72 * HOUR_MS
MOST = 60 * 60
KINDS = ("received", "sold", "brought_back", "regraded", "unseen", "carried", "count", "count")
LAST = (PILES, (*APART, ""), ("", "carried", *APART), ("quarantine", "", "carried", "damaged", "quarantine"))
"""In which order all is counted at last, each of which knows all there is."""


class Happening(NamedTuple):
    """What really happened: pieces more or fewer on each pile, or a count of a scope that found what was there."""

    at: int
    what: str
    changes: tuple[tuple[str, int], ...] = ()
    of: str = ""
    found: int = 0

    def change(self, *piles: str) -> int:
        """Return what it changed on some piles."""
        return sum([change for pile, change in self.changes if pile in piles])


class Days(NamedTuple):
    """What really happened, in order, and the seed of the order in which it is told."""

    happened: tuple[Happening, ...]
    random: Random


def there(happened: Iterable[Happening]) -> dict[str, int]:
    """Return what is physically on each pile."""
    seen = [*happened]
    return {pile: sum([each.change(pile) for each in seen]) for pile in PILES}


def _happens(draw: st.DrawFn, at: int, what: str, held: Mapping[str, int]) -> Happening:
    if what == "count" or what in SCOPES:
        of = draw(st.sampled_from(SCOPES)) if what == "count" else what
        return Happening(at, "count", (), of, held[of] if of else sum(held.values()))
    pieces = draw(st.integers(1, 5))
    if what == "received":
        return Happening(at, what, ((SHELF, pieces),))
    if what == "brought_back":
        return Happening(at, what, ((draw(st.sampled_from(APART)), pieces),))
    source, target = draw(st.sampled_from([(a, b) for a in PILES for b in PILES if a != b]))
    if what == "unseen" and draw(st.booleans()):
        return Happening(at, what, ((source, pieces),))
    source = SHELF if what == "sold" else source
    gone = ((source, -min(pieces, held[source])),)
    is_moved = what in {"regraded", "carried"}
    return Happening(at, what, (*gone, (target, -gone[0][1])) if is_moved else gone)


@st.composite
def days(draw: st.DrawFn) -> Days:
    """Draw a few days at a node, and the counts of all that is there; no pile ever holds less than nothing."""
    happened: list[Happening] = []
    minutes = sorted(draw(st.sets(st.integers(0, MOST), min_size=2, max_size=14)))
    kinds = [draw(st.sampled_from(KINDS)) for _ in minutes] + [*draw(st.sampled_from(LAST))]
    for n, what in enumerate(kinds):
        minute = minutes[n] if n < len(minutes) else MOST + n
        each = _happens(draw, DAYS_AGO + minute * MINUTE_MS, what, there(happened))
        if each.what == "count" or any(change for _, change in each.changes):
            happened.append(each)
    return Days(tuple(happened), draw(st.randoms(use_true_random=False)))


def telling(id: str, happened: Happening) -> Telling[Catalog]:
    """Return the message of something that happened."""
    at, what, changes, of, found = happened
    if what == "count":
        return counted(id, node="dc", quantities={"MUG": found}, as_of=at, of=of)
    pile, change = changes[-1]
    if what == "received":
        return received(id, node="dc", quantities={"MUG": change}, occurred_at=at)
    if what == "sold":
        return sold(id, till="t", node="dc", quantities={"MUG": -change}, occurred_at=at)
    if what == "brought_back":
        return brought_back(id, node="dc", quantities={"MUG": change}, state=pile, occurred_at=at)
    source, target = (GoodsState.SELLABLE if each == SHELF else each for each, _ in changes)
    return regraded(id, node="dc", quantities={"MUG": change}, source=source, target=target, occurred_at=at)


def messages(happened: Iterable[Happening]) -> list[tuple[str, Happening]]:
    """Return what is told, in the order in which it happened; what nobody saw is not told."""
    return [(f"m{n}", each) for n, each in enumerate(happened) if each.what not in {"unseen", "carried"}]


def meant(told: Iterable[Happening]) -> dict[str, int]:
    """Return what these messages mean for each pile: the latest count of it, and what was told to have moved since."""
    in_order = sorted(told)

    def latest(*scopes: str) -> int:
        return max([n for n, each in enumerate(in_order) if each.what == "count" and each.of in scopes], default=-1)

    def since(n: int, *piles: str) -> int:
        found = in_order[n].found if n >= 0 else 0
        return found + sum([each.change(*piles) for each in in_order[n + 1 :]])

    due = {of: since(latest(of), of) for of in APART}
    ruling = latest("", SHELF)
    if ruling < 0 or in_order[ruling].of == SHELF:
        return {SHELF: since(ruling, SHELF), **due}
    return {SHELF: since(ruling, *PILES) - sum(due.values()), **due}


def book(world: World) -> dict[str, int]:
    """Return what the book has on each pile."""
    return {
        pile: world.ledger.balance(goods("MUG"), [Account("dc", state) for state in states])
        for pile, states in STATES.items()
    }


def follow(world: World) -> None:
    """Reconcile what the newest entry may have set apart; what a reaction of a host does after each entry."""
    _, entry = world.journal()[-1]
    for node, sku in concerned(entry):
        cause = f"{entry.id}#{len(world.journal())}"
        if uneven(world.ledger, node=node, sku=sku):
            answer = world.ask(reconcile(cause, node=node, sku=sku, accept=True))
            assert isinstance(answer, Accepted), answer
            assert uneven(world.ledger, node=node, sku=sku) == ()
            assert world.ask(reconcile(f"{cause}/again", node=node, sku=sku)) == Accepted()


def told(world: World, id: str, happened: Happening) -> None:
    """Tell a message to a host that follows."""
    world.shop.tell(telling(id, happened), now=NOW)
    follow(world)


def counts_of_piles_merge(case: Days) -> None:
    """Raise where a pile is not what has arrived means, or at the end not what is there, or where order matters."""
    world, in_order = World(stock=0), World(stock=0)
    arriving = messages(case.happened)
    for message in arriving:
        told(in_order, *message)
    arriving += [message for message in arriving if case.random.random() < 0.3]
    case.random.shuffle(arriving)
    arrived: dict[str, Happening] = {}
    for id, each in arriving:
        told(world, id, each)
        arrived[id] = each
        assert book(world) == meant(arrived.values()), (id, each)
        if case.random.random() < 0.2:
            world.ask(reserve(f"claim {id}", place="dc", quantities={"MUG": 1}))  # on the shelf, moved or not
    assert book(world) == there(case.happened)
    missing = [each.ledger.balance(goods("MUG"), (Account("dc", "missing"),)) for each in (world, in_order)]
    assert (book(in_order), missing[1]) == (book(world), missing[0])


LAW = Law("a count corrects what was counted, in any order of arrival", days(), counts_of_piles_merge)


@given(LAW.cases)
def test_each_pile_is_what_is_there_in_whatever_order_it_is_told(case: Days) -> None:
    """Counts of all and of each pile, movements between and from outside, late and twice."""
    LAW.check(case)
