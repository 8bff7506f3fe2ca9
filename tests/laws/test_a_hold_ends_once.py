"""Law: a hold ends exactly once: released, expired, or in parts, and never gives back more than it held."""

from collections.abc import Coroutine, Sequence
from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from tests.laws.world import CATALOG, NODES, NOW, Law, Waiting, balances, interleave
from unicommerce.catalog import Catalog
from unicommerce.commerce import AsyncCommerce
from unicommerce.inventory import LotPieces, Released, confirm, expire, goods, hold, received, release, reserve
from unicommerce.ledger import Account, Ledger, Request, run
from unicommerce.lots import BatchReceived, Recalled, claim_lots, hold_lots, recalled, received_lots

HELD = {"MUG": 3, "CUP": 2}
NAMED = [LotPieces("MUG", 2, "L1"), LotPieces("MUG", 1, "L2", "acme"), LotPieces("CUP", 2, "L1")]


class Ending(NamedTuple):
    """Where the claim is, whether it is soft and by name, and who wants what of it back.

    All, what is due, or pieces of a SKU.
    """

    place: str
    is_soft: bool
    is_named: bool
    wants: Sequence[tuple[str, int]]
    schedule: Sequence[int]


ENDINGS = st.builds(
    Ending,
    st.sampled_from(("dc", "pool:web", "pool:club")),
    st.booleans(),
    st.booleans(),
    st.lists(st.tuples(st.sampled_from(("all", "due", "MUG", "CUP", "LID")), st.integers(1, 4)), max_size=8),
    st.lists(st.integers(0, 7), max_size=30),
)


def _claim(ending: Ending) -> Request[Catalog]:
    """Return the claim; by name, which is at a node only, it is of two lots of mugs and one of cups."""
    until = NOW + 1
    if ending.is_named and ending.place == "dc":
        if ending.is_soft:
            return hold_lots("basket", node="dc", lots=NAMED, until=until)
        return claim_lots("basket", node="dc", lots=NAMED)
    if ending.is_soft:
        return hold("basket", place=ending.place, quantities=HELD, until=until)
    return reserve("basket", place=ending.place, quantities=HELD)


def _request(number: int, want: tuple[str, int]) -> Request[object]:
    if want[0] == "all":
        return release("basket", id=f"all {number}" if number % 2 else "")
    if want[0] == "due":
        return expire("basket")
    return release("basket", quantities={want[0]: want[1]}, id=f"part {number}")


def given_back(ledger: Ledger) -> dict[str, int]:
    """Return what the journal says was given back, by SKU."""
    back = dict.fromkeys(HELD, 0)
    for _, entry in ledger.since(0, 1_000):
        for line in [line for event in entry.events if isinstance(event, Released) for line in event.lines]:
            back[line.sku] += line.quantity
    return back


def a_hold_ends_once(ending: Ending) -> None:
    """Raise where a claim gives back more than it holds, ends twice, or is not all given back in the end."""
    store = Waiting()
    shop = AsyncCommerce(CATALOG, store=store)
    interleave([shop.tell(received(f"r {n.id}", node=n.id, quantities=HELD), now=NOW) for n in NODES], [])
    came = [BatchReceived(sku, quantity, lot, owner=owner) for sku, quantity, lot, owner, _ in NAMED]
    interleave([shop.tell(received_lots("lots", node="dc", batches=came), now=NOW)], [])
    opening = balances(store.ledger.snapshot())
    interleave([shop.ask(_claim(ending), now=NOW)], [])
    wants = [_request(number, want) for number, want in enumerate(ending.wants)]
    interleave([shop.ask(want, now=NOW + 1) for want in wants], ending.schedule)
    back = given_back(store.ledger)
    account = Account(ending.place, "held" if ending.is_soft else "reserved", "claim:basket")
    for sku, pieces in HELD.items():
        left = store.ledger.balance(goods(sku), (account,))
        assert 0 <= left == pieces - back[sku], (sku, left, back)
    interleave([shop.ask(release("basket", id="the rest"), now=NOW + 1)], [])
    interleave([shop.ask(expire("basket"), now=NOW + 1)], [])
    assert given_back(store.ledger) == HELD
    assert balances(store.ledger.snapshot()) == opening
    assert run(store.due(NOW + 1, 10)) == ()


LAW = Law("a hold ends exactly once", ENDINGS, a_hold_ends_once)


@given(LAW.cases)
def test_those_who_end_a_claim_at_once_get_back_what_it_held_and_no_more(ending: Ending) -> None:
    """Releases in whole and in part beside any number of tickers, interleaved in any way."""
    LAW.check(ending)


class Recall(NamedTuple):
    """Who asks what of a hold by name, whom a recall of its first lot comes before, and who goes on when."""

    wants: Sequence[tuple[str, int]]
    before: int
    schedule: Sequence[int]


RECALLS = st.builds(
    Recall,
    st.lists(st.tuples(st.sampled_from(("all", "due", "MUG", "confirm")), st.integers(1, 2)), min_size=1, max_size=4),
    st.integers(0, 2),
    st.lists(st.integers(0, 4), max_size=20),
)


def a_recalled_lot_stays_away(recall: Recall) -> None:
    """Raise where pieces of a recalled lot come to the shelf out of a hold, or are made firm."""
    store = Waiting()
    shop = AsyncCommerce(CATALOG, store=store)
    came = [BatchReceived(sku, quantity, lot, owner=owner) for sku, quantity, lot, owner, _ in NAMED]
    interleave([shop.tell(received_lots("lots", node="dc", batches=came), now=NOW)], [])
    interleave([shop.ask(hold_lots("basket", node="dc", lots=NAMED, until=NOW + 1), now=NOW)], [])
    asked: list[Coroutine[object, object, object]] = []
    for number, (what, quantity) in enumerate(recall.wants):
        part: Request[object] = confirm("basket", lots=[NAMED[0]._replace(quantity=quantity)], id=str(number))
        request = part if what == "confirm" else _request(number, (what, quantity))
        asked.append(shop.ask(request, now=NOW + (what == "due")))
    asked.insert(recall.before, shop.tell(recalled("MUG", "L1", reason="glass"), now=NOW))
    interleave(asked, recall.schedule)
    is_recalled = False
    for _, entry in store.ledger.since(0, 1_000):
        gone = [move.target.state for move in entry.movements if (move.unit, move.source.lot) == (goods("MUG"), "L1")]
        assert not is_recalled or set(gone) <= {"quarantine"}, (entry.id, gone)
        is_recalled |= any(isinstance(event, Recalled) for event in entry.events)


RECALLED = Law("a recalled lot stays away", RECALLS, a_recalled_lot_stays_away)


@given(RECALLED.cases)
def test_what_is_recalled_in_a_basket_is_neither_paid_nor_put_on_the_shelf(recall: Recall) -> None:
    """A recall beside those who confirm, release and tick, interleaved in any way."""
    RECALLED.check(recall)
