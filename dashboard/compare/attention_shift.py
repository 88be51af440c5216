"""The attention of two models on one text: by how much each head shifted, and the chosen one in both."""

from __future__ import annotations

from functools import partial

import numpy as np
import numpy.typing as npt
import streamlit as st
from sidelight.dashboard.attention import ask_heads
from sidelight.dashboard.markup import markdown_text, shortened, shown
from sidelight.dashboard.palette import decimals, number
from sidelight.dashboard.reproduce import show_code
from sidelight.dashboard.viewing import show_chart
from sidelight.dashboard.views.attention_shift import (
    difference_values,
    draw_difference,
    draw_weights,
    weights_values,
)
from sidelight.dashboard.views.naming import LONGEST_LABEL, UNLIKE
from sidelight.dashboard.wording import say
from sidelight.explain.attention_shift import UnlikeError, attention_of, attention_shift, rounding_floor
from sidelight.explain.report import Attention, Report
from sidelight.models.message import Message
from sidelight.models.prediction import Floats

from .code import Made, code_of_attention

KEY = "heads that shifted"
PICTURE, SMALL, MANY = 44, 24, 12  # CSS pixels at most, and of more layers than so many


def show_shift(before: Report, after: Report, titles: tuple[str, str], made: Made) -> None:
    """Every head's shift, and the chosen heads' maps beside each other.

    Args:
        before: the first model's report of a text.
        after: the second one's report of the same text.
        titles: what the models are called.
        made: the code that makes both reports again.
    """
    names = [shortened(shown(title), LONGEST_LABEL) for title in titles]
    head = st.container(horizontal=True, horizontal_alignment="distribute", gap="small", wrap=False)
    head.caption(
        f"**{markdown_text(say('Attention shift, head by head'))}**",
        help=say(
            "Jensen-Shannon divergence in bits between both models' weights, the mean over a text's "
            "tokens: 0 where a head looks exactly as before, 1 where it looks at nothing that it looked "
            "at before."
        ),
    )
    one, other = attention_of(before), attention_of(after)
    try:
        shift = attention_shift(one, other)
    except UnlikeError as error:
        told = error.obstacle
        reason = say(UNLIKE[told.kind])
        st.warning(
            markdown_text(say("Attention is not compared: {reason}", reason=reason) + _both(told.before, told.after))
        )
        return
    if one and other:
        chosen = _show(shift, one, other, (names[0], names[1]))
        with head:
            show_code(
                code_of_attention(made, chosen, titles),
                "attention_shift",
                say("Makes this report, and draws this view of it, again."),
                quiet=True,
            )


def _both(before: str, after: str) -> str:
    return " " + say("First: {before}; then: {after}.", before=shown(before), after=shown(after)) if before else ""


def _show(shift: Floats, before: Attention, after: Attention, titles: tuple[str, str]) -> tuple[tuple[int, int], ...]:
    """Draws all of it; the heads that are chosen."""
    dark = st.context.theme.type == "dark"
    floor = max(rounding_floor(len(kept.keys), kept.parts) for kept in (before, after))
    st.caption(
        markdown_text(
            say(
                "From {before} to {after}: the stronger the colour, the larger the shift, up to {most} bits; "
                "one below {floor} bits can't be told from rounding. Click a head to see it in both models.",
                before=titles[0],
                after=titles[1],
                most=number(float(shift.max()), 3),
                floor=number(floor, decimals(floor)),
            )
        )
    )
    layer, head = divmod(int(shift.argmax()), shift.shape[1])
    most, size = ((layer, head),), SMALL if len(shift) > MANY else PICTURE
    chosen = ask_heads(KEY, squares(shift), head_names(shift), dark, most, size) or most
    mean = float(np.mean([shift[one] for one in chosen]))
    key = (
        Message("{head}: {bits} bits")
        if len(chosen) == 1
        else Message("{count} heads, {bits} bits on average; the maps are their means")
    )
    name = say("layer {layer}, head {head}", layer=chosen[0][0] + 1, head=chosen[0][1] + 1)
    st.caption(markdown_text(say(key, head=name, count=len(chosen), bits=number(mean, 3))))
    one, other, between = st.columns(3)
    with one:
        show_chart("map_before", draw_weights(before, chosen, titles[0], dark), partial(weights_values, before, chosen))
    with other:
        show_chart("map_after", draw_weights(after, chosen, titles[1], dark), partial(weights_values, after, chosen))
    with between:
        difference = draw_difference(before, after, chosen, dark)
        show_chart("map_between", difference, partial(difference_values, before, after, chosen))
    return chosen


def squares(shift: Floats) -> npt.NDArray[np.uint8]:
    """Every head as one cell, 255 for the largest shift: (layers, heads, 1, 1)."""
    greatest = float(shift.max()) or 1.0
    cells: npt.NDArray[np.uint8] = np.round(255 * shift / greatest).astype(np.uint8)[..., None, None]
    return cells


def head_names(shift: Floats) -> list[list[str]]:
    """What each head is called, with its shift."""
    return [
        [
            say(
                "{head}: {bits} bits",
                head=say("layer {layer}, head {head}", layer=layer + 1, head=head + 1),
                bits=number(float(bits), 3),
            )
            for head, bits in enumerate(row)
        ]
        for layer, row in enumerate(shift)
    ]
