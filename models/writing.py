"""Writing: the next token, again and again, until the model ends, the context is full or nobody asks for another."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

import torch
from torch import Tensor

from .causal import read_off
from .inputs import Sampling
from .message import Message
from .original import Original
from .prediction import ModelError

# What a generation config may ask for that changes the likeliest text, with the values that ask for nothing.
ELSE: dict[str, tuple[object, ...]] = {
    "repetition_penalty": (None, 1, 1.0),
    "no_repeat_ngram_size": (None, 0),
    "bad_words_ids": (None, []),
    "suppress_tokens": (None, []),
    "begin_suppress_tokens": (None, []),
    "sequence_bias": (None, {}, []),
    "forced_bos_token_id": (None,),
    "forced_eos_token_id": (None,),
    "exponential_decay_length_penalty": (None,),
    "min_length": (None, 0),
    "min_new_tokens": (None, 0),
    "num_beams": (None, 1),
    "penalty_alpha": (None, 0, 0.0),
    "guidance_scale": (None, 1, 1.0),
    "stop_strings": (None, [], ""),
    "encoder_repetition_penalty": (None, 1, 1.0),  # of the prompt, where there is no encoder
    "encoder_no_repeat_ngram_size": (None, 0),
    "dola_layers": (None,),
    "token_healing": (None, False),
    "watermarking_config": (None, {}),
}


def write(
    network: Any,
    ids: Sequence[int],
    sampling: Sampling,
    room: int,
    stops: Collection[int],
    original: Original,
    *,
    keeps_cache: bool,
) -> Iterator[int]:
    """The new tokens one by one.

    Args:
        network: with a language-model head.
        ids: what it reads before its first token.
        sampling: how each token is chosen.
        room: how many tokens fit into its context after `ids`.
        stops: the tokens that end a text; they are not part of it.
        original: asks the network, and puts it back.
        keeps_cache: whether it can go on from what it remembers; else it reads all again for each token.

    Raises:
        ModelError: the network fails, or gives a number that is not finite.
    """
    generator = torch.Generator().manual_seed(sampling.seed)
    given, cache = torch.tensor([ids], device=network.device), None
    for _ in range(room):
        last = torch.tensor([given.shape[1] - 1], device=network.device)
        remembered: dict[str, Any] = {"cache": cache} if cache is not None else {}
        with torch.inference_mode(), original.asked(Message("write")):
            found, cache = read_off(network, last, input_ids=given, use_cache=keeps_cache, **remembered)
        logits = found[0, -1].cpu()
        if not torch.isfinite(logits).all():
            raise ModelError("the model's numbers are not finite here, so it can't write; its weights may be damaged")
        chosen = choose(logits, sampling, generator)
        if chosen in stops:
            return
        yield chosen
        new = torch.tensor([[chosen]], device=network.device)
        given = new if keeps_cache else torch.cat([given, new], dim=1)


def choose(logits: Tensor, sampling: Sampling, generator: torch.Generator) -> int:
    """The next token out of logits (vocabulary,)."""
    if sampling.temperature == 0:
        return int(logits.argmax())
    chances, order = (logits / sampling.temperature).softmax(-1).sort(descending=True)
    before = chances.cumsum(-1) - chances
    chances[before >= sampling.top_p] = 0
    return int(order[torch.multinomial(chances, 1, generator=generator)])


def ends_of(network: Any, tokenizer: Any) -> tuple[int, ...]:
    """The tokens that end a text: the tokenizer's own, and those of the config and of the generation config.

    Raises:
        ModelError: one of them is no number.
    """
    configs = (network.config, network.config.get_text_config(), getattr(network, "generation_config", None))
    named = [tokenizer.eos_token_id, *(getattr(config, "eos_token_id", None) for config in configs)]
    listed = [end for one in named for end in (one if isinstance(one, list | tuple) else [one]) if end is not None]
    if strange := [end for end in listed if not isinstance(end, int)]:
        raise ModelError(
            "the model's eos_token_id holds {end!r}, which is no number of a token", end=str(strange[0])[:40]
        )
    rows = network.get_input_embeddings().weight.shape[0]
    return tuple(dict.fromkeys(end for end in listed if 0 <= end < rows))  # others can't be written


def not_applied(network: Any) -> tuple[str, ...]:
    """A notice of what the generation config asks for besides, which writing here does not do."""
    config = getattr(network, "generation_config", None)
    asked = {name: getattr(config, name, None) for name, none in ELSE.items()}
    found = [f"{name}={value!r}"[:60] for name, value in asked.items() if value not in ELSE[name]]
    if not found:
        return ()
    return (
        Message(
            "The model's generation config asks for {names}, which is not applied: what is written "
            "is what the network says.",
            names=", ".join(found),
        ),
    )
