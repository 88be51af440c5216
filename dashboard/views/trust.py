"""How far to trust an attribution, from the figures that came with it."""

from __future__ import annotations

from dataclasses import dataclass

from sidelight.dashboard.palette import number, percent, signed_number
from sidelight.dashboard.wording import say
from sidelight.explain.methods import adds_up
from sidelight.explain.report import Attribution
from sidelight.models.message import Message

POOR_FIT = 0.5  # a local model that explains less than half of what it saw


@dataclass(frozen=True, slots=True)
class Remark:
    """A short text about an attribution, and what it means; `tone` is `good`, `warning` or `muted`."""

    text: str
    help: str
    tone: str = "muted"


def remarks(attribution: Attribution, target: int) -> list[Remark]:
    """What is known of an attribution's quality for one target, and what it took."""
    found: list[Remark] = []
    if attribution.gap is not None:
        gap = attribution.gap[target]
        close = adds_up(attribution, target)
        size = number(abs(gap), 3).removeprefix("0")
        text = (
            say("adds up (gap {gap})", gap=size)
            if close
            else say("misses the score by {gap}", gap=signed_number(gap, 3))
        )
        found.append(
            Remark(
                text,
                say(
                    "Base and values should sum to the score. A gap means that they miss it: do not read such "
                    "values as shares of the answer."
                ),
                "good" if close else "warning",
            )
        )
    fit = attribution.figure("r2", target)
    if fit is not None:
        key, tone = (
            (Message("poor local fit, R² {r2}"), "warning")
            if fit < POOR_FIT
            else (Message("local fit R² {r2}"), "muted")
        )
        found.append(
            Remark(
                say(key, r2=number(fit)),
                say(
                    "How much of the model's answers to masked copies the linear fit explains, from 0 to 1. "
                    "Below one half its values are rough."
                ),
                tone,
            )
        )
    if not attribution.signed:
        found.append(
            Remark(
                say("unsigned, no direction"),
                say("These values say how much, not for or against. Do not read them as reasons."),
            )
        )
    share = attribution.figure("special_share", target)
    if share is not None:
        found.append(
            Remark(
                say("{share} of it on special tokens", share=percent(share)),
                say(
                    "This part of the values lies on tokens that are no part of the text, and is not shown on any word."
                ),
            )
        )
    seconds = number(attribution.seconds, 1 if attribution.seconds >= 0.1 else 2)
    key = Message("{calls} pass, {seconds} s") if attribution.calls == 1 else Message("{calls} passes, {seconds} s")
    return [
        *found,
        Remark(
            say(key, calls=f"{attribution.calls:,}", seconds=seconds),
            say(
                "How often the model was asked, and how long it took. Passes that another method had made "
                "already took no time."
            ),
        ),
    ]
