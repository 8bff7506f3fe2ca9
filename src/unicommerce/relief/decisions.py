"""When facts hurt: more is claimed of a SKU than there is, and somebody has to give way; this says who, and for what.

A fact (a till's sale, a count, a short pick) is never refused, so it may leave a node or a group of pools below zero.
First, what a node can no longer give goes back to its pool, where another node may have it. What the pools then can not
serve gives way: claims that can be met together are the independent sets of a transversal matroid (Edmonds and
Fulkerson 1965), so taking the most precious first, each as far as it fits, is best by any order of preference. A claim
ends; an order is canceled where the policy says so, and is otherwise named, for people.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from ..catalog import Catalog, Network, pool_place
from ..fulfillment import Deallocated, claims_of, opening, shipment_key
from ..inventory import ClaimLine, GoodsState, Released, claim_key, goods, quota_lines, sellable, sellable_accounts
from ..ledger import Accepted, Account, Between, Decision, Event, Reason, ReasonCode, Refused, Request, State, Supposed
from ..orders import Canceled, LineQuantity, LineState, Order, in_lines, line_account, order_key
from ..values import Unit, identifier
from .policy import Claimant, ReliefPolicy

__all__ = ["ReliefCode", "relieve"]

LINE, CLAIM = "line:", "claim:"
"""What a claim's `ref` begins with: an order's line, or a claim of its own. All others (a till's rights) stay."""


class ReliefCode(ReasonCode):
    """Who gives way, and who waits."""

    NOTHING_TO_RELIEVE = "relief.nothing_to_relieve", "all claims on {subject} can be met"
    GOES_BACK = "relief.goes_back", "{found} {unit} of {subject} go back to the pool: the node has too few"
    GIVES_WAY = "relief.gives_way", "{found} of {needed} {unit} of {subject} give way: there are too few"
    ORPHAN = "relief.orphan", "{subject} claims {found} {unit}, and waits for {needed}"
    UNMET = "relief.unmet", "{found} of {needed} {unit} of {subject} can not be met and wait for people"


class Case(NamedTuple):
    """A SKU of which too much is claimed, and what decides about it."""

    network: Network
    policy: ReliefPolicy
    sku: str

    @property
    def unit(self) -> Unit:
        """Return the unit that counts its pieces."""
        return goods(self.sku)


def relieve(entry: str, skus: Iterable[str], *, policy: ReliefPolicy = ReliefPolicy()) -> Request[Catalog]:
    """Ask that claims on these SKUs give way, as far as an entry (its id) has taken the goods from under them.

    Because: `GOES_BACK` for pieces that leave a node, `GIVES_WAY` for claims that end, `UNMET` for orders that wait
    for people; `NOTHING_TO_RELIEVE` where all claims can be met.
    """
    wanted = tuple(sorted({identifier(sku, "sku") for sku in skus}))

    def decide(world: State, catalog: Catalog, _now: int) -> Decision:
        taken = Accepted()
        for sku in wanted:
            case = Case(catalog.network, policy, sku)
            for step in (_go_back, _give_way):
                more = step(Supposed(world, taken.events), case)
                taken = Accepted(taken.events + more.events, taken.because + more.because, taken.guards + more.guards)
        if taken.events:
            return taken
        return Refused(taken.because or tuple([Reason(ReliefCode.NOTHING_TO_RELIEVE, sku) for sku in wanted]))

    return Request(f"{identifier(entry, 'entry')}/relieve", (("skus", wanted),), decide)


def _claimants(world: State, case: Case, place: str) -> list[Claimant]:
    """Return the claims at a place that can give way, the most precious first."""
    found = []
    for state in (GoodsState.HELD, GoodsState.RESERVED):
        for account, quantity in world.parts(case.unit, Account(place, state)).items():
            since = 0
            if account.ref.startswith(CLAIM):
                document = world.document(claim_key(account.ref.removeprefix(CLAIM)))
                since = document.due_at or 0 if document else 0
            elif account.ref.startswith(LINE):
                order = world.document(order_key(_order_of(account.ref)))
                since = order.placed_at if order else 0
            else:
                continue
            found.append(Claimant(account.ref, place, state, quantity, 0, since))
    return sorted(found, key=lambda one: (*case.policy.precious(one), one.ref), reverse=True)


def _order_of(ref: str) -> str:
    return ref.removeprefix(LINE).rpartition("/")[0]


def _go_back(world: State, case: Case) -> Accepted:
    """Take from each node that is below zero what it can not give: back to the pool, or ended where there is none."""
    taken = Accepted()
    for node in case.network.nodes:
        missing = -world.balance(case.unit, (sellable(node.id),))
        if missing <= 0:
            continue
        for one in reversed(_claimants(world, case, node.id)):
            wanted = min(missing, one.quantity)
            more = (
                _deallocated(world, case, one, wanted) if one.ref.startswith(LINE) else _ended(world, case, one, wanted)
            )
            taken = Accepted(taken.events + more.events, taken.because + more.because, taken.guards + more.guards)
            missing = -Supposed(world, taken.events).balance(case.unit, (sellable(node.id),))
            if missing <= 0:
                break
    return taken


def _deallocated(world: State, case: Case, one: Claimant, most: int) -> Accepted:
    """Take pieces of a line back from the node, if it has not picked them."""
    unit, left = Unit(one.ref), most
    events: list[Event] = []
    guards: list[Between] = []
    order = world.document(order_key(_order_of(one.ref)))
    for account, held in world.parts(unit, line_account(LineState.ALLOCATED)).items():
        shipment = world.document(shipment_key(account.ref))
        given = min(held, left)
        if order is None or shipment is None or shipment.node != one.place or not given:
            continue
        lines = (LineQuantity(one.ref.rpartition("/")[2], case.sku, given),)
        events.append(Deallocated(pool=order.pool, shipment=shipment, lines=lines))
        guards.append(Between(unit, (account,)))
        left -= given
    if not events:
        return Accepted()
    reason = Reason(ReliefCode.GOES_BACK, one.ref, most - left, one.quantity, case.sku)
    return Accepted(tuple(events), (reason,), tuple(guards))


def _ended(world: State, case: Case, one: Claimant, pieces: int) -> Accepted:
    """End a claim, or so many pieces of it."""
    lines = (ClaimLine(one.ref, case.sku, pieces),)
    document = world.document(claim_key(one.ref.removeprefix(CLAIM)))
    channel = document.channel if document else ""
    quota = quota_lines(world, channel, lines)
    event = Released(place=one.place, state=one.state, lines=lines, channel=channel, quota=quota)
    reason = Reason(ReliefCode.GIVES_WAY, one.ref, pieces, one.quantity, case.sku)
    return Accepted((event,), (reason,), (Between(case.unit, (Account(one.place, one.state, one.ref),)),))


def _give_way(world: State, case: Case) -> Accepted:
    """End or cancel the least precious claims at pools, so that all others can be met."""
    taken = Accepted()
    for one, pieces in _too_many(world, case):
        state = Supposed(world, taken.events)
        if not one.ref.startswith(LINE):
            more = _ended(world, case, one, pieces)
        elif case.policy.cancels:
            more = _canceled(state, one, pieces)
        else:
            more = Accepted((), (Reason(ReliefCode.UNMET, one.ref, pieces, one.quantity, case.sku),))
        taken = Accepted(taken.events + more.events, taken.because + more.because, taken.guards + more.guards)
    return taken


def _too_many(world: State, case: Case) -> list[tuple[Claimant, int]]:
    """Return the claims at pools that can not be met, and how many pieces of each, the least precious first.

    What a node is below zero is its own affair: no other node has less because of it.
    """
    groups = case.network.groups
    if all(world.balance(case.unit, sellable_accounts(group.places())) >= 0 for group in groups):
        return []
    slack = {
        group: sum([max(world.balance(case.unit, (sellable(node),)), 0) for node in group.nodes]) for group in groups
    }
    claimants = [one for pool in case.network.pools for one in _claimants(world, case, pool_place(pool.id))]
    unmet = []
    for one in sorted(claimants, key=lambda one: (*case.policy.precious(one), one.ref), reverse=True):
        within = [group for group in groups if one.place in group.places()]
        kept = min([one.quantity, *[slack[group] for group in within]])
        for group in within:
            slack[group] -= kept
        if kept < one.quantity:
            unmet.append((one, one.quantity - kept))
    return unmet[::-1]


def _canceled(world: State, one: Claimant, pieces: int) -> Accepted:
    """Cancel pieces of a line, and of its kit what can not go without them."""
    order = world.document(order_key(_order_of(one.ref)))
    if order is None:
        return Accepted()
    wanted = _with_kit(order, one.ref.rpartition("/")[2], pieces)
    answer = opening(world, order, wanted)
    if isinstance(answer, Refused):  # the rest of its kit is on its way already
        wanted = {one.ref.rpartition("/")[2]: pieces}
        answer = opening(world, order, wanted)
    if isinstance(answer, Refused):
        return Accepted()
    lines = tuple([LineQuantity(line, order.line_by_id[line].sku, quantity) for line, quantity in wanted.items()])
    canceled = Canceled(order=order.id, lines=lines, reason=ReliefCode.GIVES_WAY.value)
    back = claims_of(order.id, lines)
    quota = quota_lines(world, order.channel, back)
    freed = Released(place=one.place, state=one.state, lines=back, channel=order.channel, quota=quota)
    reasons = [Reason(ReliefCode.GIVES_WAY, order.unit(line), quantity, quantity, sku) for line, sku, quantity in lines]
    return Accepted((*answer.events, canceled, freed), tuple(reasons), answer.guards)


def _with_kit(order: Order, line: str, pieces: int) -> Mapping[str, int]:
    for kit in order.kits:
        for part, each in kit.components:
            if part == line:
                return in_lines(order, {kit.id: -(-pieces // each)})
    return {line: pieces}
