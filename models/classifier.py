"""A sequence classifier: one answer with a score for every label."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from math import isfinite
from typing import Any, Literal

import numpy as np
import torch
from torch import Tensor

from .base import Inputs, TransformerModel
from .batching import Batch, whole
from .checkpoint import Checkpoint, labels_of
from .embedded import embedded_as
from .faults import words_of
from .inputs import Asked
from .message import Message
from .model import Hiding, OnText, ignore_text
from .prediction import LOG_ODDS, VALUE, ModelError, Prediction, Target
from .readout import find_states, read_at, watched
from .typed import of_pairs, remarks
from .units import find_unit, make_features

LONGEST_PROBE = 4096  # tokens
Kind = Literal["label", "multilabel", "regression"]
BLANKS = ("_", "-", ".")  # hide a word where every token of the tokenizer's own is padding


class Classifier(TransformerModel):
    """A network with a classification head; arguments as for `TransformerModel`."""

    task = "classify"

    def __init__(self, checkpoint: Checkpoint, device: str = "cpu", precision: str = "float32") -> None:
        super().__init__(checkpoint, device, precision)
        config = self._network.config
        ids = self._tokenizer("one two three")["input_ids"] or [0, 0, 0]  # of a tokenizer that knows no Latin letters
        probe = torch.tensor([ids], device=self._device)
        self._states = self._find_states(probe)
        if not self._reads_batches(probe):
            self._tokens_at_once = 1
        self.labels = labels_of(self._network)
        self.kind: Kind = "label"
        if config.problem_type == "multi_label_classification":
            self.kind = "multilabel"
        elif config.num_labels == 1 or config.problem_type == "regression":
            self.kind = "regression"

    @cached_property
    def hidings(self) -> tuple[Hiding, ...]:
        """By the tokenizer's mask token, else by its unknown or end token, and by deletion."""
        return hidings_of(self._tokenizer, padding_of(self._network))

    def _find_states(self, probe: Tensor) -> str | None:
        """As `find_states`; None where the network gives no gradients, too.

        Raises:
            ModelError: it does not read short texts, or answers with what is no number.
        """
        try:
            logits = self._read_ids(probe)
        except ModelError as error:
            raise self._about_length(probe, error) from error
        if not torch.isfinite(logits).all():
            raise ModelError("the model answers with numbers that are not finite; its weights are damaged")
        try:
            with self._original.asked(Message("give gradients")):
                return find_states(self._network, probe)
        except ModelError:
            return None

    def _about_length(self, probe: Tensor, error: ModelError) -> ModelError:
        """The error of a network that reads no short text; another one where it reads its whole length."""
        if self.limit > LONGEST_PROBE:
            return error
        try:
            self._read_ids(probe.repeat(1, self.limit)[:, : self.limit])
        except ModelError:
            return error
        return ModelError(
            "{name} reads texts of {limit} tokens, but no shorter ones ({cause}); use a model "
            "that reads texts of any length",
            name=self.name,
            limit=self.limit,
            cause=words_of(error.__cause__),
        )

    def _read_ids(self, ids: Tensor) -> Tensor:
        """The logits (n, labels) of ids (n, tokens) alone."""
        with torch.inference_mode(), self._original.asked(Message("read a short text")):
            logits: Tensor = self._network(input_ids=ids).logits
            return logits

    def _reads_batches(self, probe: Tensor) -> bool:
        """Whether rows are answered together as they are alone; some heads refuse, some networks share among rows."""
        rows = torch.cat([probe, probe.roll(1, dims=1)])
        try:
            alone = torch.cat([self._read_ids(row[None]) for row in rows])
            return torch.allclose(self._read_ids(rows), alone, rtol=1e-4, atol=1e-4)
        except ModelError:
            return False

    def predict(self, asked: Asked, unit: str = "word", _on_text: OnText = ignore_text) -> Prediction:
        """The scores of all labels, over features of the unit.

        Raises:
            ValueError: the model reads nothing in a text, there are more or fewer texts than its task takes, or the
                unit is unknown.
            ModelError: the answer is not finite.
        """
        find_unit(unit)
        texts = self.texts_of(asked)
        ids, tokens, unseen = self.read(texts)
        features = make_features(texts, tokens, unit)
        answer = Prediction(self.name, self.task, texts, ids, tokens, unit, features, ())
        scores, position = self._answered(answer)
        if not all(isfinite(score) for score in scores):
            raise ModelError("the model's answer to this text is not a finite number; it can't be explained")
        targets = tuple(
            label_target(index, label, self.kind, score, position)
            for index, (label, score) in enumerate(zip(self.labels, scores, strict=True))
        )
        said = (*remarks(self._tokenizer, ids, tokens, features, unit), *self.remarks(answer))
        return replace(answer, targets=targets, unseen=unseen, notices=(*self.notices, *said))

    def remarks(self, answer: Prediction) -> tuple[str, ...]:
        """What is to be said of how this kind of model read its texts."""
        return of_pairs(self._tokenizer, answer.segments[0], answer.ids, answer.tokens, self.labels)

    def _answered(self, asked: Prediction) -> tuple[list[float], int | None]:
        """The scores of all labels, and the position that they are read off, if it is one."""
        scores, places = self._passed(asked)
        if self._original.drew:  # for its answer, or only to fill a new part before it takes over an old one's weights
            with torch.random.fork_rng(devices=[]):
                torch.manual_seed(torch.initial_seed() + 1)
                again, _ = self._passed(asked)
            if not np.allclose(scores, again, rtol=1e-5, atol=1e-5):
                raise ModelError(
                    "{name} answers this text by random numbers: no two answers are the same", name=self.name
                )
        if self._states and not places:
            _, places = self._passed(asked, small=True)
        return scores, places[0] if len(places) == 1 and places[0] < len(asked.ids) else None

    def _passed(self, asked: Prediction, *, small: bool = False) -> tuple[list[float], tuple[int, ...]]:
        """The scores of all labels, and the positions of the states that decide them; out of small states if told."""
        batch = whole(asked)
        watching = watched(self._network, self._states, small=small)
        with torch.no_grad(), self._original.asked(Message("answer this text")), watching as states:
            scores = self.target_scores(self._network, asked, batch, self.inputs(batch))
            return scores[0].tolist(), read_at(scores, states)

    def _score_at_once(self, prediction: Prediction, embeddings: Tensor) -> Tensor:
        batch = whole(prediction, len(embeddings))
        inputs = self.inputs(batch)
        # The ids go along, as heads and positions are found by them; only what they are embedded as is exchanged.
        with embedded_as(self._network, inputs["input_ids"], embeddings):
            return self.target_scores(self._network, prediction, batch, inputs)

    def target_scores(self, network: Any, prediction: Prediction, batch: Batch, inputs: Inputs) -> Tensor:
        """The natural scores of all labels."""
        return natural_scores(network(**inputs).logits.float(), self.kind)


def label_target(id_: int, name: str, kind: Kind, score: float, read_at: int | None = None) -> Target:
    """A label, or the number of a regression.

    Args:
        id_: of the label.
        name: of the label.
        kind: of the head.
        score: as of `natural_scores`.
        read_at: the position in the ids that it is read off; None where it is read off all of them.
    """
    unit = VALUE if kind == "regression" else LOG_ODDS
    return Target(id_, name, kind, score, read_at=read_at, unit=unit, exclusive=kind == "label")


def padding_of(network: Any) -> int | None:
    """The id that a network takes for padding, if it knows one."""
    found: int | None = getattr(network.config.get_text_config(), "pad_token_id", None)
    return found


def hidings_of(tokenizer: Any, padding: int | None = None) -> tuple[Hiding, ...]:
    """The ways of hiding words that a tokenizer allows: by its mask token, else its unknown or end token, or a blank.

    And by deletion, where it adds a token of its own, so that the model never reads nothing at all. Never by padding:
    a head that looks for the last token that is no padding would look elsewhere.

    Args:
        tokenizer: that of the network.
        padding: the id that the network takes for padding; the tokenizer's own is another one sometimes.

    Raises:
        ModelError: there is none.
    """
    avoided = {padding, tokenizer.pad_token_id}
    special: list[tuple[Literal["mask", "replace"], str | None]] = [
        ("mask", tokenizer.mask_token),
        ("replace", tokenizer.unk_token),
        ("replace", tokenizer.eos_token),
    ]
    fillers = [(kind, str(token), tokenizer.get_vocab()[str(token)]) for kind, token in special if token]
    blanks = [(blank, tokenizer(blank, add_special_tokens=False)["input_ids"]) for blank in BLANKS]
    fillers += [("replace", blank, ids[0]) for blank, ids in blanks if len(ids) == 1]
    found = [Hiding(kind, token, id_) for kind, token, id_ in fillers if id_ not in avoided][:1]
    if tokenizer.num_special_tokens_to_add():
        found.append(Hiding("delete"))
    if not found:
        raise ModelError(
            "the tokenizer has no token to hide words with but its padding, which the model looks past; "
            "give it a mask or an unknown token"
        )
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
