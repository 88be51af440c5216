"""What the page Models shows: every model of this server with its card and its limits, and a form to load another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import streamlit as st
from sidelight.dashboard.inputs import HIDINGS
from sidelight.dashboard.training_inputs import SETTINGS
from sidelight.models import PRECISIONS, check, demo
from sidelight.models.card import FILE, AnyCard, Card, GeneratorCard, read_card, with_ids
from sidelight.models.card_page import confusion_rows
from sidelight.models.message import Message, RefusedError
from sidelight.models.tasks import TASKS, find_task

from . import navigation, session, waiting
from .cost import time_text
from .markup import fragment, markdown_text, render, shortened, shown
from .palette import number
from .wording import joined, say, told
from .workers.fleet import FleetError, by_name
from .workers.messages import Choice, Loaded
from .workers.supervisor import Supervisor, Unavailable

Fact = tuple[str, str]  # a title and a text

MOST_LABELS = 400  # characters
MOST_OF_LABEL = 40  # characters, in the confusion table
MOST_CONFUSED = 8  # labels whose confusion is shown; the folder's README.md has all
LOOK_EVERY = 0.5  # seconds, while a model is being loaded


def show_models(task: str) -> None:
    """The models of a task, the one it begins with first."""
    st.markdown(f"##### {told(find_task(task).models)}")
    loaded = {one.choice: one for one in session.fleet().all(task)}
    now = session.choice_now(task)
    for name, choice in session.choices(task).items():
        with st.container(border=True, key=f"model {choice}"):
            _show_model(name, choice, loaded.get(choice), in_use=choice == now)


def show_encoders() -> None:
    """The networks without a head that were loaded to be compared, if there are any."""
    loaded = {one.choice: one for one in session.fleet().all("encode")}
    if loaded:
        st.markdown(f"##### {told(find_task('encode').models)}")
    for name, choice in by_name(list(loaded)).items():
        with st.container(border=True, key=f"model {choice}"):
            _show_model(name, choice, loaded[choice], in_use=False)


def _show_model(name: str, choice: Choice, supervisor: Supervisor | None, *, in_use: bool) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{markdown_text(shortened(shown(name), 60))}**", width="content")
        if in_use:
            st.caption(say("in use"), width="content")
        st.space("stretch")
        _show_buttons(name, choice, supervisor, in_use=in_use)
    if supervisor is None:
        st.caption(say("Not loaded."))
    elif isinstance(supervisor.model, Loaded | Unavailable):
        _show_state(supervisor)
    else:
        _wait(supervisor)
    _show_known(choice, supervisor)


def _show_buttons(name: str, choice: Choice, supervisor: Supervisor | None, *, in_use: bool) -> None:
    failed = supervisor is not None and isinstance(supervisor.model, Unavailable)
    usable = not in_use and not failed and choice.task in TASKS
    if usable and st.button(say("Use it"), key=f"use {choice}") and _start(choice):
        st.session_state[TASKS[choice.task].key] = name
        st.switch_page(navigation.page_of(choice.task))
    if supervisor is None:
        if st.button(say("Load"), key=f"load {choice}") and _start(choice):
            st.rerun()
    else:
        ending = (
            Message("Dismiss")
            if failed
            else Message("Unload")
            if isinstance(supervisor.model, Loaded)
            else Message("Stop")
        )
        st.button(say(ending), key=f"unload {choice}", on_click=session.fleet().release, args=(choice,))
    if session.is_private() and _is_ready_demo(choice):
        _offer_removal(name, choice)


def _offer_removal(name: str, choice: Choice) -> None:
    """Deletes a demo after it was said what making it again takes, in a dialog, which the keyboard reaches at once."""
    size = waiting.size_text(demo.size_on_disk(choice.task, choice.reference))
    label = say("Remove it from this machine ({size})", size=size)
    if st.button(label, key=f"remove {choice}"):
        st.dialog(label)(_confirm_removal)(name, choice, size)


def _confirm_removal(name: str, choice: Choice, size: str) -> None:
    made = demo.find_demo(choice.task, choice.reference)
    again = {"download": waiting.size_text(made.download), "time": time_text(60 * made.minutes)}
    st.markdown(
        markdown_text(
            say(
                "This deletes {name} ({size}) from this machine. Making it again downloads {download} and "
                "takes {time} on two cores.",
                name=shown(name),
                size=size,
                **again,
            )
        )
    )
    with st.container(horizontal=True):
        removed = st.button(say("Remove it now"), key=f"remove {choice} now", on_click=_remove, args=(choice,))
        if removed or st.button(say("Cancel"), key=f"keep {choice}"):
            st.rerun()


def _remove(choice: Choice) -> None:
    session.fleet().release(choice)
    try:
        demo.remove(choice.task, choice.reference)
    except ValueError as error:
        st.session_state["problem with models"] = str(error)


def _show_state(supervisor: Supervisor) -> None:
    if isinstance(supervisor.model, Unavailable):
        waiting.offer_restart(supervisor, supervisor.model)


@st.fragment(run_every=LOOK_EVERY)
def _wait(supervisor: Supervisor) -> None:
    """How far the loading is, until it is over."""
    state = supervisor.model
    if isinstance(state, Loaded | Unavailable):
        st.rerun()
    waiting.show_loading(state)


def _show_known(choice: Choice, supervisor: Supervisor | None) -> None:
    """What is known of a model."""
    loaded = supervisor.model if supervisor and isinstance(supervisor.model, Loaded) else None
    card, problem = None, []
    try:
        card = _card(choice)
    except ValueError as error:
        problem = [(say("Card"), told(str(error)))]
    if rows := [*facts_about(loaded, card, choice.task), *problem]:
        show_facts(rows, card)


def show_facts(rows: Sequence[Fact], card: AnyCard | None) -> None:
    """Facts with their titles, and the card's confusion table."""
    content = render("facts.html.jinja", rows=rows)
    if isinstance(card, Card) and 0 < len(card.confusion) <= MOST_CONFUSED:
        labels = [shortened(shown(label), MOST_OF_LABEL) for label in card.labels]
        given = [say("given {label}", label=label) for label in labels]
        names = [say("Label"), *given, say("found (recall)"), say("right (precision)")]
        found = zip(labels, confusion_rows(card), strict=True)
        lines = [[label, *map(told, cells)] for label, (_, *cells) in found]
        content += render("preview.html.jinja", title=say("Confusion table"), names=names, rows=lines)
    st.html(fragment(content, st.context.theme.type == "dark").body)


def facts_about(model: Loaded | None, card: AnyCard | None, task: str) -> list[Fact]:
    """What a model says and what its card says; what both do is said once, as the model has it."""
    found = list(facts_of_model(model, task)) if model else []
    titles = {title for title, _ in found}
    return [*found, *(fact for fact in (facts_of(card) if card else ()) if fact[0] not in titles)]


def facts_of_model(model: Loaded, task: str) -> Iterator[Fact]:
    """What a loaded model says of itself."""
    millions = model.parameters >= 1e6
    count = number(model.parameters / 1e6, 1) if millions else f"{model.parameters:,}"
    yield say("Parameters"), say("{count} million", count=count) if millions else count
    yield say("Computes with"), f"{model.precision}, {model.device}"
    yield say("Reads"), say("at most {count} tokens", count=f"{model.limit:,}")
    if model.labels:
        named = joined(with_ids(model.labels))
        yield say("Labels"), shown(shortened(named, MOST_LABELS))
    yield say("Hiding"), joined(say(HIDINGS[kind]) for kind in model.hidings)
    if "writes" in find_task(task).capabilities:
        yield say("Chat template"), say("yes" if model.has_template else "no")
    yield say("Weights, SHA-256"), model.weights
    for notice in model.notices:
        yield say("To be known"), shown(told(notice))


def _card(choice: Choice) -> AnyCard | None:
    """The card of a demo, or of a folder that was fine-tuned here, where there is one."""
    if _is_ready_demo(choice):
        return demo.card(choice.task, choice.reference)
    folder = Path(choice.reference).expanduser()
    return read_card(folder) if not demo.is_demo(choice.reference) and (folder / FILE).is_file() else None


def facts_of(card: AnyCard) -> Iterator[Fact]:
    """What a card says, in the visitor's language."""
    settings = {} if isinstance(card, GeneratorCard) else card.settings
    named = joined(
        f"{say(SETTINGS[name][0]) if name in SETTINGS else name} {_value(value)}" for name, value in settings.items()
    )
    for title, text in card.facts:
        yield told(title), named if title == "Settings" else told(text)


def _is_ready_demo(choice: Choice) -> bool:
    """Whether it is a demo model that was made; the base of one goes with it."""
    named = demo.is_demo(choice.reference) and choice.task in TASKS
    return named and demo.is_ready(choice.task, choice.reference)


def _value(value: float | bool) -> str:
    return say("yes" if value else "no") if isinstance(value, bool) else str(value)


def ask_model(only: str | None = None) -> None:
    """A form that loads another model, for one task only if it is given."""
    if only is None:
        st.markdown(f"##### {say('Load another model')}")
    if problem := st.session_state.pop("problem with models", ""):
        waiting.show_problem(problem)
    with st.form("load", border=False):
        reference = st.text_input(
            say("Model"),
            key="reference",
            help=say(
                "A folder on the machine that Sidelight runs on, a Hugging Face model id, or, for a "
                "generator, a .gguf file. Only safetensors are read, and no code of the model's own is run."
            ),
        )
        with st.container(horizontal=True, vertical_alignment="bottom"):
            task = only or st.segmented_control(
                say("Task"),
                list(TASKS),
                default=next(iter(TASKS)),
                required=True,
                format_func=lambda one: told(TASKS[one].title),
            )
            precision = st.selectbox(say("Precision"), PRECISIONS, width=160)
            pressed = st.form_submit_button(say("Load"), type="primary")
    if pressed:
        try:
            if not reference.strip():
                raise RefusedError("Name a folder or a model id.")
            check(reference.strip(), str(task), precision)
        except ValueError as error:
            waiting.show_problem(str(error))
            return
        if _start(Choice(reference.strip(), session.chosen().device, precision, str(task))):
            st.rerun()


def _start(choice: Choice) -> bool:
    """Whether a model is there or begins to be loaded; where there is no room for it, that is said."""
    try:
        session.supervisor(choice)
    except FleetError as error:
        waiting.show_problem(str(error))
        return False
    return True
