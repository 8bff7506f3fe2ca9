"""What can happen to master data: the network is revised. Products come as arguments and leave no trace here."""

from typing import ClassVar

from ..ledger import Movement
from ..values import frozen
from .network import Network

__all__ = ["NetworkRevised"]


@frozen(kw_only=True)
class NetworkRevised:
    """The network is now this one; decisions that saw another revision are taken again."""

    kind: ClassVar[str] = "catalog.network_revised"
    network: Network

    def movements(self) -> tuple[Movement, ...]:
        """Move nothing."""
        return ()

    def documents(self) -> tuple[Network, ...]:
        """Replace the network."""
        return (self.network,)
