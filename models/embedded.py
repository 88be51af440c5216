"""Embeddings in the place of those that a network makes of its ids, which it goes on reading.

`inputs_embeds` would leave the ids out: heads that look for padding or an end token, positions that are counted by
padding and masks that are scaled by their number would be other ones than those of the answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor

from .prediction import UnsupportedError


@contextmanager
def embedded_as(network: Any, ids: Tensor, embeddings: Tensor) -> Iterator[None]:
    """While this lasts, the network embeds these ids (n, tokens) as `embeddings` (n, tokens, width).

    Raises:
        UnsupportedError: it embeds other ids besides, or these not by its table.
    """
    if getattr(network.config, "is_encoder_decoder", False):
        raise UnsupportedError(
            "{architecture} embeds its text a second time, for its decoder", architecture=type(network).__name__
        )
    calls = 0

    def exchange(_table: object, inputs: tuple[Any, ...], made: Any) -> Any:
        nonlocal calls
        calls += 1
        return _exchanged(inputs[0], made, ids, embeddings)

    handle = network.get_input_embeddings().register_forward_hook(exchange)
    try:
        yield
    finally:
        handle.remove()
    if not calls:
        raise UnsupportedError(
            "{architecture} does not embed its ids by its table of embeddings", architecture=type(network).__name__
        )


def _exchanged(asked: Tensor, made: Any, ids: Tensor, embeddings: Tensor) -> Tensor:
    """What the table made of the ids asked for, with the embeddings in the place of theirs; padding stays."""
    rows, tokens = ids.shape
    if isinstance(made, Tensor) and asked.ndim == 2:
        if asked.shape[0] == rows and torch.equal(asked[:, :tokens], ids):
            return torch.cat([embeddings, made[:, tokens:]], dim=1)
        if torch.equal(asked, ids.T):  # XLNet reads a column a text
            return embeddings.transpose(0, 1)
    raise UnsupportedError("the network embeds its input more than once, or as something else than one vector a token")
