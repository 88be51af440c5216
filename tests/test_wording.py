"""The languages of the interface: what is spoken where, and how what is listed and named is read in each."""

from pathlib import Path
from threading import Thread

import pytest
from sidelight.dashboard import session
from sidelight.dashboard.exports import EXPORTS
from sidelight.dashboard.markup import say_html
from sidelight.dashboard.wording import (
    LANGUAGES,
    between_sentences,
    follow,
    in_language,
    language,
    listed,
    same_text,
    say,
    text_of,
    unit_noun,
)
from sidelight.dashboard.wording import UNITS as NOUNS
from sidelight.dashboard.workers.messages import Choice
from sidelight.explain.report_file import load_report
from sidelight.models.units import UNITS
from streamlit.testing.v1 import AppTest

from tests import ROOT

DASHBOARD = ROOT / "dashboard"


def test_english_is_spoken_where_nobody_chose() -> None:
    assert language() == "en"
    assert say("Classify") == "Classify"


def test_a_language_is_spoken_in_a_call_and_not_after_it() -> None:
    assert in_language("zh", say)("made on {date}", date="1") == "生成于1"
    assert str(in_language("zh", say_html)("raises {label}", label="<b>")) == "提高&lt;b&gt;"
    assert in_language("zh", in_language("en", say))("Stop") == "Stop"
    assert say("Stop") == "Stop"


def test_a_language_goes_along_into_another_thread() -> None:
    said_there: list[str] = []

    def speak() -> None:
        said_there.append(say("Stop"))

    thread = Thread(target=in_language("zh", speak))
    thread.start()
    thread.join()
    assert said_there == ["停止"]


def test_what_a_page_has_chosen_is_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sidelight.dashboard.wording._followed", [])
    chosen: list[str | None] = ["zh"]
    follow(lambda: chosen[0])
    assert say("Stop") == "停止"
    assert in_language("en", say)("Stop") == "Stop"
    chosen[0] = None
    assert say("Stop") == "Stop"


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(ValueError, match="'fr' is not a language of the interface; choose one of en, zh"):
        in_language("fr", say)


@pytest.mark.parametrize(
    ("name", "one", "two", "three"), [("en", "A", "A and B", "A, B and C"), ("zh", "A", "A和B", "A、B和C")]
)
def test_lists_are_read_in_each_language(name: str, one: str, two: str, three: str) -> None:
    spoken = in_language(name, listed)
    assert [spoken(["A"]), spoken(["A", "B"]), spoken(["A", "B", "C"])] == [one, two, three]


def test_units_have_names_in_each_language() -> None:
    assert [unit_noun("word", 2), unit_noun("nothing known", 2)] == ["words", "features"]
    assert in_language("zh", unit_noun)("token", 2) == "词元"


def test_every_unit_has_a_name() -> None:
    assert NOUNS.keys() >= UNITS.keys()


def test_what_no_catalogue_has_is_said_as_it_is() -> None:
    assert [in_language("zh", text_of)(text) for text in ("shares {of}", "")] == ["shares {of}", ""]


def test_a_title_is_known_in_every_language() -> None:
    titles = {in_language(name, say)("How it was made") for name in LANGUAGES}
    assert len(titles) == len(LANGUAGES)
    assert {same_text(title, ["Text", "How it was made"]) for title in titles} == {"How it was made"}
    assert same_text(None, ["Text"]) is None


def test_sentences_are_parted_as_a_language_parts_them() -> None:
    assert [in_language(name, between_sentences)() for name in LANGUAGES] == [" ", ""]


@pytest.mark.parametrize("saved", ["classify", "classify-zh", "generate"])
def test_reports_are_written_in_a_language(saved: str) -> None:
    report = load_report(DASHBOARD / "saved" / f"{saved}.json")
    write = EXPORTS[".html"].write
    english_page, chinese_page = write(report).decode(), in_language("zh", write)(report).decode()
    assert '<html lang="en">' in english_page
    assert '<html lang="zh">' in chinese_page
    assert "要点" in chinese_page
    assert "What stands out" not in chinese_page
    assert "。 " not in chinese_page


def test_a_page_is_switched_and_keeps_what_is_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MODEL_TO_CLASSIFY", "MODEL_TO_GENERATE", "HISTORY", "PRIVATE"):
        monkeypatch.setenv(f"SIDELIGHT_{name}", "")
    session.choose(Choice(str(tmp_path)))
    session.supervisor(session.chosen()).unload("there is none in this test")
    try:
        page = AppTest.from_file(str(DASHBOARD / "app.py"), default_timeout=60)
        page.query_params["language"] = "zh"
        page.run()
        assert not page.exception
        assert page.session_state["language"] == "zh"
        page.session_state["unit"] = "sentence"
        assert page.button[0].label == "解释"
        page.session_state["language"] = "en"
        in_language("zh", page.run)()  # what the browser still shows is sent in Chinese
        assert page.button[0].label == "Explain"
        assert page.session_state["unit"] == "sentence"
        assert page.query_params.get("language") is None
    finally:
        session.fleet.clear()
