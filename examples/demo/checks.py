"""What must be true at the end, each recomputed here from the snapshot or the journal; `agreements` has the rest.

A check answers with a sentence of figures and with what is wrong; nothing wrong is a pass.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from unicommerce import allocate, explain, order_status
from unicommerce.ledger import Account, Ledger, Snapshot, is_part
from unicommerce.orders import LineState, is_final
from unicommerce.values import Unit

from .audit import Audit
from .journeys import Journeys
from .master import POLICY, catalog
from .world import Fortnight

_AT_A_NODE = (LineState.ALLOCATED, LineState.PICKED, LineState.PACKED, LineState.READY)
_NEEDS_A_CLAIM = frozenset(state.value for state in (LineState.PENDING, LineState.OPEN, *_AT_A_NODE))
_UNDER_WAY = frozenset(state.value for state in (*_AT_A_NODE, LineState.SHIPPED))


class Check(NamedTuple):
    """A claim, the figures behind it, and what speaks against it."""

    name: str
    figures: str
    wrong: tuple[str, ...]


class Orders(NamedTuple):
    """Where every order stands that was sent: how many in each status, and why those wait that are not final."""

    by_status: Mapping[str, int]
    waiting: Mapping[str, Sequence[str]]
    unexplained: tuple[str, ...]


def orders(world: Fortnight, ledger: Ledger, found: Audit, last: int) -> Orders:
    """Ask for the status of every order, sent by who sells or placed in exchange, and why it waits if it does."""
    by_status: Counter[str] = Counter()
    waiting: dict[str, Sequence[str]] = {}
    unexplained = []
    said = (*world.storefront.answers(), *world.market.answers())
    answers = {number: (kind, answer) for number, kind, answer in said if kind.startswith("Order")}
    given = catalog(world.world, 1)
    for order in (*(each.number for each in world.world.orders), *(each.order for each in found.comebacks.swaps)):
        kind, answer = answers.get(order, ("", {}))
        status = order_status(order)(ledger, given)
        if kind == "OrderRefused" and status is None and answer["because"]:
            by_status["refused"] += 1
        elif status is None:
            unexplained.append(f"{order}: {kind or 'no answer'}, and not on record")
        elif is_final(status):
            by_status[status.status] += 1
        else:
            decision = allocate(order, policy=POLICY).decide(ledger, given, last)
            waiting[order] = explain(decision).splitlines()[1:]
            by_status["waiting"] += 1
    unexplained += [f"{order}: waits without a reason" for order, because in waiting.items() if not because]
    return Orders(by_status, waiting, tuple(unexplained))


def checks(world: Fortnight, snapshot: Snapshot, found: Audit, standing: Orders) -> list[Check]:
    """Return every check of our own record, with its figures."""
    return [
        _all_orders(standing, len(world.world.orders), len(found.comebacks.swaps)),
        _conserved(snapshot),
        _totals(snapshot),
        _not_oversold(found),
        _claims(snapshot),
        _ended(snapshot, found.journeys),
    ]


def _all_orders(standing: Orders, sent: int, swapped: int) -> Check:
    final = sum(standing.by_status.values()) - standing.by_status.get("waiting", 0)
    figures = f"{sent} sent and {swapped} in exchange: {final} final, {len(standing.waiting)} waiting with a reason"
    return Check("every order is final or waits with a reason", figures, standing.unexplained)


def _conserved(snapshot: Snapshot) -> Check:
    sums = {
        unit: sum(h for account, h in book.items() if not is_part(account)) for unit, book in snapshot.balances.items()
    }
    books = Counter(unit.partition(":")[0] for unit in sums)
    figures = ", ".join(f"{count} of {book}" for book, count in sorted(books.items()))
    return Check(
        "every unit sums to zero over whole accounts", f"{len(sums)} units ({figures})", named(sums, "sums to")
    )


def _totals(snapshot: Snapshot) -> Check:
    wrong = []
    for unit, parts in snapshot.parts.items():
        sums: dict[Account, int] = {}
        for part, held in parts.items():
            whole = Account(part.place, part.state)
            sums[whole] = sums.get(whole, 0) + held
        book = snapshot.balances.get(unit, {})
        mixed = {account for account, held in sums.items() if held != book.get(account, 0)}
        wrong += [
            f"{unit}: {account} is not the sum of its parts" for account in sorted(mixed) if _has_only_parts(account)
        ]
    figures = f"{sum(map(len, snapshot.parts.values()))} parts of {len(snapshot.parts)} units"
    return Check("reserved goods are the sum of their claims", figures, tuple(wrong))


def _has_only_parts(account: Account) -> bool:
    """Tell whether nothing is ever posted to an account as a whole."""
    return account.state == "reserved"


def _not_oversold(found: Audit) -> Check:
    figures = f"{found.decided} decisions looked at one by one; {found.deficits} deficits that short picks left"
    return Check("nothing is oversold", figures, tuple(found.oversold))


def _claims(snapshot: Snapshot) -> Check:
    """Compare, line by line, the pieces that need a claim with the goods that are reserved for them."""
    owed: dict[str, int] = {}
    lines = 0
    for unit, book in snapshot.balances.items():
        if unit.startswith("line:"):
            lines += 1
            if pieces := sum(held for a, held in book.items() if not is_part(a) and a.state in _NEEDS_A_CLAIM):
                owed[unit] = pieces
    claimed: dict[str, int] = {}
    for unit, parts in snapshot.parts.items():
        if unit.startswith("sku:"):
            for part, held in parts.items():
                if part.state == "reserved":
                    claimed[part.ref] = claimed.get(part.ref, 0) + held
    wrong = {line: claimed.get(line, 0) - owed.get(line, 0) for line in {*owed, *claimed}}
    figures = f"{len(owed)} of {lines} lines open, {sum(claimed.values())} pieces claimed"
    return Check("every open line has its claim, no closed one has", figures, named(wrong, "has claims too many:"))


def _ended(snapshot: Snapshot, journeys: Journeys) -> Check:
    """Compare what each shipment was given with how its pieces ended, and with what is still with it."""
    still: Counter[str] = Counter()
    for unit, parts in snapshot.parts.items():
        for part, held in parts.items() if unit.startswith("line:") else ():
            still[part.ref] += held * (part.state in _UNDER_WAY)
    wrong = {id: sent.pieces - sum(sent.ends.values()) - still[id] for id, sent in journeys.sent.items()}
    ends = sum((sent.ends for sent in journeys.sent.values()), Counter[str]())
    figures = ", ".join(f"{count:,} {end}" for end, count in ends.most_common())
    return Check("every piece that a node was given has one end", figures, named(wrong, "lacks"))


def named(wrong: Mapping[str, int] | Mapping[Unit, int], says: str) -> tuple[str, ...]:
    """Return what is wrong by how much, by name."""
    pairs: Iterable[tuple[str, int]] = wrong.items()
    return tuple(f"{name} {says} {held}" for name, held in sorted(pairs) if held)
