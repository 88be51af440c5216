"""Compared texts one above the other, each in the colours of its column, with what only some of them have marked."""

from __future__ import annotations

from dataclasses import dataclass

from sidelight.dashboard.markup import Html, Markup, fragment, render
from sidelight.dashboard.wording import say
from sidelight.explain.comparison import Comparison
from sidelight.models.message import Message

from .naming import direction_text
from .words import Word, coloured, pieces

NOTES = {
    "removed": Message("Struck through: another text has no such word there."),
    "added": Message("Underlined: the first text has no such word there."),
}


@dataclass(frozen=True, slots=True)
class Marked:
    """A word with its mark: `added` where the first text has no such word, `removed` where another text has none."""

    word: Word
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """The segments of a column's text."""

    title: str
    segments: list[list[Marked]]


def draw(comparison: Comparison, dark: bool = False) -> Html:
    """The texts as static HTML."""
    return fragment(content(comparison), dark)


def content(comparison: Comparison) -> Markup:
    """The texts as markup without their style."""
    columns = comparison.columns
    asked = {direction_text(column.prediction, column.target, toward=True) for column in columns}
    texts = [_text(comparison, place) for place in range(len(columns))]
    marks = {one.mark for text in texts for segment in text.segments for one in segment}
    return render(
        "comparison_texts.html.jinja",
        texts=texts,
        toward=asked.pop() if len(asked) == 1 else say("for the label"),
        against=direction_text(columns[0].prediction, columns[0].target, toward=False)
        if not asked
        else say("against the label"),
        unsigned=not all(column.signed for column in columns),
        notes=[say(note) for mark, note in NOTES.items() if mark in marks],
    )


def _text(comparison: Comparison, place: int) -> Text:
    column, alone = comparison.columns[place], changed(comparison, place)
    mark = "removed" if column.prediction.segments == comparison.columns[0].prediction.segments else "added"
    segments = []
    for segment in range(len(column.prediction.segments)):
        parts = list(pieces(column.prediction, segment))
        words = coloured(parts, column.attribution, column.target)
        segments.append(
            [Marked(word, mark if part.feature in alone else "") for part, word in zip(parts, words, strict=True)]
        )
    return Text(column.title, segments)


def changed(comparison: Comparison, place: int) -> frozenset[int]:
    """A column's features without a counterpart: in another text for the first text's, in the first for others'."""
    columns = comparison.columns
    texts = [column.prediction.segments for column in columns]
    if texts[place] == texts[0]:
        others = [other for other in range(len(columns)) if texts[other] != texts[0]]
    else:
        others = [other for other in range(len(columns)) if texts[other] == texts[0]][:1]
    return frozenset(
        feature
        for row in comparison.rows
        if (cell := row[place]) and not all(row[other] for other in others)
        for feature in cell.features
    )
