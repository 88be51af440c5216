"""What a report on paper is made of: plain data, so that its characters are known before anything is drawn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from typing import TypeAlias

from sidelight.dashboard.palette import LIGHT

SIZE, NOTE = 10.0, 8.5  # points


@dataclass(frozen=True, slots=True)
class Run:
    """Text of one look: colours as `#rrggbb`, `ground` the one behind it; from right to left where `level` is odd."""

    text: str
    colour: str = LIGHT.ink
    ground: str = ""
    bold: bool = False
    struck: bool = False
    underlined: bool = False
    level: int = 0


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph; `indent` and `after` in mm. One that is the user's `own` runs the way its first letter does."""

    runs: tuple[Run, ...]
    size: float = SIZE
    indent: float = 0.0
    after: float = 1.2
    own: bool = False


@dataclass(frozen=True, slots=True)
class Title:
    """The beginning of an input: of a page of its own where there are several."""

    text: str
    size: float = 17.0
    bookmark: str = ""
    new_page: bool = False


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading that stays with what follows."""

    text: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A name, a bar from `start` to `end` in shares of the width, and texts; without a bar a mark at `end`."""

    name: str
    start: float
    end: float
    colour: str
    texts: tuple[str, ...]
    mark: bool = False
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Bars:
    """Rows with bars on one scale."""

    rows: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table: a text, and behind a number its bar with its zero and its standard error, in shares."""

    runs: tuple[Run, ...]
    bar: tuple[float, float, str] | None = None
    zero: float | None = None
    error: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A table: widths in shares of the page, and whether the first row is repeated on every page."""

    widths: tuple[float, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Contents:
    """Where the titles with a bookmark stand."""


Piece: TypeAlias = Text | Title | Heading | Bars | Table | Contents


def remark(text: str, colour: str = LIGHT.muted) -> Text:
    """Small text."""
    return Text((Run(text, colour),), NOTE)


def letters(piece: object) -> Iterator[str]:
    """Every text in a piece, and its colours, which are letters too."""
    if isinstance(piece, str):
        yield piece
    elif isinstance(piece, tuple | list):
        for one in piece:
            yield from letters(one)
    elif is_dataclass(piece):
        for one in fields(piece):
            yield from letters(getattr(piece, one.name))
