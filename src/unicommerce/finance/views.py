"""Questions about money: what each account of the chart holds."""

from collections.abc import Callable, Mapping

from ..ledger import State
from .documents import Chart, chart_account, money

__all__ = ["trial_balance"]


def trial_balance(currency: str) -> Callable[[State, object], Mapping[str, int]]:
    """Return the view of all accounts of the chart: minor units, debits above zero; they sum to zero."""

    def view(state: State, _given: object) -> Mapping[str, int]:
        return {account.value: state.balance(money(currency), (chart_account(account),)) for account in Chart}

    return view
