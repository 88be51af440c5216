"""What a page asks for: a text, how to take it apart, the methods with their settings, a saved report.

The settings of a method are those that its function declares; nothing here knows any of them by name.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st
from sidelight.explain.methods import METHODS, USUAL, Method, MethodRequest, request
from sidelight.explain.settings import Setting, Value, settings_of
from sidelight.models.prompt import MOST_NEW_TOKENS, Sampling
from sidelight.models.units import UNITS
from streamlit.runtime.uploaded_file_manager import UploadedFile

from .wording import unit_noun

DEFAULT_HIDING = "as the model prefers"


def ask_text(
    first: str, before: Callable[[], None], key: str = "text", label: str = "Text to explain", button: str = "Explain"
) -> bool:
    """The text, kept in the session under its key, and whether it is to be used now; if so, `before` was called."""
    st.session_state.setdefault(key, first)
    with st.form(f"ask {key}", border=False):
        left, right = st.columns([6, 1], vertical_alignment="bottom")
        left.text_area(
            label,
            key=key,
            height=90,
            placeholder="Type or paste a text",
            label_visibility="collapsed",
            persist_state="session",
        )
        return right.form_submit_button(button, type="primary", width="stretch", on_click=before)


def ask_writing(has_template: bool) -> tuple[Sampling, str | None, bool]:
    """How a generator writes: its sampling; the text to explain instead of writing one; whether to use its template."""
    with st.popover("Writing"):
        most = st.number_input(
            "New tokens, at most", 1, MOST_NEW_TOKENS, 20, key="new tokens", on_change="ignore", persist_state="session"
        )
        temperature = st.number_input(
            "Temperature", 0.0, 10.0, 0.0, 0.1, key="temperature", on_change="ignore", persist_state="session",
            help="0 always takes the likeliest token; above 0 one is drawn, above 1 more boldly.",
        )  # fmt: skip
        top_p = st.number_input(
            "Top p", 0.01, 1.0, 1.0, 0.01, key="top p", on_change="ignore", persist_state="session",
            help="Tokens are drawn from the likeliest that together have this probability.",
        )  # fmt: skip
        seed = st.number_input(
            "Seed of the writing", 0, 2**31 - 1, 0, key="writing seed", on_change="ignore", persist_state="session"
        )
        template = st.toggle(
            "Chat template", True, key="template", on_change="ignore", persist_state="session",
            disabled=not has_template,
            help="Puts the prompt into the form of a conversation that the model was trained on.",
        )  # fmt: skip
        given = st.text_area(
            "Explain this text instead of writing one",
            key="continuation",
            height=70,
            on_change="ignore",
            persist_state="session",
        )
        st.caption("Changes count from the next Write on.")
    return Sampling(most, temperature, top_p, seed), given or None, template


def ask_example(examples: Sequence[str], before: Callable[[], None], into: str = "text") -> bool:
    """Puts an example in place of the text; says whether one was chosen just now. If so, `before` was called."""

    def use() -> None:
        before()
        st.session_state[into] = examples[st.session_state.example]

    menu = st.menu_button(
        "Examples", range(len(examples)), format_func=examples.__getitem__, key="example", on_click=use
    )
    return menu is not None


def ask_own_words() -> bool:
    """Whether the words that the model has written already are explained with, too."""
    return st.toggle(
        "Explain by the words already written, too",
        key="own words",
        persist_state="session",
        help="Each written word is then explained by the prompt and by the words written before it.",
    )


def ask_unit() -> str:
    """What the text is taken apart into."""
    chosen = st.segmented_control(
        "Unit",
        list(UNITS),
        required=True,
        default="word",
        format_func=lambda unit: unit_noun(unit, 2),
        key="unit",
        bind="query-params",
        wrap=True,
        label_visibility="collapsed",
    )
    return str(chosen)


def ask_methods(task: str, hidings: Sequence[str]) -> tuple[tuple[MethodRequest, ...], int]:
    """The chosen methods with their settings, and the seed; what is changed here counts at the next explanation.

    Args:
        task: only methods that serve it are offered.
        hidings: the ways of hiding that the model supports, as far as it is known.
    """
    with st.popover("Methods and settings"):
        seed = st.number_input(
            "Seed",
            0,
            2**31 - 1,
            0,
            key="seed",
            on_change="ignore",
            persist_state="session",
            help="Of every random choice.",
        )
        serving = {name: method for name, method in METHODS.items() if task in method.tasks}
        requests = [_ask_method(name, method, hidings) for name, method in serving.items()]
        st.caption("Changes count from the next Explain on.")
    return tuple(one for one in requests if one), seed


def _ask_method(name: str, method: Method, hidings: Sequence[str]) -> MethodRequest | None:
    wanted = st.checkbox(
        method.title,
        value=name in USUAL,
        key=f"use {name}",
        help=method.help,
        on_change="ignore",
        persist_state="session",
    )
    settings = {setting.name: _ask_setting(name, setting) for setting in settings_of(method.run)}
    if method.hides:
        hiding = st.selectbox(
            "Hide by",
            [DEFAULT_HIDING, *hidings],
            key=f"{name} hiding",
            on_change="ignore",
            persist_state="session",
            help="How a part of the text is made absent: by the model's mask token, or by deletion.",
        )
        settings |= {} if hiding == DEFAULT_HIDING else {"hiding": hiding}
    return request(name, settings) if wanted else None


def _ask_setting(method: str, setting: Setting) -> Value:
    label, key = setting.name.replace("_", " ").capitalize(), f"{method} {setting.name}"
    if setting.choices:
        index = setting.choices.index(str(setting.default))
        return st.selectbox(
            label, setting.choices, index, key=key, help=setting.help, on_change="ignore", persist_state="session"
        )
    if setting.allowed is None:
        return st.checkbox(
            label, bool(setting.default), key=key, help=setting.help, on_change="ignore", persist_state="session"
        )
    kind = int if setting.kind is int else float
    low, high, default = kind(setting.allowed.low), kind(setting.allowed.high), kind(setting.default)
    step = 1 if kind is int else high / 1000
    return st.number_input(
        label, low, high, default, step, key=key, help=setting.help, on_change="ignore", persist_state="session"
    )


def ask_report(generation: int) -> UploadedFile | None:
    """A saved report to look at; another `generation` makes the uploader empty again."""
    with st.popover("Open a report"):
        return st.file_uploader("A report saved as JSON", "json", key=f"report {generation}")
