"""A retailer's registrations, the tax places of its nodes, and the rules of the tax service.

A rate changes while the world runs, so that what is credited at the rate of the day is seen.
"""

from functools import lru_cache, partial

from ...catalog import day_text, local_day
from ...invoices import InvoicePolicy
from ...orders import Order
from ...tax import Place, Rate, Registration, RuleSet, eu, quote
from ...values import DAY_MS, Position
from ..scene import Scene

__all__ = ["paper_policy", "tax_rules"]


def tax_rules(scene: Scene) -> RuleSet:
    """Return the rules of the service: one of its rates is another from the second day on."""
    return _rules(local_day("UTC", scene.start + DAY_MS))


@lru_cache(maxsize=64)
def _rules(change: int) -> RuleSet:
    rates = (
        Rate("DE", "VAT", "0.19", valid_to=day_text(change - 1)),
        Rate("DE", "VAT", "0.21", valid_from=day_text(change)),
        Rate("FR", "VAT", "0.20"),
    )
    return eu.rules(rates)


def _country(position: Position) -> Place:
    return Place("DE" if position.lat_udeg >= 51_000_000 else "FR")


def _place_of(order: Order) -> Place:
    return _country(order.destination)


def paper_policy(scene: Scene) -> InvoicePolicy:
    """Return a retailer's policy, over the rules themselves; small ones are registered in one country alone."""
    network = scene.catalog.network
    registrations = (Registration("DE", "DE1"), Registration("FR", "FR1"))[: 2 if len(network.nodes) > 2 else 1]
    return InvoicePolicy(
        engine=partial(quote, rules=tax_rules(scene)),
        registrations=registrations,
        places={node.id: _country(node.position) for node in network.nodes},
        place_of=_place_of,
    )
