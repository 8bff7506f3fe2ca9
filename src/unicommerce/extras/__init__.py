"""Extras: one file for each optional library, behind a protocol of the room that calls it; import the file itself."""

__all__: list[str] = []
