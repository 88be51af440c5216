"""What outlives one run of a page: every call of Streamlit's caches, and what a visitor has asked for."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import streamlit as st
from sidelight.explain.methods import METHODS
from sidelight.explain.report import Report, ReportError, load_report
from sidelight.models.prompt import Prompt

from .jobs import Job, Status
from .supervisor import ModelState, Supervisor, Unavailable
from .worker import Choice, Loaded, Work

SAVED = Path(__file__).parent / "saved"
LONGEST_TEXT = 20_000  # characters
UNTIL_PREDICTION = 0.4  # seconds that a page waits for the first answer, so that it is drawn once and not twice


def choose(*choices: Choice) -> None:
    """Says which model the pages of this process explain, one a task."""
    for choice in choices:
        os.environ[_variable(choice.task)] = json.dumps(asdict(choice))


def chosen(task: str = "classify") -> Choice:
    """The model that the pages of a task explain."""
    return Choice(**{"task": task, **json.loads(os.environ.get(_variable(task), "{}"))})


def _variable(task: str) -> str:
    return f"SIDELIGHT_MODEL_TO_{task.upper()}"


@st.cache_resource(show_spinner=False, on_release=Supervisor.close)
def supervisor(choice: Choice) -> Supervisor:
    """The one supervisor of a model, for all sessions."""
    return Supervisor(choice)


@st.cache_resource(show_spinner=False)
def saved_example(task: str) -> Report:
    """A report that this tool made, to be looked at while there is no model yet."""
    return load_report(SAVED / f"{task}.json")


@st.cache_resource(show_spinner="Opening the report", scope="session", max_entries=2)
def open_report(_content: bytes, file_id: str) -> Report | str:
    """The report in an uploaded file, or why it can't be opened."""
    try:
        return load_report(_content)
    except ReportError as error:
        return str(error)


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
    """What one session has asked for."""

    def __init__(self, supervisor: Supervisor) -> None:
        self.supervisor = supervisor
        self.job: Job | None = None
        self.work: Work | None = None  # the last that was no mere addition to a report
        self.by_itself = False
        self.problem = ""
        self.files_put_away = 0
        self._completed: set[tuple[int, ...]] = set()
        self._before: tuple[Job, Work | None] | None = None  # the last job that made a report, and its work
        self._session = uuid4().hex

    def ask(self, work: Work, *, by_itself: bool = False) -> None:
        """Asks for an explanation in place of the last one; `by_itself` if nobody pressed a button for it."""
        self.attempt(lambda: self._ask(work, by_itself))

    def _ask(self, work: Work, by_itself: bool) -> None:
        if not isinstance(work.asked, Report):
            check_text(work.asked.text if isinstance(work.asked, Prompt) else work.asked)
            if self.job and self.job.status.report:
                self._before = self.job, self.work
            self.work, self._completed = work, set()
        self.stop()
        self.by_itself = by_itself
        self.job = self.supervisor.submit(self._session, work)
        self.supervisor.wait_for(self.job, lambda status: bool(status.report) or status.over, UNTIL_PREDICTION)

    def asks_otherwise(self, unit: str, explain_output: bool = False) -> bool:
        """Whether these are not what was last asked with."""
        if self.work is None or self.job is None or self.job.status.report is None:
            return False
        asked = self.work.asked
        return self.work.unit != unit or (isinstance(asked, Prompt) and asked.explain_output != explain_output)

    def ask_again(self, unit: str, foil: tuple[int, str] | None = None, **changes: Any) -> None:
        """Asks once more about what was written, which stays as it is.

        Args:
            unit: what features are made of from now on.
            foil: one more for a written token, given by its place; it comes before the others.
            changes: to the prompt.
        """
        if self.work is None:
            return
        asked = self.work.asked
        if isinstance(asked, Prompt):
            report = self.job.status.report if self.job else None
            changes |= {"continuation": _ids_written(report)} if report else {}
            changes |= {"foils": (foil, *(known for known in asked.foils if known != foil))} if foil else {}
            asked = replace(asked, **changes)
        self.ask(replace(self.work, asked=asked, unit=unit))

    def complete(self, targets: tuple[int, ...]) -> bool:
        """Asks the methods to which each target costs a pass about these, once; says whether there was need to."""
        if self.job is None or self.work is None or targets in self._completed:
            return False
        report = self.job.status.report
        added = self.job.work is not self.work  # and may have been stopped without harm to the rest
        if report is None or not (self.job.status.state == "done" or (self.job.status.over and added)):
            return False
        self._completed.add(targets)
        requests = tuple(one for one in self.work.requests if METHODS[one.name].chooses)
        partial = (one for one in report.attributions if METHODS[one.method].chooses)
        if all(one.covers(target) for one in partial for target in targets):
            return False
        problem = self.problem
        self.ask(Work(report, requests, self.work.unit, self.work.seed, targets), by_itself=self.by_itself)
        self.problem = self.problem or problem
        return True

    def attempt(self, action: Callable[[], None]) -> None:
        """Does something that may be refused; the refusal becomes this visitor's `problem`."""
        try:
            self.problem = ""
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
        if status.state == "failed" and status.report is None and self._before:
            self.problem = status.message
            (self.job, self.work), self._before = self._before, None
            status = self.supervisor.look(self.job)
        return Moment(self.supervisor.model, self.job, status)


def visitor(task: str = "classify") -> Visitor:
    """This session's visitor of a task's pages."""
    name = f"visitor to {task}"
    if name not in st.session_state:
        st.session_state[name] = Visitor(supervisor(chosen(task)))
    kept: Visitor = st.session_state[name]
    return kept


def _ids_written(report: Report) -> tuple[int, ...]:
    """The tokens that a generator wrote."""
    prediction = report.predictions[0]
    return tuple(prediction.targets[place].id for place in prediction.written)


def check_text(text: str) -> None:
    """Refuses what can't be explained before a model is asked.

    Raises:
        ValueError: there is no text, or too much of it.
    """
    if not text.strip():
        raise ValueError("There is no text to explain yet. Type one, or choose an example.")
    if len(text) > LONGEST_TEXT:
        raise ValueError(f"The text has {len(text):,} characters; at most {LONGEST_TEXT:,} are explained. Shorten it.")
