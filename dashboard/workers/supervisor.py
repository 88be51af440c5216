"""The supervisor: the app's side of a worker process, which gives it jobs in turn; its life is the `keeper`'s.

What the pages see, a job's `status` and the supervisor's `model`, is frozen data that is replaced whole.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import count
from threading import Timer
from typing import Any

from sidelight.explain.methods import METHODS
from sidelight.explain.report import Report
from sidelight.explain.requested import is_complete, requested
from sidelight.models.demo import Preparing
from sidelight.models.message import Message
from sidelight.models.prediction import Prediction

from .jobs import Job, Status, Watched, always
from .keeper import Keeper, ModelState, Starting, Unavailable
from .messages import (
    Advanced,
    Choice,
    Ended,
    Event,
    Grown,
    Halt,
    Loaded,
    NotLoaded,
    Rescore,
    Rescored,
    Skip,
    Start,
    Work,
)
from .questions import Answer, Questions, refused
from .turns import Kept, Turns

__all__ = ["PATIENCE", "ModelState", "Starting", "Supervisor", "Unavailable"]

AT_ONCE = 16  # sessions that a model works for
PATIENCE = 1.0  # seconds that a stopped job has to end by itself


class Supervisor(Keeper):
    """Keeps one worker process with one model, which works on a job of each of several sessions at once.

    Args:
        choice: the model; its loading begins at once.
    """

    def __init__(self, choice: Choice) -> None:
        self._waiting: Turns[Job] = Turns()
        self._running: dict[int, tuple[str, Job]] = {}  # by their numbers, each with its session
        self._kept = Kept()
        self._numbers = count()
        self._questions = Questions()
        self.seconds_per_token: float | None = None  # of a pass, in the last job; before the first, as measured
        super().__init__(choice)

    def submit(self, session: str, work: Work, watched: Watched = always) -> Job:
        """Asks for work on behalf of a session. What is known already is done at once.

        Args:
            session: whose turn it takes.
            work: to be done.
            watched: tells whether anybody still waits for it; it may be asked on any thread.

        Raises:
            BusyError: too much is waiting.
        """
        with self._changed:
            known = self._kept.get(work.subject) or work.known
            job = Job(next(self._numbers), replace(work, known=known), watched)
            if known and self._answers(known, work):
                job.status = Status("done", self._requested(known, work))
            elif isinstance(self.model, Unavailable):
                job.status = Status("failed", message=self.model.message)
            else:
                self._waiting.put(session, job)
                self._start_next()
        return job

    def keep(self, work: Work, report: Report) -> None:
        """Takes over a report of this very model that was made before, to be grown by later work."""
        with self._changed:
            if self._kept.get(work.subject) is None:
                self._kept.put(work.subject, report)

    def rescore(self, prediction: Prediction, keep: Sequence[bool], hiding: str | None = None) -> Answer:
        """Asks for the scores of a prediction's targets when only some features are seen, as in `Rescore`.

        It is answered between two batches of whatever is running. The answer is a ValueError where there is none.
        """
        with self._changed:
            if not self._process or not isinstance(self.model, Loaded):
                return refused(Message("the model is not loaded; wait for it, or load it again"))
            number = next(self._numbers)
            self._process.send(Rescore(number, prediction, tuple(map(bool, keep)), hiding))
            return self._questions.ask(number)

    def stop(self, job: Job) -> None:
        """Ends a job: one that waits at once, one that runs within `PATIENCE`, by force if need be."""
        with self._changed:
            if self._waiting.remove(job):
                self._set(job, state="stopped")
            elif self._running_as(job.number) and self._process and not job.stopping:
                job.stopping = True
                self._process.send(Halt(job.number))
                timer = Timer(PATIENCE, self._force, [job])
                timer.daemon = True
                timer.start()

    def skip(self, job: Job, method: str) -> None:
        """Takes a method that is not finished out of a job; the others go on."""
        with self._changed:
            report = job.status.report
            if job.status.over or (report and any(one.method == method for one in report.attributions)):
                return
            job.work = replace(job.work, requests=tuple(one for one in job.work.requests if one.name != method))
            if self._running_as(job.number) and self._process:
                self._process.send(Skip(job.number, method))

    def position(self, job: Job) -> int:
        """1 for the job that comes next, 2 for the one after it; 0 for one that does not wait."""
        with self._changed:
            return self._waiting.position(job)

    def look(self, job: Job) -> Status:
        """The job's status. One whose page was closed, or looks no more, is stopped."""
        job.looked_at = time.monotonic()
        return job.status

    def wait_for(self, job: Job, condition: Callable[[Status], bool], seconds: float) -> Status:
        """The job's status as soon as it fulfils a condition, or after so many seconds as it is then."""
        with self._changed:
            self._changed.wait_for(lambda: condition(job.status), seconds)
        return self.look(job)

    def _take(self, event: Event) -> None:
        match event:
            case NotLoaded(message):
                self.unload(message)
            case Preparing() | Loaded():
                self.model = event
                if isinstance(event, Loaded):
                    self.seconds_per_token = event.pace
                self._start_next()
            case Advanced(number, progress) if job := self._running_as(number):
                self._set(job, progress=progress)
                self._stop_abandoned()
            case Grown(number, report) if job := self._running_as(number):
                if report.attributions:  # before, a text may not be written to its end
                    self._kept.put(job.work.subject, report)
                self._set(job, report=self._requested(report, job.work))
            case Ended(number, state, message) if job := self._running_as(number):
                del self._running[number]
                self._set(job, state=state, message=message, progress=None)
                self._calibrate(job)
                self._start_next()
            case Rescored():
                self._questions.settle(event)

    def _requested(self, report: Report, work: Work) -> Report:
        return requested(report, work.requests, self._default_hiding)

    def _answers(self, report: Report, work: Work) -> bool:
        return isinstance(self.model, Loaded) and is_complete(report, work.requests, self._default_hiding, work.targets)

    @property
    def _default_hiding(self) -> str:
        return self.model.hidings[0] if isinstance(self.model, Loaded) else ""

    def _calibrate(self, job: Job) -> None:
        """Takes the time of a pass from what the job added that hid most often."""
        report, before = job.status.report, job.work.known
        old = before.attributions if before else ()
        made = report.attributions if report else ()
        fresh = [one for one in made if METHODS[one.method].hides and one not in old]
        if most := max(fresh, key=lambda one: one.calls, default=None):
            self.seconds_per_token = most.seconds / (most.calls * len(most.prediction.ids))

    def _running_as(self, number: int) -> Job | None:
        """The running job of this number; what is told of another one is of no interest any more."""
        return self._running[number][1] if number in self._running else None

    def _stop_abandoned(self) -> None:
        for _, job in list(self._running.values()):
            if job.abandoned:
                self.stop(job)

    def _start_next(self) -> None:
        """Begins with a job of each session that has none running, as long as there is room."""
        while self._process and isinstance(self.model, Loaded) and len(self._running) < AT_ONCE:
            taken = self._waiting.take({session for session, _ in self._running.values()})
            if taken is None:
                return
            session, job = taken
            if job.abandoned:
                self._set(job, state="stopped")
                continue
            self._running[job.number] = session, job
            self._set(job, state="running")
            self._process.send(Start(job.number, job.work))

    def _force(self, job: Job) -> None:
        """Ends the process for a job that did not end by itself; the other jobs begin again with the next one."""
        with self._changed:
            if self._running_as(job.number):
                del self._running[job.number]
                self._set(job, state="stopped", progress=None)
                for session, other in self._running.values():
                    self._put_back(session, other)
                self._running = {}
                self._end_process()

    def _put_back(self, session: str, job: Job) -> None:
        """Has a job begin again, with what is known of it, when there is a process."""
        job.work = replace(job.work, known=self._kept.get(job.work.subject) or job.work.known)
        self._waiting.put_back(session, job)
        self._set(job, state="waiting", progress=None)

    def _settle(self, ending: str) -> None:
        for session, job in self._running.values():
            if job.status.report or job.begun_again or isinstance(self.model, Unavailable):
                self._fail(job, Message("the model's process {ending}; it is being started again", ending=ending))
            else:
                job.begun_again = True
                self._put_back(session, job)
        self._running = {}
        if isinstance(self.model, Unavailable):
            while taken := self._waiting.take():
                self._fail(taken[1], self.model.message)
        self._questions.give_up(Message("the model's process {ending}; ask again", ending=ending))

    def _fail(self, job: Job, message: str) -> None:
        self._set(job, state="failed", message=message, progress=None)

    def _set(self, job: Job, **changes: Any) -> None:
        job.status = replace(job.status, **changes)
        self._changed.notify_all()
