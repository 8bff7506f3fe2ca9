"""Ask, tell, see: the three verbs over any store, each one coroutine that sync and async hosts share.

A request is asked on notes, what it looked up in vain is read and it is asked again, and the answer is appended under
its guards; where one no longer holds, all starts over on fresh data. A fact is told, never refused: it waits for
nobody and is guarded only where it replaces a document. Repeating is free; another content under a known id is a
contradiction.
"""

from collections.abc import Callable, Coroutine, Iterable, Mapping
from typing import Generic, NamedTuple, TypeVar

import attrs

from ..errors import Busy, Contradiction, InvalidValue
from .answers import Accepted, Decision, Guard, Refused, Unchanged
from .comparing import both_said, difference, said_more
from .dating import Told, date
from .reasons import LedgerCode, Reason
from .records import Asked, Disagreed, Document, Entry, Event, Key, record
from .state import Notes, Recall, State, Supposed, Wanted
from .store import Store

__all__ = ["Fact", "Request", "Telling", "ask", "run", "see", "tell", "together"]

ATTEMPTS = 100
"""Races that a request may lose before it is `Busy`; each lost race means that somebody else's request was recorded."""

G = TypeVar("G")
G_contra = TypeVar("G_contra", contravariant=True)
T = TypeVar("T")


class Request(NamedTuple, Generic[G_contra]):
    """Something that may be refused: the id that it is known by, what is asked, and the pure function that answers.

    `asked` are named values; or the very events that a yes begins with, which then say it and are not kept twice.

    The function takes a state, what is given beside it (the catalog) and now (ms UTC).
    """

    id: str
    asked: Asked
    decide: Callable[[State, G_contra, int], Decision]


class Fact(NamedTuple):
    """What a message makes known: events under an id; `because` names what it disagrees with.

    Without events it names a step that is on record and has been taken by then. Where `guards` no longer hold, it is
    not refused: its events are decided again.
    """

    id: str
    events: tuple[Event, ...]
    because: tuple[Reason, ...] = ()
    told: Asked = ()
    guards: tuple[Guard, ...] = ()


class Telling(NamedTuple, Generic[G_contra]):
    """A message about something that happened: the pure function turns it into facts, the implied earlier ones first.

    The last fact bears the telling's own id; the others derived ids, so that the message that tells them is a repeat.
    """

    id: str
    occurred_at: int | None
    decide: Callable[[State, G_contra, int], tuple[Fact, ...]]


async def ask(
    store: Store,
    request: Request[G],
    *,
    given: Callable[[State], G],
    now: int,
    known: Iterable[Document] = (),
    cause: str = "",
    source: str = "",
    recall: Recall | None = None,
) -> Decision:
    """Ask a request and put its answer on record. `known` are documents at hand; they are checked like any other.

    `recall` is what this host read last: a yes that gives no reasons rests on its guards alone, so it is tried on that
    first, and recorded without reading where they hold. All else is decided on what is on record now.

    Raises `Contradiction` where the id is on record with another question, `Busy` after losing too many races,
    `InvalidValue` for a telling.
    """
    _meant(request, Request, "something to ask: it has happened, and is told")
    tried = recall if recall is not None and recall.is_fresh(now) else None
    for _ in range(ATTEMPTS):
        notes = Notes(known, store.state, tried)
        decision = request.decide(notes, given(notes), now)
        while not notes.is_complete or (notes.is_recalled and not _rests_on_guards(decision)):
            wanted = notes.wanted(request.id)
            found = await store.read(wanted)
            if found.entry is not None:
                return _repeated(found.entry, request.asked)
            if recall is not None:
                recall.learn(wanted, found, now)
            notes.take(found)
            decision = request.decide(notes, given(notes), now)
        if isinstance(decision, Refused) or not decision.events:
            earlier = (await store.read(Wanted({}, {}, entry=request.id))).entry if store.state else None
            return _repeated(earlier, request.asked) if earlier else decision
        entry = _entry(request, decision, now=now, cause=cause, source=source)
        if (recorded := await store.append(entry, decision.guards + notes.unchanged())) is not None:
            if recorded.entry is not entry:
                return _repeated(recorded.entry, request.asked)
            if recall is not None:
                recall.note(entry)
            return decision
        known, tried = (), None
        if recall is not None:
            recall.forget()
    raise Busy(request.id, ATTEMPTS)


def _meant(step: object, kind: type, needed: str) -> None:
    """Raise `InvalidValue` where what is asked is to be told, or the other way round."""
    if not isinstance(step, kind):
        raise InvalidValue(kind.__name__.lower(), getattr(step, "id", step), needed)


def _rests_on_guards(decision: Decision) -> bool:
    """Tell whether an answer says nothing of the state but what its guards say again: a yes without reasons."""
    return isinstance(decision, Accepted) and bool(decision.events) and not decision.because


def _entry(request: Request[G], decision: Accepted, *, now: int, cause: str, source: str) -> Entry:
    asked = () if request.asked == decision.events[: len(request.asked)] else request.asked
    return record(
        request.id, decision.events, now=now, because=decision.because, asked=asked, cause=cause, source=source
    )


async def tell(
    store: Store,
    telling: Telling[G],
    *,
    given: Callable[[State], G],
    now: int,
    known: Iterable[Document] = (),
    source: str = "",
    recall: Recall | None = None,
) -> Accepted:
    """Put a message on record, with the earlier steps that it implies; it is never refused.

    Where an implied step comes to be told otherwise, the first story stands and the difference is recorded as a finding
    (`Disagreed`). Raises `Contradiction` where the id is on record with other content from its own sender,
    `InvalidValue` for a request.
    """
    _meant(telling, Telling, "something to tell: it may be refused, and is asked")
    for _ in range(ATTEMPTS):
        notes = Notes(known, store.state)
        facts = telling.decide(notes, given(notes), now)
        while not notes.is_complete:
            notes.take(await store.read(notes.wanted()))
            facts = telling.decide(notes, given(notes), now)
        for step in [fact.id for fact in facts if not fact.events]:
            await _taken_by_then(store, telling, step, now=now, source=source)
        facts = tuple([fact for fact in facts if fact.events])
        if len(facts) > 1 and await _on_record(store, telling.id) is not None:
            facts = facts[-1:]  # a message that is on record implies nothing more
        revisions = dict(notes.unchanged())
        answers = []
        for fact in facts:
            answer = await _put(store, telling, fact, revisions, now=now, source=source, recall=recall)
            if answer is None:
                break
            answers.append(answer)
        else:
            return Accepted(
                tuple([event for answer in answers for event in answer.events]),
                tuple([reason for answer in answers for reason in answer.because]),
            )
        known = ()
    raise Busy(telling.id, ATTEMPTS)


async def _put(
    store: Store,
    telling: Telling[G],
    fact: Fact,
    revisions: Mapping[Key[Document], int],
    *,
    now: int,
    source: str,
    recall: Recall | None,
) -> Accepted | None:
    cause = "" if fact.id == telling.id else telling.id
    entry = record(
        fact.id,
        fact.events,
        now=now,
        occurred_at=telling.occurred_at,
        because=fact.because,
        asked=fact.told,
        cause=cause,
        source=source,
    )
    replaced = {document.key for document in entry.documents} & revisions.keys()
    guards = fact.guards + tuple([Unchanged(key, revisions[key]) for key in sorted(replaced)])
    recorded = await store.append(entry, guards)
    if recorded is None:
        return None
    if recorded.entry is entry:
        if recall is not None:
            recall.note(entry)
        return Accepted(fact.events, fact.because)
    if recall is not None:
        recall.forget()
    if entry.cause and fact.guards:  # the step was told, of other pieces than those that are implied now
        return Accepted(fact.events, fact.because) if await _also(store, entry, guards) else None
    return await _repeated_fact(store, recorded.entry, entry, at=telling.occurred_at, now=now, source=source)


async def _also(store: Store, entry: Entry, guards: tuple[Guard, ...]) -> bool:
    """Put on record what is implied beyond what its step has on record, under the first id that is free."""
    id, number = f"{entry.id}/implied", 1
    while (recorded := await store.append(implied := attrs.evolve(entry, id=id), guards)) is not None:
        if recorded.entry is implied:
            return True
        number += 1
        id = f"{entry.id}/implied/{number}"
    return False


async def _on_record(store: Store, id: str) -> Entry | None:
    return (await store.read(Wanted({}, {}, entry=id))).entry


async def _taken_by_then(store: Store, telling: Telling[G], id: str, *, now: int, source: str) -> None:
    """Count a step that was implied as of the earliest message which implies it; who told it knows better."""
    at = telling.occurred_at
    if at is None or (step := await _on_record(store, id)) is None or not step.cause or step.occurred_at <= at:
        return
    own = await _on_record(store, telling.id)
    if own is None or own.cause:  # a repeat implies nothing more
        await date(store, step, at, now=now, cause=telling.id, source=source)


async def _repeated_fact(store: Store, known: Entry, told: Entry, *, at: int | None, now: int, source: str) -> Accepted:
    """Answer what is on record, and put beside it what this message tells of it and nobody has told before."""
    done = Accepted(known.events, (Reason(LedgerCode.ALREADY_DONE, told.id),))
    if not known.events or told.cause:
        return done
    said, says = known.asked or known.events, told.asked or told.events
    if (field := difference(*both_said(said, says))) is not None:
        path, was, now_told = field
        if not known.cause:
            raise Contradiction(told.id, path, was, now_told)
        finding = Disagreed(entry=told.id, field=path, known=repr(was), told=repr(now_told))
        await store.append(record(f"{told.id}/disagreed", (finding,), now=now, cause=told.id, source=source))
        done = Accepted(known.events, (Reason(LedgerCode.DISAGREES, told.id, finding.known, finding.told, path),))
    is_supposed = known.cause or known.occurred_at == known.recorded_at  # nobody has said when
    tells = Told(told.asked, said_more(said, says))
    if tells.more or (at not in (None, known.occurred_at) and is_supposed):
        later = await date(store, known, at, told=tells, now=now, cause=told.id, source=source)
        if later is not None and later.events and (field := difference(*both_said(later.asked, told.asked))):
            raise Contradiction(told.id, *field)
    return done


def _repeated(known: Entry, asked: Asked) -> Accepted:
    """Return what is on record; a message may have told what is asked now, and have said of it more or less."""
    said = known.asked or known.events[: len(asked)]
    if known.events and (differs := difference(*both_said(said, asked))) is not None:
        raise Contradiction(known.id, *differs)
    return Accepted(known.events, (Reason(LedgerCode.ALREADY_DONE, known.id),))


async def see(
    store: Store, view: Callable[[State, G], T], *, given: Callable[[State], G], known: Iterable[Document] = ()
) -> T:
    """Return a view of what is on record, true at one moment."""
    notes = Notes(known, store.state)
    seen = view(notes, given(notes))
    while not notes.is_complete:
        notes.take(await store.read(notes.wanted()))
        seen = view(notes, given(notes))
    return seen


def together(*requests: Callable[[State, G, int], Decision]) -> Callable[[State, G, int], Decision]:
    """Return the decision that takes all of these in one entry, each on the state after those before it, or none.

    The first refusal is the answer of all. An accepted part may have no events.
    """

    def decide(state: State, given: G, now: int) -> Decision:
        events: tuple[Event, ...] = ()
        taken = Accepted()
        for request in requests:
            answer = request(Supposed(state, events) if events else state, given, now)
            if isinstance(answer, Refused):
                return answer
            events += answer.events
            taken = Accepted(events, taken.because + answer.because, taken.guards + answer.guards)
        return taken

    return decide


def run(coroutine: Coroutine[object, object, T]) -> T:
    """Drive a coroutine that never waits, as over a synchronous store, to its answer.

    Raises `RuntimeError` where it does wait: over an asynchronous store, await it instead.
    """
    try:
        coroutine.send(None)
    except StopIteration as answer:
        value: T = answer.value
        return value
    coroutine.close()
    raise RuntimeError("this store waits: await the coroutine instead of running it")
