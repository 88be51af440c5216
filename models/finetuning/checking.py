"""How a model does on rows that it did not learn: nothing is drawn, nothing is masked, and the model stays as it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

import torch
from sidelight.models.faults import in_one_line
from torch import Tensor

from .request import FinetuneError, Listener, Step
from .rows import IGNORED, Row

Pad = Callable[[list[Row]], dict[str, Tensor]]


@dataclass(frozen=True, slots=True)
class Found:
    """The mean cross-entropy in nats of `count` rows or learned tokens, and for a classifier which label it took.

    `confusion` counts the rows of each label, a line each, by the label that the model gave them. `error` is the
    standard error of a generator's loss, see `clustered_error`.
    """

    loss: float
    count: int
    confusion: tuple[tuple[int, ...], ...] = ()
    error: float | None = None

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
        logits = _logits(model, batch).float()
        confusion.index_put_((batch["labels"], logits.argmax(-1)), torch.tensor(1), accumulate=True)
        loss += float(torch.nn.functional.cross_entropy(logits, batch["labels"], reduction="sum"))
    return Found(loss / len(rows), len(rows), tuple(map(tuple, confusion.tolist())))


def check_generator(model: Any, pad: Pad, rows: Sequence[Row], batch_size: int, listener: Listener) -> Found:
    """What a generator makes of the learned tokens of rows."""
    sums: list[float] = []
    counts: list[int] = []
    for batch in _batches(model, pad, rows, batch_size, listener):
        labels = batch.pop("labels")
        sums += next_token_losses(_logits(model, batch), labels).sum(1).tolist()
        counts += (labels[:, 1:] != IGNORED).sum(1).tolist()
    return Found(sum(sums) / sum(counts), sum(counts), error=clustered_error(sums, counts))


def clustered_error(sums: Sequence[float], counts: Sequence[int]) -> float | None:
    """The standard error of a mean over all tokens, robust to whatever those of one row share; None of a single row.

    Of the sums S over rows of n tokens, m being the mean of all N and G the count of rows, its square is
    G / (G - 1) · Σ (S - n m)² / N². Liang and Zeger, Longitudinal data analysis using generalized linear models, 1986;
    with this factor in Cameron and Miller, A practitioner's guide to cluster-robust inference, 2015.

    Args:
        sums: of the tokens' losses, of each row.
        counts: of its tokens.
    """
    if len(sums) < 2:
        return None
    mean = sum(sums) / sum(counts)
    squares = sum((own - count * mean) ** 2 for own, count in zip(sums, counts, strict=True))
    return sqrt(len(sums) / (len(sums) - 1) * squares) / sum(counts)


def next_token_losses(logits: Tensor, labels: Tensor) -> Tensor:
    """The cross-entropy of each learned token, read off the token before it, else 0; (rows, tokens - 1)."""
    guessed, meant = logits[:, :-1].float(), labels[:, 1:]
    losses = torch.nn.functional.cross_entropy(
        guessed.flatten(0, 1), meant.flatten(), ignore_index=IGNORED, reduction="none"
    )
    return losses.view(meant.shape)


def _logits(model: Any, batch: dict[str, Tensor]) -> Tensor:
    """The logits of a batch; whatever the network raises is told in one line."""
    with in_one_line(
        "{network} can't answer these rows ({cause}); give another base", FinetuneError, network=type(model).__name__
    ):
        found: Tensor = model(**batch).logits
        return found


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
