"""Products and channels: measures are exact or refused, kits are one level deep, names are used once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unicommerce.catalog import Catalog, Channel, Component, Measure, Product, SafetyStock
from unicommerce.errors import InvalidValue

CRATE = Product(sku="SODA", measures=(Measure("crate", 24), Measure("half", 1, 2)))


@given(quantity=st.integers(1, 10**9), pieces=st.integers(1, 10**3), per=st.integers(1, 10**3))
def test_a_measure_is_exact_or_refused(quantity: int, pieces: int, per: int) -> None:
    """What comes back is what went in; what is not whole is refused and not rounded."""
    product = Product(sku="FLOUR", base="g", measures=(Measure("scoop", pieces, per),))
    if quantity * pieces % per == 0:
        assert product.in_base(quantity, "scoop") * per == quantity * pieces
        assert product.in_measure(product.in_base(quantity, "scoop"), "scoop") == quantity
    else:
        with pytest.raises(InvalidValue, match="scoop of FLOUR"):
            product.in_base(quantity, "scoop")


def test_half_a_measure_is_no_piece() -> None:
    """An odd number of halves makes no whole pieces, and thirteen pieces are no crates."""
    assert (CRATE.in_base(4, "half"), CRATE.in_base(3, "piece"), CRATE.in_measure(48, "crate")) == (2, 3, 2)
    with pytest.raises(InvalidValue, match="half of SODA"):
        CRATE.in_base(3, "half")
    with pytest.raises(InvalidValue, match="piece of SODA"):
        CRATE.in_measure(13, "crate")
    with pytest.raises(InvalidValue, match="one of piece, crate, half"):
        CRATE.in_base(1, "pallet")


def test_quantities_beyond_what_is_kept_exactly_are_refused() -> None:
    """A huge number of crates is refused, not kept inexactly."""
    with pytest.raises(InvalidValue, match="crate of SODA"):
        CRATE.in_base(2**53, "crate")


@pytest.mark.parametrize(
    "make",
    [  # in each, one thing that can not be
        lambda: Product(sku="A", measures=(Measure("piece", 1),)),
        lambda: Product(sku="A", measures=(Measure("crate", 0),)),
        lambda: Product(sku="A", components=(Component("B", 0),)),
        lambda: Product(sku="A", components=(Component("B", 1), Component("B", 2))),
        lambda: Catalog(products=(Product(sku="A", components=(Component("A", 1),)),)),
        lambda: Catalog(
            products=(
                Product(sku="A", components=(Component("B", 1),)),
                Product(sku="B", components=(Component("C", 1),)),
            )
        ),
        lambda: Channel(id="web", pool="web", buffer=-1),
        lambda: Channel(id="web", pool="web", quotas=(("A", 1), ("A", 2))),
        lambda: Catalog(channels=(Channel(id="web", pool="web"), Channel(id="web", pool="shops"))),
        lambda: Catalog(safety=(SafetyStock("dc", "A", -1),)),
        lambda: Catalog(safety=(SafetyStock("dc", "A", 1), SafetyStock("dc", "A", 2))),
    ],
    ids=range(11),
)
def test_master_data_that_contradicts_itself_is_refused(make: object) -> None:
    """Bad master data is named when it is made, not when it is sold."""
    with pytest.raises(InvalidValue):
        make()  # type: ignore[operator]  # each is a function


def test_the_safety_stock_of_a_sku_goes_before_the_one_of_any() -> None:
    """A node's rule for one SKU counts before its rule for all; without either nothing is kept back."""
    catalog = Catalog(safety=(SafetyStock("dc", "", 2), SafetyStock("dc", "A", 0)))
    assert [catalog.safety_stock(*at) for at in (("dc", "A"), ("dc", "B"), ("store", "A"))] == [0, 2, 0]
