"""BertViz's head view and model view: its own scripts in a frame of ours, without network.

Only its scripts are read; its Python package, which imports torch, is not. The tokens travel as JSON beside the
scripts, never inside them. Layers and heads are counted from 1, as in the other views. Where there are more tokens
than it can draw, those that are no part of the text are left out: of a generator's prompt its chat template alone may
be half.
"""

from __future__ import annotations

import base64
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
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
from sidelight.models.message import Message

from . import attention_map
from .attention_map import LONGEST_TOKEN, left, special_tokens, token_names
from .selection import Selection

ROOM = 100  # pixels that the head view leaves for a token
NOTE = 90  # pixels that the sentence above takes on a phone
D3 = ("mpld3", "js/d3.v5.min.js")
JQUERY = ("xstatic.pkg.jquery", "data/jquery.min.js")
MARKER = "PYTHON_PARAMS"  # the first one is the data, the second one a comment
DATA = "unpacked()"
TITLES = {"Heads": Message("Heads"), "Layers": Message("Layers")}  # in the model view's script
SHIM = """
const require = {config() {}};
const requirejs = (names, start) => start(jQuery, d3);
const unpacked = () => {
  const data = JSON.parse(document.getElementById("data").textContent), [{attn}] = data.attention;
  const bytes = atob(attn.bytes);
  let next = 0;
  const take = ([count, ...inner]) => {
    const row = Array.from({length: count}, () => inner.length ? take(inner) : bytes.charCodeAt(next++) / 255);
    return data.seen_only ? row.slice(0, row.findLastIndex(Boolean) + 1) : row;
  };
  data.attention[0].attn = take(attn.shape);
  return data;
};
"""
NAMES = {"bertviz_head": Message("BertViz head view"), "bertviz_model": Message("BertViz model view")}


@dataclass(frozen=True, slots=True)
class Cap:
    """How many tokens and weights, of all layers and heads, a view can draw.

    `seen_only`: a token's weights after the last one that it looks at do not count.
    """

    tokens: int
    weights: int
    seen_only: bool = False

    def most(self, kept: Attention) -> int:
        """How many tokens it can draw of a model with so many layers and heads."""
        room = self.weights // (kept.layers * kept.heads)
        looks_back = not kept.stored[:, :, 0, 1:].any()
        return min(self.tokens, (isqrt(8 * room + 1) - 1) // 2 if self.seen_only and looks_back else isqrt(room))


# Chromium leaves a frame empty whose address is longer than 2 MiB, which is what limits the head view's weights; it
# draws one layer at a time. The model view draws a line for every weight that it is given, which took 3 s at this cap;
# a generator's tokens look at none after themselves.
CAPS = {
    "bertviz_head": Cap(64, 850_000),
    "bertviz_model": Cap(32, 150_000, seen_only=True),
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
    without = _without(name, kept, selection)
    count, most = _count(kept, without), CAPS[name].most(kept)
    if count > most:
        return say(
            "{title} draws at most {most} tokens and this text has {count} without special and hidden "
            "ones; more would keep a browser busy for too long. The attention map shows them all.",
            title=say(NAMES[name]),
            most=most,
            count=count,
        )
    return attention_map.why_empty(report, replace(selection, without=without))


def _without(name: str, kept: Attention, selection: Selection) -> tuple[int, ...]:
    """The tokens that are left out: those that the map leaves out, and the special ones where there are too many."""
    fits = _count(kept, selection.without) <= CAPS[name].most(kept)
    return selection.without if fits else (*selection.without, *special_tokens(kept.prediction))


def _count(kept: Attention, without: Collection[int]) -> int:
    return max(map(len, left(kept, without)))


def _drawn(name: str, report: Report, selection: Selection) -> Attention | None:
    """The attention between the tokens that are drawn; None without any, past the cap, and where all are left out."""
    kept = attention_of(report, selection.prediction)
    if kept is None or _why_empty(name, report, selection):
        return None
    rows, columns = left(kept, _without(name, kept, selection))
    queries, keys = (
        tuple(positions[place] for place in places)
        for positions, places in ((kept.queries, rows), (kept.keys, columns))
    )
    return replace(kept, queries=queries, keys=keys, data=kept.stored[:, :, rows][..., columns].tobytes())


def draw_head(report: Report, selection: Selection) -> Html | None:
    """The head view of all layers; None without attention or past the cap."""
    kept = _drawn("bertviz_head", report, selection)
    if kept is None:
        return None
    layer = max((layer for layer, _ in selection.heads), default=kept.layers - 1)
    heads = [head for of, head in selection.heads if of == layer] or None
    rows = max(len(kept.queries), len(kept.keys))
    return _page(kept, "head_view.js", {"layer": layer + 1, "heads": heads}, 23 * rows + 100, selection.dark)


def draw_model(report: Report, selection: Selection) -> Html | None:
    """All layers and heads as small pictures; None without attention or past the cap."""
    kept = _drawn("bertviz_model", report, selection)
    if kept is None:
        return None
    rows = max(len(kept.queries), len(kept.keys))
    small = kept.layers * (rows * 84 / kept.heads + 10) + 38
    settings = {
        "display_mode": "dark" if selection.dark else "light",
        "include_heads": list(range(1, kept.heads + 1)),
        "total_heads": kept.heads,
        "seen_only": CAPS["bertviz_model"].seen_only,
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
    count, every = max(map(len, texts)), len(kept.prediction.ids)
    note = (
        say(
            "{count} of {every} tokens are drawn: hidden ones are left out, and special ones where there "
            "are too many. The weights of a row need not add up to 1.",
            count=count,
            every=every,
        )
        if count < every
        else ""
    )
    body = render(
        "bertviz.html.jinja",
        note=note,
        data=json_for_script(data),
        colours=scheme(dark),
        layers="layer" in settings,
        indent=max(0, max(map(_width, texts[0])) - ROOM),
    )
    return Html(framed(body, _scripts(script, language())), height + (NOTE if note else 0), scripted=True)


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
