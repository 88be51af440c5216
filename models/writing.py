"""Writing: the next token, again and again, until the model ends, the context is full or nobody asks for another."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

import torch
from torch import Tensor

from .original import Original
from .prediction import ModelError
from .prompt import Sampling


def write(
    network: Any, ids: Sequence[int], sampling: Sampling, room: int, stops: Collection[int], original: Original
) -> Iterator[int]:
    """The new tokens one by one.

    Args:
        network: with a language-model head.
        ids: what it reads before its first token.
        sampling: how each token is chosen.
        room: how many tokens fit into its context after `ids`.
        stops: the tokens that end a text; they are not part of it.
        original: asks the network, and puts it back.

    Raises:
        ModelError: the network fails, or gives a number that is not finite.
    """
    generator = torch.Generator().manual_seed(sampling.seed)
    given, cache = torch.tensor([ids], device=network.device), None
    for _ in range(room):
        with torch.inference_mode(), original.asked("write"):
            output = network(input_ids=given, cache=cache, use_cache=True, logits_to_keep=1)
        logits, cache = output.logits[0, -1].float().cpu(), getattr(output, "cache", None)
        if not torch.isfinite(logits).all():
            raise ModelError("the model's numbers are not finite here, so it can't write; its weights may be damaged")
        chosen = choose(logits, sampling, generator)
        if chosen in stops:
            return
        yield chosen
        new = torch.tensor([[chosen]], device=network.device)
        given = torch.cat([given, new], dim=1) if cache is None else new


def choose(logits: Tensor, sampling: Sampling, generator: torch.Generator) -> int:
    """The next token out of logits (vocabulary,)."""
    if sampling.temperature == 0:
        return int(logits.argmax())
    chances, order = (logits / sampling.temperature).softmax(-1).sort(descending=True)
    before = chances.cumsum(-1) - chances
    chances[before >= sampling.top_p] = 0
    return int(order[torch.multinomial(chances, 1, generator=generator)])
