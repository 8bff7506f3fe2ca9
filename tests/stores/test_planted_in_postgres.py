"""Bugs planted in the text of the PostgreSQL procedure: each is rejected by the check of the contract that names it."""

import threading
from functools import partial

import pytest

from examples.stores import postgres, postgres_schema
from examples.stores.postgres import PostgresStore
from tests import servers
from tests.testing import stores
from unicommerce.testing import CHECKS, Subject, prove

PEN = "PERFORM pg_advisory_xact_lock(queue('pen'));"
LAST = "SELECT greatest((SELECT max(position) FROM journal), position), horizon INTO last, its_horizon FROM start;"
PLANTING = threading.Lock()  # threads open the schema too, and each has to leave the text as it was
PLANTED = {
    "the id is not looked for": (
        "SELECT position, body INTO known FROM journal WHERE id = one->>'id'",
        "SELECT position, body INTO known FROM journal WHERE false",
        "a_repeat_is_free",
    ),
    "ids that a snapshot brought along are forgotten": (
        "UNION ALL SELECT 0, NULL FROM earlier WHERE id = one->>'id'",
        "",
        "ids_outlive_a_restore",
    ),
    "a later revision is taken for unchanged": (
        "<> coalesce((SELECT revision",
        "> coalesce((SELECT revision",
        "a_document_is_guarded_at_its_exact_revision",
    ),
    "the upper bound is not looked at": (
        "WHERE held < (guard->>2)::numeric OR held > (guard->>3)::numeric",
        "WHERE held < (guard->>2)::numeric",
        "sums_are_held_against_the_state_that_is_left",
    ),
    "the last document counts": (
        "WHERE d.revision < excluded.revision;",
        ";",
        "the_highest_revision_counts_in_any_order",
    ),
    "a contradiction is swallowed": (
        "bool_or(d.revision = (document->>2)::bigint AND d.body <> document->>4)",
        "false",
        "an_equal_revision_with_other_content_is_a_contradiction",
    ),
    "the last movement of a moment counts": (
        "SET change = m.change + excluded.change",
        "SET change = excluded.change",
        "moved_goes_by_when_it_occurred",
    ),
    "what was posted to a part is set": (
        "own = b.own + excluded.own",
        "own = excluded.own",
        "a_part_that_is_empty_is_no_part",
    ),
    "the row of a sum is not updated": (
        "UPDATE sums AS s SET quantity = s.quantity + p.change",
        "UPDATE sums AS s SET quantity = s.quantity",
        "sums_follow_a_restore",
    ),
    "the horizon is not looked at": (
        "IF (one->'occurred_at')::bigint < its_horizon THEN",
        "IF false THEN",
        "what_has_left_is_not_taken_again",
    ),
    "the horizon itself is too old": (
        "IF (one->'occurred_at')::bigint < its_horizon THEN",
        "IF (one->'occurred_at')::bigint <= its_horizon THEN",
        "what_has_left_is_not_taken_again",
    ),
    "positions of what has left are given away": (
        "SELECT greatest((SELECT max(position) FROM journal), position), horizon INTO",
        "SELECT coalesce((SELECT max(position) FROM journal), 0), horizon INTO",
        "old_entries_leave_and_positions_go_on",
    ),
    "nobody takes the pen": (
        f"AS numbers;\n        {PEN}",
        "AS numbers;",
        "an_eager_consumer_loses_nothing_by_threads",
    ),
    "the position is taken before the pen": (
        f"{PEN}\n        {LAST}",
        f"{LAST}\n        {PEN}",
        "an_eager_consumer_loses_nothing_by_threads",
    ),
    "of the documents of a kind one is written": (
        "INSERT INTO documents AS d (kind, id, revision, due_at, body)\n                SELECT",
        "INSERT INTO documents AS d (kind, id, revision, due_at, body)\n                SELECT DISTINCT ON (1)",
        "an_entry_is_put_on_record_whole",
    ),
}


def planted(conninfo: str, right: str, wrong: str, address: str) -> PostgresStore:
    """Open a schema whose procedure has the wrong text."""
    with PLANTING, pytest.MonkeyPatch.context() as patched:
        broken = tuple([tuple([text.replace(right, wrong) for text in each]) for each in postgres_schema.MIGRATIONS])
        patched.setattr(postgres, "MIGRATIONS", broken)
        return stores.postgres(conninfo, address)


@pytest.mark.parametrize("bug", PLANTED)
def test_a_planted_bug_is_rejected_by_the_check_named_for_it(bug: str) -> None:
    """The text that is broken is there, once; and the sound procedure passes the same check."""
    right, wrong, name = PLANTED[bug]
    [check] = [check for check in CHECKS if check.name == name]
    assert "".join(map("".join, postgres_schema.MIGRATIONS)).count(right) == 1
    conninfo = servers.postgres()

    assert prove(Subject("sound", partial(stores.postgres, conninfo)), [check]).failed == ()
    assert len(prove(Subject(bug, partial(planted, conninfo, right, wrong)), [check]).failed) == 1
