"""One attention map, of one head or as the mean over a layer's heads."""

from __future__ import annotations

import plotly.graph_objects as go
from sidelight.dashboard.markup import plotly_text, shown
from sidelight.dashboard.palette import Scheme, rising, scheme
from sidelight.dashboard.wording import say
from sidelight.explain.report import Attention, Report
from sidelight.models.prediction import Floats, Prediction, Span, Token

from .figures import figure, names_axis
from .naming import PART_OF_CHARACTER
from .selection import Selection

CELL = 22  # pixels
SMALLEST, TALLEST = 320, 900
MOST_NAMES = 50  # that can be read at this height


def attention_of(report: Report, prediction: int) -> Attention | None:
    """The first attention record of a prediction that holds any weights; None if there is none."""
    return next((kept for kept in report.attention if kept.data and report.index_of(kept) == prediction), None)


def token_names(prediction: Prediction, positions: tuple[int, ...]) -> list[str]:
    """The tokens at these positions as they are shown; those that share a character, or more, are numbered."""
    sharing: dict[Span, list[int]] = {}
    for place, token in enumerate(prediction.tokens):
        if token.span is not None and token.span.start < token.span.end:
            sharing.setdefault(token.span, []).append(place)
    return [_token_name(prediction.tokens[position], position, sharing) for position in positions]


def _token_name(token: Token, position: int, sharing: dict[Span, list[int]]) -> str:
    of_prompt = token.span is not None and token.span.segment == 0
    name = say("part_of_character") if PART_OF_CHARACTER in token.text and not of_prompt else shown(token.text)
    places = sharing.get(token.span, []) if token.span else []
    return f"{name} {places.index(position) + 1}/{len(places)}" if len(places) > 1 else name


def draw(report: Report, selection: Selection) -> go.Figure | None:
    """Weights from each token (rows) to each token (columns); None if no attention was kept.

    Raises:
        ValueError: the selected layer or head does not exist.
    """
    kept = attention_of(report, selection.prediction)
    if kept is None:
        return None
    weights, title = _selected(kept, selection)
    colours, prediction = scheme(selection.dark), selection.prediction_in(report)
    queries, keys = token_names(prediction, kept.queries), token_names(prediction, kept.keys)
    height = min(max(CELL * len(queries) + 150, SMALLEST), TALLEST)
    drawing = figure(title, height, colours, say("attention_description", title=title, count=len(queries)))
    drawing.add_heatmap(
        z=weights.round(3).tolist(),
        customdata=[[plotly_text(f"{query} → {key}") for key in keys] for query in queries],
        hovertemplate="%{customdata}: %{z:.3f}<extra></extra>",
        colorscale=rising(colours.against, 1.0),
        zmin=0,
        showscale=False,
    )
    drawing.update_xaxes(names_axis(keys, MOST_NAMES), tickangle=-45, title=_small(say("attention_to"), colours))
    drawing.update_yaxes(
        names_axis(queries, MOST_NAMES), autorange="reversed", title=_small(say("attention_from"), colours)
    )
    return drawing


def _selected(kept: Attention, selection: Selection) -> tuple[Floats, str]:
    layer = kept.layers - 1 if selection.layer is None else selection.layer
    for name, chosen, count in (("layer", layer, kept.layers), ("head", selection.head or 0, kept.heads)):
        if not 0 <= chosen < count:
            raise ValueError(f"{name} {chosen} does not exist; this model has {count}, counted from 0")
    if selection.head is None:
        mean: Floats = kept.weights[layer].mean(axis=0)
        return mean, say("attention_mean", layer=layer + 1, heads=kept.heads)
    return kept.weights[layer, selection.head], say("attention_head", layer=layer + 1, head=selection.head + 1)


def _small(text: str, colours: Scheme) -> dict[str, object]:
    """The title of an axis."""
    return {"text": text, "font": {"size": 12, "color": colours.muted}}
