"""Sealing settled stretches of the journal: a hash chain over the digests of canonical bytes, off the hot path.

It answers one question: is this still the journal that was sealed? The chain holds digests and not contents, so a
personal field can be blanked in a document of its own without breaking it. Bytes are made elsewhere (`codec`).
"""

from collections.abc import Iterable
from hashlib import sha256
from typing import NamedTuple

__all__ = ["Seal", "breach", "seal"]


class Seal(NamedTuple):
    """The chain up to a position: hexadecimal SHA-256 over the previous link and the digest of the record."""

    position: int = 0
    digest: str = "0" * 64


def seal(last: Seal, records: Iterable[bytes]) -> Seal:
    """Return the seal after some more records.

    >>> seal(Seal(), [b"one", b"two"]) == seal(seal(Seal(), [b"one"]), [b"two"])
    True
    """
    position, link = last
    for content in records:
        position += 1
        link = sha256(bytes.fromhex(link) + sha256(content).digest()).hexdigest()
    return Seal(position, link)


def breach(seals: Iterable[Seal], records: Iterable[bytes]) -> Seal | None:
    """Return the first seal that the records do not bear out, None where all hold.

    Up to the last seal nothing was then flipped, lost or added; records after it are not sealed yet.

    >>> sealed = seal(Seal(), [b"one"])
    >>> breach([sealed], [b"one"]), breach([sealed], [b"0ne"]) == sealed
    (None, True)
    """
    stream = iter(records)
    link = Seal()
    for wanted in seals:
        while link.position < wanted.position and (content := next(stream, None)) is not None:
            link = seal(link, [content])
        if link != wanted:
            return wanted
    return None
