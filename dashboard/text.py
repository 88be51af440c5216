"""The text of a classifier's report, to be pointed at and clicked: what methods say of a word, and what it changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import streamlit as st
from sidelight.dashboard.wording import between_sentences
from sidelight.explain.report import Attribution, Report
from sidelight.models.prediction import Prediction

from . import hidden
from .component import OF_TEXTS, TIP, component
from .markup import fragment, render, shown, unseeable
from .palette import largest, opacity, scheme, side
from .views.naming import direction_text, label_names, method_title, scale_text
from .views.words import Piece, pieces
from .visitor import Visitor
from .wording import say

MARKUP = f'<div class="frame"><p class="text" dir="auto" role="group"></p>\n{TIP}</div>\n'


@st.fragment
def show_text(visitor: Visitor, report: Report, place: int, target: int, method: int | None) -> None:
    """Draws the text in the colours of a method, and says what hiding words does to the answer.

    Args:
        visitor: whose model is asked about hidden words, if it is the one that made the report.
        report: what was explained.
        place: of the prediction in the report.
        target: what is asked about.
        method: the place of the chosen attribution, past the last one if it is still to come.
    """
    dark = st.context.theme.type == "dark"
    prediction, found = report.predictions[place], report.attributions_of(place)
    chosen = in_colours_of(found, method)
    key = f"text {hash((prediction.segments, prediction.unit, prediction.model)):x}"
    data = {
        "pieces": list(_entries(prediction)),
        "methods": hidden.values_of(found, target),
        "colour": _colours(chosen, target),
        "unit": say(
            "{unit} of {label}", unit=scale_text(prediction.targets[target]), label=label_names(prediction)[target]
        ),
        "hidden": hidden.hidden_in(key, prediction),
        "may_hide": hidden.may_hide(visitor, report, prediction),
        "label": say("The text, word by word"),
        "colours": scheme(dark).variables,
    }
    _component()(data=data, key=key, on_hidden_change=lambda: hidden.keep_hidden(key))
    _show_legend(prediction, found, method, target, dark)
    hidden.show_change(visitor, report, prediction, (target,), key)


@st.cache_resource(show_spinner=False)
def _component() -> st.components.v2.types.ComponentRenderer:
    return component("text", MARKUP, OF_TEXTS)


def in_colours_of(found: Sequence[Attribution], method: int | None) -> Attribution | None:
    """What colours a text: the chosen attribution or, until it has come, the first that has.

    Args:
        found: the attributions there are.
        method: the place of the chosen one, past the last if it is still to come.
    """
    return found[method] if method is not None and method < len(found) else next(iter(found), None)


def legend_note(found: Sequence[Attribution], method: int | None, note: str) -> str:
    """What stands under the colours: whose they are, as long as they are not those of the chosen method."""
    chosen = in_colours_of(found, method)
    if chosen is None or method is None or method < len(found):
        return note
    return between_sentences().join(
        filter(
            None,
            [
                say("The colours are those of {method} until the chosen method is there.", method=method_title(chosen)),
                note,
            ],
        )
    )


def _show_legend(
    prediction: Prediction, found: Sequence[Attribution], method: int | None, target: int, dark: bool
) -> None:
    chosen = in_colours_of(found, method)
    toward, against = (direction_text(prediction, target, toward=toward) for toward in (True, False))
    known = chosen is not None and chosen.covers(target)
    signed, note = chosen is not None and known and chosen.signed, ""
    if chosen is not None and not signed:
        note = say(
            "grey has a size but no direction"
            if known
            else "This method costs a pass for each word written and was not asked about this one yet."
        )
    note = legend_note(found, method, note)
    content = render("legend.html.jinja", toward=toward, against=against, signed=signed, note=note)
    st.html(fragment(content, dark).body)


def _entries(prediction: Prediction) -> Iterator[tuple[str, str, int | None]]:
    """The pieces of the texts, each text on lines of its own."""
    for segment in range(len(prediction.segments)):
        if segment:
            yield "\n", "apart", None
        yield from map(_entry, pieces(prediction, segment))


def _entry(piece: Piece) -> tuple[str, str, int | None]:
    """What is written, its look, and its feature."""
    if piece.feature is not None:
        return shown(piece.text) if unseeable(piece.text) else piece.text, "word", piece.feature
    return piece.text, piece.part if piece.part == "unread" or piece.text.isspace() else "apart", None


def _colours(chosen: Attribution | None, target: int) -> list[tuple[str, float]]:
    """A feature's side and opacity in the colours of a method; nothing where it was not asked."""
    if chosen is None or not chosen.covers(target):
        return []
    values = chosen.values[target]
    greatest = largest(values)
    return [(side(value, chosen.signed), round(opacity(value, greatest), 3)) for value in values]
