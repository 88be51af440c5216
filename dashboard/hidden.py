"""Hidden words: what the model answers without them, in a sentence below the text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import prod

import streamlit as st
from sidelight.explain.report import Attribution, Report
from sidelight.models.message import Message
from sidelight.models.prediction import Prediction, Target

from .markup import Markup, fragment, joined_html, render, say_html, shown, strong
from .palette import number, percent, signed_number
from .views.naming import errors_text, label_names, method_titles, quoted, values_text
from .visitor import Visitor
from .wording import say, told, unit_noun

PATIENCE = 5.0  # seconds to wait for the answer before saying that it takes long
MOST_NAMED = 6  # hidden words that are named one by one


def may_hide(visitor: Visitor, report: Report, prediction: Prediction) -> bool:
    """Whether there is a model to ask about this prediction, and more than one word to hide."""
    return visitor.answered(prediction, report) and len(prediction.features) > 1


def hidden_in(key: str, prediction: Prediction) -> list[int]:
    """The features that are hidden in a component."""
    return [one for one in st.session_state.get(f"hidden in {key}", []) if one < len(prediction.features)]


def keep_hidden(key: str) -> None:
    """Remembers what a component says is hidden, since it forgets it while it is not drawn."""
    hidden = st.session_state[key].get("hidden")
    if hidden is not None:
        st.session_state[f"hidden in {key}"] = hidden


def values_of(found: Sequence[Attribution], target: int) -> list[tuple[str, list[str]]]:
    """Each method's title and its values for a target as texts, with their standard errors."""
    return [
        (
            title,
            [value + error for value, error in zip(values_text(one, target), errors_text(one, target), strict=True)],
        )
        for title, one in zip(method_titles(found), found, strict=True)
        if one.covers(target)
    ]


def show_change(visitor: Visitor, report: Report, prediction: Prediction, targets: Sequence[int], key: str) -> None:
    """The line below a text: what to click, or what the answer is without the hidden words.

    Args:
        visitor: whose model is asked.
        report: holds the prediction.
        prediction: what was answered.
        targets: what is looked at; several are tokens of a span.
        key: of the component in which words are hidden.
    """
    dark, hidden, possible = (
        st.context.theme.type == "dark",
        hidden_in(key, prediction),
        may_hide(visitor, report, prediction),
    )
    with st.container(horizontal=True, vertical_alignment="center", gap="small", border=False, key=f"change {key}"):
        if not (hidden and possible):
            text = say(
                _advice(visitor, report, prediction), model=shown(prediction.model), unit=unit_noun(prediction.unit)
            )
            st.html(fragment(render("source.html.jinja", source=text), dark).body)
            return
        try:
            scores = scores_without(visitor, prediction, hidden)
            text = changed(prediction, hidden, scores, targets)
            st.html(fragment(render("change.html.jinja", text=text), dark).body, width="content")
        except (ValueError, TimeoutError) as error:
            text = told(str(error)) or say(
                "The model has not answered in time; it is busy. Click another word, or wait."
            )
            st.html(fragment(render("source.html.jinja", source=text), dark).body, width="content")
        st.button(say("show all words again"), type="tertiary", key=f"show {key}", on_click=_show_again, args=(key,))


def _advice(visitor: Visitor, report: Report, prediction: Prediction) -> str:
    """The key of the text that says how words are hidden, or why none can be."""
    if may_hide(visitor, report, prediction):
        return Message(
            "Click a word of the text to hide it from the model; point at it to see what every method says of it."
        )
    return (
        Message("The text is a single {unit}, which can't be hidden.")
        if visitor.answered(prediction, report)
        else Message("Load {model}, which gave this answer, to hide words from it.")
    )


def _show_again(key: str) -> None:
    st.session_state[f"hidden in {key}"] = []


def scores_without(visitor: Visitor, prediction: Prediction, hidden: Sequence[int]) -> tuple[float, ...]:
    """The scores of all targets without some features; each question is asked once.

    Raises:
        ValueError: the model can't answer.
        TimeoutError: it does not answer in time.
    """
    known: dict[object, tuple[float, ...]] = st.session_state.setdefault("scores without", {})
    asked = (visitor.supervisor.choice, prediction.ids, prediction.unit, tuple(hidden))
    if asked not in known:
        keep = [index not in hidden for index in range(len(prediction.features))]
        known[asked] = visitor.supervisor.rescore(prediction, keep).result(PATIENCE)
    return known[asked]


def changed(prediction: Prediction, hidden: Sequence[int], scores: Sequence[float], targets: Sequence[int]) -> Markup:
    """What the answer is without these words, and by how much it changed: a label's, or of what was written.

    Args:
        prediction: the answer to the whole text.
        hidden: the features that were hidden.
        scores: of all targets without them.
        targets: what is looked at; of several, tokens, their joint probability.
    """
    now = [replace(one, score=score) for one, score in zip(prediction.targets, scores, strict=True)]
    words = joined_html(strong(prediction.features[index].text) for index in hidden[:MOST_NAMED])
    more = len(hidden) - MOST_NAMED
    named = words if more <= 0 else say_html("{words} and {count} more", words=words, count=more)
    asked, answered = [prediction.targets[one] for one in targets], [now[one] for one in targets]
    text = say_html(
        "Without {words}: {label} {answer} ({change}).",
        words=named,
        label=_name(prediction, targets),
        **_answers(asked, answered),
    )
    predicted = max(range(len(now)), key=lambda index: now[index].score)
    if not prediction.placed and len(now) > 1 and asked[0].exclusive and predicted != prediction.predicted:
        text += " " + say_html("The answer becomes {label}.", label=strong(label_names(prediction)[predicted]))
    return text


def _name(prediction: Prediction, targets: Sequence[int]) -> str:
    if not prediction.placed:
        return label_names(prediction)[targets[0]]
    first, last = prediction.targets[targets[0]], prediction.targets[targets[-1]]
    text = prediction.output[first.place.start : last.place.end] if first.place and last.place else ""
    return quoted(text or first.name)


def _answers(before: Sequence[Target], after: Sequence[Target]) -> dict[str, str]:
    """The answer now, and the change: in points of probability, or in the unit of the score where it has none."""
    shares = [(one.probability, other.probability) for one, other in zip(before, after, strict=True)]
    known = [(old, new) for old, new in shares if old is not None and new is not None]
    if len(known) < len(shares):
        return {"answer": number(after[0].score), "change": signed_number(after[0].score - before[0].score)}
    old, new = (prod(column) for column in zip(*known, strict=True))
    return {"answer": percent(new), "change": say("{change} points", change=signed_number(100 * (new - old), 1))}
