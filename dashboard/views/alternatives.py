"""What else a generator could have written: a token's likeliest rivals, and how open the choice was."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from math import exp, log

from sidelight.dashboard.markup import Html, Markup, fragment, render, shortened, shown
from sidelight.dashboard.palette import number, percent
from sidelight.dashboard.wording import say
from sidelight.explain.report import Report
from sidelight.models.prediction import Alternative, Target

from .naming import LONGEST_LABEL, chance_of, quoted
from .selection import Selection


@dataclass(frozen=True, slots=True)
class Choice:
    """A token that was or could have been written: its name and probability; `side` is the colour of its bar."""

    name: str
    share: float
    side: str = "muted"

    @property
    def text(self) -> str:
        """The probability."""
        return percent(self.share)


def draw(report: Report, selection: Selection) -> Html | None:
    """The choices as bars; None for what is no written token, or one of which no others are known."""
    target = selection.prediction_in(report).targets[selection.target]
    drawing = content(target)
    return None if drawing is None else fragment(drawing, selection.dark)


def content(target: Target) -> Markup | None:
    """The bars as markup without their style; None as for `draw`."""
    found = list(choices(target))
    note = "" if target.entropy is None else entropy_text(target.entropy)
    return render("alternatives.html.jinja", choices=found, note=note) if found else None


def choices(target: Target) -> Iterator[Choice]:
    """The written token, its rivals and its foil, the likeliest first; then all others together."""
    own = chance_of(target)
    if own is None or not target.alternatives:
        return
    known = {target.id: (target.name, own)} | {one.id: (one.text, one.probability) for one in _rivals(target)}
    names = dict(zip(known, choice_names([text for text, _ in known.values()]), strict=True))
    foil = None if target.against is None else target.against.id
    for id_, (_, share) in sorted(known.items(), key=lambda entry: -entry[1][1]):
        yield Choice(names[id_], share, "toward" if id_ == target.id else "against" if id_ == foil else "muted")
    yield Choice(say("any other token"), max(0.0, 1 - sum(share for _, share in known.values())))


def _rivals(target: Target) -> tuple[Alternative, ...]:
    return target.alternatives if target.against is None else (*target.alternatives, target.against)


def choice_names(texts: list[str]) -> list[str]:
    """Tokens as they are shown, with the blanks around them only where they would be the same without."""
    names = [quoted(text) for text in texts]
    again = Counter(names)
    return [_with_blanks(text) if again[name] > 1 else name for text, name in zip(texts, names, strict=True)]


def _with_blanks(text: str) -> str:
    core = text.strip()
    start = text.index(core)
    parts = (text[:start], core, text[start + len(core) :])
    return say("“{text}”", text=shortened("".join(shown(part) for part in parts if part), LONGEST_LABEL))


def bits(entropy: float) -> str:
    """An entropy in nats as text, in bits."""
    return number(entropy / log(2))


def entropy_text(entropy: float) -> str:
    """An entropy in nats as a sentence."""
    many = exp(entropy)
    return say(
        "Entropy {bits} bits: as open as a choice among {count} equally likely tokens.",
        bits=bits(entropy),
        count=number(many, 1) if many < 100 else f"{many:,.0f}",
    )
