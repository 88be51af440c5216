"""How far two attributions say the same of the same features: in order, in what comes first, in sign.

What comes first is what has the largest absolute values. Ranks are mean ranks: features with equal values share one.
Spearman's correlation: Spearman, The proof and measurement of association between two things, 1904.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sidelight.models.prediction import Floats

NEGLIGIBLE = 0.05  # of a method's largest value: below it, the sign of a value says nothing
MOST_COMPARED = 5  # features that come first


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far two rows of values over the same features agree.

    Args:
        spearman: the rank correlation, from -1 to 1; of absolute values where one row has no direction. None where
            it is undefined: fewer than two features, or a row of equal values.
        shared: how many of the `most` first features both have in common.
        most: how many features come first.
        opposed: features that one counts clearly for the target and the other clearly against it.
        displaced: features among the first of one that are not in the first half of the other.
    """

    spearman: float | None
    shared: int
    most: int
    opposed: frozenset[int]
    displaced: frozenset[int]


def agreement(first: Sequence[float], second: Sequence[float], *, signed: bool = True) -> Agreement:
    """How far two rows of values agree, feature by feature.

    Args:
        first: a value a feature.
        second: likewise, of the same features.
        signed: whether both have a direction.

    Raises:
        ValueError: the rows differ in length.
    """
    if len(first) != len(second):
        raise ValueError(f"rows of {len(first)} and {len(second)} values can't be compared; align them first")
    sizes = [tuple(map(abs, row)) for row in (first, second)]
    most = compared(len(first))
    tops = [leading(row, most) for row in sizes]
    (toward, against), (also_toward, also_against) = sides(first), sides(second)
    return Agreement(
        spearman(first, second) if signed else spearman(*sizes),
        len(tops[0] & tops[1]),
        most,
        (toward & also_against) | (against & also_toward) if signed else frozenset(),
        (tops[0] - _first_half(sizes[1])) | (tops[1] - _first_half(sizes[0])),
    )


def compared(count: int) -> int:
    """How many of so many features come first: five, or a third of them if that is fewer, but at least one."""
    return max(1, min(MOST_COMPARED, count // 3))


def spearman(first: Sequence[float], second: Sequence[float]) -> float | None:
    """Spearman's rank correlation; None for fewer than two values, or where all values of a row are equal."""
    if len(first) < 2:
        return None
    one, other = (ranks(row) - (len(row) + 1) / 2 for row in (first, second))
    scale = float(np.sqrt((one @ one) * (other @ other)))
    return float(one @ other) / scale if scale else None


def ranks(values: Sequence[float]) -> Floats:
    """The rank of each value, 1 for the smallest; equal values share the mean of their ranks."""
    _, places, counts = np.unique(np.asarray(values, dtype=float), return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    return np.asarray((ends - (counts - 1) / 2)[places], dtype=float)


def leading(values: Sequence[float], most: int) -> frozenset[int]:
    """The places of the largest absolute values, of equal ones the earlier; a value of 0 never leads."""
    order = sorted(range(len(values)), key=lambda place: -abs(values[place]))
    return frozenset(place for place in order[:most] if values[place])


def sides(values: Sequence[float]) -> tuple[frozenset[int], frozenset[int]]:
    """The places of values clearly above 0, and of those clearly below it."""
    limit = NEGLIGIBLE * max(map(abs, values), default=0.0)
    places = range(len(values))
    return frozenset(one for one in places if values[one] > limit), frozenset(
        one for one in places if values[one] < -limit
    )


def _first_half(sizes: Sequence[float]) -> frozenset[int]:
    middle = (len(sizes) + 1) / 2
    return frozenset(place for place, rank in enumerate(ranks(sizes)) if rank >= middle)
