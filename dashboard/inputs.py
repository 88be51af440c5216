"""What a page asks for: a text, how to take it apart, the methods with their settings, a saved report.

The settings of a method are those that its function declares; nothing here knows any of them by name.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st
from sidelight.dashboard.wording import capitalized, text_of
from sidelight.explain.methods import METHODS, USUAL, Method, MethodRequest, request
from sidelight.explain.settings import Setting, Value, settings_of
from sidelight.models.inputs import MOST_NEW_TOKENS, Sampling
from sidelight.models.message import Message
from sidelight.models.tasks import Field
from sidelight.models.units import UNITS
from streamlit.runtime.uploaded_file_manager import UploadedFile

from .choices import ask_one
from .cost import Size, cost_text
from .examples import belongs_elsewhere
from .views.naming import method_name
from .wording import say, told, unit_noun

KEPT: dict[str, Any] = {"on_change": "ignore", "persist_state": "session"}  # counts when the button is next pressed
HIDINGS = {
    "": Message("as the model prefers"),
    "mask": Message("mask"),
    "replace": Message("replace"),
    "delete": Message("delete"),
}


def ask_texts(fields: Sequence[Field], first: Sequence[str], before: Callable[[], None], button: str) -> bool:
    """The texts, a box a field, kept in the session under their names; says whether they are to be used now.

    If so, `before` was called.

    Args:
        fields: of the task.
        first: texts to begin with.
        before: is called first.
        button: its title.
    """
    for field, text in zip(fields, first, strict=True):
        st.session_state.setdefault(field.name, text)
    key = fields[0].name
    with st.form(f"ask {key}", border=False):
        row = st.container(key=f"asking {key}", horizontal=True, vertical_alignment="bottom", wrap=False)
        boxes = row.container(gap="small") if len(fields) > 1 else row
        for field in fields:
            boxes.text_area(
                told(field.title),
                key=field.name,
                height=90 if len(fields) == 1 else 68,
                placeholder=told(field.title) if len(fields) > 1 else say("Type or paste a text"),
                label_visibility="collapsed",
                persist_state="session",
            )
        return row.form_submit_button(button, type="primary", width="content", on_click=before)


def follow_model(boxes: Sequence[str], task: str, reference: str, first: Sequence[str]) -> None:
    """Puts the first example in place of one that nobody has changed and that is not for the model chosen last.

    Args:
        boxes: the keys of the text areas.
        task: of the model.
        reference: of the model.
        first: the example, a text a box.
    """
    key = f"model of {boxes[0]}"
    last, st.session_state[key] = st.session_state.get(key), reference
    texts = tuple(str(st.session_state.get(box)) for box in boxes)
    if last != reference and belongs_elsewhere(texts, task, reference):
        st.session_state.update(zip(boxes, first, strict=True))


def ask_writing(has_template: bool) -> tuple[Sampling, str | None, bool, bool]:
    """How a generator writes: its sampling; the text to explain instead of writing one; whether to use its template;
    and whether the words that it has written already are explained with, too.
    """
    with st.popover(say("Writing"), icon=":material/edit:"):
        most = st.number_input(say("New tokens, at most"), 1, MOST_NEW_TOKENS, 20, key="new tokens", **KEPT)
        temperature = st.number_input(
            say("Temperature"),
            0.0,
            10.0,
            0.0,
            0.1,
            key="temperature",
            help=say("0 always takes the likeliest token; above 0 one is drawn, above 1 more boldly."),
            **KEPT,
        )
        top_p = st.number_input(
            say("Top p"),
            0.01,
            1.0,
            1.0,
            0.01,
            key="top p",
            help=say("Tokens are drawn from the likeliest that together have this probability."),
            **KEPT,
        )
        seed = st.number_input(say("Seed of the writing"), 0, 2**31 - 1, 0, key="writing seed", **KEPT)
        template = st.toggle(
            say("Chat template"),
            True,
            key="template",
            disabled=not has_template,
            help=say("Puts the prompt into the form of a conversation that the model was trained on."),
            **KEPT,
        )
        given = st.text_area(say("Explain this text instead of writing one"), key="continuation", height=70, **KEPT)
        st.caption(say("Changes count from the next Write on."))
        own_words = st.toggle(
            say("Explain by the words already written, too"),
            key="own words",
            persist_state="session",
            help=say("Each written word is then explained by the prompt and by the words written before it."),
        )
    return Sampling(most, temperature, top_p, seed), given or None, template, own_words


def ask_example(examples: Sequence[tuple[str, ...]], before: Callable[[], None], into: Sequence[str]) -> bool:
    """Puts an example in place of the texts; says whether one was chosen just now. If so, `before` was called."""

    def use() -> None:
        before()
        st.session_state.update(zip(into, examples[st.session_state.example], strict=True))

    menu = st.menu_button(
        say("Examples"),
        range(len(examples)),
        format_func=lambda place: " · ".join(examples[place]),
        key="example",
        icon=":material/lightbulb:",
        on_click=use,
    )
    return menu is not None


def ask_unit(key: str = "unit", *, unsaid: str = "word", labelled: bool = False) -> str:
    """What the text is taken apart into; `unsaid` where the browser went to an address that does not say so."""
    return ask_one(
        key,
        say("Unit"),
        list(UNITS),
        "word",
        Message("The link asks for the unit {asked}; the units here: {there}."),
        lambda unit: unit_noun(unit, 2),
        unsaid=unsaid,
        labelled=labelled,
    )


def ask_methods(
    hidings: Sequence[str], size: Size, seconds_per_token: float | None
) -> tuple[tuple[MethodRequest, ...], int]:
    """The chosen methods with their settings, and the seed; what is changed here counts at the next explanation.

    Args:
        hidings: the ways of hiding that the model supports, as far as it is known.
        size: of what will be explained, for the cost of each method.
        seconds_per_token: the model's pace, once it is known.
    """
    with st.popover(say("Methods and settings"), icon=":material/tune:"):
        seed = st.number_input(say("Seed"), 0, 2**31 - 1, 0, key="seed", help=say("Of every random choice."), **KEPT)
        requests = []
        for name, method in METHODS.items():
            wanted, asked = _ask_method(name, method, hidings)
            st.caption(cost_text([(asked, size)], seconds_per_token))
            requests += [asked] if wanted else []
        st.caption(say("Changes count from the next Explain on. What is known already is not computed again."))
    return tuple(requests), seed


def _ask_method(name: str, method: Method, hidings: Sequence[str]) -> tuple[bool, MethodRequest]:
    wanted = st.checkbox(method_name(name), value=name in USUAL, key=f"use {name}", help=text_of(method.help), **KEPT)
    settings = {setting.name: _ask_setting(name, setting) for setting in settings_of(method.run)}
    if method.hides:
        hiding = st.selectbox(
            say("Hide by"),
            ["", *hidings],
            key=f"{name} hiding",
            format_func=lambda kind: say(HIDINGS[kind]),
            help=say(
                "How a part of the text is made absent: by the model's mask token, by another token, or by deletion."
            ),
            **KEPT,
        )
        settings |= {"hiding": hiding} if hiding else {}
    return wanted, request(name, settings)


def _ask_setting(method: str, setting: Setting) -> Value:
    label = capitalized(text_of(setting.name.replace("_", " ")))
    help_ = text_of(setting.help)
    about: dict[str, Any] = {"key": f"{method} {setting.name}", "help": help_, **KEPT}
    if setting.choices:
        return str(st.selectbox(label, setting.choices, setting.choices.index(str(setting.default)), **about))
    if setting.allowed is None:
        return bool(st.checkbox(label, bool(setting.default), **about))
    kind = int if setting.kind is int else float
    low, high, default = kind(setting.allowed.low), kind(setting.allowed.high), kind(setting.default)
    step = 1 if kind is int else high / 1000
    number: int | float = st.number_input(label, low, high, default, step, **about)
    return number


def ask_report(generation: int) -> UploadedFile | None:
    """A saved report to look at; another `generation` makes the uploader empty again."""
    with st.popover(say("Open a report"), icon=":material/folder_open:"):
        return st.file_uploader(say("A report saved as JSON"), "json", key=f"report {generation}")
