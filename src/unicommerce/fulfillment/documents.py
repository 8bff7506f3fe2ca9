"""What fulfillment remembers beside the balances: where a shipment goes from and by when, and what was turned down."""

from enum import StrEnum
from typing import NamedTuple

from ..inventory import capacity_used, node_day
from ..ledger import Account, Key
from ..routing import Promise
from ..values import Position, frozen, identifier, whole

__all__ = [
    "Arrival",
    "Attempts",
    "Clearance",
    "Collection",
    "Detour",
    "Doubt",
    "Notice",
    "Rejection",
    "RejectionReason",
    "Shipment",
    "arrival_key",
    "attempts_key",
    "capacity_used",
    "clearance_key",
    "collection_key",
    "detour_key",
    "doubt_key",
    "node_day",
    "notice_key",
    "shipment_key",
    "transit",
]


@frozen(kw_only=True)
class Shipment:
    """Pieces of an order that leave one node together: handled on a day (ordinal), delivered by a moment (ms UTC).

    `deliver_by` is the promise to the customer. Which pieces they are is a balance of each line, under this id. `names`
    are those that it has by name, as (line, lot, owner), first what it has yet to pick. `collect_at` is the node where
    the customer collects it ("": it is delivered), and `deliver_by` then the moment from which on. `destination` is
    that of the order when it was allocated (None: that was not kept yet).

    `lines` are those that it was given first, and `instead_of` the shipment that had promised them before. The promise
    keeps its moments (ms UTC), what it was expected to cost us, and how often of a hundred times it holds (0: it was
    made when that was not kept yet).
    """

    id: str
    revision: int = 1
    order: str
    node: str
    day: int
    deliver_by: int
    names: tuple[tuple[str, str, str], ...] = ()
    lines: tuple[str, ...] = ()
    instead_of: str = ""
    ready_at: int = 0
    leaves_at: int = 0
    earliest: int = 0
    percent: int = 0
    cost_minor: int = 0
    collect_at: str = ""
    destination: Position | None = None

    def __attrs_post_init__(self) -> None:
        identifier(self.id, "shipment")

    @property
    def promise(self) -> Promise | None:
        """Return the promise as it was made; None where its moments were not kept."""
        if not self.percent:
            return None
        moments = (self.ready_at, self.leaves_at, self.earliest, self.deliver_by)
        return Promise(self.node, self.day, *moments, self.percent)

    @property
    def key(self) -> "Key[Shipment]":
        """Return the key."""
        return shipment_key(self.id)

    @property
    def due_at(self) -> None:
        """Ask for nothing."""
        return


def shipment_key(shipment: str) -> Key[Shipment]:
    """Return the key of a shipment's document."""
    return Key("fulfillment.shipment", shipment)


class RejectionReason(StrEnum):
    """Why a node gives pieces back; it decides where the goods go: back on the shelf, looked for, set apart."""

    BUSY = "busy"
    NOT_FOUND = "not_found"
    DAMAGED = "damaged"


class Rejection(NamedTuple):
    """A node gave back pieces of a shipment: of a SKU ("": it had no time for it at all), why, when (ms UTC)."""

    shipment: str
    node: str
    sku: str
    reason: RejectionReason
    at: int


@frozen(kw_only=True)
class Attempts:
    """How many shipments an order has had, and what nodes turned down of it; policy says for how long that counts.

    `turned_down` are nodes of which older journals say no more than that: they are not asked again. `settled`: of so
    many rejected shipments the pieces were given up, or wait for other goods; they no longer count as attempts.
    """

    order: str
    revision: int = 1
    shipments: int = 0
    turned_down: tuple[str, ...] = ()
    rejections: tuple[Rejection, ...] = ()
    settled: int = 0

    @property
    def rejected(self) -> int:
        """Return how many shipments nodes turned down, in whole or in part, since that was settled last."""
        return len(self.turned_down) + len({each.shipment for each in self.rejections}) - self.settled

    @property
    def key(self) -> "Key[Attempts]":
        """Return the key."""
        return attempts_key(self.order)

    @property
    def due_at(self) -> None:
        """Ask for nothing."""
        return


def attempts_key(order: str) -> Key[Attempts]:
    """Return the key of an order's attempts."""
    return Key("fulfillment.attempts", order)


@frozen(kw_only=True)
class Collection:
    """Where pieces of a shipment wait for the customer: the node, the `spot` there (a bin, a shelf), and until when.

    `collect_by` (ms UTC) is when they may be put back; None: nothing waits any more.
    """

    shipment: str
    revision: int = 1
    node: str
    spot: str = ""
    collect_by: int | None

    def __attrs_post_init__(self) -> None:
        identifier(self.shipment, "shipment")
        if self.collect_by is not None:
            whole(self.collect_by, "collect_by", -(2**53))

    @property
    def key(self) -> "Key[Collection]":
        """Return the key."""
        return collection_key(self.shipment)

    @property
    def due_at(self) -> int | None:
        """Ask to be looked at when the pieces should have been collected."""
        return self.collect_by


def collection_key(shipment: str) -> Key[Collection]:
    """Return the key of where a shipment waits to be collected."""
    return Key("fulfillment.collection", shipment)


@frozen(kw_only=True)
class Notice:
    """How (as "email", "sms") and when (ms UTC) a customer was told that a shipment waits, and with which `code`.

    The code is compared, never read: a host that does not want it readable passes a digest of it, both times.
    """

    shipment: str
    revision: int = 1
    how: str
    at: int
    code: str = ""

    def __attrs_post_init__(self) -> None:
        identifier(self.shipment, "shipment")
        identifier(self.how, "how")
        whole(self.at, "at", -(2**53))

    @property
    def key(self) -> "Key[Notice]":
        """Return the key."""
        return notice_key(self.shipment)

    @property
    def due_at(self) -> None:
        """Ask for nothing."""
        return


def notice_key(shipment: str) -> Key[Notice]:
    """Return the key of the last notice of a shipment."""
    return Key("fulfillment.notice", shipment)


@frozen(kw_only=True)
class Doubt:
    """Pieces of a SKU were not found at a node, or were broken: what the book says of it there may be wrong.

    `heard` says when that was last heard of (ms UTC), by reason. A count since then ends the doubt.
    """

    node: str
    sku: str
    revision: int = 1
    heard: tuple[tuple[RejectionReason, int], ...]

    @property
    def key(self) -> "Key[Doubt]":
        """Return the key."""
        return doubt_key(self.node, self.sku)

    @property
    def due_at(self) -> None:
        """Ask for nothing."""
        return


def doubt_key(node: str, sku: str) -> Key[Doubt]:
    """Return the key of the doubt about a SKU at a node; no node has a colon in its name."""
    return Key("fulfillment.doubt", f"{node}:{sku}")


@frozen(kw_only=True)
class Detour:
    """What is wanted and said of a parcel under way that is not to arrive, or can not.

    `asked_by` is who wants it stopped (a word as "customer"; "": nobody), `comes_back` what the carrier says: yes, no,
    or nothing yet (None); `reason` as whoever spoke last gave it.
    """

    shipment: str
    revision: int = 1
    asked_by: str = ""
    comes_back: bool | None = None
    reason: str = ""

    def __attrs_post_init__(self) -> None:
        identifier(self.shipment, "shipment")

    @property
    def key(self) -> "Key[Detour]":
        """Return the key."""
        return detour_key(self.shipment)

    @property
    def due_at(self) -> None:
        """Ask for nothing."""
        return


@frozen(kw_only=True)
class Arrival:
    """A parcel reached the node where it is collected (`at`, ms UTC); its pieces wait there once they are ready."""

    shipment: str
    revision: int = 1
    node: str
    at: int

    def __attrs_post_init__(self) -> None:
        identifier(self.shipment, "shipment")

    @property
    def key(self) -> "Key[Arrival]":
        """Return the key."""
        return arrival_key(self.shipment)

    @property
    def due_at(self) -> None:
        """Ask for nothing: the promise says by when it is ready."""
        return


def arrival_key(shipment: str) -> Key[Arrival]:
    """Return the key of when a parcel reached the node where it is collected."""
    return Key("fulfillment.arrival", shipment)


def detour_key(shipment: str) -> Key[Detour]:
    """Return the key of what is wanted and said of a parcel that is not to arrive."""
    return Key("fulfillment.detour", shipment)


@frozen(kw_only=True)
class Clearance:
    """A `paper` (as "invoice") of a shipment is there, under the number that finance or the ERP (`by`) gave it.

    It stands in for the invoice itself: what it says of tax and prices is theirs.
    """

    shipment: str
    revision: int = 1
    paper: str
    number: str
    by: str = ""

    def __attrs_post_init__(self) -> None:
        for field in ("shipment", "paper", "number"):
            identifier(getattr(self, field), field)

    @property
    def key(self) -> "Key[Clearance]":
        """Return the key."""
        return clearance_key(self.shipment, self.paper)

    @property
    def due_at(self) -> None:
        """Ask for nothing."""
        return


def clearance_key(shipment: str, paper: str) -> Key[Clearance]:
    """Return the key of a paper of a shipment."""
    return Key("fulfillment.clearance", f"{shipment}:{paper}")


def transit(shipment: str) -> Account:
    """Return the account of goods under way."""
    return Account(f"transit:{shipment}", "moving")
