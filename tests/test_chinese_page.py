"""The pages and Chinese: which demo is offered, which example is shown, and that nothing begins without a press."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sidelight.dashboard import session
from sidelight.dashboard.examples import CHINESE_TEXTS, ENGLISH_TEXTS, belongs_elsewhere, is_chinese, texts_for
from sidelight.dashboard.wording import in_language
from sidelight.dashboard.workers.fleet import MOST_MODELS
from sidelight.dashboard.workers.messages import Choice
from sidelight.dashboard.workers.supervisor import Unavailable
from sidelight.explain.report_file import load_report
from sidelight.models import demo
from streamlit.testing.v1 import AppTest

from tests import ROOT
from tests.visits import go

SCRIPT = ROOT / "dashboard" / "app.py"
SECONDS = 60
PREPARE, USE = "准备中文演示模型", "使用中文演示模型"
CHINESE = Choice(demo.CHINESE)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An app that begins with the demo on a machine without a package index, so that none can be prepared."""
    monkeypatch.setenv("SIDELIGHT_HOME", str(tmp_path))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", "")
    for name in ("MODEL_TO_CLASSIFY", "MODEL_TO_GENERATE", "HISTORY", "PRIVATE"):
        monkeypatch.setenv(f"SIDELIGHT_{name}", "")
    session.choose(Choice())
    session.supervisor(session.chosen()).unload("there is none in this test")
    yield tmp_path
    session.fleet.clear()


def open_page(language: str) -> AppTest:
    page = AppTest.from_file(str(SCRIPT), default_timeout=SECONDS)
    page.query_params["language"] = language
    page.run()
    assert not page.exception
    return page


def labels(page: AppTest) -> list[str]:
    return [button.label for button in page.button]


def markup(page: AppTest) -> str:
    return "\n".join(str(element.proto.body) for element in page.get("html"))


def spoken(page: AppTest) -> str:
    return "\n".join(element.value for element in page.markdown)


@pytest.mark.usefixtures("home")
def test_who_reads_chinese_is_offered_the_chinese_demo_with_its_cost() -> None:
    page = open_page("zh")
    assert PREPARE in labels(page)
    assert "只学过英文影评" in spoken(page)
    assert "37.6 MB" in spoken(page)
    assert f"约{demo.find_demo('classify', demo.CHINESE).minutes}分钟" in spoken(page)
    assert [one.choice for one in session.fleet().all()] == [Choice()]  # nothing has begun


@pytest.mark.usefixtures("home")
def test_who_reads_english_is_offered_it_for_a_chinese_text_alone() -> None:
    page = open_page("en")
    assert "Prepare the Chinese demo" not in labels(page)
    page.text_area[0].set_value("这本书很好")
    page.button[0].click().run()
    assert "Prepare the Chinese demo" in labels(page)
    assert "what it says of a Chinese text means nothing" in spoken(page)


@pytest.mark.usefixtures("home")
def test_nobody_prepares_it_on_a_machine_of_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIDELIGHT_PRIVATE", "0")
    assert PREPARE not in labels(open_page("zh"))


@pytest.mark.usefixtures("home")
def test_a_press_begins_it_and_looks_at_it_with_a_chinese_example() -> None:
    page = open_page("zh")
    assert page.text_area[0].value == ENGLISH_TEXTS[0]
    next(button for button in page.button if button.label == PREPARE).click()
    in_language("zh", page.run)()
    assert not page.exception
    assert page.selectbox[0].value == "demo-zh"
    assert page.text_area[0].value == CHINESE_TEXTS[0]
    assert PREPARE not in labels(page)
    assert CHINESE in [one.choice for one in session.fleet().all()]


@pytest.mark.usefixtures("home", "always_loading")
def test_that_there_is_no_room_for_it_is_said_where_it_was_asked_for() -> None:
    session.fleet().release(Choice())
    for choice in (Choice(), *(Choice(str(place)) for place in range(MOST_MODELS - 1))):
        session.supervisor(choice)
    for name in ("classify", "models"):
        page = go(open_page("en"), name)
        if name == "classify":
            page.text_area[0].set_value("这本书很好")
            page.button[0].click().run()
        next(button for button in page.button if button.label == "Prepare the Chinese demo").click().run()
        assert not page.exception
        assert [error.value for error in page.error if "models are loaded already" in error.value]
        assert "Prepare the Chinese demo" in labels(page)


@pytest.mark.usefixtures("home")
def test_why_it_can_not_be_prepared_is_said() -> None:
    supervisor = session.supervisor(CHINESE)
    with supervisor._changed:
        assert supervisor._changed.wait_for(lambda: isinstance(supervisor.model, Unavailable), SECONDS)
    assert isinstance(supervisor.model, Unavailable)
    assert "the Chinese demo classifier could not be prepared" in supervisor.model.message
    assert "snownlp" in supervisor.model.message


def test_once_it_is_ready_it_is_among_the_models(home: Path) -> None:
    assert list(session.choices("classify")) == ["demo"]
    made = demo.folder("classify", demo.CHINESE)
    made.mkdir()
    (made / "card.json").write_text("{}")
    assert made.parent == home
    assert list(session.choices("classify")) == ["demo", "demo-zh"]
    assert list(session.choices("generate")) == ["demo"]
    page = open_page("zh")
    assert USE in labels(page)
    assert PREPARE not in labels(page)


def test_a_demo_that_is_ready_can_be_compared_before_it_is_loaded(home: Path) -> None:
    made = demo.folder("classify", demo.CHINESE)
    made.mkdir()
    (made / "card.json").write_text("{}")
    assert made.parent == home
    page = AppTest.from_file(str(SCRIPT.with_name("app_pages") / "compare.py"), default_timeout=SECONDS)
    page.session_state["classifier"] = "demo-zh"  # looked at, and then unloaded on the page Models
    page.run()
    assert not page.exception
    assert list(session.comparable_choices()) == ["demo", "demo-zh"]
    assert page.session_state["models"] == ["demo-zh"]


@pytest.mark.usefixtures("home")
def test_the_saved_example_speaks_the_language_of_the_page() -> None:
    report = load_report(session.SAVED / "classify-zh.json")
    assert report.predictions[0].segments == (CHINESE_TEXTS[0],)
    assert report.predictions[0].model == "demo-zh"
    assert "隔音" in markup(open_page("zh"))
    assert "charming" in markup(open_page("en"))


def test_examples_are_for_what_the_model_reads() -> None:
    assert texts_for("demo") == ENGLISH_TEXTS
    assert texts_for("demo-zh") == CHINESE_TEXTS
    assert texts_for("name/model") == (*ENGLISH_TEXTS, *CHINESE_TEXTS)
    assert in_language("zh", texts_for)("name/model") == (*CHINESE_TEXTS, *ENGLISH_TEXTS)
    assert belongs_elsewhere((ENGLISH_TEXTS[0],), "classify", "demo-zh")
    assert not belongs_elsewhere((ENGLISH_TEXTS[0],), "classify", "name/model")
    assert not belongs_elsewhere(("my own text",), "classify", "demo-zh")


@pytest.mark.parametrize(
    ("text", "chinese"),
    [("这本书很好", True), ("这本书 is 好的", True), ("a 好 film", False), ("", False), ("123！", False)],
)
def test_a_text_is_chinese_by_most_of_its_letters(text: str, chinese: bool) -> None:
    assert is_chinese(text) is chinese


def test_waiting_for_another_process_is_a_line_of_its_own() -> None:
    def script() -> None:
        from sidelight.dashboard.waiting import show_loading
        from sidelight.models.demo import Preparing

        show_loading(Preparing("wait", 0, 1, "preparation", None))

    page = AppTest.from_function(script, default_timeout=SECONDS).run()
    assert not page.exception


@pytest.mark.parametrize("kind", ["texts", "set"])
def test_compare_offers_it_too_and_follows_what_is_looked_at(
    home: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = AppTest.from_file(str(SCRIPT.with_name("app_pages") / "compare.py"), default_timeout=SECONDS)
    page.query_params["compare"] = kind
    page.run()
    assert "Prepare the Chinese demo" not in labels(page)
    monkeypatch.setattr("sidelight.dashboard.wording._followed", [lambda: "zh"])
    in_language("zh", page.run)()
    assert PREPARE in labels(page)
    assert [one.choice for one in session.fleet().all()] == [Choice()]  # nothing has begun

    made = demo.folder("classify", demo.CHINESE)
    made.mkdir()
    (made / "card.json").write_text("{}")
    assert made.parent == home
    session.supervisor(CHINESE).unload("there is none in this test")
    page.session_state["classifier"] = "demo-zh"
    in_language("zh", page.run)()
    assert not page.exception
    if kind == "texts":
        assert page.session_state["models"] == ["demo-zh"]
        assert page.text_area[0].value == CHINESE_TEXTS[0]
        assert PREPARE not in labels(page)
    else:
        assert page.session_state["classifier_before"] == "demo-zh"
