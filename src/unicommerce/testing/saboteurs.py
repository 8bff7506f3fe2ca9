"""Stores that are broken on purpose, each in one way, and the check that must notice: so the checks are checked too."""

from collections.abc import Callable
from typing import NamedTuple

from ..ledger import Memory, Store
from .broken_answers import (
    AddsInFloats,
    CountsRefusals,
    DueLate,
    DueOnce,
    DueThoughReplaced,
    DueWithoutOrder,
    Forgets,
    ForgetsQuarantine,
    HearsNoEntryWanted,
    KeepsEmptyParts,
    KeepsNoLots,
    KeepsNoOwners,
    KnowsNoCase,
    KnowsNoLimit,
    MovesFromTheMomentOn,
    MovesOfTheWholePlace,
    MovesWhatIsCorrected,
    MovesWhenRecorded,
    RemembersSums,
    RestoresOverEntries,
    RestoresWithoutIds,
    SendsNoNews,
    SharesItsSnapshot,
    ShowsAnOldState,
    TakesAnyTail,
)
from .broken_appends import (
    AccusesBeforeItLooks,
    AnswersTheNew,
    ChecksBefore,
    ForgivesTheUnseen,
    GuardsRepeats,
    KeepsHalfOfAContradiction,
    KnowsNoMost,
    LastWordCounts,
    LeavesHalf,
    LosesTheSecondEvent,
    PostsAgain,
    SwallowsContradictions,
    TakesAtLeast,
)
from .broken_migrations import (
    AddsUpSinceTheUpgrade,
    Alone,
    CountsFromOne,
    KeepsOldSums,
    LeavesTheOldBehind,
    Upgraded,
    careless,
    older,
)
from .broken_queues import (
    ChecksWithAnOldSnapshot,
    GivesUpOnFacts,
    HoldsNobodyUp,
    LocksAsNamed,
    LooksForTheIdBefore,
    LosesUpdates,
    Patient,
    Queued,
    QueuesFacts,
    ReadsThenWrites,
    ReadsTwoMoments,
    RestoresForItself,
    Shared,
    SharedWithoutALock,
    ShowsTheUnsettled,
)
from .broken_retirements import (
    CountsAnew,
    ForgetsBalances,
    ForgetsRequests,
    GoesBack,
    KeepsTheClosed,
    LetsGoForItself,
    LosesMovesOfTheMoment,
    RestoresWithoutHorizon,
    TakesTheOldAgain,
)
from .model import Reference
from .subject import Guarantee, Subject

__all__ = ["SABOTEURS", "SOUND", "Saboteur"]


class Saboteur(NamedTuple):
    """A broken store, and the check that is named for what is wrong with it."""

    subject: Subject
    check: str


def _alone(kind: type[Reference] | type[Memory], check: str, *claims: Guarantee, waits: bool = False) -> Saboteur:
    return Saboteur(Subject(kind.__name__, lambda _address: kind(), frozenset(claims), waits), check)


def _shared(kind: type[Shared], check: str, *claims: Guarantee) -> Saboteur:
    return Saboteur(Subject(kind.__name__, kind, frozenset((Guarantee.DURABLE, *claims))), check)


def _upgraded(name: str, make: Callable[[str], Store], before: Callable[[str], Store]) -> Subject:
    return Subject(name, make, frozenset((Guarantee.MIGRATIONS,)), older=(before,))


SABOTEURS: tuple[Saboteur, ...] = (
    _alone(ChecksBefore, "sums_are_held_against_the_state_that_is_left"),
    _alone(KnowsNoMost, "sums_are_held_against_the_state_that_is_left"),
    _alone(LeavesHalf, "sums_are_held_against_the_state_that_is_left"),
    _alone(ForgivesTheUnseen, "a_guard_may_name_what_was_never_used"),
    _alone(TakesAtLeast, "a_document_is_guarded_at_its_exact_revision"),
    _alone(LosesTheSecondEvent, "an_entry_is_put_on_record_whole"),
    _alone(PostsAgain, "a_repeat_is_free"),
    _alone(AnswersTheNew, "an_id_answers_with_what_was_first"),
    _alone(GuardsRepeats, "a_repeat_comes_before_guards"),
    _alone(SwallowsContradictions, "an_equal_revision_with_other_content_is_a_contradiction"),
    _alone(KeepsHalfOfAContradiction, "a_contradiction_changes_nothing"),
    _alone(AccusesBeforeItLooks, "a_lost_race_comes_before_a_contradiction"),
    _alone(LastWordCounts, "the_highest_revision_counts_in_any_order"),
    _alone(KeepsNoLots, "totals_are_kept_by_each_dimension"),
    _alone(KeepsNoOwners, "totals_are_kept_by_each_dimension"),
    _alone(KeepsEmptyParts, "a_part_that_is_empty_is_no_part"),
    _alone(MovesWhenRecorded, "moved_goes_by_when_it_occurred"),
    _alone(MovesFromTheMomentOn, "moved_goes_by_when_it_occurred"),
    _alone(MovesOfTheWholePlace, "what_stands_apart_moves_as_a_place_of_its_own"),
    _alone(ForgetsQuarantine, "what_stands_apart_moves_as_a_place_of_its_own"),
    _alone(MovesWhatIsCorrected, "what_stands_apart_moves_as_a_place_of_its_own"),
    _alone(DueWithoutOrder, "what_is_due_comes_in_order"),
    _alone(DueLate, "what_is_due_comes_in_order"),
    _alone(DueOnce, "what_is_due_stays_due"),
    _alone(DueThoughReplaced, "what_was_replaced_is_due_as_it_is_now"),
    _alone(SharesItsSnapshot, "a_snapshot_does_not_change_any_more"),
    _alone(RestoresWithoutIds, "ids_outlive_a_restore"),
    _alone(RestoresOverEntries, "only_an_empty_store_is_restored"),
    _alone(TakesAnyTail, "a_tail_begins_right_behind_its_snapshot"),
    _alone(RemembersSums, "sums_follow_a_restore"),
    _shared(RestoresForItself, "what_was_restored_is_there_when_opened_again"),
    _alone(HearsNoEntryWanted, "an_entry_that_is_wanted_is_found"),
    _alone(SendsNoNews, "a_document_that_is_known_is_not_sent_again"),
    _alone(CountsRefusals, "the_journal_is_read_in_pages_without_gaps"),
    _alone(KnowsNoLimit, "the_journal_is_read_in_pages_without_gaps"),
    _alone(KnowsNoCase, "names_of_any_letters"),
    _alone(AddsInFloats, "large_quantities_are_exact"),
    _alone(ShowsAnOldState, "a_state_at_hand_answers_what_is_read"),
    _alone(Forgets, "what_was_answered_is_there_when_opened_again", Guarantee.DURABLE),
    _alone(ForgetsBalances, "what_is_held_outlives_its_entries", Guarantee.RETENTION),
    _alone(CountsAnew, "old_entries_leave_and_positions_go_on", Guarantee.RETENTION),
    _alone(KeepsTheClosed, "closed_documents_leave_by_name", Guarantee.RETENTION),
    _alone(TakesTheOldAgain, "what_has_left_is_not_taken_again", Guarantee.RETENTION),
    _alone(ForgetsRequests, "the_id_of_a_request_outlives_its_entry", Guarantee.RETENTION),
    _alone(GoesBack, "the_horizon_only_moves_on", Guarantee.RETENTION),
    _alone(LosesMovesOfTheMoment, "moves_from_the_horizon_on_are_counted", Guarantee.RETENTION),
    _alone(RestoresWithoutHorizon, "the_horizon_goes_along_with_a_snapshot", Guarantee.RETENTION),
    _shared(LetsGoForItself, "what_was_let_go_of_stays_away_when_opened_again", Guarantee.RETENTION),
    Saboteur(
        _upgraded("AddsUpSinceTheUpgrade", AddsUpSinceTheUpgrade, older),
        "what_an_older_version_left_is_answered_as_before",
    ),
    Saboteur(_upgraded("CountsFromOne", CountsFromOne, older), "what_an_older_version_left_is_answered_as_before"),
    Saboteur(_upgraded("KeepsOldSums", KeepsOldSums, older), "what_an_older_handle_still_writes_is_counted"),
    Saboteur(
        _upgraded("LeavesTheOldBehind", LeavesTheOldBehind, older), "what_an_older_handle_still_writes_is_counted"
    ),
    Saboteur(_upgraded("Careless", Upgraded, careless), "who_opens_a_newer_form_takes_nothing_away"),
    _alone(ReadsThenWrites, "the_last_units_are_promised_once_by_coroutines", waits=True),
    _alone(ChecksWithAnOldSnapshot, "a_check_sees_what_was_recorded_while_it_waited_by_coroutines", waits=True),
    _alone(LosesUpdates, "amend_and_ship_exclude_each_other_by_coroutines", waits=True),
    _alone(ReadsTwoMoments, "amend_and_ship_exclude_each_other_by_coroutines", waits=True),
    _alone(LooksForTheIdBefore, "the_same_request_has_one_effect_by_coroutines", waits=True),
    _alone(ShowsTheUnsettled, "an_eager_consumer_loses_nothing_by_coroutines", waits=True),
    _alone(GivesUpOnFacts, "facts_are_taken_beside_those_who_queue_by_coroutines", waits=True),
    _shared(SharedWithoutALock, "the_last_units_are_promised_once_by_threads", Guarantee.THREADS),
    _shared(LocksAsNamed, "opposite_orders_do_not_deadlock_by_threads", Guarantee.THREADS, Guarantee.QUEUES),
    _shared(QueuesFacts, "facts_pass_those_who_queue", Guarantee.THREADS, Guarantee.QUEUES),
    _shared(HoldsNobodyUp, "facts_pass_those_who_queue", Guarantee.THREADS, Guarantee.QUEUES),
)
"""Each broken in one way."""

SOUND: tuple[Subject, ...] = (
    Subject("Memory", lambda _address: Memory(), frozenset((Guarantee.RETENTION,))),
    Subject("Reference", lambda _address: Reference(), frozenset((Guarantee.RETENTION,))),
    _upgraded("Upgraded", Upgraded, older),
    _upgraded("Alone", Alone, older),
    Subject("Patient", lambda _address: Patient(), waits=True),
    Subject("Shared", Shared, frozenset((Guarantee.DURABLE, Guarantee.THREADS, Guarantee.RETENTION))),
    Subject("Queued", Queued, frozenset((Guarantee.DURABLE, Guarantee.THREADS, Guarantee.QUEUES))),
)
"""Stores that pass all that they claim."""
