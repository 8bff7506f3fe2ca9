"""Orders of Square, both ways: lines, what each comes to, where it goes, how it was paid, that it was canceled.

What extras add goes into the price of a piece. Totals are what Square has calculated; in a request, which it has not
calculated yet, amounts are read and rates stay unread. What is charged for service, shipping among it, has one name.
"""

from collections.abc import Sequence

from unicommerce.errors import InvalidValue
from unicommerce.ports import Address, Cancellation, Fields, Line, Paper, SalesOrder, moment

from .square_money import Around, amount_of, currency_of, money, tender_of

__all__ = ["order_of", "write_order"]

ORDER = (
    "net_amounts", "source", "version", "closed_at", "total_tip_money", "customer_id",
    "ticket_name", "metadata", "pricing_options", "net_amount_due_money",
)  # fmt: skip
LINE = (
    "name", "variation_name", "note", "item_type", "catalog_version", "applied_discounts", "applied_taxes",
    "gross_sales_money", "variation_total_price_money", "total_money", "total_service_charge_money",
)  # fmt: skip
NAMED = ("uid", "name", "catalog_object_id", "catalog_version", "scope", "applied_money")
RECIPIENT = ("display_name", "email_address", "phone_number", "customer_id")
ADDRESS = (
    "address_line_1", "address_line_2", "address_line_3", "sublocality", "first_name", "last_name", "organization",
)  # fmt: skip


def order_of(order: Fields, around: Around) -> list[Paper]:
    """An order, what was paid for it, and that it was canceled, where it was."""
    state = order.text("state", "OPEN") if order.has("id") else "DRAFT"
    if state not in STATES_OF_ORDERS:
        raise InvalidValue("order.state", state, f"one of {', '.join(STATES_OF_ORDERS)}")
    id = order.id("id", around.key or None)
    currency = _currency_of_order(order)
    canceled = [_canceled(order, id)] if state == "CANCELED" else []
    tenders = [tender_of(tender, id) for tender in order.many("tenders")]
    return [_sales_order(order, id, currency, state, around), *tenders, *canceled]


STATES_OF_ORDERS = ("DRAFT", "OPEN", "COMPLETED", "CANCELED")


def _currency_of_order(order: Fields) -> str:
    if order.has("total_money"):
        return currency_of(order, "total_money")
    for line in order.many("line_items"):
        if line.has("base_price_money"):
            return currency_of(line, "base_price_money")
    raise InvalidValue("order.total_money", None, "an amount with its currency")


def _sales_order(order: Fields, id: str, currency: str, state: str, around: Around) -> SalesOrder:
    lines = tuple([_line(line, n, currency) for n, line in enumerate(order.many("line_items"), 1)])
    includes_tax = [tax.leave(*NAMED).text("type", "ADDITIVE") == "INCLUSIVE" for tax in _taxes(order)]
    destination = [_address(each) for each in order.many("fulfillments") if each.has("shipment_details")]
    paper = SalesOrder(
        id=id,
        number=order.text("reference_id", ""),
        placed_at=_placed_at(order, around),
        currency=currency,
        lines=lines,
        shipping_minor=amount_of(order, "total_service_charge_money", currency),
        discount_minor=_discount(order, currency) - sum([line.discount_minor for line in lines]),
        tax_minor=amount_of(order, "total_tax_money", currency),
        total_minor=amount_of(order, "total_money", currency) if order.has("total_money") else None,
        includes_tax=any(includes_tax),
        destination=destination[0] if destination else Address(),
        node=order.id("location_id", ""),
        is_draft=state == "DRAFT",
        is_completed=state == "COMPLETED",
        collect_at=order.id("location_id", "") if _is_fetched(order) else "",
        ship_by=_by(order, "shipment_details", "expected_shipped_at"),
        deliver_by=_by(order, "pickup_details", "pickup_at"),
        updated_at=order.moment("updated_at") if order.has("updated_at") else None,
    )
    order.leave(*ORDER)
    return paper


def _placed_at(order: Fields, around: Around) -> int:
    if order.has("created_at") or around.sent_at is None:
        return order.moment("created_at")
    return around.sent_at


def _taxes(order: Fields) -> Sequence[Fields]:
    """The taxes of an order; their rates say nothing beside what they come to, once that was calculated."""
    taxes = order.many("taxes")
    return [tax.leave("percentage") for tax in taxes] if order.has("total_tax_money") else taxes


def _discount(order: Fields, currency: str) -> int:
    """All discounts; of an order that Square has not calculated yet, those that are amounts. Rates stay unread."""
    if order.has("total_discount_money"):
        return amount_of(order.leave("discounts"), "total_discount_money", currency)
    return sum([amount_of(each.leave(*NAMED, "type"), "amount_money", currency) for each in order.many("discounts")])


def _line(line: Fields, number: int, currency: str) -> Line:
    extras = [_modifier(each, currency) for each in line.many("modifiers")]
    sku = line.id("catalog_object_id", "") or f"name:{line.text('name', '') or line.text('item_type')}"
    line.leave(*LINE)
    return Line(
        id=line.id("uid", f"{number}"),
        sku=sku,
        quantity=line.whole("quantity", least=1),
        price_minor=amount_of(line, "base_price_money", currency) + sum(extras),
        discount_minor=amount_of(line, "total_discount_money", currency),
        tax_minor=amount_of(line, "total_tax_money", currency),
    )


def _modifier(modifier: Fields, currency: str) -> int:
    """What an extra adds to the price of each piece."""
    modifier.leave(*NAMED, "total_price_money")
    return amount_of(modifier, "base_price_money", currency) * modifier.whole("quantity", least=1, default=1)


def _is_fetched(order: Fields) -> bool:
    return any(each.text("type", "") == "PICKUP" for each in order.many("fulfillments"))


def _by(order: Fields, details: str, name: str) -> int | None:
    """Return the first moment that fulfillments of a kind name: when it is to leave, or to be fetched."""
    told = [each.one(details) for each in order.many("fulfillments") if each.has(details)]
    return min([each.moment(name) for each in told if each.has(name)], default=None)


def _address(fulfillment: Fields) -> Address:
    fulfillment.leave("uid", "type")
    recipient = fulfillment.one("shipment_details").one("recipient").leave(*RECIPIENT)
    address = recipient.one("address").leave(*ADDRESS)
    return Address(
        country=address.text("country", ""),
        region=address.text("administrative_district_level_1", ""),
        postal_code=address.text("postal_code", ""),
        city=address.text("locality", ""),
    )


def _canceled(order: Fields, id: str) -> Cancellation:
    at = order.moment("closed_at" if order.has("closed_at") else "updated_at")
    return Cancellation(id="canceled", order=id, occurred_at=at, is_done=True)


def write_order(order: SalesOrder) -> dict[str, object]:
    """Return the resource of an order."""
    currency = order.currency
    written: dict[str, object] = {
        "id": order.id,
        "reference_id": order.number,
        "location_id": order.node,
        "created_at": moment(order.placed_at or 0),
        "state": "DRAFT" if order.is_draft else "COMPLETED" if order.is_completed else "OPEN",
        "line_items": [_write_line(line, currency) for line in order.lines],
        "taxes": [{"type": "INCLUSIVE"}] if order.includes_tax else [],
        "total_service_charge_money": money(order.shipping_minor, currency),
        "total_discount_money": money(
            order.discount_minor + sum([line.discount_minor for line in order.lines]), currency
        ),
        "total_tax_money": money(order.tax_minor, currency),
    }
    if order.updated_at is not None:
        written["updated_at"] = moment(order.updated_at)
    if order.total_minor is not None:
        written["total_money"] = money(order.total_minor, currency)
    if order.destination != Address():
        address = _write_address(order.destination)
        written["fulfillments"] = [{"type": "SHIPMENT", "shipment_details": {"recipient": {"address": address}}}]
    return written


def _write_line(line: Line, currency: str) -> dict[str, object]:
    name = line.sku.removeprefix("name:")
    return {
        "uid": line.id,
        "name" if name != line.sku else "catalog_object_id": name,
        "quantity": f"{line.quantity}",
        "base_price_money": money(line.price_minor, currency),
        "total_discount_money": money(line.discount_minor, currency),
        "total_tax_money": money(line.tax_minor, currency),
    }


def _write_address(address: Address) -> dict[str, object]:
    return {
        "country": address.country,
        "administrative_district_level_1": address.region,
        "postal_code": address.postal_code,
        "locality": address.city,
    }
