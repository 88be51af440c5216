"""Attributions side by side: over the same text whatever its unit, or over texts that have words in common.

`align` makes the rows. Columns on the same text are coarsened to what all their features have in common: a row is a
connected component of the features' characters, and a finer unit's values are summed within it. Texts are then
aligned with the first column's by their rows' words, as the `diff` of two files is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import combinations

from sidelight.models.message import RefusedError
from sidelight.models.prediction import Prediction, Target

from .agreement import Agreement, agreement
from .report import Attribution, Report


@dataclass(frozen=True, slots=True)
class Column:
    """One of the things compared: what an attribution says of one target.

    Args:
        title: what tells it from the others.
        report: holds the attribution, and what was measured of it.
        place: the attribution's place in the report.
        target: its place in the prediction.

    Raises:
        ValueError: the method was not asked about this target.
    """

    title: str
    report: Report
    place: int
    target: int

    def __post_init__(self) -> None:
        if not self.attribution.covers(self.target):
            raise RefusedError(
                "{method} was not asked about target {target}; explain it first",
                method=self.attribution.method,
                target=self.target,
            )

    @property
    def attribution(self) -> Attribution:
        """The attribution itself."""
        return self.report.attributions[self.place]

    @property
    def prediction(self) -> Prediction:
        """What was explained."""
        return self.attribution.prediction

    @property
    def asked(self) -> Target:
        """What it was explained for."""
        return self.prediction.targets[self.target]

    @property
    def values(self) -> tuple[float, ...]:
        """One number a feature."""
        return self.attribution.values[self.target]

    @property
    def signed(self) -> bool:
        """Whether values have a direction."""
        return self.attribution.signed


@dataclass(frozen=True, slots=True)
class Cell:
    """What a column has in a row: a stretch of text, its features' places, and the sum of their values."""

    text: str
    features: tuple[int, ...]
    value: float


Row = tuple[Cell | None, ...]
Piece = tuple[int, int, int, int, int]  # a feature: segment, start, end, its column, its place
Place = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Columns over common rows; a row has a cell for each column, None where a column's text lacks it."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]

    def values(self, column: int) -> list[float | None]:
        """A column's value in each row, None where it has none."""
        return [cell.value if (cell := row[column]) else None for row in self.rows]

    def common(self, *columns: int) -> list[int]:
        """The rows that all of these columns have."""
        return [place for place, row in enumerate(self.rows) if all(row[column] for column in columns)]

    def agreement(self, first: int, second: int) -> Agreement:
        """How far two columns agree on the rows that both have; the places in it are those of rows."""
        common = self.common(first, second)
        cells = [[self.rows[row][one] for row in common] for one in (first, second)]
        values = [[cell.value for cell in column if cell] for column in cells]
        found = agreement(*values, signed=self.columns[first].signed and self.columns[second].signed)
        opposed, displaced = (frozenset(common[at] for at in places) for places in (found.opposed, found.displaced))
        return replace(found, opposed=opposed, displaced=displaced)

    @property
    def on_one_scale(self) -> bool:
        """Whether all columns' values are of one kind, so that their sizes can be compared."""
        return all(same_kind(*pair) for pair in combinations(self.columns, 2))

    def scaled(self, column: int) -> list[float | None]:
        """A column's values as they can be compared with the others': as they are where all are on one scale, else
        as shares of the column's largest, without sign where one of the columns has none.
        """
        values = self.values(column)
        if self.on_one_scale:
            return values
        greatest = max((abs(value) for value in values if value is not None), default=0.0) or 1.0
        signed = all(one.signed for one in self.columns)
        return [None if value is None else (value if signed else abs(value)) / greatest for value in values]

    def differences(self) -> list[float | None]:
        """For each row the second column minus the first of two, of more the largest minus the smallest, of `scaled`
        values; None in rows that fewer than two columns have.
        """
        rows = zip(*(self.scaled(column) for column in range(len(self.columns))), strict=True)
        present = ([value for value in row if value is not None] for row in rows)
        if len(self.columns) == 2:
            return [row[1] - row[0] if len(row) == 2 else None for row in present]
        return [max(row) - min(row) if len(row) > 1 else None for row in present]


def compare(columns: Sequence[Column]) -> Comparison:
    """The columns over the rows that `align` makes.

    Raises:
        ValueError: there is no column.
    """
    if not columns:
        raise RefusedError("there is nothing to compare; give at least one column")
    return Comparison(tuple(columns), align(columns))


def same_kind(first: Column, second: Column) -> bool:
    """Whether the sizes of values can be compared: those of one method, or both changes of one kind of score."""
    one, other = first.attribution, second.attribution
    if not (one.signed and other.signed and first.asked.unit == second.asked.unit):
        return False
    changes = [record.hiding is not None or record.base is not None for record in (one, other)]
    return one.method == other.method or all(changes)


def align(columns: Sequence[Column]) -> tuple[Row, ...]:
    """The rows over which the columns can be compared, in reading order.

    Every feature of a column is in exactly one row. Words that the first text and another have in common share a
    row; others have rows of their own, those of the first text before those of the second at the same place.
    """
    texts = dict.fromkeys(column.prediction.segments for column in columns)
    tables = [_table(columns, text) for text in texts]
    merged: dict[Place, dict[int, Cell]] = {}
    for number, table in enumerate(tables):
        for place, row in zip(_places(tables[0], table, number), table, strict=True):
            merged.setdefault(place, {}).update(row)
    return tuple(tuple(merged[place].get(column) for column in range(len(columns))) for place in sorted(merged))


def _places(first: Sequence[dict[int, Cell]], table: Sequence[dict[int, Cell]], number: int) -> list[Place]:
    """Where a table's rows belong: on a row of the first table, or before the next that both have."""
    theirs, ours = ([next(iter(row.values())).text for row in rows] for rows in (first, table))
    places: list[Place] = []
    for start, own, size in SequenceMatcher(None, theirs, ours, autojunk=False).get_matching_blocks():
        places += [(start, 0, number, at) for at in range(len(places), own)]
        places += [(start + step, 1, 0, 0) for step in range(size)]
    return places


def _table(columns: Sequence[Column], segments: tuple[str, ...]) -> list[dict[int, Cell]]:
    """The rows of those columns that are on one text, each as its cells by their columns."""
    pieces = [
        (feature.segment, feature.start, feature.end, number, place)
        for number, column in enumerate(columns)
        if column.prediction.segments == segments
        for place, feature in enumerate(column.prediction.features)
    ]
    return [_row(columns, segments, component) for component in _components(pieces)]


def _components(pieces: Sequence[Piece]) -> list[list[Piece]]:
    """The pieces in reading order, those together that overlap, directly or through others."""
    found: list[list[Piece]] = []
    until = (-1, 0)
    for piece in sorted(pieces):
        segment, start, end, *_ = piece
        if (segment, start) < until:
            found[-1].append(piece)
            until = max(until, (segment, end))
        else:
            found.append([piece])
            until = (segment, end)
    return found


def _row(columns: Sequence[Column], segments: tuple[str, ...], component: Sequence[Piece]) -> dict[int, Cell]:
    segment, start = component[0][:2]
    text = segments[segment][start : max(end for _, _, end, *_ in component)]
    held: dict[int, list[int]] = {}
    for *_, number, place in component:
        held.setdefault(number, []).append(place)
    return {
        number: Cell(text, tuple(places), sum(columns[number].values[place] for place in places))
        for number, places in held.items()
    }
