"""The money of a world: papers with tax, a cashier, providers, banks and agents, and goods that come back for refunds.

`prices` is what orders cost, `service` the tax service and our registrations, `papers` who writes invoices, `cashier`
who takes money and gives it back, `providers` who moves it, `comebacks` who takes goods in, grades and disposes of
them. `record` is what is looked at, `paper_rules` and `money_rules` what must hold, `bugs` what is planted.
"""

__all__: list[str] = []
