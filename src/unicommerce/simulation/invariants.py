"""What must hold: after every entry ("step"), and once all faults have stopped and all is done ("end").

An invariant is a name and a function over the read-only view that yields what is wrong. Add your own to the tuple that
a world is given. The letters are those of the table in docs/how-to/simulate.md.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Literal, NamedTuple

from ..catalog import pool_place
from ..counts import MISSING, Reconciled
from ..fulfillment import Allocated, Shipment, capacity_used, shipment_key, transit
from ..inventory import Claim, GoodsState
from ..ledger import Account, Document, Key, Ledger, is_part, whole
from ..orders import LINE_MOVES, LineState, Order, line_account, order_key
from ..tills import Forfeited, GivenBack, Sold, sold_to
from ..values import Unit
from .view import CLAIMED, View

__all__ = ["INVARIANTS", "Invariant"]


class Invariant(NamedTuple):
    """A name, when it is looked at, and the function that yields what is wrong with a view."""

    name: str
    when: Literal["step", "end"]
    check: Callable[[View], Iterable[str]]


_S = GoodsState
GOODS_MOVES = frozenset(
    {
        (source, target)
        for source, targets in {
            _S.SELLABLE: (_S.HELD, _S.RESERVED, "lost"),
            _S.HELD: (_S.SELLABLE, _S.RESERVED),
            _S.RESERVED: (_S.SELLABLE, _S.QUARANTINE, "moving"),
            _S.QUARANTINE: (_S.SELLABLE, _S.DAMAGED),
            "moving": ("delivered",),
            "delivered": (_S.SELLABLE, _S.QUARANTINE),
            "lost": (_S.SELLABLE,),
        }.items()
        for target in targets
    }
)
"""Which state of goods may become which; whatever else happens to pieces mixes what must be told apart."""

ROOM_MOVES: Mapping[str, frozenset[tuple[str, str]]] = MappingProxyType(
    {
        "counts": frozenset({(_S.SELLABLE, MISSING), (MISSING, _S.SELLABLE)}),
        "tills": frozenset(
            {(a, b) for s in (_S.SELLABLE, _S.RESERVED, _S.QUARANTINE) for a, b in ((s, "delivered"), ("delivered", s))}
        ),
    }
)
"""What only events of a room do beside that."""

ENDS_RIGHTS = (Sold, GivenBack, Forfeited)

ON_THE_WAY = (LineState.ALLOCATED, LineState.PICKED, LineState.PACKED, LineState.READY)
FINAL = tuple(state for state in LineState if not set(LINE_MOVES[state]) - {LineState.RETURNED})


def _goods(view: View) -> Iterator[tuple[Unit, Account, int]]:
    for unit, changes in view.changes.items():
        if unit.startswith("sku:"):
            for account, change in changes.items():
                yield unit, account, change


def _lines(view: View) -> Iterator[tuple[Unit, Order | None, str]]:
    for unit in view.changes:
        if unit.startswith("line:"):
            id, _, line = unit.removeprefix("line:").rpartition("/")
            order = view.documents.get(order_key(id))
            if isinstance(order, Order) and line in order.line_by_id:
                yield unit, order, order.line_by_id[line].sku
            else:
                yield unit, None, ""


def _conserved(view: View) -> Iterator[str]:
    for unit in view.changes:
        if total := sum([held for account, held in view.book[unit].items() if not is_part(account)]):
            yield f"{unit} sums to {total}"


def _store_agrees(view: View) -> Iterator[str]:
    for unit, changes in view.changes.items() if view.is_latest else ():
        accounts = tuple(dict.fromkeys([each for account in changes for each in (account, whole(account))]))
        held = view.live(unit, accounts)
        for account in accounts:
            known, told = held.get(account, 0), view.balance(unit, account)
            if known != told:
                yield f"{unit} {account}: the store says {known}, the journal {told}"


def _never_mixed(view: View) -> Iterator[str]:
    rooms = {event.kind.partition(".")[0] for event in view.entry.events} if view.entry else set()
    more = frozenset[tuple[str, str]]().union(*[ROOM_MOVES.get(room, frozenset()) for room in rooms])
    for _, unit, source, target in view.entry.movements if view.entry else ():
        if unit.startswith("sku:") and (source.state, target.state) not in GOODS_MOVES | more:
            yield f"{unit}: {source.state} became {target.state}"


def _is_reconciled(view: View) -> bool:
    return view.entry is not None and any(isinstance(event, Reconciled) for event in view.entry.events)


def _not_oversold(view: View) -> Iterator[str]:
    if view.is_request and not _is_reconciled(view):
        for unit, was in view.was_missing.items():
            if view.missing[unit] > was:
                yield f"{view.missing[unit] - was} of {unit} were promised that no node can give"


def _claims_add_up(view: View) -> Iterator[str]:
    for unit, account, _ in _goods(view):
        if account.state in CLAIMED:
            if not account.ref:
                yield f"{unit} is {account.state} at {account.place} for nobody"
            if view.balance(unit, account) < 0 and account.ref not in view.own_account:
                yield f"{unit} is {account.state} at {account.place} for {account.ref}: {view.balance(unit, account)}"


def _claims_are_known(view: View) -> Iterator[str]:
    for unit, account, change in _goods(view):
        if account.state in CLAIMED and change > 0 and account.ref.startswith("claim:"):
            claim = view.documents.get(_claim_key(account.ref))
            if not isinstance(claim, Claim) or claim.place != account.place:
                yield f"{unit} is claimed for {account.ref}, and no document says so"


def _claim_key(ref: str) -> Key[Document]:
    return Key("inventory.claim", ref.removeprefix("claim:"))


def _ends_in_time(view: View) -> Iterator[str]:
    entry = view.entry
    if entry is None or not entry.id.startswith("claim/") or not entry.id.endswith("/expired"):
        return
    id = entry.id.removeprefix("claim/").removesuffix("/expired")
    begun = view.entries.get(f"claim/{id}")
    claims = [document for document in (begun.documents if begun else ()) if isinstance(document, Claim)]
    claim = next((claim for claim in claims if claim.id == id), None)
    if isinstance(claim, Claim) and (claim.due_at is None or claim.due_at > entry.recorded_at):
        yield f"{claim.id} was to last until {claim.due_at} and ended at {entry.recorded_at}"


def _line_claims(view: View) -> Iterator[str]:
    for unit, order, sku in _lines(view):
        if order is None:
            yield f"{unit} belongs to no order"
            continue
        book = view.book[unit]
        due = {pool_place(order.pool): book.get(line_account(LineState.OPEN), 0)}
        for account, held in book.items():
            if account.ref and account.state in ON_THE_WAY:
                shipment = view.documents.get(shipment_key(account.ref))
                place = shipment.node if isinstance(shipment, Shipment) else "nowhere"
                due[place] = due.get(place, 0) + held
        claimed = view.claims.get((unit, Unit(f"sku:{sku}")), {})
        have = {account.place: held for account, held in claimed.items() if held}
        if {place: held for place, held in due.items() if held} != have:
            yield f"{unit} needs {due} and has claimed {have}"


def _kits_stay_whole(view: View) -> Iterator[str]:
    """Of what was open, only pieces that no whole kit had may go without the others."""
    given = [event for event in view.entry.events if isinstance(event, Allocated)] if view.entry else []
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
    shipments = {account.place.removeprefix("transit:"): None for _, account, _ in _goods(view)}
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


def _closed_takes_nothing(view: View) -> Iterator[str]:
    if view.is_request and view.entry:
        closed = {node.id for node in view.network.nodes if not node.is_open}
        for _, unit, source, target in view.entry.movements if closed else ():
            if source.state == _S.SELLABLE and target.state in CLAIMED and target.place in closed:
                yield f"{unit} was claimed at {target.place}, which is closed"


def _day_holds(view: View) -> Iterator[str]:
    for unit, changes in view.changes.items() if view.is_request else ():
        if unit.startswith("capacity:"):
            node = view.network.node_by_id[unit.removeprefix("capacity:").rpartition("/")[0]]
            used, most = view.balance(unit, capacity_used(node.id)), node.daily_capacity
            if most is not None and used > most and changes.get(capacity_used(node.id), 0) > 0:
                yield f"{unit}: {used} of {most}"


def _as_it_happened(view: View) -> Iterator[str]:
    changed = view.on_hand_change()
    if _is_reconciled(view):
        for node, unit in changed:
            if (due := view.due(node, unit)) != view.on_hand(node, unit):
                yield f"{view.on_hand(node, unit)} of {unit} are at {node}, by the latest count it should be {due}"
        return
    happened = view.acts.get(view.entry.id, {}) if view.entry else {}
    if changed != happened:
        yield f"on hand changed by {changed}, and {happened} is what happened"


def _rights_end_by_the_till(view: View) -> Iterator[str]:
    for quantity, unit, source, _ in view.entry.movements if view.entry else ():
        is_right = source.ref.startswith("till:") and source.state == _S.RESERVED
        if is_right and view.entry and not any(isinstance(event, ENDS_RIGHTS) for event in view.entry.events):
            yield f"{quantity} {unit} of the rights of {source.ref} ended by {view.entry.id}"


def _on_record_once(view: View) -> Iterator[str]:
    if view.twice:
        yield f"{view.twice} is on record twice"
    if view.gap:
        yield f"after position {view.gap[0]} comes {view.gap[1]}"


def _lines_advance(view: View) -> Iterator[str]:
    for unit, changes in view.changes.items():
        if not unit.startswith("line:"):
            continue
        if sum([change for account, change in changes.items() if account.state in FINAL]) < 0:
            yield f"{unit}: what was final is not any more"
        for account in changes:
            if account.state != LineState.ORDERED and view.balance(unit, account) < 0:
                yield f"{unit}: {view.balance(unit, account)} are {account.state}"
    for _, unit, source, target in view.entry.movements if view.entry else ():
        if unit.startswith("line:") and LineState(target.state) not in LINE_MOVES[LineState(source.state)]:
            yield f"{unit}: {source.state} became {target.state}"


def _nothing_leaks(view: View) -> Iterator[str]:
    for (ref, unit), claims in view.claims.items():
        for account, held in claims.items():
            if held:
                yield f"{held} of {unit} stay {account.state} at {account.place} for {ref}"
    for document in view.documents.values():
        if document.due_at is not None:
            yield f"{document.key} still asks to be looked at"


def _book_is_shelf(view: View) -> Iterator[str]:
    for (node, unit), there in sorted(view.shelf.items()):
        if (book := view.on_hand(node, unit)) != there:
            yield f"{there} of {unit} are at {node}, the book says {book}"


def _counts_are_followed(view: View) -> Iterator[str]:
    for node, unit in sorted(view.counted):
        if (due := view.due(node, unit)) != view.on_hand(node, unit):
            yield f"{view.on_hand(node, unit)} of {unit} are at {node}, by the latest count it should be {due}"


def _sales_count_once(view: View) -> Iterator[str]:
    for sale, pieces in view.sold.items():
        for unit, there in pieces.items():
            if (book := view.balance(unit, sold_to(sale))) != there:
                yield f"a customer has {there} {unit} of sale {sale}, the book says {book}"


def _all_told_is_on_record(view: View) -> Iterator[str]:
    for id in sorted(view.told - view.entries.keys()):
        yield f"{id} was told and is not on record"
    for id in view.waiting:
        yield f"{id} still waits for an answer"


def _orders_are_final(view: View) -> Iterator[str]:
    for unit, book in view.book.items():
        left = {account.state: held for account, held in book.items() if not is_part(account) and held}
        if unit.startswith("line:") and (rest := left.keys() - set(FINAL) - {LineState.ORDERED.value}):
            yield f"{unit} is left {', '.join(sorted(rest))}"


def _replay_is_live(view: View) -> Iterator[str]:
    again = Ledger.replay(view.journal).snapshot()
    live = view.snapshot
    if live is None or (again.balances, again.parts) != (live.balances, live.parts):
        yield "the replayed balances are not those of the store"
    elif {d.key: d for d in again.documents} != {d.key: d for d in live.documents} or again.ids != live.ids:
        yield "the replayed documents or ids are not those of the store"


def _consumers_saw_all(view: View) -> Iterator[str]:
    if view.heard != view.position:
        yield f"{view.heard} of {view.position} entries were heard, in their order"


INVARIANTS: tuple[Invariant, ...] = (
    Invariant("U1 units are conserved", "step", _conserved),
    Invariant("U2 states of goods never mix", "step", _never_mixed),
    Invariant("U3 nothing is oversold by our own decisions", "step", _not_oversold),
    Invariant("U4 what is claimed is the sum of its claims", "step", _claims_add_up),
    Invariant("U4 a claim is known by its document", "step", _claims_are_known),
    Invariant("U6 a hold ends once, and not before its time", "step", _ends_in_time),
    Invariant("U7 on hand changes by what happened", "step", _as_it_happened),
    Invariant("T1 rights end by the till alone", "step", _rights_end_by_the_till),
    Invariant("U8 an open line has its claim, all of it", "step", _line_claims),
    Invariant("U12 kits are given to nodes whole", "step", _kits_stay_whole),
    Invariant("U9 what is under way is what was shipped", "step", _under_way),
    Invariant("U10 a closed node takes no new claim", "step", _closed_takes_nothing),
    Invariant("U11 a node is given no more than its day holds", "step", _day_holds),
    Invariant("M4 each entry is on record once, without gaps", "step", _on_record_once),
    Invariant("O1 lines advance, and what is final stays so", "step", _lines_advance),
    Invariant("R1 the store holds what its journal says", "step", _store_agrees),
    Invariant("U5 no claim leaks", "end", _nothing_leaks),
    Invariant("U7 the book is what is on the shelf", "end", _book_is_shelf),
    Invariant("U7 the latest count and what moved since is the book", "end", _counts_are_followed),
    Invariant("T2 each sale of a till counts once", "end", _sales_count_once),
    Invariant("M5 nothing told is lost", "end", _all_told_is_on_record),
    Invariant("M6 consumers heard every entry, in order", "end", _consumers_saw_all),
    Invariant("O3 every order comes to its end", "end", _orders_are_final),
    Invariant("R1 replay equals live", "end", _replay_is_live),
)
"""The invariants that every world checks."""
