"""Laws that cannot fail are decoration: each bug planted here, a wrong variant of a small piece, is found by its law.

The search is bounded and derandomized, so that what is found once is found on every run; the same search finds nothing
where nothing is planted. `pytest -rA` prints the table: the bug, and the law that found it.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple, TypeVar

import attrs
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from tests.laws import (
    test_a_hold_ends_once,
    test_accepted_kits_are_allocated,
    test_an_open_line_has_a_claim,
    test_claims_can_be_allocated,
    test_conservation,
    test_contradictions_name_the_field,
    test_decisions_answer_on_an_empty_state,
    test_documents_read_are_current,
    test_explanations_suffice,
    test_guards_hold,
    test_implied_earlier_steps,
    test_input_order_and_hash_seed_are_irrelevant,
    test_kits_stay_whole,
    test_line_moves,
    test_machine_of_claims,
    test_machine_of_orders,
    test_machine_of_the_ledger,
    test_moments_of_implied_steps,
    test_money_events_move_no_stock,
    test_money_parts_sum_to_the_whole,
    test_more_stock_never_hurts,
    test_no_oversell,
    test_one_reason_per_candidate,
    test_order_of_recording_is_irrelevant,
    test_postings_balance,
    test_repeat_is_free,
    test_replay_equals_live,
    test_returns_add_up,
    test_snapshot_and_tail_equal_replay,
    test_splits_are_complete,
    test_those_who_give_way_are_the_fewest,
    test_totals_equal_the_sum_of_their_parts,
    test_unchosen_nodes_are_irrelevant,
    test_undo_is_the_inverse_of_do,
    test_what_is_kept_back,
)
from tests.laws.world import Law
from unicommerce import values
from unicommerce.catalog import Network, Product
from unicommerce.catalog import network as catalog_network
from unicommerce.finance import Posted, stocks
from unicommerce.fulfillment import Deallocated, Delivered, ShortPicked
from unicommerce.fulfillment.allocating import allocation
from unicommerce.fulfillment.allocating.wants import Want
from unicommerce.fulfillment.cases import Case as OrderCase
from unicommerce.fulfillment.handover import messages, tellings
from unicommerce.fulfillment.ordering import decisions as fulfillment_decisions
from unicommerce.fulfillment.ordering import supplying
from unicommerce.inventory import LOSS, Claim, ClaimLine, ClaimPolicy, Limits, Received, goods, sellable
from unicommerce.inventory import claims as inventory_claims
from unicommerce.inventory import decisions as inventory_decisions
from unicommerce.inventory import endings as inventory_endings
from unicommerce.inventory import keeping as inventory_keeping
from unicommerce.inventory.claims import Case, Room
from unicommerce.inventory.endings import Standing
from unicommerce.ledger import (
    Accepted,
    Account,
    Between,
    Decision,
    Document,
    Entry,
    Event,
    Fact,
    Guard,
    Key,
    Ledger,
    Movement,
    Reason,
    Recorded,
    Snapshot,
    State,
    whole,
)
from unicommerce.orders import LINE_MOVES, Amended, Bundle, LineQuantity, LineState, Order, line_account, line_unit
from unicommerce.orders import events as orders_events
from unicommerce.relief import ReliefPolicy, firm_first
from unicommerce.relief import claimants as relief_claimants
from unicommerce.relief import decisions as relief_decisions
from unicommerce.relief.claimants import Case as ReliefCase
from unicommerce.returns import Restocked
from unicommerce.routing import Plan, Problem, Solution, route, solve
from unicommerce.routing import decisions as routing_decisions
from unicommerce.supply import backorders as supply_backorders
from unicommerce.valuation import Layer, Method, Stock
from unicommerce.values import Unit

T = TypeVar("T")
Patch = pytest.MonkeyPatch
Hunt = Callable[[], Exception | None]
EXAMPLES = 150


def hunt(law: Law[T]) -> Hunt:
    """Return the search for a case that breaks a law: the same cases each time, without shrinking what is found."""

    def search() -> Exception | None:
        @settings(_bounded(EXAMPLES))
        @given(law.cases)
        def check(case: T) -> None:
            law.check(case)

        return _raised(check)

    return search


def hunt_by(machine: type[RuleBasedStateMachine], examples: int = EXAMPLES // 3) -> Hunt:
    """Return the search for a run of a state machine that breaks one of its invariants."""
    return lambda: _raised(lambda: run_state_machine_as_test(machine, settings=_bounded(examples)))


def _bounded(examples: int) -> settings:
    return settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        print_blob=False,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )


def _raised(check: Callable[[], object]) -> Exception | None:
    """Return what a law says; a slip of the bug itself, which calls what is not there, is no find."""
    try:
        check()
    except (AttributeError, NameError, TypeError):
        raise
    except Exception as error:  # noqa: BLE001 - a law may be broken in any way, by an error of ours as well
        return error
    return None


# The bugs, by the piece that they are planted in. Each is a plausible slip, and as small as its piece allows.


def forget_the_whole(patch: Patch) -> None:
    """A part is no longer counted in its whole account."""
    patch.setattr("unicommerce.ledger.ledger.totals", lambda account: (account,))


def forget_the_lot(patch: Patch) -> None:
    """A lot is counted only where nobody has claimed it."""

    def totals(account: Account) -> tuple[Account, ...]:
        return tuple(dict.fromkeys((account, account._replace(lot="", owner=""), whole(account))))

    patch.setattr("unicommerce.ledger.ledger.totals", totals)


def lose_without_a_trace(patch: Patch) -> None:
    """A loss leaves the node and arrives nowhere."""
    post = Ledger._post

    def one_sided(self: Ledger, movements: Iterable[Movement], sign: int) -> None:
        moves = list(movements)
        post(self, moves, sign)
        for quantity, unit, _, target in moves:
            if target == LOSS:
                self._books[unit][LOSS] = self._books[unit].get(LOSS, 0) - sign * quantity

    patch.setattr(Ledger, "_post", one_sided)


APPEND = Ledger.append


def _appending(patch: Patch, choose: Callable[[Ledger, Entry, tuple[Guard, ...]], Iterable[Guard]]) -> None:
    def append(self: Ledger, entry: Entry, guards: Iterable[Guard] = ()) -> Recorded | None:
        return APPEND(self, entry, choose(self, entry, tuple(guards)))

    patch.setattr(Ledger, "append", append)


def drop_guards_of_balances(patch: Patch) -> None:
    """Whatever was decided on stale figures goes on record."""
    _appending(patch, lambda _ledger, _entry, guards: [guard for guard in guards if not isinstance(guard, Between)])


def drop_guards_of_documents(patch: Patch) -> None:
    """Whatever was decided on a stale document goes on record."""
    _appending(patch, lambda _ledger, _entry, guards: [guard for guard in guards if isinstance(guard, Between)])


def check_guards_before_recording(patch: Patch) -> None:
    """Guards are checked on the state before instead of the state after."""

    def append(self: Ledger, entry: Entry, guards: Iterable[Guard] = ()) -> Recorded | None:
        between = [guard for guard in guards if isinstance(guard, Between)]
        if all(guard.admits(self.balance(guard.unit, guard.accounts)) for guard in between):
            return APPEND(self, entry, [guard for guard in guards if not isinstance(guard, Between)])
        return None

    patch.setattr(Ledger, "append", append)


def record_a_repeat_again(patch: Patch) -> None:
    """An id that is on record is forgotten when it comes again."""

    def choose(ledger: Ledger, entry: Entry, guards: tuple[Guard, ...]) -> Iterable[Guard]:
        ledger._entries.pop(entry.id, None)
        return guards

    _appending(patch, choose)


def let_the_last_document_count(patch: Patch) -> None:
    """The last document to come counts, whatever its revision."""

    def fresh(_self: Ledger, entry: Entry) -> dict[Key[Document], Document]:
        return {document.key: document for document in entry.documents}

    patch.setattr(Ledger, "_fresh", fresh)


SNAPSHOT, RESTORE = Ledger.snapshot, Ledger.restore


def restore_without_moves(patch: Patch) -> None:
    """A snapshot is restored without what has moved."""

    def restore(snapshot: Snapshot, tail: Iterable[Recorded] = ()) -> Ledger:
        rest = Snapshot(
            position=snapshot.position,
            balances=snapshot.balances,
            parts=snapshot.parts,
            documents=snapshot.documents,
            ids=snapshot.ids,
        )
        return RESTORE(rest, tail)

    patch.setattr(Ledger, "restore", restore)


def restore_without_ids(patch: Patch) -> None:
    """A snapshot is restored without the ids on record."""

    def restore(snapshot: Snapshot, tail: Iterable[Recorded] = ()) -> Ledger:
        ledger = RESTORE(snapshot)
        ledger._entries.clear()
        for _, entry in tail:
            ledger.append(entry)
        return ledger

    patch.setattr(Ledger, "restore", restore)


def replay_without_what_came_back(patch: Patch) -> None:
    """Replay skips returns."""

    def replay(journal: Iterable[Recorded]) -> Ledger:
        return RESTORE(Snapshot(), [recorded for recorded in journal if not recorded.entry.id.startswith("return/")])

    patch.setattr(Ledger, "replay", replay)


def miss_a_document_that_is_not_there(patch: Patch) -> None:
    """Looking for a document that is not there raises."""

    def document(self: Ledger, key: Key[Document]) -> Document:
        return self._documents[key]

    patch.setattr(Ledger, "document", document)


def agree_with_any_content(patch: Patch) -> None:
    """Any content under a known id passes for a repeat."""
    patch.setattr("unicommerce.ledger.asking.difference", lambda _known, _told: None)


def sum_each_pool_by_itself(patch: Patch) -> None:
    """A pool's own nodes and claims are summed, whatever pools overlap."""

    def groups(pools: Mapping[str, Iterable[str]]) -> tuple[catalog_network.Group, ...]:
        return tuple(catalog_network.Group((pool,), tuple(sorted(nodes))) for pool, nodes in sorted(pools.items()))

    patch.setattr(catalog_network, "_groups", groups)


GROUPS = catalog_network._groups


def count_closed_nodes(patch: Patch) -> None:
    """What lies at a closed node can be claimed at its pool."""
    patch.setattr(Network, "groups", property(lambda self: GROUPS({pool.id: pool.nodes for pool in self.pools})))


def list_groups_as_they_come(patch: Patch) -> None:
    """Groups come in the order in which pools were listed."""

    def groups(pools: Mapping[str, Iterable[str]]) -> tuple[catalog_network.Group, ...]:
        order = list(pools)
        return tuple(sorted(GROUPS(pools), key=lambda group: order.index(group.pools[0])))

    patch.setattr(catalog_network, "_groups", groups)


GIVEN_BACK = inventory_endings.given_back


def _without_guards(*asked: object, **how: int) -> inventory_endings.Part:
    return GIVEN_BACK(*asked, **how)._replace(guards=())  # type: ignore[arg-type]  # passed on as they came


def release_without_looking(patch: Patch) -> None:
    """A part may be released whether or not the claim still holds it."""

    def some_of(_claim: str, left: Standing, wanted: Standing | None) -> tuple[Standing, tuple[Reason, ...]]:
        return tuple([each._replace(state=left[0].state) for each in wanted or left]), ()

    patch.setattr(inventory_decisions, "_some_of", some_of)
    patch.setattr(inventory_decisions, "given_back", _without_guards)


def release_without_guards(patch: Patch) -> None:
    """Two who release at once are not told apart."""
    patch.setattr(inventory_decisions, "given_back", _without_guards)


def stay_due_after_the_end(patch: Patch) -> None:
    """A hold that has expired asks to be looked at again."""

    def closed(claim: Claim, ended_at: int | None = None) -> Claim:
        return attrs.evolve(claim, revision=claim.revision + 1, ended_at=ended_at)

    patch.setattr(inventory_endings, "closed", closed)


def keep_nothing(patch: Patch) -> None:
    """Safety stock is for show."""
    patch.setattr(inventory_keeping, "kept", lambda *_asked: 0)


LIMITS = inventory_keeping.limits_of


def _limiting(patch: Patch, change: Callable[[Limits], Limits]) -> None:
    for module in (inventory_claims, allocation):
        patch.setattr(module, "limits_of", lambda *asked, **how: change(LIMITS(*asked, **how)))


def trust_a_short_node_to_stay_short(patch: Patch) -> None:
    """What comes in at a node that is short of its safety stock is sold, if it comes between decision and record."""
    _limiting(patch, lambda limits: limits._replace(still=()))


def forget_the_quota(patch: Patch) -> None:
    """Only goods are guarded."""
    _limiting(patch, lambda limits: limits._replace(sums=tuple([s for s in limits.sums if s.unit.startswith("sku:")])))


ROOM = inventory_claims._room


def guard_at_zero(patch: Patch) -> None:
    """The decision knows what is kept back, and its guards do not."""

    def room(*asked: object) -> inventory_claims.Room:
        found = ROOM(*asked)  # type: ignore[arg-type]  # passed on as they came
        return found._replace(guards=tuple([guard._replace(least=-99, most=None) for guard in found.guards]))

    patch.setattr(inventory_claims, "_room", room)


def draw_on_what_nobody_gave_back(patch: Patch) -> None:
    """An own claim makes room and keeps its pieces."""
    drawn_on = inventory_claims._drawn_on

    def drawn(*asked: object, **how: bool) -> tuple[inventory_endings.Part, Standing]:
        part, left = drawn_on(*asked, **how)  # type: ignore[arg-type]  # passed on as they came
        return part._replace(events=part.events[:0]), left

    patch.setattr(inventory_claims, "_drawn_on", drawn)


def let_the_dead_stand_in_the_way(patch: Patch) -> None:
    """Only a ticker ends a hold."""
    patch.setattr(inventory_claims, "overdue_ended", lambda *_asked, **_how: inventory_endings.NOTHING)


def count_the_dead_in_a_shortage(patch: Patch) -> None:
    """A refusal says what is there beside holds that are over, although they would have been ended."""
    why, room = inventory_claims._why, inventory_claims._room

    def with_the_dead(case: Case, rooms: Iterable[Room], taken: Mapping[str, int | None]) -> tuple[Reason, ...]:
        return why(case, [room(case, each.sku, each.needed, inventory_endings.NOTHING) for each in rooms], taken)

    patch.setattr(inventory_claims, "_why", with_the_dead)


def confirm_what_is_over(patch: Patch) -> None:
    """A hold can be confirmed until somebody looks."""
    patch.setattr(Claim, "is_over", lambda self, _now: self.ended_at is not None)


def take_a_part_unasked(patch: Patch) -> None:
    """Less than was asked for is taken, whatever the policy says."""
    settled = inventory_claims._settled

    def part(case: inventory_claims.Case, policy: ClaimPolicy, kits: Mapping[str, Product]) -> Decision:
        return settled(case, attrs.evolve(policy, takes_part=True), kits)

    patch.setattr(inventory_claims, "_settled", part)


def expire_what_was_confirmed(patch: Patch) -> None:
    """When a hold expires, its firm pieces go with it."""

    def expired(world: State, given: object, claim: Claim, now: int) -> inventory_endings.Part:
        pieces = inventory_endings.standing(world, claim)
        return GIVEN_BACK(world, given, claim, pieces, inventory_endings.closed(claim, claim.due_at), now=now)

    patch.setattr(inventory_decisions, "expired", expired)


def claim_for_nobody_in_particular(patch: Patch) -> None:
    """All claims at a place are held in one account."""
    patch.setattr(Claim, "ref", property(lambda _self: "claim:somebody"))


def receive_twice(patch: Patch) -> None:
    """A receipt brings its pieces in twice."""

    def movements(self: Received) -> tuple[Movement, ...]:
        here = [Movement(q, goods(sku), Account("supplier", "delivered"), sellable(self.node)) for sku, q in self.lines]
        return tuple(here * 2)

    patch.setattr(Received, "movements", movements)


def keep_no_claim_at_a_short_pick(patch: Patch) -> None:
    """What a node could not find is claimed nowhere any more."""
    movements = ShortPicked.movements
    patch.setattr(ShortPicked, "movements", lambda self: movements(self)[:-1])


def keep_the_day_of_a_deallocation(patch: Patch) -> None:
    """A node that lost a shipment stays as full as it was."""
    movements = Deallocated.movements
    patch.setattr(Deallocated, "movements", lambda self: movements(self)[:-1])


def deliver_lines_without_goods(patch: Patch) -> None:
    """The line is delivered and the parcel still under way."""
    movements = Delivered.movements
    patch.setattr(Delivered, "movements", lambda self: movements(self)[: len(self.lines)])


def cancel_what_was_taken_back(patch: Patch) -> None:
    """What an amendment takes back stays ordered, as canceled."""

    def movements(self: Amended) -> tuple[Movement, ...]:
        states = (LineState.ORDERED, LineState.OPEN, LineState.CANCELED)
        ordered, opened, canceled = (line_account(state) for state in states)
        more = [Movement(q, line_unit(self.order, line), ordered, opened) for line, _, q in self.added]
        less = [Movement(q, line_unit(self.order, line), opened, canceled) for line, _, q in self.removed]
        return (*more, *less)

    patch.setattr(Amended, "movements", movements)


def claim_a_piece_less_than_was_placed(patch: Patch) -> None:
    """Claims for a line are a piece short."""

    def claims(order: str, lines: tuple[LineQuantity, ...]) -> tuple[ClaimLine, ...]:
        return tuple([ClaimLine(line_unit(order, line), sku, max(quantity - 1, 1)) for line, sku, quantity in lines])

    patch.setattr(supplying, "claims_of", claims)


def let_delivered_pieces_open_again(patch: Patch) -> None:
    """The table of moves has one edge too many."""
    more = {**LINE_MOVES, LineState.DELIVERED: (LineState.RETURNED, LineState.OPEN)}
    patch.setattr(orders_events, "LINE_MOVES", more)


def pick_again_what_was_implied(patch: Patch) -> None:
    """An implied pick has an id of its own, so that the late message is no repeat."""
    leaving = tellings.leaving

    def again(*told: object) -> tuple[Fact, ...]:
        facts = leaving(*told)  # type: ignore[arg-type]  # passed on as they came
        return tuple([fact._replace(id=f"{fact.id} too") if fact.id.endswith("/picked") else fact for fact in facts])

    patch.setattr(tellings, "leaving", again)


def deliver_what_was_never_shipped(patch: Patch) -> None:
    """Each message counts a piece too many."""

    def lines(order: Order, pieces: Mapping[str, int]) -> tuple[LineQuantity, ...]:
        return tuple([given._replace(quantity=given.quantity + 1) for given in LINES(order, pieces)])

    patch.setattr(tellings, "lines_of", lines)


LINES = messages.lines_of


def forget_an_amendment_of_nothing(patch: Patch) -> None:
    """An amendment that changed nothing is not on record."""
    amended = supplying.amended

    def decide(case: OrderCase, changes: Mapping[str, int], *before: tuple[Event, ...]) -> Decision:
        return amended(case, changes, *before) if any(changes.values()) else Accepted()

    patch.setattr(fulfillment_decisions, "amended", decide)


def look_only_at_the_node(patch: Patch) -> None:
    """Allocation guards the node and not the groups of other pools."""
    patch.setattr(allocation, "_bounds", lambda _case, node: ((node,),))


def trust_the_first_plan(patch: Patch) -> None:
    """A plan that draws twice on one group is taken as it is."""
    patch.setattr(allocation, "_all_hold", lambda _world, _guards: True)


def forget_the_end_of_the_day(patch: Patch) -> None:
    """The plan does not know how full a node is."""
    patch.setattr(allocation, "_capacity_left", lambda _case, _node: None)


def give_to_each_line_of_a_product(patch: Patch) -> None:
    """Two lines of one product get the same pieces."""

    def take(want: Want, quantity: int) -> tuple[tuple[LineQuantity, ...], Want]:
        return tuple([part._replace(quantity=min(part.quantity, quantity)) for part in want.parts]), want

    patch.setattr(allocation, "taking", take)


def tear_kits(patch: Patch) -> None:
    """Nobody looks whether a kit would be torn."""
    patch.setattr(allocation, "_is_whole", lambda _order, _lines, _parcels: True)


def let_kits_wait_at_the_pool(patch: Patch) -> None:
    """Nobody looks whether a plan serves the kits that are taken."""
    patch.setattr(supplying, "_given_at_once", lambda _case, _lines: {})


def take_torn_kits(patch: Patch) -> None:
    """What is there of each line is taken, whether or not it makes kits."""
    patch.setattr(
        supply_backorders, "bundles", lambda _order, pieces: [Bundle("", q, ((i, 1),)) for i, q in pieces.items()]
    )


def let_the_precious_give_way(patch: Patch) -> None:
    """The oldest firm claim goes first."""
    patch.setattr(ReliefPolicy, "precious", property(lambda _self: lambda one: [-each for each in firm_first(one)]))


def give_way_by_age_alone(patch: Patch) -> None:
    """Who is urgent gives way as if nobody had said so."""
    patch.setattr(relief_claimants, "_rank", lambda world, ref: (0, RANK(world, ref)[1]))


RANK = relief_claimants._rank


def relieve_the_node_alone(patch: Patch) -> None:
    """What a node can not give goes back to the pool, and nobody looks whether the pool can."""
    patch.setattr(relief_decisions, "_give_way", lambda _world, _case: Accepted())


def count_what_a_node_lacks_twice(patch: Patch) -> None:
    """A node below zero takes from what other nodes can give."""

    def below_zero(world: State, case: ReliefCase, node: str, _days: int) -> int:
        return world.balance(case.unit, (sellable(node),))

    patch.setattr(relief_decisions, "_offer", below_zero)


def say_nothing_of_the_last_node(patch: Patch) -> None:
    """One candidate gets no reason."""

    def silent(*asked: object, **how: object) -> Plan:
        plan = route(*asked, **how)  # type: ignore[arg-type]  # passed on as they came
        return type(plan)(**{name: getattr(plan, name) for name in NAMES} | {"because": plan.because[:-1]})

    patch.setattr(allocation, "route", silent)


NAMES = ("shipments", "unfilled", "cost_minor", "lower_bound_minor", "is_proven", "because", "destination")


def _solving(patch: Patch, change: Callable[[Problem], Problem], after: Callable[[Solution], Solution]) -> None:
    def solver(problem: Problem, *, budget: int) -> Solution:
        return after(solve(change(problem), budget=budget))

    patch.setattr(routing_decisions, "solve", solver)


def overlook_a_full_shelf(patch: Patch) -> None:
    """A node that has all there is to ship is not seen."""

    def change(problem: Problem) -> Problem:
        quantities, some = problem.quantities, problem.candidates
        shy = [
            each._replace(offers=tuple([o for o in each.offers if o.available < quantities[o.line]])) for each in some
        ]
        return problem._replace(candidates=tuple(shy))

    _solving(patch, change, lambda solution: solution)


def prefer_who_is_listed_first(patch: Patch) -> None:
    """Ties are settled by the place in the list."""

    def change(problem: Problem) -> Problem:
        some = [each._replace(rank=0, node=f"{i}") for i, each in enumerate(problem.candidates)]
        return problem._replace(candidates=tuple(some))

    _solving(patch, change, lambda solution: solution)


def look_at_the_first_two_only(patch: Patch) -> None:
    """Only two candidates are compared, so that the others depend on who they are."""

    def change(problem: Problem) -> Problem:
        first = sorted(problem.candidates, key=lambda each: (each.rank, each.node))[:2]
        some = [each if each in first else each._replace(offers=()) for each in problem.candidates]
        return problem._replace(candidates=tuple(some))

    _solving(patch, change, lambda solution: solution)


def boast_of_the_margin(patch: Patch) -> None:
    """A node is said to be a little costlier than it is."""

    def after(solution: Solution) -> Solution:
        return solution._replace(margins=tuple([None if m is None else m + 1 for m in solution.margins]))

    _solving(patch, lambda problem: problem, after)


def restock_twice(patch: Patch) -> None:
    """What is restocked leaves the return twice."""
    movements = Restocked.movements
    patch.setattr(Restocked, "movements", lambda self: movements(self) * 2)


def round_the_unit_cost(patch: Patch) -> None:
    """The cost of one piece is rounded and then multiplied."""

    def issue(stock: Stock, quantity: int, _method: Method) -> tuple[Stock, tuple[Layer, ...]]:
        taken = Layer(quantity, stock.unit_cost_minor * quantity)
        left = Layer(stock.owned - quantity, stock.value_minor - taken.value_minor)
        return Stock((left,) if any(left[:2]) else (), stock.last_cost), (taken,)

    patch.setattr(stocks, "draw", issue)


def post_no_pieces(patch: Patch) -> None:
    """Finance posts amounts and counts no pieces."""
    movements = Posted.movements
    patch.setattr(Posted, "movements", lambda self: movements(self)[: len(self.postings)])


def move_stock_with_the_money(patch: Patch) -> None:
    """A posting takes a piece off the shelf."""
    movements = Posted.movements
    away = Movement(1, Unit("sku:MUG"), sellable("dc"), LOSS)
    patch.setattr(Posted, "movements", lambda self: (*movements(self), away))


def give_the_remainder_to_nobody(patch: Patch) -> None:
    """Shares are cut and the cents dropped."""

    def allocate(amount: int, weights: list[int]) -> tuple[int, ...]:
        return tuple([amount * weight // sum(weights) for weight in weights])

    patch.setattr(values, "allocate", allocate)


def give_the_remainder_to_the_first(patch: Patch) -> None:
    """All cents that are left over go to the first."""

    def allocate(amount: int, weights: list[int]) -> tuple[int, ...]:
        parts = [abs(amount) * weight // sum(weights) for weight in weights]
        parts[0] += abs(amount) - sum(parts)
        return tuple([-part if amount < 0 else part for part in parts])

    patch.setattr(values, "allocate", allocate)


def count_an_implied_step_as_of_who_implied_it(patch: Patch) -> None:
    """That a step is told after all says nothing of when it was taken."""

    async def date(*_: object, **__: object) -> None:
        return None

    patch.setattr("unicommerce.ledger.asking.date", date)


class Planted(NamedTuple):
    """A bug, and the law that must find it."""

    plant: Callable[[Patch], None]
    law: str
    search: Hunt


def _by(plant: Callable[[Patch], None], law: Law[T]) -> Planted:
    return Planted(plant, law.name, hunt(law))


PLANTED = [
    _by(forget_the_whole, test_totals_equal_the_sum_of_their_parts.LAW),
    _by(forget_the_lot, test_totals_equal_the_sum_of_their_parts.LAW),
    _by(lose_without_a_trace, test_conservation.LAW),
    _by(drop_guards_of_balances, test_no_oversell.RACE_LAW),
    _by(check_guards_before_recording, test_no_oversell.RACE_LAW),
    _by(drop_guards_of_documents, test_documents_read_are_current.LAW),
    _by(record_a_repeat_again, test_repeat_is_free.LAW),
    _by(let_the_last_document_count, test_order_of_recording_is_irrelevant.LAW),
    _by(restore_without_moves, test_snapshot_and_tail_equal_replay.LAW),
    Planted(restore_without_ids, "machine of the ledger", hunt_by(test_machine_of_the_ledger.Books)),
    _by(replay_without_what_came_back, test_replay_equals_live.LAW),
    _by(miss_a_document_that_is_not_there, test_decisions_answer_on_an_empty_state.LAW),
    _by(agree_with_any_content, test_contradictions_name_the_field.LAW),
    _by(sum_each_pool_by_itself, test_claims_can_be_allocated.LAW),
    _by(count_closed_nodes, test_claims_can_be_allocated.ORDER_LAW),
    _by(list_groups_as_they_come, test_input_order_and_hash_seed_are_irrelevant.LAW),
    _by(release_without_looking, test_a_hold_ends_once.LAW),
    _by(release_without_guards, test_a_hold_ends_once.LAW),
    _by(stay_due_after_the_end, test_a_hold_ends_once.LAW),
    _by(keep_nothing, test_what_is_kept_back.LAW),
    _by(trust_a_short_node_to_stay_short, test_what_is_kept_back.RACE_LAW),
    _by(forget_the_quota, test_what_is_kept_back.RACE_LAW),
    _by(guard_at_zero, test_what_is_kept_back.RACE_LAW),
    Planted(draw_on_what_nobody_gave_back, "machine of claims", hunt_by(test_machine_of_claims.Claims)),
    Planted(let_the_dead_stand_in_the_way, "machine of claims", hunt_by(test_machine_of_claims.Claims)),
    Planted(count_the_dead_in_a_shortage, "machine of claims", hunt_by(test_machine_of_claims.Claims)),
    Planted(confirm_what_is_over, "machine of claims", hunt_by(test_machine_of_claims.Claims)),
    Planted(take_a_part_unasked, "machine of claims", hunt_by(test_machine_of_claims.Claims)),
    Planted(expire_what_was_confirmed, "machine of claims", hunt_by(test_machine_of_claims.Claims)),
    Planted(claim_for_nobody_in_particular, "machine of claims", hunt_by(test_machine_of_claims.Claims)),
    Planted(receive_twice, "machine of claims", hunt_by(test_machine_of_claims.Claims)),
    _by(keep_no_claim_at_a_short_pick, test_an_open_line_has_a_claim.LAW),
    _by(claim_a_piece_less_than_was_placed, test_an_open_line_has_a_claim.LAW),
    _by(deliver_lines_without_goods, test_an_open_line_has_a_claim.SUM_LAW),
    _by(keep_the_day_of_a_deallocation, test_undo_is_the_inverse_of_do.LAW),
    _by(cancel_what_was_taken_back, test_undo_is_the_inverse_of_do.LAW),
    _by(let_delivered_pieces_open_again, test_line_moves.LAW),
    _by(pick_again_what_was_implied, test_implied_earlier_steps.LAW),
    _by(count_an_implied_step_as_of_who_implied_it, test_moments_of_implied_steps.LAW),
    Planted(deliver_what_was_never_shipped, "machine of orders", hunt_by(test_machine_of_orders.Orders)),
    _by(forget_an_amendment_of_nothing, test_repeat_is_free.LAW),
    _by(look_only_at_the_node, test_no_oversell.LAW),
    _by(trust_the_first_plan, test_claims_can_be_allocated.ORDER_LAW),
    _by(forget_the_end_of_the_day, test_guards_hold.LAW),
    _by(give_to_each_line_of_a_product, test_splits_are_complete.LAW),
    _by(let_the_precious_give_way, test_those_who_give_way_are_the_fewest.LAW),
    _by(give_way_by_age_alone, test_those_who_give_way_are_the_fewest.LAW),
    _by(relieve_the_node_alone, test_those_who_give_way_are_the_fewest.LAW),
    _by(count_what_a_node_lacks_twice, test_those_who_give_way_are_the_fewest.LAW),
    _by(tear_kits, test_kits_stay_whole.LAW),
    _by(let_kits_wait_at_the_pool, test_accepted_kits_are_allocated.LAW),
    _by(take_torn_kits, test_accepted_kits_are_allocated.LAW),
    _by(say_nothing_of_the_last_node, test_one_reason_per_candidate.ORDER_LAW),
    _by(overlook_a_full_shelf, test_more_stock_never_hurts.LAW),
    _by(prefer_who_is_listed_first, test_unchosen_nodes_are_irrelevant.ORDER_LAW),
    _by(look_at_the_first_two_only, test_unchosen_nodes_are_irrelevant.LAW),
    _by(boast_of_the_margin, test_explanations_suffice.FIGURE_LAW),
    _by(restock_twice, test_returns_add_up.LAW),
    _by(round_the_unit_cost, test_postings_balance.COST_LAW),
    _by(post_no_pieces, test_postings_balance.LAW),
    _by(move_stock_with_the_money, test_money_events_move_no_stock.LAW),
    _by(give_the_remainder_to_nobody, test_money_parts_sum_to_the_whole.LAW),
    _by(give_the_remainder_to_the_first, test_money_parts_sum_to_the_whole.LAW),
]
LAWS = {planted.law: planted.search for planted in PLANTED}


def _name(planted: Planted) -> str:
    return f"{planted.plant.__name__.replace('_', ' ')}: {planted.law}"


@pytest.mark.parametrize("planted", PLANTED, ids=_name)
def test_a_planted_bug_is_found_by_its_law(planted: Planted, monkeypatch: Patch) -> None:
    """The wrong variant is in place while the law is checked, and the law raises."""
    planted.plant(monkeypatch)

    assert planted.search() is not None


@pytest.mark.parametrize("law", LAWS)
def test_the_same_search_finds_nothing_where_nothing_is_planted(law: str) -> None:
    """What found the bugs is silent without them."""
    assert LAWS[law]() is None


def test_enough_is_planted() -> None:
    """Twenty bugs and fifteen laws at the least."""
    assert len({planted.plant for planted in PLANTED}) == len(PLANTED) >= 20
    assert len(LAWS) >= 15
