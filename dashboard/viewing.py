"""A view on the page: its head with the code that draws it again, and the drawing, or why there is none."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st
from plotly.graph_objects import Figure
from sidelight.explain.report import Report

from .markup import Html, markdown_text
from .reproduce import Recipe, offer_code
from .views import PLOTLY_CONFIG, VIEWS, Selection, alt_text, past_cap, untitled
from .wording import say, told


def show_views(place: str, report: Report, selection: Selection, recipe: Recipe | None) -> None:
    """All views of one place on the page."""
    for name, view in VIEWS.items():
        if view.place == place:
            show_view(name, report, selection, recipe)


def show_view(name: str, report: Report, selection: Selection, recipe: Recipe | None) -> None:
    """One view; the reason where it draws nothing because there would be too much.

    Args:
        name: of the view.
        report: what it draws.
        selection: what of it is looked at.
        recipe: how the report is made again, where that is known.
    """
    view = VIEWS[name]
    if view.room:  # kept from the first, so that nothing moves when it is drawn
        st.html(f"<style>.st-key-panel_{name} {{ min-height: {view.room(report, selection)}px }}</style>")
    try:
        drawing = view.draw(report, selection)
    except Exception as error:  # one view that fails must not take the others with it
        traceback.print_exception(error)
        problem = f"{type(error).__name__}: {told(str(error))}"
        st.error(markdown_text(say("cannot_draw", view=view.title, problem=problem)))
        return
    match drawing:
        case Figure() as figure:
            show_figure(name, figure, selection, recipe)
        case Html(body, height, scripted=True):
            with _panel(name, view.title, "", selection, recipe):
                st.iframe(body, height=height or "content", alt=view.title)
        case Html(body):
            with _panel(name, view.title, view.help, selection, recipe):
                st.html(body)
        case None:
            reason = past_cap(report, selection, name)
            if view.room and selection.coming:
                with st.container(key=f"panel_{name}"):
                    st.skeleton(view.room(report, selection))
            elif reason or view.place == "tab":
                st.caption(markdown_text(reason or say("nothing_to_draw")))


def show_figure(name: str, figure: Figure, selection: Selection, recipe: Recipe | None) -> None:
    """A figure of a view, its title above it, where it wraps and no toolbar covers it."""
    title, note, plain = untitled(figure)
    with _panel(name, title, "", selection, recipe):
        if note:
            st.caption(markdown_text(note))
        st.plotly_chart(plain, key=name, theme=None, config=PLOTLY_CONFIG, alt=alt_text(figure))


@contextmanager
def _panel(name: str, title: str, help_text: str, selection: Selection, recipe: Recipe | None) -> Iterator[None]:
    with st.container(key=f"panel_{name}"):
        with st.container(horizontal=True, horizontal_alignment="distribute", gap="small", wrap=False):
            st.caption(f"**{markdown_text(title)}**", help=help_text or None)
            if recipe:
                offer_code(recipe, name, selection)
        yield
