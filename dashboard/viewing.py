"""A view on the page: its head with the code that draws it again, and the drawing, or why there is none."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import streamlit as st
from plotly.graph_objects import Figure
from sidelight.explain.report import Report

from .markup import Html, fragment, markdown_text, render
from .reproduce import Recipe, keep_room_for_code, offer_code
from .views import VIEWS, Selection, Values, alt_text, plotly_config, take_title, why_empty
from .wording import say, told

MOST_CELLS = 10_000  # of a table; more are shown in a grid that draws only what is in sight


def show_views(place: str, report: Report, selection: Selection, recipe: Recipe | None) -> None:
    """All views of one place on the page."""
    for name, view in VIEWS.items():
        if view.place == place:
            show_view(name, report, selection, recipe)


def show_view(name: str, report: Report, selection: Selection, recipe: Recipe | None) -> None:
    """One view, or the reason why it draws nothing.

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
        st.error(markdown_text(say("{view} can't be drawn ({problem}).", view=view.title, problem=problem)))
        return
    match drawing:
        case Figure() as figure:
            _draw(name, figure, partial(_offer_tools, name, report, selection, recipe))
        case Html(body, height, scripted=True):
            with _panel(name, view.title, "", partial(_offer_tools, name, report, selection, recipe)):
                st.iframe(body, height=height or "content", alt=view.title)
        case Html(body):
            with _panel(name, view.title, view.help, partial(_offer_tools, name, report, selection, recipe)):
                st.html(body)
        case None:
            reason = why_empty(report, selection, name)
            if view.room and selection.coming:
                with st.container(key=f"panel_{name}"):
                    st.skeleton(view.room(report, selection))
            elif reason or view.place == "tab":
                st.caption(markdown_text(reason or say("There is nothing to draw here yet.")))


def show_chart(key: str, figure: Figure, find: Callable[[], Values]) -> None:
    """A figure that is no view, with what finds its numbers."""
    _draw(key, figure, partial(_offer_values, key, find, st.context.theme.type == "dark"))


def _draw(key: str, figure: Figure, offer_tools: Callable[[], None]) -> None:
    """A figure with its title above it, where it wraps and no toolbar covers it."""
    title, note = take_title(figure)
    with _panel(key, title, "", offer_tools):
        if note:
            st.caption(markdown_text(note))
        st.plotly_chart(
            figure,
            key=key,
            theme=None,
            config=plotly_config(),
            alt=f"{alt_text(figure)} {say('The button Values above opens them as a table.')}",
        )


@contextmanager
def _panel(key: str, title: str, help_text: str, offer_tools: Callable[[], None]) -> Iterator[None]:
    with st.container(key=f"panel_{key}"):
        with st.container(horizontal=True, horizontal_alignment="distribute", gap="small", wrap=False):
            st.caption(f"**{markdown_text(title)}**", help=help_text or None)
            st.space("stretch")
            offer_tools()
        yield


def _offer_tools(name: str, report: Report, selection: Selection, recipe: Recipe | None) -> None:
    if find := VIEWS[name].values:
        _offer_values(name, partial(find, report, selection), selection.dark)
    if recipe:
        offer_code(recipe, name, selection)
    else:
        keep_room_for_code(name)


def _offer_values(key: str, find: Callable[[], Values | None], dark: bool) -> None:
    """The numbers of a figure in a table, for keyboards and screen readers; made when it is opened."""
    popover = st.popover(say("Values"), type="tertiary", key=f"values_{key}", on_change="rerun")
    if not (popover.open and (found := find())):
        return
    with popover:
        if found.count <= MOST_CELLS:
            st.html(fragment(render("values.html.jinja", values=found), dark).body)
        else:
            rows = [dict(zip(_columns(found), (row, *texts), strict=True)) for row, texts in found.rows]
            st.dataframe(rows, hide_index=True)


def _columns(found: Values) -> list[str]:
    """Names that differ, for a grid that takes no others."""
    return [found.corner, *(f"{place}. {name}" for place, name in enumerate(found.columns, 1))]
