"""Square and files keep the contract of ports; what Square's numbers say a second time is left name by name."""

from collections.abc import Iterable

from examples.adapters.csv_drop import CsvDrop, Table
from examples.adapters.square import Square
from tests.adapters.test_square import ITEM, ORDER, STORE, TABLE, changes, order, sent
from unicommerce.ports import Cancellation, Item, Line, Message, SalesOrder, StockChange, StockCount
from unicommerce.testing.ports import PortContract, Strange

NOON = 1_795_777_200_000
"""2026-11-27T12:00:00+01:00."""
WASTE: dict[str, object] = {"from_state": "IN_STOCK", "to_state": "WASTE"}


class TestSquare(PortContract):
    """With a message of each form."""

    kind = "pos"
    samples = (
        order(state="CANCELED", closed_at="2020-01-18T00:00:00Z", taxes=None, discounts=None, net_amounts=None),
        sent("CancelPaymentResponse", "payments"),
        sent("RefundUpdatedEvent", "refund.updated"),
        sent("RetrieveInventoryChangesResponse", "inventory"),
        sent("RetrieveInventoryPhysicalCountResponse", "inventory"),
        sent("RetrieveInventoryTransferResponse", "inventory"),
        changes(WASTE),
    )
    means = (
        *[(sent(*key), papers) for key, papers in TABLE.items()],
        (
            samples[0],
            (
                ORDER,
                Cancellation(id="canceled", order=ORDER.id, occurred_at=1_579_305_600_000, is_done=True),
            ),
        ),
        (
            samples[-1],
            (StockChange(id="0", node=STORE, items=(Item(ITEM, -2),), reason="waste", occurred_at=1_795_770_000_000),),
        ),
    )
    refused = ((sent("CatalogItem", "orders"), "message"), (sent("CatalogItem", "catalog"), "topic"))
    papers = (
        StockChange(id="c", node=STORE, items=(Item(ITEM, 3), Item("B", -2)), reason="waste", occurred_at=60_000),
    )
    left = (
        "payment.amount_money", "approved_money", "card_details", "refund.version", "order.version",
        "applied_discounts", "applied_taxes",
        "gross_sales_money", "variation_total_price_money", "line_items.total_money", "modifiers.total_price_money",
        "line_items.total_service_charge_money", "order.total_tip_money",
    )  # fmt: skip

    make_port = staticmethod(Square)


ORDERS = Table(
    form="sales_order",
    columns={
        "Order": "id",
        "Date": "placed_at",
        "Currency": "currency",
        "Line": "line.id",
        "Article": "line.sku",
        "Quantity": "line.quantity",
        "Price": "line.price_minor",
        "Discount": "line.discount_minor",
        "Tax": "line.tax_minor",
        "Freight": "shipping_minor",
        "Total": "total_minor",
    },
)
COUNTS = Table(
    form="stock_count",
    columns={"Node": "node", "At": "as_of", "Article": "item.sku", "Quantity": "item.quantity"},
)


class TestCsvDrop(PortContract):
    """In the plain dialect, which the kit understands."""

    kind = "files"
    samples = (
        Message(
            "orders",
            "Order,Date,Currency,Line,Article,Quantity,Price,Discount,Tax,Freight,Total\n"
            "A-1,2026-11-27T12:00:00+01:00,USD,10,MUG,2,12.50,1.00,4.00,4.90,32.90\n",
        ),
        Message("counts", "Node,At,Article,Quantity\nwien,2026-11-27T12:00:00+01:00,MUG,20\n"),
    )
    means = (
        (
            samples[0],
            (
                SalesOrder(
                    id="A-1",
                    placed_at=NOON,
                    currency="USD",
                    lines=(Line("10", "MUG", 2, 1_250, 100, 400),),
                    shipping_minor=490,
                    total_minor=3_290,
                ),
            ),
        ),
        (samples[1], (StockCount(id=f"wien/{NOON}", node="wien", items=(Item("MUG", 20),), as_of=NOON),)),
    )

    @staticmethod
    def make_port() -> CsvDrop:
        """Make the port of two kinds of files."""
        return CsvDrop("erp", {"orders": ORDERS, "counts": COUNTS})

    @staticmethod
    def strange(body: str) -> Iterable[Strange]:
        """Put a column that nobody has declared behind the others."""
        head, *rows = body.splitlines()
        yield Strange("\n".join([f"{head},Odd", *[f"{row},strange" for row in rows]]), "Odd")
