"""What follows from the verdicts of the returns desk: what is matched is authorized, and a node expects what can come.

Who wants something else for it gets that at once, as an order of its own.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from unicommerce import Commerce, NodeKind, Order, OrderLine, Position, Refused, explain
from unicommerce.fulfillment import shipment_key
from unicommerce.ledger import State
from unicommerce.orders import LineState, line_account, order_key
from unicommerce.returns import Authorized, Rma, WayBack, authorize, swap
from unicommerce.values import distance_m

from .master import POLICY, RETURNS
from .reading import pence
from .wire import Message, number, stamp, text
from .wms import Warehouse
from .writing import Coming, expect_return

MATCHED, BLIND, IMPOSSIBLE = "matched", "blind", "impossible"
EXPLAINED: Mapping[str, str] = {
    MATCHED: "the customer has them from a line of an order here; the earliest gives back first",
    BLIND: "no order here is the customer's for this code: it was bought before the data begins, and is taken in",
    IMPOSSIBLE: "nobody can bring back what was never handed over: it is not expected, and each has its reason",
}
"""What each verdict says."""

WITH_CUSTOMER = (LineState.DELIVERED, LineState.COLLECTED)


class Verdict(NamedTuple):
    """What becomes of some pieces, and why: matched to a line of an order, blind, or impossible."""

    verdict: str
    sku: str
    quantity: int
    because: str
    order: str = ""
    line: str = ""


class WaysBack:
    """Authorizes, tells nodes what to expect, and places what is wanted instead."""

    def __init__(self, shop: Commerce, warehouse: Warehouse) -> None:
        self._shop = shop
        self._warehouse = warehouse

    def expect(self, id: str, message: Message, verdicts: Iterable[Verdict], now: int) -> list[Verdict]:
        """Expect what can come, one return for each order; for the first of them goes out what is wanted instead."""
        done: list[Verdict] = []
        for n, own in enumerate(_by_order(verdicts)):
            was_matched = any(each.verdict == MATCHED for each in done)
            settled = self._one(f"{id}-{n}", message, own, now)
            if "instead" in message and settled[0].verdict == MATCHED and not was_matched:
                self._exchange(f"{id}-{n}", message, settled, now)
            done += settled
        return done

    def _one(self, id: str, message: Message, own: Sequence[Verdict], now: int) -> Sequence[Verdict]:
        """Authorize what is matched, and tell a node what will come; return the verdicts as they stand then."""
        verdict, _, _, _, order, _ = own[0]
        if verdict == IMPOSSIBLE:
            return own
        if verdict == BLIND:
            coming = Coming("", {}, {sku: quantity for _, sku, quantity, *_ in own})
            self._warehouse.accept(expect_return(id, coming, node=self._near(message), sent_at=now))
            return own
        document = self._order(order)
        pieces = {line: quantity for _, _, quantity, _, _, line in own}
        rma = self._authorized(id, document, pieces, message, now)
        if isinstance(rma, str):
            return [Verdict(IMPOSSIBLE, each.sku, each.quantity, rma) for each in own]
        node = rma.node or self._near(message)
        if rma.way_back is WayBack.DROP_OFF:
            node = self._near(message, self._shop.see(_sold_at(document, pieces)))
        coming = Coming(order, {each.line: (each.sku, each.quantity) for each in own}, {}, rma.id)
        self._warehouse.accept(expect_return(id, coming, node=node, sent_at=now))
        return own

    def _authorized(self, id: str, order: Order, pieces: Mapping[str, int], message: Message, now: int) -> Rma | str:
        """Return what may come back; or why not. Its days count from the order, which is before any delivery."""
        asked = authorize(
            id,
            order=order.id,
            lines=pieces,
            delivered_on=stamp(order.placed_at)[:10],
            way_back=WayBack.DROP_OFF if "way_back" in message else WayBack.LABEL,
            policy=RETURNS,
        )
        answer = self._shop.ask(asked, now=now, source="desk")
        if isinstance(answer, Refused):
            return "; ".join(explain(reason) for reason in answer.because)
        return next(event.rma for event in answer.events if isinstance(event, Authorized))

    def _exchange(self, rma: str, message: Message, own: Sequence[Verdict], now: int) -> None:
        """Place an order for what the customer wants instead; a refusal leaves the return as it is."""
        wanted, order = message["instead"], self._order(own[0].order)
        assert isinstance(wanted, dict)
        line = OrderLine(id="1", sku=text(wanted, "sku"), price_minor=pence(text(wanted, "price")))
        new = Order(
            id=f"{rma}-instead",
            pool=order.pool,
            lines=(line,),
            destination=order.destination,
            placed_at=now,
            channel="exchange",
            customer=order.customer,
            currency=order.currency,
            region=order.region,
        )
        worth = sum(order.paid_minor(each.line, 0, each.quantity) for each in own)
        asked = swap(rma, new, {"1": number(wanted, "quantity")}, returned_minor=worth, policy=POLICY)
        self._shop.ask(asked, now=now, cause=f"rma/{rma}", source="desk")

    def _order(self, id: str) -> Order:
        found = self._shop.see(lambda state, _given: state.document(order_key(id)))
        assert found is not None
        return found

    def _near(self, message: Message, sold_at: frozenset[str] = frozenset()) -> str:
        """Return the node nearest to the customer; of the stores that have not sold it, where it comes to a store."""
        home = message["from"]
        assert isinstance(home, dict)
        here = Position.of(text(home, "lat"), text(home, "lng"))
        nodes = self._shop.catalog.network.nodes
        if "way_back" in message:
            nodes = tuple(node for node in nodes if node.kind is NodeKind.STORE and node.id not in sold_at)
        return min(nodes, key=lambda node: (distance_m(node.position, here), node.rank)).id


def _by_order(verdicts: Iterable[Verdict]) -> list[list[Verdict]]:
    """Return verdicts by the order that they are matched to, and those of none by what they are."""
    groups: dict[tuple[str, str], list[Verdict]] = {}
    for each in verdicts:
        groups.setdefault((each.verdict, each.order), []).append(each)
    return list(groups.values())


def _sold_at(order: Order, lines: Iterable[str]) -> Callable[[State, object], frozenset[str]]:
    """Return the view of the nodes that have handed over what the customer has of lines."""

    def view(state: State, _given: object) -> frozenset[str]:
        held = [state.parts(order.unit(line), line_account(each)) for line in lines for each in WITH_CUSTOMER]
        found = [state.document(shipment_key(part.ref)) for parts in held for part in parts]
        return frozenset([sent.collect_at or sent.node for sent in found if sent])

    return view
