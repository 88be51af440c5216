"""What a page shows of an uploaded data file: its columns, its first rows, and how often each value stands in them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from sidelight.models.finetuning.dataset import Table, parse_table

PREVIEWED = 5  # rows
MOST_VALUES = 1000  # of a column; one with more is no label


@dataclass(frozen=True, slots=True)
class Overview:
    """A data file without most of its rows, which may be a million.

    Args:
        table: the file with its first rows alone.
        rows: how many there are.
        counts: of each column how often each value occurs; of one with more than `MOST_VALUES` nothing.
    """

    table: Table
    rows: int
    counts: dict[str, Counter[str]]


def look_at(content: bytes, name: str, *, paragraphs: bool = False) -> Overview:
    """Reads a file for a page; `paragraphs` as of `parse_table`.

    Raises:
        DataError: as of `parse_table`.
    """
    table = parse_table(content, name, paragraphs=paragraphs)
    counted = ((column, _count(record.values.get(column, "") for record in table.records)) for column in table.columns)
    counts = {column: counts for column, counts in counted if counts}
    return Overview(replace(table, records=table.records[:PREVIEWED]), len(table.records), counts)


def _count(values: Iterable[Any]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for value in values:
        counts[str(value)] += 1
        if len(counts) > MOST_VALUES:
            return Counter()
    return counts
