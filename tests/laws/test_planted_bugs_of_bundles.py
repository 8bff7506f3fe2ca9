"""Bugs planted in bundles, each a plausible slip, and the law that finds it."""

import pytest

from tests.laws import test_bundles_keep_their_pieces, test_bundles_of_lots
from tests.laws.test_planted_bugs import Patch, Planted, hunt
from unicommerce.bundles import Disassembled, Recipe, decisions, events, planning
from unicommerce.finance import decisions as finance_decisions
from unicommerce.inventory import Limits, limits_of, production

LAW, OF_LOTS = test_bundles_keep_their_pieces.LAW, test_bundles_of_lots.LAW
BATCH = planning._batch


def use_up_what_is_promised(patch: Patch) -> None:
    """Only the shelf is looked at, and not who has claimed at the pools."""

    def shelf(*about: object, **more: object) -> Limits:
        limits = limits_of(*about, **more)  # type: ignore[arg-type]  # handed on as it came
        return Limits(limits.sums[:1])

    patch.setattr(decisions, "limits_of", shelf)


def use_up_one_of_each(patch: Patch) -> None:
    """However many a bundle takes, one is booked."""
    patch.setattr(Recipe, "used", lambda self: tuple([(sku, self.quantity) for sku, _ in self.components]))


def lose_a_component(patch: Patch) -> None:
    """Taken apart, the last component is forgotten."""
    movements = Disassembled.movements
    patch.setattr(Disassembled, "movements", lambda self: tuple([m for m in movements(self) if m.unit != "sku:CUP"]))


def forget_the_books(patch: Patch) -> None:
    """Finance does not hear of it."""
    rules = {kind: rule for kind, rule in finance_decisions._RULES.items() if not kind.startswith("bundles.")}
    patch.setattr(finance_decisions, "_RULES", rules)


def outlast_the_milk(patch: Patch) -> None:
    """A bundle lasts as long as its lot was said to last first."""
    patch.setattr(planning, "_batch", lambda making, _chosen: BATCH(making, ()))


def put_all_back_on_the_shelf(patch: Patch) -> None:
    """What comes out of a bundle is for sale."""
    patch.setattr(planning, "unfit", lambda *_about: ())


def forget_which_bundle(patch: Patch) -> None:
    """Lots go into what the node makes, and not into a lot of a bundle."""
    patch.setattr(events, "of_lot", lambda node, _bundle, _lot: production(node))


PLANTED = [
    Planted(plant, LAW.name, hunt(LAW))
    for plant in (use_up_what_is_promised, use_up_one_of_each, lose_a_component, forget_the_books)
] + [
    Planted(plant, OF_LOTS.name, hunt(OF_LOTS))
    for plant in (outlast_the_milk, put_all_back_on_the_shelf, forget_which_bundle)
]


@pytest.mark.parametrize("planted", PLANTED, ids=lambda planted: planted.plant.__name__)
def test_a_planted_bug_is_found_by_its_law(planted: Planted, monkeypatch: Patch) -> None:
    """Its law breaks."""
    planted.plant(monkeypatch)

    assert planted.search() is not None


def test_the_same_search_finds_nothing_where_nothing_is_planted() -> None:
    """Else it would find anything."""
    assert hunt(LAW)() is None
    assert hunt(OF_LOTS)() is None
