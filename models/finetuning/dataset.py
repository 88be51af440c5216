"""Data files: CSV, TSV, JSON and plain text become rows with their place, or a reason why not.

What a file holds is said as it is: nothing is guessed about its encoding, and no row is mended or passed over without
a word. A file whose ending says another kind than it holds is read as what it holds, which is said.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from sidelight.models.message import Message

from .cells import read_cells, sign_of
from .encodings import decode, is_utf8
from .objects import begins_with_object, read_objects
from .request import Listener, ignore
from .tables import USUAL, Bad, DataError, Found, Reading, Record, RowError, Table, left_out, listed, place

__all__ = [
    "ENDINGS",
    "PLAIN",
    "DataError",
    "Reading",
    "Record",
    "RowError",
    "Table",
    "has_tabs",
    "listed",
    "parse_table",
    "place",
    "read_table",
]

CELLS = {".csv": ",", ".tsv": "\t"}
OBJECTS = (".jsonl", ".ndjson", ".json")
ENDINGS = (*CELLS, *OBJECTS, ".txt")
LARGEST = 1_000_000_000  # bytes
MARK = "__label__"  # of fastText, before a label
PLAIN = "text"  # the one column of a plain text


def read_table(path: Path, listener: Listener = ignore, reading: Reading = USUAL) -> Table:
    """Reads a data file; of plain text every line is a row, or every paragraph.

    Args:
        path: of the file.
        listener: is told of lines that are read, and may raise to end it.
        reading: how it is to be read.

    Raises:
        DataError: the ending is unknown, or the file is missing, empty, too large, in an encoding that was not named
            or not well-formed; or it can't be told whether its first line names the columns.
    """
    _ending(path)
    return parse_table(_read_bytes(path), path.name, listener, reading)


def parse_table(content: bytes, name: str, listener: Listener = ignore, reading: Reading = USUAL) -> Table:
    """Reads the content of a data file, as `read_table` does.

    Raises:
        DataError: as of `read_table`.
    """
    name = Path(name).name
    ending = _ending(Path(name))
    text = decode(content, name, reading.encoding)
    if not text.strip():
        raise DataError("{file} is empty; give a file with some rows", file=name)
    found = _found(text, name, ending, reading, listener)
    total = len(found.records) + len(found.bad)
    notices = (
        *_of_encoding(content, name, reading),
        *found.notices,
        *left_out(name, found.bad, total, found.unit, skip_bad=reading.skip_bad),
    )
    if not found.records or not found.columns:
        raise DataError("{file} holds no rows; give a file with some", file=name)
    return Table(
        name,
        found.columns,
        tuple(found.records),
        hashlib.sha256(content).hexdigest(),
        notices,
        tuple(found.bad),
        reading,
        found.unit,
        found.unsure,
    )


def _of_encoding(content: bytes, name: str, reading: Reading) -> tuple[str, ...]:
    """What is said of a file that is read in the encoding that was named, but could be in UTF-8 too."""
    if reading.encoding is None or content.isascii() or not is_utf8(content):
        return ()
    said = Message(
        "{file}: it is read as {encoding}, as was asked, but is UTF-8 too; see that its texts are right",
        file=name,
        encoding=reading.encoding,
    )
    return (said,)


def _found(text: str, name: str, ending: str, reading: Reading, listener: Listener) -> Found:
    """The rows of a file by what it holds."""
    if ending == ".txt" and reading.paragraphs:
        return _paragraphs(text, name)
    if begins_with_object(text):
        said = () if ending in OBJECTS else (Message("{file}: it holds JSON, and is read so", file=name),)
        return _saying(said, read_objects(text, name, listener))
    if ending in OBJECTS:
        if _looks_like_cells(text):
            said = (Message("{file}: it holds a table and no JSON, and is read so", file=name),)
            return _saying(said, read_cells(text, name, ",", reading, listener))
        return read_objects(text, name, listener)
    if ending in CELLS or reading.header is not None:
        return read_cells(text, name, CELLS.get(ending, "\t"), reading, listener)
    return _of_fasttext(text, name) or _lines(text, name)


def _saying(said: tuple[str, ...], found: Found) -> Found:
    return replace(found, notices=(*said, *found.notices))


def _looks_like_cells(text: str) -> bool:
    """Whether a text that is no JSON begins with a line of cells."""
    first = text.lstrip().partition("\n")[0]
    return not first.startswith(("{", "[")) and bool(sign_of(text, ""))


def _ending(path: Path) -> str:
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        raise DataError(
            "{file}: {ending!r} is not one of {endings}; save it as one",
            file=path.name,
            ending=ending or Message("no ending"),
            endings=", ".join(ENDINGS),
        )
    return ending


def _read_bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST:
            raise DataError(
                "{file} is larger than {size:.0f} GB; give a part of it", file=path.name, size=LARGEST / 1e9
            )
        return path.read_bytes()
    except OSError as error:
        raise DataError("{file} can't be read ({cause}); check the path", file=path, cause=error.strerror) from error


def _plain_lines(text: str) -> list[str]:
    return text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n").split("\n")


def _lines(text: str, name: str) -> Found:
    lines = _plain_lines(text)
    records = [Record(number, {PLAIN: line}) for number, line in enumerate(lines, 1) if line.strip()]
    notices = [Message("{file}: {count:,} texts, one a line", file=name, count=len(records))]
    if records and has_tabs(record.values[PLAIN] for record in records):
        notices.append(
            Message(
                "{file}: every line has tabs, which are read as a part of its text (else ask for --no-header)",
                file=name,
            )
        )
    if empty := len(lines) - len(records):
        notices.append(
            Message(
                "{file}: {count:,} empty lines are no texts (are texts parted by them? ask for paragraphs)",
                file=name,
                count=empty,
            )
        )
    return Found((PLAIN,), records, notices=tuple(notices))


def has_tabs(texts: Iterable[str]) -> bool:
    """Whether every text has as many tabs, at least one, as the lines of a table do."""
    counts = {text.count("\t") for text in texts}
    return len(counts) == 1 and 0 not in counts


def _of_fasttext(text: str, name: str) -> Found | None:
    """The rows of lines that each begin with labels as fastText marks them; None of other lines."""
    lines = [(number, line.strip()) for number, line in enumerate(_plain_lines(text), 1) if line.strip()]
    if not all(line.startswith(MARK) for _, line in lines):
        return None
    records: list[Record] = []
    bad: list[Bad] = []
    for number, line in lines:
        label, _, said = line.removeprefix(MARK).partition(" ")
        if said.startswith(MARK):
            bad.append(Bad(number, Message("more than one label; give every row one")))
        else:
            records.append(Record(number, {"label": label, PLAIN: said}))
    return Found(
        ("label", PLAIN),
        records,
        bad,
        (Message("{file}: every line begins with a label, as fastText writes it", file=name),),
    )


def _paragraphs(text: str, name: str) -> Found:
    records = list(_parted(_plain_lines(text)))
    return Found(
        (PLAIN,),
        records,
        notices=(Message("{file}: {count:,} texts, parted by empty lines", file=name, count=len(records)),),
    )


def _parted(lines: list[str]) -> Iterator[Record]:
    begun: list[str] = []
    for number, line in enumerate([*lines, ""], 1):
        if line.strip():
            begun.append(line)
        elif begun:
            yield Record(number - len(begun), {PLAIN: "\n".join(begun)})
            begun = []
