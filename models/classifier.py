"""A sequence classifier: one answer with a score for every label."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from math import isfinite
from typing import Any, Literal

import torch
from torch import Tensor

from .base import Inputs, TransformerModel
from .batching import Batch, whole
from .checkpoint import Checkpoint
from .model import Hiding
from .prediction import ModelError, Prediction, Target
from .units import find_unit, make_features

SUFFIX = "ForSequenceClassification"

Kind = Literal["label", "multilabel", "regression"]


class Classifier(TransformerModel):
    """A network with a classification head; arguments as for `TransformerModel`."""

    def __init__(self, checkpoint: Checkpoint, device: str = "cpu", precision: str = "float32") -> None:
        self._readout = find_readout(checkpoint)
        super().__init__(checkpoint, device, precision)
        config = self._network.config
        if config.pad_token_id is None:
            self._tokens_at_once = 1  # transformers' classification heads read such a batch only row by row
        self.labels = tuple(str(config.id2label[index]) for index in range(config.num_labels))
        self.kind: Kind = "label"
        if config.problem_type == "multi_label_classification":
            self.kind = "multilabel"
        elif config.num_labels == 1 or config.problem_type == "regression":
            self.kind = "regression"

    @cached_property
    def hidings(self) -> tuple[Hiding, ...]:
        """By the tokenizer's mask token, else by its unknown or end token, and by deletion."""
        return hidings_of(self._tokenizer)

    def predict(self, text: str, unit: str = "word") -> Prediction:
        """The scores of all labels, over features of the unit.

        Raises:
            ValueError: the model reads nothing in the text, or the unit is unknown.
            ModelError: the answer is not finite.
        """
        find_unit(unit)
        ids, tokens, unseen = self.read(text)
        answer = Prediction(self.name, "classify", (text,), ids, tokens, unit, make_features((text,), tokens, unit), ())
        with torch.inference_mode():
            batch = whole(answer)
            scores = self.target_scores(self._network, answer, batch, self.inputs(batch))[0].tolist()
        if not all(isfinite(score) for score in scores):
            raise ModelError("the model's answer to this text is not a finite number; it can't be explained")
        position = None if self._readout is None else self._readout % len(ids)
        targets = tuple(
            Target(index, label, self.kind, score, position)
            for index, (label, score) in enumerate(zip(self.labels, scores, strict=True))
        )
        return replace(answer, targets=targets, unseen=unseen, notices=self.notices)

    def target_scores(self, network: Any, prediction: Prediction, batch: Batch, inputs: Inputs) -> Tensor:
        """The natural scores of all labels."""
        return natural_scores(network(**inputs).logits.float(), self.kind)


def hidings_of(tokenizer: Any) -> tuple[Hiding, ...]:
    """The ways of hiding words that a tokenizer allows: by its mask token, else by its unknown or end token.

    And by deletion, where it adds a token of its own, so that the model never reads nothing at all.

    Raises:
        ModelError: there is none.
    """
    fillers: list[tuple[Literal["mask", "replace"], str | None]] = [
        ("mask", tokenizer.mask_token),
        ("replace", tokenizer.unk_token),
        ("replace", tokenizer.eos_token),
    ]
    # A head that looks for the last token that is no padding would look elsewhere if that were hidden by padding.
    fillers.sort(key=lambda filler: filler[1] == tokenizer.pad_token)
    found = [Hiding(kind, str(token), tokenizer.get_vocab()[str(token)]) for kind, token in fillers if token][:1]
    if tokenizer.num_special_tokens_to_add():
        found.append(Hiding("delete"))
    if not found:
        raise ModelError("the tokenizer has no token to hide words with; give it a mask or an unknown token")
    return tuple(found)


def natural_scores(logits: Tensor, kind: Kind) -> Tensor:
    """Logits (n, labels) to scores (n, labels): log-odds of each label against all others.

    The logits of a multi-label head are log-odds already, and a regression head gives its number. Taken from the
    logits and not from a probability, which near 1 has no digits left.
    """
    if kind != "label":
        return logits
    logits = logits.double()
    top = logits.argmax(dim=1, keepdim=True)
    rest = logits.scatter(1, top, float("-inf")).logsumexp(dim=1, keepdim=True)  # of all but the likeliest
    chances = logits.log_softmax(dim=1)
    is_top = torch.zeros_like(logits, dtype=torch.bool).scatter(1, top, value=True)
    # The likeliest has its exact others. Every other label's probability is at most a half, so 1 - p keeps its digits.
    below = chances - torch.log1p(-chances.masked_fill(is_top, -1.0).exp())
    return torch.where(is_top, logits - rest, below)


def find_readout(checkpoint: Checkpoint) -> int | None:
    """Where the answer is read off: 0 or -1 if its gradient reaches the last layer there alone, else None."""
    network: Any = checkpoint.network
    states: list[Tensor] = []

    def remember(_module: object, _inputs: object, output: Any) -> None:
        state = output[0]
        if isinstance(state, Tensor) and state.requires_grad:
            states.append(state)

    handle = network.base_model.register_forward_hook(remember)
    try:
        ids = torch.tensor([checkpoint.tokenizer("one two three")["input_ids"]])
        logits = network(input_ids=ids).logits
    finally:
        handle.remove()
    if not torch.isfinite(logits).all():
        raise ModelError("the model answers with numbers that are not finite; its weights are damaged")
    if not states or states[-1].ndim != 3:
        return None
    gradient = torch.autograd.grad(logits.float().pow(2).sum(), states[-1], allow_unused=True)[0]
    used = [] if gradient is None else torch.nonzero(gradient[0].abs().sum(-1)).flatten().tolist()
    return {(0,): 0, (ids.shape[1] - 1,): -1}.get(tuple(used))
