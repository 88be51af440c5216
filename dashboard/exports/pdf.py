"""The report as a PDF: A4, for paper, with the fonts of this machine that its characters need, and no script.

It says what the HTML page says.
"""

from __future__ import annotations

from collections.abc import Sequence

from sidelight.dashboard.palette import LIGHT
from sidelight.dashboard.wording import language, say
from sidelight.explain.report import Report

from . import fonts
from .drawing import draw
from .explained import Explained, explained
from .paper import STAND_INS, Paper
from .pieces import Contents, Heading, Piece, Text, Title, letters, remark
from .sections import of_notices, of_prediction, of_provenance

MOST_NAMED = 20  # missing characters


def write(report: Report, chosen: Explained | None = None) -> bytes:
    """The file's bytes; on one machine always the same for the same report and language."""
    plain = pieces(report, chosen)
    told = caution(_text(plain))
    said = pieces(report, chosen, told) if told else plain
    faces, _ = fonts.choose(_text(said))
    pages: dict[str, int] = {}
    data = b""
    for _ in range(2 if len(report.predictions) > 1 else 1):
        paper = Paper(faces, say("Sidelight report"), report.provenance.created, language())
        pages = draw(paper, said, pages or dict.fromkeys(_bookmarks(plain), 0))
        data = paper.finish()
    return data


def missing(report: Report, chosen: Explained | None = None) -> str:
    """What is to be known before the file is made: the characters that would be empty boxes; empty if none would."""
    return caution(_text(pieces(report, chosen)))


def caution(text: str) -> str:
    """What paper can't hold of a text, as a sentence; empty if it holds all."""
    lacking = fonts.choose(text)[1] - set(STAND_INS)
    if not lacking:
        return ""
    named = " ".join(f"{one} (U+{ord(one):04X})" for one in sorted(lacking)[:MOST_NAMED])
    if len(lacking) > MOST_NAMED:
        named = say("{words} and {count} more", words=named, count=len(lacking) - MOST_NAMED)
    return say(
        "No font installed here has {count} of the characters: {characters}. In the PDF they are "
        "empty boxes; install a font that has them, such as Noto Sans or Noto Sans CJK, or use the "
        "HTML page.",
        count=len(lacking),
        characters=named,
    )


def pieces(report: Report, chosen: Explained | None = None, lacking: str = "") -> list[Piece]:
    """The whole report; of the input that a viewer looks at, what was chosen is explained in full.

    Args:
        report: what is written.
        chosen: what a viewer looks at.
        lacking: what paper can't hold of it, which is said with the report's notices.
    """
    several = len(report.predictions) > 1
    notices = [*of_notices(report.provenance), *([remark(lacking, LIGHT.warning)] if lacking else [])]
    found: list[Piece] = []
    if several:
        found = [Title(say("Sidelight report")), Heading(say("Contents")), Contents(), Text((), after=2.0), *notices]
    for index in range(len(report.predictions)):
        full = explained(report, index, chosen)
        found += of_prediction(report, index, full, several=several, notices=() if several else notices)
    return [*found, *of_provenance(report.provenance)]


def _text(found: Sequence[Piece]) -> str:
    return "".join(sorted(set("".join(letters(found)) + "0123456789…" + STAND_INS)))


def _bookmarks(found: Sequence[Piece]) -> list[str]:
    return [piece.bookmark for piece in found if isinstance(piece, Title) and piece.bookmark]
