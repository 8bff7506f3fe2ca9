"""What each paper means for us: one table from kinds of papers to what is told and what is asked."""

from .knowing import Intake, Step, subdivision
from .taking import Taken, take

__all__ = ["Intake", "Step", "Taken", "subdivision", "take"]
