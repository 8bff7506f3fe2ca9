"""Connected systems of a world: an ERP, a payment provider, a carrier, a market, and the hosts that plug them in.

`record` is what is looked at, `dialect` their language, `tables` what they are owed, `wiring` the steps of a host that
a bug may replace, `remotes` the other side, `hosts` ours, `rules` what must hold, `bugs` what is planted.
"""

__all__: list[str] = []
