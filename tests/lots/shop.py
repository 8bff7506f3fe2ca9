"""A shop with a dairy product by lot, a phone by serial number and a consigned vase."""

from tests.laws.world import HOME, NOW, World
from unicommerce.catalog import Calendar, Catalog, Channel, Network, Node, Pool, Product, Tracking, local_day
from unicommerce.values import DAY_MS

NODES = (Node(id="dc", position=HOME), Node(id="far", position=HOME, calendar=Calendar(zone="Pacific/Auckland")))
NETWORK = Network(nodes=NODES, pools=(Pool(id="web", nodes=("dc", "far")),))
CATALOG = Catalog(
    network=NETWORK,
    products=(
        Product(sku="MILK", weight_g=1000, tracking=Tracking.LOT),
        Product(sku="PHONE", weight_g=200, tracking=Tracking.SERIAL),
        Product(sku="VASE", weight_g=900, tracking=Tracking.OWNER),
        Product(sku="HAM", base="g", tracking=Tracking.LOT),
        Product(sku="MUG", weight_g=300),
    ),
    channels=(Channel(id="long", pool="web", minimum_life_days=5),),
)
TODAY = local_day("UTC", NOW)
DAY = DAY_MS


def shop() -> World:
    """Return the shop, with nothing in it."""
    return World(CATALOG, stock=0)
