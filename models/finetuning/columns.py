"""Which column of a table is what: by the name that was given, or else by what columns are usually called."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from sidelight.models.message import Message
from sidelight.models.tasks import PROMPT, TASKS, TEXT

from .request import Notify
from .tables import DataError, Table

TEXT_NAMES = TEXT.columns
LABEL_NAMES = ("label", "sentiment", "class", "category", "target", "标签", "类别", "情感")
PROMPT_NAMES = PROMPT.columns
CONTEXT_NAMES = ("context", "上下文")
EITHER_NAMES = ("input", "输入")  # the context of a prompt of another name, else the prompt
RESPONSE_NAMES = ("response", "completion", "answer", "output", "回答", "答案")
ALL_NAMES = frozenset(
    (
        *(name for task in TASKS.values() for field in task.fields for name in field.columns),
        *(*LABEL_NAMES, *CONTEXT_NAMES, *EITHER_NAMES, *RESPONSE_NAMES, "messages", "id"),
    )
)
NUMBERED = re.compile(r" \(\d+\)$")  # one of several columns of one name
MOST_NAMED = 20  # columns


def is_called(column: str, names: Collection[str]) -> bool:
    """Whether a column has one of some names in lower case, or is one of several that have."""
    lower = column.lower()
    return lower in names or NUMBERED.sub("", lower) in names


def called(columns: Sequence[str], names: Collection[str]) -> list[str]:
    """The columns that have one of some names."""
    return [column for column in columns if is_called(column, names)]


def find_column(table: Table, wanted: str | None, usual: Collection[str], what: str, notify: Notify) -> str:
    """The column that was named, or else the only one whose name is usual, which is said; where rows in JSON have other
    keys, the only one that the first row has.

    Raises:
        DataError: there is no such column, or more than one that it could be.
    """
    there = _named(table.columns)
    if wanted is not None:
        if wanted not in table.columns:
            raise DataError(
                "{file}: there is no column {column!r}; there are {columns}",
                file=table.name,
                column=wanted,
                columns=there,
            )
        return wanted
    found = called(table.columns, usual)
    first = [name for name in found if name in table.records[0].values] if table.records else []
    found = first if len(first) == 1 else found
    if len(found) != 1:
        problem = (
            Message("{columns} could each be it", columns=_named(found))
            if found
            else Message("none is called by a usual name")
        )
        question = Message(
            "{file}: which column is the {column}? {problem}; name one of {columns}",
            file=table.name,
            column=what,
            problem=problem,
            columns=there,
        )
        if table.unsure:
            raise DataError(
                "{notice}; if the first line is a row and no names, read it with --no-header", notice=question
            )
        raise DataError(question)
    if len(table.columns) > 1:
        notify(Message("{file}: {column!r} is taken for the {what}", file=table.name, column=found[0], what=what))
    return found[0]


def _named(columns: Sequence[str]) -> str:
    more = f" … ({len(columns):,})" if len(columns) > MOST_NAMED else ""
    return ", ".join(columns[:MOST_NAMED]) + more
