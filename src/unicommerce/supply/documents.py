"""Expected supply: what is announced to come to a node and is not there yet, and who waits for it.

Expected goods stand at the place `inbound`; the inbound they come with is their lot, so that the inbounds which still
bring a SKU are the parts of one account. None of it is on hand. Quantities are balances: announced is what came out of
the origin, received what went on to a node, and the rest is still expected, awaited, lost or missing.
"""

from typing import NamedTuple

from ..catalog import place_name
from ..errors import InvalidValue
from ..inventory import LOSS, SUPPLIER, Claim, GoodsState, sellable
from ..ledger import Account, Key, State
from ..values import LARGEST, frozen, identifier, positive, whole

__all__ = [
    "EXPECTED",
    "Filled",
    "Inbound",
    "Promise",
    "Sent",
    "Wait",
    "Waiting",
    "awaited",
    "coming",
    "inbound_key",
    "inbound_of",
    "kept_at",
    "lost_on_the_way",
    "missing",
    "origin",
    "promise_key",
    "sent",
    "spot",
    "waiting_key",
    "waits_at",
]

PLACE = "inbound"
EXPECTED = Account(PLACE, "expected")
"""What is expected and free, of all inbounds together; its parts are the inbounds, as lots."""


KEPT = "node:"


def kept_at(node: str, inbound: str = "") -> str:
    """Return how a line waits, at the node that keeps its kit together, for an inbound, or for nothing more ("").

    >>> kept_at("dc", "po-1")
    'node:dc:po-1'
    """
    return f"{KEPT}{node}:{inbound}"


def spot(wait: str) -> tuple[str, str]:
    """Return the node that keeps a kit together ("" where none does) and the inbound ("" for what is there already).

    >>> spot("node:dc:po-1"), spot("po-1")
    (('dc', 'po-1'), ('', 'po-1'))
    """
    if not wait.startswith(KEPT):
        return "", wait
    node, _, inbound = wait.removeprefix(KEPT).partition(":")
    return node, inbound


def waits_at(place: str, inbound: str = "") -> str:
    """Return how a line whose goods go to a place waits for an inbound: what goes to a node is kept there for a kit."""
    return inbound if ":" in place else kept_at(place, inbound)


def coming(inbound: str) -> Account:
    """Return the account of what is expected with an inbound and nobody's; below zero where facts ran ahead.

    Of a kit's node, of what can be sold there.
    """
    node, own = spot(inbound)
    return sellable(node) if node and not own else EXPECTED._replace(lot=own)


def awaited(inbound: str, ref: str = "") -> Account:
    """Return the account of what is expected with an inbound and claimed, in all or on behalf of `ref`.

    Of a kit's node, of what is set aside there.
    """
    node, own = spot(inbound)
    return (
        Account(node, GoodsState.RESERVED, ref) if node and not own else Account(PLACE, GoodsState.RESERVED, ref, own)
    )


def missing(inbound: str) -> Account:
    """Return the account of what was announced with an inbound that was closed short, and did not come."""
    return Account(PLACE, "missing", "", inbound)


def lost_on_the_way(inbound: str) -> Account:
    """Return the account of what was lost of an inbound."""
    return LOSS._replace(lot=inbound)


def origin(source: str, inbound: str) -> Account:
    """Return the account that an inbound comes out of, the supplier's or a node's: below zero by what was announced."""
    return Account(source, "sent", "", inbound) if source else SUPPLIER._replace(lot=inbound)


class Sent(NamedTuple):
    """So many pieces of a lot or an owner were sent by a node, or came back to its shelf (below zero)."""

    source: str
    sku: str
    quantity: int
    lot: str = ""
    owner: str = ""


def sent(source: str, inbound: str, lot: str = "", owner: str = "") -> Account:
    """Return the account of what a node sent with an inbound and told the lot of; it holds it until it has landed."""
    return Account(source, "sent_by_lot", f"inbound:{inbound}", lot, owner)


@frozen(kw_only=True)
class Inbound:
    """What its sender announced at a `version`: the SKUs so far, the node it goes to, and when (ms UTC).

    `source` is the node that it comes from (a transfer), "" a supplier. `is_closed`: no more comes of it. Its revision
    is twice the version, and one more once somebody has looked at it after its moment (`is_checked`).
    """

    id: str
    version: int
    node: str
    expected_at: int
    skus: tuple[str, ...]
    source: str = ""
    is_closed: bool = False
    is_checked: bool = False

    def __attrs_post_init__(self) -> None:
        if identifier(self.id, "inbound").startswith(KEPT):
            raise InvalidValue("inbound", self.id, f"an identifier that does not begin with {KEPT}")
        positive(self.version, "version")
        place_name(self.node, "node")
        whole(self.expected_at, "expected_at", -LARGEST)
        if self.source and place_name(self.source, "source") == self.node:
            raise InvalidValue("source", self.source, f"another node than {self.node}")

    @property
    def key(self) -> "Key[Inbound]":
        """Return the key."""
        return inbound_key(self.id)

    @property
    def revision(self) -> int:
        """Return the revision."""
        return 2 * self.version + self.is_checked

    @property
    def due_at(self) -> int | None:
        """Ask to be looked at when it should be there."""
        return None if self.is_closed or self.is_checked else self.expected_at


def inbound_key(inbound: str) -> Key[Inbound]:
    """Return the key of an inbound's document."""
    return Key("supply.inbound", inbound)


def inbound_of(world: State, wait: str) -> Inbound | None:
    """Return the inbound that is waited for; None where it is not announced, or the pieces are there already."""
    _, inbound = spot(wait)
    return world.document(inbound_key(inbound)) if inbound else None


class Wait(NamedTuple):
    """So many pieces of a SKU are waited for, on behalf of `ref` (a claim or an order's line), with an inbound.

    Of a kit that is kept together, `inbound` names its node too (`kept_at`).
    """

    ref: str
    sku: str
    quantity: int
    inbound: str


class Filled(NamedTuple):
    """So many pieces came for `ref`, and are set aside for it at a place: held or reserved."""

    ref: str
    sku: str
    quantity: int
    place: str
    state: str


@frozen(kw_only=True)
class Waiting:
    """A claim on what an inbound brings: which SKUs, the node or pool where it stands once they are there, since when.

    Firm (`state` reserved), or held until `due_at` (ms UTC). A higher `priority` is served first, then the older one.
    """

    id: str
    revision: int = 1
    inbound: str
    place: str
    state: str
    skus: tuple[str, ...]
    claimed_at: int
    priority: int = 0
    due_at: int | None = None

    def __attrs_post_init__(self) -> None:
        identifier(self.id, "claim")
        whole(self.priority, "priority", -LARGEST)
        if self.due_at is not None:
            whole(self.due_at, "due_at", -LARGEST)

    @property
    def key(self) -> "Key[Waiting]":
        """Return the key."""
        return waiting_key(self.id)

    @property
    def ref(self) -> str:
        """Return on whose behalf its goods are claimed: the same before and after they came."""
        return f"claim:{self.id}"

    @property
    def claim(self) -> Claim:
        """Return what it is once it has goods: a claim like all others."""
        return Claim(
            id=self.id,
            place=self.place,
            state=self.state,
            skus=self.skus,
            due_at=self.due_at,
            claimed_at=self.claimed_at,
            priority=self.priority,
        )


def waiting_key(claim: str) -> Key[Waiting]:
    """Return the key of a claim on what is expected."""
    return Key("supply.waiting", claim)


@frozen(kw_only=True)
class Promise:
    """The date (ms UTC) that a customer was given for what an order waits for; None: none can be given any more."""

    order: str
    revision: int = 1
    promised_at: int | None

    @property
    def key(self) -> "Key[Promise]":
        """Return the key."""
        return promise_key(self.order)

    @property
    def due_at(self) -> None:
        """Ask for nothing: the inbounds do."""
        return


def promise_key(order: str) -> Key[Promise]:
    """Return the key of an order's promise."""
    return Key("supply.promise", order)
