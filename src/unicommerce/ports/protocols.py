"""What the world must look like to be plugged in: one Protocol for each kind of system, to translate and nothing else.

A port reads messages and writes them; it knows no transport, no retry, no clock. Which papers go over which port is
what tells them apart, and what `Capabilities` narrow down for one system. Each raises `InvalidValue` for a message or a
paper that it cannot translate, with the path of the field.
"""

from typing import Protocol

from .papers import Paper
from .readings import Capabilities, Message, Reading

__all__ = ["PORTS", "Port", "Telemetry"]


class Port(Protocol):
    """A system that is read and written."""

    @property
    def capabilities(self) -> Capabilities:
        """Return what it claims."""
        ...

    def read(self, message: Message) -> Reading:
        """Return what a message says, and what of it was not understood."""
        ...

    def write(self, paper: Paper) -> Message:
        """Return the message that says a paper in the system's own form."""
        ...


class Telemetry(Protocol):
    """Where it is told how long something took and how often it happened; names and attributes are ours."""

    def count(self, name: str, by: int = 1, **attributes: str) -> None:
        """Count."""
        ...

    def took(self, name: str, duration_us: int, **attributes: str) -> None:
        """Tell how long something took (µs)."""
        ...


PORTS = {
    "channel": (
        (
            *("sales_order", "cancellation", "refund", "dispatch", "goods_return", "payment", "stock_count"),
            "ship_request",
        ),
        ("offered", "dispatch", "cancellation", "refund", "sales_order"),
    ),
    "pos": (
        (
            *("till_sale", "stock_count", "stock_change", "stock_transfer"),
            *("sales_order", "cancellation", "payment", "refund"),
        ),
        ("stock_count", "stock_change", "stock_transfer", "sales_order", "till_sale", "refund"),
    ),
    "wms": (
        (
            *("dispatch", "receipt", "stock_count", "stock_change"),
            *("goods_return", "ship_notice", "ship_request", "cancellation"),
        ),
        ("ship_request", "dispatch", "stock_count", "ship_notice", "cancellation"),
    ),
    "erp": (
        ("purchase_order", "purchase_answer", "ship_notice", "receipt", "stock_count", "sales_order"),
        ("purchase_order", "purchase_answer", "ship_notice", "receipt", "sales_order", "refund", "stock_count"),
    ),
    "carrier": (
        ("rate", "label", "dispatch", "delivery", "undelivered", "ship_request"),
        ("ship_request", "rate", "label", "dispatch", "delivery", "undelivered"),
    ),
    "payment": (("payment", "refund"), ("payment", "refund")),
    "tax": (("tax",), ("tax",)),
    "files": (
        ("sales_order", "stock_count", "receipt", "dispatch"),
        ("sales_order", "stock_count", "receipt", "dispatch"),
    ),
}
"""Which papers are read and written over each kind of port, and over no other."""
