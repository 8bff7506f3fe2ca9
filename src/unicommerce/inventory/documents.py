"""The vocabulary of goods: units, states, accounts; and the document of a claim that somebody else than an order has.

Each piece at a node is in exactly one state; on hand is their sum. A claim at a pool makes the pool's own `sellable`
negative, because no node is known yet. Quantities are balances and never stand in a document.
"""

from functools import lru_cache
from typing import NamedTuple

from ..catalog import day_text
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
    "Life",
    "capacity_used",
    "claim_key",
    "goods",
    "is_untold",
    "life_key",
    "node_day",
    "on_hand_accounts",
    "production",
    "quota",
    "quota_claimed",
    "quota_open",
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


CLAIMED = (GoodsState.HELD, GoodsState.RESERVED)
ON_HAND = (GoodsState.SELLABLE, GoodsState.HELD, GoodsState.RESERVED, GoodsState.DAMAGED, GoodsState.QUARANTINE)

SUPPLIER = Account("supplier", "delivered")
CUSTOMER = Account("customer", "delivered")
LOSS = Account("loss", "lost")


def production(node: str) -> Account:
    """Return the account of what a node has made (below zero) and what it used for that.

    >>> production("dc").place
    'production:dc'
    """
    return Account(f"production:{node}", "made")


def node_day(node: str, day: int) -> Unit:
    """Return the unit that counts pieces a node handles on a day.

    >>> node_day("dc", 739943)
    'capacity:dc/2026-11-23'
    """
    return Unit(f"capacity:{node}/{day_text(day)}")


def capacity_used(node: str) -> Account:
    """Return the account of pieces that a node has been given to handle, by day."""
    return Account(node, "used")


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


def quota(channel: str, sku: str) -> Unit:
    """Return the unit that counts what a channel has claimed of a SKU, where it has a quota for it.

    >>> quota("web", "MUG")
    'quota:web/MUG'
    """
    return Unit(f"quota:{channel}/{sku}")


@lru_cache(maxsize=4_096)
def quota_open(channel: str) -> Account:
    """Return the account that claims of a channel draw their quota from: it holds less than zero by what they took."""
    return Account(f"channel:{channel}", "open")


def quota_claimed(channel: str, ref: str = "") -> Account:
    """Return the account of what a channel has claimed, in all or on behalf of `ref`."""
    return Account(f"channel:{channel}", "claimed", ref)


class ClaimLine(NamedTuple):
    """A quantity of a SKU that is claimed on behalf of `ref`: a claim's id or an order's line. Of any lot, or named."""

    ref: str
    sku: str
    quantity: int
    lot: str = ""
    owner: str = ""

    def at(self, place: str, state: str) -> Account:
        """Return the account of what is claimed."""
        return Account(place, state, self.ref, self.lot, self.owner)


def is_untold(ref: str) -> bool:
    """Tell whether nobody will say of which lots the pieces were that are set aside for `ref`: a till's rights.

    Of what an order's line or a claim has, it is told, or known, when they are taken.
    """
    return not ref.startswith(("claim:", "line:"))


@frozen(kw_only=True)
class Claim:
    """Who has claimed which SKUs where: a hold (`state` held) until a clock ends it, or firm (reserved).

    What is left of it is a balance: pieces held and, where some were confirmed, reserved, under its `ref`. Moments are
    ms UTC: `until` is what the customer is shown, `first_until` what it was before it was prolonged (`extensions`
    times); `due_at` is when it really ends (None: no clock ends it, or not any more), `ended_at` when a clock did end
    it. Of claims on what is expected, a higher `priority` is served first, then what was claimed earlier
    (`claimed_at`). A claim by name says which `lots` it is of, each as (SKU, lot, owner).
    """

    id: str
    revision: int = 1
    place: str
    state: str
    skus: tuple[str, ...]
    due_at: int | None = None
    channel: str = ""
    claimed_at: int | None = None
    priority: int = 0
    until: int | None = None
    first_until: int | None = None
    extensions: int = 0
    ended_at: int | None = None
    lots: tuple[tuple[str, str, str], ...] = ()

    def __attrs_post_init__(self) -> None:
        identifier(self.id, "claim")
        if self.state not in CLAIMED:
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

    def is_over(self, now: int) -> bool:
        """Tell whether its time is over, whether or not anybody has looked."""
        return self.ended_at is not None or (self.due_at is not None and self.due_at <= now)


def claim_key(claim: str) -> Key[Claim]:
    """Return the key of a claim's document."""
    return Key("inventory.claim", claim)


@frozen(kw_only=True)
class Life:
    """Until which day (ordinal) lots must last that are set aside at a node for `ref`, as it was promised there."""

    node: str
    ref: str
    revision: int = 1
    until: int

    @property
    def key(self) -> "Key[Life]":
        """Return the key."""
        return life_key(self.node, self.ref)

    @property
    def due_at(self) -> None:
        """Ask for nothing."""
        return


def life_key(node: str, ref: str) -> Key[Life]:
    """Return the key of how long the lots must last that a claim or an order's line has at a node."""
    return Key("inventory.life", f"{node}/{ref}")
