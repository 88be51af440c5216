"""Attention rollout: attention followed through the layers, from the place where the answer is read to the words.

Paper: Abnar & Zuidema 2020.

1. Average each layer's attention over its heads.
2. Mix it with the identity, half and half, for the residual connection; the rows still sum to 1.
3. Multiply the layers, last times ... times first.
4. Take the row of the position that the answer is read off ([CLS] for BERT), or the mean of all rows where it is read
   off all of them, and add up the tokens of each feature.

Values are shares of the model's look, between 0 and 1, without a direction and the same for every label; what the
tokenizer's own tokens get is left out. It says where the model looks, not why it decides.

Causal models are treated the same, although only their last row sees everything.
"""

from __future__ import annotations

import numpy as np
from sidelight.explain.report import Attribution, rows
from sidelight.models.model import Model
from sidelight.models.prediction import Floats, Prediction, UnsupportedError


def attention_rollout(model: Model, prediction: Prediction, *, seed: int = 0) -> Attribution:
    """Where the model looks, followed through all layers; the same for every label, and no reason for a decision."""
    maps = [found for found in model.attention(prediction) if found.queries == found.keys]
    if len(maps) != 1 or len(maps[0].keys) != len(prediction.ids):
        raise UnsupportedError("it needs one self-attention over the whole input, which this model lacks")
    rolled = rollout(maps[0].weights)
    by_target = [
        rolled.mean(axis=0) if target.read_at is None else rolled[target.read_at] for target in prediction.targets
    ]
    values = [[row[list(feature.tokens)].sum() for feature in prediction.features] for row in by_target]
    return Attribution("attention_rollout", prediction, rows(np.array(values)))


def rollout(weights: Floats) -> Floats:
    """Attention (layers, heads, n, n) followed through the layers: (n, n), each row summing to 1."""
    layers = weights.astype(np.float64).mean(axis=1)
    mixed = (layers / layers.sum(axis=-1, keepdims=True) + np.eye(layers.shape[-1])) / 2
    rolled: Floats = mixed[0]
    for layer in mixed[1:]:
        rolled = np.asarray(layer @ rolled)
    return rolled
