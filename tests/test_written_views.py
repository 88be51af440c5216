"""The views of what a generator wrote: what is asked, what else could have been written, and the whole matrix."""

import re
from dataclasses import replace
from math import exp, log

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sidelight.dashboard.markup import Html
from sidelight.dashboard.views import VIEWS, Selection, why_empty
from sidelight.dashboard.views.alternatives import choices, entropy_text
from sidelight.dashboard.views.attention_map import token_names
from sidelight.dashboard.views.naming import odds_text, quoted
from sidelight.dashboard.views.selection import asked_first
from sidelight.dashboard.views.summary import sentences
from sidelight.dashboard.views.tokens import values_of
from sidelight.dashboard.views.words import pieces
from sidelight.dashboard.wording import in_language
from sidelight.explain.focus import focused, output_pieces
from sidelight.explain.report import Report
from sidelight.models.message import Message
from sidelight.models.prediction import Alternative, Span

from tests import toys

REPORTS = toys.REPORTS


@given(st.data())
def test_the_pieces_are_what_was_written_whatever_is_asked(data: st.DataObject) -> None:
    text = data.draw(st.text(max_size=12))
    start, end = sorted((data.draw(st.integers(0, len(text))), data.draw(st.integers(0, len(text)))))
    asked = replace(toys.token(0, text[start:end], 1, Span(1, start, end)), kind="span", sums=2)
    prediction = replace(toys.english(), segments=("", text), ids=(), tokens=(), features=(), targets=(asked,))
    found = list(pieces(prediction, 1, asked))
    assert "".join(piece.text for piece in found) == text
    marked = "".join(piece.text for piece in found if piece.part == "asked")
    assert marked == (text[start:end].strip() or text[start:end])
    assert "".join(piece.text for piece in found if piece.part == "later") == text[end:]


def classes(report: Report) -> list[tuple[str, str]]:
    """The marked stretches of what was written, by their class."""
    drawing = VIEWS["words"].draw(report, Selection())
    assert isinstance(drawing, Html)
    output = drawing.body.partition('<div class="output">')[2].partition("</div>")[0]
    return re.findall(r'<span class="(\w+)[^>]*>(.*?)</span>', output, re.DOTALL)


def test_of_what_was_written_the_question_is_marked_and_the_rest_is_not() -> None:
    assert classes(REPORTS["generator, contrast"]) == [("plain", " "), ("asked", "Par"), ("later", "is.")]
    assert classes(REPORTS["generator, span"]) == [("plain", " "), ("asked", "Paris"), ("later", ".")]
    assert classes(REPORTS["chinese generator, token"]) == [("asked", "巴"), ("later", "黎。")]
    last = focused(toys.WHOLE["generator"], 0, [2])
    assert classes(last) == [("plain", " Paris"), ("asked", ".")]
    coloured = classes(focused(toys.WHOLE["generator with its output"], 0, [2]))
    assert [text for _, text in coloured] == [" ", "Paris", "."]
    assert {kind for kind, _ in coloured} & {"toward", "against"}


def test_a_written_line_end_can_be_seen_where_it_is_asked_about() -> None:
    written = (("\n", {"\n": 0.5, "a": 0.2}), ("b", {"b": 0.5, "a": 0.2}))
    prediction = toys.write("It is", toys.spans("It is", ["It", "is"]), written)
    drawing = VIEWS["words"].draw(focused(toys.of(prediction), 0, [0]), Selection())
    assert isinstance(drawing, Html)
    assert '<span class="asked" title="what is explained" data-mark="⏎">\n</span>' in drawing.body


def test_what_stands_out_of_a_generation_is_what_the_figures_say() -> None:
    said = {
        name: [one.text.striptags() for one in sentences(REPORTS[name].attributions, 0)]
        for name in ("generator, token", "generator, contrast", "generator, contrasted span")
    }
    target = REPORTS["generator, contrast"].predictions[0].targets[0]
    assert exp(target.score) == pytest.approx(3)
    (shap,) = (one for one in REPORTS["generator, contrast"].attributions if one.method == "shap")
    before = odds_text(shap.base[0], target)
    assert (
        f"With every word hidden, {before}; with the words, “Par” is 3.0 times as likely as “Lyon”."
        in (said["generator, contrast"])
    )
    assert any("the model gives “Par”" in text and "take it to 60.0" in text for text in said["generator, token"])
    assert any(
        "the score of “Paris” rather than the other choice at each step, a sum over its tokens, is" in text
        for text in said["generator, contrasted span"]
    )


@pytest.mark.parametrize(
    ("score", "said"),
    [
        (0.0, "“Par” is about as likely as “Lyon”"),
        (log(12), "“Par” is 12 times as likely as “Lyon”"),
        (-log(2.5), "“Lyon” is 2.5 times as likely as “Par”"),
        (1e300, "“Par” is > 1,000,000 times as likely as “Lyon”"),
    ],
)
def test_a_contrast_is_said_as_odds(score: float, said: str) -> None:
    assert odds_text(score, REPORTS["generator, contrast"].predictions[0].targets[0]) == said
    with pytest.raises(ValueError, match="is not contrasted with anything"):
        odds_text(score, REPORTS["generator, token"].predictions[0].targets[0])


def test_what_else_could_have_been_written() -> None:
    target = REPORTS["generator, contrast"].predictions[0].targets[0]
    found = [(one.name, one.text, one.side) for one in choices(target)]
    assert found == [
        ("“Par”", "60.0 %", "toward"),
        ("“Lyon”", "20.0 %", "against"),
        ("“␣the”", "5.0 %", "muted"),
        ("“the”", "4.0 %", "muted"),
        ("any other token", "11.0 %", "muted"),
    ]
    named = replace(target, against=Alternative(77, " Oslo", 0.01))
    assert [one.name for one in choices(named) if one.side == "against"] == ["“Oslo”"]
    assert sum(one.share for one in choices(named)) == pytest.approx(1)
    assert {one.side for one in choices(REPORTS["generator, token"].predictions[0].targets[0])} == {"toward", "muted"}
    even = entropy_text(log(8))
    assert even == "Entropy 3.00 bits: as open as a choice among 8.0 equally likely tokens."


@pytest.mark.parametrize("name", ["realistic", "regression", "generator, span", "generator, contrasted span"])
def test_only_a_token_could_have_been_another(name: str) -> None:
    assert VIEWS["alternatives"].draw(REPORTS[name], Selection()) is None


def test_the_matrix_holds_what_each_written_word_shows_alone() -> None:
    for name in ("generator", "chinese generator", "hostile generator", "generator with its output"):
        report = toys.WHOLE[name]
        prediction, written = report.predictions[0], output_pieces(report.predictions[0])
        for run, attribution in enumerate(report.attributions):
            figure = VIEWS["tokens"].draw(report, Selection(attribution=run))
            rows = [values_of(attribution, piece) for piece in written]
            if figure is None:
                assert not any(rows)
                assert "was not asked about a whole word yet" in (
                    why_empty(report, Selection(attribution=run), "tokens") or ""
                )
                continue
            greatest = max(abs(value) for row in rows if row for value in row)
            for piece, row, drawn in zip(written, rows, figure.data[0].z, strict=True):
                narrow = focused(replace(report, attributions=(attribution,)), 0, asked_first(prediction, piece.tokens))
                assert [row] == [one.values[0] for one in narrow.attributions] or (row, narrow.attributions) == (
                    None,
                    (),
                )
                assert list(drawn) == (
                    [None] * len(prediction.features) if row is None else pytest.approx([v / greatest for v in row])
                )
            assert figure.data[0].zmin == (-1 if attribution.signed else 0)


def test_the_matrix_is_of_a_generator_and_of_the_most_telling_method() -> None:
    assert VIEWS["tokens"].draw(REPORTS["realistic"], Selection()) is None
    assert VIEWS["tokens"].draw(REPORTS["generator, contrast"], Selection()) is None
    figure = VIEWS["tokens"].draw(toys.WHOLE["generator"], Selection())
    assert "(SHAP)" in figure.layout.title.text
    assert figure.layout.yaxis.labelalias == {"0": "Paris", "1": "."}
    assert figure.data[0].customdata[0][3].startswith("“Paris” ← France: ")
    assert [name for name, view in VIEWS.items() if view.whole] == ["tokens"]


def test_a_matrix_past_the_cap_says_so() -> None:
    prompt, answer = "word " * 250, [(" word", {" word": 0.5, "a": 0.2})] * 170
    report = toys.of(toys.write(prompt, toys.spans(prompt, prompt.split()), answer), ("occlusion",))
    assert VIEWS["tokens"].draw(report, Selection()) is None
    assert "170 rows of 250 values" in (why_empty(report, Selection(), "tokens") or "")
    assert why_empty(toys.WHOLE["generator"], Selection(), "tokens") is None


@pytest.mark.parametrize(
    ("language", "name"), [("en", "part of a character (178)"), ("zh", "字符的一部分（178）")], ids=["en", "zh"]
)
def test_a_part_of_a_character_is_named_and_not_quoted(language: str, name: str) -> None:
    assert in_language(language, quoted)(Message("part of a character ({id})", id=178)) == name


def test_a_text_that_names_such_a_part_is_quoted() -> None:
    assert quoted("part of a character (178)") == "“part of a character (178)”"


@pytest.mark.parametrize("name", [name for name in REPORTS if "generator" in name])
def test_tokens_are_never_parts_of_characters(name: str) -> None:
    prediction = REPORTS[name].predictions[0]
    names = token_names(prediction, tuple(range(len(prediction.tokens))))
    assert names[0] == "part of a character"
    assert not [name for name in names if "\ufffd" in name]
    if "chinese" in name:
        assert names[1:] == ["法", "国 1/2", "国 2/2", "的", "首", "都", "是", "巴 1/2", "巴 2/2", "黎", "。"]
