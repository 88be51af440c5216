"""The rows of a fine-tuning: out of the files of a request, checked, and parted into learned and held-out ones."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from sidelight.models.card import DataFile
from sidelight.models.message import Message
from sidelight.models.tasks import find_task

from .dataset import DataError, Table, read_table
from .labelled import FEWEST, Labelled, check_labels, groups_of, labelled, leave_out_known, tell_contradictions
from .request import Listener, Notify, Request
from .split import hold_out_share

if TYPE_CHECKING:
    from .passages import Writing

TOLERANCE = 0.1  # of the share to hold out, up to which it is not said that another was reached

AnyRow = TypeVar("AnyRow", Labelled, "Writing")


@dataclass(frozen=True, slots=True)
class Data:
    """The tables to learn from and those to check with, if there are any."""

    train: tuple[Table, ...]
    held_out: tuple[Table, ...]

    @property
    def files(self) -> tuple[DataFile, ...]:
        """Where the rows come from."""
        return tuple(DataFile(table.name, len(table.records), table.sha256) for table in (*self.train, *self.held_out))


def read_data(request: Request, listener: Listener, notify: Notify) -> Data:
    """Reads the files of a request.

    Raises:
        DataError: one can't be read.
    """
    train, held_out = (
        tuple(read_table(Path(name), listener, request.reading) for name in names)
        for names in (request.data, request.held_out)
    )
    if request.columns.group and held_out:
        raise DataError(
            "a group column is for holding out a share of the data; leave out the column or the file to check with"
        )
    for table in (*train, *held_out):
        for notice in table.said:
            notify(notice)
    return Data(train, held_out)


def split_labelled(
    request: Request, data: Data, listener: Listener, notify: Notify
) -> tuple[list[Labelled], list[Labelled]]:
    """The rows that a classifier learns and those that are held out, checked.

    Raises:
        DataError: a classifier can't be made or checked with them.
    """
    rows, held = (
        labelled(
            tables,
            request.columns,
            listener,
            notify,
            skip_empty=request.skip_empty,
            fields=find_task(request.task).fields,
        )
        for tables in (data.train, data.held_out)
    )
    tell_contradictions([*rows, *held], notify)
    if not data.held_out:
        check_labels(rows, rows)
        rows, held = _split(rows, [row.label for row in rows], request, notify)
    held = leave_out_known(held, (row.whole for row in rows), lambda row: row.whole, notify)
    check_labels(rows, held)
    return rows, held


def split_writings(
    request: Request, data: Data, listener: Listener, notify: Notify
) -> tuple[list[Writing], list[Writing]]:
    """The writings that a generator learns and those that are held out.

    Raises:
        DataError: there are too few.
    """
    from .passages import tell_openings, writings

    rows, held = (
        writings(tables, request.columns, listener, notify, skip_empty=request.skip_empty)
        for tables in (data.train, data.held_out)
    )
    if not request.settings.learn_prompt:
        tell_openings([*rows, *held], notify)
    if not data.held_out:
        rows, held = _split(rows, [""] * len(rows), request, notify)
    if len(rows) < FEWEST or not held:
        raise DataError(
            "there are {count} rows to learn from and {held} to check with; give at least {fewest} and 1",
            count=len(rows),
            held=len(held),
            fewest=FEWEST,
        )
    return rows, leave_out_known(held, (row.whole for row in rows), lambda row: row.whole, notify)


def _split(
    rows: list[AnyRow], labels: list[str], request: Request, notify: Notify
) -> tuple[list[AnyRow], list[AnyRow]]:
    """The rows to learn and those to hold out: by their group column where it is named, else by their texts.

    Raises:
        DataError: all rows are of one group, or are one text.
    """
    column = request.columns.group
    groups = groups_of((row.whole for row in rows), notify) if column is None else [row.group for row in rows]
    if len(rows) >= FEWEST and len(set(groups)) == 1:
        alike = (
            Message("have the same text") if column is None else Message("are of one group in {group!r}", group=column)
        )
        raise DataError(
            "all {count:,} rows {holding}, of which none can be held out; give others to check with",
            count=len(rows),
            holding=alike,
        )
    kept, drawn = hold_out_share(labels, groups, request.share, request.settings.seed)
    if abs(len(drawn) - request.share * len(rows)) >= max(1, TOLERANCE * request.share * len(rows)):
        notify(
            Message(
                "{count:,} of {all:,} rows are held out, a share of {reached:.3g} and not {asked:g}, "
                "since rows of a group or of one text stand on one side of the split",
                count=len(drawn),
                all=len(rows),
                reached=len(drawn) / len(rows),
                asked=request.share,
            )
        )
    return [rows[index] for index in kept], [rows[index] for index in drawn]
