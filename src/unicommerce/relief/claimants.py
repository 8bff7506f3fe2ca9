"""Who has claims that can give way, in which order, and how such a claim ends or an order's pieces are canceled."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from ..catalog import Catalog, Network, pool_place
from ..fulfillment import claims_of, opening
from ..inventory import ClaimLine, GoodsState, Released, claim_key, day_at, goods, life_needed, quota_lines
from ..ledger import Accepted, Account, Between, Decision, Reason, Refused, State, Supposed
from ..orders import Canceled, Order, in_lines, line_quantities, order_key
from ..values import Unit
from .codes import ReliefCode
from .policy import Claimant, ReliefPolicy

__all__ = [
    "CLAIM",
    "LINE",
    "Case",
    "canceled",
    "claimants",
    "ended",
    "kit_of",
    "opened_with_kit",
    "order_of",
    "plus",
    "with_kit",
]

LINE, CLAIM = "line:", "claim:"
"""What a claim's `ref` begins with: an order's line, or a claim of its own. All others (a till's rights) stay."""


class Case(NamedTuple):
    """A SKU of which too much is claimed, and what decides about it."""

    catalog: Catalog
    policy: ReliefPolicy
    sku: str
    now: int

    @property
    def network(self) -> Network:
        """Return the network."""
        return self.catalog.network

    @property
    def unit(self) -> Unit:
        """Return the unit that counts its pieces."""
        return goods(self.sku)

    @property
    def since(self) -> int | None:
        """Return the moment of which nobody waits for what was expected by then (ms UTC); None: whatever it is."""
        return None if self.policy.patience_ms is None else self.now - self.policy.patience_ms

    def most_precious_first(self, some: Iterable[Claimant]) -> list[Claimant]:
        """Return claims in the order in which they are kept: a total one, for ties go by `ref`."""
        return sorted(some, key=lambda one: (*self.policy.precious(one), one.ref), reverse=True)


def plus(one: Accepted, other: Decision) -> Accepted:
    """Return both together; of what is refused the reasons alone."""
    if isinstance(other, Refused):
        return Accepted(one.events, one.because + other.because, one.guards)
    return Accepted(one.events + other.events, one.because + other.because, one.guards + other.guards)


def order_of(world: State, ref: str) -> Order | None:
    """Return the order of a line's `ref`."""
    return world.document(order_key(ref.removeprefix(LINE).rpartition("/")[0])) if ref.startswith(LINE) else None


def claimants(world: State, case: Case, place: str) -> list[Claimant]:
    """Return the claims at a place that can give way, the most precious first; a claim by name has its pieces."""
    found = []
    for state in (GoodsState.HELD, GoodsState.RESERVED):
        for account, quantity in world.parts(case.unit, Account(place, state)).items():
            if account.ref.startswith((LINE, CLAIM)) and not (account.lot or account.owner):
                rank, life_days = _rank(world, account.ref), _life_days(world, case, place, account.ref)
                found.append(Claimant(account.ref, place, state, quantity, *rank, life_days))
    return case.most_precious_first(found)


def _life_days(world: State, case: Case, place: str, ref: str) -> int:
    """Return for how long the lots of a claim must last: as its node was told; at a pool, as its channel asks."""
    if not case.catalog.has_lots(case.sku):
        return 0
    if place in case.network.node_by_id:
        return life_needed(world, place, ref, day_at(case.catalog, place, case.now))
    order = order_of(world, ref)
    return case.catalog.life_days(order.channel, case.sku) if order else 0


def _rank(world: State, ref: str) -> tuple[int, int]:
    """Return the priority of a claim and since when it stands, as its order or its document says."""
    if ref.startswith(LINE):
        order = order_of(world, ref)
        return (order.priority, order.placed_at) if order else (0, 0)
    claim = world.document(claim_key(ref.removeprefix(CLAIM)))
    if claim is None:
        return 0, 0
    return claim.priority, (claim.due_at or 0) if claim.claimed_at is None else claim.claimed_at


def ended(world: State, case: Case, one: Claimant, pieces: int) -> Accepted:
    """End a claim, or so many pieces of it."""
    lines = (ClaimLine(one.ref, case.sku, pieces),)
    document = world.document(claim_key(one.ref.removeprefix(CLAIM)))
    channel = document.channel if document else ""
    quota = quota_lines(world, channel, lines)
    event = Released(place=one.place, state=one.state, lines=lines, channel=channel, quota=quota)
    reason = Reason(ReliefCode.GIVES_WAY, one.ref, pieces, one.quantity, case.sku)
    return Accepted((event,), (reason,), (Between(case.unit, (Account(one.place, one.state, one.ref),)),))


def canceled(world: State, one: Claimant, pieces: int) -> Accepted:
    """Cancel open pieces of a line, and of its kit what can not go without them."""
    order = order_of(world, one.ref)
    if order is None:
        return Accepted()
    wanted, answer = opened_with_kit(world, order, one.ref, pieces)
    lines = line_quantities(order, wanted)
    if not lines:
        return Accepted()
    event = Canceled(order=order.id, lines=lines, reason=ReliefCode.GIVES_WAY.value)
    back = claims_of(order.id, lines)
    quota, place = quota_lines(Supposed(world, answer.events), order.channel, back), pool_place(order.pool)
    freed = Released(place=place, state=one.state, lines=back, channel=order.channel, quota=quota)
    reasons = [Reason(ReliefCode.GIVES_WAY, order.unit(line), each, each, sku) for line, sku, each in lines]
    return Accepted((*answer.events, event, freed), tuple(reasons), answer.guards)


def opened_with_kit(world: State, order: Order, ref: str, pieces: int) -> tuple[Mapping[str, int], Accepted]:
    """Return the pieces by line that go with those of one line, whole kits if they still can, and how they open."""
    for wanted in (with_kit(order, ref, pieces), {ref.rpartition("/")[2]: pieces}):
        answer = opening(world, order, wanted, takes_kept=False)
        if isinstance(answer, Accepted):  # else the rest of its kit is on its way already
            return wanted, answer
    return {}, Accepted()


def with_kit(order: Order, ref: str, pieces: int) -> Mapping[str, int]:
    """Return the pieces by line that go where pieces of one line go: those of whole kits."""
    kit, each = kit_of(order, ref)
    return in_lines(order, {kit: -(-pieces // each)}) if kit else {ref.rpartition("/")[2]: pieces}


def kit_of(order: Order, ref: str) -> tuple[str, int]:
    """Return the kit ("" for none) that a line is a component of, and how many of its pieces are in one."""
    line = ref.rpartition("/")[2]
    found = [(kit.id, each) for kit in order.kits for part, each in kit.components if part == line]
    return found[0] if found else ("", 1)
