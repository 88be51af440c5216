"""Draws the pieces of a report on paper, page after page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import zip_longest

from sidelight.dashboard.markup import shortened
from sidelight.dashboard.palette import LIGHT

from .direction import Line
from .paper import LEADING, Paper
from .pieces import SIZE, Bar, Bars, Cell, Contents, Heading, Piece, Run, Table, Text, Title

GAP = 2.5  # mm between columns
NAMES, NUMBER, WIDE = 0.27, 18.0, 32.0  # a bar's name as a share of the page; each of its texts, or the only one, in mm
TRACK, BAR = 2.0, 1.5  # mm: of a table's cell, and of the bar in it
SMALL = 8.0  # points
ROW = 5.4  # mm, of bars
ABOVE = 12.0  # mm that a heading takes
KEPT, MOST_KEPT = 30.0, 120.0  # mm that a table's beginning wants for itself, and all bars of a sum at most


def draw(paper: Paper, pieces: Sequence[Piece], pages: Mapping[str, int]) -> dict[str, int]:
    """Draws the pieces and says on which page each bookmark came to stand, which the contents want to know before.

    Args:
        paper: what to draw on.
        pieces: what to draw.
        pages: the pages of the bookmarks, as this function has said of the same pieces; empty where not yet known.
    """
    found: dict[str, int] = {}
    paper.add_page()
    for piece, after in zip_longest(pieces, pieces[1:]):
        match piece:
            case Text():
                _text(paper, piece)
            case Title():
                _title(paper, piece, found)
            case Heading():
                _room(paper, ABOVE + (min(ROW * len(after.rows), MOST_KEPT) if isinstance(after, Bars) else KEPT))
                paper.ln(4.5)
                _text(paper, Text((Run(piece.text, LIGHT.muted, bold=True),)))
            case Bars():
                _bars(paper, piece)
            case Table():
                _table(paper, piece)
            case Contents():
                _contents(paper, pages)
    return found


def _room(paper: Paper, height: float) -> None:
    """Begins a page where less than this height is left."""
    if paper.will_page_break(height):
        paper.add_page()


def _text(paper: Paper, text: Text) -> None:
    height = text.size * LEADING
    for line in paper.lines(text.runs, text.size, paper.epw - text.indent, own=text.own):
        _room(paper, height)
        y = paper.y
        paper.draw_line(line, paper.l_margin + text.indent, y, text.size)
        paper.set_y(y + height)
    paper.ln(text.after)


def _title(paper: Paper, title: Title, found: dict[str, int]) -> None:
    if title.new_page:
        paper.add_page()
    if title.bookmark:
        found[title.bookmark] = paper.page_no()
        paper.start_section(paper.drawable(title.bookmark))
    _text(paper, Text((Run(title.text, bold=True),), title.size, after=2.0))


def _contents(paper: Paper, pages: Mapping[str, int]) -> None:
    for name, page in pages.items():
        room = paper.epw - 12
        _room(paper, 6)
        y = paper.y
        paper.draw_line(_fitting(paper, Run(name), SIZE, room), paper.l_margin, y, SIZE)
        _right(paper, Run(str(page), LIGHT.muted), SIZE, paper.l_margin + paper.epw, y)
        paper.link(paper.l_margin, y, paper.epw, 5.5, paper.add_link(page=max(page, 1)))
        paper.set_y(y + 6)


def _fitting(paper: Paper, run: Run, size: float, width: float, *, own: bool = False) -> Line:
    """The text in one line of this width, an ellipsis standing for what is too much."""
    text = " ".join(run.text.split())
    most = len(text)
    while _width(line := paper.one_line(replace(run, text=shortened(text, most)), size, own=own)) > width and most > 1:
        most = min(most - 1, int(most * 0.95))
    return line


def _width(line: Line) -> float:
    return sum(width for _, width in line)


def _right(paper: Paper, run: Run, size: float, right: float, y: float) -> None:
    """One line that ends at `right`."""
    line = paper.one_line(run, size)
    paper.draw_line(line, right - _width(line), y, size)


def _bars(paper: Paper, bars: Bars) -> None:
    most = max((len(row.texts) for row in bars.rows), default=0)
    for row in bars.rows:
        _room(paper, ROW)
        y = paper.y
        _bar(paper, row, y, most)
        paper.set_y(y + ROW)
    paper.ln(1.2)


def _bar(paper: Paper, row: Bar, y: float, texts: int) -> None:
    left = paper.l_margin + NAMES * paper.epw
    width = NUMBER if texts > 1 else WIDE
    track = paper.epw * (1 - NAMES) - GAP - texts * width
    name = _fitting(paper, Run(row.name, bold=row.bold), 9, NAMES * paper.epw, own=True)
    paper.draw_line(name, left - _width(name), y, 9)
    start, end = (left + GAP + share * track for share in (row.start, row.end))
    paper.set_fill_color(LIGHT.ink if row.mark else row.colour)
    if row.mark:
        paper.rect(start - 0.2, y + 0.6, 0.5, 3.8, "F")
    else:
        paper.rect(min(start, end), y + 1.3, max(abs(end - start), 0.2), 2.4, "F")
    for place, text in enumerate(row.texts, 1):
        run = Run(text, LIGHT.ink if row.bold else LIGHT.muted, bold=row.bold)
        _right(paper, run, 9, left + GAP + track + place * width, y)


def _table(paper: Paper, table: Table) -> None:
    """The rows, the first of them again on each new page; a row taller than a page flows over."""
    head, *rows = table.rows
    _room(paper, KEPT)
    _row(paper, table, head, lambda: None)
    for row in rows:
        _row(paper, table, row, lambda: _row(paper, table, head, lambda: None))
    paper.ln(1.5)


def _row(paper: Paper, table: Table, row: Sequence[Cell], repeat: Callable[[], None]) -> None:
    widths = [share * paper.epw - GAP for share in table.widths]
    texts = [paper.lines(cell.runs, SMALL, width) for cell, width in zip(row, widths, strict=True)]
    height = SMALL * LEADING
    depth = max(map(len, texts))
    if paper.will_page_break(min(depth, 40) * height + 1):
        paper.add_page()
        repeat()
    for place in range(depth):
        if paper.will_page_break(height + 1):
            paper.add_page()
        y, x = paper.y, paper.l_margin
        for cell, lines, width in zip(row, texts, widths, strict=True):
            if place == 0:
                _cell_bar(paper, cell, x, y, width)
            if place < len(lines):
                paper.draw_line(lines[place], x, y, SMALL)
            x += width + GAP
        paper.set_y(y + height)
    paper.set_draw_color(LIGHT.line)
    paper.set_line_width(0.15)
    paper.line(paper.l_margin, paper.y + 0.3, paper.l_margin + paper.epw, paper.y + 0.3)
    paper.set_y(paper.y + 0.8)


def _cell_bar(paper: Paper, cell: Cell, x: float, y: float, width: float) -> None:
    """The bar of a number, in the right part of its cell, with its zero and its standard error."""
    if cell.zero is None:
        return
    left, track = x + 0.42 * width, 0.58 * width
    middle = y + SMALL * LEADING / 2
    paper.set_fill_color(LIGHT.line)
    paper.rect(left + cell.zero * track - 0.1, y, 0.2, SMALL * LEADING, "F")
    if cell.bar:
        start, share, colour = cell.bar
        paper.set_fill_color(colour)
        paper.rect(left + start * track, middle - BAR / 2, share * track, BAR, "F")
    if cell.error:
        paper.set_fill_color(LIGHT.ink)
        paper.rect(left + cell.error[0] * track, middle - 0.08, cell.error[1] * track, 0.16, "F")
