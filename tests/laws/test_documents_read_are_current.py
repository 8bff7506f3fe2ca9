"""Law: a document that was read was current when the answer was recorded, whoever replaced it meanwhile."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple, TypeVar

from hypothesis import given
from hypothesis import strategies as st

from tests.laws.world import CATALOG, LATER, NODES, NOW, POOLS, SKUS, Law, Turn, Waiting, interleave, make_order
from unicommerce.catalog import NETWORK, Catalog, Network
from unicommerce.commerce import AsyncCommerce
from unicommerce.fulfillment import allocate, amend, attempts_key, cancel, picked, place
from unicommerce.inventory import expire, hold, received, release
from unicommerce.ledger import Account, Decision, Document, Entry, Guard, Key, Recorded, Request, State
from unicommerce.values import Unit

D = TypeVar("D", bound=Document)
Revisions = dict[Key[Document], int]


class Watched:
    """A state that remembers which documents were looked at, and at which revision."""

    def __init__(self, state: State, seen: Revisions) -> None:
        self._state = state
        self._seen = seen

    def balance(self, unit: Unit, accounts: Iterable[Account]) -> int:
        """Pass on."""
        return self._state.balance(unit, accounts)

    def document(self, key: Key[D]) -> D | None:
        """Pass on and remember."""
        document = self._state.document(key)
        self._seen[key] = document.revision if document else 0
        return document

    def parts(self, unit: Unit, account: Account) -> Mapping[Account, int]:
        """Pass on."""
        return self._state.parts(unit, account)

    def moved(self, unit: Unit, place: str, since: int) -> int:
        """Pass on."""
        return self._state.moved(unit, place, since)


class Comparing(Waiting):
    """A store that compares what a decision has seen with what is on record, at the moment of recording."""

    __slots__ = ("seen",)

    def __init__(self) -> None:
        super().__init__()
        self.seen: dict[str, Revisions] = {}

    async def append(self, entry: Entry, guards: tuple[Guard, ...] = ()) -> Recorded | None:
        """Wait, append, compare."""
        await Turn()
        looked_at = self.seen.get(entry.id, {})
        current = {key: document.revision for key in looked_at if (document := self.ledger.document(key))}
        recorded = self.ledger.append(entry, guards)
        if recorded is not None and recorded.entry is entry:
            stale = {key: (seen, current.get(key, 0)) for key, seen in looked_at.items() if seen != current.get(key, 0)}
            assert stale == {}, entry.id
        return recorded

    def watched(self, request: Request[Catalog]) -> Request[Catalog]:
        """Return the same request, whose looking about is remembered."""

        def decide(state: State, catalog: Catalog, now: int) -> Decision:
            seen = self.seen[request.id] = {NETWORK: catalog.network.revision}
            return request.decide(Watched(state, seen), catalog, now)

        return Request(request.id, request.asked, decide)


ORDER = make_order("o", pool="web", skus=SKUS)
QUANTITIES = {"1": 2, "2": 1, "3": 3}
REQUESTS: Sequence[Callable[[], Request[Catalog]]] = (
    lambda: place(ORDER, QUANTITIES),
    lambda: allocate("o", id="wave"),
    lambda: amend("o", {"1": 3}, id="more"),
    lambda: amend("o", {"2": 0}, id="less"),
    lambda: cancel("o"),
    lambda: hold("basket", place="pool:club", quantities={"MUG": 1}, until=NOW),
    lambda: release("basket"),
    lambda: expire("basket"),
)


class Rush(NamedTuple):
    """Requests by number, how often the network is revised beside them, and whose turn is when."""

    requests: Sequence[int]
    revisions: int
    schedule: Sequence[int]


RUSHES = st.builds(
    Rush,
    st.lists(st.integers(0, len(REQUESTS) - 1), max_size=6, unique=True),
    st.integers(0, 3),
    st.lists(st.integers(0, 8), max_size=40),
)


def documents_are_current(rush: Rush) -> None:
    """Raise where an answer goes on record that rests on a document which is no longer the current one."""
    store = Comparing()
    shop = AsyncCommerce(CATALOG, store=store)
    stock = [shop.tell(received(f"r {n.id}", node=n.id, quantities=dict.fromkeys(SKUS, 2)), now=NOW) for n in NODES]
    interleave(stock, [])
    interleave([shop.ask(place(ORDER, QUANTITIES, policy=LATER), now=NOW)] if 0 not in rush.requests else [], [])
    asking = [_ask(store, shop, REQUESTS[number]()) for number in rush.requests]
    asking += [_revise(shop, revision) for revision in range(2, 2 + rush.revisions)]
    asking.append(_pick_short(shop))
    interleave(asking, rush.schedule)


async def _ask(store: Comparing, shop: AsyncCommerce, request: Request[Catalog]) -> None:
    await shop.ask(store.watched(request), now=NOW)


async def _revise(shop: AsyncCommerce, revision: int) -> None:
    nodes = NODES if revision % 2 else NODES[:-1]
    ids = [node.id for node in nodes]
    pools = [type(pool)(id=pool.id, nodes=tuple([node for node in pool.nodes if node in ids])) for pool in POOLS]
    network = Network(revision=revision, nodes=nodes, pools=tuple(pools))
    await shop.revise(Catalog(network=network, products=CATALOG.products), now=NOW)


async def _pick_short(shop: AsyncCommerce) -> None:
    await shop.tell(picked("o/1", {}, short={"1": 1}), now=NOW)


LAW = Law("a document that was read was current when recorded", RUSHES, documents_are_current)


@given(LAW.cases)
def test_nothing_goes_on_record_that_rests_on_a_replaced_document(rush: Rush) -> None:
    """Orders, claims and short picks beside revisions of the network, interleaved in any way."""
    LAW.check(rush)


def test_a_fact_that_replaces_a_document_is_decided_again() -> None:
    """Two nodes that fall short of one order at once are both remembered."""
    store = Comparing()
    shop = AsyncCommerce(CATALOG, store=store)
    stock = [shop.tell(received(f"r {n}", node=n, quantities={"MUG": 3}), now=NOW) for n in ("north", "south")]
    interleave(stock, [])
    order = make_order("o", pool="club", skus=("MUG",))
    interleave([shop.ask(place(order, {"1": 6}), now=NOW)], [])
    short = [shop.tell(picked(f"o/{number}", {}, short={"1": 1}), now=NOW) for number in (1, 2)]
    interleave(short, [0, 1, 0, 1])
    attempts = store.ledger.document(attempts_key("o"))

    assert attempts is not None
    assert sorted([each.node for each in attempts.rejections]) == ["north", "south"]
