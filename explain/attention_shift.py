"""By how much each head looks elsewhere: the attention of two models over the same tokens, head by head.

The distance between two rows of weights is their Jensen-Shannon divergence in bits: 0 where they are the same, 1 where
they have no key in common. A head's shift is the mean over its queries. Lin, Divergence measures based on the Shannon
entropy, 1991; between attention heads: Clark et al., What does BERT look at?, 2019.

Reports keep rounded weights. Equal ones have a shift of exactly 0; what rounding adds to that of nearly equal ones is
`rounding_floor`, and a shift below that says only that it is small. Reports made to be compared keep weights to one
part in 65,535 and not in 255, so that the floor is out of the way.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log
from typing import Literal

import numpy as np
from sidelight.models.message import Message, RefusedError, template_of
from sidelight.models.prediction import Floats

from .joining import notices_about, own_notice
from .report import PARTS, Attention, Report

NO_ATTENTION = "There is no attention map: {error}."
Kind = Literal["attention", "tokens", "layers", "heads"]


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why the attention of two models can't be compared: what they differ in, and what each has."""

    kind: Kind
    before: str = ""
    after: str = ""

    def __str__(self) -> str:
        if self.kind == "attention":
            return Message(
                "attention can't be compared: one of the models gives none, or the text is too long to keep it"
            )
        if self.kind == "tokens":
            return Message(
                "attention can't be compared: the models read other tokens, first {before!r} and "
                "{after!r}; give two models with one tokenizer",
                before=self.before,
                after=self.after,
            )
        return Message(
            "attention can't be compared: one model has {before} {unit} and the other {after}; "
            "give two checkpoints of one model",
            before=self.before,
            unit=Message("layers") if self.kind == "layers" else Message("heads"),
            after=self.after,
        )


class UnlikeError(RefusedError):
    """The attention of two models can't be compared; `obstacle` says why."""

    def __init__(self, obstacle: Obstacle) -> None:
        super().__init__(str(obstacle))
        self.obstacle = obstacle


def attention_of(report: Report, prediction: int = 0) -> Attention | None:
    """The first attention record of a prediction that holds any weights; None if there is none."""
    return next((kept for kept in report.attention if kept.data and report.index_of(kept) == prediction), None)


def why_no_attention(report: Report, prediction: int = 0) -> str | None:
    """The notice that a model gave no attention of a prediction; None if it was not asked for any, or gave it."""
    return next(
        (one for one in notices_about(report, prediction) if template_of(own_notice(one)) == NO_ATTENTION), None
    )


def _obstacle(before: Attention, after: Attention) -> Obstacle | None:
    """What keeps two records from being compared head by head; None where nothing does."""
    tokens = [[one.prediction.tokens[place] for place in (*one.queries, *one.keys)] for one in (before, after)]
    if tokens[0] != tokens[1]:
        pairs = zip(*tokens, strict=False)
        mine, theirs = next(((one, other) for one, other in pairs if one != other), (tokens[0][-1], tokens[1][-1]))
        return Obstacle("tokens", mine.text, theirs.text)
    if before.layers != after.layers:
        return Obstacle("layers", str(before.layers), str(after.layers))
    if before.heads != after.heads:
        return Obstacle("heads", str(before.heads), str(after.heads))
    return None


def attention_shift(before: Attention | None, after: Attention | None) -> Floats:
    """The shift of every head in bits, from 0 to 1: (layers, heads).

    Raises:
        UnlikeError: there is none of one of them, or they can't be compared head by head.
    """
    if before is None or after is None:
        raise UnlikeError(Obstacle("attention"))
    if found := _obstacle(before, after):
        raise UnlikeError(found)
    shifts = [
        [
            divergence(before.weights_of(layer, head), after.weights_of(layer, head)).mean()
            for head in range(before.heads)
        ]
        for layer in range(before.layers)
    ]
    return np.array(shifts, dtype=np.float64)


def divergence(before: Floats, after: Floats) -> Floats:
    """The Jensen-Shannon divergence in bits of rows of weights (..., keys), one number a row.

    What a row lacks to 1, since it was rounded away, counts as one key more.
    """
    one, other = _whole(before), _whole(after)
    found: Floats = _entropy((one + other) / 2) - (_entropy(one) + _entropy(other)) / 2
    return np.where((one == other).all(axis=-1), 0.0, found.clip(0.0, 1.0))


def rounding_floor(keys: int, parts: int = PARTS) -> float:
    """The shift in bits that rounding alone makes of nearly equal rows of so many weights, each kept to one part in so
    many.

    Two roundings differ with the variance 2 / (12 · parts²); of weights no smaller than a part the divergence grows to
    first order by that over 8 ln 2 parts a key, on average over rows. Single heads were measured at up to three times
    as much, which is the floor. Where most weights are smaller than a part, as in even rows of more keys than parts,
    rounding does more.
    """
    return 3 * keys / (parts * 48 * log(2))


def _whole(weights: Floats) -> Floats:
    """Rows that sum to 1, with one column more for what they lack."""
    exact = weights.astype(np.float64)
    lacking = (1 - exact.sum(axis=-1, keepdims=True)).clip(0.0)
    whole = np.concatenate([exact, lacking], axis=-1)
    rows: Floats = whole / whole.sum(axis=-1, keepdims=True)
    return rows


def _entropy(rows: Floats) -> Floats:
    logs = np.log2(rows, where=rows > 0, out=np.zeros_like(rows))
    found: Floats = -(rows * logs).sum(axis=-1)
    return found
