"""One attention map: of one head, or of several as their mean or their largest weights."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

import numpy as np
import plotly.graph_objects as go
from sidelight.dashboard.markup import shown
from sidelight.dashboard.palette import Scheme, number, rising, scheme
from sidelight.dashboard.wording import say, told
from sidelight.explain.attention_shift import attention_of, why_no_attention
from sidelight.explain.report import Attention, Report
from sidelight.models.prediction import Floats, Prediction, Span, Token

from .figures import Values, figure, names_axis
from .naming import PART_OF_CHARACTER
from .selection import Selection

CELL = 22  # pixels
SMALLEST, TALLEST = 320, 900
ROOM_FOR_TITLE = (36, 18)  # pixels that the title of the rows needs, also where all names are shorter
LONGEST_TOKEN = 24  # characters; the table has all
SINK = 0.2  # of all attention
ABOVE_EVEN = 2  # times an even share, so that the few tokens of a short text are not all sinks


def token_names(prediction: Prediction, positions: tuple[int, ...]) -> list[str]:
    """The tokens at these positions as they are shown; those that share a character, or more, are numbered."""
    sharing: dict[Span, list[int]] = {}
    for place, token in enumerate(prediction.tokens):
        if token.span is not None and token.span.start < token.span.end:
            sharing.setdefault(token.span, []).append(place)
    return [_token_name(prediction.tokens[position], position, sharing) for position in positions]


def _token_name(token: Token, position: int, sharing: dict[Span, list[int]]) -> str:
    of_prompt = token.span is not None and token.span.segment == 0
    name = say("part of a character") if PART_OF_CHARACTER in token.text and not of_prompt else shown(token.text)
    places = sharing.get(token.span, []) if token.span else []
    return f"{name} {places.index(position) + 1}/{len(places)}" if len(places) > 1 else name


def draw(report: Report, selection: Selection) -> go.Figure | None:
    """Weights from each token (rows) to each token (columns); None if no attention was kept or every token is left out.

    Raises:
        ValueError: a selected layer or head does not exist.
    """
    kept = attention_of(report, selection.prediction)
    if kept is None:
        return None
    heads = chosen_heads(kept, selection)
    weights, queries, keys = _seen(kept, selection, heads)
    if not (queries and keys):
        return None
    title, colours = heads_title(kept, heads, strongest=selection.strongest), scheme(selection.dark)
    height = min(max(CELL * len(queries) + 150, SMALLEST), TALLEST)
    description = say(
        "Attention weights, {title}: how much each of {count} tokens, a row each, looks at each token, a column each.",
        title=title,
        count=len(queries),
    )
    drawing = figure(title, height, colours, description, say("Where the model looks, not why it decides."))
    drawing.add_heatmap(
        z=weights,
        hovertemplate="%{y} → %{x}: %{z:.3f}<extra></extra>",
        colorscale=rising(colours.against, 1.0),
        zmin=0,
        showscale=False,
    )
    name_axes(drawing, queries, keys, colours)
    return drawing


def why_empty(report: Report, selection: Selection) -> str | None:
    """Why there is no attention, or none is left; None if it is drawn."""
    kept = attention_of(report, selection.prediction)
    if kept is None:
        reason = why_no_attention(report, selection.prediction)
        return (
            told(reason)
            if reason
            else say(
                "The attention comes after the methods."
                if selection.growing
                else "This report holds no attention of this text: it was stopped before, or made without."
            )
        )
    return (
        None
        if all(left(kept, selection.without))
        else say("Every token is hidden; show the special tokens or the sinks again.")
    )


def values(report: Report, selection: Selection) -> Values | None:
    """The weights, a row for each token that looks, a column for each that is looked at."""
    kept = attention_of(report, selection.prediction)
    if kept is None:
        return None
    return table_of(*_seen(kept, selection, chosen_heads(kept, selection)))


def table_of(
    weights: Floats, queries: Sequence[str], keys: Sequence[str], text: Callable[[float, int], str] = number
) -> Values:
    """A map as a table, each weight with three decimals as `text` writes it."""
    rows = zip(queries, weights.tolist(), strict=True)
    texts = tuple((name, tuple(text(weight, 3) for weight in row)) for name, row in rows)
    return Values(say("from"), tuple(keys), texts)


def _seen(
    kept: Attention, selection: Selection, heads: Sequence[tuple[int, int]]
) -> tuple[Floats, list[str], list[str]]:
    """The weights but for the tokens that are left out, with the names of rows and columns."""
    rows, columns = left(kept, selection.without)
    weights = reduced(kept, heads, strongest=selection.strongest)[np.ix_(rows, columns)]
    queries = token_names(kept.prediction, tuple(kept.queries[place] for place in rows))
    return weights, queries, token_names(kept.prediction, tuple(kept.keys[place] for place in columns))


def left(kept: Attention, without: Collection[int]) -> tuple[list[int], list[int]]:
    """Which rows and which columns are left without the tokens at these positions."""
    rows, columns = (
        [place for place, position in enumerate(positions) if position not in without]
        for positions in (kept.queries, kept.keys)
    )
    return rows, columns


def chosen_heads(kept: Attention, selection: Selection) -> tuple[tuple[int, int], ...]:
    """The selected heads, all of the last layer where none is.

    Raises:
        ValueError: a selected layer or head does not exist.
    """
    for layer, head in selection.heads:
        for name, chosen, count in (("layer", layer, kept.layers), ("head", head, kept.heads)):
            if not 0 <= chosen < count:
                raise ValueError(f"{name} {chosen} does not exist; this model has {count}, counted from 0")
    return selection.heads or tuple((kept.layers - 1, head) for head in range(kept.heads))


def reduced(kept: Attention, heads: Sequence[tuple[int, int]], *, strongest: bool = False) -> Floats:
    """The mean, or the largest, of the heads' weights: (queries, keys). Rows of the largest do not sum to 1."""
    chosen = np.stack([kept.weights_of(layer, head) for layer, head in heads])
    weights: Floats = chosen.max(axis=0) if strongest else chosen.mean(axis=0)
    return weights


def heads_title(kept: Attention, heads: Sequence[tuple[int, int]], *, strongest: bool = False) -> str:
    """What is drawn: a head, heads of a layer, one head of every layer, or how many heads of how many layers."""
    layers = {layer for layer, _ in heads}
    if len(heads) == 1:
        return say("Layer {layer}, head {head}", layer=heads[0][0] + 1, head=heads[0][1] + 1)
    how = say("largest weight of" if strongest else "mean of")
    if len(layers) == 1:
        return say("Layer {layer}, {how} {heads} heads", layer=heads[0][0] + 1, heads=len(set(heads)), how=how)
    if len({head for _, head in heads}) == 1 and len(layers) == kept.layers:
        return say("Head {head}, {how} {layers} layers", head=heads[0][1] + 1, layers=kept.layers, how=how)
    return say("{how} {count} heads of {layers} layers", count=len(heads), layers=len(layers), how=how)


def special_tokens(prediction: Prediction) -> tuple[int, ...]:
    """The positions of tokens that are no part of the text: [CLS], [SEP], those of a chat template."""
    return tuple(place for place, token in enumerate(prediction.tokens) if token.span is None)


def sink_share(kept: Attention) -> float:
    """What a sink receives more than: `SINK` of all attention, and `ABOVE_EVEN` times an even share."""
    return max(SINK, ABOVE_EVEN / len(kept.keys))


def sinks(kept: Attention) -> dict[int, float]:
    """Tokens that receive more than `sink_share` of all attention, by their positions, with their share of it.

    What every head looks at says little of what one is looking for; the first token is often such a sink (Xiao et
    al. 2024, Efficient Streaming Language Models with Attention Sinks).
    """
    received = sum(
        kept.weights_of(layer, head).mean(axis=0) for layer in range(kept.layers) for head in range(kept.heads)
    ) / (kept.layers * kept.heads)
    least = sink_share(kept)
    return {position: float(share) for position, share in zip(kept.keys, received, strict=True) if share > least}


def name_axes(drawing: go.Figure, queries: Sequence[str], keys: Sequence[str], colours: Scheme) -> None:
    """Names rows and columns; the title of the rows stands above their names, as Plotly would turn it on its side."""
    font = {"size": 12, "color": colours.muted}
    title = {"text": say("to"), "font": font}
    drawing.update_xaxes(names_axis(keys, LONGEST_TOKEN), tickangle=-45, title=title)
    drawing.update_yaxes(names_axis(queries, LONGEST_TOKEN), autorange="reversed")
    width, height = ROOM_FOR_TITLE
    drawing.layout.margin.l = width
    drawing.layout.margin.t += height
    drawing.layout.height += height
    drawing.add_annotation(
        text=say("from"),
        font=font,
        showarrow=False,
        xref="paper",
        x=0,
        xanchor="right",
        yref="paper",
        y=1,
        yanchor="bottom",
    )
