"""Paper: pages of a PDF with fonts for a text, and lines of words that are set on them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from fpdf import FPDF
from fpdf.enums import TextDirection
from fpdf.fonts import TTFFont
from sidelight.dashboard.palette import LIGHT

from . import fonts
from .direction import Line, as_seen, first_direction, levelled
from .pieces import Run

MARGIN = 18.0  # mm
HANGING = 4.0  # mm by which a closing sign may stand beyond its line
LEADING = 0.55  # mm of a line's height for each point of its letters
STAND_INS = "\N{WHITE SQUARE}\N{REPLACEMENT CHARACTER}?"  # for a character without a font, the first that has one
# A line may end after blanks, and beside each character of a script that is written without them.
_PIECES = re.compile(r"\n|[^\S\n]+|[\u2e80-\ud7ff\uf900-\ufaff\ufe30-\uffef\U00020000-\U0003ffff]|"
                     r"[^\s\u2e80-\ud7ff\uf900-\ufaff\ufe30-\uffef\U00020000-\U0003ffff]+")  # fmt: skip
_NO_START = set(",.;:!?)]}”’%，。；：！？）】》」』、…")


class Paper(FPDF):
    """Pages of A4 in these fonts. The file's date is the report's, so that the same report is the same file.

    Args:
        faces: the fonts, the first for most of the text; without any, only Western letters are drawn.
        title: of the file.
        created: ISO 8601; another text stands for no date.
        language: of the file.
    """

    def __init__(self, faces: Sequence[fonts.Face], title: str, created: str, language: str) -> None:
        super().__init__(format="A4")
        self.set_margin(MARGIN)
        self.set_auto_page_break(True, MARGIN + 2)
        self.c_margin = 0
        self.alias_nb_pages("")
        self.known = frozenset().union(*(face.characters for face in faces)) or fonts.WESTERN
        self.stand_in = next((one for one in STAND_INS if one in self.known), "?")
        self.family = "f0" if faces else "helvetica"
        for place, face in enumerate(faces):
            for style, one in (("", face), *((("B", fonts.bold(face)),) if place == 0 else ())):
                only = [*map(ord, one.characters), 32]
                self.add_font(f"f{place}", style, one.path, unicode_range=only, collection_font_number=one.number)
        self.set_fallback_fonts([f"f{place}" for place in range(len(faces))], exact_match=False)
        self.set_creation_date(_date(created))
        self.set_title(self.drawable(title))
        self.set_lang(language)
        self.set_author("")
        self.set_producer("Sidelight")

    def footer(self) -> None:
        """The page's number."""
        self.set_y(-MARGIN)
        self.pen(Run("", LIGHT.muted), 8)
        self.cell(0, 8, str(self.page_no()), align="R")

    def finish(self) -> bytes:
        """The file's bytes; the fonts are closed."""
        data = bytes(self.output())
        for font in self.fonts.values():
            if isinstance(font, TTFFont):
                font.close()
        return data

    def drawable(self, text: str) -> str:
        """The text with a sign for each character that no font has, without those that leave no mark."""
        return "".join(
            one if one in self.known else " " if one.isspace() else "" if fonts.unseen(one) else self.stand_in
            for one in text
        )

    def pen(self, run: Run, size: float) -> None:
        """Sets font and colours, and whether letters are joined and marks are put on them."""
        style = "B" * run.bold + "S" * run.struck + "U" * run.underlined
        self.set_font(self.family, style, size)
        self.set_text_color(run.colour)
        backwards = run.level % 2 == 1
        joined = backwards or any(unicodedata.category(one)[0] == "M" for one in run.text)
        self.set_text_shaping(joined, direction=TextDirection.RTL if backwards else TextDirection.LTR)
        if run.ground:
            self.set_fill_color(run.ground)

    def width(self, run: Run, size: float) -> float:
        """How wide a text is, in mm."""
        self.pen(run, size)
        return self.get_string_width(run.text)

    def one_line(self, run: Run, size: float, *, own: bool = False) -> Line:
        """A run in one line, however long; one of the user's `own` runs the way its first letter does."""
        parts = levelled([run], first_direction([run]) if own else TextDirection.LTR)
        drawn = [replace(part, text=self.drawable(part.text)) for part in parts]
        return as_seen([(part, self.width(part, size)) for part in drawn])

    def lines(self, runs: Sequence[Run], size: float, width: float, *, own: bool = False) -> list[Line]:
        """The runs in lines of this width, which end on the right where they run from right to left.

        Each run of a line comes with its own width. The user's `own` text runs the way its first letter does.
        """
        direction = first_direction(runs) if own else TextDirection.LTR
        found = [as_seen(line) for line in self._lines(levelled(runs, direction), size, width)]
        if direction is TextDirection.LTR:
            return found
        return [[(Run(""), max(width - sum(taken for _, taken in line), 0.0)), *line] for line in found]

    def _lines(self, runs: Iterable[Run], size: float, width: float) -> list[Line]:
        """The runs in lines of this width, in the order in which they are read."""
        found: list[Line] = [[]]
        left = width
        for run in runs:
            for text in self._pieces(run, size, width):
                piece = replace(run, text=text)
                taken = 0.0 if text == "\n" else self.width(piece, size)
                if text == "\n" or (found[-1] and taken > left + HANGING * (text in _NO_START)):
                    found.append([])
                    left = width
                if text == "\n" or (text.isspace() and not found[-1]):
                    continue
                line = found[-1]
                if line and replace(line[-1][0], text="") == replace(run, text=""):
                    line[-1] = (replace(run, text=line[-1][0].text + text), line[-1][1] + taken)
                else:
                    line.append((piece, taken))
                left -= taken
        return found

    def _pieces(self, run: Run, size: float, width: float) -> Iterator[str]:
        """The parts of a run between which a line may end; what is longer than a line, by its characters."""
        for part in _PIECES.findall(run.text):
            text = part if part == "\n" else self.drawable(part)
            if text and text != "\n" and self.width(replace(run, text=text), size) > width:
                yield from text
            elif text:
                yield text

    def draw_line(self, line: Line, x: float, y: float, size: float) -> None:
        """One line, its top at `y`."""
        height = size * LEADING
        for run, width in line:
            self.pen(run, size)
            if run.ground and not run.text.isspace():
                self.rect(x - 0.2, y + 0.08 * height, width + 0.4, 0.84 * height, "F", True, 0.6)
            self.set_xy(x, y)
            self.cell(width, height, run.text)
            x += width


def _date(created: str) -> datetime:
    try:
        found = datetime.fromisoformat(created)
    except ValueError:
        return datetime.fromtimestamp(0, UTC)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
