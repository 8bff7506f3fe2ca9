"""How a claim ends: what is left of it, how that is given back, and which holds are over though nobody has looked.

A piece of a claim ends once. What was confirmed is firm and stays when the rest expires.
"""

from collections.abc import Iterable
from typing import NamedTuple

import attrs

from ..ledger import Account, Between, Event, Guard, Notes, Reason, State
from ..values import Unit
from .codes import InventoryCode
from .documents import Claim, ClaimLine, GoodsState, claim_key, goods, quota, quota_claimed, quota_open
from .events import Released
from .lots import LotPieces, day_at, lot_key, may_be_sold

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
    "overdue_ended",
    "quota_lines",
    "share",
    "standing",
    "unfit",
]

Standing = tuple[LotPieces, ...]
"""Pieces of a claim, each in its state; of a lot where the claim is by name."""

ANY = ("", "")
"""The lot and owner of who names none."""


def standing(world: State, claim: Claim) -> Standing:
    """Return what is left of a claim; what ends by itself comes first."""
    firm, held, names = GoodsState.RESERVED, GoodsState.HELD, claim.lots or [(sku, *ANY) for sku in claim.skus]
    states = (firm,) if claim.state == firm else (held, firm)
    left = []
    for state in states:
        for sku, lot, owner in names:
            if quantity := world.balance(goods(sku), (Account(claim.place, state, claim.ref, lot, owner),)):
                left.append(LotPieces(sku, quantity, lot, owner, state))
    return tuple(left)


def share(there: Iterable[LotPieces], wanted: Iterable[LotPieces]) -> tuple[Standing, Standing]:
    """Return the pieces that are wanted, the first ones first, and what of each is missing; who names no lot takes any.

    >>> share([LotPieces("MILK", 2, "L1"), LotPieces("MILK", 2, "L2")], [LotPieces("MILK", 3)])[0][1].quantity
    1
    """
    taken, missing = [], [*wanted]
    for each in there:
        left = each.quantity
        for i, want in enumerate(missing):
            if want.sku == each.sku and want[2:4] in (ANY, each[2:4]):
                part = max(min(left, want.quantity), 0)
                missing[i] = want._replace(quantity=want.quantity - part)
                left -= part
        if left != each.quantity:
            taken.append(each._replace(quantity=each.quantity - left))
    return tuple(taken), tuple(missing)


def unfit(world: State, given: object, node: str, pieces: Iterable[LotPieces], now: int) -> Standing:
    """Return those pieces of lots that may not be sold any more on the day at the node."""
    named = [each for each in pieces if each.lot]
    day = day_at(given, node, now) if named else 0
    return tuple([each for each in named if not may_be_sold(world.document(lot_key(each.sku, each.lot)), day)])


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


def given_back(
    world: State, given: object, claim: Claim, pieces: Standing, document: Claim | None, *, now: int
) -> Part:
    """Give back pieces of a claim, each to its lot; what may not be sold any more is set apart.

    `document` is what the claim becomes, where that is something else.
    """
    place, ref, channel, lines = claim.place, claim.ref, claim.channel, dict[tuple[str, str], list[ClaimLine]]()
    guards, apart = [], unfit(world, given, place, pieces, now)
    for each in pieces:
        target = GoodsState.QUARANTINE if each in apart else GoodsState.SELLABLE
        line = ClaimLine(ref, each.sku, each.quantity, each.lot, each.owner)
        lines.setdefault((each.state, target), []).append(line)
        guards.append(Between(goods(each.sku), (line.at(place, each.state),)))
    events: list[Event] = []
    for (state, target), some in (lines or {(claim.state, GoodsState.SELLABLE): []}).items():
        back = tuple(some)
        event = Released(
            place=place,
            state=state,
            lines=back,
            claim=None if events else document,
            channel=channel,
            quota=quota_lines(world, channel, back),
            target=target,
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
    """Return the holds that took from these accounts and whose time is over, the earliest first, ties by id.

    From the account of a lot only claims of its name have taken.
    """
    refs: set[str] = set()
    for account in [each for each in accounts if each.state in TAKEN_FROM]:
        taken = Account(account.place, TAKEN_FROM[account.state])
        if world.balance(unit, (taken,)):
            refs.update([part.ref for part in world.parts(unit, taken) if account[3:] in (ANY, part[3:])])
    claims = [world.document(claim_key(ref[6:])) for ref in sorted(refs) if ref.startswith("claim:")]
    late = [(claim.due_at, claim.id, claim) for claim in claims if claim and claim.due_at is not None]
    return [claim for due_at, _, claim in sorted(late) if due_at <= now]


def expired(world: State, given: object, claim: Claim, now: int) -> Part:
    """End a hold whose time is over: what is still held is given back; what was confirmed stays."""
    held = tuple([each for each in standing(world, claim) if each.state == GoodsState.HELD])
    return given_back(world, given, claim, held, closed(claim, claim.due_at), now=now).plus(over(claim, now))


def overdue_ended(world: State, given: object, short: Iterable[Between], now: int) -> Part:
    """End the holds whose time is over and that stand in the way of what is short, the one that was due first first.

    Though it be not enough, for they are in nobody's way in what is said of the shortage either. An answer that only
    notes what is to be read looks nothing more up for it.
    """
    if isinstance(world, Notes) and not world.is_complete:
        return NOTHING
    late: dict[str, Claim] = {}
    for guard in short:
        late.update({each.id: each for each in overdue(world, guard.unit, guard.accounts, now)})
    part = NOTHING
    for claim in sorted(late.values(), key=lambda claim: (claim.due_at or 0, claim.id)):
        part = part.plus(expired(world, given, claim, now))
    return part
