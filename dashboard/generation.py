"""What of a generation is looked at: which written words, held against what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import streamlit as st
from sidelight.explain.focus import output_pieces
from sidelight.explain.report import Report
from sidelight.models.prediction import Prediction

from . import address, hidden
from .markup import fragment, render, shown
from .text import in_colours_of, legend_note
from .views.naming import direction_text, quoted
from .visitor import Visitor
from .wording import language, say
from .written import Question, choose_tokens, chosen_pieces, show_texts, targets_asked, tokens_of

TYPED = "foils typed"
FIRST, LAST, ALL = "token", "to", "all"  # of the address


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


def choose_question(prediction: Prediction, place: int, may_ask: bool, *, linked: bool = False) -> Looked:
    """What was clicked, and what it is held against.

    Args:
        prediction: what was written.
        place: of it in its report.
        may_ask: whether a foil can be typed, about which the model is then asked.
        linked: whether the address speaks of it.
    """
    written = output_pieces(prediction)
    if linked:
        _take_tokens(prediction)
    first, last = chosen_pieces(prediction, written)
    tokens = targets_asked(prediction, written, Question(first, last, None))
    span = tokens_of(prediction, written[first : last + 1])
    if linked:
        _name_tokens(span, usual=first == last == 0)
    foils = _foils(prediction, tokens)
    foil = _ask_foil(prediction, span, foils, linked=linked, typed=may_ask and len(tokens) == 1)
    if isinstance(foil, str):
        return Looked(place, tokens, Question(first, last, None), (tokens[0], foil))
    question = Question(first, last, foil)
    return Looked(place, targets_asked(prediction, written, question), question)


def _foils(prediction: Prediction, tokens: Sequence[int]) -> list[tuple[str, str]]:
    """The foils of a token by their places, as they are written and as they are called; of a span the next best of
    each of its tokens.
    """
    foils = [prediction.targets[index].against for index in prediction.foils_of(tokens[0])] if tokens else []
    if len(tokens) == 1:
        return [(foil.text.strip(), quoted(foil.text)) for foil in foils if foil]
    return [("", say("next_best_each"))] if foils else []


def _ask_foil(
    prediction: Prediction, span: tuple[int, int], foils: Sequence[tuple[str, str]], *, linked: bool, typed: bool
) -> int | str | None:
    """The place of the chosen foil, None against all others, or one that was typed and is not known yet."""
    kept = f"foil in {hash((prediction.segments, span)):x}"
    names, places = _called(foils), [*(str(number) for number in range(1, len(foils) + 1)), ALL]
    if linked and (
        asked := address.taken(
            "foil", places, "foil_of_link", lambda place: _called(foils)[places.index(place)], usual=places[0]
        )
    ):
        st.session_state[kept] = places.index(asked)
        forget_typed()
    options = list(dict.fromkeys(names))
    chosen = st.selectbox(
        say("contrast"),
        options,
        options.index(names[min(st.session_state.get(kept, 0), len(foils))]),
        # The browser names a choice by its text, which is of one language.
        key=f"{kept} {len(foils)} {language()} {st.session_state.get(TYPED, 0)}",
        accept_new_options=typed,
        help=say("contrast_help"),
        placeholder=say("choose_or_type"),
        width=260,
    )
    found = _foil_called(str(chosen), foils)
    place = st.session_state[kept] = 0 if found is None else found  # a typed one is the first once it is known
    if linked:
        address.name_choice("foil", None if place == 0 else places[place])
    if found is None:
        return str(chosen)
    return found if found < len(foils) else None


def _called(foils: Sequence[tuple[str, str]]) -> list[str]:
    """What foils are called, and last the choice of all other tokens."""
    return [*(name for _, name in foils), say("all_others")]


def _foil_called(chosen: str, foils: Sequence[tuple[str, str]]) -> int | None:
    """The place of a foil by how it is written or called; past the last one against all others; None if it is new."""
    if chosen == say("all_others"):
        return len(foils)
    return next((place for place, foil in enumerate(foils) if chosen in foil or chosen.strip() == foil[0]), None)


def _take_tokens(prediction: Prediction) -> None:
    """Chooses the tokens that the address names, by their numbers from 1."""
    numbers = [str(number) for number in range(1, len(prediction.written) + 1)]
    first = address.taken(FIRST, numbers, "token_of_link", usual="1")
    last = address.taken(LAST, numbers, "token_of_link", usual="")
    if first is not None:
        choose_tokens(prediction, int(first) - 1, max(int(last or first), int(first)) - 1)


def _name_tokens(span: tuple[int, int], *, usual: bool) -> None:
    first, last = span
    address.name_choice(FIRST, None if usual else str(first + 1))
    address.name_choice(LAST, None if usual or last == first else str(last + 1))


def forget_typed() -> None:
    """Lets the next choice of a foil begin with the one that is kept: the first is a typed one once it is known."""
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
