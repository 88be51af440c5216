"""The page Compare over a set of texts: before and after, while it is made and when it is finished."""

from __future__ import annotations

from functools import partial

import streamlit as st
from sidelight.dashboard import address, offer, session, waiting
from sidelight.dashboard.cost import time_text
from sidelight.dashboard.entries import Choices
from sidelight.dashboard.exports.shift import WRITERS
from sidelight.dashboard.inputs import ask_report
from sidelight.dashboard.markup import markdown_text, shown
from sidelight.dashboard.palette import number
from sidelight.dashboard.reproduce import show_code
from sidelight.dashboard.views import set_shift
from sidelight.dashboard.wording import in_language, language, say
from sidelight.dashboard.workers.messages import Loaded
from sidelight.dashboard.workers.supervisor import Starting, Unavailable
from sidelight.explain.set_shift import SetShift
from sidelight.models.demo import Preparing
from sidelight.models.message import Message

from . import remembered, shift_inputs
from .code import code_of_set
from .pair import Pair, ask_pair
from .shifting import Shifting, Standing

LOOK_EVERY = 1.0  # seconds
OPENED = "opened comparison over texts"  # in the session
SHIFT_FILES = {".html": Message("HTML page"), ".json": Message("JSON"), ".csv": Message("CSV table")}


def show_set() -> None:
    """The inputs, and what there is of the comparison."""
    state: Shifting = st.session_state.setdefault("shifting", Shifting())
    _follow(state)
    st.caption(say("What training changed over many texts: answers, words and attention, on average."))
    models = ask_pair("classify")
    offered = st.container()
    texts = shift_inputs.ask_texts()
    with offered:
        first = texts.given[0].text if texts and texts.given else ""
        offer.offer_for(first, models[0].choice if models else session.choice_now(), "compare")
    settings = shift_inputs.ask_settings()
    pressed = False
    if models:
        asked = shift_inputs.ask_label(models, settings)
        if texts := shift_inputs.some_of(texts, settings):
            shift_inputs.show_cost(models, texts, asked, settings.method)
        with st.container(horizontal=True):
            ready = asked is not None and texts is not None and not state.busy
            pressed = st.button(say("Compare"), type="primary", disabled=not ready, key="compare set")
            _open_file(state)
        if pressed and asked and texts:
            state.begin(models, asked, settings.method, texts.given, texts.notices)
        if asked is None:
            _wait(models)
    else:
        _open_file(state)
    remembered.show_lost(state, pressed=pressed)
    _keep(state)
    _show(state)


def _follow(state: Shifting) -> None:
    """Opens the comparison of the history that the address asks for, and fills in its texts."""
    if found := remembered.opened(state, session.history().open_set):
        choices, shift, entry = found
        state.adopt(shift, choices, entry)
        shift_inputs.fill_in(shift)


def _open_file(state: Shifting) -> None:
    """Opens a comparison that was saved, once for each file."""
    file = ask_report(0)
    if file is None:
        return
    found = session.open_shift(file.getvalue(), file.file_id)
    if isinstance(found, str):
        waiting.show_problem(found)
    elif st.session_state.get(OPENED) != file.file_id:
        st.session_state[OPENED] = file.file_id
        state.adopt(found)


def _keep(state: Shifting) -> None:
    """Keeps what is finished in the history, and names its entry in the address."""
    if state.busy:  # the way back would lead to an address of nothing
        return
    if (shift := state.shift) and shift.answers and state.choices:
        remembered.keep(state, partial(session.history().keep_set, state.choices, shift))
    address.name_shift(state.entry)


@st.fragment(run_every=LOOK_EVERY)
def _wait(models: Pair) -> None:
    """How far the models are, until both are loaded."""
    for model in dict.fromkeys(models):
        if isinstance(gone := model.model, Unavailable):
            waiting.offer_restart(model, gone)
    loading = [one.model for one in models if isinstance(one.model, Starting | Preparing)]
    if loading:
        waiting.show_loading(loading[0])
    elif all(isinstance(one.model, Loaded) for one in models):
        st.rerun()


def _show(state: Shifting) -> None:
    """What there is of the comparison: drawn again and again while it is being made."""
    standing = state.look()
    if state.busy:
        st.button(say("Stop"), key="stop the set", on_click=state.stop)
        _look_again(state)
        return
    if standing:
        _show_end(standing)
    shift = state.shift
    if shift and (shift.answers or shift.left_out):
        _draw(shift)
        _offer_files(shift, state.choices)


@st.fragment(run_every=LOOK_EVERY)
def _look_again(state: Shifting) -> None:
    standing = state.look()
    if standing is None or standing.state != "running":
        st.rerun()
    st.progress(standing.done / standing.total, markdown_text(_progress(standing)))
    if (shift := state.shift) and shift.answers:
        _draw(shift)


def _progress(standing: Standing) -> str:
    amount = say("{done} of {total}", done=f"{standing.done:,}", total=f"{standing.total:,}")
    if not standing.done:
        return say("Comparing, text {amount}", amount=amount)
    left = standing.seconds / standing.done * (standing.total - standing.done)
    return say("Comparing, text {amount}", amount=amount) + say(" · {time} left", time=time_text(left))


def _show_end(standing: Standing) -> None:
    if standing.state == "failed":
        waiting.show_problem(standing.message)
    elif standing.state == "stopped":
        st.caption(
            say(
                "Stopped after {done} of {total} texts; these are shown.",
                done=f"{standing.done:,}",
                total=f"{standing.total:,}",
            )
        )
    else:
        st.caption(
            say(
                "{count} texts compared in {seconds} s.",
                count=f"{standing.done:,}",
                seconds=number(standing.seconds, 1),
            )
        )


def _draw(shift: SetShift) -> None:
    asked = shift.asked
    st.markdown(f"##### {markdown_text(shown(asked.before))} → {markdown_text(shown(asked.after))}")
    st.html(set_shift.draw(shift, st.context.theme.type == "dark").body)


def _offer_files(shift: SetShift, choices: Choices | None) -> None:
    with st.container(horizontal=True):
        for ending, (write, media_type) in WRITERS.items():
            st.download_button(
                say(SHIFT_FILES[ending]),
                partial(in_language(language(), write), shift),
                f"sidelight-shift{ending}",
                media_type,
                key=f"download shift {ending}",
                on_click="ignore",
            )
        if choices:
            show_code(
                code_of_set(choices, shift), "set", say("Makes this comparison again, from the JSON file beside it.")
            )
