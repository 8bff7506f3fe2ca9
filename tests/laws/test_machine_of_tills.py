"""Tills that are offline for days, beside channels that claim online; what they tell comes late, twice, in any order.

Each till keeps its own account of its rights, as a bounded counter does: it sells no more than it was granted, less
what it used and gave back. Whatever the order in which we learn of it, nobody is ever promised a piece too many, and
once all is told our book of its rights is the till's own, also where it was given up for lost meanwhile, and found.
"""

from functools import partial
from typing import NamedTuple

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from tests.laws.invariants import check_conservation, check_parts_are_counted, deficits
from tests.laws.world import World, places
from unicommerce.catalog import Catalog
from unicommerce.inventory import CUSTOMER, GoodsState, goods, on_hand, received, release, reserve
from unicommerce.ledger import Accepted, Telling
from unicommerce.tills import forfeited, given_back, grant, opened, recovered, rights, sold, stands, voided
from unicommerce.values import HOUR_MS

SKUS = ("MUG", "CUP")
TILLS = {"t1": "north", "t2": "north", "t3": "south"}
TILL, SKU, SOME = st.sampled_from(sorted(TILLS)), st.sampled_from(SKUS), st.integers(1, 4)


class Message(NamedTuple):
    """What a till has to tell, and what it does to its rights to a SKU."""

    telling: Telling[Catalog]
    till: str
    sku: str
    change: int


class Sale(NamedTuple):
    """What a till remembers of a sale that can still be undone."""

    id: str
    till: str
    sku: str
    pieces: int


class Tills(RuleBasedStateMachine):
    """Three tills and the rest of the shop."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World(stock=0)
        self.own: dict[tuple[str, str], int] = {}
        self.untold: list[Message] = []
        self.told: list[Message] = []
        self.sales: list[Sale] = []
        self.parted: set[str] = set()
        self.claims: list[str] = []
        self.came: dict[tuple[str, str], int] = {}
        self.lost: set[str] = set()
        for till, node in TILLS.items():
            self.world.tell(opened(till, node=node))

    @rule(node=st.sampled_from(["north", "south", "dc"]), sku=SKU, pieces=SOME)
    def receive(self, node: str, sku: str, pieces: int) -> None:
        """Goods come in."""
        self.world.tell(received(self.world.next_id("r"), node=node, quantities={sku: pieces}))
        self.came[node, sku] = self.came.get((node, sku), 0) + pieces

    @rule(till=TILL, sku=SKU, pieces=SOME)
    def grant(self, till: str, sku: str, pieces: int) -> None:
        """A till that is online asks for rights, or one that calls itself so though it was given up for lost."""
        if isinstance(self.world.ask(grant(self.world.next_id("g"), till=till, quantities={sku: pieces})), Accepted):
            self.own[till, sku] = self.own.get((till, sku), 0) + pieces
            assert till not in self.lost

    @precondition(lambda self: len(self.told) > 5)
    @rule(till=TILL)
    def lose(self, till: str) -> None:
        """A till is given up for lost, when it has been in use for a while."""
        self.world.tell(forfeited(self.world.next_id("f"), till=till))
        self.lost.add(till)
        assert all(held <= 0 for held in rights(self.world.ledger, till=till).values())

    @precondition(lambda self: self.lost)
    @rule()
    def find(self) -> None:
        """A till turns up: nothing is set aside for it any more."""
        till = min(self.lost)
        self.world.tell(recovered(self.world.next_id("f"), till=till))
        self.lost.remove(till)
        assert not any(self._aside(till, sku) for sku in SKUS)

    def _aside(self, till: str, sku: str) -> int:
        return self.world.ledger.balance(goods(sku), (stands(TILLS[till], till, GoodsState.QUARANTINE),))

    @rule(place=st.sampled_from(places(World().network)), sku=SKU, pieces=SOME)
    def claim(self, place: str, sku: str, pieces: int) -> None:
        """A channel claims online."""
        id = self.world.next_id("c")
        if isinstance(self.world.ask(reserve(id, place=place, quantities={sku: pieces})), Accepted):
            self.claims.append(id)

    @precondition(lambda self: self.claims)
    @rule(number=st.integers(0, 9))
    def release(self, number: int) -> None:
        """A claim is given back."""
        self.world.ask(release(self.claims.pop(number % len(self.claims))))

    def _tell(self, telling: Telling[Catalog], till: str, sku: str, change: int) -> None:
        self.own[till, sku] += change
        self.untold.append(Message(telling, till, sku, change))

    @precondition(lambda self: any(self.own.values()))
    @rule(number=st.integers(0, 9), pieces=SOME, hours=st.integers(-72, 5))
    def sell(self, number: int, pieces: int, hours: int) -> None:
        """A till sells within its rights, whatever its clock says."""
        till, sku = self._entitled(number)
        some = min(pieces, self.own[till, sku])
        id = self.world.next_id("s")
        at, sell = self.world.now + hours * HOUR_MS, partial(sold, id, till=till, node=TILLS[till])
        self._tell(sell(quantities={sku: some}, under_rights={sku: some}, occurred_at=at), till, sku, -some)
        self.sales.append(Sale(id, till, sku, some))

    def _entitled(self, number: int) -> tuple[str, str]:
        entitled = [key for key, held in self.own.items() if held]
        return entitled[number % len(entitled)]

    @precondition(lambda self: self.sales)
    @rule(number=st.integers(0, 9), pieces=SOME)
    def void(self, number: int, pieces: int) -> None:
        """A till undoes a sale of its own, or some of it."""
        id, till, sku, left = self.sales.pop(number % len(self.sales))
        some = min(pieces, left)
        if left > some:
            self.sales.append(Sale(id, till, sku, left - some))
        void, is_whole = self.world.next_id("v"), left == some and id not in self.parted
        parts = voided(void, sale=id, till=till, node=TILLS[till], quantities={sku: some})
        self._tell(voided(void, sale=id) if is_whole else parts, till, sku, some)
        self.parted.add(id)

    @precondition(lambda self: any(self.own.values()))
    @rule(number=st.integers(0, 9), pieces=SOME)
    def give_back(self, number: int, pieces: int) -> None:
        """A till gives rights back."""
        till, sku = self._entitled(number)
        some = min(pieces, self.own[till, sku])
        self._tell(given_back(self.world.next_id("b"), till=till, quantities={sku: some}), till, sku, -some)

    @precondition(lambda self: self.untold)
    @rule(number=st.integers(0, 9))
    def learn(self, number: int) -> None:
        """One of the messages arrives, be it the oldest or not; a void that overtook its sale comes again later."""
        message = self.untold.pop(number % len(self.untold))
        self.world.shop.tell(message.telling, now=self.world.now)
        is_taken = self.world.ledger.entry(message.telling.id) is not None
        (self.told if is_taken else self.untold).append(message)

    @precondition(lambda self: self.told)
    @rule(number=st.integers(0, 9))
    def learn_again(self, number: int) -> None:
        """A message arrives once more, and changes nothing."""
        before = self.world.journal()
        self.world.shop.tell(self.told[number % len(self.told)].telling, now=self.world.now)
        assert self.world.journal() == before

    @rule(hours=st.integers(1, 72))
    def pass_time(self, hours: int) -> None:
        """Days go by; no right ends by that."""
        self.world.now += hours * HOUR_MS

    @invariant()
    def nobody_is_promised_a_piece_too_many(self) -> None:
        """What tills do within their rights leaves no claim without goods."""
        assert deficits(self.world.ledger, self.world.network) == {}

    @invariant()
    def our_book_of_rights_is_the_tills_own_but_for_what_is_untold(self) -> None:
        """Granted, less sold under rights and given back, be it set aside: neither more nor less, and nobody else's."""
        for till in TILLS:
            booked = rights(self.world.ledger, till=till)
            for sku in SKUS:
                pending = sum(message.change for message in self.untold if (message.till, message.sku) == (till, sku))
                there = booked.get(sku, 0) + self._aside(till, sku)
                assert there == self.own.get((till, sku), 0) - pending, (till, sku)

    @invariant()
    def nothing_is_made_or_lost(self) -> None:
        """What came is on hand or with customers."""
        check_conservation(self.world.ledger)
        check_parts_are_counted(self.world.ledger)
        for sku in SKUS:
            there = sum(on_hand(self.world.ledger, node=node, sku=sku) for node in ("north", "south", "dc"))
            away = self.world.ledger.balance(goods(sku), (CUSTOMER,))
            assert there + away == sum(pieces for (_, each), pieces in self.came.items() if each == sku)

    def teardown(self) -> None:
        """All is told in the end, and then our book of rights is the tills' own."""
        while self.untold:
            self.learn(0)
        self.our_book_of_rights_is_the_tills_own_but_for_what_is_untold()
        self.nobody_is_promised_a_piece_too_many()


TestTills = Tills.TestCase
