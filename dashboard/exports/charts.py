"""The interactive part of the HTML report: Plotly's figures with its script, packed, all inside the page."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

from plotly.graph_objects import Figure
from plotly.offline import get_plotlyjs
from sidelight.dashboard.markup import Markup, json_for_script, script
from sidelight.dashboard.views import VIEWS, plotly_config
from sidelight.dashboard.wording import say
from sidelight.explain.report import Report

from .explained import Explained, explained

FIGURES = ("heatmap", "waterfall", "attention_map")
DRAWING = """
const told = JSON.parse(document.getElementById("figures").textContent);
const draw = async () => {
  const packed = Uint8Array.from(atob(document.getElementById("plotly").textContent), (one) => one.charCodeAt(0));
  const script = document.createElement("script");
  const unpacked = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  script.textContent = await new Response(unpacked).text();
  document.head.append(script);
  for (const [place, figure] of told.figures) {
    const box = document.getElementById(place);
    figure.layout.autosize = true;
    window.Plotly.newPlot(box, figure.data, figure.layout, {...told.config, responsive: true});
  }
};
draw().catch(() => told.figures.forEach(([place]) => document.getElementById(place).textContent = told.lacking));
"""


@dataclass(frozen=True, slots=True)
class Charts:
    """What the page needs to draw.

    Args:
        plotly: Plotly's script, packed by gzip and written as base64: 2 MB instead of 5.
        drawing: the script that unpacks and uses it.
        hashes: of both scripts, which alone may run.
        data: the figures.
        boxes: the places that they go into, by input.
    """

    plotly: str
    drawing: Markup
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
    packed, hash_ = _plotly()
    return Charts(
        packed,
        script(DRAWING),
        (hash_, _hash(DRAWING)),
        json_for_script(
            {
                "figures": figures,
                "config": plotly_config(),
                "lacking": say("This browser is too old to unpack the charts; open the page in a newer one."),
            }
        ),
        {index: list(own) for index, own in drawn.items()},
    )


@cache
def _plotly() -> tuple[str, str]:
    """Plotly's script as the page holds it, and its hash as it runs."""
    text = get_plotlyjs()
    return base64.b64encode(gzip.compress(text.encode(), mtime=0)).decode(), _hash(text)


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _figures(full: Explained) -> Iterator[tuple[str, Figure]]:
    for name in FIGURES:
        drawing = VIEWS[name].draw(full.narrow, replace(full.selection, dark=False))
        if isinstance(drawing, Figure):
            yield name, drawing
