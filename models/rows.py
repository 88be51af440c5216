"""Training rows: texts become token ids, and batches of them are padded and partly masked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from transformers import DataCollatorWithPadding, PreTrainedTokenizerBase

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Example:
    """A text and the name of its label."""

    text: str
    label: str


def encode(
    tokenizer: PreTrainedTokenizerBase, examples: Sequence[Example], labels: Sequence[str], max_tokens: int
) -> list[Row]:
    """The token ids of each text, cut to `max_tokens`, where they are special, and the index of the label."""
    encoded = tokenizer(
        [example.text for example in examples],
        truncation=True,
        max_length=max_tokens,
        return_special_tokens_mask=True,
    )
    return [
        {**{name: values[index] for name, values in encoded.items()}, "labels": labels.index(example.label)}
        for index, example in enumerate(examples)
    ]


class MaskingCollator:
    """Pads rows to one length and masks part of some.

    Each row is chosen with the probability `fraction`; in a chosen row a share, drawn uniformly from 0 to 1, of the
    tokens that are not special becomes the mask token.

    Raises:
        ValueError: the tokenizer has no mask token.
    """

    def __init__(self, tokenizer: PreTrainedTokenizerBase, fraction: float, seed: int) -> None:
        if fraction and tokenizer.mask_token_id is None:
            raise ValueError("this tokenizer has no mask token; fine-tune with mask_fraction=0")
        self._pad = DataCollatorWithPadding(tokenizer)
        self._mask_id = tokenizer.mask_token_id
        self._fraction = fraction
        self._generator = torch.Generator().manual_seed(seed)

    def __call__(self, rows: list[Row]) -> dict[str, Tensor]:
        """The batch, each tensor (rows, tokens) but `labels` (rows,)."""
        batch = dict(self._pad(rows))
        special = batch.pop("special_tokens_mask").bool()
        chosen = self._draw(len(rows), 1) < self._fraction
        hidden = chosen & ~special & (self._draw(*special.shape) < self._draw(len(rows), 1))
        if hidden.any():
            batch["input_ids"] = batch["input_ids"].masked_fill(hidden, self._mask_id)
        return batch

    def _draw(self, *shape: int) -> Tensor:
        return torch.rand(*shape, generator=self._generator)
