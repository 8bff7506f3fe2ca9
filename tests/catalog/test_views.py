"""Findings about master data, and what goes on record of it."""

from unicommerce.catalog import Catalog, CatalogCode, Network, NetworkRevised, Node, Pool, Product, findings
from unicommerce.ledger import Reason
from unicommerce.values import Position

HERE = Position(0, 0)


def test_findings_come_by_precedence_and_then_as_listed() -> None:
    """A node that no channel sells from, then products without weight, then those without cost."""
    nodes = tuple([Node(id=id, position=HERE) for id in "ab"])
    network = Network(nodes=nodes, pools=(Pool(id="web", nodes=("b",)),))
    products = (Product(sku="X"), Product(sku="Y", cost_minor=1), Product(sku="Z", weight_g=1, cost_minor=1))

    assert findings(Catalog(network=network, products=products)) == (
        Reason(CatalogCode.NODE_WITHOUT_POOL, "a"),
        Reason(CatalogCode.PRODUCT_WITHOUT_WEIGHT, "X"),
        Reason(CatalogCode.PRODUCT_WITHOUT_WEIGHT, "Y"),
        Reason(CatalogCode.PRODUCT_WITHOUT_COST, "X"),
    )


def test_many_overlapping_pools_are_a_finding() -> None:
    """Six pools that all share one node make 63 groups, and each claim has as many sums to guard."""
    nodes = tuple([Node(id=id, position=HERE) for id in "hubcdefg"])
    pools = tuple([Pool(id=f"p{id}", nodes=("h", id)) for id in "bcdefg"])
    catalog = Catalog(network=Network(nodes=nodes, pools=pools))

    assert Reason(CatalogCode.MANY_GROUPS, "network", 63, 32) in findings(catalog)


def test_master_data_that_is_in_order_has_no_findings() -> None:
    """Nothing to say is said by nothing."""
    assert findings(Catalog()) == ()


def test_a_revised_network_moves_nothing() -> None:
    """It replaces one document."""
    event = NetworkRevised(network=Network())

    assert (event.movements(), event.documents()) == ((), (Network(),))
