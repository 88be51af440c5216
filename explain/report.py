"""What was explained, as plain frozen data; `report_file` has the file that it is kept in.

An `Attribution` holds what one method says of one prediction; a `Report` holds everything about one or several
inputs and opens again. Values are raw: scaling and colour belong to the views.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import entry_points
from math import isfinite

import numpy as np
import numpy.typing as npt
from sidelight.models.message import Sentence
from sidelight.models.model import AttentionMap, Hiding
from sidelight.models.prediction import Floats, Number, Prediction, Whole

PARTS, FINE_PARTS = 255, 65_535  # that attention weights are kept to: in a byte each, or in two
Setting = bool | Whole | Number | str
Rows = tuple[tuple[Number, ...], ...]


@dataclass(frozen=True, slots=True)
class Attribution:
    """What one method says of one prediction: for every target one number a feature.

    Args:
        method: its name in METHODS.
        prediction: what was explained.
        values: (targets, features), in the unit of each target's score; positive = for the target. The row of a
            target that was not asked about is empty.
        base: (targets,), the score with every feature hidden; for additive methods only, for which
            base + values = score.
        error: (targets, features), the standard error of each value where the method knows one; rows as in `values`.
        signed: False where values have a size but no direction.
        hiding: how features were made absent; None for methods that hide nothing.
        precision: of the passes through the model.
        settings: the method's keyword arguments.
        diagnostics: the method's own figures of quality, one number a target; None where it was not asked about.
        calls: the forward passes that the method needs by itself, one a distinct input. Those shared with another
            method are counted here too, though they are made once; gradients cost a backward pass a target on top.
        seconds: wall time it took here, shared passes not counted again.

    Raises:
        ValueError: a shape does not fit the prediction, or a number is not finite.
    """

    method: str
    prediction: Prediction
    values: Rows
    base: tuple[Number, ...] | None = None
    error: Rows | None = None
    signed: bool = True
    hiding: Hiding | None = None
    precision: str = "float32"
    settings: Mapping[str, Setting] = field(default_factory=dict)
    diagnostics: Mapping[str, tuple[Number | None, ...]] = field(default_factory=dict)
    calls: Whole = 0
    seconds: Number = 0.0

    def __post_init__(self) -> None:
        targets, features = len(self.prediction.targets), len(self.prediction.features)
        self._check("values", self.values, targets, {0, features})
        if self.base is not None:
            self._check("base", (self.base,), 1, {targets})
        if self.error is not None:
            self._check("error", self.error, targets, {0, features})
        for name, numbers in self.diagnostics.items():
            self._check(f"diagnostic {name}", (numbers,), 1, {targets})

    def _check(self, name: str, numbers: Sequence[Sequence[float | None]], rows: int, lengths: set[int]) -> None:
        """There are so many rows, each of an allowed length, and every number in them is finite."""
        found = {len(row) for row in numbers}
        if len(numbers) != rows or not found <= lengths:
            shape = (len(numbers), max(found - lengths, default=max(lengths)))
            asked = (rows, max(lengths))
            raise ValueError(f"{name} of {self.method} has shape {shape}; the prediction asks for {asked}")
        if not all(number is None or isfinite(number) for row in numbers for number in row):
            raise ValueError(f"{name} of {self.method} holds a number that is not finite")

    def covers(self, target: int) -> bool:
        """Whether the method was asked about this target."""
        return bool(self.values[target]) or not self.prediction.features

    def figure(self, name: str, target: int) -> float | None:
        """One of the method's own figures of quality for a target; None where there is none."""
        numbers = self.diagnostics.get(name)
        return numbers[target] if numbers else None

    @property
    def gap(self) -> tuple[float, ...] | None:
        """Score minus base minus values, a number a target: by how much an additive explanation fails to add up.

        0 for a target that was not asked about.
        """
        if self.base is None:
            return None
        rows = zip(self.prediction.targets, self.base, self.values, strict=True)
        return tuple(target.score - base - sum(values) if values else 0.0 for target, base, values in rows)


def rows(array: Floats) -> Rows:
    """A matrix as plain numbers."""
    return tuple(tuple(float(number) for number in row) for row in array)


@dataclass(frozen=True, slots=True)
class Attention:
    """The attention weights of one prediction, to one part in `parts`.

    `queries` and `keys` are positions in the prediction's ids; `data` is unsigned whole numbers of shape
    (layers, heads, queries, keys), of one byte each where `parts` is 255 and of two, the lower one first, where it is
    65,535.
    """

    prediction: Prediction
    name: str
    queries: tuple[Whole, ...]
    keys: tuple[Whole, ...]
    layers: Whole
    heads: Whole
    data: bytes = field(repr=False)
    parts: Whole = PARTS

    def __post_init__(self) -> None:
        if self.parts not in (PARTS, FINE_PARTS):
            raise ValueError(
                f"attention {self.name!r} is kept to {self.parts} parts; {PARTS} or {FINE_PARTS} are known"
            )
        if min(self.layers, self.heads) < 1:
            raise ValueError(
                f"attention {self.name!r} has {self.layers} layers of {self.heads} heads; each of them is 1 or more"
            )
        positions = range(len(self.prediction.ids))
        if not all(position in positions for position in (*self.queries, *self.keys)):
            raise ValueError(f"attention {self.name!r} points outside of the {len(positions)} tokens")
        size = _kind(self.parts).itemsize
        expected = self.layers * self.heads * len(self.queries) * len(self.keys) * size
        if len(self.data) != expected:
            raise ValueError(f"attention {self.name!r} holds {len(self.data)} bytes instead of {expected}")

    @property
    def weights(self) -> Floats:
        """(layers, heads, queries, keys), each row over the keys summing to about 1."""
        return self.stored.astype(np.float32) / self.parts

    def weights_of(self, layer: int, head: int) -> Floats:
        """One head's weights: (queries, keys)."""
        weights: Floats = self.stored[layer, head].astype(np.float32) / self.parts
        return weights

    @property
    def stored(self) -> npt.NDArray[np.unsignedinteger]:
        """The weights as they are kept: whole numbers of parts, (layers, heads, queries, keys)."""
        shape = (self.layers, self.heads, len(self.queries), len(self.keys))
        return np.frombuffer(self.data, dtype=_kind(self.parts)).reshape(shape)

    @property
    def coarse(self) -> bytes:
        """The weights to one part in 255: a byte each."""
        return self.data if self.parts == PARTS else np.round(255 * self.weights).astype(np.uint8).tobytes()


def _kind(parts: int) -> np.dtype[np.unsignedinteger]:
    """How a whole number of so many parts at most is kept."""
    return np.dtype("u1") if parts == PARTS else np.dtype("<u2")


def keep_attention(prediction: Prediction, exact: AttentionMap, parts: int = PARTS) -> Attention:
    """Exact attention weights in the form that a report keeps."""
    layers, heads = exact.weights.shape[:2]
    data = np.round(exact.weights.astype(np.float64) * parts).astype(_kind(parts)).tobytes()
    return Attention(prediction, exact.name, exact.queries, exact.keys, layers, heads, data, parts)


@dataclass(frozen=True, slots=True)
class Measurement:
    """One figure about one or several attributions (positions in the report), for one target."""

    metric: str
    attributions: tuple[Whole, ...]
    target: Whole
    value: Number
    curve: tuple[Number, ...] = ()


@dataclass(frozen=True, slots=True)
class Provenance:
    """What is needed to judge a report and to make it again.

    `created` is when it was made, in ISO 8601; of reports that were joined, when the last of them was, and `dates` are
    when each prediction was.
    """

    created: str = ""
    seed: Whole = 0
    versions: Mapping[str, str] = field(default_factory=dict)
    weights: Mapping[str, str] = field(default_factory=dict)
    notices: tuple[Sentence, ...] = ()
    dates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """Predictions and what methods and metrics say of them.

    `notes` are what a reader wrote, one a prediction and empty where nothing was, or none at all.

    Raises:
        ValueError: there are notes, or dates, but not one a prediction.
    """

    predictions: tuple[Prediction, ...]
    attributions: tuple[Attribution, ...] = ()
    measurements: tuple[Measurement, ...] = ()
    attention: tuple[Attention, ...] = ()
    provenance: Provenance = field(default_factory=Provenance)
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if len(self.notes) not in (0, len(self.predictions)):
            raise ValueError(f"{len(self.notes)} notes for {len(self.predictions)} predictions; give one for each")
        dates = self.provenance.dates
        if len(dates) not in (0, len(self.predictions)):
            raise ValueError(f"{len(dates)} dates for {len(self.predictions)} predictions; give one for each")

    def note_of(self, prediction: int) -> str:
        """What a reader wrote about a prediction."""
        return self.notes[prediction] if self.notes else ""

    def created_of(self, prediction: int) -> str:
        """When a prediction was made."""
        return self.provenance.dates[prediction] if self.provenance.dates else self.provenance.created

    def attributions_of(self, prediction: int, target: int | None = None) -> tuple[Attribution, ...]:
        """The attributions of one prediction in the order they were made; if a target is given, those covering it."""
        found = (attribution for attribution in self.attributions if self.index_of(attribution) == prediction)
        return tuple(one for one in found if target is None or one.covers(target))

    def index_of(self, record: Attribution | Attention) -> int:
        """The position of the prediction that a record is about: the very one, else the first that is equal.

        Raises:
            ValueError: it is about none of the report's.
        """
        same = (place for place, known in enumerate(self.predictions) if known is record.prediction)
        place = next(same, None)
        return self.predictions.index(record.prediction) if place is None else place

    def _repr_html_(self) -> str | None:
        found = entry_points(group="sidelight.notebook", name="html")
        return next((str(entry.load()(self)) for entry in found), None)
