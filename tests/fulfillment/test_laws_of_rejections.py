"""Laws: who is asked again when, others keep what they have, and an order that everybody turns down comes to an end."""

from typing import NamedTuple

import attrs
from hypothesis import given
from hypothesis import strategies as st

from tests.laws.invariants import check_conservation, check_lines_add_up, check_open_lines_have_claims
from tests.laws.world import HOME, LATER, PRODUCTS, SKUS, World, make_order
from unicommerce.catalog import Catalog, Network, Node, Pool
from unicommerce.fulfillment import (
    Allocated,
    CoolOff,
    FulfillmentPolicy,
    RejectionPolicy,
    RejectionReason,
    Scope,
    Shipment,
    StandIn,
    Then,
    allocate,
    attempts_key,
    place,
    rejected,
)
from unicommerce.ledger import Accepted, LedgerCode, Refused
from unicommerce.orders import LineState, Order, Substitution, line_account, ordered, quantities_by_state, standing
from unicommerce.routing import RoutingCode
from unicommerce.values import HOUR_MS

NODES = tuple("abcd")
REASONS = tuple(RejectionReason)


def mall(stock: int = 60) -> World:
    """Return a shop of four nodes side by side, each with so many of all."""
    nodes = tuple([Node(id=id, position=HOME, rank=rank) for rank, id in enumerate(NODES)])
    network = Network(nodes=nodes, pools=(Pool(id="web", nodes=NODES),))
    return World(Catalog(network=network, products=PRODUCTS), stock=stock)


INSTEAD = FulfillmentPolicy(
    rejections=RejectionPolicy(most_attempts=1, then=Then.SUBSTITUTE),
    stand_ins=tuple([StandIn(sku, instead_of) for sku in SKUS for instead_of in SKUS if sku != instead_of]),
)


class Blow(NamedTuple):
    """How a shipment is turned down: by its number, for which reason, in which part, and how long after the last."""

    shipment: int
    reason: RejectionReason
    is_all: bool
    pieces: int
    hours: int


class Said(NamedTuple):
    """What a node said: of which order and SKU ("": all), why, and when."""

    order: str
    node: str
    sku: str
    reason: RejectionReason
    at: int


POLICIES = st.builds(
    RejectionPolicy,
    busy=st.builds(CoolOff, st.sampled_from((Scope.ORDER, Scope.SKU)), st.sampled_from((None, 0, 40 * HOUR_MS))),
    not_found=st.builds(CoolOff, st.sampled_from(Scope), st.sampled_from((None, 12 * HOUR_MS))),
    damaged=st.builds(CoolOff, st.sampled_from(Scope), st.sampled_from((None, 12 * HOUR_MS))),
    most_attempts=st.sampled_from((1, 2, 4, 9)),
    then=st.sampled_from(Then),
)
BLOWS = st.lists(
    st.builds(
        Blow,
        st.integers(0, 7),
        st.sampled_from(REASONS),
        st.booleans(),
        st.integers(1, 3),
        st.sampled_from((0, 1, 12, 40)),
    ),
    min_size=1,
    max_size=8,
)
QUANTITIES = st.dictionaries(st.sampled_from(("1", "2", "3")), st.integers(1, 4), min_size=1)


class Desk:
    """A shop with two orders, whose nodes turn down what they are given; and a naive memory of all that they said."""

    def __init__(self, policy: RejectionPolicy, *quantities: dict[str, int]) -> None:
        self.world, self.policy = mall(), policy
        self.said: list[Said] = []
        for number, pieces in enumerate(quantities, start=1):
            order = make_order(f"o{number}", pool="web", skus=SKUS)
            self.world.ask(place(order, pieces, policy=LATER if number > 1 else FulfillmentPolicy()))
            self.world.orders.append(order)

    def may_be_asked(self, order: str, node: str, sku: str) -> bool:
        """Tell by all that was said whether a node may be asked for a SKU of an order."""
        for each in self.said:
            scope, is_own = self.policy.of(each.reason).scope, each.order == order
            is_meant = {
                Scope.ORDER: is_own,
                Scope.SKU: is_own and each.sku in ("", sku),
                Scope.EVERY_ORDER: each.sku == sku,
            }
            if each.node == node and is_meant[scope] and self.lasts(each):
                return False
        return True

    def lasts(self, said: Said) -> bool:
        """Tell whether the time of what was said is not over."""
        lasts_ms = self.policy.of(said.reason).lasts_ms
        return lasts_ms is None or self.world.now < said.at + lasts_ms

    def standing(self) -> dict[tuple[str, str], dict[str, int]]:
        """Return the pieces at each shipment and line, by state."""
        orders = {order.id: order for order in self.world.orders}
        return {
            (shipment.id, line.id): {
                state: self.world.ledger.balance(
                    orders[shipment.order].unit(line.id), (line_account(state, shipment.id),)
                )
                for state in LineState
            }
            for shipment in self.world.shipments
            for line in orders[shipment.order].lines
        }

    def reject(self, shipment: Shipment, blow: Blow) -> None:
        """Turn a shipment down, and see that no other has changed, and that the same once more changes nothing."""
        there, before = self.world.standing(shipment, LineState.ALLOCATED), self.standing()
        chosen = list(there)[: None if blow.pieces == 2 else 1]
        pieces = None if blow.is_all else {line: min(there[line], blow.pieces) for line in chosen}
        if not there:
            return
        telling = rejected(shipment.id, pieces, reason=blow.reason, id=self.world.next_id("part"))
        self.world.tell(telling)
        is_all = blow.is_all and blow.reason is RejectionReason.BUSY
        skus = [""] if is_all else [SKUS[int(line) - 1] for line in pieces or there]
        self.said += [Said(shipment.order, shipment.node, sku, blow.reason, self.world.now) for sku in skus]
        after, size = self.standing(), len(self.world.journal())
        again = self.world.shop.tell(telling, now=self.world.now + 1)

        assert all(after[each] == before[each] for each in before if each[0] != shipment.id)
        for line, held in there.items():
            assert after[shipment.id, line]["allocated"] == held - (pieces or there).get(line, 0)
        assert [reason.code for reason in again.because] == [LedgerCode.ALREADY_DONE]
        assert len(self.world.journal()) == size

    def wave(self, order: Order) -> None:
        """Ask to give what is open to nodes; see that all who may be asked are, nobody else is, and not too often."""
        attempts, before = self.world.ledger.document(attempts_key(order.id)), self.standing()
        is_over = attempts is not None and attempts.rejected >= (self.policy.most_attempts or 0)
        policy, opened = FulfillmentPolicy(rejections=self.policy), self.open_skus(order)
        answer = self.world.ask(allocate(order.id, policy=policy, id=self.world.next_id("wave")))
        events = answer.events if isinstance(answer, Accepted) else ()
        given = tuple([event for event in events if isinstance(event, Allocated)])
        after, verdicts = self.standing(), {each.subject: each.code for each in answer.because if each.subject in NODES}

        assert all(after[each] == before[each] for each in before)
        assert not (given and is_over)
        assert all(self.may_be_asked(order.id, e.shipment.node, line.sku) for e in given for line in e.lines)
        for node, code in verdicts.items():
            is_asked = any(self.may_be_asked(order.id, node, sku) for sku in opened)
            assert is_asked == (code is not RoutingCode.TURNED_DOWN)
        for sku in self.open_skus(order) if not is_over else ():
            assert not any(self.may_be_asked(order.id, node, sku) for node in NODES)

    def open_skus(self, order: Order) -> list[str]:
        """Return the SKUs of which pieces are open."""
        opened = [standing(self.world.ledger, order.unit(line.id), LineState.OPEN) for line in order.lines]
        return [line.sku for line, quantity in zip(order.lines, opened, strict=True) if quantity]

    def check(self) -> None:
        """Raise where the books do not add up, or an open piece has no claim."""
        check_open_lines_have_claims(self.world)
        check_lines_add_up(self.world)
        check_conservation(self.world.ledger)


@given(POLICIES, QUANTITIES, QUANTITIES, BLOWS)
def test_a_node_is_asked_again_when_its_time_is_over_and_not_before(
    policy: RejectionPolicy, first: dict[str, int], second: dict[str, int], blows: list[Blow]
) -> None:
    """Two orders of the same SKUs, turned down in any way at any time, beside a naive memory of all that was said."""
    desk = Desk(policy, first, second)
    for blow in blows:
        desk.reject(desk.world.shipments[blow.shipment % len(desk.world.shipments)], blow)
        desk.world.now += blow.hours * HOUR_MS
        for order in desk.world.orders if blow.hours else ():
            desk.wave(order)
        desk.check()


@given(POLICIES, QUANTITIES, st.lists(BLOWS.map(lambda blows: blows[0]), min_size=1, max_size=3))
def test_an_order_that_everybody_turns_down_comes_to_an_end(
    policy: RejectionPolicy, pieces: dict[str, int], blows: list[Blow]
) -> None:
    """So many attempts as the policy has, and a wave more; then it is canceled, or waits and nothing moves any more."""
    desk, order = Desk(policy, pieces), make_order("o1", pool="web", skus=SKUS)
    turns = 0
    while shipments := [each for each in desk.world.shipments if desk.world.standing(each, LineState.ALLOCATED)]:
        turns += 1
        assert turns <= (policy.most_attempts or 0)
        for shipment in shipments:
            desk.reject(shipment, blows[turns % len(blows)]._replace(is_all=True))
        desk.world.now += blows[turns % len(blows)].hours * HOUR_MS
        desk.wave(order)
    desk.wave(order)
    size = len(desk.world.journal())
    last = desk.world.ask(allocate("o1", policy=FulfillmentPolicy(rejections=policy), id="last"))
    attempts = desk.world.ledger.document(attempts_key("o1"))
    rejections = {each.shipment for each in attempts.rejections} if attempts else set()
    is_spent = len(rejections) >= (policy.most_attempts or 0)

    assert isinstance(last, Refused)
    assert len(desk.world.journal()) == size
    assert bool(desk.open_skus(order)) != (is_spent and policy.then is Then.CANCEL)
    desk.check()


@given(
    st.lists(st.permutations(SKUS).map(lambda some: tuple(some[:2])), min_size=3, max_size=3),
    QUANTITIES,
    st.integers(1, 12),
    st.lists(BLOWS.map(lambda blows: blows[0]), min_size=1, max_size=3),
)
def test_another_sku_comes_instead_as_the_customer_has_allowed_or_nothing_changes(
    wishes: list[tuple[str, ...]], pieces: dict[str, int], stock: int, blows: list[Blow]
) -> None:
    """Of each line all that is open, or none; as many pieces are owed as before, no dearer, and nodes have them."""
    order = make_order("o1", pool="web", skus=SKUS)
    lines = [
        attrs.evolve(line, price_minor=1000, substitution=Substitution.LISTED, substitutes=wish)
        for line, wish in zip(order.lines, wishes, strict=True)
    ]
    world, order = mall(stock), attrs.evolve(order, lines=tuple(lines))
    world.ask(place(order, pieces))
    world.orders.append(order)
    for number, shipment in enumerate(tuple(world.shipments)):
        blow = blows[number % len(blows)]
        world.tell(rejected(shipment.id, None if blow.is_all else {min(pieces): 1}, reason=blow.reason, id="part"))
    state = world.ledger
    before = {line.id: standing(state, order.unit(line.id), LineState.OPEN) for line in order.lines}
    answer = world.ask(allocate("o1", policy=INSTEAD, id="wave"))
    after = state.document(order.key)

    assert after is not None
    for line in after.lines[len(order.lines) :]:
        old, there = order.line_by_id[line.stands_for], quantities_by_state(state, order.unit(line.id))
        assert there == {LineState.ALLOCATED: before[old.id]}
        assert line.sku in old.substitutes
        assert line.price_minor <= old.price_minor
        assert standing(state, order.unit(old.id), LineState.OPEN) == 0
    assert sum([ordered(state, after.unit(line.id)) for line in after.lines]) == sum(pieces.values())
    assert isinstance(answer, Accepted) == (len(after.lines) > len(order.lines))
    check_open_lines_have_claims(world)
    check_lines_add_up(world)
    check_conservation(state)
