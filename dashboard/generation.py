"""What of a generation is looked at: which written words, held against what."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

import streamlit as st
from sidelight.explain.focus import output_pieces
from sidelight.explain.report import Report
from sidelight.models.prediction import Prediction

from . import hidden, waiting
from .markup import fragment, render, shown
from .text import in_colours_of, legend_note
from .views.naming import direction_text, quoted
from .visitor import Visitor
from .wording import say
from .written import Question, around_prompt, chosen_pieces, key_of, room, show_texts, targets_asked

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


def choose_question(
    prediction: Prediction, place: int, may_ask: bool, offered: Collection[int] | None = None
) -> Looked:
    """What was clicked, and what it is held against.

    Args:
        prediction: of a generator.
        place: of it in its report.
        may_ask: whether the model can be asked, so that a foil may be typed.
        offered: the targets against a foil that can be chosen; all by default.
    """
    written = output_pieces(prediction)
    first, last = chosen_pieces(prediction, len(written))
    tokens = targets_asked(prediction, written, Question(first, last, None))
    own = [prediction.foils_of(token) for token in tokens]
    places = own[0] if len(tokens) == 1 else tuple(foils[0] for foils in own if foils)
    seen = [at for at, index in enumerate(places) if offered is None or index in offered]
    if len(tokens) > 1 and offered is not None and len(seen) < len(tokens):
        seen = []  # a span is held against what is next best at each of its tokens, or at none
    foils = [prediction.targets[places[at]].against for at in seen]
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
    foil = None if chosen == say("all_others") else (seen[names.index(str(chosen))] if len(tokens) == 1 else 0)
    question = Question(first, last, foil)
    return Looked(place, targets_asked(prediction, written, question), question)


def forget_typed() -> None:
    """Lets the next choice of a foil begin with the first, which a typed one is once it is known."""
    st.session_state[TYPED] = st.session_state.get(TYPED, 0) + 1


def show_question(
    visitor: Visitor,
    report: Report,
    looked: Looked,
    narrow: Report,
    method: int | None,
    source: str,
    dark: bool,
    *,
    earlier: bool,
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
        earlier: whether the texts of another report are being written, which stand in place of these.
    """
    prediction = report.predictions[looked.prediction]
    found = report.attributions_of(looked.prediction)
    chosen = in_colours_of(found, method)
    if source:
        st.html(fragment(render("source.html.jinja", source=shown(source)), dark).body)
    question = looked.question or Question()
    # Kept from the first, so that nothing below moves while the texts are drawn.
    st.html(f"<style>.st-key-texts {{ min-height: {room(prediction)}px }}</style>")
    with st.container(key="texts"):
        if earlier:
            waiting.show_writing(visitor, around_prompt(prediction))
        else:
            show_texts(
                prediction,
                output_pieces(prediction),
                chosen,
                question,
                hidden.values_of(narrow.attributions, 0),
                may_hide=hidden.may_hide(visitor, report, prediction),
                dark=dark,
            )
    if method is not None:  # one has come or will come
        with st.container(key="below_texts"):
            _show_below(visitor, report, looked, narrow, method, dark)


def _show_below(
    visitor: Visitor, report: Report, looked: Looked, narrow: Report, method: int | None, dark: bool
) -> None:
    """What the colours mean, what to click, and what hidden words change."""
    found = report.attributions_of(looked.prediction)
    chosen = in_colours_of(found, method)
    prediction, question = report.predictions[looked.prediction], looked.question or Question()
    asked = narrow.predictions[0]
    toward, against = (direction_text(asked, 0, toward=toward) for toward in (True, False))
    known = chosen is None or all(map(chosen.covers, looked.targets))
    note = legend_note(found, method, say("click_words" if known else "not_asked"))
    content = render(
        "legend.html.jinja", toward=toward, against=against, signed=chosen is None or chosen.signed, note=note
    )
    st.html(fragment(content, dark).body)
    tokens = targets_asked(prediction, output_pieces(prediction), replace(question, foil=None))
    hidden.show_change(visitor, report, prediction, tokens, key_of(prediction))
