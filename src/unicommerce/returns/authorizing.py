"""Authorizing a return: which pieces may come back, until when, how and where to; asked, and refused with a reason.

Nothing moves by it, and nobody has to ask: goods that come back without are received all the same. What it says is a
promise to the customer, and what was received is compared with it.
"""

from collections.abc import Mapping
from typing import ClassVar, NamedTuple

from ..catalog import Catalog, day_text, local_day, moment
from ..errors import InvalidValue
from ..ledger import Accepted, Decision, Document, Key, Movement, Reason, Refused, Request, State
from ..orders import LineState, Order, line_account, line_unit, order_key
from ..values import DAY_MS, frozen, identifier, positive
from .bringing import brought_to
from .codes import ReturnCode
from .policy import ReturnPolicy, ReturnReason, WayBack

__all__ = ["Authorized", "Rma", "RmaLine", "RmaList", "authorize", "rma_key", "rmas_key"]

OUT = (LineState.SHIPPED, LineState.DELIVERED, LineState.COLLECTED)
"""Where pieces stand that have left us."""


class RmaLine(NamedTuple):
    """Pieces of a line that may come back, and why the customer gives them back."""

    line: str
    sku: str
    quantity: int
    reason: ReturnReason = ReturnReason.CHANGED_MIND


@frozen(kw_only=True)
class Rma:
    """What may come back of an order until a moment (ms UTC), how, and where to ("": any node takes it).

    `refunds_at_once`: the money goes back before the goods do. Of what is kept nothing comes.
    """

    id: str
    revision: int = 1
    order: str
    lines: tuple[RmaLine, ...]
    way_back: WayBack = WayBack.LABEL
    node: str = ""
    expires_at: int
    refunds_at_once: bool = False

    def __attrs_post_init__(self) -> None:
        identifier(self.id, "rma")
        identifier(self.order, "order")
        for line in self.lines:
            positive(line.quantity, f"quantity of {line.line}")

    @property
    def key(self) -> "Key[Rma]":
        """Return the key."""
        return rma_key(self.id)

    @property
    def due_at(self) -> None:
        """Ask for nothing: what is late is received all the same."""
        return


def rma_key(id: str) -> Key[Rma]:
    """Return the key of an authorization."""
    return Key("returns.rma", id)


@frozen(kw_only=True)
class RmaList:
    """The authorizations of an order: no two of them are for the same pieces."""

    order: str
    ids: tuple[str, ...]

    @property
    def revision(self) -> int:
        """Return how many there are."""
        return len(self.ids)

    @property
    def key(self) -> "Key[RmaList]":
        """Return the key."""
        return rmas_key(self.order)

    @property
    def due_at(self) -> None:
        """Ask for nothing."""
        return


def rmas_key(order: str) -> Key[RmaList]:
    """Return the key of the list of an order's authorizations."""
    return Key("returns.rmas", order)


@frozen(kw_only=True)
class Authorized:
    """A return was authorized. Nothing moves by it."""

    kind: ClassVar[str] = "returns.authorized"
    rma: Rma
    listed: RmaList

    def movements(self) -> tuple[Movement, ...]:
        """Move nothing."""
        return ()

    def documents(self) -> tuple[Document, ...]:
        """Set down what may come back."""
        return (self.rma, self.listed)


def authorize(
    id: str,
    *,
    order: str,
    lines: Mapping[str, int],
    delivered_on: str,
    reason: ReturnReason = ReturnReason.CHANGED_MIND,
    way_back: WayBack | None = None,
    policy: ReturnPolicy = ReturnPolicy(),
) -> Request[Catalog]:
    """Ask that pieces of an order may come back: by line, delivered on a day (ISO 8601), for a reason.

    Because: `UNKNOWN_ORDER`; `NOT_WITH_CUSTOMER` (found and needed), `FINAL_SALE` and `WINDOW_OVER` (the last day and
    today) for each line, refuse; a yes says `KEPT` where the goods may stay, or of each node whether it takes them:
    `TAKES` (at what cost, in minor units), `DEARER` (by how much), `CLOSED`, `NOT_EQUIPPED`, `TOO_FAR`.
    """
    if not lines:
        raise InvalidValue("lines", lines, "pieces of one line or more")
    asked = tuple(sorted([(identifier(line, "line"), positive(q, f"quantity of {line}")) for line, q in lines.items()]))
    moment(f"{delivered_on}T00:00:00Z")  # which checks the date

    def decide(world: State, catalog: Catalog, now: int) -> Decision:
        document = world.document(order_key(order))
        listed = world.document(rmas_key(order))
        if document is None:
            return Refused((Reason(ReturnCode.UNKNOWN_ORDER, order),))
        before = _authorized(world, listed)
        case = _Case(world, document, policy, delivered_on, reason, day_text(local_day(document.zone or "UTC", now)))
        refused = [said for line, quantity in asked for said in _why_not(case, line, quantity, before)]
        if refused:
            return Refused(tuple(refused))
        pieces = tuple([RmaLine(line, document.line_by_id[line].sku, quantity, reason) for line, quantity in asked])
        worth = sum([document.paid_minor(line.line, 0, line.quantity) for line in pieces])
        is_kept = 0 < worth <= policy.keep_below_minor
        to, because = ("", [Reason(ReturnCode.KEPT, order, worth, policy.keep_below_minor, document.currency)])
        if not is_kept:
            to, because = brought_to(catalog, document, [line.sku for line in pieces], policy.routing)
        rma = Rma(
            id=id,
            order=order,
            lines=pieces,
            way_back=WayBack.KEEP if is_kept else way_back or policy.way_back,
            node=to,
            expires_at=now + policy.valid_days * DAY_MS,
            refunds_at_once=is_kept or policy.refunds_at_once,
        )
        ids = (*(listed.ids if listed else ()), id)
        return Accepted((Authorized(rma=rma, listed=RmaList(order=order, ids=ids)),), tuple(because))

    said = (("order", order), ("lines", asked), ("delivered_on", delivered_on), ("reason", reason.value))
    return Request(f"rma/{identifier(id, 'rma')}", said, decide)


class _Case(NamedTuple):
    world: State
    order: Order
    policy: ReturnPolicy
    delivered_on: str
    reason: ReturnReason
    today: str


def _authorized(world: State, listed: RmaList | None) -> dict[str, int]:
    """Return the pieces by line that may come back already and have not."""
    pieces: dict[str, int] = {}
    for id in listed.ids if listed else ():
        rma = world.document(rma_key(id))
        for line in rma.lines if rma else ():
            pieces[line.line] = pieces.get(line.line, 0) + line.quantity
    return pieces


def _why_not(case: _Case, line: str, quantity: int, before: Mapping[str, int]) -> list[Reason]:
    world, order, policy, delivered_on, reason, today = case
    unit = line_unit(order.id, line)
    known = order.line_by_id.get(line)
    out = sum([world.balance(unit, (line_account(state),)) for state in OUT])
    back = world.balance(unit, (line_account(LineState.RETURNED),))
    free = out - max(before.get(line, 0) - back, 0)
    if known is None or free < quantity:
        return [Reason(ReturnCode.NOT_WITH_CUSTOMER, unit, max(free, 0) if known else 0, quantity)]
    if reason in policy.overrides:
        return []
    if known.sku in policy.final_sale:
        return [Reason(ReturnCode.FINAL_SALE, known.sku)]
    last = policy.last_day(delivered_on, order.channel)
    return [Reason(ReturnCode.WINDOW_OVER, unit, last, today)] if today > last else []
