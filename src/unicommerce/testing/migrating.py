"""What an upgrade owes: what an older version left, or still writes while the newer one runs, is answered as before.

`older` of a subject opens an address as an earlier version did. Whatever it and the newer one are told, the reference
store is told as well, and the newer one answers as that does.
"""

from collections.abc import Callable, Iterator

from ..errors import UnicommerceError
from ..ledger import Between, Recorded, Wanted
from .answering import HELD, lived
from .model import Reference
from .notes import MUG, SUPPLIER, Note, at, entry, expect, move, note_key
from .subject import Bench, Check, Guarantee, Handle

__all__ = ["MIGRATING"]

MANY = (*[at(f"n{number}") for number in range(12)], at("dc"))
SUM = (MUG, MANY)
QUESTION = Wanted(
    {MUG: (*MANY, HELD)},
    {note_key(id): 0 for id in ("n", "o", "m", "day")},
    [(MUG, at("dc", "held")), (MUG, at("n1"))],
    [(MUG, place, since) for place in ("dc", "n1", "damaged:n1") for since in (0, 3, 100)],
    sums=(SUM, (MUG, (HELD,))),
)


def _day(number: int) -> Callable[[Handle], list[Recorded | None]]:
    """Return what happens on a day: something moves, a document changes, and a guard asks for what many hold."""
    notes = (Note(id="day", revision=number, due_at=100 + number),)
    moves = (
        move(number, SUPPLIER, MANY[number % 12]),
        move(1, SUPPLIER, at("n1", ref=f"r{number}")),
        move(1, at("n1"), at("n1", "damaged")),
    )
    said = entry(f"day{number}", *moves, notes=notes, occurred_at=100 + number)
    return lambda shelf: shelf.put(said, guards=(Between(MUG, MANY, 0), Between(MUG, (HELD,), None, 99)))


def _forms(bench: Bench) -> Iterator[tuple[Bench, Handle]]:
    """Yield each older form of the store, and the reference, after some days: they began from a snapshot, too."""
    if not bench.subject.older:
        raise AssertionError("`migrations` is claimed; let `older` name what opens the store as earlier versions did")
    first = Handle(Reference())
    journal = lived(first)
    begun = Handle(Reference())
    begun.put(*[recorded.entry for recorded in journal[:2]])
    for make in bench.subject.older:
        old, model = bench.empty(make), Handle(Reference())
        for shelf in (old, model):
            shelf.do(shelf.store.restore(begun.do(begun.store.snapshot()), journal[2:]))
            for number in (1, 2, 3):
                _day(number)(shelf)
        yield old, model


def _alike(shelf: Handle, model: Handle, when: str) -> None:
    """Expect that all that can be asked is answered as by the reference."""
    expect(shelf.everything(), model.everything(), f"the state {when}")
    found, wanted = shelf.read(QUESTION), model.read(QUESTION)
    expect(found.sums, wanted.sums, f"what many hold together {when}")
    expect(dict(found.moved), dict(wanted.moved), f"moved {when}")
    expect(dict(found.documents), dict(wanted.documents), f"documents {when}")
    expect({**found.balances[MUG]}, {**wanted.balances[MUG]}, f"balances {when}")
    expect({each: {**parts} for each, parts in found.parts.items()}, {**wanted.parts}, f"parts {when}")
    start = model.everything().position - len(model.do(model.store.since(0, 99)))
    for limit in (1, 99):
        page = shelf.do(shelf.store.since(start, limit))
        expect(page, model.do(model.store.since(start, limit)), f"{limit} entries of the journal {when}")
    expect(shelf.due(200), model.due(200), f"what is due {when}")


def what_an_older_version_left_is_answered_as_before(bench: Bench) -> None:
    """Opened by the newer version every question is answered as before, repeats are free, and positions go on."""
    for old, model in _forms(bench):
        old.close()
        new = old.another(bench.subject.make)
        _alike(new, model, "after the upgrade")
        for number in (1, 3, 4, 5):  # two that are on record, and two that are new
            expect(_day(number)(new), _day(number)(model), f"the answer to day {number}")
        _alike(new, model, "on the days after it")
        again = old.another(bench.subject.make)
        _alike(again, model, "opened once more")


def what_an_older_handle_still_writes_is_counted(bench: Bench) -> None:
    """A handle that was open at the upgrade writes on and all of it counts; or each call is refused by name."""
    for old, model in _forms(bench):
        new = old.another(bench.subject.make)
        for number in range(4, 10):
            is_old = number % 2 == 0
            try:
                answer = _day(number)(old if is_old else new)
            except UnicommerceError:
                if not is_old:
                    raise
            else:
                expect(answer, _day(number)(model), f"the answer to day {number}")
            _alike(new, model, f"after {'the older' if is_old else 'the newer'} handle wrote")


def who_opens_a_newer_form_takes_nothing_away(bench: Bench) -> None:
    """The older version, started again after the upgrade, answers as before or is refused by name; all stays."""
    for old, model in _forms(bench):
        new = old.another(bench.subject.make)
        _alike(new, model, "after the upgrade")
        try:
            late = old.another()
        except UnicommerceError:
            pass
        else:
            _alike(late, model, "to the older version")
        _alike(new, model, "after the older version was started")


MIGRATING = tuple(
    [
        Check.of(check, Guarantee.MIGRATIONS)
        for check in (
            what_an_older_version_left_is_answered_as_before,
            what_an_older_handle_still_writes_is_counted,
            who_opens_a_newer_form_takes_nothing_away,
        )
    ]
)
"""What a store owes that claims to follow from older forms of itself."""
