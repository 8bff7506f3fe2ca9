"""Stocks of the money book: what finance has valued of a SKU, drawn on and added to by the method of the policy.

A stock is a sub-ledger of the inventory account: a SKU, of the company or of one node. A layer is a part of it, an
account of its own in both units, money and pieces; so the value of a stock is the sum of its layers because balances
are. Its name begins with the moment at which its pieces were acquired. Pieces that left before they came are owed, in
a layer below zero, at the last cost, or where there is none at what the catalog says; those that come set that right.
An average has one nameless layer.
"""

from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import NamedTuple

from ..catalog import Catalog
from ..errors import InvalidValue
from ..ledger import Accepted, Account, Between, Entry, State, Supposed
from ..valuation import POOLED, Layer, Method, Scope, Stock, ValuationPolicy, arrive, charged, draw
from ..values import Unit, half_up
from .documents import Chart, Posting, SalesBasis, chart_account, money, valued
from .events import Posted, ValuedMove

__all__ = ["Books", "Side", "in_turn", "of_books", "posted", "read_layers", "resting"]

OWED = "owed"
"""The layer of pieces that left before they came."""


class Side(NamedTuple):
    """The other side of a change of stock: an account of the chart, and its sub-ledger."""

    account: Chart
    ref: str = ""

    @property
    def counted(self) -> tuple[str, str]:
        """Return where finance counts pieces there: only those that were sold, or that others own, are told apart."""
        told_apart = self.account in (Chart.COST_OF_GOODS_SOLD, Chart.CONSIGNED)
        return str(self.account), self.ref if told_apart else ""


_Change = tuple[list[Posting], list[ValuedMove]]
_Adding = Callable[[Stock, Layer, Method], Stock]


class Books(NamedTuple):
    """What a posting is decided on: the state, master data, the policy, and the layer of what comes in with it."""

    world: State
    catalog: Catalog
    policy: ValuationPolicy
    layer: str
    sales: SalesBasis = SalesBasis.GOODS

    @classmethod
    def of(
        cls, world: State, catalog: Catalog, entry: Entry, policy: ValuationPolicy, sales: SalesBasis = SalesBasis.GOODS
    ) -> "Books":
        """Return the books for an entry of the journal."""
        layer = "" if policy.method in POOLED else f"{entry.occurred_at:015}/{entry.id}"
        return cls(world, catalog, policy, layer, sales)

    def cost_minor(self, sku: str) -> int:
        """Return what a piece costs by the catalog; 0 where it does not say."""
        product = self.catalog.product(sku)
        return product.cost_minor if product else 0

    def came(self, sku: str, node: str, quantity: int, value_minor: int, side: Side) -> Posted:
        """Bring pieces in from a side that is owed what they are worth, or that they left before."""
        return self._added(arrive, sku, node, Layer(quantity, value_minor, self.layer), side)

    def charged(self, sku: str, node: str, quantity: int, value_minor: int, side: Side) -> Posted:
        """Add a charge on pieces that came in with the entry to those that are still there."""
        return self._added(charged, sku, node, Layer(quantity, value_minor, self.layer), side)

    def _added(self, add: _Adding, sku: str, node: str, more: Layer, side: Side) -> Posted:
        """Add to a stock, and expense what was paid for and is in no stock."""
        ref, before, revalued = self.stock(sku, node)
        after = add(before, more, self.policy.method)
        postings, pieces = self._changed(sku, ref, before, after, side)
        account = Chart.PRICE_VARIANCE if self.policy.method is Method.STANDARD else Chart.COST_OF_GOODS_SOLD
        variance = more.value_minor - after.value_minor + before.value_minor
        postings = [*revalued, *postings, Posting(variance, account, side.account, ref, side.ref)]
        return posted(self.catalog, postings, pieces)

    def left(self, sku: str, node: str, quantity: int, side: Side) -> Posted:
        """Take pieces out, at what they cost by the method."""
        return self._drawn(sku, node, quantity, side)[0]

    def moved(self, sku: str, source: str, node: str, quantity: int) -> tuple[Posted, ...]:
        """Take pieces to the stock of another node, layers as they are; within one stock nothing changes."""
        if self.policy.scope is Scope.COMPANY:
            return ()
        side = Side(Chart.INVENTORY_IN_TRANSIT, f"{source}/{node}")
        gone, drawn = self._drawn(sku, source, quantity, side)
        steps = [_arriving(sku, node, layer, side) for layer in drawn]
        return in_turn(self, [lambda _books: (gone,), *steps])

    def back_minor(self, sku: str, ref: str, quantity: int) -> int:
        """Return what pieces cost that were sold under a sub-ledger and come back: what they left with."""
        sold = (chart_account(Chart.COST_OF_GOODS_SOLD, ref),)
        value = self.world.balance(money(self.catalog.currency), sold)
        left = self.world.balance(valued(sku), sold)
        return half_up(Fraction(value * quantity, left)) if left >= quantity else quantity * self.cost_minor(sku)

    def stock(self, sku: str, node: str) -> tuple[str, Stock, list[Posting]]:
        """Return a stock as it stands, and what is posted first where another standard cost holds by now."""
        ref = sku if self.policy.scope is Scope.COMPANY else f"{node}/{sku}"
        cost, unit = self.cost_minor(sku), money(self.catalog.currency)
        if self.policy.method not in POOLED:
            return ref, Stock(read_layers(self.world, self.catalog.currency, sku, ref), Fraction(cost)), []
        account = (chart_account(Chart.INVENTORY, ref),)
        stock = _pooled(
            Stock((), Fraction(cost)), self.world.balance(valued(sku), account), self.world.balance(unit, account)
        )
        if self.policy.method is not Method.STANDARD:
            return ref, stock, []
        gap = stock.owned * cost - stock.value_minor
        return ref, _pooled(stock, 0, gap), [Posting(gap, Chart.INVENTORY, Chart.REVALUATION, ref, ref)]

    def _drawn(self, sku: str, node: str, quantity: int, side: Side) -> tuple[Posted, tuple[Layer, ...]]:
        ref, before, revalued = self.stock(sku, node)
        after, drawn = draw(before, quantity, self.policy.method)
        postings, pieces = self._changed(sku, ref, before, after, side)
        return posted(self.catalog, [*revalued, *postings], pieces), drawn

    def _changed(self, sku: str, ref: str, before: Stock, after: Stock, side: Side) -> _Change:
        """Post the difference of two stocks, layer by layer, against a side."""
        changes: dict[str, tuple[int, int]] = {}
        for sign, stock in ((-1, before), (1, after)):
            for layer in stock.layers:
                name = layer.acquired or (OWED if self.layer else "")
                pieces, value = changes.get(name, (0, 0))
                changes[name] = (pieces + sign * layer.quantity, value + sign * layer.value_minor)
        postings = [
            Posting(value, Chart.INVENTORY, side.account, ref, side.ref, name) for name, (_, value) in changes.items()
        ]
        here, there = (str(Chart.INVENTORY), ref), side.counted
        moves = [
            ValuedMove(sku, pieces, *there, *here, "", name)
            if pieces > 0
            else ValuedMove(sku, -pieces, *here, *there, name)
            for name, (pieces, _) in changes.items()
            if pieces
        ]
        return postings, moves


def read_layers(world: State, currency: str, sku: str, ref: str) -> tuple[Layer, ...]:
    """Return the layers of a stock in the order in which they were acquired; what is owed is one below zero."""
    parts = world.parts(valued(sku), chart_account(Chart.INVENTORY))
    own = sorted([(part.lot, held, part) for part, held in parts.items() if part.ref == ref])
    unit = money(currency)
    return tuple([Layer(held, world.balance(unit, (part,)), "" if name == OWED else name) for name, held, part in own])


def _pooled(stock: Stock, quantity: int, value_minor: int) -> Stock:
    pool = Layer(stock.owned + quantity, stock.value_minor + value_minor)
    return Stock((pool,) if any(pool[:2]) else (), stock.last_cost)


def _arriving(sku: str, node: str, layer: Layer, side: Side) -> "Callable[[Books], tuple[Posted, ...]]":
    return lambda books: (
        books._replace(layer=layer.acquired or books.layer).came(sku, node, layer.quantity, layer.value_minor, side),
    )


def posted(
    catalog: Catalog, postings: Iterable[Posting], pieces: Iterable[ValuedMove] = (), currency: str = ""
) -> Posted:
    """Return what is posted in a currency, by default that of stock: amounts of nothing are left out."""
    amounts = [p._replace(debit=str(p.debit), credit=str(p.credit)).upright for p in postings if p.amount_minor]
    return Posted(currency=currency or catalog.currency, postings=tuple(amounts), pieces=tuple(pieces))


def in_turn(books: Books, steps: Iterable[Callable[[Books], tuple[Posted, ...]]]) -> tuple[Posted, ...]:
    """Decide steps, each on the books as the ones before leave them; what they post is one event for each currency."""
    done: list[Posted] = []
    world = Supposed(books.world, ())
    for step in steps:
        decided = step(books._replace(world=world))
        world.suppose(decided)
        done += decided
    currencies = dict.fromkeys([books.catalog.currency, *[each.currency for each in done]])
    merged = [_merged(currency, [each for each in done if each.currency == currency]) for currency in currencies]
    return tuple([each for each in merged if each.postings or each.pieces])


def _merged(currency: str, parts: Iterable[Posted]) -> Posted:
    parts = list(parts)
    postings = tuple([posting for part in parts for posting in part.postings])
    return Posted(currency=currency, postings=postings, pieces=tuple([move for part in parts for move in part.pieces]))


def of_books(policy: ValuationPolicy | None) -> ValuationPolicy:
    """Return a policy by which books can be kept, by default that of a small shop."""
    known = policy or ValuationPolicy()
    if known.method is Method.ROUNDED_AVERAGE:
        raise InvalidValue("method", known.method, "a method that leaks no cents")
    return known


def resting(world: State, events: tuple[Posted, ...], accounts: Iterable[tuple[Unit, Account]]) -> Accepted:
    """Accept postings as long as accounts that they rest on hold what they will by them, and nothing else."""
    after = Supposed(world, events)
    guards = [
        Between(unit, (account,), held, held)
        for unit, account in dict.fromkeys(accounts)
        for held in [after.balance(unit, (account,))]
    ]
    return Accepted(events, (), tuple(guards))
