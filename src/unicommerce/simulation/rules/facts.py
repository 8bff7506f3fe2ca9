"""What must hold of that which is told without asking: counts, tills, inbounds, lots, channels."""

from collections.abc import Iterator

from ...catalog import Channel, Component, Product
from ...fulfillment import Found
from ...inventory import GoodsState, goods
from ...ledger import Account
from ...supply import Inbound, inbound_key
from ...tills import Forfeited, GivenBack, Sold, sold_to
from ...values import DAY_MS
from ..view import INBOUND, Invariant, View

__all__ = ["FACT_RULES"]

ENDS_RIGHTS = (Sold, GivenBack, Forfeited)


def _rights_end_by_the_till(view: View) -> Iterator[str]:
    for quantity, unit, source, _ in view.entry.movements if view.entry else ():
        is_right = source.ref.startswith("till:") and source.state == GoodsState.RESERVED
        if is_right and view.entry and not any(isinstance(event, ENDS_RIGHTS) for event in view.entry.events):
            yield f"{quantity} {unit} of the rights of {source.ref} ended by {view.entry.id}"


def _lost_tills_have_no_rights(view: View) -> Iterator[str]:
    """Look when a till is given up, and once more at the end."""
    tills = view.lost_tills
    if view.snapshot is None:
        tills = {event.till.ref for event in view.entry.events if isinstance(event, Forfeited)} if view.entry else set()
    for (ref, unit), claims in view.claims.items() if tills else ():
        if ref in tills and (left := sum(claims.values())) > 0:
            yield f"{left} {unit} are the right of {ref}, which is lost"


def _counts_are_followed(view: View) -> Iterator[str]:
    for node, unit in sorted(view.counted):
        if (due := view.due(node, unit)) != view.on_hand(node, unit):
            yield f"{view.on_hand(node, unit)} of {unit} are at {node}, by the latest count it should be {due}"


def _sales_count_once(view: View) -> Iterator[str]:
    for sale, pieces in view.sold.items():
        for unit, there in pieces.items():
            if (book := view.balance(unit, sold_to(sale))) != there:
                yield f"a customer has {there} {unit} of sale {sale}, the book says {book}"


def _lots_are_fit(view: View) -> Iterator[str]:
    """A request takes no piece of a lot that may not be sold; a pick, which is told, only where there is no other.

    What is found on its way has been picked long before.
    """
    entry = view.entry if not (view.entry and any(isinstance(event, Found) for event in view.entry.events)) else None
    position = view.position - 1 if view.is_request else min(view.known_at, view.position - 1)
    for _, unit, source, target in entry.movements if entry else ():
        is_taken = source.lot and source.state == GoodsState.SELLABLE and target.state == GoodsState.RESERVED
        if entry is None or not is_taken:
            continue
        node, lot, at = source.place, source.lot, entry.recorded_at
        if not view.may_be_sold(node, unit, lot, at, position) and (view.is_request or view.fit(node, unit, at)):
            yield f"{unit} of lot {lot} was taken at {node}, which may not be sold"


def _looked_at(view: View) -> int:
    """Return when lots were looked at last (ms UTC): at the end of a day by UTC, though nodes ahead know earlier."""
    return view.moment - view.moment % DAY_MS


def _unfit_is_withdrawn(view: View) -> Iterator[str]:
    for unit in view.lots:
        for node in view.network.nodes:
            if pieces := view.unfit(node.id, unit, _looked_at(view)):
                yield f"{pieces} of {unit} that may not be sold are on the shelf of {node.id}"


def _waits_for_something(view: View) -> Iterator[str]:
    for unit, account, change in view.goods() if view.is_request else ():
        inbound = account.lot
        if account.place != INBOUND or account.state != GoodsState.RESERVED or change <= 0:
            continue
        if not isinstance(view.documents.get(inbound_key(inbound)), Inbound):
            yield f"{account.ref} waits for {unit} of {inbound}, which nobody has announced"
        if (free := view.balance(unit, Account(INBOUND, "expected", lot=inbound))) < 0:
            yield f"{account.ref} waits for {unit} of {inbound}, of which others wait for all: {free}"


def _loads_are_accounted_for(view: View) -> Iterator[str]:
    for id, missing in view.loads.items():
        for unit, pieces in missing.items():
            accounts = [Account(INBOUND, state, lot=id) for state in ("expected", "reserved", "missing")]
            left = [view.balance(unit, account) for account in accounts]
            if left != [0, 0, pieces]:
                yield f"{pieces} {unit} of {id} never came; expected, awaited and missing are {left}"


def _copies_are_true(view: View) -> Iterator[str]:
    """Look when nothing is claimed any more: then what is on the shelves of its nodes may be sold.

    That a lot has expired at a node is no event until it is looked at: a copy may say either.
    """
    fed = {channel for channel, _ in view.listed}
    for channel in [each for each in view.scene.catalog.channels if each.id in fed]:
        for product in view.scene.catalog.products:
            true = [_may_be_sold(view, channel, product, moment) for moment in (_looked_at(view), view.moment)]
            version, copy = view.listed.get((channel.id, product.sku), (0, 0))
            if copy not in true:
                yield f"{channel.id} may sell {true[0]} {product.sku}, its copy of version {version} says {copy}"


def _may_be_sold(view: View, channel: Channel, product: Product, moment: int) -> int:
    nodes = view.network.pool_by_id[channel.pool].nodes
    kit = product.components or (Component(product.sku, 1),)
    there = [[_on_shelf(view, node, sku, moment) // each for sku, each in kit] for node in nodes]
    return max(sum([max(min(parts), 0) for parts in there]) if product.components else sum([n for (n,) in there]), 0)


def _on_shelf(view: View, node: str, sku: str, moment: int) -> int:
    unit = goods(sku)
    return view.balance(unit, Account(node, GoodsState.SELLABLE)) - view.unfit(node, unit, moment)


FACT_RULES: tuple[Invariant, ...] = (
    Invariant("T1 rights end by the till alone", "step", _rights_end_by_the_till),
    Invariant("T2 each sale of a till counts once", "end", _sales_count_once),
    Invariant("T3 nobody's rights remain at a lost till", "step", _lost_tills_have_no_rights),
    Invariant("T3 nobody's rights remain at a lost till", "end", _lost_tills_have_no_rights),
    Invariant("U7 the latest count and what moved since is the book", "end", _counts_are_followed),
    Invariant("S1 who begins to wait does so for what is announced and nobody's", "step", _waits_for_something),
    Invariant("S2 what was announced came, was lost, or is missing", "end", _loads_are_accounted_for),
    Invariant("L1 no piece of a lot that may not be sold is claimed or picked", "step", _lots_are_fit),
    Invariant("L2 what may not be sold is off the shelf", "end", _unfit_is_withdrawn),
    Invariant("C1 a channel's copy is what it may sell", "end", _copies_are_true),
)
"""Of facts."""
