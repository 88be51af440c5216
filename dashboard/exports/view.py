"""A view, or a comparison, as a page of its own."""

from __future__ import annotations

from pathlib import Path

from plotly.graph_objects import Figure
from sidelight.dashboard.markup import Markup, render
from sidelight.dashboard.palette import scheme
from sidelight.dashboard.views import Drawing, plotly_config

from . import SaveError, write_whole


def save(drawing: Drawing | None, path: str | Path, *, dark: bool = False) -> None:
    """Writes what a view has drawn to an HTML file, with all scripts that it needs, whole or not at all.

    Args:
        drawing: the view's answer.
        path: of the file.
        dark: whether it was drawn for a dark page.

    Raises:
        SaveError: there is nothing drawn, or the file can't be written there.
    """
    if drawing is None:
        raise SaveError("the view draws nothing of this report; choose another view, method or report")
    write_whole(_page(drawing, dark).encode(), path)


def _page(drawing: Drawing, dark: bool) -> str:
    body, frame, height = "", "", 0
    if isinstance(drawing, Figure):
        body = drawing.to_html(plotly_config(), full_html=False)
    elif drawing.scripted:
        frame, height = drawing.body, drawing.height or 600
    else:
        body = drawing.body
    safe = Markup(body)
    background = scheme(dark).background
    return str(render("view.html.jinja", body=safe, frame=frame, height=height, background=background))
