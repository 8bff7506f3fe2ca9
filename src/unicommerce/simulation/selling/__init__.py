"""Who buys and who sells: shoppers, tills, a marketplace, who collects, channels; and parcels on their way."""

__all__: list[str] = []
