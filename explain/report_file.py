"""The file of a report: JSON, lossless but for attention weights, which are rounded (see `Attention`).

It names its version (`"schema": "sidelight.report/2"`; `/1` opens still), is checked against the types of `report` when
it is read, and nothing in it names a file or a model to open.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Callable, Mapping
from dataclasses import asdict, fields
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError
from sidelight.models.message import Message, RefusedError, plain
from sidelight.models.prediction import LOG_ODDS, LOG_RATIO, VALUE, Prediction

from .report import Attention, Attribution, Measurement, Provenance, Report

SCHEMA = "sidelight.report/2"
FIRST_SCHEMA = "sidelight.report/1"
FIRST_NOTICES = {"There is no attention map: {error}.": "error"}
OPENED_ON = {
    "sidelight.report": Message("it is a report of single texts; open it on the page Classify or Generate"),
    "sidelight.shift": Message("it is a comparison over a set of texts; open it on the page Compare"),
}
INSTEAD = {
    "sidelight.report": Message("choose the JSON file of a report"),
    "sidelight.shift": Message("choose the JSON file of a comparison over a set of texts"),
}

LARGEST_FILE = 100_000_000  # bytes, packed or unpacked

LONGEST_CAUSE = 280  # characters of what is said of a damaged file

T = TypeVar("T")


class ReportError(RefusedError):
    """A file is not a report, or is one that this version can't read."""


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
        "provenance": plain(asdict(report.provenance)),
        "notes": list(report.notes),
    }
    return json.dumps(document, ensure_ascii=False, allow_nan=False, indent=1)


def _prediction(prediction: Prediction) -> dict[str, Any]:
    record = asdict(prediction)
    for answer, target in zip(record["targets"], prediction.targets, strict=True):
        answer["probability"] = target.probability
    return {**record, **{name: plain(record[name]) for name in ("tokens", "targets", "notices")}}


def _indexed(record: Attribution | Attention, report: Report) -> dict[str, Any]:
    known = {entry.name: getattr(record, entry.name) for entry in fields(record)}
    if isinstance(record, Attribution) and record.hiding is not None:
        known["hiding"] = asdict(record.hiding)
    return {**known, "prediction": report.index_of(record)}


def load_report(source: str | Path | bytes) -> Report:
    """Opens a report again, from a path or from the bytes of its JSON file.

    Raises:
        ReportError: it is not a report, a damaged one, or made by a newer version.
        OSError: the file can't be read.
    """
    return opened(source, SCHEMA, _read, {FIRST_SCHEMA: _read_first})


def opened(
    source: str | Path | bytes,
    schema: str,
    read: Callable[[dict[str, Any]], T],
    older: Mapping[str, Callable[[dict[str, Any]], T]] = MappingProxyType({}),
) -> T:
    """A JSON file of this schema as `read` makes it, or of an older one as its reader does; raises as `load_report`."""
    data = source if isinstance(source, bytes) else Path(source).read_bytes()
    if len(data) > LARGEST_FILE:
        raise ReportError(
            "the file has {count:,} bytes; a report may have {most:,}", count=len(data), most=LARGEST_FILE
        )
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise ReportError("not a report: the file is not JSON ({cause})", cause=_first_line(error)) from error
    found = document.get("schema") if isinstance(document, dict) else None
    readers = {schema: read, **older}
    if found not in readers:
        what = (
            Message("it is JSON that names no schema")
            if found is None
            else Message("its schema is {schema!r}", schema=str(found)[:80])
        )
        raise ReportError("can't open this file: {what}; {reason}", what=what, reason=_why_other(str(found), schema))
    try:
        return readers[found](document)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        cause = f"{place or 'content'}: {first['msg']}"[:LONGEST_CAUSE]
        raise ReportError("a damaged report: {cause}", cause=cause) from error
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError, zlib.error) as error:
        raise ReportError("a damaged report: {cause}", cause=_first_line(error)) from error


def _why_other(found: str, wanted: str) -> str:
    kind, wanted_kind = (schema.partition("/")[0] for schema in (found, wanted))
    if kind == wanted_kind:
        return Message("it was made by a newer version of Sidelight")
    return OPENED_ON.get(kind, Message("expected {schema!r}: {what}", schema=wanted, what=INSTEAD[wanted_kind]))


def _read_first(document: dict[str, Any]) -> Report:
    """A report of the first version, whose targets told by their kind what they now tell themselves."""
    predictions = [
        {**one, "targets": [_target(target, len(one["segments"]) - 1) for target in one["targets"]]}
        for one in document["predictions"]
    ]
    made = document["provenance"]
    provenance = {**made, "notices": [_notice(one) for one in made.get("notices", ())]}
    return _read({**document, "predictions": predictions, "provenance": provenance})


def _notice(text: object) -> object:
    """A notice of the first version, a plain sentence, with what it was made of where that matters."""
    if not isinstance(text, str):
        return text
    for template, name in FIRST_NOTICES.items():
        before, _, after = template.partition(f"{{{name}}}")
        if text.startswith(before) and text.endswith(after):
            return plain(Message(template, **{name: text[len(before) : len(text) - len(after)]}))
    head, _, rest = text.partition(": ")
    number = head.removeprefix("Input ")
    if head != number and number.isdecimal():
        return plain(Message("Input {number}: {notice}", number=number, notice=rest))
    return text


def _target(first: dict[str, Any], segment: int) -> dict[str, Any]:
    """A target of the first version as one of this; `segment` is the one that was written."""
    names = ("id", "name", "kind", "score", "against", "entropy", "alternatives", "chance")
    kept = {name: first[name] for name in names if name in first}
    written, kind, position = first["kind"] in ("token", "span"), first["kind"], first.get("position")
    unit = VALUE if kind == "regression" else LOG_RATIO if first.get("against") else LOG_ODDS
    if not written:
        return {**kept, "unit": unit, "read_at": position, "exclusive": kind == "label"}
    place = {"segment": segment, "start": first.get("start") or 0, "end": first.get("end") or 0}
    read_at = None if position is None else position - 1
    sums = 2 if kind == "span" else 1
    return {
        **kept,
        "unit": unit,
        "position": position,
        "read_at": read_at,
        "until": position,
        "place": place,
        "sums": sums,
    }


def _read(document: dict[str, Any]) -> Report:
    predictions = checked(tuple[Prediction, ...], document["predictions"])
    if not predictions or not all(prediction.targets for prediction in predictions):
        raise ReportError("it holds no prediction, or one without an answer")
    attention, room = [], LARGEST_FILE
    for entry in document["attention"]:
        attention.append({**entry, "data": _unpack(entry["data"], room)})
        room -= len(attention[-1]["data"])
    return Report(
        predictions,
        tuple(checked(Attribution, _resolved(entry, predictions)) for entry in document["attributions"]),
        checked(tuple[Measurement, ...], document["measurements"]),
        tuple(checked(Attention, _resolved(entry, predictions)) for entry in attention),
        checked(Provenance, document["provenance"]),
        checked(tuple[str, ...], document.get("notes", ())),
    )


def checked(kind: type[T], content: object) -> T:
    """The plain values as a type of ours; raises pydantic's ValidationError where they are others."""
    return TypeAdapter(kind).validate_python(content)


def _resolved(entry: dict[str, Any], predictions: tuple[Prediction, ...]) -> dict[str, Any]:
    index = entry["prediction"]
    if not isinstance(index, int) or not 0 <= index < len(predictions):
        raise ReportError(
            "prediction {number!r} is not among the {count} of the report", number=index, count=len(predictions)
        )
    return {**entry, "prediction": predictions[index]}


def _unpack(text: str, room: int) -> bytes:
    """Attention weights of at most so many bytes, however many they would unpack to."""
    unpacker = zlib.decompressobj()
    data = unpacker.decompress(base64.b64decode(text, validate=True), room + 1)  # 0 would mean without a limit
    if len(data) > room:
        raise ReportError("attention weights unpack to more than {most:,} bytes", most=LARGEST_FILE)
    return data


def _first_line(error: BaseException) -> str:
    words = str(error)
    return words if isinstance(words, Message) else (words.splitlines() or [type(error).__name__])[0][:LONGEST_CAUSE]
