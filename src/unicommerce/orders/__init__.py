"""Orders: lines, prices and destination, and where the pieces of each line stand."""

from .decisions import OrderCode, line_quantities, open_lines, open_pieces
from .documents import Order, OrderKit, OrderLine, line_unit, order_key
from .events import LINE_MOVES, Amended, Canceled, LineQuantity, LineState, Placed, line_account, line_move
from .kits import Bundle, bundles, exploded, in_lines, kits_by_state, whole_kits
from .views import OrderStatus, by_shipment, in_words, is_final, order_status, ordered, quantities_by_state, standing

__all__ = [
    "LINE_MOVES",
    "Amended",
    "Bundle",
    "Canceled",
    "LineQuantity",
    "LineState",
    "Order",
    "OrderCode",
    "OrderKit",
    "OrderLine",
    "OrderStatus",
    "Placed",
    "bundles",
    "by_shipment",
    "exploded",
    "in_lines",
    "in_words",
    "is_final",
    "kits_by_state",
    "line_account",
    "line_move",
    "line_quantities",
    "line_unit",
    "open_lines",
    "open_pieces",
    "order_key",
    "order_status",
    "ordered",
    "quantities_by_state",
    "standing",
    "whole_kits",
]
