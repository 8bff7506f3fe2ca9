"""Law: explanations suffice, in two senses that are checked.

Keep only the nodes whose reason says that they ship, and the plan is the same to the last figure. And the figures in
reasons are true: no plan at all is cheaper, none that uses a node called costlier is cheaper than its reason says, and
a claim that was refused is taken once it asks for what was `found`.
"""

from hypothesis import given

from tests.laws.routes import Errand, errands, plan, prices, worth
from tests.laws.world import SKUS, Law, Program, World, programs
from unicommerce.inventory import InventoryCode, expire, reserve
from unicommerce.ledger import Accepted, Refused, run
from unicommerce.routing import RoutingCode

SHIPS = (RoutingCode.SHIPS_ALL, RoutingCode.SHIPS_PART)
COSTLIER = (RoutingCode.COSTLIER, RoutingCode.COSTLIER_IN_PART)


def who_ships_suffices(errand: Errand) -> None:
    """Raise where the nodes that the reasons cite as shipping would not make the same plan by themselves."""
    found = plan(errand)
    cited = {reason.subject for reason in found.because if reason.code in SHIPS}
    alone = plan(errand._replace(supplies=tuple([s for s in errand.supplies if s.node.id in cited])))
    assert alone.shipments == found.shipments
    assert (alone.unfilled, alone.cost_minor) == (found.unfilled, found.cost_minor)


def figures_are_true(errand: Errand) -> None:
    """Raise where some plan is cheaper than the one chosen, or than a reason says that it could be."""
    found = plan(errand)
    tried = list(prices(errand))
    best = min(cost for cost, _ in tried)
    assert worth(found) == best
    assert found.is_proven
    assert found.lower_bound_minor <= found.cost_minor
    for reason in found.because:
        if reason.code in COSTLIER:
            dearer = int(reason.unit.split()[0].replace(".", ""))
            with_it = min([cost for cost, shipping in tried if reason.subject in shipping], default=best + dearer)
            assert best + dearer <= with_it, reason


def found_is_what_can_be_had(program: Program) -> None:
    """Raise where a refused claim is not taken for exactly what was found, or taken for one more."""
    world = World().run(program)
    for document in run(
        world.store.due(world.now, 1_000)
    ):  # a hold that is over is found only where ending it suffices
        if document.key.kind == "inventory.claim":
            world.ask(expire(document.key.id))
    for number, where in enumerate(("pool:web", "pool:club", "pool:corner", "dc", "north", "south", "booth")):
        answer = world.ask(reserve(f"x{number}", place=where, quantities=dict.fromkeys(SKUS, 999)))
        assert isinstance(answer, Refused)
        found = {reason.unit: reason.found for reason in answer.because if reason.code is InventoryCode.SHORT}
        some = {sku: pieces for sku, pieces in found.items() if isinstance(pieces, int) and pieces > 0}
        for sku, pieces in some.items():
            assert isinstance(
                world.ask(reserve(f"y{number} {sku}", place=where, quantities={sku: pieces + 1})), Refused
            )
        if some:
            assert isinstance(world.ask(reserve(f"z{number}", place=where, quantities=some)), Accepted), some


LAW = Law("explanations suffice", errands() | errands(is_on_time=False), who_ships_suffices)
FIGURE_LAW = Law("the figures in reasons are true", errands(most=3), figures_are_true)
FOUND_LAW = Law("what was found can be had", programs(most=20), found_is_what_can_be_had)


@given(LAW.cases)
def test_the_nodes_that_ship_make_the_same_plan_by_themselves(errand: Errand) -> None:
    """The reasons that cite a node as shipping are all that the plan rests on."""
    LAW.check(errand)


@given(FIGURE_LAW.cases)
def test_no_plan_is_cheaper_than_the_reasons_say(errand: Errand) -> None:
    """Every plan there is was tried: the chosen one is the cheapest, the others are as much dearer as was said."""
    FIGURE_LAW.check(errand)


@given(FOUND_LAW.cases)
def test_a_refused_claim_is_taken_for_what_was_found_and_not_for_more(program: Program) -> None:
    """`found` is exact at nodes and at overlapping pools."""
    FOUND_LAW.check(program)
