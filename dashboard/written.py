"""The prompt with what was written after it, to be pointed at and clicked: the main view of a generator's report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st
from sidelight.explain.focus import targets_at
from sidelight.explain.report import Attribution
from sidelight.models.prediction import Feature, Prediction

from . import hidden
from .component import OF_TEXTS, TIP, component
from .examples import ASKED_FIRST
from .markup import shown, unseeable
from .palette import MOST_OPAQUE, percent, scheme
from .views.around import around_prompt
from .views.naming import scale_text
from .views.words import Piece, pieces
from .wording import say, told

MARKUP = f'<div class="frame"><div class="written"></div>\n{TIP}</div>\n'
LINES, TEMPLATE_LINE, TEMPLATE_MARGIN = 97, 17, 11  # pixels: a line of prompt and output, and of a template; below that
# text, class, its feature, its piece of what was written, title, how little the model was sure of it from 0 to 1
Entry = tuple[str, str, int | None, int | None, str, float]


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of a generation.

    Args:
        first, last: the pieces of what was written, both included.
        foil: the place among a token's foils, of which a span has the first alone; None is against all others.
    """

    first: int = 0
    last: int = 0
    foil: int | None = 0

    def about(self, piece: int) -> Question:
        """The same question of one piece, which has the foil that was chosen only if it was asked about."""
        asked = self.foil if self.foil is None or (self.first == self.last == piece) else 0
        return Question(piece, piece, asked)


def targets_asked(prediction: Prediction, written: Sequence[Feature], question: Question) -> tuple[int, ...]:
    """The targets of a question, one a token; `written` are the pieces of the output."""
    chosen = written[question.first : question.last + 1]
    places = targets_at(prediction, [position for piece in chosen for position in piece.tokens])
    foils = [prediction.foils_of(place) if question.foil is not None else () for place in places]
    wanted = question.foil or 0 if len(places) == 1 else 0
    return tuple(own[min(wanted, len(own) - 1)] if own else place for own, place in zip(foils, places, strict=True))


def chosen_tokens(prediction: Prediction) -> tuple[int, int] | None:
    """The first and the last of the written tokens that were chosen, from 0; None where none was.

    They are the same whatever pieces the text is cut into.
    """
    chosen: tuple[int, int] | None = st.session_state.get(_chosen_key(prediction))
    return chosen


def choose_tokens(prediction: Prediction, first: int, last: int) -> None:
    """Chooses written tokens, from 0, both included."""
    st.session_state[_chosen_key(prediction)] = first, last


def tokens_of(prediction: Prediction, pieces: Sequence[Feature]) -> tuple[int, int]:
    """The first and the last of the written tokens of some pieces, from 0."""
    positions = [prediction.targets[place].position for place in prediction.placed]
    inside = [place for place, position in enumerate(positions) if any(position in piece.tokens for piece in pieces)]
    return min(inside, default=0), max(inside, default=0)


def chosen_pieces(prediction: Prediction, written: Sequence[Feature]) -> tuple[int, int]:
    """The first and the last of the pieces that hold what was chosen; the usual one alone where nothing was."""
    chosen, usual = chosen_tokens(prediction), usual_piece(prediction, written)
    if chosen is None:
        return usual, usual
    spans = [tokens_of(prediction, [piece]) for piece in written]
    inside = [place for place, (first, last) in enumerate(spans) if first <= chosen[1] and last >= chosen[0]]
    return min(inside, default=usual), max(inside, default=usual)


def usual_piece(prediction: Prediction, written: Sequence[Feature]) -> int:
    """The piece that is asked about where none was chosen: the first, but of an example the one that is telling."""
    texts = [piece.text for piece in written]
    word = ASKED_FIRST.get(prediction.segments[-1])
    return texts.index(word) if word in texts else 0


def _chosen_key(prediction: Prediction) -> str:
    return f"chosen in {hash(prediction.segments):x}"


def show_texts(
    prediction: Prediction,
    written: Sequence[Feature],
    attribution: Attribution | None,
    question: Question,
    methods: list[tuple[str, list[str]]],
    *,
    may_hide: bool,
    dark: bool,
) -> str:
    """Draws the texts in the colours of an attribution; a click changes what `chosen_pieces` says next time.

    Args:
        prediction: what was written.
        written: the pieces of it.
        attribution: colours the texts.
        question: what is asked.
        methods: the values of every method in answer to it, as texts.
        may_hide: whether words of the prompt can be hidden.
        dark: the appearance of the page.

    Returns:
        The key under which hidden words are kept.
    """
    key = key_of(prediction)
    data = {
        "parts": _parts(prediction, written),
        "values": [_row(prediction, attribution, written, question.about(place)) for place in range(len(written))],
        "signed": attribution is None or attribution.signed,
        "chosen": [question.first, question.last],
        "colours": scheme(dark).variables,
        "most": MOST_OPAQUE,
        "methods": methods,
        "unit": say("{unit} of {label}", unit=scale_text(prediction.targets[0]), label=say("what was written")),
        "hidden": hidden.hidden_in(key, prediction),
        "may_hide": may_hide,
    }

    def keep() -> None:
        # The component forgets what was chosen while it is not drawn, as during another explanation.
        if chosen := st.session_state[key].get("chosen"):
            choose_tokens(prediction, *tokens_of(prediction, written[chosen[0] : chosen[1] + 1]))

    _component()(data=data, key=key, on_chosen_change=keep, on_hidden_change=lambda: hidden.keep_hidden(key))
    return key


def key_of(prediction: Prediction) -> str:
    """The key of a prediction's component."""
    return f"written {hash((prediction.segments, prediction.unit)):x}"


@st.cache_resource(show_spinner=False)
def _component() -> st.components.v2.types.ComponentRenderer:
    return component("written", MARKUP, OF_TEXTS)


def _row(
    prediction: Prediction, attribution: Attribution | None, written: Sequence[Feature], question: Question
) -> list[float] | None:
    """The values of every feature for a piece in four figures, None where they are not known."""
    targets = targets_asked(prediction, written, question)
    if attribution is None or not targets or not all(attribution.covers(target) for target in targets):
        return None
    columns = zip(*(attribution.values[target] for target in targets), strict=True)
    return [float(f"{sum(column):.4g}") for column in columns]


def _parts(prediction: Prediction, written: Sequence[Feature]) -> list[tuple[str, str, list[Entry]]]:
    """The template before the prompt, the prompt, the template after it, and what was written."""
    before, after = (
        (text, "added", None, None, say("added by the chat template; never hidden"), 0.0)
        for text in around_prompt(prediction)
    )
    prompt = [_prompt_entry(piece) for piece in pieces(prediction, 0)]
    parts: list[tuple[str, str, list[Entry]]] = [
        ("template", say("The chat template before the prompt"), [before]),
        ("prompt", say("The prompt"), prompt),
        ("template", say("The chat template after the prompt"), [after]),
        ("output", say("What was written"), list(_output(prediction, written))),
    ]
    return [part for part in parts if "".join(entry[0] for entry in part[2])]


def room(prediction: Prediction) -> int:
    """How many pixels high the texts are at least."""
    templates = [text.splitlines() for text in around_prompt(prediction) if text]
    return LINES + sum(TEMPLATE_MARGIN + TEMPLATE_LINE * len(lines) for lines in templates)


def _prompt_entry(piece: Piece) -> Entry:
    if piece.feature is None:
        return piece.text, "blank", None, None, "", 0.0
    return _visible(piece.text), "word", piece.feature, None, "", 0.0


def _output(prediction: Prediction, written: Sequence[Feature]) -> list[Entry]:
    """What was written, piece by piece, with what stands between them."""
    text, end = prediction.segments[-1], 0
    entries: list[Entry] = []
    hideable = {one.tokens: place for place, one in enumerate(prediction.features) if one.segment == 1}
    for place, piece in enumerate(written):
        if piece.start > end:
            entries.append((text[end : piece.start], "blank", None, None, "", 0.0))
        tokens = [prediction.targets[target] for target in targets_at(prediction, piece.tokens)]
        chances = [token.probability or 0.0 for token in tokens]
        title = say("written with probability {chances}", chances=" · ".join(map(percent, chances)))
        doubt = round(1 - min(chances, default=1.0), 3)
        name = piece.text if piece.start < piece.end else f"⟨{told(piece.text)}⟩"
        entries.append((_visible(name), "word", hideable.get(piece.tokens), place, title, doubt))
        end = piece.end
    return [*entries, *([(text[end:], "blank", None, None, "", 0.0)] if end < len(text) else [])]


def _visible(text: str) -> str:
    return shown(text) if unseeable(text) else text
