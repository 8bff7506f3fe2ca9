"""How many claims can be served, found by giving pieces to them one by one; no set of pools is looked at."""

from collections.abc import Mapping

__all__ = ["unserved"]


def unserved(claims: Mapping[str, int], stock: Mapping[str, int], reach: Mapping[str, list[str]]) -> int:
    """Return how many claimed pieces can not be served, by giving each to a node and moving others where that helps.

    >>> unserved({"web": 2, "club": 1}, {"dc": 2, "north": 1}, {"web": ["dc", "north"], "club": ["dc"]})
    0
    """
    left = dict(stock)
    given: dict[tuple[str, str], int] = {}
    missing = 0
    for pool, wanted in claims.items():
        rest = wanted
        for node in reach[pool]:
            part = min(rest, left[node])
            if part > 0:
                left[node] -= part
                given[pool, node] = given.get((pool, node), 0) + part
                rest -= part
        while rest > 0 and _gives_way(pool, left, given, reach, set()):
            rest -= 1
        missing += rest
    return missing


def _gives_way(
    pool: str, left: dict[str, int], given: dict[tuple[str, str], int], reach: Mapping[str, list[str]], tried: set[str]
) -> bool:
    """Give the pool one piece more, if others can be served from elsewhere."""
    for node in reach[pool]:
        if node in tried:
            continue
        tried.add(node)
        if left[node] > 0:
            left[node] -= 1
            given[pool, node] = given.get((pool, node), 0) + 1
            return True
        for other in [each for each, at in given if at == node and each != pool and given[each, at]]:
            if _gives_way(other, left, given, reach, tried):
                given[other, node] -= 1
                given[pool, node] = given.get((pool, node), 0) + 1
                return True
    return False
