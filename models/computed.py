"""Numbers that networks compute for themselves, which older versions of the library saved beside the weights.

They are passed over when a network is loaded: positions, masks, frequencies. Where they are other ones than those
that the network computes, it is not the one that was trained.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import regex

from .prediction import ModelError
from .weights import places, read_weight

if TYPE_CHECKING:
    from torch import Tensor

COMPUTED = regex.compile(r"(^|\.)(position_ids|inv_freq|masked_bias|attn\.bias|attention\.bias|causal_mask|version)$")
LOW = -1e4  # what a masked position is given, at most
CLOSE = 0.01  # relative; frequencies were saved in half precision, too


def refuse_other_numbers(files: Sequence[Path], unused: Collection[str], network: Any) -> frozenset[str]:
    """The names of the unused weights that are but numbers which the network computes for itself.

    Args:
        files: of the weights.
        unused: the names in them that no layer takes.
        network: that they were loaded into.

    Raises:
        ModelError: they are other numbers than those that it computes.
    """
    buffers = dict(network.named_buffers())
    placed = places(unused, buffers, network.base_model_prefix)
    known = {name for name in unused if placed[name] in buffers or COMPUTED.search(name)}
    for name in sorted(known):
        if not _agrees(name, read_weight(files, name), _computed(placed[name], buffers)):
            raise ModelError(
                "{name} in the files holds other numbers than {network} computes there by "
                "config.json, and it would not use them; correct config.json, or give the network "
                "that was trained",
                name=name,
                network=type(network).__name__,
            )
    return frozenset(known)


def _computed(name: str, buffers: dict[str, Tensor]) -> Tensor | None:
    """The network's own numbers: of that place, or those that one part now computes for all layers."""
    if name in buffers:
        return buffers[name]
    ending = name.rpartition(".")[2]
    return next((one for other, one in buffers.items() if ending == "inv_freq" == other.rpartition(".")[2]), None)


def _agrees(name: str, saved: Tensor, own: Tensor | None) -> bool:
    import torch

    saved = saved.squeeze().double()
    if own is None:
        own = _usual(name, saved)
    if own is None or (own := own.squeeze().double().cpu()).shape != saved.shape:
        return own is None
    return torch.allclose(saved, own, rtol=CLOSE, atol=1e-6)


def _usual(name: str, saved: Tensor) -> Tensor | None:
    """What the library computes there where the network keeps none: positions, and a mask of what comes after."""
    import torch

    if name.endswith("position_ids"):
        return torch.arange(saved.numel())
    if name.endswith("masked_bias"):
        return saved.clamp(max=LOW)
    if saved.ndim == 2 and name.endswith(("bias", "causal_mask")):
        return torch.ones_like(saved).tril()
    return None
