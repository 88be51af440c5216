"""The Chinese demo classifier, offered where it is needed: its cost is said first, and it begins with a press only."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st
from sidelight.models import demo
from sidelight.models.demo import CHINESE, ENGLISH
from sidelight.models.tasks import TASKS

from . import navigation, session, waiting
from .examples import is_chinese
from .wording import language, say
from .workers.fleet import FleetError
from .workers.messages import Choice

PROBLEM = "problem with the chinese demo"  # in the session


def offer_for(text: str, choice: Choice, page: str = "classify") -> None:
    """Offers it where the English demo is looked at and the visitor reads, or has written, Chinese.

    Args:
        text: that was written.
        choice: the model that is looked at.
        page: on which it is used.
    """
    english = choice.reference == ENGLISH and choice.task in demo.DEMOS[CHINESE]
    if english and (language() == "zh" or is_chinese(text)):
        there = _choice() in session.choices("classify").values()
        if there or session.is_private():
            _offer(
                there,
                say(
                    "The model demo has learned from English film reviews alone; what it says of a Chinese text "
                    "means nothing."
                ),
                page,
            )


def offer_on_models() -> None:
    """Offers it below the models, until it is one of them."""
    began = demo.is_demo(session.chosen().reference) and session.is_private()
    if began and _choice() not in session.choices("classify").values():
        _offer(there=False)


def _choice() -> Choice:
    return replace(session.chosen(), reference=CHINESE)


def _offer(there: bool, why: str = "", page: str = "classify") -> None:
    """A line with its cost, or that it is there, and a button."""
    text = say("The Chinese demo, demo-zh, is among the models.") if there else _cost()
    with st.container(horizontal=True, vertical_alignment="center", border=True, key="chinese demo"):
        st.markdown(f"{why}  \n{text}".strip(), width="stretch")
        label = say("Use the Chinese demo" if there else "Prepare the Chinese demo")
        pressed = st.button(label, key="use the chinese demo", on_click=_use, args=[_choice()])
        if pressed and PROBLEM not in st.session_state:
            st.switch_page(navigation.page_of("classify") if page == "classify" else f"app_pages/{page}.py")
    if problem := st.session_state.pop(PROBLEM, ""):
        waiting.show_problem(problem)


def _cost() -> str:
    found = demo.find_demo("classify", CHINESE)
    return say(
        "A Chinese demo, demo-zh, can be prepared on this machine, once: {size} are fetched, and "
        "training takes about {minutes} minutes on two cores.",
        size=waiting.size_text(found.download),
        minutes=found.minutes,
    )


def _use(choice: Choice) -> None:
    """Starts the model, which is prepared first, and looks at it from here on."""
    try:
        session.supervisor(choice)
    except FleetError as error:
        st.session_state[PROBLEM] = str(error)
        return
    named = {one: name for name, one in session.choices(choice.task).items()}
    st.session_state[TASKS[choice.task].key] = named[choice]
