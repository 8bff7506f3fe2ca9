"""Every reason code has a sentence that can be said, and is said by some call: no code is dead, none is mute.

The calls are listed here, one for each code. A new code needs a new call, and the test names it until it has one.
"""

import importlib
import pkgutil
import re
from collections.abc import Callable, Mapping
from functools import partial
from string import Formatter

import attrs
import pytest

import unicommerce
from tests.bundles import calls as bundles
from tests.delivery import calls as delivery
from tests.fulfillment import changing, pickups
from tests.fulfillment import test_explaining as kept
from tests.fulfillment import test_reconsidering as reconsidering
from tests.invoices import calls as invoices
from tests.laws.routes import EVERY_DAY, hard_errand, plan
from tests.laws.world import (
    AHEAD,
    CATALOG,
    HOME,
    IN_PART,
    NETWORK,
    NOW,
    World,
    make_order,
)
from tests.lots import calls as lots
from tests.refunds import calls as refunds
from tests.returns import calls as returning
from tests.routing import test_promises as promises
from tests.routing import test_rules as rules
from tests.tax import calls as tax
from tests.valuation import calls as valuation
from unicommerce.bundles import BundleCode
from unicommerce.catalog import (
    Catalog,
    CatalogCode,
    Channel,
    Component,
    Network,
    Node,
    NodeKind,
    Pool,
    Product,
    SafetyStock,
    findings,
)
from unicommerce.codec import REASONS
from unicommerce.counts import CountCode, counted, reconcile, regraded
from unicommerce.delivery import DeliveryCode
from unicommerce.fulfillment import (
    FulfillmentCode,
    FulfillmentPolicy,
    ReconsiderCode,
    RejectionPolicy,
    Then,
    allocate,
    amend,
    cancel,
    collect,
    delivered,
    intercept,
    lost,
    make_good,
    picked,
    place,
    put_back,
    ready,
    rejected,
    shipped,
)
from unicommerce.inventory import (
    Claimed,
    ClaimLine,
    ClaimPolicy,
    InventoryCode,
    adjusted,
    confirm,
    expire,
    extend,
    hold,
    received,
    release,
    reserve,
)
from unicommerce.ledger import (
    Decision,
    Fact,
    LedgerCode,
    Reason,
    ReasonCode,
    Refused,
    Request,
    Telling,
    explain,
)
from unicommerce.lots import LotCode
from unicommerce.marketplaces import MarketCode, MarketOrder, acknowledge, called_off, fulfilled, relayed, serve
from unicommerce.orders import OrderCode
from unicommerce.payments import (
    PaymentCode,
    Step,
    Tender,
    TenderKind,
    authorized,
    capture,
    dispute_closed,
    lapse,
    moved,
    redeem,
    refund,
    settled,
)
from unicommerce.refunds import RefundCode
from unicommerce.relief import ReliefCode, orphans, relieve
from unicommerce.returns import ReturnCode, restock, returned
from unicommerce.routing import Band, Destination, Need, PromiseCode, RoutingCode, RoutingPolicy, Supply, drain, route
from unicommerce.supply import SupplyCode, claim_ahead, expected, landed, look_at, redate, transfer
from unicommerce.tax import TaxCode
from unicommerce.tills import TillCode, forfeited, given_back, grant, opened, recovered, sold, voided
from unicommerce.valuation import ValuationCode
from unicommerce.values import DAY_MS, HOUR_MS, Position

FAR = Position.of("40.7", "-74")


def codes() -> list[ReasonCode]:
    """Return every reason code of the library, room by room."""
    for module in pkgutil.walk_packages(unicommerce.__path__, "unicommerce."):
        if not module.name.startswith("unicommerce.extras"):
            importlib.import_module(module.name)
    return [
        code for table in ReasonCode.__subclasses__() if table.__module__.startswith("unicommerce.") for code in table
    ]


EVERY = codes()


def asked(world: World, *requests: object) -> tuple[Reason, ...]:
    """Ask and tell in turn, and return the reasons of the last answer."""
    answer: Decision = Refused(())
    for request in requests:
        answer = world.tell(request) if hasattr(request, "occurred_at") else world.ask(request)  # type: ignore[arg-type]
    return answer.because


CARD = Tender(TenderKind.CARD)
HELD = authorized("p", order="o", tender=CARD, amount_minor=5, currency="USD")


def money(step: Step) -> Telling[object]:
    """Return that six cents have moved."""
    return moved("q", step, order="o", tender=CARD, amount_minor=6, currency="USD")


def ordered(quantity: int = 2, *, pool: str = "club", stock: int = 4) -> World:
    """Return a shop with an order of mugs."""
    world = World(stock=stock)
    order = make_order("o", pool=pool, skus=("MUG",))
    world.ask(place(order, {"1": quantity}))
    world.orders.append(order)
    return world


def routed(*supplies: Supply, hours: int = 1_000, policy: RoutingPolicy = RoutingPolicy()) -> tuple[Reason, ...]:
    """Return what is said of nodes that are asked for two mugs."""
    return route(
        (Need("MUG", 2, 350),),
        supplies,
        destination=Destination(HOME),
        due_at=NOW + hours * HOUR_MS,
        currency="EUR",
        policy=policy,
        now=NOW,
    ).because


def supply(id: str, pieces: int, at: Position = HOME, **how: object) -> Supply:
    """Return what a node could give."""
    capacity = how.pop("capacity", None)
    excluded = bool(how.pop("is_excluded", False))
    node = Node(id=id, position=at, calendar=EVERY_DAY, is_open=bool(how.pop("is_open", True)))
    return Supply(node, (pieces,), capacity if isinstance(capacity, int) else None, excluded)


def kits() -> World:
    """Return a shop with an order of a kit of a mug and a cup."""
    kit = Product(sku="SET", components=(Component("MUG", 1), Component("CUP", 1)))
    world = World(Catalog(network=NETWORK, products=(kit,)))
    world.ask(place(make_order("o", pool="web", skus=("SET",)), {"1": 2}))
    return world


def scattered() -> World:
    """Return a shop of kits whose mugs and cups are at two nodes."""
    world = World(
        Catalog(network=NETWORK, products=(Product(sku="SET", components=(Component("MUG", 1), Component("CUP", 1))),)),
        stock=0,
    )
    world.tell(received("r1", node="dc", quantities={"MUG": 1}))
    world.tell(received("r2", node="north", quantities={"CUP": 1}))
    return world


def full_booth() -> World:
    """Return a shop whose only stock is at a node that handles three pieces a day."""
    world = World(stock=0)
    world.tell(received("r", node="booth", quantities={"MUG": 9}))
    return world


def late_order() -> tuple[Reason, ...]:
    """Return what is said of an express order that was placed days ago."""
    order = make_order("o", pool="club", skus=("MUG",), at=NOW - 5 * DAY_MS)
    return asked(World(), place(attrs.evolve(order, service="express"), {"1": 1}))


def out() -> World:
    """Return a shop with an order that waits to be collected."""
    world = pickups.waiting()
    world.tell(ready("o/1"))
    return world


def gone_already() -> tuple[Reason, ...]:
    """Put back what was collected in time."""
    world = out()
    due = pickups.collection(world)
    return asked(world, collect("o/1", by="c", checked_by="id"), put_back(due))


def many_pools() -> tuple[Reason, ...]:
    """Return what is found of six pools that share a node."""
    nodes = tuple([Node(id=id, position=HOME) for id in "hbcdefg"])
    pools = tuple([Pool(id=f"p{id}", nodes=("h", id)) for id in "bcdefg"])
    return findings(Catalog(network=Network(nodes=nodes, pools=pools)))


def ruled(*requests: object) -> tuple[Reason, ...]:
    """Ask in a shop with four mugs at each node, a safety stock at the dc, and a channel with rules."""
    club = Channel(id="app", pool="club", buffer=1, quotas=(("MUG", 2),))
    return asked(World(attrs.evolve(CATALOG, channels=(club,), safety=(SafetyStock("dc", "", 3),))), *requests)


def orphaned() -> tuple[Reason, ...]:
    """Return what is found where a line claims what no order wants."""
    world = World()
    lost = Claimed(place="dc", state="reserved", lines=(ClaimLine("line:gone/1", "MUG", 1),))
    world.tell(Telling("lost", None, lambda _state, _given, _now: (Fact("lost", (lost,)),)))
    return world.shop.see(orphans("MUG", now=NOW))


def mugs(claim: str, place: str, quantity: int, channel: str = "") -> Request[Catalog]:
    """Return a reservation of mugs."""
    return reserve(claim, place=place, quantities={"MUG": quantity}, channel=channel)


def bound() -> World:
    """Return a shop with an order of two mugs that a marketplace has relayed."""
    world = ordered()
    document = MarketOrder(order="o", revision=1, market="m", placed_at=NOW)
    world.tell(relayed(document, {"1": 2}))
    return world


OFF = called_off("o", id="c")
SHORT = picked("o/1", {"1": 1}, short={"1": 1})
BUSY = rejected("o/1", reason="busy")
ONCE = FulfillmentPolicy(rejections=RejectionPolicy(most_attempts=1, then=Then.CANCEL))
BASKET = hold("h", place="dc", quantities={"MUG": 1}, until=NOW + 1)
CLAIM = reserve("c", place="dc", quantities={"MUG": 1})
AGAIN = place(make_order("o", pool="web", skus=("MUG",)), {"1": 1})
LOST = [adjusted(f"lost {node}", node=node, sku="MUG", change=-4) for node in ("dc", "north", "south")]
BACK = returned("r", node="dc", blind={"MUG": 1})

TILL = opened("t", node="dc")


def sale(id: str = "s", *, node: str = "dc", pieces: int = 1, at: int = NOW) -> object:
    """Return the telling of a sale of mugs."""
    return sold(id, till="t", node=node, quantities={"MUG": pieces}, occurred_at=at)


def void(pieces: int) -> object:
    """Return the telling of an undone sale."""
    return voided("v", sale="s", till="t", node="dc", quantities={"MUG": pieces})


def tally(pieces: int = 4, *, node: str = "dc", at: int = NOW) -> object:
    """Return the telling of a count of mugs."""
    return counted(f"c{pieces}", node=node, quantities={"MUG": pieces}, as_of=at)


def expecting(pieces: int = 2, *, at: int = NOW + DAY_MS) -> World:
    """Return a shop that has no mugs, and expects some at the node of all pools, and as many later."""
    world = World(stock=0)
    for id, days in (("po-1", 0), ("po-2", 1)):
        moment = at + days * DAY_MS
        world.tell(expected(id, node="south", quantities={"MUG": pieces}, expected_at=moment))
    return world


def waiting(pieces: int) -> World:
    """Return a shop with an order that waits for the first inbound, of two."""
    world = expecting()
    world.ask(place(make_order("o", pool="club", skus=("MUG",)), {"1": pieces}, policy=AHEAD))
    return world


NONE_COME = expected("po-1", node="south", quantities={"MUG": 2}, expected_at=NOW, version=2, is_closed=True)
MUGS = make_order("o", pool="club", skus=("MUG",))

CALLS: Mapping[ReasonCode, Callable[[], tuple[Reason, ...]]] = {
    LedgerCode.ALREADY_DONE: lambda: asked(World(), CLAIM, CLAIM),
    LedgerCode.DISAGREES: lambda: asked(ordered(), shipped("o/1"), picked("o/1", {"1": 1})),
    CatalogCode.NODE_WITHOUT_POOL: lambda: findings(Catalog(network=Network(nodes=NETWORK.nodes))),
    CatalogCode.MANY_GROUPS: many_pools,
    CatalogCode.PRODUCT_WITHOUT_WEIGHT: lambda: findings(Catalog(products=(Product(sku="X", cost_minor=1),))),
    CatalogCode.PRODUCT_WITHOUT_COST: lambda: findings(Catalog(products=(Product(sku="X", weight_g=1),))),
    InventoryCode.UNKNOWN_PLACE: lambda: asked(World(), reserve("c", place="atlantis", quantities={"MUG": 1})),
    InventoryCode.NODE_CLOSED: lambda: asked(World(), reserve("c", place="shut", quantities={"MUG": 1})),
    InventoryCode.SHORT: lambda: asked(World(), reserve("c", place="dc", quantities={"MUG": 99})),
    InventoryCode.UNKNOWN_CLAIM: lambda: asked(World(), release("c")),
    InventoryCode.ENDED: lambda: asked(World(), CLAIM, release("c", quantities={"MUG": 1}, id="all"), release("c")),
    InventoryCode.EXCEEDS: lambda: asked(World(), CLAIM, release("c", quantities={"MUG": 2}, id="more")),
    ReliefCode.ORPHAN: orphaned,
    InventoryCode.UNKNOWN_CHANNEL: lambda: ruled(mugs("c", "dc", 1, "fax")),
    InventoryCode.NOT_OF_CHANNEL: lambda: ruled(mugs("c", "dc", 1, "app")),
    InventoryCode.EXPIRED: lambda: asked(
        World(), hold("h", place="dc", quantities={"MUG": 1}, until=NOW), confirm("h")
    ),
    InventoryCode.OFTEN: lambda: asked(World(), BASKET, extend("h", id="1", policy=ClaimPolicy(extensions=0))),
    InventoryCode.TOO_LONG: lambda: asked(World(), BASKET, extend("h", id="1", until=NOW + DAY_MS)),
    InventoryCode.PROTECTED: lambda: ruled(mugs("c", "pool:club", 8), mugs("d", "north", 1)),
    InventoryCode.KEPT: lambda: ruled(mugs("c", "dc", 2)),
    InventoryCode.QUOTA: lambda: ruled(mugs("c", "pool:club", 3, "app")),
    InventoryCode.FIRM: lambda: asked(World(), CLAIM, expire("c")),
    InventoryCode.NOT_DUE: lambda: asked(World(), BASKET, expire("h")),
    CountCode.UNKNOWN_NODE: lambda: asked(World(), tally(node="atlantis")),
    CountCode.CLOCK_AHEAD: lambda: asked(World(), tally(at=NOW + DAY_MS)),
    CountCode.NOT_COUNTED: lambda: asked(World(), reconcile("x", node="dc", sku="MUG")),
    CountCode.TOO_FAR: lambda: asked(World(), tally(99), reconcile("x", node="dc", sku="MUG")),
    CountCode.ASSUMED: lots.found_again,
    CountCode.EXCEEDS: lambda: asked(
        World(), regraded("r", node="dc", quantities={"MUG": 9}, source="sellable", target="damaged")
    ),
    TillCode.UNKNOWN_TILL: lambda: asked(World(), grant("g", till="t", quantities={"MUG": 1})),
    TillCode.LOST: lambda: asked(World(), TILL, forfeited("f", till="t"), grant("g", till="t", quantities={"MUG": 1})),
    TillCode.NOT_LOST: lambda: asked(World(), TILL, recovered("f", till="t")),
    TillCode.UNKNOWN_NODE: lambda: asked(World(), TILL, sale(node="atlantis")),
    TillCode.ELSEWHERE: lambda: asked(World(), TILL, sale(node="north")),
    TillCode.CLOCK_AHEAD: lambda: asked(World(), TILL, sale(at=NOW + DAY_MS)),
    TillCode.UNKNOWN_SALE: lambda: asked(World(), TILL, void(1)),
    TillCode.EXCEEDS: lambda: asked(World(), TILL, given_back("b", till="t", quantities={"MUG": 1})),
    TillCode.SHORT: lambda: asked(World(), TILL, sale(pieces=9)),
    **invoices.CALLS,
    PaymentCode.UNKNOWN_PAYMENT: lambda: asked(World(), lapse("p")),
    PaymentCode.NOT_YET: lambda: asked(World(), HELD, lapse("p")),
    PaymentCode.EXCEEDS_AUTHORIZED: lambda: asked(World(), capture("c", order="o", amounts={CARD: 6}, currency="USD")),
    PaymentCode.EXCEEDS_CAPTURED: lambda: asked(World(), refund("r", order="o", amounts={CARD: 6}, currency="USD")),
    PaymentCode.EXCEEDS_BALANCE: lambda: asked(
        World(), redeem("r", order="o", card="G", amount_minor=6, currency="USD")
    ),
    PaymentCode.BEYOND_AUTHORIZED: lambda: asked(World(), HELD, money(Step.CAPTURED)),
    PaymentCode.BEYOND_CAPTURED: lambda: asked(World(), money(Step.REFUNDED)),
    PaymentCode.UNKNOWN_DISPUTE: lambda: asked(World(), dispute_closed("d", is_won=True)),
    PaymentCode.NOT_OWED: lambda: asked(
        World(), settled("s", agent="a", currency="USD", orders={"o": 6}, paid_minor=6)
    ),
    PaymentCode.DOES_NOT_ADD_UP: lambda: asked(
        World(), settled("s", agent="a", currency="USD", orders={}, paid_minor=6)
    ),
    OrderCode.EXISTS: lambda: asked(ordered(), AGAIN._replace(id="another id")),
    OrderCode.UNKNOWN_ORDER: lambda: asked(World(), cancel("o")),
    OrderCode.UNKNOWN_LINE: lambda: asked(ordered(), amend("o", {"9": 1}, id="a")),
    FulfillmentCode.NOTHING_OPEN: lambda: asked(ordered(), allocate("o", id="wave")),
    FulfillmentCode.PART_OF_KIT: lambda: asked(kits(), cancel("o", {"1.1": 1}, id="part")),
    FulfillmentCode.TOO_LATE: lambda: asked(ordered(), SHORT, amend("o", {"1": 0}, id="a")),
    FulfillmentCode.WAITS: lambda: asked(full_booth(), place(make_order("o", pool="corner", skus=("MUG",)), {"1": 5})),
    FulfillmentCode.PAST_SERVICE_LEVEL: late_order,
    FulfillmentCode.PAST_SHIP_BY: lambda: asked(
        World(), place(attrs.evolve(MUGS, ship_by=NOW - DAY_MS, deliver_by=NOW), {"1": 1})
    ),
    MarketCode.NOT_RELAYED: lambda: asked(World(), acknowledge("o", id="a")),
    MarketCode.CALLED_OFF: lambda: asked(bound(), OFF, serve(MUGS, {"1": 2})._replace(id="late")),
    MarketCode.BEYOND_CLAIM: lambda: asked(bound(), cancel("o"), acknowledge("o", accepted={"1": 1}, id="a")),
    MarketCode.HAS_LEFT: lambda: asked(bound(), shipped("o/1"), OFF),
    MarketCode.NOT_IN_REPORT: lambda: asked(World(), fulfilled("f", node="dc", quantities={"MUG": 9})),
    FulfillmentCode.GAVE_WAY: lambda: asked(
        kept.shop(kept.store("a"), a=2), place(kept.ORDER, {"1": 1}, policy=kept.KEEPS)
    ),
    FulfillmentCode.MOST_ATTEMPTS: lambda: asked(ordered(), BUSY, allocate("o", policy=ONCE, id="again")),
    FulfillmentCode.GIVEN_UP: lambda: asked(ordered(), BUSY, allocate("o", policy=ONCE, id="again")),
    FulfillmentCode.NOT_UNDER_WAY: lambda: asked(ordered(), intercept("o/1", by="customer")),
    FulfillmentCode.NOTHING_OWED: lambda: asked(ordered(), make_good("o/1")),
    FulfillmentCode.SENT_AGAIN: lambda: asked(ordered(), lost("o/1"), make_good("o/1")),
    ReliefCode.NOTHING_TO_RELIEVE: lambda: asked(World(), relieve("entry", ["MUG"])),
    ReliefCode.GOES_BACK: lambda: asked(ordered(), *LOST, relieve("entry", ["MUG"])),
    ReliefCode.GIVES_WAY: lambda: asked(World(), CLAIM, *LOST, relieve("entry", ["MUG"])),
    ReliefCode.UNMET: lambda: asked(ordered(8), *LOST, relieve("entry", ["MUG"])),
    FulfillmentCode.NO_COUNTER: lambda: asked(World(), place(pickups.to_collect("shut"), {"1": 1})),
    FulfillmentCode.NOT_COLLECTABLE: lambda: asked(World(), place(pickups.to_collect("shut"), {"1": 1})),
    FulfillmentCode.AT_HAND: lambda: asked(World(), place(pickups.to_collect(), {"1": 1})),
    FulfillmentCode.COLLECTABLE: lambda: asked(World(), place(pickups.to_collect(), {"1": 1})),
    FulfillmentCode.NOT_READY: lambda: asked(pickups.waiting(), collect("o/1", by="c", checked_by="id")),
    FulfillmentCode.NOT_CHECKED: lambda: asked(pickups.waiting(), collect("o/1", by="c", checked_by="eye")),
    FulfillmentCode.WRONG_CODE: lambda: asked(pickups.waiting(), collect("o/1", by="c", checked_by="code")),
    FulfillmentCode.NOT_WAITING: gone_already,
    FulfillmentCode.NOT_DUE: lambda: pickups.not_collected(out(), now=NOW),
    FulfillmentCode.NOT_COLLECTED: lambda: pickups.not_collected(out()),
    FulfillmentCode.REFUND_DUE: lambda: pickups.not_collected(out()),
    FulfillmentCode.NOT_KEPT: lots.not_kept,
    FulfillmentCode.NOT_AS_NAMED: lots.not_as_named,
    FulfillmentCode.UNKNOWN_SHIPMENT: lambda: asked(World(), delivered("nobody/1")),
    **changing.CALLS,
    InventoryCode.BY_NODE: lots.by_node,
    SupplyCode.LASTING: lots.lasting,
    InventoryCode.UNFIT: lots.recalled_in_a_basket,
    **{code: partial(lots.said, code) for code in LotCode},
    **{code: partial(reconsidering.said, code) for code in ReconsiderCode},
    **{code: partial(bundles.said, code) for code in BundleCode},
    **{code: partial(delivery.said, code) for code in DeliveryCode},
    **{code: partial(valuation.said, code) for code in ValuationCode},
    RoutingCode.SHIPS_ALL: lambda: routed(supply("n", 2)),
    RoutingCode.SHIPS_PART: lambda: routed(supply("n", 1)),
    RoutingCode.CLOSED: lambda: routed(supply("n", 2, is_open=False)),
    RoutingCode.TURNED_DOWN: lambda: routed(supply("n", 2, is_excluded=True)),
    RoutingCode.OTHER_REGION: lambda: rules.planned(Supply(rules.node("n", regions=("AT-5",)), (9,))).because,
    RoutingCode.OTHER_SERVICE: lambda: rules.planned(Supply(rules.node("n", services=("x",)), (9,))).because,
    RoutingCode.NOT_HANDLED: lambda: rules.planned(Supply(rules.node("n"), (9,)), needs=(rules.ICE,)).because,
    RoutingCode.RULED_OUT: lambda: routed(supply("n", 2), policy=RoutingPolicy(rules={"never": lambda *_: False})),
    RoutingCode.KEPT: lambda: routed(supply("n", 2), policy=RoutingPolicy(keeps={NodeKind.STORE: 2}, gives_way=())),
    RoutingCode.NO_RATE: lambda: routed(supply("far", 2, FAR), policy=RoutingPolicy(bands=(Band(9, 1, 1, 1),))),
    RoutingCode.DOMINATED: lambda: routed(supply("n", 2), supply("twin", 2)),
    RoutingCode.NO_STOCK: lambda: routed(supply("n", 0)),
    RoutingCode.NO_CAPACITY: lambda: routed(supply("n", 2, capacity=0)),
    RoutingCode.TOO_LATE: lambda: routed(supply("n", 2), supply("far", 2, FAR), hours=40),
    RoutingCode.COSTLIER: lambda: routed(supply("n", 2), supply("far", 2, FAR)),
    RoutingCode.COSTLIER_IN_PART: lambda: routed(supply("n", 2), supply("far", 1, FAR)),
    RoutingCode.NO_CHEAPER: lambda: routed(supply("n", 1), supply("twin", 1), supply("third", 1)),
    RoutingCode.NOT_EXPLORED: lambda: plan(hard_errand(), RoutingPolicy(budget=1)).because,
    RoutingCode.NOT_CHOSEN: lambda: routed(
        supply("n", 2), supply("far", 2, FAR), policy=RoutingPolicy(strategy=drain())
    ),
    **{code: partial(promises.said, code) for code in PromiseCode},
    **{code: partial(tax.said, code) for code in TaxCode},
    **{code: partial(refunds.said, code) for code in RefundCode},
    **returning.CALLS,
    ReturnCode.UNKNOWN_RETURN: lambda: asked(World(), restock("r", {"MUG": 1})),
    SupplyCode.UNKNOWN_INBOUND: lambda: asked(World(), claim_ahead("c", inbound="po-1", quantities={"MUG": 1})),
    SupplyCode.ANNOUNCED: lambda: asked(
        expecting(),
        transfer("po-1", source="dc", node="north", quantities={"MUG": 1}, expected_at=NOW)._replace(id="x"),
    ),
    SupplyCode.NOT_SERVED: lambda: asked(
        expecting(), claim_ahead("c", inbound="po-1", quantities={"MUG": 1}, place="dc")
    ),
    SupplyCode.SHORT: lambda: asked(expecting(), claim_ahead("c", inbound="po-1", quantities={"MUG": 3})),
    SupplyCode.BEYOND: lambda: asked(expecting(), landed("r", inbound="po-1", node="south", quantities={"MUG": 3})),
    SupplyCode.BACKORDERED: lambda: asked(expecting(), place(MUGS, {"1": 2}, policy=AHEAD)),
    SupplyCode.WHOLE: lambda: asked(scattered(), place(make_order("o", pool="web", skus=("SET",)), {"1": 1})),
    SupplyCode.CUT: lambda: asked(World(), place(MUGS, {"1": 99}, policy=IN_PART)),
    SupplyCode.MOVED: lambda: asked(waiting(2), NONE_COME, redate("po-1", 2)),
    SupplyCode.UNMET: lambda: asked(waiting(4), NONE_COME, redate("po-1", 2)),
    SupplyCode.LATE: lambda: asked(expecting(at=NOW), look_at("po-1", 1)),
    SupplyCode.NOT_LATE: lambda: asked(expecting(), look_at("po-1", 1)),
    ReturnCode.NOT_THERE: lambda: asked(World(), BACK, restock("r", {"MUG": 2})),
}


@pytest.mark.parametrize("code", EVERY, ids=str)
def test_a_sentence_names_what_a_reason_has(code: ReasonCode) -> None:
    """Its placeholders are fields of a reason, its subject is named, and it is one line without a full stop."""
    fields = {field for _, field, _, _ in Formatter().parse(code.sentence) if field is not None}

    assert fields <= {"subject", "found", "needed", "unit"}
    assert fields & {"subject"}
    assert re.fullmatch(r"[^\n.]+", code.sentence)


@pytest.mark.parametrize("code", EVERY, ids=str)
def test_a_code_is_said_by_some_call_and_all_of_it_can_be_said(code: ReasonCode) -> None:
    """The call gives a reason of this code; in English nothing of it is missing."""
    assert code in CALLS, f"no call is known that says {code}"
    said = [reason for reason in CALLS[code]() if reason.code is code]

    assert said
    for reason in said:
        text = explain(Refused((reason,)))
        assert reason.subject in text
        assert "None" not in text
        assert "{" not in text


def test_codes_are_told_apart_by_their_wire_names() -> None:
    """Each begins with its room, and none is used twice: they are promises for ever."""
    names = [code.value for code in EVERY]

    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z_]+\.[a-z_]+", name) for name in names)
    assert all(type(code).__module__.split(".")[1] == code.value.split(".")[0] for code in EVERY)


def test_every_code_can_be_put_on_record() -> None:
    """An entry keeps its reasons; what a delivery says is never one of them."""
    written = {code for table in REASONS for code in table}

    assert {code for code in EVERY if not isinstance(code, DeliveryCode)} == written


def test_braces_in_a_name_are_no_placeholders() -> None:
    """What a customer types into a name is said as it is."""
    reason = Reason(InventoryCode.SHORT, "{found}", 1, 2, "{0}")

    assert "{found}" in explain(Refused((reason,)))


def test_no_call_is_listed_for_a_code_that_is_gone() -> None:
    """The list is of the codes that are there."""
    assert set(CALLS) == set(EVERY)
