"""Fine-tuning a causal language model, on transformers' Trainer: it learns what follows what."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from sidelight.models.base import token_limit
from sidelight.models.causal import refuse_future
from sidelight.models.checkpoint import load_checkpoint
from sidelight.models.message import Message, RefusedError
from sidelight.models.original import Original
from sidelight.models.reading import anchor_of, beginning_of
from sidelight.models.writing import ends_of
from torch import Tensor
from transformers import PreTrainedTokenizerBase

from . import training
from .chats import Passage
from .checking import Found, check_generator, next_token_losses
from .dataset import DataError
from .lesson import Lesson
from .request import FinetuneSettings, Listener, Notify, Point, ignore, ignore_notice
from .resuming import Checkpoints, kept_in
from .rows import Masking, PassagePadding, Row, cut_passages, encode_passages, tell_unknown
from .training import globals_kept, save

MakePassages = Callable[[PreTrainedTokenizerBase, Sequence[str]], tuple[Sequence[Passage], Sequence[Passage]]]


@dataclass(frozen=True, slots=True)
class GeneratorMetrics:
    """The mean cross-entropy in nats of the held-out rows' learned `tokens`, before and after, and its standard error;
    seconds of training and checking.

    `points` are what was found while it trained.
    """

    train_rows: int
    rows: int
    tokens: int
    loss_before: float
    error_before: float | None
    loss: float
    error: float | None
    training_loss: float
    seconds: float
    points: tuple[Point, ...]


def finetune_generator(
    base: Path,
    passages: MakePassages,
    out: Path,
    settings: FinetuneSettings,
    listener: Listener = ignore,
    checkpoints: Checkpoints | None = None,
    notify: Notify = ignore_notice,
) -> GeneratorMetrics:
    """Trains a generator on the CPU, saves it with its tokenizer and checks it on rows that it has not seen.

    Args:
        base: the folder of a causal language model with its tokenizer.
        passages: makes, for the tokenizer and the texts of the tokens that end what the model writes, what is
            learned and what is held out.
        out: the folder to write to.
        settings: how to train; `mask_fraction` and `balanced` must not be set.
        listener: is told of every step and may raise to end the work; nothing is saved then but a checkpoint.
        checkpoints: where they are written and where it goes on from the last; None writes none.
        notify: is told what people should know of the rows.

    Raises:
        ModelError: the base is no generator that can be used.
        ValueError: a setting is for classifiers, or no row is left to learn or to check with.
        FinetuneError: the loss is no finite number any more, or a file can't be written.
    """
    if settings.mask_fraction or settings.balanced:
        raise RefusedError("mask_fraction and balanced are for classifiers; give a generator mask_fraction=0")
    with globals_kept(), kept_in(checkpoints) as kept:
        torch.manual_seed(settings.seed)
        checkpoint = load_checkpoint(base, base.name, "ForCausalLM")
        model, tokenizer = checkpoint.network, checkpoint.tokenizer
        longest = min(settings.max_tokens, token_limit(model, tokenizer))
        refuse_future(model, tokenizer, Original(model, checkpoint.name), longest)
        beginning, ends = beginning_of(tokenizer, anchor_of(model, tokenizer)), ends_of(model, tokenizer)
        if not ends:
            notify(
                Message(
                    "the base has no token that ends a text, so no end is learned: it will write as much as "
                    "is asked for"
                )
            )
        parts = passages(tokenizer, [str(tokenizer.decode([end])) for end in ends])
        rows, unseen = (
            _encode(tokenizer, part, (beginning, ends), longest, what, listener, notify)
            for part, what in zip(parts, (Message("to learn"), Message("held out")), strict=True)
        )
        tell_unknown(tokenizer, [*rows, *unseen], notify)
        pad = PassagePadding(_pad_id(tokenizer))

        def check() -> Found:
            return check_generator(model, pad, unseen, settings.batch_size, listener)

        before = check()
        lesson = Lesson(model, tokenizer, rows, pad, Masking(tokenizer, 0, settings.seed), _loss, check)
        history, after = training.train(lesson, settings, listener, kept)
        kept.guard(Message("the finished model"), lambda: save(model, tokenizer, out))
        return GeneratorMetrics(
            train_rows=len(rows),
            rows=len(unseen),
            tokens=before.count,
            loss_before=before.loss,
            error_before=before.error,
            loss=after.loss,
            error=after.error,
            training_loss=history.mean,
            seconds=history.elapsed(),
            points=tuple(history.points),
        )


def _encode(
    tokenizer: PreTrainedTokenizerBase,
    passages: Sequence[Passage],
    around: tuple[Sequence[int], Sequence[int]],
    longest: int,
    what: str,
    listener: Listener,
    notify: Notify,
) -> list[Row]:
    beginning, ends = around
    encoded = encode_passages(tokenizer, passages, beginning, next(iter(ends), None), listener)
    rows, cut, left_out = cut_passages(encoded, longest)
    if cut:
        notify(
            Message(
                "{count:,} of {all:,} rows {purpose} are longer than {most} tokens; their rest is not read",
                count=cut,
                all=len(passages),
                purpose=what,
                most=longest,
            )
        )
    if left_out:
        notify(
            Message(
                "{count:,} of {all:,} rows {purpose} are left out: nothing of them is left to learn",
                count=left_out,
                all=len(passages),
                purpose=what,
            )
        )
    if not rows:
        raise DataError(
            "of all {count:,} rows {purpose} nothing is left to learn within {most} tokens; give "
            "shorter prompts, or a larger max_tokens up to the model's own limit",
            count=len(passages),
            purpose=what,
            most=longest,
        )
    return rows


def _pad_id(tokenizer: Any) -> int:
    """Any token does, since padding is neither read nor learned."""
    return int(tokenizer.pad_token_id if tokenizer.pad_token_id is not None else tokenizer.eos_token_id or 0)


def _loss(outputs: Any, labels: Tensor, num_items_in_batch: Any) -> Tensor:
    """The mean cross-entropy of a step's learned tokens."""
    mean: Tensor = next_token_losses(outputs.logits, labels).sum() / num_items_in_batch
    return mean
