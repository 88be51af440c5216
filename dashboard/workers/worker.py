"""The worker: the process that holds a model and explains with it, one job at a time. The other side is `supervisor`.

It takes orders and tells events, all of them plain data, over the connection of `hosting`.
"""

from __future__ import annotations

import time
import traceback
from contextlib import suppress
from multiprocessing.connection import Connection
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING

import numpy as np
from sidelight.explain import explaining
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


class Worker:
    """The process's end of the connection: a thread hears the orders while the main one computes."""

    def __init__(self, connection: Connection[Event, Order]) -> None:
        self._connection = connection
        self._starts: SimpleQueue[Start | None] = SimpleQueue()  # None wakes the main thread for a question
        self._questions: SimpleQueue[Rescore] = SimpleQueue()
        self._halted = -1
        self._skipped: set[Skip] = set()
        self._stage, self._told = "", 0.0

    def run(self) -> None:
        """Loads the model that is asked for and works until the process is ended, or ends if it can't be loaded."""
        choice = self._connection.recv()
        if not isinstance(choice, Choice):
            raise TypeError(f"the first order is a {type(choice).__name__}, not a Choice")
        Thread(target=self._hear, daemon=True).start()
        model = self._load(choice)
        while model is not None:
            start = self._starts.get()
            self._answer(model)
            if start:
                self._explain(model, start)

    def _hear(self) -> None:
        with suppress(EOFError, OSError):
            while True:
                match self._connection.recv():
                    case Start() as start:
                        self._starts.put(start)
                    case Halt(number):
                        self._halted = number
                    case Skip() as skip:
                        self._skipped.add(skip)
                    case Rescore() as question:
                        self._questions.put(question)
                        self._starts.put(None)

    def _load(self, choice: Choice) -> TransformerModel | None:
        try:
            if is_demo(choice.reference):
                fetch_demo(
                    choice.reference, choice.task, lambda preparing: self._tell_now_and_then(preparing.stage, preparing)
                )
            model = load(choice.reference, choice.task, choice.device, choice.precision)
        except Exception as error:
            self._connection.send(NotLoaded(message_of(error)))
            return None
        self._connection.send(describe(model, choice.device))
        return model

    def _answer(self, model: TransformerModel) -> None:
        """Answers all questions that wait; between two batches of a job, too, since somebody waits for it."""
        with suppress(Empty):
            while True:
                question = self._questions.get_nowait()
                self._connection.send(rescore(model, question))

    def _explain(self, model: TransformerModel, start: Start) -> None:
        number, work = start.number, start.work

        def listener(progress: Progress) -> None:
            self._answer(model)
            if self._halted == number:
                raise Stopped
            if Skip(number, progress.stage) in self._skipped:
                raise Skipped
            self._tell_now_and_then(progress.stage, Advanced(number, progress))

        try:
            for report in explaining(
                model,
                work.known or work.asked,
                work.requests,
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

    def _tell_now_and_then(self, stage: str, event: Event) -> None:
        now = time.monotonic()
        if stage != self._stage or now - self._told >= SECONDS_BETWEEN_EVENTS:
            self._connection.send(event)
            self._stage, self._told = stage, now


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
