"""Reports of the history on screen: opened where the address or a press asks for one, kept when they are finished."""

from __future__ import annotations

import streamlit as st

from . import notes, session
from .address import ENTRY, LONGEST_LIST, TEXT, asks_now, name_values
from .history import HistoryError
from .markup import markdown_text, shortened, shown
from .visitor import Visitor
from .wording import say, told


def follow(visitor: Visitor, box: str) -> bool:
    """Does what the address asks for and was not done yet: opens a report of the history, or fills in a text.

    Where the browser went back to an address that names neither, the page is as at its beginning.

    Args:
        visitor: whose page this is.
        box: the key of the text area.

    Returns:
        Whether a text was filled in that is to be explained now.
    """
    if not asks_now(box):
        return False
    entry, text = st.query_params.get(ENTRY), st.query_params.get(TEXT)
    if entry and entry != visitor.entry and open_entry(visitor, box, entry):
        return False
    if text is not None and (visitor.work is None or text != visitor.work.text):
        st.session_state[box] = text
        return True
    if visitor.entry and not entry and text is None:
        visitor.begin_again()
        st.session_state.pop(box, None)
    return False


def open_entry(visitor: Visitor, box: str, entry: str) -> bool:
    """Shows a report of the history; whether there is such an entry, else why not becomes the visitor's problem."""
    try:
        found = session.history().open(entry)
        if found is None:  # an address of another machine, or of a cleared history
            raise HistoryError(say("report_of_link", asked=shortened(shown(entry), LONGEST_LIST)))
    except HistoryError as error:
        visitor.problem = str(error)
        visitor.entry = entry  # it asks for nothing more
        return False
    work, report = found
    visitor.adopt(work, report, entry)
    notes.open_with(entry, report)
    st.session_state[box] = work.text
    st.session_state.unit = work.unit
    return True


def remember(visitor: Visitor, *, on_screen: bool) -> None:
    """Keeps what was explained in the history, and names its entry in the address while it is what is on screen."""
    report = visitor.job.status.report if visitor.job and visitor.job.status.over else None
    if report and report.attributions and report is not visitor.kept and visitor.work and not visitor.by_itself:
        try:
            visitor.entry = session.history().keep(visitor.work, report)
            visitor.kept = report
            notes.settle(visitor)
        except HistoryError as error:
            st.warning(markdown_text(told(str(error))))
    name_values(ENTRY, (visitor.entry,) if visitor.entry and on_screen else ())
    if visitor.work and st.query_params.get(TEXT) != visitor.work.text:
        name_values(TEXT, ())
