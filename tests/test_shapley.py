from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sidelight.explain.methods.shapley import SOLVERS, balanced_tree, exact, kernel, shap
from sidelight.models.model import Keep
from sidelight.models.prediction import Floats

from .games import MASK, Game, linear, random_game


def by_orders(game: Game, features: int) -> Floats:
    """Shapley values as the mean over all orders: another route than the solver's."""
    values = np.zeros((game.function(np.ones((1, features), dtype=np.bool_)).shape[1], features))
    orders = list(permutations(range(features)))
    for order in orders:
        keep = np.zeros((features + 1, features), dtype=np.bool_)
        for step, feature in enumerate(order, start=1):
            keep[step:, feature] = True
        gains = np.diff(game.function(keep), axis=0)
        values[:, list(order)] += gains.T
    return values / len(orders)


@pytest.mark.parametrize("features", [1, 2, 5, 6])
def test_exact_is_the_mean_over_all_orders(features: int) -> None:
    game = random_game(features, targets=2, seed=features)
    values, base, _ = exact(game.function, features, 0, 0)
    assert np.allclose(values, by_orders(game, features), atol=1e-12)
    assert np.allclose(base, game.function(np.zeros((1, features), dtype=np.bool_))[0])


@settings(deadline=None, max_examples=25)
@given(st.integers(1, 7), st.integers(0, 1000))
def test_the_axioms_hold(features: int, seed: int) -> None:
    prizes = random_game(features, seed=seed).function

    def with_dummy_and_twins(keep: Keep) -> Floats:
        """The first is ignored; the second and third are interchangeable."""
        seen = keep.copy()
        seen[:, 0] = True
        if features > 2:
            both = np.sort(keep[:, 1:3], axis=1)
            seen[:, 1:3] = both
        return prizes(seen)

    values, base, _ = exact(with_dummy_and_twins, features, 0, 0)
    full = with_dummy_and_twins(np.ones((1, features), dtype=np.bool_))[0]
    assert np.allclose(base + values.sum(axis=1), full)
    assert values[0, 0] == pytest.approx(0, abs=1e-12)
    if features > 2:
        assert values[0, 1] == pytest.approx(values[0, 2])


@pytest.mark.parametrize("algorithm", list(SOLVERS))
def test_every_algorithm_gives_back_the_weights_of_a_linear_model(algorithm: str) -> None:
    weights = np.array([[1.0, -2.0, 0.0, 0.5, 3.0, -1.0, 0.25], [0.0, 1.0, 1.0, -1.0, 2.0, 0.0, 0.5]])
    game = linear(weights)
    found = shap(game, game.play(7), hiding=MASK, seed=1, algorithm=algorithm)
    assert np.allclose(found.values, weights, atol=1e-6)
    assert np.allclose(found.gap or (), 0, atol=1e-6)
    if found.error is not None:
        assert np.allclose(found.error, 0, atol=1e-6)


def test_kernel_equals_enumeration_when_its_budget_allows_all() -> None:
    game = random_game(8, targets=3)
    assert np.allclose(kernel(game.function, 8, 2**8, 0)[0], exact(game.function, 8, 0, 0)[0], atol=1e-9)


def test_kernel_comes_near_and_its_standard_error_says_how_near() -> None:
    truth = exact(pairwise_game, 12, 0, 0)[0]
    scores = []
    for seed in range(12):
        values, _, error = kernel(pairwise_game, 12, 12 * 16, seed)
        assert error is not None
        assert np.linalg.norm(values - truth) < 0.3 * np.linalg.norm(truth)
        scores.append((values - truth) / error)
    assert 0.6 < np.sqrt(np.mean(np.square(scores))) < 1.6


def pairwise_game(keep: Keep) -> Floats:
    """Single words, pairs and a triple, and a saturating sum: not linear, as a network is not."""
    generator = np.random.default_rng(5)
    seen = keep.astype(np.float64)
    pairs = generator.normal(size=(12, 12)) * 0.3
    plain = seen @ generator.normal(size=12) + np.einsum("ni,ij,nj->n", seen, pairs, seen)
    return (np.tanh(plain / 2) * 3 + seen[:, 0] * seen[:, 5] * seen[:, 7])[:, None]


def test_numpys_global_generator_is_left_alone() -> None:
    game = random_game(11)
    for algorithm in ("kernel", "permutation", "partition"):
        np.random.seed(3)
        before = np.random.get_state()[1].copy()
        SOLVERS[algorithm](game.function, 11, 176, 0)
        assert np.array_equal(np.random.get_state()[1], before)


def test_exact_enumeration_of_a_long_text_is_refused() -> None:
    game = linear(np.ones(20))
    with pytest.raises(ValueError, match=r"2\^20 passes; it is for up to 16 words, so use kernel"):
        shap(game, game.play(20), hiding=MASK, algorithm="exact")


@given(st.integers(2, 40))
def test_the_tree_joins_all_words_and_only_neighbours(features: int) -> None:
    members = {index: {index} for index in range(features)}
    for row, (left, right, _, size) in enumerate(balanced_tree(features)):
        together = members[int(left)] | members[int(right)]
        assert len(together) == size == max(together) - min(together) + 1
        members[features + row] = together
    assert members[2 * features - 2] == set(range(features))
