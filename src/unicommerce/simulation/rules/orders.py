"""What must hold of lines of orders, and of the goods that go with them."""

from collections.abc import Iterator

from ...catalog import pool_place
from ...fulfillment import Allocated, Found, Reopened, Shipment, shipment_key, transit
from ...ledger import is_part
from ...orders import LINE_MOVES, LineState, Order, line_account, line_unit, order_key
from ...values import Unit
from ..view import INBOUND, Invariant, View

__all__ = ["ORDER_RULES"]

AT_THE_POOL = (LineState.PENDING, LineState.OPEN)
ON_THE_WAY = (LineState.ALLOCATED, LineState.PICKED, LineState.PACKED, LineState.READY)
FINAL = tuple(state for state in LineState if not set(LINE_MOVES[state]) - {LineState.RETURNED, LineState.OPEN})


def _lines(view: View) -> Iterator[tuple[Unit, Order | None, str]]:
    for unit in view.changes:
        if unit.startswith("line:"):
            id, _, line = unit.removeprefix("line:").rpartition("/")
            order = view.documents.get(order_key(id))
            if isinstance(order, Order) and line in order.line_by_id:
                yield unit, order, order.line_by_id[line].sku
            else:
                yield unit, None, ""


def _inbound(id: str) -> str:
    return f"{INBOUND} {id}"


def _awaited_at(wait: str) -> str:
    """Return where the goods of a line that waits are claimed; of a kit that is kept together, maybe at its node."""
    if not wait.startswith("node:"):
        return _inbound(wait)
    _, node, inbound = wait.split(":", 2)
    return _inbound(inbound) if inbound else node


def _claimed_at(shipment: Shipment, state: str) -> str:
    """Return where the goods of a shipment are claimed: at its node, or at the counter where they wait."""
    return (shipment.collect_at if state == LineState.READY else "") or shipment.node


def _line_claims(view: View) -> Iterator[str]:
    for unit, order, sku in _lines(view):
        if order is None:
            yield f"{unit} belongs to no order"
            continue
        book = view.book[unit]
        due = {pool_place(order.pool): sum([book.get(line_account(state), 0) for state in AT_THE_POOL])}
        for account, held in book.items():
            if account.ref and account.state == LineState.BACKORDERED:
                where = _awaited_at(account.ref)
                due[where] = due.get(where, 0) + held
            if account.ref and account.state in ON_THE_WAY:
                shipment = view.documents.get(shipment_key(account.ref))
                place = _claimed_at(shipment, account.state) if isinstance(shipment, Shipment) else "nowhere"
                due[place] = due.get(place, 0) + held
        claimed = view.claims.get((unit, Unit(f"sku:{sku}")), {})
        have = dict[str, int]()
        for account, held in claimed.items():
            where = _inbound(account.lot) if account.place == INBOUND else account.place
            have[where] = have.get(where, 0) + held
        if any(due.get(place, 0) != have.get(place, 0) for place in due.keys() | have.keys()):
            yield f"{unit} needs {due} and has claimed {have}"


def _kits_stay_whole(view: View) -> Iterator[str]:
    """Of what was open, only pieces that no whole kit had may go without the others; what was found nobody gave."""
    events = view.entry.events if view.entry else ()
    is_found = any(isinstance(event, Found) for event in events)
    given = [event for event in events if isinstance(event, Allocated) and not is_found]
    order = view.documents.get(order_key(given[0].shipment.order)) if given else None
    if not isinstance(order, Order):
        return
    by_shipment = [{line: pieces for line, _, pieces in event.lines} for event in given]
    for kit in order.kits:
        sent = {line: sum([lines.get(line, 0) for lines in by_shipment]) for line, _ in kit.components}
        opened = {
            line: view.balance(order.unit(line), line_account(LineState.OPEN)) + pieces for line, pieces in sent.items()
        }
        whole_kits = min([opened[line] // each for line, each in kit.components])
        together = sum([min([lines.get(line, 0) // each for line, each in kit.components]) for lines in by_shipment])
        for line, each in kit.components:
            if sent[line] - together * each > opened[line] - whole_kits * each:
                yield f"{sent[line]} of {order.unit(line)} are given to nodes, {together} kits of it are whole"


def _under_way(view: View) -> Iterator[str]:
    shipments = {account.place.removeprefix("transit:"): None for _, account, _ in view.goods()}
    for unit in [unit for unit in view.changes if unit.startswith("line:")]:
        shipments.update({account.ref: None for account in view.changes[unit] if account.state == LineState.SHIPPED})
    for id in shipments:
        order = view.documents.get(order_key(id.rpartition("/")[0]))
        if not isinstance(order, Order):
            continue
        sent: dict[Unit, int] = {}
        for line in order.lines:
            held = view.balance(order.unit(line.id), line_account(LineState.SHIPPED, id))
            sent[Unit(f"sku:{line.sku}")] = sent.get(Unit(f"sku:{line.sku}"), 0) + held
        for unit, held in sent.items():
            if view.balance(unit, transit(id)) != held:
                yield f"{view.balance(unit, transit(id))} of {unit} are under way in {id}, its lines say {held}"


def _sent_again(view: View, unit: Unit) -> int:
    """Return the pieces that the last entry says are to be sent again."""
    events = [event for event in view.entry.events if isinstance(event, Reopened)] if view.entry else []
    return sum([q for event in events for line, _, q in event.lines if line_unit(event.order, line) == unit])


def _lines_advance(view: View) -> Iterator[str]:
    for unit, changes in view.changes.items():
        if not unit.startswith("line:"):
            continue
        if sum([change for account, change in changes.items() if account.state in FINAL]) < -_sent_again(view, unit):
            yield f"{unit}: what was final is not any more"
        for account in changes:
            if account.state != LineState.ORDERED and view.balance(unit, account) < 0:
                yield f"{unit}: {view.balance(unit, account)} are {account.state}"
    for _, unit, source, target in view.entry.movements if view.entry else ():
        if unit.startswith("line:") and LineState(target.state) not in LINE_MOVES[LineState(source.state)]:
            yield f"{unit}: {source.state} became {target.state}"


def _orders_are_final(view: View) -> Iterator[str]:
    for unit, book in view.book.items():
        left = {account.state: held for account, held in book.items() if not is_part(account) and held}
        if unit.startswith("line:") and (rest := left.keys() - set(FINAL) - {LineState.ORDERED.value}):
            yield f"{unit} is left {', '.join(sorted(rest))}"


ORDER_RULES: tuple[Invariant, ...] = (
    Invariant("U8 an open line has its claim, all of it", "step", _line_claims),
    Invariant("U12 kits are given to nodes whole", "step", _kits_stay_whole),
    Invariant("U9 what is under way is what was shipped", "step", _under_way),
    Invariant("O1 lines advance, and what is final stays so", "step", _lines_advance),
    Invariant("O3 every order comes to its end", "end", _orders_are_final),
)
"""Of orders."""
