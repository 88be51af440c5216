"""Fine-tuning a pretrained model into a classifier, on transformers' Trainer.

Explanations ask a model about texts of which parts are masked. A classifier that never saw a mask answers those at
random; where `mask_fraction` asks for it (the demos do, by half), so many of the training rows are shown with a random
share of their tokens masked, anything from none to all. The numbers come from local generators; the process's own
generators and log level stay as they were.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import torch
from sidelight.models.adapter import refuse_adapter
from sidelight.models.base import token_limit
from sidelight.models.checkpoint import load_tokenizer, unused_in
from sidelight.models.described import describe
from sidelight.models.faults import in_one_line
from sidelight.models.folder import read_config
from sidelight.models.message import Message, RefusedError
from sidelight.models.prediction import ModelError
from sidelight.models.weights import weight_files
from torch import Tensor
from transformers import AutoModelForSequenceClassification, PreTrainedModel, PreTrainedTokenizerBase

from . import training
from .checking import Found, check_classifier
from .dataset import DataError
from .lesson import Lesson, Loss
from .request import FinetuneError, FinetuneSettings, Listener, Notify, Point, Step, ignore, ignore_notice
from .resuming import Checkpoints, kept_in
from .rows import Example, Masking, Padding, Row, encode, tell_unknown, without_unread
from .training import globals_kept, save
from .values import in_order

__all__ = ["FinetuneError", "FinetuneSettings", "Metrics", "Step", "finetune_classifier", "has_bfloat16"]

MOST_NAMED = 5  # labels
SHORT = 128  # tokens up to which attention written out is faster on a CPU than the fused kernels, and its memory small


@dataclass(frozen=True, slots=True)
class Metrics:
    """How the model did: `correct` of `rows` held-out rows, mean cross-entropy in nats, seconds of all the work; from
    `train_rows`.

    `labels` are in the order of the ids; `confusion` counts the rows of each label, a line each, by the label that the
    model gave them; `points` are what was found while it trained.
    """

    train_rows: int
    rows: int
    correct: int
    loss: float
    training_loss: float
    seconds: float
    labels: tuple[str, ...] = ()
    confusion: tuple[tuple[int, ...], ...] = ()
    points: tuple[Point, ...] = ()

    @property
    def accuracy(self) -> float:
        """The share of the held-out rows that it got right."""
        return self.correct / self.rows


def has_bfloat16() -> bool:
    """Whether the processor multiplies in bfloat16 itself; where it does not, float32 is faster."""
    return bool(torch.cpu.get_capabilities().get("avx512_bf16", False))


def finetune_classifier(
    base: Path,
    train: Sequence[Example],
    held_out: Sequence[Example],
    out: Path,
    settings: FinetuneSettings,
    listener: Listener = ignore,
    checkpoints: Checkpoints | None = None,
    notify: Notify = ignore_notice,
    *,
    skip_empty: bool = False,
) -> Metrics:
    """Trains a classifier on the CPU, saves it with its tokenizer and checks it on rows it has not seen.

    Args:
        base: the folder of a pretrained model with its tokenizer; a classifier with the same labels keeps its own
            last layer and their order, any other gets a new one.
        train: the rows to learn; their labels, in the order of `in_order`, become the ids 0, 1, ...
        held_out: the rows to check with at the end, in float32 and without masks.
        out: the folder to write to.
        settings: how to train.
        listener: is told of every step and may raise to end the work; nothing is saved then but a checkpoint.
        checkpoints: where they are written and where it goes on from the last; None writes none.
        notify: is told what people should know of the rows.
        skip_empty: leaves rows out of which the tokenizer reads nothing; else they are refused.

    Raises:
        ValueError: fewer than two labels to learn, no held-out rows or one with another label, rows of which the
            tokenizer reads nothing, weights missing from the base, or masks wanted of a tokenizer that has none.
        FinetuneError: the loss is no finite number any more, or a file can't be written.
    """
    labels = _labels(train, held_out)
    with globals_kept(), kept_in(checkpoints) as kept:
        torch.manual_seed(settings.seed)
        tokenizer, model, labels = _load(base, labels, settings.max_tokens, notify)
        longest = min(settings.max_tokens, token_limit(model, tokenizer))
        rows, unseen = _encode_both(tokenizer, (train, held_out), labels, longest, listener, notify, skip=skip_empty)
        pad = Padding(tokenizer)

        def check() -> Found:
            return check_classifier(model, pad, unseen, settings.batch_size, listener)

        masking = Masking(tokenizer, settings.mask_fraction, settings.seed)
        loss = _loss(settings, [example.label for example in train], labels)
        lesson = Lesson(model, tokenizer, rows, pad, masking, loss, check)
        history, found = training.train(lesson, settings, listener, kept)
        kept.guard(Message("the finished model"), lambda: save(model, tokenizer, out))
        return Metrics(
            train_rows=len(rows),
            rows=found.count,
            correct=found.correct,
            loss=found.loss,
            training_loss=history.mean,
            seconds=history.elapsed(),
            labels=tuple(labels),
            confusion=found.confusion,
            points=tuple(history.points),
        )


def _encode_both(
    tokenizer: PreTrainedTokenizerBase,
    parts: tuple[Sequence[Example], Sequence[Example]],
    labels: Sequence[str],
    longest: int,
    listener: Listener,
    notify: Notify,
    *,
    skip: bool,
) -> tuple[list[Row], list[Row]]:
    """The rows of both parts; how many texts were cut or not read at all, and whether many tokens are unknown, is
    said.
    """
    (rows, cut), (unseen, cut_unseen) = (encode(tokenizer, part, labels, longest, listener) for part in parts)
    both = without_unread(tokenizer, [*parts[0], *parts[1]], [*rows, *unseen], notify, skip=skip)
    known = set(map(id, both))
    rows, unseen = ([row for row in part if id(row) in known] for part in (rows, unseen))
    if not rows or not unseen:
        raise DataError("of no row to learn, or to check with, the tokenizer of the base reads anything; give others")
    tell_unknown(tokenizer, [*rows, *unseen], notify)
    if cut := cut + cut_unseen:
        notify(
            Message(
                "{count:,} of {all:,} texts are longer than {most} tokens; the rest of them is not read",
                count=cut,
                all=len(rows) + len(unseen),
                most=longest,
            )
        )
    return rows, unseen


def _labels(train: Sequence[Example], held_out: Sequence[Example]) -> list[str]:
    labels = in_order({example.label for example in train})
    if len(labels) < 2 or not held_out:
        raise RefusedError(
            "{count} rows with {labels} labels to learn and {held} to check with; give rows of "
            "at least two labels, and some to check with",
            count=len(train),
            labels=len(labels),
            held=len(held_out),
        )
    if unknown := {example.label for example in held_out} - set(labels):
        raise RefusedError(
            "the held-out label {label!r} is not among the labels to learn: {known}",
            label=in_order(unknown)[0],
            known=", ".join(labels),
        )
    return labels


def _load(
    base: Path, labels: list[str], longest: int, notify: Notify
) -> tuple[PreTrainedTokenizerBase, PreTrainedModel, list[str]]:
    """The tokenizer, the pretrained model with its classifier on top, and the labels in the order of its ids."""
    refuse_adapter(base)
    files = weight_files(base)
    config = describe(read_config(base), files, base.name, "")
    tokenizer = load_tokenizer(base, config)
    with in_one_line("{name!r} can't be loaded ({cause})", name=base.name):
        model, loading = _with_head(base, labels, longest)
        named = [str(name) for name in _with_own_labels(base)]
    unused_in(files, map(str, loading["unexpected_keys"]), model, body_alone=sorted(named) != labels)
    _name_padding(tokenizer, model)
    body = f"{model.base_model_prefix}."
    if lost := sorted(name for name in loading["missing_keys"] if name.startswith(body) and ".pooler." not in name):
        raise RefusedError(
            "{base!r} lacks {name} and {count} other weights; give a complete model",
            base=base.name,
            name=lost[0],
            count=len(lost) - 1,
        )
    if sorted(named) == sorted(labels):
        _name_labels(model, named)
        return tokenizer, model, named
    if not any(not name.startswith(body) for name in loading["missing_keys"]):
        notify(
            Message(
                "the base tells {known} apart and the rows {labels}: its last layer begins anew",
                known=", ".join(named[:MOST_NAMED]),
                labels=", ".join(labels[:MOST_NAMED]),
            )
        )
        _renew_head(model)
    return tokenizer, model, labels


def _name_padding(tokenizer: PreTrainedTokenizerBase, model: PreTrainedModel) -> None:
    """The padding token, where there is none the end-of-text token; a decoder answers at the last that is another.

    Raises:
        ModelError: the tokenizer has neither.
    """
    if tokenizer.pad_token_id is None:
        if tokenizer.eos_token_id is None:
            raise ModelError("the base has neither a padding nor an end-of-text token; give its tokenizer one of them")
        tokenizer.pad_token = tokenizer.eos_token
    model.config.get_text_config().pad_token_id = tokenizer.pad_token_id


def _with_head(base: Path, labels: list[str], longest: int) -> tuple[PreTrainedModel, Any]:
    model, loading = AutoModelForSequenceClassification.from_pretrained(
        base,
        id2label=dict(enumerate(labels)),
        label2id={label: index for index, label in enumerate(labels)},
        problem_type="single_label_classification",
        ignore_mismatched_sizes=True,
        dtype=torch.float32,
        use_safetensors=True,
        trust_remote_code=False,
        output_loading_info=True,
        attn_implementation="eager" if longest <= SHORT else None,
    )
    return cast(PreTrainedModel, model), loading


def _with_own_labels(base: Path) -> Sequence[object]:
    """The labels that the base gives itself."""
    from transformers import AutoConfig

    config = AutoConfig.from_pretrained(base, trust_remote_code=False)
    return [config.id2label[index] for index in sorted(config.id2label)]


def _name_labels(model: Any, labels: Sequence[str]) -> None:
    model.config.id2label = dict(enumerate(labels))
    model.config.label2id = {label: index for index, label in enumerate(labels)}


def _renew_head(model: Any) -> None:
    """A last layer that was made for other labels starts anew."""
    for name, module in model.named_children():
        if name != model.base_model_prefix:
            for part in module.modules():
                part._is_hf_initialized = False
                for weight in part.parameters(recurse=False):
                    weight._is_hf_initialized = False
            module.apply(model._init_weights)


def _loss(settings: FinetuneSettings, named: Sequence[str], labels: Sequence[str]) -> Loss | None:
    """The mean cross-entropy over all rows of a step, by the rarity of their labels where that is wanted.

    None where the model's own loss is the same: without weights, and with one batch a step.
    """
    if not settings.balanced and settings.accumulation == 1:
        return None
    counts = Counter(named)
    balanced = torch.tensor([len(named) / (len(labels) * counts[label]) for label in labels])
    weights = balanced if settings.balanced else None

    def loss(outputs: Any, labels: Tensor, num_items_in_batch: Any) -> Tensor:
        summed = torch.nn.functional.cross_entropy(outputs.logits.float(), labels, weight=weights, reduction="sum")
        mean: Tensor = summed / num_items_in_batch
        return mean

    return loss
