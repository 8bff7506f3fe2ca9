"""What must be true of a world after each step, each as a function that raises where it is not.

They look at the world from outside: at snapshots, at the journal, and at balances by account; none of them asks the
code that it checks for its opinion.
"""

from collections.abc import Iterator, Sequence
from itertools import combinations

from tests.laws.world import CATALOG, SKUS, World, claimed_by_pool, sellable_by_node
from unicommerce.catalog import Network, pool_place
from unicommerce.finance import Chart, chart_account, money, trial_balance, valued
from unicommerce.inventory import GoodsState, goods, on_hand
from unicommerce.ledger import Account, Ledger, is_part, whole
from unicommerce.orders import LINE_MOVES, LineState, line_account, ordered

ON_THE_WAY = (LineState.ALLOCATED, LineState.PICKED, LineState.PACKED, LineState.READY)
STATES = tuple(state for state in LineState if state is not LineState.ORDERED)


def check_conservation(ledger: Ledger) -> None:
    """Over whole accounts each unit sums to zero."""
    for unit, book in ledger.snapshot().balances.items():
        assert sum(held for account, held in book.items() if not is_part(account)) == 0, unit


def check_lines_add_up(world: World) -> None:
    """What was ordered of a line is the sum over its states, and no state holds less than nothing."""
    for order in world.orders:
        for line in order.lines:
            held = [world.ledger.balance(order.unit(line.id), (line_account(state),)) for state in STATES]
            assert ordered(world.ledger, order.unit(line.id)) == sum(held), (order.id, line.id)
            assert min(held) >= 0, (order.id, line.id, held)


def check_line_moves(world: World) -> None:
    """Every recorded movement of a line is in the one table."""
    for _, entry in world.journal():
        for _, unit, source, target in entry.movements:
            if unit.startswith("line:"):
                assert LineState(target.state) in LINE_MOVES[LineState(source.state)], (entry.id, source, target)


def check_open_lines_have_claims(world: World) -> None:
    """Open and pending pieces are claimed at the pool, those on their way at the node of their shipment, and no others.

    Those that wait are claimed at the inbound that brings them; what is there for a kit that waits, at its node.
    """
    nodes = {shipment.id: shipment.node for shipment in world.shipments}
    counters = {shipment.id: shipment.collect_at or shipment.node for shipment in world.shipments}
    for order in world.orders:
        for line in order.lines:
            unit = order.unit(line.id)
            at_pool = [
                world.ledger.balance(unit, (line_account(state),)) for state in (LineState.PENDING, LineState.OPEN)
            ]
            due = {pool_place(order.pool): sum(at_pool)}
            for account, held in world.ledger.parts(unit, line_account(LineState.BACKORDERED)).items():
                node, _, inbound = account.ref.removeprefix("node:").partition(":")
                is_kept = account.ref.startswith("node:")
                place = f"inbound:{inbound if is_kept else account.ref}" if inbound or not is_kept else node
                due[place] = due.get(place, 0) + held
            for state in ON_THE_WAY:
                for account, held in world.ledger.parts(unit, line_account(state)).items():
                    node = (counters if state is LineState.READY else nodes)[account.ref]
                    due[node] = due.get(node, 0) + held
            assert {place: held for place, held in due.items() if held} == _claims(world, line.sku, unit), unit


def _claims(world: World, sku: str, ref: str) -> dict[str, int]:
    places = [pool_place(pool.id) for pool in world.network.pools] + [node.id for node in world.network.nodes]
    held = {place: world.ledger.balance(goods(sku), (Account(place, GoodsState.RESERVED, ref),)) for place in places}
    for account, pieces in world.ledger.parts(goods(sku), Account("inbound", GoodsState.RESERVED)).items():
        if account.ref == ref:
            held[f"inbound:{account.lot}"] = pieces
    return {place: pieces for place, pieces in held.items() if pieces}


def deficits(ledger: Ledger, network: Network) -> dict[tuple[str, tuple[str, ...]], int]:
    """Return what is missing, below zero: by SKU, at each node, and for each set of pools at its open nodes together.

    The sets are found here by trying each there is, not those that the network names. A set that falls apart does not
    count, for one part could be short and another not, and nobody could help the one with the other; nor does a set
    that leaves out a pool which has no other nodes: with that pool it has the same nodes and more claims.
    """
    return {key: missing for key, missing in _margins(ledger, network) if missing < 0}


def sets_of(network: Network) -> Iterator[tuple[tuple[str, ...], set[str]]]:
    """Yield each set of pools that hangs together and leaves out none that has no other nodes, with its open nodes."""
    opened = {node.id for node in network.nodes if node.is_open}
    pools = {pool.id: opened.intersection(pool.nodes) for pool in network.pools}
    for size in range(1, len(pools) + 1):
        for some in combinations(pools, size):
            nodes = set().union(*(pools[pool] for pool in some))
            left_out = [pool for pool, own in pools.items() if own and own <= nodes and pool not in some]
            if not left_out and _hangs_together([pools[pool] for pool in some]):
                yield some, nodes


def _margins(ledger: Ledger, network: Network) -> Iterator[tuple[tuple[str, tuple[str, ...]], int]]:
    for sku in SKUS:
        there, claimed = sellable_by_node(ledger, network, sku), claimed_by_pool(ledger, network, sku)
        for node, held in there.items():
            yield (sku, (node,)), held
        for some, nodes in sets_of(network):
            yield (sku, some), sum(there[node] for node in nodes) - sum(claimed[pool] for pool in some)


def _hangs_together(reaches: Sequence[set[str]]) -> bool:
    reached, rest = set(reaches[0]), list(reaches[1:])
    while near := next((nodes for nodes in rest if nodes & reached), None):
        reached |= near
        rest.remove(near)
    return not rest


def check_no_worse(before: dict[tuple[str, tuple[str, ...]], int], world: World) -> None:
    """What was missing before has not grown, and nothing else is missing."""
    for key, missing in deficits(world.ledger, world.network).items():
        assert missing >= before.get(key, 0), (key, missing)


def check_goods_under_way(world: World) -> None:
    """What is under way of a shipment is what its lines say was shipped."""
    for shipment in world.shipments:
        order = next(order for order in world.orders if order.id == shipment.order)
        for sku in SKUS:
            lines = [line.id for line in order.lines if line.sku == sku]
            at = (line_account(LineState.SHIPPED, shipment.id),)
            sent = sum(world.ledger.balance(order.unit(line), at) for line in lines)
            away = Account(f"transit:{shipment.id}", "moving")
            assert world.ledger.balance(goods(sku), (away,)) == sent, (shipment.id, sku)


def check_books(world: World) -> None:
    """The accounts of the chart sum to zero, and inventory is worth what its sub-ledgers are, in money and pieces."""
    ledger = world.ledger
    assert sum(trial_balance(CATALOG.currency)(ledger, None).values()) == 0
    inventory = chart_account(Chart.INVENTORY)
    for unit in (money(CATALOG.currency), *map(valued, SKUS)):
        parts = ledger.parts(unit, inventory)
        assert ledger.balance(unit, (inventory,)) == sum(parts.values()), unit


def check_finance_counts_what_is_there(world: World) -> None:
    """Once all is posted, finance counts the pieces on hand, whatever state they are in."""
    world_nodes = [node.id for node in world.network.nodes]
    for sku in SKUS:
        there = sum(on_hand(world.ledger, node=node, sku=sku) for node in world_nodes)
        counted = world.ledger.balance(valued(sku), (chart_account(Chart.INVENTORY, sku),))
        assert counted == there, sku


def check_parts_are_counted(ledger: Ledger) -> None:
    """Each whole account with parts only is their sum; a kept total of one dimension is the sum of what bears it."""
    snapshot = ledger.snapshot()
    for unit, parts in snapshot.parts.items():
        sums: dict[Account, int] = {}
        for part, held in parts.items():
            for dimension in ("ref", "lot", "owner"):
                if value := getattr(part, dimension):
                    total = whole(part)._replace(**{dimension: value})
                    sums[total] = sums.get(total, 0) + held
        for total, held in sums.items():
            assert snapshot.balances[unit].get(total, 0) == held, (unit, total)
