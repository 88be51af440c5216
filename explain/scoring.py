"""The one way to a model: counted, remembered, reported and stoppable.

`Scoring` stands in for a model and is itself one, so that a method or metric asks it as it would ask the model.
It asks the model for each distinct input once per prediction, whichever method asks, tells a listener how far
the work has come, and lets the listener end it by raising.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from sidelight.models.message import RefusedError
from sidelight.models.model import AttentionMap, Hiding, Keep, Model, OnBatch, Writer, no_report
from sidelight.models.prediction import Floats, Prediction
from sidelight.models.prompt import Prompt

if TYPE_CHECKING:
    from torch import Tensor


class Stopped(BaseException):
    """The listener wants no more. Not an `Exception`, so that no library swallows it."""


class Skipped(BaseException):
    """The listener wants no more of this method, but the others."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a piece of work has come: `done` of about `total` passes through the model.

    In the stage `write` a pass is a token, and `text` is what has been written so far.
    """

    stage: str
    done: int
    total: int
    text: str = ""


Listener = Callable[[Progress], None]


def ignore(_progress: Progress) -> None:
    """A listener that wants to know nothing."""


class Scoring:
    """A model whose answers about a prediction are remembered while that prediction is being explained.

    `begin` names a stage and its planned passes. `calls` counts what has been asked for since: distinct inputs,
    remembered ones included, and passes through embeddings, so that it does not depend on what ran before.
    """

    def __init__(self, model: Model, listener: Listener = ignore) -> None:
        self.name = model.name
        self.weights = model.weights
        self.precision = model.precision
        self.hidings = model.hidings
        self._model = model
        self._listener = listener
        self._prediction: Prediction | None = None
        self._known: dict[tuple[Hiding, bytes], Floats] = {}
        self.begin("", 0)

    def predict(self, asked: str | Prompt, unit: str = "word") -> Prediction:
        """The model's answer to a text, or to a prompt.

        A listener that wants no more while the model writes gets what was written until then explained no further.

        Raises:
            ValueError: a prompt is given to a model that does not write.
        """
        if isinstance(asked, str):
            return self._model.predict(asked, unit)
        if not isinstance(self._model, Writer):
            raise RefusedError("{model} answers texts; a prompt is for a model that writes", model=self.name)
        most = asked.sampling.max_new_tokens

        def on_text(text: str, tokens: int) -> bool:
            try:
                self._listener(Progress("write", tokens, most, text))
            except Stopped:
                return False
            return True

        return self._model.generate(asked, unit, on_text)

    def begin(self, stage: str, total: int) -> None:
        """Starts a stage of about `total` passes."""
        self._stage, self._total, self._done = stage, total, 0
        self._asked: set[tuple[Hiding, bytes]] = set()
        self._passes = 0
        self._advance(0)

    @property
    def calls(self) -> int:
        """The passes asked for since `begin`."""
        return len(self._asked) + self._passes

    def _advance(self, passes: int) -> None:
        self._done += passes
        self._listener(Progress(self._stage, self._done, max(self._total, self._done)))

    def score(self, prediction: Prediction, keep: Keep, hiding: Hiding, on_batch: OnBatch = no_report) -> Floats:
        """As the model's, each distinct row asked once: (n, features) -> (n, targets)."""
        if prediction is not self._prediction:
            self._prediction, self._known = prediction, {}
        keep = np.ascontiguousarray(keep, dtype=np.bool_)
        keys = [(hiding, row.tobytes()) for row in keep]
        place = {key: row for row, key in enumerate(keys)}
        fresh = [row for key, row in place.items() if key not in self._known]
        self._advance(len(place.keys() - self._asked) - len(fresh))
        self._asked |= place.keys()

        def batch_done(rows: int) -> None:
            self._advance(rows)
            on_batch(rows)

        if fresh:
            scores = self._model.score(prediction, keep[fresh], hiding, batch_done)
            self._known.update((keys[row], score) for row, score in zip(fresh, scores, strict=True))
        return np.stack([self._known[key] for key in keys]).astype(np.float64)

    def embed(self, prediction: Prediction, filler: Hiding | None = None) -> Tensor:
        """As the model's."""
        return self._model.embed(prediction, filler)

    def score_embeddings(self, prediction: Prediction, embeddings: Tensor) -> Tensor:
        """As the model's; every row is a pass."""
        self._passes += len(embeddings)
        self._advance(len(embeddings))
        scores: Any = self._model.score_embeddings(prediction, embeddings)
        if scores.requires_grad:
            scores.register_hook(lambda _gradient: self._advance(0))  # so that work can end between two gradients
        found: Tensor = scores
        return found

    def attention(self, prediction: Prediction) -> tuple[AttentionMap, ...]:
        """As the model's; one pass."""
        self._passes += 1
        self._advance(1)
        return self._model.attention(prediction)
