"""Gradients with respect to the input embeddings, summed over each word: Input x Gradient and Integrated Gradients.

Papers: Simonyan, Vedaldi & Zisserman 2013 (gradients), Shrikumar et al. 2016 (times the input);
Sundararajan, Taly & Yan 2017 (Integrated Gradients).

Input x Gradient: embed the tokens, pass the embeddings through the model once, and for each target pass back to the
embeddings; multiply each token's gradient by its embedding and sum over the width. A first-order guess: it asks
about an infinitely small step, and a network is not straight.

Integrated Gradients: walk in a straight line from a baseline, the input with every word's embedding replaced, to the
input; average the gradients at `steps` points of the line (Gauss-Legendre, as captum's default) and multiply by the
difference between input and baseline. With enough steps the values add up to the score minus that of the baseline
(completeness); what is missing is the attribution's gap, and more steps make it smaller. Points on the line are no
texts: the model never learned what to say of them.

Each target costs a pass back, so only those that are asked about get values. Both are signed, in the unit of the
score, and both add up the tokens of each feature. What the tokenizer's own tokens ([CLS], a template) get belongs to no
word. For Input x Gradient their share of the sum of sizes is the diagnostic `special_share`; on the way from the
baseline they do not change, so that Integrated Gradients gives them nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Literal, TypeVar

import numpy as np
from sidelight.explain.report import Attribution, rows
from sidelight.explain.settings import Range, Value
from sidelight.models.model import Model
from sidelight.models.prediction import Floats, Prediction, UnsupportedError

if TYPE_CHECKING:
    from torch import Tensor

T = TypeVar("T")
Baseline = Literal["filler", "zero"]
POINTS_AT_ONCE = 8


def input_x_gradient(model: Model, prediction: Prediction, *, targets: Sequence[int], seed: int = 0) -> Attribution:
    """The gradient of the score times the word's embedding: instant, but a guess from one infinitely small step."""
    embeddings = model.embed(prediction)
    by_token = (gradients(model, prediction, embeddings[None], targets)[0] * embeddings).sum(-1).cpu().numpy()
    owned = sorted({position for feature in prediction.features for position in feature.tokens})
    total = np.abs(by_token).sum(axis=1)
    special = 1 - np.abs(by_token[:, owned]).sum(axis=1) / np.where(total > 0, total, 1)
    shares = np.where(total > 0, special, 0).tolist()
    values = spread(prediction, targets, rows(by_feature(prediction, by_token)), ())
    figures = spread(prediction, targets, shares, None)
    return Attribution("input_x_gradient", prediction, values, diagnostics={"special_share": figures})


def integrated_gradients(
    model: Model,
    prediction: Prediction,
    *,
    targets: Sequence[int],
    seed: int = 0,
    steps: Annotated[int, Range(2, 512), "points on the way; more make the values add up better"] = 32,
    baseline: Annotated[Baseline, "where the way begins: the model's filler token, or zero embeddings"] = "filler",
) -> Attribution:
    """The gradient averaged on the way from a text of fillers to the text; the gap tells whether the steps sufficed."""
    import torch

    embeddings = model.embed(prediction)
    start = embeddings.clone()
    hidden = sorted({position for feature in prediction.features for position in feature.tokens})
    start[hidden] = _baseline(model, prediction, baseline)[hidden]
    points, weights = np.polynomial.legendre.leggauss(steps)
    total = torch.zeros(len(targets), *embeddings.shape, device=embeddings.device)
    for first in range(0, steps, POINTS_AT_ONCE):
        share = torch.from_numpy((points[first : first + POINTS_AT_ONCE] + 1) / 2).to(embeddings)
        weight = torch.from_numpy(weights[first : first + POINTS_AT_ONCE] / 2).to(embeddings)
        slopes = gradients(model, prediction, start + share[:, None, None] * (embeddings - start), targets)
        total += (weight[:, None, None, None] * slopes).sum(0)
    with torch.no_grad():
        base = model.score_embeddings(prediction, start[None])[0].double().tolist()
    found = rows(by_feature(prediction, (total * (embeddings - start)).sum(-1).cpu().numpy()))
    return Attribution("integrated_gradients", prediction, spread(prediction, targets, found, ()), base=tuple(base))


def integrated_gradients_calls(_features: int, _targets: int, settings: Mapping[str, Value]) -> int:
    """One pass a point, and one for the baseline."""
    return int(settings["steps"]) + 1


def gradients(model: Model, prediction: Prediction, embeddings: Tensor, targets: Sequence[int]) -> Tensor:
    """The gradient of some targets by embeddings (n, tokens, width): (n, targets, tokens, width)."""
    import torch

    with torch.enable_grad():
        given = embeddings.detach().requires_grad_()
        scores = model.score_embeddings(prediction, given).sum(0)
        try:
            found = [torch.autograd.grad(scores[target], given, retain_graph=True)[0] for target in targets]
        except RuntimeError as error:
            raise UnsupportedError(
                "the model gives no gradients ({cause})", cause=str(error).partition(chr(10))[0]
            ) from error
    return torch.stack(found, dim=1)


def spread(prediction: Prediction, targets: Sequence[int], found: Sequence[T], nothing: T) -> tuple[T, ...]:
    """One entry for each of the prediction's targets: what was found for some of them, `nothing` for the others."""
    known = dict(zip(targets, found, strict=True))
    return tuple(known.get(target, nothing) for target in range(len(prediction.targets)))


def by_feature(prediction: Prediction, by_token: Floats) -> Floats:
    """Sums (targets, tokens) over the tokens of each feature: (targets, features)."""
    return np.stack(
        [by_token[:, list(one.tokens)].sum(axis=1) for one in prediction.features], axis=1, dtype=np.float64
    )


def _baseline(model: Model, prediction: Prediction, baseline: Baseline) -> Tensor:
    import torch

    if baseline == "zero":
        return torch.zeros_like(model.embed(prediction))
    filler = next((hiding for hiding in model.hidings if hiding.token_id is not None), None)
    if filler is None:
        raise UnsupportedError("the model has no filler token; use baseline=zero")
    return model.embed(prediction, filler)
