"""A report on the page: what was predicted, every view of it, where it comes from, and its files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import streamlit as st
from sidelight.explain.focus import focused
from sidelight.explain.methods import METHODS
from sidelight.explain.report import Report
from sidelight.explain.requested import ALL_OF
from sidelight.models.prediction import Prediction
from streamlit.delta_generator import DeltaGenerator

from . import address, edits, generation
from .attention import show_attention
from .files import offer_files
from .generation import Looked
from .markup import fragment, markdown_text, render, shortened, shown
from .palette import percent
from .reproduce import Recipe, offer_code
from .text import show_text
from .viewing import show_view, show_views
from .views import VIEWS, Selection
from .views.naming import answer_text, hiding_text, label_names, method_name, method_titles, numbered, settings_text
from .visitor import Visitor
from .wording import key_of, say, told
from .workers.messages import Work

MOST_ANSWERS = 6
MOST_BUTTONS = 6  # labels; more are chosen from a list


def show_report(
    report: Report,
    visitor: Visitor,
    source: str = "",
    expected: Sequence[str] = (),
    *,
    may_ask: bool = False,
    made_by: Work | None = None,
) -> Looked:
    """Everything about one report.

    Args:
        report: what to show.
        visitor: whose page this is.
        source: where the report comes from, if it was not made just now.
        expected: the methods it will have when it is finished, so that the choice among them does not grow.
        may_ask: whether the model that made it can be asked for what the report does not hold.
        made_by: what was asked for it, where that is known.

    Returns:
        What the viewer looks at.
    """
    place = _choose_prediction(report)
    prediction = report.predictions[place]
    for notice in report.provenance.notices:
        st.warning(markdown_text(told(notice)))
    left, right = st.columns([13, 7], gap="large")
    dark = st.context.theme.type == "dark"
    coming = _coming(report, place, expected)
    with left:
        if prediction.written:
            text, choices = st.container(), _choices()
            with choices:
                method = _choose_method(report, place, coming)
                looked = generation.choose_question(prediction, place, may_ask)
            narrow = focused(report, place, looked.targets)
            with text:
                generation.show_question(visitor, report, looked, narrow, method, source, dark)
            selection = Selection(0, 0, _place_in(report, looked, method), coming=coming, dark=dark)
        else:
            _show_answers(prediction, source, dark)
            choices = _choices()
            with choices:
                looked = Looked(place, (_choose_target(prediction),))
                method = _choose_method(report, place, coming)
            show_text(visitor, report, place, looked.targets[0], method)
            narrow, selection = report, Selection(place, looked.targets[0], method, coming=coming, dark=dark)
        recipe = _recipe(visitor, made_by, prediction, looked)
        if recipe:
            with choices:
                offer_code(recipe, "words", selection)
        show_views("text", narrow, selection, recipe)
    whole = Selection(place, looked.targets[0], method, coming=coming, dark=dark)
    with right:
        show_views("side", narrow, selection, recipe)
        offer_files(report, place)
        with st.container(horizontal=True):
            address.offer_links(visitor)
            if recipe:
                offer_code(recipe)
    with st.container(key="tabs"):
        _show_tabs(visitor, (narrow, selection), (report, whole), recipe)
    return looked


def _choices() -> DeltaGenerator:
    return st.container(key="choices", horizontal=True, gap="medium", vertical_alignment="bottom")


def _coming(report: Report, place: int, expected: Sequence[str]) -> tuple[str, ...]:
    made = [one.method for one in report.attributions_of(place)]
    return tuple(name for name in expected if name not in made)


def _recipe(visitor: Visitor, made_by: Work | None, prediction: Prediction, looked: Looked) -> Recipe | None:
    """How the report is made again, the answers that are looked at among those that are explained."""
    if made_by is None:
        return None
    targets = looked.targets if len(prediction.targets) > ALL_OF else made_by.targets
    focus = looked.targets if prediction.written else ()
    return Recipe(visitor.supervisor.choice, replace(made_by, targets=targets), focus)


def _place_in(report: Report, looked: Looked, method: int | None) -> int | None:
    """The place of an attribution among those that cover what is looked at; past them if it does not."""
    if method is None:
        return None
    covers = [all(map(one.covers, looked.targets)) for one in report.attributions_of(looked.prediction)]
    return sum(covers[:method]) if covers[method : method + 1] == [True] else len(covers)


def _choose_prediction(report: Report) -> int:
    if len(report.predictions) == 1:
        return 0
    names = [shortened(shown(one.segments[0]), 80) for one in report.predictions]
    if len({one.model for one in report.predictions}) > 1:
        names = [f"{name} · {shown(one.model)}" for name, one in zip(names, report.predictions, strict=True)]
    numbered = [f"{place}. {name}" for place, name in enumerate(names, 1)]
    return int(st.selectbox(say("input_title"), range(len(names)), format_func=numbered.__getitem__, key="input"))


def _show_answers(prediction: Prediction, source: str, dark: bool) -> None:
    names = label_names(prediction)
    order = sorted(range(len(names)), key=lambda index: -prediction.targets[index].score)
    shares = [prediction.targets[index].probability for index in order]
    rows = [
        {"name": names[index], "share": share, "text": percent(share), "chosen": index == order[0]}
        for index, share in zip(order, shares, strict=True)
        if share is not None
    ]
    first = prediction.targets[order[0]]
    content = render(
        "answers.html.jinja",
        name=names[order[0]],
        answer=answer_text(first),
        source=shown(source) if source else "",
        rows=rows[:MOST_ANSWERS],
        more=len(rows) - MOST_ANSWERS,
    )
    st.html(fragment(content, dark).body)


def _choose_target(prediction: Prediction) -> int:
    names = label_names(prediction)
    if len(names) == 1:
        return 0
    predicted = names[prediction.predicted]
    # The choice follows the model's answer to another text; on one text it stays as it was made.
    about = (prediction.segments, names, predicted)
    if st.session_state.setdefault("label of", about) != about:
        st.session_state["label of"] = about
        st.session_state.label = predicted
    if len(names) > MOST_BUTTONS:
        chosen = st.selectbox(say("label"), names, prediction.predicted, key="label", bind="query-params")
    else:
        chosen = st.segmented_control(
            say("label"),
            names,
            required=True,
            default=predicted,
            format_func=markdown_text,
            key="label",
            bind="query-params",
            wrap=True,
        )
    return names.index(str(chosen))


def _choose_method(report: Report, place: int, coming: Sequence[str]) -> int | None:
    """The position of an attribution: of one that is there, or of one of the methods still to come, in their order."""
    attributions = report.attributions_of(place)
    names = [*(one.method for one in attributions), *coming]
    if not names:
        return None
    titles = [*method_titles(attributions), *map(method_name, coming)]
    options = numbered(names)
    usual = options[min(range(len(names)), key=lambda position: _rank(names[position]))]
    address.choose("method", options, "method_of_link", method_name)
    chosen = st.segmented_control(
        say("method"),
        options,
        required=True,
        default=usual,
        format_func=lambda option: markdown_text(titles[options.index(option)]),
        key="method",
        persist_state="session",
        wrap=True,
    )
    address.name_choice("method", None if chosen == usual else chosen)
    return options.index(str(chosen))


def _rank(name: str) -> tuple[bool, bool]:
    """As `most_telling`, but of methods still to come too, so that the choice stays when they have come."""
    method = METHODS.get(name)
    return not (method and method.additive), not (method and method.signed)


def _open_tab(written: bool) -> str | None:
    """The key of the open tab's title, whichever language it was opened in."""
    keys = ["edited", *(f"view_{name}" for name, view in VIEWS.items() if view.place == "tab"), "how_made"]
    return key_of(st.session_state.get(f"tab {written}"), keys)


def _show_tabs(
    visitor: Visitor, narrow: tuple[Report, Selection], whole: tuple[Report, Selection], recipe: Recipe | None
) -> None:
    """What an edit changed, the views in tabs, and how the report was made: of what is looked at, or of everything."""
    written = bool(whole[1].prediction_in(whole[0]).written)
    views = {name: view for name, view in VIEWS.items() if view.place == "tab" and (written or not view.whole)}
    titles = [*(view.title for view in views.values()), say("how_made")]
    if not written:
        titles.insert(0, say("edited"))
    if opened := _open_tab(written):
        st.session_state[f"tab {written}"] = say(opened)  # its title in the language of now
    tabs = list(st.tabs(titles, on_change="rerun", key=f"tab {written}"))
    if not written and (first := tabs.pop(0)).open:
        with first:
            edits.show_edit(visitor, *whole)
    for (name, view), tab in zip(views.items(), tabs[:-1], strict=True):
        if tab.open:
            with tab:
                st.caption(view.help)
                report, selection = whole if view.whole else narrow
                if name == "attention_map":
                    show_attention(report, selection, recipe)
                else:
                    show_view(name, report, selection, recipe)
    if tabs[-1].open:
        with tabs[-1]:
            _show_making(*whole)


def _show_making(report: Report, selection: Selection) -> None:
    attributions = report.attributions_of(selection.prediction)
    runs = [
        {
            say("method"): title,
            say("settings"): settings_text(one) or "–",
            say("hiding"): hiding_text(one.hiding, one.prediction.unit) or say("hides_nothing"),
            say("precision"): shown(one.precision),
            say("calls"): one.calls,
            say("seconds"): one.seconds,
        }
        for title, one in zip(method_titles(attributions), attributions, strict=True)
    ]
    if runs:
        st.dataframe(runs, hide_index=True)
    made = report.provenance
    lines = [
        say("made_on", date=made.created),
        f"{say('seed')} {made.seed}",
        _pairs(made.versions),
        *(f"{model}: {say('weights')} {digest}" for model, digest in made.weights.items()),
    ]
    st.text("\n".join(map(shown, lines)))


def _pairs(named: Mapping[str, object]) -> str:
    return shown(", ".join(f"{name} {value}" for name, value in named.items())) if named else "–"
