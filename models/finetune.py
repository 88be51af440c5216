"""Fine-tuning on transformers' Trainer: a pretrained encoder becomes a classifier.

Explanations ask a model about texts of which parts are masked. A classifier that never saw a mask answers those at
random, and so half of the training rows are shown with a random share of their tokens masked, anything from none to
all. The numbers come from local generators; the process's own generators and log level stay as they were.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal, cast

import numpy as np
import torch
from torch.utils.data import Dataset
from transformers import (
    AutoModelForSequenceClassification,
    AutoTokenizer,
    PreTrainedModel,
    PreTrainedTokenizerBase,
    PrinterCallback,
    Trainer,
    TrainerCallback,
    TrainerControl,
    TrainerState,
    TrainingArguments,
)

from .checkpoint import quiet
from .rows import Example, MaskingCollator, Row, encode


@dataclass(frozen=True, slots=True)
class FinetuneSettings:
    """How to train.

    Args:
        epochs: how often each row is seen.
        learning_rate: at its highest; it rises over the `warm_up` share of the steps and falls linearly to 0.
        batch_size: rows a step.
        weight_decay: of AdamW.
        max_tokens: a longer training text is cut to so many tokens.
        mask_fraction: the share of the rows that is shown with masked tokens.
        freeze_embeddings: leaves the token embeddings as they were pretrained, nearly half of a small model's weights;
            a step then takes little more than half the time.
        bfloat16: multiplies matrices in bfloat16; faster only where the processor has instructions for it.
        seed: of the new layer, the order of the rows, dropout and masking.
    """

    epochs: int = 1
    learning_rate: float = 5e-5
    batch_size: int = 32
    weight_decay: float = 0.01
    warm_up: float = 0.1
    max_tokens: int = 128
    mask_fraction: float = 0.5
    freeze_embeddings: bool = False
    bfloat16: bool = False
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Step:
    """How far fine-tuning has come: `done` of `total` steps of training, or held-out rows to check."""

    stage: Literal["train", "check"]
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Metrics:
    """How the model did: `correct` of `rows` held-out rows, mean cross-entropy in nats, seconds in all."""

    rows: int
    correct: int
    loss: float
    training_loss: float
    seconds: float

    @property
    def accuracy(self) -> float:
        """The share of the held-out rows that it got right."""
        return self.correct / self.rows


Listener = Callable[[Step], None]


def ignore(_step: Step) -> None:
    """A listener that wants to know nothing."""


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
) -> Metrics:
    """Trains a classifier on the CPU, saves it with its tokenizer and checks it on rows it has not seen.

    Args:
        base: the folder of a pretrained model with its tokenizer.
        train: the rows to learn; their labels, sorted by name, become the ids 0, 1, ...
        held_out: the rows to check with, in float32 and without masks.
        out: the folder to write to.
        settings: how to train.
        listener: is told of every step and may raise to end the work; nothing is saved then.

    Raises:
        ValueError: fewer than two labels to learn, no held-out rows or one with another label, weights missing from
            the base, or masks wanted of a tokenizer that has none.
    """
    labels = _labels(train, held_out)
    start = time.perf_counter()
    with _globals_kept():
        torch.manual_seed(settings.seed)
        tokenizer = AutoTokenizer.from_pretrained(base)
        model = _load_with_new_head(base, labels)
        rows, unseen = (encode(tokenizer, part, labels, settings.max_tokens) for part in (train, held_out))
        training_loss = _train(model, tokenizer, rows, settings, listener)
        correct, loss = _check(model, tokenizer, unseen, settings.batch_size, listener)
        _save(model, tokenizer, out)
    return Metrics(len(held_out), correct, loss, training_loss, time.perf_counter() - start)


class _Reporter(TrainerCallback):
    """Hands each step on to a listener; what the listener raises ends the training."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener

    def on_step_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: object
    ) -> None:
        """Called by Trainer after each step."""
        self._listener(Step("train", state.global_step, state.max_steps))

    on_train_begin = on_step_end


@contextmanager
def _globals_kept() -> Iterator[None]:
    """Trainer seeds the process's generators, and loading reports to the log; afterwards all is as before."""
    numpy_state, python_state = np.random.get_state(), random.getstate()
    try:
        with quiet(), torch.random.fork_rng(devices=[]):
            yield
    finally:
        np.random.set_state(numpy_state)
        random.setstate(python_state)


def _labels(train: Sequence[Example], held_out: Sequence[Example]) -> list[str]:
    labels = sorted({example.label for example in train})
    if len(labels) < 2 or not held_out:
        raise ValueError(
            f"{len(train)} rows with {len(labels)} labels to learn and {len(held_out)} to check with; "
            f"give rows of at least two labels, and some to check with"
        )
    if unknown := {example.label for example in held_out} - set(labels):
        raise ValueError(f"the held-out label {min(unknown)!r} is not among the labels to learn: {', '.join(labels)}")
    return labels


def _load_with_new_head(base: Path, labels: list[str]) -> PreTrainedModel:
    """The pretrained model with a classifier on top that knows nothing yet."""
    model, loading = AutoModelForSequenceClassification.from_pretrained(
        base,
        id2label=dict(enumerate(labels)),
        label2id={label: index for index, label in enumerate(labels)},
        dtype=torch.float32,
        use_safetensors=True,
        trust_remote_code=False,
        output_loading_info=True,
    )
    body = f"{model.base_model_prefix}."
    if lost := sorted(name for name in loading["missing_keys"] if name.startswith(body) and ".pooler." not in name):
        raise ValueError(f"{base.name!r} lacks {lost[0]} and {len(lost) - 1} other weights; give a complete model")
    return cast(PreTrainedModel, model)


def _train(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    rows: list[Row],
    settings: FinetuneSettings,
    listener: Listener,
) -> float:
    """Trains the model in place and returns the mean loss of the steps."""
    model.get_input_embeddings().requires_grad_(not settings.freeze_embeddings)
    with TemporaryDirectory() as scratch:  # Trainer insists on a folder, even to save nothing
        trainer = Trainer(
            model=model,
            args=_arguments(settings, scratch),
            data_collator=MaskingCollator(tokenizer, settings.mask_fraction, settings.seed),
            train_dataset=cast(Dataset[Row], rows),
            callbacks=[_Reporter(listener)],
        )
        trainer.remove_callback(PrinterCallback)
        loss = trainer.train().training_loss
    trainer.accelerator.unwrap_model(model, keep_fp32_wrapper=False)
    return loss


def _arguments(settings: FinetuneSettings, folder: str) -> TrainingArguments:
    return TrainingArguments(
        output_dir=folder,
        num_train_epochs=settings.epochs,
        learning_rate=settings.learning_rate,
        per_device_train_batch_size=settings.batch_size,
        weight_decay=settings.weight_decay,
        warmup_steps=settings.warm_up,
        seed=settings.seed,
        bf16=settings.bfloat16,
        use_cpu=True,
        train_sampling_strategy="group_by_length",
        remove_unused_columns=False,
        save_strategy="no",
        logging_strategy="no",
        report_to=[],
        disable_tqdm=True,
    )


def _check(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    rows: list[Row],
    batch_size: int,
    listener: Listener,
) -> tuple[int, float]:
    """How many rows the model gets right, and its mean cross-entropy."""
    collate = MaskingCollator(tokenizer, fraction=0, seed=0)
    correct, loss = 0, 0.0
    model.train(False)
    rows = sorted(rows, key=lambda row: len(row["input_ids"]))
    for start in range(0, len(rows), batch_size):
        listener(Step("check", start, len(rows)))
        batch = collate(rows[start : start + batch_size])
        with torch.inference_mode():
            logits = model(**batch).logits
        correct += int((logits.argmax(-1) == batch["labels"]).sum())
        loss += float(torch.nn.functional.cross_entropy(logits, batch["labels"], reduction="sum"))
    listener(Step("check", len(rows), len(rows)))
    return correct, loss / len(rows)


def _save(model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, out: Path) -> None:
    tokenizer("", truncation=False, padding=False)  # else the file keeps the limits of the last call
    model.save_pretrained(out)
    tokenizer.save_pretrained(out)
