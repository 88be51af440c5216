"""A transformers network as a `Model`: reads text, scores coalitions of features, gives gradients and attention.

Nothing here alters the network: its weights, mode and config are after each call what they were before, also where it
changes itself, and gradients are taken of the inputs alone. Whatever it raises becomes one line that names the model.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from copy import deepcopy
from functools import cached_property
from inspect import signature
from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor

from .batching import Batch, batches, whole
from .checkpoint import Checkpoint, embedding_table
from .inputs import Asked, Prompt, Texts, as_input
from .message import Message, RefusedError
from .model import AttentionMap, Hiding, Keep, OnBatch, OnText, ignore_text, no_report
from .original import Original
from .prediction import Floats, ModelError, Prediction, Span, Token, UnsupportedError
from .tasks import find_task

Inputs = dict[str, Tensor]
# Work for about a third of a second on two laptop cores, so that progress and Stop are never far away.
OPERATIONS_AT_ONCE = 4e10
MOST_WEIGHTS = 80_000_000  # of attention, in one prediction: what a report holds and a laptop can compute
SAMPLE = "It took as long as it takes to read a dozen short words."
NO_LIMIT = 100_000  # tokenizers without a limit name an astronomical one


class TransformerModel(ABC):
    """What models of all tasks share; `task` is the name of a class's own in TASKS.

    Args:
        checkpoint: the network with its tokenizer.
        device: where it computes.
        precision: `float32`; with `bfloat16` only the full and the empty input are scored in float32.

    Raises:
        ModelError: the network gives no finite answer.
        ValueError: the device is unknown.
    """

    task: ClassVar[str]

    def __init__(self, checkpoint: Checkpoint, device: str = "cpu", precision: str = "float32") -> None:
        if device == "meta":
            raise RefusedError("the device 'meta' computes nothing; choose cpu or another one of this machine")
        try:
            network: Any = checkpoint.network
            self._network = network.to(device)
        except (RuntimeError, AssertionError) as error:
            raise RefusedError(
                "{device!r} is not a device of this machine: {cause}", device=device, cause=str(error)[:120]
            ) from error
        self._tokenizer: Any = checkpoint.tokenizer
        self._device = device
        self.name = checkpoint.name
        self.weights = checkpoint.weights
        self.notices = checkpoint.notices
        self.precision = precision
        self.limit = token_limit(self._network, self._tokenizer)
        self.parameters = sum(parameter.numel() for parameter in self._network.parameters())
        inner = self.parameters
        self._network.requires_grad_(requires_grad=False)
        self._original = Original(self._network, self.name)
        with suppress(NotImplementedError, AttributeError):  # some embed characters by several small tables
            inner -= embedding_table(self._network).numel()
        self._tokens_at_once = int(min(max(OPERATIONS_AT_ONCE / (2 * inner), 128), 8192))

    @abstractmethod
    def target_scores(self, network: Any, prediction: Prediction, batch: Batch, inputs: Inputs) -> Tensor:
        """The scores of the targets, (n, targets), float32; `inputs` holds the batch's ids, or embeddings of them."""

    @property
    @abstractmethod
    def hidings(self) -> tuple[Hiding, ...]:
        """The ways of hiding a feature that the model supports, its default first."""

    @abstractmethod
    def predict(self, asked: Asked, unit: str = "word", on_text: OnText = ignore_text) -> Prediction:
        """The model's answer to an input, as of `Model`."""

    @property
    def sample(self) -> Asked:
        """A short input that every model of the task answers, to take its time by."""
        return Texts((SAMPLE,) * len(find_task(self.task).fields))

    def texts_of(self, asked: Asked) -> tuple[str, ...]:
        """The texts of an input, one for each field of the model's task.

        Raises:
            ValueError: they are more or fewer, are a prompt to write after, or one of them holds half a character.
        """
        if isinstance(asked, Prompt):
            raise RefusedError("{model} answers texts; a prompt is for a model that writes", model=self.name)
        texts, fields = as_input(asked).texts, find_task(self.task).fields
        if len(texts) != len(fields):
            titles = ", ".join(field.title.lower() for field in fields)
            raise RefusedError(
                "the task {task} takes {count} texts ({titles}); {given} came",
                task=self.task,
                count=len(fields),
                titles=titles,
                given=len(texts),
            )
        for text in texts:
            try:
                text.encode()
            except UnicodeEncodeError as error:
                raise RefusedError(
                    "character {number} of the text is half a character; remove it", number=error.start + 1
                ) from error
        return texts

    def read(self, texts: Sequence[str]) -> tuple[tuple[int, ...], tuple[Token, ...], tuple[Span, ...]]:
        """The ids and tokens of the texts read together, and what of each lies beyond the model's limit.

        Raises:
            ValueError: no token of one of the texts is left to explain.
        """
        encoded = self._tokenizer(*texts, truncation=True, max_length=self.limit, return_offsets_mapping=True)
        ids, found = encoded["input_ids"], encoded.encodings[0]
        types = encoded.get("token_type_ids") or [0] * len(ids)
        tokens = tuple(
            Token(texts[segment or 0][start:end], Span(segment or 0, start, end), kind)
            if not special and start < end
            else Token(str(self._tokenizer.convert_ids_to_tokens(id_)), None, kind)
            for id_, segment, (start, end), special, kind in zip(
                ids, found.sequence_ids, encoded["offset_mapping"], found.special_tokens_mask, types, strict=True
            )
        )
        outside = []
        for segment, text in enumerate(texts):
            spans = [token.span for token in tokens if token.span and token.span.segment == segment]
            if not spans:
                raise RefusedError(
                    "there is nothing to explain: the model reads no token in this text; give it some words"
                )
            first, last = min(span.start for span in spans), max(span.end for span in spans)
            outside += [Span(segment, 0, first), Span(segment, last, len(text))]
        cut = (span for span in outside if found.overflowing and texts[span.segment][span.start : span.end].strip())
        return tuple(ids), tokens, tuple(cut)

    def score(self, prediction: Prediction, keep: Keep, hiding: Hiding, on_batch: OnBatch = no_report) -> Floats:
        """The targets' scores for each row of `keep` (n, features): (n, targets)."""
        scores = np.empty((len(keep), len(prediction.targets)))
        exact = np.asarray(keep.all(axis=1) | ~keep.any(axis=1) | (self.precision == "float32"))
        for rows in (np.flatnonzero(exact), np.flatnonzero(~exact)):
            if not len(rows):
                continue
            exactly = bool(exact[rows[0]])
            for batch in batches(prediction, keep[rows], hiding, self._tokens_at_once):
                scores[rows[batch.rows]] = self._score_batch(prediction, batch, exactly)
                on_batch(len(batch.rows))
        if not np.isfinite(scores).all():
            raise ModelError("the model's answer to a part of this text is not a finite number; it can't be explained")
        return scores

    def _score_batch(self, prediction: Prediction, batch: Batch, exactly: bool) -> Floats:
        """The targets' scores for the rows of a batch: (n, targets).

        Some networks read only such rows together as have something in common, as many end tokens, say: where one
        refuses a batch, it is asked row by row.
        """
        network, original = (self._network, self._original) if exactly else self._coarse
        try:
            with torch.inference_mode(), original.asked(Message("answer this text")):
                scores: Floats = self.target_scores(network, prediction, batch, self.inputs(batch)).cpu().numpy()
                return scores
        except ModelError:
            if len(batch.rows) == 1:
                raise
        return np.concatenate([self._score_batch(prediction, row, exactly) for row in batch.one_by_one()])

    def embed(self, prediction: Prediction, filler: Hiding | None = None) -> Tensor:
        """The input embeddings (tokens, width), detached; with a filler, those of an input of its token alone."""
        ids = torch.tensor(prediction.ids, device=self._device)
        if filler is not None and filler.token_id is not None:
            ids = torch.full_like(ids, filler.token_id)
        with torch.no_grad(), self._asked_embeddings():
            embedded: Tensor = self._network.get_input_embeddings()(ids)
            return embedded.detach()

    def score_embeddings(self, prediction: Prediction, embeddings: Tensor) -> Tensor:
        """The targets' scores for embeddings (n, tokens, width): (n, targets), differentiable, in float32.

        Raises:
            UnsupportedError: the network takes no embeddings.
        """
        rows = max(1, self._tokens_at_once // embeddings.shape[1])
        with self._asked_embeddings():
            return torch.cat([self._score_at_once(prediction, part) for part in torch.split(embeddings, rows)])

    def _asked_embeddings(self) -> AbstractContextManager[None]:
        return self._original.asked(Message("answer to embeddings"), UnsupportedError)

    def _score_at_once(self, prediction: Prediction, embeddings: Tensor) -> Tensor:
        batch = whole(prediction, len(embeddings))
        inputs = {key: value for key, value in self.inputs(batch).items() if key != "input_ids"}
        return self.target_scores(self._network, prediction, batch, inputs | {"inputs_embeds": embeddings})

    def attention(self, prediction: Prediction) -> tuple[AttentionMap, ...]:
        """The attention weights of one pass over the full input, from the network's eager path.

        Raises:
            UnsupportedError: the network gives none.
        """
        tokens = len(prediction.ids)
        if self._maps * tokens**2 > MOST_WEIGHTS:
            raise UnsupportedError(
                "{count} heads over {tokens} tokens are too many weights to be kept", count=self._maps, tokens=tokens
            )
        # A network that changes itself for a short text shows what it then looks at only if it has done so before.
        found = self._attended(prediction, passes=1) or self._attended(prediction, passes=2)
        if not found:
            raise UnsupportedError("{architecture} gives no attention weights", architecture=self.architecture)
        if any(layer.shape[2:] != (tokens, tokens) for layers in found.values() for layer in layers):
            raise UnsupportedError(
                "the attention of {architecture} is not one weight for each pair of tokens",
                architecture=self.architecture,
            )
        return tuple(self._attention_map(name, layers) for name, layers in found.items())

    def _attended(self, prediction: Prediction, passes: int) -> dict[str, tuple[Tensor, ...]]:
        """The weights that the last of some passes gives, by what attends to what, a tensor a layer."""
        names = ("attentions", "encoder_attentions", "decoder_attentions", "cross_attentions")
        asked = self._original.asked(Message("show its attention"), UnsupportedError)
        inputs = self.inputs(whole(prediction))
        with torch.inference_mode(), asked, self._eager():
            for _ in range(passes - 1):
                self._network(**inputs)
            output = self._network(**inputs, output_attentions=True)
        return {name: layers for name in names if (layers := output.get(name))}

    @property
    def _maps(self) -> int:
        """Layers times heads, as far as the config tells."""
        config = self._network.config.get_text_config()
        return int(getattr(config, "num_hidden_layers", 1)) * int(getattr(config, "num_attention_heads", 1))

    @property
    def architecture(self) -> str:
        """The class of the network."""
        return type(self._network).__name__

    @cached_property
    def _coarse(self) -> tuple[Any, Original]:
        network = deepcopy(self._network).to(torch.bfloat16)
        return network, Original(network, self.name)

    def inputs(self, batch: Batch) -> Inputs:
        """A batch as the network's keyword arguments."""
        found = {"input_ids": torch.from_numpy(batch.ids).to(self._device)}
        if self._reads_types:
            found["token_type_ids"] = torch.from_numpy(batch.types).to(self._device)
        return found

    @cached_property
    def _reads_types(self) -> bool:
        """Whether the tokenizer tells token types and the network has an argument for them."""
        asked = "token_type_ids" in signature(self._network.forward).parameters
        return asked and "token_type_ids" in self._tokenizer.model_input_names

    @staticmethod
    def _attention_map(name: str, layers: tuple[Tensor, ...]) -> AttentionMap:
        weights = torch.stack([layer[0].float() for layer in layers]).cpu().numpy()
        queries, keys = weights.shape[2:]
        return AttentionMap(name, tuple(range(queries)), tuple(range(keys)), weights)

    @contextmanager
    def _eager(self) -> Iterator[None]:
        """Lets the network compute its attention weights, for a while: the faster paths never hold them."""
        usual = self._network.config._attn_implementation
        self._network.set_attn_implementation("eager")
        try:
            yield
        finally:
            self._network.set_attn_implementation(usual)


def token_limit(network: Any, tokenizer: Any) -> int:
    """How many tokens the network reads, special ones included.

    The smallest of what the tokenizer and the config say and what the table of positions holds; a table with a
    padding row starts counting after it.
    """
    limits = [tokenizer.model_max_length, getattr(network.config, "max_position_embeddings", None)]
    for name, module in network.named_modules():
        if name.endswith(("position_embeddings", "embed_positions", "wpe")) and hasattr(module, "num_embeddings"):
            first = getattr(module, "offset", None) or (0 if module.padding_idx is None else module.padding_idx + 1)
            limits.append(module.num_embeddings - first)
    found = [limit for limit in limits if isinstance(limit, int) and 0 < limit < NO_LIMIT]
    return min(found, default=NO_LIMIT)
