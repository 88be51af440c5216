"""What a page shows of an uploaded data file: its columns, its first rows, and how often each value stands in them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sidelight.models.finetuning.dataset import Reading, Record, Table, parse_table

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


def look_at(content: bytes, name: str, reading: Reading) -> Overview:
    """Reads a file for a page.

    Raises:
        DataError: as of `parse_table`.
    """
    table = parse_table(content, name, reading=reading)
    return Overview(replace(table, records=table.records[:PREVIEWED]), len(table.records), _counts(table.records))


def _counts(records: Sequence[Record]) -> dict[str, Counter[str]]:
    """How often each value stands in each column of which no more than `MOST_VALUES` are known; what a row lacks is
    an empty value. The time is that of the values that there are: a file in JSON may have a column for every row.
    """
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    there: Counter[str] = Counter()
    for record in records:
        for column, value in record.values.items():
            there[column] += 1
            if len(counts[column]) <= MOST_VALUES:
                counts[column][str(value)] += 1
    known = {column: found for column, found in counts.items() if len(found) <= MOST_VALUES}
    for column, found in known.items():
        if lacking := len(records) - there[column]:
            found[""] += lacking
    return known
