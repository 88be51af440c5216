"""One head, or several as their mean, in two models: both maps, and what is added and taken away."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go
from sidelight.dashboard.palette import Colorscale, diverging, largest, number, rising, scheme, signed_number
from sidelight.dashboard.wording import say
from sidelight.explain.report import Attention
from sidelight.models.prediction import Floats

from .attention_map import CELL, SMALLEST, TALLEST, name_axes, reduced, table_of, token_names
from .figures import Values, figure

Heads = Sequence[tuple[int, int]]


def draw_weights(kept: Attention, heads: Heads, title: str, dark: bool = False) -> go.Figure:
    """The weights of one of the models, from nothing to 1.

    Args:
        kept: its attention.
        heads: which of them, pairs of layer and head; of several the mean.
        title: names the model.
        dark: whether the page is.
    """
    colours = scheme(dark)
    return _draw(kept, reduced(kept, heads), title, dark, (0.0, 1.0), rising(colours.against, 1.0), ".3f")


def weights_values(kept: Attention, heads: Heads) -> Values:
    """The weights that `draw_weights` draws."""
    return table_of(reduced(kept, heads), *_names(kept))


def draw_difference(before: Attention, after: Attention, heads: Heads, dark: bool = False) -> go.Figure:
    """The second model's weights minus the first one's, symmetric about zero."""
    change = _change(before, after, heads)
    reach = largest(change.ravel()) or 1.0
    title = say("Difference, up to ± {reach}", reach=number(reach))
    return _draw(before, change, title, dark, (-reach, reach), diverging(scheme(dark)), "+.3f")


def difference_values(before: Attention, after: Attention, heads: Heads) -> Values:
    """The differences that `draw_difference` draws."""
    return table_of(_change(before, after, heads), *_names(before), signed_number)


def _change(before: Attention, after: Attention, heads: Heads) -> Floats:
    return reduced(after, heads) - reduced(before, heads)


def _names(kept: Attention) -> tuple[list[str], list[str]]:
    """Of the rows and of the columns."""
    return token_names(kept.prediction, kept.queries), token_names(kept.prediction, kept.keys)


def _draw(
    kept: Attention,
    weights: Floats,
    title: str,
    dark: bool,
    reach: tuple[float, float],
    colorscale: Colorscale,
    form: str,
) -> go.Figure:
    colours = scheme(dark)
    queries, keys = _names(kept)
    height = min(max(CELL * len(queries) + 92, SMALLEST), TALLEST)
    drawing = figure(
        title,
        height,
        colours,
        say(
            "Attention weights, {title}: how much each of {count} tokens, a row each, looks at each "
            "token, a column each.",
            title=title,
            count=len(queries),
        ),
    )
    drawing.add_heatmap(
        z=weights,
        hovertemplate=f"%{{y}} → %{{x}}: %{{z:{form}}}<extra></extra>",
        colorscale=colorscale,
        zmin=reach[0],
        zmax=reach[1],
        showscale=False,
    )
    name_axes(drawing, queries, keys, colours)
    return drawing
