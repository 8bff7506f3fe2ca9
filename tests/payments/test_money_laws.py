"""Laws of payments, whatever is asked and told in whatever order.

By our own requests no state of any tender falls below zero and refunds never exceed captures; money
events move no stock; what an agent owes is what it collected less what it gave back and settled; repeating is free.
"""

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from unicommerce import Catalog, Commerce, Network
from unicommerce.ledger import Accepted, LedgerCode, Memory, Request, Telling, run
from unicommerce.payments import (
    MoneyState,
    Step,
    Tender,
    TenderKind,
    authorized,
    capture,
    card_balance,
    card_filled,
    dispute_closed,
    disputed,
    lapse,
    money_of,
    moved,
    owed,
    redeem,
    refund,
    settled,
)

CURRENCY = "EUR"
CARD, GIFT, AGENT = Tender(TenderKind.CARD), Tender(TenderKind.GIFT_CARD, "G"), Tender(TenderKind.AGENT, "market")
TENDERS = st.sampled_from([CARD, GIFT, AGENT])
AMOUNTS = st.integers(1, 60)
TOLD = st.sampled_from([Step.CAPTURED, Step.CAPTURE_FAILED, Step.VOIDED, Step.REFUNDED, Step.REFUND_FAILED])


class Money(RuleBasedStateMachine):
    """One order paid by card, gift card and through an agent, beside all that providers and banks may tell."""

    @initialize()
    def begin(self) -> None:
        """Open the shop."""
        self.store = Memory()
        self.shop = Commerce(Catalog(network=Network(nodes=())), store=self.store)
        self.number, self.now, self.collected = 0, 0, 0
        self.done: list[Request[object] | Telling[object]] = []

    def id(self) -> str:
        """Return an id that was not used."""
        self.number += 1
        return f"n{self.number}"

    def stands(self) -> dict[tuple[MoneyState, str], int]:
        """Return where the order's money stands."""
        money = self.shop.see(money_of("o", CURRENCY))
        return {(state, tender): a for state, by in money.by_tender.items() for tender, a in by.items()}

    def tells(self, telling: Telling[object]) -> None:
        """Tell it: nothing that happened is refused."""
        assert isinstance(self.shop.tell(telling, now=self.now), Accepted)
        self.done.append(telling)

    def asks(self, request: Request[object]) -> bool:
        """Ask it: what it draws on does not fall below zero by it."""
        before = self.stands()
        answer = self.shop.ask(request, now=self.now)
        after = self.stands()
        drawn = {at: amount for at, amount in after.items() if amount < before.get(at, 0)}
        assert all(amount >= 0 for amount in drawn.values())
        assert isinstance(answer, Accepted) or before == after
        self.done.append(request)
        return isinstance(answer, Accepted)

    @rule(amount=AMOUNTS, lasts=st.integers(0, 5))
    def a_bank_holds(self, amount: int, lasts: int) -> None:
        """For a time."""
        id, until = self.id(), self.now + lasts
        self.tells(authorized(id, order="o", tender=CARD, amount_minor=amount, currency=CURRENCY, expires_at=until))

    @rule(tender=TENDERS, step=TOLD, amount=AMOUNTS)
    def a_provider_tells(self, tender: Tender, step: Step, amount: int) -> None:
        """What it did, whether we asked for it or not."""
        if tender is AGENT:
            self.collected += amount * {Step.CAPTURED: 1, Step.REFUNDED: -1}.get(step, 0)
        self.tells(moved(self.id(), step, order="o", tender=tender, amount_minor=amount, currency=CURRENCY))

    @rule(amount=AMOUNTS)
    def a_card_is_filled(self, amount: int) -> None:
        """Bought by somebody."""
        self.tells(card_filled(self.id(), card="G", amount_minor=amount, currency=CURRENCY))

    @rule(amount=AMOUNTS)
    def a_card_pays(self, amount: int) -> None:
        """As far as its balance reaches."""
        before = self.shop.see(card_balance("G", CURRENCY))
        assert self.asks(redeem(self.id(), order="o", card="G", amount_minor=amount, currency=CURRENCY)) is (
            before >= amount
        )

    @rule(amounts=st.dictionaries(TENDERS, AMOUNTS, min_size=1))
    def we_capture(self, amounts: dict[Tender, int]) -> None:
        """Of what is held."""
        before = self.stands()
        enough = all(before.get((MoneyState.AUTHORIZED, t.ref), 0) >= amount for t, amount in amounts.items())
        assert self.asks(capture(self.id(), order="o", amounts=amounts, currency=CURRENCY)) is enough

    @rule(amounts=st.dictionaries(TENDERS, AMOUNTS, min_size=1))
    def we_refund(self, amounts: dict[Tender, int]) -> None:
        """Of what is captured, and of nothing else."""
        before = self.stands()
        enough = all(before.get((MoneyState.CAPTURED, t.ref), 0) >= amount for t, amount in amounts.items())
        assert self.asks(refund(self.id(), order="o", amounts=amounts, currency=CURRENCY)) is enough

    @rule(amount=AMOUNTS, is_won=st.booleans())
    def a_bank_disputes(self, amount: int, *, is_won: bool) -> None:
        """And decides."""
        id = self.id()
        self.tells(disputed(id, order="o", tender=CARD, amount_minor=amount, currency=CURRENCY))
        self.tells(dispute_closed(id, is_won=is_won))

    @rule(amount=st.integers(-20, 60))
    def the_agent_settles(self, amount: int) -> None:
        """Right or wrong."""
        self.collected -= amount
        self.tells(settled(self.id(), agent="market", currency=CURRENCY, orders={"o": amount}, paid_minor=amount))

    @rule(minutes=st.integers(1, 9))
    def time_passes(self, minutes: int) -> None:
        """What is due is asked."""
        self.now += minutes
        for document in run(self.store.due(self.now, 100)):
            self.asks(lapse(document.key.id))
        assert not run(self.store.due(self.now, 100))

    @rule(number=st.integers(0, 50))
    def it_is_said_again(self, number: int) -> None:
        """Nothing moves."""
        if self.done:
            again, before = self.done[number % len(self.done)], self.stands()
            if isinstance(again, Telling):
                said = self.shop.tell(again, now=self.now).because
                assert [reason.code for reason in said] == [LedgerCode.ALREADY_DONE]
                assert self.stands() == before

    @invariant()
    def money_moves_no_stock(self) -> None:
        """No unit that moved is one of goods or lines."""
        moves = [move for recorded in run(self.store.since(0, 10_000)) for move in recorded.entry.movements]
        assert {move.unit.partition(":")[0] for move in moves} <= {"paid", "owed", "promised"}

    @invariant()
    def an_agent_owes_what_it_collected(self) -> None:
        """Less what it gave back and settled."""
        assert self.shop.see(owed("market", CURRENCY)).get("o", 0) == self.collected

    @invariant()
    def a_gift_card_never_owes(self) -> None:
        """Its balance is at least zero."""
        assert self.shop.see(card_balance("G", CURRENCY)) >= 0


TestMoney = Money.TestCase
