"""Law: every decision answers on an empty state, and on notes that know nothing yet."""

from collections.abc import Mapping

import pytest
from hypothesis import given

from tests.laws.world import AHEAD, CATALOG, IN_PART, LATER, NOW, Law, Program, World, make_order, programs
from unicommerce.catalog import Catalog
from unicommerce.finance import post
from unicommerce.fulfillment import allocate, amend, cancel, delivered, picked, place, shipped
from unicommerce.inventory import adjusted, expire, hold, received, release, reserve
from unicommerce.ledger import Accepted, Ledger, Notes, Refused, Request, State, Supposed, Telling, explain, record
from unicommerce.returns import restock, returned
from unicommerce.supply import claim_ahead, expected, forgo, landed, lapse, look_at, lost, redate, transfer

ORDER = make_order("o", pool="web", skus=("MUG", "CUP", "MUG"))
ARRIVAL = received("r", node="dc", quantities={"MUG": 1})

REQUESTS: Mapping[str, Request[Catalog]] = {
    "reserve at a node": reserve("c", place="dc", quantities={"MUG": 2}),
    "reserve at a pool": reserve("c", place="pool:web", quantities={"MUG": 2, "CUP": 1}),
    "reserve nowhere": reserve("c", place="atlantis", quantities={"MUG": 2}),
    "hold": hold("c", place="pool:web", quantities={"MUG": 2}, until=NOW),
    "release": release("c"),
    "release a part": release("c", quantities={"MUG": 1}, id="part"),
    "expire": expire("c"),
    "place": place(ORDER, {"1": 1, "2": 2, "3": 3}),
    "place for later": place(ORDER, {"1": 1}, policy=LATER),
    "allocate": allocate("o"),
    "amend": amend("o", {"1": 0, "2": 5}, id="a"),
    "amend nothing": amend("o", {}, id="a"),
    "transfer": transfer("t", source="dc", node="north", quantities={"MUG": 1}, expected_at=NOW),
    "claim ahead": claim_ahead("c", inbound="i", quantities={"MUG": 1}, until=NOW),
    "forgo": forgo("c"),
    "forgo a part": forgo("c", quantities={"MUG": 1}, id="part"),
    "lapse": lapse("c"),
    "look at": look_at("i", 1),
    "redate": redate("i", 1),
    "place ahead": place(ORDER, {"1": 1, "2": 2, "3": 3}, policy=AHEAD),
    "place in part": place(ORDER, {"1": 1, "2": 2, "3": 3}, policy=IN_PART),
    "cancel": cancel("o"),
    "cancel a part": cancel("o", {"1": 1}, id="part"),
    "restock": restock("r", {"MUG": 1}),
    "post": post(record("receipt/r", ARRIVAL.decide(Ledger(), None, NOW)[0].events, now=NOW)),
}
TELLINGS: Mapping[str, Telling[Catalog]] = {
    "received": ARRIVAL,
    "expected": expected("i", node="dc", source="north", quantities={"MUG": 1}, expected_at=NOW, is_closed=True),
    "landed": landed("r", inbound="i", node="dc", quantities={"MUG": 1}),
    "lost": lost("l", inbound="i", quantities={"MUG": 1}),
    "adjusted": adjusted("a", node="dc", sku="MUG", change=-1),
    "picked": picked("s", {"1": 1}, short={"2": 1}),
    "shipped": shipped("s"),
    "delivered": delivered("s"),
    "returned": returned("r", node="dc", order="o", lines={"1": 1}, blind={"MUG": 1}),
}


def empty_states() -> list[State]:
    """Return every kind of state that knows nothing."""
    return [Ledger(), Notes(), Notes(live=Ledger()), Supposed(Ledger(), ())]


@pytest.mark.parametrize("request_", REQUESTS.values(), ids=REQUESTS)
@pytest.mark.parametrize("catalog", [Catalog(), CATALOG], ids=["no catalog", "a catalog"])
def test_a_request_is_answered_on_an_empty_state(request_: Request[Catalog], catalog: Catalog) -> None:
    """A yes or a no with reasons that can be said, and never an exception."""
    for state in empty_states():
        answer = request_.decide(state, catalog, NOW)

        assert isinstance(answer, Accepted | Refused)
        assert explain(answer).startswith("accepted" if isinstance(answer, Accepted) else "refused")
        assert isinstance(answer, Accepted) or answer.because


@pytest.mark.parametrize("telling", TELLINGS.values(), ids=TELLINGS)
def test_a_message_is_taken_on_an_empty_state(telling: Telling[Catalog]) -> None:
    """What is told of a node or order that nobody knows is taken under its own id, of a shipment as unknown."""
    for state in empty_states():
        facts = telling.decide(state, Catalog(), NOW)

        assert facts[-1].id.removesuffix("/unknown") == telling.id
        assert all(fact.events for fact in facts)


def decisions_answer(program: Program) -> None:
    """Raise where a program raises in a shop that never had anything, not even nodes."""
    World(stock=0).run(program)


LAW = Law("every decision answers on an empty state", programs(), decisions_answer)


@given(LAW.cases)
def test_a_program_runs_in_a_shop_that_has_nothing(program: Program) -> None:
    """No request and no message raises where there is no stock to begin with."""
    LAW.check(program)
