"""Which rows are held out: a share, drawn by a seed, of every label in proportion, and whole groups alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence

import numpy as np

TOLERANCE = 1e-9  # rows, of rounding


def hold_out_share(
    labels: Sequence[Hashable], groups: Sequence[Hashable], share: float, seed: int
) -> tuple[list[int], list[int]]:
    """Parts rows into those to learn and those to hold out, each in their order.

    Groups are looked at in an order drawn by the seed. First are held out those that no label's share is too small for;
    then those that bring the counts of the labels and of all rows nearer to the share; then, of labels that still lack
    some, those that do so for all rows. Where every row is a group of its own, the count is the share's, rounded, and
    that of each label by less than a row beside its own (the method of largest remainders).

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
    counts = {group: Counter(labels[index] for index in members[group]) for group in drawn}
    missing = {label: share * count for label, count in Counter(labels).items()}
    lacking = share * len(labels)
    chosen: set[Hashable] = set()
    for wanted in (_fits, _nearer, _of_lacking):
        for group in drawn:
            size = len(members[group])
            free = group not in chosen and len(chosen) < len(named) - 1
            if free and size < 2 * lacking and wanted(counts[group], missing):
                chosen.add(group)
                lacking -= size
                for label, count in counts[group].items():
                    missing[label] -= count
    if not chosen and len(drawn) > 1:
        chosen.add(min(drawn, key=lambda group: len(members[group])))
    held = sorted(index for group in chosen for index in members[group])
    kept = set(held)
    return [index for index in range(len(labels)) if index not in kept], held


def _fits(counts: Counter[Hashable], missing: Mapping[Hashable, float]) -> bool:
    """Whether every label lacks as many rows."""
    return all(missing[label] >= count - TOLERANCE for label, count in counts.items())


def _nearer(counts: Counter[Hashable], missing: Mapping[Hashable, float]) -> bool:
    """Whether the squared distance of the labels' counts to the share falls."""
    return sum(count * (2 * missing[label] - count) for label, count in counts.items()) > 0


def _of_lacking(counts: Counter[Hashable], missing: Mapping[Hashable, float]) -> bool:
    """Whether some label is there that lacks rows."""
    return any(missing[label] > 0 for label in counts)
