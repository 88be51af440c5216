import numpy as np
import pytest
from sidelight.explain.scoring import Progress, Scoring, Stopped

from .games import MASK, linear

FULL = np.ones((1, 3), dtype=np.bool_)
EACH = ~np.eye(3, dtype=np.bool_)


def test_each_distinct_input_is_asked_once() -> None:
    game = linear(np.array([1.0, 2.0, 3.0]))
    scoring, prediction = Scoring(game), game.play(3)
    keep = np.vstack([FULL, EACH, FULL, EACH])
    assert np.allclose(scoring.score(prediction, keep, MASK), game.function(keep))
    assert game.rows == scoring.calls == 4
    scoring.score(prediction, EACH, MASK)
    assert game.rows == 4


def test_calls_do_not_depend_on_what_ran_before() -> None:
    game = linear(np.array([1.0, 2.0, 3.0]))
    scoring, prediction = Scoring(game), game.play(3)
    for _ in range(2):
        scoring.begin("stage", 4)
        scoring.score(prediction, np.vstack([FULL, EACH]), MASK)
        assert scoring.calls == 4
    assert game.rows == 4


def test_progress_never_passes_its_total_and_ends_there() -> None:
    seen: list[Progress] = []
    game = linear(np.array([1.0, 2.0, 3.0]))
    scoring, prediction = Scoring(game, seen.append), game.play(3)
    scoring.begin("stage", 4)
    scoring.score(prediction, np.vstack([FULL, EACH]), MASK)
    scoring.begin("again", 4)
    scoring.score(prediction, np.vstack([FULL, EACH]), MASK)
    assert {progress.total for progress in seen if progress.stage} == {4}
    assert [progress.done for progress in seen if progress.stage == "again"][-1] == 4


def test_a_listener_can_end_the_work() -> None:
    def enough(progress: Progress) -> None:
        if progress.done:
            raise Stopped

    game = linear(np.array([1.0, 2.0, 3.0]))
    with pytest.raises(Stopped):
        Scoring(game, enough).score(game.play(3), EACH, MASK)


def test_another_prediction_is_not_answered_from_memory() -> None:
    game = linear(np.array([1.0, 2.0, 3.0]))
    scoring = Scoring(game)
    scoring.score(game.play(3), FULL, MASK)
    scoring.score(game.play(3), FULL, MASK)
    assert game.rows == 2
