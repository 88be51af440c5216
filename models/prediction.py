"""What a model answered, as plain frozen data.

A `Prediction` is one answer of a model to one input. Nothing here knows a tokenizer, a network or a method.
Numbers that may come from a file are marked strict, so that the text "1.5" is never taken for a number.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, isfinite
from typing import Annotated

import numpy as np
import numpy.typing as npt
from pydantic import AllowInfNan, Strict

from .message import Message, RefusedError, Sentence

Number = Annotated[float, Strict(), AllowInfNan(False)]
Whole = Annotated[int, Strict()]
Floats = npt.NDArray[np.floating]


class ModelError(RefusedError):
    """A model can't be had, can't be explained, or gave no usable answer."""


class UnsupportedError(ModelError):
    """A model can't do what one method asks of it; other methods may work."""


@dataclass(frozen=True, slots=True)
class Span:
    """Characters `start` to `end` (exclusive, code points) of `segments[segment]`."""

    segment: Whole
    start: Whole
    end: Whole


@dataclass(frozen=True, slots=True)
class Token:
    """One position of the ids that a model read.

    `span` is None for what the tokenizer added itself; `type` is the tokenizer's token type, where it has one.
    """

    text: Sentence
    span: Span | None
    type: Whole = 0


@dataclass(frozen=True, slots=True)
class Feature:
    """The smallest piece of text that is hidden as one: a word, say.

    `start` and `end` are code points of `segments[segment]`; `tokens` are positions in the prediction's ids.
    """

    text: str
    segment: Whole
    start: Whole
    end: Whole
    tokens: tuple[Whole, ...]


@dataclass(frozen=True, slots=True)
class Alternative:
    """A token that could have been written instead, and how likely it was."""

    id: Whole
    text: Sentence
    probability: Number


LOG_ODDS = "log-odds"  # against all others; for one of several labels that can be true at once, against its absence
LOG_RATIO = "log probability ratio"  # log p(target) - log p(foil)
VALUE = "predicted value"


@dataclass(frozen=True, slots=True)
class Target:
    """One thing a model can be asked about: a label, say, or a token that it wrote.

    Args:
        id: the number of the label, or of the token in the vocabulary.
        name: of the label, or the token's text.
        kind: of what it is, for people and files: `label`, `multilabel`, `regression`, `token` or `span`.
        score: in `unit`.
        position: where in the ids it stands; None for what stands in no text.
        read_at: the position in the ids that the model reads it off; None where it reads it off all of them.
        until: it depends on nothing from this position in the ids on; None where it can depend on all of them.
        place: its characters; None for what stands in no text.
        unit: one step of the score, in words.
        exclusive: no other target of its kind can be true with it.
        sums: of so many neighbouring targets the score is the sum.
        against: the foil of a contrast.
        entropy: of the model's distribution over all tokens there, in nats; where it is not held against a foil.
        alternatives: the likeliest other tokens there; likewise.
        chance: the probability of a token that is held against a foil, where the target stands alone.
    """

    id: Whole
    name: Sentence
    kind: str
    score: Number
    position: Whole | None = None
    read_at: Whole | None = None
    until: Whole | None = None
    place: Span | None = None
    unit: str = LOG_ODDS
    exclusive: bool = False
    sums: Whole = 1
    against: Alternative | None = None
    entropy: Number | None = None
    alternatives: tuple[Alternative, ...] = ()
    chance: Number | None = None

    @property
    def placed(self) -> bool:
        """Whether it stands in a text."""
        return self.position is not None

    @property
    def probability(self) -> float | None:
        """The probability that belongs to the score; None where a score has none."""
        return probability(self.score) if self.unit == LOG_ODDS and self.sums == 1 else None


def probability(score: float) -> float:
    """Log-odds to probability, without overflow."""
    return 1 / (1 + exp(-score)) if score >= 0 else exp(score) / (1 + exp(score))


@dataclass(frozen=True, slots=True)
class Prediction:
    """One answer of one model to one input.

    Args:
        model: the model's name, never a path.
        task: how the model was asked, for example `classify`.
        segments: the input texts, one a field of the task, and what the model wrote.
        ids: the token ids the model read, special tokens included.
        tokens: one a position of `ids`.
        unit: the name of the unit the features were made by.
        features: the pieces of text that can be hidden, in reading order.
        targets: what the model answered, every label of a classifier.
        unseen: the parts of the segments that the model did not read.
        notices: what is to be said of the model, and of how it read this input, in whole sentences.

    Raises:
        ValueError: ids and tokens differ in length, a feature points outside of the text or the ids, or a score is
            not a finite number.
    """

    model: str
    task: str
    segments: tuple[str, ...]
    ids: tuple[Whole, ...]
    tokens: tuple[Token, ...]
    unit: str
    features: tuple[Feature, ...]
    targets: tuple[Target, ...]
    unseen: tuple[Span, ...] = ()
    notices: tuple[Sentence, ...] = ()

    def __post_init__(self) -> None:
        if len(self.ids) != len(self.tokens):
            raise ValueError(f"a prediction has {len(self.ids)} ids but {len(self.tokens)} tokens")
        spans = [token.span for token in self.tokens if token.span]
        places: list[Span | Feature] = [*self.features, *spans, *self.unseen]
        for place in places:
            if not 0 <= place.segment < len(self.segments):
                raise ValueError(f"{place} names a segment that is not among the {len(self.segments)}")
            if not 0 <= place.start <= place.end <= len(self.segments[place.segment]):
                raise ValueError(f"{place} lies outside of its text")
        for feature in self.features:
            if not all(0 <= position < len(self.ids) for position in feature.tokens):
                raise ValueError(f"feature {feature.text!r} has a token outside of the {len(self.ids)} ids")
        for target in self.targets:
            if not isfinite(target.score):
                raise ValueError(f"the score of {target.name!r} is {target.score}, not a finite number")

    @property
    def predicted(self) -> int:
        """The target that is looked at first: the one with the highest score, or the first token against its foil."""
        if self.placed:
            return self.foils_of(0)[0] if self.foils_of(0) else 0
        return max(range(len(self.targets)), key=lambda index: self.targets[index].score)

    @property
    def placed(self) -> tuple[int, ...]:
        """The indices of the targets that stand in a text, against all others; those against a foil come after them."""
        return tuple(
            index
            for index, one in enumerate(self.targets)
            if one.position is not None and one.against is None and one.sums == 1
        )

    @property
    def output(self) -> str:
        """The text that the targets stand in; empty where they stand in none."""
        place = next((one.place for one in self.targets if one.place), None)
        return self.segments[place.segment] if place else ""

    def foils_of(self, place: int) -> tuple[int, ...]:
        """The indices of the targets at a target's position against a foil, the first the one to look at first."""
        position = self.targets[place].position
        return tuple(
            index for index, one in enumerate(self.targets) if one.against is not None and one.position == position
        )

    def read_by(self, target: int) -> tuple[bool, ...]:
        """For each feature whether the target can depend on it."""
        until = self.targets[target].until
        return tuple(until is None or min(one.tokens) < until for one in self.features)

    def target_index(self, name: str) -> int:
        """The index of the target with this name, or this number: a label's id, or its place in the text from 1.

        Raises:
            ValueError: no such target, or several share the name and the number must be given instead.
        """
        placed = [self.targets[index] for index in self.placed]
        asked = placed or self.targets
        names = [target.name.strip() for target in asked]
        numbers = list(range(1, len(asked) + 1)) if placed else [one.id for one in asked]
        found = [index for index, known in enumerate(names) if known == name.strip()]
        found = found or [index for index, number in enumerate(numbers) if str(number) == name]
        if len(found) == 1:
            return found[0]
        known = ", ".join(f"{one} ({number})" for one, number in list(zip(names, numbers, strict=True))[:20])
        what = Message("tokens written") if placed else Message("labels of this model")
        if found:
            raise RefusedError(
                "{name!r} is the name of several {what}; choose one by name or number: {known}",
                name=name,
                what=what,
                known=known,
            )
        raise RefusedError(
            "{name!r} is not among the {what}; choose one by name or number: {known}", name=name, what=what, known=known
        )
