"""The reports of compared texts in the history: kept when they are finished, named in the address, opened from it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st
from sidelight.dashboard import address, session
from sidelight.dashboard.history_file import HistoryError
from sidelight.dashboard.markup import markdown_text, shortened, shown
from sidelight.dashboard.wording import told
from sidelight.dashboard.workers.fleet import name_of
from sidelight.dashboard.workers.messages import Choice, Loaded, Work
from sidelight.explain.methods import MethodRequest
from sidelight.explain.report import FINE_PARTS, Report

from . import comparison_inputs
from .chosen import Input
from .comparing import Comparing


def follow(state: Comparing) -> bool:
    """Takes over what a new address asks for: reports of the history with their texts, or texts to be compared now.

    Returns:
        Whether there are texts that are to be compared now.
    """
    entries, texts = address.asked_reports()
    try:
        found = [one for entry in entries if (one := _open(entry))]
    except HistoryError as error:
        found, state.lost = [], str(error)
    for input_, report, entry in found:
        state.adopt(input_, report, entry)
    texts = texts or tuple(dict.fromkeys(input_.text for input_, *_ in found))
    comparison_inputs.fill_in(texts)
    return bool(texts) and not found


def _open(entry: str) -> tuple[Input, Report, str] | None:
    """A report with what it is about; None where its model is not there.

    Raises:
        HistoryError: it can't be had.
    """
    found = session.history().open(entry)
    if found is None:
        raise HistoryError(
            "The link asks for the report {asked}, which is not in the history of this machine; what "
            "there is stands under History.",
            asked=shortened(shown(entry), address.LONGEST_LIST),
        )
    work, report = found
    choice = _choice(report)
    return (Input(choice, work.text, work.unit), report, entry) if choice else None


def _choice(report: Report) -> Choice | None:
    """The model that made a report, of those that can be compared: by its name, and its weights where it is loaded."""
    prediction = report.predictions[0]
    named = [one for one in session.comparable_choices().values() if name_of(one) == prediction.model]
    digest = report.provenance.weights.get(prediction.model)
    models = {one.choice: one.model for task in session.COMPARED for one in session.fleet().all(task)}
    same = [one for one in named if isinstance(model := models.get(one), Loaded) and model.weights == digest]
    return next(iter([*same, *named]), None)


def keep(state: Comparing, inputs: Sequence[Input]) -> None:
    """Keeps what is finished of these in the history, once, and names it in the address."""
    if state.busy:
        return
    try:
        for input_ in inputs:
            report = state.report(input_)
            if report and report.attributions and not state.is_kept(input_):
                state.adopt(input_, report, session.history().keep(_work(input_, report), report))
    except HistoryError as error:
        st.warning(markdown_text(told(str(error))))
    address.name_reports(tuple(entry for one in inputs if (entry := state.entry(one))))


def _work(input_: Input, report: Report) -> Work:
    """What a report was asked for."""
    requests = tuple(MethodRequest(one.method, one.settings) for one in report.attributions)
    return Work(input_.text, requests, input_.unit, parts=FINE_PARTS)
