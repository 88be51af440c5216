"""Paper: pages of a PDF with fonts for a text, and the few ways in which a report writes on them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime

from fpdf import FPDF
from fpdf.fonts import FontFace
from sidelight.dashboard.markup import shortened, shown
from sidelight.dashboard.palette import LIGHT, largest, opacity, side
from sidelight.dashboard.views import words
from sidelight.dashboard.views.naming import LONGEST_LABEL, errors_text, method_titles, values_text
from sidelight.dashboard.views.trust import remarks
from sidelight.dashboard.wording import say
from sidelight.explain.report import Attribution
from sidelight.models.prediction import Prediction

from . import fonts, written

MARGIN = 18.0  # mm
FAMILY, OTHER = "text", "other"
WHITE = "#ffffff"
TONES = {"good": LIGHT.good, "warning": LIGHT.warning, "muted": LIGHT.muted}


class Paper(FPDF):
    """Pages with the fonts that a report needs, and the few ways to write on them.

    Args:
        text: every character that the fonts must hold.
        created: when the report was made, which is the file's date; of the same report it is the same file.
    """

    def __init__(self, text: str, created: str) -> None:
        super().__init__(format="A4")
        found, self.missing = fonts.choose(text)
        self.set_margins(MARGIN, MARGIN)
        self.set_auto_page_break(auto=True, margin=MARGIN)
        self._family = FAMILY if found else "helvetica"
        for place, path in enumerate(found):
            family = FAMILY if place == 0 else f"{OTHER}{place}"
            self.add_font(family, "", path)
            self.add_font(family, "B", fonts.bold(path))
        self.set_fallback_fonts([f"{OTHER}{place}" for place in range(1, len(found))], exact_match=False)
        self._embedded = bool(found)
        self.set_creation_date(_date(created))
        self.set_title(self.said(say("report")))
        self.set_producer("Sidelight")
        self.add_page()

    def footer(self) -> None:
        """The number of the page."""
        self.set_y(-MARGIN + 4)
        self._pen(8, LIGHT.muted)
        self.cell(0, 5, str(self.page_no()), align="C")

    def said(self, text: str) -> str:
        """The text in characters that can be written: without fonts of the system only those of Latin-1."""
        plain = text.encode("utf-8", "replace").decode()
        return plain if self._embedded else plain.encode("latin-1", "replace").decode("latin-1")

    def _pen(self, size: float, colour: str = LIGHT.ink, style: str = "") -> None:
        self.set_font(self._family, style, size)
        self.set_text_color(colour)

    def chapter(self, text: str) -> None:
        """A title."""
        self._pen(20, style="B")
        self.multi_cell(0, 10, self.said(text), align="L", new_x="LMARGIN", new_y="NEXT")

    def heading(self, text: str) -> None:
        """A heading, with room above it and two lines on the same page below it."""
        if self.will_page_break(26):
            self.add_page()
        self.ln(4)
        self._pen(11, LIGHT.muted, "B")
        self.multi_cell(0, 6, self.said(text), align="L", new_x="LMARGIN", new_y="NEXT")

    def paragraph(self, text: str, *, muted: bool = False, tone: str = "") -> None:
        """A paragraph."""
        if not text:
            return
        self._pen(9 if muted else 10.5, TONES.get(tone, LIGHT.muted if muted else LIGHT.ink))
        self.multi_cell(0, 4.6 if muted else 5.4, self.said(text), align="L", new_x="LMARGIN", new_y="NEXT")

    def pair(self, name: str, value: str) -> None:
        """A name and a number in a line."""
        self._pen(10)
        self.cell(50, 5, self.said(shortened(name, LONGEST_LABEL)), align="R")
        self._pen(10, LIGHT.muted)
        self.cell(0, 5, self.said(f"   {value}"), new_x="LMARGIN", new_y="NEXT")

    def flow(self, text: Iterable[words.Word], size: float) -> None:
        """Coloured words, flowing over the lines; a word longer than a line is broken anywhere."""
        self._pen(size)
        height = size * 0.62
        self.ln(1)
        for word in text:
            for piece in _breakable(self.said(word.mark or word.text)):
                self._word(piece, word, height)
        self.ln(height + 1)

    def _word(self, piece: str, word: words.Word, height: float) -> None:
        if piece == "\n":
            self.ln(height)
            return
        width = self.get_string_width(piece)
        if self.x + width > self.w - self.r_margin and self.x > self.l_margin:
            if len(piece) > 1 and width > self.epw:
                for character in piece:
                    self._word(character, word, height)
                return
            self.ln(height)
            if piece.isspace():
                return
        if self.will_page_break(height):
            self.add_page()
        colour = _blended(word)
        if colour:
            self.set_fill_color(colour)
        self.c_margin, kept = 0, self.c_margin
        self.cell(width, height, piece, fill=bool(colour))
        self.c_margin = kept

    def methods(self, prediction: Prediction, found: Sequence[Attribution], target: int) -> None:
        """A table: a row a feature, a column a method, cells in the colours of their values."""
        self._pen(9)
        self.set_fill_color(WHITE)
        self.set_draw_color(LIGHT.line)
        heads = [self.said(title) for title in method_titles(found)]
        columns = [_cells(one, target) for one in found]
        widths = (3, *(2 for _ in found))
        style = FontFace(emphasis="BOLD", color=LIGHT.ink, fill_color=WHITE)
        with self.table(
            width=min(self.epw, 34.0 + 30 * len(found)), align="L", col_widths=widths, headings_style=style,
            borders_layout="HORIZONTAL_LINES", line_height=4.6, text_align="LEFT",
        ) as table:  # fmt: skip
            table.row(["", *heads])
            table.row(["", *(self.said("\n".join(one.text for one in remarks(of, target))) for of in found)])
            for place, feature in enumerate(prediction.features):
                row = table.row()
                row.cell(self.said(shortened(shown(feature.text), LONGEST_LABEL)), style=FontFace(fill_color=WHITE))
                for cells in columns:
                    text, colour = cells[place]
                    row.cell(self.said(text), style=FontFace(fill_color=colour or WHITE))


def _cells(attribution: Attribution, target: int) -> list[tuple[str, str]]:
    """Each feature's value with its error, and the colour of its cell."""
    values = attribution.values[target]
    texts = zip(values_text(attribution, target), errors_text(attribution, target), strict=True)
    greatest = largest(values)
    return [
        (
            text + error,
            _blended(words.Word("", side(value, attribution.signed), opacity(value, greatest))),
        )
        for (text, error), value in zip(texts, values, strict=True)
    ]


def _blended(word: words.Word) -> str:
    """A word's colour on white paper, as `#rrggbb`; empty where it can't be seen."""
    colour = {"toward": LIGHT.toward, "against": LIGHT.against, "muted": LIGHT.muted}.get(word.kind)
    if colour is None or word.alpha < written.FAINTEST:
        return ""
    parts = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return "#" + "".join(f"{round(255 + (part - 255) * word.alpha):02x}" for part in parts)


def _breakable(text: str) -> Iterator[str]:
    """A text in pieces between which a line may end: words, spaces, line ends, and each character beyond Latin."""
    start = 0
    for place, character in enumerate(text):
        if character in " \n" or ord(character) >= 0x2E80:
            if start < place:
                yield text[start:place]
            yield character
            start = place + 1
    if start < len(text):
        yield text[start:]


def _date(created: str) -> datetime:
    """A date as a report holds it; the first of all where it is none, so that the file is always the same."""
    try:
        return datetime.fromisoformat(created)
    except ValueError:
        return datetime.fromtimestamp(0, UTC)
