"""Requests for goods: reserve (firm), hold (until a moment), extend, confirm, release, expire; what comes in is told.

A hold ends once: confirmed, released or expired, each also in parts, and never gives back more than it held. When its
moment has come it can not be confirmed or prolonged any more, whether or not anybody has looked. What is asked of a
claim that exists works at a closed node too; new claims do not.
"""

from collections.abc import Iterable, Mapping

import attrs

from ..catalog import Catalog
from ..errors import InvalidValue
from ..ledger import Accepted, Between, Decision, Fact, Reason, Refused, Request, State, Telling
from ..values import LARGEST, by_name, pieces, positive, whole
from .claims import claim_lines
from .codes import InventoryCode
from .documents import Claim, ClaimLine, GoodsState, claim_key, goods
from .endings import Standing, closed, expired, given_back, share, standing, unfit
from .events import Adjusted, Claimed, Confirmed, Extended, Received
from .lots import LotPieces
from .policy import ClaimPolicy

__all__ = ["adjusted", "confirm", "expire", "extend", "hold", "received", "release", "reserve"]

Pieces = Mapping[str, int]
"""Pieces by SKU."""


def received(
    receipt: str, *, node: str, quantities: Mapping[str, int], occurred_at: int | None = None
) -> Telling[object]:
    """Tell that goods came in at a node: pieces by SKU, under the sender's id of the receipt.

    >>> received("r1", node="dc", quantities={"MUG": 5}).id
    'receipt/r1'
    """
    event = Received(receipt=receipt, node=node, lines=pieces(quantities, "sku"))
    return Telling(
        f"receipt/{receipt}", occurred_at, lambda _state, _given, _now: (Fact(f"receipt/{receipt}", (event,)),)
    )


def adjusted(
    adjustment: str, *, node: str, sku: str, change: int, reason: str = "", occurred_at: int | None = None
) -> Telling[object]:
    """Tell that pieces of a SKU were lost (`change` below zero) or found (above) at a node."""
    event = Adjusted(adjustment=adjustment, node=node, sku=sku, change=change, reason=reason)
    id = f"adjustment/{adjustment}"
    return Telling(id, occurred_at, lambda _state, _given, _now: (Fact(id, (event,)),))


def reserve(
    claim: str,
    *,
    place: str,
    quantities: Pieces,
    channel: str = "",
    own: str = "",
    priority: int = 0,
    policy: ClaimPolicy = ClaimPolicy(),
) -> Request[Catalog]:
    """Ask for goods at a node or pool, firm: pieces by SKU, a kit's as its components; all of them or none.

    `own` names a claim of the same holder that is drawn on first; a channel draws on its ring-fences, and is bound by
    what is kept back from it. Because: `UNKNOWN_PLACE`, `NODE_CLOSED`, `UNKNOWN_CHANNEL`, `NOT_OF_CHANNEL`,
    `UNKNOWN_CLAIM`; `SHORT` for each SKU that falls short (found and needed), with `PROTECTED`, `KEPT`, `QUOTA` where
    that is why; `EXPIRED` for each hold that was ended for it.
    """
    wanted = pieces(quantities, "sku")
    skus, firm = tuple([sku for sku, _ in wanted]), GoodsState.RESERVED
    document = Claim(id=claim, place=place, state=firm, skus=skus, channel=channel, priority=priority)
    return _claim(document, wanted, own, policy)


def hold(
    claim: str,
    *,
    place: str,
    quantities: Pieces,
    until: int | None = None,
    channel: str = "",
    own: str = "",
    policy: ClaimPolicy = ClaimPolicy(),
) -> Request[Catalog]:
    """Ask for goods that are given back by themselves at a moment (ms UTC), as a basket does; else as `reserve`.

    Without a moment the policy says how long it lasts. `own` makes one hold of an earlier one: a basket that changed.
    """
    wanted = pieces(quantities, "sku")
    skus, held = tuple([sku for sku, _ in wanted]), GoodsState.HELD
    document = Claim(id=claim, place=place, state=held, skus=skus, channel=channel)
    if until is not None:
        document = policy.lasting(document, whole(until, "until", -LARGEST))
    return _claim(document, wanted, own, policy)


def _claim(claim: Claim, quantities: tuple[tuple[str, int], ...], own: str, policy: ClaimPolicy) -> Request[Catalog]:
    """Return the request; what is asked is the event that says yes to it, where no moment is left to the policy."""
    place, state, ref, channel = claim.place, claim.state, claim.ref, claim.channel
    lines = tuple([ClaimLine(ref, sku, quantity) for sku, quantity in quantities])
    wanted = Claimed(place=place, state=state, lines=lines, claim=claim, channel=channel, own=own)
    lasts = state == GoodsState.HELD and claim.until is None

    def decide(world: State, catalog: Catalog, now: int) -> Decision:
        event, kits = wanted, catalog.kits
        if lasts:
            event = attrs.evolve(wanted, claim=policy.lasting(claim, now + policy.lasts_ms))
        if kits:
            kits = {sku: kits[sku] for sku in claim.skus if sku in kits}
        return claim_lines(world, catalog, event, now=now, policy=policy, kits=kits)

    return Request(f"claim/{claim.id}", (wanted,), decide)


def extend(claim: str, *, id: str, until: int | None = None, policy: ClaimPolicy = ClaimPolicy()) -> Request[object]:
    """Ask that a hold lasts until a moment (ms UTC), or as long again as the policy says; each time under its own `id`.

    Because: `UNKNOWN_CLAIM`, `FIRM`, `EXPIRED`, `ENDED`, `OFTEN`, `TOO_LONG` (found and needed).
    """
    if until is not None:
        whole(until, "until", -LARGEST)

    def decide(world: State, _given: object, now: int) -> Decision:
        document, _, refusal = _open(world, claim, now)
        if document is None or refusal:
            return Refused(refusal)
        first = document.until if document.first_until is None else document.first_until
        latest, current = (first or 0) + policy.longest_ms, document.until or 0
        shown = max(min(now + policy.lasts_ms, latest), current) if until is None else until
        if shown <= current and now + policy.lasts_ms <= latest:
            return Accepted()
        if document.extensions >= policy.extensions:
            return Refused((Reason(InventoryCode.OFTEN, claim, document.extensions, policy.extensions),))
        if shown > latest or shown <= current:
            return Refused((Reason(InventoryCode.TOO_LONG, claim, latest, until or now + policy.lasts_ms),))
        times = document.extensions + 1
        longer = attrs.evolve(document, revision=document.revision + 1, first_until=first, extensions=times)
        return Accepted((Extended(claim=policy.lasting(longer, shown)),))

    return Request(f"claim/{claim}/extended/{id}", (("until", until),), decide)


def confirm(
    claim: str, *, quantities: Pieces | None = None, lots: Iterable[LotPieces] = (), id: str = ""
) -> Request[object]:
    """Ask that a hold becomes firm, or some pieces of it, by SKU or by name; a part needs an `id` of its own.

    What is not confirmed stays held until its moment. Because: `UNKNOWN_CLAIM`, `FIRM`, `EXPIRED`, `ENDED`, `EXCEEDS`
    (found and needed), `UNFIT`.
    """
    asked_for, said = _part(quantities, lots, id, "a confirmation in part")

    def decide(world: State, given: object, now: int) -> Decision:
        document, left, refusal = _open(world, claim, now)
        if document is None or refusal:
            return Refused(refusal)
        held = tuple([each for each in left if each.state == GoodsState.HELD])
        wanted, over = _some_of(claim, held, asked_for)
        if because := over or _unfit(world, given, document, wanted, now):
            return Refused(because)
        is_firm = wanted == held
        firm = attrs.evolve(
            document, revision=document.revision + 1, state=GoodsState.RESERVED, due_at=None, until=None
        )
        lines = tuple([ClaimLine(document.ref, each.sku, each.quantity, each.lot, each.owner) for each in wanted])
        event = Confirmed(place=document.place, lines=lines, claim=firm if is_firm else None)
        guards = [Between(goods(line.sku), (line.at(document.place, GoodsState.HELD),)) for line in lines]
        return Accepted((event,), (), tuple(guards))

    return Request(f"claim/{claim}/confirmed{id and '/'}{id}", said, decide)


def release(
    claim: str, *, quantities: Pieces | None = None, lots: Iterable[LotPieces] = (), id: str = ""
) -> Request[object]:
    """Ask to give back a claim, or some pieces of it, by SKU or by name; a part needs an `id` of its own.

    Held pieces go before confirmed ones, each to its lot, or to quarantine where that may not be sold any more.
    Because: `UNKNOWN_CLAIM`, `EXPIRED`, `ENDED`, `EXCEEDS` (found and needed).
    """
    asked_for, said = _part(quantities, lots, id, "a release in part")

    def decide(world: State, given: object, now: int) -> Decision:
        document = world.document(claim_key(claim))
        if document is None:
            return Refused((Reason(InventoryCode.UNKNOWN_CLAIM, claim),))
        left = standing(world, document)
        if not left:
            return Refused(_nothing_left(document, now))
        back, over = _some_of(claim, left, asked_for)
        if over:
            return Refused(over)
        is_empty = document.due_at is not None and back == left
        part = given_back(world, given, document, back, closed(document) if is_empty else None, now=now)
        return Accepted(part.events, (), part.guards)

    return Request(f"claim/{claim}/released{id and '/'}{id}", said, decide)


def expire(claim: str) -> Request[object]:
    """Ask to end a hold whose moment has come; any number of tickers may ask, and none is needed.

    Because: `UNKNOWN_CLAIM`, `FIRM`, `NOT_DUE`; accepted with nothing to do where it has ended before.
    """

    def decide(world: State, given: object, now: int) -> Decision:
        document = world.document(claim_key(claim))
        if document is None:
            return Refused((Reason(InventoryCode.UNKNOWN_CLAIM, claim),))
        if document.state == GoodsState.RESERVED:
            return Refused((Reason(InventoryCode.FIRM, claim),))
        if document.due_at is None:
            return Accepted((), _nothing_left(document, now))
        if document.due_at > now:
            return Refused((Reason(InventoryCode.NOT_DUE, claim, now, document.due_at),))
        part = expired(world, given, document, now)
        return Accepted(part.events, (), part.guards)

    return Request(f"claim/{claim}/expired", (), decide)


def _part(
    quantities: Pieces | None, lots: Iterable[LotPieces], id: str, what: str
) -> tuple[Standing | None, tuple[tuple[str, object], ...]]:
    """Return which pieces are asked for (None: all), and how that was asked."""
    by_sku, named = None if quantities is None else pieces(quantities, "sku"), tuple(sorted(lots))
    said = (("quantities", by_sku), *((("lots", by_name(named)),) if named else ()))
    if by_sku is None and not named:
        return None, said
    if not id:
        raise InvalidValue("id", id, f"an id of its own for {what}")
    for each in named:
        positive(each.quantity, f"quantity of {each.lot or each.owner}")
    return (*named, *(LotPieces(sku, quantity) for sku, quantity in by_sku or ())), said


def _some_of(claim: str, left: Standing, wanted: Standing | None) -> tuple[Standing, tuple[Reason, ...]]:
    """Return the pieces that are asked for, those first that end by themselves, or why there are not so many."""
    if wanted is None:
        return left, ()
    taken, missing = share(left, wanted)
    because = [
        Reason(InventoryCode.EXCEEDS, claim, asked.quantity - left_out.quantity, asked.quantity, asked.lot or asked.sku)
        for asked, left_out in zip(wanted, missing, strict=True)
        if left_out.quantity
    ]
    return taken, tuple(because)


def _unfit(world: State, given: object, claim: Claim, pieces: Standing, now: int) -> tuple[Reason, ...]:
    lots = [each.lot for each in unfit(world, given, claim.place, pieces, now)]
    return tuple([Reason(InventoryCode.UNFIT, lot) for lot in lots])


def _open(world: State, claim: str, now: int) -> tuple[Claim | None, Standing, tuple[Reason, ...]]:
    """Return a hold and what is left of it, or why nothing can be done with it any more."""
    document = world.document(claim_key(claim))
    if document is None:
        return None, (), (Reason(InventoryCode.UNKNOWN_CLAIM, claim),)
    left = standing(world, document)
    if document.state == GoodsState.RESERVED:
        return document, left, (Reason(InventoryCode.FIRM, claim),)
    is_held = any(each.state == GoodsState.HELD for each in left)
    return document, left, () if is_held and not document.is_over(now) else _nothing_left(document, now)


def _nothing_left(document: Claim, now: int) -> tuple[Reason, ...]:
    if not document.is_over(now):
        return (Reason(InventoryCode.ENDED, document.id),)
    moment = document.due_at if document.ended_at is None else document.ended_at
    return (Reason(InventoryCode.EXPIRED, document.id, moment, now),)
