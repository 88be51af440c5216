"""How likely two generators hold each token of one continuation, a row a token."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp

from sidelight.dashboard.markup import Html, fragment, render, say_html
from sidelight.dashboard.palette import decimals, largest, number, percent, side, signed_number
from sidelight.explain.written_shift import TokenShift

from .naming import quoted


def draw(tokens: Sequence[TokenShift], dark: bool = False) -> Html:
    """The probability of the whole, and a bar for each token's change."""
    greatest = largest(one.change for one in tokens)
    places, scale = decimals(greatest), 50 / greatest if greatest else 0.0
    rows = [
        {
            "name": quoted(one.text) if one.parts == 1 else f"{quoted(one.text)} {one.part}/{one.parts}",
            "before": percent(exp(one.before)),
            "after": percent(exp(one.after)),
            "text": signed_number(one.change, places),
            "side": side(one.change, signed=True),
            "left": round(50 + min(0.0, one.change * scale), 2),
            "width": round(abs(one.change) * scale, 2),
        }
        for one in tokens
    ]
    before, after = (exp(-sum(values) / len(tokens)) for values in zip(*((t.before, t.after) for t in tokens)))  # noqa: B905
    change = signed_number(sum(one.change for one in tokens))
    total = say_html(
        "The log-probability of the continuation changes by {change} nats; its perplexity was {before} and is {after}.",
        change=change,
        before=number(before),
        after=number(after),
    )
    return fragment(render("written_shift.html.jinja", rows=rows, total=total), dark)
