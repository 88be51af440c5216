"""What was written, piece by piece, against what was read: the values of one method as a matrix."""

from __future__ import annotations

import plotly.graph_objects as go
from sidelight.dashboard.markup import plotly_text, shown
from sidelight.dashboard.palette import Scheme, decimals, diverging, largest, number, rising, scheme, signed_number
from sidelight.dashboard.wording import say, unit_noun
from sidelight.explain.focus import output_pieces
from sidelight.explain.report import Attribution, Report
from sidelight.models.prediction import Feature

from .figures import Values, figure, names_axis
from .naming import method_title, quoted
from .selection import Selection, asked_first, most_telling

ROW = 22  # pixels
TALLEST = 1600
MOST_CELLS = 40_000  # drawn in a moment; each has a text of its own

Row = tuple[float, ...] | None


def draw(report: Report, selection: Selection) -> go.Figure | None:
    """A row for each written piece, a column for each feature; None but for what a generator wrote.

    Rows that the method was not asked about are left empty; where all are, and past the cap, there is no drawing.
    """
    attribution = _chosen(report, selection)
    if attribution is None or why_empty(report, selection):
        return None
    prediction, written = attribution.prediction, output_pieces(attribution.prediction)
    colours = scheme(selection.dark)
    names = {"method": method_title(attribution), "units": unit_noun(prediction.unit, 2)}
    sizes = {"rows": len(written), "columns": len(prediction.features)}
    title, description = (
        say("What was written, a row each, by the {units} that were read ({method})", **names),
        say(
            "{rows} written {units}, a row each, by {columns} {units} that were read, a column each: "
            "values of {method}.",
            **names,
            **sizes,
        ),
    )
    height = min(ROW * len(written) + 170, TALLEST)
    drawing = figure(title, height, colours, description, say("The colours of all rows have one scale"))
    drawing.add_trace(_cells(attribution, written, colours))
    read = [shown(feature.text) for feature in prediction.features]
    drawing.update_xaxes(names_axis(read), range=[-0.5, len(read) - 0.5], tickangle=-45)
    drawing.update_yaxes(names_axis([shown(piece.text) for piece in written]), range=[len(written) - 0.5, -0.5])
    return drawing


def values(report: Report, selection: Selection) -> Values | None:
    """A row for each written piece that was asked about, a column for each feature."""
    attribution = _chosen(report, selection)
    if attribution is None:
        return None
    prediction = attribution.prediction
    rows = [(piece, values_of(attribution, piece)) for piece in output_pieces(prediction)]
    places = decimals(largest(value for _, row in rows if row for value in row))
    text = signed_number if attribution.signed else number
    return Values(
        unit_noun(prediction.unit),
        tuple(shown(feature.text) for feature in prediction.features),
        tuple((shown(piece.text), tuple(text(value, places) for value in row)) for piece, row in rows if row),
    )


def why_empty(report: Report, selection: Selection) -> str | None:
    """Why nothing is drawn of what a generator wrote; None if it is drawn."""
    attribution = _chosen(report, selection)
    if attribution is None:
        return None
    written, columns = output_pieces(attribution.prediction), len(attribution.prediction.features)
    if not any(values_of(attribution, piece) for piece in written):
        return say(
            "{method} costs a pass for each token written and was not asked about a whole word yet.",
            method=method_title(attribution),
        )
    rows = len(written)
    if rows * columns <= MOST_CELLS:
        return None
    return say(
        "{rows} rows of {columns} values would keep a browser busy for too long; at most {most} "
        "values are drawn. The JSON and CSV files hold them all.",
        rows=f"{rows:,}",
        columns=f"{columns:,}",
        most=f"{MOST_CELLS:,}",
    )


def values_of(attribution: Attribution, piece: Feature) -> Row:
    """The values of every feature for a written piece, a sum over its tokens; None where they are not known."""
    targets = asked_first(attribution.prediction, piece.tokens)
    if not targets or not all(attribution.covers(target) for target in targets):
        return None
    return tuple(map(sum, zip(*(attribution.values[target] for target in targets), strict=True)))


def _chosen(report: Report, selection: Selection) -> Attribution | None:
    """The selected method's attribution, else the most telling one; None for what is not a generator's."""
    found = report.attributions_of(selection.prediction)
    if not selection.prediction_in(report).placed:
        return None
    if selection.attribution is None:
        return most_telling(found)
    return next(iter(found[selection.attribution : selection.attribution + 1]), None)


def _cells(attribution: Attribution, written: tuple[Feature, ...], colours: Scheme) -> go.Heatmap:
    rows = [values_of(attribution, piece) for piece in written]
    greatest = largest(value for row in rows if row for value in row) or 1.0
    read = attribution.prediction.features
    signed, empty = attribution.signed, [None] * len(read)
    return go.Heatmap(
        z=[[value / greatest for value in row] if row else empty for row in rows],
        customdata=[_hovers(attribution, piece, row, greatest) for piece, row in zip(written, rows, strict=True)],
        hovertemplate="%{customdata}<extra></extra>",
        hoverongaps=False,
        colorscale=diverging(colours) if signed else rising(colours.muted),
        zmin=-1 if signed else 0,
        zmax=1,
        showscale=False,
        xgap=1,
        ygap=1,
    )


def _hovers(attribution: Attribution, piece: Feature, row: Row, greatest: float) -> list[str]:
    prediction, places = attribution.prediction, decimals(greatest)
    if row is None:
        return [""] * len(prediction.features)
    text = signed_number if attribution.signed else number
    cells = zip(prediction.features, row, strict=True)
    return [plotly_text(f"{quoted(piece.text)} ← {shown(one.text)}: {text(value, places)}") for one, value in cells]
