"""Translators of `valuation-vectors.json`, by group and kind: fields to public API, and answers back.

Amounts are minor units on both sides; pieces are texts there and whole numbers here. Words differ: the tables say how.
"""

from collections.abc import Iterable, Mapping

from unicommerce.finance import Figures, entry, entry_lines
from unicommerce.ledger import Refused
from unicommerce.valuation import (
    Basis,
    LandedLine,
    Layer,
    Method,
    Scope,
    Step,
    Stock,
    StockEvent,
    StockKind,
    Valuation,
    ValuationCode,
    ValuationPolicy,
    land,
    running_balances,
    value_stock,
)
from unicommerce.values import Money

from .reading import Answer, Fields, Translator

KINDS: Mapping[str, StockKind] = {
    "preset_cost": StockKind.PRESET,
    "opening": StockKind.OPENED,
    "receipt": StockKind.CAME,
    "issue": StockKind.LEFT,
    "transfer": StockKind.MOVED,
    "count": StockKind.COUNTED,
    "cost_change": StockKind.RECOSTED,
    "dropship": StockKind.PASSED,
    "dropship_return": StockKind.PASSED,
}

POLICIES: Mapping[str, Method] = {"exact_value": Method.AVERAGE}
"""What an average is held as; any other word is the rounded unit cost."""

ERRORS = {ValuationCode.INSUFFICIENT: "insufficient_stock", ValuationCode.ZERO_BASIS: "zero_basis"}

ROLES: Mapping[str, str] = {
    "received_not_invoiced": "goods_received_not_invoiced",
    "shrinkage": "inventory_shrinkage",
    "payable": "accounts_payable",
    "receivable": "accounts_receivable",
    "returns": "revenue",
}

EVENTS: tuple[tuple[tuple[str, ...], str], ...] = (
    (("gift", "rede"), "gift_card_redemption"),
    (("gift", "break"), "gift_card_breakage"),
    (("gift", "liability_before"), "gift_card_redemption"),
    (("gift",), "gift_card_sale"),
    (("invoice", "advance"), "advance_invoiced"),
    (("invoice", "deposit"), "advance_invoiced"),
    (("advance", "appl"), "advance_invoiced"),
    (("advance", "adjust"), "advance_invoiced"),
    (("advance", "revers"), "advance_invoiced"),
    (("advance", "settle"), "advance_invoiced"),
    (("deposit", "appl"), "advance_invoiced"),
    (("customer", "advance"), "customer_advance"),
    (("deposit",), "customer_advance"),
    (("advance",), "customer_advance"),
    (("transfer", "_out"), "own_transfer_out"),
    (("transfer", "_in"), "own_transfer_in"),
    (("transfer", "tax"), "own_transfer_out"),
    (("transfer",), "transfer"),
    (("write", "down"), "write_down"),
    (("supplier", "return"), "supplier_return"),
    (("vendor", "return"), "supplier_return"),
    (("purchase", "return"), "supplier_return"),
    (("return",), "sales_return"),
    (("standard_cost_change",), "standard_cost_change"),
    (("revalu",), "standard_cost_change"),
    (("count",), "count_adjustment"),
    (("shrink",), "count_adjustment"),
    (("receipt",), "receipt"),
    (("landed",), "landed_cost"),
    (("non_creditable_tax",), "purchase"),
    (("sale_cost",), "sale_cost"),
    (("sale",), "sale"),
    (("customer", "invoice"), "sale"),
    (("invoice",), "supplier_invoice"),
    (("purchase",), "purchase"),
    (("cost",), "sale_cost"),
)
"""What events are called here, by words in their name or among their fields: the first row that fits."""


def _sequence(inputs: Fields) -> Answer:
    method = POLICIES.get(inputs.text("policy", "exact_value"), Method.ROUNDED_AVERAGE)
    if inputs.text("method") != Method.AVERAGE:
        method = Method(inputs.text("method"))
    inputs.text("negative_cost", "last_fifo_cost")  # the one way there is
    rows = inputs.rows("events")
    is_told_apart = any("location" in row for row in rows)
    policy = ValuationPolicy(
        method=method,
        scope=Scope(inputs.text("scope", "location" if is_told_apart else "company")),
        may_go_below=inputs.flag("allow_negative", default=True),
    )
    answer = value_stock([_event(row) for row in rows], policy)
    if isinstance(answer, Refused):
        return {"error": ERRORS[answer.because[0].code]}  # type: ignore[index]
    is_dated = method is not Method.AVERAGE and any("date" in row for row in rows)
    places = {place: _layers(s.layers) if is_dated else _stock(s) for place, s in answer.stocks.items()}
    return {
        "events": [_step(step) for step in answer.steps],
        "final": _stock(answer.whole) | places,
        "value_after": [step.value_minor for step in answer.steps],
        "unit_cost_after": [step.unit_cost_text for step in answer.steps],
        "value_after_receipts": dict(_after_receipts(rows, answer)),
        "variance_to_expense": {"total_issued_cost": answer.expensed_minor},
        "value_before_count": _before_count(rows, answer),
        "rounding_leak": answer.leak_minor,
    }


def _event(row: Fields) -> StockEvent:
    kind = KINDS[row.text("type")]
    cost = row.whole("to") if kind is StockKind.RECOSTED else row.whole("unit_cost") if "unit_cost" in row else None
    if kind is StockKind.RECOSTED:
        row.whole("from")  # what it was is known
    return StockEvent(
        kind=kind,
        quantity=int(row.text("to_qty" if kind is StockKind.COUNTED else "qty", "0")),
        unit_cost_minor=cost,
        place=row.text("from" if kind is StockKind.MOVED else "location", ""),
        target=row.text("to") if kind is StockKind.MOVED else "",
        acquired=row.text("date", ""),
        owner=row.text("owner", ""),
        may_go_below=row.flag("allow_negative", default=True),
    )


def _layers(layers: Iterable[Layer]) -> list[Answer]:
    return [
        {"qty": str(layer.quantity), "unit_cost": layer.unit_cost_minor, "date": layer.acquired}
        for layer in layers
        if layer.quantity
    ]


def _stock(stock: Stock) -> dict[str, object]:
    return {
        "qty": str(stock.quantity),
        "value": stock.value_minor,
        "unit_cost": stock.unit_cost_minor,
        "layers": _layers(stock.layers),
    }


def _step(step: Step) -> Answer:
    return {
        "value": step.change_minor,
        "value_change": step.change_minor,
        "cost": step.cost_minor,
        "from": _layers(step.drawn),
    }


def _after_receipts(rows: list[Fields], answer: Valuation) -> Iterable[tuple[str, int]]:
    for row, step in zip(rows, answer.steps, strict=True):
        if row.text("type") == "receipt":
            cost = str(Money(row.whole("unit_cost"), "USD")).removesuffix(" USD").removesuffix(".00")
            yield f"{row.text('qty')}@{cost}", step.value_minor


def _before_count(rows: list[Fields], answer: Valuation) -> int:
    before = 0
    for row, step in zip(rows, answer.steps, strict=True):
        if row.text("type") == "count":
            break
        before = step.value_minor
    return before


def _count(inputs: Fields) -> Answer:
    if "timeline" in inputs:
        rows = [
            (row.whole("day"), int(row.text("receipt", "0")), int(row.text("count")) if "count" in row else None)
            for row in inputs.rows("timeline")
        ]
        return {"balances": [str(balance) for balance in running_balances(rows)]}
    count = inputs.fields("count")
    counted = StockEvent(
        kind=StockKind.COUNTED, quantity=int(count.text("qty")), unit_cost_minor=count.whole("unit_cost")
    )
    answer = value_stock([counted])
    assert isinstance(answer, Valuation)
    return {"final": _stock(answer.whole)}


def _allocation(inputs: Fields) -> Answer:
    if "receipts" in inputs:
        return _late_charge(inputs)
    lines = [LandedLine(row.whole("amount"), int(row.text("qty"))) for row in inputs.rows("lines") if row.text("id")]
    lines = lines or [LandedLine(share_minor=share) for share in inputs.wholes("manual_shares")]
    charge = inputs.whole("non_creditable_tax") if "non_creditable_tax" in inputs else inputs.whole("charge")
    answer = land(charge, Basis(inputs.text("basis", "amount")), lines)
    if isinstance(answer, Refused):
        return {"error": ERRORS[answer.because[0].code]}  # type: ignore[index]
    return {
        "shares": answer.shares,
        "sum": answer.charge_minor,
        "value_after": answer.value_minor,
        "value_change": answer.charge_minor,
        "qty_change": "0",
        "unit_cost": answer.unit_cost_minor,
    }


def _late_charge(inputs: Fields) -> Answer:
    """A charge on the first of some receipts, all of which are on hand."""
    came = [
        StockEvent(kind=StockKind.CAME, quantity=int(row.text("qty")), unit_cost_minor=row.whole("unit_cost"))
        for row in inputs.rows("receipts")
    ]
    charge = inputs.whole("charge_on_first")
    late = StockEvent(kind=StockKind.CHARGED, quantity=came[0].quantity, value_minor=charge)
    answer = value_stock([*came, late])
    assert isinstance(answer, Valuation)
    step = answer.steps[len(came)]
    return {
        "value_change": step.change_minor,
        "qty_change": str(step.quantity_change),
        "value_after": step.value_minor,
        "unit_cost": answer.whole.unit_cost_minor,
    }


def _journal(inputs: Fields) -> Answer:
    figures, said = _figures(inputs), f"{inputs.text('event')} {' '.join(inputs)}"
    kind = next(kind for words, kind in EVENTS if all(word in said for word in words))
    return {"entry": [_line(*line) for line in entry_lines(entry(kind, figures))]}


def _line(account: str, debit: int, credit: int) -> Answer:
    role = ROLES.get(account, account)
    return {"account": role, "debit": debit} if debit else {"account": role, "credit": credit}


def _figures(inputs: Fields) -> Figures:
    """The words of a figure differ by event; none means two things."""
    tax = inputs.fields("tax")
    inputs.text("method", "")
    inputs.whole("taxable_value", 0)  # what the tax is of; it is no figure of the entry
    return Figures(
        goods_minor=inputs.whole("goods", 0),
        customs_minor=inputs.whole("customs", 0),
        shipping_minor=inputs.whole("shipping", 0),
        landed_minor=inputs.whole("landed", 0),
        non_creditable_tax_minor=inputs.whole("non_creditable_tax", 0),
        cost_minor=inputs.whole("cost", 0),
        net_minor=inputs.whole("amount") if "amount" in inputs else inputs.whole("net", 0),
        advance_minor=inputs.whole("advance", 0),
        liability_minor=inputs.whole("liability_before") if "liability_before" in inputs else None,
        quantity=int(inputs.text("qty", "0")),
        order_price_minor=inputs.whole("order_price", 0),
        invoice_price_minor=inputs.whole("invoice_price") if "invoice_price" in inputs else None,
        standard_cost_minor=inputs.whole("standard_cost") if "standard_cost" in inputs else None,
        unit_cost_minor=inputs.whole("original_unit_cost")
        if "original_unit_cost" in inputs
        else inputs.whole("unit_cost", 0),
        from_minor=inputs.whole("from", 0),
        to_minor=inputs.whole("to", 0),
        tax=tuple([(code, tax.whole(code)) for code in tax]),
    )


VALUATION: Mapping[tuple[str, str], Translator] = {
    ("layers", "sequence"): _sequence,
    ("average", "sequence"): _sequence,
    ("negative", "sequence"): _sequence,
    ("location", "sequence"): _sequence,
    ("count", "sequence"): _count,
    ("landed-cost", "allocation"): _allocation,
    ("journal", "entry"): _journal,
}
