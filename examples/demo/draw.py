"""What is drawn: a number from a seed and the names of what it is for, by SHA-256; no clock, no order of calls."""

from collections.abc import Mapping, Sequence
from hashlib import sha256

SEED = "a fortnight in December"


def draw(most: int, *names: object) -> int:
    """Return a whole number from 0 to `most` - 1, the same for the same names on every machine.

    >>> draw(100, "customer", 17850) == draw(100, "customer", 17850)
    True
    """
    text = "|".join((SEED, *map(str, names)))
    return int.from_bytes(sha256(text.encode()).digest()[:8]) % most


def happens(per_thousand: int, *names: object) -> bool:
    """Tell whether something happens that does so in so many of a thousand cases."""
    return draw(1000, *names) < per_thousand


def share_out(pieces: int, weights: Mapping[str, int]) -> dict[str, int]:
    """Split pieces by weights, the largest remainders first, ties in the order given; none that gets nothing is named.

    >>> share_out(10, {"a": 2, "b": 1})
    {'a': 7, 'b': 3}
    """
    total = sum(weights.values())
    parts = {name: divmod(pieces * weight, total) for name, weight in weights.items()}
    left = pieces - sum(whole for whole, _ in parts.values())
    first = _largest(parts)[:left]
    shares = {name: whole + (name in first) for name, (whole, _) in parts.items()}
    return {name: share for name, share in shares.items() if share}


def _largest(parts: Mapping[str, tuple[int, int]]) -> Sequence[str]:
    return sorted(parts, key=lambda name: -parts[name][1])
