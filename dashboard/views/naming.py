"""What methods, labels, features and scores are called on screen and in reports: plain text, not yet escaped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from sidelight.dashboard.markup import shortened, shown
from sidelight.dashboard.palette import decimals, largest, number, percent, signed_number
from sidelight.dashboard.wording import say, unit_noun
from sidelight.explain.methods import METHODS
from sidelight.explain.report import Attribution
from sidelight.models.prediction import Hiding, Prediction, Target

LONGEST_LABEL = 40  # characters of a label that are shown; all of them stand in the CSV and JSON files


def method_title(attribution: Attribution) -> str:
    """The method's title; the name itself if this version has no such method."""
    known = METHODS.get(attribution.method)
    return known.title if known else shortened(shown(attribution.method), LONGEST_LABEL)


def method_titles(attributions: Sequence[Attribution]) -> list[str]:
    """The titles, those that occur again numbered."""
    titles = [method_title(attribution) for attribution in attributions]
    return [
        f"{title} ({titles[:place].count(title) + 1})" if titles.count(title) > 1 else title
        for place, title in enumerate(titles)
    ]


def label_names(prediction: Prediction) -> list[str]:
    """The targets' names, with their ids where several share one."""
    names = [shortened(shown(target.name), LONGEST_LABEL) for target in prediction.targets]
    shared = {name for name, count in Counter(names).items() if count > 1}
    return [
        f"{name} (#{target.id})" if name in shared else name
        for name, target in zip(names, prediction.targets, strict=True)
    ]


def direction_text(prediction: Prediction, target: int, *, toward: bool) -> str:
    """What a value above zero, or below it, does: speaks for or against a label, raises or lowers a number."""
    keys = ("raises", "lowers") if prediction.targets[target].kind == "regression" else ("for", "against")
    return say(keys[0] if toward else keys[1], label=label_names(prediction)[target])


def feature_name(prediction: Prediction, index: int) -> str:
    """The feature's text, with its place among the features where the same text occurs again."""
    text = prediction.features[index].text
    again = sum(feature.text == text for feature in prediction.features) > 1
    return f"{shown(text)} ({unit_noun(prediction.unit)} {index + 1})" if again else shown(text)


def score_text(score: float, target: Target) -> str:
    """A score of the target with its probability, `+3.10 · 95.7 %`, or alone if it has none."""
    share = replace(target, score=score).probability
    return signed_number(score) if share is None else f"{signed_number(score)} · {percent(share)}"


def answer_text(target: Target) -> str:
    """The target's probability, or its score if it has none."""
    share = target.probability
    return number(target.score) if share is None else percent(share)


def values_text(attribution: Attribution, target: int) -> list[str]:
    """One target's values as text, with as many decimals as the largest needs."""
    values = attribution.values[target]
    places = decimals(largest(values))
    return [signed_number(value, places) if attribution.signed else number(value, places) for value in values]


def errors_text(attribution: Attribution, target: int) -> list[str]:
    """One target's standard errors as ` ± 0.07`; empty where none is known."""
    if attribution.error is None:
        return [""] * len(attribution.prediction.features)
    places = decimals(largest(attribution.values[target]))
    return [f" ± {number(error, places)}" for error in attribution.error[target]]


def hiding_text(hiding: Hiding | None, unit: str) -> str:
    """How features were made absent, as a sentence; empty if they were not."""
    if hiding is None:
        return ""
    units = unit_noun(unit, 2)
    if hiding.kind == "delete":
        return say("hidden_by_delete", units=units)
    return say("hidden_by_token", units=units, token=shown(hiding.token or ""))
