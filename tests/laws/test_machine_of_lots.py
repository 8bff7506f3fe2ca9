"""Lots that come, are claimed by name or not, picked as planned or otherwise, shipped, recalled, withdrawn, expire.

Beside it a naive model: one list of pieces, each with its SKU, lot, owner and where it is. It knows nothing of
accounts: it moves pieces one by one, and what the ledger says of each lot must be its count.
"""

from collections import Counter
from dataclasses import dataclass

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from tests.laws.invariants import check_conservation, check_parts_are_counted
from tests.laws.world import make_order
from tests.lots.shop import CATALOG, DAY, TODAY, shop
from unicommerce.catalog import local_day
from unicommerce.counts import regraded
from unicommerce.fulfillment import Allocated, LinePieces, delivered, picked, place, shipped
from unicommerce.inventory import (
    CUSTOMER,
    LotPieces,
    Released,
    confirm,
    expire,
    extend,
    goods,
    release,
    sellable,
    unsellable,
)
from unicommerce.ledger import Accepted, Account, Decision, run
from unicommerce.lots import (
    BatchReceived,
    claim_lots,
    hand_back,
    hold_lots,
    recalled,
    received_lots,
    trace,
    withdraw,
)
from unicommerce.returns import restock, returned
from unicommerce.values import MINUTE_MS

NODES = ("dc", "far")
ZONES = {node.id: node.calendar.zone for node in CATALOG.network.nodes}
LOTS = ("L1", "L2", "L3", "L4")
EXPIRES = {"L1": TODAY + 1, "L2": TODAY + 3, "L3": TODAY + 8, "L4": None}
OWNERS = ("", "acme")
SERIALS = ("S1", "S2")
AT_NODES = ("sellable", "held", "reserved", "quarantine")


@dataclass
class Piece:
    """One piece: what it is, whose, at which node (or where else), and for which claim or order by name."""

    sku: str
    lot: str
    owner: str
    node: str
    where: str = "sellable"
    by: str = ""


def _by_expiry(piece: Piece) -> tuple[int, str, str]:
    return EXPIRES[piece.lot] or 10**9, piece.lot, piece.owner


class Lots(RuleBasedStateMachine):
    """Those who receive, pick, bring back and recall, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.world = shop()
        self.pieces: list[Piece] = []
        self.recalled: set[str] = set()
        self.claims: list[str] = []
        self.until: dict[str, int] = {}
        self.due: set[str] = set()
        self.shipments: dict[str, tuple[str, int]] = {}
        self.picked: set[str] = set()
        self.unnamed = dict.fromkeys(NODES, 0)
        self.opened = 0
        self.sold: dict[str, int] = {}
        self.back: dict[str, int] = {}

    def _fit(self, piece: Piece) -> bool:
        expires = EXPIRES.get(piece.lot)
        is_over = expires is not None and local_day(ZONES[piece.node], self.world.now) > expires
        return not is_over and piece.lot not in self.recalled

    def _shelf(self, node: str, lot: str, owner: str, sku: str = "MILK") -> list[Piece]:
        kind = (sku, lot, owner, node, "sellable")
        return [p for p in self.pieces if (p.sku, p.lot, p.owner, p.node, p.where) == kind]

    def _promised(self, node: str) -> int:
        """Return the pieces that orders wait for at a node without a name."""
        return sum(q for s, (at, q) in self.shipments.items() if at == node and s not in self.picked)

    def _waiting(self, node: str) -> int:
        """Return what stands against a shelf without a name: promised, or gone and nobody knows of which lot."""
        return self._promised(node) + self.unnamed[node]

    @rule(node=st.sampled_from(NODES), lot=st.sampled_from(LOTS), owner=st.sampled_from(OWNERS), n=st.integers(1, 4))
    def receive(self, node: str, lot: str, owner: str, n: int) -> None:
        """A lot comes in; what is unfit by then goes to quarantine."""
        batch = BatchReceived("MILK", n, lot, EXPIRES[lot], owner=owner)
        self.world.tell(received_lots(self.world.next_id("r"), node=node, batches=[batch]))
        piece = Piece("MILK", lot, owner, node)
        where = "sellable" if self._fit(piece) else "quarantine"
        self.pieces += [Piece("MILK", lot, owner, node, where) for _ in range(n)]

    @rule(node=st.sampled_from(NODES), serial=st.sampled_from(SERIALS))
    def receive_serial(self, node: str, serial: str) -> None:
        """A serial comes in; if it is here already, some other piece came."""
        batch = BatchReceived("PHONE", 1, serial, owner="acme")
        self.world.tell(received_lots(self.world.next_id("r"), node=node, batches=[batch]))
        is_here = any(p.lot == serial for p in self.pieces)
        where = "quarantine" if is_here else "sellable"
        self.pieces.append(Piece("PHONE", "" if is_here else serial, "acme", node, where))

    def _back(self, piece: Piece) -> None:
        """Give a piece back: to the shelf, or to quarantine if it is unfit by now."""
        piece.where, piece.by = ("sellable" if self._fit(piece) else "quarantine"), ""

    def _of(self, id: str, *where: str) -> list[Piece]:
        return [p for p in self.pieces if p.by == f"claim:{id}" and (not where or p.where in where)]

    def _is_over(self, id: str) -> bool:
        return id in self.until and self.until[id] <= self.world.now

    def _give_back(self, answer: Decision, own: str = "") -> None:
        """Give back what an answer draws on, and the holds that it ended: none but those whose time is over."""
        events = answer.events if isinstance(answer, Accepted) else ()
        refs = {line.ref for event in events if isinstance(event, Released) for line in event.lines}
        for id in sorted([ref.removeprefix("claim:") for ref in refs]):
            assert id == own or (self._is_over(id) and id in self.due), (id, own)
            for piece in self._of(id, *(() if id == own and not self._is_over(id) else ("held",))):
                self._back(piece)
            self.due.discard(id)

    @rule(
        node=st.sampled_from(NODES),
        lot=st.sampled_from((*LOTS, *SERIALS)),
        n=st.integers(1, 4),
        minutes=st.none() | st.integers(1, 3),
        number=st.none() | st.integers(0, 9),
    )
    def claim(self, node: str, lot: str, n: int, minutes: int | None, number: int | None) -> None:
        """A claim by name is taken if the lot is there and fit, and what is left serves those without a name.

        What the holder has, and what holds have whose time is over, is there.
        """
        sku, owner = ("PHONE", "acme") if lot in SERIALS else ("MILK", "")
        id, own = self.world.next_id("c"), ""
        if number is not None and self.claims:
            own = self.claims[number % len(self.claims)]
        wanted, until = [LotPieces(sku, n, lot, owner)], self.world.now + (minutes or 0) * MINUTE_MS
        if minutes is None:
            answer = self.world.ask(claim_lots(id, node=node, lots=wanted, own=own))
        else:
            answer = self.world.ask(hold_lots(id, node=node, lots=wanted, until=until, own=own))
        late = [p for each in self.due if self._is_over(each) for p in self._of(each, "held")]
        if own and not self._is_over(own):
            late += self._of(own)
        there = self._shelf(node, lot, owner, sku)
        there += [p for p in late if (p.sku, p.lot, p.owner, p.node) == (sku, lot, owner, node)]
        is_there = len(there) >= n and all(map(self._fit, there))
        if not isinstance(answer, Accepted):
            assert self.opened or any(map(self._waiting, NODES)) or not is_there
            return
        assert is_there
        self._give_back(answer, own)
        there = self._shelf(node, lot, owner, sku)
        fit = [p for p in self.pieces if (p.sku, p.node, p.where) == (sku, node, "sellable") and self._fit(p)]
        assert len(fit) - n >= (self._waiting(node) if sku == "MILK" else 0)
        self.claims.append(id)
        if minutes is not None:
            self.until[id] = until
            self.due.add(id)
        for piece in there[:n]:
            piece.where, piece.by = "reserved" if minutes is None else "held", f"claim:{id}"

    @precondition(lambda self: self.claims)
    @rule(number=st.integers(0, 9), part=st.none() | st.integers(1, 2))
    def release(self, number: int, part: int | None) -> None:
        """A claim is given back, or pieces of it; what ends by itself goes first."""
        id = self.claims[number % len(self.claims)]
        own = sorted(self._of(id), key=lambda p: p.where)
        named = [LotPieces(own[0].sku, part, own[0].lot, own[0].owner)] if part and own else []
        answer = self.world.ask(release(id, lots=named, id=self.world.next_id("x")))
        assert isinstance(answer, Accepted) == (len(own) >= (part or 1))
        if isinstance(answer, Accepted):
            for piece in own[:part]:
                self._back(piece)
            if not self._of(id):
                self.due.discard(id)

    @precondition(lambda self: self.until)
    @rule(number=st.integers(0, 9), part=st.none() | st.integers(1, 2))
    def confirm(self, number: int, part: int | None) -> None:
        """A hold is firm, or pieces of it are, if its time is not over and its lot is fit."""
        id = list(self.until)[number % len(self.until)]
        own = self._of(id, "held")
        named = [LotPieces(own[0].sku, part, own[0].lot, own[0].owner)] if part and own else []
        answer = self.world.ask(confirm(id, lots=named, id=self.world.next_id("x")))
        is_there = bool(own) and len(own) >= (part or 1) and all(map(self._fit, own))
        assert isinstance(answer, Accepted) == (is_there and not self._is_over(id) and id in self.due)
        if isinstance(answer, Accepted):
            for piece in own[:part]:
                piece.where = "reserved"
            if not self._of(id, "held"):
                self.due.discard(id)
                del self.until[id]

    @precondition(lambda self: self.until)
    @rule(number=st.integers(0, 9), minutes=st.none() | st.integers(1, 3))
    def expire(self, number: int, minutes: int | None) -> None:
        """A ticker looks at a hold, or its holder asks for more time."""
        id = list(self.until)[number % len(self.until)]
        if minutes is not None:
            until, can_last = self.until[id] + minutes * MINUTE_MS, not self._is_over(id)
            answer = self.world.ask(extend(id, id=self.world.next_id("x"), until=until))
            assert isinstance(answer, Accepted) <= (can_last and bool(self._of(id, "held")))
            if isinstance(answer, Accepted):
                self.until[id] = until
            return
        answer = self.world.ask(expire(id))
        assert isinstance(answer, Accepted) == (self._is_over(id) or id not in self.due)
        if id in self.due:
            self._give_back(answer)

    @rule(minutes=st.integers(1, 3))
    def tick(self, minutes: int) -> None:
        """Holds end by that alone."""
        self.world.now += minutes * MINUTE_MS

    @rule(n=st.integers(1, 3))
    def order(self, n: int) -> None:
        """An order claims at the pool and is given to a node, by no name."""
        id = self.world.next_id("o")
        answer = self.world.ask(place(make_order(id, pool="web", skus=("MILK",), at=self.world.now), {"1": n}))
        self._give_back(answer)
        for event in answer.events if isinstance(answer, Accepted) else ():
            if isinstance(event, Allocated):
                quantity = sum(line.quantity for line in event.lines)
                self.shipments[event.shipment.id] = (event.shipment.node, quantity)

    def _plan(self, node: str, n: int) -> list[Piece]:
        there = [p for p in self.pieces if (p.sku, p.node, p.where) == ("MILK", node, "sellable")]
        fefo = sorted(there, key=lambda p: (not self._fit(p), bool(p.owner), EXPIRES[p.lot] or 10**9, p.lot))
        return fefo[:n]

    @precondition(lambda self: self.shipments)
    @rule(
        number=st.integers(0, 9),
        short=st.sampled_from((0, 0, 1, 2)),
        lot=st.none() | st.sampled_from(LOTS),
        lost=st.none() | st.sampled_from(LOTS),
    )
    def pick(self, number: int, short: int, lot: str | None, lost: str | None) -> None:
        """A node picks, or does not find: what it says, or what was next."""
        shipment = list(self.shipments)[number % len(self.shipments)]
        node, n = self.shipments[shipment]
        if shipment in self.picked:
            return
        short = min(short, n)
        n -= short
        told = self._shelf(node, lot, "")[:n] if lot else []
        named = [LinePieces("1", "MILK", len(told), lot or "")] if told else []
        for piece in told:
            piece.where, piece.by = "reserved", shipment
        rest = self._plan(node, n - len(told))
        for piece in rest:
            piece.where, piece.by = "reserved", shipment
        missed = self._shelf(node, lost, "")[:short] if lost else []
        named_short = [LinePieces("1", "MILK", len(missed), lost or "")] if missed else []
        for piece in missed:
            piece.where = "quarantine"
        next_ones = self._plan(node, short - len(missed))
        for piece in next_ones:
            piece.where = "quarantine"
        self.unnamed[node] += n - len(told) - len(rest) + short - len(missed) - len(next_ones)
        found, missing = ({"1": quantity} if quantity else {} for quantity in (n, short))
        self.world.tell(picked(shipment, found, short=missing, lots=named, short_lots=named_short))
        self.shipments[shipment] = node, n
        self.opened += short
        self.picked.add(shipment)

    @precondition(lambda self: self.picked)
    @rule(number=st.integers(0, 9), is_delivered=st.booleans())
    def ship(self, number: int, *, is_delivered: bool) -> None:
        """What was picked leaves, and may arrive."""
        shipment = sorted(self.picked)[number % len(self.picked)]
        self.world.tell(delivered(shipment) if is_delivered else shipped(shipment))
        if is_delivered:
            self.sold.setdefault(shipment, self.shipments[shipment][1])
        for piece in self.pieces:
            if piece.by == shipment and piece.where != "customer":
                piece.where = "customer" if is_delivered else "moving"

    @rule(n=st.integers(1, 3), lot=st.none() | st.sampled_from(LOTS))
    def sell(self, n: int, lot: str | None) -> None:
        """An order is picked and delivered at once."""
        before = set(self.shipments)
        self.order(n)
        for shipment in [s for s in self.shipments if s not in before]:
            self.pick(list(self.shipments).index(shipment), 0, lot, None)
            self.ship(sorted(self.picked).index(shipment), is_delivered=True)

    @precondition(lambda self: any(self.sold.values()))
    @rule(
        number=st.integers(0, 9),
        n=st.integers(1, 3),
        node=st.sampled_from(NODES),
        lot=st.none() | st.sampled_from(LOTS),
    )
    def come_back(self, number: int, n: int, node: str, lot: str | None) -> None:
        """Pieces come back: of the lots that are said, else of those that their shipment brought."""
        order = sorted({shipment.rpartition("/")[0] for shipment, left in self.sold.items() if left})
        chosen = order[number % len(order)]
        shipment = next(s for s, left in sorted(self.sold.items()) if left and s.rpartition("/")[0] == chosen)
        n = min(n, self.sold[shipment])
        there = sorted([p for p in self.pieces if (p.by, p.where) == (shipment, "customer")], key=_by_expiry)
        told = [p for p in there if (p.lot, p.owner) == (lot, "")][:n]
        named = [LinePieces("1", "MILK", len(told), lot or "")] if told else []
        back = [*told, *[p for p in there if not any(p is each for each in told)]][:n]
        id = self.world.next_id("v")
        self.world.tell(returned(id, node=node, order=chosen, lines={"1": n}, lots=named))
        for piece in back:
            piece.node, piece.where, piece.by = node, "quarantine", f"return:{id}"
        self.sold[shipment] -= n
        self.back[id] = n - len(back)

    @precondition(lambda self: self.back)
    @rule(number=st.integers(0, 9), n=st.integers(1, 3))
    def restock(self, number: int, n: int) -> None:
        """What came back goes into its lots again; what is unfit stays."""
        id = list(self.back)[number % len(self.back)]
        unknown = self.back[id]
        there = [p for p in self.pieces if p.by == f"return:{id}" and self._fit(p)]
        if unknown:  # else the shelf would have pieces of no lot, which are picked first
            n = min(n, len(there)) or n + unknown
        answer = self.world.ask(restock(id, {"MILK": n}, part=self.world.next_id("p")))
        assert isinstance(answer, Accepted) == (n <= len(there))
        for piece in sorted(there, key=_by_expiry)[:n] if isinstance(answer, Accepted) else ():
            piece.where, piece.by = "sellable", ""

    @rule(node=st.sampled_from(NODES), n=st.integers(1, 3), lot=st.none() | st.sampled_from(LOTS))
    def find_again(self, node: str, n: int, lot: str | None) -> None:
        """What was set apart is on the shelf again, in the lot that it is of."""
        apart = [p for p in self.pieces if (p.sku, p.node, p.where, p.by) == ("MILK", node, "quarantine", "")]
        if not (n := min(n, len(apart))):
            return
        told = [p for p in apart if (p.lot, p.owner) == (lot, "")][:n]
        named = [LotPieces("MILK", len(told), lot or "")] if told else []
        own = [*told, *[p for p in sorted(apart, key=_by_expiry) if not any(p is each for each in told)]][:n]
        self.world.tell(
            regraded(
                self.world.next_id("g"),
                node=node,
                quantities={"MILK": n},
                source="quarantine",
                target="sellable",
                lots=named,
            )
        )
        for piece in own:
            piece.where = "sellable"

    @rule(days=st.integers(1, 2))
    def wait(self, days: int) -> None:
        """Lots expire by that alone."""
        self.world.now += days * DAY

    @rule(lot=st.sampled_from(LOTS))
    def recall(self, lot: str) -> None:
        """Something is wrong with a lot."""
        self.world.tell(recalled("MILK", lot, reason="glass", id=self.world.next_id("x")))
        self.recalled.add(lot)

    @rule(lot=st.sampled_from(LOTS))
    def withdraw(self, lot: str) -> None:
        """What is unfit leaves the shelf."""
        self.world.ask(withdraw("MILK", lot, id=self.world.next_id("x")))
        for piece in self.pieces:
            if piece.lot == lot and piece.where == "sellable" and not self._fit(piece):
                piece.where = "quarantine"

    @rule(node=st.sampled_from(NODES), serial=st.sampled_from(SERIALS))
    def hand_back(self, node: str, serial: str) -> None:
        """A consigned phone goes home; a hold whose time is over does not keep it."""
        late = [p for each in self.due if self._is_over(each) for p in self._of(each, "held") if self._fit(p)]
        there = self._shelf(node, serial, "acme", "PHONE")
        there += [p for p in late if (p.lot, p.node) == (serial, node)]
        answer = self.world.ask(
            hand_back(self.world.next_id("b"), node=node, lots=[LotPieces("PHONE", 1, serial, "acme")])
        )
        assert isinstance(answer, Accepted) == bool(there)
        self._give_back(answer)
        self.pieces = [p for p in self.pieces if p not in there]

    @invariant()
    def what_is_due_is_each_hold_that_has_not_ended(self) -> None:
        """Nobody needs to have looked, and nothing is looked at twice."""
        due = [document.key for document in run(self.world.store.due(self.world.now + 9 * MINUTE_MS, 99))]
        assert {key.id for key in due if key.kind == "inventory.claim"} == self.due

    @invariant()
    def each_lot_is_where_the_model_says(self) -> None:
        """Each kept total of a lot at a place and state, and of an owner, is the count of the model's pieces."""
        for field in ("lot", "owner"):
            counts = Counter(
                (p.sku, p.node, p.where, getattr(p, field))
                for p in self.pieces
                if p.where in AT_NODES and getattr(p, field)
            )
            for sku, ids in (("MILK", (*LOTS, *OWNERS[1:])), ("PHONE", (*SERIALS, "acme"))):
                for node in NODES:
                    for where in AT_NODES:
                        for id in ids:
                            if (id == "acme") == (field == "owner"):
                                account = Account(node, where, **{field: id})
                                held = self.world.ledger.balance(goods(sku), (account,))
                                assert held == counts[sku, node, where, id], account

    @invariant()
    def a_trace_finds_every_piece(self) -> None:
        """Received = at nodes + under way + with customers + gone, each as the model has it."""
        for lot in LOTS:
            seen = self.world.shop.see(trace("MILK", lot))
            where = Counter(p.where for p in self.pieces if p.lot == lot)
            assert sum(held for *_, held in seen.at_nodes) == sum(where[state] for state in AT_NODES)
            assert (seen.under_way, sum(q for _, q in seen.with_customers)) == (where["moving"], where["customer"])
            sold = Counter(p.by for p in self.pieces if p.lot == lot and p.where == "customer")
            assert dict(seen.with_customers) == dict(sold)

    @invariant()
    def nobody_owns_what_another_brought(self) -> None:
        """What of an owner's goods reached customers is what of them did."""
        sold = sum(p.owner == "acme" and p.where == "customer" for p in self.pieces)
        assert self.world.ledger.balance(goods("MILK"), (CUSTOMER._replace(owner="acme"),)) == sold

    @invariant()
    def what_may_not_be_sold_is_counted(self) -> None:
        """The pieces kept back are those that expired or were recalled, at each node by its own day."""
        for node in NODES:
            unfit = [p for p in self.pieces if p.sku == "MILK" and p.node == node and p.where == "sellable"]
            unfit = [p for p in unfit if not self._fit(p)]
            assert unsellable(self.world.ledger, CATALOG, node, "MILK", now=self.world.now) == len(unfit)

    @invariant()
    def a_serial_is_in_one_place(self) -> None:
        """Over all accounts that hold it, one piece."""
        for serial in SERIALS:
            held = [
                held
                for node in NODES
                for where in AT_NODES
                if (held := self.world.ledger.balance(goods("PHONE"), (Account(node, where, lot=serial),)))
            ]
            assert held in ([], [1])

    @invariant()
    def no_movement_changes_a_lot_or_an_owner(self) -> None:
        """Both sides of the last entry's movements bear the same; a claim that names none is not of a lot."""
        for recorded in self.world.journal()[-1:]:
            for move in recorded.entry.movements:
                assert (move.source.lot, move.source.owner) == (move.target.lot, move.target.owner)

    @invariant()
    def nothing_is_made_or_lost(self) -> None:
        """Conservation, and totals that are sums."""
        check_conservation(self.world.ledger)
        check_parts_are_counted(self.world.ledger)

    @invariant()
    def the_shelf_is_its_lots_less_what_was_promised_without_a_name(self) -> None:
        """Node sellable = the sum of its lots - claims that are not bound yet."""
        for node in NODES:
            lots = sum(p.sku == "MILK" and p.node == node and p.where == "sellable" for p in self.pieces)
            held = self.world.ledger.balance(goods("MILK"), (sellable(node),))
            assert held == lots - self._waiting(node)


TestLots = Lots.TestCase
