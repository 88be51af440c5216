"""The text itself, one coloured row a method."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby

from sidelight.dashboard.markup import Html, Markup, fragment, render, shown, unseeable
from sidelight.dashboard.palette import largest, opacity, side
from sidelight.dashboard.wording import say, unit_noun
from sidelight.explain.report import Attribution, Report
from sidelight.models.prediction import Prediction

from .naming import direction_text, errors_text, method_titles, values_text
from .selection import Selection

FULL = 0.6  # opacity


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the text: of a feature, or of none; `read` is False where the model saw nothing of it."""

    text: str
    feature: int | None = None
    read: bool = True


@dataclass(frozen=True, slots=True)
class Word:
    """A piece as it is drawn; `mark` stands before a text that can't be seen."""

    text: str
    kind: str = "plain"
    alpha: float = 0.0
    title: str = ""
    mark: str = ""

    @property
    def full(self) -> bool:
        """Whether the colour is so strong that the text on it needs another."""
        return self.alpha > FULL


@dataclass(frozen=True, slots=True)
class Row:
    """The texts of all segments in the colours of one method."""

    title: str
    texts: list[list[Word]]
    chosen: bool = True
    note: str = ""


def draw(report: Report, selection: Selection) -> Html | None:
    """The text in the colours of every method, the selected one first; None before any method has run."""
    attributions = report.attributions_of(selection.prediction)
    if not attributions:
        return None
    chosen = selection.attribution_in(report) if selection.attribution is not None else None
    return fragment(content(selection.prediction_in(report), attributions, selection.target, chosen), selection.dark)


def content(
    prediction: Prediction, attributions: tuple[Attribution, ...], target: int, chosen: Attribution | None = None
) -> Markup:
    """The rows as markup without their style; the text alone where there is no attribution."""
    parts = [list(pieces(prediction, segment)) for segment in range(len(prediction.segments))]
    unit = unit_noun(prediction.unit)
    rows = [
        Row(
            title,
            [list(_coloured(part, one, target)) for part in parts],
            chosen=one is chosen,
            note="" if largest(one.values[target]) else say("no_effect"),
        )
        for title, one in zip(method_titles(attributions), attributions, strict=True)
    ]
    plain = Row("", [[_uncoloured(piece, unit) for piece in part] for part in parts])
    return render(
        "words.html.jinja",
        rows=sorted(rows, key=lambda row: not row.chosen) or [plain],
        toward=direction_text(prediction, target, toward=True),
        against=direction_text(prediction, target, toward=False),
        unsigned=not all(one.signed for one in attributions),
    )


def _coloured(part: list[Piece], attribution: Attribution, target: int) -> Iterator[Word]:
    values, unit = attribution.values[target], unit_noun(attribution.prediction.unit)
    greatest = largest(values)
    texts, errors = values_text(attribution, target), errors_text(attribution, target)
    for piece in part:
        plain = _uncoloured(piece, unit)
        if piece.feature is None or not piece.read:
            yield plain
        else:
            value, title = values[piece.feature], texts[piece.feature] + errors[piece.feature]
            kind = side(value, attribution.signed)
            yield replace(plain, kind=kind, alpha=opacity(value, greatest), title=title)


def _uncoloured(piece: Piece, unit: str) -> Word:
    if not piece.read:
        return Word(piece.text, "unread", title=say("not_read"))
    if piece.feature is not None:
        return Word(piece.text, mark=shown(piece.text) if unseeable(piece.text) else "")
    if piece.text.isspace():
        return Word(piece.text)
    return Word(piece.text, "apart", title=say("no_value", unit=unit))


def pieces(prediction: Prediction, segment: int) -> Iterator[Piece]:
    """A segment cut where features and unread parts begin and end, nothing left out and nothing twice."""
    text = prediction.segments[segment]
    unread = {
        position for span in prediction.unseen if span.segment == segment for position in range(span.start, span.end)
    }
    owners: list[int | None] = [None] * len(text)
    for index, feature in enumerate(prediction.features):
        if feature.segment == segment:
            owners[feature.start : feature.end] = [index] * (feature.end - feature.start)
    keys = (
        (owners[at], at not in unread, owners[at] is None and at not in unread and text[at].isspace())
        for at in range(len(text))
    )
    start = 0
    for (owner, read, _), group in groupby(keys):
        end = start + sum(1 for _ in group)
        yield Piece(text[start:end], owner, read)
        start = end
