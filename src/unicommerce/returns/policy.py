"""The knobs of returns; each default is what a small shop can stand by."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from ..errors import InvalidValue
from ..routing import RoutingPolicy
from ..values import frozen, whole
from .windows import ReturnWindow, last_day

__all__ = ["Condition", "Disposition", "ReturnPolicy", "ReturnReason", "WayBack"]


class ReturnReason(StrEnum):
    """Why a customer gives something back."""

    CHANGED_MIND = "changed_mind"
    DOES_NOT_FIT = "does_not_fit"
    DAMAGED = "damaged"
    DEFECTIVE = "defective"
    WRONG_ITEM = "wrong_item"
    NOT_AS_DESCRIBED = "not_as_described"
    LATE = "late"


OUR_FAULT = (
    ReturnReason.DAMAGED,
    ReturnReason.DEFECTIVE,
    ReturnReason.WRONG_ITEM,
    ReturnReason.NOT_AS_DESCRIBED,
)
"""Reasons for which goods may come back whatever a seller's own rules say: they were not what was bought."""


class WayBack(StrEnum):
    """How goods come back: with a label of ours, brought to a counter, or not at all."""

    LABEL = "label"
    DROP_OFF = "drop_off"
    KEEP = "keep"


class Condition(StrEnum):
    """What a piece is found to be: as new, opened, good for parts, or for nothing."""

    SELLABLE = "a"
    OPENED = "b"
    PARTS = "c"
    WASTE = "d"


class Disposition(StrEnum):
    """What is done with a returned piece."""

    RESTOCK = "restock"
    REFURBISH = "refurbish"
    RETURN_TO_VENDOR = "return_to_vendor"
    LIQUIDATE = "liquidate"
    SCRAP = "scrap"
    QUARANTINE = "quarantine"
    RECALL = "recall"


@frozen(kw_only=True)
class ReturnPolicy:
    """The knobs of returns.

    - `windows`: until when goods may come back, by channel; 30 days is what customers expect.
    - `final_sale`: SKUs that do not come back (hygiene, made to order), but where they were not what was bought.
    - `overrides`: reasons for which neither the window nor a final sale counts.
    - `keep_below_minor`: what is worth no more than this altogether, in minor units, may be kept: its way back costs
      more. 0: nothing is.
    - `refunds_at_once`: money goes back when a return is authorized, and not when it is received.
    - `way_back`: how goods come back where nothing else is said.
    - `valid_days`: how long an authorization holds.
    - `gradings`: what is done with a piece of each condition, where nobody says otherwise.
    - `routing`: the rate card by which the way to each node is compared.
    """

    windows: tuple[ReturnWindow, ...] = (ReturnWindow(30),)
    final_sale: tuple[str, ...] = ()
    overrides: tuple[ReturnReason, ...] = OUR_FAULT
    keep_below_minor: int = 0
    refunds_at_once: bool = False
    way_back: WayBack = WayBack.LABEL
    valid_days: int = 30
    gradings: Mapping[Condition, Disposition] = MappingProxyType(
        {
            Condition.SELLABLE: Disposition.RESTOCK,
            Condition.OPENED: Disposition.REFURBISH,
            Condition.PARTS: Disposition.LIQUIDATE,
            Condition.WASTE: Disposition.SCRAP,
        }
    )
    routing: RoutingPolicy = RoutingPolicy()

    def __attrs_post_init__(self) -> None:
        whole(self.keep_below_minor, "keep_below_minor")
        whole(self.valid_days, "valid_days", 1)
        if missing := set(Condition) - set(self.gradings):
            raise InvalidValue("gradings", sorted(missing), "what is done with pieces of each condition")

    def last_day(self, delivered_on: str, channel: str) -> str:
        """Return the last day on which goods of a channel may come back that were delivered on a day."""
        return last_day(self.windows, delivered=delivered_on, channel=channel)
