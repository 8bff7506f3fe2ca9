"""A call for each reason that a paper is not written."""

from collections.abc import Callable, Mapping

import attrs

from tests.laws.world import World, make_order
from unicommerce.fulfillment import place, shipped
from unicommerce.invoices import InvoiceCode, InvoicePolicy, credit, invoice, settle_tax
from unicommerce.ledger import Reason, ReasonCode, Refused
from unicommerce.tax import Place, TaxAnswer, TaxRequest, eu, quote

ANSWER = TaxAnswer(document="o/1", tax_date="2026-11-23", currency="USD", lines=())


def by_table(request: TaxRequest, /) -> TaxAnswer | Refused:
    """Answer by the sample of the Union."""
    return quote(request, eu.rules())


POLICY = InvoicePolicy(engine=by_table, places=dict.fromkeys(["dc", "north", "south", "booth"], Place("DE")))


def sold(*, has_left: bool = True) -> tuple[World, str]:
    """Return a shop that has sold a mug, and the shipment."""
    world = World()
    order = attrs.evolve(make_order("o", pool="web", skus=("MUG",)), region="DE-BY")
    world.ask(place(order, {"1": 1}))
    (shipment,) = [each.id for each in world.shipments]
    if has_left:
        world.tell(shipped(shipment))
    return world, shipment


def twice() -> tuple[Reason, ...]:
    """Ask for two invoices of a shipment."""
    world, shipment = sold()
    world.ask(invoice(shipment, policy=POLICY))
    return world.ask(invoice(shipment, policy=POLICY)._replace(id="again")).because


def too_much() -> tuple[Reason, ...]:
    """Credit more than is there."""
    world, shipment = sold()
    world.ask(invoice(shipment, policy=POLICY))
    return world.ask(credit("c", shipment=shipment, quantities={"1": 2}, policy=POLICY)).because


def final() -> tuple[Reason, ...]:
    """True up what stands."""
    world, shipment = sold()
    world.ask(invoice(shipment, policy=POLICY))
    return world.ask(settle_tax(shipment, attrs.evolve(ANSWER, document=shipment), policy=POLICY)).because


def nowhere() -> tuple[Reason, ...]:
    """Invoice from a node of no place."""
    world, shipment = sold()
    return world.ask(invoice(shipment, policy=attrs.evolve(POLICY, places={}))).because


def not_picked() -> tuple[Reason, ...]:
    """Invoice what nobody has in hand."""
    world, shipment = sold(has_left=False)
    return world.ask(invoice(shipment, policy=POLICY)).because


def outdated() -> tuple[Reason, ...]:
    """Hand in an answer to what was due before."""
    world, shipment = sold()
    return world.ask(invoice(shipment, policy=POLICY, answer=attrs.evolve(ANSWER, document=shipment))).because


CALLS: Mapping[ReasonCode, Callable[[], tuple[Reason, ...]]] = {
    InvoiceCode.UNKNOWN_SHIPMENT: lambda: World().ask(invoice("s", policy=POLICY)).because,
    InvoiceCode.UNKNOWN_INVOICE: lambda: World().ask(credit("c", shipment="s", policy=POLICY)).because,
    InvoiceCode.NO_PLACE: nowhere,
    InvoiceCode.INVOICED: twice,
    InvoiceCode.NOTHING: not_picked,
    InvoiceCode.EXCEEDS: too_much,
    InvoiceCode.OUTDATED: outdated,
    InvoiceCode.NOT_PROVISIONAL: final,
}
