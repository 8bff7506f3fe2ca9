"""Lives of orders in a small network: whatever is asked and told in whatever order, the laws hold after every step.

A warehouse, two stores, a dark store and a vendor send, or hand over at a counter; orders are changed up to the moment
at which they leave, things break, messages come late and again, and finance follows. In the end nothing breaks any
more, and every order comes to its end in a bounded number of rounds.
"""

import sys
from collections.abc import Callable
from inspect import signature

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.lives.life import NEEDS, NODES, Life
from tests.lives.rounds import comes_to_an_end
from tests.lives.rules import check_laws

A, B, C = st.integers(0, 5), st.integers(0, 6), st.integers(1, 4)
STOCK = st.tuples(*[st.integers(0, 5) for _ in NODES])


class Lives(RuleBasedStateMachine):
    """A shop on a busy day; each rule is a step of `Life`."""

    def __init__(self) -> None:
        super().__init__()
        self.life = Life()

    @initialize(stock=STOCK, a=A, b=B, c=C)
    def open_the_shop(self, *, stock: tuple[int, ...], a: int, b: int, c: int) -> None:
        """Some stock in each node, and three orders."""
        self.life = Life(stock)
        self.life.place_to_ship(a, b, c)
        self.life.place_to_collect(b, a, c)
        self.life.place_held(c, b, 1 + a % 4)

    @precondition(lambda self: self.life.done)
    @rule(number=st.integers(0, 40))
    def again(self, number: int) -> None:
        """Something is asked or told once more, and changes nothing."""
        self.life.again(number)

    @invariant()
    def all_laws_hold(self) -> None:
        """Each by its name."""
        check_laws(self.life)

    def teardown(self) -> None:
        """At the end the journal is the state, and all once more is free; then nothing breaks, and orders end."""
        if sys.exception() is not None:  # something is broken already, and that is what has to be said
            return
        self.life.replayed()
        for number in range(len(self.life.done)):
            self.life.again(number)
        comes_to_an_end(self.life)


def _step(name: str) -> Callable[..., None]:
    """Return the rule that takes a step of `Life` by its name, where there is something to take it with."""

    @precondition(lambda self: NEEDS[name](self.life))
    @rule(a=A, b=B, c=C)
    def step(self: Lives, a: int, b: int, c: int) -> None:
        getattr(self.life, name)(a, b, c)

    step.__name__ = name
    return step


for name in NEEDS:
    setattr(Lives, name, _step(name))

TestLives = Lives.TestCase


def test_there_is_a_rule_for_all_that_people_ask_and_tell() -> None:
    """The machine takes each step that there is: whatever takes three numbers."""
    steps = {name for name in vars(Life) if name in NEEDS}
    taken = {name for name, step in vars(Life).items() if callable(step) and signature(step).parameters.keys() >= {"a"}}

    assert steps == set(NEEDS) >= taken
    assert all(hasattr(getattr(Lives, name), "hypothesis_stateful_rule") for name in NEEDS)
    assert len(NEEDS) >= 15
