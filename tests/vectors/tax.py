"""Translators of `tax-vectors.json`, by group and kind: fields to public API, and answers back."""

from collections.abc import Callable, Mapping, Sequence

from unicommerce.tax import (
    Anywhere,
    Discount,
    Kind,
    Place,
    Rate,
    Registration,
    RuleSet,
    TaxAnswer,
    TaxLine,
    TaxRequest,
    eu,
    india,
    quote,
    rounded_to,
    us,
    weighted_rate,
)

from .reading import Answer, Fields, Translator

KINDS: Mapping[str, Kind] = {"": Kind.SALE, "credit_note": Kind.RETURN, "debit_note": Kind.SALE}
SHIPPING: Mapping[str, str] = {"": "own", "weighted_by_net": "weighted"}
PLACES: Mapping[tuple[str, ...], str] = {("CGST", "SGST"): "IN/24", ("IGST",): "IN/27"}
"""Where goods from Gujarat are supplied if these are due."""


# Calculations: the whole engine, over a table of what the lines say


def _calculation(fields: Fields, step_minor: int = 1) -> Answer:
    rows = fields.rows("lines")
    fields.whole("store_discount", 0)  # stands on the line
    fields.whole("consideration", 0)  # between own registrations it is not what the transfer is worth
    coupons = [fields.whole("manufacturer_coupon", 0), *[0 for _ in rows]]
    lines = [_line(fields, row, coupon) for row, coupon in zip(rows, coupons, strict=False)]
    rates = [rate for row in rows for rate in _rates(row)]
    answer = _quoted(fields, lines, rates, step_minor)
    found = _of_table(fields, lines, _codes(rows)) if "rate_table" in fields else answer
    return {
        **_totals(found),
        "cess_non_ad_valorem": _cess(fields, lines),
        "payable_to_customs": _imported(fields, rows).payable_minor,
        "hsn_summary": _summary(fields, answer),
    }


def _to_the_rupee(fields: Fields) -> Answer:
    return _calculation(fields, 100) if _are_due(fields, _codes(fields.rows("lines"))) else {}


def _codes(rows: Sequence[Fields]) -> Sequence[str]:
    return sorted({tax.text("code") for row in rows for tax in row.rows("taxes")})


def _line(fields: Fields, row: Fields, coupon: int = 0) -> TaxLine:
    return TaxLine(
        id=row.text("id"),
        kind=row.text("kind"),
        amount_minor=_amount(fields, row),
        category=row.text("id"),
        commodity=fields.text("hsn", ""),
        includes_tax={"exclusive": False, "inclusive": True}[fields.text("price_mode")],
        discounts=(Discount(row.whole("discount", 0)), Discount(coupon, "manufacturer")),
        quantity=fields.fields("units").whole(row.text("id"), 1),
    )


def _amount(fields: Fields, row: Fields) -> int:
    """Return the amount of a line, from what it is derived from where the vector gives that."""
    given, resale = row.whole("amount"), fields.whole("resale_price", 0)
    home = (fields.whole("home_gross", 0), fields.text("home_rate", "0"))
    keeps_net = fields.text("policy", "keep_net") == "keep_net" and fields.text("price_mode") == "exclusive"
    if fields.text("value_rule", "") == "90_percent_of_resale":
        return india.transfer_value(resale_minor=resale)
    if "movement" in fields:
        return india.transfer_value(open_market_minor=given)
    if "goods_value" in fields:
        return _imported(fields, [row]).value_minor
    return eu.net_at_home(*home) if "home_gross" in fields and keeps_net else given


def _imported(fields: Fields, rows: Sequence[Fields]) -> india.Imported:
    rates = [tax.text("rate") for row in rows for tax in row.rows("taxes")] or ["0"]
    return india.imported(fields.whole("goods_value", 0), fields.whole("customs_duty", 0), rates[0])


def _rates(row: Fields) -> list[Rate]:
    rates = [Rate("*", tax.text("code"), tax.text("rate"), row.text("id")) for tax in row.rows("taxes")]
    return rates or [Rate("*", "NONE", "0", row.text("id"), exempt="untaxed")]


def _quoted(fields: Fields, lines: Sequence[TaxLine], rates: Sequence[Rate], step_minor: int = 1) -> TaxAnswer:
    rounding = fields.fields("rounding")
    assert rounding.text("mode") == "half_up"
    rules = RuleSet(
        version="vector",
        regime=Anywhere(),
        rates=tuple(rates),
        scheme=rounding.text("level"),
        payable_step_minor=step_minor,
        shipping=(("*", SHIPPING[fields.text("shipping_rate_policy", "")]),),
    )
    return _answer(quote(_request(fields, lines), rules))


def _answer(answer: object) -> TaxAnswer:
    assert isinstance(answer, TaxAnswer), answer
    return answer


def _request(fields: Fields, lines: Sequence[TaxLine], ship_to: str = "IN/24") -> TaxRequest:
    return TaxRequest(
        document="vector",
        kind=KINDS[fields.text("document", "")],
        of="original",
        tax_date=fields.text("tax_date", "2026-11-27"),
        currency="XXX",
        lines=tuple(lines),
        registrations=(Registration("IN/24", "24AAQCA8719H1ZC"),),
        ship_from=Place("IN/24"),
        ship_to=Place(ship_to),
    )


def _of_table(fields: Fields, lines: Sequence[TaxLine], codes: Sequence[str]) -> TaxAnswer:
    """Return the answer by the dated table, where whole rates are split by the place of supply."""
    rows = fields.rows("rate_table")
    rates = [Rate("IN", "GST", r.text("rate"), "", r.text("valid_from", ""), r.text("valid_to", "")) for r in rows]
    return _answer(quote(_request(fields, lines, PLACES[tuple(codes)]), india.rules(rates)))


def _totals(answer: TaxAnswer) -> Answer:
    return {
        "lines": [
            {"id": line.id, "taxable": line.net_minor, "taxes": {c.code: c.amount_minor for c in line.components}}
            for line in answer.lines
        ],
        "tax_by_code": answer.by_code,
        "tax_total": answer.tax_minor,
        "net_total": answer.net_minor,
        "gross_total": answer.gross_minor,
        "payable_rounded_to_rupee": answer.payable_minor,
        "round_off": answer.round_off_minor,
        "customer_pays": answer.customer_minor,
        "manufacturer_reimburses": answer.funded_minor,
    }


def _cess(fields: Fields, lines: Sequence[TaxLine]) -> Answer:
    """Return the tax by pieces alone: the vectors keep it out of their totals."""
    each = fields.whole("cess_non_ad_valorem_per_unit", 0)
    answer = _quoted(fields, lines, [Rate("*", "CESS", "0", per_unit_minor=each)])
    return {line.id: line.tax_minor for line in answer.lines}


def _summary(fields: Fields, answer: TaxAnswer) -> Answer:
    (row, *_) = india.hsn_summary(answer)
    return {
        "hsn": row.hsn,
        "quantity": fields.text("quantity", ""),
        "taxable": row.taxable_minor,
        "total": row.total_minor,
    }


def _are_due(fields: Fields, codes: Sequence[str]) -> bool:
    """Tell whether the components of the lines are those that the rest of the vector asks for."""
    fields.text("buyer_gstin_state", "")  # the buyer's own state decides nothing
    treatment = fields.text("treatment", "")
    if not fields.flag("export_with_payment", default=True):
        treatment = "exempt"
    supplier = fields.text("from_state", fields.text("seller_state", ""))
    place = fields.text("to_state", fields.text("place_of_supply", ""))
    if fields.text("movement", ""):
        assert not codes or tuple(codes) == india.own_transfer(supplier, place).components
    return india.are_components_right(codes, supplier_state=supplier, place=place, treatment=treatment)


# Decisions: by the fields that there are


def _components(fields: Fields) -> Answer:
    supplier, place = fields.text("supplier_state"), fields.text("place_of_supply")
    return {"supply": india.supply(supplier, place).value, "components": india.components(supplier, place)}


def _place_of_supply(fields: Fields) -> Answer:
    supplier = fields.text("supplier_state")
    third = fields.text("third_person_state", "")
    place = india.place_of_supply(
        supplier,
        is_registered=fields.flag("buyer_registered", default=True),
        billing_state=fields.text("billing_state", ""),
        delivery_state=fields.text("delivery_state", ""),
        third_person_state=third if fields.flag("bill_to_ship_to", default=bool(third)) else "",
        goods_state=fields.text("location_of_goods", ""),
        is_moved=fields.flag("movement", default=True),
        tax_date=fields.text("tax_date", "2026-11-27"),
    )
    return {"place_of_supply": place, "supply": india.supply(supplier, place).value}


def _own_transfer(fields: Fields) -> Answer:
    made = india.own_transfer(
        fields.text("from_state", fields.text("from_gstin", "")[:2]),
        fields.text("to_state", fields.text("to_gstin", "")[:2]),
        is_one_pan=fields.flag("same_pan", default=True),
        from_gstin=fields.text("from_gstin", ""),
        to_gstin=fields.text("to_gstin", ""),
    )
    fields.whole("value", 0)
    return {
        "supply": made.supply.value,
        "document": made.document,
        "components": made.components,
        "recipient_may_claim_credit": made.may_claim_credit,
    }


def _tcs(fields: Fields) -> Answer:
    collected = india.tcs(
        fields.whole("taxable_supplies"),
        fields.whole("taxable_returns", 0),
        period=fields.text("period"),
        kind=fields.text("supply"),
    )
    return {"tcs_base": collected.base_minor, "tcs": dict(collected.amounts)}


def _rupees(fields: Fields) -> Answer:
    return {"rounded": rounded_to(fields.whole("amount"), 100)}


def _deadline(fields: Fields) -> Answer:
    return {"tax_adjustable": india.is_adjustable(fields.text("supply_date"), fields.text("note_date"))}


def _reverse_charge(fields: Fields) -> Answer:
    owed = india.reverse_charge(
        fields.whole("grand_total"),
        threshold_minor=fields.whole("rcm_threshold"),
        is_supplier_registered=fields.flag("supplier_registered"),
        rate=fields.text("rate"),
        kind=fields.text("supply"),
    )
    return {
        "reverse_charge": owed.applies,
        "self_assessed": dict(owed.amounts),
        "tax_total": owed.tax_charged_minor,
        "payable_to_supplier": owed.payable_minor,
    }


def _sourcing(fields: Fields) -> Answer:
    is_inside = {"is_seller_in_state": fields.flag("seller_in_state")} if "seller_in_state" in fields else {}
    found = us.taxing(
        fields.text("state_rule", "destination"),
        received_at=fields.text("received_at", "delivery"),
        store=fields.text("store", ""),
        ship_to=fields.text("ship_to", ""),
        on_file=fields.text("address_on_file", fields.text("customer", "")),
        seller_place=fields.text("seller_place", ""),
        **is_inside,
    )
    fields.text("customer", "")
    return {
        "jurisdiction": found.state_county_city,
        "state_county_city": found.state_county_city,
        "district": found.district,
    }


def _registration(fields: Fields) -> Answer:
    return {"collect": us.is_collecting(fields.texts("nexus"), fields.text("ship_to_state"))}


def _nexus(fields: Fields) -> Answer:
    count = fields.whole("threshold_transactions") if "threshold_transactions" in fields else None
    reached = us.has_nexus(
        sales_minor=fields.whole("sales"),
        transactions=fields.whole("transactions", 0),
        threshold_minor=fields.whole("threshold_amount"),
        threshold_transactions=count,
        operator=fields.text("operator", "or"),
    )
    return {"nexus": reached}


def _facilitator(fields: Fields) -> Answer:
    collected = us.marketplace_sale(
        fields.whole("taxable"),
        fields.text("rate"),
        is_marketplace=fields.text("channel", "") == "marketplace",
        is_facilitator_state=fields.flag("facilitator_state"),
    )
    return {
        "seller_collects": collected.seller_minor,
        "facilitator_collects": collected.facilitator_minor,
        "counts_for_nexus": collected.counts_for_nexus,
    }


def _distance_sale(fields: Fields) -> Answer:
    sale = eu.distance_sale(
        fields.text("seller_country"),
        fields.text("buyer_country"),
        net_minor=fields.whole("this_sale_net", 0),
        goods_minor=fields.whole("goods_cumulative", fields.whole("cumulative_before", 0)),
        digital_minor=fields.whole("digital_cumulative", 0),
        is_business=fields.flag("buyer_is_business", default=False),
    )
    return {"rate_country": sale.rate_country, "report_in": sale.report_in}


def _ioss(fields: Fields) -> Answer:
    places = (fields.text("origin"), fields.text("buyer_country"))
    return {"ioss": eu.is_ioss(*places, fields.whole("intrinsic_value"))}


def _shipping_rate(fields: Fields) -> Answer:
    rows = [(row.whole("net"), row.text("rate")) for row in fields.rows("lines")]
    return {"shipping_rate": weighted_rate(rows, fields.text("default_rate", "0"))}


DECISIONS: Sequence[tuple[str, Translator]] = (
    ("buyer_registered", _place_of_supply),
    ("third_person_state", _place_of_supply),
    ("location_of_goods", _place_of_supply),
    ("same_pan", _own_transfer),
    ("from_gstin", _own_transfer),
    ("from_state", _own_transfer),
    ("taxable_supplies", _tcs),
    ("amount", _rupees),
    ("note_date", _deadline),
    ("rcm_threshold", _reverse_charge),
    ("supplier_state", _components),
    ("state_rule", _sourcing),
    ("received_at", _sourcing),
    ("nexus", _registration),
    ("threshold_amount", _nexus),
    ("facilitator_state", _facilitator),
    ("seller_country", _distance_sale),
    ("intrinsic_value", _ioss),
    ("lines", _shipping_rate),
)
"""By a field that only one kind of decision has; the first that is there counts."""


def _decision(fields: Fields) -> Answer:
    translate: Callable[[Fields], Answer] = next(each for name, each in DECISIONS if name in fields.names)
    return translate(fields)


# Validation, identifiers


def _validation(fields: Fields) -> Answer:
    if "hsn" in fields:
        digits = fields.whole("min_digits")
        return {"valid": india.is_hsn(fields.text("hsn"), digits), "allowed_lengths": india.hsn_lengths(digits)}
    if "components" not in fields:
        return {"valid": india.is_place(fields.text("place_of_supply"))}
    right = india.are_components_right(
        fields.texts("components"),
        supplier_state=fields.text("supplier_state", ""),
        place=fields.text("place_of_supply", ""),
        scheme=fields.text("supplier_scheme", ""),
        is_supplier_registered=fields.flag("supplier_registered", default=True),
        treatment=fields.text("treatment", ""),
        from_gstin=fields.text("from_gstin", ""),
        to_gstin=fields.text("to_gstin", ""),
    )
    return {"valid": right}


def _identifier(fields: Fields) -> Answer:
    number = india.gstin(fields.text("gstin"))
    if number is None:
        return {"valid": False, "collector_at_source": False}
    return {
        "valid": True,
        "state": number.state,
        "pan": number.pan,
        "collector_at_source": number.is_collector,
    }


TAX: Mapping[tuple[str, str], Translator] = {
    ("canada", "calculation"): _calculation,
    ("eu-vat", "calculation"): _calculation,
    ("eu-vat", "decision"): _decision,
    ("india-gst", "calculation"): _to_the_rupee,
    ("india-gst", "decision"): _decision,
    ("india-gst", "identifier"): _identifier,
    ("india-gst", "validation"): _validation,
    ("us-sales-tax", "calculation"): _calculation,
    ("us-sales-tax", "decision"): _decision,
}
