"""The text itself, one coloured row a method."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby

from sidelight.dashboard.markup import Html, Markup, fragment, render, shown, unseeable
from sidelight.dashboard.palette import largest, opacity, side
from sidelight.dashboard.wording import say, unit_noun
from sidelight.explain.report import Attribution, Report
from sidelight.models.message import Message
from sidelight.models.prediction import Prediction, Target

from .naming import direction_text, errors_text, method_titles, values_text
from .selection import Selection

TITLES = {
    "unread": Message("not read by the model"),
    "asked": Message("what is explained"),
    "later": Message("written later, so it played no part"),
}  # of the parts that have a look of their own


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the text: of a feature, or of none.

    `part` is `read` where the model read it, `unread` where it did not; of what was written, `before` the question,
    `asked`, or `later`.
    """

    text: str
    feature: int | None = None
    part: str = "read"


@dataclass(frozen=True, slots=True)
class Word:
    """A piece as it is drawn; `mark` stands before a text that can't be seen."""

    text: str
    kind: str = "plain"
    alpha: float = 0.0
    title: str = ""
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """The texts of the input in the colours of one method, and what was written."""

    title: str
    texts: list[list[Word]]
    output: list[Word]
    chosen: bool = True
    note: str = ""


def draw(report: Report, selection: Selection) -> Html | None:
    """The text in the colours of every method, the selected one first; None before any method has run."""
    attributions = selection.attributions_in(report)
    if not attributions:
        return None
    chosen = selection.attribution_in(report) if selection.attribution is not None else None
    return fragment(content(selection.prediction_in(report), attributions, selection.target, chosen), selection.dark)


def content(
    prediction: Prediction, attributions: tuple[Attribution, ...], target: int, chosen: Attribution | None = None
) -> Markup:
    """The rows as markup without their style; the text alone where there is no attribution.

    What was written stands once, below the first row, unless it is coloured too.
    """
    asked, titles = prediction.targets[target], method_titles(attributions)
    parts = [list(pieces(prediction, segment, asked)) for segment in range(len(prediction.segments))]
    rows = [_row(title, parts, one, target, one is chosen) for title, one in zip(titles, attributions, strict=True)]
    first, *others = sorted(rows, key=lambda row: not row.chosen) or [_plain(parts, prediction, asked)]
    if not any(piece.feature is not None for piece in parts[-1]):
        others = [replace(row, output=[]) for row in others]
    return render(
        "words.html.jinja",
        rows=[first, *others],
        toward=direction_text(prediction, target, toward=True),
        against=direction_text(prediction, target, toward=False),
        unsigned=not all(one.signed for one in attributions),
    )


def _row(title: str, parts: list[list[Piece]], attribution: Attribution, target: int, chosen: bool) -> Row:
    texts = [list(coloured(part, attribution, target)) for part in parts]
    output = texts.pop() if attribution.prediction.targets[target].placed else []
    return Row(
        title, texts, output, chosen, "" if largest(attribution.values[target]) else say("no effect: every value is 0")
    )


def _plain(parts: list[list[Piece]], prediction: Prediction, asked: Target) -> Row:
    texts = [[_uncoloured(piece, unit_noun(prediction.unit)) for piece in part] for part in parts]
    return Row("", texts, texts.pop() if asked.placed else [])


def coloured(part: list[Piece], attribution: Attribution, target: int) -> Iterator[Word]:
    """The pieces of a segment in the colours of their values."""
    values, unit = attribution.values[target], unit_noun(attribution.prediction.unit)
    greatest = largest(values)
    texts, errors = values_text(attribution, target), errors_text(attribution, target)
    for piece in part:
        plain = _uncoloured(piece, unit)
        if piece.feature is None or piece.part not in ("read", "before"):
            yield plain
        else:
            value, title = values[piece.feature], texts[piece.feature] + errors[piece.feature]
            kind = side(value, attribution.signed)
            yield replace(plain, kind=kind, alpha=opacity(value, greatest), title=title)


def _uncoloured(piece: Piece, unit: str) -> Word:
    mark = shown(piece.text) if unseeable(piece.text) else ""
    if piece.part in TITLES:
        return Word(piece.text, piece.part, title=say(TITLES[piece.part]), mark=mark if piece.part == "asked" else "")
    if piece.feature is not None:
        return Word(piece.text, mark=mark)
    if piece.part == "before" or piece.text.isspace():
        return Word(piece.text)
    return Word(piece.text, "apart", title=say("belongs to no {unit}, so it has no value", unit=unit))


def pieces(prediction: Prediction, segment: int, asked: Target | None = None) -> Iterator[Piece]:
    """A segment cut where features and parts begin and end, nothing left out and nothing twice."""
    text, parts = prediction.segments[segment], _parts(prediction, segment, asked)
    owners: list[int | None] = [None] * len(text)
    for index, feature in enumerate(prediction.features):
        if feature.segment == segment:
            owners[feature.start : feature.end] = [index] * (feature.end - feature.start)
    keys = (
        (owners[at], parts[at], owners[at] is None and parts[at] == "read" and text[at].isspace())
        for at in range(len(text))
    )
    start = 0
    for (owner, part, _), group in groupby(keys):
        end = start + sum(1 for _ in group)
        yield Piece(text[start:end], owner, part)
        start = end


def _parts(prediction: Prediction, segment: int, asked: Target | None) -> list[str]:
    """What each character of a segment is, as in `Piece`."""
    text = prediction.segments[segment]
    parts = ["read"] * len(text)
    if asked is not None and asked.place is not None and segment == asked.place.segment:
        start, end = asked.place.start, asked.place.end
        core = text[start:end].strip() or text[start:end]
        first = text.index(core, start, end)
        if asked.until is not None:
            parts = ["before"] * end + ["later"] * (len(text) - end)
        parts[first : first + len(core)] = ["asked"] * len(core)
    for span in prediction.unseen:
        if span.segment == segment:
            parts[span.start : span.end] = ["unread"] * (span.end - span.start)
    return parts
