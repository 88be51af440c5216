"""Compared columns, and compared writings, as tables for spreadsheets; see `csv_file` for how cells are written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import exp

from sidelight.explain.comparison import Comparison
from sidelight.explain.written_shift import TokenShift

from .csv_file import Cell, table

COLUMNS = ("column", "model", "weights", "method", "unit", "target", "score", "probability", "row", "text", "value")


def to_csv(comparison: Comparison) -> bytes:
    """A line for every column and row that it has; rows are the same for all columns."""
    return table(COLUMNS, _lines(comparison))


def _lines(comparison: Comparison) -> Iterator[tuple[Cell, ...]]:
    for place, column in enumerate(comparison.columns):
        model, asked = column.prediction.model, column.asked
        made = column.report.provenance.weights.get(model, "")
        about = (column.title, model, made, column.attribution.method, column.prediction.unit)
        for number, row in enumerate(comparison.rows):
            if cell := row[place]:
                yield *about, asked.name, asked.score, asked.probability, number, cell.text, cell.value


def tokens_to_csv(tokens: Sequence[TokenShift]) -> bytes:
    """A line for every written token: its probabilities, and the change of its log-probability in nats."""
    lines: Iterable[tuple[Cell, ...]] = (
        (place, one.text, exp(one.before), exp(one.after), one.change) for place, one in enumerate(tokens, 1)
    )
    return table(("place", "token", "before", "after", "change"), lines)
