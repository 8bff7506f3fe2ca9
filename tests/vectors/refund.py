"""Translators of `refund-vectors.json`, by group and kind: fields to public API, and answers back."""

from collections.abc import Mapping, Sequence

from unicommerce.ledger import Refused
from unicommerce.pricing import (
    Amount,
    Charge,
    ChargeKind,
    Discount,
    LineDiscount,
    PriceLine,
    PriceMode,
    TaxPart,
    fee_minor,
    priced,
    rate,
    with_tax,
)
from unicommerce.refunds import (
    INDIA,
    NoteItem,
    NoteLine,
    NoteShipping,
    Quote,
    Refundable,
    RefundLine,
    SoldCharge,
    SoldLine,
    Tender,
    TenderRefund,
    credit_note,
    exchange,
    note_lines,
    paid_back,
    quote,
    refund_of_all,
    restocked_pieces,
)
from unicommerce.returns import ReturnWindow, is_in_window
from unicommerce.values import allocate

from .reading import Answer, Fields, Translator

RATES = ("tax_rate", "rate", "included_tax_rate", "original_tax_rate")
SOLD_IN, RETURNED_IN = "NJ", "DE"  # named in the title of the vector only


def rate_of(fields: Fields) -> str:
    """Return the one rate that is given, as its text."""
    return next((fields.text(name) for name in RATES if name in fields), "0")


def mode_of(fields: Fields) -> PriceMode:
    """Return whether tax is in the price: said, or by which name the amount is given."""
    inclusive = "included_tax_rate" in fields or "gross" in fields
    return PriceMode(fields.text("price_mode", "inclusive" if inclusive else "exclusive"))


def amount_of(fields: Fields, amount_minor: int) -> Amount:
    """Return an amount with its tax, whose component is its rate."""
    text = rate_of(fields)
    return with_tax(amount_minor, rate(text), mode_of(fields), component=text)


def charge_of(fields: Fields) -> SoldCharge:
    """Return shipping as it was paid."""
    amount = next(fields.whole(name) for name in ("amount", "gross", "net") if name in fields)
    off = (LineDiscount("promotion", fields.whole("discount", 0)),)
    paid = Charge("shipping", ChargeKind.SHIPPING, amount, discounts=off).paid_minor
    return SoldCharge("shipping", ChargeKind.SHIPPING, amount_of(fields, paid))


def line_of(fields: Fields) -> SoldLine:
    """Return a line as it was paid."""
    line = PriceLine(id="line", quantity=fields.whole("qty", 1), price_minor=fields.whole("unit_price"))
    off = [
        Discount(id="line", amount_minor=fields.whole("discount", 0), line="line"),
        Discount(id="order", amount_minor=fields.whole("order_discount", 0)),
    ]
    paid = priced([line], off)[0].paid_minor
    return SoldLine("line", line.quantity, amount_of(fields, paid))


def amount_lines(rows: Sequence[Fields]) -> Refundable:
    """Return lines and shipping that are given by their net or gross amounts."""
    lines, charges = list[SoldLine](), list[SoldCharge]()
    for number, row in enumerate(rows):
        amount = amount_of(row, row.whole("gross") if "gross" in row else row.whole("net"))
        if row.flag("shipping", default=False):
            charges.append(SoldCharge(str(number), ChargeKind.SHIPPING, amount))
        else:
            lines.append(SoldLine(row.text("id", str(number)), row.whole("qty", 1), amount))
    return Refundable(lines=tuple(lines), charges=tuple(charges))


def unit_lines(rows: Sequence[Fields]) -> Refundable:
    """Return a line for each unit, less its discount."""
    lines = list[SoldLine]()
    for number, row in enumerate(rows):
        line = PriceLine(id=str(number), quantity=1, price_minor=row.whole("price"))
        off = Discount(id="unit", amount_minor=row.whole("discount", 0), line=line.id)
        lines.append(SoldLine(line.id, 1, amount_of(row, priced([line], [off])[0].paid_minor)))
    return Refundable(lines=tuple(lines))


def unit_gross(fields: Fields) -> Refundable:
    """Return a unit that is given by its gross amount and the tax in it."""
    pieces = fields.whole("return_qty", 1)
    gross, tax = [
        priced([PriceLine(id="line", quantity=pieces, price_minor=fields.whole(name, 0))])[0].paid_minor
        for name in ("unit_gross", "unit_tax")
    ]
    amount = Amount(gross).minus(Amount(tax)).plus(Amount(0, (TaxPart("tax", tax),)))
    return Refundable(lines=(SoldLine("line", pieces, amount),))


def sold_of(fields: Fields) -> Refundable:
    """Return all that is said to have been sold."""
    sold = Refundable()
    if "line" in fields:
        sold = Refundable(lines=(line_of(fields.fields("line")),))
    if "unit_gross" in fields:
        sold = unit_gross(fields)
    if "lines" in fields:
        sold = amount_lines(fields.rows("lines"))
    if "units" in fields:
        sold = unit_lines(fields.rows("units"))
    if "shipping" in fields:
        sold = Refundable(lines=sold.lines, charges=(*sold.charges, charge_of(fields.fields("shipping"))))
    return sold


def reasons(answer: Quote | Refused) -> Answer:
    """Return why there is no refund, in the words of the vectors."""
    if isinstance(answer, Quote):
        return {}
    said = answer.because[0].code.value.removeprefix("refunds.")
    return {"error": said, "error_if_requested": said}


def note_line(row: NoteLine) -> Answer:
    """Return a line of a note."""
    return {
        "qty": row.pieces,
        "net": row.amount.net_minor,
        "tax": row.amount.tax_minor,
        "gross": row.amount.gross_minor,
        "shipping": row.kind is ChargeKind.SHIPPING,
    }


def note_of(answer: Quote, *, groups: bool) -> Answer:
    """Return a quote as a note; where it `groups`, pieces of equal amount stand together."""
    rows = [
        *[NoteLine(each.pieces, each.amount) for each in answer.lines],
        *[NoteLine(1, each.amount, each.kind) for each in answer.charges],
    ]
    return {
        "lines": [note_line(row) for row in (note_lines(answer) if groups else rows)],
        "net": answer.amount.net_minor,
        "tax": answer.amount.tax_minor,
        "net_total": answer.amount.net_minor,
        "tax_total": answer.amount.tax_minor,
        "tax_by_rate": dict(answer.amount.taxes),
        "goods": answer.goods.gross_minor,
        "shipping": answer.charged(ChargeKind.SHIPPING).gross_minor,
        "return_shipping": answer.return_shipping.gross_minor,
        "restocked_qty": answer.restocked,
        "refund": answer.suggested_minor,
        "total": answer.suggested_minor,
        "sum": answer.suggested_minor,
        "refundable_remaining": answer.left.maximum_minor,
    }


def one_after_another(sold: Refundable, returns: Sequence[int]) -> Answer:
    """Return what each of several returns of a line gives."""
    refunds, total, left = list[int](), Amount(), sold
    for pieces in returns:
        answer = quote(left, [RefundLine("line", pieces)])
        if isinstance(answer, Refused):
            return {**reasons(answer), "refunds": refunds}
        refunds.append(answer.suggested_minor)
        total, left = total.plus(answer.amount), answer.left
    return {
        "refunds": refunds,
        "line_total": sold.gross_minor,
        "sum": total.gross_minor,
        "total": total.gross_minor,
        "refundable_remaining": left.maximum_minor,
    }


def received_and_so_on(sold: Refundable, fields: Fields) -> Answer:
    """Return what pieces came to that were received, dismissed and written off, and what is left to be refunded."""
    line = sold.line("line")
    received = line.of_pieces(fields.whole("received", 0))
    left = line.less(fields.whole("received", 0), received)
    dismissed = left.of_pieces(fields.whole("dismissed", 0))
    left = left.less(fields.whole("dismissed", 0), dismissed)
    return {
        "received_total": received.gross_minor,
        "dismissed_total": dismissed.gross_minor,
        "written_off_total": line.of_pieces(fields.whole("written_off", 0)).gross_minor,
        "refundable": left.amount.gross_minor,
        "refundable_remaining": left.amount.gross_minor,
        "line_total": line.amount.gross_minor,
        "total": line.amount.gross_minor,
    }


def refund_amount(fields: Fields) -> Answer:
    """Answer what a refund comes to."""
    sold = sold_of(fields)
    first: Answer = {"refundable": sold.maximum_minor, "line_total": sold.gross_minor}
    if {"received", "dismissed", "written_off"} & fields.names:
        return {**first, **received_and_so_on(sold, fields)}
    if "returns" in fields:
        return {**first, **one_after_another(sold, fields.wholes("returns"))}
    back = fields.fields("return_shipping")
    lines, charges = refund_of_all(sold)
    restocks = fields.flag("restock", default=False)
    lines = tuple([each._replace(restocks=restocks) for each in lines])
    if "return_qty" in fields:
        lines = (RefundLine("line", fields.whole("return_qty"), restocks=restocks),)
    if "refund_gross" in fields:
        lines = (RefundLine("line", 1, fields.whole("refund_gross")),)
    delivered = fields.flag("delivered", default=True)
    if not sold.lines and not sold.charges:
        pieces = fields.whole("return_qty")
        return {"restocked_qty": restocked_pieces(pieces, restocks=restocks, is_delivered=delivered)}
    answer = quote(
        sold,
        lines,
        charges,
        return_shipping=amount_of(back, back.whole("amount")) if "amount" in back else Amount(),
        is_delivered=delivered,
    )
    if isinstance(answer, Refused):
        return {**first, **reasons(answer)}
    said = {**first, **note_of(answer, groups="units" in fields)}
    if fields.flag("exchange_same_value", default=False):
        said["refund"] = exchange(answer.suggested_minor, answer.suggested_minor).refund_minor
    return said


def note_item(row: Fields) -> NoteItem:
    """Return an item of a credit note."""
    return NoteItem(
        row.whole("qty"),
        row.whole("qty_invoiced"),
        row.whole("tax_invoiced", 0),
        row.whole("tax_refunded", 0),
        row.whole("discount_tax_compensation_invoiced", 0),
        is_last=row.flag("last", default=False),
    )


def note_shipping(fields: Fields) -> NoteShipping | None:
    """Return the shipping of a credit note; all of its tax where only that is given."""
    if "shipping_tax" in fields:
        return NoteShipping(1, 1, fields.whole("shipping_tax"))
    if "shipping" not in fields:
        return None
    row = fields.fields("shipping")
    return NoteShipping(row.whole("returned"), row.whole("invoiced"), row.whole("tax"))


def in_notes(fields: Fields) -> Answer:
    """Answer what a credit note comes to."""
    before = "grand_before" if "grand_before" in fields else "subtotal_before"
    invoiced = fields.whole("tax_invoiced_total", 0)
    refunded = fields.whole("tax_refunded_total", 0)
    left = Amount(invoiced).minus(Amount(refunded)).net_minor
    note = credit_note(
        [note_item(row) for row in fields.rows("items")],
        before_minor=fields.whole(before, 0),
        tax_before_minor=fields.whole("tax_before", 0),
        shipping=note_shipping(fields),
        tax_left_minor=left if "tax_invoiced_total" in fields else None,
        rate_to_base=rate(fields.text("rate_to_base", "1")),
    )
    return {
        "item_tax": note.item_taxes,
        "shipping_tax": note.shipping_tax_minor,
        "discount_tax_compensation": note.compensation_minor,
        "tax_total": note.tax_minor,
        "grand_total": note.grand_minor,
        "base_grand_total": note.base_grand_minor,
    }


def sold_minor(fields: Fields) -> int:
    """Return what was paid: of a unit, of the order, or of items less their discounts and of shipping."""
    for name in ("unit_gross", "order_gross"):
        if name in fields:
            return fields.whole(name)
    lines = [
        SoldLine(str(number), row.whole("qty", 1), Amount(row.whole("gross")).minus(Amount(row.whole("discount", 0))))
        for number, row in enumerate(fields.rows("items"))
    ]
    shipping = SoldCharge("shipping", ChargeKind.SHIPPING, Amount(fields.fields("shipping").whole("invoiced", 0)))
    return Refundable(lines=tuple(lines), charges=(shipping,)).gross_minor


def asked_of(fields: Fields, left: Refundable) -> tuple[RefundLine, ...]:
    """Return what is requested; all, or nothing said, is what can be refunded."""
    if "request" not in fields:
        return refund_of_all(left)[0]
    try:
        return (RefundLine("line", 1, fields.whole("request")),)
    except TypeError:
        assert fields.text("request") == "all"
    everything = left.maximum_minor == left.gross_minor or not left.maximum_minor
    return refund_of_all(left)[0] if everything else (RefundLine("line", 1, left.maximum_minor),)


def in_limits(fields: Fields) -> Answer:
    """Answer whether so much can be refunded after what has been."""
    refunded = fields.whole("refunded", 0)
    tenders = (Tender("tender", fields.whole("captured"), refunded),) if "captured" in fields else ()
    paid = sold_minor(fields) or fields.whole("captured")
    line = SoldLine("line", 1, Amount(paid).minus(Amount(refunded)))
    left = Refundable(lines=(line,), tenders=tenders)
    answer = quote(left, asked_of(fields, left))
    if isinstance(answer, Refused):
        return {**reasons(answer), "refunded_total": refunded}
    total = Amount(refunded).plus(Amount(answer.suggested_minor)).net_minor
    return {"refund": answer.suggested_minor, "refunded_total": total}


def sequence(fields: Fields) -> Answer:
    """Answer of one refund after others."""
    paid = any("gross" in row for row in fields.rows("items"))
    return in_limits(fields) if paid or "request" in fields else in_notes(fields)


def restocking(fields: Fields) -> Answer:
    """Answer what a restocking fee leaves."""
    amount = amount_of(fields, fields.whole("net"))
    fee = fee_minor(amount.net_minor, rate(fields.text("restocking_fee_rate")))
    answer = quote(Refundable(lines=(SoldLine("line", 1, amount),)), [RefundLine("line", 1, fee_minor=fee)])
    assert isinstance(answer, Quote)
    return {
        "goods": answer.goods_minor,
        "tax": answer.amount.tax_minor,
        "refund": answer.suggested_minor,
        "restocking_fee_taxable": bool(answer.fees.tax_minor),
    }


def landed_elsewhere(fields: Fields) -> Answer:
    """Answer what is refunded where another rate holds than where it was sold."""
    mode = PriceMode.EXCLUSIVE
    net = fields.whole("net")
    amount = with_tax(net, rate(fields.text("original_tax_rate")), mode, component=SOLD_IN)
    there = with_tax(net, rate(fields.text("return_location_rate")), mode, component=RETURNED_IN)
    answer = quote(Refundable(lines=(SoldLine("line", 1, amount),)), [RefundLine("line")])
    assert isinstance(answer, Quote)
    assert there.taxes != answer.amount.taxes
    return {
        "tax": answer.amount.tax_minor,
        "refund": answer.suggested_minor,
        "credited_jurisdiction": answer.amount.taxes[0].component,
    }


def exchanged(fields: Fields) -> Answer:
    """Answer how an exchange settles."""
    settled = exchange(fields.whole("returned_total"), fields.whole("new_total"))
    return {"refund": settled.refund_minor, "customer_owes": settled.owed_minor}


def to_tenders(fields: Fields) -> Answer:
    """Answer which tender gets what."""
    tenders = tuple([Tender(row.text("id"), row.whole("captured")) for row in fields.rows("tenders")])
    total = fields.whole("order_total", 0)
    if total:
        sold = Refundable(lines=(SoldLine("line", 1, Amount(total)),), tenders=tenders)
        answer = quote(sold, [RefundLine("line", 1, fields.whole("refund"))], order=fields.texts("order"))
        return reasons(answer) if isinstance(answer, Refused) else {"refunds": paid_to(answer.tenders)}
    back = paid_back(fields.whole("refund"), tenders, order=fields.texts("order"))
    return reasons(back) if isinstance(back, Refused) else {"refunds": paid_to(back)}


def paid_to(refunds: Sequence[TenderRefund]) -> Mapping[str, int]:
    """Return refunds by tender."""
    return {each.tender: each.amount_minor for each in refunds}


def in_time(fields: Fields) -> Answer:
    """Answer whether goods come back in time."""
    windows = [ReturnWindow(fields.whole("window_days"))]
    delivered, returned = fields.text("delivered"), fields.text("returned")
    return {"eligible": is_in_window(windows, delivered=delivered, returned=returned)}


def late_note(fields: Fields) -> Answer:
    """Answer what a credit note of a day may do: give back the price, with the tax or without."""
    supplied, noted = fields.text("supply_date"), fields.text("note_date")
    adjusts = INDIA.is_kept(supplied=supplied, noted=noted)
    paid = Amount(fields.whole("net"), (TaxPart("GST", fields.whole("tax")),))
    answer = quote(
        Refundable(lines=(SoldLine("line", 1, paid if adjusts else Amount(paid.net_minor)),)), [RefundLine("line")]
    )
    return {
        "commercial_refund_allowed": isinstance(answer, Quote),
        "tax_adjustable": adjusts,
        "tax": answer.amount.tax_minor if isinstance(answer, Quote) else 0,
    }


def one_line(fields: Fields) -> Answer:
    """Answer what one of several lines gives; no discount that its price had is taken back."""
    fields.text("discount_already_in_prices", "")
    lines = tuple(
        [
            SoldLine(row.text("id"), 1, Amount(row.whole("net"), (TaxPart("tax", row.whole("tax", 0)),)))
            for row in fields.rows("lines")
        ]
    )
    answer = quote(Refundable(lines=lines), [RefundLine(fields.text("return_line"))])
    if isinstance(answer, Refused):
        return reasons(answer)
    amount = answer.amount
    return {"refund_net": amount.net_minor, "refund_tax": amount.tax_minor, "refund": amount.gross_minor}


POLICIES: Sequence[tuple[str, Translator]] = (
    ("restocking_fee_rate", restocking),
    ("return_location_rate", landed_elsewhere),
    ("new_total", exchanged),
    ("tenders", to_tenders),
    ("window_days", in_time),
    ("note_date", late_note),
    ("return_line", one_line),
)
"""By a field that only vectors of the shape have."""


def policy(fields: Fields) -> Answer:
    """Answer what a policy says."""
    return next(translate for name, translate in POLICIES if name in fields)(fields)


def shares(fields: Fields) -> Answer:
    """Answer how an amount is split."""
    assert fields.text("tie") == "lowest_index_first"
    return {"shares": allocate(fields.whole("total"), fields.wholes("weights"))}


REFUND: Mapping[tuple[str, str], Translator] = {
    ("allocation", "largest_remainder"): shares,
    ("refund", "amount"): refund_amount,
    ("sequence", "amount"): sequence,
    ("policy", "policy"): policy,
}
"""The translators compute nothing: what a vector asserts is what the public API answered."""
