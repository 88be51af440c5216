"""Data files: CSV, TSV, JSONL and plain text become rows with their place, or a reason why not.

What a file holds is said as it is: nothing is guessed about its encoding, and no row is mended or passed over without
a word.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sidelight.models.prediction import ModelError

from .request import TOLD_EVERY, Listener, Step, ignore, told_of

ENDINGS = (".csv", ".tsv", ".jsonl", ".ndjson", ".txt")
LARGEST = 1_000_000_000  # bytes
LONGEST_CELL = 10_000_000  # characters
PLAIN = "text"  # the one column of a plain text
MARKS = {  # that a text in another encoding may begin with; one of UTF-32 begins with one of UTF-16
    b"\xff\xfe\0\0": "UTF-32",
    b"\0\0\xfe\xff": "UTF-32",
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
}


class DataError(ModelError):
    """The data can't be learned from; the message names the file and, where there is one, the line."""


@dataclass(frozen=True, slots=True)
class Record:
    """A row of a file: where it begins, and its values by column."""

    line: int
    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Table:
    """A data file that has been read.

    Args:
        name: of the file, without its folder.
        columns: in the order of the file; of JSONL those that any line has.
        records: its rows.
        sha256: of the file's bytes.
        notices: what is to be said of how it was read.
    """

    name: str
    columns: tuple[str, ...]
    records: tuple[Record, ...]
    sha256: str
    notices: tuple[str, ...] = field(default=())


def read_table(path: Path, listener: Listener = ignore, *, paragraphs: bool = False) -> Table:
    """Reads a data file by its ending; of plain text every line is a row, or every paragraph.

    Args:
        path: of the file.
        listener: is told of lines that are read, and may raise to end it.
        paragraphs: the texts of a .txt file are parted by empty lines.

    Raises:
        DataError: the ending is unknown, or the file is missing, empty, too large, not UTF-8 or not well-formed.
    """
    _ending(path)
    return parse_table(_read_bytes(path), path.name, listener, paragraphs=paragraphs)


def parse_table(content: bytes, name: str, listener: Listener = ignore, *, paragraphs: bool = False) -> Table:
    """Reads the content of a data file, as `read_table` does.

    Raises:
        DataError: as of `read_table`.
    """
    path = Path(name)
    ending = _ending(path)
    text = decode(content, path.name)
    notices: tuple[str, ...] = ()
    if ending == ".txt":
        records, notices = _plain(text, path.name, paragraphs=paragraphs)
        columns: tuple[str, ...] = (PLAIN,)
    elif ending in (".csv", ".tsv"):
        columns, records, notices = _cells(text, path, listener)
    else:
        records = list(_objects(text, path.name, listener))
        columns = tuple(dict.fromkeys(key for record in records for key in record.values))
    if not records or not columns:
        raise DataError(f"{path.name} holds no rows; give a file with some")
    return Table(path.name, columns, tuple(records), hashlib.sha256(content).hexdigest(), notices)


def _ending(path: Path) -> str:
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        raise DataError(f"{path.name}: {ending or 'no ending'!r} is not one of {', '.join(ENDINGS)}; save it as one")
    return ending


def decode(content: bytes, name: str) -> str:
    """The text of a file in UTF-8, with or without a byte order mark.

    Raises:
        DataError: it is in another encoding, or holds a character 0, as UTF-16 without a byte order mark does; the
            message names the first byte, from 1, and what to do.
    """
    if encoding := next((encoding for mark, encoding in MARKS.items() if content.startswith(mark)), None):
        raise DataError(f"{name}: byte 1 begins {encoding}, not UTF-8; save it as UTF-8: {_convert(encoding, name)}")
    if (zero := content.find(0)) >= 0:
        pairs = content[zero - zero % 2 :][:1000]  # of a Latin letter the first byte is 0, or the second
        order = "BE" if pairs[::2].count(0) > pairs[1::2].count(0) else "LE"
        raise DataError(
            f"{_line_of(content, zero, name)}: byte {zero + 1} is 0; if this is UTF-16, save it as UTF-8: "
            f"{_convert(f'UTF-16{order}', name)}; else remove such bytes"
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        start = error.start + (3 if content.startswith(b"\xef\xbb\xbf") else 0)
        raise DataError(
            f"{_line_of(content, start, name)}: byte {start + 1} (0x{content[start]:02x}) is not UTF-8; save it as "
            f"UTF-8, for example by {_convert(_encoding_of(content), name)}"
        ) from error


def _encoding_of(content: bytes) -> str:
    """What bytes that are no UTF-8 probably are: GB18030 where they can be, and more than half of the characters
    beyond ASCII are usual ones, of two bytes beyond ASCII; of Western letters there are seldom two in a row.
    """
    try:
        text = content.decode("gb18030")
    except UnicodeDecodeError:
        return "WINDOWS-1252"
    ascii_, usual = (len(text.encode(encoding, "ignore")) for encoding in ("ascii", "gb2312"))
    return "GB18030" if usual - ascii_ > len(text) - ascii_ else "WINDOWS-1252"


def place(name: str, line: int) -> str:
    """Where a row stands, for messages."""
    return f"{name}, line {line}"


def listed(lines: list[int], most: int = 5) -> str:
    """Some line numbers: `line 4`, `lines 4, 7`, `lines 1, 2, 3, 4, 5 and 12 more`."""
    shown = ", ".join(map(str, lines[:most]))
    if len(lines) > most:
        return f"lines {shown} and {len(lines) - most:,} more"
    return f"lines {shown}" if len(lines) > 1 else f"line {shown}"


def _line_of(content: bytes, start: int, name: str) -> str:
    return place(name, content.count(b"\n", 0, start) + 1)


def _convert(encoding: str, name: str) -> str:
    """A command for a shell, whatever the name of the file holds."""
    return f"`iconv -f {encoding} -t UTF-8 {shlex.quote(f'./{name}')} > {shlex.quote(f'utf8-{name}')}`"


def _read_bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST:
            raise DataError(f"{path.name} is larger than {LARGEST / 1e9:.0f} GB; give a part of it")
        return path.read_bytes()
    except OSError as error:
        raise DataError(f"{path} can't be read ({error.strerror}); check the path") from error


def _plain(text: str, name: str, *, paragraphs: bool) -> tuple[list[Record], tuple[str, ...]]:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n").split("\n")
    if paragraphs:
        records = list(_paragraphs(lines))
        return records, (f"{name}: {len(records):,} texts, parted by empty lines",)
    records = [Record(number, {PLAIN: line}) for number, line in enumerate(lines, 1) if line.strip()]
    empty = sum(not line.strip() for line in lines)
    notices = [f"{name}: {len(records):,} texts, one a line"]
    if empty:
        notices.append(f"{name}: {empty:,} empty lines are no texts (are texts parted by them? ask for paragraphs)")
    return records, tuple(notices)


def _paragraphs(lines: list[str]) -> Iterator[Record]:
    begun: list[str] = []
    for number, line in enumerate([*lines, ""], 1):
        if line.strip():
            begun.append(line)
        elif begun:
            yield Record(number - len(begun), {PLAIN: "\n".join(begun)})
            begun = []


def _cells(text: str, path: Path, listener: Listener) -> tuple[tuple[str, ...], list[Record], tuple[str, ...]]:
    delimiter, notices = _delimiter(text, path)
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    header: list[str] = []
    records: list[Record] = []
    begin, empty, lines = 1, 0, text.count("\n") + 1
    try:
        for number, cells in enumerate(reader):
            if number % TOLD_EVERY == 0:
                listener(Step("read", min(reader.line_num, lines), lines))
            line, begin = begin, reader.line_num + 1
            if not header:
                header = _header(cells, path.name)
            elif not cells:
                empty += 1
            else:
                records.append(_record(header, cells, path.name, line))
    except csv.Error as error:
        raise DataError(f"{place(path.name, begin)}: not well-formed CSV; check its quotes") from error
    passed = (f"{path.name}: {empty:,} empty lines are no rows",) if empty else ()
    return tuple(header), records, (*notices, *passed)


def _delimiter(text: str, path: Path) -> tuple[str, tuple[str, ...]]:
    """The comma; the tab in .tsv; the semicolon where the first line has it and neither of them, which is said."""
    if path.suffix.lower() == ".tsv":
        return "\t", ()
    first = text.partition("\n")[0]
    found = [sign for sign in (",", ";", "\t") if sign in first]
    if found in ([";"], ["\t"]):
        by = "semicolons" if found == [";"] else "tabs"
        return found[0], (f"{path.name}: columns are parted by {by}",)
    return ",", ()


def _header(cells: list[str], name: str) -> list[str]:
    header = [cell.strip() for cell in cells]
    twice = sorted({cell for cell in header if header.count(cell) > 1})
    if twice:
        raise DataError(f"{place(name, 1)}: the column {twice[0]!r} is there twice; rename one of them")
    return header


def _record(header: list[str], cells: list[str], name: str, line: int) -> Record:
    if len(cells) != len(header):
        raise DataError(
            f"{place(name, line)}: {len(cells)} cells, but the first line names {len(header)} columns; "
            f"put cells that hold a delimiter into quotes"
        )
    return Record(line, dict(zip(header, cells, strict=True)))


def _objects(text: str, name: str, listener: Listener) -> Iterator[Record]:
    for number, line in enumerate(told_of(text.split("\n"), listener), 1):
        if not line.strip():
            continue
        try:
            found = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise DataError(f"{place(name, number)}: not JSON; write one object a line") from error
        if not isinstance(found, dict):
            raise DataError(f"{place(name, number)}: a {type(found).__name__}, not an object; write one object a line")
        yield Record(number, found)
