"""Two models of one task, before and after: which they are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import streamlit as st
from sidelight.dashboard import address, session, waiting
from sidelight.dashboard.markup import shortened, shown
from sidelight.dashboard.wording import say
from sidelight.dashboard.workers import training_folder
from sidelight.dashboard.workers.fleet import by_name
from sidelight.dashboard.workers.messages import Choice
from sidelight.dashboard.workers.supervisor import Supervisor
from sidelight.models import DEMO_BASE
from sidelight.models.card import read_card
from sidelight.models.message import Message
from sidelight.models.tasks import TASKS

from .comparison_inputs import model_before, named

LONGEST = 60  # characters of a model's name
UNTYPED = "\N{WORD JOINER}"  # in the box: Streamlit drops what it holds from the beginning of what is typed instead
KEPT: dict[str, Any] = {"persist_state": "session"}
HELP = {
    "classify": Message(
        "A folder (a checkpoint of a fine-tuning, say) or a Hugging Face model id. Of a folder "
        "without a trained head, and of `demo-base`, the demo classifier's pretrained base, "
        "attention alone is compared."
    ),
    "generate": Message(
        "A folder on the machine that Sidelight runs on, a Hugging Face model id, or, for a "
        "generator, a .gguf file. Only safetensors are read, and no code of the model's own is run."
    ),
}
Pair = tuple[Supervisor, Supervisor]
WHICH = {"before": Message("Before"), "after": Message("After")}


def ask_pair(task: str) -> Pair | None:
    """The two models, each being loaded from here on; none until both are chosen."""
    left, right = st.columns(2)
    with left:
        before = _ask(task, "before")
    with right:
        after = _ask(task, "after")
    with st.container():  # always there, so that a text typed below stays when this says nothing any more
        if before is None or after is None:
            st.caption(
                say(
                    "Choose two models: an earlier and a later checkpoint, say, or the base of a fine-tuning and "
                    "what came of it."
                )
            )
            return None
        try:
            return session.supervisor(before), session.supervisor(after)
        except ValueError as error:
            waiting.show_problem(str(error))
            return None


def _ask(task: str, which: str) -> Choice | None:
    """One of the two, the first of which begins with the model that the session looks at; the address has its name and
    never its path.
    """
    known, key = _known(task), f"{TASKS[task].key}_{which}"
    names, first = list(known), which == "before"
    address.choose(
        key,
        names,
        Message(
            "The link asks for the model {asked}; the models here: {there}. Load it on the page Models if you trust it."
        ),
        usual=names[0] if first else None,
    )
    if first:
        now = next(name for name, choice in known.items() if choice == session.choice_now(task))
        if st.session_state.get(key) == model_before(now, key):
            st.session_state[key] = now
    typed = st.session_state.get(key)
    name = st.selectbox(
        say(WHICH[which]),
        list(dict.fromkeys([*names, *([typed] if typed else [])])),
        0 if first else None,
        key=key,
        format_func=lambda one: shortened(shown(one), LONGEST) + UNTYPED,
        accept_new_options=True,
        placeholder=say("Choose a model, or type a folder or hub id"),
        help=say(HELP[task]),
        **KEPT,
    )
    choice = None
    try:
        choice = known.get(name) or named(name.strip(), task) if name else None
    except ValueError as error:
        waiting.show_problem(str(error))
    called = {one: own for own, one in by_name([*known.values(), *([choice] if choice else [])]).items()}
    unsaid = known[names[0]] if first else None
    address.name_choice(key, None if choice is None or choice == unsaid else called[choice])
    return choice


def _known(task: str) -> dict[str, Choice]:
    """The models to choose from, by name."""
    if task in session.COMPARED:
        return by_name([*session.comparable_choices().values(), named(DEMO_BASE), *_made_here(task)])
    return by_name([*session.choices(task).values(), *_made_here(task)])


def _made_here(task: str) -> list[Choice]:
    """The models that were fine-tuned in the app for a task."""
    found = [(path, _task_of(path)) for path in training_folder.finished()]
    return [Choice(str(path), session.chosen().device, task=task) for path, own in found if own == task]


def _task_of(path: Path) -> str:
    """What a fine-tuned model is for, by its card; empty where that can't be read."""
    try:
        return read_card(path).task
    except ValueError:
        return ""
