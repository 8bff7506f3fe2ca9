"""What was promised of lots that last is there, whoever takes goods: transfers, bundles, tills, claims, the owner.

The reference is that of `test_minimum_life`, which knows what each piece is. Of what leaves without anybody saying of
which lot, it takes the worst: that those pieces are gone that last longest.
"""

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from typing import ClassVar, cast

import attrs
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.codec.instances import of
from tests.laws.test_minimum_life import (
    ASKED,
    HAPPENS,
    LIFE,
    LIVES,
    NODES,
    SHOP,
    Program,
    Step,
    Want,
    check_promises,
    claim,
    decided,
    flow,
    named,
    recorded,
    stocked,
)
from tests.laws.test_orders_of_lots_that_last import ORDERED, WORK, Desk
from tests.laws.world import Law, World, make_order
from tests.lots.shop import DAY, TODAY, shop
from unicommerce.bundles import Assembled, Disassembled, assemble, disassemble
from unicommerce.catalog import Catalog, Component, Product, Tracking
from unicommerce.codec import EVENTS
from unicommerce.errors import IllegalMove
from unicommerce.fulfillment import LinePieces, Named, Picked, Rejected, ShortPicked, place
from unicommerce.inventory import InventoryCode, LotPieces, goods, hold, received, reserve, sellable
from unicommerce.ledger import Accepted, Account, Event, Refused, Request
from unicommerce.lots import BatchReceived, LotCode, hold_lots, owner_account, received_lots, trace
from unicommerce.orders import line_unit
from unicommerce.supply import Expected, Landed, claim_ahead, expected, landed, transfer
from unicommerce.tills import grant, opened, sold
from unicommerce.values import HOUR_MS

PACK = Product(sku="PACK", components=(Component("MILK", 1),), is_assembled=True, tracking=Tracking.LOT)
TWIN = Product(sku="TWIN", components=(Component("MILK", 2),))
NO_LOT = "L999"
LEAVES = ("transfer", "transfer", "bundle", "grant")
COMES = ("land", "land", "sell", "unpack")
CLAIMS = ("basket", "draw", "by name for a while", "kit")
NAMED = "order of a basket"


class Yard(Desk):
    """The shop that sends milk between its nodes, packs it, sells it in twos, and lets tills sell it while offline."""

    catalog: ClassVar[Catalog] = attrs.evolve(SHOP, products=(*SHOP.products, PACK, TWIN))

    def __init__(self) -> None:
        self.gone: Counter[str] = Counter()
        self.loads: dict[str, tuple[str, Counter[str]]] = {}
        self.drawn: dict[str, str] = {}
        self.packs: dict[str, str] = {}
        super().__init__()
        for node in ("dc", "far"):
            self.world.tell(opened(f"till {node}", node=node))

    def receive(self, step: Step) -> None:
        """Pieces come in, now and then without a lot."""
        if step.which < 8:
            super().receive(step)
            return
        self.world.tell(received(self.world.next_id("p"), node=step.node, quantities={"MILK": step.quantity}))
        self.free[step.node, NO_LOT] += step.quantity

    def request(self, id: str, step: Step) -> Request[Catalog]:
        """Return what is asked."""
        quantities, node = {"MILK": step.quantity}, "far" if step.node == "dc" else "dc"
        if step.kind == "transfer":
            return transfer(id, source=step.node, node=node, quantities=quantities, expected_at=self.world.now)
        if step.kind == "grant":
            return grant(id, till=f"till {step.node}", quantities=quantities)
        if step.kind == "bundle":
            lot = LotPieces("MILK", 1, f"L{LIVES[step.which % len(LIVES)]}")
            lots = [lot] if step.which > len(LIVES) else []
            return assemble(id, node=step.node, bundle="PACK", quantity=step.quantity, lot=id, lots=lots)
        if step.kind == NAMED:
            basket = sorted(self.named)[step.which % len(self.named)] if self.named else ""
            order = make_order(id, pool="web", skus=("MILK",), at=self.world.now)
            self.asked[id] = attrs.evolve(order, basket=basket)
            return place(self.asked[id], {"1": step.quantity})
        return self.claim(id, step) if step.kind in CLAIMS else super().request(id, step)

    def claim(self, id: str, step: Step) -> Request[Catalog]:
        """Return the claim that is asked for, by name or not, of a pair or drawn on another, for a while or firm."""
        channel, until = list(LIFE)[step.which % len(LIFE)], self.world.now + 9 * DAY
        if step.kind == "by name for a while":
            lots = [LotPieces("MILK", step.quantity, f"L{LIVES[step.which % len(LIVES)]}")]
            return hold_lots(id, node=step.node, lots=lots, until=until)
        if step.kind == "basket":
            return hold(id, place=step.node, quantities={"MILK": step.quantity}, channel=channel, until=until)
        there = sorted([id for id, want in self.claims.items() if want.place == step.node])
        if step.kind == "draw" and there:
            self.drawn[id] = there[step.which % len(there)]
        sku, own = "TWIN" if step.kind == "kit" else "MILK", self.drawn.get(id, "")
        return reserve(id, place=step.node, quantities={sku: step.quantity}, channel=channel, own=own)

    def note(self, id: str, step: Step, events: Sequence[Event]) -> None:
        """Take note of what was accepted."""
        if step.kind == "by name for a while":
            super().note(id, step._replace(kind="by name"), events)
        elif step.kind == NAMED:
            self.ordered_by_name(id, events)
        elif step.kind in CLAIMS:
            self.claims.pop(self.drawn.get(id, ""), None)
            life = list(LIFE.values())[step.which % len(LIFE)]
            self.claims[id] = Want(step.node, self.until(life), step.quantity * (1 + (step.kind == "kit")))
        elif step.kind not in LEAVES:
            super().note(id, step, events)
        elif step.kind == "grant":
            self.gone[step.node] += step.quantity
        else:
            (lots,) = [event.lots for event in events if isinstance(event, Expected | Assembled)]
            taken = Counter[str]()
            for each in lots:
                taken[each.lot] += each.quantity
            taken[NO_LOT] += step.quantity - taken.total()
            self.free.subtract({(step.node, lot): quantity for lot, quantity in taken.items()})
            if step.kind == "bundle":
                self.packs[id] = step.node
            else:
                self.loads[id] = ("far" if step.node == "dc" else "dc", taken)

    def ordered_by_name(self, id: str, events: Sequence[Event]) -> None:
        """An order keeps what its basket named, and the rest of the basket is anybody's; nobody picks it here."""
        for event in events:
            self.happened(event)
        self.shipments = [each for each in self.shipments if each.order != id]
        if basket := self.asked[id].basket:
            node, lot, quantity = self.named.pop(basket)
            kept = [each for event in events if isinstance(event, Named) for each in event.lots]
            assert {each.lot for each in kept} <= {lot}
            some = sum([each.quantity for each in kept])
            self.free[node, lot] += quantity - some
            del self.given[line_unit(id, "1"), node][:some]

    def happens(self, step: Step) -> None:
        """Do something that is decided and recorded at once."""
        if step.kind == "land" and self.loads:
            id = sorted(self.loads)[step.which % len(self.loads)]
            node, load = self.loads[id]
            came = {"MILK": min(step.quantity, load.total())}
            (event,) = self.world.tell(landed(self.world.next_id("l"), inbound=id, node=node, quantities=came)).events
            assert isinstance(event, Landed)
            some = Counter({each.lot: each.quantity for each in event.lots})
            some[NO_LOT] += came["MILK"] - some.total()
            load.subtract(some)
            assert min(load.values()) >= 0
            self.free.update({(node, lot): quantity for lot, quantity in some.items()})
            if not load.total():
                del self.loads[id]
        elif step.kind == "sell" and self.gone[step.node]:
            till, quantities = f"till {step.node}", {"MILK": 1}
            rights = self.world.ledger.balance(goods("MILK"), (Account(step.node, "reserved", f"till:{till}"),))
            if rights:
                self.world.tell(sold(self.world.next_id("s"), till=till, node=step.node, quantities=quantities))
        elif step.kind == "unpack" and self.packs:
            lot = sorted(self.packs)[step.which % len(self.packs)]
            request = disassemble(self.world.next_id("u"), node=self.packs[lot], bundle="PACK", lot=lot)
            answer = self.world.ask(request)
            for event in answer.events if isinstance(answer, Accepted) else ():
                assert isinstance(event, Disassembled)
                self.free.update({(self.packs[lot], each.lot): each.quantity for each in event.lots})
        elif step.kind not in COMES:
            super().happens(step)

    def took(self, event: Picked | ShortPicked | Rejected) -> None:
        """Pieces are in hand, or not found; those of no lot last."""
        lots = Counter[str]()
        for each in event.lots:
            lots[each.line] += each.quantity
        loose = [LinePieces(line.line, line.sku, line.quantity - lots[line.line], NO_LOT) for line in event.lines]
        super().took(attrs.evolve(event, lots=(*event.lots, *[each for each in loose if each.quantity])))

    def check(self) -> None:
        """Raise where not all that was promised can be served, were the pieces gone that last longest."""
        assert min(self.free.values()) >= 0
        stock = {(node, TODAY + int(lot[1:])): quantity for (node, lot), quantity in self.free.items()}
        for node, gone in self.gone.items():
            left = gone
            for kind in sorted([kind for kind in stock if kind[0] == node], reverse=True):
                left -= (part := min(left, stock[kind]))
                stock[kind] -= part
        wanted = self.wants()
        assert flow(wanted, stock) == sum([want.quantity for want in wanted])


def steps(*kinds: str) -> st.SearchStrategy[Step]:
    """Return steps of these kinds."""
    return st.builds(Step, st.sampled_from(kinds), st.sampled_from(NODES), st.integers(0, 8), st.integers(1, 4))


PROGRAMS = st.lists(
    st.tuples(
        st.booleans(),
        steps(*LEAVES, *LEAVES, *CLAIMS, *ASKED, *ORDERED[1:], NAMED),
        st.lists(
            steps(*HAPPENS, "land", "land", "sell", "unpack", *LEAVES, *CLAIMS, *ASKED, *ORDERED[1:], *WORK, NAMED),
            max_size=2,
        ),
    ),
    min_size=3,
    max_size=8,
)


def check_takers(program: Program) -> None:
    """Raise where, at some moment, not all that was promised can be served."""
    check_promises(program, Yard)


TAKERS_LEAVE_WHAT_LASTS = Law("lots that last: whoever takes goods leaves what was promised", PROGRAMS, check_takers)


@settings(max_examples=100)
@given(PROGRAMS)
def test_whoever_takes_goods_leaves_what_was_promised(program: Program) -> None:
    """All accepted claims together have an assignment to pieces of lots that last long enough, under any race."""
    check_takers(program)


TAKERS = {
    "bundles.assembled": "bundle",
    "bundles.disassembled": "unpack",  # of the bundle, which may be promised as well
    "fulfillment.allocated": "order",
    "fulfillment.named": NAMED,
    "inventory.claimed": "reserve",
    "lots.claimed": "earlier versions only",
    "lots.handed_back": "hand back",
    "supply.expected": "transfer",
    "counts.reconciled": "a fact: counted",
    "counts.regraded": "a fact: broken",
    "fulfillment.picked": "a fact: pick",
    "fulfillment.rejected": "a fact: reject",
    "fulfillment.short_picked": "a fact: fall short",
    "inventory.adjusted": "a fact: lost",
    "lots.withdrawn": "a fact: withdrawn",
    "marketplaces.fulfilled": "a fact: sent by their own center, which serves no claim of ours",
    "supply.landed": "a fact: land, for who waited at the node",
    "tills.sold": "a fact: sold",
}
"""All events that take goods off the shelf of a node, and as what they are in the laws, here or of relief."""


def test_whatever_takes_goods_off_a_shelf_is_in_a_law() -> None:
    """Of each kind of event some are made up; a kind that is new here needs its place in a law."""
    found: set[str] = set()
    for shape in EVENTS.values():

        @settings(max_examples=40, derandomize=True, database=None, phases=[Phase.generate])
        @given(of(shape))
        def look(event: object) -> None:
            lots = [each._replace(state="sellable") for each in getattr(event, "lots", ()) if hasattr(each, "state")]
            made = cast("Event", attrs.evolve(event, lots=tuple(lots)) if lots else event)  # type: ignore[misc]
            with suppress(KeyError, IllegalMove):  # lines that do not belong together, a step that there is not
                at = [move.source for move in made.movements()]
                found.update([made.kind for each in at if each.state == "sellable" and ":" not in each.place])

        look()

    assert found == set(TAKERS)


# Each is named for its cause


def short_of(answer: object) -> list[tuple[str, object, object]]:
    """Return what a refusal says is short: of what, found and needed."""
    assert isinstance(answer, Refused)
    return [(reason.subject, reason.found, reason.needed) for reason in answer.because]


def to_far(id: str, pieces: int) -> Request[Catalog]:
    """Ask to send milk away."""
    return transfer(id, source="dc", node="far", quantities={"MILK": pieces}, expected_at=0)


def of_lots(world: World, node: str, state: str = "sellable") -> dict[str, int]:
    """Return the milk of each lot at a node."""
    parts = world.ledger.parts(goods("MILK"), Account(node, state))
    return {part.lot: held for part, held in sorted(parts.items()) if part.lot}


def test_a_transfer_leaves_the_lots_that_last_to_who_was_promised_some() -> None:
    """It takes what expires first, keeps its lots, and is refused where only promised ones are left."""
    world = stocked(6, 5)
    assert isinstance(world.ask(claim("m", 5)), Accepted)

    assert short_of(world.ask(to_far("t", 7))) == [("MILK", 6, 7)]
    assert isinstance(world.ask(to_far("t", 6)), Accepted)
    assert of_lots(world, "dc") == {"LONG": 5}
    assert short_of(world.ask(to_far("u", 1))) == [("MILK", 0, 1)]


def test_a_hold_that_is_over_does_not_keep_its_lot_from_a_transfer() -> None:
    """It is ended in the same entry, and its lot is what is sent: no piece of it leaves without its name."""
    world = stocked(0, 5)
    held = hold_lots("h", node="dc", lots=[LotPieces("MILK", 3, "SHORT")], until=world.now + 1)
    assert isinstance(world.ask(held), Accepted)
    world.now += HOUR_MS

    answer = world.ask(to_far("t", 5))
    assert [reason.code for reason in answer.because] == [InventoryCode.EXPIRED]
    assert (of_lots(world, "dc"), of_lots(world, "dc", "sent_by_lot")) == ({}, {"SHORT": 5})


def test_what_was_sent_lands_in_its_lots() -> None:
    """So it is found where it is, and claimed by who needs lots that last."""
    world = stocked(3, 5)
    assert isinstance(world.ask(to_far("t", 6)), Accepted)
    assert world.shop.see(trace("MILK", "SHORT")).under_way == 5

    because = world.tell(landed("l1", inbound="t", node="far", quantities={"MILK": 4})).because
    assert [reason.code for reason in because] == [LotCode.ASSUMED]
    world.tell(landed("l2", inbound="t", node="far", quantities={"MILK": 2}))
    assert (of_lots(world, "dc"), of_lots(world, "far")) == ({"LONG": 2}, {"LONG": 1, "SHORT": 5})
    assert world.ledger.balance(goods("MILK"), (sellable("far"),)) == 6
    assert isinstance(world.ask(claim("m", 2, place="far")), Refused)
    assert isinstance(world.ask(claim("m", 1, place="far")), Accepted)


def test_what_others_own_stays_theirs_on_the_way() -> None:
    """A consigned vase is its owner's where it lands."""
    world = shop()
    world.tell(received_lots("r", node="dc", batches=[BatchReceived("VASE", 1, owner="acme")]))
    request = transfer("t", source="dc", node="far", quantities={"VASE": 1}, expected_at=0)
    assert isinstance(world.ask(request), Accepted)
    world.tell(landed("l", inbound="t", node="far", quantities={"VASE": 1}))

    held = [world.ledger.balance(goods("VASE"), (owner_account(node, "sellable", "acme"),)) for node in ("dc", "far")]
    assert held == [0, 1]


def test_what_expired_on_the_way_is_set_apart_where_it_lands() -> None:
    """It serves nobody who waits for it either."""
    world = stocked(1, 5)
    assert isinstance(world.ask(to_far("t", 6)), Accepted)
    assert isinstance(world.ask(claim_ahead("w", inbound="t", quantities={"MILK": 2})), Accepted)
    world.now += 3 * DAY

    because = world.tell(landed("l", inbound="t", node="far", quantities={"MILK": 6})).because
    assert [(reason.code, reason.subject, reason.found) for reason in because] == [(LotCode.WITHHELD, "SHORT", 5)]
    assert of_lots(world, "far", "quarantine") == {"SHORT": 5}
    assert world.ledger.balance(goods("MILK"), (Account("far", "reserved"),)) == 1
    assert world.ledger.balance(goods("MILK"), (sellable("far"),)) == 0


def test_a_told_transfer_takes_what_is_next_and_gives_back_the_last() -> None:
    """Nobody said which they were; of what was not sent after all, the lot that was next last is on the shelf again."""
    world = stocked(6, 5)
    because = world.tell(expected("t", quantities={"MILK": 7}, expected_at=0, node="far", source="dc")).because
    assert [(reason.code, reason.found) for reason in because] == [(LotCode.ASSUMED, 7)]
    assert of_lots(world, "dc") == {"LONG": 4}

    world.tell(expected("t", quantities={"MILK": 3}, expected_at=0, version=2, node="far", source="dc"))
    assert of_lots(world, "dc") == {"LONG": 6, "SHORT": 2}
    assert world.ledger.balance(goods("MILK"), (sellable("dc"),)) == 8


def test_pieces_of_no_lot_are_not_taken_beside_those_that_count_on_them() -> None:
    """Of seven that last two are of no lot and five promised: these two and two by name do not both go."""
    for turn in (1, -1):
        world = stocked(0, 5)
        world.tell(received_lots("u", node="dc", batches=[BatchReceived("MILK", 5, "LONG")]))
        world.tell(received("r2", node="dc", quantities={"MILK": 2}))
        assert isinstance(world.ask(claim("m", 5)), Accepted)
        both = decided(world, named("n", 2, "LONG"), to_far("t", 7))[::turn]

        assert [recorded(world, each) for each in both] == [True, False]


def test_a_till_that_says_no_lot_is_granted_nothing_that_was_promised() -> None:
    """It may sell the pieces that last; where nobody needs them it is granted all."""
    world = stocked(6, 5)
    world.tell(opened("t", node="dc"))
    assert isinstance(world.ask(claim("m", 5)), Accepted)

    assert short_of(world.ask(grant("g", till="t", quantities={"MILK": 2}))) == [("dc", 1, 2)]
    assert isinstance(world.ask(grant("g", till="t", quantities={"MILK": 1})), Accepted)
    assert short_of(world.ask(named("n", 1, "LONG"))) == [("MILK", 0, 1)]
    assert isinstance(world.ask(named("n", 5, "SHORT")), Accepted)


def test_a_grant_and_a_claim_by_name_do_not_take_the_same_piece() -> None:
    """Decided on one state, only the first of them is recorded, whichever that is."""
    for turn in (1, -1):
        world = stocked(6, 5)
        world.tell(opened("t", node="dc"))
        assert isinstance(world.ask(claim("m", 5)), Accepted)
        both = decided(world, named("n", 1, "LONG"), grant("g", till="t", quantities={"MILK": 1}))[::turn]

        assert [recorded(world, each) for each in both] == [True, False]
