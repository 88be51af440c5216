"""Compared columns over common rows: a bar a value, what each column answers, and where columns disagree."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from sidelight.dashboard.markup import Html, Markup, fragment, render, shortened, shown
from sidelight.dashboard.palette import decimals, largest, number, side, signed_number
from sidelight.dashboard.wording import say, unit_noun
from sidelight.explain.agreement import Agreement
from sidelight.explain.comparison import Cell, Column, Comparison

from .naming import LONGEST_LABEL, answer_text, feature_name, label_names, scale_text
from .table import Bar
from .trust import Remark, remarks

Values = Sequence[float | None]


@dataclass(frozen=True, slots=True)
class Head:
    """What stands above a column: its title, its answer with the change against the first, and short remarks."""

    title: str
    answer: str
    remarks: list[Remark]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A column as it is drawn: where its zero lies, and a bar for each row, None where it has none."""

    head: Head
    zero: float
    bars: list[Bar | None]


@dataclass(frozen=True, slots=True)
class Name:
    """What a row is called, in full where that is shortened, and how its columns disagree."""

    text: str
    full: str
    marks: str


def draw(comparison: Comparison, dark: bool = False) -> Html:
    """The table as static HTML."""
    return fragment(content(comparison), dark)


def content(comparison: Comparison) -> Markup:
    """The table as markup without its style."""
    columns = comparison.columns
    opposed, displaced = disagreements(comparison)
    drawn = [drawn_column(comparison, place) for place in range(len(columns))]
    if len(columns) > 1:
        drawn.append(_difference(comparison))
    return render(
        "comparison.html.jinja",
        names=[_name(comparison, row, row in opposed, row in displaced) for row in range(len(comparison.rows))],
        columns=drawn,
        notes=list(_notes(comparison, opposed, displaced)),
        unit=unit_noun(unit_of(comparison)),
        units=unit_noun(unit_of(comparison), 2),
        titles=[column.title for column in columns],
        pairs=_pairs(comparison) if len(columns) > 2 else [],
    )


def unit_of(comparison: Comparison) -> str:
    """The unit of all columns; empty where they differ."""
    units = {column.prediction.unit for column in comparison.columns}
    return units.pop() if len(units) == 1 else ""


def disagreements(comparison: Comparison) -> tuple[frozenset[int], frozenset[int]]:
    """The rows on whose sign any two columns clearly disagree, and those on whose rank they do."""
    found = [comparison.agreement(*pair) for pair in combinations(range(len(comparison.columns)), 2)]
    return (
        frozenset(row for one in found for row in one.opposed),
        frozenset(row for one in found for row in one.displaced),
    )


def row_name(comparison: Comparison, row: int) -> str:
    """What a row is called in a sentence: its text, with its place where the same text occurs again."""
    column, cell = next((column, cell) for column, cell in cells(comparison, row))
    if len(cell.features) == 1:
        return shortened(feature_name(column.prediction, cell.features[0]), LONGEST_LABEL)
    return shortened(shown(cell.text), LONGEST_LABEL)


def cells(comparison: Comparison, row: int) -> Iterator[tuple[Column, Cell]]:
    """The columns that have a row, each with its cell."""
    for column, cell in zip(comparison.columns, comparison.rows[row], strict=True):
        if cell:
            yield column, cell


def scaled_text(comparison: Comparison, value: float) -> str:
    """One of the comparison's `scaled` values."""
    signed = all(column.signed for column in comparison.columns)
    if not comparison.on_one_scale:
        share = 100 * value
        return f"{signed_number(share, 0) if signed else number(share, 0)} %"
    values = (value for place in range(len(comparison.columns)) for value in _present(comparison.values(place)))
    return signed_number(value, decimals(largest(values)))


def change_text(first: Column, other: Column) -> str:
    """By how much a column's answer differs from the first one's; empty where they are not asked the same."""
    if label_names(first.prediction)[first.target] != label_names(other.prediction)[other.target]:
        return ""
    before, after = first.asked, other.asked
    if before.probability is not None and after.probability is not None:
        return say("{change} points", change=signed_number(100 * (after.probability - before.probability), 1))
    return signed_number(after.score - before.score) if before.unit == after.unit else ""


def agreement_texts(found: Agreement) -> list[str]:
    """The figures of an agreement."""
    return [
        say("Spearman {figure}", figure=_rho(found)),
        say("{shared} of the {most} largest in common", shared=found.shared, most=found.most),
    ]


def _rho(found: Agreement) -> str:
    return "–" if found.spearman is None else number(found.spearman)


def _present(values: Values) -> list[float]:
    return [value for value in values if value is not None]


def _name(comparison: Comparison, row: int, opposed: bool, displaced: bool) -> Name:
    _, cell = next(cells(comparison, row))
    full = shown(cell.text)
    text = shortened(full, LONGEST_LABEL)
    return Name(text, "" if text == full else full, "±" * opposed + "↕" * displaced)


def _head(comparison: Comparison, place: int) -> Head:
    first, column = comparison.columns[0], comparison.columns[place]
    label = label_names(column.prediction)[column.target]
    answer, lines = say("{label} {answer}", label=label, answer=answer_text(column.asked)), []
    if (change := change_text(first, column)) and column.asked.score != first.asked.score:
        lines.append(Remark(say("{change} against the first", change=change), ""))
    if place:
        lines += [
            Remark(
                text,
                say(
                    "How far both order the words alike, from −1 to 1, and how many of the largest are the same. "
                    "Methods can agree and be wrong together."
                ),
            )
            for text in agreement_texts(comparison.agreement(0, place))
        ]
    return Head(column.title, answer, [*lines, *remarks(column.attribution, column.target)])


def drawn_column(comparison: Comparison, place: int) -> Drawn:
    """One column with a bar for each row, on the scale of all columns where they have one."""
    column, values = comparison.columns[place], comparison.values(place)
    places = decimals(largest(_present(values)))
    write = signed_number if column.signed else number
    texts = ["" if value is None else write(value, places) for value in values]
    alike = range(len(comparison.columns)) if comparison.on_one_scale else [place]
    greatest = max(_reach(comparison, one) for one in alike)
    bars = _bars(values if column.signed else _sizes(values), texts, column.signed, greatest, column.signed)
    zero = 50.0 if column.signed else 0.0
    scale = (100 - zero) / (greatest or 1.0)
    told = zip(bars, _errors(comparison, place), strict=True)
    return Drawn(
        _head(comparison, place), zero, [bar and _with_error(bar, error, scale, places) for bar, error in told]
    )


def _reach(comparison: Comparison, place: int) -> float:
    """How far a column's bars reach, with their errors."""
    values = zip(comparison.values(place), _errors(comparison, place), strict=True)
    return max((abs(value) + error for value, error in values if value is not None), default=0.0)


def _sizes(values: Values) -> list[float | None]:
    return [None if value is None else abs(value) for value in values]


def _errors(comparison: Comparison, place: int) -> list[float]:
    """The standard error of each row's value; 0 where none is known, as of a sum."""
    column = comparison.columns[place]
    known = column.attribution.error[column.target] if column.attribution.error else ()
    held = [row[place] for row in comparison.rows]
    return [known[cell.features[0]] if known and cell and len(cell.features) == 1 else 0.0 for cell in held]


def _bars(values: Values, texts: Sequence[str], two_sided: bool, greatest: float, coloured: bool) -> list[Bar | None]:
    zero, room = (50.0, 50.0) if two_sided else (0.0, 100.0)
    scale = room / greatest if greatest else 0.0
    bars: list[Bar | None] = []
    for value, text in zip(values, texts, strict=True):
        if value is None:
            bars.append(None)
            continue
        length = value * scale
        left = min(zero, zero + length)
        bars.append(Bar(text, "", side(value, coloured), round(left, 2), round(abs(length), 2)))
    return bars


def _with_error(bar: Bar, error: float, scale: float, places: int) -> Bar:
    if not error:
        return bar
    end = bar.left if bar.side == "against" else bar.left + bar.width
    return replace(
        bar,
        error=f" ± {number(error, places)}",
        error_left=round(end - error * scale, 2),
        error_width=round(2 * error * scale, 2),
    )


def _difference(comparison: Comparison) -> Drawn:
    """The second column minus the first of two, of more the largest minus the smallest."""
    columns, values = comparison.columns, comparison.differences()
    two, signed = len(columns) == 2, all(column.signed for column in columns)
    greatest = largest(_present(values))
    write = signed_number if two else number
    if comparison.on_one_scale:
        texts = ["" if value is None else write(value, decimals(greatest)) for value in values]
        scale = scale_text(columns[0].asked)
    else:
        texts = ["" if value is None else f"{write(100 * value, 0)} %" for value in values]
        scale = say("in shares of each one's largest value")
    of = (
        say("{second} minus {first}", second=columns[1].title, first=columns[0].title)
        if two
        else say("largest minus smallest")
    )
    head = Head(say("Difference" if two else "Spread"), "", [Remark(of, ""), Remark(scale, "")])
    return Drawn(head, 50.0 if two else 0.0, _bars(values, texts, two, greatest, two and signed))


def _notes(comparison: Comparison, opposed: frozenset[int], displaced: frozenset[int]) -> Iterator[str]:
    columns, unit = comparison.columns, unit_noun(unit_of(comparison))
    if len(columns) > 1:
        yield say(
            "The columns have one scale, and the last one its own."
            if comparison.on_one_scale
            else "Bars are scaled within a column."
        )
    if any(column.attribution.error for column in columns):
        yield say("The thin line is the standard error, to either side.")
    if len({column.prediction.unit for column in columns}) > 1:
        yield say(
            "Columns with different units are compared over the stretches of text that they have in "
            "common; a finer unit's values are summed."
        )
    if opposed:
        yield say(
            "± marks a {unit} on whose sign two columns disagree, by more than 5 % of their largest value each.",
            unit=unit,
        )
    if displaced:
        yield say(
            "↕ marks a {unit} that is among the largest of one column and not in the first half of another.",
            unit=unit,
        )
    if any(None in row for row in comparison.rows):
        yield say("– stands where a column has nothing to compare.")


def _pairs(comparison: Comparison) -> list[list[tuple[str, str]]]:
    """The figures of every column's agreement with every other, a row a column; empty with itself."""
    count = range(len(comparison.columns))
    return [
        [("", "") if one == other else _figures(comparison.agreement(one, other)) for other in count] for one in count
    ]


def _figures(found: Agreement) -> tuple[str, str]:
    return _rho(found), f"{found.shared}/{found.most}"
