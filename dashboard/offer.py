"""The Chinese demo classifier, offered where it is needed: its cost is said first, and it begins with a press only."""

from __future__ import annotations

from dataclasses import replace

import regex
import streamlit as st
from sidelight.models import demo
from sidelight.models.demo import CHINESE, ENGLISH

from . import session, waiting
from .wording import language, say
from .workers.fleet import FleetError
from .workers.messages import Choice

HAN, LETTER = regex.compile(r"\p{Han}"), regex.compile(r"\p{L}")
PROBLEM = "problem with the chinese demo"  # in the session


def is_chinese(text: str) -> bool:
    """Whether more than half of the letters of a text are Chinese characters."""
    return 2 * len(HAN.findall(text)) > len(LETTER.findall(text))


def offer_for(text: str, looked_at: Choice | None = None, page: str = "classify") -> None:
    """Offers it where the English demo is looked at and the visitor reads, or has written, Chinese.

    Args:
        text: that was written.
        looked_at: the model; by default the one of the page Classify.
        page: on which it is used.
    """
    choice = looked_at or session.choice_now()
    english = choice.reference == ENGLISH and choice.task == "classify"
    if english and (language() == "zh" or is_chinese(text)):
        there = _choice() in session.choices("classify").values()
        if there or session.is_private():
            _offer(there, say("reads_english"), page)


def offer_on_models() -> None:
    """Offers it below the models, until it is one of them."""
    began = demo.is_demo(session.chosen().reference) and session.is_private()
    if began and _choice() not in session.choices("classify").values():
        _offer(there=False)


def _choice() -> Choice:
    return replace(session.chosen(), reference=CHINESE)


def _offer(there: bool, why: str = "", page: str = "classify") -> None:
    """A line with its cost, or that it is there, and a button."""
    text = say("chinese_demo_is_there") if there else _cost()
    with st.container(horizontal=True, vertical_alignment="center", border=True, key="chinese demo"):
        st.markdown(f"{why}  \n{text}".strip(), width="stretch")
        label = say("use_chinese_demo" if there else "prepare_chinese_demo")
        pressed = st.button(label, key="use the chinese demo", on_click=_use, args=[_choice()])
        if pressed and PROBLEM not in st.session_state:
            st.switch_page(f"app_pages/{page}.py")
    if problem := st.session_state.pop(PROBLEM, ""):
        waiting.show_problem(problem)


def _cost() -> str:
    found = demo.find_demo("classify", CHINESE)
    return say("chinese_demo_cost", size=waiting.size_text(found.download), minutes=found.minutes)


def _use(choice: Choice) -> None:
    """Starts the model, which is prepared first, and looks at it from here on."""
    try:
        session.supervisor(choice)
    except FleetError as error:
        st.session_state[PROBLEM] = str(error)
        return
    named = {one: name for name, one in session.choices(choice.task).items()}
    st.session_state[session.MODEL_KEYS[choice.task]] = named[choice]
