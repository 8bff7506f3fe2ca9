"""The inventory of Square, both ways: counts, transfers, and adjustments by the two states that pieces moved between.

A request holds a change for each SKU under one key: changes that are alike but for their pieces are one paper.
"""

from collections.abc import Callable, Mapping, Sequence

import attrs

from unicommerce.errors import InvalidValue
from unicommerce.ports import Fields, Item, Paper, StockChange, StockCount, StockTransfer, TillSale, moment
from unicommerce.values import LARGEST

from .square_money import Around, amount_of, currency_of, money

__all__ = ["Change", "adjusted", "alone", "change_of", "counted", "level_of", "moved", "together", "write_changes"]

CHANGE = ("reference_id", "source", "team_member_id", "employee_id", "catalog_object_type", "created_at")


Change = StockCount | StockChange | StockTransfer | TillSale
STATES = (
    "CUSTOM", "IN_STOCK", "SOLD", "RETURNED_BY_CUSTOMER", "RESERVED_FOR_SALE", "SOLD_ONLINE", "ORDERED_FROM_VENDOR",
    "RECEIVED_FROM_VENDOR", "IN_TRANSIT_TO", "NONE", "WASTE", "UNLINKED_RETURN", "COMPOSED", "DECOMPOSED",
    "SUPPORTED_BY_NEWER_VERSION", "IN_TRANSIT",
)  # fmt: skip
"""Where pieces can be. What is in stock is what a location has on hand: papers do not name that state."""
SOLD = ("SOLD", "SOLD_ONLINE")
BACK = ("SOLD", "UNLINKED_RETURN", "RETURNED_BY_CUSTOMER")


def _state(fields: Fields, name: str) -> str:
    state = fields.text(name)
    if state not in STATES:
        raise InvalidValue(name, state, f"one of {', '.join(STATES)}")
    return state


def _item(change: Fields, state: str = "", sign: int = 1) -> Item:
    change.leave(*CHANGE)
    return Item(change.id("catalog_object_id"), sign * change.whole("quantity"), state=state)


def _occurred_at(change: Fields) -> int:
    """When it happened. Square has sent moments such as 25:44; then when it was put on record, and it stays unread."""
    at = change.moment_if_any("occurred_at")
    return change.moment("created_at") if at is None else at


def _named(state: str) -> str:
    return "" if state == "IN_STOCK" else state.lower()


def level_of(level: Fields, _around: Around) -> list[Paper]:
    """What Square has calculated that a location holds; below zero it was oversold, which is no count of the shelf."""
    at, node, state = level.moment("calculated_at"), level.id("location_id"), _state(level, "state")
    quantity = level.leave(*CHANGE).whole("quantity", least=-LARGEST)
    item = Item(level.id("catalog_object_id"), abs(quantity), state="oversold" if quantity < 0 else _named(state))
    return [StockCount(id=f"{node}/{item.sku}/{state}/{at}", node=node, items=(item,), as_of=at)]


def counted(count: Fields, id: str) -> StockCount:
    """Return what somebody has counted."""
    items = (_item(count, _named(_state(count, "state"))),)
    return StockCount(id=id, node=count.id("location_id"), items=items, as_of=_occurred_at(count))


def moved(transfer: Fields, id: str) -> StockTransfer:
    """Return what went from one location to another."""
    if (state := _state(transfer, "state")) != "IN_STOCK":
        raise InvalidValue("transfer.state", state, "IN_STOCK")
    return StockTransfer(
        id=id,
        source=transfer.id("from_location_id"),
        target=transfer.id("to_location_id"),
        items=(_item(transfer),),
        occurred_at=_occurred_at(transfer),
    )


def adjusted(change: Fields, id: str) -> TillSale | StockChange:
    """A sale, a return, or pieces that were found or lost: by the two states that they moved between."""
    source, target = _state(change, "from_state"), _state(change, "to_state")
    if "IN_STOCK" not in {source, target} or source == target:
        raise InvalidValue("from_state and to_state", (source, target), "a change of what is in stock")
    node, at = change.id("location_id"), _occurred_at(change)
    is_return = target == "IN_STOCK"
    if source in BACK or target in SOLD:
        has_total = change.has("total_price_money")
        currency = currency_of(change, "total_price_money") if has_total else ""
        return TillSale(
            id=id,
            till=node,
            node=node,
            items=(_item(change),),
            sale=change.id("transaction_id", ""),
            is_return=is_return,
            occurred_at=at,
            currency=currency,
            total_minor=amount_of(change, "total_price_money", currency) if has_total else None,
        )
    reason, sign = (source, 1) if is_return else (target, -1)
    return StockChange(id=id, node=node, items=(_item(change, sign=sign),), reason=reason.lower(), occurred_at=at)


KINDS: Mapping[str, Callable[[Fields, str], Change]] = {
    "physical_count": counted,
    "adjustment": adjusted,
    "transfer": moved,
}
"""What is read of each kind of change; its type is called the same."""


def change_of(change: Fields, around: Around) -> list[Paper]:
    """Return a change of a list, which says of what kind it is."""
    kind = change.text("type").lower()
    if kind not in KINDS:
        raise InvalidValue("changes.type", kind.upper(), f"one of {', '.join(KINDS).upper()}")
    inside = change.one(kind)
    return [KINDS[kind](inside, inside.id("id", around.key or None))]


ANY = (Item("any", 1),)
"""In place of the pieces of a change, where only the rest of it is compared."""


def together(papers: Sequence[Paper], key: str) -> list[Paper]:
    """Changes of one request that are alike but for their pieces: one paper under the request's key."""
    alike: dict[Paper, list[Change]] = {}
    for paper in papers:
        assert isinstance(paper, StockCount | StockChange | StockTransfer | TillSale)
        head = attrs.evolve(paper, id=key, items=ANY)
        alike.setdefault(attrs.evolve(head, total_minor=None) if isinstance(head, TillSale) else head, []).append(paper)
    ids = [key] if len(alike) == 1 else [f"{key}/{n + 1}" for n in range(len(alike))]
    return [_joined(id, changes) for id, changes in zip(ids, alike.values(), strict=True)]


def _joined(id: str, changes: Sequence[Change]) -> Paper:
    items = tuple([item for change in changes for item in change.items])
    if isinstance(changes[0], TillSale):
        totals = [each.total_minor for each in changes if isinstance(each, TillSale) and each.total_minor is not None]
        return attrs.evolve(changes[0], id=id, items=items, total_minor=sum(totals) if totals else None)
    return attrs.evolve(changes[0], id=id, items=items)


def alone(read: Callable[[Fields, str], Change]) -> Callable[[Fields, Around], list[Paper]]:
    """Return the reader of a change that was asked for by itself."""
    return lambda change, _around: [read(change, change.id("id"))]


def write_changes(paper: Change) -> list[dict[str, object]]:
    """A change for each SKU; the first one says what all of a sale costs, the others come to nothing."""
    changes = [_write_change(paper, item) for item in paper.items]
    for n, change in enumerate(changes):
        if isinstance(paper, TillSale) and paper.total_minor is not None:
            change["total_price_money"] = money(0 if n else paper.total_minor, paper.currency)
    at = (paper.as_of if isinstance(paper, StockCount) else paper.occurred_at) or 0
    kind = {"stock_count": "physical_count", "stock_transfer": "transfer"}.get(paper.form, "adjustment")
    return [{"type": kind.upper(), kind: {**change, "occurred_at": moment(at)}} for change in changes]


def _write_change(paper: Change, item: Item) -> dict[str, object]:
    pieces: dict[str, object] = {"catalog_object_id": item.sku, "quantity": f"{abs(item.quantity)}"}
    match paper:
        case StockCount():
            return {**pieces, "location_id": paper.node, "state": item.state.upper() or "IN_STOCK"}
        case StockTransfer():
            places = {"from_location_id": paper.source, "to_location_id": paper.target}
            return {**pieces, **places, "state": "IN_STOCK"}
        case StockChange():
            return {**pieces, "location_id": paper.node, **_states(paper.reason.upper(), is_back=item.quantity >= 0)}
        case TillSale():
            states = _states("UNLINKED_RETURN" if paper.is_return else "SOLD", is_back=paper.is_return)
            return {**pieces, "location_id": paper.node, "transaction_id": paper.sale, **states}


def _states(other: str, *, is_back: bool) -> dict[str, str]:
    source, target = (other, "IN_STOCK") if is_back else ("IN_STOCK", other)
    return {"from_state": source, "to_state": target}
