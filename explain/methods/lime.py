"""LIME: a weighted linear regression of the score on which words are seen.

Paper: Ribeiro, Singh & Guestrin 2016. The regression is that of the lime package (`LimeBase`).

1. Draw masks as lime's text explainer does: the full input first, then for each sample a number of hidden words,
   uniform from 1 to all, and that many words at random.
2. Score them, and weigh each by the square root of exp(-d^2 / width^2), where d is 100 times the cosine distance
   between the mask and the full input.
3. Fit a ridge regression for each target; the coefficients are the values, `r2` tells how well they fit.

A value is the average change of the score, in its own unit, when the word is seen, in a neighbourhood of the input.
The values do not add up to the score. Where `r2` is low, the model is not linear there and the values say little.

Departures from the package: the score is the log-odds and not the probability, a word is hidden by the model's own
way of hiding and not by a literal word or by deletion from the string, equal words at different places are
different features, and every feature is in the regression (no feature selection) but for words that were written after
the token: they can't have caused it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import numpy as np
from sidelight.explain.report import Attribution, rows
from sidelight.explain.settings import Range, Value
from sidelight.models.model import Hiding, Keep, Model
from sidelight.models.prediction import Floats, Prediction


def lime(
    model: Model,
    prediction: Prediction,
    *,
    hiding: Hiding,
    seed: int = 0,
    samples: Annotated[int, Range(10, 20_000), "random maskings of the text; more are steadier and slower"] = 500,
    kernel_width: Annotated[float, Range(0.1, 1000), "how far from the full text samples still count"] = 25.0,
) -> Attribution:
    """A straight line fitted to how the score reacts when random words are hidden; read its R² before its values."""
    keep = draw_masks(len(prediction.features), samples, seed)
    scores = model.score(prediction, keep, hiding)
    read = np.array([prediction.read_by(target) for target in range(len(prediction.targets))])
    values, intercepts, fits = fit(keep, scores, kernel_width, seed, read)
    diagnostics = {"r2": tuple(fits.tolist()), "intercept": tuple(intercepts.tolist())}
    return Attribution("lime", prediction, rows(values), diagnostics=diagnostics)


def lime_calls(features: int, _targets: int, settings: Mapping[str, Value]) -> int:
    """One pass a distinct mask."""
    return min(int(settings["samples"]), 1 << min(features, 30))


def draw_masks(features: int, samples: int, seed: int) -> Keep:
    """Masks (samples, features), drawn lime's text explainer draws them: the full input, then random ones."""
    generator = np.random.RandomState(seed)
    keep = np.ones((samples, features), dtype=np.bool_)
    for row, hidden in enumerate(generator.randint(1, features + 1, samples - 1), start=1):
        keep[row, generator.choice(features, hidden, replace=False)] = False
    return keep


def distances(keep: Keep) -> Floats:
    """100 times the cosine distance of each mask from the full input; 100 for the empty one."""
    return np.asarray(100 * (1 - np.sqrt(keep.mean(axis=1))))


def fit(
    keep: Keep, scores: Floats, kernel_width: float, seed: int, read: Keep | None = None
) -> tuple[Floats, Floats, Floats]:
    """lime's regression of each target's scores: coefficients (targets, features), intercepts, R².

    A target is fitted on the features that it reads (targets, features); the others are 0.
    """
    from lime.lime_base import LimeBase

    def kernel(distance: Floats) -> Floats:
        return np.asarray(np.sqrt(np.exp(-(distance**2) / kernel_width**2)))

    base = LimeBase(kernel, random_state=np.random.RandomState(seed))
    features, targets = keep.shape[1], scores.shape[1]
    values, intercepts, fits = np.zeros((targets, features)), scores.mean(axis=0), np.ones(targets)
    read = np.ones((targets, features), dtype=np.bool_) if read is None else read
    for target in np.flatnonzero(read.any(axis=1)):
        columns = np.flatnonzero(read[target])
        intercept, pairs, r2, _ = base.explain_instance_with_data(
            keep[:, columns].astype(np.float64), scores, distances(keep), target, len(columns), feature_selection="none"
        )
        for column, value in pairs:
            values[target, columns[column]] = value
        intercepts[target], fits[target] = intercept, r2
    return values, intercepts, fits
