"""Rows as JSON objects: one a line, written over several lines, in an array, or parted into columns."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, Literal

from sidelight.models.message import Message

from .request import TOLD_EVERY, Listener, Step, told_of
from .tables import Bad, DataError, Found, Record, Unit, place

LINE_END = re.compile(r"\r\n|\r|\n")
REPORT = re.compile(r'\s*\{\s*"schema"\s*:\s*"sidelight\.')
SPACE = re.compile(r"\s*")
BETWEEN = re.compile(r"[\s,]*")
WRAPPERS = ("data", "rows", "records", "examples", "items", "instances")  # around an array, as tools write it
KINDS = {
    str: Message("a text"),
    list: Message("a list"),
    dict: Message("an object"),
    bool: Message("true or false"),
    int: Message("a number"),
    float: Message("a number"),
}

Shape = Literal["lines", "several", "array", "one"]
Item = tuple[int, Any]  # a line or a number, and a value or why there is none
Decode = Callable[[str, int], tuple[Any, int]]


def kind_of(value: Any) -> str:
    """What a value of JSON is, for messages."""
    return KINDS.get(type(value), Message("null"))


def begins_with_object(text: str) -> bool:
    """Whether a text begins with an object of JSON, or an array of such."""
    start = SPACE.match(text, text.startswith("\ufeff")).end()  # type: ignore[union-attr]
    if text[start : start + 1] == "[":
        start = SPACE.match(text, start + 1).end()  # type: ignore[union-attr]
    if text[start : start + 1] != "{":
        return False
    try:
        return isinstance(json.JSONDecoder().raw_decode(text, start)[0], dict)
    except (ValueError, RecursionError):
        return False


def read_objects(text: str, name: str, listener: Listener) -> Found:
    """The rows of a file in JSON.

    Args:
        text: of the file.
        name: of the file.
        listener: is told of lines that are read.

    Raises:
        DataError: it is a report.
    """
    if REPORT.match(text):
        raise DataError(
            "{file} is a report of Sidelight, and no data; open it on the page that it was made on", file=name
        )
    twice: list[str] = []  # keys that an object has twice, in the order in which they are found
    decode = json.JSONDecoder(object_pairs_hook=lambda pairs: _object(pairs, twice)).raw_decode
    records: list[Record] = []
    bad: list[Bad] = []
    items, unit, shape = _items(text, decode, listener)
    first: tuple[str, str] | None = None
    for number, value in items:
        if isinstance(value, Bad):
            bad.append(value)
        elif not isinstance(value, dict):
            bad.append(Bad(number, Message("{what}, not an object; write one object a line", what=kind_of(value))))
        else:
            records.append(Record(number, value))
        if twice and not first:
            first = twice[0], place(name, number, unit)
    notices = _shaped(name, shape)
    if first:
        key, where = first
        notices.append(
            Message(
                "{file}: keys that stand twice in one object: {count:,} (the first: {name!r}, "
                "{place}); the last one counts",
                file=name,
                count=len(twice),
                name=key,
                place=where,
            )
        )
    columns = tuple(dict.fromkeys(key for record in records for key in record.values))
    return Found(columns, records, bad, tuple(notices), unit)


def _shaped(name: str, shape: Shape) -> list[str]:
    """What is said of how the rows are written."""
    if shape == "array":
        return [Message("{file}: its rows are those of a JSON array", file=name)]
    if shape == "one":
        return [Message("{file}: its rows are made of one JSON object, which holds all of them", file=name)]
    return [Message("{file}: its JSON objects are written over several lines", file=name)] if shape == "several" else []


def _object(pairs: list[tuple[str, Any]], twice: list[str]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice.append(Counter(key for key, _ in pairs).most_common(1)[0][0])
    return found


def _items(text: str, decode: Decode, listener: Listener) -> tuple[Iterator[Item], Unit, Shape]:
    """The values in a text, what their numbers count, and how they are written where it is not one a line."""
    start = SPACE.match(text).end()  # type: ignore[union-attr]
    whole = _whole(text, start)
    if text.startswith("[", start) and (whole is None or not text[whole[1] :].strip()):
        return _of_array(text, start, decode, listener), "row", "array"
    if whole is None or not isinstance(whole[0], dict):
        return _of_lines(text, decode, listener), "line", "lines"
    value, end = whole
    if not text[end:].strip() and (rows := _unfolded(value)) is not None:
        return enumerate(rows, 1), "row", "one"
    if LINE_END.search(text, start, end):
        return _of_several_lines(text, decode, listener), "line", "several"
    return _of_lines(text, decode, listener), "line", "lines"


def _whole(text: str, start: int) -> tuple[Any, int] | None:
    """The first value of a text and its end; None where it is broken."""
    try:
        return json.JSONDecoder().raw_decode(text, start)
    except (ValueError, RecursionError):
        return None


def _of_lines(text: str, decode: Decode, listener: Listener) -> Iterator[Item]:
    for number, line in enumerate(told_of(LINE_END.split(text), listener), 1):
        stripped = line.strip()
        if not stripped:
            continue
        value, end = _decoded(stripped, 0, decode, number)
        if stripped[end:].strip() not in ("", ",") and not isinstance(value, Bad):
            value = Bad(number, Message("not JSON; write one object a line"))
        yield number, value


def _decoded(text: str, start: int, decode: Decode, number: int) -> tuple[Any, int]:
    """A value and its end, or why there is none."""
    try:
        return decode(text, start)
    except RecursionError:
        return Bad(number, Message("JSON in too many levels, one in another; write fewer")), start
    except ValueError:
        return Bad(number, Message("not JSON; write one object a line")), start


def _of_several_lines(text: str, decode: Decode, listener: Listener) -> Iterator[Item]:
    line, at, lines = 1, 0, text.count("\n") + 1
    for start, value, end in _values(text, 0, decode, ""):
        line += text.count("\n", at, start)
        at = start
        if line % TOLD_EVERY == 0:
            listener(Step("read", line, lines))
        yield line, Bad(line, value.reason) if isinstance(value, Bad) else value
        at, line = end, line + text.count("\n", start, end)


def _of_array(text: str, start: int, decode: Decode, listener: Listener) -> Iterator[Item]:
    for number, (at, value, _end) in enumerate(_values(text, start + 1, decode, "]"), 1):
        if number % TOLD_EVERY == 1:
            listener(Step("read", at, len(text)))
        yield number, Bad(number, value.reason) if isinstance(value, Bad) else value


def _values(text: str, at: int, decode: Decode, closing: str) -> Iterator[tuple[int, Any, int]]:
    """The values in a text with their place, up to a closing sign. After a broken one it goes on with the next line
    that begins an object where that one began.
    """
    while True:
        start = BETWEEN.match(text, at).end()  # type: ignore[union-attr]
        if start == len(text):
            if closing:
                yield start, Bad(0, Message("the array is not closed; its end seems to be missing")), start
            return
        if closing and text.startswith(closing, start):
            return
        value, end = _decoded(text, start, decode, 0)
        if not isinstance(value, Bad):
            yield start, value, end
            at = end
            continue
        indent = text[text.rfind("\n", 0, start) + 1 : start]
        again = text.find(f"\n{indent}{{", start) if not indent.strip() else -1
        rest = again if again >= 0 else len(text)
        reason = (
            Message("not JSON; mend it")
            if again >= 0
            else Message("not JSON, and so all that follows is not read; mend it")
        )
        yield start, Bad(0, reason), rest
        if again < 0:
            return
        at = rest


def _unfolded(value: dict[str, Any]) -> list[Any] | None:
    """The rows in one object: an array in it, or columns, each a list or, as pandas writes them, an object by row."""
    for key in WRAPPERS:
        rows = value.get(key)
        if isinstance(rows, list) and rows and all(isinstance(row, dict) for row in rows):
            return rows
    columns = list(value.values())
    if columns and all(isinstance(one, dict) and one and one.keys() == columns[0].keys() for one in columns):
        return [{name: one[key] for name, one in value.items()} for key in columns[0]]
    lists = [one for one in columns if isinstance(one, list) and len(one) > 1]
    if len(lists) == len(columns) > 1 and len({len(one) for one in lists}) == 1 and not isinstance(lists[0][0], dict):
        return [dict(zip(value, row, strict=True)) for row in zip(*lists, strict=True)]
    return None
