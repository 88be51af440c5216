"""VIEWS: every way to draw a report. A view is a function of the report and of what is selected in it.

A view answers with a Plotly figure, with `Html`, or with None where the report has nothing that it could draw. To
add one, write the function in a file of its own and a line in the table; the page shows it from there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from plotly.graph_objects import Figure
from sidelight.dashboard.markup import Html
from sidelight.explain.report import Report

from . import alternatives, attention_map, bertviz, heatmap, summary, table, tokens, waterfall, words
from .figures import PLOTLY_CONFIG, alt_text
from .selection import Selection

__all__ = ["PLOTLY_CONFIG", "VIEWS", "Drawing", "Selection", "View", "alt_text", "past_cap"]

Drawing: TypeAlias = Figure | Html


@dataclass(frozen=True, slots=True)
class View:
    """A way to draw a report.

    Args:
        title: its name for people.
        draw: the function.
        help: what it shows, in one line.
        place: where on the page it stands: in the column of the text, in the one beside it, or in a tab below both.
        headed: whether the page puts the title above it; figures have titles of their own.
        whole: whether it draws the whole report of a generator, and not only what is looked at.
        why_empty: says why it draws nothing where there would be too much to draw, or nothing is known yet.
    """

    title: str
    draw: Callable[[Report, Selection], Drawing | None]
    help: str
    place: Literal["text", "side", "tab"] = "tab"
    headed: bool = False
    whole: bool = False
    why_empty: Callable[[Report, Selection], str | None] | None = None


def past_cap(report: Report, selection: Selection, name: str) -> str | None:
    """Why a view draws nothing although there is something to draw; None if it does draw."""
    why_empty = VIEWS[name].why_empty
    return why_empty(report, selection) if why_empty else None


VIEWS: dict[str, View] = {
    "words": View("Text", words.draw, "The text itself, one coloured row a method.", "text"),
    "summary": View("What stands out", summary.draw, "A few sentences made from the figures.", "side", headed=True),
    "table": View(
        "Every method on the same text",
        table.draw,
        "A bar for each value, with what is known of each method's quality.",
        "text",
        headed=True,
    ),
    "alternatives": View(
        "What else it could have written",
        alternatives.draw,
        "The likeliest other tokens, and how open the choice was.",
        "side",
        headed=True,
    ),
    "waterfall": View(
        "How the words add up", waterfall.draw, "From the score with everything hidden to the prediction.", "side"
    ),
    "heatmap": View("Heat map", heatmap.draw, "Methods by words, each row scaled by its own largest value."),
    "tokens": View(
        "Written by read",
        tokens.draw,
        "Every written word, a row each, by what was read: each against the next best at its step.",
        whole=True,
        why_empty=tokens.why_empty,
    ),
    "attention_map": View("Attention map", attention_map.draw, "Where the model looks, not why it decides."),
    "bertviz_head": View(
        "BertViz head view",
        bertviz.draw_head,
        "Attention of a layer's heads, token to token.",
        why_empty=bertviz.head_past_cap,
    ),
    "bertviz_model": View(
        "BertViz model view",
        bertviz.draw_model,
        "Every layer and head as a small picture.",
        why_empty=bertviz.model_past_cap,
    ),
}
