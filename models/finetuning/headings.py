"""The first line of a table: the names of its columns, unless it looks like a row, which is asked."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from sidelight.models.message import Message

from .columns import ALL_NAMES, is_called
from .tables import DataError, place

MOST_SHOWN, LONGEST = 5, 30  # names, characters of one
NUMBER = re.compile(r"[-+]?[\d.,:/%-]*\d[\d.,:/%-]*")
SENTENCE = re.compile(r"(?:\S+\s+){3,}\S|[.!?。！？…]$|[，。！？]|[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]{8}|.{60}")

Row = tuple[int, list[str]]


def refuse_doubtful(name: str, rows: Sequence[Row]) -> None:
    """Refuses a table whose first line looks like a row.

    Raises:
        DataError: it does; the message says how to read it either way.
    """
    line, cells = rows[0]
    if _looks_like_row([cell.strip() for cell in cells], rows[1:]):
        shown = ", ".join(cell[:LONGEST] + "…" * (len(cell) > LONGEST) for cell in cells[:MOST_SHOWN])
        raise DataError(
            "{place}: this looks like a row, not like the names of columns ({cells}); read it "
            "with --no-header, which calls the columns 1, 2, ..., or with --header if it does "
            "name them",
            place=place(name, line),
            cells=shown,
        )


def refuse_comments(name: str, rows: Sequence[Row]) -> None:
    """Refuses lines with a # at the beginning of a table that have not as many cells as what follows.

    Raises:
        DataError: there are some.
    """
    count = next((index for index, (_, cells) in enumerate(rows) if not cells[0].lstrip().startswith("#")), len(rows))
    if 0 < count < len(rows) and len(rows[0][1]) == 1 < len(rows[count][1]):
        raise DataError(
            "{place}: this looks like a comment and not like the names of columns, which seem to "
            "begin with line {number}; remove the lines before",
            place=place(name, rows[0][0]),
            number=rows[count][0],
        )


def is_unsure(cells: Sequence[str]) -> bool:
    """Whether none of the cells is what a column is usually called."""
    return not any(is_called(cell.strip(), ALL_NAMES) for cell in cells)


def _looks_like_row(cells: Sequence[str], rows: Sequence[Row]) -> bool:
    """Whether a cell of the first line stands in its column again, or none is a usual name and some are no names."""
    again = {index for _, row in rows for index, cell in enumerate(row[: len(cells)]) if cell.strip() == cells[index]}
    again -= {index for index, cell in enumerate(cells) if not cell}
    if any(is_called(cell, ALL_NAMES) for index, cell in enumerate(cells) if index not in again):
        return False
    if again:
        return True
    counted = [cell for cell in cells if cell] == [str(number) for number in range(sum(map(bool, cells)))]
    return not counted and any(NUMBER.fullmatch(cell) or SENTENCE.search(cell) for cell in cells)


def names_of(cells: Sequence[str], empty: frozenset[int], name: str) -> tuple[dict[int, str], tuple[str, ...]]:
    """What columns are called, by their place: those of one name are numbered, those without one called by their place
    and put last.

    Args:
        cells: of the first line.
        empty: the places of those columns of which no row has anything; left out where they have no name either.
        name: of the file.

    Returns:
        The names in the order in which they are offered, and what is to be said of them.
    """
    found = [cell.strip() for cell in cells]
    counts, taken, seen = Counter(found), set(found), Counter[str]()
    named: dict[int, str] = {}
    unnamed: dict[int, str] = {}
    for index, cell in enumerate(found):
        if not cell:
            if index not in empty:
                unnamed[index] = _free(str(index + 1), taken)
        elif counts[cell] > 1:
            seen[cell] += 1
            named[index] = _free(f"{cell} ({seen[cell]})", taken)
        else:
            named[index] = cell
    notices = []
    if left := found.count("") - len(unnamed):
        notices.append(
            Message("{file}: {count:,} columns without a name or a value are left out", file=name, count=left)
        )
    if unnamed:
        notices.append(
            Message(
                "{file}: columns without a name are called by their place: {columns}",
                file=name,
                columns=_shown(list(unnamed.values())),
            )
        )
    if seen:
        twice = [one for index, one in named.items() if counts[found[index]] > 1]
        notices.append(
            Message("{file}: columns that share a name are numbered: {columns}", file=name, columns=_shown(twice))
        )
    return named | unnamed, tuple(notices)


def _free(name: str, taken: set[str]) -> str:
    while name in taken:
        name += "'"
    taken.add(name)
    return name


def _shown(names: Sequence[str]) -> str:
    return ", ".join(names[:MOST_SHOWN]) + ("" if len(names) <= MOST_SHOWN else f" … ({len(names):,})")
