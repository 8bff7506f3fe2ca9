"""Records to and from plain data and canonical bytes, their kinds on the wire, and how older kinds become newer."""

from .hooks import Plain, Upcaster
from .kinds import DOCUMENTS, EVENTS, REASONS
from .records import Codec, Drift, canonical, decode, drift

__all__ = ["DOCUMENTS", "EVENTS", "REASONS", "Codec", "Drift", "Plain", "Upcaster", "canonical", "decode", "drift"]
