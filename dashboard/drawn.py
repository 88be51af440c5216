"""What is drawn of a report below and beside its text: the views, the files, and how it was made."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st
from sidelight.explain.report import Report
from sidelight.explain.requested import with_missing
from sidelight.models.message import Message
from streamlit.delta_generator import DeltaGenerator

from . import edits
from .attention import show_attention, show_bertviz
from .clock import visitors_minute
from .exports.explained import Explained
from .files import offer_files
from .links import offer_links
from .markup import shown
from .notes import Subject
from .reproduce import Recipe, offer_code
from .viewing import show_view, show_views
from .views import VIEWS, Selection
from .views.naming import hiding_text, method_titles, pairs_text, settings_text
from .visitor import Visitor
from .wording import same_text, say

EDITED, HOW_MADE = Message("What an edit changed"), Message("How it was made")


@dataclass(frozen=True, slots=True)
class Drawn:
    """What the views draw.

    Args:
        narrow: what is looked at of a report; of a classification all of it.
        selection: what is selected in that.
        report: all of it.
        whole: what is selected in all of it.
        about: what notes on it are about.
        recipe: how it is made again, where that is known.
    """

    narrow: Report
    selection: Selection
    report: Report
    whole: Selection
    about: Subject
    recipe: Recipe | None

    @property
    def as_saved(self) -> Report:
        """All of it, with what is still missing."""
        return with_missing(self.report, self.recipe.work.requests) if self.recipe else self.report


def show_drawn(visitor: Visitor, drawn: Drawn, left: DeltaGenerator, right: DeltaGenerator) -> None:
    """All views of a report, in the column of its text, in the one beside it, and in tabs below; its files.

    Args:
        visitor: whose page this is.
        drawn: the report, and what is looked at.
        left: the column of the text.
        right: the column beside it.
    """
    with left, st.container(key="bars"):
        show_views("text", drawn.narrow, drawn.selection, drawn.recipe)
    with right, st.container(key="side"):
        show_views("side", drawn.narrow, drawn.selection, drawn.recipe)
        explained = Explained(drawn.whole, drawn.narrow, drawn.selection)
        offer_files(drawn.as_saved, drawn.whole.prediction, drawn.about, chosen=explained)
        with st.container(horizontal=True):
            offer_links(visitor.work.texts if visitor.work else (), kept=visitor.coming in (None, visitor.entry))
            if drawn.recipe:
                offer_code(drawn.recipe)
    with st.container(key="tabs"):
        _show_tabs(visitor, drawn)


def _open_tab(written: bool) -> str | None:
    """The key of the open tab's title, whichever language it was opened in."""
    keys = [EDITED, *(view.sentences[0] for view in VIEWS.values() if view.place == "tab"), HOW_MADE]
    return same_text(st.session_state.get(f"tab {written}"), keys)


def _show_tabs(visitor: Visitor, drawn: Drawn) -> None:
    """What an edit changed, the views in tabs, and how the report was made: of what is looked at, or of everything."""
    written = bool(drawn.whole.prediction_in(drawn.report).placed)
    views = {name: view for name, view in VIEWS.items() if view.place == "tab" and (written or not view.whole)}
    titles = [*(view.title for view in views.values()), say(HOW_MADE)]
    if not written:
        titles.insert(0, say(EDITED))
    opened, key = _open_tab(written), f"tab {written}"
    if opened and st.session_state[key] != say(opened):  # what is written here overrides a press that is on its way
        st.session_state[key] = say(opened)  # its title in the language of now
    tabs = list(st.tabs(titles, on_change="rerun", key=key))
    if not written and (first := tabs.pop(0)).open:
        with first:
            edits.show_edit(visitor, drawn.report, drawn.whole, drawn.recipe)
    for (name, view), tab in zip(views.items(), tabs[:-1], strict=True):
        if tab.open:
            with tab:
                st.caption(view.help)
                about = (drawn.report, drawn.whole) if view.whole else (drawn.narrow, drawn.selection)
                match name:
                    case "attention_map":
                        show_attention(*about, drawn.recipe)
                    case "bertviz_head" | "bertviz_model":
                        show_bertviz(name, *about, drawn.recipe)
                    case _:
                        show_view(name, *about, drawn.recipe)
    if tabs[-1].open:
        with tabs[-1]:
            _show_making(drawn.report, drawn.whole)


def _show_making(report: Report, selection: Selection) -> None:
    attributions = report.attributions_of(selection.prediction)
    runs = [
        {
            say("Method"): title,
            say("Settings"): settings_text(one) or "–",
            say("Hiding"): hiding_text(one.hiding, one.prediction.unit) or say("Hides nothing."),
            say("Precision"): shown(one.precision),
            say("Passes"): one.calls,
            say("Seconds"): one.seconds,
        }
        for title, one in zip(method_titles(attributions), attributions, strict=True)
    ]
    if runs:
        st.dataframe(runs, hide_index=True)
    made = report.provenance
    lines = [
        say("made on {date}", date=visitors_minute(report.created_of(selection.prediction))),
        f"{say('seed')} {made.seed}",
        pairs_text(made.versions),
        *(f"{model}: {say('weights, SHA-256')} {digest}" for model, digest in made.weights.items()),
    ]
    st.text("\n".join(map(shown, lines)))
