"""What a till tells: opened, sold, voided, brought back, rights given back; that it was lost, or found. Never refused.

A sale is on record whatever it does, below zero on the shelf if need be: that is for `relieve`. What a till says of its
rights is taken as told, for it alone knows what it has used; then messages may come days late, twice and in any order,
and mean the same. Of a till that says nothing of rights, our book takes them first.
"""

from collections.abc import Callable, Iterable, Mapping

import attrs

from ..catalog import Catalog
from ..errors import InvalidValue
from ..inventory import GoodsState, goods
from ..ledger import Disagreed, Fact, LedgerCode, Reason, State, Telling
from ..pricing import Amount
from ..values import identifier, pieces
from .codes import TillCode
from .documents import DRAWN, Sale, SaleLine, Till, in_components, sale_key, sold_to, stands, till_key
from .events import BroughtBack, Forfeited, GivenBack, Lines, Opened, Recovered, Sold, Voided

__all__ = ["brought_back", "forfeited", "given_back", "opened", "recovered", "sold", "voided"]


def opened(till: str, *, node: str, occurred_at: int | None = None) -> Telling[object]:
    """Tell that a till stands at a node. One that is moved elsewhere is another till, with an id of its own."""
    event = Opened(till=Till(id=till, node=node))
    id = f"till/{till}/opened"
    return Telling(id, occurred_at, lambda _state, _given, _now: (Fact(id, (event,)),))


def sold(
    sale: str,
    *,
    till: str,
    node: str,
    quantities: Mapping[str, int],
    under_rights: Mapping[str, int] | None = None,
    currency: str = "",
    takings: Amount = Amount(),
    occurred_at: int | None = None,
) -> Telling[Catalog]:
    """Tell that a till sold pieces by SKU at a node; `occurred_at` (ms UTC) is when, by our clock (`by_our_clock`).

    Of kits it is their components, here and in what follows. `under_rights` are those of the pieces that it sold under
    its rights, by its own account; where it keeps none, they are the ones that it has rights to when the sale is
    recorded. `takings` are what its customer paid, in minor units of a currency, where its paper says so. Told again it
    is a repeat; told otherwise, the first story stands and the other is a finding.

    Because: `UNKNOWN_TILL`, `LOST`, `UNKNOWN_NODE`, `ELSEWHERE`, `CLOCK_AHEAD`, `DISAGREES`, `SHORT` (found and
    needed).

    >>> sold("t1-0815", till="t1", node="store", quantities={"MUG": 1}).id
    'sale/t1-0815'
    """
    wanted = pieces(quantities, "sku")
    own = None if under_rights is None else _rightful(under_rights, dict(wanted))
    Sale(id=sale, till=till, node=node, lines=())  # which checks the names
    id = f"sale/{sale}"
    told = (("till", till), ("node", node), ("pieces", wanted), *_paid(currency, takings))
    paid = (currency, takings) if currency else None

    def decide(world: State, catalog: Catalog, now: int) -> tuple[Fact, ...]:
        taken, rightful = in_components(catalog, wanted), None if own is None else in_components(catalog, own)
        earlier = world.document(sale_key(sale))
        story = (("till", till), ("node", node), ("pieces", taken), ("under_rights", rightful), ("takings", paid))
        if earlier is not None and (other := _other_story(id, earlier, story)):
            return (other,)
        register = world.document(till_key(till))
        lines: list[SaleLine] = []
        for sku, quantity in taken:
            under = None if rightful is None else dict(rightful).get(sku, 0)
            lines += _drawn(world, node, till, SaleLine(sku, quantity, ""), under)
        because = (
            *_odd(id, register, till, node, catalog),
            *_early(id, occurred_at, now),
            *_short(world, id, node, lines),
        )
        document = Sale(id=sale, till=till, node=node, lines=tuple(lines), currency=currency, takings=takings)
        return (Fact(id, (Sold(sale=document, till=_next(register)),), because, told),)

    return Telling(id, occurred_at, decide)


def _paid(currency: str, takings: Amount) -> tuple[tuple[str, object], ...]:
    """Return what is said of money, if anything is."""
    return (("currency", identifier(currency, "currency")), ("takings", takings)) if currency or any(takings) else ()


def _rightful(under_rights: Mapping[str, int], sold_in_all: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    checked = pieces({sku: quantity for sku, quantity in under_rights.items() if quantity != 0}, "sku")
    if over := [sku for sku, quantity in checked if quantity > sold_in_all.get(sku, 0)]:
        raise InvalidValue("under_rights", over, "SKUs of which as many were sold")
    return checked


def _other_story(id: str, sale: Sale, told: tuple[tuple[str, object], ...]) -> Fact | None:
    where = (("till", sale.till), ("node", sale.node))
    what = (
        ("pieces", sale.pieces()),
        ("under_rights", sale.under_rights()),
        ("takings", (sale.currency, sale.takings)),
    )
    known = (*where, *what)
    for (field, was), (_, says) in zip(known, told, strict=True):
        if says not in (None, was):
            finding = Disagreed(entry=id, field=field, known=repr(was), told=repr(says))
            because = Reason(LedgerCode.DISAGREES, id, finding.known, finding.told, field)
            return Fact(f"{id}/disagreed", (finding,), (because,))
    return None


def _next(register: Till | None) -> Till | None:
    return None if register is None else attrs.evolve(register, revision=register.revision + 1)


def _drawn(world: State, node: str, till: str, sold_line: SaleLine, own: int | None) -> Iterable[SaleLine]:
    """Return from where pieces are taken; `own` are those under rights, None: as many as it has rights to."""
    sku, quantity, _ = sold_line
    aside, rights = (
        max(world.balance(goods(sku), (stands(node, till, state),)), 0)
        for state in (GoodsState.QUARANTINE, GoodsState.RESERVED)
    )
    if own is None:
        own = min(quantity, aside + rights)
    from_aside = min(own, aside)
    taken = zip((from_aside, own - from_aside, quantity - own), DRAWN, strict=True)
    return [SaleLine(sku, some, state) for some, state in taken if some]


def _odd(id: str, register: Till | None, till: str, node: str, catalog: Catalog) -> Iterable[Reason]:
    if register is None:
        yield Reason(TillCode.UNKNOWN_TILL, id, None, till)
    if register is not None and register.is_lost:
        yield Reason(TillCode.LOST, id, None, till)
    if node not in catalog.network.node_by_id:
        yield Reason(TillCode.UNKNOWN_NODE, id, None, node)
    if register is not None and register.node != node:
        yield Reason(TillCode.ELSEWHERE, id, register.node, node)


def _early(id: str, occurred_at: int | None, now: int) -> Iterable[Reason]:
    if occurred_at is not None and occurred_at > now:
        yield Reason(TillCode.CLOCK_AHEAD, id, now, occurred_at)


def _short(world: State, id: str, node: str, lines: Iterable[SaleLine]) -> Iterable[Reason]:
    for sku, quantity, state in lines:
        if state == GoodsState.SELLABLE:
            there = world.balance(goods(sku), (stands(node, "", state),))
            if there < quantity:
                yield Reason(TillCode.SHORT, id, there, quantity, sku)


def voided(
    void: str,
    *,
    sale: str,
    till: str = "",
    node: str = "",
    quantities: Mapping[str, int] | None = None,
    currency: str = "",
    takings: Amount = Amount(),
    occurred_at: int | None = None,
) -> Telling[Catalog]:
    """Tell that pieces of a sale were undone at the till: its exact inverse, in parts too, the last pieces first.

    Till and node are those of the sale, where they are not said. No quantities (None): all that is left of the sale,
    and `EXCEEDS` says where that is less than was sold. A void that overtakes its sale is kept as a finding
    (`<entry>/unknown`) and can be told again once the sale is on record. Pieces beyond what was sold are set aside in
    the till's name: somebody has to look. `takings` went back; where that is not said, the share of the pieces.

    Because: `UNKNOWN_TILL`, `LOST`, `UNKNOWN_NODE`, `ELSEWHERE`, `CLOCK_AHEAD`, `UNKNOWN_SALE`, `EXCEEDS` (found and
    needed).
    """
    if quantities == {}:
        raise InvalidValue("quantities", quantities, "some pieces, or None for all that is left of the sale")
    wanted = None if quantities is None else pieces(quantities, "sku")
    Voided(void=void, sale=sale, till=till or "t", node=node or "n", lines=())  # which checks the names
    id = f"void/{void}"
    said = (("sale", sale), ("till", till or None), ("node", node or None), ("pieces", wanted))
    told = (*said, *_paid(currency, takings))

    def decide(world: State, catalog: Catalog, now: int) -> tuple[Fact, ...]:
        document = world.document(sale_key(sale))
        if document is None:
            return (_unknown(id, "sale", Reason(TillCode.UNKNOWN_SALE, id, None, sale)),)
        at_till, at_node = till or document.till, node or document.node
        back = document.pieces() if wanted is None else in_components(catalog, wanted)
        left = {sku: world.balance(goods(sku), (sold_to(sale),)) for sku, _ in back}
        undone = [(sku, min(q, max(left[sku], 0)) if wanted is None else q) for sku, q in back]
        lines = tuple([line for sku, quantity in undone for line in _undone(document, sku, left[sku], quantity)])
        register = world.document(till_key(at_till))
        odd = _odd(id, register, at_till, at_node, catalog)
        event = Voided(
            void=void, sale=sale, till=at_till, node=at_node, lines=lines, currency=currency, takings=takings
        )
        return (Fact(id, (event,), (*odd, *_early(id, occurred_at, now), *_beyond(id, back, left)), told),)

    return Telling(id, occurred_at, decide)


def _unknown(id: str, what: str, because: Reason) -> Fact:
    """Return the finding of a message about what is not on record: told again once it is, it is taken."""
    return Fact(f"{id}/unknown", (Disagreed(entry=id, field=what, known="none", told=f"{because.needed}"),), (because,))


def _undone(sale: Sale, sku: str, left: int, quantity: int) -> Iterable[SaleLine]:
    """Yield to where pieces go back: of those that are left of the sale, the ones taken last are undone first."""
    last = max(left, 0)
    first = max(last - quantity, 0)
    if beyond := quantity - (last - first):
        yield SaleLine(sku, beyond, GoodsState.QUARANTINE)
    start = 0
    for _, taken, state in [line for line in sale.lines if line.sku == sku]:
        if (undone := min(last, start + taken) - max(first, start)) > 0:
            yield SaleLine(sku, undone, state)
        start += taken


def _beyond(id: str, told: Iterable[tuple[str, int]], there: Mapping[str, int]) -> Iterable[Reason]:
    yield from [
        Reason(TillCode.EXCEEDS, id, there[sku], quantity, sku) for sku, quantity in told if quantity > there[sku]
    ]


def brought_back(
    id: str,
    *,
    sale: str = "",
    node: str,
    quantities: Mapping[str, int],
    state: str,
    currency: str = "",
    takings: Amount = Amount(),
    occurred_at: int | None = None,
) -> Telling[Catalog]:
    """Tell that a customer brought pieces back to a node, and the state that they are in there; "" for an unknown sale.

    `takings` went back; where that is not said, the share of the pieces.

    Because: `UNKNOWN_NODE`, `CLOCK_AHEAD`, `UNKNOWN_SALE`, `EXCEEDS` (found and needed).
    """
    wanted = pieces(quantities, "sku")
    _paid(currency, takings)  # which checks it
    event = BroughtBack(id=id, sale=sale, node=node, state=state, lines=wanted, currency=currency, takings=takings)
    told = (("event", event),)
    entry = f"brought-back/{id}"

    def decide(world: State, catalog: Catalog, now: int) -> tuple[Fact, ...]:
        back = in_components(catalog, wanted)
        because = [*_early(entry, occurred_at, now)]
        if node not in catalog.network.node_by_id:
            because.insert(0, Reason(TillCode.UNKNOWN_NODE, entry, None, node))
        if sale and world.document(sale_key(sale)) is None:
            because.append(Reason(TillCode.UNKNOWN_SALE, entry, None, sale))
        elif sale:
            left = {sku: world.balance(goods(sku), (sold_to(sale),)) for sku, _ in back}
            because += _beyond(entry, back, left)
        return (Fact(entry, (attrs.evolve(event, lines=back),), tuple(because), told),)

    return Telling(entry, occurred_at, decide)


def given_back(
    id: str, *, till: str, quantities: Mapping[str, int] | None = None, occurred_at: int | None = None
) -> Telling[Catalog]:
    """Tell that a till gives back rights that it has not used, by SKU; None: it closes, and all we know of is free.

    A till that keeps account of its rights says how many itself, so that sales which it has not told yet find theirs.
    Because: `UNKNOWN_TILL`, `EXCEEDS` (more than we know of: found and needed).
    """
    entry = f"given-back/{identifier(id, 'id')}"
    wanted = None if quantities is None else pieces(quantities, "sku")
    return _ending(
        entry, till, wanted, occurred_at, lambda register, lines: GivenBack(id=id, till=register, lines=lines)
    )


def forfeited(id: str, *, till: str, occurred_at: int | None = None) -> Telling[Catalog]:
    """Tell that a till is lost for good: all its rights end, and their goods are set aside until they are counted.

    Should it tell sales after all, they take those; should it be found, that is `recovered`. Because: `UNKNOWN_TILL`.
    """
    entry = f"forfeited/{identifier(id, 'id')}"

    def event(register: Till, lines: Lines) -> Forfeited:
        return Forfeited(id=id, till=attrs.evolve(register, is_lost=True), lines=lines)

    return _ending(entry, till, None, occurred_at, event)


def recovered(id: str, *, till: str, occurred_at: int | None = None) -> Telling[object]:
    """Tell that a till is found which was given up for lost: what is still set aside for it, it has rights to again.

    What was sold of it meanwhile, or put elsewhere by people, it has not. Told before its loss it is kept as a finding
    (`<entry>/unknown`) and can be told again. Because: `UNKNOWN_TILL`, `NOT_LOST`.
    """
    entry = f"recovered/{identifier(id, 'id')}"

    def decide(world: State, _given: object, _now: int) -> tuple[Fact, ...]:
        register = world.document(till_key(till))
        if register is None or not register.is_lost:
            code = TillCode.UNKNOWN_TILL if register is None else TillCode.NOT_LOST
            return (_unknown(entry, "till", Reason(code, entry, None, till)),)
        aside = stands(register.node, till, GoodsState.QUARANTINE)
        there = {
            sku: min([world.balance(goods(sku), (at,)) for at in (aside, aside._replace(ref=""))])
            for sku in register.skus
        }
        after = attrs.evolve(register, revision=register.revision + 1, is_lost=False)
        lines = tuple([(sku, held) for sku, held in there.items() if held > 0])
        return (Fact(entry, (Recovered(id=id, till=after, lines=lines),), (), (("till", till),)),)

    return Telling(entry, occurred_at, decide)


def _ending(
    entry: str,
    till: str,
    wanted: Lines | None,
    occurred_at: int | None,
    event: Callable[[Till, Lines], GivenBack | Forfeited],
) -> Telling[Catalog]:
    told = (("till", till), ("pieces", wanted))

    def decide(world: State, catalog: Catalog, _now: int) -> tuple[Fact, ...]:
        register = world.document(till_key(till))
        if register is None:
            return (_unknown(entry, "till", Reason(TillCode.UNKNOWN_TILL, entry, None, till)),)
        at = (stands(register.node, till, GoodsState.RESERVED),)
        back = None if wanted is None else in_components(catalog, wanted)
        skus = register.skus if back is None else [sku for sku, _ in back]
        there = {sku: max(world.balance(goods(sku), at), 0) for sku in skus}
        lines = tuple([(sku, held) for sku, held in there.items() if held]) if back is None else back
        after = attrs.evolve(register, revision=register.revision + 1)
        return (Fact(entry, (event(after, lines),), tuple(_beyond(entry, lines, there)), told),)

    return Telling(entry, occurred_at, decide)
