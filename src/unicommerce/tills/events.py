"""What can happen at a till: it opens, has rights and gives them back, sells, voids, takes back, is lost and found."""

from typing import ClassVar

from ..catalog import place_name
from ..errors import InvalidValue
from ..inventory import CUSTOMER, GoodsState, goods
from ..ledger import Account, Document, Movement
from ..pricing import Amount
from ..values import frozen, identifier, positive
from .documents import Sale, SaleLine, Till, sold_to, stands

__all__ = [
    "BACK",
    "BroughtBack",
    "Entitled",
    "Forfeited",
    "GivenBack",
    "Lines",
    "Opened",
    "Recovered",
    "Sold",
    "Voided",
]

BACK = (GoodsState.SELLABLE, GoodsState.DAMAGED, GoodsState.QUARANTINE)
"""What may become of a piece that a customer brings back to a till."""

Lines = tuple[tuple[str, int], ...]
"""Pieces by SKU."""


def _check_lines(lines: Lines) -> None:
    for sku, quantity in lines:
        identifier(sku, "sku")
        positive(quantity, f"quantity of {sku}")


def _moved(till: Till, lines: Lines, source: str, target: str) -> tuple[Movement, ...]:
    start, end = (stands(till.node, till.id, state) for state in (source, target))
    return tuple([Movement(quantity, goods(sku), start, end) for sku, quantity in lines])


@frozen(kw_only=True)
class Opened:
    """A till stands at a node."""

    kind: ClassVar[str] = "tills.opened"
    till: Till

    def movements(self) -> tuple[Movement, ...]:
        """Move nothing."""
        return ()

    def documents(self) -> tuple[Document, ...]:
        """Set down the till."""
        return (self.till,)


@frozen(kw_only=True)
class Entitled:
    """A till may sell pieces while it is offline; the goods are set aside for it by `Claimed` in the same entry."""

    kind: ClassVar[str] = "tills.entitled"
    till: Till

    def movements(self) -> tuple[Movement, ...]:
        """Move nothing."""
        return ()

    def documents(self) -> tuple[Document, ...]:
        """Replace the till by one that knows what it has rights to."""
        return (self.till,)


@frozen(kw_only=True)
class Sold:
    """A till sold pieces, online or days ago.

    Moves: reserved for the till, set aside from it, or sellable -> customer, under the sale.
    """

    kind: ClassVar[str] = "tills.sold"
    sale: Sale
    till: Till | None = None

    def movements(self) -> tuple[Movement, ...]:
        """Hand them over."""
        node, till, customer = self.sale.node, self.sale.till, sold_to(self.sale.id)
        return tuple(
            [Movement(q, goods(sku), stands(node, till, state), customer) for sku, q, state in self.sale.lines]
        )

    def documents(self) -> tuple[Document, ...]:
        """Set down the sale; the till is another one than before."""
        return (self.sale, self.till) if self.till else (self.sale,)


@frozen(kw_only=True)
class Voided:
    """A sale, or some of it, was undone at the till: the inverse of `Sold`, the last pieces first.

    Moves: customer, under the sale -> where each piece was taken from, so that rights are rights again. `takings` went
    back, where its paper says so.
    """

    kind: ClassVar[str] = "tills.voided"
    void: str
    sale: str
    till: str
    node: str
    lines: tuple[SaleLine, ...]
    currency: str = ""
    takings: Amount = Amount()

    def __attrs_post_init__(self) -> None:
        identifier(self.void, "void")
        Sale(id=self.sale, till=self.till, node=self.node, lines=self.lines)  # which checks the rest

    def movements(self) -> tuple[Movement, ...]:
        """Take them back."""
        customer = sold_to(self.sale)
        return tuple(
            [Movement(q, goods(sku), customer, stands(self.node, self.till, state)) for sku, q, state in self.lines]
        )

    def documents(self) -> tuple[Document, ...]:
        """Replace nothing."""
        return ()


@frozen(kw_only=True)
class BroughtBack:
    """A customer brought pieces back to a node; of which sale, where that is known.

    Moves: customer, under the sale -> sellable, damaged or quarantine at the node. No right comes back: that is the
    till's to sell, and nobody has looked yet. `takings` went back, where its paper says so.
    """

    kind: ClassVar[str] = "tills.brought_back"
    id: str
    sale: str
    node: str
    state: str
    lines: Lines
    currency: str = ""
    takings: Amount = Amount()

    def __attrs_post_init__(self) -> None:
        identifier(self.id, "id")
        place_name(self.node, "node")
        if self.state not in BACK:
            raise InvalidValue("state", self.state, f"one of {', '.join(BACK)}")
        _check_lines(self.lines)

    def movements(self) -> tuple[Movement, ...]:
        """Take them in."""
        customer = sold_to(self.sale) if self.sale else CUSTOMER
        here = Account(self.node, self.state)
        return tuple([Movement(quantity, goods(sku), customer, here) for sku, quantity in self.lines])

    def documents(self) -> tuple[Document, ...]:
        """Replace nothing."""
        return ()


@frozen(kw_only=True)
class GivenBack:
    """A till gives rights back that it has not used.

    Moves: reserved for the till -> sellable.
    """

    kind: ClassVar[str] = "tills.given_back"
    id: str
    till: Till
    lines: Lines

    def __attrs_post_init__(self) -> None:
        identifier(self.id, "id")
        _check_lines(self.lines)

    def movements(self) -> tuple[Movement, ...]:
        """Set the pieces free."""
        return _moved(self.till, self.lines, GoodsState.RESERVED, GoodsState.SELLABLE)

    def documents(self) -> tuple[Document, ...]:
        """The till is another one than before."""
        return (self.till,)


@frozen(kw_only=True)
class Forfeited:
    """A till was given up for lost, and its rights with it: what it has sold since nobody knows.

    Moves: reserved for the till -> quarantine, under the till: to be counted, and sold from if it turns up after all.
    """

    kind: ClassVar[str] = "tills.forfeited"
    id: str
    till: Till
    lines: Lines

    def __attrs_post_init__(self) -> None:
        identifier(self.id, "id")
        _check_lines(self.lines)

    def movements(self) -> tuple[Movement, ...]:
        """Set the pieces aside."""
        return _moved(self.till, self.lines, GoodsState.RESERVED, GoodsState.QUARANTINE)

    def documents(self) -> tuple[Document, ...]:
        """The till is another one than before."""
        return (self.till,)


@frozen(kw_only=True)
class Recovered:
    """A till that was given up for lost is found: the inverse of `Forfeited`, of what is still set aside.

    Moves: quarantine, under the till -> reserved for it, so that rights are rights again.
    """

    kind: ClassVar[str] = "tills.recovered"
    id: str
    till: Till
    lines: Lines

    def __attrs_post_init__(self) -> None:
        identifier(self.id, "id")
        _check_lines(self.lines)

    def movements(self) -> tuple[Movement, ...]:
        """Give the pieces back to it."""
        return _moved(self.till, self.lines, GoodsState.QUARANTINE, GoodsState.RESERVED)

    def documents(self) -> tuple[Document, ...]:
        """The till is no longer lost."""
        return (self.till,)
