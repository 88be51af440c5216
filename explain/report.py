"""What was explained, as plain frozen data, and the file format it is kept in.

An `Attribution` holds what one method says of one prediction; a `Report` holds everything about one or several
inputs and opens again. Values are raw: scaling and colour belong to the views.

The file is JSON (`"schema": "sidelight.report/1"`), lossless but for attention weights, which are kept to one
part in 255. It is checked against these types when it is read; nothing in it names a file or a model to open.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from importlib.metadata import entry_points
from math import isfinite
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
from pydantic import TypeAdapter, ValidationError
from sidelight.models.prediction import AttentionMap, Floats, Hiding, Number, Prediction, Whole

SCHEMA = "sidelight.report/1"
LARGEST_FILE = 100_000_000  # bytes, packed or unpacked

Setting = bool | Whole | Number | str
Rows = tuple[tuple[Number, ...], ...]
T = TypeVar("T")


class ReportError(ValueError):
    """A file is not a report, or is one that this version can't read."""


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
    """The attention weights of one prediction, to one part in 255.

    `queries` and `keys` are positions in the prediction's ids; `data` is unsigned bytes of shape
    (layers, heads, queries, keys).
    """

    prediction: Prediction
    name: str
    queries: tuple[Whole, ...]
    keys: tuple[Whole, ...]
    layers: Whole
    heads: Whole
    data: bytes = field(repr=False)

    def __post_init__(self) -> None:
        positions = range(len(self.prediction.ids))
        if not all(position in positions for position in (*self.queries, *self.keys)):
            raise ValueError(f"attention {self.name!r} points outside of the {len(positions)} tokens")
        expected = self.layers * self.heads * len(self.queries) * len(self.keys)
        if len(self.data) != expected:
            raise ValueError(f"attention {self.name!r} holds {len(self.data)} weights instead of {expected}")

    @property
    def weights(self) -> Floats:
        """(layers, heads, queries, keys), each row over the keys summing to about 1."""
        return self._bytes().astype(np.float32) / 255

    def weights_of(self, layer: int, head: int) -> Floats:
        """One head's weights: (queries, keys)."""
        weights: Floats = self._bytes()[layer, head].astype(np.float32) / 255
        return weights

    def _bytes(self) -> npt.NDArray[np.uint8]:
        shape = (self.layers, self.heads, len(self.queries), len(self.keys))
        return np.frombuffer(self.data, dtype=np.uint8).reshape(shape)


def keep_attention(prediction: Prediction, exact: AttentionMap) -> Attention:
    """Exact attention weights in the form that a report keeps."""
    layers, heads = exact.weights.shape[:2]
    data = np.round(exact.weights * 255).astype(np.uint8).tobytes()
    return Attention(prediction, exact.name, exact.queries, exact.keys, layers, heads, data)


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
    """What is needed to judge a report and to make it again."""

    created: str = ""
    seed: Whole = 0
    versions: Mapping[str, str] = field(default_factory=dict)
    weights: Mapping[str, str] = field(default_factory=dict)
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """Predictions and what methods and metrics say of them.

    `notes` are what a reader wrote, one a prediction and empty where nothing was, or none at all.

    Raises:
        ValueError: there are notes, but not one a prediction.
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

    def note_of(self, prediction: int) -> str:
        """What a reader wrote about a prediction."""
        return self.notes[prediction] if self.notes else ""

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


def to_json(report: Report) -> str:
    """The report as its file's text."""
    document = {
        "schema": SCHEMA,
        "predictions": [_prediction(prediction) for prediction in report.predictions],
        "attributions": [_indexed(attribution, report) for attribution in report.attributions],
        "measurements": [asdict(measurement) for measurement in report.measurements],
        "attention": [
            {**_indexed(map_, report), "data": base64.b64encode(zlib.compress(map_.data)).decode("ascii")}
            for map_ in report.attention
        ],
        "provenance": asdict(report.provenance),
        "notes": list(report.notes),
    }
    return json.dumps(document, ensure_ascii=False, allow_nan=False, indent=1)


def _prediction(prediction: Prediction) -> dict[str, Any]:
    plain = asdict(prediction)
    for record, target in zip(plain["targets"], prediction.targets, strict=True):
        record["probability"] = target.probability
    return plain


def _indexed(record: Attribution | Attention, report: Report) -> dict[str, Any]:
    plain = {entry.name: getattr(record, entry.name) for entry in fields(record)}
    if isinstance(record, Attribution) and record.hiding is not None:
        plain["hiding"] = asdict(record.hiding)
    return {**plain, "prediction": report.index_of(record)}


def load_report(source: str | Path | bytes) -> Report:
    """Opens a report again, from a path or from the bytes of its JSON file.

    Raises:
        ReportError: it is not a report, a damaged one, or made by a newer version.
        OSError: the file can't be read.
    """
    data = source if isinstance(source, bytes) else Path(source).read_bytes()
    if len(data) > LARGEST_FILE:
        raise ReportError(f"the file has {len(data):,} bytes; a report may have {LARGEST_FILE:,}")
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise ReportError(f"not a report: the file is not JSON ({_first_line(error)})") from error
    schema = document.get("schema") if isinstance(document, dict) else None
    if schema != SCHEMA:
        newer = isinstance(schema, str) and schema.startswith("sidelight.report/")
        reason = "it was made by a newer version of Sidelight" if newer else f"expected {SCHEMA!r}"
        raise ReportError(f"can't open this file: its schema is {str(schema)[:80]!r}; {reason}")
    try:
        return _read(document)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise ReportError(f"a damaged report: {place or 'content'}: {first['msg']}"[:300]) from error
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, zlib.error) as error:
        raise ReportError(f"a damaged report: {_first_line(error)}"[:300]) from error


def _read(document: dict[str, Any]) -> Report:
    predictions = _checked(tuple[Prediction, ...], document["predictions"])
    if not predictions or not all(prediction.targets for prediction in predictions):
        raise ReportError("it holds no prediction, or one without an answer")
    attention = [{**entry, "data": _unpack(entry["data"])} for entry in document["attention"]]
    if sum(len(entry["data"]) for entry in attention) > LARGEST_FILE:
        raise ReportError(f"attention weights unpack to more than {LARGEST_FILE:,} bytes")
    return Report(
        predictions,
        tuple(_checked(Attribution, _resolved(entry, predictions)) for entry in document["attributions"]),
        _checked(tuple[Measurement, ...], document["measurements"]),
        tuple(_checked(Attention, _resolved(entry, predictions)) for entry in attention),
        _checked(Provenance, document["provenance"]),
        _checked(tuple[str, ...], document.get("notes", ())),
    )


def _checked(kind: type[T], plain: object) -> T:
    return TypeAdapter(kind).validate_python(plain)


def _resolved(entry: dict[str, Any], predictions: tuple[Prediction, ...]) -> dict[str, Any]:
    index = entry["prediction"]
    if not isinstance(index, int) or not 0 <= index < len(predictions):
        raise ReportError(f"prediction {index!r} is not among the {len(predictions)} of the report")
    return {**entry, "prediction": predictions[index]}


def _unpack(text: str) -> bytes:
    unpacker = zlib.decompressobj()
    data = unpacker.decompress(base64.b64decode(text, validate=True), LARGEST_FILE)
    if unpacker.unconsumed_tail:
        raise ReportError(f"attention weights unpack to more than {LARGEST_FILE:,} bytes")
    return data


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
