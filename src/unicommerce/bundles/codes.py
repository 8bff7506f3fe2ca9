"""Why a bundle can not be made or taken apart; the order of the codes is their precedence."""

from ..ledger import ReasonCode

__all__ = ["BundleCode"]


class BundleCode(ReasonCode):
    """Why a bundle can not be made or taken apart."""

    UNKNOWN_NODE = "bundles.unknown_node", "{subject} is not a node of the network"
    NO_RECIPE = "bundles.no_recipe", "the catalog does not say of which components {subject} is assembled"
    TOLD_APART = "bundles.told_apart", "pieces of {subject} are told apart, and which they are was not said"
    SHORT = "bundles.short", "only {found} of {needed} {unit} can be taken at {subject}"
