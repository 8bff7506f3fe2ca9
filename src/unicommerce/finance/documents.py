"""The chart of accounts, and the units of the money book: minor units of a currency, and pieces as finance values them.

A posting is a movement of money from the account credited to the account debited, so every entry balances by
construction; a balance above zero is a debit. Finance counts valued pieces itself, because it follows the goods at
its own pace.
"""

from enum import StrEnum
from typing import NamedTuple

from ..ledger import Account
from ..values import Unit

__all__ = ["Chart", "Posting", "SalesBasis", "chart_account", "money", "valued"]


class Chart(StrEnum):
    """Accounts of the chart, in neutral names; a retailer maps them to the numbers of the ERP."""

    RECEIVABLE = "receivable"
    REVENUE = "revenue"
    RETURNS = "returns"
    INVENTORY = "inventory"
    RECEIVED_NOT_INVOICED = "received_not_invoiced"
    COST_OF_GOODS_SOLD = "cost_of_goods_sold"
    SHRINKAGE = "shrinkage"
    PRODUCTION = "production"
    INVENTORY_IN_TRANSIT = "inventory_in_transit"
    INVENTORY_ALLOWANCE = "inventory_allowance"
    REVALUATION = "inventory_revaluation"
    WRITE_DOWN = "inventory_write_down"
    CONSIGNED = "consigned"
    OWED_TO_OWNERS = "owed_to_owners"
    PAYABLE = "payable"
    PRICE_VARIANCE = "purchase_price_variance"
    CUSTOMS_CLEARING = "customs_clearing"
    SHIPPING_CLEARING = "shipping_clearing"
    LANDED_COST_CLEARING = "landed_cost_clearing"
    CASH = "cash"
    CUSTOMER_ADVANCES = "customer_advances"
    GIFT_CARD_LIABILITY = "gift_card_liability"
    OUTPUT_TAX = "output_tax"
    FUNDERS_RECEIVABLE = "funders_receivable"
    ROUNDING = "rounding"
    AGENT_RECEIVABLE = "agent_receivable"
    SETTLEMENT_CLEARING = "settlement_clearing"
    AGENT_FEES = "agent_fees"
    DISPUTED = "disputed"
    CHARGEBACKS = "chargebacks"
    INTER_BRANCH_RECEIVABLE = "inter_branch_receivable"
    INTER_BRANCH_PAYABLE = "inter_branch_payable"


class SalesBasis(StrEnum):
    """What says that something is sold: goods that leave, at their price; or papers, with net and tax apart."""

    GOODS = "goods"
    PAPERS = "papers"


class Posting(NamedTuple):
    """An amount debited to one account and credited to another, each with the sub-ledger that it belongs to.

    Of inventory, the layer is the part of that sub-ledger that came together; an average has none.
    """

    amount_minor: int
    debit: str
    credit: str
    debit_ref: str = ""
    credit_ref: str = ""
    debit_layer: str = ""
    credit_layer: str = ""

    @property
    def upright(self) -> "Posting":
        """Return it with an amount above zero: below zero its sides are swapped.

        >>> Posting(-5, "inventory", "shrinkage").upright[:3]
        (5, 'shrinkage', 'inventory')
        """
        amount, debit, credit, debit_ref, credit_ref, debit_layer, credit_layer = self
        if amount >= 0:
            return self
        return Posting(-amount, credit, debit, credit_ref, debit_ref, credit_layer, debit_layer)


def money(currency: str) -> Unit:
    """Return the unit that counts minor units of a currency.

    >>> money("USD")
    'money:USD'
    """
    return Unit(f"money:{currency}")


def valued(sku: str) -> Unit:
    """Return the unit that counts pieces of a SKU as finance has valued them."""
    return Unit(f"valued:{sku}")


def chart_account(account: str, ref: str = "", layer: str = "") -> Account:
    """Return an account of the chart, for one sub-ledger where `ref` names it (a SKU, an order, a line), or a layer."""
    return Account(f"chart:{account}", "posted", ref, layer)
