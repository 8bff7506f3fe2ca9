"""Bugs planted in lots, each a plausible slip, and the law that finds it; the same search finds nothing unplanted."""

from collections.abc import Callable, Sequence
from unittest.mock import ANY

import attrs
import pytest
from hypothesis import strategies as st

from tests.laws import test_a_hold_ends_once, test_claims_by_name, test_machine_of_lots, test_pick_plans
from tests.laws import test_minimum_life as races
from tests.laws import test_orders_keep_their_names as named
from tests.laws import test_orders_of_lots_that_last as orders
from tests.laws import test_relief_knows_lives as reliefs
from tests.laws import test_takers_of_lots_that_last as takers
from tests.laws.test_planted_bugs import EXAMPLES, Hunt, Patch, Planted, hunt, hunt_by
from tests.laws.world import Law
from unicommerce.counts import decisions as counts_decisions
from unicommerce.fulfillment import Allocated, Named, ShortPicked
from unicommerce.fulfillment import events as fulfillment_events
from unicommerce.fulfillment import names as fulfillment_names
from unicommerce.fulfillment.allocating import allocation
from unicommerce.fulfillment.handover import picks
from unicommerce.fulfillment.handover import tellings as fulfillment_tellings
from unicommerce.fulfillment.ordering import supplying
from unicommerce.inventory import Limits, Lot, Released, keeping
from unicommerce.inventory import claims as inventory_claims
from unicommerce.inventory import decisions as inventory_decisions
from unicommerce.inventory import endings as inventory_endings
from unicommerce.inventory import lots as inventory_lots
from unicommerce.ledger import Between, Movement
from unicommerce.lots import LotPolicy, Stock, planning, tellings
from unicommerce.lots import claims as lots_claims
from unicommerce.relief import claimants as relief_claimants
from unicommerce.relief import decisions as relief_decisions
from unicommerce.returns import Returned
from unicommerce.returns import decisions as returns_decisions
from unicommerce.supply import tellings as supply_tellings

FIT = inventory_lots.may_be_sold
BY_LOT = fulfillment_events.by_lot
CHECKS = lots_claims._checks
BY_NAME = test_claims_by_name.LAW
PROMISES = races.PROMISES_ARE_SERVED
ORDERS = orders.ORDERS_ARE_SERVED
TAKERS = takers.TAKERS_LEAVE_WHAT_LASTS
RELIEF = reliefs.RELIEF_KNOWS_LIVES
LIMITS = keeping.limits_of
LIVES = keeping.lives_of
GUARDS = allocation._guards
ENDS_ONCE, RECALLED = test_a_hold_ends_once.LAW, test_a_hold_ends_once.RECALLED


def first_come_first_out(patch: Patch) -> None:
    """The lot that came first leaves first, whenever it expires."""

    def order(stock: Stock, _policy: LotPolicy) -> tuple[int, str, str]:
        return stock.batch.received_at if stock.batch else 0, stock.lot, stock.owner

    patch.setattr(planning, "_order", order)


def expire_on_the_last_day(patch: Patch) -> None:
    """What is kept back turns a day earlier than what may be claimed."""
    patch.setattr(inventory_lots, "may_be_sold", lambda lot, day, life=0: FIT(lot, day + 1, life))


def forget_the_recall(patch: Patch) -> None:
    """What is kept back knows expiry only."""

    def fit(lot: Lot | None, day: int, life: int = 0) -> bool:
        return FIT(lot and attrs.evolve(lot, recalled=""), day, life)

    patch.setattr(inventory_lots, "may_be_sold", fit)


def reserve_a_serial_twice(patch: Patch) -> None:
    """A claim by name looks at the shelf, and not at the lot's own pieces."""

    def checks(*about: object) -> list[lots_claims.Check]:
        found = CHECKS(*about)  # type: ignore[arg-type]  # handed on as it came
        return [check for check in found if not any(account.lot for account in check.limit.accounts)]

    patch.setattr(lots_claims, "_checks", checks)


def receive_a_serial_twice(patch: Patch) -> None:
    """Nobody looks whether a serial is in the house."""
    patch.setattr(tellings, "_in_house", lambda _world, _batch: 0)


def lose_the_owner_at_shipping(patch: Patch) -> None:
    """What leaves is ours."""
    patch.setattr(
        fulfillment_events,
        "by_lot",
        lambda lines, lots: [(line, sku, q, own and own | {"owner": ""}) for line, sku, q, own in BY_LOT(lines, lots)],
    )


def take_what_was_promised_to_last(patch: Patch) -> None:
    """A claim by name looks at the lot and at what is left of all lots, and not at who needs which."""
    patch.setattr(lots_claims, "lasting", lambda *_about, **_how: ())


def trust_that_lots_stay_as_they_were(patch: Patch) -> None:
    """A claim of lots that last is held by the sums alone."""
    patch.setattr(keeping, "lasting", lambda *_about, **_how: ())


def count_claims_only(patch: Patch) -> None:
    """As many pieces are claimed as were, so nobody can need more of them that last."""
    guards = keeping.Lasting.guards
    patch.setattr(keeping.Lasting, "guards", lambda each, most: guards(each, most)[:1])


def forget_the_life_of_a_line(patch: Patch) -> None:
    """A line that is given to a node says nothing of how long its lots must last."""
    patch.setattr(allocation, "lives_of", lambda *_about, **_how: ())


def offer_what_does_not_last(patch: Patch) -> None:
    """A node offers all that may be sold, whatever the channel asks of a lot."""

    def limits(*about: object, **how: object) -> Limits:
        return LIMITS(*about, **how | {"life_days": 0})  # type: ignore[arg-type]  # handed on as it came

    patch.setattr(allocation, "limits_of", limits)


def hold_an_allocation_by_the_sums_alone(patch: Patch) -> None:
    """What is given to a node is held by its sums, and not by how the lots there are."""
    patch.setattr(allocation, "limits_of", lambda *about, **how: LIMITS(*about, **how)._replace(still=()))


def leave_open_what_no_node_has(patch: Patch) -> None:
    """What was claimed at the pool is taken, whatever the plan could serve."""
    patch.setattr(supplying, "served", lambda _events: {"1": ANY, "2": ANY})


def pick_whatever_is_next(patch: Patch) -> None:
    """Of lots that nobody told, those are taken that expire first."""
    patch.setattr(picks, "life_needed", lambda *_about: 0)


def promise_on_the_first_day_for_ever(patch: Patch) -> None:
    """Until when the lots of a line must last is told once."""
    patch.setattr(
        allocation, "lives_of", lambda *about, **how: tuple([new for new in LIVES(*about, **how) if new.revision == 1])
    )


def count_what_a_line_had_as_it_was(patch: Patch) -> None:
    """The guards of an allocation see the claims as they are, and not as it leaves them."""

    def guards(case: allocation.Case, events: Sequence[Allocated], names: Sequence[Named]) -> tuple[Between, ...]:
        return GUARDS(case, [attrs.evolve(event, lives=()) for event in events], names)

    patch.setattr(allocation, "_guards", guards)


def need_what_is_in_hand(patch: Patch) -> None:
    """A line whose pieces were picked, each of its lot, still needs others."""
    patch.setattr(keeping, "_unnamed", lambda parts: parts)


def short_pick_of_no_lot(patch: Patch) -> None:
    """What is not found is of no lot."""
    movements = ShortPicked.movements
    patch.setattr(ShortPicked, "movements", lambda self: movements(attrs.evolve(self, lots=())))


def take_back_of_no_lot(patch: Patch) -> None:
    """What comes back is of no lot."""
    movements = Returned.movements
    patch.setattr(Returned, "movements", lambda self: movements(attrs.evolve(self, lots=())))


def restock_what_is_unfit(patch: Patch) -> None:
    """A return goes on the shelf whatever its lot has become."""
    patch.setattr(returns_decisions, "may_be_sold", lambda _lot, _day: True)


def find_again_of_no_lot(patch: Patch) -> None:
    """What is found again is of no lot."""
    patch.setattr(counts_decisions, "lots_in", lambda _world, _sku, _account: ())


def give_back_to_no_lot(patch: Patch) -> None:
    """What a claim by name gives back is of no lot."""
    movements = Released.movements

    def of_none(self: Released) -> tuple[Movement, ...]:
        return tuple([m._replace(target=m.target._replace(lot="", owner="")) for m in movements(self)])

    patch.setattr(Released, "movements", of_none)


def shelve_what_was_recalled_in_a_basket(patch: Patch) -> None:
    """A hold gives all back to the shelf, whatever its lot has become."""
    patch.setattr(inventory_endings, "unfit", lambda *_about: ())


def confirm_what_was_recalled(patch: Patch) -> None:
    """A hold is confirmed whatever its lot has become."""
    patch.setattr(inventory_decisions, "unfit", lambda *_about: ())


def let_dead_names_stand_in_the_way(patch: Patch) -> None:
    """Only a ticker ends a hold by name."""
    patch.setattr(lots_claims, "overdue_ended", lambda *_about: inventory_endings.NOTHING)


def take_what_nobody_drew_on(patch: Patch) -> None:
    """A basket that is claimed again keeps its pieces."""
    patch.setattr(lots_claims, "own_drawn", lambda *about, **_how: (inventory_endings.NOTHING, about[3]))


def end_holds_a_moment_early(patch: Patch) -> None:
    """Whoever is short ends holds that still run for a moment."""
    overdue = inventory_endings.overdue
    patch.setattr(
        inventory_endings, "overdue", lambda world, unit, accounts, now: overdue(world, unit, accounts, now + 1)
    )


def take_back_the_first_name(patch: Patch) -> None:
    """Whoever gives a piece back gives what the customer chose first."""
    patch.setattr(fulfillment_names, "reversed", lambda names: names, raising=False)


def pick_by_expiry_what_was_named(patch: Patch) -> None:
    """Who is not told what was picked looks at the shelf only."""
    taken = picks.lots_taken
    patch.setattr(fulfillment_tellings, "lots_taken", lambda case, lines, told, _kept: taken(case, lines, told, ()))


def send_pieces_of_no_lot(patch: Patch) -> None:
    """A transfer takes so many pieces, of whichever lot."""
    patch.setattr(supply_tellings, "_sent", lambda *_about, **_how: ())


def land_pieces_of_no_lot(patch: Patch) -> None:
    """What lands has lost its lot on the way, so it lasts."""
    patch.setattr(supply_tellings, "_brought", lambda *_about, **_how: ((), []))


def grant_what_was_promised_to_last(patch: Patch) -> None:
    """A till may sell whatever is left by number."""
    patch.setattr(inventory_claims, "_untold", lambda _wanted, _needed: 0)


def relieve_by_number(patch: Patch) -> None:
    """Whoever can be met by number is met."""
    patch.setattr(relief_decisions, "lasting", lambda *_about, **_how: ())


def let_anybody_give_for_who_needs_more(patch: Patch) -> None:
    """What is missing of lots that last, the least precious gives, though his serve nobody who needs those."""
    patch.setattr(relief_decisions, "_missing", lambda lacks, _one: max(lacks.values()))


def relieve_as_if_all_needed_the_same(patch: Patch) -> None:
    """At a node no claim needs lots that last."""
    patch.setattr(relief_claimants, "life_needed", lambda *_about: 0)


def _machine() -> Hunt:
    return hunt_by(test_machine_of_lots.Lots)


def _race(race: Callable[[], None]) -> Hunt:
    """Return the one race that takes more than a random program finds in a hurry."""
    return hunt(Law(race.__name__, st.just(race), lambda each: each()))


PLANTED = [
    Planted(first_come_first_out, test_pick_plans.PLANS_ARE_RIGHT.name, hunt(test_pick_plans.PLANS_ARE_RIGHT)),
    Planted(expire_on_the_last_day, "machine of lots", _machine()),
    Planted(forget_the_recall, "machine of lots", _machine()),
    Planted(reserve_a_serial_twice, "machine of lots", _machine()),
    Planted(receive_a_serial_twice, "machine of lots", _machine()),
    Planted(lose_the_owner_at_shipping, "machine of lots", _machine()),
    Planted(take_what_was_promised_to_last, PROMISES.name, hunt(PROMISES)),
    Planted(
        trust_that_lots_stay_as_they_were,
        "a race",
        _race(races.test_short_lots_that_come_in_meanwhile_serve_nobody_who_needs_long_ones),
    ),
    Planted(
        count_claims_only, "a race", _race(races.test_room_that_a_claim_of_any_lot_made_is_not_room_of_lots_that_last)
    ),
    Planted(
        hold_an_allocation_by_the_sums_alone,
        "a race",
        _race(orders.test_two_orders_do_not_take_the_same_piece_because_short_lots_came_in),
    ),
    Planted(forget_the_life_of_a_line, ORDERS.name, hunt(ORDERS)),
    Planted(offer_what_does_not_last, ORDERS.name, hunt(ORDERS)),
    Planted(leave_open_what_no_node_has, ORDERS.name, hunt(ORDERS)),
    Planted(pick_whatever_is_next, ORDERS.name, hunt(ORDERS)),
    Planted(
        promise_on_the_first_day_for_ever,
        "a promise",
        _race(orders.test_more_of_a_line_on_the_next_day_must_last_from_then_on),
    ),
    Planted(
        count_what_a_line_had_as_it_was,
        "a race",
        _race(orders.test_what_a_line_has_already_must_last_as_long_as_what_it_is_given_now),
    ),
    Planted(need_what_is_in_hand, "a promise", _race(orders.test_pieces_in_hand_need_no_others_that_last)),
    Planted(short_pick_of_no_lot, "machine of lots", _machine()),
    Planted(take_back_of_no_lot, "machine of lots", _machine()),
    Planted(restock_what_is_unfit, "machine of lots", hunt_by(test_machine_of_lots.Lots, EXAMPLES * 2)),
    Planted(find_again_of_no_lot, "machine of lots", _machine()),
    Planted(give_back_to_no_lot, ENDS_ONCE.name, hunt(ENDS_ONCE)),
    Planted(shelve_what_was_recalled_in_a_basket, RECALLED.name, hunt(RECALLED)),
    Planted(confirm_what_was_recalled, RECALLED.name, hunt(RECALLED)),
    Planted(let_dead_names_stand_in_the_way, BY_NAME.name, hunt(BY_NAME)),
    Planted(take_what_nobody_drew_on, BY_NAME.name, hunt(BY_NAME)),
    Planted(end_holds_a_moment_early, BY_NAME.name, hunt(BY_NAME)),
    Planted(take_back_the_first_name, named.LAW.name, hunt(named.LAW)),
    Planted(pick_by_expiry_what_was_named, named.LAW.name, hunt(named.LAW)),
    Planted(send_pieces_of_no_lot, TAKERS.name, hunt(TAKERS)),
    Planted(land_pieces_of_no_lot, "a landing", _race(takers.test_what_was_sent_lands_in_its_lots)),
    Planted(
        grant_what_was_promised_to_last,
        "a promise",
        _race(takers.test_a_till_that_says_no_lot_is_granted_nothing_that_was_promised),
    ),
    Planted(relieve_by_number, RELIEF.name, hunt(RELIEF)),
    Planted(
        let_anybody_give_for_who_needs_more,
        "a fact",
        _race(reliefs.test_who_needs_lots_that_last_gives_way_and_who_takes_any_stays),
    ),
    Planted(relieve_as_if_all_needed_the_same, RELIEF.name, hunt(RELIEF)),
]


@pytest.mark.parametrize("planted", PLANTED, ids=lambda planted: planted.plant.__name__)
def test_a_planted_bug_is_found_by_its_law(planted: Planted, monkeypatch: Patch) -> None:
    """Its law breaks."""
    planted.plant(monkeypatch)

    assert planted.search() is not None


@pytest.mark.parametrize(
    "search",
    [
        hunt(test_pick_plans.PLANS_ARE_RIGHT),
        hunt(PROMISES),
        hunt(ORDERS),
        hunt(TAKERS),
        hunt(RELIEF),
        hunt(RECALLED),
        hunt(BY_NAME),
        hunt(named.LAW),
        _machine(),
    ],
    ids=["plans", "promises", "orders", "takers", "relief", "recalled", "by name", "names", "machine"],
)
def test_the_same_search_finds_nothing_where_nothing_is_planted(search: Hunt) -> None:
    """Else it would find anything."""
    assert search() is None
