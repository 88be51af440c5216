"""Labelled texts for classifiers: out of tables, checked, parted into what is learned and what is held out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from sidelight.models.message import Message
from sidelight.models.tasks import TEXT, Field

from .columns import LABEL_NAMES, find_column
from .dataset import PLAIN, DataError, Record, Table, has_tabs, listed
from .request import Columns, Listener, Notify, told_of
from .tables import made_of
from .values import in_order, is_empty, label_of, text_of, value_of, whole_numbers

FEWEST = 10  # rows to learn from
MANY_LABELS = 20

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Labelled:
    """A text with its label, its group (None where there are no groups), its place, and the texts read with it."""

    text: str
    label: str
    group: str | None
    place: str
    further: tuple[str, ...] = ()

    @property
    def whole(self) -> str:
        """All its texts, to tell rows apart by."""
        return "\n".join((self.text, *self.further))


@dataclass(frozen=True, slots=True)
class Names:
    """The columns of labelled texts: of each field of the task, of the label, and of the group, if there is one."""

    texts: tuple[str, ...]
    label: str
    group: str | None


def labelled(
    tables: Sequence[Table],
    columns: Columns,
    listener: Listener,
    notify: Notify,
    *,
    skip_empty: bool,
    fields: Sequence[Field] = (TEXT,),
) -> list[Labelled]:
    """The labelled texts of tables, for a task of these fields.

    Raises:
        DataError: a column is missing or can't be told, a row lacks a text or a label (unless these are skipped), or
            a value is no text or no label.
    """
    return [row for table in tables for row in _rows(table, columns, listener, notify, fields, skip_empty=skip_empty)]


def _rows(
    table: Table, columns: Columns, listener: Listener, notify: Notify, fields: Sequence[Field], *, skip_empty: bool
) -> list[Labelled]:
    names = labelled_columns(table, columns, notify, fields)
    wanted = [*names.texts, names.label, *([names.group] if names.group else [])]
    whole = without_empty(table, wanted, notify, skip_empty=skip_empty)
    found = made_of(table, told_of(whole, listener), lambda record: _labelled(table, record, names), notify)
    if spaced := sum(row.label != row.label.strip() for row in found):
        notify(
            Message(
                "{file}: {count:,} labels have white space around them, which is left out",
                file=table.name,
                count=spaced,
            )
        )
    labels = whole_numbers(table, [row.label for row in found], notify)
    return [row if row.label == label else replace(row, label=label) for row, label in zip(found, labels, strict=True)]


def labelled_columns(table: Table, columns: Columns, notify: Notify, fields: Sequence[Field] = (TEXT,)) -> Names:
    """The columns of labelled texts.

    Args:
        table: of them.
        columns: as they were named.
        notify: is told which ones are taken by their usual names.
        fields: of the task.

    Raises:
        DataError: as of `find_column`, or they are those of a plain text.
    """
    if table.columns == (PLAIN,) and table.name.lower().endswith(".txt"):
        raise _no_labels(table)
    first, *others = fields
    what = first.title if others else Message("text")
    texts = [find_column(table, columns.text, first.columns, what, notify)]
    texts += [find_column(table, columns.further.get(one.name), one.columns, one.title, notify) for one in others]
    return Names(
        tuple(texts),
        find_column(table, columns.label, LABEL_NAMES, Message("label"), notify),
        None if columns.group is None else find_column(table, columns.group, (), "group", notify),
    )


def _no_labels(table: Table) -> DataError:
    """Why the lines of a plain text are no rows with labels, and what makes them such."""
    if looks_like_table(table):
        return DataError(
            "{file}: every line has tabs, as a table does, but a .txt is read as a text a line; "
            "read it as a table with --no-header, which calls the columns 1, 2, ..., or with "
            "--header if its first line names them",
            file=table.name,
        )
    return DataError(
        "{file}: a .txt is read as a text a line and has no labels; give a table with a column "
        "of labels, or read this one as a table with --header or --no-header",
        file=table.name,
    )


def looks_like_table(table: Table) -> bool:
    """Whether a plain text has as many tabs, at least one, in every line."""
    return table.columns == (PLAIN,) and has_tabs(str(record.values.get(PLAIN)) for record in table.records)


def _labelled(table: Table, record: Record, names: Names) -> Labelled:
    text, *further = (text_of(record, name) for name in names.texts)
    return Labelled(
        text,
        label_of(record, names.label),
        None if names.group is None else value_of(record, names.group),
        table.place(record),
        tuple(further),
    )


def without_empty(table: Table, wanted: Sequence[str], notify: Notify, *, skip_empty: bool) -> list[Record]:
    """The records that have all of the wanted values.

    Raises:
        DataError: a record lacks one, and neither such records nor bad ones are to be left out; or all do.
    """
    kept = [record for record in table.records if not any(is_empty(record.values.get(name)) for name in wanted)]
    count = len(table.records)
    if len(kept) == count:
        return kept
    there = set(map(id, kept))
    lines = listed([record.line for record in table.records if id(record) not in there], table.unit)
    if not kept:
        raise DataError(
            "{file}: none of {count:,} rows has a value in {columns}; name other columns",
            file=table.name,
            count=count,
            columns=_quoted(wanted),
        )
    if not (skip_empty or table.reading.skip_bad):
        raise DataError(
            "{file}: {count:,} of {all:,} rows lack a value in {columns} ({lines}); fill them, "
            "or have such rows left out by --skip-empty",
            file=table.name,
            count=count - len(kept),
            all=count,
            columns=_quoted(wanted),
            lines=lines,
        )
    notify(
        Message(
            "{file}: {count:,} of {all:,} rows are left out, which lack a value ({lines})",
            file=table.name,
            count=count - len(kept),
            all=count,
            lines=lines,
        )
    )
    return kept


def _quoted(names: Sequence[str]) -> str:
    return ", ".join(map(repr, names))


def same_text(text: str) -> str:
    """What two texts share that are the same but for upper case and white space."""
    return " ".join(text.lower().split())


def groups_of(texts: Iterable[str], notify: Notify) -> list[str]:
    """The group of each text: all that are the same but for upper case and white space, as none may be learned and
    held out. How many occur more than once is said.
    """
    groups = [same_text(text) for text in texts]
    again = [count for count in Counter(groups).values() if count > 1]
    if again:
        notify(
            Message(
                "{count:,} texts occur more than once (but for upper case and white space), in "
                "{all:,} rows; all rows of a text stand on one side of the split",
                count=len(again),
                all=sum(again),
            )
        )
    return groups


def tell_contradictions(rows: Iterable[Labelled], notify: Notify) -> None:
    """Says how many texts have more than one label, and where the first of them has another than before."""
    first: dict[str, str] = {}
    places: dict[str, str] = {}
    for row in rows:
        if row.label != first.setdefault(row.whole, row.label):
            places.setdefault(row.whole, row.place)
    if places:
        notify(
            Message(
                "{count:,} texts have more than one label (the first: {place}); no model gets all of their rows right",
                count=len(places),
                place=next(iter(places.values())),
            )
        )


def leave_out_known(rows: Sequence[Row], known: Iterable[str], text: Callable[[Row], str], notify: Notify) -> list[Row]:
    """The held-out rows that are not among the learned texts; how many are is said.

    Raises:
        DataError: all of them are.
    """
    seen = {same_text(one) for one in known}
    new = [row for row in rows if same_text(text(row)) not in seen]
    if rows and not new:
        raise DataError(
            "all {count:,} held-out rows are training rows too; give others to check with, or fewer repeated rows",
            count=len(rows),
        )
    if len(new) < len(rows):
        count = len(rows) - len(new)
        notify(
            Message(
                "{count:,} of {all:,} held-out rows equal training rows and are left out of the held-out ones",
                count=count,
                all=len(rows),
            )
        )
    return list(new)


def check_labels(train: Sequence[Labelled], held_out: Sequence[Labelled]) -> None:
    """Refuses rows that no classifier can learn from or be checked with.

    Raises:
        DataError: there are too few rows or labels, nearly every row has its own label, or a held-out label was never
            learned.
    """
    counts = Counter(row.label for row in train)
    if len(train) < FEWEST:
        raise DataError("there are {count} rows to learn from; give at least {fewest}", count=len(train), fewest=FEWEST)
    if len(counts) == 1:
        raise DataError(
            "all {count:,} rows to learn have the label {label!r}; give at least two",
            count=len(train),
            label=next(iter(counts)),
        )
    if len(counts) > max(MANY_LABELS, len(train) / 2):
        raise DataError(
            "{count:,} rows have {labels:,} different labels; is that the label column?",
            count=len(train),
            labels=len(counts),
        )
    if not held_out:
        raise DataError("there are no rows to check with; give others")
    if unknown := [row for row in held_out if row.label not in counts]:
        known = ", ".join(in_order(counts)[:MANY_LABELS])
        count = Message(" ({count:,} such rows)", count=len(unknown)) if len(unknown) > 1 else ""
        raise DataError(
            "{place}: the held-out label {label!r} is never learned{rows}; labels are {known}",
            place=unknown[0].place,
            label=unknown[0].label,
            rows=count,
            known=known,
        )
