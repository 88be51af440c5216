"""What training changed, over a set of texts, as plain frozen data.

Standard errors are those of the mean of independent texts: s / √n with the sample's s. Occurrences of a word in one
text are not independent; the standard error of their mean is robust to that (see `clustered`). `tally` takes the sums.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import fsum, sqrt
from typing import Any

import numpy as np
from sidelight.models.message import RefusedError, Sentence
from sidelight.models.prediction import Number, Whole

from .attention_shift import Kind
from .report import Rows

FEWEST = 3  # occurrences that a word is told of from


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean of `count` numbers, and its standard error; None of a single one."""

    count: Whole
    value: Number
    error: Number | None


@dataclass(frozen=True, slots=True)
class Answers:
    """What two models answer to one text.

    Args:
        text: what was asked.
        given: its label in the data, as the models name it; None where there is none, or neither model has it.
        before: the label that the first model predicts; None where one of them answers nothing.
        after: the label that the second one predicts.
        scores: of the label that is looked at, before and after.
        chances: its probabilities, before and after; None where it has none.
        spearman: the rank correlation of the words' attributions; None where it is undefined.
    """

    text: str
    given: str | None = None
    before: str | None = None
    after: str | None = None
    scores: tuple[Number, Number] | None = None
    chances: tuple[Number, Number] | None = None
    spearman: Number | None = None

    @property
    def change(self) -> float | None:
        """The change of the probability, or else of the score, of the label that is looked at."""
        pair = self.chances or self.scores
        return None if pair is None else pair[1] - pair[0]


@dataclass(frozen=True, slots=True)
class WordShift:
    """A word over its occurrences: its mean attribution before and after, and the mean change.

    `texts` is in how many it occurs; in one alone the change has no standard error.
    """

    text: str
    texts: Whole
    before: Number
    after: Number
    change: Mean

    @property
    def beyond_error(self) -> bool:
        """Whether the mean change is larger than twice its standard error; never without one."""
        return self.change.error is not None and abs(self.change.value) > 2 * self.change.error


@dataclass(frozen=True, slots=True)
class HeadShift:
    """Every head's mean shift in bits and its standard error, (layers, heads); over `count` texts.

    `floor` is the mean shift that rounding alone makes (see `rounding_floor`); errors are None of a single text.

    Raises:
        ValueError: there is no head, or not one of every layer.
    """

    count: Whole
    floor: Number
    means: Rows
    errors: Rows | None

    def __post_init__(self) -> None:
        sizes = {len(row) for row in self.means}
        others = self.means if self.errors is None else self.errors
        if len(sizes) != 1 or 0 in sizes or [len(row) for row in others] != [len(row) for row in self.means]:
            raise RefusedError("the shifts of heads are not one number a head, as many in every layer")


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked of both models about every text.

    Args:
        before: the first model's name.
        after: the second one's.
        weights: the hashes of both.
        label: the one whose attributions and probabilities are compared; None where attention alone is.
        method: of the attributions; None where attention alone is compared.
        unit: what texts are taken apart into.
        settings: of the method.
        seed: of every random choice.
        fewest: occurrences that a word is told of from.
        labels: of both models, where they have none in common; empty of one without a head.
        names: of the labels that both models have, by id, where one of them has but their numbers for names; else
            labels are those of one name.
    """

    before: str
    after: str
    weights: tuple[str, str]
    label: str | None
    method: str | None
    unit: str = "word"
    settings: Mapping[str, Any] = field(default_factory=dict)
    seed: Whole = 0
    fewest: Whole = FEWEST
    labels: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
    names: tuple[str, ...] = ()

    def names_of(self, labels: Sequence[str]) -> Sequence[str]:
        """What the labels of one of the models are called here, by id."""
        return self.names or labels


@dataclass(frozen=True, slots=True)
class SetShift:
    """What changed between two models over a set of texts.

    Args:
        asked: of every text.
        answers: one a text, in their order.
        words: those that occur often enough, the most changed first.
        rare: how many different words occur too seldom.
        heads: the shift of every head; None where attention can't be compared.
        left_out: why texts were left out, and of how many that is true.
        unlike: the kinds of obstacles to comparing attention, and how many texts each kept out of `heads`.
        created: when it was made, ISO 8601.
        versions: of Python and the libraries that made it.
        cut: how many texts have an end that a model did not read.
        notices: what is to be said of the texts.
    """

    asked: Asked
    answers: tuple[Answers, ...] = ()
    words: tuple[WordShift, ...] = ()
    rare: Whole = 0
    heads: HeadShift | None = None
    left_out: Mapping[str, Whole] = field(default_factory=dict)
    unlike: Mapping[Kind, Whole] = field(default_factory=dict)
    created: str = ""
    versions: Mapping[str, str] = field(default_factory=dict)
    cut: Whole = 0
    notices: tuple[Sentence, ...] = ()

    @property
    def answered(self) -> tuple[Answers, ...]:
        """The texts that both models answer."""
        return tuple(one for one in self.answers if one.before is not None)

    @property
    def changed(self) -> tuple[Answers, ...]:
        """The texts whose answer changed."""
        return tuple(one for one in self.answered if one.before != one.after)

    @property
    def labelled(self) -> tuple[Answers, ...]:
        """The texts that both models answer and whose label is known."""
        return tuple(one for one in self.answered if one.given is not None)

    @property
    def correct(self) -> tuple[int, int]:
        """How many of the labelled texts each model gets right."""
        known = self.labelled
        return sum(one.before == one.given for one in known), sum(one.after == one.given for one in known)

    @property
    def change(self) -> Mean | None:
        """The mean change of the probability, or else the score, of the label that is looked at."""
        return mean([one.change for one in self.answers if one.change is not None])

    @property
    def agreement(self) -> Mean | None:
        """The mean rank correlation of the words' attributions within a text."""
        return mean([one.spearman for one in self.answers if one.spearman is not None])


def clustered(clusters: Sequence[Sequence[float]]) -> Mean:
    """The mean of all numbers, with the standard error that is robust to whatever those of one cluster share.

    Of the sums S over clusters of n numbers, m being the mean of all N and G the count of clusters, its square is
    G / (G − 1) · Σ (S − n m)² / N²; None of a single cluster. Liang and Zeger, Longitudinal data analysis using
    generalized linear models, 1986; with this factor in Cameron and Miller, A practitioner's guide to cluster-robust
    inference, 2015. Where each cluster has one number it is that of independent ones.
    """
    count, groups = sum(map(len, clusters)), len(clusters)
    middle = fsum(value for one in clusters for value in one) / count
    if groups < 2:
        return Mean(count, middle, None)
    squares = fsum(fsum(value - middle for value in one) ** 2 for one in clusters)
    return Mean(count, middle, sqrt(groups / (groups - 1) * squares) / count)


def mean(numbers: Sequence[float]) -> Mean | None:
    """The mean of some numbers with its standard error; None of none."""
    sums = Sums()
    for one in numbers:
        sums.add(np.float64(one))
    return sums.mean() if sums.count else None


class Sums:
    """The running mean and squared deviations of numbers, or of arrays of one shape (Welford 1962)."""

    def __init__(self) -> None:
        self.count = 0
        self.middle: Any = 0.0
        self._squares: Any = 0.0

    def add(self, value: Any) -> None:
        """Takes in one more."""
        self.count += 1
        away = value - self.middle
        self.middle = self.middle + away / self.count
        self._squares = self._squares + away * (value - self.middle)

    @property
    def error(self) -> Any:
        """The standard error of the mean; None of a single value."""
        return None if self.count < 2 else np.sqrt(self._squares / (self.count - 1)) / sqrt(self.count)

    def mean(self) -> Mean:
        """The mean of numbers."""
        return Mean(self.count, float(self.middle), None if self.error is None else float(self.error))
