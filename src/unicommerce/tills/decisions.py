"""Requests: what a till may sell while it is offline."""

from collections.abc import Mapping

import attrs

from ..catalog import Catalog
from ..inventory import Claimed, ClaimLine, GoodsState, claim_lines
from ..ledger import Accepted, Decision, Reason, Refused, Request, State
from ..values import identifier, pieces
from .codes import TillCode
from .documents import in_components, till_key
from .events import Entitled

__all__ = ["grant"]


def grant(grant: str, *, till: str, quantities: Mapping[str, int]) -> Request[Catalog]:
    """Ask that a till may sell pieces by SKU while it is offline: all of them or none, set aside at its node.

    Of kits it is their components. What it was granted before it keeps. Only the till (`given_back`) or its declared
    loss (`forfeited`) ends a right; no clock does.

    Because: `UNKNOWN_TILL`, `LOST`, and what `reserve` says of its node (`NODE_CLOSED`, `SHORT`).
    """
    wanted = pieces(quantities, "sku")
    id = f"grant/{identifier(grant, 'grant')}"
    asked = (("till", till), ("pieces", wanted))

    def decide(world: State, catalog: Catalog, now: int) -> Decision:
        known = world.document(till_key(till))
        if known is None:
            return Refused((Reason(TillCode.UNKNOWN_TILL, id, None, till),))
        if known.is_lost:
            return Refused((Reason(TillCode.LOST, id, None, till),))
        lines = tuple([ClaimLine(known.ref, sku, quantity) for sku, quantity in in_components(catalog, wanted)])
        claim = Claimed(place=known.node, state=GoodsState.RESERVED, lines=lines)
        answer = claim_lines(world, catalog, claim, now=now)
        if isinstance(answer, Refused):
            return answer
        skus = tuple(sorted({*known.skus, *(line.sku for line in lines)}))
        entitled = Entitled(till=attrs.evolve(known, revision=known.revision + 1, skus=skus))
        return Accepted((*answer.events, entitled), answer.because, answer.guards)

    return Request(id, asked, decide)
