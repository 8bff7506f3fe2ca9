"""What must hold of a world, by what it is about; the table of all is in `invariants`."""

__all__: list[str] = []
