"""Labelled texts for classifiers: out of tables, checked, parted into what is learned and what is held out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from .dataset import DataError, Record, Table, listed, place
from .request import Columns, Listener, Notify, told_of

TEXT_NAMES = ("text", "sentence", "review", "content", "comment", "document", "body", "文本", "内容", "评论")
LABEL_NAMES = ("label", "sentiment", "class", "category", "target", "标签", "类别", "情感")
FEWEST = 10  # rows to learn from
MANY_LABELS = 20
NO_LETTERS = re.compile(r"[\W_]+")

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Labelled:
    """A text with its label, its group (None where there are no groups), and where it stands."""

    text: str
    label: str
    group: str | None
    place: str


def labelled(
    tables: Sequence[Table], columns: Columns, listener: Listener, notify: Notify, *, skip_empty: bool
) -> list[Labelled]:
    """The labelled texts of tables.

    Raises:
        DataError: a column is missing or can't be told, a row lacks a text or a label (unless these are skipped), or
            a value is neither a text nor a whole number.
    """
    rows: list[Labelled] = []
    for table in tables:
        names = labelled_columns(table, columns, notify)
        wanted = [name for name in names if name is not None]
        whole = without_empty(table, wanted, notify, skip_empty=skip_empty)
        rows += [_labelled(table, record, names) for record in told_of(whole, listener)]
        spaced = sum(str(label) != str(label).strip() for label in (record.values[names[1]] for record in whole))
        if spaced:
            notify(f"{table.name}: {spaced:,} labels have white space around them, which is left out")
    return rows


def labelled_columns(table: Table, columns: Columns, notify: Notify) -> tuple[str, str, str | None]:
    """The columns of the text, the label and the group, if there is one.

    Raises:
        DataError: as of `find_column`.
    """
    return (
        find_column(table, columns.text, TEXT_NAMES, "text", notify),
        find_column(table, columns.label, LABEL_NAMES, "label", notify),
        None if columns.group is None else find_column(table, columns.group, (), "group", notify),
    )


def _labelled(table: Table, record: Record, names: tuple[str, str, str | None]) -> Labelled:
    where = place(table.name, record.line)
    text, label, group = (None if name is None else value_of(record, name, where) for name in names)
    return Labelled(text or "", (label or "").strip(), group, where)


def find_column(table: Table, wanted: str | None, usual: Sequence[str], what: str, notify: Notify) -> str:
    """The column that was named, or else the only one whose name is usual, which is said.

    Raises:
        DataError: there is no such column, or more than one that it could be.
    """
    there = ", ".join(table.columns)
    if wanted is not None:
        if wanted not in table.columns:
            raise DataError(f"{table.name}: there is no column {wanted!r}; there are {there}")
        return wanted
    found = [name for name in table.columns if name.lower() in usual]
    if len(found) != 1:
        problem = f"{', '.join(found)} could each be it" if found else "none is called by a usual name"
        raise DataError(f"{table.name}: which column is the {what}? {problem}; name one of {there}")
    if len(table.columns) > 1:
        notify(f"{table.name}: {found[0]!r} is taken for the {what}")
    return found[0]


def without_empty(table: Table, wanted: Sequence[str], notify: Notify, *, skip_empty: bool) -> list[Record]:
    """The records that have all of the wanted values.

    Raises:
        DataError: a record lacks one, and such records are not to be left out.
    """
    empty = [record.line for record in table.records if any(is_empty(record.values.get(name)) for name in wanted)]
    if empty and not skip_empty:
        raise DataError(
            f"{table.name}: {len(empty):,} of {len(table.records):,} rows lack a value in "
            f"{', '.join(map(repr, wanted))} ({listed(empty)}); fill them, or have such rows left out"
        )
    if empty:
        notify(f"{table.name}: {len(empty):,} of {len(table.records):,} rows are left out, which lack a value")
    lacking = set(empty)
    return [record for record in table.records if record.line not in lacking]


def is_empty(value: Any) -> bool:
    """Whether there is nothing to read: no value, or only white space."""
    return value is None or (isinstance(value, str) and not value.strip())


def value_of(record: Record, name: str, where: str) -> str:
    """A value as text.

    Raises:
        DataError: it is neither a text nor a whole number nor true or false, or holds half a character.
    """
    value = record.values[name]
    if not isinstance(value, str | int):
        raise DataError(f"{where}: {name!r} is a {type(value).__name__}; give a text or a whole number")
    text = str(value)
    if not text.isascii() and text.encode(errors="ignore").decode() != text:
        raise DataError(f"{where}: {name!r} holds half a character (a lone surrogate); remove it")
    return text


def same_letters(text: str) -> str:
    """What two texts share that are the same to a reader: letters and digits, in lower case; else the text itself."""
    return NO_LETTERS.sub("", text.lower()) or text.strip()


def groups_of(texts: Iterable[str], notify: Notify) -> list[str]:
    """The group of each text: all that are the same to a reader, as none may be learned and held out. How many occur
    more than once is said.
    """
    groups = [same_letters(text) for text in texts]
    again = [count for count in Counter(groups).values() if count > 1]
    if again:
        notify(
            f"{len(again):,} texts occur more than once, in {sum(again):,} rows; all rows of a text stand on one side "
            f"of the split"
        )
    return groups


def tell_contradictions(rows: Iterable[Labelled], notify: Notify) -> None:
    """Says how many texts have more than one label, and where the first of them has another than before."""
    first: dict[str, str] = {}
    places: dict[str, str] = {}
    for row in rows:
        text = same_letters(row.text)
        if row.label != first.setdefault(text, row.label):
            places.setdefault(text, row.place)
    if places:
        notify(
            f"{len(places):,} texts have more than one label (the first: {next(iter(places.values()))}); "
            f"no model gets all of their rows right"
        )


def leave_out_known(rows: Sequence[Row], known: Iterable[str], text: Callable[[Row], str], notify: Notify) -> list[Row]:
    """The held-out rows that are not among the learned texts; how many are is said.

    Raises:
        DataError: all of them are.
    """
    seen = {same_letters(one) for one in known}
    new = [row for row in rows if same_letters(text(row)) not in seen]
    if rows and not new:
        raise DataError(
            f"all {len(rows):,} held-out rows are training rows too; give others to check with, or fewer repeated rows"
        )
    if len(new) < len(rows):
        count = len(rows) - len(new)
        notify(f"{count:,} of {len(rows):,} held-out rows equal training rows and are left out of the held-out ones")
    return list(new)


def check_labels(train: Sequence[Labelled], held_out: Sequence[Labelled]) -> None:
    """Refuses rows that no classifier can learn from or be checked with.

    Raises:
        DataError: there are too few rows or labels, nearly every row has its own label, or a held-out label was never
            learned.
    """
    counts = Counter(row.label for row in train)
    if len(train) < FEWEST:
        raise DataError(f"there are {len(train)} rows to learn from; give at least {FEWEST}")
    if len(counts) == 1:
        raise DataError(f"all {len(train):,} rows to learn have the label {next(iter(counts))!r}; give at least two")
    if len(counts) > max(MANY_LABELS, len(train) / 2):
        raise DataError(f"{len(train):,} rows have {len(counts):,} different labels; is that the label column?")
    if not held_out:
        raise DataError("there are no rows to check with; give others")
    if unknown := [row for row in held_out if row.label not in counts]:
        known = ", ".join(sorted(counts)[:MANY_LABELS])
        count = f" ({len(unknown):,} such rows)" if len(unknown) > 1 else ""
        raise DataError(
            f"{unknown[0].place}: the held-out label {unknown[0].label!r} is never learned{count}; labels are {known}"
        )
