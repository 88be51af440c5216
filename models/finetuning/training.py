"""The training that classifiers and generators share."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_model
from sidelight.models.checkpoint import quiet
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from .checking import Found
from .history import History
from .lesson import Lesson
from .request import FinetuneSettings, Listener
from .resuming import BEST, Checkpoints
from .trainer import EndedEarlyError, Loop, save_tokenizer


@contextmanager
def globals_kept() -> Iterator[None]:
    """Trainer seeds the process's generators, and loading reports to the log; afterwards all is as before."""
    numpy_state, python_state = np.random.get_state(), random.getstate()
    try:
        with quiet(), torch.random.fork_rng(devices=[]):
            yield
    finally:
        np.random.set_state(numpy_state)
        random.setstate(python_state)


def train(
    lesson: Lesson, settings: FinetuneSettings, listener: Listener, checkpoints: Checkpoints
) -> tuple[History, Found]:
    """Trains the model in place, on from the last checkpoint where there is one, and checks it.

    Args:
        lesson: what is trained.
        settings: how; the same as before where it goes on.
        listener: is told of every step; where it raises, a checkpoint is written first.
        checkpoints: where they are kept.

    Returns:
        What happened, and how the held-out rows do in the end; where that check is broken off, a checkpoint is written.

    Raises:
        DivergedError: a loss or a weight is no finite number.
        FinetuneError: a checkpoint can't be written.
    """
    lesson.model.get_input_embeddings().requires_grad_(not settings.freeze_embeddings)
    loop = Loop(lesson, settings, listener, checkpoints)
    last = checkpoints.last()
    if last is not None:
        loop.restore(last)
    if not loop.history.ended:
        with suppress(EndedEarlyError):
            loop.train(resume_from_checkpoint=None if last is None else str(last))
    loop.accelerator.unwrap_model(lesson.model, keep_fp32_wrapper=False)
    loop.check_weights()
    loop.save_if_due()
    if settings.patience and loop.history.lowest is not None:
        load_model(lesson.model, checkpoints.folder / BEST)
    try:
        found = lesson.check()
    except BaseException:
        if loop.state.global_step:  # else it was over before, and its checkpoint is there
            loop.save()
        raise
    return loop.history, found


def save(model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, out: Path) -> None:
    """Writes an ordinary Hugging Face folder."""
    save_tokenizer(tokenizer, out)
    model.save_pretrained(out)
