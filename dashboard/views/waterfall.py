"""From the score with everything hidden to the prediction; plain bars for a method that is no sum."""

from __future__ import annotations

from dataclasses import asdict
from itertools import pairwise

import plotly.graph_objects as go
from sidelight.dashboard.markup import plotly_text, shown
from sidelight.dashboard.palette import Scheme, decimals, largest, number, scheme
from sidelight.dashboard.wording import say, unit_noun
from sidelight.explain.report import Attribution, Report

from .addition import MOST_STEPS, Step, alone_and_rest, rest_name, steps
from .figures import Values, figure, names_axis
from .naming import errors_text, feature_name, method_title, values_text
from .selection import Selection

ROW = 24  # pixels
HALF = 0.3  # of a bar's thickness, in rows


def draw(report: Report, selection: Selection) -> go.Figure | None:
    """The sum of an additive method or the bars of another; None if there is nothing of the kind."""
    attribution = selection.attribution_in(report)
    if attribution is None or not attribution.prediction.features:
        return None
    additive, line = attribution.base is not None, _line(attribution, selection.target)
    names = {"units": unit_noun(attribution.prediction.unit, 2), "method": method_title(attribution)}
    if additive:
        return _figure(say("How the {units} add up ({method})", **names), "", line, scheme(selection.dark))
    note = say("These values are no sum" if attribution.signed else "These values have a size but no direction")
    return _figure(say("The {units} one by one ({method})", **names), note, line, scheme(selection.dark))


def values(report: Report, selection: Selection) -> Values | None:
    """The bars, a row each."""
    attribution = selection.attribution_in(report)
    if attribution is None:
        return None
    line = _line(attribution, selection.target)
    corner, title = unit_noun(attribution.prediction.unit), method_title(attribution)
    return Values(corner, (title,), tuple((step.name, (step.text,)) for step in line))


def room(report: Report, selection: Selection) -> int:
    """The height, in pixels with its head on the page, that it will take."""
    features = len(selection.prediction_in(report).features)
    return ROW * (min(features, MOST_STEPS + 1) + 2) + 110


def _line(attribution: Attribution, target: int) -> list[Step]:
    return steps(attribution, target) if attribution.base is not None else _values(attribution, target)


def _values(attribution: Attribution, target: int) -> list[Step]:
    """One bar from zero for each of the largest values; of the others, which are no sum either, how many they are."""
    prediction, values = attribution.prediction, attribution.values[target]
    texts, errors = values_text(attribution, target), errors_text(attribution, target)
    alone, rest = alone_and_rest(values)
    line = []
    for index in alone:
        name, hover = shown(prediction.features[index].text), f"{feature_name(prediction, index)}: {texts[index]}"
        line.append(Step(name, texts[index], 0.0, values[index], hover + errors[index], attribution.signed))
    if rest:
        size = number(abs(values[rest[0]]), decimals(largest(values)))
        name, text = (
            rest_name(prediction, rest),
            say("up to {value} each", value=f"± {size}" if attribution.signed else size),
        )
        line.append(Step(name, text, 0.0, 0.0, f"{name}: {text}", attribution.signed))
    return line


def _figure(title: str, note: str, line: list[Step], colours: Scheme) -> go.Figure:
    """The bars; connected where no note says that they are no sum."""
    rows = list(range(len(line)))
    description = ". ".join(filter(None, (title, note, "; ".join(f"{step.name} {step.text}" for step in line))))
    drawing = figure(title, ROW * len(line) + 80, colours, description, note)
    drawing.add_bar(
        orientation="h",
        y=rows,
        base=[step.start for step in line],
        x=[step.end - step.start for step in line],
        width=2 * HALF,
        marker={"color": [asdict(colours)[step.side] for step in line], "cornerradius": 2, "line": {"width": 0}},
        customdata=[plotly_text(step.hover) for step in line],
        hovertemplate="%{customdata}<extra></extra>",
    )
    drawing.add_scatter(
        mode="text",
        x=[max(step.start, step.end) for step in line],
        y=rows,
        text=[f"  {step.text}" for step in line],
        textposition="middle right",
        textfont={"size": 12, "color": colours.muted},
        cliponaxis=False,
        hoverinfo="skip",
    )
    drawing.update_yaxes(names_axis([step.name for step in line], longest=24), range=[len(line) - 0.5, -0.5])
    drawing.update_xaxes(showticklabels=False)
    shapes = _connections(line, colours) if not note else [_upright(0.0, -0.5, len(line) - 0.5, colours.line, 1)]
    drawing.update_layout(shapes=shapes, margin={"r": 110})
    return drawing


def _connections(line: list[Step], colours: Scheme) -> list[dict[str, object]]:
    """The ends of the sum as marks, and a thin line from where each step ends to the next."""
    marks = [_upright(step.end, row - HALF, row + HALF, colours.ink, 2) for row, step in enumerate(line) if step.point]
    between = [
        _upright(step.end, row + HALF, row + 1 - HALF, colours.line, 1) for row, (step, _) in enumerate(pairwise(line))
    ]
    return marks + between


def _upright(x: float, top: float, bottom: float, colour: str, width: int) -> dict[str, object]:
    layer = "above" if width > 1 else "below"
    line = {"color": colour, "width": width}
    return {"type": "line", "x0": x, "x1": x, "y0": top, "y1": bottom, "line": line, "layer": layer}
