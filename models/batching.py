"""From coalitions to batches of ids: every row of a batch has the same length, so nothing is padded.

Without padding no attention mask is needed, no row pays for a longer one, and a row's score does not depend on
its neighbours but for the order of additions.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .message import RefusedError
from .model import Hiding, Keep
from .prediction import Prediction

Ids = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows of a keep matrix as the model reads them.

    `rows` (n,) are the rows' numbers; `ids`, `types` and `places`, the positions in the prediction's ids that were
    kept or replaced, are (n, length).
    """

    rows: Ids
    ids: Ids
    types: Ids
    places: Ids

    def one_by_one(self) -> Iterator[Batch]:
        """Its rows, each as a batch of its own."""
        for row in range(len(self.rows)):
            mine = slice(row, row + 1)
            yield Batch(self.rows[mine], self.ids[mine], self.types[mine], self.places[mine])


def whole(prediction: Prediction, rows: int = 1) -> Batch:
    """The full input, `rows` times."""
    positions = np.arange(len(prediction.ids))
    ids = np.array(prediction.ids, dtype=np.int64)
    types = np.array([token.type for token in prediction.tokens], dtype=np.int64)
    return Batch(np.arange(rows), *(np.tile(row, (rows, 1)) for row in (ids, types, positions)))


def batches(prediction: Prediction, keep: Keep, hiding: Hiding, tokens_at_once: int) -> Iterator[Batch]:
    """Edits the ids as `keep` (n, features) says and groups rows of equal length.

    A batch has at most `tokens_at_once` tokens, but at least one row. What belongs to no feature stays.
    """
    full, seen = whole(prediction), tokens_kept(prediction, keep)
    ids, types, positions = full.ids[0], full.types[0], full.places[0]
    if hiding.kind == "delete":
        lengths = seen.sum(axis=1)
        for length in np.unique(lengths):
            for rows in _slices(np.flatnonzero(lengths == length), int(length), tokens_at_once):
                places = np.nonzero(seen[rows])[1].reshape(len(rows), length)
                yield Batch(rows, ids[places], types[places], places)
        return
    if hiding.token_id is None:
        raise RefusedError("hiding by {kind} needs the token to put there", kind=hiding.kind)
    for rows in _slices(np.arange(len(keep)), len(ids), tokens_at_once):
        edited = np.where(seen[rows], ids, hiding.token_id)
        yield Batch(rows, edited, *(np.tile(row, (len(rows), 1)) for row in (types, positions)))


def tokens_kept(prediction: Prediction, keep: Keep) -> Keep:
    """Features kept (n, features) as tokens kept (n, tokens); tokens of no feature are always kept."""
    seen = np.ones((len(keep), len(prediction.ids)), dtype=np.bool_)
    for index, feature in enumerate(prediction.features):
        seen[:, list(feature.tokens)] = keep[:, index : index + 1]
    return seen


def _slices(rows: Ids, length: int, tokens_at_once: int) -> Iterator[Ids]:
    size = max(1, tokens_at_once // max(length, 1))
    for start in range(0, len(rows), size):
        yield rows[start : start + size]
