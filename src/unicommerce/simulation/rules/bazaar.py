"""What must hold of orders of a marketplace: what it was told is so, and what it calls off is not sent."""

from collections.abc import Iterator

from ...fulfillment import Found, Shipped
from ...ledger import Account
from ...marketplaces import Acknowledged, AskState, MarketOrder, asked, market_order_key
from ...orders import LineState, Order, line_account, line_unit, order_key
from ..view import Invariant, View

__all__ = ["BAZAAR_RULES", "clocks_unmet", "is_unsaid"]

_S, _A = LineState, AskState
LEFT = (_S.SHIPPED, _S.DELIVERED, _S.COLLECTED)
TO_SEND = (_S.OPEN, _S.BACKORDERED, _S.ALLOCATED, _S.PICKED, _S.PACKED, _S.READY)
GOODS = (*[state for state in TO_SEND if state is not _S.BACKORDERED], *LEFT, _S.LOST, _S.RETURNED)
LIVE = (_A.UNANSWERED, _A.ACCEPTED, _A.BACKORDERED)


def _document(view: View, order: str) -> MarketOrder | None:
    known = view.documents.get(market_order_key(order))
    return known if isinstance(known, MarketOrder) else None


def _placed(view: View, order: str) -> Order | None:
    known = view.documents.get(order_key(order))
    return known if isinstance(known, Order) else None


def _told(view: View, document: MarketOrder, line: str, *states: AskState) -> int:
    unit = asked(document.order, line)
    return sum([view.balance(unit, Account(f"market:{document.market}", state)) for state in states])


def _standing(view: View, order: str, line: str, states: tuple[LineState, ...]) -> int:
    return sum([view.balance(line_unit(order, line), line_account(state)) for state in states])


def _parts(view: View, order: str, line: str) -> tuple[tuple[str, int], ...]:
    placed = _placed(view, order)
    kit = placed.kit_by_id.get(line) if placed else None
    return kit.components if kit else ((line, 1),)


def _with_goods(view: View, order: str, line: str, states: tuple[LineState, ...] = GOODS) -> int:
    """Return how many of a line, as it was ordered, have goods, or had them."""
    return min([_standing(view, order, part, states) // each for part, each in _parts(view, order, line)])


def _no_more_is_said_than_is_so(view: View) -> Iterator[str]:
    for event in view.entry.events if view.entry else ():
        document = _document(view, event.order) if isinstance(event, Acknowledged) else None
        for line, _, _, target in event.answers if isinstance(event, Acknowledged) else ():
            if document is None or target is not _A.ACCEPTED:
                continue
            accepted, there = _told(view, document, line, _A.ACCEPTED), _with_goods(view, document.order, line)
            if accepted > there:
                yield f"{accepted} of line {line} of {document.order} are accepted, {there} have goods"


def _each_piece_is_answered_once(view: View) -> Iterator[str]:
    for unit, changes in view.changes.items():
        for account in changes if unit.startswith("asked:") else ():
            if account.state != _A.ASKED and (held := view.balance(unit, account)) < 0:
                yield f"{held} of {unit} are {account.state}"


def _called_off_is_not_sent(view: View) -> Iterator[str]:
    """Beyond what is wanted only leaves what a node had in hand before it was called off, or what turned up again."""
    events = view.entry.events if view.entry else ()
    if any(isinstance(event, Found) for event in events):
        return
    for event in [each for each in events if isinstance(each, Shipped) and each.lines]:
        document, gone = _document(view, event.order), {part for part, _, _ in event.lines}
        if document is None:
            continue
        for line, _ in document.lines:
            wanted = _told(view, document, line, *LIVE)
            for part, each in [pair for pair in _parts(view, event.order, line) if pair[0] in gone]:
                left = _standing(view, event.order, part, LEFT)
                if left > wanted * each and view.in_hand.get(event.shipment, 0) >= view.called_off.get(event.order, 0):
                    yield f"{left} of line {part} of {event.order} have left, {wanted * each} are wanted"


def is_unsaid(view: View, order: str) -> bool:
    """Tell whether a marketplace was told of an order what is not so, or nothing yet."""
    document = _document(view, order)
    if document is None:
        return False
    return any(
        _told(view, document, line, _A.UNANSWERED, _A.BACKORDERED)
        or _told(view, document, line, _A.ACCEPTED) > _with_goods(view, order, line)
        for line, _ in document.lines
    )


def _everything_is_answered(view: View) -> Iterator[str]:
    for order in view.clocks:
        if is_unsaid(view, order):
            yield f"the marketplace was told of {order} what is not so"
    for (order, clock, _), pieces in clocks_unmet(view).items():
        yield f"{pieces} pieces of {order} still have {clock} to meet"


def clocks_unmet(view: View) -> dict[tuple[str, str, int], int]:
    """Return how many pieces are still to be answered, sent and delivered, by order, clock and when it strikes."""
    found = {}
    for order in view.clocks:
        document, placed = _document(view, order), _placed(view, order)
        if document is None:
            continue
        said = view.clocks[order][
            max(at for at in view.clocks[order] if f"market/{order}/relayed/{at}" in view.entries)
        ]
        lines = [line for line, _ in document.lines]
        parts = [line.id for line in placed.lines] if placed else []
        live = sum([_told(view, document, line, *LIVE) for line in lines])
        to_send = sum([_standing(view, order, part, TO_SEND) for part in parts]) if placed else live
        pieces = (
            sum([_told(view, document, line, _A.UNANSWERED) for line in lines]),
            to_send,
            sum([_standing(view, order, part, (_S.SHIPPED,)) for part in parts]),
        )
        names = ("acknowledge_by", "ship_by", "deliver_by")
        found.update(
            {(order, name, at): n for name, at, n in zip(names, said, pieces, strict=True) if n and at is not None}
        )
    return found


BAZAAR_RULES: tuple[Invariant, ...] = (
    Invariant("A1 no more is acknowledged than has goods", "step", _no_more_is_said_than_is_so),
    Invariant("A2 each piece that is asked for is answered once", "step", _each_piece_is_answered_once),
    Invariant("A3 what is called off leaves only from hands that had it", "step", _called_off_is_not_sent),
    Invariant("A5 every answer is so in the end, and no clock runs", "end", _everything_is_answered),
)
"""Of marketplaces."""
