"""What is drawn: a whole number from a seed and the names of what it is for; never from an order of calls.

So a question has the same answer in both stacks, whatever else either of them has asked before.
"""

from collections.abc import Sequence
from hashlib import blake2b
from typing import NamedTuple, TypeVar

T = TypeVar("T")


class Chance(NamedTuple):
    """The chance of one world."""

    seed: int

    def draw(self, most: int, *names: object) -> int:
        """Return a whole number from 0 to `most` - 1.

        >>> Chance(7).draw(100, "order", 1) == Chance(7).draw(100, "order", 1)
        True
        """
        text = "|".join([str(self.seed), *map(str, names)])
        return int.from_bytes(blake2b(text.encode(), digest_size=8).digest()) % most

    def between(self, least: int, most: int, *names: object) -> int:
        """Return a whole number from `least` to `most`, both included."""
        return least + self.draw(most - least + 1, *names)

    def happens(self, per_thousand: int, *names: object) -> bool:
        """Tell whether something happens that does so in so many of a thousand cases."""
        return self.draw(1000, *names) < per_thousand

    def choose(self, things: Sequence[T], weights: Sequence[int], *names: object) -> T:
        """Return one of several things, each as often as it weighs."""
        left = self.draw(sum(weights), *names)
        for thing, weight in zip(things, weights, strict=True):
            left -= weight
            if left < 0:
                return thing
        raise AssertionError
