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
from sidelight.dashboard.wording import say
from sidelight.explain.report import Report
from sidelight.models.message import Message

from . import alternatives, attention_map, bertviz, heatmap, summary, table, tokens, waterfall, words
from .figures import Values, alt_text, plotly_config, take_title
from .selection import Selection

__all__ = ["VIEWS", "Drawing", "Selection", "Values", "View", "alt_text", "plotly_config", "take_title", "why_empty"]

Drawing: TypeAlias = Figure | Html
SENTENCES = {
    "alternatives": (
        Message("What else it could have written"),
        Message("The likeliest other tokens, and how open the choice was."),
    ),
    "attention_map": (Message("Attention map"), Message("Attention of every layer and head, token to token.")),
    "bertviz_head": (Message("BertViz head view"), Message("Attention of a layer's heads, token to token.")),
    "bertviz_model": (Message("BertViz model view"), Message("Every layer and head as a small picture.")),
    "heatmap": (Message("Heat map"), Message("Methods by words, each row scaled by its own largest value.")),
    "summary": (Message("What stands out"), Message("A few sentences made from the figures.")),
    "table": (
        Message("Every method on the same text"),
        Message("A bar for each value, with what is known of each method's quality."),
    ),
    "tokens": (
        Message("Written by read"),
        Message("Every written word, a row each, by what was read: each against the next best at its step."),
    ),
    "waterfall": (Message("How the words add up"), Message("From the score with everything hidden to the prediction.")),
    "words": (Message("Text"), Message("The text itself, one coloured row a method.")),
}


@dataclass(frozen=True, slots=True)
class View:
    """A way to draw a report.

    Args:
        name: its name in the table; `SENTENCES` holds its title and its help.
        draw: the function.
        place: where on the page it stands: in the column of the text, in the one beside it, in a tab below both, or
            `report` where only files hold it.
        whole: whether it draws the whole report of a generator, and not only what is looked at.
        room: says how many pixels high it will be, once its method has come.
        values: gives the numbers of its figure as a table.
        why_empty: says why it draws nothing: there is nothing, or there would be too much, to draw.
    """

    name: str
    draw: Callable[[Report, Selection], Drawing | None]
    place: Literal["text", "side", "tab", "report"] = "tab"
    whole: bool = False
    room: Callable[[Report, Selection], int] | None = None
    values: Callable[[Report, Selection], Values | None] | None = None
    why_empty: Callable[[Report, Selection], str | None] | None = None

    @property
    def sentences(self) -> tuple[str, str]:
        """Its title and its help, in English."""
        return SENTENCES[self.name]

    @property
    def title(self) -> str:
        """Its name for people."""
        return say(self.sentences[0])

    @property
    def help(self) -> str:
        """What it shows, in one line."""
        return say(self.sentences[1])


def why_empty(report: Report, selection: Selection, name: str) -> str | None:
    """Why a view draws nothing; None if it does draw, or does not know."""
    find = VIEWS[name].why_empty
    return find(report, selection) if find else None


VIEWS: dict[str, View] = {
    "words": View("words", words.draw, "report"),
    "summary": View("summary", summary.draw, "side", room=summary.room),
    "table": View("table", table.draw, "text"),
    "alternatives": View("alternatives", alternatives.draw, "side"),
    "waterfall": View("waterfall", waterfall.draw, "side", room=waterfall.room, values=waterfall.values),
    "heatmap": View("heatmap", heatmap.draw, values=heatmap.values),
    "tokens": View("tokens", tokens.draw, whole=True, values=tokens.values, why_empty=tokens.why_empty),
    "attention_map": View(
        "attention_map", attention_map.draw, values=attention_map.values, why_empty=attention_map.why_empty
    ),
    "bertviz_head": View("bertviz_head", bertviz.draw_head, why_empty=bertviz.why_head_empty),
    "bertviz_model": View("bertviz_model", bertviz.draw_model, why_empty=bertviz.why_model_empty),
}
