"""Bugs planted in expected supply and in orders that wait: the machine of supply finds each, and is silent without."""

from collections.abc import Iterable, Mapping

import attrs
import pytest

from tests.laws import test_those_who_wait_in_vain
from tests.laws.test_machine_of_supply import Supply
from tests.laws.test_planted_bugs import Patch, hunt, hunt_by
from unicommerce.inventory import ClaimLine, claim_lines, quota_drawn
from unicommerce.ledger import Accepted, Account, Movement, State
from unicommerce.orders import Canceled, LineQuantity, Order
from unicommerce.relief import claimants, waiting
from unicommerce.relief.claimants import Case
from unicommerce.supply import (
    Awaited,
    Expected,
    Forgone,
    Inbound,
    Landed,
    Lost,
    backorders,
    decisions,
    redating,
    tellings,
    together,
    views,
    waits,
)

SEARCH = hunt_by(Supply, 150)
VAIN = hunt(test_those_who_wait_in_vain.LAW)
QUOTAS = hunt(test_those_who_wait_in_vain.QUOTA_LAW)


def announce_all_again(patch: Patch) -> None:
    """A revision adds all that it names to what was announced before."""
    patch.setattr(tellings, "origin", lambda _source, inbound: Account("nowhere", "sent", "", inbound))


def let_the_last_version_to_arrive_win(patch: Patch) -> None:
    """A late version changes the quantities back."""
    announced = tellings.announced

    def naive(
        world: State, given: object, document: Inbound, wanted: tuple[tuple[str, int], ...], *, now: int
    ) -> object:
        known = world.document(document.key)
        newer = attrs.evolve(document, version=known.version + 1) if known else document
        return announced(world, given, newer, wanted, now=now)

    patch.setattr(tellings, "announced", naive)


def forget_what_a_revision_leaves_out(patch: Patch) -> None:
    """A SKU that a later version does not name is expected for ever."""
    announced = tellings.announced

    def named_only(
        world: State, given: object, document: Inbound, wanted: tuple[tuple[str, int], ...], *, now: int
    ) -> object:
        event, guards = announced(world, given, document, wanted, now=now)
        return attrs.evolve(event, changes=tuple([c for c in event.changes if c[1] in dict(wanted)])), guards

    patch.setattr(tellings, "announced", named_only)


def keep_the_rest_of_a_closed_inbound(patch: Patch) -> None:
    """What was closed short can still be promised."""
    movements = Expected.movements
    patch.setattr(Expected, "movements", lambda self: movements(attrs.evolve(self, missing=())))


def count_what_turns_up_twice(patch: Patch) -> None:
    """What was written off and comes after all stays written off."""
    patch.setattr(tellings, "_found", lambda _world, _inbound, lines: dict.fromkeys([sku for sku, _ in lines], 0))


def serve_nobody_first(patch: Patch) -> None:
    """What lands can be sold to anybody, whoever waits."""
    movements = Landed.movements
    patch.setattr(Landed, "movements", lambda self: movements(attrs.evolve(self, filled=())))


def serve_the_last_first(patch: Patch) -> None:
    """The queue is served from its end."""
    claimants = tellings.claimants
    patch.setattr(tellings, "claimants", lambda *asked: claimants(*asked)[::-1])


def forget_priority(patch: Patch) -> None:
    """Who came first is served first, however urgent somebody else is."""
    claimants = tellings.claimants

    def by_age(*asked: object) -> list[tellings.Claimant]:
        return sorted(claimants(*asked), key=lambda one: one[1:])  # type: ignore[arg-type]  # passed on as they came

    patch.setattr(tellings, "claimants", by_age)


def serve_pools_that_the_node_is_not_in(patch: Patch) -> None:
    """Goods that landed elsewhere are given to a pool that can not have them."""
    patch.setattr(tellings, "serves", lambda _network, _node, _place: True)


def lose_and_keep(patch: Patch) -> None:
    """What was lost is still expected."""
    movements = Lost.movements
    patch.setattr(Lost, "movements", lambda self: movements(self)[: len(self.found)])


def wait_without_a_claim(patch: Patch) -> None:
    """A line waits and nothing is set aside for it."""
    movements = Awaited.movements

    def lines_only(self: Awaited) -> tuple[Movement, ...]:
        return tuple([move for move in movements(self) if move.unit.startswith("line:")])

    patch.setattr(Awaited, "movements", lines_only)


def forgo_half(patch: Patch) -> None:
    """What somebody forgoes is not given to others again."""
    movements = Forgone.movements

    def away(self: Forgone) -> tuple[Movement, ...]:
        nowhere = Account("loss", "lost")
        return tuple([m._replace(target=nowhere) if m.unit.startswith("sku:") else m for m in movements(self)])

    patch.setattr(Forgone, "movements", away)


def hold_beyond_its_moment(patch: Patch) -> None:
    """A hold that is over stands in everybody's way until somebody ticks."""
    patch.setattr(decisions, "lapsed", lambda *_: ())


def let_orders_wait_for_those_who_hold_too_long(patch: Patch) -> None:
    """A hold at an inbound that is over stands in the way of orders that could wait there."""
    patch.setattr(backorders, "lapsed", lambda *_: ())


def promise_the_latest_first(patch: Patch) -> None:
    """An order waits for the last inbound although an earlier one would do."""
    candidates = waits.candidates
    patch.setattr(backorders, "candidates", lambda *asked, **how: candidates(*asked, **how)[::-1])


def promise_one_piece_twice(patch: Patch) -> None:
    """Each line of an order is given the same expected pieces."""
    matched = waits.matched

    def each(lines: Iterable[ClaimLine], supply: list[tuple[str, int]]) -> list[object]:
        return [wait for line in lines for wait in matched([line], supply)]

    patch.setattr(backorders, "matched", each)


def leave_the_rest_out(patch: Patch) -> None:
    """An order that is short becomes a smaller one, and nobody says so."""

    def short(*, order: str, lines: tuple[LineQuantity, ...], reason: str) -> Canceled:
        return Canceled(order=order, lines=lines[:-1], reason=reason)

    patch.setattr(backorders, "Canceled", short)


def promise_what_goes_elsewhere(patch: Patch) -> None:
    """An inbound counts for pools that its node does not serve."""
    patch.setattr(views, "serves", lambda *_: True)


def promise_what_was_cut(patch: Patch) -> None:
    """Claims that have lost their goods take nothing from what else is expected."""
    arrivals = views.arrivals

    def optimistic(world: State, catalog: object, **how: str) -> list[views.Arrival]:
        return [each for each in arrivals(world, catalog, **how) if each.pieces > 0]  # type: ignore[arg-type]

    patch.setattr(views, "arrivals", optimistic)


def stay_overdue(patch: Patch) -> None:
    """An inbound that was looked at asks to be looked at again."""
    patch.setattr(Inbound, "due_at", property(lambda self: self.expected_at))


def tell_nobody(patch: Patch) -> None:
    """An order whose goods come later keeps its old date."""
    patch.setattr(redating, "new_date", lambda *_, **__: None)


def leave_the_cut_where_it_is(patch: Patch) -> None:
    """Somebody who has lost the goods is told nothing."""
    patch.setattr(redating, "_moved", lambda *_: Accepted())


def open_with_no_claim(patch: Patch) -> None:
    """What does not wait any more is open without a claim at the pool."""
    open_again = waits.open_again

    def silent(world: State, order: Order, wanted: Mapping[str, int], *, node: str = "") -> object:
        events, guards = open_again(world, order, wanted, node=node)
        return events[:1], guards

    patch.setattr("unicommerce.fulfillment.allocating.openings.open_again", silent)


def draw_no_quota_for_what_is_expected(patch: Patch) -> None:
    """A channel may promise more of what is to come than it may sell."""
    patch.setattr(backorders, "_quotas", lambda *_: {})


def draw_the_quota_again_on_landing(patch: Patch) -> None:
    """What has waited counts twice once it is there."""
    movements = Landed.movements

    def twice(self: Landed) -> tuple[Movement, ...]:
        lines = tuple([ClaimLine(each.ref, each.sku, each.quantity) for each in self.filled if each.ref[0] == "l"])
        return (*movements(self), *quota_drawn("shop", lines))

    patch.setattr(Landed, "movements", twice)


def draw_the_quota_again_when_moved(patch: Patch) -> None:
    """What was cut, or waited in vain, and comes from the shelf instead counts twice."""

    def anew(*asked: object, **how: object) -> object:
        return claim_lines(*asked, **how | {"has_quota": False})  # type: ignore[arg-type]  # passed on as they came

    patch.setattr(together, "claim_lines", anew)


def let_them_wait_in_vain(patch: Patch) -> None:
    """Nobody gives way at an inbound that does not bring what was claimed of it."""
    patch.setattr(waiting, "_ended", lambda *_: Accepted())


def give_way_without_looking_elsewhere(patch: Patch) -> None:
    """A claim ends although there are other goods for it."""
    patch.setattr(waiting, "_moved", lambda *_: Accepted())


def let_all_give_way(patch: Patch) -> None:
    """One piece is lost, and all who wait lose theirs."""
    patch.setattr(waiting, "_is_late", lambda *_: True)


def wait_for_ever(patch: Patch) -> None:
    """However late an inbound is, it is waited for."""
    patch.setattr(waiting, "_is_late", lambda *_: False)


def take_from_the_precious(patch: Patch) -> None:
    """The oldest orders lose what an inbound does not bring."""
    order = Case.most_precious_first
    patch.setattr(Case, "most_precious_first", lambda self, some: order(self, some)[::-1])


def keep_the_new_date_to_oneself(patch: Patch) -> None:
    """An order that was moved to another inbound keeps its old date."""
    patch.setattr(waiting, "new_date", lambda *_, **__: None)


def tear_the_kit_that_waits(patch: Patch) -> None:
    """A component is canceled, and the rest of its kit is sent all the same."""
    patch.setattr(claimants, "with_kit", lambda _order, ref, pieces: {ref.rpartition("/")[2]: pieces})


def look_at_other_inbounds_only(patch: Patch) -> None:
    """What is on the shelf is not given to those who wait in vain."""
    patch.setattr(redating, "as_far_as_there", lambda *_: Accepted())


PLANTED_IN_RELIEF = [
    let_them_wait_in_vain,
    give_way_without_looking_elsewhere,
    let_all_give_way,
    take_from_the_precious,
    keep_the_new_date_to_oneself,
    tear_the_kit_that_waits,
    look_at_other_inbounds_only,
    draw_the_quota_again_when_moved,
]
PLANTED = [
    announce_all_again,
    let_the_last_version_to_arrive_win,
    forget_what_a_revision_leaves_out,
    keep_the_rest_of_a_closed_inbound,
    count_what_turns_up_twice,
    serve_nobody_first,
    serve_the_last_first,
    forget_priority,
    serve_pools_that_the_node_is_not_in,
    lose_and_keep,
    wait_without_a_claim,
    forgo_half,
    hold_beyond_its_moment,
    let_orders_wait_for_those_who_hold_too_long,
    promise_the_latest_first,
    promise_one_piece_twice,
    leave_the_rest_out,
    promise_what_goes_elsewhere,
    promise_what_was_cut,
    stay_overdue,
    tell_nobody,
    leave_the_cut_where_it_is,
    open_with_no_claim,
    draw_no_quota_for_what_is_expected,
    draw_the_quota_again_on_landing,
    wait_for_ever,
]


@pytest.mark.parametrize("plant", PLANTED, ids=lambda plant: plant.__name__.replace("_", " "))
def test_a_planted_bug_is_found_by_the_machine_of_supply(plant: object, monkeypatch: Patch) -> None:
    """The wrong variant is in place while the machine runs, and an invariant breaks."""
    assert callable(plant)
    plant(monkeypatch)

    assert SEARCH() is not None


@pytest.mark.parametrize("plant", PLANTED_IN_RELIEF, ids=lambda plant: plant.__name__.replace("_", " "))
def test_a_planted_bug_is_found_by_the_law_of_those_who_wait_in_vain(plant: object, monkeypatch: Patch) -> None:
    """The wrong variant is in place while the law is checked, and it raises."""
    assert callable(plant)
    plant(monkeypatch)

    assert VAIN() is not None or QUOTAS() is not None


def test_the_same_search_finds_nothing_where_nothing_is_planted() -> None:
    """What found the bugs is silent without them."""
    assert SEARCH() is None
    assert VAIN() is None
    assert QUOTAS() is None
