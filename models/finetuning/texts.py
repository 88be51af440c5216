"""Texts to ask models about, with their labels where these are known: out of tables, and drawn where they are many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from sidelight.models.message import Message, RefusedError

from .columns import LABEL_NAMES, TEXT_NAMES, called, find_column
from .dataset import PLAIN, DataError, Record, Table, listed
from .labelled import groups_of, looks_like_table
from .request import Notify
from .split import hold_out_share
from .tables import made_of
from .values import is_empty, label_of, text_of, value_of, whole_numbers


@dataclass(frozen=True, slots=True)
class Given:
    """A text, its label and its group in the data; None where there is none."""

    text: str
    label: str | None = None
    group: str | None = None


def given_texts(
    tables: Sequence[Table],
    text: str | None,
    label: str | None,
    notify: Notify,
    *,
    labels: bool = True,
    group: str | None = None,
) -> list[Given]:
    """The texts of tables; how many rows are left out since they hold none is said.

    Args:
        tables: what was read.
        text: the column of the texts; by default the one of a usual name.
        label: the column of the labels; by default the one of a usual name, if there is exactly one.
        notify: is told what people should know.
        labels: whether labels are looked for at all.
        group: the column of the groups; None where there are none.

    Raises:
        DataError: a column is missing or can't be told, or a value is no text or no label.
    """
    return [row for table in tables for row in _given(table, text, label if labels else None, notify, labels, group)]


def _given(
    table: Table, text: str | None, label: str | None, notify: Notify, labels: bool, group: str | None
) -> list[Given]:
    if text is None and looks_like_table(table):
        raise DataError(
            "{file}: every line has tabs, as a table does; read it as one with --header or "
            "--no-header, or name the column {column!r} to take whole lines for texts",
            file=table.name,
            column=PLAIN,
        )
    texts = find_column(table, text, TEXT_NAMES, Message("text"), notify)
    usual = called(table.columns, LABEL_NAMES)
    named = label if label is not None else usual[0] if len(usual) == 1 else None
    column = find_column(table, named, (), Message("label"), notify) if labels and named is not None else None
    groups = None if group is None else find_column(table, group, (), "group", notify)
    whole = [record for record in table.records if not is_empty(record.values.get(texts))]
    if len(whole) < len(table.records):
        lines = [record.line for record in table.records if is_empty(record.values.get(texts))]
        notify(
            Message(
                "{file}: {count:,} of {all:,} rows are left out, which have no text ({lines})",
                file=table.name,
                count=len(lines),
                all=len(table.records),
                lines=listed(lines, table.unit),
            )
        )

    def row(record: Record) -> Given:
        known = column is not None and not is_empty(record.values.get(column))
        own = label_of(record, column) if column is not None and known else None
        return Given(text_of(record, texts), own, None if groups is None else value_of(record, groups))

    found = made_of(table, whole, row, notify)
    own = iter(whole_numbers(table, [one.label for one in found if one.label is not None], notify))
    return [one if one.label is None else replace(one, label=next(own)) for one in found]


def drawn(rows: Sequence[Given], most: int, seed: int, notify: Notify) -> list[Given]:
    """At most so many rows, drawn by a seed and in their order; that others are left out is said."""
    if len(rows) <= most:
        return list(rows)
    notify(
        Message(
            "{count:,} of {total:,} texts are compared, drawn with seed {seed}", count=most, total=len(rows), seed=seed
        )
    )
    kept = np.random.default_rng(seed).choice(len(rows), most, replace=False)
    return [rows[index] for index in sorted(kept.tolist())]


def held_out(rows: Sequence[Given], share: float, seed: int, notify: Notify) -> list[Given]:
    """The rows that a fine-tuning on just these holds out by this share, this seed and their groups.

    Raises:
        DataError: a row has no label.
        ValueError: the share is not between 0 and 1.
    """
    if not 0 < share < 1:
        raise RefusedError(
            "{name}={value} is not allowed; it takes {range}",
            name="share",
            value=share,
            range=Message("more than 0 and less than 1"),
        )
    labels = [row.label for row in rows if row.label is not None]
    if len(labels) < len(rows):
        raise DataError("rows without a label are never held out in fine-tuning; give data with labels alone")
    by_column = any(row.group is not None for row in rows)
    groups = [row.group for row in rows] if by_column else groups_of((row.text for row in rows), notify)
    _kept, held = hold_out_share(labels, groups, share, seed)
    return [rows[index] for index in held]
