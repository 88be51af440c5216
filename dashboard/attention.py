"""The tabs of attention: every head as a small picture, and the chosen ones enlarged; BertViz of the same tokens."""

from __future__ import annotations

import base64
from dataclasses import replace
from math import ceil

import numpy as np
import numpy.typing as npt
import streamlit as st
from sidelight.explain.attention_shift import attention_of
from sidelight.explain.report import Attention, Report
from sidelight.models.message import Message

from .component import component
from .markup import markdown_text
from .palette import percent, scheme
from .reproduce import Recipe
from .viewing import show_view
from .views.attention_map import chosen_heads, sink_share, sinks, special_tokens, token_names
from .views.selection import Selection
from .wording import listed, say

MARKUP = '<div class="heads" role="group"></div>\n'
LARGEST_PICTURE = 32  # cells a side
KEY = "attention heads"
REDUCTIONS = {"mean": Message("mean"), "strongest": Message("largest")}


def show_attention(report: Report, selection: Selection, recipe: Recipe | None = None) -> None:
    """Draws the overview, what can be chosen, and the chosen heads.

    Args:
        report: holds the weights.
        selection: which prediction is looked at.
        recipe: how the report is made again, where that is known.
    """
    kept = attention_of(report, selection.prediction)
    if kept is None:
        show_view("attention_map", report, selection, recipe)
        return
    cells = ceil(len(kept.keys) / LARGEST_PICTURE)
    st.caption(
        say(
            "Every layer, a row each, and every head. Press one to enlarge it, a layer's name for all of "
            "its heads, a head's number for that head of every layer; with “Choose several”, or with "
            "Ctrl, a press adds a head or takes it away."
        )
        + (
            " " + say("A small picture's cell is the largest weight of up to {cells} × {cells} tokens.", cells=cells)
            if cells > 1
            else ""
        )
    )
    without = _ask_hidden(kept)
    overview, enlarged = st.columns([4, 5], gap="medium")  # so that a press on a head changes what is in sight
    with overview:
        chosen = _ask_heads(kept, selection.dark)
    with enlarged:
        strongest = _ask_reduction(of_one=len(chosen) == 1)
        selection = replace(selection, heads=chosen, strongest=strongest, without=without)
        show_view("attention_map", report, selection, recipe)


def show_bertviz(name: str, report: Report, selection: Selection, recipe: Recipe | None = None) -> None:
    """Draws a view of BertViz, without the tokens that the map leaves out.

    Args:
        name: of the view.
        report: holds the weights.
        selection: which prediction is looked at.
        recipe: how the report is made again, where that is known.
    """
    kept = attention_of(report, selection.prediction)
    without = _ask_hidden(kept) if kept else ()
    show_view(name, report, replace(selection, without=without), recipe)


def _ask_heads(kept: Attention, dark: bool) -> tuple[tuple[int, int], ...]:
    """The overview, and the heads that are chosen in it."""
    names = [
        [say("layer {layer}, head {head}", layer=layer + 1, head=head + 1) for head in range(kept.heads)]
        for layer in range(kept.layers)
    ]
    return ask_heads(KEY, pictures(kept), names, dark, chosen_heads(kept, Selection()))


def ask_heads(
    key: str,
    drawn: npt.NDArray[np.uint8],
    names: list[list[str]],
    dark: bool,
    usual: tuple[tuple[int, int], ...],
    largest: int = 84,
) -> tuple[tuple[int, int], ...]:
    """A small picture of every head, and those that are chosen, pairs of layer and head.

    Where there are more than have room they scroll, so that what is drawn of them stays in sight.

    Args:
        key: of the component.
        drawn: how opaque each cell of each picture is, (layers, heads, rows, columns).
        names: what each head is called, a list a layer.
        dark: whether the page is.
        usual: the heads that stand for the chosen ones where none is chosen.
        largest: width of a picture in CSS pixels.
    """
    layers, heads = drawn.shape[:2]
    pairs = [(layer, head) for layer, head in st.session_state.get(f"chosen {key}", [])]
    chosen = tuple((layer, head) for layer, head in pairs if layer < layers and head < heads)
    data = {
        "layers": layers,
        "heads": heads,
        "shape": drawn.shape[2:],
        "weights": base64.b64encode(drawn.tobytes()).decode("ascii"),
        "captions": [say("layer {layer}", layer=layer + 1) for layer in range(layers)],
        "columns": [say("head {head} of every layer", head=head + 1) for head in range(heads)],
        "label": say("Heads, layer by layer"),
        "names": names,
        "chosen": chosen or usual,
        "several": st.toggle(say("Choose several"), key=f"several {key}", persist_state="session"),
        "colours": scheme(dark).variables | {"largest": f"{largest}px"},
    }

    def keep() -> None:
        st.session_state[f"chosen {key}"] = st.session_state[key].get("heads") or []

    _component()(data=data, key=key, on_heads_change=keep)
    return chosen


def pictures(kept: Attention) -> npt.NDArray[np.uint8]:
    """Every head's weights as a small picture, 255 for the head's largest: (layers, heads, rows, columns).

    Of more than `LARGEST_PICTURE` tokens a cell holds the largest weight of several.
    """
    weights = kept.stored
    for axis in (2, 3):
        count = weights.shape[axis]
        weights = np.maximum.reduceat(weights, np.arange(0, count, ceil(count / LARGEST_PICTURE)), axis=axis)
    greatest = weights.max(axis=(2, 3), keepdims=True).clip(1)
    scaled: npt.NDArray[np.uint8] = (weights.astype(np.float32) * 255 / greatest).astype(np.uint8)
    return scaled


def _ask_hidden(kept: Attention) -> tuple[int, ...]:
    """The positions to be left out; says which are sinks."""
    with st.container(horizontal=True, gap="medium", vertical_alignment="center"):
        without, note = _ask_special_and_sinks(kept)
    if note:
        st.caption(markdown_text(note))
    return without


def _ask_special_and_sinks(kept: Attention) -> tuple[tuple[int, ...], str]:
    """The positions to be left out, and what is said of them."""
    without: list[int] = []
    share, note = percent(sink_share(kept)), ""
    if st.toggle(
        say("Hide special tokens"),
        key="hide special",
        help=say(
            "Leaves out tokens that are no part of the text, such as [CLS] and [SEP]. The other weights "
            "stay as they are, so that a row no longer sums to 1."
        ),
        persist_state="session",
    ):
        without += special_tokens(kept.prediction)
    if st.toggle(
        say("Hide sinks"),
        key="hide sinks",
        help=say(
            "Leaves out tokens that receive more than {share} of all attention, whatever a head is "
            "looking for. The other weights stay as they are.",
            share=share,
        ),
        persist_state="session",
    ):
        found = sinks(kept)
        names = token_names(kept.prediction, tuple(found))
        told = [
            say("{token} ({share} of all attention)", token=name, share=percent(one))
            for name, one in zip(names, found.values(), strict=True)
        ]
        note = (
            say("Hidden as sinks: {tokens}.", tokens=listed(told))
            if found
            else say("No token receives more than {share} of all attention.", share=share)
        )
        without += found
    return tuple(dict.fromkeys(without)), note


def _ask_reduction(*, of_one: bool) -> bool:
    """Whether several heads are drawn as their largest weights, and not as their mean; `of_one` both are the same."""
    chosen = st.segmented_control(
        say("Several heads"),
        ["mean", "strongest"],
        default="mean",
        required=True,
        format_func=lambda how: say(REDUCTIONS[how]),
        key="attention reduction",
        persist_state="session",
        label_visibility="collapsed",
        disabled=of_one,
    )
    return chosen == "strongest" and not of_one


@st.cache_resource(show_spinner=False)
def _component() -> st.components.v2.types.ComponentRenderer:
    return component("attention", MARKUP)
