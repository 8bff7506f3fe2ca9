"""Requests for goods: reserve (firm), hold (until a moment), release, expire; receiving and adjusting are facts, told.

What is asked for is summed by SKU before anything is checked. Each request that takes sellable goods guards every set
of places that its place draws on, so that no two of them can promise the same piece.
"""

from collections.abc import Mapping
from functools import lru_cache

from ..catalog import Catalog, Network
from ..errors import InvalidValue
from ..ledger import (
    Accepted,
    Account,
    Between,
    Decision,
    Fact,
    Reason,
    ReasonCode,
    Refused,
    Request,
    State,
    Telling,
)
from ..values import pieces
from .documents import Claim, ClaimLine, GoodsState, claim_key, goods, sellable_accounts
from .events import Adjusted, Claimed, Received, Released

__all__ = ["InventoryCode", "adjusted", "claim_lines", "enough", "expire", "hold", "received", "release", "reserve"]


class InventoryCode(ReasonCode):
    """Why goods can not be claimed or given back."""

    UNKNOWN_PLACE = "inventory.unknown_place", "{subject} is not a node or pool of the network"
    NODE_CLOSED = "inventory.node_closed", "{subject} is closed and takes no new claims"
    SHORT = "inventory.short", "only {found} of {needed} {unit} can be claimed at {subject}"
    UNKNOWN_CLAIM = "inventory.unknown_claim", "there is no claim {subject}"
    ENDED = "inventory.ended", "nothing is left of claim {subject}"
    EXCEEDS = "inventory.exceeds", "claim {subject} has {found} {unit} left, {needed} were to be released"
    FIRM = "inventory.firm", "claim {subject} is firm: no clock ends it"
    NOT_DUE = "inventory.not_due", "claim {subject} is not due yet"


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


def reserve(claim: str, *, place: str, quantities: Mapping[str, int]) -> Request[Catalog]:
    """Ask for goods at a node or pool, firm: pieces by SKU, all of them or none.

    Because: `UNKNOWN_PLACE`, `NODE_CLOSED`, `SHORT` (each SKU that falls short, found and needed).
    """
    return _claim(claim, place, quantities, GoodsState.RESERVED, None)


def hold(claim: str, *, place: str, quantities: Mapping[str, int], until: int) -> Request[Catalog]:
    """Ask for goods that are given back by themselves at a moment (ms UTC), as a basket does; else as `reserve`."""
    return _claim(claim, place, quantities, GoodsState.HELD, until)


def _claim(claim: str, place: str, quantities: Mapping[str, int], state: str, until: int | None) -> Request[Catalog]:
    wanted = pieces(quantities, "sku")
    document = Claim(id=claim, place=place, state=state, skus=tuple([sku for sku, _ in wanted]), due_at=until)
    ref = document.ref
    lines = tuple([ClaimLine(ref, sku, quantity) for sku, quantity in wanted])
    event = Claimed(place=place, state=state, lines=lines, claim=document)

    def decide(world: State, catalog: Catalog, _now: int) -> Decision:
        return claim_lines(world, catalog.network, event)

    return Request(f"claim/{claim}", (event,), decide)


def claim_lines(world: State, network: Network, wanted: Claimed) -> Decision:
    """Decide a claim of several lines at one place: all of them or none, and who falls short by how much."""
    place = wanted.place
    limits = network.limits.get(place)
    if limits is None:
        return Refused((Reason(InventoryCode.UNKNOWN_PLACE, place),))
    if (node := network.node_by_id.get(place)) and not node.is_open:
        return Refused((Reason(InventoryCode.NODE_CLOSED, place),))
    demand: dict[str, int] = {}
    for _, sku, quantity in wanted.lines:
        demand[sku] = demand.get(sku, 0) + quantity
    guards: tuple[Between, ...] = ()
    short = []
    for sku, needed in demand.items():
        bounds = enough(limits, sku)
        guards += bounds
        free = min([world.balance(unit, accounts) for unit, accounts, _, _ in bounds])
        if free < needed:
            short.append(Reason(InventoryCode.SHORT, place, max(free, 0), needed, sku))
    return Refused(tuple(short)) if short else Accepted((wanted,), (), guards)


@lru_cache(maxsize=65_536)
def enough(limits: tuple[tuple[str, ...], ...], sku: str) -> tuple[Between, ...]:
    """Return the guards of a request that takes sellable pieces of a SKU at a place with these `Network.limits`."""
    return tuple([Between(goods(sku), sellable_accounts(places)) for places in limits])


def release(claim: str, *, quantities: Mapping[str, int] | None = None, id: str = "") -> Request[object]:
    """Ask to give back a claim, or some pieces of it by SKU; a part needs an `id` of its own, so that it is told apart.

    Because: `UNKNOWN_CLAIM`, `ENDED`, `EXCEEDS` (found and needed).
    """
    if quantities is not None and not id:
        raise InvalidValue("id", id, "an id of its own for a release in part")
    asked_for = None if quantities is None else pieces(quantities, "sku")

    def decide(world: State, _given: object, _now: int) -> Decision:
        return _release(world, claim, None if asked_for is None else dict(asked_for), ended=None)

    return Request(f"claim/{claim}/released{id and '/'}{id}", (("quantities", asked_for),), decide)


def expire(claim: str) -> Request[object]:
    """Ask to end a hold whose moment has come; any number of tickers may ask, and none is needed.

    Because: `UNKNOWN_CLAIM`, `FIRM`, `NOT_DUE`.
    """

    def decide(world: State, _given: object, now: int) -> Decision:
        document = world.document(claim_key(claim))
        if document is None:
            return Refused((Reason(InventoryCode.UNKNOWN_CLAIM, claim),))
        if document.due_at is None:
            return Refused((Reason(InventoryCode.FIRM, claim),))
        if document.due_at > now:
            return Refused((Reason(InventoryCode.NOT_DUE, claim, now, document.due_at),))
        return _release(world, claim, None, ended=_ended(document))

    return Request(f"claim/{claim}/expired", (), decide)


def _ended(claim: Claim) -> Claim:
    return Claim(id=claim.id, revision=claim.revision + 1, place=claim.place, state=claim.state, skus=claim.skus)


def _release(world: State, claim: str, quantities: Mapping[str, int] | None, *, ended: Claim | None) -> Decision:
    document = world.document(claim_key(claim))
    if document is None:
        return Refused((Reason(InventoryCode.UNKNOWN_CLAIM, claim),))
    account = Account(document.place, document.state, document.ref)
    left = {sku: world.balance(goods(sku), (account,)) for sku in document.skus}
    wanted = {sku: held for sku, held in left.items() if held} if quantities is None else dict(quantities)
    if not wanted and ended is None:
        return Refused((Reason(InventoryCode.ENDED, claim),))
    over = [
        Reason(InventoryCode.EXCEEDS, claim, left.get(sku, 0), needed, sku)
        for sku, needed in wanted.items()
        if needed > left.get(sku, 0)
    ]
    if over:
        return Refused(tuple(over))
    lines = tuple([ClaimLine(document.ref, sku, quantity) for sku, quantity in wanted.items()])
    event = Released(place=document.place, state=document.state, lines=lines, claim=ended)
    return Accepted((event,), (), tuple([Between(goods(sku), (account,)) for sku in wanted]))
