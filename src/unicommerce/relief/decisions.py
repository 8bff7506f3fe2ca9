"""When facts hurt: more is claimed of a SKU than there is, and somebody has to give way; this says who, and for what.

A fact (a till's sale, a count, a short pick) is never refused, so it may leave a node or a group of pools below zero.
First, what a node can no longer give goes back to its pool, where another node may have it. What the pools then can not
serve gives way: claims that can be met together are the independent sets of a transversal matroid (Edmonds and
Fulkerson 1965), so taking the most precious first, each as far as it fits, is best by any order of preference. A claim
ends; an order is canceled where the policy says so, and is otherwise named, for people. Last come those who wait for
an inbound that does not bring what they claimed (`waiting`). Who needs lots that last is met by those alone; claims by
life are a chain, so what is independent is so still.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import product

from ..catalog import Catalog, pool_place
from ..fulfillment import opening, shipment_key, taken_back
from ..inventory import lasting, sellable, sellable_accounts
from ..ledger import Accepted, Between, Decision, Event, Reason, Refused, Request, State, Supposed
from ..orders import LineQuantity, LineState, line_account
from ..values import LARGEST, Unit, identifier
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
    """Take from each node what it can not give, or not of lots that last: to the pool, or ended where there is none."""
    taken = Accepted()
    by_life = (LARGEST, 0) if case.catalog.has_lots(case.sku) else (0,)
    # Last in all: of those that need lots that last, some may be picked, and then others have to give.
    for node, days in [(node.id, days) for node in case.network.nodes for days in by_life]:
        lacks = _lacks(Supposed(world, taken.events), case, node, days)
        some = claimants(Supposed(world, taken.events), case, node) if any(lacks.values()) else []
        for one in reversed(some):
            for step in (_deallocated, not_on_shelf) if one.ref.startswith(LINE) else (ended,):
                if (missing := _missing(lacks, one)) > 0:
                    more = step(Supposed(world, taken.events), case, one, min(missing, one.quantity))
                    taken = plus(taken, more)
                    lacks = _lacks(Supposed(world, taken.events), case, node, days) if more.events else lacks
    return Accepted(taken.events, tuple(dict.fromkeys(taken.because)), taken.guards)


def _lacks(world: State, case: Case, node: str, days: int) -> Mapping[int, int]:
    """Return how many pieces a node lacks: in all (0), and of those that must last, by life up to so many days."""
    needed = [each for each in lasting(world, case.catalog, node, case.sku, days, now=case.now) if each.needing]
    lasts = {each.life: min(max(-each.free, 0), each.needing) for each in needed}
    return {0: max(-world.balance(case.unit, (sellable(node),)), 0), **lasts}


def _missing(lacks: Mapping[int, int], one: Claimant) -> int:
    """Return how many pieces a claim may have to give: what is missing of those that last longer, others have to."""
    longer = [pieces for life, pieces in lacks.items() if life > one.life_days]
    return max(lacks.values()) - max(longer, default=0)


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
        if one.ref.startswith(LINE) and not one.life_days:  # of what is to come nobody knows how long it lasts
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
    groups, catalog = case.network.groups, case.catalog
    lasts = any(catalog.life_days(channel.id, case.sku) for channel in catalog.channels)
    if not lasts and all(world.balance(case.unit, sellable_accounts(group.places())) >= 0 for group in groups):
        return []
    some = [one for pool in case.network.pools for one in claimants(world, case, pool_place(pool.id))]
    bounds = list(_bounds(world, case, some))
    slack = [offered for _, offered in bounds]
    unmet, by_ref = list[tuple[Claimant, int]](), {one.ref: one for one in some}
    for one in case.most_precious_first(some):
        if one.ref not in by_ref:
            continue
        parts = _kit(world, one, by_ref) if is_whole else [(one, 1)]
        held, per = sum([part.quantity for part, _ in parts]), sum([each for _, each in parts])
        within = [i for i, (lives, _) in enumerate(bounds) if one.life_days >= lives.get(one.place, LARGEST)]
        missing = held - min([held, *[slack[i] for i in within]])
        number = -(-missing // per)
        for i in within:
            slack[i] -= max(held - number * per, 0)
        if number:
            unmet.append((one, number * parts[0][1]))
        for part, _ in parts:
            del by_ref[part.ref]
    return unmet[::-1]


def _bounds(world: State, case: Case, some: Iterable[Claimant]) -> Iterator[tuple[Mapping[str, int], int]]:
    """Yield the claims that are served by the same goods, and so many pieces of these are there (Hall's condition).

    They are those at the pools of a group that must last so many days or more, by pool.
    """
    network, lives = case.network, dict[str, set[int]]()
    for one in some:
        lives.setdefault(one.place, {0}).add(one.life_days)
    offers = {(node.id, 0): _offer(world, case, node.id, 0) for node in network.nodes}
    for node, days in [(node.id, days) for days in set[int]().union(*lives.values()) - {0} for node in network.nodes]:
        offers[node, days] = _offer(world, case, node, days)
    for group in network.groups:
        pools = [(pool_place(pool), frozenset(network.pool_by_id[pool].nodes)) for pool in group.pools]
        for chosen in product(*[sorted(lives.get(place, {0})) for place, _ in pools]):
            least = {
                node: min([days for days, (_, own) in zip(chosen, pools, strict=True) if node in own])
                for node in group.nodes
            }
            offered = sum([offers[node, days] for node, days in least.items()])
            yield {place: days for days, (place, _) in zip(chosen, pools, strict=True)}, offered


def _offer(world: State, case: Case, node: str, days: int) -> int:
    """Return how many pieces a node has for the claims at pools, of those that last so many days."""
    here = world.balance(case.unit, (sellable(node),))
    lasts = lasting(world, case.catalog, node, case.sku, days, now=case.now) if days else ()
    return max(min([here, *[each.free for each in lasts]]), 0)


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
