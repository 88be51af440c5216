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
    answer = logits.float().pow(2).sum()
    for _, state in reversed(made):
        (slope,) = torch.autograd.grad(answer, state, retain_graph=True, allow_unused=True)
        if slope is not None:
            return next(name for name, other in made if other is state)
    return None


@contextmanager
def watched(network: Any, states: str | None, *, small: bool = False) -> Iterator[list[Tensor]]:
    """Collects what the part named `states` makes while this lasts, as the leaves of a graph of what comes after it.

    What comes after it is given it as it is, or made small, so that no head is too sure for a gradient.
    """
    found: list[Tensor] = []

    def watch(_part: object, _inputs: object, output: Any) -> Any:
        made = _first(output).detach().requires_grad_()
        found.append(made)
        size = made.detach().abs().amax().clamp(min=1e-9) * 1e6 if small else 1
        return _with_first(output, made / size)  # not itself, as some heads write into what they are given

    if states is None:
        yield found
        return
    handle = network.get_submodule(states).register_forward_hook(watch)
    try:
        with torch.enable_grad():
            yield found
    finally:
        handle.remove()


def read_at(logits: Tensor, states: list[Tensor]) -> tuple[int, ...]:
    """The positions whose states decide the logits (1, labels).

    None is found, too, where a head is so sure that its answer would be the same for neighbouring states.
    """
    if not states or not logits.requires_grad:
        return ()
    (slope,) = torch.autograd.grad(logits.float().pow(2).sum(), states[-1], allow_unused=True)
    return () if slope is None else tuple(slope[0].abs().sum(-1).nonzero().flatten().tolist())


def _first(output: Any) -> Any:
    """The states among what a part gives: itself, or the first of several."""
    several = output.values() if isinstance(output, dict) else output
    return next(iter(several), None) if isinstance(output, dict | tuple | list) else output


def _with_first(output: Any, first: Tensor) -> Any:
    """What a part gives, with other states."""
    if isinstance(output, Tensor):
        return first
    if isinstance(output, dict):
        found = copy(output)
        found[next(iter(found))] = first
        return found
    return (first, *output[1:])
