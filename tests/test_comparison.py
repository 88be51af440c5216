"""Attributions side by side: how rows are made, how agreement is counted, and what is drawn and said of both."""

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sidelight.dashboard.exports.comparison import to_csv
from sidelight.dashboard.views import comparison, comparison_summary, comparison_texts
from sidelight.explain.agreement import agreement, compared, leading, ranks, spearman
from sidelight.explain.comparison import Column, Comparison, align, compare
from sidelight.explain.report import Report
from sidelight.models.prediction import Feature
from sidelight.models.units import UNITS

from tests import toys
from tests.pages import assert_inert, read

FIGURES = st.integers(-5, 5).map(float)
OTHER = "The plot is thick and the jokes often land, but the two leads are so bland that I left early."


def columns_of(report: Report, methods: Sequence[str] | None = None, name: str = "") -> list[Column]:
    """A column for each method, about the last label."""
    target = len(report.predictions[0].targets) - 1
    return [
        Column(f"{name}{one.method}", report, place, target)
        for place, one in enumerate(report.attributions)
        if one.prediction is report.predictions[0] and (methods is None or one.method in methods)
        if one.covers(target)
    ]


def column(text: str, features: Sequence[tuple[int, int]], values: Sequence[float], unit: str = "word") -> Column:
    """One column over these stretches of a text."""
    made = tuple(Feature(text[start:end], 0, start, end, ()) for start, end in features)
    prediction = replace(toys.english(), segments=(text,), ids=(), tokens=(), features=made, unit=unit)
    attribution = toys.attribute(prediction, "occlusion", values)
    return Column(unit, Report((prediction,), (attribution,)), 0, 1)


def by(unit: str, text: str) -> Column:
    features = UNITS[unit](text)
    return column(text, features, [float(place + 1) for place in range(len(features))], unit)


@st.composite
def some_columns(draw: st.DrawFn) -> list[Column]:
    """Columns on up to three texts of few words, each cut anyhow."""
    words = st.lists(st.sampled_from(["a", "bc", "the"]), max_size=5).map(" ".join)
    texts = draw(st.lists(words, min_size=1, max_size=3))
    found = []
    for text in draw(st.lists(st.sampled_from(texts), min_size=1, max_size=4)):
        cuts = sorted(draw(st.sets(st.integers(0, len(text)), max_size=5)))
        spans = draw(st.lists(st.sampled_from(list(pairwise(cuts))), unique=True)) if len(cuts) > 1 else []
        values = draw(st.lists(FIGURES, min_size=len(spans), max_size=len(spans)))
        found.append(column(text, sorted(spans), values))
    return found


@given(some_columns())
def test_every_feature_is_in_one_row_in_order_and_sums_are_kept(columns: list[Column]) -> None:
    rows = align(columns)
    assert all(any(row) for row in rows)
    for place, one in enumerate(columns):
        cells = [cell for row in rows if (cell := row[place])]
        assert [feature for cell in cells for feature in cell.features] == list(range(len(one.values)))
        assert sum(cell.value for cell in cells) == pytest.approx(sum(one.values))
        for cell in cells:
            assert cell.value == pytest.approx(sum(one.values[feature] for feature in cell.features))


@given(some_columns())
def test_what_shares_a_row_has_one_text(columns: list[Column]) -> None:
    for row in align(columns):
        assert len({cell.text for cell in row if cell}) == 1


@pytest.mark.parametrize(
    "text", ["The plot is thin. It rains!", "虽然剧情薄弱。我笑着离开了影院。", "👩\u200d👩\u200d👧 ok"]
)
def test_a_finer_unit_is_summed_within_the_coarser_one(text: str) -> None:
    sentences, words, characters = (by(unit, text) for unit in ("sentence", "word", "character"))
    assert [row[0].text for row in align([words, characters]) if row[0]] == [
        one.text for one in words.prediction.features
    ]
    rows = align([characters, sentences, words])
    assert len(rows) == len(sentences.values)
    assert [row[1].value for row in rows if row[1]] == list(sentences.values)


def test_texts_are_aligned_by_their_words() -> None:
    rows = align([by("word", "the plot is thin and old"), by("word", "so the plot is thick and")])
    told = [tuple(cell.text if cell else "" for cell in row) for row in rows]
    assert told == [
        ("", "so"), ("the", "the"), ("plot", "plot"), ("is", "is"), ("thin", ""), ("", "thick"),
        ("and", "and"), ("old", ""),
    ]  # fmt: skip


def test_texts_without_a_common_word_stand_one_after_the_other() -> None:
    rows = align([by("word", "good film"), by("word", "bad plot")])
    assert [[cell.text if cell else "" for cell in row] for row in rows] == [
        ["good", ""], ["film", ""], ["", "bad"], ["", "plot"],
    ]  # fmt: skip


def test_a_target_that_was_not_asked_about_is_no_column() -> None:
    report = toys.WHOLE["generator"]
    (place,) = [at for at, one in enumerate(report.attributions) if one.method == "input_x_gradient"]
    with pytest.raises(ValueError, match="was not asked about target 0"):
        Column("", report, place, 0)


def test_equal_values_share_their_mean_rank() -> None:
    assert list(ranks([3.0, 1.0, 3.0, 2.0])) == [3.5, 1.0, 3.5, 2.0]


@pytest.mark.parametrize(
    ("first", "second", "known"),
    [
        ([1.0, 2.0, 3.0], [10.0, 20.0, 21.0], 1.0),
        ([1.0, 2.0, 3.0], [3.0, 2.0, 1.0], -1.0),
        ([1.0, 2.0, 3.0, 4.0, 5.0], [5.0, 6.0, 7.0, 8.0, 7.0], 0.8207826816681233),
        ([1.0, 2.0, 2.0, 4.0], [1.0, 3.0, 2.0, 4.0], 0.9486832980505138),
        ([1.0, 1.0], [1.0, 2.0], None),
        ([1.0], [1.0], None),
    ],
)
def test_rank_correlation(first: list[float], second: list[float], known: float | None) -> None:
    assert spearman(first, second) == (known if known is None else pytest.approx(known))


@given(st.lists(st.tuples(FIGURES, FIGURES), max_size=12), st.booleans())
def test_agreement_has_no_direction_and_is_whole_with_itself(pairs: list[tuple[float, float]], signed: bool) -> None:
    first, second = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    assert agreement(first, second, signed=signed) == agreement(second, first, signed=signed)
    own = agreement(first, first, signed=signed)
    assert own.spearman is None or own.spearman == pytest.approx(1)
    assert own.shared == len(leading(first, own.most))
    assert not own.opposed


@pytest.mark.parametrize(("count", "most"), [(0, 1), (2, 1), (6, 2), (14, 4), (15, 5), (400, 5)])
def test_how_many_come_first(count: int, most: int) -> None:
    assert compared(count) == most


def test_where_two_rows_disagree() -> None:
    first = [9.0, -5.0, 0.1, 0.2, 3.0, 0.0]
    second = [0.1, 5.0, -0.1, 9.0, 3.1, 0.0]
    found = agreement(first, second)
    assert found.most == 2
    assert found.shared == 1
    assert found.opposed == {1}
    assert found.displaced == {0, 3}
    assert not agreement(first, second, signed=False).opposed


def test_nothing_leads_where_every_value_is_zero() -> None:
    found = agreement([0.0] * 6, [1.0, 2.0, 3.0, 4.0, 5.0, 6.0])
    assert (found.shared, found.spearman) == (0, None)
    assert not found.opposed


def compared_columns() -> dict[str, Comparison]:
    """Every toy report against the realistic one, and some of their own."""
    realistic = toys.realistic()
    return {
        "two methods": compare(columns_of(realistic, ("shap", "lime"))),
        "methods": compare(columns_of(realistic)),
        "two texts": compare([*columns_of(realistic, ("shap",)), *columns_of(toys.of(toys.english(OTHER)), ("shap",))]),
        **{
            name: compare([*columns_of(realistic, ("shap",)), *columns_of(report, name=toys.SCRIPT)][:8])
            for name, report in toys.REPORTS.items()
            if not report.predictions[0].placed
        },
    }


COMPARISONS = compared_columns()


@pytest.mark.parametrize("name", COMPARISONS)
def test_what_is_drawn_is_inert_and_holds_each_text(name: str) -> None:
    one = COMPARISONS[name]
    for draw in (comparison.draw, comparison_texts.draw, comparison_summary.draw):
        for dark in (False, True):
            assert_inert(read(draw(one, dark).body))
    shown = read(comparison_texts.draw(one).body).paragraphs
    expected = [text for column in one.columns for text in toys.paragraphs(column.prediction, 1)]
    assert shown == expected


@pytest.mark.parametrize("name", COMPARISONS)
def test_bars_stay_within_their_columns(name: str) -> None:
    one = COMPARISONS[name]
    for place in range(len(one.columns)):
        drawn = comparison.drawn_column(one, place)
        for bar in filter(None, drawn.bars):
            assert -0.02 <= bar.left <= bar.left + bar.width <= 100.02
            assert -0.02 <= bar.error_left <= bar.error_left + bar.error_width <= 100.02


def table(one: Comparison) -> str:
    return read(comparison.draw(one).body).text


def test_values_of_one_kind_are_subtracted_as_they_are() -> None:
    one = COMPARISONS["two methods"]
    assert one.on_one_scale
    shap, lime = one.columns
    assert one.differences() == pytest.approx([b - a for a, b in zip(shap.values, lime.values, strict=True)])
    assert "lime minus shap" in table(one)
    assert "log-odds" in table(one)


def test_values_of_two_kinds_are_compared_as_shares() -> None:
    one = compare(columns_of(toys.realistic(), ("shap", "attention_rollout")))
    assert not one.on_one_scale
    for place in (0, 1):
        shares = [value for value in one.scaled(place) if value is not None]
        assert max(shares) == pytest.approx(1)
        assert min(shares) >= 0
    assert "in shares of each one's largest value" in table(one)


def test_more_than_two_columns_have_a_spread_and_every_pair() -> None:
    text = table(COMPARISONS["methods"])
    assert "largest minus smallest" in text
    assert text.count("Spearman") == 4 + 1  # above the columns, and once for the figures of all pairs


def test_every_pair_has_its_figures_alone() -> None:
    page = comparison.draw(COMPARISONS["methods"]).body.partition('class="pairs"')[2]
    rows = [re.findall("<td><span>(.*?)</span><span>(.*?)</span></td>", row) for row in page.split("</tr>")[1:-1]]
    assert [row.index(("", "")) for row in rows] == list(range(5))
    assert rows[0][1] == ("0.96", "5/5")  # shap and lime
    assert all(rows[one][other] == rows[other][one] for one in range(5) for other in range(5))


def test_words_of_one_text_alone_are_marked() -> None:
    marked = re.findall(
        r'class="\S+(?: full)? (added|removed)".*?>(.*?)</span>', comparison_texts.draw(COMPARISONS["two texts"]).body
    )
    assert [word for mark, word in marked if mark == "removed"] == ["thin", "rarely", "charming", "smiling"]
    assert [word for mark, word in marked if mark == "added"] == ["thick", "often", "bland", "early"]
    assert "–" in table(COMPARISONS["two texts"])


def sentences(one: Comparison) -> list[str]:
    found = [sentence.text.striptags() for sentence in comparison_summary.sentences(one)]
    return [text.replace("\N{NO-BREAK SPACE}", " ") for text in found]


def test_what_differs_is_what_the_figures_say() -> None:
    assert sentences(COMPARISONS["two methods"]) == [
        "Furthest apart: but (+0.65 in shap, +1.02 in lime), rarely (+0.01 in shap, +0.12 in lime), "
        "thin (−0.66 in shap, −0.55 in lime).",
        "shap and lime: Spearman 0.96, 5 of the 5 largest in common.",
    ]


def test_how_the_answer_changed_is_said_where_it_did() -> None:
    first = columns_of(toys.realistic(), ("shap",))
    other = toys.of(toys.predict(OTHER, OTHER.split(), toys.labels(("negative", 0.7), ("positive", 0.3))), ("shap",))
    assert sentences(compare([*first, *columns_of(other, name="second ")]))[0] == (
        "second shap: positive 30.0 % instead of 95.7 % in shap (−65.7 points). The answer becomes negative."
    )


def test_columns_that_say_the_same_are_said_to() -> None:
    (one,) = columns_of(toys.realistic(), ("shap",))
    assert sentences(compare([one, one]))[0] == "All columns have the same values."
    empty = column("", [], [])
    assert sentences(compare([one, empty])) == ["The columns have no words in common."]


def test_nothing_can_not_be_compared() -> None:
    with pytest.raises(ValueError, match="nothing to compare"):
        compare([])


@pytest.mark.parametrize("name", COMPARISONS)
def test_the_table_has_every_cell_and_no_formula(name: str) -> None:
    one = COMPARISONS[name]
    lines = list(csv.DictReader(io.StringIO(to_csv(one).decode("utf-8-sig"))))
    assert len(lines) == sum(cell is not None for row in one.rows for cell in row)
    values = [value for place in range(len(one.columns)) for value in one.values(place) if value is not None]
    assert [float(line["value"]) for line in lines] == values
    assert not any(line["text"].lstrip().startswith(("=", "+", "@")) for line in lines)
