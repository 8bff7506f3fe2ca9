"""The desk: where an order is and what may still be changed of it, and what a node has to do; views only."""

from .cartons import Carton, CartonSize, Packing, packing
from .changes import Change, Changeable, How, changeable
from .promising import Promised
from .saying import Said
from .timeline import Row, as_text, concerning, timeline
from .whereabouts import NextStep, Pieces, Whereabouts, whereabouts
from .work import Job, PickLine, WorkList, batches, bound_for, pick_list, waves, work_list

__all__ = [
    "Carton",
    "CartonSize",
    "Change",
    "Changeable",
    "How",
    "Job",
    "NextStep",
    "Packing",
    "PickLine",
    "Pieces",
    "Promised",
    "Row",
    "Said",
    "Whereabouts",
    "WorkList",
    "as_text",
    "batches",
    "bound_for",
    "changeable",
    "concerning",
    "packing",
    "pick_list",
    "timeline",
    "waves",
    "whereabouts",
    "work_list",
]
