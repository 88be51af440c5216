"""What a page offers under a report: its files, a note in it, and several texts in one report."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial

import streamlit as st
from sidelight.dashboard.wording import text_of
from sidelight.explain.joining import join
from sidelight.explain.report import Report

from . import session
from .entries import about_of
from .exports import EXPORTS, html, pdf
from .exports.explained import Explained
from .history_collection import Collection
from .history_file import HistoryError
from .markup import fragment, markdown_text, render, shortened, shown
from .notes import Subject, ask_note, noted
from .waiting import show_problem
from .wording import in_language, language, say

Write = Callable[[Report], bytes]


def offer_files(
    report: Report, place: int = 0, about: Subject | None = None, *, chosen: Explained | None = None
) -> None:
    """The downloads, and what goes into them.

    Args:
        report: what is on screen.
        place: of the prediction that a note is written on.
        about: what notes on it are about; by itself its texts.
        chosen: what is looked at, which the page and the PDF explain in full.
    """
    about = about or Subject(f"{hash(tuple(one.segments for one in report.predictions)):x}")
    beside = st.container()
    interactive, collected = _ask_contents(report, about, place)
    report = noted(report, about)
    with beside:
        _show_note(report.note_of(place))
    report = _whole(report, collected)
    chosen = None if collected else chosen  # those collected are explained for the model's answers
    if missing := pdf.missing(report, chosen):
        st.caption(markdown_text(missing))
    to_page = html.write_interactive if interactive else html.write
    telling = {".html": partial(to_page, chosen=chosen), ".pdf": partial(pdf.write, chosen=chosen)}
    writers: dict[str, Write] = {ending: export.write for ending, export in EXPORTS.items()} | telling
    with st.container(horizontal=True):
        for ending, export in EXPORTS.items():
            st.download_button(
                text_of(export.title),
                partial(in_language(language(), writers[ending]), report),
                f"sidelight-report{ending}",
                export.media_type,
                key=f"download {ending}",
                on_click="ignore",
            )


def _show_note(note: str) -> None:
    if note:
        st.html(fragment(render("note.html.jinja", note=note), st.context.theme.type == "dark").body)


def _ask_contents(report: Report, about: Subject, place: int) -> tuple[bool, list[Report]]:
    """Whether the files have interactive charts, and the reports that are collected for them."""
    with st.popover(say("Report")):
        ask_note(report, about, place, partial(_note_collected, report, about))
        interactive = st.checkbox(
            say("HTML with interactive charts"),
            key="with charts",
            help=say(
                "The page then holds the heat map, the sum and the attention to be pointed at, and Plotly's "
                "script: 2 MB more. It still asks nothing of the outside."
            ),
            persist_state="session",
        )
        collected: list[Report] = []
        with _problems_shown():
            collection = session.collection()
            collected = collection.reports
            _ask_collected(collection, report, about)
    return interactive, collected


@contextmanager
def _problems_shown() -> Iterator[None]:
    try:
        yield
    except HistoryError as error:
        show_problem(str(error))


# What follows is done before a run draws anything: else a press that comes at once would end the run that is to do it.


def _note_collected(report: Report, about: Subject) -> None:
    """Passes the note that was just written on a report to what is collected of it."""
    with _problems_shown():
        session.collection().note(noted(report, about))


def _collect(report: Report, about: Subject) -> None:
    with _problems_shown():
        session.collection().add(noted(report, about))


def _take_out(*reports: Report) -> None:
    with _problems_shown():
        session.collection().take_out(*reports)


def _ask_collected(collection: Collection, report: Report, about: Subject) -> None:
    """What is collected, to be added to and taken out; it is said where it is lost when the page is loaded again."""
    st.button(
        say("Add this text to my report"),
        key="collect",
        help=say(
            "Collects several texts into one report: what is explained of each now, and your note, which "
            "can still be changed."
        ),
        disabled=collection.full,
        on_click=_collect,
        args=(report, about),
    )
    if not session.history().enabled:
        st.caption(say("No history is kept: texts that you add now are lost when the page is loaded again."))
    for number, one in enumerate(collection.reports):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.text(shortened(shown(" ".join(one.predictions[0].segments[0].split())), 60))
            st.button(say("take out"), key=f"take out {number}", type="tertiary", on_click=_take_out, args=(one,))
    if collection.reports:
        st.button(say("take out all"), key="take out all", on_click=_take_out, args=collection.reports)


def _whole(report: Report, collected: Sequence[Report]) -> Report:
    """What the files hold, which is said where it is not what is on screen."""
    if not collected:
        return report
    held = any(about_of(one) == about_of(report) for one in collected)
    st.caption(
        say(
            "The files hold the texts collected under “Report”: {count}, this one among them."
            if held
            else "The files hold the texts collected under “Report”: {count}, without this one.",
            count=len(collected),
        )
    )
    try:
        return join(collected)
    except ValueError as error:
        show_problem(str(error))
        return report
