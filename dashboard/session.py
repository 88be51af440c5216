"""What outlives one run of a page: every call of Streamlit's caches, and what a visitor has asked for."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import streamlit as st
from sidelight.explain.report import Report, ReportError, load_report

from .jobs import Job, Status
from .supervisor import ModelState, Supervisor, Unavailable
from .worker import Choice, Loaded, Work

SAVED_EXAMPLE = Path(__file__).parent / "saved" / "example.json"
LONGEST_TEXT = 20_000  # characters
UNTIL_PREDICTION = 0.4  # seconds that a page waits for the first answer, so that it is drawn once and not twice


def choose(choice: Choice) -> None:
    """Says which model the pages of this process explain."""
    os.environ["SIDELIGHT_CLASSIFIER"] = choice.reference
    os.environ["SIDELIGHT_DEVICE"] = choice.device
    os.environ["SIDELIGHT_PRECISION"] = choice.precision


def chosen() -> Choice:
    """The model that the pages explain."""
    default = Choice()
    return Choice(
        os.environ.get("SIDELIGHT_CLASSIFIER", default.reference),
        os.environ.get("SIDELIGHT_DEVICE", default.device),
        os.environ.get("SIDELIGHT_PRECISION", default.precision),
    )


@st.cache_resource(show_spinner=False, on_release=Supervisor.close)
def supervisor(choice: Choice) -> Supervisor:
    """The one supervisor of a model, for all sessions."""
    return Supervisor(choice)


@st.cache_resource(show_spinner=False)
def saved_example() -> Report:
    """A report that this tool made, to be looked at while there is no model yet."""
    return load_report(SAVED_EXAMPLE)


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
        self.by_itself = False
        self.problem = ""
        self.files_put_away = 0
        self._session = uuid4().hex

    def ask(self, work: Work, *, by_itself: bool = False) -> None:
        """Asks for an explanation in place of the last one; `by_itself` if nobody pressed a button for it."""
        self.attempt(lambda: self._ask(work, by_itself))

    def _ask(self, work: Work, by_itself: bool) -> None:
        check_text(work.text)
        self.stop()
        self.by_itself = by_itself
        self.job = self.supervisor.submit(self._session, work)
        self.supervisor.wait_for(self.job, lambda status: bool(status.report) or status.over, UNTIL_PREDICTION)

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
        """How things stand."""
        status = self.supervisor.look(self.job) if self.job else Status("done")
        return Moment(self.supervisor.model, self.job, status)


def visitor() -> Visitor:
    """This session's visitor."""
    if "visitor" not in st.session_state:
        st.session_state.visitor = Visitor(supervisor(chosen()))
    kept: Visitor = st.session_state.visitor
    return kept


def check_text(text: str) -> None:
    """Refuses what can't be explained before a model is asked.

    Raises:
        ValueError: there is no text, or too much of it.
    """
    if not text.strip():
        raise ValueError("There is no text to explain yet. Type one, or choose an example.")
    if len(text) > LONGEST_TEXT:
        raise ValueError(f"The text has {len(text):,} characters; at most {LONGEST_TEXT:,} are explained. Shorten it.")
