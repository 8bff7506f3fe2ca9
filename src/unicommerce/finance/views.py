"""Questions about money: what each account of the chart holds."""

from collections.abc import Callable, Mapping

from ..ledger import State
from ..valuation import Layer
from .documents import Chart, chart_account, money
from .stocks import read_layers

__all__ = ["layers", "trial_balance"]


def layers(sku: str, currency: str, node: str = "") -> Callable[[State, object], tuple[Layer, ...]]:
    """Return the view of a stock's layers, of the company or of a node, in the order in which they were acquired.

    What left before it came is one layer below zero; under an average there is none to tell apart.
    """
    ref = f"{node}/{sku}" if node else sku

    def view(state: State, _given: object) -> tuple[Layer, ...]:
        return read_layers(state, currency, sku, ref)

    return view


def trial_balance(currency: str) -> Callable[[State, object], Mapping[str, int]]:
    """Return the view of all accounts of the chart: minor units, debits above zero; they sum to zero."""

    def view(state: State, _given: object) -> Mapping[str, int]:
        return {account.value: state.balance(money(currency), (chart_account(account),)) for account in Chart}

    return view
