"""Tables in cells parted by a sign, as CSV and TSV are: their rows, those that are none, and how they are quoted."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Literal

from sidelight.models.message import Message

from .headings import Row, is_unsure, names_of, refuse_comments, refuse_doubtful
from .request import TOLD_EVERY, Listener, Step
from .tables import Bad, Found, Reading, Record

LONGEST_CELL = 10_000_000  # characters
SIGNS = {",": Message("commas"), ";": Message("semicolons"), "\t": Message("tabs"), "|": Message("vertical bars")}
FIRST = re.compile(r'"?sep=(.)"?\r?\n', re.IGNORECASE)  # a line of Excel's, which names the sign
ESCAPED = re.compile(r'(\\+)"')
LOOKED_AT = 20  # rows, for the sign
MOST_OPEN = 100  # quotes that are never closed, each of which is looked for to the end of the file


Quoting = Literal["usual", "backslash", "none"]


@dataclass(slots=True)
class Rows:
    """Rows with the line that they begin in, those that are none, and how many lines are empty."""

    rows: list[Row] = field(default_factory=list)
    bad: list[Bad] = field(default_factory=list)
    empty: int = 0

    @property
    def is_ragged(self) -> bool:
        """Whether not all rows have as many cells, of which there are several."""
        lengths = {len(cells) for _, cells in self.rows}
        return len(lengths) != 1 or lengths == {1}

    @property
    def has_lines(self) -> bool:
        """Whether a cell has several lines."""
        return any("\n" in cell for _, cells in self.rows for cell in cells)

    @property
    def is_quoted(self) -> bool:
        """Whether a cell stands in quotes."""
        return any(cell[:1] == cell[-1:] == '"' and len(cell) > 1 for _, cells in self.rows for cell in cells)


def read_cells(text: str, name: str, usual: str, reading: Reading, listener: Listener) -> Found:
    """The rows of a table.

    Args:
        text: of the file.
        name: of the file.
        usual: the sign between cells where the text leaves that open.
        reading: how it is to be read.
        listener: is told of lines that are read.

    Raises:
        DataError: it can't be told what the first line is.
    """
    csv.field_size_limit(LONGEST_CELL)
    told = FIRST.match(text)
    sign = told[1] if told else sign_of(text, usual)
    notices = [] if sign == usual else [_parted(name, sign)]
    if told:
        text = "\n" + text[told.end() :]  # the count of lines stays
    found, quoting = _rows_of(text, sign, listener)
    rows, bad = found.rows, found.bad
    if quoting == "backslash":
        notices.append(
            Message(
                "{file}: quotes are written with a backslash before them, as Spark does, and are read so", file=name
            )
        )
    if quoting == "none":
        notices.append(
            Message("{file}: its quotes stand around no whole cells, and so are read as a part of the texts", file=name)
        )
    if empty := found.empty - bool(told):
        notices.append(Message("{file}: {count:,} empty lines are no rows", file=name, count=empty))
    if not rows:
        return Found((), (), bad, tuple(notices))
    if reading.header is None:
        refuse_comments(name, rows)
        refuse_doubtful(name, rows)
    unsure = reading.header is None and is_unsure(rows[0][1])
    if unsure:
        notices.append(
            Message(
                "{file}: the first line is taken for the names of the columns, and not for a row "
                "(else ask for --no-header)",
                file=name,
            )
        )
    columns, records, ragged, said = _records(rows, name, header=reading.header is not False)
    return Found(columns, records, sorted([*bad, *ragged], key=lambda one: one.line), (*notices, *said), unsure=unsure)


def sign_of(text: str, usual: str) -> str:
    """The sign between cells: the only one in the first line, else that by which all of the first rows have as many
    cells, else the usual one.
    """
    first = next((line for line in text.splitlines()[:LOOKED_AT] if line.strip()), "")
    found = [sign for sign in SIGNS if sign in first]
    if found and usual not in found and len(found) == 1 and found[0] in ";\t":
        return found[0]
    even = [sign for sign in found if _is_even(text, sign)]
    return usual if usual in even or not even else even[0]


def _is_even(text: str, sign: str) -> bool:
    """Whether the first rows have as many cells."""
    rows = (one for one, _ in _read(text, sign) if not isinstance(one, Bad))
    return len({len(cells) for _, cells in islice((row for row in rows if row[1]), LOOKED_AT)}) == 1


def _parted(name: str, sign: str) -> str:
    if sign in SIGNS:
        return Message("{file}: columns are parted by {sign}", file=name, sign=SIGNS[sign])
    return Message("{file}: columns are parted by {char!r}, as its first line says", file=name, char=sign)


def _rows_of(text: str, sign: str, listener: Listener) -> tuple[Rows, Quoting]:
    """The rows, and how they are quoted. Where CSV's way finds rows that are none, Spark's is tried, and between tabs,
    as many a table is written, no way at all, also where a cell has several lines, which a stray quote makes of rows;
    either is taken only if all rows then have as many cells.
    """
    usual = _collected(_read(text, sign), text, listener)
    if '"' not in text or not (usual.bad or usual.is_ragged or usual.has_lines):
        return usual, "usual"
    if '\\"' in text and (usual.bad or usual.is_ragged):
        escaped = _collected(_read(ESCAPED.sub(_doubled, text), sign), text, listener)
        if not escaped.bad and not escaped.is_ragged:
            return escaped, "backslash"
    plain = _collected(_read(text, sign, csv.QUOTE_NONE), text, listener) if sign == "\t" else Rows()
    if not plain.bad and not plain.is_ragged and not plain.is_quoted:
        return plain, "none"
    return usual, "usual"


def _doubled(found: re.Match[str]) -> str:
    """A quote as CSV writes it, of one after backslashes: two of these are one."""
    count = len(found[1])
    return "\\" * (count // 2) + ('""' if count % 2 else '"')


def _collected(found: Iterator[tuple[Row | Bad, int]], text: str, listener: Listener) -> Rows:
    rows = Rows()
    lines = text.count("\n") + 1
    for number, (one, line) in enumerate(found):
        if number % TOLD_EVERY == 0:
            listener(Step("read", min(line, lines), lines))
        if isinstance(one, Bad):
            rows.bad.append(one)
        elif any(cell.strip() for cell in one[1]):
            rows.rows.append(one)
        else:
            rows.empty += 1
    return rows


def _read(text: str, sign: str, quoting: Literal[0, 3] = csv.QUOTE_MINIMAL) -> Iterator[tuple[Row | Bad, int]]:
    """Each row, or why it is none, with how many lines are read. After a quote that is never closed the next line is
    read again, as it can't be part of that cell.
    """
    stream = io.StringIO(text, newline="")
    passed = opened = 0
    reader = csv.reader(stream, delimiter=sign, quoting=quoting, strict=True)
    while True:
        start, begin = stream.tell(), passed + reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            is_open = "unexpected end" in str(error)
            last = passed + reader.line_num
            if is_open and opened < MOST_OPEN:
                opened += 1
                yield (
                    Bad(
                        begin, Message("a quote opens a cell and nothing closes it; write a quote inside of one twice")
                    ),
                    last,
                )
                stream.seek(start)
                stream.readline()
                passed, reader = begin, csv.reader(stream, delimiter=sign, quoting=quoting, strict=True)
            else:
                yield Bad(begin, _reason(error, begin, last)), last
        else:
            yield (begin, cells), passed + reader.line_num


def _reason(error: csv.Error, begin: int, last: int) -> str:
    if "field larger" in str(error):
        return Message("a cell of more than {count:,} characters; give shorter texts", count=LONGEST_CELL)
    reason = Message(
        "not well-formed CSV; check its quotes: those inside of a quoted cell are written twice, as Excel does"
    )
    return reason if last == begin else Message("{notice} (up to line {number:,})", notice=reason, number=last)


def _records(
    rows: Sequence[Row], name: str, *, header: bool
) -> tuple[tuple[str, ...], list[Record], list[Bad], tuple[str, ...]]:
    """The columns, the rows, those that have another number of cells, and what is to be said."""
    first, body = (rows[0][1], rows[1:]) if header else ([""] * len(rows[0][1]), rows)
    width = len(first)
    fewest = max((index + 1 for index, cell in enumerate(first) if cell.strip()), default=width)
    whole: list[Row] = []
    bad: list[Bad] = []
    longer = 0
    for line, cells in body:
        if len(cells) > width and not any(cell.strip() for cell in cells[width:]):
            longer += 1
        elif not fewest <= len(cells) <= width:
            bad.append(Bad(line, _ragged(len(cells), width, header=header)))
            continue
        whole.append((line, cells + [""] * (width - len(cells))))
    unnamed = [index for index, cell in enumerate(first) if not cell.strip()] if header else []
    empty = frozenset(index for index in unnamed if not any(cells[index].strip() for _, cells in whole))
    named, notices = names_of(first, empty, name)
    if longer:
        said = Message(
            "{file}: {count:,} rows have more cells than the first line names, which are empty and left out",
            file=name,
            count=longer,
        )
        notices = (*notices, said)
    records = [Record(line, {one: cells[at] for at, one in named.items()}) for line, cells in whole]
    return tuple(named.values()), records, bad, notices


def _ragged(count: int, width: int, *, header: bool) -> str:
    if header:
        return Message(
            "{cells} cells, but the first line names {columns} columns; put cells that hold a delimiter into quotes",
            cells=count,
            columns=width,
        )
    return Message(
        "{cells} cells, but the first row has {columns}; put cells that hold a delimiter into quotes",
        cells=count,
        columns=width,
    )
