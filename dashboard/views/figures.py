"""What all Plotly figures of this package share: look, axes over names that occur twice, and a description."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go
from sidelight.dashboard.markup import plotly_text, shortened
from sidelight.dashboard.palette import Scheme
from sidelight.dashboard.wording import DEFAULT, language, say
from sidelight.models.message import Message

LONGEST_NAME = 16  # characters of a word on an axis; the hover shows all
UNTITLED_TOP = 30  # pixels, for the toolbar

Axis = dict[str, Any]
OF_PLOTLY = (
    Message("Autoscale"),
    Message("Box Select"),
    Message("Double-click on legend to isolate one trace"),
    Message("Double-click to zoom back out"),
    Message("Download plot"),
    Message("Download plot as a PNG"),
    Message("Image download succeeded"),
    Message("Lasso Select"),
    Message("Pan"),
    Message("Preparing image - this may take a few seconds"),
    Message("Reset"),
    Message("Reset axes"),
    Message("Sorry, there was a problem downloading your image!"),
    Message("Zoom"),
    Message("Zoom in"),
    Message("Zoom out"),
)


@dataclass(frozen=True, slots=True)
class Values:
    """The numbers of a figure as a table, for those who read it and do not look at it.

    Args:
        corner: what a row is.
        columns: their titles.
        rows: each with its name, and a text for each column.
    """

    corner: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]

    @property
    def count(self) -> int:
        """How many numbers there are."""
        return len(self.columns) * len(self.rows)


def figure(title: str, height: int, colours: Scheme, description: str, note: str = "") -> go.Figure:
    """An empty figure on a transparent ground; `description` says in words what it will show, `note` stands below
    the title, which is one line.
    """
    axis = {"showgrid": False, "zeroline": False, "showline": False, "ticks": "", "automargin": True}
    layout = go.Layout(
        title={
            "text": plotly_text(title),
            "subtitle": {"text": plotly_text(note), "font": {"size": 13, "color": colours.muted}},
            "font": {"size": 14, "color": colours.muted},
            "x": 0,
            "xref": "container",
            "y": 1,
            "yref": "container",
            "yanchor": "top",
            "pad": {"t": 12},
        },
        height=height,
        font={"family": "system-ui, sans-serif", "size": 13, "color": colours.ink},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        hoverlabel={"bgcolor": colours.panel, "bordercolor": colours.line, "font": {"color": colours.ink}},
        modebar={"bgcolor": "rgba(0,0,0,0)", "color": colours.muted, "activecolor": colours.ink},
        margin={"l": 8, "r": 8, "t": 62 if note else 44, "b": 8},
        showlegend=False,
        dragmode=False,
        meta={"description": description, "title": title, "note": note},
        xaxis=axis,
        yaxis=axis,
    )
    return go.Figure(layout=layout)


def plotly_config() -> dict[str, Any]:
    """What Plotly's script is told: no upload button, no link, and the language spoken now for its own texts."""
    spoken = language()
    return {
        "showSendToCloud": False,
        "displaylogo": False,
        "locale": spoken,
        "locales": {spoken: {"dictionary": {text: say(text) for text in OF_PLOTLY if spoken != DEFAULT}}},
    }


def alt_text(drawing: go.Figure) -> str:
    """The figure's description, for those who can't see it."""
    return str(drawing.layout.meta["description"])


def take_title(drawing: go.Figure) -> tuple[str, str]:
    """Takes the title and the note below it out of a figure, for a page that sets them itself; says what they were."""
    layout = drawing.layout
    layout.height += UNTITLED_TOP - layout.margin.t
    layout.margin.t, layout.title = UNTITLED_TOP, None
    return str(layout.meta["title"]), str(layout.meta["note"])


def names_axis(names: Sequence[str], longest: int = LONGEST_NAME) -> Axis:
    """An axis of whole positions with these names, so that a name that occurs twice keeps two places.

    Where there are more than can be read at its width, the browser names evenly spaced ones; pointing at a cell names
    its own.
    """
    places = [str(place) for place in range(len(names))]
    called = [plotly_text(shortened(name, longest)) for name in names]
    return {
        "type": "category",
        "categoryorder": "array",
        "categoryarray": places,
        "labelalias": dict(zip(places, called, strict=True)),
    }
