"""The host that runs `relieve` after facts have taken goods from under claims, and looks at what it left behind."""

from ...catalog import pool_place
from ...inventory import GoodsState, goods
from ...ledger import Accepted, Account, LedgerCode, Reason, Recorded, Refused
from ...orders import Order, order_key
from ...relief import ReliefCode, ReliefPolicy, relieve
from ...values import DAY_MS, MINUTE_MS, Unit
from ..rules.matching import unserved
from ..stage import Actor, Stage
from ..view import View

__all__ = ["Reliever"]


class Reliever(Actor):
    """It asks for each entry whose SKUs are short when it hears of it; not while somebody has such pieces in hand.

    Pieces that are picked and not told yet look as if they could still be taken back (docs/decisions/0033).
    """

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._asked: set[str] = set()
        self._policy = ReliefPolicy()

    def start(self, world: Stage) -> None:
        """Agree on what may be done to orders that can not be met, and on how long people wait."""
        draw = self.draw(world)
        self._policy = ReliefPolicy(cancels=draw.random() < 0.5, patience_ms=draw.choice((None, None, DAY_MS)))

    def heard(self, world: Stage, recorded: Recorded) -> None:
        """Ask, once, where more is claimed than there is."""
        id, units = recorded.entry.id, dict.fromkeys([m.unit for m in recorded.entry.movements])
        if id in self._asked or id.endswith("/relieve"):
            return
        view, skus = world.view, [unit for unit in units if unit.startswith("sku:")]
        short = [unit.removeprefix("sku:") for unit in skus if view.missing.get(unit, 0) > 0 or view.unmet(unit)]
        if short:
            self._asked.add(id)
            self._relieve(world, id, short)

    def _relieve(self, world: Stage, id: str, short: list[str]) -> None:
        if world.is_relieving or any(_is_in_hand(world, sku) for sku in short):
            world.later(self.draw(world).randint(10, 60) * MINUTE_MS, lambda: self._relieve(world, id, short))
            return
        world.is_relieving = True
        before = world.view.position

        def answered(answer: object) -> None:
            world.is_relieving = False
            entry = world.view.entry
            is_own = entry is not None and entry.id == f"{id}/relieve"
            because = answer.because if isinstance(answer, Accepted | Refused) else ()
            is_repeat = any(reason.code is LedgerCode.ALREADY_DONE for reason in because)
            if because and not is_repeat and world.view.position - before == is_own:  # nothing came between
                self._look(world, short, because)

        world.ask(relieve(id, short, policy=self._policy), answered, who=self.name)

    def _look(self, world: Stage, skus: list[str], because: tuple[Reason, ...]) -> None:
        world.chance.reached["relief"] += 1
        for sku in skus:
            waits = [reason for reason in because if reason.code is ReliefCode.UNMET and reason.unit == sku]
            named = sum([reason.found for reason in waits if isinstance(reason.found, int)])
            short = _short_at_pools(world.view, goods(sku)) + world.view.unmet(goods(sku))
            if short > named:
                world.breach(NAME, f"{short} {sku} are claimed and nobody has them, {named} are named")


NAME = "U15 after relief all claims can be met, or who waits is named"


def _short_at_pools(view: View, unit: Unit) -> int:
    network = view.network
    held = {pool.id: -view.balance(unit, Account(pool_place(pool.id), GoodsState.SELLABLE)) for pool in network.pools}
    claims = {pool: pieces for pool, pieces in held.items() if pieces > 0}
    nodes = [node.id for node in network.nodes if node.is_open]
    stock = {node: max(view.balance(unit, Account(node, GoodsState.SELLABLE)), 0) for node in nodes}
    reach = {pool: [id for id in network.pool_by_id[pool].nodes if id in stock] for pool in claims}
    return unserved(claims, stock, reach)


def _is_in_hand(world: Stage, sku: str) -> bool:
    """Tell whether somebody has pieces of a SKU in hand, for an order, that the core does not know of yet."""
    orders = [world.view.documents.get(order_key(shipment.rpartition("/")[0])) for shipment in world.working]
    return any(isinstance(order, Order) and any(line.sku == sku for line in order.lines) for order in orders)
