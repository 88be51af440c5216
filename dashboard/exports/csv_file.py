"""The report as a table: one line per attribution, target that it covers, and feature; one for an input without any.

Each line ends with what is to be known of its input: which methods are missing, what was not read. It stands in a
column and in no line of its own, so that numbers stay whole for whoever reads the table.

What a generator wrote has its place among the written tokens, from 1, and the foil that it is contrasted with.

UTF-8 with byte order mark and CRLF, as spreadsheets want it. No text cell is taken for a formula; to read one
back, take one leading `'` away.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from sidelight.dashboard.markup import csv_text
from sidelight.explain.joining import notices_about
from sidelight.explain.report import Report
from sidelight.models.model import Hiding
from sidelight.models.prediction import Target

Cell = str | int | float | None

COLUMNS = (
    "attribution",
    "prediction",
    "model",
    "task",
    "unit",
    "method",
    "hiding",
    "target_id",
    "target",
    "kind",
    "place",
    "foil",
    "score",
    "probability",
    "base",
    "feature",
    "segment",
    "start",
    "end",
    "text",
    "value",
    "error",
    "notices",
)


def write(report: Report) -> bytes:
    """The file's bytes; numbers in full precision, positions counted from 0, empty where there is no number."""
    return table(COLUMNS, _lines(report))


def table(columns: Sequence[str], lines: Iterable[Sequence[Cell]]) -> bytes:
    """A table's bytes, of cells in which no text is taken for a formula."""
    sheet = io.StringIO(newline="")
    writer = csv.writer(sheet, quoting=csv.QUOTE_ALL)
    writer.writerow(columns)
    writer.writerows([csv_text(cell) if isinstance(cell, str) else cell for cell in line] for line in lines)
    return sheet.getvalue().encode("utf-8-sig")


def _lines(report: Report) -> Iterator[tuple[Cell, ...]]:
    told = [" ".join(notices_about(report, place)) for place in range(len(report.predictions))]
    for number, attribution in enumerate(report.attributions):
        asked, place = attribution.prediction, report.index_of(attribution)
        how = (asked.model, asked.task, asked.unit, attribution.method, _hiding(attribution.hiding))
        places = {asked.targets[index].position: count for count, index in enumerate(asked.placed, 1)}
        for row, target in enumerate(asked.targets):
            if not attribution.covers(row):
                continue
            base = attribution.base[row] if attribution.base else None
            answer = (*_target(target, places), target.score, target.probability, base)
            for column, feature in enumerate(asked.features):
                part = (column, feature.segment, feature.start, feature.end, feature.text)
                error = attribution.error[row][column] if attribution.error else None
                value = attribution.values[row][column]
                yield number, place, *how, *answer, *part, value, error, told[place]
    for place, asked in enumerate(report.predictions):
        if not report.attributions_of(place):
            about = (None, place, asked.model, asked.task, asked.unit)
            yield *about, *(None,) * (len(COLUMNS) - len(about) - 1), told[place]


def _target(target: Target, places: dict[int | None, int]) -> tuple[Cell, ...]:
    place = places.get(target.position) if target.placed else None
    return target.id, target.name, target.kind, place, target.against.text if target.against else None


def _hiding(hiding: Hiding | None) -> str:
    if hiding is None:
        return ""
    return hiding.kind if hiding.token is None else f"{hiding.kind} {hiding.token}"
