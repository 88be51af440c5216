"""The worker: the process that holds a model and explains with it, one job at a time. The other side is `supervisor`.

It is started with a key on its standard input, writes the address it listens on as one line, and from then on
takes orders and tells events over that connection, all of them plain data. It ends when its standard input does,
which is when the app's process ends, however that happens.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
import traceback
from collections.abc import Hashable
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, Listener
from queue import SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Literal

from sidelight.explain import explaining
from sidelight.explain.methods import MethodRequest
from sidelight.explain.report import Report
from sidelight.explain.scoring import Progress, Stopped
from sidelight.models import demo, load
from sidelight.models.prompt import Prompt

if TYPE_CHECKING:
    from sidelight.models.classifier import Classifier
    from sidelight.models.generator import Generator

SECONDS_BETWEEN_EVENTS = 0.1


@dataclass(frozen=True, slots=True)
class Choice:
    """A model to load, and how it computes; as the arguments of `sidelight.models.load`."""

    reference: str = "demo"
    device: str = "cpu"
    precision: str = "float32"
    task: str = "classify"


@dataclass(frozen=True, slots=True)
class Work:
    """What to explain, and how; as the arguments of `sidelight.explain.explain`."""

    asked: str | Prompt | Report
    requests: tuple[MethodRequest, ...]
    unit: str = "word"
    seed: int = 0
    targets: tuple[int, ...] | None = None

    @property
    def key(self) -> Hashable:
        """Equal for work that gives the same report."""
        requests = tuple((one.name, tuple(sorted(one.settings.items())), one.hiding) for one in self.requests)
        asked = _content(self.asked) if isinstance(self.asked, Report) else self.asked
        return asked, requests, self.unit, self.seed, self.targets


def _content(report: Report) -> Hashable:
    """Equal for reports that hold the same."""
    covered = (
        (one.method, tuple(sorted(one.settings.items())), one.hiding, tuple(map(bool, one.values)))
        for one in report.attributions
    )
    return report.predictions, tuple(covered), report.provenance.created


@dataclass(frozen=True, slots=True)
class Start:
    """The order to begin with a job."""

    number: int
    work: Work


@dataclass(frozen=True, slots=True)
class Halt:
    """The order to end a job."""

    number: int


Order = Choice | Start | Halt


@dataclass(frozen=True, slots=True)
class Loaded:
    """The model is ready; what there is to say of it."""

    name: str
    labels: tuple[str, ...]
    parameters: int
    device: str
    precision: str
    hidings: tuple[str, ...]
    limit: int = 0
    has_template: bool = False


@dataclass(frozen=True, slots=True)
class NotLoaded:
    """The model can't be had, and why; the worker ends."""

    message: str


@dataclass(frozen=True, slots=True)
class Advanced:
    """How far the job is."""

    number: int
    progress: Progress


@dataclass(frozen=True, slots=True)
class Grown:
    """All that there is of the job's report so far."""

    number: int
    report: Report


@dataclass(frozen=True, slots=True)
class Ended:
    """The job has ended, and how."""

    number: int
    state: Literal["done", "stopped", "failed"]
    message: str = ""


Event = demo.Preparing | Loaded | NotLoaded | Advanced | Grown | Ended


class Worker:
    """The process's end of the connection: a thread hears the orders while the main one computes."""

    def __init__(self, connection: Connection[Event, Order]) -> None:
        self._connection = connection
        self._starts: SimpleQueue[Start] = SimpleQueue()
        self._halted = -1
        self._stage, self._told = "", 0.0

    def run(self) -> None:
        """Loads the model that is asked for and works until the process is ended, or ends if it can't be loaded."""
        choice = self._connection.recv()
        if not isinstance(choice, Choice):
            raise TypeError(f"the first order is a {type(choice).__name__}, not a Choice")
        Thread(target=self._hear, daemon=True).start()
        model = self._load(choice)
        while model is not None:
            self._explain(model, self._starts.get())

    def _hear(self) -> None:
        with suppress(EOFError, OSError):
            while True:
                match self._connection.recv():
                    case Start() as start:
                        self._starts.put(start)
                    case Halt(number):
                        self._halted = number

    def _load(self, choice: Choice) -> Classifier | Generator | None:
        try:
            if choice.reference == "demo":
                demo.prepare(lambda preparing: self._tell_now_and_then(preparing.stage, preparing), choice.task)
            model = load(choice.reference, choice.task, choice.device, choice.precision)
        except Exception as error:
            self._connection.send(NotLoaded(message_of(error)))
            return None
        self._connection.send(describe(model, choice.device))
        return model

    def _explain(self, model: Classifier | Generator, start: Start) -> None:
        number, work = start.number, start.work

        def listener(progress: Progress) -> None:
            if self._halted == number:
                raise Stopped
            self._tell_now_and_then(progress.stage, Advanced(number, progress))

        try:
            for report in explaining(
                model,
                work.asked,
                work.requests,
                unit=work.unit,
                seed=work.seed,
                targets=work.targets,
                listener=listener,
            ):
                self._connection.send(Grown(number, report))
            self._connection.send(Ended(number, "done"))
        except Stopped:
            self._connection.send(Ended(number, "stopped"))
        except Exception as error:
            self._connection.send(Ended(number, "failed", message_of(error)))

    def _tell_now_and_then(self, stage: str, event: Event) -> None:
        now = time.monotonic()
        if stage != self._stage or now - self._told >= SECONDS_BETWEEN_EVENTS:
            self._connection.send(event)
            self._stage, self._told = stage, now


def describe(model: Classifier | Generator, device: str) -> Loaded:
    """What there is to say of a model."""
    return Loaded(
        model.name,
        getattr(model, "labels", ()),
        model.parameters,
        device,
        model.precision,
        tuple(hiding.kind for hiding in model.hidings),
        model.limit,
        getattr(model, "has_template", False),
    )


def message_of(error: Exception) -> str:
    """What to tell people of an error: its own words if it is about what they gave, else that it is our fault."""
    words = (str(error).splitlines() or [""])[0][:500]
    if isinstance(error, ValueError):
        return words
    traceback.print_exception(error)
    return f"something went wrong inside the model's process: {type(error).__name__}: {words}"


def main() -> None:
    """What the process does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    key = bytes.fromhex(sys.stdin.readline())
    Thread(target=_end_with_standard_input, daemon=True).start()
    with Listener(("127.0.0.1", 0), authkey=key) as listener:
        sys.stdout.write(json.dumps(listener.address) + "\n")
        sys.stdout.flush()
        connection = listener.accept()
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # so that no library's print fills a pipe nobody reads
    Worker(connection).run()


def _end_with_standard_input() -> None:
    # Not sys.stdin.read(): its lock, held by a waiting thread, is fatal to an interpreter that ends by itself.
    while os.read(0, 1):
        pass
    os._exit(0)
