"""What nodes turned down, and for how long they are not asked for it again.

What was turned down is on record with its reason, whatever the policy is; the policy says what it means. Of an order
that is in its document of attempts; what is doubtful for all orders, because pieces were not found or were broken, is a
document of the node and SKU, until a later count.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import attrs

from ..counts import SHELF, count_key
from ..ledger import State
from .documents import (
    Attempts,
    Doubt,
    Rejection,
    RejectionReason,
    Shipment,
    attempts_key,
    doubt_key,
)
from .policy import RejectionPolicy, Scope

__all__ = ["Remembered", "attempts_of", "remembered", "turned_down"]


class Remembered(NamedTuple):
    """What a rejection leaves behind: the order's attempts, and what is doubtful for all."""

    attempts: Attempts
    doubts: tuple[Doubt, ...] = ()


def attempts_of(world: State, order: str) -> Attempts:
    """Return what was tried of an order; nothing yet where nothing is on record."""
    return world.document(attempts_key(order)) or Attempts(order=order, revision=0)


def remembered(
    world: State, shipment: Shipment, skus: Iterable[str], reason: RejectionReason, *, is_all: bool = False, now: int
) -> Remembered:
    """Return the memory of pieces of these SKUs that were turned down, where `is_all` with all that a shipment was."""
    wanted, known = tuple(dict.fromkeys(skus)), attempts_of(world, shipment.order)
    is_busy = reason is RejectionReason.BUSY
    more = [Rejection(shipment.id, shipment.node, sku, reason, now) for sku in ([""] if is_all and is_busy else wanted)]
    attempts = attrs.evolve(known, revision=known.revision + 1, rejections=(*known.rejections, *more))
    doubted = () if is_busy else wanted
    return Remembered(attempts, tuple([_doubt(world, shipment.node, sku, reason, now) for sku in doubted]))


def _doubt(world: State, node: str, sku: str, reason: RejectionReason, now: int) -> Doubt:
    known = world.document(doubt_key(node, sku))
    others = [each for each in known.heard if each[0] is not reason] if known else []
    revision = known.revision + 1 if known else 1
    return Doubt(node=node, sku=sku, revision=revision, heard=(*others, (reason, now)))


def turned_down(
    world: State, attempts: Attempts, node: str, skus: Sequence[str], *, policy: RejectionPolicy, now: int
) -> tuple[str, ...]:
    """Return the SKUs that a node is not asked for now, for this order."""
    if node in attempts.turned_down:
        return tuple(skus)
    own = [(each, policy.of(each.reason)) for each in attempts.rejections if each.node == node]
    lasting = [(each.sku, cool_off.scope) for each, cool_off in own if not cool_off.is_over(each.at, now)]
    if any(not sku or scope is Scope.ORDER for sku, scope in lasting):
        return tuple(skus)
    told = {sku for sku, scope in lasting if scope is Scope.SKU}
    doubtful = {sku for sku in skus if policy.doubts and _is_doubtful(world, node, sku, policy, now)}
    return tuple([sku for sku in skus if sku in told | doubtful])


def _is_doubtful(world: State, node: str, sku: str, policy: RejectionPolicy, now: int) -> bool:
    """Tell whether no order asks for a SKU at a node: it was not counted since, and the time is not over."""
    doubt = world.document(doubt_key(node, sku))
    heard = [(policy.of(reason), at) for reason, at in doubt.heard] if doubt else []
    lasting = [at for cool_off, at in heard if cool_off.scope is Scope.EVERY_ORDER and not cool_off.is_over(at, now)]
    if not lasting:
        return False
    counts = [world.document(count_key(node, sku, of)) for of in ("", SHELF)]
    return max(lasting) > max([count.revision for count in counts if count], default=0)
