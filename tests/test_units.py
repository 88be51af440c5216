from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sidelight.models.prediction import Feature, Span, Token
from sidelight.models.units import UNITS, joined, make_features

from .games import predict


def cut(text: str, unit: str) -> list[str]:
    return [text[start:end] for start, end in UNITS[unit](text)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("won't it, though?", ["won't", "it", ",", "though", "?"]),
        ("这部电影真的很好看。", ["这部", "电影", "真的", "很", "好看", "。"]),
        ("用iPhone15看电影", ["用", "iPhone15", "看", "电影"]),
        ("😀你好 𠮷", ["😀", "你好", "𠮷"]),
        ("我喜欢iPhone 15，very good！", ["我", "喜欢", "iPhone", "15", "，", "very", "good", "！"]),
        ("ＡＢＣ１２３、３．５分", ["ＡＢＣ１２３", "、", "３．５", "分"]),
        ("《红楼梦》「好」👨‍👩‍👧‍👦", ["《", "红楼梦", "》", "「", "好", "」", "👨‍👩‍👧‍👦"]),
        ("对……可是——好…", ["对", "……", "可是", "——", "好", "…"]),
        (" \n\t", []),
    ],
)
def test_words(text: str, words: list[str]) -> None:
    assert cut(text, "word") == words


def test_characters_are_what_a_reader_sees() -> None:
    assert cut("e\u0301 👨‍👩‍👧好", "character") == ["e\u0301", "👨‍👩‍👧", "好"]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("It is 3.5 m. Really?\n好看！不好。", ["It is 3.5 m.", "Really?", "好看！", "不好。"]),
        ("很好。不错！真的？是；对……但是好", ["很好。", "不错！", "真的？", "是；", "对……但是好"]),
        ("不错!推荐?!1.环境好 2.服务好", ["不错!", "推荐?!1.环境好 2.服务好"]),
        ("真的?！是！?好", ["真的?！", "是！?", "好"]),
        ("有的．满意．３．５折．Ａ．Ｂ好", ["有的．", "满意．", "３．５折．", "Ａ．Ｂ好"]),
        ("“很好。”他说:「好!」走了", ["“很好。”", "他说:「好!」", "走了"]),
        ("（真的！）http://a.cn/?b=c", ["（真的！）", "http://a.cn/?b=c"]),
    ],
)
def test_sentences_end_at_western_and_chinese_marks(text: str, sentences: list[str]) -> None:
    assert cut(text, "sentence") == sentences


@given(st.text(max_size=60), st.sampled_from(sorted(UNITS)))
def test_pieces_are_in_order_apart_and_never_blank(text: str, unit: str) -> None:
    spans = UNITS[unit](text)
    assert all(text[start:end].strip() == text[start:end] != "" for start, end in spans)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))


@given(st.text(max_size=60))
def test_words_and_characters_leave_out_white_space_alone(text: str) -> None:
    for unit in ("word", "character", "sentence"):
        assert "".join("".join(cut(text, unit)).split()) == "".join(text.split())


def tokens(*spans: tuple[int, int] | None) -> tuple[Token, ...]:
    return tuple(Token("?", Span(0, *span) if span else None) for span in spans)


def test_a_feature_is_a_connected_component_of_units_and_tokens() -> None:
    text = "ab cd"
    across = tokens(None, (0, 1), (1, 4), (4, 5), None)
    assert [feature.tokens for feature in make_features((text,), across, "word")] == [(1, 2, 3)]
    apart = tokens(None, (0, 1), (1, 2), (2, 5), None)  # the last token holds a space, then a word
    features = make_features((text,), apart, "word")
    assert [(feature.text, feature.tokens) for feature in features] == [("ab", (1, 2)), ("cd", (3,))]


def test_byte_pieces_of_one_character_are_one_feature_in_every_unit() -> None:
    for unit in UNITS:
        features = make_features(("国x",), tokens((0, 1), (0, 1), (1, 2)), unit)
        assert features[0].tokens[:2] == (0, 1)


def test_text_without_a_token_is_no_feature() -> None:
    assert [feature.text for feature in make_features(("a b",), tokens((2, 3)), "word")] == ["b"]


def test_joined_features_are_named() -> None:
    prediction = predict(3)
    assert joined(prediction) == ()
    together = replace(prediction, features=(Feature("a b", 0, 0, 3, (0, 1)), prediction.features[2]))
    assert joined(together) == (together.features[0],)


def test_an_unknown_unit_is_refused_with_the_choices() -> None:
    with pytest.raises(ValueError, match=r"'phrase' is not a unit; choose one of word, character, token, sentence"):
        make_features(("a",), (), "phrase")
