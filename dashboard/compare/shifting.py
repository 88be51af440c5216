"""Two models compared over a set of texts, as the app sees it: a thread that asks both, text by text, and sums up.

Each text is a job of its own for each model, so that other visitors come in between. What a page sees is `standing`
and `shift`. It ends by itself where nobody has looked for long.
"""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from threading import Condition, Event, Thread
from typing import Literal
from uuid import uuid4

from sidelight.dashboard.entries import Choices
from sidelight.dashboard.workers.jobs import ABANDONED, Job, Status
from sidelight.dashboard.workers.messages import Loaded, Work
from sidelight.dashboard.workers.supervisor import PATIENCE, Supervisor, Unavailable
from sidelight.dashboard.workers.turns import BusyError
from sidelight.explain.labels import match_labels, notices_of_models
from sidelight.explain.methods import MethodRequest
from sidelight.explain.report import FINE_PARTS
from sidelight.explain.set_shift import Asked, SetShift
from sidelight.explain.tally import Tally, text_shift
from sidelight.models.finetuning.texts import Given

SECONDS_BETWEEN_LOOKS = 0.3  # at whether it is to end


@dataclass(frozen=True, slots=True)
class Standing:
    """How a comparison stands: `done` of `total` texts; `message` says why it failed."""

    state: Literal["running", "done", "stopped", "failed"]
    done: int
    total: int
    message: str = ""
    seconds: float = 0.0


class Shifting:
    """The one comparison over a set of texts that a session has asked for last."""

    def __init__(self) -> None:
        self.standing: Standing | None = None
        self.choices: Choices | None = None  # the models, where they are known
        self.entry: str | None = None  # of the history
        self.lost = ""  # why what the address asked for can't be had
        self.kept = False  # whether the history was told of it, or needs not be
        self._made: SetShift | None = None  # before, and only looked at here
        self._tally: Tally | None = None
        self._changed = Condition()
        self._end = Event()
        self._thread: Thread | None = None
        self._looked_at = time.monotonic()
        self._session = uuid4().hex

    def begin(
        self,
        models: tuple[Supervisor, Supervisor],
        asked: Asked,
        method: MethodRequest,
        texts: Sequence[Given],
        notices: Sequence[str] = (),
    ) -> None:
        """Starts a comparison in place of the one before.

        Args:
            models: before and after, both loaded.
            asked: of every text.
            method: of the attributions.
            texts: at least one.
            notices: what is to be said of the texts.

        Raises:
            ValueError: a model is not loaded, or lacks the label that is looked at.
        """
        works = [_work(model, asked, method) for model in models]
        self.stop()
        self._end = Event()
        labels = tuple(_labels(model) for model in models)
        rows, found = match_labels(texts, labels[0], labels[1], asked)
        loaded = [model.model for model in models]
        of_models = notices_of_models((one.name, one.notices) for one in loaded if isinstance(one, Loaded))
        self._tally, self._made = Tally(asked, (*notices, *of_models, *found)), None
        self.choices, self.entry, self.kept = (models[0].choice, models[1].choice), None, False
        self.standing = Standing("running", 0, len(rows))
        self._looked_at = time.monotonic()
        run = (models, works, asked, tuple(rows), self._tally, self._end)
        self._thread = Thread(target=self._run, args=run, name="comparison over texts", daemon=True)
        self._thread.start()

    def adopt(self, shift: SetShift, choices: Choices | None = None, entry: str | None = None) -> None:
        """Shows one that was made before, in place of the one that there is.

        Args:
            shift: what was found.
            choices: the models, where they are known.
            entry: its id in the history, where it is from there.
        """
        self.stop()
        self._made, self._tally, self.standing = shift, None, None
        self.choices, self.entry, self.kept = choices, entry, True

    @property
    def busy(self) -> bool:
        """Whether something is still being made."""
        return self.standing is not None and self.standing.state == "running"

    def look(self) -> Standing | None:
        """How it stands; it goes on as long as somebody looks."""
        self._looked_at = time.monotonic()
        return self.standing

    def wait_for(self, condition: Callable[[Standing], bool], seconds: float) -> Standing | None:
        """How it stands as soon as that fulfils a condition, or after so many seconds."""
        with self._changed:
            self._changed.wait_for(lambda: self.standing is not None and condition(self.standing), seconds)
        return self.look()

    @property
    def shift(self) -> SetShift | None:
        """What changed over the texts that are finished."""
        with self._changed:
            return self._tally.shift if self._tally else self._made

    def stop(self, seconds: float = 2 * PATIENCE) -> None:
        """Ends it, and waits so long for its end; what is finished stays."""
        self._end.set()
        if self._thread:
            self._thread.join(seconds)

    def _run(
        self,
        models: tuple[Supervisor, Supervisor],
        works: Sequence[Work],
        asked: Asked,
        texts: Sequence[Given],
        tally: Tally,
        end: Event,
    ) -> None:
        start = time.monotonic()
        try:
            for done, given in enumerate(texts):
                jobs = [
                    (model, job)
                    for model, work in zip(models, works, strict=True)
                    if (job := self._submit(model, replace(work, asked=given.text), end))
                ]
                found = [self._wait(model, job, end) for model, job in jobs]
                if end.is_set():
                    break
                if gone := next((one.model for one in models if isinstance(one.model, Unavailable)), None):
                    self._set(end, state="failed", message=gone.message)
                    return
                self._take(tally, asked, given, found)
                self._set(end, done=done + 1, seconds=time.monotonic() - start)
        except Exception as error:  # whatever it was: the page must be told that it is over
            traceback.print_exception(error)
            self._set(end, state="failed", message=f"{type(error).__name__}: {error}")
            return
        self._set(end, state="stopped" if end.is_set() else "done")

    def _set(self, end: Event, **changes: object) -> None:
        """Changes what stands of this comparison, and not of a later one."""
        with self._changed:
            if self.standing and end is self._end:
                self.standing = replace(self.standing, **changes)  # type: ignore[arg-type]
            self._changed.notify_all()

    def _submit(self, model: Supervisor, work: Work, end: Event) -> Job | None:
        """A job as soon as the queue takes it; none where it is to end before."""
        while not end.is_set():
            try:
                return model.submit(self._session, work)
            except BusyError:
                self._pause(end)
        return None

    def _wait(self, model: Supervisor, job: Job, end: Event) -> Status:
        """How a job ended; it is stopped where the comparison is to end."""
        while True:
            status = model.wait_for(job, lambda one: one.over, SECONDS_BETWEEN_LOOKS)
            self._pause(end, 0)
            if status.over:
                return status
            if end.is_set():
                model.stop(job)
                return model.wait_for(job, lambda one: one.over, 2 * PATIENCE)

    def _pause(self, end: Event, seconds: float = SECONDS_BETWEEN_LOOKS) -> None:
        if time.monotonic() - self._looked_at > ABANDONED:
            end.set()
        end.wait(seconds)

    def _take(self, tally: Tally, asked: Asked, given: Given, found: Sequence[Status]) -> None:
        """Takes in what both models said of a text, or why one of them said nothing."""
        reports = [status.report for status in found if status.state == "done"]
        before, after = reports if len(reports) == 2 else (None, None)
        with self._changed:
            if before is None or after is None:
                tally.leave_out(next((one.message for one in found if one.message), "it was stopped"))
                return
            try:
                tally.add(text_shift(before, after, asked, given.label))
            except ValueError as error:
                tally.leave_out(str(error))


def _work(model: Supervisor, asked: Asked, method: MethodRequest) -> Work:
    """What a model is asked about each text: its attributions for the label that is looked at, or nothing more."""
    if asked.label is None:
        return Work("", (), asked.unit, asked.seed, parts=FINE_PARTS)
    target = asked.names_of(_labels(model)).index(asked.label)
    return Work("", (method,), asked.unit, asked.seed, (target,), parts=FINE_PARTS)


def _labels(model: Supervisor) -> tuple[str, ...]:
    return model.model.labels if isinstance(model.model, Loaded) else ()
