"""A quote is what an order placed at once is promised, and leaves no trace."""

from collections.abc import Mapping
from typing import NamedTuple

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.laws.world import AHEAD, CATALOG, IN_PART, LATER, NOW, SKUS, Distant, Program, World, make_order, programs
from unicommerce.catalog import Component, Product
from unicommerce.errors import InvalidValue
from unicommerce.fulfillment import (
    Allocated,
    FulfillmentPolicy,
    InTime,
    Quote,
    QuotedParcel,
    ServiceQuote,
    allocate,
    place,
    quote,
)
from unicommerce.inventory import InventoryCode, hold
from unicommerce.ledger import Accepted, Decision, Reason, Refused
from unicommerce.orders import Order, OrderCode
from unicommerce.routing import Carrier, Promise, RoutingCode, RoutingPolicy, Transit
from unicommerce.values import DAY_MS, HOUR_MS, MINUTE_MS

SET = Product(sku="SET", components=(Component("MUG", 2), Component("LID", 1)))
SHOP = attrs.evolve(CATALOG, products=(*CATALOG.products, SET))
CARRIER = Carrier(
    transits=(
        Transit(((50, 1), (95, 2)), service="express"),
        Transit(((50, 2), (95, 4)), region="DE-BE"),
        Transit(((50, 3), (95, 6))),
    )
)
DATED = FulfillmentPolicy(routing=RoutingPolicy(carrier=CARRIER))
POLICIES = (DATED, LATER, AHEAD, IN_PART, FulfillmentPolicy(kits_may_part=True))


class Ask(NamedTuple):
    """What has happened, and what is asked for: pieces by SKU, from a pool, under a policy."""

    program: Program
    basket: Mapping[str, int]
    pool: str
    policy: FulfillmentPolicy


ASKS = st.builds(
    Ask,
    programs(most=12),
    st.dictionaries(st.sampled_from((*SKUS, "SET")), st.integers(1, 5), min_size=1),
    st.sampled_from(("web", "club", "corner")),
    st.sampled_from(POLICIES),
)


def ordering(basket: Mapping[str, int], pool: str = "web", now: int = NOW) -> tuple[Order, dict[str, int]]:
    """Return the order of a basket to Berlin, a line for each SKU, and its pieces by line."""
    order = attrs.evolve(make_order("o", pool=pool, skus=[*basket], at=now), region="DE-BE", zone="Europe/Berlin")
    return order, {line.id: basket[line.sku] for line in order.lines}


def quoted(world: World, basket: Mapping[str, int], policy: FulfillmentPolicy = DATED, pool: str = "web") -> Quote:
    """Return what a basket is quoted in Berlin."""
    return world.shop.see(quote(*ordering(basket, pool), policy=policy, now=world.now))


def placed(world: World, ask: Ask, service: str) -> tuple[Decision, list[Allocated]]:
    """Place the order of a basket and give it to nodes; return how it was."""
    order, quantities = ordering(ask.basket, ask.pool, world.now)
    answer = world.ask(place(attrs.evolve(order, service=service), quantities, policy=ask.policy))
    answers = [answer]
    if isinstance(answer, Accepted) and not ask.policy.allocates_at_once:
        answers.append(world.ask(allocate("o", policy=ask.policy)))
    given = [event for each in answers if isinstance(each, Accepted) for event in each.events]
    return answer, [event for event in given if isinstance(event, Allocated)]


def parcel(event: Allocated) -> QuotedParcel:
    """Return a shipment as it would have been quoted."""
    pieces: dict[str, int] = {}
    for _, sku, quantity in event.lines:
        pieces[sku] = pieces.get(sku, 0) + quantity
    assert event.shipment.promise is not None
    assert event.shipment.promise.latest == event.shipment.deliver_by
    return QuotedParcel(event.shipment.node, pieces, event.shipment.promise, event.shipment.cost_minor)


@settings(max_examples=60)
@given(ask=ASKS, service=st.sampled_from(("standard", "express")))
def test_an_order_placed_at_once_is_promised_what_was_quoted(ask: Ask, service: str) -> None:
    """The same parcels at the same cost by the same moments; and nothing is promised where the order is refused."""
    world = World(SHOP).run(ask.program)
    was = world.ledger.snapshot()
    offer = {each.service: each for each in quoted(world, ask.basket, ask.policy, ask.pool).services}[service]
    assert world.ledger.snapshot() == was
    answer, shipments = placed(world, ask, service)

    assert [*offer.parcels] == [parcel(event) for event in shipments]
    assert offer.is_complete == (_sent(shipments) == _pieces(ask.basket))
    assert not (isinstance(answer, Refused) and offer.is_complete)


@settings(max_examples=40)
@given(ask=ASKS)
def test_each_node_has_one_reason_and_the_rest_of_what_is_missing_can_be_had(ask: Ask) -> None:
    """Whatever is quoted; a policy that routes later says of each node both times what it could do."""
    world = World(SHOP).run(ask.program)
    offer = quoted(world, ask.basket, ask.policy, ask.pool).services[0]
    said = [reason.subject for reason in offer.because if isinstance(reason.code, RoutingCode)]
    assert {*said} == {*world.network.pool_by_id[ask.pool].nodes}
    assert len(said) == len({*said}) or ask.policy is LATER

    rest = {sku: left for sku, quantity in ask.basket.items() if (left := quantity - offer.missing.get(sku, 0))}
    assert all(0 < left <= ask.basket[sku] for sku, left in offer.missing.items())
    assert not rest or quoted(world, rest, ask.policy, ask.pool).services[0].is_complete


def _pieces(basket: Mapping[str, int]) -> dict[str, int]:
    pieces = {
        sku: basket.get(sku, 0) + each * basket.get("SET", 0) for sku, each in (("MUG", 2), ("CUP", 0), ("LID", 1))
    }
    return {sku: quantity for sku, quantity in pieces.items() if quantity}


def _sent(shipments: list[Allocated]) -> dict[str, int]:
    sent: dict[str, int] = {}
    for line in [line for event in shipments for line in event.lines]:
        sent[line.sku] = sent.get(line.sku, 0) + line.quantity
    return sent


def test_a_refused_basket_says_what_is_missing_and_why_of_each_node() -> None:
    """Nothing is promised then, not even what is there: of four at each node the booth can handle three that day."""
    (standard, _) = quoted(World(SHOP), {"MUG": 17, "LID": 1}).services

    assert standard.parcels == ()
    assert (standard.earliest, standard.latest, standard.percent, standard.cost_minor) == (None, None, None, 0)
    assert standard.missing == {"MUG": 2}
    assert standard.because[0].code is InventoryCode.SHORT
    assert [reason.subject for reason in standard.because[1:]] == ["dc", "north", "south", "booth", "shut"]


def test_kits_are_missing_as_kits() -> None:
    """Four mugs at each node make two sets at each; a policy that takes a part sends those."""
    (standard, _) = quoted(World(SHOP), {"SET": 9}, IN_PART, "club").services

    assert standard.missing == {"SET": 5}
    assert [dict(each.pieces) for each in standard.parcels] == [{"MUG": 4, "LID": 2}] * 2


def test_a_faster_service_is_there_sooner_and_the_region_counts() -> None:
    """Two days by express, four to Berlin, and six to where no transit of its own leads."""
    world = World(SHOP)
    standard, express = quoted(world, {"MUG": 1}).services
    order, quantities = ordering({"MUG": 1})
    elsewhere = world.shop.see(quote(attrs.evolve(order, region="", zone=""), quantities, policy=DATED, now=NOW))

    assert standard.latest is not None
    assert express.latest == standard.latest - 2 * DAY_MS
    assert elsewhere.services[0].latest == standard.latest + 3 * DAY_MS + HOUR_MS  # by way of a Sunday, an hour west
    assert standard.percent == 95


def test_the_cheapest_service_that_is_there_in_time() -> None:
    """Or the one that misses it least, and by how much; one that lacks something is none."""
    promises = {service: Promise("dc", 1, 0, 0, day, day * DAY_MS, 95) for service, day in (("slow", 5), ("fast", 2))}
    slow, fast = [
        ServiceQuote(service, (QuotedParcel("dc", {"MUG": 1}, promises[service], cost),), {}, ())
        for service, cost in (("slow", 400), ("fast", 900))
    ]
    both = Quote((fast, slow), "USD")

    assert both.by(5 * DAY_MS) == InTime(slow, 0)
    assert both.by(5 * DAY_MS - 1) == InTime(fast, 0)
    assert both.by(2 * DAY_MS - 90 * MINUTE_MS - 1) == InTime(fast, 91)
    assert Quote((fast._replace(missing={"MUG": 1}),), "USD").by(5 * DAY_MS) is None


def test_the_hold_of_a_basket_is_in_nobodys_way_but_its_own() -> None:
    """What it holds is quoted to it alone."""
    world = World(SHOP)
    world.ask(hold("basket", place="pool:club", quantities={"MUG": 8}, until=NOW + HOUR_MS))

    def missing(claim: str) -> Mapping[str, int]:
        order, quantities = ordering({"MUG": 8}, "club")
        return world.shop.see(quote(attrs.evolve(order, basket=claim), quantities, now=NOW)).services[0].missing

    assert missing("") == {"MUG": 8}
    assert missing("basket") == {}


def test_a_basket_is_quoted_as_of_now_however_old_it_is() -> None:
    """The days of a service level are counted from placing, and that is now."""
    world = World(SHOP)
    order, quantities = ordering({"MUG": 1}, now=NOW - 90 * DAY_MS)

    assert world.shop.see(quote(order, quantities, policy=DATED, now=NOW)) == quoted(world, {"MUG": 1})


def test_an_order_that_is_on_record_is_not_quoted_anew() -> None:
    """It was placed: what it is promised is no quote."""
    world = World(SHOP)
    world.ask(place(*ordering({"MUG": 1})))
    (standard, _) = quoted(world, {"MUG": 1}).services

    assert (standard.parcels, standard.missing) == ((), {"MUG": 1})
    assert standard.because[0] == Reason(OrderCode.EXISTS, "o", 1)


def test_what_can_not_be_placed_can_not_be_quoted() -> None:
    """No pieces, and pieces of a line that the order has not."""
    order, _ = ordering({"MUG": 1})
    with pytest.raises(InvalidValue, match="quantities"):
        quote(order, {}, now=NOW)
    with pytest.raises(InvalidValue, match="quantities"):
        quote(order, {"9": 1}, now=NOW)


def test_over_a_store_in_another_process_a_quote_is_the_same() -> None:
    """What a view looks up in vain is read until nothing is missing."""
    near, far = World(SHOP), World(SHOP, store=Distant())

    assert quoted(near, {"MUG": 17, "SET": 1}) == quoted(far, {"MUG": 17, "SET": 1})
    assert quoted(near, {"CUP": 9}) == quoted(far, {"CUP": 9})
