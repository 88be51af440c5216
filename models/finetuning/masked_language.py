"""BERT's own first objective, on transformers' Trainer: some tokens of a text are hidden, and the model guesses them.

Of the tokens to guess .8 become the mask token, .1 another token, and .1 stay (Devlin et al. 2019).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from sidelight.models.message import Message
from torch import Tensor
from transformers import (
    AutoModelForMaskedLM,
    AutoTokenizer,
    DataCollatorForLanguageModeling,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)

from . import training
from .checking import Found
from .lesson import Lesson
from .request import FinetuneSettings, Listener, ignore
from .resuming import Checkpoints, kept_in
from .rows import IGNORED, Padding, Row
from .training import globals_kept, save


class Guessing:
    """Hides tokens of a padded batch, which become its labels; all others are ignored.

    The numbers come from its own generator, whose state can be kept and set.

    Args:
        tokenizer: with a mask token.
        share: of the tokens that are not special, to be guessed.
        seed: of what is hidden.
    """

    def __init__(self, tokenizer: PreTrainedTokenizerBase, share: float, seed: int) -> None:
        self._collator = DataCollatorForLanguageModeling(tokenizer, mlm_probability=share)
        self.generator = torch.Generator().manual_seed(seed)
        self._collator.generator = self.generator
        self.hidden = torch.zeros(0, 0, dtype=torch.bool)  # of the last batch, (rows, tokens)

    def __call__(self, batch: dict[str, Tensor]) -> dict[str, Tensor]:
        """The batch without `special_tokens_mask`; `labels` holds the hidden tokens alone, (hidden,)."""
        read = dict(batch)
        special = read.pop("special_tokens_mask")
        ids, labels = self._collator.torch_mask_tokens(read["input_ids"].clone(), special_tokens_mask=special.bool())
        self.hidden = labels != IGNORED
        return read | {"input_ids": ids, "labels": labels[self.hidden]}


def pretrain(
    base: Path,
    texts: Sequence[str],
    out: Path,
    settings: FinetuneSettings,
    share: float = 0.15,
    listener: Listener = ignore,
    checkpoints: Checkpoints | None = None,
) -> float:
    """Trains a masked-language model on texts and saves it with its tokenizer.

    Args:
        base: the folder of such a model with its tokenizer, its weights drawn at random or pretrained.
        texts: to learn from; nothing is held out.
        out: the folder to write to.
        settings: how to train; there is nothing to evaluate, and `mask_fraction` plays no part.
        share: of the tokens, to be guessed.
        listener: as in `finetune_classifier`.
        checkpoints: as in `finetune_classifier`.

    Returns:
        The mean loss of a guess, in nats, over the whole training.

    Raises:
        FinetuneError: the loss is no finite number any more, or a file can't be written.
    """
    with globals_kept(), kept_in(checkpoints) as kept:
        torch.manual_seed(settings.seed)
        tokenizer = AutoTokenizer.from_pretrained(base, trust_remote_code=False)
        model: PreTrainedModel = AutoModelForMaskedLM.from_pretrained(
            base,
            dtype=torch.float32,
            use_safetensors=True,
            trust_remote_code=False,
            attn_implementation="eager",  # with dropout, faster on a CPU than the fused kernels
        )
        guessing = Guessing(tokenizer, share, settings.seed)
        _answer_where_hidden(model, guessing)
        rows = _encode(tokenizer, texts, settings.max_tokens)
        lesson = Lesson(model, tokenizer, rows, Padding(tokenizer), guessing, loss=None, check=lambda: Found(0.0, 0))
        history, _ = training.train(lesson, replace(settings, evaluations=0, patience=0), listener, kept)
        kept.guard(Message("the pretrained model"), lambda: save(model, tokenizer, out))
        return history.mean


def _encode(tokenizer: PreTrainedTokenizerBase, texts: Sequence[str], max_tokens: int) -> list[Row]:
    encoded = tokenizer(list(texts), truncation=True, max_length=max_tokens, return_special_tokens_mask=True)
    return [{name: values[place] for name, values in encoded.items()} for place in range(len(texts))]


def _answer_where_hidden(model: Any, guessing: Guessing) -> None:
    """Spares the product with the whole vocabulary at tokens that are not to be guessed, a third of all the work."""

    def select(_layer: Any, inputs: tuple[Tensor, ...]) -> tuple[Tensor]:
        return (inputs[0][guessing.hidden],)

    model.get_output_embeddings().register_forward_pre_hook(select)
