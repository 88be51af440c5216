"""SHAP: the Shapley values of the game whose players are the words and whose prize is the score.

Papers: Lundberg & Lee 2017 (SHAP, Kernel); Shapley 1953; Strumbelj & Kononenko 2014 (Permutation); Owen 1977
(Partition).

A word's value is its contribution to the score averaged over all orders in which the words could have been added,
each from hidden to seen. Values and `base`, the score with every word hidden, add up to the score.

- exact: all 2^n coalitions. No error.
- kernel: shap's KernelExplainer, a weighted regression over coalitions, those of few or almost all words first, in
  pairs of a coalition and its complement. `error` estimates the standard error that the drawing leaves.
- permutation: shap's PermutationExplainer, walks through random orders and back.
- partition: shap's PartitionExplainer, Owen values over a balanced tree of neighbouring words: exact for that tree,
  but words are only ever parted along it, so it stays off the Shapley value however long it runs.
- auto: exact up to 10 words, where it takes no more than 1,024 passes, else kernel.

What was written after a token can't have caused it: the regression leaves those words out, and their value is 0.

Departures: no feature selection (`l1_reg=0`), and the score is the log-odds and not the probability.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from math import comb, factorial
from typing import Annotated, Any, Literal

import numpy as np
from sidelight.explain.report import Attribution, rows
from sidelight.explain.settings import Range, Value
from sidelight.models.message import RefusedError
from sidelight.models.model import Hiding, Keep, Model
from sidelight.models.prediction import Floats, Prediction

EXACT_UP_TO = 10
LARGEST_EXACT = 16  # features; 65,536 passes

Algorithm = Literal["auto", "exact", "kernel", "permutation", "partition"]
Game = Callable[[Keep], Floats]
Solution = tuple[Floats, Floats, Floats | None]


def shap(
    model: Model,
    prediction: Prediction,
    *,
    hiding: Hiding,
    seed: int = 0,
    algorithm: Annotated[Algorithm, "how Shapley values are found; auto is exact up to 10 words, else kernel"] = "auto",
    passes_per_word: Annotated[int, Range(4, 512), "passes through the model per word, unless exact"] = 16,
) -> Attribution:
    """Each word's fair share of the score, averaged over all orders of adding words; the shares add up to the score."""
    features = len(prediction.features)
    chosen = choose(algorithm, features)

    def game(keep: Keep) -> Floats:
        return model.score(prediction, np.atleast_2d(keep).astype(np.bool_), hiding)

    read = np.array([prediction.read_by(target) for target in range(len(prediction.targets))])
    values, base, error = SOLVERS[chosen](game, features, passes_per_word * features, seed, read)
    return Attribution(
        "shap",
        prediction,
        rows(values),
        base=tuple(base.tolist()),
        error=None if error is None else rows(error),
    )


def choose(algorithm: str, features: int) -> str:
    """The algorithm that `auto` means for this many features.

    Raises:
        ValueError: exact enumeration would take too long.
    """
    if algorithm == "exact" and features > LARGEST_EXACT:
        raise RefusedError(
            "algorithm='exact' would take 2^{words} passes; it is for up to {most} words, so use kernel",
            words=features,
            most=LARGEST_EXACT,
        )
    if algorithm == "auto" or features == 1:
        return "exact" if features <= EXACT_UP_TO else "kernel"
    return algorithm


def shap_calls(features: int, _targets: int, settings: Mapping[str, Value]) -> int:
    """All coalitions if exact, else at most the budget and the two ends."""
    if choose(str(settings["algorithm"]), features) == "exact":
        return int(2**features)
    return int(min(int(settings["passes_per_word"]) * features + 2, 2 ** min(features, 30)))


def exact(game: Game, features: int, _budget: int, _seed: int, _read: Keep | None = None) -> Solution:
    """Shapley values by their definition, from all 2^n coalitions."""
    coalitions = (np.arange(2**features)[:, None] >> np.arange(features)) & 1 == 1
    scores = game(coalitions)
    sizes = coalitions.sum(axis=1)
    weight = np.array([factorial(size) * factorial(features - size - 1) for size in range(features)])
    weight = weight / factorial(features)
    values = np.empty((scores.shape[1], features))
    for feature in range(features):
        without = np.flatnonzero(~coalitions[:, feature])
        gain = scores[without | 1 << feature] - scores[without]
        values[:, feature] = weight[sizes[without]] @ gain
    return values, scores[0], None


def kernel(game: Game, features: int, budget: int, seed: int, read: Keep | None = None) -> Solution:
    """shap's KernelExplainer over masks; over fewer words for targets that do not read (targets, features) all."""
    from shap import KernelExplainer

    with _seeded(seed):
        explainer = KernelExplainer(game, np.zeros((1, features)), silent=True)
        found = explainer.shap_values(np.ones((1, features)), nsamples=budget, l1_reg=0, silent=True)
    values = _by_target(found[0], features)
    base = np.atleast_1d(explainer.expected_value)
    used = explainer.nsamplesAdded
    masks, weights = explainer.maskMatrix[:used].astype(np.bool_), explainer.kernelWeights[:used]
    gains = explainer.ey[:used] - base
    error = np.zeros_like(values)
    read = np.ones_like(values, dtype=np.bool_) if read is None else read
    for columns in np.unique(read, axis=0):
        targets = (read == columns).all(axis=1)
        if not columns.all():
            values[targets] = regression(masks, weights, gains[:, targets], values[targets].sum(axis=1), columns)
        residuals = gains[:, targets] - masks @ values[targets].T
        if columns.any():
            error[np.ix_(targets, columns)] = regression_error(masks, weights, residuals, columns)
    return values, base, error


def regression(keep: Keep, weights: Floats, gains: Floats, totals: Floats, columns: Keep) -> Floats:
    """Least squares of gains (n, targets) on some columns of `keep`; the values (targets, features) add up to totals.

    The others are words that make no difference; without them in the regression the drawing leaves them exactly 0.
    """
    values = np.zeros((gains.shape[1], keep.shape[1]))
    if not columns.any():
        return values
    *free, last = np.flatnonzero(columns)
    ends = keep[:, last].astype(np.float64)
    root = np.sqrt(weights)[:, None]
    design = keep[:, free] - ends[:, None]
    values[:, free] = np.linalg.lstsq(root * design, root * (gains - ends[:, None] * totals), rcond=None)[0].T
    values[:, last] = totals - values[:, free].sum(axis=1)
    return values


def regression_error(keep: Keep, weights: Floats, residuals: Floats, columns: Keep) -> Floats:
    """The standard error of constrained least squares (targets, columns) that the drawing of coalitions leaves.

    The sandwich estimate of White 1980, with a coalition and its complement as one draw. Sizes whose coalitions are all
    present were not drawn, so they add nothing.
    """
    features = int(columns.sum())
    sizes = keep.sum(axis=1)
    drawn = np.array([np.count_nonzero(sizes == size) < comb(keep.shape[1], int(size)) for size in sizes])
    # The constraint (values add up) leaves features - 1 free directions: remove the mean direction.
    centre = np.eye(features) - 1 / features
    design = keep[:, columns].astype(np.float64) @ centre
    inverse = np.linalg.pinv(design.T @ (weights[:, None] * design), rcond=1e-10, hermitian=True)
    pair = np.unique(np.where(keep[:, :1], keep, ~keep), axis=0, return_inverse=True)[1].ravel()
    errors = []
    for residual in residuals.T:
        pulls = np.zeros((pair.max() + 1, features))
        np.add.at(pulls, pair[drawn], (weights * residual)[drawn, None] * design[drawn])
        errors.append(np.sqrt(np.diag(inverse @ (pulls.T @ pulls) @ inverse)))
    return np.array(errors)


def permutation(game: Game, features: int, budget: int, seed: int, _read: Keep | None = None) -> Solution:
    """shap's PermutationExplainer over masks."""
    from shap import PermutationExplainer
    from shap.maskers import Independent

    with _seeded(seed):
        explainer = PermutationExplainer(game, Independent(np.zeros((1, features))), seed=seed)
        found = explainer(np.ones((1, features)), max_evals=max(budget, 2 * features + 1), silent=True)
    return _by_target(found.values[0], features), np.atleast_1d(found.base_values[0]), None


def partition(game: Game, features: int, budget: int, seed: int, _read: Keep | None = None) -> Solution:
    """shap's PartitionExplainer over masks, along a balanced tree of neighbours."""
    from shap import PartitionExplainer
    from shap.maskers import Partition

    with _seeded(seed):
        masker = Partition(np.zeros((1, features)), clustering=balanced_tree(features))
        explainer = PartitionExplainer(game, masker)
        found = explainer(np.ones((1, features)), max_evals=budget, silent=True)
    return _by_target(found.values[0], features), np.atleast_1d(found.base_values[0]), None


SOLVERS: dict[str, Callable[[Game, int, int, int, Keep | None], Solution]] = {
    "exact": exact,
    "kernel": kernel,
    "permutation": permutation,
    "partition": partition,
}


def balanced_tree(features: int) -> Floats:
    """A linkage matrix (features - 1, 4) that halves the text again and again; distance = number of words."""
    rows_: list[tuple[float, ...]] = []

    def join(start: int, end: int) -> int:
        if end - start == 1:
            return start
        middle = (start + end) // 2
        left, right = join(start, middle), join(middle, end)
        rows_.append((left, right, end - start, end - start))
        return features + len(rows_) - 1

    join(0, features)
    return np.array(rows_)


def _by_target(found: Any, features: int) -> Floats:
    return np.asarray(found, dtype=np.float64).reshape(features, -1).T


@contextmanager
def _seeded(seed: int) -> Iterator[None]:
    """shap draws from numpy's global generator: seeded for a while, then put back as it was."""
    state = np.random.get_state()
    np.random.seed(seed)
    try:
        yield
    finally:
        np.random.set_state(state)
