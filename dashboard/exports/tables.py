"""The tables of a report on paper: methods side by side, the values for other answers, and how methods were run."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence

from sidelight.dashboard.markup import shortened, shown
from sidelight.dashboard.palette import LIGHT
from sidelight.dashboard.views import table
from sidelight.dashboard.views.naming import LONGEST_LABEL, method_titles
from sidelight.dashboard.wording import listed, say, unit_noun
from sidelight.explain.report import Attribution
from sidelight.models.message import Message
from sidelight.models.prediction import Prediction

from . import html
from .pieces import Cell, Run, Table

MOST_COLUMNS = 5  # methods beside each other
TONES = {"good": LIGHT.good, "warning": LIGHT.warning, "muted": LIGHT.muted}
COLOURS = {"toward": LIGHT.toward, "against": LIGHT.against, "muted": LIGHT.muted}
RUNS = {
    "settings": Message("Settings"),
    "hiding": Message("Hiding"),
    "precision": Message("Precision"),
    "calls": Message("Passes"),
    "seconds": Message("Seconds"),
    "figures": Message("Figures"),
}


def methods(prediction: Prediction, found: Sequence[Attribution], target: int) -> Iterator[Table]:
    """The methods side by side: what is known of each, and a row a feature."""
    disputed = table.disputed(table.comparable(tuple(found)), target)
    columns = [table.column(title, one, target) for title, one in zip(method_titles(found), found, strict=True)]
    for few in _beside(len(columns)):
        yield _methods(prediction, [columns[place] for place in few], disputed)


def _beside(count: int) -> list[range]:
    """The places of so many columns, in tables that a page can hold."""
    return [range(start, min(start + MOST_COLUMNS, count)) for start in range(0, count, MOST_COLUMNS)]


def _widths(count: int) -> tuple[float, ...]:
    """Of a name and so many numbers."""
    share = min(0.2, 0.8 / count)
    return (1 - share * count, *[share] * count)


def _methods(prediction: Prediction, columns: Sequence[table.Column], disputed: Container[int]) -> Table:
    head = [Cell((Run(unit_noun(prediction.unit), LIGHT.muted),))]
    for column in columns:
        told = (Run(f"\n{one.text}", TONES[one.tone]) for one in column.remarks)
        head.append(Cell((Run(column.title, bold=True), *told)))
    rows = []
    for place, feature in enumerate(prediction.features):
        mark = (Run(" ±", LIGHT.warning),) if place in disputed else ()
        name = Cell((Run(shortened(shown(feature.text), LONGEST_LABEL)), *mark))
        rows.append((name, *(_value(column, place) for column in columns)))
    return Table(_widths(len(columns)), (tuple(head), *rows))


def _value(column: table.Column, place: int) -> Cell:
    bar = column.bars[place]
    error = (bar.error_left / 100, bar.error_width / 100) if bar.error_width else None
    return Cell((Run(bar.text),), (bar.left / 100, bar.width / 100, COLOURS[bar.side]), column.zero / 100, error)


def notes(found: Sequence[Attribution], target: int) -> Iterator[str]:
    """What is to be known of the table of methods."""
    yield say("Bars are scaled within a method.")
    if any(one.error for one in found):
        yield say("The thin line is the standard error, to either side.")
    compared = table.comparable(tuple(found))
    if table.disputed(compared, target):
        titles = zip(method_titles(found), found, strict=True)
        named = listed([title for title, one in titles if any(one is other for other in compared)])
        yield say(
            "± marks a {unit} on whose sign {methods} disagree, by more than 5 % of their largest value each.",
            unit=unit_noun(found[0].prediction.unit),
            methods=named,
        )


def values(name: str, score: str, titles: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[Table]:
    """The values of every method for one answer as texts.

    Args:
        name: of the answer.
        score: its score.
        titles: of the methods.
        rows: a feature's name each, and its value in each method.
    """
    head = Cell((Run(name, bold=True), Run(f"\n{score}", LIGHT.muted)))
    for few in _beside(len(titles)):
        cells = [(shortened(row[0], LONGEST_LABEL), *(row[place + 1] for place in few)) for row in rows]
        found = grid(_widths(len(few)), ("", *(titles[place] for place in few)), cells)
        yield Table(found.widths, ((head, *found.rows[0][1:]), *found.rows[1:]))


def runs(found: Sequence[Attribution], target: int) -> Table:
    """How each method was run."""
    told = [html.run(title, one, target) for title, one in zip(method_titles(found), found, strict=True)]
    rows = [(str(run["title"]), *(str(run[key]) for key in RUNS)) for run in told]
    return grid((0.16, 0.25, 0.19, 0.1, 0.08, 0.09, 0.13), ("", *map(say, RUNS.values())), rows)


def grid(widths: tuple[float, ...], head: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    """A table of texts."""
    first = tuple(Cell((Run(text, LIGHT.muted),)) for text in head)
    return Table(widths, (first, *(tuple(Cell((Run(text),)) for text in row) for row in rows)))
