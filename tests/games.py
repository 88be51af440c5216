"""Toy models with known answers: any function of a keep matrix, as a model that reads one letter a feature."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from sidelight.models.inputs import Asked, as_input
from sidelight.models.model import AttentionMap, Hiding, Keep, OnBatch, OnText, ignore_text, no_report
from sidelight.models.prediction import Feature, Floats, Prediction, Span, Target, Token, UnsupportedError

MASK = Hiding("mask", "[MASK]", 0)


def predict(features: int, scores: tuple[float, ...] = (0.0,)) -> Prediction:
    """A prediction over a text of `features` letters."""
    text = " ".join(chr(ord("a") + index % 26) for index in range(features))
    spans = [Span(0, 2 * index, 2 * index + 1) for index in range(features)]
    return Prediction(
        model="toy",
        task="classify",
        segments=(text,),
        ids=tuple(range(features)),
        tokens=tuple(Token(text[span.start], span) for span in spans),
        unit="word",
        features=tuple(Feature(text[s.start], 0, s.start, s.end, (index,)) for index, s in enumerate(spans)),
        targets=tuple(
            Target(index, f"label {index}", "label", score, exclusive=True) for index, score in enumerate(scores)
        ),
    )


@dataclass
class Game:
    """A model whose scores (n, targets) are a function of the keep matrix (n, features); it counts its rows."""

    function: Callable[[Keep], Floats]
    rows: int = 0
    name: str = "toy"
    precision: str = "float32"
    weights: str = ""
    hidings: tuple[Hiding, ...] = (MASK,)

    def score(self, _prediction: Prediction, keep: Keep, _hiding: Hiding, on_batch: OnBatch = no_report) -> Floats:
        self.rows += len(keep)
        on_batch(len(keep))
        return self.function(keep)

    def play(self, features: int) -> Prediction:
        """The prediction over all features."""
        return predict(features, tuple(self.function(np.ones((1, features), dtype=np.bool_))[0].tolist()))

    def predict(self, asked: Asked, _unit: str = "word", _on_text: OnText = ignore_text) -> Prediction:
        return self.play(len(as_input(asked).text))

    def embed(self, _prediction: Prediction, _filler: Hiding | None = None) -> Any:
        raise UnsupportedError("a game has no embeddings")

    def score_embeddings(self, _prediction: Prediction, _embeddings: Any) -> Any:
        raise UnsupportedError("a game has no embeddings")

    def attention(self, _prediction: Prediction) -> tuple[AttentionMap, ...]:
        raise UnsupportedError("a game has no attention")


def linear(weights: Floats, bias: float = 0.5) -> Game:
    """score = bias + sum of the weights of what is seen; `weights` (features,) or (targets, features)."""
    table = np.atleast_2d(weights)
    return Game(lambda keep: bias + keep @ table.T)


def random_game(features: int, targets: int = 1, seed: int = 0) -> Game:
    """A game with an independent random prize for each coalition."""
    prizes = np.random.default_rng(seed).normal(size=(2**features, targets))
    return Game(lambda keep: prizes[keep.astype(np.int64) @ (1 << np.arange(features))])
