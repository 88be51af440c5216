"""What a model answered, as plain frozen data.

A `Prediction` is one answer of a model to one input. Nothing here knows a tokenizer, a network or a method.
Numbers that may come from a file are marked strict, so that the text "1.5" is never taken for a number.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, isfinite
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
import numpy.typing as npt
from pydantic import AllowInfNan, Strict

from .message import Message, RefusedError, Sentence

if TYPE_CHECKING:
    pass

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


@dataclass(frozen=True, slots=True)
class Target:
    """One thing a model can be asked about: a label, say.

    `score` is in the target's natural unit. For a `label` and a `token` that is the log-odds against all others,
    for a `multilabel` the log-odds against the label's own absence, for a `regression` the predicted number.
    `position` is where in the ids the model reads a label off, None if it reads it off all of them, and for a token
    where it stands itself; `start` and `end` are then its characters in the last segment, and `against`
    names the foil of a contrast, whose score is log p(target) - log p(foil). For a token without a foil `entropy` is
    that of the model's distribution there, in nats, and `alternatives` are the likeliest other tokens. A `span` is
    the sum of neighbouring tokens' scores. A target that is looked at alone knows the three of them with a foil, too,
    and then `chance` is the token's own probability.
    """

    id: Whole
    name: Sentence
    kind: Literal["label", "multilabel", "regression", "token", "span"]
    score: Number
    position: Whole | None = None
    start: Whole | None = None
    end: Whole | None = None
    against: Alternative | None = None
    entropy: Number | None = None
    alternatives: tuple[Alternative, ...] = ()
    chance: Number | None = None

    @property
    def probability(self) -> float | None:
        """The probability that belongs to the score; None where a score has none."""
        if self.kind in ("regression", "span") or self.against is not None:
            return None
        return probability(self.score)

    @property
    def written(self) -> bool:
        """Whether this is something that a model wrote, and not a label or a number."""
        return self.kind in ("token", "span")

    @property
    def read_at(self) -> int | None:
        """The position in the ids that the model reads this answer off: for a token, the one before it."""
        return self.position - 1 if self.written and self.position is not None else self.position

    @property
    def unit(self) -> str:
        """What one step of the score is, in words."""
        if self.kind == "regression":
            return "predicted value"
        return "log-odds" if self.against is None else "log probability ratio"


def probability(score: float) -> float:
    """Log-odds to probability, without overflow."""
    return 1 / (1 + exp(-score)) if score >= 0 else exp(score) / (1 + exp(score))


@dataclass(frozen=True, slots=True)
class Prediction:
    """One answer of one model to one input.

    Args:
        model: the model's name, never a path.
        task: how the model was asked, for example `classify`.
        segments: the input texts, one for a classifier.
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
        if self.written:
            return self.foils_of(0)[0] if self.foils_of(0) else 0
        return max(range(len(self.targets)), key=lambda index: self.targets[index].score)

    @property
    def written(self) -> tuple[int, ...]:
        """The indices of the written tokens against all others; they stand before those against a foil."""
        return tuple(place for place, one in enumerate(self.targets) if one.kind == "token" and one.against is None)

    def foils_of(self, place: int) -> tuple[int, ...]:
        """The indices of a written token's targets against a foil, the first the one to look at first."""
        position = self.targets[place].position
        return tuple(
            index for index, one in enumerate(self.targets) if one.against is not None and one.position == position
        )

    def read_by(self, target: int) -> tuple[bool, ...]:
        """For each feature whether the target can depend on it: a written token reads nothing from itself on."""
        position = self.targets[target].position if self.targets[target].written else None
        return tuple(position is None or min(one.tokens) < position for one in self.features)

    def target_index(self, name: str) -> int:
        """The index of the target with this name, or this number: a label's id, or a written token's place from 1.

        Raises:
            ValueError: no such target, or several share the name and the number must be given instead.
        """
        asked = [self.targets[place] for place in self.written] or self.targets
        names = [target.name.strip() for target in asked]
        numbers = [place if one.kind == "token" else one.id for place, one in enumerate(asked, 1)]
        found = [index for index, known in enumerate(names) if known == name.strip()]
        found = found or [index for index, number in enumerate(numbers) if str(number) == name]
        if len(found) == 1:
            return found[0]
        known = ", ".join(f"{one} ({number})" for one, number in list(zip(names, numbers, strict=True))[:20])
        what = Message("tokens written") if self.targets[0].kind == "token" else Message("labels of this model")
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
