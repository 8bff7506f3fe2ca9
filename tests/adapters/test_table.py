"""The first cut of the table payload x outcome: what ships maps and goes back as it came, or is named with why."""

from tests.adapters.cases import PAYLOADS
from tests.adapters.table import Outcome, table

TABLE: dict[str, Outcome] = {each.file: each for each in table(PAYLOADS)}
NOT_OURS = {
    "errors": ("amazon/errors.json",),
    "what is wrong in itself": (
        *("x12/940-06.edi", "x12/940-08.edi", "x12/940-12.edi", "x12/940-14.edi", "x12/940_Failed_SE01.edi"),
        "x12/945-04.edi",
    ),
    "catalogs, and places of ours": (
        *("amazon/supply_sources.json", "shopify/location.json", "shopify/product.json", "square/CatalogItem.json"),
        "x12/x12.832.edi",
    ),
    "vendors": ("amazon/vendor_orders.json", "square/VendorUpdatedEvent.json"),
    "other syntaxes": ("x12/edifact.ORDRSP.edi", "x12/tradacoms.order9.edi"),
    "persons alone": ("amazon/v0_address.json", "amazon/v0_buyer.json"),
    "no line, quantity or amount": (
        *("amazon/easy_slots.json", "amazon/mfn_inputs.json", "amazon/outbound_reasons.json"),
        *("amazon/subscription.json", "square/OrderCreatedEvent.json", "square/SearchOrdersRequest.json"),
        "woocommerce/note.json",
    ),
    "half of a message": ("amazon/mfn_services.json",),
    "an amount that its currency does not have": ("amazon/v0_gifts.json",),
}
"""Why a payload becomes no papers."""


def test_what_becomes_no_papers_is_named_with_its_reason() -> None:
    """And nothing else: the rest of the files are papers."""
    named = [file for files in NOT_OURS.values() for file in files]

    assert sorted(file for file, each in TABLE.items() if not each.papers) == sorted(named)
    assert len(TABLE) >= 80


def test_what_is_written_of_them_is_read_again_as_it_was() -> None:
    """Each paper that a system is written; a draft, and what a marketplace has canceled, is not sayable."""
    back: dict[str, int] = {}
    for each in TABLE.values():
        for how, count in each.back.items():
            back[how] = back.get(how, 0) + count

    assert back.pop("same") >= 40
    assert back == {"not sayable: sales_order.is_draft": 1, "not sayable: cancellation.is_done": 1}


def test_the_table_prints_itself() -> None:
    """A row for each file."""
    assert TABLE["shopify/order.json"].row == "| shopify/order.json | 1 sales_order |  | 1 same |"
    assert TABLE["amazon/errors.json"].row == "| amazon/errors.json | refused: errors |  |  |"
