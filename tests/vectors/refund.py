"""Translators of `refund-vectors.json`, by group and kind: fields to public API, and answers back."""

from collections.abc import Mapping

from .reading import Translator

REFUND: Mapping[tuple[str, str], Translator] = {}
