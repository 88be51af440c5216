"""What the page Fine-tune shows: the training that goes on, those that can go on, and the models that were made."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import streamlit as st
from sidelight.models.card import AnyCard, read_card
from sidelight.models.finetuning.request import Step, learns
from sidelight.models.message import Message
from sidelight.models.tasks import TASKS

from . import cards, navigation, session, waiting
from .markup import markdown_text, shown
from .palette import number, scheme
from .training_inputs import BEGUN
from .viewing import show_chart
from .views.training import accuracy_values, draw_accuracy, draw_loss, loss_values
from .wording import say, told
from .workers import training_folder
from .workers.messages import Choice
from .workers.training import Standing
from .workers.training_folder import BrokenOff

LOOK_EVERY = 1.0  # seconds
PROBLEM = "problem with a training"  # in the session


def refuse_strangers() -> None:
    """Ends the page where others than this machine's user can reach it: training fills its disk and its time."""
    if not session.is_private():
        st.caption(
            say(
                "Models can be fine-tuned here only where nobody but this machine's user reaches the app; "
                "use `sidelight finetune` instead."
            )
        )
        st.stop()


def show_training() -> None:
    """The training that is going on or was last, and buttons for it."""
    if problem := st.session_state.pop(PROBLEM, ""):
        waiting.show_problem(problem)
    standing = session.trainings().standing
    if standing is None:
        return
    with st.container(border=True, key="training"):
        # Once it is over nothing more comes; a page that draws itself again now and then can miss a press.
        st.fragment(_look, run_every=None if standing.over else LOOK_EVERY)(standing.state)
        with st.container(horizontal=True):  # not in the fragment, where a press can be lost
            if not standing.over:
                st.button(
                    say("Stop"),
                    key="stop training",
                    on_click=session.trainings().stop,
                    help=say("Ends the current step and keeps a checkpoint."),
                )
            else:
                if standing.state == "done":
                    _offer_use(training_folder.folder() / standing.name, standing.task)
                st.button(say("Put away"), key="put away", on_click=session.trainings().forget)


def _look(drawn: str) -> None:
    standing = session.trainings().standing
    if standing is None or standing.state != drawn:
        st.rerun()
    st.markdown(f"**{markdown_text(shown(standing.name))}**")
    _show_state(standing)
    if standing.losses or standing.points:
        _show_curves(standing)
    for notice in standing.notices:
        st.caption(markdown_text(told(notice)))
    if standing.card:
        _show_facts(standing.card)


def _show_state(standing: Standing) -> None:
    step = standing.step
    if standing.state == "failed":
        waiting.show_problem(standing.message)
    elif standing.state == "stopped":
        st.caption(say("Stopped. Where a checkpoint was written, the training can go on below."))
    elif standing.state == "done":
        st.caption(say("The model is ready."))
    elif step is None:
        if standing.preparing:
            waiting.show_loading(standing.preparing)
        else:
            st.progress(0.0, say("Reading the data and loading the base …"))
    else:
        st.progress(step.done / max(step.total, 1), _progress_text(standing, step))


def _progress_text(standing: Standing, step: Step) -> str:
    amount = say("{done} of {total}", done=f"{step.done:,}", total=f"{step.total:,}")
    if step.stage != "train":
        return say(
            {"read": Message("Reading the rows, {amount}"), "check": Message("Checking the held-out rows, {amount}")}[
                step.stage
            ],
            amount=amount,
        )
    return say(
        "Training, step {amount}, loss {loss}", amount=amount, loss="–" if step.loss is None else number(step.loss, 3)
    )


def _show_curves(standing: Standing) -> None:
    colours = scheme(st.context.theme.type == "dark")
    total = max([1, *(step for step, _ in standing.losses), *(point.step for point in standing.points)])
    if standing.step and standing.step.stage == "train":
        total = max(total, standing.step.total)
    losses, points = standing.losses, standing.points
    left, right = st.columns(2) if learns(standing.task) == "labels" else (st.container(), None)
    with left:
        show_chart("loss", draw_loss(losses, points, total, colours), partial(loss_values, losses, points))
    if right:
        with right:
            show_chart("accuracy", draw_accuracy(points, total, colours), partial(accuracy_values, points))


def _show_facts(card: AnyCard) -> None:
    cards.show_facts(list(cards.facts_of(card)), card)


def _offer_use(path: Path, task: str) -> None:
    if st.button(say("Use it"), key=f"use trained {path}", type="primary"):
        choice = Choice(str(path), session.chosen().device, task=task)
        try:
            session.supervisor(choice)
        except ValueError as error:
            waiting.show_problem(str(error))
            return
        st.session_state[TASKS[task].key] = next(
            shown_name for shown_name, one in session.choices(task).items() if one == choice
        )
        session.visitor(task)
        st.switch_page(navigation.page_of(task))


def show_made() -> None:
    """The trainings that can go on, and the models that were made on this page."""
    standing = session.trainings().standing
    above = standing.name if standing and (not standing.over or standing.card) else None
    broken_off = [one for one in training_folder.broken_off() if one.name != above]
    if broken_off:
        st.markdown(f"##### {say('Trainings that were broken off')}")
    for one in broken_off:
        with st.container(horizontal=True, vertical_alignment="center", border=True):
            _show_broken_off(one)
    for name in training_folder.under_way():
        if name != above:
            st.caption(
                markdown_text(
                    say("{name} is under way in another app; stop it there, or wait for it", name=shown(name))
                )
            )
    if made := [path for path in training_folder.finished() if path.name != above]:
        st.markdown(f"##### {say('Models fine-tuned here')}")
    for path in made:
        with st.container(border=True):
            try:
                card = read_card(path)
            except ValueError as error:
                waiting.show_problem(str(error))
                continue
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(f"**{markdown_text(shown(path.name))}**")
                st.space("stretch")
                _offer_use(path, card.task)
                st.button(say("Remove"), key=f"remove model {path.name}", on_click=_remove, args=[path.name])
            with st.expander(say("Card")):
                _show_facts(card)


def _show_broken_off(one: BrokenOff) -> None:
    where = (
        Message("{name}: checkpoint at step {step}")
        if one.step
        else Message("{name}: ended before its first checkpoint; it begins anew with the same data and settings")
    )
    if one.problem:
        where = Message("{name}: {problem}")
    st.markdown(markdown_text(say(where, name=shown(one.name), step=f"{one.step:,}", problem=shown(told(one.problem)))))
    if not one.problem:
        st.button(
            say("Go on" if one.step else "Begin anew"), key=f"resume {one.name}", on_click=_resume, args=[one.name]
        )
    elif one.step and one.task:
        _offer_use(one.checkpoint, one.task)
    st.button(say("Remove"), key=f"remove training {one.name}", on_click=_remove, args=[one.name])


def _remove(name: str) -> None:
    try:
        training_folder.remove(name)
    except ValueError as error:
        st.session_state[PROBLEM] = str(error)


def _resume(name: str) -> None:
    try:
        session.trainings().resume(name)
    except (ValueError, OSError) as error:
        st.session_state[PROBLEM] = str(error)
    else:
        st.session_state[BEGUN] = True
