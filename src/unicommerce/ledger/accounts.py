"""Where things stand and how they move: an account is a state at a place, a movement leaves one and enters another.

Every movement subtracts here and adds there, so over whole accounts each unit sums to zero for ever. A `ref`, a `lot`
or an `owner` makes a sub-account, which is counted in the whole account by the same movement: which totals are kept
is settled by `totals` alone (docs/decisions/0002). This file knows no event, no store and no room.
"""

from functools import lru_cache
from typing import NamedTuple

from ..values import Unit

__all__ = ["Account", "Movement", "is_part", "totals", "whole"]


class Account(NamedTuple):
    """A state at a place; it holds a quantity of each unit.

    `ref` says on whose behalf (a hold, an order line), `lot` which batch, `owner` who owns it where that is not us.

    >>> Account("dc", "reserved", ref="line:order-1/1")
    Account(place='dc', state='reserved', ref='line:order-1/1', lot='', owner='')
    """

    place: str
    state: str
    ref: str = ""
    lot: str = ""
    owner: str = ""


class Movement(NamedTuple):
    """A positive quantity of one unit leaves one account and enters another."""

    quantity: int
    unit: Unit
    source: Account
    target: Account


def is_part(account: Account) -> bool:
    """Tell whether this is a sub-account.

    >>> is_part(Account("dc", "sellable")), is_part(Account("dc", "sellable", lot="L1"))
    (False, True)
    """
    return bool(account[2] or account[3] or account[4])


def whole(account: Account) -> Account:
    """Return the whole account that a sub-account is counted in.

    >>> whole(Account("dc", "reserved", ref="r"))
    Account(place='dc', state='reserved', ref='', lot='', owner='')
    """
    return _whole(account[0], account[1])


@lru_cache(maxsize=65_536)
def _whole(place: str, state: str) -> Account:
    return Account(place, state)


def totals(account: Account) -> tuple[Account, ...]:
    """Return every account whose balance a posting here changes: itself, each of its dimensions alone, the whole last.

    >>> [(total.ref, total.lot) for total in totals(Account("dc", "reserved", ref="r", lot="l"))]
    [('r', 'l'), ('r', ''), ('', 'l'), ('', '')]
    """
    place, state, ref, lot, owner = account
    if not (ref or lot or owner):
        return (account,)
    if not (lot or owner) or not (ref or owner) or not (ref or lot):
        return (account, _whole(place, state))
    alone = (Account(place, state, ref), Account(place, state, "", lot), Account(place, state, "", "", owner))
    return (account, *(each for each in alone if is_part(each)), _whole(place, state))
