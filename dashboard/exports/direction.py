"""Which way letters run on paper: from the left or from the right, and in which order the parts of a line stand.

By Unicode's bidirectional algorithm (UAX 9), which fpdf2 has, over a paragraph of several looks.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import groupby

from fpdf.bidi import BidiParagraph, auto_detect_base_direction
from fpdf.enums import TextDirection
from markupsafe import Markup

from .pieces import Run

BACKWARDS = {"R", "AL", "AN"}  # classes of characters of scripts that run from right to left
BEGIN, END = "\N{FIRST STRONG ISOLATE}", "\N{POP DIRECTIONAL ISOLATE}"

Line = list[tuple[Run, float]]  # each with its width in mm


def apart(text: str) -> str:
    """A text of the user's inside one of ours, whose order it then leaves alone; as `<bdi>` in HTML."""
    return f"{BEGIN}{text}{END}"


def plain(markup: Markup) -> str:
    """The text of a sentence in HTML, with what it sets apart still apart."""
    marked = str(markup).replace("<bdi>", BEGIN).replace("</bdi>", END)
    return Markup(marked).striptags()  # noqa: S704 (read, not shown)


def first_direction(runs: Iterable[Run]) -> TextDirection:
    """The direction of the first letter that has one; as `dir="auto"` in HTML."""
    return auto_detect_base_direction("".join(run.text for run in runs))


def levelled(runs: Iterable[Run], direction: TextDirection = TextDirection.LTR) -> list[Run]:
    """The runs of a paragraph, parted where the direction changes; each with its level."""
    runs = list(runs)
    text = "".join(run.text for run in runs)
    if direction is TextDirection.LTR and not any(unicodedata.bidirectional(one) in BACKWARDS for one in text):
        return runs
    levels = iter(_levels(text, direction))
    return [part for run in runs for part in _parted(run, levels)]


def _parted(run: Run, levels: Iterator[int]) -> Iterator[Run]:
    known = [(one, next(levels)) for one in run.text]
    for level, group in groupby(known, lambda one: one[1]):
        yield replace(run, text="".join(character for character, _ in group), level=level)


def _levels(text: str, direction: TextDirection) -> list[int]:
    """Each character's level, odd where it runs from right to left; lines are paragraphs of their own."""
    found: list[int] = []
    for line in text.split("\n"):
        levels = [int(direction is TextDirection.RTL)] * (len(line) + 1)
        for one in BidiParagraph(line, direction).get_characters_with_embedding_level():
            levels[one.character_index] = one.embedding_level
        found += levels
    return found[:-1]


def as_seen(line: Line) -> Line:
    """The parts of a line from left to right (UAX 9, rule L2)."""
    for level in range(max((run.level for run, _ in line), default=0), 0, -1):
        line = _turned(line, level)
    return line


def _turned(line: Line, level: int) -> Line:
    """The line with each stretch of at least this level in the other order."""
    found: Line = []
    for high, group in groupby(line, lambda part: part[0].level >= level):
        found += list(group)[:: -1 if high else 1]
    return found
