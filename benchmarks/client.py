"""One of the processes that compete: it reads what to send, line by line, sends it, and says how that went."""

import json
import sys
from time import process_time_ns

from .contended import serve
from .ways import WAYS, Client


def main(conninfo: str) -> None:
    """Serve until nothing more is to be sent."""
    clients: dict[str, Client] = {way: make(conninfo) for way, make in WAYS.items()}
    for line in sys.stdin:
        way, sku, own = json.loads(line)
        start = process_time_ns()
        sample = serve(clients[way], sku, own)
        sys.stdout.write(json.dumps(sample._replace(cpu=process_time_ns() - start)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1])
