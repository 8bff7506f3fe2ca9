"""Bugs planted in counts, tills and the feed: each is found by its law, and the same search is silent without it."""

import attrs
import pytest

from tests.laws import (
    test_counts_and_movements_merge,
    test_counts_of_piles_merge,
    test_feeds_converge,
    test_machine_of_tills,
)
from tests.laws.test_planted_bugs import EXAMPLES, Patch, Planted, hunt, hunt_by
from tests.laws.world import NOW
from unicommerce import feed
from unicommerce.catalog import Catalog
from unicommerce.counts import SHELF, Count, Counted, Reconciled, concerned, count_key
from unicommerce.counts import events as counts_events
from unicommerce.inventory import LOSS, Claimed, GoodsState
from unicommerce.ledger import Accepted, Document, Entry, Key, Ledger, Movement, State, accounts
from unicommerce.tills import GivenBack, SaleLine, Sold, Voided, tellings
from unicommerce.tills import decisions as tills_decisions
from unicommerce.tills import documents as tills_documents

MERGE = test_counts_and_movements_merge.LAW
FEED = test_feeds_converge.LAW
PILES = test_counts_of_piles_merge.LAW
TILLS = "machine of tills"


def take_a_stale_count_as_it_is(patch: Patch) -> None:
    """What moved since the count is forgotten: the book becomes what was counted, however late that is known."""
    patch.setattr(Ledger, "moved", lambda *_: 0)


def let_the_last_count_to_arrive_win(patch: Patch) -> None:
    """The count that came last counts, not the latest: the naive rule of setting on arrival."""
    arrived = iter(range(1, 1_000_000))
    moments: dict[str, int] = {}

    def documents(self: Counted) -> tuple[Document, ...]:
        revision = moments.setdefault(self.count, NOW - 1_000_000 + next(arrived))
        return tuple([Count(node=self.node, sku=s, revision=revision, quantity=q) for s, q, _ in self.lines])

    patch.setattr(Counted, "documents", documents)


def lose_what_was_missing(patch: Patch) -> None:
    """A correction leaves the node, as a movement after the count: the count is applied as a delta as well."""
    patch.setattr(counts_events, "missing", lambda _: LOSS)


def subtract_a_late_sale_again(patch: Patch) -> None:
    """A sale of before the count is dated when it arrives, and is subtracted from what the count found."""
    telling = test_counts_and_movements_merge.telling

    def dated_on_arrival(told: test_counts_and_movements_merge.Told) -> object:
        message = telling(told)
        return message._replace(occurred_at=None) if told.said.what == "sold" else message

    patch.setattr(test_counts_and_movements_merge, "telling", dated_on_arrival)


def correct_by_one_too_many(patch: Patch) -> None:
    """The correction is one piece off."""
    movements = Reconciled.movements

    def more(self: Reconciled) -> tuple[Movement, ...]:
        return tuple([move._replace(quantity=move.quantity + 1) for move in movements(self)])

    patch.setattr(Reconciled, "movements", more)


def correct_without_looking_back(patch: Patch) -> None:
    """Only counts are followed up: a movement that came late is not noticed."""
    counted_only = lambda entry: concerned(entry) if isinstance(entry.events[0], Counted) else ()  # noqa: E731
    patch.setattr(test_counts_and_movements_merge, "concerned", counted_only)


def take_any_count_for_one_of_all(patch: Patch) -> None:
    """What was counted is forgotten: twelve on the shelf are twelve on hand."""

    def documents(self: Counted) -> tuple[Document, ...]:
        return DOCUMENTS(attrs.evolve(self, of=""))

    patch.setattr(Counted, "documents", documents)


DOCUMENTS = Counted.documents


def correct_on_the_shelf(patch: Patch) -> None:
    """What is missing on any pile is taken from the shelf."""

    def movements(self: Reconciled) -> tuple[Movement, ...]:
        return RECONCILED(attrs.evolve(self, state=GoodsState.SELLABLE))

    patch.setattr(Reconciled, "movements", movements)


RECONCILED = Reconciled.movements


def let_the_shelf_rule_for_ever(patch: Patch) -> None:
    """Once the shelf was counted, no later count of all on hand says anything of it."""
    known = Ledger.document

    def document(self: Ledger, key: Key[Count]) -> Count | None:
        is_of_all = key == count_key("dc", "MUG")
        return None if is_of_all and known(self, count_key("dc", "MUG", SHELF)) else known(self, key)

    patch.setattr(Ledger, "document", document)


def count_the_whole_place_as_a_pile(patch: Patch) -> None:
    """What moved at the place is taken for what moved on each of its piles."""
    moved = Ledger.moved
    patch.setattr(Ledger, "moved", lambda self, unit, place, since: moved(self, unit, place.split(":")[-1], since))


def note_no_moves_of_quarantine(patch: Patch) -> None:
    """Only what is damaged is noted apart."""
    patch.setattr(accounts, "APART", frozenset(("damaged",)))


def take_a_correction_for_a_move(patch: Patch) -> None:
    """What was corrected on a pile is in what has moved there since its count: it is corrected again and again."""
    patch.setattr(accounts, "MISSING", "")


def follow_only_what_comes_and_goes(patch: Patch) -> None:
    """What moves between the piles of a node is not followed up."""

    def outside(entry: Entry) -> tuple[tuple[str, str], ...]:
        is_inside = entry.movements and all(m.source.place == m.target.place for m in entry.movements)
        return () if is_inside else concerned(entry)

    patch.setattr(test_counts_of_piles_merge, "concerned", outside)


def sell_from_the_shelf_first(patch: Patch) -> None:
    """Pieces sold under rights are taken from the shelf, where others have claimed them."""
    drawn = tellings._drawn

    def from_the_shelf(world: State, node: str, till: str, line: SaleLine, _own: int | None) -> object:
        return drawn(world, node, till, line, 0)

    patch.setattr(tellings, "_drawn", from_the_shelf)


def guess_the_rights_of_a_till(patch: Patch) -> None:
    """Our book says what was sold under rights, not the till: wrong where a void is not known yet."""
    drawn = tellings._drawn

    def guessed(world: State, node: str, till: str, line: SaleLine, _own: int | None) -> object:
        return drawn(world, node, till, line, None)

    patch.setattr(tellings, "_drawn", guessed)


def spend_rights_twice(patch: Patch) -> None:
    """What a till gives back it may sell as well: only the half of it leaves its rights."""

    def half(self: GivenBack) -> tuple[Movement, ...]:
        return tuple([m._replace(quantity=m.quantity // 2) for m in MOVEMENTS(self) if m.quantity > 1])

    patch.setattr(GivenBack, "movements", half)


MOVEMENTS = GivenBack.movements


def grant_without_looking(patch: Patch) -> None:
    """Rights are given to whatever is claimed by others."""

    def yes(_world: State, _given: object, wanted: Claimed, **_how: object) -> Accepted:
        return Accepted((wanted,))

    patch.setattr(tills_decisions, "claim_lines", yes)


def void_to_the_shelf(patch: Patch) -> None:
    """What is undone goes to the shelf, also where it was taken under rights: no inverse."""

    def movements(self: Voided) -> tuple[Movement, ...]:
        shelf = [line._replace(state=GoodsState.SELLABLE) for line in self.lines]
        return VOIDED(attrs.evolve(self, lines=tuple(shelf)))

    patch.setattr(Voided, "movements", movements)


VOIDED = Voided.movements


def share_rights_of_a_node(patch: Patch) -> None:
    """Tills of a node draw on one another's rights."""
    patch.setattr(tills_documents.Till, "ref", property(lambda self: f"till:{self.node}"))
    stands = tills_documents.stands
    tills = test_machine_of_tills.TILLS
    shared = lambda node, till, state: stands(node, tills[till], state)  # noqa: E731
    for module in (tellings, tills_documents):
        patch.setattr(module, "stands", shared)
    patch.setattr("unicommerce.tills.views.stands", shared)
    patch.setattr("unicommerce.tills.events.stands", shared)


def sell_without_a_trace(patch: Patch) -> None:
    """A sale sets down its document and moves nothing."""
    patch.setattr(Sold, "movements", lambda _: ())


def number_offers_as_they_are_seen(patch: Patch) -> None:
    """The version is the reading of a clock at the sender, which now and then steps back."""
    clock = iter([8 * step + reading for step in range(20_000) for reading in (4, 5, 6, 7, 0, 1, 2, 3)])
    offer = feed.Offer

    def version(channel: str, sku: str, quantity: int, *_: object) -> feed.Offer:
        return offer(channel, sku, quantity, next(clock))

    patch.setattr(feed, "Offer", version)


def take_whatever_comes_last(patch: Patch) -> None:
    """A consumer does not look at versions."""

    def take(self: test_feeds_converge.Consumer, offer: feed.Offer) -> None:
        self.table[offer.sku] = offer

    patch.setattr(test_feeds_converge.Consumer, "take", take)


def forget_pools_that_share_nodes(patch: Patch) -> None:
    """Only what is claimed in the channel's own pool is looked at."""
    touched = feed._moved

    def own(catalog: Catalog, rules: object, entries: list[object]) -> object:
        pool = getattr(rules, "pool", "")
        mine = catalog.network.pool_by_id[pool]
        network = attrs.evolve(catalog.network, pools=(mine,))
        return touched(attrs.evolve(catalog, network=network), rules, entries)  # type: ignore[arg-type]  # as they came

    patch.setattr(feed, "_moved", own)


def forget_kits(patch: Patch) -> None:
    """A component changes, and the kits that it is in are not offered anew."""
    patch.setattr(Catalog, "kits_by_component", {})


def forget_revisions_of_the_network(patch: Patch) -> None:
    """A node opens or closes, and nothing is offered anew."""
    patch.setattr(feed, "_revises", lambda _: False)


PLANTED = [
    *[
        Planted(plant, MERGE.name, hunt(MERGE))
        for plant in (
            take_a_stale_count_as_it_is,
            let_the_last_count_to_arrive_win,
            lose_what_was_missing,
            subtract_a_late_sale_again,
            correct_by_one_too_many,
            correct_without_looking_back,
        )
    ],
    *[
        Planted(plant, PILES.name, hunt(PILES))
        for plant in (
            take_any_count_for_one_of_all,
            correct_on_the_shelf,
            let_the_shelf_rule_for_ever,
            count_the_whole_place_as_a_pile,
            note_no_moves_of_quarantine,
            take_a_correction_for_a_move,
            follow_only_what_comes_and_goes,
        )
    ],
    *[
        Planted(plant, TILLS, hunt_by(test_machine_of_tills.Tills, EXAMPLES))
        for plant in (
            sell_from_the_shelf_first,
            guess_the_rights_of_a_till,
            spend_rights_twice,
            grant_without_looking,
            void_to_the_shelf,
            share_rights_of_a_node,
            sell_without_a_trace,
        )
    ],
    *[
        Planted(plant, FEED.name, hunt(FEED))
        for plant in (
            number_offers_as_they_are_seen,
            take_whatever_comes_last,
            forget_pools_that_share_nodes,
            forget_kits,
            forget_revisions_of_the_network,
        )
    ],
]
LAWS = {planted.law: planted.search for planted in PLANTED}


@pytest.mark.parametrize("planted", PLANTED, ids=lambda planted: planted.plant.__name__.replace("_", " "))
def test_a_planted_bug_is_found_by_its_law(planted: Planted, monkeypatch: Patch) -> None:
    """The wrong variant is in place while the law is checked, and the law raises."""
    planted.plant(monkeypatch)

    assert planted.search() is not None


@pytest.mark.parametrize("law", LAWS)
def test_the_same_search_finds_nothing_where_nothing_is_planted(law: str) -> None:
    """What found the bugs is silent without them."""
    assert LAWS[law]() is None
