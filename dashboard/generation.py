"""What of a generation is looked at: which written words, held against what."""

from __future__ import annotations

from dataclasses import dataclass, replace

import streamlit as st
from sidelight.explain.focus import output_pieces
from sidelight.explain.report import Report
from sidelight.models.prediction import Prediction

from . import hidden
from .markup import fragment, render, shown
from .text import in_colours_of, legend_note
from .views.naming import direction_text, quoted
from .visitor import Visitor
from .wording import say
from .written import Question, chosen_pieces, show_texts, targets_asked

TYPED = "foils typed"


@dataclass(frozen=True, slots=True)
class Looked:
    """What a viewer looks at.

    Args:
        prediction: its place in the report.
        targets: their places in the prediction; several are a span of what was written.
        question: how they were chosen, of a generation.
        typed: a foil that the report does not hold yet, with the place of the token it is for.
    """

    prediction: int
    targets: tuple[int, ...]
    question: Question | None = None
    typed: tuple[int, str] | None = None


def choose_question(prediction: Prediction, place: int, may_ask: bool) -> Looked:
    """What was clicked, and what it is held against; a foil can be typed where the model may be asked."""
    written = output_pieces(prediction)
    first, last = chosen_pieces(prediction, len(written))
    tokens = targets_asked(prediction, written, Question(first, last, None))
    foils = [prediction.targets[index].against for index in prediction.foils_of(tokens[0])] if tokens else []
    names = [quoted(foil.text) for foil in foils if foil] if len(tokens) == 1 else [say("next_best_each")]
    unique = list(dict.fromkeys([*(names if foils else []), say("all_others")]))
    typed = may_ask and len(tokens) == 1
    chosen = st.selectbox(
        say("contrast"),
        unique,
        key=f"foil {hash((prediction.segments, first, last, tuple(unique))):x} {st.session_state.get(TYPED, 0)}",
        accept_new_options=typed,
        help=say("contrast_help"),
        placeholder=say("choose_or_type"),
        width=260,
    )
    same = [name for name, foil in zip(names, foils, strict=False) if foil and foil.text.strip() == str(chosen).strip()]
    chosen = same[0] if same else chosen
    if chosen not in unique:
        return Looked(place, tokens, Question(first, last, None), (tokens[0], str(chosen)))
    foil = None if chosen == say("all_others") else (names.index(str(chosen)) if len(tokens) == 1 else 0)
    question = Question(first, last, foil)
    return Looked(place, targets_asked(prediction, written, question), question)


def forget_typed() -> None:
    """Lets the next choice of a foil begin with the first, which a typed one is once it is known."""
    st.session_state[TYPED] = st.session_state.get(TYPED, 0) + 1


def show_question(
    visitor: Visitor, report: Report, looked: Looked, narrow: Report, method: int | None, source: str, dark: bool
) -> None:
    """The texts, coloured for what was clicked, by a method or, until it has come, by the first that has.

    Args:
        visitor: whose model is asked about hidden words, if it is the one that made the report.
        report: the whole report.
        looked: what was clicked.
        narrow: the report of that alone.
        method: the place of the attribution that was chosen.
        source: where the report comes from.
        dark: the appearance of the page.
    """
    prediction = report.predictions[looked.prediction]
    found = report.attributions_of(looked.prediction)
    chosen = in_colours_of(found, method)
    if source:
        st.html(fragment(render("source.html.jinja", source=shown(source)), dark).body)
    question = looked.question or Question()
    key = show_texts(
        prediction,
        output_pieces(prediction),
        chosen,
        question,
        hidden.values_of(narrow.attributions, 0),
        may_hide=hidden.may_hide(visitor, report, prediction),
        dark=dark,
    )
    if chosen is None:
        return
    asked = narrow.predictions[0]
    toward, against = (direction_text(asked, 0, toward=toward) for toward in (True, False))
    known = all(map(chosen.covers, looked.targets))
    note = legend_note(found, method, say("click_words" if known else "not_asked"))
    content = render("legend.html.jinja", toward=toward, against=against, signed=chosen.signed, note=note)
    st.html(fragment(content, dark).body)
    tokens = targets_asked(prediction, output_pieces(prediction), replace(question, foil=None))
    hidden.show_change(visitor, report, prediction, tokens, key)
