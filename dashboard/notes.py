"""A reader's notes on reports: in the session, and with an entry of the history in its file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import streamlit as st
from sidelight.explain.report import Report

from . import session
from .history_file import HistoryError
from .visitor import Visitor
from .waiting import show_problem
from .wording import say


@dataclass(frozen=True, slots=True)
class Subject:
    """What notes are about.

    Args:
        name: tells one report from another: a file, an entry of the history, a text that is in neither yet.
        entry: of the history, if there is one.
        text: the name of what was asked, which a note is about in any unit.
    """

    name: str
    entry: str | None = None
    text: str = ""


def subject_of(visitor: Visitor) -> Subject:
    """What a note on the visitor's own report is about."""
    text = f"{hash((visitor.supervisor.choice, visitor.work.asked if visitor.work else None)):x}"
    return Subject(visitor.entry or text, visitor.entry, text)


def ask_note(report: Report, about: Subject, place: int, on_change: Callable[[], None]) -> None:
    """The text area for a note on one of the predictions, and what is done when another one is written."""
    key = _key(about.name, place)
    st.session_state.setdefault(key, report.note_of(place))
    note = st.text_area(
        say("Your note on this text"),
        key=key,
        height=90,
        help=say("It stands in the HTML page, the PDF and the JSON file."),
        on_change=on_change,
        persist_state="session",
    )
    if about.entry is None or note == st.session_state.get(_kept(about.entry), ""):
        return
    st.session_state[_key(about.text, place)] = note
    try:
        _keep(about.entry, note)
    except HistoryError as error:
        show_problem(str(error))


def noted(report: Report, about: Subject) -> Report:
    """The report with what was written about it; without notes where all are empty."""
    notes = [
        st.session_state.get(_key(about.name, place), report.note_of(place)) for place in range(len(report.predictions))
    ]
    return replace(report, notes=tuple(notes) if any(notes) else ())


def open_with(entry: str, report: Report) -> None:
    """Takes over the note that the history holds on an entry."""
    st.session_state[_key(entry, 0)] = st.session_state[_kept(entry)] = report.note_of(0)


def settle(visitor: Visitor) -> None:
    """Gives a report's new entry the note that was written on its text, unless it has one of its own.

    Raises:
        HistoryError: it can't be written.
    """
    if visitor.entry is None:
        return
    own, written = session.history().note_of(visitor.entry), st.session_state.get(_key(subject_of(visitor).text, 0), "")
    st.session_state[_key(visitor.entry, 0)] = own or written
    st.session_state[_kept(visitor.entry)] = own
    if written and not own:
        _keep(visitor.entry, written)


def _keep(entry: str, note: str) -> None:
    session.history().write_note(entry, note)
    st.session_state[_kept(entry)] = note


def _key(name: str, place: int) -> str:
    return f"note on {name} {place}"


def _kept(entry: str) -> str:
    """Where the session remembers the note that the history holds on an entry."""
    return f"note kept on {entry}"
