"""What is looked at of a report: which input, which label, and by which method."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st
from sidelight.explain.methods import METHODS
from sidelight.explain.report import Report
from sidelight.models.message import Message
from sidelight.models.prediction import Prediction

from . import address
from .markup import markdown_text, shortened, shown
from .views.naming import label_names, method_name, method_titles, numbered
from .wording import say

MOST_BUTTONS = 6  # labels; more are chosen from a list


def ask_one(
    key: str,
    label: str,
    options: Sequence[str],
    usual: str,
    unknown: str,
    title: Callable[[str], str],
    *,
    shown_as: Callable[[str], str] | None = None,
    unsaid: str | None = None,
    labelled: bool = True,
) -> str:
    """One of a few that stand beside each other; the address names it where it is not the usual one.

    Args:
        key: of the widget and of the address.
        label: what is chosen, for people.
        options: what there is.
        usual: what is chosen at first.
        unknown: the key of the text about what a link asks for and there is not.
        title: what an option is called in links.
        shown_as: what it is called on the page; as in links by default.
        unsaid: what the browser went back or forward to where the address names none; by default the usual one.
        labelled: whether the label is seen, and not only read aloud.
    """
    address.choose(key, options, unknown, title, usual=unsaid or usual)
    chosen = st.segmented_control(
        label,
        options,
        required=True,
        default=usual,
        format_func=shown_as or title,
        key=key,
        persist_state="session",
        wrap=True,
        label_visibility="visible" if labelled else "collapsed",
    )
    address.name_choice(key, None if chosen == usual else str(chosen))
    return str(chosen)


def ask_whole(key: str, label: str, allowed: range, usual: int, **about: Any) -> int:
    """A whole number; the address names it where it is not the usual one.

    Args:
        key: of the widget and of the address.
        label: what is asked, for people.
        allowed: the numbers that it may be.
        usual: what is there at first.
        about: the widget's help and width.
    """
    address.choose_whole(key, allowed, usual)
    kept = {"persist_state": "session", **about}
    chosen = int(st.number_input(label, allowed[0], allowed[-1], usual, key=key, **kept))
    address.name_choice(key, None if chosen == usual else str(chosen))
    return chosen


def choose_prediction(report: Report) -> int:
    """The place of an input among those of a report."""
    if len(report.predictions) == 1:
        return 0
    names = [shortened(shown(one.segments[0]), 80) for one in report.predictions]
    if len({one.model for one in report.predictions}) > 1:
        names = [f"{name} · {shown(one.model)}" for name, one in zip(names, report.predictions, strict=True)]
    titles = [f"{place}. {name}" for place, name in enumerate(names, 1)]
    return int(st.selectbox(say("Input"), range(len(names)), format_func=titles.__getitem__, key="input"))


def choose_target(prediction: Prediction, *, linked: bool) -> int:
    """The place of a label; `linked` where the address speaks of it, as it does not of an example's."""
    names = label_names(prediction)
    if len(names) == 1:
        return 0
    predicted = names[prediction.predicted]
    # The choice follows the model's answer to another text; on one text it stays as it was made.
    about = (prediction.segments, names, predicted)
    if st.session_state.setdefault("label of", about) != about:
        st.session_state["label of"] = about
        st.session_state.label = predicted
    if linked:
        address.choose(
            "label", names, Message("The link asks for the label {asked}; the labels here: {there}."), usual=predicted
        )
    if len(names) > MOST_BUTTONS:
        chosen = st.selectbox(say("Label"), names, prediction.predicted, key="label", persist_state="session")
    else:
        chosen = st.segmented_control(
            say("Label"),
            names,
            required=True,
            default=predicted,
            format_func=markdown_text,
            key="label",
            persist_state="session",
            wrap=True,
        )
    if linked:
        address.name_choice("label", None if chosen == predicted else str(chosen))
    return names.index(str(chosen))


def choose_method(report: Report, place: int, coming: Sequence[str]) -> int | None:
    """The position of an attribution: of one that is there, or of one of the methods still to come, in their order."""
    attributions = report.attributions_of(place)
    names = [*(one.method for one in attributions), *coming]
    if not names:
        return None
    titles = [*method_titles(attributions), *map(method_name, coming)]
    options = numbered(names)
    usual = options[min(range(len(names)), key=lambda position: _rank(names[position]))]
    names_shown = dict(zip(options, map(markdown_text, titles), strict=True))
    chosen = ask_one(
        "method",
        say("Method"),
        options,
        usual,
        Message("The link asks for the method {asked}; the methods here: {there}."),
        method_name,
        shown_as=names_shown.__getitem__,
    )
    return options.index(chosen)


def _rank(name: str) -> tuple[bool, bool]:
    """As `most_telling`, but of methods still to come too, so that the choice stays when they have come."""
    method = METHODS.get(name)
    return not (method and method.additive), not (method and method.signed)
