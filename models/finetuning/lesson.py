"""What a training is given: all that the loop needs to know of a task."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from .checking import Found
from .rows import Row

Loss = Callable[..., Tensor]


class Masks(Protocol):
    """Masks a batch where it is learned, by numbers of its own generator."""

    generator: torch.Generator

    def __call__(self, batch: dict[str, Tensor]) -> dict[str, Tensor]:
        """The batch as the model reads it."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """What is trained, and how: all that `train` needs to know of a task.

    Args:
        model: trained in place.
        tokenizer: saved beside it.
        rows: what it learns.
        pad: makes a batch of rows.
        masking: masks a batch of rows where it is learned.
        loss: of the model's outputs, the labels and the number of items in the step; None takes the model's own.
        check: how the held-out rows do now.
    """

    model: PreTrainedModel
    tokenizer: PreTrainedTokenizerBase
    rows: list[Row]
    pad: Callable[[list[Row]], dict[str, Tensor]]
    masking: Masks
    loss: Loss | None
    check: Callable[[], Found]
