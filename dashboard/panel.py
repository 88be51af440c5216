"""A report on the page: what was predicted, every view of it, where it comes from, and its files."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import streamlit as st
from sidelight.explain.focus import focused
from sidelight.explain.joining import notices_about
from sidelight.explain.report import Report
from sidelight.explain.requested import ALL_OF
from sidelight.models.prediction import Prediction
from streamlit.delta_generator import DeltaGenerator

from . import address, choices, generation
from .drawn import Drawn, show_drawn
from .generation import Looked
from .markup import fragment, markdown_text, render, shown
from .notes import Subject
from .palette import percent
from .reproduce import Recipe, offer_code
from .text import show_text
from .views import Selection
from .views.naming import answer_text, label_names
from .visitor import Visitor
from .wording import told

MOST_ANSWERS = 6
SENDING = 0.01  # seconds in which the answer and the text leave for the browser before the rest is computed
DRAWN = "drawn to"  # in the session, for each task


@dataclass(frozen=True, slots=True)
class Showing:
    """A report to show.

    Args:
        report: it.
        about: what notes on it are about.
        source: where it comes from, if it was not made just now.
        expected: the methods it will have when it is finished, so that the choice among them does not grow.
        growing: whether more of it is being made.
        may_ask: whether the model that made it can be asked for what it does not hold.
        made_by: how it was made, where that is known.
        earlier: whether something else has been asked for since.
        unit: what more is asked for in, where it is the visitor's own.
    """

    report: Report
    about: Subject
    source: str = ""
    expected: Sequence[str] = ()
    growing: bool = False
    may_ask: bool = False
    made_by: Recipe | None = None
    earlier: bool = False
    unit: str | None = None


def show_earlier(visitor: Visitor, example: Showing | None) -> None:
    """The report that was drawn last, while nothing is known yet of what is to come; at first an example."""
    drawn: Drawn | None = st.session_state.get(f"{DRAWN} {visitor.supervisor.choice.task}")
    if drawn is None or (example and drawn.about == example.about):
        if example:
            show_report(visitor, replace(example, earlier=visitor.job is not None))
    else:
        show_report(visitor, Showing(drawn.report, drawn.about, made_by=drawn.recipe, earlier=True))


@st.fragment
def show_report(visitor: Visitor, showing: Showing) -> None:
    """Everything about one report, which runs by itself when something else of it is looked at; asks for what is looked
    at and not known yet.

    Args:
        visitor: whose page this is.
        showing: what to show.
    """
    with address.in_step_with_page():
        looked = _show(visitor, showing)
    if showing.unit is None:
        return
    if showing.may_ask and not visitor.made(showing.report):
        st.rerun()  # the model is gone, which is for the whole page to say
    if looked.typed:
        visitor.ask_again(showing.unit, looked.typed)
        generation.forget_typed()
        st.rerun()
    if visitor.complete(looked.targets):
        st.rerun()


def _show(visitor: Visitor, showing: Showing) -> Looked:
    """Draws it, and says what is looked at. Until its first method has come, the views of the one before it stay."""
    report = showing.report
    with st.container():  # so that what is said here moves nothing below to another place, where it would be twice
        place = choices.choose_prediction(report)
        for notice in notices_about(report, place):
            st.warning(markdown_text(told(notice)))
    left, right = st.columns([13, 7], gap="large")
    with left, st.container(key="answer"):
        above, chosen, below = st.container(), st.container(key="choices", horizontal=True), st.container()
    with chosen:
        looked = _look(showing, place)
        coming = _coming(report, place, showing.expected)
        method = choices.choose_method(report, place, coming)
        new = _drawn(visitor, showing, looked, method, coming)
        if new.recipe:
            offer_code(new.recipe, "words", new.selection)
    _show_answer(visitor, showing, looked, method, new, above, below)
    time.sleep(SENDING)
    before = _before(visitor, new)
    show_drawn(visitor, before or new, left, right)
    stale, writing = showing.earlier or before is not None, _is_written(visitor, showing, place)
    _mark(
        answer=showing.earlier and not writing,
        below_texts=writing,
        choices=writing,
        bars=stale,
        side=stale,
        tabs=stale,
    )
    return looked


def _is_written(visitor: Visitor, showing: Showing, place: int) -> bool:
    """Whether another answer is being written where this one stands."""
    return showing.earlier and visitor.job is not None and bool(showing.report.predictions[place].placed)


def _show_answer(
    visitor: Visitor,
    showing: Showing,
    looked: Looked,
    method: int | None,
    drawn: Drawn,
    above: DeltaGenerator,
    below: DeltaGenerator,
) -> None:
    """What was answered above the choices, with what was written; the text of a classification below them."""
    report, dark = showing.report, drawn.whole.dark
    prediction = report.predictions[looked.prediction]
    if prediction.placed:
        with above:
            generation.show_question(
                visitor,
                report,
                looked,
                drawn.narrow,
                method,
                showing.source,
                dark,
                writing=_is_written(visitor, showing, looked.prediction),
            )
        return
    with above:
        _show_answers(prediction, showing.source, dark)
    with below:
        show_text(visitor, report, looked.prediction, looked.targets[0], method)


def _look(showing: Showing, place: int) -> Looked:
    prediction = showing.report.predictions[place]
    linked = showing.made_by is not None
    if prediction.placed:
        return generation.choose_question(prediction, place, showing.may_ask, linked=linked)
    return Looked(place, (choices.choose_target(prediction, linked=linked),))


def _coming(report: Report, place: int, expected: Sequence[str]) -> tuple[str, ...]:
    made = [one.method for one in report.attributions_of(place)]
    return tuple(name for name in expected if name not in made)


def _drawn(visitor: Visitor, showing: Showing, looked: Looked, method: int | None, coming: tuple[str, ...]) -> Drawn:
    report, dark = showing.report, st.context.theme.type == "dark"
    recipe = _recipe(showing.made_by, report.predictions[looked.prediction], looked)
    state = Selection(coming=coming, growing=showing.growing, dark=dark)
    whole = replace(state, prediction=looked.prediction, target=looked.targets[0], attribution=method)
    if not report.predictions[looked.prediction].placed:
        return Drawn(report, whole, report, whole, showing.about, recipe)
    narrow = focused(report, looked.prediction, looked.targets)
    selection = replace(state, attribution=_place_in(report, looked, method))
    return Drawn(narrow, selection, report, whole, showing.about, recipe)


def _before(visitor: Visitor, new: Drawn) -> Drawn | None:
    """What was drawn last, until a method of what is to be drawn now has come."""
    key = f"{DRAWN} {visitor.supervisor.choice.task}"
    if new.whole.coming and not new.report.attributions_of(new.whole.prediction):
        last: Drawn | None = st.session_state.get(key)
        return last
    st.session_state[key] = new
    return None


def _mark(**busy: bool) -> None:
    """Dims the parts of the page, by their keys, that are about to change, and tells screen readers so."""
    marks = "; ".join(
        f"document.querySelector('.st-key-{key}')?.setAttribute('aria-busy', {str(state).lower()})"
        for key, state in busy.items()
    )
    st.html(f"<script>{marks}</script>", unsafe_allow_javascript=True)


def _recipe(made_by: Recipe | None, prediction: Prediction, looked: Looked) -> Recipe | None:
    """How the report is made again, the answers that are looked at among those that are explained."""
    if made_by is None:
        return None
    targets = looked.targets if len(prediction.targets) > ALL_OF else made_by.work.targets
    focus = looked.targets if prediction.placed else ()
    return Recipe(made_by.choice, replace(made_by.work, targets=targets), focus)


def _place_in(report: Report, looked: Looked, method: int | None) -> int | None:
    """The place of an attribution among those that cover what is looked at; past them if it does not."""
    if method is None:
        return None
    covers = [all(map(one.covers, looked.targets)) for one in report.attributions_of(looked.prediction)]
    return sum(covers[:method]) if covers[method : method + 1] == [True] else len(covers)


def _show_answers(prediction: Prediction, source: str, dark: bool) -> None:
    names = label_names(prediction)
    order = sorted(range(len(names)), key=lambda index: -prediction.targets[index].score)
    shares = [prediction.targets[index].probability for index in order]
    rows = [
        {"name": names[index], "share": share, "text": percent(share), "chosen": index == order[0]}
        for index, share in zip(order, shares, strict=True)
        if share is not None
    ]
    first = prediction.targets[order[0]]
    content = render(
        "answers.html.jinja",
        name=names[order[0]],
        answer=answer_text(first),
        source=shown(source) if source else "",
        rows=rows[:MOST_ANSWERS],
        more=len(rows) - MOST_ANSWERS,
    )
    st.html(fragment(content, dark).body)
