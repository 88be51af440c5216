"""BertViz's head view and model view: its own scripts in a frame of ours, without network.

Only its scripts are read; its Python package, which imports torch, is not. The tokens travel as JSON beside the
scripts, never inside them. Layers and heads are counted from 1, as in the other views.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from math import isqrt
from pathlib import Path
from unicodedata import east_asian_width

from sidelight.dashboard.markup import Html, framed, json_for_script, render, shortened
from sidelight.dashboard.palette import scheme
from sidelight.dashboard.wording import language, say
from sidelight.explain.attention_shift import attention_of
from sidelight.explain.report import Attention, Report

from . import attention_map
from .attention_map import LONGEST_TOKEN, token_names
from .selection import Selection

ROOM = 100  # pixels that the head view leaves for a token
D3 = ("mpld3", "js/d3.v5.min.js")
JQUERY = ("xstatic.pkg.jquery", "data/jquery.min.js")
MARKER = "PYTHON_PARAMS"  # the first one is the data, the second one a comment
DATA = "unpacked()"
TITLES = {"Heads": "attention_head_axis", "Layers": "attention_layer_axis"}  # in the model view's script
SHIM = """
const require = {config() {}};
const requirejs = (names, start) => start(jQuery, d3);
const unpacked = () => {
  const data = JSON.parse(document.getElementById("data").textContent), [{attn}] = data.attention;
  const bytes = atob(attn.bytes);
  let next = 0;
  const take = ([count, ...inner]) =>
    Array.from({length: count}, () => inner.length ? take(inner) : bytes.charCodeAt(next++) / 255);
  data.attention[0].attn = take(attn.shape);
  return data;
};
"""


@dataclass(frozen=True, slots=True)
class Cap:
    """How many tokens and weights, of all layers and heads, a view can draw."""

    tokens: int
    weights: int

    def most(self, kept: Attention) -> int:
        """How many tokens it can draw of a model with so many layers and heads."""
        return min(self.tokens, isqrt(self.weights // (kept.layers * kept.heads)))


# Chromium leaves a frame empty whose address is longer than 2 MiB, which is what limits the head view's weights; it
# draws one layer at a time. The model view draws a line for every weight, which took 3 s at this cap.
CAPS = {
    "bertviz_head": Cap(64, 850_000),
    "bertviz_model": Cap(32, 150_000),
}


def why_head_empty(report: Report, selection: Selection) -> str | None:
    """Why the head view draws nothing; None if it does draw."""
    return _why_empty("bertviz_head", report, selection)


def why_model_empty(report: Report, selection: Selection) -> str | None:
    """Why the model view draws nothing; None if it does draw."""
    return _why_empty("bertviz_model", report, selection)


def _why_empty(name: str, report: Report, selection: Selection) -> str | None:
    kept = attention_of(report, selection.prediction)
    if kept is None:
        return attention_map.why_empty(report, selection)
    count = max(len(kept.queries), len(kept.keys))
    most = CAPS[name].most(kept)
    return say("attention_cap", title=say(f"view_{name}"), most=most, count=count) if count > most else None


def draw_head(report: Report, selection: Selection) -> Html | None:
    """The head view of all layers; None without attention or past the cap."""
    kept = attention_of(report, selection.prediction)
    if kept is None or why_head_empty(report, selection):
        return None
    layer = max((layer for layer, _ in selection.heads), default=kept.layers - 1)
    heads = [head for of, head in selection.heads if of == layer] or None
    rows = max(len(kept.queries), len(kept.keys))
    return _page(kept, "head_view.js", {"layer": layer + 1, "heads": heads}, 23 * rows + 100, selection.dark)


def draw_model(report: Report, selection: Selection) -> Html | None:
    """All layers and heads as small pictures; None without attention or past the cap."""
    kept = attention_of(report, selection.prediction)
    if kept is None or why_model_empty(report, selection):
        return None
    rows = max(len(kept.queries), len(kept.keys))
    small = kept.layers * (rows * 84 / kept.heads + 10) + 38
    settings = {
        "display_mode": "dark" if selection.dark else "light",
        "include_heads": list(range(1, kept.heads + 1)),
        "total_heads": kept.heads,
    }
    return _page(kept, "model_view.js", settings, int(max(small, rows * 18 + 55)) + 40, selection.dark)


def _page(kept: Attention, script: str, settings: Mapping[str, object], height: int, dark: bool) -> Html:
    texts = [
        [shortened(name, LONGEST_TOKEN) for name in token_names(kept.prediction, positions)]
        for positions in (kept.queries, kept.keys)
    ]
    shape = (kept.layers, kept.heads, len(kept.queries), len(kept.keys))
    weights = {"shape": shape, "bytes": base64.b64encode(kept.coarse).decode()}
    data = {
        "attention": [{"name": None, "attn": weights, "left_text": texts[0], "right_text": texts[1]}],
        "default_filter": "0",
        "root_div_id": "bertviz",
        "include_layers": list(range(1, kept.layers + 1)),
        **settings,
    }
    body = render(
        "bertviz.html.jinja",
        data=json_for_script(data),
        colours=scheme(dark),
        layers="layer" in settings,
        indent=max(0, max(map(_width, texts[0])) - ROOM),
    )
    return Html(framed(body, _scripts(script, language())), height, scripted=True)


def _width(text: str) -> int:
    """About how many pixels a token of the head view takes."""
    return sum(15 if east_asian_width(character) in "WF" else 9 for character in text)


@cache
def _scripts(view: str, _language: str) -> tuple[str, ...]:
    drawing = _read("bertviz", view).replace(MARKER, DATA, 1)
    for title, key in TITLES.items():
        drawing = drawing.replace(f'.text("{title}")', f".text({json_for_script(say(key))})")
    return _read(*D3), _read(*JQUERY), SHIM, drawing


def _read(package: str, path: str) -> str:
    """A file of an installed package, which is not imported."""
    found = find_spec(package)
    if found is None or not found.submodule_search_locations:
        raise ModuleNotFoundError(f"{package} is not installed; install sidelight again to get it")
    return (Path(found.submodule_search_locations[0]) / path).read_text(encoding="utf-8")
