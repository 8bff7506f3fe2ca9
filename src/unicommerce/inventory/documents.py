"""The vocabulary of goods: units, states, accounts; and the document of a claim that somebody else than an order has.

Each piece at a node is in exactly one state; on hand is their sum. A claim at a pool makes the pool's own `sellable`
negative, because no node is known yet. Quantities are balances and never stand in a document.
"""

from functools import lru_cache
from typing import NamedTuple

from ..errors import InvalidValue
from ..ledger import Account, Key
from ..values import LARGEST, Unit, frozen, identifier, whole

__all__ = [
    "CUSTOMER",
    "LOSS",
    "ON_HAND",
    "SUPPLIER",
    "Claim",
    "ClaimLine",
    "GoodsState",
    "claim_key",
    "goods",
    "on_hand_accounts",
    "sellable",
    "sellable_accounts",
]


class GoodsState:
    """States of goods at a node. `held` ends by itself, `reserved` is firm."""

    SELLABLE = "sellable"
    HELD = "held"
    RESERVED = "reserved"
    DAMAGED = "damaged"
    QUARANTINE = "quarantine"


ON_HAND = (GoodsState.SELLABLE, GoodsState.HELD, GoodsState.RESERVED, GoodsState.DAMAGED, GoodsState.QUARANTINE)

SUPPLIER = Account("supplier", "delivered")
CUSTOMER = Account("customer", "delivered")
LOSS = Account("loss", "lost")


def goods(sku: str) -> Unit:
    """Return the unit that counts pieces of a SKU.

    >>> goods("MUG")
    'sku:MUG'
    """
    return Unit(f"sku:{sku}")


@lru_cache(maxsize=16_384)
def sellable(place: str) -> Account:
    """Return the account of what can be sold at a node, or of what a pool has claimed (below zero)."""
    return Account(place, GoodsState.SELLABLE)


@lru_cache(maxsize=4_096)
def sellable_accounts(places: tuple[str, ...]) -> tuple[Account, ...]:
    """Return the sellable accounts of several places."""
    return tuple([sellable(place) for place in places])


@lru_cache(maxsize=16_384)
def on_hand_accounts(node: str) -> tuple[Account, ...]:
    """Return the accounts whose sum is what a node physically has."""
    return tuple([Account(node, state) for state in ON_HAND])


class ClaimLine(NamedTuple):
    """A quantity of a SKU that is claimed on behalf of `ref`: a claim's id or an order's line."""

    ref: str
    sku: str
    quantity: int


@frozen(kw_only=True)
class Claim:
    """Who has claimed which SKUs where, firm (`due_at` None) or until a moment (ms UTC), when it ends by itself."""

    id: str
    revision: int = 1
    place: str
    state: str
    skus: tuple[str, ...]
    due_at: int | None = None

    def __attrs_post_init__(self) -> None:
        identifier(self.id, "claim")
        if self.state not in (GoodsState.HELD, GoodsState.RESERVED):
            raise InvalidValue("state", self.state, "held or reserved")
        if self.due_at is not None:
            whole(self.due_at, "due_at", -LARGEST)
        if not self.skus:
            raise InvalidValue("skus", self.skus, "one or more SKUs")

    @property
    def key(self) -> "Key[Claim]":
        """Return the key."""
        return claim_key(self.id)

    @property
    def ref(self) -> str:
        """Return on whose behalf its goods are held."""
        return f"claim:{self.id}"


def claim_key(claim: str) -> Key[Claim]:
    """Return the key of a claim's document."""
    return Key("inventory.claim", claim)
