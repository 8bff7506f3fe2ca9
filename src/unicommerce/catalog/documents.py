"""Master data: what is sold, in which measures, made of what; and the channels that it is sold through.

These are arguments of decisions, not records: whoever keeps them hands them in. A kit is never in stock itself, its
components are; a channel's rules say what is kept back from it. Invariants: SKUs, channels and safety stocks are named
once, a kit's components are no kits.
"""

from collections.abc import Mapping
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from typing import NamedTuple

from ..errors import InvalidValue
from ..values import LARGEST, frozen, identifier, names_of, positive, whole
from .network import Network, place_name

__all__ = ["Catalog", "Channel", "Component", "Measure", "Product", "SafetyStock", "Tracking"]


class Tracking(StrEnum):
    """How closely pieces of a product are told apart: not at all, by owner, by lot, or each by its serial number."""

    NONE = "none"
    OWNER = "owner"
    LOT = "lot"
    SERIAL = "serial"


class Component(NamedTuple):
    """So many pieces of a SKU in one kit."""

    sku: str
    quantity: int


class Measure(NamedTuple):
    """A unit of measure of a product: one of it is `pieces / per` pieces of the base measure, exactly."""

    name: str
    pieces: int
    per: int = 1


@frozen(kw_only=True)
class Product:
    """What is sold, by its stock keeping unit; weight for one piece, cost as bought where no invoice says otherwise.

    `base` names the measure that is counted (a piece; a gram, where goods are weighed); `measures` are the others, each
    exact in base pieces. A kit has `components` and no stock of its own: an order takes its components. A bundle that
    is put together beforehand (`is_assembled`) has both, and an order takes it as it is. `tax_category` is that of the
    tax rules ("": the usual one), `commodity` what customs call it (HSN).

    >>> Product(sku="SODA", measures=(Measure("crate", 24),)).in_base(2, "crate")
    48
    """

    sku: str
    weight_g: int = 0
    cost_minor: int = 0
    name: str = ""
    base: str = "piece"
    measures: tuple[Measure, ...] = ()
    components: tuple[Component, ...] = ()
    is_assembled: bool = False
    tracking: Tracking = Tracking.NONE
    volume_cm3: int = 0
    requires: tuple[str, ...] = ()
    tax_category: str = ""
    commodity: str = ""

    def __attrs_post_init__(self) -> None:
        identifier(self.sku, "sku")
        whole(self.weight_g, "weight_g")
        whole(self.volume_cm3, "volume_cm3")
        names_of(self.requires, "requires")
        whole(self.cost_minor, "cost_minor")
        names = [self.base, *(identifier(name, "measure") for name, _, _ in self.measures)]
        if len(set(names)) != len(names):
            raise InvalidValue(f"measures of {self.sku}", names, "names of their own, the base measure among them")
        for name, pieces, per in self.measures:
            positive(pieces, f"pieces of a {name}")
            positive(per, f"per of a {name}")
        for sku, quantity in self.components:
            identifier(sku, f"component of {self.sku}")
            positive(quantity, f"{sku} in {self.sku}")
        if len({sku for sku, _ in self.components}) != len(self.components):
            raise InvalidValue(f"components of {self.sku}", [sku for sku, _ in self.components], "each SKU once")

    def in_base(self, quantity: int, measure: str) -> int:
        """Return a quantity in base pieces. Raises `InvalidValue` for an unknown measure and for what is not whole."""
        pieces = positive(quantity, f"quantity of {self.sku}") * self._pieces(measure)
        if pieces.denominator != 1 or pieces > LARGEST:
            raise InvalidValue(f"{measure} of {self.sku}", quantity, f"a whole number of {self.base}, not {pieces}")
        return pieces.numerator

    def in_measure(self, pieces: int, measure: str) -> int:
        """Return base pieces in a measure, the inverse of `in_base`. Raises `InvalidValue` where it is not whole."""
        quantity = positive(pieces, f"quantity of {self.sku}") / self._pieces(measure)
        if quantity.denominator != 1:
            raise InvalidValue(f"{self.base} of {self.sku}", pieces, f"a whole number of {measure}, not {quantity}")
        return quantity.numerator

    def _pieces(self, measure: str) -> Fraction:
        known = {self.base: Fraction(1)} | {name: Fraction(pieces, per) for name, pieces, per in self.measures}
        if measure not in known:
            raise InvalidValue(f"measure of {self.sku}", measure, f"one of {', '.join(known)}")
        return known[measure]


@frozen(kw_only=True)
class Channel:
    """Where customers buy, the pool it sells from, and what is kept back from it; quantities in pieces of any one SKU.

    - `buffer`: pieces of a SKU that this channel leaves to others. - `allowance`: pieces that it may promise beyond
    what is there. - `quotas`: (SKU, most pieces that it may claim in all). - `ring_fences`: claims set aside for it,
    which its own claims draw on first. - `minimum_life_days`: how long a lot must last to be sold here.
    """

    id: str
    pool: str
    buffer: int = 0
    allowance: int = 0
    quotas: tuple[tuple[str, int], ...] = ()
    ring_fences: tuple[str, ...] = ()
    minimum_life_days: int = 0

    def __attrs_post_init__(self) -> None:
        place_name(self.id, "channel")
        place_name(self.pool, "pool")
        whole(self.buffer, "buffer")
        whole(self.allowance, "allowance")
        whole(self.minimum_life_days, "minimum_life_days")
        for sku, most in self.quotas:
            identifier(sku, f"quota of {self.id}")
            whole(most, f"quota of {sku}")
        if len({sku for sku, _ in self.quotas}) != len(self.quotas):
            raise InvalidValue(f"quotas of {self.id}", [sku for sku, _ in self.quotas], "each SKU once")

    @cached_property
    def quota_by_sku(self) -> Mapping[str, int]:
        """Return the most pieces that it may claim, by SKU."""
        return dict(self.quotas)


class SafetyStock(NamedTuple):
    """Pieces of a SKU that a node keeps back from every claim; a SKU of "" means each that has none of its own."""

    node: str
    sku: str
    pieces: int


@frozen(kw_only=True)
class Catalog:
    """All master data that decisions are given: the network, products, channels, and the currency of cost.

    >>> Catalog(network=Network(), products=(Product(sku="MUG", weight_g=350),)).product("MUG").weight_g
    350
    """

    network: Network = Network()
    products: tuple[Product, ...] = ()
    channels: tuple[Channel, ...] = ()
    safety: tuple[SafetyStock, ...] = ()
    currency: str = "USD"

    def __attrs_post_init__(self) -> None:
        if len(self.product_by_sku) != len(self.products):
            raise InvalidValue("products", [product.sku for product in self.products], "a list of unique SKUs")
        if len(self.channel_by_id) != len(self.channels):
            raise InvalidValue("channels", [channel.id for channel in self.channels], "a list of unique ids")
        if len(self.safety_by_place) != len(self.safety):
            raise InvalidValue("safety", self.safety, "one safety stock for each node and SKU")
        for node, sku, pieces in self.safety:
            whole(pieces, f"safety stock of {sku or 'any SKU'} at {node}")
        for product in self.products:
            if nested := [sku for sku, _ in product.components if sku in self.kits or sku == product.sku]:
                raise InvalidValue(f"components of {product.sku}", nested, "products that are no kits")

    @cached_property
    def product_by_sku(self) -> Mapping[str, Product]:
        """Return the products by SKU."""
        return {product.sku: product for product in self.products}

    def product(self, sku: str) -> Product | None:
        """Return the product, None where the catalog does not know it."""
        return self.product_by_sku.get(sku)

    @cached_property
    def kits(self) -> Mapping[str, Product]:
        """Return the products that an order takes apart into their components, by SKU."""
        return {product.sku: product for product in self.products if product.components and not product.is_assembled}

    @cached_property
    def kits_by_component(self) -> Mapping[str, tuple[str, ...]]:
        """Return the kits that each component is in, by its SKU."""
        found: dict[str, tuple[str, ...]] = {}
        for kit in self.kits.values():
            for sku, _ in kit.components:
                found[sku] = (*found.get(sku, ()), kit.sku)
        return found

    def has_lots(self, sku: str) -> bool:
        """Tell whether pieces of a SKU are told apart by lot or serial number."""
        product = self.product_by_sku.get(sku)
        return product is not None and product.tracking in (Tracking.LOT, Tracking.SERIAL)

    @cached_property
    def channel_by_id(self) -> Mapping[str, Channel]:
        """Return the channels by id."""
        return {channel.id: channel for channel in self.channels}

    def life_days(self, channel: str, sku: str) -> int:
        """Return for how many days lots of a SKU must last to be sold through a channel; 0: while they may be sold."""
        rules = self.channel_by_id.get(channel)
        return rules.minimum_life_days if rules and self.has_lots(sku) else 0

    @cached_property
    def safety_by_place(self) -> Mapping[tuple[str, str], int]:
        """Return the safety stock by node and SKU, where "" stands for any SKU."""
        return {(node, sku): pieces for node, sku, pieces in self.safety}

    def safety_stock(self, node: str, sku: str) -> int:
        """Return the pieces of a SKU that a node keeps back."""
        kept = self.safety_by_place
        return kept.get((node, sku), kept.get((node, ""), 0)) if kept else 0
