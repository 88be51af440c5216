"""How a training goes: its loss step by step, and what was found on the held-out rows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from sidelight.dashboard.palette import Scheme, number
from sidelight.dashboard.wording import say
from sidelight.models.finetuning.request import Point

from .figures import Values, figure

HEIGHT = 260
ABOVE = {"orientation": "h", "x": 1, "xanchor": "right", "y": 1, "yanchor": "bottom"}  # where the legend stands
SMOOTHED = 20  # steps that a point of the smooth line is the mean of, itself and those before


def draw_loss(losses: Sequence[tuple[int, float]], points: Sequence[Point], total: int, colours: Scheme) -> go.Figure:
    """The loss of each step, thin; its running mean, and the held-out loss, in nats."""
    drawing = _figure(
        say("Loss, nats"),
        total,
        colours,
        say("The loss of {count} training steps, with its running mean and the held-out loss.", count=len(losses)),
    )
    steps, values = [step for step, _ in losses], np.array([loss for _, loss in losses])
    drawing.add_scatter(
        x=steps, y=values, mode="lines", line={"color": colours.line, "width": 1}, name=say("of a step")
    )
    drawing.add_scatter(
        x=steps, y=smooth(values), mode="lines", line={"color": colours.muted}, name=say("mean of the last 20 steps")
    )
    _add_points(drawing, points, [point.loss for point in points], say("held-out rows"), colours.against)
    return drawing.update_layout(showlegend=True, legend=ABOVE)


def draw_accuracy(points: Sequence[Point], total: int, colours: Scheme) -> go.Figure:
    """The share of the held-out rows that a classifier gets right."""
    shares = [point.accuracy for point in points if point.accuracy is not None]
    last = number(shares[-1], 3) if shares else ""
    drawing = _figure(
        say("Held-out accuracy"),
        total,
        colours,
        say("The share of the held-out rows that are right, at each check; last {last}.", last=last),
    )
    drawing.update_yaxes(range=[0, 1.02])
    _add_points(drawing, points, shares, say("Held-out accuracy"), colours.against)
    return drawing


def loss_values(losses: Sequence[tuple[int, float]], points: Sequence[Point]) -> Values:
    """A row a step of the training, with its loss, the running mean and, where it was checked, the held-out loss."""
    steps, values = [step for step, _ in losses], np.array([loss for _, loss in losses])
    means, held_out = dict(zip(steps, smooth(values), strict=True)), {point.step: point.loss for point in points}
    columns = {say("of a step"): dict(losses), say("mean of the last 20 steps"): means, say("held-out rows"): held_out}
    return _table(columns)


def accuracy_values(points: Sequence[Point]) -> Values:
    """A row a check, with the share that is right."""
    shares = {point.step: point.accuracy for point in points if point.accuracy is not None}
    return _table({say("Held-out accuracy"): shares})


def _table(columns: dict[str, dict[int, float]]) -> Values:
    steps = sorted(set().union(*columns.values()))
    rows = ((step, [column.get(step) for column in columns.values()]) for step in steps)
    texts = tuple((str(step), tuple("–" if one is None else number(one, 3) for one in row)) for step, row in rows)
    return Values(say("step"), tuple(columns), texts)


def smooth(values: np.ndarray) -> np.ndarray:
    """The mean of each value and up to `SMOOTHED` - 1 before it."""
    sums = np.concatenate([[0.0], np.cumsum(values)])
    ends = np.arange(1, len(values) + 1)
    starts = np.maximum(ends - SMOOTHED, 0)
    return np.asarray((sums[ends] - sums[starts]) / (ends - starts))


def _figure(title: str, total: int, colours: Scheme, description: str) -> go.Figure:
    drawing = figure(title, HEIGHT, colours, description)
    drawing.update_xaxes(range=[0, total + 0.5], title={"text": say("step"), "font": {"size": 12}})
    drawing.update_yaxes(rangemode="tozero", showgrid=True, gridcolor=colours.line)
    return drawing


def _add_points(drawing: go.Figure, points: Sequence[Point], values: Sequence[float], name: str, colour: str) -> None:
    steps = [point.step for point in points]
    drawing.add_scatter(x=steps, y=values, mode="lines+markers", line={"color": colour, "width": 2}, name=name)
