"""What goods cost beyond their price, and what they fetch: bills for a receipt, write-downs and what is taken back.

Freight, duty and tax that nobody gives back are cost of the goods that they were paid for (IAS 2, 10 to 15): as far as
these are still there, of their stock; else of what was sold. Stock stands at the lower of cost and what it can be sold
for, by an allowance that is taken back, at most to cost, when that rises (IAS 2, 9 and 28 to 33).
"""

from collections.abc import Mapping
from functools import partial

from ..catalog import Catalog
from ..errors import InvalidValue
from ..ledger import Decision, Entry, Refused, Request, State
from ..valuation import Basis, LandedLine, ValuationPolicy, allowance_change_minor, land
from ..values import identifier, whole
from .documents import Chart, Posting, chart_account, money, valued
from .events import Posted
from .incoming import Bought, bought
from .owners import Step
from .stocks import Books, Side, in_turn, of_books, posted, resting

__all__ = ["charge", "write_down"]


def charge(
    id: str,
    entry: Entry,
    *,
    amounts_minor: Mapping[str, int],
    basis: Basis = Basis.AMOUNT,
    policy: ValuationPolicy | None = None,
) -> Request[Catalog]:
    """Ask to post a bill for goods that an entry brought in, by the accounts that clear it, as `shipping_clearing`.

    Each amount is spread over the lines of the receipt by the basis, and by pieces over what is still there of a line
    and what has left. So is a price that the supplier's invoice corrects, to `payable`; below zero where goods cost
    less. Post the receipt first, by the same policy. Because: `ZERO_BASIS`, where there is nothing to
    spread it by.
    """
    known, amounts = of_books(policy), sorted(amounts_minor.items())
    if basis is Basis.MANUAL:
        raise InvalidValue("basis", basis, "a basis that the receipt has")
    if not amounts or not {*amounts_minor} <= {*Chart}:
        raise InvalidValue("amounts_minor", amounts_minor, "amounts by accounts of the chart")
    for account, amount in amounts:
        whole(abs(amount), f"amounts_minor of {account}", 1)

    def decide(world: State, catalog: Catalog, _now: int) -> Decision:
        books = Books.of(world, catalog, entry, known)
        lines = [line for event in entry.events for line in bought(event)]
        basis_of = [LandedLine(line.quantity * books.cost_minor(line.sku), line.quantity) for line in lines]
        steps: list[Step] = []
        for account, amount in amounts:
            landing = land(amount, basis, basis_of)
            if isinstance(landing, Refused):
                return landing
            side = Side(Chart(account), id)
            steps += [partial(_charged, line, share, side) for line, share in zip(lines, landing.shares, strict=True)]
        stocks = [(line.sku, books.stock(line.sku, line.node)[0]) for line in lines]
        rests_on = [
            (unit, chart_account(Chart.INVENTORY, ref, layer))
            for sku, ref in stocks
            for unit in (money(catalog.currency), valued(sku))
            for layer in ("", books.layer)
        ]
        return resting(world, in_turn(books, steps), rests_on)

    said = (("entry", entry.id), ("amounts_minor", tuple(amounts)), ("basis", basis.value))
    return Request(f"charge/{identifier(id, 'id')}", said, decide)


def _charged(line: Bought, share: int, side: Side, books: Books) -> tuple[Posted, ...]:
    return (books.charged(line.sku, line.node, line.quantity, share, side),)


def write_down(
    id: str, *, sku: str, net_realizable_minor: int, node: str = "", policy: ValuationPolicy | None = None
) -> Request[Catalog]:
    """Ask to set right by what stock of a SKU is written down; a piece fetches so much, less what it takes to sell it.

    Ask again when it fetches something else, and before statements are drawn up: the allowance follows what is there.
    It grows by what stock costs more than it fetches, and shrinks again, at most to nothing; where neither, nothing is
    posted. `node` is the stock's, where each node is valued apart.
    """
    known, fetches = of_books(policy), whole(net_realizable_minor, "net_realizable_minor")

    def decide(world: State, catalog: Catalog, _now: int) -> Decision:
        books = Books(world, catalog, known, "")
        ref, stock, revalued = books.stock(sku, node)
        unit, allowance = money(catalog.currency), chart_account(Chart.INVENTORY_ALLOWANCE, ref)
        change = allowance_change_minor(
            stock.value_minor,
            net_realizable_minor=stock.owned * fetches if stock.owned > 0 else stock.value_minor,
            allowance_minor=-world.balance(unit, (allowance,)),
        )
        event = posted(catalog, [*revalued, Posting(change, Chart.WRITE_DOWN, Chart.INVENTORY_ALLOWANCE, ref, ref)])
        inventory = chart_account(Chart.INVENTORY, ref)
        rests_on = [(unit, inventory), (valued(sku), inventory), (unit, allowance)]
        return resting(world, (event,) if event.postings else (), rests_on)

    said = (("sku", sku), ("node", node), ("net_realizable_minor", fetches))
    return Request(f"write-down/{identifier(id, 'id')}", said, decide)
