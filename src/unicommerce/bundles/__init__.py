"""Bundles that are stocked: made of their components at a node, and taken apart again."""

from .codes import BundleCode
from .decisions import assemble, disassemble
from .events import Assembled, Disassembled, Recipe
from .views import MadeOf, made_of

__all__ = ["Assembled", "BundleCode", "Disassembled", "MadeOf", "Recipe", "assemble", "disassemble", "made_of"]
