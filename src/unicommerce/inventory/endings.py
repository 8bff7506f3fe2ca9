"""How a claim ends: what is left of it, how that is given back, and which holds are over though nobody has looked.

A piece of a claim ends once. What was confirmed is firm and stays when the rest expires.
"""

from collections.abc import Iterable
from typing import NamedTuple

import attrs

from ..ledger import Account, Between, Event, Guard, Reason, State
from ..values import Unit
from .codes import InventoryCode
from .documents import Claim, ClaimLine, GoodsState, claim_key, goods, quota, quota_claimed, quota_open
from .events import Released

__all__ = [
    "NOTHING",
    "TAKEN_FROM",
    "Part",
    "Standing",
    "closed",
    "expired",
    "given_back",
    "over",
    "overdue",
    "quota_lines",
    "standing",
]

Standing = dict[tuple[str, str], int]
"""Pieces of a claim by state and SKU."""


def standing(world: State, claim: Claim) -> Standing:
    """Return what is left of a claim, by state and SKU; what ends by itself comes first."""
    firm, held = GoodsState.RESERVED, GoodsState.HELD
    states = (firm,) if claim.state == firm else (held, firm)
    found = {
        (state, sku): world.balance(goods(sku), (Account(claim.place, state, claim.ref),))
        for state in states
        for sku in claim.skus
    }
    return {key: pieces for key, pieces in found.items() if pieces}


def quota_lines(world: State, channel: str, lines: Iterable[ClaimLine]) -> tuple[ClaimLine, ...]:
    """Return what these lines, given back, give back of the quota that their channel drew for them."""
    if not channel:
        return ()
    drawn = [
        line._replace(quantity=min(line.quantity, world.balance(quota(channel, line.sku), (_drawn_by(channel, line),))))
        for line in lines
    ]
    return tuple([line for line in drawn if line.quantity > 0])


def _drawn_by(channel: str, line: ClaimLine) -> Account:
    return quota_claimed(channel, line.ref)


def closed(claim: Claim, ended_at: int | None = None) -> Claim:
    """Return the document of a claim that no clock needs to look at any more."""
    return attrs.evolve(claim, revision=claim.revision + 1, due_at=None, ended_at=ended_at)


class Part(NamedTuple):
    """Events of a part of a decision, the guards that they hold under, and reasons."""

    events: tuple[Event, ...] = ()
    guards: tuple[Guard, ...] = ()
    because: tuple[Reason, ...] = ()

    def plus(self, other: "Part") -> "Part":
        """Return both together."""
        return Part(self.events + other.events, self.guards + other.guards, self.because + other.because)


NOTHING = Part()


def given_back(world: State, claim: Claim, pieces: Standing, document: Claim | None) -> Part:
    """Give back pieces of a claim; `document` is what the claim becomes, where that is something else."""
    place, ref, channel, lines = claim.place, claim.ref, claim.channel, dict[str, list[ClaimLine]]()
    guards = []
    for (state, sku), quantity in pieces.items():
        lines.setdefault(state, []).append(ClaimLine(ref, sku, quantity))
        guards.append(Between(goods(sku), (Account(place, state, ref),)))
    events: list[Event] = []
    for state, some in (lines or {claim.state: []}).items():
        back = tuple(some)
        event = Released(
            place=place,
            state=state,
            lines=back,
            claim=None if events else document,
            channel=channel,
            quota=quota_lines(world, channel, back),
        )
        events.append(event)
    return Part(tuple(events), tuple(guards))


def over(claim: Claim, now: int) -> Part:
    """Say that the time of a claim is over, and since when."""
    moment = claim.due_at if claim.ended_at is None else claim.ended_at
    return Part(because=(Reason(InventoryCode.EXPIRED, claim.id, moment, now),))


TAKEN_FROM = {GoodsState.SELLABLE: GoodsState.HELD, quota_open("").state: quota_claimed("").state}
"""By the state that is drawn down, the state where what a hold took from it stands."""


def overdue(world: State, unit: Unit, accounts: Iterable[Account], now: int) -> list[Claim]:
    """Return the holds that took from these accounts and whose time is over, the earliest first, ties by id."""
    refs: set[str] = set()
    for account in accounts:
        taken = Account(account.place, TAKEN_FROM[account.state])
        if world.balance(unit, (taken,)):
            refs.update([part.ref for part in world.parts(unit, taken)])
    claims = [world.document(claim_key(ref[6:])) for ref in sorted(refs) if ref.startswith("claim:")]
    late = [(claim.due_at, claim.id, claim) for claim in claims if claim and claim.due_at is not None]
    return [claim for due_at, _, claim in sorted(late) if due_at <= now]


def expired(world: State, claim: Claim, now: int) -> Part:
    """End a hold whose time is over: what is still held is given back; what was confirmed stays."""
    held = {key: pieces for key, pieces in standing(world, claim).items() if key[0] == GoodsState.HELD}
    return given_back(world, claim, held, closed(claim, claim.due_at)).plus(over(claim, now))
