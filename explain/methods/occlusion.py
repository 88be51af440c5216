"""Occlusion, or leave one out: what the score loses when one feature is hidden.

Paper: Zeiler & Fergus 2014 (images); Li, Monroe & Jurafsky 2016 (words).

1. Score the full input, and the input without each feature: one pass a feature.
2. value(i) = score(all) - score(all without i).

The unit is that of the score, log-odds for a label: +1 means that without this word the odds of the label would be
2.7 times smaller. Each word is judged with all others present, so two words that say the same both get little,
and the values do not add up to anything.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from sidelight.explain.report import Attribution, rows
from sidelight.explain.settings import Value
from sidelight.models.model import Hiding, Model
from sidelight.models.prediction import Prediction


def occlusion(model: Model, prediction: Prediction, *, hiding: Hiding, seed: int = 0) -> Attribution:
    """What the score loses when one word is hidden and all others stay; the first answer, one pass a word."""
    features = len(prediction.features)
    keep = np.vstack([np.ones(features, dtype=np.bool_), ~np.eye(features, dtype=np.bool_)])
    scores = model.score(prediction, keep, hiding)
    return Attribution("occlusion", prediction, rows((scores[0] - scores[1:]).T))


def occlusion_calls(features: int, _targets: int, _settings: Mapping[str, Value]) -> int:
    """One pass a feature and one for the full input."""
    return features + 1
