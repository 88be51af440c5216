"""Passes through a network with a language-model head, and proof that it writes from left to right.

Writing and scoring ask the network by the same function and with the same inputs: ids alone. What a tokenizer lists
besides (token types) is not given, since nothing would give it for the words that the network writes itself.
"""

from __future__ import annotations

from inspect import signature
from typing import Any

import torch
from torch import Tensor

from .message import Message
from .original import Original
from .prediction import ModelError

PROBE = 16  # tokens
TOLERANCE = 1e-4  # of logits, relative where these are large


def read_off(network: Any, columns: Tensor, **inputs: Any) -> tuple[Tensor, Any]:
    """One pass: the logits (rows, columns, vocabulary) at these columns of what is given, and what it remembers.

    Args:
        network: with a language-model head.
        columns: (n,), in their order, each once.
        inputs: ids or embeddings, and a cache where there is one.

    Returns:
        The logits in float32, and a cache where one was asked for and the network keeps one.
    """
    if "logits_to_keep" in signature(network.forward).parameters:
        inputs["logits_to_keep"] = columns
    output = network(**inputs, return_dict=True)
    logits: Tensor = output.logits
    if "logits_to_keep" not in inputs:
        logits = logits[:, columns]
    return logits.float(), getattr(output, "cache", None)


def refuse_future(network: Any, tokenizer: Any, original: Original, limit: int) -> None:
    """Asks about a text whose second half is changed, and left out: nothing that is said of the first may change.

    Args:
        network: with a language-model head.
        tokenizer: that belongs to it.
        original: asks the network, and puts it back.
        limit: how many tokens it reads.

    Raises:
        ModelError: it does, so that no word of a text is read off what stands before it alone; or the network fails,
            gives other numbers each time, or numbers that are not finite.
    """
    name, (one, other) = type(network).__name__, _probes(network, tokenizer, limit)
    half = one.shape[1] // 2
    with original.asked(Message("read a short text")):
        first, second, alone = (_early(network, ids, half) for ids in (one, other, one[:, :half]))
        again = first if _alike(first, second) else _early(network, one, half)
    if not (torch.isfinite(first).all() and torch.isfinite(second).all()):
        raise ModelError("the model answers with numbers that are not finite; its weights are damaged")
    if not _alike(first, again):
        raise ModelError("{name} gives other numbers each time it is asked, so they can't be explained", name=name)
    if not (_alike(first, second) and _alike(first, alone)):
        raise ModelError(
            "{name} sees the words that come after, so it does not write from left to right; {advice}",
            name=name,
            advice=_advice(network),
        )


def _advice(network: Any) -> str:
    if getattr(network.config, "is_decoder", None) is False:
        return Message("set is_decoder to true in its config.json if it was trained to write, else give another model")
    return Message("give another model")


def keeps_cache(network: Any, tokenizer: Any, original: Original, limit: int) -> bool:
    """Whether what the network remembers of a text's beginning gives the same numbers as reading all of it."""
    if "cache" not in signature(network.forward).parameters:
        return False
    ids = _probes(network, tokenizer, limit)[0]
    last = torch.tensor([0], device=ids.device)
    try:
        with torch.inference_mode(), original.asked(Message("read a short text")):
            whole, _ = read_off(network, last + ids.shape[1] - 1, input_ids=ids, use_cache=False)
            _, cache = read_off(network, last, input_ids=ids[:, :-2], use_cache=True)
            for place in (-2, -1):
                part = ids[:, place : ids.shape[1] + place + 1]
                found, cache = read_off(network, last, input_ids=part, cache=cache, use_cache=True)
    except ModelError:  # it is asked without one
        return False
    return cache is not None and _alike(whole, found)


def _early(network: Any, ids: Tensor, count: int) -> Tensor:
    """The logits of the first tokens of a text."""
    with torch.inference_mode():
        return read_off(network, torch.arange(count, device=ids.device), input_ids=ids, use_cache=False)[0]


def _alike(one: Tensor, other: Tensor) -> bool:
    return bool((one - other).abs().max() <= TOLERANCE * max(1.0, float(one.abs().max())))


def _probes(network: Any, tokenizer: Any, limit: int) -> tuple[Tensor, Tensor]:
    """Two texts (1, tokens) of ordinary tokens, as far as the network reads, whose second halves share no token."""
    special = set(tokenizer.all_special_ids)
    ordinary = [id_ for id_ in range(len(tokenizer)) if id_ not in special] or list(range(len(tokenizer)))
    length = max(min(PROBE, limit) // 2 * 2, 2)
    chosen = [ordinary[place * len(ordinary) // (2 * length)] for place in range(2 * length)]
    half = length // 2
    one, other = chosen[:length], [*chosen[:half], *chosen[length : length + half]]
    return tuple(torch.tensor([ids], device=network.device) for ids in (one, other))  # type: ignore[return-value]
