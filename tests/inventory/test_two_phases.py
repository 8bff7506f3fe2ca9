"""Two phases of a claim, in the order of precedence: who asks again, who asks otherwise, what a claim still allows."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import attrs
import pytest

from tests.laws.world import CATALOG, NOW, World
from tests.values.bad import refused
from unicommerce.catalog import Channel, Product, Tracking
from unicommerce.errors import Contradiction
from unicommerce.inventory import (
    ClaimPolicy,
    InventoryCode,
    LotPieces,
    adjusted,
    confirm,
    expire,
    extend,
    goods,
    hold,
    release,
    reserve,
)
from unicommerce.ledger import Accepted, Account, LedgerCode, Reason, ReasonCode, Request, run
from unicommerce.lots import BatchReceived, LotCode, claim_lots, hold_lots, received_lots
from unicommerce.values import HOUR_MS, MINUTE_MS

Ask = Request[object]
MUG, CUP = {"MUG": 1}, {"CUP": 1}
SOON, LATER = NOW + MINUTE_MS, NOW + HOUR_MS


def basket(claim: str = "b", quantity: int = 3, until: int | None = SOON, place: str = "dc") -> Ask:
    """Return a hold of mugs."""
    return hold(claim, place=place, quantities={"MUG": quantity}, until=until)  # type: ignore[return-value]


def by_lot() -> World:
    """Return the shop with four mugs of two lots at one node."""
    world = World(attrs.evolve(CATALOG, products=(Product(sku="MUG", tracking=Tracking.LOT),)), stock=0)
    world.tell(received_lots("r", node="dc", batches=[BatchReceived("MUG", 2, lot) for lot in ("L1", "L2")]))
    return world


def _lots(quantity: int) -> list[LotPieces]:
    split = (("L1", min(quantity, 2)), ("L2", quantity - min(quantity, 2)))
    return [LotPieces("MUG", pieces, lot) for lot, pieces in split if pieces]


def named(claim: str = "b", quantity: int = 3, until: int | None = SOON) -> Ask:
    """Return a hold of mugs by the names of their lots."""
    return hold_lots(claim, node="dc", lots=_lots(quantity), until=until)  # type: ignore[return-value]


def firm_by_name() -> Ask:
    """Return a firm claim of mugs by the names of their lots."""
    return claim_lots("b", node="dc", lots=_lots(3))  # type: ignore[return-value]


FIRM: Ask = reserve("b", place="dc", quantities={"MUG": 3})  # type: ignore[assignment]
TIME = "a minute passes"
SHUT = "the node closes"


class Case(NamedTuple):
    """What happens first, what is asked then, and the reason that is given (None: accepted without one)."""

    name: str
    before: Sequence[Ask | str]
    asked: Ask
    code: ReasonCode | None
    found: int | str | None = None
    needed: int | str | None = None


ALL_BACK, HALF = release("b"), release("b", quantities={"MUG": 2}, id="1")


def cases(basket: Callable[..., Ask], firm: Ask, closed: ReasonCode) -> list[Case]:
    """Return what is asked of holds that are made in one way."""
    return [
        Case("the same question again", [basket()], basket(), LedgerCode.ALREADY_DONE),
        Case(
            "identity before state: taken before, though it is released",
            [basket(), ALL_BACK],
            basket(),
            LedgerCode.ALREADY_DONE,
        ),
        Case("identity before state: though the node is shut", [basket(), SHUT], basket(), LedgerCode.ALREADY_DONE),
        Case("confirmed, and asked again", [basket(), confirm("b")], confirm("b"), LedgerCode.ALREADY_DONE),
        Case(
            "confirmed, and asked again after its time",
            [basket(), confirm("b"), TIME],
            confirm("b"),
            LedgerCode.ALREADY_DONE,
        ),
        Case("released, and asked again", [basket(), ALL_BACK], ALL_BACK, LedgerCode.ALREADY_DONE),
        Case("expired, and asked again", [basket(), TIME, expire("b")], expire("b"), LedgerCode.ALREADY_DONE),
        Case("nobody's: confirm", [], confirm("b"), InventoryCode.UNKNOWN_CLAIM),
        Case("nobody's: release", [], ALL_BACK, InventoryCode.UNKNOWN_CLAIM),
        Case("nobody's: extend", [], extend("b", id="1"), InventoryCode.UNKNOWN_CLAIM),
        Case("nobody's: expire", [], expire("b"), InventoryCode.UNKNOWN_CLAIM),
        Case("nobody's: own", [], reserve("o", place="dc", quantities=MUG, own="b"), InventoryCode.UNKNOWN_CLAIM),  # type: ignore[arg-type]
        Case("firm from the start: confirm", [firm], confirm("b"), InventoryCode.FIRM),
        Case(
            "already confirmed: confirm the rest",
            [basket(), confirm("b")],
            confirm("b", quantities=MUG, id="2"),
            InventoryCode.FIRM,
        ),
        Case("already confirmed: extend", [basket(), confirm("b")], extend("b", id="1"), InventoryCode.FIRM),
        Case("already confirmed: expire", [basket(), confirm("b"), TIME], expire("b"), InventoryCode.FIRM),
        Case("already released: confirm", [basket(), ALL_BACK], confirm("b"), InventoryCode.ENDED),
        Case("already released: extend", [basket(), ALL_BACK], extend("b", id="1"), InventoryCode.ENDED),
        Case("already released: release", [basket(), ALL_BACK], HALF, InventoryCode.ENDED),
        Case(
            "already released: expire finds nothing to do", [basket(), ALL_BACK, TIME], expire("b"), InventoryCode.ENDED
        ),
        Case(
            "its time is over, nobody has looked: confirm",
            [basket(), TIME],
            confirm("b"),
            InventoryCode.EXPIRED,
            SOON,
            SOON,
        ),
        Case(
            "its time is over, nobody has looked: extend",
            [basket(), TIME],
            extend("b", id="1"),
            InventoryCode.EXPIRED,
            SOON,
            SOON,
        ),
        Case(
            "its time is over, a part: confirm",
            [basket(), TIME],
            confirm("b", quantities={"MUG": 99}, id="1"),
            InventoryCode.EXPIRED,
            SOON,
            SOON,
        ),
        Case("its time is over, nobody has looked: release", [basket(), TIME], ALL_BACK, None),
        Case("expired: confirm", [basket(), TIME, expire("b")], confirm("b"), InventoryCode.EXPIRED, SOON, SOON),
        Case("expired: release", [basket(), TIME, expire("b")], ALL_BACK, InventoryCode.EXPIRED, SOON, SOON),
        Case(
            "expired within another's request",
            [basket(quantity=4), TIME, basket("c", 4, LATER)],
            expire("b"),
            InventoryCode.EXPIRED,
            SOON,
            SOON,
        ),
        Case("not due: expire", [basket()], expire("b"), InventoryCode.NOT_DUE, NOW, SOON),
        Case(
            "more than it holds: confirm",
            [basket()],
            confirm("b", quantities={"MUG": 4}, id="1"),
            InventoryCode.EXCEEDS,
            3,
            4,
        ),
        Case(
            "more than it holds: release",
            [basket()],
            release("b", quantities={"MUG": 4}, id="1"),
            InventoryCode.EXCEEDS,
            3,
            4,
        ),
        Case(
            "more than is left: release",
            [basket(), HALF],
            release("b", quantities={"MUG": 2}, id="2"),
            InventoryCode.EXCEEDS,
            1,
            2,
        ),
        Case(
            "what it does not hold: confirm",
            [basket()],
            confirm("b", quantities=CUP, id="1"),
            InventoryCode.EXCEEDS,
            0,
            1,
        ),
        Case(
            "huge: confirm",
            [basket()],
            confirm("b", quantities={"MUG": 2**53}, id="1"),
            InventoryCode.EXCEEDS,
            3,
            2**53,
        ),
        Case("huge: reserve", [], reserve("b", place="dc", quantities={"MUG": 2**53}), InventoryCode.SHORT, 4, 2**53),  # type: ignore[arg-type]
        Case("a closed node: a new claim", [SHUT], basket(), closed),
        Case("a closed node: confirm", [basket(), SHUT], confirm("b"), None),
        Case("a closed node: extend", [basket(), SHUT], extend("b", id="1"), None),
        Case("a closed node: release", [basket(), SHUT], ALL_BACK, None),
        Case("a closed node: release in part", [basket(), SHUT], HALF, None),
        Case("a closed node: expire", [basket(), SHUT, TIME], expire("b"), None),
    ]


CASES = cases(basket, FIRM, InventoryCode.NODE_CLOSED)
NAMED_CASES = cases(named, firm_by_name(), LotCode.NODE_CLOSED)


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_the_first_reason_that_applies_is_given(case: Case) -> None:
    """Identity comes before state; each state has a reason of its own, with the numbers."""
    _check(World(stock=4), case)


@pytest.mark.parametrize("case", NAMED_CASES, ids=[case.name for case in NAMED_CASES])
def test_a_hold_by_name_gives_the_same_reasons(case: Case) -> None:
    """Lots and serials that are held by name are held as all else is."""
    _check(by_lot(), case)


def _check(world: World, case: Case) -> None:
    for step in case.before:
        if step == TIME:
            world.now += MINUTE_MS
        elif step == SHUT:
            _shut(world)
        else:
            assert isinstance(world.ask(step), Accepted), step  # type: ignore[arg-type]
    answer = world.ask(case.asked)
    reasons = [(reason.code, reason.found, reason.needed) for reason in answer.because]

    if case.code is None:
        assert isinstance(answer, Accepted)
        assert reasons == []
    elif isinstance(case.code, LedgerCode):
        assert [code for code, _, _ in reasons] == [case.code]
    else:
        assert reasons[0] == (case.code, case.found, case.needed)


def _shut(world: World) -> None:
    network = world.network
    nodes = tuple([attrs.evolve(node, is_open=node.is_open and node.id != "dc") for node in network.nodes])
    revised = attrs.evolve(network, revision=network.revision + 1, nodes=nodes)
    world.shop.revise(attrs.evolve(world.shop.catalog, network=revised), now=world.now)


OTHERS: Sequence[tuple[str, Ask]] = [
    ("place", basket(place="north")),
    ("due_at", basket(until=LATER)),
    ("quantity", basket(quantity=2)),
    ("state", FIRM),
    ("channel", hold("b", place="dc", quantities={"MUG": 3}, until=SOON, channel="web")),  # type: ignore[list-item]
    ("own", hold("b", place="dc", quantities={"MUG": 3}, until=SOON, own="a")),  # type: ignore[list-item]
]


@pytest.mark.parametrize(("field", "other"), OTHERS, ids=[field for field, _ in OTHERS])
def test_another_question_under_the_same_id_names_the_field(field: str, other: Ask) -> None:
    """What was asked first stands."""
    world = World(stock=4)
    world.ask(basket())

    with pytest.raises(Contradiction) as raised:
        world.ask(other)
    assert field in str(raised.value)


PARTS: Sequence[Callable[[dict[str, int]], object]] = [
    lambda quantities: reserve("b", place="dc", quantities=quantities),
    lambda quantities: hold("b", place="dc", quantities=quantities, until=SOON),
    lambda quantities: confirm("b", quantities=quantities, id="1"),
    lambda quantities: release("b", quantities=quantities, id="1"),
]


@pytest.mark.parametrize("quantity", [0, -1, 2**53 + 1, 10**30])
@pytest.mark.parametrize("make", PARTS, ids=["reserve", "hold", "confirm", "release"])
def test_no_quantity_but_a_positive_one_is_asked_for(make: Callable[[dict[str, int]], object], quantity: int) -> None:
    """Zero, negative and huge amounts are refused where they enter, with the field."""
    assert refused(lambda: make({"MUG": quantity})) == ("quantity of MUG", quantity)


def test_a_part_of_a_hold_is_firm_and_stays_when_the_rest_expires() -> None:
    """Held and firm pieces of one claim stand apart; each ends once."""
    world = World(stock=4)
    world.ask(basket())
    world.ask(confirm("b", quantities=MUG, id="1"))
    world.now = SOON
    world.ask(expire("b"))

    assert world.ledger.balance(goods("MUG"), (Account("dc", "reserved", "claim:b"),)) == 1
    assert world.ledger.balance(goods("MUG"), (Account("dc", "held", "claim:b"),)) == 0
    assert isinstance(world.ask(release("b")), Accepted)
    assert world.ask(release("b", id="2")).because[0].code is InventoryCode.EXPIRED


def test_who_claims_beside_an_own_claim_elsewhere_draws_on_the_ring_fence_all_the_same() -> None:
    """A part of it was refused where only the fence had room: what was given back elsewhere stood in for it."""
    app = Channel(id="app", pool="club", ring_fences=("fence",))
    world = World(attrs.evolve(CATALOG, channels=(app,)), stock=2)
    for claim in (reserve("fence", place="pool:club", quantities={"MUG": 4}), basket("b", 1, None, "pool:web")):
        assert isinstance(world.ask(claim), Accepted)
    world.tell(adjusted("a", node="north", sku="MUG", change=-2))

    policy = ClaimPolicy(takes_part=True)
    asked = reserve("c", place="pool:club", quantities={"MUG": 5}, channel="app", own="b", policy=policy)
    answer = world.ask(asked)

    assert isinstance(answer, Accepted)
    account = Account("pool:club", "reserved", "claim:c")
    assert world.ledger.balance(goods("MUG"), (account,)) == 4


def test_holds_that_are_due_at_once_end_in_the_order_of_their_ids() -> None:
    """Due order is moment, then key, for a ticker and within a request alike."""
    world = World(stock=4)
    for claim, until in (("z", SOON - 1), ("b", SOON), ("a", SOON), ("c", SOON)):
        world.ask(basket(claim, 1, until))
    due = [document.key.id for document in run(world.store.due(SOON, 10))]
    world.now = SOON
    answer = world.ask(reserve("late", place="dc", quantities={"MUG": 4}))

    assert due == ["z", "a", "b", "c"]
    assert isinstance(answer, Accepted)
    assert [(reason.code, reason.subject) for reason in answer.because] == [
        (InventoryCode.EXPIRED, claim) for claim in ("z", "a", "b", "c")
    ]
    assert run(world.store.due(SOON, 10)) == ()


def test_the_customer_is_shown_an_earlier_moment_than_that_at_which_a_hold_ends() -> None:
    """Whoever pays within the grace is not turned away; then it is over, though nobody has looked."""
    policy = ClaimPolicy(lasts_ms=MINUTE_MS, grace_ms=1_000)
    world = World(stock=4)
    answer = world.ask(hold("b", place="dc", quantities=MUG, policy=policy))
    assert isinstance(answer, Accepted)
    (document,) = answer.events[0].documents()
    world.now += MINUTE_MS + 999

    assert (document.until, document.due_at) == (NOW + MINUTE_MS, NOW + MINUTE_MS + 1_000)  # type: ignore[attr-defined]
    assert isinstance(world.ask(confirm("b")), Accepted)


def test_a_hold_is_prolonged_so_often_and_so_far_and_no_further() -> None:
    """The policy caps how often, and how far beyond the moment that was shown first."""
    policy = ClaimPolicy(lasts_ms=10, extensions=2, longest_ms=15)
    world = World(stock=4)
    world.ask(hold("b", place="dc", quantities=MUG, policy=policy))
    world.now += 9
    first = world.ask(extend("b", id="1", policy=policy))
    far = world.ask(extend("b", id="far", until=NOW + 26, policy=policy))
    again = world.ask(extend("b", id="1", policy=policy))
    world.now += 9
    second = world.ask(extend("b", id="2", until=NOW + 25, policy=policy))
    often = world.ask(extend("b", id="3", until=NOW + 26, policy=policy))

    assert [isinstance(answer, Accepted) for answer in (first, second, again)] == [True, True, True]
    assert far.because == (Reason(InventoryCode.TOO_LONG, "b", NOW + 25, NOW + 26),)
    assert often.because == (Reason(InventoryCode.OFTEN, "b", 2, 2),)
    assert [document.due_at for document in run(world.store.due(NOW + 99, 9))] == [NOW + 25]
