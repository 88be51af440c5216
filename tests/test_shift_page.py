"""The page Compare over a set of texts, without a browser."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sidelight.dashboard import session
from sidelight.dashboard.compare.code import code_of_set
from sidelight.dashboard.compare.shift_inputs import Texts
from sidelight.dashboard.compare.shifting import Shifting
from sidelight.dashboard.visitor import LONGEST_TEXT
from sidelight.dashboard.workers.messages import Choice
from sidelight.explain.set_shift import Answers, Asked, SetShift
from sidelight.models.finetuning.dataset import DataError
from sidelight.models.finetuning.request import ignore_notice
from sidelight.models.finetuning.texts import Given, held_out
from sidelight.models.tasks import TASKS
from streamlit.testing.v1 import AppTest

from tests import toys
from tests.page_scripts import COMPARE, SECONDS, load, reloaded
from tests.tiny import save_bert

ASKED = Asked("tiny", "later", ("a" * 64, "b" * 64), "1", "occlusion")


@pytest.fixture(scope="module")
def choices(tiny_classifier: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Choice, Choice]]:
    """Two models, both loaded."""
    later = save_bert(tmp_path_factory.mktemp("models") / "later", seed=1)
    found = Choice(str(tiny_classifier)), Choice(str(later))
    for choice in found:
        load(choice)
    yield found
    for choice in found:
        session.fleet().release(choice)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The folder of a network without a head that is loaded."""
    from transformers import BertModel

    folder = save_bert(tmp_path_factory.mktemp("models") / "base")
    BertModel.from_pretrained(folder).save_pretrained(folder)
    choice = Choice(str(folder), task="encode")
    load(choice)
    yield choice.reference
    session.fleet().release(choice)


@pytest.fixture
def page(choices: tuple[Choice, Choice], monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """The page with both models chosen."""
    monkeypatch.setenv("SIDELIGHT_MODEL_TO_CLASSIFY", "")
    session.choose(choices[0])
    return opened()


def opened(before: str = "tiny", after: str | None = "later") -> AppTest:
    app = AppTest.from_file(str(COMPARE), default_timeout=SECONDS)
    app.query_params["compare"] = "set"
    app.session_state["classifier_before"], app.session_state["classifier_after"] = before, after
    return app.run()


def compare(page: AppTest, text: str) -> Shifting:
    page.text_area[0].set_value(text).run()
    next(one for one in page.button if one.label == "Compare").click().run()
    state: Shifting = page.session_state["shifting"]
    state.wait_for(lambda one: one.state != "running", SECONDS)
    page.run()
    assert not page.exception
    return state


def markup(page: AppTest) -> str:
    return "\n".join(str(element.proto.body) for element in page.get("html"))


def test_a_file_is_read_as_the_page_is_told(page: AppTest) -> None:
    page.segmented_control(key="texts from").set_value("file").run()
    page.file_uploader[0].upload("a.csv", "it was good,1\nit was bad,0\n".encode("utf-16-le"), "text/csv").run()
    assert "as in UTF" in page.error[0].value
    page.selectbox(key="encoding of the set").set_value("UTF-16LE").run()
    assert "this looks like a row" in page.error[0].value
    page.segmented_control(key="first line of the set").set_value("row").run()
    next(box for box in page.selectbox if box.label == "Text column").set_value("1").run()
    assert not page.error
    assert not page.exception


def test_pasted_lines_are_compared_and_the_code_makes_it_again(
    page: AppTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = ["a good film", "a bad film", "a film that was good", f"{toys.SCRIPT} :red[x] $x$"]
    state = compare(page, "\n".join([*lines, "  ", ""]))
    found = state.shift
    assert found
    assert state.choices
    assert [one.text for one in found.answers] == lines
    assert "Most-changed words" in markup(page)
    assert "layer 2, head 4" in markup(page)
    assert "<script" not in markup(page)

    from sidelight.dashboard.exports.shift import WRITERS

    monkeypatch.chdir(tmp_path)
    (tmp_path / "sidelight-shift.json").write_bytes(WRITERS[".json"][0](found))
    code = code_of_set(state.choices, found)
    exec(compile(code, "code", "exec"), {})  # noqa: S102
    assert "Most-changed words" in (tmp_path / "shift.html").read_text(encoding="utf-8")


def test_nothing_is_asked_without_texts_or_a_second_model(page: AppTest) -> None:
    (button,) = (one for one in page.button if one.label == "Compare")
    assert button.disabled
    page.text_area[0].set_value("a good film").run()
    (button,) = (one for one in page.button if one.label == "Compare")
    assert not button.disabled
    assert any("Choose two models" in caption.value for caption in opened(after=None).caption)


@pytest.mark.usefixtures("page")
def test_a_second_model_that_can_not_be_is_an_error_in_words(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    other = opened(after=str(tmp_path / "empty"))
    assert not other.exception
    assert any("no config.json" in error.value.replace("\\", "") for error in other.error)


@pytest.mark.parametrize("kind", ["set", "prompt"])
def test_one_model_chosen_twice_that_can_not_be_had_is_said_once(tmp_path: Path, kind: str) -> None:
    task = {"set": "classify", "prompt": "generate"}[kind]
    name = TASKS[task].key
    choice = Choice(str(tmp_path), task=task)
    session.supervisor(choice).unload("there is none in this test")
    try:
        app = AppTest.from_file(str(COMPARE), default_timeout=SECONDS)
        app.query_params["compare"] = kind
        app.session_state[f"{name}_before"] = app.session_state[f"{name}_after"] = tmp_path.name
        app.run()
        assert not app.exception
        assert len([one for one in app.error if "there is none in this test" in one.value]) == 1
    finally:
        session.fleet().release(choice)


def test_texts_that_are_all_too_long_are_said(page: AppTest) -> None:
    page.text_area[0].set_value("a" * (LONGEST_TEXT + 1)).run()
    assert any("20,000" in caption.value.replace("\\", "") for caption in page.caption)
    (button,) = (one for one in page.button if one.label == "Compare")
    assert button.disabled


def test_held_out_rows_are_drawn_before_long_ones_are_left_out() -> None:
    rows = [Given(f"film {number}" * (1 if number % 3 else LONGEST_TEXT), str(number % 2)) for number in range(60)]
    held = held_out(rows, 0.3, 5, ignore_notice)
    found = Texts(tuple(rows), ("said before",), 0.3).some(1000, 5)
    assert list(found.given) == [row for row in held if len(row.text) <= LONGEST_TEXT]
    assert 0 < len(found.given) < len(held)
    assert found.notices[0] == "said before"
    assert len(found.notices) == 2
    with pytest.raises(DataError, match="rows without a label"):
        Texts((Given("film"),), (), 0.3).some(1000, 5)


@pytest.mark.usefixtures("page")
def test_a_base_without_a_head_is_compared_by_its_attention(base: str) -> None:
    other = opened(base)
    found = compare(other, "a good film\na bad film").shift
    assert found
    assert found.heads
    assert found.heads.count == 2
    assert "base has no head that was trained to answer" in markup(other)
    models = AppTest.from_file(str(COMPARE.with_name("models.py")), default_timeout=SECONDS).run()
    assert not models.exception
    assert "##### Networks without a head, for their attention" in [text.value for text in models.markdown]


def test_what_is_compared_stands_in_the_address_by_its_keys(page: AppTest) -> None:
    assert page.query_params["compare"] in ("set", ["set"])
    other = AppTest.from_file(str(COMPARE), default_timeout=SECONDS)
    other.query_params["units"] = "sentence,joy"
    other.query_params["methods"] = "lime"
    other.run()
    assert not other.exception
    assert (other.session_state["units"], other.session_state["methods"]) == (["sentence"], ["lime"])
    other.session_state["units"] = ["word", "token"]
    other.run()
    assert other.query_params["units"] == ["word", "token"]


def test_a_reload_shows_the_last_result_without_computing(page: AppTest) -> None:
    app = next(one for one in page.segmented_control if one.key == "set_unit").set_value("token").run()
    found = compare(app, "a good film\n a bad film").shift
    assert found
    assert found.asked.unit == "token"
    assert set(app.query_params) >= {"compare", "classifier_after", "set_unit", "shift"}

    again = reloaded(app)
    state: Shifting = again.session_state["shifting"]
    assert (state.shift, state.standing) == (found, None)
    assert again.text_area[0].value == "a good film\na bad film"
    assert again.session_state["classifier_after"] == "later"
    assert again.session_state["set_unit"] == "token"
    assert "Most-changed" in markup(again) or "What changed" in markup(again)
    assert "load(" in "".join(code.value for code in again.code)

    next(one for one in again.segmented_control if one.key == "compare").set_value("texts").run()
    assert "shift" not in again.query_params


@pytest.mark.parametrize(
    "shift",
    [
        SetShift(ASKED, (Answers("of two\nlines", None, "1", "1"),)),
        SetShift(ASKED, (Answers("with a label", "1", "1", "1"),)),
        SetShift(ASKED, (Answers("not all", None, "1", "1"),), left_out={"the text is too long": 1}),
    ],
)
def test_what_lines_can_not_say_is_not_filled_in(
    page: AppTest, choices: tuple[Choice, Choice], shift: SetShift
) -> None:
    page.query_params["shift"] = str(session.history().keep_set(choices, shift))
    again = reloaded(page)
    assert again.session_state["shifting"].shift == shift
    assert not again.text_area[0].value


def test_an_address_of_what_was_cleared_says_so(page: AppTest) -> None:
    compare(page, "a good film")
    session.history().clear()
    again = reloaded(page)
    for app in (again, again.run()):
        assert any("not in the history of this machine" in error.value for error in app.error)
    compare(again, "a good film")
    assert not again.error


def test_json_names_both_models_by_their_weights(page: AppTest, choices: tuple[Choice, Choice]) -> None:
    from sidelight.dashboard.exports.shift import to_json

    found = compare(page, "a good film").shift
    assert found
    weights = [session.supervisor(choice).model.weights for choice in choices]  # type: ignore[union-attr]
    assert json.loads(to_json(found))["asked"]["weights"] == weights
    assert len(set(weights)) == 2


@pytest.mark.usefixtures("page", "base")
def test_a_text_in_a_classifier_and_a_base_has_one_column_and_both_attentions(choices: tuple[Choice, Choice]) -> None:
    page = AppTest.from_file(str(COMPARE), default_timeout=SECONDS)
    page.query_params["methods"] = "occlusion"
    page.session_state["text"] = "a good film"
    page.session_state["models"] = ["tiny", "base"]
    page.run()
    state = page.session_state["comparing"]
    for job in state.jobs:
        session.supervisor(choices[0]).wait_for(job, lambda status: status.over, SECONDS)
    for _ in range(50):
        page.run()
        if not state.busy:
            break
    assert not page.exception
    assert not state.problems
    assert any("base has no head" in caption.value for caption in page.caption)
    assert any("Attention shift" in caption.value for caption in page.caption)
    kinds = [element.type for element in page.main]
    assert kinds.count("plotly_chart") == 3
    files = [place for place, one in enumerate(page.main) if getattr(one, "label", "") == "HTML page"]
    assert files > [place for place, kind in enumerate(kinds) if kind == "plotly_chart"][-1:]  # at the end
    made: dict[str, Any] = {}
    (code,) = (block.value for block in page.code if "attention_shift" in block.value)
    exec(compile(code, "code", "exec"), made)  # noqa: S102
    assert made["shift"].shape == (2, 4)
