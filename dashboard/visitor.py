"""A visitor: what one session has asked for on one page, and how that stands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

from sidelight.explain.methods import METHODS
from sidelight.explain.report import Report
from sidelight.models.inputs import as_input
from sidelight.models.message import RefusedError
from sidelight.models.prediction import Prediction

from .workers.jobs import Job, Status, Watched, always
from .workers.messages import Loaded, Work
from .workers.supervisor import ModelState, Supervisor, Unavailable

LONGEST_TEXT = 20_000  # characters
UNTIL_PREDICTION = 0.4  # seconds that a page waits for the first answer, so that it is drawn once and not twice


@dataclass(frozen=True, slots=True)
class Moment:
    """What a page knows while it is drawn once: nothing in it changes until the next time."""

    model: ModelState
    job: Job | None
    status: Status

    @property
    def settled(self) -> bool:
        """Whether nothing is going on that the page would have to be drawn again for."""
        return (self.job is None or self.status.over) and isinstance(self.model, Loaded | Unavailable)

    def differs(self, other: Moment) -> bool:
        """Whether a page drawn now would show more than a line of progress that is new."""
        return self._shown() != other._shown()

    def _shown(self) -> tuple[object, ...]:
        report = self.status.report
        grown = (len(report.attributions), len(report.attention)) if report else None
        return type(self.model), self.job, self.status.over, grown


class Visitor:
    """What one session has asked for of one model; `watched` tells whether its page is still open."""

    def __init__(self, supervisor: Supervisor, watched: Watched = always) -> None:
        self.supervisor = supervisor
        self._watched = watched
        self.job: Job | None = None
        self.work: Work | None = None  # the last that was no mere addition to a report
        self.by_itself = False
        self.problem = ""
        self.files_put_away = 0
        self.before: Job | None = None  # the last that was asked for and made a report of another text
        self.entry_before: str | None = None  # of the history, of that one
        self.entry: str | None = None  # of the history
        self.kept: Report | None = None  # what the history holds of it
        self.coming: str | None = None  # the entry that the history will have of what was asked for
        self._completed: set[tuple[int, ...]] = set()
        # The last job that made a report, its work, and its entry.
        self._last: tuple[Job, Work | None, str | None] | None = None
        self._session = uuid4().hex

    @property
    def named(self) -> str | None:
        """The entry that the address names: of what is on screen, or of what was asked for."""
        return self.entry or self.coming

    def ask(self, work: Work, *, by_itself: bool = False) -> None:
        """Asks for an explanation in place of the last one; `by_itself` if nobody chose its text."""
        self.attempt(lambda: self._ask(work, by_itself), forget=not by_itself)

    def _ask(self, work: Work, by_itself: bool) -> None:
        for text in work.texts:
            check_text(text)
        last = self.job
        self._submit(work)  # which may be refused, and all stays as it is
        if last and last.status.report:
            self._last = last, self.work, self.entry
            if self.work and self.work.asked != work.asked and not self.by_itself:
                self.before, self.entry_before = last, self.entry
        self.work, self._completed, self.by_itself = work, set(), by_itself
        self.entry = self.coming = self.kept = None

    def expect(self, entry: str | None) -> None:
        """Says which entry the history will have of what is being made."""
        self.coming = entry

    def keep_as(self, entry: str | None, report: Report) -> None:
        """Says which entry the history has of what is on screen."""
        self.entry, self.kept = entry, report

    def ask_for(self, work: Work, entry: str) -> bool:
        """Asks once more for what was to become an entry of the history, and did not.

        Returns:
            Whether it was taken; else why not is this visitor's `problem`.
        """
        self.ask(work)
        if self.work is not work:
            return False
        self.coming = entry
        return True

    def _submit(self, work: Work) -> None:
        self.stop()
        self.job = self.supervisor.submit(self._session, work, self._watched)
        self.supervisor.wait_for(self.job, lambda status: bool(status.report) or status.over, UNTIL_PREDICTION)

    def adopt(self, work: Work, report: Report, entry: str) -> None:
        """Shows a report of the history as if it had just been made."""
        self.stop()
        self.work, self._completed, self.by_itself, self.problem = work, set(), False, ""
        self.job = made_before(work, report)
        self.entry, self.coming, self.kept = entry, None, report
        if self.made(report):
            self.supervisor.keep(work, report)

    def begin_again(self) -> None:
        """As if nothing had been asked for yet."""
        self.stop()
        self.job = self.work = self.entry = self.coming = self.kept = self._last = None
        self.before = self.entry_before = None
        self.by_itself, self.problem = False, ""

    def forget(self) -> None:
        """Leaves what is on screen, and was before, out of the history, from which it was cleared."""
        self.entry, self.coming, self.kept = None, None, self.job.status.report if self.job else None
        self.entry_before = None

    def made(self, report: Report) -> bool:
        """Whether all of a report was made by the model that is loaded now, which can then be asked more about it."""
        return all(self.answered(prediction, report) for prediction in report.predictions)

    def answered(self, prediction: Prediction, report: Report) -> bool:
        """Whether one of the predictions of a report was made by the model that is loaded now."""
        model = self.supervisor.model
        return isinstance(model, Loaded) and report.provenance.weights.get(prediction.model) == model.weights

    def asks_otherwise(self, unit: str, explain_output: bool = False) -> bool:
        """Whether these are not what was last asked with."""
        if self.work is None or self.job is None or self.job.status.report is None:
            return False
        asked = self.work.asked
        return self.work.unit != unit or as_input(asked).explain_output != explain_output

    def ask_again(self, unit: str, foil: tuple[int, str] | None = None, **changes: Any) -> None:
        """Asks once more about what was written, which stays as it is.

        Args:
            unit: what features are made of from now on.
            foil: one more for a written token, given by its place; it comes before the others.
            changes: to the prompt.
        """
        if self.work is None:
            return
        report, asked = self.job.status.report if self.job else None, self.work.asked
        if not isinstance(asked, str):
            asked = asked.after(report.predictions[0] if report else None, foil, **changes)
        self.ask(replace(self.work, asked=asked, unit=unit))

    def complete(self, targets: tuple[int, ...]) -> bool:
        """Asks the methods to which each target costs a pass about these, once; says whether there was need to."""
        if self.job is None or self.work is None or targets in self._completed:
            return False
        report = self.job.status.report
        added = self.job.work.targets is not None  # and may have been stopped without harm to the rest
        if report is None or not (self.job.status.state == "done" or (self.job.status.over and added)):
            return False
        self._completed.add(targets)
        partial = (one for one in report.attributions if METHODS[one.method].chooses)
        if all(one.covers(target) for one in partial for target in targets) or not self.made(report):
            return False
        work = replace(self.job.work, targets=targets, known=report)
        self.attempt(lambda: self._submit(work), forget=False)
        return True

    def attempt(self, action: Callable[[], None], *, forget: bool = True) -> None:
        """Does something that may be refused; the refusal becomes this visitor's `problem`."""
        try:
            self.problem = "" if forget else self.problem
            action()
        except ValueError as error:
            self.problem = str(error)

    def stop(self) -> None:
        """Stops what was asked for, if it is still being made."""
        if self.job and not self.job.status.over:
            self.supervisor.stop(self.job)

    def put_file_away(self) -> None:
        """Leaves the opened file for what is asked next."""
        self.files_put_away += 1

    def now(self) -> Moment:
        """How things stand. What fails before there is anything of it leaves what was there, with the reason."""
        status = self.supervisor.look(self.job) if self.job else Status("done")
        if status.state == "failed" and status.report is None and self._last:
            self.problem = status.message
            (self.job, self.work, self.entry), self._last, self.coming = self._last, None, None
            status = self.supervisor.look(self.job)
            self.kept = status.report
        return Moment(self.supervisor.model, self.job, status)


def made_before(work: Work, report: Report) -> Job:
    """A job that is done, of what the history holds."""
    job = Job(-1, work)
    job.status = Status("done", report)
    return job


def check_text(text: str) -> None:
    """Refuses what can't be explained before a model is asked.

    Raises:
        ValueError: there is no text, or too much of it.
    """
    if not text.strip():
        raise RefusedError("There is no text to explain yet. Type one, or choose an example.")
    if len(text) > LONGEST_TEXT:
        raise RefusedError(
            "The text has {count} characters; at most {most} are explained. Shorten it.",
            count=f"{len(text):,}",
            most=f"{LONGEST_TEXT:,}",
        )
