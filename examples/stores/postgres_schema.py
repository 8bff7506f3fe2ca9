"""What the PostgreSQL store asks the database to keep and to do: tables, one procedure, and how versions follow.

The journal is the truth; balances, documents and moves are kept beside it by the same transaction. `record` is the only
writer. It makes guarded entries queue for the units and documents that they name; who is at the head of his queues
takes the pen, and with the pen in hand checks, writes, takes the next position and commits without waiting for the
disk. Then, with nothing in hand, it waits until the disk has what was recorded, and answers. So

- positions are taken in the order in which entries become visible, and no earlier one can appear any more;
- a check sees all that is recorded before it, facts too: the pen comes in a statement before the one that checks;
- a fact takes no queue's place: it waits for the pen alone, which nobody holds while he waits for anything.
"""

__all__ = ["MIGRATIONS"]

TABLES = """
    CREATE TABLE journal (
        position bigint PRIMARY KEY, id text COLLATE "C" NOT NULL UNIQUE, body text NOT NULL
    );
    -- What a snapshot brought along: the ids of entries that stayed elsewhere, and the position that it was at.
    CREATE TABLE earlier (id text COLLATE "C" PRIMARY KEY);
    CREATE TABLE start (position bigint NOT NULL, horizon bigint);
    INSERT INTO start VALUES (0, NULL);
    -- In this order what all nodes hold of a unit in a state, which guards add up, lies together, and so do parts.
    CREATE TABLE balances (
        unit text COLLATE "C", state text COLLATE "C", place text COLLATE "C",
        ref text COLLATE "C", lot text COLLATE "C", owner text COLLATE "C",
        quantity bigint NOT NULL, own bigint NOT NULL,
        PRIMARY KEY (unit, state, place, ref, lot, owner)
    ) WITH (fillfactor = 70);
    CREATE TABLE moves (
        unit text COLLATE "C", place text COLLATE "C", occurred_at bigint, change bigint NOT NULL,
        PRIMARY KEY (unit, place, occurred_at)
    );
    CREATE TABLE documents (
        kind text COLLATE "C", id text COLLATE "C", revision bigint NOT NULL, due_at bigint, body text NOT NULL,
        PRIMARY KEY (kind, id)
    );
    CREATE INDEX due ON documents (due_at, kind, id) WHERE due_at IS NOT NULL;
"""

SUMS = """
    -- What many accounts hold together, as one row for each unit that a guard has asked it of. A set is enrolled once;
    -- each posting to one of its members changes the row too. All of it can be made anew from the balances.
    CREATE TABLE sets (number int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, digest text NOT NULL UNIQUE);
    CREATE TABLE members (
        place text COLLATE "C", state text COLLATE "C", ref text COLLATE "C", lot text COLLATE "C",
        owner text COLLATE "C", set int REFERENCES sets ON DELETE CASCADE,
        PRIMARY KEY (place, state, ref, lot, owner, set)
    );
    CREATE INDEX members_of ON members (set);
    CREATE TABLE sums (
        set int REFERENCES sets ON DELETE CASCADE, unit text COLLATE "C", quantity bigint NOT NULL,
        PRIMARY KEY (set, unit)
    ) WITH (fillfactor = 50);

    CREATE FUNCTION added_up(one_set int, of_unit text) RETURNS numeric LANGUAGE sql STABLE
    RETURN (
        SELECT coalesce(sum((
            SELECT quantity FROM balances AS b WHERE b.unit = of_unit AND b.state = m.state AND b.place = m.place
            AND b.ref = m.ref AND b.lot = m.lot AND b.owner = m.owner
        )), 0) FROM members AS m WHERE m.set = one_set
    );

    CREATE FUNCTION enroll(its_digest text, accounts jsonb) RETURNS int LANGUAGE plpgsql AS $$
    DECLARE
        its_number int;
    BEGIN
        PERFORM pg_advisory_xact_lock(queue('pen'));
        SELECT number INTO its_number FROM sets WHERE digest = its_digest;
        IF its_number IS NULL THEN
            INSERT INTO sets (digest) VALUES (its_digest) RETURNING number INTO its_number;
            INSERT INTO members (place, state, ref, lot, owner, set)
            SELECT a->>0, a->>1, a->>2, a->>3, a->>4, its_number FROM jsonb_array_elements(accounts) AS a;
        END IF;
        RETURN its_number;
    END
    $$;
"""

QUEUE = """
    -- A name in the queue of this schema; two names that share a number queue for each other, which does no harm.
    CREATE FUNCTION queue(name text) RETURNS bigint LANGUAGE sql STABLE
    RETURN hashtextextended(current_schema() || '/' || name, 0);
"""

PUT = """
    -- Each entry of a batch is recorded or not by itself. Answers in order: `recorded` and its position; `known`, the
    -- position and the body (null: it has left); `too old` and the horizon; `conflict`, where a guard does not hold; or
    -- `compare` and the documents on record, where one of the entry's has their revision and other content.
    CREATE FUNCTION put(batch jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
    DECLARE
        answers jsonb := '[]';
        one jsonb;
        post jsonb;
        last bigint;
        known record;
        on_record jsonb;
        is_so boolean;
        is_missing boolean;
        has_sets boolean;
        its_horizon bigint;
    BEGIN
        PERFORM pg_advisory_xact_lock(number) FROM (
            SELECT DISTINCT queue(name) AS number
            FROM jsonb_array_elements(batch) AS entry, jsonb_array_elements_text(entry->'queues') AS name
            ORDER BY number
        ) AS numbers;
        PERFORM pg_advisory_xact_lock(queue('pen'));
        SELECT greatest((SELECT max(position) FROM journal), position), horizon INTO last, its_horizon FROM start;
        has_sets := EXISTS (SELECT FROM sets);
        FOR one IN SELECT value FROM jsonb_array_elements(batch) LOOP
            SELECT position, body INTO known FROM journal WHERE id = one->>'id'
            UNION ALL SELECT 0, NULL FROM earlier WHERE id = one->>'id';
            IF FOUND THEN
                answers := answers || jsonb_build_array(jsonb_build_array('known', known.position, known.body));
                CONTINUE;
            END IF;
            IF (one->'occurred_at')::bigint < its_horizon THEN
                answers := answers || jsonb_build_array(jsonb_build_array('too old', its_horizon));
                CONTINUE;
            END IF;
            IF one ? 'unchanged' AND EXISTS (
                SELECT FROM jsonb_array_elements(one->'unchanged') AS guard WHERE (guard->>2)::bigint
                <> coalesce((SELECT revision FROM documents AS d WHERE d.kind = guard->>0 AND d.id = guard->>1), 0)
            ) THEN
                answers := answers || '[["conflict"]]';
                CONTINUE;
            END IF;
            IF one ? 'documents' THEN
                SELECT jsonb_agg(jsonb_build_array(d.kind, d.id, d.revision, d.body)),
                    bool_or(d.revision = (document->>2)::bigint AND d.body <> document->>4)
                INTO on_record, is_so
                FROM jsonb_array_elements(one->'documents') AS document CROSS JOIN LATERAL (
                    SELECT * FROM documents AS d WHERE d.kind = document->>0 AND d.id = document->>1 OFFSET 0
                ) AS d;
                IF is_so OR one ? 'to_compare' THEN
                    answers := answers || jsonb_build_array(jsonb_build_array('compare', coalesce(on_record, '[]')));
                    CONTINUE;
                END IF;
            END IF;
            is_so := one ? 'between' AND EXISTS (
                SELECT FROM jsonb_array_elements(one->'between') AS guard CROSS JOIN LATERAL (
                    SELECT coalesce(sum((
                        SELECT quantity FROM balances AS b WHERE b.unit = guard->>0 AND b.place = a->>0
                        AND b.state = a->>1 AND b.ref = a->>2 AND b.lot = a->>3 AND b.owner = a->>4
                    )), 0) AS held FROM jsonb_array_elements(guard->1) AS a OFFSET 0
                ) AS before
                WHERE held < (guard->>2)::numeric OR held > (guard->>3)::numeric
            );
            WHILE one ? 'sums' AND NOT is_so LOOP
                SELECT bool_or(s.quantity IS NULL),
                    coalesce(bool_or(s.quantity < (guard->>2)::numeric OR s.quantity > (guard->>3)::numeric), false)
                INTO is_missing, is_so FROM jsonb_array_elements(one->'sums') AS guard LEFT JOIN LATERAL (
                    SELECT quantity FROM sums WHERE set = (guard->>1)::int AND unit = guard->>0 OFFSET 0
                ) AS s ON true;
                EXIT WHEN NOT is_missing;
                INSERT INTO sums (set, unit, quantity)
                SELECT (guard->>1)::int, guard->>0, added_up((guard->>1)::int, guard->>0)
                FROM jsonb_array_elements(one->'sums') AS guard ON CONFLICT DO NOTHING;
            END LOOP;
            IF is_so THEN
                answers := answers || '[["conflict"]]';
                CONTINUE;
            END IF;
            IF one ? 'documents' THEN
                INSERT INTO documents AS d (kind, id, revision, due_at, body)
                SELECT document->>0, document->>1, (document->>2)::bigint, (document->>3)::bigint, document->>4
                FROM jsonb_array_elements(one->'documents') AS document
                ON CONFLICT (kind, id) DO UPDATE
                SET revision = excluded.revision, due_at = excluded.due_at, body = excluded.body
                WHERE d.revision < excluded.revision;
            END IF;
            IF one ? 'posts' THEN
                WITH posted AS (
                    INSERT INTO balances AS b (unit, place, state, ref, lot, owner, quantity, own)
                    SELECT p->>0, p->>1, p->>2, p->>3, p->>4, p->>5, (p->>6)::bigint, (p->>7)::bigint
                    FROM jsonb_array_elements(one->'posts') AS p
                    ON CONFLICT (unit, state, place, ref, lot, owner) DO UPDATE
                    SET quantity = b.quantity + excluded.quantity, own = b.own + excluded.own
                    RETURNING quantity = 0 AND own = 0 AS is_empty
                )
                SELECT bool_or(is_empty) INTO is_so FROM posted;
                IF is_so THEN
                    FOR post IN SELECT value FROM jsonb_array_elements(one->'posts') LOOP
                        DELETE FROM balances WHERE unit = post->>0 AND place = post->>1 AND state = post->>2
                        AND ref = post->>3 AND lot = post->>4 AND owner = post->>5 AND quantity = 0 AND own = 0;
                    END LOOP;
                END IF;
                IF has_sets THEN
                    UPDATE sums AS s SET quantity = s.quantity + p.change FROM (
                        SELECT m.set, p->>0 AS unit, sum((p->>6)::bigint) AS change
                        FROM jsonb_array_elements(one->'posts') AS p CROSS JOIN LATERAL (
                            SELECT m.set FROM members AS m WHERE m.place = p->>1 AND m.state = p->>2
                            AND m.ref = p->>3 AND m.lot = p->>4 AND m.owner = p->>5 OFFSET 0
                        ) AS m
                        GROUP BY 1, 2 OFFSET 0
                    ) AS p WHERE s.set = p.set AND s.unit = p.unit;
                END IF;
            END IF;
            IF one ? 'moves' THEN
                INSERT INTO moves AS m (unit, place, occurred_at, change)
                SELECT p->>0, p->>1, (p->>2)::bigint, (p->>3)::bigint FROM jsonb_array_elements(one->'moves') AS p
                ON CONFLICT (unit, place, occurred_at) DO UPDATE SET change = m.change + excluded.change;
            END IF;
            last := last + 1;
            INSERT INTO journal (position, id, body) VALUES (last, one->>'id', one->>'body');
            answers := answers || jsonb_build_array(jsonb_build_array('recorded', last));
        END LOOP;
        RETURN answers;
    END
    $$;
"""

RECORD = """
    -- The pen is given back by a commit that does not wait for the disk; the next one, of a note in the log, waits for
    -- all that was committed before it. Nobody is answered, or shown the entry by `since`, before that.
    CREATE PROCEDURE record(batch jsonb, INOUT answers jsonb) LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM set_config('synchronous_commit', 'off', true);
        answers := put(batch);
        COMMIT;
        PERFORM pg_logical_emit_message(true, 'unicommerce', '');
    END
    $$;
"""

PILES = """
    -- The moves of piles that are counted apart (`Movement.moves`), from the entries that were recorded before they
    -- were noted; what occurred before the horizon has left. With the pen in hand: meanwhile nothing is recorded.
    INSERT INTO moves (unit, place, occurred_at, change)
    WITH moved AS (
        SELECT (entry->'occurred_at')::bigint AS occurred_at, (m->0)::bigint AS quantity, m->>1 AS unit,
            m->2->>0 AS source, m->2->>1 AS from_state, m->3->>0 AS target, m->3->>1 AS to_state
        FROM journal CROSS JOIN LATERAL (SELECT body::jsonb AS entry) AS read
        CROSS JOIN LATERAL jsonb_array_elements(entry->'movements') AS m
    ), changes AS (
        SELECT *, from_state AS state, source AS place, -quantity AS change FROM moved
        UNION ALL SELECT *, to_state, target, quantity FROM moved
    )
    SELECT unit, state || ':' || place, occurred_at, sum(change) FROM changes
    WHERE state IN ('damaged', 'quarantine') AND 'missing' NOT IN (from_state, to_state)
    AND (source, from_state) <> (target, to_state)
    AND occurred_at >= coalesce((SELECT horizon FROM start), occurred_at) GROUP BY 1, 2, 3;
"""

PEN = "SELECT pg_advisory_xact_lock(queue('pen'))"

FORM = "ALTER PROCEDURE record RENAME TO record_2"
"""A program that does not note piles does not find the procedure by its name any more, and is refused."""

MIGRATIONS: tuple[tuple[str, ...], ...] = ((TABLES, QUEUE, SUMS, PUT, RECORD), (PEN, PILES, FORM))
"""What makes version n + 1 of the schema from version n; add to the end, never change what is there."""
