"""What the page Compare is asked for: texts, methods, units, labels and models."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import streamlit as st
from sidelight.dashboard import address, examples, session, waiting
from sidelight.dashboard.choices import ask_one
from sidelight.dashboard.inputs import follow_model
from sidelight.dashboard.markup import shown
from sidelight.dashboard.views.naming import method_name
from sidelight.dashboard.wording import say, unit_noun
from sidelight.dashboard.workers.fleet import FleetError
from sidelight.dashboard.workers.messages import Choice, Loaded
from sidelight.explain.methods import METHODS
from sidelight.models import DEMO_BASE, check, comparable
from sidelight.models.message import Message
from sidelight.models.units import UNITS

from .chosen import FIRST, Chosen, label_options

KINDS = ("texts", "set", "prompt")  # what is compared: a text or a few, a set of texts, what is written
MOST_TEXTS, MOST_MODELS = 4, 3
COUNT, MODELS, PROBLEM = "texts to compare", "models", "problem of the models to compare"  # in the session
KIND_TITLES = {
    "texts": Message("A text, side by side"),
    "set": Message("A set of texts, before and after"),
    "prompt": Message("What two generators write"),
}
COLUMN_TITLES = {
    "methods": (Message("Methods"), Message("The link asks for the method {asked}; the methods here: {there}.")),
    "units": (Message("Units"), Message("The link asks for the unit {asked}; the units here: {there}.")),
}


def ask_kind() -> str:
    """What is compared, of `KINDS`."""
    chosen = ask_one(
        "compare",
        say("What to compare"),
        KINDS,
        KINDS[0],
        Message("The link asks to compare {asked}; what can be compared here: {there}."),
        str,
        shown_as=_kind_name,
        labelled=False,
    )
    if chosen == "texts":
        address.name_shift(None)
    else:
        address.name_reports(())
    return chosen


def _kind_name(kind: str) -> str:
    return say(KIND_TITLES[kind])


def ask_texts() -> tuple[tuple[str, ...], bool]:
    """The texts, and whether they are to be compared now."""
    reference = session.choice_now().reference
    example = examples.texts_for(reference)[0]
    st.session_state.setdefault(_text(0), st.session_state.get("text") or example)
    follow_model([_text(0)], session.COMPARED[0], reference, [example])
    count = st.session_state.setdefault(COUNT, 1)
    pressed = False
    with st.form("ask texts to compare", border=False):
        for number in range(count):
            left, right = st.columns([6, 1], vertical_alignment="bottom")
            left.text_area(
                say("Text {number}", number=number + 1),
                key=_text(number),
                height=90 if count == 1 else 70,
                placeholder=say("Type or paste a text"),
                label_visibility="collapsed" if count == 1 else "visible",
                persist_state="session",
            )
            if number == 0:
                pressed = right.form_submit_button(say("Compare"), type="primary", width="stretch")
            else:
                right.form_submit_button(
                    say("Remove this text"),
                    key=f"remove text {number}",
                    width="stretch",
                    on_click=_remove,
                    args=[number],
                )
        if count < MOST_TEXTS:
            st.form_submit_button(say("Add a text"), type="tertiary", on_click=_add)
    return tuple(st.session_state[_text(number)] for number in range(count)), pressed


def fill_in(texts: Sequence[str]) -> None:
    """Puts texts into the fields, as many as there is room for; none leaves them as they are."""
    for number, text in enumerate(texts[:MOST_TEXTS]):
        st.session_state[_text(number)] = text
        st.session_state[COUNT] = number + 1


def _text(number: int) -> str:
    return f"text {number} to compare"


def _add() -> None:
    """Adds a copy of the first text, to be changed."""
    count = st.session_state[COUNT]
    st.session_state[_text(count)] = st.session_state[_text(0)]
    st.session_state[COUNT] = count + 1


def _remove(number: int) -> None:
    for place in range(number, st.session_state[COUNT] - 1):
        st.session_state[_text(place)] = st.session_state[_text(place + 1)]
    st.session_state[COUNT] -= 1


def ask_columns(texts: tuple[str, ...]) -> Chosen:
    """What is compared on these texts."""
    with st.container(horizontal=True, gap="medium"):
        methods = _ask_several("methods", list(METHODS), FIRST)
        units = _ask_several("units", list(UNITS), ["word"])
    left, right = st.columns(2)
    with right:
        models = _ask_models()
    with left:
        labels = _ask_labels(models.values())
    return Chosen(models, texts, units, methods, labels)


def _ask_several(key: str, options: Sequence[str], first: Sequence[str]) -> tuple[str, ...]:
    titles: dict[str, Callable[[str], str]] = {
        "methods": method_name,
        "units": lambda unit: unit_noun(unit, 2),
    }
    address.choose_several(key, options, COLUMN_TITLES[key][1], titles[key], usual=first)
    chosen = st.segmented_control(
        say(COLUMN_TITLES[key][0]),
        options,
        selection_mode="multi",
        default=first,
        format_func=titles[key],
        key=key,
        persist_state="session",
        wrap=True,
    )
    names = tuple(name for name in options if name in chosen)
    address.name_choice(key, None if names == tuple(first) else names)
    return names


def _ask_labels(models: Iterable[Choice]) -> tuple[str, ...]:
    """The labels; only once a model says which there are, since until then the address could name none of them."""
    loaded = [one for choice in models if isinstance(one := session.supervisor(choice).model, Loaded)]
    names = list(dict.fromkeys(name for model in loaded for name in label_options(model.labels)))
    if not names:
        return ()
    address.choose_several(
        "labels", names, Message("The link asks for the label {asked}; the labels here: {there}."), shown
    )
    chosen = st.multiselect(
        say("Labels"),
        names,
        format_func=shown,
        key="labels",
        placeholder=say("as predicted"),
        help=say("With none chosen, every column is about the label that the first model predicts for the first text."),
        persist_state="session",
    )
    labels = tuple(name for name in names if name in chosen)
    address.name_choice("labels", labels)
    return labels


def _ask_models() -> dict[str, Choice]:
    """The models, each being loaded from here on; the page ends where there is no room for one."""
    known = session.comparable_choices()
    address.choose_several(
        MODELS,
        known,
        Message(
            "The link asks for the model {asked}; the models here: {there}. Load it on the page Models if you trust it."
        ),
        usual=[next(iter(known))],
    )
    now = next(name for name, choice in known.items() if choice == session.choice_now())
    kept = [name for name in st.session_state.get(MODELS, ()) if name in known]
    st.session_state[MODELS] = [now] if kept in ([], [model_before(now, MODELS)]) else kept
    names = st.multiselect(
        say("Models"),
        list(known),
        key=MODELS,
        max_selections=MOST_MODELS,
        accept_new_options=True,
        placeholder=say("Choose a model, or type a folder or hub id"),
        on_change=_load_typed,
        help=say(
            "A folder (a checkpoint of a fine-tuning, say) or a Hugging Face model id. Of a folder "
            "without a trained head, and of `demo-base`, the demo classifier's pretrained base, "
            "attention alone is compared."
        ),
        persist_state="session",
    )
    if problem := st.session_state.pop(PROBLEM, ""):
        waiting.show_problem(problem)
    try:
        for name in names:
            session.supervisor(known[name])
    except FleetError as error:
        waiting.show_problem(str(error))
        st.stop()
    address.name_choice(MODELS, None if names == [next(iter(known))] else tuple(names))
    return {name: known[name] for name in names}


def model_before(now: str, key: str) -> str | None:
    """The name of the model that the session looked at when this was last asked, so that what is still at it follows.

    Args:
        now: the one that it looks at now.
        key: of what follows.
    """
    followed = f"model followed by {key}"
    last: str | None = st.session_state.get(followed)
    st.session_state[followed] = now
    return last


def _load_typed() -> None:
    """Begins to load what was typed instead of chosen, and names it as the others are."""
    known, names = session.comparable_choices(), []
    for name in st.session_state[MODELS]:
        try:
            choice = known.get(name) or named(name.strip())
            session.supervisor(choice)
        except ValueError as error:
            st.session_state[PROBLEM] = str(error)
        else:
            names += [name for name, one in session.comparable_choices().items() if one == choice]
    st.session_state[MODELS] = list(dict.fromkeys(names))


def named(reference: str, task: str = "classify") -> Choice:
    """The model of a reference for a task; of a folder without a classifier, the network without a head.

    Raises:
        ValueError: it can be told at once that there is no such model.
    """
    asked = task
    if task in session.COMPARED and (reference == DEMO_BASE or Path(reference).expanduser().is_dir()):
        reference, task = comparable(reference)
    check(reference, asked, "float32")
    return Choice(reference, session.chosen().device, task=task)
