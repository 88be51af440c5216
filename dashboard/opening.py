"""Reports of the history on screen: opened where the address or a press asks for one, named in the address from when
they are begun, with the one that was edited into them, and kept when they are finished.
"""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from . import notes, session
from .address import BEFORE, ENTRY, LONGEST_LIST, TEXT, asks_now, name_values
from .history_file import HistoryError
from .markup import markdown_text, shortened, shown
from .visitor import Visitor, made_before
from .wording import say, told
from .workers.messages import Loaded


def follow(visitor: Visitor, boxes: Sequence[str]) -> bool:
    """Does what the address asks for and was not done yet: opens a report of the history, or fills in a text.

    Where the browser went back to an address that names neither, the page is as at its beginning.

    Args:
        visitor: whose page this is.
        boxes: the keys of the text areas.

    Returns:
        Whether a text was filled in that is to be explained now.
    """
    if not asks_now(boxes[0]):
        return False
    entry, texts = st.query_params.get(ENTRY), tuple(st.query_params.get_all(TEXT))
    if entry and (entry == visitor.named or open_entry(visitor, boxes, entry)):
        _open_before(visitor, st.query_params.get(BEFORE))
        return False
    if len(texts) == len(boxes) and (visitor.work is None or texts != visitor.work.texts):
        st.session_state.update(zip(boxes, texts, strict=True))
        return True
    if visitor.named and not entry and not texts:
        visitor.begin_again()
        for box in boxes:
            st.session_state.pop(box, None)
    return False


def _open_before(visitor: Visitor, entry: str | None) -> None:
    """Has what an edit changed begin with this report of the history, None for no edit."""
    if entry == visitor.entry_before:
        return
    visitor.before = visitor.entry_before = None
    if entry:
        visitor.attempt(lambda: _adopt_before(visitor, entry), forget=False)


def _adopt_before(visitor: Visitor, entry: str) -> None:
    found = session.history().open(entry)
    if found is None:
        raise HistoryError(_not_there(entry))
    visitor.before, visitor.entry_before = made_before(*found), entry


def _not_there(entry: str) -> str:
    """What is said of an address of another machine, or of a cleared history."""
    return say(
        "The link asks for the report {asked}, which is not in the history of this machine; what "
        "there is stands under History.",
        asked=shortened(shown(entry), LONGEST_LIST),
    )


def open_entry(visitor: Visitor, boxes: Sequence[str], entry: str) -> bool:
    """Shows a report of the history, or asks again for what was stopped, left or lost before it was one.

    Returns:
        Whether there is such an entry; else why not becomes the visitor's problem.
    """
    visitor.problem = ""
    try:
        work, report = session.history().open(entry) or (session.history().begun(entry), None)
    except HistoryError as error:
        work, visitor.problem = None, str(error)
    else:
        if work is None and not visitor.problem:
            visitor.problem = _not_there(entry)
    if work is None:
        visitor.entry = entry  # it asks for nothing more
        return False
    if report:
        visitor.adopt(work, report, entry)
        notes.open_with(entry, report)
    elif not visitor.ask_for(work, entry):
        visitor.entry = entry  # it asks for nothing more
        return False
    st.session_state.update(zip(boxes, work.texts, strict=True))
    st.session_state.unit = work.unit
    return True


def remember(visitor: Visitor, *, on_screen: bool) -> None:
    """Keeps what was explained in the history, and names its entry in the address while it is what is on screen.

    The entry is named from when its report is begun, so that one step back leads to what was there before.
    """
    work = visitor.work
    report = visitor.job.status.report if visitor.job and visitor.job.status.over else None
    if work and not visitor.by_itself:
        try:
            if report and report.attributions and report is not visitor.kept:
                visitor.keep_as(session.history().keep(work, report, visitor.coming), report)
                notes.settle(visitor)
            elif not (visitor.named or visitor.kept) and isinstance(model := visitor.supervisor.model, Loaded):
                entry = session.history().id_for(work, model.name, model.weights)
                if entry:
                    session.history().begin(work, entry)
                visitor.expect(entry)
        except HistoryError as error:
            st.warning(markdown_text(told(str(error))))
    named = visitor.named if on_screen else None
    before = visitor.entry_before if named and visitor.entry_before != named else None
    for name, entry in ((ENTRY, named), (BEFORE, before)):
        name_values(name, (entry,) if entry else ())
    if work and tuple(st.query_params.get_all(TEXT)) != work.texts:
        name_values(TEXT, ())
