"""The sales channels of a shop: one row each. Whoever adds a channel adds its adapter, and its row here."""

from examples.adapters.shopify import Shopify
from examples.adapters.social import SocialShop
from unicommerce.intake import Intake

from .host import Channel

CHANNELS = (
    Channel("shopify", Shopify(), Intake(channel="shopify", pool="web")),
    Channel("chat", SocialShop(), Intake(channel="chat", pool="web")),
)
