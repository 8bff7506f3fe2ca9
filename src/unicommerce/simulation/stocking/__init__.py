"""Who keeps goods: suppliers and trucks, warehouses, a dairy, those who count, and who gives way."""

__all__: list[str] = []
