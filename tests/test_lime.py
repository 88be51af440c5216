import numpy as np
import pytest
from sidelight.explain.methods.lime import distances, draw_masks, fit, lime

from .games import MASK, linear, random_game

TEXT = "alpha beta gamma delta epsilon zeta"


@pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")
def test_parity_with_limes_own_text_explainer_on_its_own_masks() -> None:
    from lime.lime_text import LimeTextExplainer

    game = random_game(6, targets=3, seed=2)
    seen: list[list[str]] = []

    def classify(texts: list[str]) -> np.ndarray:
        seen.extend(text.split() for text in texts)
        keep = np.array([[word in text.split() for word in TEXT.split()] for text in texts])
        return game.function(keep)

    theirs = LimeTextExplainer(random_state=7, feature_selection="none", bow=True).explain_instance(
        TEXT, classify, labels=(0, 1, 2), num_features=6, num_samples=200
    )
    keep = draw_masks(6, 200, seed=7)
    assert [[word for word, kept in zip(TEXT.split(), row, strict=True) if kept] for row in keep] == seen
    values, intercepts, r2 = fit(keep, game.function(keep), 25.0, 7)
    for target in range(3):
        expected = dict(theirs.as_map()[target])
        assert values[target] == pytest.approx([expected[feature] for feature in range(6)], abs=1e-12)
        assert intercepts[target] == pytest.approx(theirs.intercept[target])
    assert r2[2] == pytest.approx(theirs.score[2] if isinstance(theirs.score, dict) else theirs.score)


def test_a_linear_model_is_fitted_perfectly() -> None:
    weights = np.array([1.0, -2.0, 0.0, 0.5])
    game = linear(weights)
    found = lime(game, game.play(4), hiding=MASK)
    assert found.diagnostics["r2"][0] == pytest.approx(1, abs=1e-3)
    assert np.allclose(found.values[0], weights, atol=0.1)  # ridge pulls towards zero
    assert found.base is None


def test_the_farther_from_the_full_text_the_larger_the_distance() -> None:
    keep = np.tril(np.ones((5, 5), dtype=np.bool_))
    assert np.all(np.diff(distances(keep)) < 0)
    assert distances(keep)[-1] == 0
    assert distances(np.zeros((1, 5), dtype=np.bool_))[0] == 100


def test_the_same_seed_gives_the_same_masks() -> None:
    assert np.array_equal(draw_masks(9, 50, 4), draw_masks(9, 50, 4))
    assert not np.array_equal(draw_masks(9, 50, 4), draw_masks(9, 50, 5))
