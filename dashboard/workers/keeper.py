"""The keeper of a worker process: starts it, hears it, and starts another where it has ended."""

from __future__ import annotations

import traceback
from abc import ABC, abstractmethod
from dataclasses import dataclass
from threading import Condition, Thread
from typing import Self

from sidelight.models.demo import Preparing
from sidelight.models.message import Message

from .messages import Choice, Event, Loaded
from .process import Process


@dataclass(frozen=True, slots=True)
class Starting:
    """The process is being started and the model loaded."""


@dataclass(frozen=True, slots=True)
class Unavailable:
    """There is no model, and why; until `restart`."""

    message: str


ModelState = Starting | Preparing | Loaded | Unavailable


class Keeper(ABC):
    """Keeps a process with one model, in a thread of its own; what it tells and leaves behind is for a subclass.

    Args:
        choice: the model; its loading begins at once.
    """

    def __init__(self, choice: Choice) -> None:
        self.choice = choice
        self.model: ModelState = Starting()
        self._changed = Condition()
        self._process: Process | None = None
        self._closed = False
        self._keeper = Thread(target=self._keep, name="keeper of the worker", daemon=True)
        self._keeper.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @abstractmethod
    def _take(self, event: Event) -> None:
        """Takes up what the process tells; `_changed` is held."""

    @abstractmethod
    def _settle(self, ending: str) -> None:
        """Settles what a process left undone that ended so; `_changed` is held."""

    def restart(self) -> None:
        """Loads the model again after it became unavailable."""
        with self._changed:
            if isinstance(self.model, Unavailable) and not self._closed:
                self.model = Starting()
                self._changed.notify_all()

    def unload(self, message: str) -> None:
        """Ends the process; the model is unavailable, for the reason given, until `restart`."""
        with self._changed:
            self.model = Unavailable(message)
            self._end_process()

    def close(self) -> None:
        """Ends the process for good."""
        with self._changed:
            self._closed = True
            self.unload(Message("Sidelight is shutting down"))
            self._changed.notify_all()
        self._keeper.join()

    def _keep(self) -> None:
        while not self._closed:
            with self._changed:
                self._changed.wait_for(lambda: self._closed or not isinstance(self.model, Unavailable))
                if self._closed:
                    return
                process = self._process = Process(self.choice.reference)
            with process:
                self._attend(process)
            self._bury(process)

    def _attend(self, process: Process) -> None:
        """Hears a process until it has ended."""
        try:
            process.connect()
            process.send(self.choice)
            while True:
                event = process.receive()
                with self._changed:
                    if process is self._process:
                        self._take(event)
        except (EOFError, OSError):
            return
        except Exception:
            traceback.print_exc()  # the keeper itself must go on

    def _end_process(self) -> None:
        """From here on an ending is expected: the keeper compares its process with `_process`."""
        if self._process:
            self._process.kill()
        self._process = None

    def _bury(self, process: Process) -> None:
        """Settles what a process left behind, and whether another one is started."""
        with self._changed:
            crashed = process is self._process
            self._process = None
            if isinstance(self.model, Loaded):
                self.model = Starting()
            elif crashed:
                self.model = Unavailable(
                    Message("the model's process {ending} before the model was loaded", ending=process.ending)
                )
            self._settle(process.ending)
            self._changed.notify_all()
