"""What a page offers under a report: its files, a note in it, and several texts in one report."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import streamlit as st
from sidelight.explain.joining import join
from sidelight.explain.report import Report

from .exports import EXPORTS, html, pdf
from .exports.explained import Explained
from .markup import markdown_text, shortened, shown
from .waiting import show_problem
from .wording import in_language, language, said, say

COLLECTED = "collected reports"
MOST_COLLECTED = 50
Write = Callable[[Report], bytes]


def offer_files(report: Report, place: int = 0, *, chosen: Explained | None = None) -> None:
    """The downloads, and what goes into them.

    Args:
        report: what is on screen.
        place: of the prediction that a note is about.
        chosen: what is looked at, which the page and the PDF explain in full.
    """
    report, interactive = _ask_contents(report, place)
    chosen = None if st.session_state[COLLECTED] else chosen  # those collected are explained for the model's answers
    if missing := pdf.missing(report, chosen):
        st.caption(markdown_text(missing))
    to_page = html.write_interactive if interactive else html.write
    telling = {".html": partial(to_page, chosen=chosen), ".pdf": partial(pdf.write, chosen=chosen)}
    writers: dict[str, Write] = {ending: export.write for ending, export in EXPORTS.items()} | telling
    with st.container(horizontal=True):
        for ending, export in EXPORTS.items():
            st.download_button(
                said(f"export_{ending.strip('.')}", export.title),
                partial(in_language(language(), writers[ending]), report),
                f"sidelight-report{ending}",
                export.media_type,
                key=f"download {ending}",
                on_click="ignore",
            )


def _ask_contents(report: Report, place: int) -> tuple[Report, bool]:
    """The report as it is to be written, and whether with interactive charts."""
    with st.popover(say("report_contents")):
        note = st.text_area(
            say("note_on_text"),
            report.note_of(place),
            key=f"note on {hash(report.predictions[place].segments):x}",
            height=90,
            help=say("note_help"),
            persist_state="session",
        )
        report = with_note(report, place, note)
        interactive = st.checkbox(
            say("with_charts"), key="with charts", help=say("with_charts_help"), persist_state="session"
        )
        collected: list[Report] = st.session_state.setdefault(COLLECTED, [])
        full = len(collected) >= MOST_COLLECTED
        if st.button(say("collect"), key="collect", help=say("collect_help"), disabled=full):
            collect(collected, report)
            st.rerun()
        for number, one in enumerate(collected):
            with st.container(horizontal=True, vertical_alignment="center"):
                st.text(shortened(shown(" ".join(one.predictions[0].segments[0].split())), 60))
                if st.button(say("take_out"), key=f"take out {number}", type="tertiary"):
                    del collected[number]
                    st.rerun()
        if not collected:
            return report, interactive
        if st.button(say("clear_collected"), key="take out all"):
            collected.clear()
            st.rerun()
        st.caption(say("collected", count=len(collected)))
    try:
        return join(collected), interactive
    except ValueError as error:
        show_problem(str(error))
        return report, interactive


def collect(collected: list[Report], report: Report) -> None:
    """Adds a report to those collected; one of the same inputs to the same models takes the place of the one before."""
    about = [_about(one) for one in collected]
    if _about(report) in about:
        collected[about.index(_about(report))] = report
    else:
        collected.append(report)


def _about(report: Report) -> list[tuple[str, str, str, tuple[str, ...]]]:
    """What tells two reports apart: of each input the model, the task, the unit, and the texts."""
    return [(one.model, one.task, one.unit, one.segments) for one in report.predictions]


def with_note(report: Report, place: int, note: str) -> Report:
    """The report with a reader's note on one of its predictions; without notes where all are empty."""
    notes = [report.note_of(one) for one in range(len(report.predictions))]
    notes[place] = note
    return replace(report, notes=tuple(notes) if any(notes) else ())
