"""How far to trust an attribution, from the figures that came with it."""

from __future__ import annotations

from dataclasses import dataclass

from sidelight.dashboard.palette import number, percent, signed_number
from sidelight.dashboard.wording import say
from sidelight.explain.methods import adds_up
from sidelight.explain.report import Attribution

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
        text = say("adds_up", gap=size) if close else say("misses", gap=signed_number(gap, 3))
        found.append(Remark(text, say("gap_meaning"), "good" if close else "warning"))
    fit = attribution.figure("r2", target)
    if fit is not None:
        key, tone = ("poor_fit", "warning") if fit < POOR_FIT else ("local_fit", "muted")
        found.append(Remark(say(key, r2=number(fit)), say("fit_meaning"), tone))
    if not attribution.signed:
        found.append(Remark(say("unsigned"), say("unsigned_meaning")))
    share = attribution.figure("special_share", target)
    if share is not None:
        found.append(Remark(say("special_share", share=percent(share)), say("special_meaning")))
    seconds = number(attribution.seconds, 1 if attribution.seconds >= 0.1 else 2)
    key = "pass_taken" if attribution.calls == 1 else "passes"
    return [*found, Remark(say(key, calls=f"{attribution.calls:,}", seconds=seconds), say("passes_meaning"))]
