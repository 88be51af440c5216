"""What of a generation is looked at: which written words, held against what."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import streamlit as st
from sidelight.explain.focus import output_pieces
from sidelight.explain.report import Report
from sidelight.models.message import Message
from sidelight.models.prediction import Prediction

from . import address, hidden, waiting
from .markup import fragment, render, shown
from .text import in_colours_of, legend_note
from .views.around import around_prompt
from .views.naming import direction_text, quoted
from .visitor import Visitor
from .wording import language, say
from .written import (
    Question,
    choose_tokens,
    chosen_pieces,
    key_of,
    room,
    show_texts,
    targets_asked,
    tokens_of,
    usual_piece,
)

TYPED = "foils typed"
FIRST, LAST, ALL = "token", "to", "all"  # of the address
NEW = -1  # no place of a foil


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
    prediction: Prediction,
    place: int,
    may_ask: bool,
    *,
    offered: Collection[int] | None = None,
    linked: bool = False,
) -> Looked:
    """What was clicked, and what it is held against.

    Args:
        prediction: what was written.
        place: of it in its report.
        may_ask: whether a foil can be typed, about which the model is then asked.
        offered: the targets against a foil that can be chosen; all by default.
        linked: whether the address speaks of it.
    """
    written = output_pieces(prediction)
    usual = usual_piece(prediction, written)
    if linked:
        _take_tokens(prediction, tokens_of(prediction, written[usual : usual + 1])[0])
    first, last = chosen_pieces(prediction, written)
    tokens = targets_asked(prediction, written, Question(first, last, None))
    span = tokens_of(prediction, written[first : last + 1])
    if linked:
        _name_tokens(span, usual=first == last == usual)
    foils = _foils(prediction, tokens, offered)
    foil = _ask_foil(prediction, span, foils, linked=linked, typed=may_ask and len(tokens) == 1)
    if isinstance(foil, str):
        return Looked(place, tokens, Question(first, last, None), (tokens[0], foil))
    question = Question(first, last, foil)
    return Looked(place, targets_asked(prediction, written, question), question)


def _foils(
    prediction: Prediction, tokens: Sequence[int], offered: Collection[int] | None
) -> dict[int, tuple[str, str]]:
    """The foils of a token by their places, as they are written and as they are called; of a span the next best of
    each of its tokens.
    """
    own = [prediction.foils_of(token) for token in tokens]
    if len(tokens) == 1:
        seen = {at: prediction.targets[index].against for at, index in enumerate(own[0]) if _may_see(index, offered)}
        return {at: (foil.text.strip(), quoted(foil.text)) for at, foil in seen.items() if foil}
    there = any(own) and all(_may_see(foils[0], offered) for foils in own if foils)
    return {0: ("", say("the next best at each step"))} if there else {}


def _may_see(target: int, offered: Collection[int] | None) -> bool:
    return offered is None or target in offered


def _ask_foil(
    prediction: Prediction, span: tuple[int, int], foils: Mapping[int, tuple[str, str]], *, linked: bool, typed: bool
) -> int | str | None:
    """The place of the chosen foil, None against all others, or one that was typed and is not known yet."""
    kept = f"foil in {hash((prediction.segments, span)):x}"
    names, order = _called(foils), [*foils, None]
    places = [ALL if at is None else str(at + 1) for at in order]
    if linked and (
        asked := address.taken(
            "foil",
            places,
            Message("The link asks for foil {asked} of this word; its foils here: {there}."),
            lambda place: _called(foils)[places.index(place)],
            usual=places[0],
        )
    ):
        st.session_state[kept] = order[places.index(asked)]
        forget_typed()
    options = list(dict.fromkeys(names))
    wanted = st.session_state.get(kept, order[0])
    chosen = st.selectbox(
        say("Rather than"),
        options,
        options.index(names[order.index(wanted if wanted in order else order[0])]),
        # The browser names a choice by its text, which is of one language.
        key=f"{kept} {len(foils)} {language()} {st.session_state.get(TYPED, 0)}",
        accept_new_options=typed,
        help=say(
            "Why this and not that: the difference of both log probabilities is explained. Choose one of "
            "the likeliest others, or type a word: its first token is compared."
        ),
        placeholder=say("choose or type"),
        width=260,
    )
    found = _place_called(str(chosen), foils)
    known = found != NEW
    st.session_state[kept] = found if known else order[0]  # a typed one is the first once it is known
    if linked:
        at = order.index(st.session_state[kept])
        address.name_choice("foil", None if at == 0 else places[at])
    return found if known else str(chosen)


def _called(foils: Mapping[int, tuple[str, str]]) -> list[str]:
    """What foils are called, and last the choice of all other tokens."""
    return [*(name for _, name in foils.values()), say("any other token")]


def _place_called(chosen: str, foils: Mapping[int, tuple[str, str]]) -> int | None:
    """The place of a foil by how it is written or called; None against all others; `NEW` if it is none of them."""
    if chosen == say("any other token"):
        return None
    called = (at for at, foil in foils.items() if chosen in foil or chosen.strip() == foil[0])
    return next(called, NEW)


def _take_tokens(prediction: Prediction, usual: int) -> None:
    """Chooses the tokens that the address names, by their numbers from 1; `usual` is the place where it names none."""
    numbers = [str(number) for number in range(1, len(prediction.placed) + 1)]
    first = address.taken(
        FIRST,
        numbers,
        Message("The link asks for written token {asked}; the tokens here: {there}."),
        usual=str(usual + 1),
    )
    last = address.taken(
        LAST, numbers, Message("The link asks for written token {asked}; the tokens here: {there}."), usual=""
    )
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
    visitor: Visitor,
    report: Report,
    looked: Looked,
    narrow: Report,
    method: int | None,
    source: str,
    dark: bool,
    *,
    writing: bool,
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
        writing: whether the texts of another report are being written, which stand in place of these.
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
        if writing:
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
    note = legend_note(
        found,
        method,
        say(
            "Point at a written word to see what of the prompt caused it; click to choose it, Shift and "
            "click for a span. The stronger its underline, the less sure the model was."
            if known
            else "This method costs a pass for each word written and was not asked about this one yet."
        ),
    )
    content = render(
        "legend.html.jinja", toward=toward, against=against, signed=chosen is None or chosen.signed, note=note
    )
    st.html(fragment(content, dark).body)
    tokens = targets_asked(prediction, output_pieces(prediction), replace(question, foil=None))
    hidden.show_change(visitor, report, prediction, tokens, key_of(prediction))
