"""What the pages that explain have in common: the head with the model, the tools under the text, and what is drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st
from sidelight.explain.methods import MethodRequest
from sidelight.explain.report import Report
from sidelight.models.message import Message
from sidelight.models.tasks import TASKS
from streamlit.delta_generator import DeltaGenerator
from streamlit.runtime.uploaded_file_manager import UploadedFile

from . import address, cards, inputs, opening, panel, past, session, waiting
from .cost import Size, guessed, size_of
from .markup import shown
from .notes import Subject, subject_of
from .panel import Showing
from .reproduce import Recipe
from .visitor import Moment, Visitor
from .wording import say, told
from .workers.fleet import FleetError
from .workers.messages import Loaded, Work


@dataclass(frozen=True, slots=True)
class Tools:
    """The texts in the areas, whether the page began with them, and the settings of the line under them."""

    texts: tuple[str, ...]
    untouched: bool
    unit: str
    requests: tuple[MethodRequest, ...]
    seed: int
    upload: UploadedFile | None


def begin(task: str) -> Visitor:
    """The head of a page, and whose page it is.

    Where there is no model yet, one is asked for and the page ends; where it can't be had because too many are loaded,
    the page says so and ends.
    """
    key, names = TASKS[task].key, list(session.choices(task))
    if not names:
        st.markdown("### Sidelight")
        st.markdown(say("{models}: none is loaded yet. Give one to begin with.", models=told(TASKS[task].models)))
        cards.ask_model(task)
        st.stop()
    address.choose(
        key,
        names,
        Message(
            "The link asks for the model {asked}; the models here: {there}. Load it on the page Models if you trust it."
        ),
        usual=names[0],
    )
    with st.container(key="head", horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.markdown("### Sidelight", width="content")
        chosen = st.selectbox(
            say("Model"),
            names,
            key=key,
            format_func=shown,
            label_visibility="collapsed",
            placeholder=say("choose"),
            width=300,
            persist_state="session",
        )
    with st.container():  # so that what it says moves nothing below to another place
        address.name_choice(key, None if chosen == names[0] else chosen)
    try:
        return session.visitor(task)
    except FleetError as error:
        waiting.show_problem(str(error))
        st.stop()


def tool_row() -> DeltaGenerator:
    """The line of tools under the text; on a phone icons stand for their names, which are still read aloud."""
    return st.container(key="tools", horizontal=True, vertical_alignment="center")


def show_tools(visitor: Visitor, examples: Sequence[tuple[str, ...]], boxes: Sequence[str]) -> tuple[Tools, bool]:
    """The tools under the texts: examples, history, methods, a saved report, unit.

    Args:
        visitor: whose page this is.
        examples: inputs to choose from, a text a box.
        boxes: the keys of the text areas.

    Returns:
        What they are set to, and whether an example was chosen just now.
    """
    model = visitor.supervisor.model
    pressed = inputs.ask_example(examples, visitor.put_file_away, boxes)
    past.show_history(visitor, boxes)
    settings = st.container(width="content")
    upload = inputs.ask_report(visitor.files_put_away)
    unit = inputs.ask_unit(unsaid=visitor.work.unit if visitor.named and visitor.work else "word")
    hidings = model.hidings if isinstance(model, Loaded) else ()
    texts: tuple[str, ...] = tuple(st.session_state[box] for box in boxes)
    size = _size(visitor, texts, unit)
    with settings:
        requests, seed = inputs.ask_methods(hidings, size, visitor.supervisor.seconds_per_token)
    return Tools(texts, texts == examples[0], unit, requests, seed, upload), pressed


def _size(visitor: Visitor, texts: tuple[str, ...], unit: str) -> Size:
    """The size of what would be explained now: known if it was read already, else guessed."""
    report = visitor.job.status.report if visitor.job else None
    text = "\n".join(texts)
    if report is None or visitor.work is None:
        return guessed(text, unit, None)
    known = size_of(report.predictions[0])
    return known if (visitor.work.texts, visitor.work.unit) == (texts, unit) else guessed(text, unit, known)


def show_report(visitor: Visitor, tools: Tools) -> None:
    """The state of things, and the report: an opened one, or the visitor's; until there is one the last that was drawn,
    or a saved example. The example of the very text stays until the visitor's own is finished.
    """
    drawn, opened = visitor.now(), _open(tools.upload) if tools.upload else None
    above = st.container()  # so that what it says moves no part of the report, where a press would miss it
    with above:
        opening.remember(visitor, on_screen=tools.upload is None)
        waiting.show_state(visitor, drawn, opened.report if isinstance(opened, Showing) else None)
        if isinstance(opened, str):
            waiting.show_problem(opened)
    if isinstance(opened, Showing):
        panel.show_report(visitor, opened)
        return
    task = visitor.supervisor.choice.task
    saved = session.saved_example(task)
    example = Showing(saved, Subject(f"example {task}"), say("a saved example")) if saved else None
    status, report = drawn.status, drawn.status.report
    asked = visitor.job is not None and not visitor.by_itself
    fits = not asked and saved is not None and tools.texts == saved.predictions[0].segments[: len(tools.texts)]
    if report and (status.over or not fits):
        if status.state == "stopped" and not report.attributions:
            with above:
                _offer_explaining(visitor, report, tools)
        panel.show_report(visitor, _own(visitor, drawn, report, tools))
    elif example and (fits or drawn.settled):
        panel.show_report(visitor, example)
    else:
        panel.show_earlier(visitor, example)


def _open(upload: UploadedFile) -> Showing | str:
    """The report in a file, or why it can't be opened."""
    opened = session.open_report(upload.getvalue(), upload.file_id)
    if isinstance(opened, str):
        return opened
    return Showing(opened, Subject(upload.file_id), say("opened from file {file}", file=upload.name))


def _own(visitor: Visitor, drawn: Moment, report: Report, tools: Tools) -> Showing:
    """The visitor's own report."""
    status = drawn.status
    return Showing(
        report,
        subject_of(visitor),
        {"stopped": say("stopped early"), "failed": say("not finished")}.get(status.state, ""),
        () if status.over or not drawn.job else [one.name for one in drawn.job.work.requests],
        not status.over,
        status.over and visitor.made(report),
        Recipe(visitor.supervisor.choice, drawn.job.work) if drawn.job else None,
        unit=tools.unit,
    )


def _offer_explaining(visitor: Visitor, report: Report, tools: Tools) -> None:
    """Explains after all what was stopped before any method had come."""
    if st.button(say("Explain what was written" if report.predictions[0].placed else "Explain this text after all")):
        visitor.ask_again(tools.unit)
        st.rerun()


def ask(visitor: Visitor, work: Work, tools: Tools, *, pressed: bool, own_words: bool = False) -> None:
    """Asks for what the page is set to, if there is need to."""
    if pressed:
        visitor.ask(work)
    elif visitor.job is None and isinstance(visitor.supervisor.model, Loaded) and tools.upload is None:
        visitor.ask(work, by_itself=tools.untouched)
    elif visitor.asks_otherwise(tools.unit, own_words):
        visitor.ask_again(tools.unit, explain_output=own_words)
