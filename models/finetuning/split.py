"""Which rows are held out: a share, drawn by a seed, of every label in proportion, and whole groups alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence

import numpy as np


def hold_out_share(
    labels: Sequence[Hashable], groups: Sequence[Hashable], share: float, seed: int
) -> tuple[list[int], list[int]]:
    """Parts rows into those to learn and those to hold out, each in their order.

    Groups are looked at in an order drawn by the seed, and one is held out if that brings the counts of the labels
    nearer to the share. Where every row is a group of its own, the counts are the share's, rounded.

    Args:
        labels: of each row; all the same where rows have none.
        groups: of each row; no group is on both sides.
        share: of the rows, more than 0 and less than 1.
        seed: of the order.

    Returns:
        The indices of the rows to learn, and of those held out: at least one of each where there are two groups.
    """
    members: dict[Hashable, list[int]] = {}
    for index, group in enumerate(groups):
        members.setdefault(group, []).append(index)
    named = list(members)
    drawn = [named[place] for place in np.random.default_rng(seed).permutation(len(named))]
    missing = {label: share * count for label, count in Counter(labels).items()}
    chosen: set[Hashable] = set()
    for group in drawn:
        counts = Counter(labels[index] for index in members[group])
        # The squared distance to the share falls by so much.
        nearer = sum(count * (2 * missing[label] - count) for label, count in counts.items())
        if nearer > 0 and len(chosen) < len(named) - 1:
            chosen.add(group)
            for label, count in counts.items():
                missing[label] -= count
    if not chosen and len(drawn) > 1:
        chosen.add(min(drawn, key=lambda group: len(members[group])))
    held = sorted(index for group in chosen for index in members[group])
    kept = set(held)
    return [index for index in range(len(labels)) if index not in kept], held
