"""A process of our own as the app holds it, a worker or a trainer: started, spoken to, ended."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
from contextlib import suppress
from multiprocessing.connection import Client, Connection
from pathlib import Path
from typing import IO, cast

from sidelight.models.demo import is_demo
from sidelight.models.message import Message

from .messages import Event, Order

ENVIRONMENT = {
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
    "DISABLE_SAFETENSORS_CONVERSION": "1",
    "HF_HUB_DISABLE_IMPLICIT_TOKEN": "1",
    "TOKENIZERS_PARALLELISM": "false",
    "OMP_WAIT_POLICY": "passive",  # threads that spin while they wait slow down whatever else the machine does
}


class Process:
    """A process; leaving the context ends it.

    Args:
        reference: the model that it works with.
        module: of this package, whose `main` is what it does.
    """

    def __init__(self, reference: str, module: str = "worker") -> None:
        self._popen = subprocess.Popen(  # noqa: S603 (the command is a constant)
            (sys.executable, "-P", "-c", f"from sidelight.dashboard.workers.{module} import main; main()"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, **ENVIRONMENT, "HF_HUB_OFFLINE": str(int(not is_hub_id(reference)))},
            text=True,
        )
        self._connection: Connection[Order, Event] | None = None

    def __enter__(self) -> Process:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        self._popen.communicate()
        if self._connection:
            self._connection.close()

    def connect(self) -> None:
        """Waits until the process listens.

        Raises:
            EOFError: it has ended instead.
        """
        key = secrets.token_bytes(32)
        stdin, stdout = cast("IO[str]", self._popen.stdin), cast("IO[str]", self._popen.stdout)
        stdin.write(key.hex() + "\n")
        stdin.flush()
        address = stdout.readline()
        if not address:
            raise EOFError
        self._connection = Client(tuple(json.loads(address)), authkey=key)

    def send(self, order: Order) -> None:
        """Sends an order; one that an ended process no longer hears is lost."""
        if self._connection:
            with suppress(OSError):
                self._connection.send(order)

    def receive(self) -> Event:
        """Waits for an event.

        Raises:
            EOFError: the process has ended.
        """
        if not self._connection:
            raise EOFError
        return self._connection.recv()

    def kill(self) -> None:
        """Ends the process at once."""
        self._popen.kill()

    @property
    def ending(self) -> str:
        """How the process ended, in words."""
        code = self._popen.wait()
        return (
            Message("was ended by signal {signal}", signal=-code)
            if code < 0
            else Message("ended with code {code}", code=code)
        )


def is_hub_id(reference: str) -> bool:
    """Whether only the hub can have this model; else the hub is never asked."""
    return not is_demo(reference) and not Path(reference).expanduser().exists()
