"""The cashier: what papers ask for is taken, what they no longer ask for goes back, over one tender or several.

What is owed follows from papers and money alone, so nothing is kept beside them. An amount is settled upon, and asked
for some minutes later: by then a bank may have taken it back, or another order may have spent the gift card.
"""

from functools import partial

from ...catalog import Catalog
from ...invoices import Issued
from ...ledger import Recorded, Refused, Request, run
from ...orders import Placed
from ...payments import (
    Authorization,
    MoneyMoved,
    MoneyState,
    OrderMoney,
    Step,
    Tender,
    TenderKind,
    authorized,
    capture,
    card_balance,
    card_filled,
    lapse,
    money_of,
    moved,
    redeem,
    refund,
)
from ...refunds import Tender as Paid
from ...refunds import paid_back
from ...values import DAY_MS, HOUR_MS, MINUTE_MS
from ..stage import Actor, Stage
from .record import CURRENCY

__all__ = ["Cashier"]

VISA, MASTER, IBAN = Tender(TenderKind.CARD, "visa"), Tender(TenderKind.CARD, "master"), Tender(TenderKind.BANK, "iban")
COURIER = Tender(TenderKind.AGENT, "courier")
GIFTS = tuple([Tender(TenderKind.GIFT_CARD, f"G{number}") for number in range(1, 4)])
WALLETS = ((VISA,), (VISA,), (VISA, MASTER), (COURIER,), (IBAN,), (GIFTS[0], VISA), (GIFTS[1], VISA), (*GIFTS, MASTER))
"""What customers pay with, in the order in which it is used."""
HELD = (TenderKind.CARD, TenderKind.BANK)


class Cashier(Actor):
    """The host that settles what orders owe, one step of an order at a time."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._wallets: dict[str, tuple[Tender, ...]] = {}
        self._busy: set[str] = set()

    def start(self, world: Stage) -> None:
        """Fill gift cards, and look at what banks hold no longer."""
        for card in GIFTS:
            amount = self.draw(world).randint(200, 2_500)
            telling = card_filled(f"fill {card.id}", card=card.id, amount_minor=amount, currency=CURRENCY)
            world.send(telling, who=self.name)
        self.every(world, HOUR_MS, self._lapse)

    def heard(self, world: Stage, recorded: Recorded) -> None:
        """Hear of orders, papers and money."""
        for event in recorded.entry.events:
            if isinstance(event, Placed) and not event.order.id.startswith("till "):
                self._open(world, event)
            elif isinstance(event, Issued):
                self._soon(world, event.paper.order)
            elif isinstance(event, MoneyMoved):
                self._soon(world, event.order)

    def _open(self, world: Stage, event: Placed) -> None:
        """Let a customer say what to pay with, and a bank hold it: all, too little or too much of it."""
        if event.order.id in self._wallets:
            return
        draw, order = self.draw(world), event.order
        wallet = self._wallets[order.id] = draw.choice(WALLETS)
        cards = [tender for tender in wallet if tender.kind in HELD]
        price = order.total_minor({line: quantity for line, _, quantity in event.lines})
        for tender in cards:
            if amount := price // len(cards) + draw.choice((0, 0, 1_000, -200)):
                self._authorize(world, order.id, tender, max(amount, 1))

    def _authorize(self, world: Stage, order: str, tender: Tender, amount: int) -> None:
        draw = self.draw(world)
        until = world.now + draw.randint(1, 6) * DAY_MS if draw.random() < 0.3 else None
        telling = authorized(
            self.next_id(), order=order, tender=tender, amount_minor=amount, currency=CURRENCY, expires_at=until
        )
        self._busy.add(order)
        world.send(telling, partial(self._done, world, order), who="provider")

    def _lapse(self, world: Stage) -> None:
        for document in run(world.store.due(world.now, 50)):
            if isinstance(document, Authorization):
                world.chance.reached["lapsed"] += 1
                world.ask(lapse(document.id), who=self.name)

    def _soon(self, world: Stage, order: str) -> None:
        world.later(self.draw(world).randint(1, 20 * MINUTE_MS), partial(self._look, world, order))

    def _done(self, world: Stage, order: str, _answer: object) -> None:
        self._busy.discard(order)
        self._soon(world, order)

    def _look(self, world: Stage, order: str) -> None:
        """Take one step towards what an order owes."""
        if order in self._busy or order not in self._wallets:
            return
        record, money = world.view.money, world.see(money_of(order, CURRENCY))
        asked = money.by_state[MoneyState.REFUNDING] - money.by_state[MoneyState.CAPTURING]
        due = record.due[order] - record.received[order] + asked
        if due > 0:
            self._take(world, order, money, due)
        elif due < 0:
            self._give(world, order, money, -due)

    def _take(self, world: Stage, order: str, money: OrderMoney, due: int) -> None:
        """Take from gift cards, then from what banks hold; let an agent collect it, or a bank hold more."""
        wallet = self._wallets[order]
        gift = next((each for each in wallet if each.kind is TenderKind.GIFT_CARD and self._has(world, each)), None)
        held = money.by_tender[MoneyState.AUTHORIZED]
        amounts: dict[Tender, int] = {}
        for tender in [each for each in wallet if each.kind in HELD]:
            if part := min(due - sum(amounts.values()), max(held.get(tender.ref, 0), 0)):
                amounts[tender] = part
        if COURIER in wallet:
            self._collect(world, order, due)
        elif gift is not None:
            part = min(due, self._has(world, gift))
            request = redeem(self.next_id(), order=order, card=gift.id, amount_minor=part, currency=CURRENCY)
            self._ask(world, order, request)
        elif amounts:
            request = capture(self.next_id(), order=order, amounts=amounts, currency=CURRENCY)
            self._ask(world, order, request)
        else:
            self._authorize(world, order, wallet[-1], due)

    def _has(self, world: Stage, card: Tender) -> int:
        return max(world.see(card_balance(card.id, CURRENCY)), 0)

    def _collect(self, world: Stage, order: str, due: int) -> None:
        """Let the courier take cash at the door, and say so."""
        telling = moved(self.next_id(), Step.CAPTURED, order=order, tender=COURIER, amount_minor=due, currency=CURRENCY)
        world.view.money.real[order, COURIER.ref] += due
        self._busy.add(order)
        world.send(telling, partial(self._done, world, order), who="courier")

    def _give(self, world: Stage, order: str, money: OrderMoney, amount: int) -> None:
        """Give back to what it came from, as far as it is there: what a bank disputes has to wait."""
        captured = money.by_tender[MoneyState.CAPTURED]
        wallet = {tender.ref: tender for tender in self._wallets[order]}
        tenders = [Paid(ref, max(captured.get(ref, 0), 0)) for ref in wallet]
        back = paid_back(min(amount, sum([each.left_minor for each in tenders])), tenders, order=[tenders[-1].id])
        if isinstance(back, Refused) or not back:
            return
        world.chance.reached["refunds"] += 1
        amounts = {wallet[each.tender]: each.amount_minor for each in back}
        ask = partial(refund, order=order, amounts=amounts, currency=CURRENCY, reason="papers")
        self._ask(world, order, ask(self.next_id()))
        if amount >= sum(captured.values()) and self.draw(world).random() < 0.5:  # another clerk sees it too
            world.later(
                self.draw(world).randint(1, 9) * HOUR_MS, partial(world.ask, ask(self.next_id()), who=self.name)
            )

    def _ask(self, world: Stage, order: str, request: Request[Catalog]) -> None:
        self._busy.add(order)
        delay = self.draw(world).choice((1, MINUTE_MS, HOUR_MS))
        world.later(delay, lambda: world.ask(request, partial(self._done, world, order), who=self.name))

    def settle(self, world: Stage) -> None:
        """Look at all that is open."""
        self._lapse(world)
        for order in self._wallets:
            self._look(world, order)
