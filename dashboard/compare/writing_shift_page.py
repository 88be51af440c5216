"""The page Compare for two generators: one prompt, one continuation, before and after."""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st
from sidelight.dashboard import session, waiting
from sidelight.dashboard.exports.comparison import tokens_to_csv
from sidelight.dashboard.markup import markdown_text, shortened, shown
from sidelight.dashboard.views import written_shift
from sidelight.dashboard.views.naming import method_name, quoted
from sidelight.dashboard.wording import say
from sidelight.dashboard.workers.fleet import by_name, name_of
from sidelight.dashboard.workers.messages import Choice
from sidelight.dashboard.workers.supervisor import Starting, Unavailable
from sidelight.explain.comparison import Column
from sidelight.explain.focus import focused, output_pieces, targets_at
from sidelight.explain.methods import METHODS, request
from sidelight.explain.report import Report
from sidelight.explain.written_shift import same_written, token_shifts
from sidelight.models import check
from sidelight.models.demo import Preparing
from sidelight.models.prompt import MOST_NEW_TOKENS, Prompt, Sampling

from . import attention_shift, comparison_page
from .shift_inputs import ask_method, made_here
from .writing_shift import Pair, WritingShift

FIRST = "What is the capital of France?"
KEPT: dict[str, Any] = {"persist_state": "session"}


def show_prompt() -> None:
    """The inputs, and what there is of the comparison."""
    state: WritingShift = st.session_state.setdefault("writing shift", WritingShift())
    st.caption(say("prompt_help"))
    models = _ask_models()
    prompt, method = _ask_prompt()
    pressed = st.button(say("page_compare"), type="primary", disabled=models is None, key="compare written")
    if pressed and models:
        try:
            state.ask(models, prompt, request(method))
        except ValueError as error:
            waiting.show_problem(str(error))
            return
    state.advance()
    if models:
        for model in dict.fromkeys(models):
            if isinstance(gone := model.model, Unavailable):
                waiting.offer_restart(model, gone)
    if state.problem:
        waiting.show_problem(state.problem)
    if state.busy:
        st.button(say("stop"), key="stop written", on_click=state.stop)
        _look_again(state)
    if state.reports and not state.busy:
        _show(*state.reports, (name_of(state.choices[0]), name_of(state.choices[1])))


def _ask_models() -> Pair | None:
    """The two generators, each being loaded once it is asked."""
    known = by_name([*session.choices("generate").values(), *made_here("generate")])
    left, right = st.columns(2)
    chosen = _ask_model(left, "before", known, 0), _ask_model(right, "after", known, None)
    if chosen[0] is None or chosen[1] is None:
        st.caption(say("choose_two_models"))
        return None
    try:
        return session.supervisor(chosen[0]), session.supervisor(chosen[1])
    except ValueError as error:
        waiting.show_problem(str(error))
        return None


def _ask_model(place: Any, key: str, known: dict[str, Choice], first: int | None) -> Choice | None:
    typed = st.session_state.get(f"generator {key}")
    name = place.selectbox(
        say(key),
        list(dict.fromkeys([*known, *([typed] if typed else [])])),
        first,
        key=f"generator {key}",
        format_func=lambda one: shortened(shown(one), 60),
        accept_new_options=True,
        placeholder=say("choose_or_type_model"),
        help=say("reference_help"),
        **KEPT,
    )
    if not name:
        return None
    try:
        check(name.strip(), "generate", "float32")
    except ValueError as error:
        waiting.show_problem(str(error))
        return None
    return known.get(name) or Choice(name.strip(), session.chosen().device, task="generate")


def _ask_prompt() -> tuple[Prompt, str]:
    """The prompt with its continuation, and the method."""
    st.session_state.setdefault("compared prompt", FIRST)
    left, right = st.columns(2)
    text = left.text_area(say("prompt_label"), key="compared prompt", height=90, **KEPT)
    given = right.text_area(say("compared_continuation"), key="compared continuation", height=90, **KEPT)
    method = ask_method("generate", "method of the prompt")
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        most = st.number_input(
            say("most_new_tokens"), 1, MOST_NEW_TOKENS, 20, key="new tokens compared", width=190, **KEPT
        )
        template = st.toggle(
            say("chat_template"), True, key="template compared", help=say("chat_template_help"), **KEPT
        )
    return Prompt(str(text), Sampling(int(most)), str(given) if given else None, bool(template)), method


@st.fragment(run_every=waiting.SECONDS_BETWEEN_LOOKS)
def _look_again(state: WritingShift) -> None:
    state.advance()
    if not state.busy:
        st.rerun()
    for choice in state.choices:
        model = session.supervisor(choice).model
        if isinstance(model, Starting | Preparing):
            waiting.show_loading(model)
            return
    jobs = state.jobs
    progress = jobs[-1].status.progress
    stage = method_name(progress.stage) if progress and progress.stage in METHODS else say("reading_text")
    share = progress.done / progress.total if progress and progress.total else 0.0
    text = say("comparing_progress", stage=stage, done=len(jobs) - 1, total=2)
    st.progress(min((len(jobs) - 1 + share) / 2, 1.0), markdown_text(text))


def _show(before: Report, after: Report, titles: tuple[str, str]) -> None:
    """Every written token, the columns over the prompt for the chosen word, and the heads' shifts."""
    mine, theirs = before.predictions[0], after.predictions[0]
    dark = st.context.theme.type == "dark"
    if same_written(mine, theirs):
        tokens = token_shifts(before, after)
        st.html(written_shift.draw(tokens, mine.segments[1], dark).body)
        comparison_page.offer_table("sidelight-tokens.csv", partial(tokens_to_csv, tokens))
    else:
        st.warning(say("written_unlike"))
    words, others = output_pieces(mine), output_pieces(theirs)
    if [word.text for word in words] == [word.text for word in others] and words:
        chosen = st.segmented_control(
            say("word_explained"),
            range(len(words)),
            default=0,
            required=True,
            format_func=lambda place: markdown_text(quoted(words[place].text)),
            key=f"written word {hash(mine.segments)}",
            wrap=True,
        )
        columns = []
        for title, report, pieces in zip(titles, (before, after), (words, others), strict=True):
            narrow = focused(report, 0, targets_at(report.predictions[0], pieces[int(chosen or 0)].tokens))
            columns += [Column(shown(title), narrow, place, 0) for place in range(len(narrow.attributions[:1]))]
        if columns:
            comparison_page.draw(columns)
    attention_shift.show_shift(before, after, titles)
