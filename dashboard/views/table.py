"""Every method on the same words: one row a word, one column a method."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sidelight.dashboard.markup import Html, Markup, fragment, render, shortened, shown
from sidelight.dashboard.palette import side
from sidelight.dashboard.wording import listed, say, unit_noun
from sidelight.explain.agreement import sides
from sidelight.explain.methods import METHODS
from sidelight.explain.report import Attribution, Report
from sidelight.models.prediction import Prediction

from .naming import LONGEST_LABEL, errors_text, method_help, method_name, method_titles, values_text
from .selection import Selection
from .trust import Remark, remarks


@dataclass(frozen=True, slots=True)
class Bar:
    """A value as a bar, in percent of its column's width: from `left`, `width` wide, its error likewise."""

    text: str
    error: str
    side: str
    left: float
    width: float
    error_left: float = 0.0
    error_width: float = 0.0


@dataclass(frozen=True, slots=True)
class Column:
    """A method: its title, what it does, what is known of its quality, where its zero lies, a bar for each feature."""

    title: str
    help: str
    remarks: list[Remark]
    zero: float
    bars: list[Bar]


def draw(report: Report, selection: Selection) -> Html | None:
    """The table as static HTML; None before any method has run."""
    attributions = selection.attributions_in(report)
    if not attributions:
        return None
    prediction = selection.prediction_in(report)
    return fragment(content(prediction, attributions, selection.target, selection.coming), selection.dark)


def content(
    prediction: Prediction, attributions: tuple[Attribution, ...], target: int, coming: Sequence[str] = ()
) -> Markup:
    """The table as markup without its style; methods still to come have empty columns."""
    titles = method_titles(attributions)
    marked = disputed(comparable(attributions), target)
    return render(
        "table.html.jinja",
        names=[_name(feature.text) for feature in prediction.features],
        columns=[
            *(column(title, one, target) for title, one in zip(titles, attributions, strict=True)),
            *(_empty(name, len(prediction.features)) for name in coming),
        ],
        coming=bool(coming),
        disputed=marked,
        notes=_notes(prediction, attributions, marked),
        unit=unit_noun(prediction.unit),
    )


def _name(text: str) -> dict[str, str]:
    name = shown(text)
    short = shortened(name, LONGEST_LABEL)
    return {"text": short, "full": "" if short == name else name}


def _notes(prediction: Prediction, attributions: tuple[Attribution, ...], marked: frozenset[int]) -> list[str]:
    notes = [say("Bars are scaled within a method.")]
    if any(attribution.error for attribution in attributions):
        notes.append(say("The thin line is the standard error, to either side."))
    if marked:
        compared = {id(one) for one in comparable(attributions)}
        titles = zip(method_titles(attributions), attributions, strict=True)
        methods = listed([title for title, one in titles if id(one) in compared])
        notes.append(
            say(
                "± marks a {unit} on whose sign {methods} disagree, by more than 5 % of their largest value each.",
                unit=unit_noun(prediction.unit),
                methods=methods,
            )
        )
    return notes


def column(title: str, attribution: Attribution, target: int) -> Column:
    """One method's column: zero in the middle, or at the left where values have no direction."""
    values = attribution.values[target]
    errors = attribution.error[target] if attribution.error else (0.0,) * len(values)
    zero, room = (50.0, 50.0) if attribution.signed else (0.0, 100.0)
    greatest = max((abs(value) + error for value, error in zip(values, errors, strict=True)), default=0.0)
    scale = room / greatest if greatest else 0.0
    texts = zip(values_text(attribution, target), errors_text(attribution, target), strict=True)
    bars = []
    for value, error, (text, error_text) in zip(values, errors, texts, strict=True):
        end = zero + (value if attribution.signed else abs(value)) * scale
        place = (min(zero, end), abs(end - zero), end - error * scale, 2 * error * scale)
        bars.append(Bar(text, error_text, side(value, attribution.signed), *(round(part, 2) for part in place)))
    return Column(title, method_help(attribution.method), remarks(attribution, target), zero, bars)


def _empty(name: str, features: int) -> Column:
    """The column of a method that is still to come."""
    zero = 50.0 if METHODS[name].signed else 0.0
    bars = [Bar("", "", "muted", zero, 0.0)] * features
    return Column(method_name(name), method_help(name), [Remark(say("to come"), "")], zero, bars)


def disputed(compared: list[Attribution], target: int) -> frozenset[int]:
    """The features that one method counts clearly for the target and another clearly against it."""
    toward: set[int] = set()
    against: set[int] = set()
    for attribution in compared:
        above, below = sides(attribution.values[target])
        toward |= above
        against |= below
    return frozenset(toward & against)


def comparable(attributions: tuple[Attribution, ...]) -> list[Attribution]:
    """The signed methods that hide features, since they ask the same question; all signed ones if those are too few."""
    signed = [attribution for attribution in attributions if attribution.signed]
    hiding = [attribution for attribution in signed if attribution.hiding]
    return hiding if len(hiding) > 1 else signed
