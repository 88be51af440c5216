"""The worker: the process that holds a model and explains with it, one job at a time. The other side is `supervisor`.

It takes orders and tells events, all of them plain data, over the connection of `hosting`.
"""

from __future__ import annotations

import time
import traceback
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from math import inf
from multiprocessing.connection import Connection
from queue import Empty, SimpleQueue
from threading import Semaphore, Thread
from typing import TYPE_CHECKING

import numpy as np
from sidelight.explain import explaining
from sidelight.explain.methods import METHODS, MethodRequest
from sidelight.explain.scoring import Progress, Skipped, Stopped
from sidelight.models import fetch_demo, load
from sidelight.models.demo import is_demo
from sidelight.models.message import Message, RefusedError
from sidelight.models.prediction import UnsupportedError

from .hosting import host
from .messages import (
    Advanced,
    Choice,
    Ended,
    Event,
    Grown,
    Halt,
    Loaded,
    NotLoaded,
    Order,
    Rescore,
    Rescored,
    Skip,
    Start,
)

if TYPE_CHECKING:
    from sidelight.models.base import TransformerModel

SECONDS_BETWEEN_EVENTS = 0.1
USUAL_FEATURES = 20


class NowAndThen:
    """Sends events of one piece of work: the first of each stage, and of the others at most ten a second."""

    def __init__(self, connection: Connection[Event, Order]) -> None:
        self._connection = connection
        self._stage, self._told = "", 0.0

    def __call__(self, stage: str, event: Event) -> None:
        """Sends an event of a stage, or passes it over."""
        now = time.monotonic()
        if stage != self._stage or now - self._told >= SECONDS_BETWEEN_EVENTS:
            self._connection.send(event)
            self._stage, self._told = stage, now


class Explanation:
    """A job on a thread of its own, which computes only in its turns: each ends with a batch.

    Args:
        number: of the job.
        work: is done on the thread, and calls what it is given where others may take their turn.
    """

    def __init__(self, number: int, work: Callable[[Callable[[], None]], None]) -> None:
        self.number = number
        self.over = False
        self._turn, self._done = Semaphore(0), Semaphore(0)
        self._work = work
        Thread(target=self._run, name=f"job {number}", daemon=True).start()

    def step(self) -> None:
        """Lets it compute until the end of its next batch."""
        self._turn.release()
        self._done.acquire()

    def _pause(self) -> None:
        self._done.release()
        self._turn.acquire()

    def _run(self) -> None:
        self._turn.acquire()
        try:
            self._work(self._pause)
        finally:
            self.over = True
            self._done.release()


class Worker:
    """The process's end of the connection: a thread hears the orders while others compute, one at a time.

    A job that was just begun comes first, until it has its first answer; then jobs take turns by batches.
    """

    def __init__(self, connection: Connection[Event, Order]) -> None:
        self._connection = connection
        self._starts: SimpleQueue[Start | None] = SimpleQueue()  # None wakes the main thread for a question
        self._questions: SimpleQueue[Rescore] = SimpleQueue()
        self._fresh: deque[Explanation] = deque()
        self._begun: deque[Explanation] = deque()
        self._halted: set[int] = set()
        self._skipped: set[Skip] = set()

    def run(self) -> None:
        """Loads the model that is asked for and works until the process is ended, or ends if it can't be loaded."""
        choice = self._connection.recv()
        if not isinstance(choice, Choice):
            raise TypeError(f"the first order is a {type(choice).__name__}, not a Choice")
        Thread(target=self._hear, daemon=True).start()
        model = self._load(choice)
        while model is not None:
            self._admit(model)
            self._answer(model)
            if job := self._next():
                job.step()
                if not job.over:
                    self._begun.append(job)

    def _admit(self, model: TransformerModel) -> None:
        """Takes in all jobs that have been asked for; waits for one where there is none."""
        with suppress(Empty):
            while True:
                start = self._starts.get(block=not (self._fresh or self._begun))
                if start is None:
                    return
                self._fresh.append(Explanation(start.number, partial(self._explain, model, start)))

    def _next(self) -> Explanation | None:
        """The job whose turn it is: one that is to end, one that was just begun, or the one that waited longest."""
        for jobs in (self._fresh, self._begun):
            if ending := next((job for job in jobs if job.number in self._halted), None):
                jobs.remove(ending)
                return ending
        jobs = self._fresh or self._begun
        return jobs.popleft() if jobs else None

    def _hear(self) -> None:
        with suppress(EOFError, OSError):
            while True:
                match self._connection.recv():
                    case Start() as start:
                        self._starts.put(start)
                    case Halt(number):
                        self._halted.add(number)
                    case Skip() as skip:
                        self._skipped.add(skip)
                    case Rescore() as question:
                        self._questions.put(question)
                        self._starts.put(None)

    def _load(self, choice: Choice) -> TransformerModel | None:
        try:
            if is_demo(choice.reference):
                tell = NowAndThen(self._connection)
                fetch_demo(choice.reference, choice.task, lambda preparing: tell(preparing.stage, preparing))
            model = load(choice.reference, choice.task, choice.device, choice.precision)
        except Exception as error:
            self._connection.send(NotLoaded(message_of(error)))
            return None
        self._connection.send(describe(model, choice.device))
        return model

    def _answer(self, model: TransformerModel) -> None:
        """Answers all questions that wait, since somebody waits for each."""
        with suppress(Empty):
            while True:
                question = self._questions.get_nowait()
                self._connection.send(rescore(model, question))

    def _explain(self, model: TransformerModel, start: Start, pause: Callable[[], None]) -> None:
        number, work, tell = start.number, start.work, NowAndThen(self._connection)

        def listener(progress: Progress) -> None:
            if not progress.stage:  # there is no answer yet
                return
            tell(progress.stage, Advanced(number, progress))
            pause()
            if number in self._halted:
                raise Stopped
            if Skip(number, progress.stage) in self._skipped:
                raise Skipped

        try:
            for report in explaining(
                model,
                work.known or work.asked,
                in_order(work.requests),
                unit=work.unit,
                seed=work.seed,
                targets=work.targets,
                parts=work.parts,
                listener=listener,
            ):
                self._connection.send(Grown(number, report))
            self._connection.send(Ended(number, "done"))
        except Stopped:
            self._connection.send(Ended(number, "stopped"))
        except Exception as error:
            self._connection.send(Ended(number, "failed", message_of(error)))


def in_order(requests: Sequence[MethodRequest]) -> list[MethodRequest]:
    """The requests, those of few passes for a text of usual length before those of many."""
    return sorted(requests, key=_passes)


def _passes(request: MethodRequest) -> float:
    """The passes that a request needs for a text of usual length; without end where it refuses such a text."""
    try:
        return METHODS[request.name].calls(USUAL_FEATURES, 1, request.settings)
    except ValueError:
        return inf


def rescore(model: TransformerModel, question: Rescore) -> Rescored:
    """The scores of a prediction's targets when only some of its features are seen."""
    try:
        hiding = next((one for one in model.hidings if question.hiding in (None, one.kind)), None)
        if hiding is None:
            raise UnsupportedError("{model} can't hide by {kind!r}", model=model.name, kind=question.hiding)
        (scores,) = model.score(question.prediction, np.array([question.keep], dtype=np.bool_), hiding)
    except Exception as error:
        return Rescored(question.number, problem=message_of(error))
    return Rescored(question.number, tuple(map(float, scores)))


def describe(model: TransformerModel, device: str) -> Loaded:
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
        model.weights,
        pace(model),
        model.notices,
    )


def pace(model: TransformerModel) -> float | None:
    """Seconds a token of a pass, from one small batch; None where the model can't answer, which is said when asked."""
    try:
        prediction = model.predict(model.sample)
        count = len(prediction.features)
        keep = ~np.eye(count, dtype=np.bool_)
        model.score(prediction, keep[:1], model.hidings[0])  # what is slow only once
        start = time.perf_counter()
        model.score(prediction, keep, model.hidings[0])
    except ValueError:
        return None
    return (time.perf_counter() - start) / (count * len(prediction.ids))


def message_of(error: Exception) -> str:
    """What to tell people of an error: its own words if it is about what they gave, else that it is our fault."""
    if isinstance(error, RefusedError):
        return str(error)
    words = (str(error).splitlines() or [""])[0][:500]
    if isinstance(error, ValueError):
        return words
    traceback.print_exception(error)
    return Message(
        "something went wrong inside the model's process: {kind}: {cause}", kind=type(error).__name__, cause=words
    )


def main() -> None:
    """What the process does."""
    host(lambda connection: Worker(connection).run())
