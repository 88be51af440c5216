"""What a model must be able to do to be explained."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol

import numpy as np
import numpy.typing as npt

from .prediction import Floats, Prediction, Whole

if TYPE_CHECKING:
    from torch import Tensor

    from .inputs import Asked

Keep = npt.NDArray[np.bool_]


OnBatch = Callable[[int], None]


OnText = Callable[[str, int], bool]


@dataclass(frozen=True, slots=True)
class Hiding:
    """How a feature is made absent.

    `mask` and `replace` put `token` in the place of each of its tokens, `delete` takes them out.
    """

    kind: Literal["mask", "replace", "delete"]
    token: str | None = None
    token_id: Whole | None = None


@dataclass(frozen=True, slots=True)
class AttentionMap:
    """Attention weights (layers, heads, queries, keys); each row over the keys sums to 1.

    `queries` and `keys` are positions in the prediction's ids.
    """

    name: str
    queries: tuple[int, ...]
    keys: tuple[int, ...]
    weights: Floats = field(repr=False)


def no_report(_rows: int) -> None:
    """Ignores the rows a model has just scored."""


def ignore_text(_text: str, _tokens: int) -> bool:
    """Ignores what has been written so far, and wants more."""
    return True


class Model(Protocol):
    """All that an explanation may ask of a model."""

    @property
    def name(self) -> str:
        """A name for people; never a path."""

    @property
    def precision(self) -> str:
        """`float32`, or `bfloat16` for all but the full and the empty input."""

    @property
    def weights(self) -> str:
        """SHA-256 of the weights, to recognise the model by; empty where there are none."""

    @property
    def hidings(self) -> tuple[Hiding, ...]:
        """The ways in which this model supports absence; the first is its default."""

    def score(self, prediction: Prediction, keep: Keep, hiding: Hiding, on_batch: OnBatch = no_report) -> Floats:
        """The score of every target for each row of `keep` (n, features), True = the model sees it: (n, targets).

        `on_batch` is told the number of rows after each batch and may raise to stop.
        """

    def embed(self, prediction: Prediction, filler: Hiding | None = None) -> Tensor:
        """The input embeddings (tokens, width), detached; with a filler, those of an input of its token alone."""

    def score_embeddings(self, prediction: Prediction, embeddings: Tensor) -> Tensor:
        """The score of every target for embeddings (n, tokens, width): (n, targets), differentiable."""

    def attention(self, prediction: Prediction) -> tuple[AttentionMap, ...]:
        """The attention weights of one pass over the full input."""

    def predict(self, asked: Asked, unit: str = "word", on_text: OnText = ignore_text) -> Prediction:
        """The model's answer to an input, over features of the unit.

        `on_text` is told what has been written so far and of how many tokens, and says whether to write on.

        Raises:
            ValueError: there is nothing to read in the input, it is none of the model's task, or the unit is unknown.
        """
