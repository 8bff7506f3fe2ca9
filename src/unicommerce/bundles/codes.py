"""Why a bundle can not be made or taken apart; the order of the codes is their precedence."""

from ..ledger import ReasonCode

__all__ = ["BundleCode"]


class BundleCode(ReasonCode):
    """Why a bundle can not be made or taken apart."""

    UNKNOWN_NODE = "bundles.unknown_node", "{subject} is not a node of the network"
    NO_RECIPE = "bundles.no_recipe", "the catalog does not say of which components {subject} is assembled"
    TOLD_APART = "bundles.told_apart", "pieces of {subject} are told apart, and which they are was not said"
    NOT_BY_LOT = "bundles.not_by_lot", "{subject} is made of lots, and the catalog does not tell it apart by lot"
    NOT_USED = "bundles.not_used", "only {found} of the {needed} {unit} of lot {subject} are in it"
    OUTLASTS = "bundles.outlasts", "lot {subject} lasts until day {found}, what goes into it only until day {needed}"
    SHORT = "bundles.short", "only {found} of {needed} {unit} can be taken at {subject}"
