"""The page Compare without a browser: its inputs, what it asks of a model, and what it shows before there is one."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sidelight.dashboard import session
from sidelight.dashboard.compare.chosen import Chosen, Input, Item, label_options
from sidelight.dashboard.compare.code import code_of_texts
from sidelight.dashboard.compare.comparing import Comparing
from sidelight.dashboard.workers.messages import Choice
from sidelight.explain.joining import join
from streamlit.testing.v1 import AppTest

from tests import toys
from tests.page_scripts import COMPARE, SECONDS, load
from tests.tiny import save_bert


def opened(model: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setenv("SIDELIGHT_MODEL_TO_CLASSIFY", "")
    session.choose(Choice(str(model)))
    return AppTest.from_file(str(COMPARE), default_timeout=SECONDS)


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AppTest]:
    """The page with a model that can't be loaded, so that nothing about it depends on time."""
    app = opened(tmp_path, monkeypatch)
    supervisor = session.supervisor(session.chosen())
    supervisor.unload("there is none in this test")
    yield app.run()
    session.fleet().release(supervisor.choice)


@pytest.fixture(scope="module")
def model(tiny_classifier: Path) -> Iterator[Path]:
    """The folder of a model that is loaded."""
    choice = Choice(str(tiny_classifier))
    load(choice)
    yield tiny_classifier
    session.fleet().release(choice)


@pytest.fixture
def working(model: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """The page with that model."""
    app = opened(model, monkeypatch)
    app.session_state["text"] = "a very charming film, but the plot was thin"
    app.query_params["methods"] = "occlusion,input_x_gradient"
    return app.run()


def markup(page: AppTest) -> str:
    return "\n".join(str(element.proto.body) for element in page.get("html"))


def errors(page: AppTest) -> list[str]:
    return [error.value.replace("\\", "") for error in page.error]


def press(page: AppTest, label: str) -> AppTest:
    return next(button for button in page.button if button.label == label).click().run()


def finish(page: AppTest) -> Comparing:
    """Looks at the page until nothing is being made any more."""
    state: Comparing = page.session_state["comparing"]
    end = time.monotonic() + SECONDS
    page.run()
    while (state.busy or not state.asked) and time.monotonic() < end:
        page.run()
    assert not state.busy
    assert not page.exception
    return state


def typed(page: AppTest) -> list[str]:
    """The texts to compare."""
    return [area.value for area in page.text_area if area.key and area.key.endswith("to compare")]


def choose(page: AppTest, key: str, *values: str) -> AppTest:
    groups = [*page.segmented_control, *page.multiselect]
    return next(group for group in groups if group.key == key).set_value(list(values)).run()


def test_a_saved_example_is_compared_before_there_is_a_model(page: AppTest) -> None:
    assert not page.exception
    assert "a saved example" in [caption.value for caption in page.caption]
    assert "LIME minus SHAP" in markup(page)
    assert any("there is none in this test" in text for text in errors(page))


def test_texts_are_added_as_copies_and_removed_from_between(page: AppTest) -> None:
    for _ in range(3):
        press(page, "Add a text")
    assert [area.label for area in page.text_area] == ["Text 1", "Text 2", "Text 3", "Text 4"]
    assert len({area.value for area in page.text_area}) == 1
    assert "Add a text" not in [button.label for button in page.button]
    assert any("Two of the texts are the same" in text for text in errors(page))
    for number, area in enumerate(page.text_area):
        area.set_value(f"text {number}")
    next(button for button in page.button if button.key and "remove text 1" in button.key).click().run()
    assert not page.exception
    assert [area.value for area in page.text_area] == ["text 0", "text 2", "text 3"]


def test_too_few_and_too_many_columns_are_said(page: AppTest) -> None:
    choose(page, "methods", "shap")
    assert any("only one column" in text for text in errors(page))
    choose(page, "methods", "shap", "lime", "occlusion")
    choose(page, "units", "word", "token", "character")
    assert any("makes 9 columns; at most 8" in text for text in errors(page))
    assert not page.exception


@pytest.mark.parametrize(("text", "message"), [(" ", "There is no text"), ("word " * 4001, "20,005 characters")])
def test_nothing_and_too_much_are_said(page: AppTest, text: str, message: str) -> None:
    page.text_area[0].set_value(text)
    press(page, "Compare")
    assert any(message in told for told in errors(page))


def test_a_model_that_can_not_be_had_is_an_error_in_words(page: AppTest, tmp_path: Path) -> None:
    press(page, "Compare")
    finish(page)
    assert any("there is none in this test" in text for text in errors(page))


def test_columns_are_titled_by_what_is_not_the_same() -> None:
    choice = Choice("one")
    chosen = Chosen({"one": choice, "two": Choice("two")}, ("a", "b"), ("word",), ("shap",), ())
    assert [item.title for item in chosen.items()] == ["one · Text 1", "one · Text 2", "two · Text 1", "two · Text 2"]
    chosen = Chosen({"one": choice}, ("a",), ("word", "token"), ("shap",), ("good", "bad"))
    assert [item.title for item in chosen.items()] == ["words · good", "words · bad", "tokens · good", "tokens · bad"]


def test_labels_that_share_a_name_are_numbered() -> None:
    assert label_options(["good", "bad", "good"]) == ["good (#0)", "bad", "good (#2)"]


def test_what_is_known_is_not_asked_again(working: AppTest) -> None:
    state = finish(working)
    predicted = state.predicted(items := _items(working))
    assert len(state.columns(items)) == 2
    assert f"for {predicted}" in markup(working)
    asked = state.done

    (other,) = {"negative", "positive"} - {predicted}
    choose(working, "labels", other)
    assert f"for {other}" in markup(working)
    choose(working, "labels", "negative", "positive")
    assert markup(working).count('class="row compared"') == 4
    assert (state.done, state.busy) == (asked, False)


def test_what_is_added_is_computed_when_it_is_asked_for(working: AppTest) -> None:
    finish(working)
    choose(working, "methods", "occlusion", "attention_rollout")
    assert any("Not computed yet" in caption.value for caption in working.caption)
    press(working, "Compare")
    state = finish(working)
    report = state.report(_items(working)[0].input)
    assert report
    assert {one.method for one in report.attributions} == {"occlusion", "input_x_gradient", "attention_rollout"}
    assert "Attention rollout" in markup(working)


def test_a_reload_shows_the_same_texts_without_computing(
    working: AppTest, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    finish(working)
    press(working, "Add a text")
    working.text_area[1].set_value("a thin plot")
    press(working, "Compare")
    finish(working)
    working.run()
    entries = working.query_params["reports"]
    assert len(entries) == 2
    again = opened(model, monkeypatch)
    again.query_params["methods"] = ["occlusion", "input_x_gradient"]
    again.query_params["reports"] = entries
    again.run()
    assert typed(again) == typed(working)
    state = finish(again)
    assert state.done == (0, 0)
    assert len(state.columns(_items(again))) == 4
    buttons = [button.label for button in again.download_button]
    assert buttons == ["CSV of this comparison", "HTML page", "PDF", "JSON, opens again", "CSV table"]


def test_the_code_of_columns_makes_one_report_of_all(
    tiny_classifier: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    inputs = [Input(Choice(str(tiny_classifier)), text, "word") for text in ("a 'good' film", "a bad film")]
    exec(code_of_texts(inputs, ["occlusion"]), made := {})  # noqa: S102 (our own code)
    assert [one.segments[0] for one in join(made["reports"]).predictions] == ["a 'good' film", "a bad film"]
    assert (tmp_path / "report.html").exists()


def test_a_link_with_texts_is_compared_at_once(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened(model, monkeypatch)
    app.query_params["methods"] = ["occlusion"]
    app.query_params["text"] = ["a good film", "a bad film"]
    state = finish(app.run())
    assert typed(app) == ["a good film", "a bad film"]
    assert state.done == (2, 2)


def test_a_report_that_the_history_has_not_is_said(page: AppTest) -> None:
    again = AppTest.from_file(str(COMPARE), default_timeout=SECONDS)
    again.query_params["reports"] = ["<b>none"]
    for _ in range(2):
        again.run()
        assert not again.exception
        assert any("<b>none" in text for text in errors(again))
    press(again, "Compare")
    assert not any("<b>none" in text for text in errors(again))


def test_a_link_names_models_and_what_is_not_there_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened(tmp_path, monkeypatch)
    supervisor = session.supervisor(session.chosen())
    supervisor.unload("there is none in this test")
    app.query_params["models"] = [tmp_path.name, "nobody"]
    app.run()
    assert app.multiselect(key="models").value == [tmp_path.name]
    (said,) = (warning.value.replace("\\", "").replace("\N{WORD JOINER}", "") for warning in app.warning)
    assert said.startswith("The link asks for the model nobody; the models here: ")
    session.fleet().release(supervisor.choice)


def test_hostile_texts_are_compared_literally(working: AppTest) -> None:
    finish(working)
    hostile = f"good {toys.SCRIPT} {toys.IMAGE} :red[x] $x$"
    press(working, "Add a text")
    working.text_area[1].set_value(hostile)
    press(working, "Compare")
    finish(working)
    assert "Text 2" in markup(working)
    assert not any(tag in markup(working) for tag in ("<script", "<img"))


def _items(page: AppTest) -> list[Item]:
    return Chosen(
        {"one": session.chosen()}, tuple(typed(page)), ("word",), ("occlusion", "input_x_gradient"), ()
    ).items()


def test_a_link_names_methods_by_their_titles_too_and_what_is_not_there_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = opened(tmp_path, monkeypatch)
    app.query_params["methods"] = "LIME,遮挡,:red[none]"
    app.query_params["units"] = "characters"
    supervisor = session.supervisor(session.chosen())
    supervisor.unload("there is none in this test")
    app.run()
    assert app.button_group(key="methods").value == ["lime", "occlusion"]
    assert app.button_group(key="units").value == ["character"]
    (said,) = (warning.value.replace("\\", "").replace("\N{WORD JOINER}", "") for warning in app.warning)
    assert said.startswith("The link asks for the method :red[none]; the methods here: Occlusion, SHAP")
    choose(app, "methods", "shap")
    assert not app.warning
    assert app.query_params["methods"] == "shap"
    session.fleet().release(supervisor.choice)


def test_a_link_names_labels_also_with_commas_and_what_is_not_there_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    exclusive = {"problem_type": "single_label_classification"}
    app = opened(save_bert(tmp_path / "torn", labels=("good, bad", "bad", "good"), **exclusive), monkeypatch)
    load(session.chosen())
    app.query_params["methods"] = "occlusion"
    app.query_params["labels"] = ["good, bad", "joy", "bad"]
    app.run()
    finish(app)
    assert app.multiselect(key="labels").value == ["good, bad", "bad"]
    (said,) = (warning.value.replace("\\", "").replace("\N{WORD JOINER}", "") for warning in app.warning)
    assert said == "The link asks for the label joy; the labels here: good, bad, bad, good."
    choose(app, "labels", "good, bad", "good")
    assert not app.warning
    assert app.query_params["labels"] == ["good, bad", "good"]
    session.fleet().release(session.chosen())
