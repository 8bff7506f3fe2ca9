"""What invariants look at: the journal added up entry by entry, apart from the store; and what really happened.

Nothing here asks the code that it watches for its opinion. `changes` is the effect of the last entry, so that a check
after each step looks at what was touched and at nothing else.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Literal, NamedTuple

from ..catalog import NETWORK, Network, pool_place
from ..counts import Counted, Reconciled
from ..inventory import ON_HAND, GoodsState
from ..ledger import Account, Document, Entry, Key, Recorded, Snapshot, is_part, whole
from ..values import Unit
from .matching import unserved
from .scene import Scene

__all__ = ["CLAIMED", "Invariant", "View"]

CLAIMED = (GoodsState.HELD, GoodsState.RESERVED)


class View:
    """The state as the journal tells it, up to `entry` at `position`.

    `book` are balances by unit, `claims` what is held or reserved by ref and unit, `missing` how many claimed pieces of
    a unit no node can serve, `was_missing` the same before the entry. `asked` are the ids of requests (all others are
    facts), `acts` what physically happened by the id of the message that tells of it, `shelf` what is physically there.
    `counted` is the latest count of a SKU at a node, as (as of, pieces), and `moves` what came there or left since the
    beginning, as (occurred at, pieces). `sold` are the pieces that customers have of each sale of a till; tills in
    `own_account` know what rights they have.
    """

    def __init__(self, scene: Scene, live: Callable[[Unit, tuple[Account, ...]], Mapping[Account, int]]) -> None:
        self.scene = scene
        self.live = live
        self.network: Network = scene.catalog.network
        self.position = 0
        self.gap: tuple[int, int] | None = None
        self.entry: Entry | None = None
        self.entries: dict[str, Entry] = {}
        self.twice = ""
        self.is_latest = True
        self.documents: dict[Key[Document], Document] = {}
        self.book: dict[Unit, dict[Account, int]] = {}
        self.claims: dict[tuple[str, Unit], dict[Account, int]] = {}
        self.changes: dict[Unit, dict[Account, int]] = {}
        self.missing: dict[Unit, int] = {}
        self.was_missing: dict[Unit, int] = {}
        self.asked: set[str] = set()
        self.acts: dict[str, Mapping[tuple[str, Unit], int]] = {}
        self.shelf: dict[tuple[str, Unit], int] = {}
        self.counted: dict[tuple[str, Unit], tuple[int, int]] = {}
        self.moves: dict[tuple[str, Unit], list[tuple[int, int]]] = {}
        self.sold: dict[str, dict[Unit, int]] = {}
        self.own_account: set[str] = set()
        self.told: set[str] = set()
        self.waiting: tuple[str, ...] = ()
        self.snapshot: Snapshot | None = None
        self.journal: list[Recorded] = []
        self.heard = 0
        self.known_at = 0

    @property
    def is_request(self) -> bool:
        """Tell whether the entry is what was asked, and not a fact."""
        return self.entry is not None and self.entry.id in self.asked

    def balance(self, unit: Unit, account: Account) -> int:
        """Return what an account holds by the journal."""
        return self.book.get(unit, {}).get(account, 0)

    def on_hand(self, node: str, unit: Unit) -> int:
        """Return what a node has by the journal."""
        book = self.book.get(unit, {})
        return sum([book.get(Account(node, state), 0) for state in ON_HAND])

    def take(self, recorded: Recorded) -> None:
        """Add the next entry of the journal."""
        position, entry = recorded
        self.gap = None if position == self.position + 1 else (self.position, position)
        self.twice = entry.id if entry.id in self.entries else ""
        self.position, self.entry = position, entry
        self.entries[entry.id] = entry
        self.journal.append(recorded)
        self._post(entry)
        self._note_counts(entry)
        is_revised = False
        for document in entry.documents:
            key = document.key
            if (known := self.documents.get(key)) is None or known.revision < document.revision:
                self.documents[key] = document
                is_revised = is_revised or key == NETWORK
        if is_revised and isinstance(network := self.documents[NETWORK], Network):
            self.network = network
        self._count_missing([unit for unit in self.book if unit.startswith("sku:")] if is_revised else self.changes)

    def goods(self) -> Iterator[tuple[Unit, Account, int]]:
        """Yield what the last entry changed of goods, by account."""
        for unit, changes in self.changes.items():
            if unit.startswith("sku:"):
                for account, change in changes.items():
                    yield unit, account, change

    def on_hand_change(self) -> dict[tuple[str, Unit], int]:
        """Return what the last entry changed of what nodes have."""
        net: dict[tuple[str, Unit], int] = {}
        for unit, account, change in self.goods():
            if account.state in ON_HAND and account.place in self.network.node_by_id:
                net[account.place, unit] = net.get((account.place, unit), 0) + change
        return {key: change for key, change in net.items() if change}

    def due(self, node: str, unit: Unit) -> int | None:
        """Return what should be on hand: the latest count and what has moved since; None where nobody has counted."""
        if (known := self.counted.get((node, unit))) is None:
            return None
        as_of, pieces = known
        return pieces + sum([change for at, change in self.moves.get((node, unit), ()) if at > as_of])

    def _note_counts(self, entry: Entry) -> None:
        for event in entry.events:
            if isinstance(event, Counted):
                for sku, pieces, _ in event.lines:
                    key = (event.node, Unit(f"sku:{sku}"))
                    if (known := self.counted.get(key)) is None or known[0] < event.as_of:
                        self.counted[key] = (event.as_of, pieces)
        if not any(isinstance(event, Reconciled) for event in entry.events):
            for key, change in self.on_hand_change().items():
                self.moves.setdefault(key, []).append((entry.occurred_at, change))

    def _post(self, entry: Entry) -> None:
        self.changes = {}
        for quantity, unit, source, target in entry.movements:
            if (book := self.book.get(unit)) is None:
                book = self.book[unit] = {}
            if (changes := self.changes.get(unit)) is None:
                changes = self.changes[unit] = {}
            for account, change in ((source, -quantity), (target, quantity)):
                changes[account] = changes.get(account, 0) + change
                book[account] = book.get(account, 0) + change
                if is_part(account):
                    total = whole(account)
                    book[total] = book.get(total, 0) + change
                    if account.ref and account.state in CLAIMED:
                        own = self.claims.setdefault((account.ref, unit), {})
                        own[account] = own.get(account, 0) + change

    def _count_missing(self, units: "list[Unit] | dict[Unit, dict[Account, int]]") -> None:
        self.was_missing = {}
        for unit in units:
            if unit.startswith("sku:"):
                self.was_missing[unit] = self.missing.get(unit, 0)
                self.missing[unit] = self._unserved(unit)

    def _unserved(self, unit: Unit) -> int:
        book, network = self.book.get(unit, {}), self.network
        claims = {
            pool.id: -held for pool in network.pools if (held := book.get(Account(pool_place(pool.id), "sellable")))
        }
        stock = {node.id: book.get(Account(node.id, "sellable"), 0) for node in network.nodes}
        overdrawn = -sum([held for held in stock.values() if held < 0])
        if not claims:
            return overdrawn
        opened = {node.id: max(stock[node.id], 0) for node in network.nodes if node.is_open}
        reach = {pool: [id for id in network.pool_by_id[pool].nodes if id in opened] for pool in claims}
        return overdrawn + unserved(claims, opened, reach)


class Invariant(NamedTuple):
    """A name, when it is looked at, and the function that yields what is wrong with a view."""

    name: str
    when: Literal["step", "end"]
    check: Callable[[View], Iterable[str]]
