"""Input x Gradient: how the score would react to a slightly smaller embedding, summed over each word.

Paper: Simonyan, Vedaldi & Zisserman 2013 (gradients); Shrikumar et al. 2016 (times the input).

1. Embed the tokens, pass the embeddings through the model once.
2. For each target one backward pass to the embeddings; multiply each token's gradient by its embedding, sum over
   the width, and add up the tokens of each feature.

Signed, in the unit of the score. It is a first-order guess: it asks about an infinitely small step, and a network is
not straight. What the tokenizer's own tokens ([CLS], [SEP]) get belongs to no word; their share of the sum of sizes
is the diagnostic `special_share`. Positions and token types are not part of the embedding that is multiplied.
"""

from __future__ import annotations

import numpy as np
from sidelight.explain.report import Attribution, rows
from sidelight.models.prediction import Floats, Model, Prediction


def input_x_gradient(model: Model, prediction: Prediction, *, seed: int = 0) -> Attribution:
    """The gradient of the score times the word's embedding: instant, but a guess from one infinitely small step."""
    by_token = token_products(model, prediction)
    values = np.stack([by_token[:, list(feature.tokens)].sum(axis=1) for feature in prediction.features], axis=1)
    owned = sorted({position for feature in prediction.features for position in feature.tokens})
    total = np.abs(by_token).sum(axis=1)
    special = 1 - np.abs(by_token[:, owned]).sum(axis=1) / np.where(total > 0, total, 1)
    shares = tuple(np.where(total > 0, special, 0).tolist())
    return Attribution("input_x_gradient", prediction, rows(values), diagnostics={"special_share": shares})


def token_products(model: Model, prediction: Prediction) -> Floats:
    """Gradient times embedding, summed over the width: (targets, tokens)."""
    import torch

    with torch.enable_grad():
        embeddings = model.embed(prediction)[None].requires_grad_()
        scores = model.score_embeddings(prediction, embeddings)[0]
        gradients = [torch.autograd.grad(score, embeddings, retain_graph=True)[0][0] for score in scores]
    products: Floats = (
        torch.stack([(gradient * embeddings[0]).sum(-1) for gradient in gradients]).detach().cpu().numpy()
    )
    return products.astype(np.float64)
