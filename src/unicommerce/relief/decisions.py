"""When facts hurt: more is claimed of a SKU than there is, and somebody has to give way; this says who, and for what.

A fact (a till's sale, a count, a short pick) is never refused, so it may leave a node or a group of pools below zero.
First, what a node can no longer give goes back to its pool, where another node may have it. What the pools then can not
serve gives way: claims that can be met together are the independent sets of a transversal matroid (Edmonds and
Fulkerson 1965), so taking the most precious first, each as far as it fits, is best by any order of preference. A claim
ends; an order is canceled where the policy says so, and is otherwise named, for people. Last come those who wait for
an inbound that does not bring what they claimed (`waiting`).
"""

from collections.abc import Iterable, Mapping

from ..catalog import Catalog, pool_place
from ..fulfillment import opening, shipment_key, taken_back
from ..inventory import sellable, sellable_accounts
from ..ledger import Accepted, Between, Decision, Event, Reason, Refused, Request, State, Supposed
from ..orders import LineQuantity, LineState, line_account
from ..values import Unit, identifier
from .claimants import LINE, Case, canceled, claimants, ended, kit_of, order_of, plus, with_kit
from .codes import ReliefCode
from .instead import wait_instead
from .policy import Claimant, ReliefPolicy
from .waiting import not_on_shelf, told, without_goods

__all__ = ["relieve"]


def relieve(entry: str, skus: Iterable[str], *, policy: ReliefPolicy = ReliefPolicy()) -> Request[Catalog]:
    """Ask that claims on these SKUs give way, as far as an entry (its id) has taken the goods from under them.

    Because: `GOES_BACK` for pieces that leave a node, `supply.MOVED` for pieces that come otherwise than was promised,
    `GIVES_WAY` for claims that end, `UNMET` for orders that wait for people; `NOTHING_TO_RELIEVE` where all claims can
    be met. Each order that waited for goods and is affected is told its new date, or that there is none, in one event.
    """
    wanted = tuple(sorted({identifier(sku, "sku") for sku in skus}))

    def decide(world: State, catalog: Catalog, now: int) -> Decision:
        taken, vain = Accepted(), Accepted()
        for sku in wanted:
            case = Case(catalog, policy, sku, now)
            for step in (_go_back, _give_way):
                taken = plus(taken, step(Supposed(world, taken.events), case))
            more = without_goods(Supposed(world, taken.events), case)
            taken, vain = plus(taken, more), plus(vain, more)
        taken = plus(taken, told(Supposed(world, taken.events), taken, vain, now))
        if taken.events:
            return taken
        return Refused(taken.because or tuple([Reason(ReliefCode.NOTHING_TO_RELIEVE, sku) for sku in wanted]))

    return Request(f"{identifier(entry, 'entry')}/relieve", (("skus", wanted),), decide)


def _go_back(world: State, case: Case) -> Accepted:
    """Take from each node that is below zero what it can not give: back to the pool, or ended where there is none."""
    taken = Accepted()
    for node in case.network.nodes:
        if world.balance(case.unit, (sellable(node.id),)) >= 0:
            continue
        for one in reversed(claimants(world, case, node.id)):
            for step in (_deallocated, not_on_shelf) if one.ref.startswith(LINE) else (ended,):
                after = Supposed(world, taken.events)
                missing = -after.balance(case.unit, (sellable(node.id),))
                if missing > 0:
                    taken = plus(taken, step(after, case, one, min(missing, one.quantity)))
    return taken


def _deallocated(world: State, case: Case, one: Claimant, most: int) -> Accepted:
    """Take pieces of a line back from the node, if it has not picked them."""
    unit, left = Unit(one.ref), most
    events: list[Event] = []
    guards: list[Between] = []
    order = order_of(world, one.ref)
    for account, held in world.parts(unit, line_account(LineState.ALLOCATED)).items():
        shipment = world.document(shipment_key(account.ref))
        given = min(held, left)
        if order is None or shipment is None or shipment.node != one.place or not given:
            continue
        lines = (LineQuantity(one.ref.rpartition("/")[2], case.sku, given),)
        events += taken_back(world, order, shipment, lines)
        guards.append(Between(unit, (account,)))
        left -= given
    if not events:
        return Accepted()
    reason = Reason(ReliefCode.GOES_BACK, one.ref, most - left, one.quantity, case.sku)
    return Accepted(tuple(events), (reason,), tuple(guards))


def _give_way(world: State, case: Case) -> Accepted:
    """Let open pieces wait where they may, the most precious first; then end or cancel the least precious claims."""
    taken = Accepted()
    for one, pieces in reversed(_too_many(world, case, is_whole=True)):
        if one.ref.startswith(LINE):
            taken = plus(taken, wait_instead(Supposed(world, taken.events), case, one, pieces))
    for one, pieces in _too_many(Supposed(world, taken.events), case, is_whole=case.policy.cancels):
        state = Supposed(world, taken.events)
        if not one.ref.startswith(LINE):
            more = ended(world, case, one, pieces)
        elif case.policy.cancels:
            more = canceled(state, one, pieces)
        else:
            more = Accepted((), (Reason(ReliefCode.UNMET, one.ref, pieces, one.quantity, case.sku),))
        taken = plus(taken, more)
    return taken


def _too_many(world: State, case: Case, *, is_whole: bool) -> list[tuple[Claimant, int]]:
    """Return the claims at pools that can not be met, and how many pieces of each, the least precious first.

    What a node is below zero is its own affair: no other node has less because of it. Where kits go whole, what they
    leave over is there for those who are less precious.
    """
    groups = case.network.groups
    if all(world.balance(case.unit, sellable_accounts(group.places())) >= 0 for group in groups):
        return []
    slack = {
        group: sum([max(world.balance(case.unit, (sellable(node),)), 0) for node in group.nodes]) for group in groups
    }
    some = [one for pool in case.network.pools for one in claimants(world, case, pool_place(pool.id))]
    unmet, by_ref = list[tuple[Claimant, int]](), {one.ref: one for one in some}
    for one in case.most_precious_first(some):
        if one.ref not in by_ref:
            continue
        parts = _kit(world, one, by_ref) if is_whole else [(one, 1)]
        held, per = sum([part.quantity for part, _ in parts]), sum([each for _, each in parts])
        within = [group for group in groups if one.place in group.places()]
        missing = held - min([held, *[slack[group] for group in within]])
        number = -(-missing // per)
        for group in within:
            slack[group] -= max(held - number * per, 0)
        if number:
            unmet.append((one, number * parts[0][1]))
        for part, _ in parts:
            del by_ref[part.ref]
    return unmet[::-1]


def _kit(world: State, one: Claimant, by_ref: Mapping[str, Claimant]) -> list[tuple[Claimant, int]]:
    """Return the claims that go where one goes, those of its kit, if that can still be had whole; pieces in one kit."""
    order = order_of(world, one.ref)
    kit, each = kit_of(order, one.ref) if order else ("", 1)
    if order is None or not kit:
        return [(one, 1)]
    if isinstance(opening(world, order, with_kit(order, one.ref, one.quantity), takes_kept=False), Refused):
        return [(one, 1)]
    others = [(by_ref[ref], n) for line, n in order.kit_by_id[kit].components if (ref := order.unit(line)) in by_ref]
    return [(one, each), *(other for other in others if other[0] != one)]
