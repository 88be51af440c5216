"""What stands out: a few sentences made from the figures, each of them true of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from sidelight.dashboard.markup import Html, Markup, apart, fragment, joined_html, render, say_html, strong
from sidelight.dashboard.palette import largest, number, signed_number, unbroken
from sidelight.dashboard.wording import between_sentences, listed, unit_noun
from sidelight.explain.methods import adds_up
from sidelight.explain.report import Attribution, Report
from sidelight.models.message import Message

from .naming import (
    answer_text,
    direction_text,
    errors_text,
    feature_name,
    label_names,
    method_titles,
    odds_text,
    score_text,
    values_text,
)
from .selection import Selection, most_telling
from .trust import POOR_FIT

OCCLUSION = "occlusion"  # whose values are what becomes of the score without a word


@dataclass(frozen=True, slots=True)
class Sentence:
    """One finding as markup; `warning` where it says what not to trust."""

    text: Markup
    warning: bool = False


def room(_report: Report, _selection: Selection) -> int:
    """The height, in pixels with its head on the page, of what there is to say in the end as a rule."""
    return 220


def draw(report: Report, selection: Selection) -> Html | None:
    """The sentences as a list; None before any method has run."""
    attributions, lead = selection.attributions_in(report), selection.attribution_in(report)
    return fragment(content(attributions, selection.target, lead), selection.dark) if attributions else None


def content(attributions: tuple[Attribution, ...], target: int, chosen: Attribution | None = None) -> Markup:
    """The sentences as markup without its style."""
    return render("summary.html.jinja", sentences=list(sentences(attributions, target, chosen)))


def sentences(
    attributions: tuple[Attribution, ...], target: int, chosen: Attribution | None = None
) -> Iterator[Sentence]:
    """The answer in plain words, then a method's findings, by itself the most telling one's: who agrees with it, what
    speaks against it, and what not to trust.
    """
    lead = chosen or most_telling(attributions)
    if lead is None:
        return
    titles = dict(zip(map(id, attributions), method_titles(attributions), strict=True))
    yield from _plainly(lead, attributions, target)
    if largest(lead.values[target]) > 0:
        yield from _first(lead, attributions, titles, target)
        yield from _counter(lead, target)
    else:
        yield _nothing(lead, titles, target)
    yield from _way(lead, target)
    for attribution in attributions:
        yield from _warnings(attribution, titles, target)


def leading(attribution: Attribution, target: int) -> int:
    """The feature with the largest absolute value."""
    values = attribution.values[target]
    return max(range(len(values)), key=lambda index: abs(values[index]))


def _plainly(lead: Attribution, attributions: tuple[Attribution, ...], target: int) -> Iterator[Sentence]:
    """The answer with the word that speaks most for it, and what becomes of it without that word, where known."""
    prediction, values = lead.prediction, lead.values[target]
    asked = prediction.targets[target]
    if not (lead.signed and asked.exclusive and target == prediction.predicted and max(values, default=0.0) > 0):
        return
    top, names = values.index(max(values)), label_names(prediction)
    named = {"label": strong(names[target]), "word": strong(feature_name(prediction, top))}
    without = next((one for one in attributions if one.method == OCCLUSION and one.covers(target)), None)
    if without is None or not all(map(without.covers, range(len(prediction.targets)))):
        yield Sentence(say_html("The answer is {label}, mainly because of {word}.", **named))
        return
    scores = [one.score - row[top] for one, row in zip(prediction.targets, without.values, strict=True)]
    becomes = scores.index(max(scores))
    if becomes != target:
        key = Message("The answer is {label}, mainly because of {word}; without it the answer becomes {other}.")
        yield Sentence(say_html(key, **named, other=strong(names[becomes])))
        return
    key = Message("The answer is {label}, mainly because of {word}; without it {label} goes from {before} to {after}.")
    before, after = (unbroken(answer_text(replace(asked, score=score))) for score in (asked.score, scores[target]))
    yield Sentence(say_html(key, **named, before=before, after=after))


def _first(
    lead: Attribution, attributions: tuple[Attribution, ...], titles: dict[int, str], target: int
) -> Iterator[Sentence]:
    """The leading word, and which other methods with a direction put it first too, on the same side or not."""
    top = leading(lead, target)
    agreeing: list[str] = []
    differing: list[Markup] = []
    for one in attributions:
        if one is lead or not one.signed or not largest(one.values[target]):
            continue
        first = leading(one, target)
        opposite = first == top and lead.signed and one.values[target][first] * lead.values[target][top] < 0
        if first == top and not opposite:
            agreeing.append(titles[id(one)])
        else:
            word, value = strong(feature_name(one.prediction, first)), values_text(one, target)[first]
            key = (
                Message("{word} with the opposite sign ({method} {value})")
                if opposite
                else Message("{word} ({method} {value}, {direction})")
                if one.values[target][first] < 0
                else Message("{word} ({method} {value})")
            )
            against = direction_text(one.prediction, target, toward=False)
            differing.append(say_html(key, method=titles[id(one)], word=word, value=value, direction=against))
    yield _carries(lead, agreeing, titles, target)
    if differing:
        yield Sentence(say_html("First in other methods: {words}.", words=joined_html(differing)))


def _carries(lead: Attribution, agreeing: list[str], titles: dict[int, str], target: int) -> Sentence:
    top = leading(lead, target)
    value = values_text(lead, target)[top] + errors_text(lead, target)[top]
    direction = direction_text(lead.prediction, target, toward=lead.values[target][top] > 0)
    word, method = strong(feature_name(lead.prediction, top)), titles[id(lead)]
    key = (
        Message("{word} carries most: {value} in {method} ({direction}).")
        if lead.signed
        else Message("{word} has the largest value, {value} in {method}, which has no direction.")
    )
    text = say_html(key, word=word, method=method, value=value, direction=direction)
    if agreeing and lead.signed:
        text += between_sentences() + say_html(
            "{methods} say so too." if len(agreeing) > 1 else "{methods} says so too.", methods=listed(agreeing)
        )
    return Sentence(text)


def _counter(lead: Attribution, target: int) -> Iterator[Sentence]:
    values, top = lead.values[target], leading(lead, target)
    opposite = [index for index, value in enumerate(values) if lead.signed and value * values[top] < 0]
    if opposite:
        most = max(opposite, key=lambda index: abs(values[index]))
        word = strong(feature_name(lead.prediction, most))
        yield Sentence(
            say_html("Strongest the other way: {word} ({value}).", word=word, value=values_text(lead, target)[most])
        )


def _nothing(lead: Attribution, titles: dict[int, str], target: int) -> Sentence:
    label, unit = apart(label_names(lead.prediction)[target]), unit_noun(lead.prediction.unit)
    return Sentence(
        say_html(
            "No {unit} has any effect on {label} in {method}: every value is 0.",
            unit=unit,
            label=label,
            method=titles[id(lead)],
        )
    )


def _way(lead: Attribution, target: int) -> Iterator[Sentence]:
    if lead.base is not None:
        asked, scores = lead.prediction.targets[target], (lead.base[target], lead.prediction.targets[target].score)
        unit = lead.prediction.unit
        label = apart(label_names(lead.prediction)[target])
        names = {"unit": unit_noun(unit), "units": unit_noun(unit, 2), "label": label}
        if asked.sums > 1:
            key, (before, after) = (
                Message(
                    "With every {unit} hidden the score of {label}, a sum over its tokens, is {before}; the "
                    "{units} take it to {after}."
                ),
                [unbroken(score_text(score, asked)) for score in scores],
            )
        elif asked.against is not None:
            key, (before, after) = (
                Message("With every {unit} hidden, {before}; with the {units}, {after}."),
                [odds_text(score, asked) for score in scores],
            )
        else:
            key = Message("With every {unit} hidden the model gives {label} {before}; the {units} take it to {after}.")
            before, after = [unbroken(answer_text(replace(asked, score=score))) for score in scores]
        yield Sentence(say_html(key, before=before, after=after, **names))


def _warnings(attribution: Attribution, titles: dict[int, str], target: int) -> Iterator[Sentence]:
    method = titles[id(attribution)]
    if attribution.gap is not None and not adds_up(attribution, target):
        gap = signed_number(attribution.gap[target], 3)
        yield Sentence(
            say_html("{method} does not add up: base and values miss the score by {gap}.", method=method, gap=gap),
            warning=True,
        )
    fit = attribution.figure("r2", target)
    if fit is not None and fit < POOR_FIT:
        yield Sentence(
            say_html(
                "{method} fits the model poorly around this text (R² {r2}): take its values as rough.",
                method=method,
                r2=number(fit),
            ),
            warning=True,
        )
