"""The page Compare for two generators: one prompt, one continuation, before and after."""

from __future__ import annotations

from functools import partial

import streamlit as st
from sidelight.dashboard import address, generation, session, waiting
from sidelight.dashboard.exports.comparison import tokens_to_csv
from sidelight.dashboard.files import offer_files
from sidelight.dashboard.generation import Looked
from sidelight.dashboard.markup import markdown_text, shown
from sidelight.dashboard.reproduce import show_code
from sidelight.dashboard.views import written_shift
from sidelight.dashboard.views.naming import method_name, quoted
from sidelight.dashboard.wording import listed, say
from sidelight.dashboard.workers.fleet import by_name
from sidelight.dashboard.workers.supervisor import Starting, Unavailable
from sidelight.dashboard.written import Question, chosen_pieces, show_texts, targets_asked
from sidelight.explain.comparison import Column
from sidelight.explain.focus import focused, output_pieces, targets_at
from sidelight.explain.joining import join
from sidelight.explain.methods import METHODS, request
from sidelight.explain.report import Report
from sidelight.explain.written_shift import counterparts, same_written, token_shifts
from sidelight.models.demo import Preparing
from sidelight.models.inputs import MOST_NEW_TOKENS, Prompt, Sampling
from sidelight.models.prediction import Prediction

from . import attention_shift, comparison_page, remembered
from .code import code_of_writing, reports_of_writing
from .pair import KEPT, ask_pair
from .shift_inputs import ask_method
from .writing_shift import Targets, WritingShift

Both = tuple[Report, Report]
FIRST = "What is the capital of France?"


def show_prompt() -> None:
    """The inputs, and what there is of the comparison."""
    state: WritingShift = st.session_state.setdefault("writing shift", WritingShift())
    _follow(state)
    st.caption(say("What training changed in a generator: one prompt and one continuation for both models."))
    models = ask_pair("generate")
    prompt, method = _ask_prompt()
    pressed = st.button(say("Compare"), type="primary", disabled=models is None, key="compare written")
    remembered.show_lost(state, pressed=pressed)
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
        st.button(say("Stop"), key="stop written", on_click=state.stop)
        _look_again(state)
        return
    if (written := state.written) and state.choices:
        remembered.keep(state, partial(session.history().keep_written, state.choices, written))
        _show(state, written.reports)
    address.name_shift(state.entry)


def _follow(state: WritingShift) -> None:
    """Opens the comparison of the history that the address asks for, and fills in what was asked."""
    found = remembered.opened(state, session.history().open_written)
    if found is None:
        return
    choices, written, entry = found
    try:
        models = session.supervisor(choices[0]), session.supervisor(choices[1])
    except ValueError as error:  # there is no room for them now
        waiting.show_problem(str(error))
        return
    state.adopt(models, written, entry)
    prompt = written.prompts[0]
    st.session_state["compared prompt"] = prompt.text
    st.session_state["compared continuation"] = prompt.continuation if isinstance(prompt.continuation, str) else ""
    st.session_state["new tokens compared"] = prompt.sampling.max_new_tokens
    st.session_state["template compared"] = prompt.template


def _ask_prompt() -> tuple[Prompt, str]:
    """The prompt with its continuation, and the method."""
    st.session_state.setdefault("compared prompt", FIRST)
    left, right = st.columns(2)
    text = left.text_area(say("The prompt"), key="compared prompt", height=90, **KEPT)
    given = right.text_area(
        say("The continuation; empty: the first model writes it"), key="compared continuation", height=90, **KEPT
    )
    method = ask_method("prompt_method")
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        most = st.number_input(
            say("New tokens, at most"), 1, MOST_NEW_TOKENS, 20, key="new tokens compared", width=190, **KEPT
        )
        template = st.toggle(
            say("Chat template"),
            True,
            key="template compared",
            help=say("Puts the prompt into the form of a conversation that the model was trained on."),
            **KEPT,
        )
    return Prompt(str(text), Sampling(int(most)), str(given) if given else None, bool(template)), method


@st.fragment(run_every=waiting.SECONDS_BETWEEN_LOOKS)
def _look_again(state: WritingShift) -> None:
    state.advance()
    if not state.busy:
        st.rerun()
    for choice in state.choices or ():
        model = session.supervisor(choice).model
        if isinstance(model, Starting | Preparing):
            waiting.show_loading(model)
            return
    jobs = state.jobs
    progress = jobs[-1].status.progress
    stage = method_name(progress.stage) if progress and progress.stage in METHODS else say("Reading the text …")
    share = progress.done / progress.total if progress and progress.total else 0.0
    text = say("{stage} · {done} of {total} done", stage=stage, done=len(jobs) - 1, total=2)
    st.progress(min((len(jobs) - 1 + share) / 2, 1.0), markdown_text(text))


def _show(state: WritingShift, reports: Both) -> None:
    """What was written, the columns over the prompt for the chosen words, every token, the heads' shifts, the files."""
    if state.choices is None or state.question is None:
        return
    names = list(by_name(list(state.choices)))
    titles = names[0], names[-1]
    alike = same_written(reports[0].predictions[0], reports[1].predictions[0])
    if not alike:
        st.warning(
            say(
                "The models write this continuation as different tokens, so these can't be compared one by "
                "one; choose two models with one tokenizer."
            )
        )
    looked = _choose(reports, state.question.prompt, titles)
    targets = looked.targets, _same_targets(reports, looked)
    if _ask_more(state, looked, targets):
        st.rerun()
    if targets[1] and (columns := _columns(reports, targets, titles)):
        comparison_page.draw(columns)
    if alike:
        tokens = token_shifts(*reports)
        st.caption(f"**{say('The written tokens')}**")
        st.html(written_shift.draw(tokens, st.context.theme.type == "dark").body)
        comparison_page.offer_table("tokens", partial(tokens_to_csv, tokens))
    attention_shift.show_shift(*reports, titles, reports_of_writing(state.choices, state.question))
    offer_files(join(reports))
    show_code(code_of_writing(state.choices, state.question), "writing", say("Makes this report again."))


def _choose(reports: Both, prompt: Prompt, titles: tuple[str, str]) -> Looked:
    """The text that was written, to be clicked, and what the chosen words of it are held against."""
    prediction, text = reports[0].predictions[0], st.container()
    pieces = output_pieces(prediction)
    asked = targets_asked(prediction, pieces, Question(*chosen_pieces(prediction, pieces), None))
    looked = _choose_foil(reports, asked)
    _show_lacking(reports, asked, prompt, titles)
    own, dark = next(iter(reports[0].attributions), None), st.context.theme.type == "dark"
    with text:
        show_texts(prediction, pieces, own, looked.question or Question(), [], may_hide=False, dark=dark)
        st.caption(
            say(
                "Point at a written word to see what of the prompt caused it; click to choose it, Shift and "
                "click for a span. The stronger its underline, the less sure the model was."
            )
        )
    return looked


def _choose_foil(reports: Both, asked: Targets) -> Looked:
    """The foil, out of those about which both models are asked alike."""
    mine, theirs = (report.predictions[0] for report in reports)
    if counterparts(mine, theirs, asked) is None:
        st.caption(
            say(
                "What is chosen is not one token in both models: no single word can be held against it, only "
                "all others."
            )
        )
        return generation.choose_question(mine, 0, may_ask=False, offered=())
    foils = (index for target in asked for index in mine.foils_of(target))
    return generation.choose_question(
        mine, 0, may_ask=True, offered=[index for index in foils if counterparts(mine, theirs, [index])]
    )


def _show_lacking(reports: Both, asked: Targets, prompt: Prompt, titles: tuple[str, str]) -> None:
    """Which model has more than one token for a foil that was typed."""
    mine, theirs = (report.predictions[0] for report in reports)
    other = counterparts(mine, theirs, asked)
    if len(asked) != 1 or other is None:
        return
    known = (titles[0], _foils_at(mine, asked[0])), (titles[1], _foils_at(theirs, other[0]))
    for place, foil in prompt.foils:
        lacking = [shown(title) for title, foils in known if str(foil).strip() not in foils]
        if mine.placed[place] == asked[0] and lacking and isinstance(foil, str):
            st.warning(
                markdown_text(
                    say(
                        "{foil} is not one token in {models}, so that both models can't be asked alike about it; "
                        "type a word that is one token in each of them.",
                        foil=quoted(str(foil)),
                        models=listed(lacking),
                    )
                )
            )


def _foils_at(prediction: Prediction, target: int) -> set[str]:
    """The texts of a written token's foils."""
    foils = (prediction.targets[index].against for index in prediction.foils_of(target))
    return {foil.text.strip() for foil in foils if foil}


def _same_targets(reports: Both, looked: Looked) -> Targets:
    """Where the second model was asked the same; nowhere if it has not the same words."""
    mine, theirs = (report.predictions[0] for report in reports)
    found = counterparts(mine, theirs, looked.targets)
    words, others = output_pieces(mine), output_pieces(theirs)
    if found is not None or looked.question is None or [word.text for word in words] != [word.text for word in others]:
        return found or ()
    chosen = others[looked.question.first : looked.question.last + 1]
    return targets_at(theirs, [position for piece in chosen for position in piece.tokens])


def _ask_more(state: WritingShift, looked: Looked, targets: tuple[Targets, Targets]) -> bool:
    """Asks both models for what is looked at and not known yet; says whether there was need to."""
    try:
        if looked.typed:
            generation.forget_typed()
            state.contrast(looked.typed)
            return True
        return state.complete(targets)
    except ValueError as error:
        waiting.show_problem(str(error))
        return False


def _columns(reports: Both, targets: tuple[Targets, Targets], titles: tuple[str, str]) -> list[Column]:
    """Both models over the prompt, for the chosen words."""
    narrow = [focused(report, 0, own) for report, own in zip(reports, targets, strict=True)]
    return [Column(shown(title), one, 0, 0) for title, one in zip(titles, narrow, strict=True) if one.attributions]
