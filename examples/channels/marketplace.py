"""What a marketplace is told back: an answer for what it asked, and a confirmation of what has left.

Each is a paper that its port writes; a marketplace whose port knows no answers (Amazon) hears only what is rejected.
Copy this file beside `host.py`, and send what it gives as the answer to an entry.
"""

from collections.abc import Iterator

from unicommerce.fulfillment import Shipped
from unicommerce.ledger import Entry, State
from unicommerce.marketplaces import Acknowledged, AskState, market_order_key
from unicommerce.orders import Order, order_key
from unicommerce.ports import Answer, Cancellation, Dispatch, Item, Line, Message, Paper, Port, PurchaseAnswer

__all__ = ["messages", "papers"]

ANSWERED = (AskState.ACCEPTED, AskState.BACKORDERED, AskState.REJECTED)


def messages(state: State, port: Port, entry: Entry) -> list[Message]:
    """Return what a port is to send of an entry: the papers that it writes, and of the two answers the whole one."""
    writes = port.capabilities.writes
    found = [paper for paper in papers(state, entry) if paper.form in writes]
    is_answered = any(paper.form == PurchaseAnswer.form for paper in found)
    return [port.write(paper) for paper in found if not (is_answered and paper.form == Cancellation.form)]


def papers(state: State, entry: Entry) -> Iterator[Paper]:
    """Yield what a marketplace is to hear of an entry; an answer twice, for those who say it all or only the noes."""
    for event in entry.events:
        order = state.document(order_key(event.order)) if isinstance(event, Acknowledged | Shipped) else None
        if isinstance(event, Shipped) and state.document(market_order_key(event.order)) is not None:
            yield _confirmation(event, entry.occurred_at)
        if isinstance(event, Acknowledged):
            yield from _answers(entry, event, order)


def _answers(entry: Entry, event: Acknowledged, order: Order | None) -> Iterator[Paper]:
    known = order.line_by_id if order else {}
    skus = {line: known[line].sku if line in known else line for line, *_ in event.answers}
    said = [(line, quantity, target) for line, quantity, _, target in event.answers if target in ANSWERED]
    lines = [Line(line, sku, sum([q for of, q, _ in said if of == line])) for line, sku in skus.items()]
    priced = [line._replace(price_minor=known[line.id].price_minor) if line.id in known else line for line in lines]
    yield PurchaseAnswer(
        id=entry.id,
        order=event.order,
        lines=tuple(priced),
        answer=_in_all({state for _, _, state in said}),
        answers=tuple([Answer(line, quantity, state.value) for line, quantity, state in said]),
        currency=order.currency if order else "",
        reason=event.reason,
        answered_at=entry.occurred_at,
    )
    noes = tuple([Item(skus[line], quantity, line) for line, quantity, state in said if state is AskState.REJECTED])
    if noes:
        yield Cancellation(id=entry.id, order=event.order, items=noes, reason=event.reason)


def _in_all(states: set[AskState]) -> str:
    """Say of an order what is said of all that is answered of it."""
    return states.pop().value if states in ({AskState.ACCEPTED}, {AskState.REJECTED}) else "exceptions"


def _confirmation(event: Shipped, at: int) -> Dispatch:
    return Dispatch(
        id=event.shipment,
        order=event.order,
        node=event.node,
        items=tuple([Item(sku, quantity, line) for line, sku, quantity in event.lines]),
        tracking=(event.tracking,) if event.tracking else (),
        occurred_at=at,
    )
