"""A causal language model: it writes a continuation, and one pass scores every token of it.

The input is a template (or a single beginning-of-text token), the prompt, what closes the template, and the output.
Hiding a word of the prompt leaves the output in place (teacher forcing), so one pass answers for all its tokens:
each is read off the last kept token before it. What stands before the first word is always kept, so that
nothing is ever empty and the model reads what it read when it wrote.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from .base import Inputs, TransformerModel
from .batching import Batch, whole
from .prediction import Alternative, Hiding, ModelError, Prediction, Span, Target, Token
from .units import find_unit, make_features

SUFFIX = "ForCausalLM"
ALTERNATIVES = 5
SHORTEST_SHARED = 8  # tokens; below that keeping keys and values costs more than it saves
MOST_NEW_TOKENS = 256

OnToken = Callable[[str], None]
Places = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Sampling:
    """How the next token is chosen: the likeliest where `temperature` is 0, else drawn.

    Args:
        max_new_tokens: at most so many are written.
        temperature: above 1 flattens the distribution, below 1 sharpens it.
        top_p: only the likeliest tokens that together have this probability are drawn from.
        seed: of the drawing; the same seed writes the same text.

    Raises:
        ValueError: a number is out of its range.
    """

    max_new_tokens: int = 40
    temperature: float = 0.0
    top_p: float = 1.0
    seed: int = 0

    def __post_init__(self) -> None:
        if not 1 <= self.max_new_tokens <= MOST_NEW_TOKENS:
            raise ValueError(f"max_new_tokens={self.max_new_tokens} is not allowed; it takes 1 to {MOST_NEW_TOKENS}")
        if not 0 <= self.temperature <= 10:
            raise ValueError(f"temperature={self.temperature} is not allowed; it takes 0 to 10")
        if not 0 < self.top_p <= 1:
            raise ValueError(f"top_p={self.top_p} is not allowed; it takes more than 0 and at most 1")


class Generator(TransformerModel):
    """A network with a language-model head; arguments as for `TransformerModel`."""

    _prefix: tuple[Any, Any] | None = None  # of the last shared start: what it was, and its keys and values

    @property
    def hidings(self) -> tuple[Hiding, ...]:
        """Deletion, and a filler token where the tokenizer has one: it is far from what the model was trained on."""
        filler = self._tokenizer.unk_token or self._tokenizer.eos_token
        token_id = None if filler is None else self._tokenizer.get_vocab()[str(filler)]
        fillers = () if token_id is None else (Hiding("replace", str(filler), token_id),)
        return (Hiding("delete"), *fillers)

    @property
    def has_template(self) -> bool:
        """Whether the tokenizer brings a chat template."""
        return bool(self._tokenizer.chat_template)

    def predict(self, text: str, unit: str = "word") -> Prediction:
        """The model's own continuation, as `generate` with its defaults."""
        return self.generate(text, unit)

    def generate(
        self,
        prompt: str,
        unit: str = "word",
        sampling: Sampling | None = None,
        *,
        template: bool = True,
        explain_output: bool = False,
        on_token: OnToken = lambda _text: None,
    ) -> Prediction:
        """Writes a continuation and scores it.

        Args:
            prompt: what the model is asked.
            unit: what features are made of.
            sampling: how tokens are chosen; the likeliest by default.
            template: puts the prompt into the model's chat template, where it has one.
            explain_output: makes the words already written features, too.
            on_token: is told the text so far after each token, and may raise to stop.

        Raises:
            ValueError: the prompt is empty or leaves no room, or the unit is unknown.
            ModelError: the model ends at once, or its numbers are not finite.
        """
        find_unit(unit)
        ids, tokens = self._read_prompt(prompt, template)
        written: list[int] = []
        for token_id in self._write(ids, sampling or Sampling()):
            written.append(token_id)
            on_token(self._decode(written))
        if not self._decode(written):
            raise ModelError("the model ends at once: it writes nothing after this prompt; change the prompt")
        return self._answer(prompt, ids, tokens, written, unit, explain_output)

    def continue_with(
        self, prompt: str, continuation: str, unit: str = "word", *, template: bool = True, explain_output: bool = False
    ) -> Prediction:
        """Scores a given continuation instead of writing one.

        Raises:
            ValueError: the prompt or continuation is empty, both do not fit, or the unit is unknown.
        """
        find_unit(unit)
        ids, tokens = self._read_prompt(prompt, template)
        written = self._tokenizer(continuation, add_special_tokens=False)["input_ids"]
        if not written:
            raise ValueError("the continuation is empty; give the text to explain")
        if len(ids) + len(written) > self.limit:
            raise ValueError(
                f"prompt and continuation have {len(ids) + len(written)} tokens; the model reads {self.limit}"
            )
        return self._answer(prompt, ids, tokens, list(written), unit, explain_output)

    def contrast(self, prediction: Prediction, target: int, foil: str) -> Prediction:
        """The same prediction with one target measured against a foil: log p(target) - log p(foil).

        Raises:
            ValueError: the foil is no token, or the target itself.
        """
        chosen = prediction.targets[target]
        known = {one.text.strip(): one.id for one in reversed(chosen.alternatives)}
        found = [known[foil.strip()]] if foil.strip() in known else self._as_tokens(chosen, foil)
        if found[:1] == [chosen.id] or not found:
            raise ValueError(f"{foil!r} is not another token; choose one of {', '.join(map(repr, known))} or a word")
        against = Alternative(found[0], self._decode(found[:1]), 0.0)
        changed = replace(chosen, against=against)
        targets = (*prediction.targets[:target], changed, *prediction.targets[target + 1 :])
        return self._scored(replace(prediction, targets=targets))

    def target_scores(self, network: Any, prediction: Prediction, batch: Batch, inputs: Inputs) -> Tensor:
        """Log-odds of every target token, or its log-ratio against its foil, from one pass."""
        positions = np.array([target.position for target in prediction.targets])
        read = (batch.places[:, :, None] < positions).sum(axis=1) - 1  # (n, targets): the last kept token before it
        logits = self._logits(network, prediction, batch, inputs, read)
        own = self._column([target.id for target in prediction.targets], len(logits))
        foil = self._column([(target.against or target).id for target in prediction.targets], len(logits))
        score = logits.gather(2, own)
        others = logits.scatter(2, own, float("-inf")).logsumexp(dim=2)
        ratio = (score - logits.gather(2, foil))[..., 0]
        return torch.where((own == foil)[..., 0], score[..., 0] - others, ratio)

    def _column(self, ids: Sequence[int], rows: int) -> Tensor:
        """Token ids (targets,) as an index into logits: (rows, targets, 1)."""
        return torch.tensor(ids, device=self._device)[None, :, None].expand(rows, -1, 1)

    def _logits(self, network: Any, prediction: Prediction, batch: Batch, inputs: Inputs, read: Places) -> Tensor:
        """The logits (n, targets, vocabulary) at the positions `read` (n, targets), and at no others."""
        columns, where = np.unique(read, return_inverse=True)
        where = where.reshape(read.shape)
        shared = self._shared_length(prediction)
        kept: dict[str, Any] = {**inputs, "use_cache": False}
        if "input_ids" in inputs and SHORTEST_SHARED <= shared <= columns[0]:
            cache = self._shared_cache(network, prediction, shared, len(batch.ids))
            kept = {"input_ids": inputs["input_ids"][:, shared:], "past_key_values": cache, "use_cache": True}
            columns = columns - shared
        wanted = torch.from_numpy(columns).to(self._device)
        logits: Tensor = network(**kept, logits_to_keep=wanted).logits.float()
        if len(columns) == read.shape[1] and (where == np.arange(len(columns))).all():
            return logits
        index = torch.from_numpy(where).to(self._device)[..., None]
        return logits.gather(1, index.expand(-1, -1, logits.shape[2]))

    def _shared_length(self, prediction: Prediction) -> int:
        """How many tokens at the start no row ever hides."""
        return min((min(feature.tokens) for feature in prediction.features), default=0)

    def _shared_cache(self, network: Any, prediction: Prediction, shared: int, rows: int) -> Any:
        key = (id(network), prediction.ids[:shared])
        if self._prefix is None or self._prefix[0] != key:
            ids = torch.tensor([prediction.ids[:shared]], device=self._device)
            self._prefix = (key, network(input_ids=ids, use_cache=True, logits_to_keep=1).past_key_values)
        cache = deepcopy(self._prefix[1])
        cache.batch_repeat_interleave(rows)
        return cache

    def _read_prompt(self, prompt: str, template: bool) -> tuple[list[int], tuple[Token, ...]]:
        if not prompt.strip():
            raise ValueError("the prompt is empty; give it some words")
        before, after = self._template() if template and self.has_template else ("", "")
        encoded = self._tokenizer(
            before + prompt + after, add_special_tokens=not before, return_offsets_mapping=True, truncation=False
        )
        ids: list[int] = list(encoded["input_ids"])
        first, last = len(before), len(before) + len(prompt)
        tokens = [
            Token(prompt[max(start, first) - first : min(end, last) - first],
                  Span(0, max(start, first) - first, min(end, last) - first))
            if start < end and start < last and end > first
            else Token(self._decode([id_]), None)
            for id_, (start, end) in zip(ids, encoded["offset_mapping"], strict=True)
        ]  # fmt: skip
        if tokens[0].span is not None:
            anchor = self._anchor()
            ids, tokens = [anchor, *ids], [Token(self._decode([anchor]), None), *tokens]
        if len(ids) >= self.limit:
            raise ValueError(
                f"the prompt has {len(ids)} tokens; the model reads {self.limit} with its answer; shorten it"
            )
        return ids, tuple(tokens)

    def _anchor(self) -> int:
        for name in (self._tokenizer.bos_token, self._tokenizer.eos_token):
            if name is not None:
                return int(self._tokenizer.get_vocab()[str(name)])
        raise ModelError("the tokenizer has neither a beginning-of-text nor an end-of-text token")

    def _template(self) -> tuple[str, str]:
        """The chat template around a user's message, as text before and after it."""
        mark = "\u2063prompt\u2063"
        try:
            messages = [{"role": "user", "content": mark}]
            rendered = str(self._tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True))
        except Exception as error:
            raise ModelError(f"the chat template fails ({str(error)[:120]}); switch it off") from error
        before, found, after = rendered.partition(mark)
        if not found:
            raise ModelError("the chat template does not show the prompt; switch it off")
        return before, after

    def _write(self, ids: Sequence[int], sampling: Sampling) -> Iterator[int]:
        """The new tokens one by one, until the model ends, the number is reached or the context is full."""
        generator = torch.Generator().manual_seed(sampling.seed)
        stops = self._stops()
        given, cache = torch.tensor([ids], device=self._device), None
        for _ in range(min(sampling.max_new_tokens, self.limit - len(ids))):
            with torch.inference_mode():
                output = self._network(input_ids=given, past_key_values=cache, use_cache=True, logits_to_keep=1)
            logits, cache = output.logits[0, -1].float().cpu(), output.past_key_values
            if not torch.isfinite(logits).all():
                raise ModelError("the model's numbers are not finite here; its weights are damaged")
            chosen = choose(logits, sampling, generator)
            if chosen in stops:
                return
            yield chosen
            given = torch.tensor([[chosen]], device=self._device)

    def _stops(self) -> set[int]:
        ends = self._network.generation_config.eos_token_id
        listed = ends if isinstance(ends, list) else [ends]
        return {end for end in (*listed, self._tokenizer.eos_token_id) if end is not None}

    def _decode(self, ids: Sequence[int]) -> str:
        return str(self._tokenizer.decode(list(ids), clean_up_tokenization_spaces=False))

    def _answer(
        self,
        prompt: str,
        ids: list[int],
        tokens: tuple[Token, ...],
        written: list[int],
        unit: str,
        explain_output: bool,
    ) -> Prediction:
        output, spans = self._spans(written)
        new = tuple(Token(output[start:end], Span(1, start, end)) for start, end in spans)
        features = make_features((prompt, output), (*tokens, *new), unit)
        if not explain_output:
            features = tuple(feature for feature in features if feature.segment == 0)
        targets = tuple(
            Target(token_id, output[start:end], "token", 0.0, len(ids) + place, start, end)
            for place, (token_id, (start, end)) in enumerate(zip(written, spans, strict=True))
        )
        everything = (*ids, *written)
        found = Prediction(
            self.name, "generate", (prompt, output), everything, (*tokens, *new), unit, features, targets
        )
        return self._scored(found)

    def _scored(self, prediction: Prediction) -> Prediction:
        """The prediction with its targets' scores, entropies and alternatives filled in."""
        batch = whole(prediction)
        positions = np.array([[target.position - 1 for target in prediction.targets if target.position]])
        with torch.inference_mode():
            inputs = self.inputs(batch)
            scores = self.target_scores(self._network, prediction, batch, inputs)[0].tolist()
            logits = self._logits(self._network, prediction, batch, inputs, positions)[0]
        chances = logits.log_softmax(-1)
        if not torch.isfinite(torch.tensor(scores)).all():
            raise ModelError("the model's numbers are not finite here; it can't be explained")
        entropies = -(chances.exp() * chances).nansum(-1)
        targets = tuple(
            replace(target, score=score, entropy=float(entropy), alternatives=self._alternatives(row, target.id))
            for target, score, entropy, row in zip(prediction.targets, scores, entropies, chances, strict=True)
        )
        return replace(prediction, targets=targets)

    def _alternatives(self, chances: Tensor, own: int) -> tuple[Alternative, ...]:
        found = chances.topk(min(ALTERNATIVES + 1, len(chances)))
        pairs = [(int(id_), float(chance)) for chance, id_ in zip(found.values.exp(), found.indices, strict=True)]
        others = [pair for pair in pairs if pair[0] != own][:ALTERNATIVES]
        return tuple(Alternative(id_, self._readable(id_), chance) for id_, chance in others)

    def _readable(self, token_id: int) -> str:
        """A token as people read it; one that is only a part of a character has no text of its own."""
        text = self._decode([token_id])
        return f"part of a character ({token_id})" if "\ufffd" in text else text

    def _as_tokens(self, target: Target, foil: str) -> list[int]:
        """A typed word as tokens, with a space before it where the target has one."""
        spaced = f" {foil.strip()}" if self._decode([target.id]).startswith(" ") else foil
        return list(self._tokenizer(spaced, add_special_tokens=False)["input_ids"])

    def _spans(self, written: Sequence[int]) -> tuple[str, list[tuple[int, int]]]:
        """The written text and each token's characters; byte pieces of one character share it."""
        output = self._decode(written)
        whole_until = [len(self._decode(written[:count]).rstrip("\ufffd")) for count in range(len(written) + 1)]
        ends = [min((end for end in whole_until[count:] if end > whole_until[count - 1]), default=len(output))
                for count in range(1, len(written) + 1)]  # fmt: skip
        return output, list(zip(whole_until[:-1], ends, strict=True))


def choose(logits: Tensor, sampling: Sampling, generator: torch.Generator) -> int:
    """The next token out of logits (vocabulary,)."""
    if sampling.temperature == 0:
        return int(logits.argmax())
    chances, order = (logits / sampling.temperature).softmax(-1).sort(descending=True)
    before = chances.cumsum(-1) - chances
    chances[before >= sampling.top_p] = 0
    return int(order[torch.multinomial(chances, 1, generator=generator)])
