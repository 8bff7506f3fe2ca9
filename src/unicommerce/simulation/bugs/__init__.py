"""Bugs to plant: what is altered, what misleads, stores that are spoiled; `saboteurs` is the table of all."""

__all__: list[str] = []
