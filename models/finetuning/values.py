"""The values of rows: what is none, what is a text, and what is a label."""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from sidelight.models.message import Message

from .objects import kind_of
from .request import Notify
from .tables import Record, RowError, Table

NUMBER = re.compile(r"[-+]?\d+(\.\d*)?")
MISSING = frozenset(("nan", "NaN", "<NA>"))  # as pandas writes what is not there
INVISIBLE = frozenset(("Cc", "Cf", "Zs", "Zl", "Zp"))  # categories of characters: control, format, white space


def is_empty(value: Any) -> bool:
    """Whether there is nothing to read: no value, what pandas writes for none, or nothing that is seen."""
    if isinstance(value, str):
        return not value.strip() or value.strip() in MISSING or _is_invisible(value)
    return value is None or (isinstance(value, float) and not math.isfinite(value))


def _is_invisible(text: str) -> bool:
    return all(unicodedata.category(sign) in INVISIBLE for sign in text)


def text_of(record: Record, name: str) -> str:
    """A value that is a text.

    Raises:
        RowError: it is none, or holds half a character.
    """
    value = record.values[name]
    if not isinstance(value, str):
        raise RowError("{name!r} is {what}; give a text", name=name, what=kind_of(value))
    return _whole_characters(value, name)


def value_of(record: Record, name: str) -> str:
    """A value as text.

    Raises:
        RowError: it is neither a text nor a whole number nor true or false, or holds half a character.
    """
    value = record.values[name]
    if not isinstance(value, str | int):
        raise RowError("{name!r} is {what}; give a text or a whole number", name=name, what=kind_of(value))
    return _whole_characters(str(value), name)


def label_of(record: Record, name: str) -> str:
    """A label as text, with the white space around it; a float stays one, see `whole_numbers`.

    Raises:
        RowError: it is no single label.
    """
    value = record.values[name]
    if isinstance(value, float) and not value.is_integer():
        raise RowError(
            "{name!r} is {value}, which is no whole number; if it is a class, write it as a "
            "text; values in between can't be learned",
            name=name,
            value=value,
        )
    if isinstance(value, list):
        raise RowError(
            "{name!r} is a list of {count:,}; give every row one label, a text or a whole number",
            name=name,
            count=len(value),
        )
    return str(value) if isinstance(value, float) else value_of(record, name)


def _whole_characters(text: str, name: str) -> str:
    if not text.isascii() and text.encode(errors="ignore").decode() != text:
        raise RowError("{name!r} holds half a character (a lone surrogate); remove it", name=name)
    return text


def whole_numbers(table: Table, labels: Sequence[str], notify: Notify) -> list[str]:
    """The labels of a table without white space around them; where all are whole numbers and some are written as
    floats, such as 1.0, these are the whole numbers, which is said.
    """
    found = [label.strip() for label in labels]
    counts = Counter(found)
    floats = [label for label in counts if "." in label]
    if not floats or not all(NUMBER.fullmatch(label) and float(label).is_integer() for label in counts):
        return found
    read = {label: str(int(float(label))) for label in floats}
    notify(
        Message(
            "{file}: {count:,} labels are floats of whole numbers: {first} is read as {number}",
            file=table.name,
            count=sum(counts[label] for label in floats),
            first=floats[0],
            number=read[floats[0]],
        )
    )
    return [read.get(label, label) for label in found]


def in_order(labels: Iterable[str]) -> list[str]:
    """Labels in the order of people: by their value if all are numbers, else by their letters and numbers in them."""
    found = list(labels)
    if all(NUMBER.fullmatch(label) for label in found):
        return sorted(found, key=lambda label: (float(label), label))
    return sorted(found, key=_parts)


def _parts(label: str) -> list[tuple[str, int]]:
    """A label in letters and the numbers after them, to be sorted by."""
    found = re.split(r"(\d+)", label)
    return [(letters, int(number)) for letters, number in zip(found[::2], [*found[1::2], "-1"], strict=True)]
