"""Methods by words: where they agree, at one glance."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go
from sidelight.dashboard.markup import plotly_text, shown
from sidelight.dashboard.palette import Colorscale, diverging, largest, rising, scheme
from sidelight.dashboard.wording import listed, say, unit_noun
from sidelight.explain.report import Attribution, Report

from .figures import Values, figure, names_axis
from .naming import LONGEST_LABEL, errors_text, label_names, method_titles, values_text
from .selection import Selection

ROW = 34  # pixels


def draw(report: Report, selection: Selection) -> go.Figure | None:
    """One row a method, each scaled by its own largest value; None before any method has run."""
    attributions = selection.attributions_in(report)
    prediction, target = selection.prediction_in(report), selection.target
    if not attributions or not prediction.features:
        return None
    colours, titles = scheme(selection.dark), method_titles(attributions)
    names = [shown(feature.text) for feature in prediction.features]
    label = label_names(prediction)[target]
    description = say(
        "{count} features, a column each, by the values for {label} of {methods}, a row each.",
        methods=listed(titles),
        label=label,
        count=len(names),
    )
    drawing = figure(say("Each row is scaled by its own largest value"), ROW * len(titles) + 160, colours, description)
    for signed, shades in ((True, diverging(colours)), (False, rising(colours.muted))):
        rows = [one if one.signed == signed else None for one in attributions]
        if any(rows):
            drawing.add_trace(_rows(rows, titles, names, target, shades))
    drawing.update_xaxes(names_axis(names), range=[-0.5, len(names) - 0.5], tickangle=-45)
    drawing.update_yaxes(names_axis(titles, longest=LONGEST_LABEL), range=[len(titles) - 0.5, -0.5])
    return drawing


def values(report: Report, selection: Selection) -> Values:
    """A row a feature, a column a method, not scaled, with standard errors."""
    prediction, attributions = selection.prediction_in(report), selection.attributions_in(report)
    cells = [
        [value + error for value, error in zip(values_text(*asked), errors_text(*asked), strict=True)]
        for asked in ((one, selection.target) for one in attributions)
    ]
    names = [shown(feature.text) for feature in prediction.features]
    rows = tuple(zip(names, zip(*cells, strict=True), strict=True))
    return Values(unit_noun(prediction.unit), tuple(method_titles(attributions)), rows)


def _rows(
    rows: Sequence[Attribution | None], titles: Sequence[str], names: Sequence[str], target: int, shades: Colorscale
) -> go.Heatmap:
    """A trace of the rows that are given; the others are left empty, for the other trace."""
    return go.Heatmap(
        z=[_scaled(row, target) if row else [None] * len(names) for row in rows],
        customdata=[_hovers(row, title, names, target) for row, title in zip(rows, titles, strict=True)],
        hovertemplate="%{customdata}<extra></extra>",
        hoverongaps=False,
        colorscale=shades,
        zmin=-1 if any(row.signed for row in rows if row) else 0,
        zmax=1,
        showscale=False,
        xgap=1,
        ygap=3,
    )


def _scaled(attribution: Attribution, target: int) -> list[float]:
    values = attribution.values[target]
    greatest = largest(values)
    shares = [value / greatest if greatest else 0.0 for value in values]
    return shares if attribution.signed else [abs(share) for share in shares]


def _hovers(row: Attribution | None, title: str, names: Sequence[str], target: int) -> list[str]:
    if row is None:
        return [""] * len(names)
    texts = zip(names, values_text(row, target), errors_text(row, target), strict=True)
    return [plotly_text(f"{title}, {name}: {text}{error}") for name, text, error in texts]
