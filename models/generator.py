"""A causal language model: it writes a continuation, and one pass scores every token of it.

The input is a template (or a single beginning-of-text token), the prompt, what closes the template, and the output.
Hiding a word of the prompt leaves the output in place (teacher forcing), so one pass answers for all its tokens:
each is read off the last kept token before it. What stands before the first word is always kept, so that
nothing is ever empty and the model reads what it read when it wrote.

Every written token is asked about in several ways, all of them from the same pass: against all others (log-odds), and
against each of the likeliest others and of the foils that were named (log p(token) - log p(foil)).
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np
import torch
from torch import Tensor
from transformers.cache_utils import DynamicLayer

from .base import SAMPLE, Inputs, TransformerModel
from .batching import Batch, whole
from .causal import keeps_cache, read_off, refuse_future
from .checkpoint import Checkpoint, embedding_table
from .inputs import Asked, Prompt, Sampling
from .message import Message, RefusedError
from .model import Hiding, OnText, ignore_text
from .prediction import LOG_RATIO, Alternative, ModelError, Prediction, Span, Target, Token
from .reading import Reader, anchor_of
from .typed import of_pairs, remarks
from .units import find_unit, make_features
from .writing import ends_of, not_applied, write

ALTERNATIVES = 5
SHORTEST_SHARED = 8  # tokens; below that keeping keys and values costs more than it saves
TO_END_A_CHARACTER = 3  # tokens beyond the number that was asked for, where these only begin the first character


class Generator(TransformerModel):
    """A network with a language-model head; arguments as for `TransformerModel`."""

    task = "generate"

    def __init__(self, checkpoint: Checkpoint, device: str = "cpu", precision: str = "float32") -> None:
        super().__init__(checkpoint, device, precision)
        refuse_future(self._network, self._tokenizer, self._original, self.limit)

    _prefix: tuple[Any, Any] | None = None  # of the last shared start: what it was, and its keys and values

    @property
    def hidings(self) -> tuple[Hiding, ...]:
        """Deletion, and a filler token where the tokenizer has one: it is far from what the model was trained on."""
        filler = self._tokenizer.unk_token or self._tokenizer.eos_token
        token_id = None if filler is None else self._tokenizer.get_vocab()[str(filler)]
        fillers = () if token_id is None else (Hiding("replace", str(filler), token_id),)
        return (Hiding("delete"), *fillers)

    @property
    def sample(self) -> Prompt:
        """A short prompt, of which one token is written."""
        return Prompt(SAMPLE, Sampling(max_new_tokens=1), template=False)

    @cached_property
    def _reader(self) -> Reader:
        anchor = anchor_of(self._network, self._tokenizer)
        return Reader(self._tokenizer, self.limit, embedding_table(self._network).shape[0], anchor)

    @property
    def has_template(self) -> bool:
        """Whether the tokenizer brings a chat template."""
        return self._reader.has_template

    def predict(self, asked: Asked, unit: str = "word", on_text: OnText = ignore_text) -> Prediction:
        """As `generate`; a text is a prompt with defaults."""
        prompt = asked if isinstance(asked, Prompt) else Prompt(self.texts_of(asked)[0])
        return self.generate(prompt, unit, on_text)

    def generate(self, prompt: Prompt, unit: str = "word", on_text: OnText = ignore_text) -> Prediction:
        """Writes a continuation, or takes the given one, and scores it.

        The targets are the written tokens against all others, in their order, and then each of them against its
        foils: those that were named, and the likeliest other ones.

        Args:
            prompt: what the model is asked.
            unit: what features are made of.
            on_text: is told the text so far and the number of its tokens, and says whether to write on.

        Raises:
            ValueError: the prompt or the continuation is empty or leaves no room, a foil is none, or the unit is
                unknown.
            ModelError: the model ends at once, or its numbers are not finite.
        """
        find_unit(unit)
        asked = self._reader.read(prompt)
        ids, tokens = asked.ids, asked.tokens
        if prompt.continuation is None:
            written, told = self._write(ids, prompt, on_text)
        else:
            written, told = self._reader.given(ids, prompt), ()
        output, spans, names = self._reader.named(written)
        new = tuple(Token(name, Span(1, start, end)) for name, (start, end) in zip(names, spans, strict=True))
        features = make_features((prompt.text, output), (*tokens, *new), unit)
        features = tuple(one for one in features if prompt.explain_output or one.segment == 0)
        if not features:
            raise RefusedError(
                "there is no {unit} in the prompt that could be hidden; give it some words", unit=Message(unit)
            )
        targets = tuple(
            token_at(len(ids) + place, id_, name, Span(1, *span))
            for place, (id_, name, span) in enumerate(zip(written, names, spans, strict=True))
        )
        segments, everything = (prompt.text, output), (*ids, *written)
        typed = isinstance(prompt.continuation, str)
        read = (*tokens, *new) if typed else tokens
        said = (
            *remarks(self._tokenizer, everything[: len(read)], read, features, unit),
            *of_pairs(self._tokenizer, prompt.text, everything[: len(read)], read, ()),
        )
        silent = [id_ for id_ in written if not self._reader.has_text(id_)]
        notices = (*self.notices, *asked.notices, *said, *_of_silent(silent, len(written)), *told)
        found = Prediction(
            self.name, self.task, segments, everything, (*tokens, *new), unit, features, targets, asked.unseen, notices
        )
        return self._scored(found, prompt.foils)

    def target_scores(self, network: Any, prediction: Prediction, batch: Batch, inputs: Inputs) -> Tensor:
        """Log-odds of every target token, or its log-ratio against its foil, from one pass."""
        return scores_of(prediction, self._logits(network, prediction, batch, inputs))

    def _logits(self, network: Any, prediction: Prediction, batch: Batch, inputs: Inputs) -> Tensor:
        """The logits (n, written tokens, vocabulary) that each token is read off: after the last kept one before it."""
        positions = np.array([prediction.targets[index].position for index in prediction.placed])
        read = (batch.places[:, :, None] < positions).sum(axis=1) - 1
        columns, where = np.unique(read, return_inverse=True)
        where = where.reshape(read.shape)
        shared = self._shared_length(prediction)
        kept: dict[str, Any] = {**inputs, "use_cache": False}
        if "input_ids" in inputs and SHORTEST_SHARED <= shared <= columns[0] and self._keeps_keys:
            cache = self._shared_cache(network, prediction, shared, len(batch.ids))
            kept = {"input_ids": inputs["input_ids"][:, shared:], "cache": cache, "use_cache": True}
            columns = columns - shared
        wanted = torch.from_numpy(columns).to(self._device)
        logits, _ = read_off(network, wanted, **kept)
        if len(columns) == read.shape[1] and (where == np.arange(len(columns))).all():
            return logits
        index = torch.from_numpy(where).to(self._device)[..., None]
        return logits.gather(1, index.expand(-1, -1, logits.shape[2]))

    @cached_property
    def _keeps_cache(self) -> bool:
        """Whether the network can go on from what it remembers."""
        return keeps_cache(self._network, self._tokenizer, self._original, self.limit)

    @cached_property
    def _keeps_keys(self) -> bool:
        """Whether what the network remembers of a start is keys and values alone, which can be repeated."""
        if not self._keeps_cache:
            return False
        with torch.inference_mode():
            layers = getattr(self._remembered(self._network, (0,)), "layers", [])
        return bool(layers) and all(type(layer) is DynamicLayer for layer in layers)

    def _remembered(self, network: Any, start: Sequence[int]) -> Any:
        """What the network keeps of some ids."""
        ids = torch.tensor([start], device=self._device)
        return read_off(network, torch.tensor([0], device=self._device), input_ids=ids, use_cache=True)[1]

    def _shared_length(self, prediction: Prediction) -> int:
        """How many tokens at the start no row ever hides."""
        return min((min(feature.tokens) for feature in prediction.features), default=0)

    def _shared_cache(self, network: Any, prediction: Prediction, shared: int, rows: int) -> Any:
        key = (id(network), prediction.ids[:shared])
        if self._prefix is None or self._prefix[0] != key:
            self._prefix = (key, self._remembered(network, prediction.ids[:shared]))
        cache = deepcopy(self._prefix[1])
        cache.batch_repeat_interleave(rows)
        return cache

    def _write(self, ids: list[int], prompt: Prompt, on_text: OnText) -> tuple[list[int], tuple[str, ...]]:
        """What the model writes, and the notices of what it would write besides."""
        written: list[int] = []
        most = prompt.sampling.max_new_tokens
        room, ends = self.limit - len(ids), ends_of(self._network, self._tokenizer)
        asking: dict[str, Any] = {"original": self._original, "keeps_cache": self._keeps_cache}
        for token_id in write(self._network, ids, prompt.sampling, room, ends, **asking):
            written.append(token_id)
            if not on_text(self._reader.decode(written).rstrip("\ufffd"), len(written)):
                break
            if len(written) >= most + TO_END_A_CHARACTER or (len(written) >= most and self._reader.is_whole(written)):
                break
        if len(written) > most and "\ufffd" in self._reader.decode(written):  # they were no beginning of a character
            written = written[:most]
        if not written:
            raise ModelError("the model ends at once: it writes nothing after this prompt; change the prompt")
        whole = self._reader.without_begun_character(written)
        notices = not_applied(self._network)
        if cut := len(written) - len(whole):
            notices += (
                Message("Written tokens at the end that make no whole character are left out: {count}.", count=cut),
            )
        if len(written) == room < most:
            notices += (
                Message(
                    "The model reads {limit:,} tokens in all; the prompt left {count:,} of them to write.",
                    limit=self.limit,
                    count=room,
                ),
            )
        return whole, notices

    def inputs(self, batch: Batch) -> Inputs:
        """The ids alone, as the network writes with: token types would be added to them where it scores."""
        return {"input_ids": torch.from_numpy(batch.ids).to(self._device)}

    def _scored(self, prediction: Prediction, foils: Sequence[tuple[int, str | int]]) -> Prediction:
        """The prediction with scores, entropies and alternatives, and with the targets against foils."""
        batch = whole(prediction)
        with torch.inference_mode(), self._original.asked(Message("answer this prompt")):
            logits = self._logits(self._network, prediction, batch, self.inputs(batch))
        chances = logits[0].log_softmax(-1)
        if not torch.isfinite(chances).any(-1).all() or chances.isnan().any():
            raise ModelError("the model's numbers are not finite here; it can't be explained")
        entropies = -(chances.exp() * chances).nansum(-1)
        plain = tuple(
            replace(target, entropy=float(entropy), alternatives=self._alternatives(row, target.id))
            for target, entropy, row in zip(prediction.targets, entropies, chances, strict=True)
        )
        named = self._named(plain, foils, chances)
        contrasted = tuple(
            replace(target, against=foil, unit=LOG_RATIO, entropy=None, alternatives=())
            for place, target in enumerate(plain)
            for foil in dict.fromkeys((*named.get(place, ()), *target.alternatives))
        )
        found = replace(prediction, targets=(*plain, *contrasted))
        with torch.inference_mode():
            scores = scores_of(found, logits)[0].tolist()
        return replace(
            found,
            targets=tuple(replace(one, score=score) for one, score in zip(found.targets, scores, strict=True)),
        )

    def _alternatives(self, chances: Tensor, own: int) -> tuple[Alternative, ...]:
        """The likeliest other tokens out of log-probabilities (vocabulary,)."""
        found = chances.topk(min(ALTERNATIVES + 1, len(chances))).indices.tolist()
        return tuple(self._alternative(id_, chances) for id_ in found if id_ != own)[:ALTERNATIVES]

    def _alternative(self, token_id: int, chances: Tensor) -> Alternative:
        """A token as people read it; one that is only a part of a character has no text of its own."""
        return Alternative(token_id, self._reader.name_of(token_id), float(chances[token_id].exp()))

    def _named(
        self, targets: Sequence[Target], foils: Sequence[tuple[int, str | int]], chances: Tensor
    ) -> dict[int, list[Alternative]]:
        """The foils that were asked for, by the place of the token that they are contrasted with."""
        named: dict[int, list[Alternative]] = {}
        for place, foil in foils:
            if not 0 <= place < len(targets):
                raise RefusedError(
                    "there is no written token {number}; {count} were written", number=place + 1, count=len(targets)
                )
            token_id = foil if isinstance(foil, int) else self._reader.foil_id(targets[place], foil)
            if token_id == targets[place].id or not 0 <= token_id < chances.shape[1]:
                raise RefusedError(
                    "{foil!r} is not another token than {name!r}; name another word",
                    foil=foil,
                    name=targets[place].name,
                )
            named.setdefault(place, []).append(self._alternative(token_id, chances[place]))
        return named


def token_at(position: int, id_: int, name: str, place: Span) -> Target:
    """A token that was written at a position of the ids: read off the one before, and blind to itself and what follows.

    Args:
        position: of the token.
        id_: in the vocabulary.
        name: its text.
        place: its characters.
    """
    return Target(id_, name, "token", 0.0, position, position - 1, position, place)


def _of_silent(silent: Sequence[int], count: int) -> tuple[str, ...]:
    """The notice of written tokens that have no text, as in a vocabulary that is larger than its tokenizer's."""
    if not silent:
        return ()
    ids = ", ".join(map(str, dict.fromkeys(silent)))
    return (
        Message(
            "{count:,} of {total:,} written tokens have no text of their own; by their ids: {ids}.",
            count=len(silent),
            total=count,
            ids=ids[:80],
        ),
    )


def scores_of(prediction: Prediction, logits: Tensor) -> Tensor:
    """The targets' scores (n, targets) out of the logits (n, written tokens, vocabulary), which are used up."""
    places = {prediction.targets[index].position: place for place, index in enumerate(prediction.placed)}
    rows = torch.tensor([places[target.position] for target in prediction.targets])
    own = torch.tensor([target.id for target in prediction.targets])
    foil = torch.tensor([(target.against or target).id for target in prediction.targets])
    mine = logits[:, rows, own]
    ratio = mine - logits[:, rows, foil]
    plain = list(prediction.placed)
    columns = own[plain].to(logits.device)[None, :, None].expand(len(logits), -1, 1)
    # A copy of the logits would take as long as all else that is done with them.
    others = logits.scatter_(2, columns, float("-inf")).logsumexp(dim=2)
    return torch.cat([mine[:, : len(plain)] - others, ratio[:, len(plain) :]], dim=1)
