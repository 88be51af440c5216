"""How a model does on rows that it did not learn: nothing is drawn, nothing is masked, and the model stays as it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from .request import Listener, Step
from .rows import IGNORED, Row

Pad = Callable[[list[Row]], dict[str, Tensor]]


@dataclass(frozen=True, slots=True)
class Found:
    """The mean cross-entropy in nats of `count` rows or learned tokens, and for a classifier which label it took.

    `confusion` counts the rows of each label, a line each, by the label that the model gave them.
    """

    loss: float
    count: int
    confusion: tuple[tuple[int, ...], ...] = ()

    @property
    def correct(self) -> int:
        """How many rows got their own label."""
        return sum(line[index] for index, line in enumerate(self.confusion))

    @property
    def accuracy(self) -> float | None:
        """The share of the rows that got their own label; None for a generator."""
        return self.correct / self.count if self.confusion else None


def check_classifier(model: Any, pad: Pad, rows: Sequence[Row], batch_size: int, listener: Listener) -> Found:
    """What a classifier makes of rows."""
    confusion = torch.zeros(model.config.num_labels, model.config.num_labels, dtype=torch.long)
    loss = 0.0
    for batch in _batches(model, pad, rows, batch_size, listener):
        batch.pop("special_tokens_mask", None)
        logits = model(**batch).logits.float()
        confusion.index_put_((batch["labels"], logits.argmax(-1)), torch.tensor(1), accumulate=True)
        loss += float(torch.nn.functional.cross_entropy(logits, batch["labels"], reduction="sum"))
    return Found(loss / len(rows), len(rows), tuple(map(tuple, confusion.tolist())))


def check_generator(model: Any, pad: Pad, rows: Sequence[Row], batch_size: int, listener: Listener) -> Found:
    """What a generator makes of the learned tokens of rows."""
    loss, count = 0.0, 0
    for batch in _batches(model, pad, rows, batch_size, listener):
        labels = batch.pop("labels")
        loss += float(next_token_loss(model(**batch).logits, labels))
        count += int((labels[:, 1:] != IGNORED).sum())
    return Found(loss / count, count)


def next_token_loss(logits: Tensor, labels: Tensor) -> Tensor:
    """The summed cross-entropy of the learned tokens, each read off the token before it."""
    guessed, meant = logits[:, :-1].float(), labels[:, 1:]
    return torch.nn.functional.cross_entropy(
        guessed.flatten(0, 1), meant.flatten(), ignore_index=IGNORED, reduction="sum"
    )


def _batches(
    model: Any, pad: Pad, rows: Sequence[Row], batch_size: int, listener: Listener
) -> Iterator[dict[str, Tensor]]:
    """Batches of rows of about one length, in inference mode; the listener is told before each and at the end."""
    model.train(False)
    ordered = sorted(rows, key=lambda row: len(row["input_ids"]))
    for start in range(0, len(ordered), batch_size):
        listener(Step("check", start, len(ordered)))
        with torch.inference_mode():
            yield pad(ordered[start : start + batch_size])
    listener(Step("check", len(ordered), len(ordered)))
