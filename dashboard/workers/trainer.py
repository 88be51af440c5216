"""The trainer: the process that fine-tunes one model and tells how far it is. The other side is `training`.

It takes one order to train and, while it does, one to halt; a halt ends the step and keeps a checkpoint.
"""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import replace
from multiprocessing.connection import Connection
from threading import Event as Flag
from threading import Thread

from sidelight.models.demo import Preparing
from sidelight.models.finetuning.classifier import has_bfloat16
from sidelight.models.finetuning.finetune import finetune
from sidelight.models.finetuning.request import Request, Step

from .hosting import host
from .messages import Event, Noticed, NotTrained, Order, Train, Trained
from .worker import message_of

SECONDS_BETWEEN_EVENTS = 0.2


class HaltedError(Exception):
    """The app has asked to end."""


class Trainer:
    """The process's end of the connection: a thread hears a halt while the main one trains."""

    def __init__(self, connection: Connection[Event, Order]) -> None:
        self._connection = connection
        self._halted = Flag()
        self._told = 0.0

    def run(self) -> None:
        """Does what is asked, and tells how it ended."""
        order = self._connection.recv()
        if not isinstance(order, Train):
            raise TypeError(f"the first order is a {type(order).__name__}, not a Train")
        Thread(target=self._hear, daemon=True).start()
        self._connection.send(self._train(order))

    def _hear(self) -> None:
        with suppress(EOFError, OSError):
            self._connection.recv()
            self._halted.set()

    def _train(self, order: Train) -> Event:
        try:
            card = finetune(
                order.request if order.resume else _for_this_processor(order.request),
                order.out,
                self._tell,
                lambda notice: self._connection.send(Noticed(notice)),
                self._tell,
                resume=order.resume,
            )
        except HaltedError:
            return NotTrained(stopped=True)
        except Exception as error:
            return NotTrained(stopped=False, message=message_of(error))
        return Trained(card)

    def _tell(self, event: Step | Preparing) -> None:
        now = time.monotonic()
        telling = isinstance(event, Step) and (event.loss is not None or event.point is not None)
        if telling or now - self._told >= SECONDS_BETWEEN_EVENTS:
            self._connection.send(event)
            self._told = now
        if self._halted.is_set():
            raise HaltedError


def _for_this_processor(request: Request) -> Request:
    """In bfloat16 where that is faster, as on the command line; a resumed training goes on as it began."""
    return replace(request, settings=replace(request.settings, bfloat16=has_bfloat16()))


def main() -> None:
    """What the process does."""
    host(lambda connection: Trainer(connection).run())
