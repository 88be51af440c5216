"""What the page says of a generator's report as a whole: every written word with what of the prompt caused it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from math import prod

from sidelight.dashboard.markup import shortened, shown
from sidelight.dashboard.palette import percent
from sidelight.dashboard.views.alternatives import bits, choice_names
from sidelight.dashboard.views.around import written_text
from sidelight.dashboard.views.naming import foil_name, method_title, quoted
from sidelight.dashboard.views.selection import asked_first, most_telling
from sidelight.dashboard.views.words import Word, coloured, pieces
from sidelight.dashboard.wording import say, unit_noun
from sidelight.explain.focus import focused, output_pieces, targets_at
from sidelight.explain.report import Attribution, Report
from sidelight.models.prediction import Feature, Prediction

LONGEST_HEADING = 90  # characters
MOST_WORDS = 12_000  # drawn in all rows together, about a megabyte
FAINTEST = 0.04  # opacity; a colour below it can't be seen


@dataclass(frozen=True, slots=True)
class WrittenWord:
    """A piece of what was written: how likely it was, its foil, and the prompt in the colours of its values."""

    name: str
    chance: str
    foil: str
    prompt: list[Word]


@dataclass(frozen=True, slots=True)
class WrittenToken:
    """A written token with its probability, the entropy of the choice in bits, and the likeliest other."""

    name: str
    chance: str
    bits: str
    other: str
    other_chance: str


def heading(prediction: Prediction) -> str:
    """How what was written begins."""
    text = written_text(prediction)
    return say("“{text}”", text=shortened(shown(" ".join(text.split()) or text), LONGEST_HEADING))


def count_text(prediction: Prediction) -> str:
    """How many tokens were written."""
    last = len(prediction.segments) - 1
    count = sum(token.span is not None and token.span.segment == last for token in prediction.tokens)
    return say("{count} {tokens}, written after the prompt below", count=count, tokens=unit_noun("token", count))


def written_words(report: Report, index: int, lead: Attribution) -> list[WrittenWord]:
    """Every written piece that an attribution covers, as many as the page holds."""
    prediction, found = report.predictions[index], []
    room = MOST_WORDS // max(1, len(prediction.features))
    alone = replace(report, attributions=(lead,), attention=())
    for piece in output_pieces(prediction)[:room]:
        if targets := asked_first(prediction, piece.tokens):
            narrow = focused(alone, index, targets)
            found += [_written_word(prediction, piece, one) for one in narrow.attributions]
    return found


def _written_word(prediction: Prediction, piece: Feature, attribution: Attribution) -> WrittenWord:
    (target,) = attribution.prediction.targets
    chances = [prediction.targets[place].probability or 0.0 for place in targets_at(prediction, piece.tokens)]
    foil = "" if target.against is None else say("rather than {foil}", foil=foil_name(target))
    part = [one for segment in range(len(prediction.segments) - 1) for one in pieces(prediction, segment)]
    words = list(_joined(coloured(part, attribution, 0)))
    return WrittenWord(quoted(piece.text), percent(prod(chances)), foil, words)


def _joined(words: Iterator[Word]) -> Iterator[Word]:
    """The words with neighbours of no visible colour put together, which keeps the page small."""
    for faint, group in groupby(words, lambda word: word.alpha < FAINTEST):
        if faint:
            yield Word("".join(word.text for word in group))
        else:
            yield from (replace(word, title="") for word in group)


def note(prediction: Prediction, lead: Attribution, count: int) -> str:
    """By what method so many words are coloured, and whether that is all of them."""
    names = {"method": method_title(lead), "units": unit_noun(prediction.unit, 2)}
    total = len(output_pieces(prediction))
    if count == total:
        return say(
            "The prompt for each of them in the colours of {method}; a row is scaled by its own largest "
            "value. The values stand in the CSV and JSON files.",
            **names,
        )
    return say(
        "The prompt for {count} of {total} written {units} in the colours of {method}; a row is "
        "scaled by its own largest value. All values that there are stand in the CSV and JSON files.",
        **names,
        count=f"{count:,}",
        total=f"{total:,}",
    )


def lead_of(report: Report, index: int) -> Attribution | None:
    """The attribution that the written words are coloured by: the most telling of those that cover all of them."""
    found, written = report.attributions_of(index), report.predictions[index].placed
    return most_telling([one for one in found if all(map(one.covers, written))] or found)


def written_tokens(prediction: Prediction) -> list[WrittenToken]:
    """The table of the written tokens."""
    found = []
    for place in prediction.placed:
        target = prediction.targets[place]
        first = target.alternatives[:1]
        own, *other = choice_names([target.name, *(one.text for one in first)])
        entropy = "" if target.entropy is None else bits(target.entropy)
        chances = [percent(one.probability) for one in first]
        found.append(WrittenToken(own, percent(target.probability or 0.0), entropy, "".join(other), "".join(chances)))
    return found
