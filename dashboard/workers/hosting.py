"""The inside of a process that the app starts; the outside is `process`.

It is started with a key on its standard input, writes the address it listens on as one line, and from then on speaks
over that connection. It ends when its standard input does, which is when the app's process ends, however that happens.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from multiprocessing.connection import Connection, Listener
from threading import Thread
from typing import Any


def host(work: Callable[[Connection[Any, Any]], None]) -> None:
    """Waits for the app to connect and works for it over the connection."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    key = bytes.fromhex(sys.stdin.readline())
    Thread(target=_end_with_standard_input, daemon=True).start()
    with Listener(("127.0.0.1", 0), authkey=key) as listener:
        sys.stdout.write(json.dumps(listener.address) + "\n")
        sys.stdout.flush()
        connection = listener.accept()
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # so that no library's print fills a pipe nobody reads
    work(connection)


def _end_with_standard_input() -> None:
    # Not sys.stdin.read(): its lock, held by a waiting thread, is fatal to an interpreter that ends by itself.
    while os.read(0, 1):
        pass
    os._exit(0)
