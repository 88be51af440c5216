"""The history on a page: what was explained on this machine, searched, opened again, cleared or switched off."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from . import opening, session
from .clock import visitors_minute
from .history import Entry, History
from .history_file import HistoryError
from .markup import markdown_text, shortened, shown
from .visitor import Visitor
from .waiting import show_problem
from .wording import say, unit_noun

MOST_ENTRIES = 20
LONGEST_TITLE = 60  # characters


def show_history(visitor: Visitor, boxes: Sequence[str]) -> None:
    """A popover with the entries of this page's task.

    Args:
        visitor: whose page this is.
        boxes: the keys of the text areas, into which an opened entry's texts go.
    """
    with st.popover(say("History"), icon=":material/history:"):
        history = session.history()
        if not history.possible:
            st.caption(
                say(
                    "No history is kept here, because other people can reach this Sidelight, or because it was "
                    "started with --no-history."
                )
            )
            return
        try:
            _show_entries(visitor, boxes, history)
            with st.container(horizontal=True, vertical_alignment="center"):
                _offer_switch(visitor, boxes, history)
                _offer_clearing(visitor, boxes, history)
        except HistoryError as error:
            show_problem(str(error))
            _offer_clearing(visitor, boxes, history)


def _show_entries(visitor: Visitor, boxes: Sequence[str], history: History) -> None:
    """The newest entries that hold every word of a search; each opens its report."""
    words = st.text_input(
        say("Search the history"),
        key=f"search {boxes[0]}",
        placeholder=say("Search the history"),
        label_visibility="collapsed",
    )
    entries = history.find(words, visitor.supervisor.choice.task, MOST_ENTRIES + 1)
    with st.container():  # so that what stands below keeps its place, however many are found
        for entry in entries[:MOST_ENTRIES]:
            st.button(
                _label(entry),
                key=f"open {entry.id}",
                type="tertiary",
                on_click=_open,
                args=(visitor, boxes, entry.id),
            )
        if len(entries) > MOST_ENTRIES:
            st.caption(say("These are the newest {most}; search for others.", most=MOST_ENTRIES))
        elif not entries:
            st.caption(
                say(
                    "Nothing holds all of these words."
                    if history.find(most=1)
                    else "Nothing yet: what you explain will be found here."
                )
            )


def _offer_switch(visitor: Visitor, boxes: Sequence[str], history: History) -> None:
    enabled = history.enabled
    switched = st.toggle(
        say("Keep a history"),
        enabled,
        key=f"keep history {boxes[0]}",
        help=say(
            "Reports are kept in a file of this machine that only you can read, and leave it never. "
            "Switched off, nothing new is kept; what is there stays until it is cleared."
        ),
    )
    if switched != enabled:
        visitor.attempt(lambda: history.enable(switched))


def _offer_clearing(visitor: Visitor, boxes: Sequence[str], history: History) -> None:
    st.button(say("Clear the history"), key=f"clear history {boxes[0]}", on_click=_clear, args=(visitor, history))


def _clear(visitor: Visitor, history: History) -> None:
    visitor.attempt(history.clear)
    session.forget()


def _open(visitor: Visitor, boxes: Sequence[str], entry: str) -> None:
    visitor.put_file_away()
    opening.open_entry(visitor, boxes, entry)


def _label(entry: Entry) -> str:
    """Its text, and under it what tells it from another one of the same text."""
    about = say("{model} · {changed}", model=shown(entry.model), changed=visitors_minute(entry.changed))
    return f"{markdown_text(_title(entry))}  \n:small[:gray[{markdown_text(about)}]]"


def _title(entry: Entry) -> str:
    text = shortened(shown(" ".join(entry.text.split())), LONGEST_TITLE)
    return text if entry.unit in (None, "word") else f"{text} · {unit_noun(entry.unit, 2)}"
