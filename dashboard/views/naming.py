"""What methods, labels, features and scores are called on screen and in reports: plain text, not yet escaped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, tzinfo
from math import exp, log

from sidelight.dashboard.markup import shortened, shown
from sidelight.dashboard.palette import decimals, largest, number, percent, signed_number
from sidelight.dashboard.wording import joined, say, text_of, told, unit_noun
from sidelight.explain.methods import METHODS
from sidelight.explain.report import Attribution
from sidelight.models.message import Message
from sidelight.models.model import Hiding
from sidelight.models.prediction import VALUE, Prediction, Target
from sidelight.models.tasks import TASKS

LEAST_TIMES, MOST_TIMES = 1.05, 1_000_000  # between them a ratio is a number
PART_OF_CHARACTER = "\N{REPLACEMENT CHARACTER}"  # what decoders write for bytes that are no whole character
LONGEST_LABEL = 40  # characters of a label that are shown; all of them stand in the CSV and JSON files
COLUMN_TITLES = {
    "context": Message("Context column"),
    "group": Message("Group column"),
    "label": Message("Label column"),
    "prompt": Message("Prompt column"),
    "response": Message("Response column"),
    "text": Message("Text column"),
}
UNLIKE = {
    "attention": Message("one of the models gives none, or the text is too long to keep it."),
    "heads": Message("the models have different numbers of heads."),
    "layers": Message("the models have different numbers of layers."),
    "tokens": Message("the models read the text as different tokens; give two models with one tokenizer."),
}


def method_title(attribution: Attribution) -> str:
    """The title of the method that made it."""
    return method_name(attribution.method)


def method_name(name: str) -> str:
    """A method's title; the name itself if this version has no such method."""
    known = METHODS.get(name)
    return told(known.title) if known else shortened(shown(name), LONGEST_LABEL)


def method_help(name: str) -> str:
    """What a method does, in one line; empty if this version has no such method."""
    known = METHODS.get(name)
    return text_of(known.help) if known else ""


def task_name(prediction: Prediction) -> str:
    """What the model was asked to do."""
    return told(TASKS[prediction.task].title) if prediction.task in TASKS else shown(prediction.task)


def minute(created: str, zone: tzinfo = UTC) -> str:
    """A time in ISO 8601 to the minute, as the clocks of a zone have it: `2026-11-23 18:40`, where it is UTC said so.

    One that names no zone is in UTC. Empty where there is none; what is no time stays as it is.
    """
    try:
        time = datetime.fromisoformat(created)
        there = time.replace(tzinfo=time.tzinfo or UTC).astimezone(zone)
    except (ValueError, OverflowError):
        return shown(created[:16]) if created else ""
    return f"{there:%Y-%m-%d %H:%M}{' UTC' if zone is UTC else ''}"


def settings_text(attribution: Attribution) -> str:
    """What the method was run with; empty if it has no settings."""
    named = ((text_of(_words(name)), value) for name, value in attribution.settings.items())
    return joined(f"{name} {shown(str(value))}" for name, value in named)


def pairs_text(named: Mapping[str, object]) -> str:
    """Versions or settings with their names, in one line; a dash where there are none."""
    return shown(", ".join(f"{name} {value}" for name, value in named.items())) if named else "–"


def figures_text(attribution: Attribution, target: int) -> str:
    """What the method found of itself for a target; empty if it found nothing."""
    found = ((name, attribution.figure(name, target)) for name in attribution.diagnostics)
    return joined(f"{text_of(_words(name))} {number(figure, 3)}" for name, figure in found if figure is not None)


def _words(name: str) -> str:
    return shown(name.replace("_", " "))


def method_titles(attributions: Sequence[Attribution]) -> list[str]:
    """The titles, those that occur again numbered."""
    return numbered([method_title(attribution) for attribution in attributions])


def numbered(titles: Sequence[str]) -> list[str]:
    """The titles, those that occur again with their number."""
    return [
        f"{title} ({titles[:place].count(title) + 1})" if titles.count(title) > 1 else title
        for place, title in enumerate(titles)
    ]


def label_names(prediction: Prediction) -> list[str]:
    """The targets' names, with their ids, or places in what was written, where several share one."""
    names = [target_name(target) for target in prediction.targets]
    shared = {name for name, count in Counter(names).items() if count > 1}
    numbers = [target.id if target.position is None else target.position for target in prediction.targets]
    return [f"{name} (#{number})" if name in shared else name for name, number in zip(names, numbers, strict=True)]


def target_name(target: Target) -> str:
    """A label as it is; what was written in quotation marks, with its foil."""
    if target.against is None:
        return own_name(target)
    return say("{name} rather than {foil}", name=own_name(target), foil=foil_name(target))


def foil_name(target: Target) -> str:
    """What the target is contrasted with; of several tokens each has a foil of its own.

    Raises:
        ValueError: it is not contrasted with anything.
    """
    if target.against is None:
        raise ValueError(f"{target.name!r} is not contrasted with anything; ask for its probability")
    return say("the other choice at each step") if target.sums > 1 else quoted(target.against.text)


def own_name(target: Target) -> str:
    """The target without its foil."""
    return quoted(target.name) if target.placed else shortened(shown(target.name), LONGEST_LABEL)


def quoted(text: str) -> str:
    """A piece of written text, without the blanks around it."""
    if PART_OF_CHARACTER in text and not text.strip(f"{PART_OF_CHARACTER} \n"):
        return say("part of a character")
    if isinstance(text, Message):  # of a token that is only a part of a character, or has no text
        return told(text)
    return say("“{text}”", text=shortened(shown(text.strip() or text), LONGEST_LABEL))


def chance_of(target: Target) -> float | None:
    """How likely the model held what it was asked about; of a contrast that is looked at alone, the token's own."""
    return target.chance if target.probability is None else target.probability


def question_text(prediction: Prediction, target: int) -> str:
    """What an explanation is about: `What speaks for “Paris” rather than “Lyon”`."""
    asked = prediction.targets[target]
    if asked.against is not None:
        return say("What speaks {direction}", direction=say("for {label}", label=target_name(asked)))
    key = Message("What {direction}") if asked.unit == VALUE else Message("What speaks {direction}")
    return say(key, direction=direction_text(prediction, target, toward=True))


def scale_text(target: Target) -> str:
    """What one step of a target's score is."""
    return text_of(target.unit)


def odds_text(score: float, target: Target) -> str:
    """A contrast's score as part of a sentence: `“Paris” is 12 times as likely as “Lyon”`.

    Raises:
        ValueError: the target is not contrasted with anything.
    """
    names = (own_name(target), foil_name(target))
    likelier, other = names if score >= 0 else reversed(names)
    times = exp(min(abs(score), log(MOST_TIMES) + 1))
    if times < LEAST_TIMES:
        return say("{likelier} is about as likely as {other}", likelier=likelier, other=other)
    count = number(times, 1) if times < 10 else f"{times:,.0f}" if times <= MOST_TIMES else f"> {MOST_TIMES:,}"
    return say("{likelier} is {count} times as likely as {other}", likelier=likelier, other=other, count=count)


def direction_text(prediction: Prediction, target: int, *, toward: bool) -> str:
    """What a value above zero, or below it, does: speaks for or against a label, raises or lowers a number."""
    asked = prediction.targets[target]
    if asked.against is not None:
        return say("for {label}", label=own_name(asked) if toward else foil_name(asked))
    keys = (
        (Message("raises {label}"), Message("lowers {label}"))
        if asked.unit == VALUE
        else (Message("for {label}"), Message("against {label}"))
    )
    return say(keys[0] if toward else keys[1], label=label_names(prediction)[target])


def feature_name(prediction: Prediction, index: int) -> str:
    """The feature's text, in quotation marks where it has no letter or digit, so that `,` can be read in a sentence;
    with its place among the features where the same text occurs again.
    """
    text = prediction.features[index].text
    name = shown(text) if any(map(str.isalnum, text)) else say("“{text}”", text=shown(text))
    again = sum(feature.text == text for feature in prediction.features) > 1
    return f"{name} ({unit_noun(prediction.unit)} {index + 1})" if again else name


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
        return say("Hidden {units} are taken out.", units=units)
    return say("Hidden {units} become {token}.", units=units, token=shown(hiding.token or ""))
