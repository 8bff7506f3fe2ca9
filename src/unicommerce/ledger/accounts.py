"""Where things stand and how they move: an account is a state at a place, a movement leaves one and enters another.

Every movement subtracts here and adds there, so over whole accounts each unit sums to zero for ever. A `ref`, a `lot`
or an `owner` makes a sub-account, which is counted in the whole account by the same movement: which totals are kept
is settled by `totals` alone (docs/decisions/0002). This file knows no event, no store and no room.
"""

from functools import lru_cache
from typing import NamedTuple

from ..values import Unit

__all__ = ["MISSING", "Account", "Movement", "is_part", "totals", "whole"]

APART = frozenset(("damaged", "quarantine"))
"""States whose pieces lie on a pile of their own, so that people count them apart from the shelf."""

MISSING = "missing"
"""The state of pieces that the book had and a count did not find; below zero: found, and not in the book."""


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

    @property
    def pile(self) -> str:
        """Return the place that a state is by itself where its pieces are counted apart; "" where they are not.

        >>> Account("dc", "damaged").pile, Account("dc", "sellable").pile
        ('damaged:dc', '')
        """
        return f"{self.state}:{self.place}" if self.state in APART else ""


class Movement(NamedTuple):
    """A positive quantity of one unit leaves one account and enters another."""

    quantity: int
    unit: Unit
    source: Account
    target: Account

    def moves(self) -> tuple[tuple[str, int], ...]:
        """Return what `moved` counts of it: the change of each place, and of each pile that is counted apart.

        Between states that share a place and a pile nothing moves; nor does what a count corrects, from or to missing.

        >>> Movement(2, Unit("sku:MUG"), Account("dc", "sellable"), Account("dc", "damaged")).moves()
        (('damaged:dc', 2),)
        """
        quantity, _, source, target = self
        if source[1] not in APART and target[1] not in APART:
            return () if source[0] == target[0] else ((source[0], -quantity), (target[0], quantity))
        ends = [(source.place, target.place)]
        if MISSING not in (source.state, target.state):
            ends.append((source.pile, target.pile))
        changes = [change for a, b in ends if a != b for change in ((a, -quantity), (b, quantity))]
        return tuple([(place, change) for place, change in changes if place])


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
