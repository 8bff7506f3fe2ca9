"""What must hold of goods and of claims on them."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from ...counts import MISSING, Reconciled
from ...fulfillment import capacity_used
from ...inventory import Claim, GoodsState
from ...ledger import Document, Key, being_dated, is_part
from ...values import DAY_MS
from ..view import CLAIMED, Invariant, View

__all__ = ["GOODS_RULES"]

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
        "fulfillment": frozenset(
            {
                *[(source, apart) for source in (_S.SELLABLE, _S.RESERVED) for apart in (_S.QUARANTINE, _S.DAMAGED)],
                *[("moving", _S.RESERVED), (_S.RESERVED, "delivered")],
                *[("moving", other) for other in ("lost", _S.SELLABLE, _S.QUARANTINE, _S.DAMAGED)],
            }
        ),
        "supply": frozenset(
            {
                *[(_S.SELLABLE, "sent"), ("sent", _S.SELLABLE), (_S.RESERVED, "expected")],
                *[(other, "expected") for other in ("delivered", "sent", "missing")],
                *[("expected", other) for other in ("delivered", "sent", "missing", "lost", _S.RESERVED, _S.SELLABLE)],
            }
        ),
        "lots": frozenset({(_S.SELLABLE, _S.QUARANTINE), (_S.RESERVED, _S.QUARANTINE)}),
        "returns": frozenset({(_S.QUARANTINE, end) for end in (_S.QUARANTINE, "lost", "sold", "delivered")}),
        "counts": frozenset({(_S.SELLABLE, MISSING), (MISSING, _S.SELLABLE)}),
        "ledger": frozenset({(each.state, each.state) for each in being_dated("")}),
        "tills": frozenset(
            {(a, b) for s in (_S.SELLABLE, _S.RESERVED, _S.QUARANTINE) for a, b in ((s, "delivered"), ("delivered", s))}
        ),
    }
)
"""What only events of a room do beside that."""


def _conserved(view: View) -> Iterator[str]:
    for unit in view.changes:
        if total := sum([held for account, held in view.book[unit].items() if not is_part(account)]):
            yield f"{unit} sums to {total}"


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
    for unit, account, _ in view.goods():
        if account.state in CLAIMED:
            if not account.ref:
                yield f"{unit} is {account.state} at {account.place} for nobody"
            if view.balance(unit, account) < 0 and account.ref not in view.own_account:
                yield f"{unit} is {account.state} at {account.place} for {account.ref}: {view.balance(unit, account)}"


def _claims_are_known(view: View) -> Iterator[str]:
    for unit, account, change in view.goods():
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
    stories = [document for _, earlier in reversed(view.journal[:-1]) for document in earlier.documents]
    claim = next((document for document in stories if isinstance(document, Claim) and document.id == id), None)
    if claim and (claim.due_at is None or claim.due_at > entry.recorded_at):
        yield f"{claim.id} was to last until {claim.due_at} and ended at {entry.recorded_at}"


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


def _nothing_leaks(view: View) -> Iterator[str]:
    for (ref, unit), claims in view.claims.items():
        for account, held in claims.items():
            if held:
                yield f"{held} of {unit} stay {account.state} at {account.place} for {ref}"
    for document in view.documents.values():
        if document.due_at is not None and document.due_at < view.moment - DAY_MS:
            yield f"{document.key} still asks to be looked at"


def _book_is_shelf(view: View) -> Iterator[str]:
    for (node, unit), there in sorted(view.shelf.items()):
        if (book := view.on_hand(node, unit)) != there:
            yield f"{there} of {unit} are at {node}, the book says {book}"


GOODS_RULES: tuple[Invariant, ...] = (
    Invariant("U1 units are conserved", "step", _conserved),
    Invariant("U2 states of goods never mix", "step", _never_mixed),
    Invariant("U3 nothing is oversold by our own decisions", "step", _not_oversold),
    Invariant("U4 what is claimed is the sum of its claims", "step", _claims_add_up),
    Invariant("U4 a claim is known by its document", "step", _claims_are_known),
    Invariant("U6 a hold ends once, and not before its time", "step", _ends_in_time),
    Invariant("U7 on hand changes by what happened", "step", _as_it_happened),
    Invariant("U10 a closed node takes no new claim", "step", _closed_takes_nothing),
    Invariant("U11 a node is given no more than its day holds", "step", _day_holds),
    Invariant("U5 no claim leaks", "end", _nothing_leaks),
    Invariant("U7 the book is what is on the shelf", "end", _book_is_shelf),
)
"""Of goods."""
