"""Messages: English by themselves, another language where they are shown, whatever way they came there."""

import copy
import json
import pickle
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError
from sidelight.dashboard.wording import in_language, told
from sidelight.explain.joining import join, notices_about
from sidelight.explain.report_file import load_report, to_json
from sidelight.models.message import Message, RefusedError, Sentence, from_plain, plain
from sidelight.models.prediction import ModelError

from . import toys

IN_CHINESE = in_language("zh", told)
EMPTY = Message("the {what} is empty; give it some words", what=Message("prompt"))
NOTED = Message("Input {number}: {notice}", number=2, notice=EMPTY)
ADAPTER: TypeAdapter[tuple[str, ...]] = TypeAdapter(tuple[Sentence, ...])


def test_a_message_is_an_english_text() -> None:
    assert NOTED == "Input 2: the prompt is empty; give it some words"
    assert {NOTED: 1}[str(NOTED)] == 1
    assert told(NOTED) == NOTED


def test_values_are_formatted_once() -> None:
    made = Message("{count:,} of {name!r}", count=1234, name="a {b}")
    assert (made, made.values) == ("1,234 of 'a {b}'", {"count": "1,234", "name": "'a {b}'"})


def test_a_message_is_translated_with_the_messages_in_it() -> None:
    assert IN_CHINESE(NOTED) == "输入2：提示词是空的；请写入一些词"


def test_values_and_other_texts_are_not_translated() -> None:
    assert IN_CHINESE(Message("the {what} is empty; give it some words", what="prompt")).startswith("prompt")
    assert IN_CHINESE("commas") == "commas"
    assert IN_CHINESE(Message("commas")) == "逗号"


def test_a_template_of_another_version_is_shown_in_english() -> None:
    assert IN_CHINESE(Message("so {far:,}", far=1000)) == "so 1,000"


@pytest.mark.parametrize("kind", [RefusedError, ModelError])
def test_an_error_says_a_message(kind: type[RefusedError]) -> None:
    error = kind("the {what} is empty; give it some words", what=Message("prompt"))
    for one in (error, pickle.loads(pickle.dumps(error)), kind(str(error))):  # noqa: S301
        assert str(one) == EMPTY
        assert IN_CHINESE(str(one)) == IN_CHINESE(EMPTY)
    wrapped = Message("There is no attention map: {error}.", error=error)
    assert IN_CHINESE(wrapped) == "没有注意力图：提示词是空的；请写入一些词。"


@pytest.mark.parametrize("way", [copy.deepcopy, lambda one: pickle.loads(pickle.dumps(one))])  # noqa: S301
def test_a_message_keeps_what_it_holds(way: Any) -> None:
    assert IN_CHINESE(way(NOTED)) == IN_CHINESE(NOTED)


def test_a_message_comes_back_from_json() -> None:
    for written in (json.dumps([plain(NOTED), "as it came"]), ADAPTER.dump_json((NOTED, "as it came"))):
        back = ADAPTER.validate_json(written)
        assert back == (NOTED, "as it came")
        assert list(map(IN_CHINESE, back)) == [IN_CHINESE(NOTED), "as it came"]


def test_a_report_that_is_opened_again_is_said_in_chinese() -> None:
    whole = toys.of(toys.english("good film"), ("occlusion",))
    noted = replace(whole, provenance=replace(whole.provenance, notices=(EMPTY, "as it came")))
    joined = join([whole, load_report(to_json(noted).encode())])
    again = load_report(to_json(joined).encode())
    assert again.provenance.notices == (NOTED, "Input 2: as it came")
    assert IN_CHINESE(again.provenance.notices[0]) == IN_CHINESE(NOTED)
    assert notices_about(again, 0) == []


@pytest.mark.parametrize(
    "content",
    [
        {"text": "a", "template": "{b}", "values": {"c": "d"}},
        {"text": "a", "template": "{b}", "values": {"b": 1}},
        {"text": "a", "template": "{", "values": {"b": "c"}},
        {"text": "a", "template": "{b.__class__}", "values": {"b": "c"}},
        {"text": "a", "template": "b"},
        7,
    ],
)
def test_what_is_no_message_is_refused(content: object) -> None:
    with pytest.raises(ValidationError):
        ADAPTER.validate_python([content])


@given(st.dictionaries(st.sampled_from(("number", "notice")), st.text(), min_size=2))
def test_values_of_a_file_are_never_read_as_placeholders(values: dict[str, str]) -> None:
    content = {"text": "as it was", "template": NOTED.template, "values": values}
    assert IN_CHINESE(str(from_plain(content))) == f"输入{values['number']}：{values['notice']}"
