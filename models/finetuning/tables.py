"""What a data file holds once it is read: rows with their place, and rows that can't be read with the reason."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

from sidelight.models.message import Message
from sidelight.models.prediction import ModelError

MOST_LISTED = 20  # rows that can't be read, each with its reason

Made = TypeVar("Made")


class DataError(ModelError):
    """The data can't be learned from; the message names the file and, where there is one, the line."""


class RowError(DataError):
    """A single row can't be used; the message says why, and not where it stands."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How data files are to be read.

    Args:
        encoding: of files without a byte order mark; None reads UTF-8 and asks where that is none.
        header: whether the first line of a table names its columns; None takes it so, and asks where it looks like a
            row. Where it is said, a .txt file is a table too.
        skip_bad: leaves rows out that can't be read; else the file is refused.
        paragraphs: the texts of a .txt file are parted by empty lines; else every line is one.
    """

    encoding: str | None = None
    header: bool | None = None
    skip_bad: bool = False
    paragraphs: bool = False


USUAL = Reading()


@dataclass(frozen=True, slots=True)
class Record:
    """A row of a file: the line that it begins in (or its number, see `Table.unit`), and its values by column."""

    line: int
    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Bad:
    """A row that can't be read: its line or number, and why."""

    line: int
    reason: str


Unit = Literal["line", "row"]


@dataclass(frozen=True, slots=True)
class Table:
    """A data file that has been read.

    Args:
        name: of the file, without its folder.
        columns: in the order of the file, those without a name last; of JSON those that any row has.
        records: its rows.
        sha256: of the file's bytes.
        notices: what is to be said of how it was read.
        bad: the rows that could not be read and are left out.
        reading: how it was asked to be read.
        unit: what `Record.line` counts: lines, or rows where many stand on one line.
        unsure: its first line was taken for the names of its columns, though none of them is usual and nobody said so.
    """

    name: str
    columns: tuple[str, ...]
    records: tuple[Record, ...]
    sha256: str
    notices: tuple[str, ...] = field(default=())
    bad: tuple[Bad, ...] = field(default=())
    reading: Reading = USUAL
    unit: Unit = "line"
    unsure: bool = False

    def place(self, record: Record) -> str:
        """Where a row stands, for messages."""
        return place(self.name, record.line, self.unit)

    @property
    def said(self) -> tuple[str, ...]:
        """The notices, and the first of the rows that are left out, with the reasons."""
        return (*self.notices, *_each(self.name, self.bad, self.unit))


@dataclass(frozen=True, slots=True)
class Found:
    """What was found in the text of a file; the fields are those of `Table`."""

    columns: tuple[str, ...]
    records: Sequence[Record]
    bad: Sequence[Bad] = ()
    notices: tuple[str, ...] = ()
    unit: Unit = "line"
    unsure: bool = False


def place(name: str, line: int, unit: Unit = "line") -> str:
    """Where a row stands, for messages."""
    return (
        Message("{file}, line {number}", file=name, number=line)
        if unit == "line"
        else Message("{file}, row {number}", file=name, number=line)
    )


def listed(lines: Sequence[int], unit: Unit = "line", most: int = 5) -> str:
    """Some line numbers: `line 4`, `lines 4, 7`, `lines 1, 2, 3, 4, 5 and 12 more`; or numbers of rows."""
    shown = ", ".join(map(str, lines[:most]))
    if len(lines) > most:
        count = f"{len(lines) - most:,}"
        return (
            Message("lines {numbers} and {count} more", numbers=shown, count=count)
            if unit == "line"
            else Message("rows {numbers} and {count} more", numbers=shown, count=count)
        )
    if len(lines) > 1:
        return Message("lines {numbers}", numbers=shown) if unit == "line" else Message("rows {numbers}", numbers=shown)
    return Message("line {number}", number=shown) if unit == "line" else Message("row {number}", number=shown)


def made_of(
    table: Table, records: Iterable[Record], make: Callable[[Record], Made], notify: Callable[[str], None]
) -> list[Made]:
    """What is made of the rows of a table; those of which nothing can be made are left out and listed, if asked.

    Raises:
        DataError: of a row nothing can be made, and such rows are not to be left out.
    """
    made: list[Made] = []
    bad: list[Bad] = []
    for record in records:
        try:
            made.append(make(record))
        except RowError as error:
            bad.append(Bad(record.line, str(error)))
    for notice in left_out(table.name, bad, len(made) + len(bad), table.unit, skip_bad=table.reading.skip_bad):
        notify(notice)
    for notice in _each(table.name, bad, table.unit):
        notify(notice)
    return made


def left_out(name: str, bad: Sequence[Bad], total: int, unit: Unit = "line", *, skip_bad: bool) -> tuple[str, ...]:
    """What is said of the bad ones among `total` rows, which are left out; nothing where there are none.

    Raises:
        DataError: there are some and they are not to be left out, or there are no others.
    """
    if not bad:
        return ()
    where, reason = place(name, bad[0].line, unit), bad[0].reason
    if len(bad) == total:
        raise DataError(
            "{place}: {notice} (none of {count:,} rows can be read; mend them)", place=where, notice=reason, count=total
        )
    if not skip_bad:
        raise DataError(
            "{place}: {notice} (rows that can't be read: {count:,} of {all:,}; mend them, or "
            "have them left out by --skip-bad)",
            place=where,
            notice=reason,
            count=len(bad),
            all=total,
        )
    lines = listed([one.line for one in bad], unit)
    return (
        Message(
            "{file}: {count:,} of {all:,} rows are left out, which can't be read ({lines})",
            file=name,
            count=len(bad),
            all=total,
            lines=lines,
        ),
    )


def _each(name: str, bad: Sequence[Bad], unit: Unit) -> list[str]:
    """The first of the rows that are left out, with the reasons."""
    return [
        Message("{place} is left out: {notice}", place=place(name, one.line, unit), notice=one.reason)
        for one in bad[:MOST_LISTED]
    ]
