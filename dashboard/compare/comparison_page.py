"""The page Compare below its inputs: how far the models are, and what is compared."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import streamlit as st
from sidelight.dashboard import offer, session, waiting
from sidelight.dashboard.cost import cost_text, guessed
from sidelight.dashboard.exports.comparison import to_csv
from sidelight.dashboard.files import offer_files
from sidelight.dashboard.links import offer_links
from sidelight.dashboard.markup import markdown_text, shown
from sidelight.dashboard.reproduce import show_code
from sidelight.dashboard.views import comparison, comparison_summary, comparison_texts
from sidelight.dashboard.views.naming import method_name
from sidelight.dashboard.wording import listed, say, told, unit_noun
from sidelight.dashboard.workers.messages import Loaded
from sidelight.dashboard.workers.supervisor import PATIENCE, Starting, Supervisor, Unavailable
from sidelight.explain.comparison import Column, compare
from sidelight.explain.joining import join
from sidelight.explain.methods import METHODS, request
from sidelight.models.demo import Preparing
from sidelight.models.message import Message

from . import attention_shift, comparison_inputs, kept, remembered
from .chosen import FIRST, Chosen, Input, Item, label_options
from .code import code_of_texts, reports_of_text
from .comparing import Comparing

TABLE_TITLES = {"comparison": Message("CSV of this comparison"), "tokens": Message("CSV of these tokens")}


def show_texts() -> None:
    """A text or a few in columns, and by how much the heads of two models shifted on one of them."""
    state = comparing()
    linked = kept.follow(state)
    texts, pressed = comparison_inputs.ask_texts()
    offered = st.container()
    chosen = comparison_inputs.ask_columns(texts)
    with offered:
        offer.offer_for(texts[0], next(iter(chosen.models.values()), session.choice_now()), "compare")
    remembered.show_lost(state, pressed=pressed)
    loaded = all(isinstance(session.supervisor(choice).model, Loaded) for choice in chosen.models.values())
    try:
        items = chosen.items()
        if pressed or linked or (loaded and not state.asked):
            state.ask(items)
    except ValueError as error:
        waiting.show_problem(str(error))
        return
    show_state(state, chosen, items)
    show_comparison(state, items)
    inputs = list(dict.fromkeys(item.input for item in items))
    kept.keep(state, inputs)
    _show_attention(state, chosen)
    _offer_files(state, chosen, inputs)


def _show_attention(state: Comparing, chosen: Chosen) -> None:
    """The attention of the first model and another one on the first text."""
    if len(chosen.models) < 2:
        return
    first, *others = chosen.models
    other = others[0] if len(others) == 1 else str(_ask_other(first, others))
    about = [Input(chosen.models[name], chosen.texts[0], chosen.units[0]) for name in (first, other)]
    before, after = (state.report(one) for one in about)
    if before and after and not state.busy:
        made = reports_of_text((about[0].choice, about[1].choice), chosen.texts[0], chosen.units[0])
        attention_shift.show_shift(before, after, (first, other), made)


def _ask_other(first: str, others: Sequence[str]) -> str | None:
    return st.segmented_control(
        say("Attention of {model} and", model=shown(first)),
        others,
        default=others[0],
        required=True,
        format_func=lambda name: markdown_text(shown(name)),
        key="attention of",
    )


def _offer_files(state: Comparing, chosen: Chosen, inputs: Sequence[Input]) -> None:
    """The reports that the columns are taken from as one, a link back, and the code."""
    reports = [report for one in inputs if (report := state.report(one)) and report.attributions]
    if not reports:
        return
    offer_files(join(reports))
    with st.container(horizontal=True):
        offer_links(chosen.texts)
        show_code(code_of_texts(inputs, chosen.methods), "columns", say("Makes this report again."))


def comparing() -> Comparing:
    """What this session compares."""
    kept: Comparing = st.session_state.setdefault("comparing", Comparing())
    return kept


def show_state(state: Comparing, chosen: Chosen, items: Sequence[Item]) -> None:
    """What went wrong, and a line that says how far the models are, or what is missing. While something is going on
    it looks again by itself.
    """
    supervisors = {name: session.supervisor(choice) for name, choice in chosen.models.items()}
    state.advance()
    offered = set()
    for supervisor in supervisors.values():
        if isinstance(gone := supervisor.model, Unavailable):
            waiting.offer_restart(supervisor, gone)
            offered.add(gone.message)
    for problem in state.problems:
        if problem not in offered:
            waiting.show_problem(problem)
    for name, supervisor in supervisors.items():
        if isinstance(supervisor.model, Loaded):
            _show_absent(name, supervisor.model, chosen.labels or _looked_at(state, items))
    with st.container(height=waiting.HEIGHT, border=False):  # always, so that nothing below it moves
        if state.busy or any(isinstance(one.model, Starting | Preparing) for one in supervisors.values()):
            with st.container(horizontal=True, vertical_alignment="center"):
                with st.container():
                    _look_again(state, supervisors, _moment(state, supervisors))
                # Not in the fragment: a click in one that the next run of the page replaces is lost.
                if state.busy:
                    st.button(say("Stop"), key="stop comparing", on_click=state.stop, args=(2 * PATIENCE,))
        else:
            _show_missing(state, items)


def _show_missing(state: Comparing, items: Sequence[Item]) -> None:
    made = {column.title for column in state.columns(items)}
    missing = [item for item in items if state.can_have(item, items) and item.title not in made]
    if missing:
        titles = listed([item.title for item in missing])
        st.caption(
            markdown_text(say("Not computed yet: {titles}; {cost}. Press Compare.", titles=titles, cost=_cost(missing)))
        )


def _cost(items: Sequence[Item]) -> str:
    """What these columns will cost together; seconds at the pace of the slowest of their models."""
    asked = dict.fromkeys((item.input, item.method) for item in items)
    sizes = [(request(method), guessed(about.text, about.unit, None)) for about, method in asked]
    paces = [session.supervisor(item.input.choice).seconds_per_token for item in items]
    known = [pace for pace in paces if pace is not None]
    return cost_text(sizes, max(known) if len(known) == len(paces) else None)


def _looked_at(state: Comparing, items: Sequence[Item]) -> tuple[str, ...]:
    """The label that all columns are about where none was chosen, once it is known."""
    predicted = state.predicted(items)
    return (predicted,) if predicted else ()


def _show_absent(name: str, model: Loaded, labels: Sequence[str]) -> None:
    if not model.labels:
        st.caption(
            markdown_text(
                say(
                    "{model} has no head that was trained to answer, so only attention is compared. To compare "
                    "answers, give the first checkpoint of its fine-tuning (--keep-checkpoints) instead.",
                    model=shown(name),
                )
            )
        )
        return
    absent = [shown(label) for label in labels if label not in label_options(model.labels)]
    if absent:
        st.warning(
            markdown_text(say("{model} does not know the label {labels}.", model=shown(name), labels=listed(absent)))
        )


def _moment(state: Comparing, supervisors: dict[str, Supervisor]) -> tuple[object, ...]:
    return (*state.shown(), *(type(one.model) for one in supervisors.values()))


@st.fragment(run_every=waiting.SECONDS_BETWEEN_LOOKS)
def _look_again(state: Comparing, supervisors: dict[str, Supervisor], drawn: tuple[object, ...]) -> None:
    state.advance()
    if _moment(state, supervisors) != drawn:
        st.rerun()
    for name, supervisor in supervisors.items():
        if isinstance(supervisor.model, Starting | Preparing):
            st.caption(markdown_text(shown(name)))
            waiting.show_loading(supervisor.model)
            return
    _show_progress(state)


def _show_progress(state: Comparing) -> None:
    """One line for all that is being made."""
    done, total = state.done
    running = next((job.status.progress for job in state.jobs if job.status.progress), None)
    share = running.done / running.total if running and running.total else 0.0
    stage = method_name(running.stage) if running and running.stage in METHODS else say("Reading the text …")
    text = say("{stage} · {done} of {total} done", stage=stage, done=done, total=total)
    st.progress(min((done + share) / max(total, 1), 1.0), markdown_text(text))


def show_comparison(state: Comparing, items: Sequence[Item]) -> None:
    """What there is to compare; a saved example before there is anything."""
    columns = state.columns(items)
    for notice in state.notices(items):
        st.warning(markdown_text(told(notice)))
    if columns:
        draw(columns)
    elif state.busy:
        st.skeleton(400)
    else:
        st.caption(say("a saved example"))
        draw(_saved())


def _saved() -> list[Column]:
    """Two methods of the saved example."""
    report = session.saved_example("classify")
    if report is None:
        return []
    made = [one.method for one in report.attributions]
    target = report.predictions[0].predicted
    return [Column(method_name(name), report, made.index(name), target) for name in FIRST]


def draw(columns: Sequence[Column]) -> None:
    """The texts with what differs beside them, and the table."""
    compared, dark = compare(columns), st.context.theme.type == "dark"
    left, right = st.columns([13, 7], gap="large")
    with left:
        st.html(comparison_texts.draw(compared, dark).body)
    if len(columns) > 1:
        with right:
            st.caption(f"**{say('What differs')}**")
            st.html(comparison_summary.draw(compared, dark).body)
    st.caption(f"**{say('The same {units} side by side', units=unit_noun(comparison.unit_of(compared), 2))}**")
    st.html(comparison.draw(compared, dark).body)
    offer_table("comparison", partial(to_csv, compared))


def offer_table(name: str, write: Callable[[], bytes]) -> None:
    """A button that takes the comparison or the tokens away, and not the report, of which there is a table, too."""
    file = f"sidelight-{name}.csv"
    st.download_button(say(TABLE_TITLES[name]), write, file, "text/csv", key=f"download {name}", on_click="ignore")
