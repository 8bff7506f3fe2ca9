"""Kits that may not part, and wait: each at one node, where all its pieces are, or are expected.

Every piece of such a kit is backordered at that node, with its claim on the shelf there or at an inbound that comes
there. What lands stays there for it, so that it is served whole, once all has come. A kit waits for the node that can
have it first.
"""

from collections.abc import Iterable
from typing import NamedTuple

import attrs

from ..catalog import Catalog
from ..inventory import Claimed, ClaimLine, ClaimPolicy, GoodsState, InventoryCode, claim_lines
from ..ledger import Accepted, Event, Guard, Refused, State
from ..orders import Order, whole_kits
from .documents import Wait, inbound_of, kept_at, spot, waits_at
from .events import Awaited
from .policy import BackorderPolicy
from .waits import candidates, matched, opened, waits_of

__all__ = ["Case", "as_far_as_there", "dates", "kept", "kept_pieces", "kept_whole", "no_more_kept", "together"]

PART = ClaimPolicy(takes_part=True)


class Case(NamedTuple):
    """An order that asks for goods, and what decides with it.

    What was expected by `since` (ms UTC, None: whenever) is not waited for. What `has_quota` has drawn that of its
    channel already.
    """

    catalog: Catalog
    order: Order
    policy: BackorderPolicy
    now: int
    since: int | None = None
    has_quota: bool = False

    @property
    def within(self) -> tuple[int | None, int]:
        """Return after which moment, and up to which, an inbound is waited for."""
        return self.since, self.now + self.policy.within_ms


def together(world: State, case: Case, ones: list[ClaimLine], number: int) -> Accepted:
    """Return how so many kits wait at the node that has them first, or else what waits where there are the most.

    `ones` are the pieces of each line in one kit. What is claimed on the shelf there needs the room of any claim.
    """
    pool = case.catalog.network.pool_by_id.get(case.order.pool)
    nodes = [case.catalog.network.node_by_id[node] for node in (pool.nodes if pool else ())]
    found = [_at(world, case, node.id, ones, number) for node in nodes if node.is_open]
    return min(found, key=lambda one: one[:2], default=(0, 0, Accepted()))[2]


def _at(world: State, case: Case, node: str, ones: list[ClaimLine], number: int) -> tuple[int, int, Accepted]:
    """Return how many kits a node can have (below zero, for the most come first), when, and how they wait there."""
    lines = [line._replace(quantity=number * line.quantity) for line in ones]
    shelf = _on_shelf(world, case, node, lines)
    there = {
        ref: quantity for event in shelf.events if isinstance(event, Claimed) for ref, _, quantity, *_ in event.lines
    }
    waits = [Wait(ref, sku, there[ref], kept_at(node)) for ref, sku, _, *_ in lines if ref in there]
    for sku in dict.fromkeys([line.sku for line in lines]):
        missing = [line._replace(quantity=line.quantity - there.get(line.ref, 0)) for line in lines if line.sku == sku]
        supply = candidates(world, case.catalog.network, node, sku, within=case.within)
        waits += matched(missing, [(kept_at(node, each.id), free) for each, free in supply])
    kits = min([sum([wait.quantity for wait in waits if wait.ref == ref]) // each for ref, _, each, *_ in ones])
    ended = tuple([event for event in shelf.events if not isinstance(event, Claimed)])
    answer = Accepted((*ended, Awaited(waits=tuple(waits))), shelf.because, shelf.guards)
    return -kits, max(dates(world, case, waits), default=case.now), answer


def _on_shelf(world: State, case: Case, node: str, lines: list[ClaimLine]) -> Accepted:
    """Claim what a node has of lines."""
    channel, state = case.order.channel, GoodsState.RESERVED
    asked = Claimed(place=node, state=state, lines=tuple(lines), channel=channel)
    return as_far_as_there(world, case.catalog, asked, case.now)


def as_far_as_there(world: State, catalog: Catalog, asked: Claimed, now: int) -> Accepted:
    """Claim as much as there is, by the quota that was drawn already. Because: `inventory.EXPIRED`."""
    answer = claim_lines(world, catalog, asked, now=now, policy=PART, has_quota=True)
    if isinstance(answer, Refused):
        return Accepted()
    expired = tuple([each for each in answer.because if each.code is InventoryCode.EXPIRED])
    return attrs.evolve(answer, because=expired)


def kept_whole(world: State, order: Order, *, are_there: bool = True) -> list[tuple[str, str, int]]:
    """Return the kits of an order that wait, all of whose pieces are there, or all of them: node, kit, how many."""
    shelves: dict[str, dict[str, int]] = {}
    for wait in waits_of(world, order) if order.kits else ():
        node, inbound = spot(wait.inbound)
        if node and not (inbound and are_there):
            own, line = shelves.setdefault(node, {}), wait.ref.rpartition("/")[2]
            own[line] = own.get(line, 0) + wait.quantity
    found = [(node, whole_kits(order, [pieces])) for node, pieces in sorted(shelves.items())]
    return [(node, kit, number) for node, kits in found for kit, number in kits.items() if number > 0]


def kept_pieces(world: State, order: Order) -> dict[str, int]:
    """Return the pieces by line that wait together with those of their kit."""
    pieces: dict[str, int] = {}
    for wait in waits_of(world, order) if order.kits else ():
        if spot(wait.inbound)[0]:
            line = wait.ref.rpartition("/")[2]
            pieces[line] = pieces.get(line, 0) + wait.quantity
    return pieces


def no_more_kept(order: Order, kits: Iterable[tuple[str, str, int]]) -> tuple[tuple[Event, ...], tuple[Guard, ...]]:
    """Return how kits that are kept whole at nodes are open, with a claim at the pool."""
    waits = [
        Wait(order.unit(line), order.line_by_id[line].sku, number * each, kept_at(node))
        for node, kit, number in kits
        for line, each in order.kit_by_id[kit].components
    ]
    return opened(order, waits)


def kept(events: Iterable[Event]) -> tuple[Event, ...]:
    """Return events of a claim by a line; what it claims at a node is kept there for its kit, and waits."""
    return tuple([_kept(event) if isinstance(event, Claimed) else event for event in events])


def _kept(event: Claimed) -> Event:
    at = waits_at(event.place)
    waits = tuple([Wait(ref, sku, quantity, at) for ref, sku, quantity, *_ in event.lines])
    return Awaited(waits=waits, channel=event.channel, quota=event.quota) if at else event


def dates(world: State, case: Case, waits: Iterable[Wait]) -> list[int]:
    """Return when what is waited for is expected, no earlier than it may be sold, and not before now."""
    releases = dict(case.policy.releases)
    known = [(inbound_of(world, wait.inbound), wait.sku) for wait in waits]
    return [max(each.expected_at, releases.get(sku, each.expected_at), case.now) for each, sku in known if each]
