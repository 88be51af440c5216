"""The interactive part of the HTML report: Plotly's figures with its script, all inside the page."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace

from plotly.graph_objects import Figure
from plotly.offline import get_plotlyjs
from sidelight.dashboard.markup import Markup, json_for_script, script
from sidelight.dashboard.views import VIEWS, plotly_config
from sidelight.explain.report import Report

from .explained import Explained, explained

FIGURES = ("heatmap", "waterfall", "attention_map")
DRAWING = """
const told = JSON.parse(document.getElementById("figures").textContent);
for (const [place, figure] of told.figures) {
  const box = document.getElementById(place);
  figure.layout.autosize = true;
  window.Plotly.newPlot(box, figure.data, figure.layout, {...told.config, responsive: true});
}
"""


@dataclass(frozen=True, slots=True)
class Charts:
    """What the page needs to draw: scripts with their hashes, the figures as data, and the boxes they go into."""

    scripts: tuple[Markup, ...]
    hashes: tuple[str, ...]
    data: Markup
    boxes: dict[int, list[str]]


def charts(report: Report, chosen: Explained | None = None) -> Charts:
    """The figures of what the page explains in full of each input; those of the light page, since it is printed."""
    drawn = {
        index: {f"figure-{index}-{name}": figure for name, figure in _figures(explained(report, index, chosen))}
        for index in range(len(report.predictions))
    }
    figures = [(place, json.loads(figure.to_json())) for own in drawn.values() for place, figure in own.items()]
    scripts = (get_plotlyjs(), DRAWING)
    return Charts(
        tuple(map(script, scripts)),
        tuple(base64.b64encode(hashlib.sha256(one.encode()).digest()).decode() for one in scripts),
        json_for_script({"figures": figures, "config": plotly_config()}),
        {index: list(own) for index, own in drawn.items()},
    )


def _figures(full: Explained) -> Iterator[tuple[str, Figure]]:
    for name in FIGURES:
        drawing = VIEWS[name].draw(full.narrow, replace(full.selection, dark=False))
        if isinstance(drawing, Figure):
            yield name, drawing
