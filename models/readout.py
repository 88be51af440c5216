"""Where a classification head reads its answer off: the first token, the last that is no padding, or all of them.

Heads look for the place in each text anew, so it is found for each text: by the gradient of its answer with respect to
the last states that the network holds for single tokens. Only what comes after these states is differentiated.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from typing import Any

import torch
from torch import Tensor


def find_states(network: Any, ids: Tensor) -> str | None:
    """The name of the part that makes the last states of single tokens which the answer depends on.

    Args:
        network: with a classification head.
        ids: of a short text, (1, tokens).
    """
    made: list[tuple[str, Tensor]] = []

    def remembering(name: str) -> Any:
        def remember(_part: object, _inputs: object, output: Any) -> None:
            state = _first(output)
            if isinstance(state, Tensor) and state.ndim == 3 and state.shape[:2] == ids.shape and state.requires_grad:
                made.append((name, state))

        return remember

    handles = [part.register_forward_hook(remembering(name)) for name, part in network.named_modules()]
    asking = [parameter for parameter in network.parameters() if parameter.is_floating_point()]
    try:
        for parameter in asking:
            parameter.requires_grad_()
        with torch.enable_grad():
            logits = network(input_ids=ids).logits
    finally:
        for parameter in asking:
            parameter.requires_grad_(requires_grad=False)
        for handle in handles:
            handle.remove()
    if not made:
        return None
    slopes = torch.autograd.grad(logits.float().pow(2).sum(), [state for _, state in made], allow_unused=True)
    used = [state for (_, state), slope in zip(made, slopes, strict=True) if slope is not None and slope.any()]
    return next((name for name, state in made if used and state is used[-1]), None)


@contextmanager
def watched(network: Any, states: str | None) -> Iterator[list[Tensor]]:
    """Collects what the part named `states` makes while this lasts, as the leaves of a graph of what comes after it."""
    found: list[Tensor] = []

    def watch(_part: object, _inputs: object, output: Any) -> Any:
        leaf = _as_leaf(output)
        found.append(_first(leaf))
        return leaf

    if states is None:
        yield found
        return
    handle = network.get_submodule(states).register_forward_hook(watch)
    try:
        with torch.enable_grad():
            yield found
    finally:
        handle.remove()


def read_at(logits: Tensor, states: list[Tensor], tokens: int) -> int | None:
    """The one position of `tokens` whose state decides the logits (1, labels); None if it is not a single one."""
    if not states or not logits.requires_grad:
        return None
    (slope,) = torch.autograd.grad(logits.float().pow(2).sum(), states[-1], allow_unused=True)
    used = [] if slope is None else slope[0].abs().sum(-1).nonzero().flatten().tolist()
    return used[0] if len(used) == 1 and used[0] < tokens else None


def _first(output: Any) -> Any:
    """The states among what a part gives: itself, or the first of several."""
    several = output.values() if isinstance(output, dict) else output
    return next(iter(several), None) if isinstance(output, dict | tuple | list) else output


def _as_leaf(output: Any) -> Any:
    """What a part gives, its states without a past."""
    if isinstance(output, Tensor):
        return output.detach().requires_grad_()
    if isinstance(output, dict):
        found = copy(output)
        first = next(iter(found))
        found[first] = _as_leaf(found[first])
        return found
    return (_as_leaf(output[0]), *output[1:])
