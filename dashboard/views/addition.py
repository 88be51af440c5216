"""How the words add up: from the score with everything hidden, word by word, to the prediction."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sidelight.dashboard.markup import Markup, render, shown
from sidelight.dashboard.palette import decimals, largest, side, signed_number
from sidelight.dashboard.wording import say, unit_noun
from sidelight.explain.methods import adds_up
from sidelight.explain.report import Attribution
from sidelight.models.prediction import Prediction

from .naming import errors_text, feature_name, hiding_text, label_names, own_name, score_text, values_text

MOST_STEPS = 8


@dataclass(frozen=True, slots=True)
class Step:
    """A bar from `start` to `end` with its name, its number and the full text for a closer look.

    `point` marks the two ends of a sum, which are places and not changes.
    """

    name: str
    text: str
    start: float
    end: float
    hover: str
    signed: bool = True
    point: bool = False

    @property
    def side(self) -> str:
        """The colour of the bar."""
        return side(self.end - self.start, self.signed)


def steps(attribution: Attribution, target: int) -> list[Step]:
    """The base, the largest values one by one, the rest as one, what does not add up, the score.

    Raises:
        ValueError: the attribution has no base and so is no sum.
    """
    if attribution.base is None:
        raise ValueError(f"{attribution.method} has no base and does not add up; choose an additive method")
    asked, unit = attribution.prediction.targets[target], unit_noun(attribution.prediction.unit)
    at = attribution.base[target]
    text = score_text(at, asked)
    line = [
        Step(
            say("all hidden"), text, at, at, say("with every {unit} hidden: {value}", unit=unit, value=text), point=True
        )
    ]
    for name, text, value, hover in _parts(attribution, target):
        line.append(Step(name, text, at, at + value, hover))
        at += value
    label, text = label_names(attribution.prediction)[target], score_text(asked.score, asked)
    name = label if asked.against is None else own_name(asked)
    return [*line, Step(name, text, asked.score, asked.score, f"{label}: {text}", point=True)]


def _parts(attribution: Attribution, target: int) -> Iterator[tuple[str, str, float, str]]:
    prediction, values = attribution.prediction, attribution.values[target]
    texts, errors = values_text(attribution, target), errors_text(attribution, target)
    places = decimals(largest(values))
    alone, rest = alone_and_rest(values)
    for index in alone:
        hover = f"{feature_name(prediction, index)}: {texts[index]}{errors[index]}"
        yield shown(prediction.features[index].text), texts[index], values[index], hover
    if rest:
        total, name = sum(values[index] for index in rest), rest_name(prediction, rest)
        yield name, signed_number(total, places), total, f"{name}: {signed_number(total, places)}"
    gap = attribution.gap[target] if attribution.gap else 0.0
    if not adds_up(attribution, target):
        yield (
            say("does not add up"),
            signed_number(gap, 3),
            gap,
            say("what base and values together miss of the score: {value}", value=signed_number(gap, 3)),
        )


def alone_and_rest(values: Sequence[float]) -> tuple[list[int], list[int]]:
    """The places of the largest values, which have a bar each, and of those that share one; the largest first."""
    order = sorted(range(len(values)), key=lambda index: -abs(values[index]))
    count = len(order) if len(order) <= MOST_STEPS + 1 else MOST_STEPS
    return order[:count], order[count:]


def rest_name(prediction: Prediction, rest: Sequence[int]) -> str:
    """What the features that share a bar are called: how many they are."""
    return say("{count} other {units}", count=len(rest), units=unit_noun(prediction.unit, len(rest)))


def content(attribution: Attribution, target: int) -> Markup:
    """The sum as static bars, markup without its style."""
    line = steps(attribution, target)
    low = min(min(step.start, step.end) for step in line)
    width = max(max(step.start, step.end) for step in line) - low
    scale = 100 / width if width else 0.0
    bars = [
        (step, round((min(step.start, step.end) - low) * scale, 2), round(abs(step.end - step.start) * scale, 2))
        for step in line
    ]
    return render("addition.html.jinja", bars=bars, note=hiding_text(attribution.hiding, attribution.prediction.unit))
