"""Cartons: every piece in exactly one, none over its limits, never fewer than the bound, and none needlessly large."""

from collections import Counter
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unicommerce.catalog import Catalog, Product
from unicommerce.desk import CartonSize, Packing, packing
from unicommerce.errors import InvalidValue
from unicommerce.orders import LineQuantity

LIMIT = st.none() | st.integers(1, 12)
SIZES = st.lists(st.tuples(LIMIT, LIMIT, LIMIT), min_size=1, max_size=3).map(
    lambda found: [CartonSize(f"size {number}", *limits) for number, limits in enumerate(found)]
)
PRODUCTS = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=4)
QUANTITIES = st.lists(st.integers(1, 4), min_size=4, max_size=4)


def packed(
    products: list[tuple[int, int]], quantities: list[int], sizes: list[CartonSize], alone: frozenset[str] = frozenset()
) -> tuple[Packing, Catalog, list[LineQuantity]]:
    """Return the cartons of one line for each product, the catalog and the lines."""
    known = [Product(sku=f"P{n}", volume_cm3=v, weight_g=w) for n, (v, w) in enumerate(products)]
    lines = [LineQuantity(f"{n}", f"P{n}", q) for n, q in enumerate(quantities[: len(known)])]
    catalog = Catalog(products=tuple(known))
    return packing(lines, sizes, catalog=catalog, alone=alone), catalog, lines


@given(products=PRODUCTS, quantities=QUANTITIES, sizes=SIZES, alone=st.frozensets(st.sampled_from("0123")))
def test_every_piece_is_in_one_carton_and_no_carton_is_over_its_limits(
    products: list[tuple[int, int]], quantities: list[int], sizes: list[CartonSize], alone: frozenset[str]
) -> None:
    """What no size holds is named, and is in none; a line that goes alone shares with no other."""
    found, catalog, lines = packed(products, quantities, sizes, alone)
    counts = Counter[tuple[str, str]]()
    by_name = {size.name: size for size in sizes}
    for size, own in found.cartons:
        goods = [(catalog.product_by_sku[sku], quantity) for _, sku, quantity in own]
        sums = (
            sum([each.volume_cm3 * quantity for each, quantity in goods]),
            sum([each.weight_g * quantity for each, quantity in goods]),
            sum([quantity for _, quantity in goods]),
        )
        assert all(held <= most for held, most in zip(sums, by_name[size].most, strict=True))
        assert len(own) == 1 or not alone & {line for line, _, _ in own}
    for line, sku, quantity in [*(each for _, own in found.cartons for each in own), *found.unfit]:
        counts[line, sku] += quantity
    assert counts == Counter({(line, sku): quantity for line, sku, quantity in lines})
    for _, sku, _ in found.unfit:
        each = catalog.product_by_sku[sku]
        assert not any(each.volume_cm3 <= size.most[0] and each.weight_g <= size.most[1] for size in sizes), (
            "it would have gone into one"
        )
    assert found.least <= len(found.cartons)


@given(products=PRODUCTS, quantities=QUANTITIES, sizes=SIZES, alone=st.frozensets(st.sampled_from("0123")))
def test_the_order_of_lines_and_sizes_is_irrelevant(
    products: list[tuple[int, int]], quantities: list[int], sizes: list[CartonSize], alone: frozenset[str]
) -> None:
    """The same pieces and sizes give the same cartons."""
    found, catalog, lines = packed(products, quantities, sizes, alone)
    again = packing(lines[::-1], sizes[::-1], catalog=catalog, alone=alone)

    assert sorted(again.cartons) == sorted(found.cartons)
    assert again.least == found.least


@settings(max_examples=30)
@given(
    products=st.lists(st.tuples(st.integers(1, 9), st.integers(1, 9)), min_size=1, max_size=5),
    volume=st.integers(9, 14),
    weight=st.integers(9, 14),
)
def test_no_packing_whatever_has_fewer_cartons_than_the_bound(
    products: list[tuple[int, int]], volume: int, weight: int
) -> None:
    """Small cases are tried in every way that there is."""
    found, *_ = packed(products, [1] * 5, [CartonSize("box", volume, weight)])
    best = len(products)
    for boxes in product(range(len(products)), repeat=len(products)):
        sums = [[0, 0] for _ in products]
        for box, (v, w) in zip(boxes, products, strict=True):
            sums[box][0] += v
            sums[box][1] += w
        if all(v <= volume and w <= weight for v, w in sums):
            best = min(best, len(set(boxes)))

    assert found.least <= best <= len(found.cartons)


def test_the_smallest_size_that_holds_it_is_taken() -> None:
    """Three books: two lie in the large box, one in the small one; a poster fits nowhere."""
    books, posters = Product(sku="BOOK", volume_cm3=600, weight_g=400), Product(sku="POSTER", volume_cm3=9_000)
    sizes = [CartonSize("L", 1_300, 2_000), CartonSize("S", 700, 2_000)]
    lines = [LineQuantity("1", "BOOK", 3), LineQuantity("2", "POSTER", 1), LineQuantity("3", "UNKNOWN", 2)]

    found = packing(lines, sizes, catalog=Catalog(products=(books, posters)))

    assert [(size, own) for size, own in found.cartons] == [
        ("L", (LineQuantity("1", "BOOK", 2), LineQuantity("3", "UNKNOWN", 2))),
        ("S", (LineQuantity("1", "BOOK", 1),)),
    ]
    assert found.least == 2
    assert found.unfit == (LineQuantity("2", "POSTER", 1),)


def test_large_pieces_go_first_and_a_carton_that_is_full_is_full() -> None:
    """Small ones first would need three cartons; and of eight that fit three to a carton none is squeezed in."""
    found, *_ = packed([(4, 0), (6, 0)], [2, 2], [CartonSize("box", 10)])
    assert [[sku for _, sku, _ in own] for _, own in found.cartons] == [["P0", "P1"], ["P0", "P1"]]

    found, *_ = packed([(3, 0)], [8], [CartonSize("box", 10)])
    assert [quantity for _, own in found.cartons for _, _, quantity in own] == [3, 3, 2]


def test_the_largest_size_is_not_always_the_best() -> None:
    """Heavy pieces go together into the stronger carton, although another one has more room."""
    found, *_ = packed([(10, 5)], [4], [CartonSize("wide", 100, 5), CartonSize("strong", 50, 50)])

    assert [(size, own[0].quantity) for size, own in found.cartons] == [("strong", 4)]


def test_pieces_may_be_limited_by_number_alone() -> None:
    """Weighing nothing and taking no room, two rings still need two cases of one."""
    found = packing([LineQuantity("1", "RING", 2)], [CartonSize("case", pieces=1)], catalog=Catalog())

    assert [size for size, _ in found.cartons] == ["case", "case"]
    assert found.least == 2


@pytest.mark.parametrize(
    ("sizes", "field"),
    [
        ([], "sizes"),
        ([CartonSize("a"), CartonSize("a", 5)], "sizes"),
        ([CartonSize("a", weight_g=0)], "weight_g of a"),
        ([CartonSize("")], "size"),
    ],
)
def test_sizes_that_are_none_are_named(sizes: list[CartonSize], field: str) -> None:
    """A wrong size is an error of whoever calls, with its field."""
    with pytest.raises(InvalidValue) as caught:
        packing([], sizes, catalog=Catalog())

    assert caught.value.field == field
