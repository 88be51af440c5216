"""The page without a browser: what it shows before there is a model, and how it opens reports."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal, cast

import pytest
import streamlit as st
from sidelight.dashboard import session
from sidelight.dashboard.history_collection import Collection
from sidelight.dashboard.markup import markdown_text
from sidelight.dashboard.serve import url_of
from sidelight.dashboard.workers.jobs import Job, Status
from sidelight.dashboard.workers.messages import Choice, Loaded, Work
from sidelight.dashboard.workers.supervisor import ModelState, Starting, Supervisor
from sidelight.explain import load_report
from sidelight.explain.report import Report
from sidelight.explain.report_file import to_json
from sidelight.models.message import Message
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import TextArea

from tests import ROOT
from tests.toys import REPORTS, attribute, of, predict
from tests.visits import go

SCRIPT = ROOT / "dashboard" / "app.py"
SECONDS = 60
SAVED_EXAMPLE = session.SAVED / "classify.json"


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AppTest]:
    """The page of an app whose model can't be loaded, so that nothing about it depends on time."""
    for name in ("CLASSIFY", "GENERATE"):
        monkeypatch.setenv(f"SIDELIGHT_MODEL_TO_{name}", "")
    for name in ("HISTORY", "PRIVATE"):
        monkeypatch.setenv(f"SIDELIGHT_{name}", "")
    session.choose(Choice(str(tmp_path)), Choice(str(tmp_path), task="generate"), history=False)
    supervisor = session.supervisor(session.chosen())
    supervisor.unload("there is none in this test")
    yield load()
    session.fleet.clear()


@pytest.fixture
def home(page: AppTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for the history that the page has from now on."""
    assert not page.exception
    monkeypatch.setenv("SIDELIGHT_HISTORY", "1")
    monkeypatch.setenv("SIDELIGHT_HOME", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


def markup(page: AppTest) -> str:
    return "\n".join(str(element.proto.body) for element in page.get("html"))


def errors(page: AppTest) -> list[str]:
    return [error.value.replace("\\", "") for error in page.error]


def test_a_saved_example_is_shown_at_once_and_named_so(page: AppTest) -> None:
    example = load_report(SAVED_EXAMPLE)
    assert not page.exception
    assert "a saved example" in markup(page)
    assert "charming" in markup(page)
    assert page.text_area[0].value == example.predictions[0].segments[0]
    assert "there is none in this test" in page.error[0].value


def test_every_kind_of_file_is_offered(page: AppTest) -> None:
    assert [button.label for button in page.download_button] == ["HTML page", "PDF", "JSON, opens again", "CSV table"]


def test_a_saved_report_is_opened_and_named(page: AppTest) -> None:
    page.file_uploader[0].upload("my <b>report</b>.json", SAVED_EXAMPLE.read_bytes(), "application/json").run()
    assert not page.exception
    assert "opened from file my &lt;b&gt;report&lt;/b&gt;.json" in markup(page)
    assert "a saved example" not in markup(page)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"not a report", "not a report"),
        (b'{"schema": "sidelight.report/9"}', "newer version"),
        (b'{"texts": []}', "choose the JSON file of a report"),
        (SAVED_EXAMPLE.read_bytes()[:500], "not a report"),
        (b'{"schema": "sidelight.report/1"}', "damaged"),
        (to_json(Report(())).encode(), "holds no prediction"),
    ],
)
def test_a_wrong_file_is_a_message_and_the_page_stays(page: AppTest, content: bytes, message: str) -> None:
    page.text_area[0].set_value("my own text")
    explain(page)
    page.file_uploader[0].upload("wrong.json", content, "application/json").run()
    assert not page.exception
    assert any(message in text for text in errors(page))
    assert "a saved example" in markup(page)
    assert page.text_area[0].value == "my own text"


@pytest.mark.parametrize(("text", "message"), [("  \n ", "There is no text"), ("word " * 4001, "20,005 characters")])
def test_nothing_and_too_much_are_said_and_not_explained(page: AppTest, text: str, message: str) -> None:
    page.text_area[0].set_value(text)
    explain(page)
    assert any(message in text for text in errors(page))
    assert "a saved example" in markup(page)
    assert page.text_area[0].value == text


def test_a_damaged_history_is_said_and_cleared_and_the_pages_stay(page: AppTest, home: Path) -> None:
    damaged = home / "history.sqlite"
    damaged.write_bytes(b"garbage" * 1000)
    for name in ("generate", "classify"):
        go(page, name)
        assert not page.exception
        assert any("the history is damaged" in text for text in errors(page))
        assert "a saved example" in markup(page)
    press(page, "Clear the history")
    assert not any("the history is damaged" in text for text in errors(page))
    assert not damaged.exists()


def test_a_task_without_a_model_asks_for_one(page: AppTest, tmp_path: Path) -> None:
    found = go(page, "pair")
    assert not found.exception
    assert "Pair classifiers: none is loaded yet" in "".join(one.value for one in found.markdown)
    found.text_input(key="reference").set_value(str(tmp_path / "pairs"))
    next(button for button in found.button if button.label == "Load").click().run()
    assert not found.exception
    assert [area.label for area in found.text_area] == ["First text", "Second text"]


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(
    ("zone", "hours", "named"), [(None, 0, " UTC"), ("No/Where", 0, " UTC"), ("Asia/Tokyo", 9, "")]
)
def test_entries_of_the_history_say_which_model_answered_and_when_by_the_visitors_clock(
    monkeypatch: pytest.MonkeyPatch, zone: str | None, hours: int, named: str
) -> None:
    monkeypatch.setattr(type(st.context), "timezone", zone)
    for name in ("one", "other [x](y)"):
        prediction = replace(predict("so [good]", ["so", "good"]), model=name)
        session.history().keep(Work("so [good]", ()), Report((prediction,)))
    found = session.history().find()
    page = load()
    labels = [button.label for button in page.button if str(button.key).startswith("open ")]
    times = [f"{datetime.fromisoformat(one.changed) + timedelta(hours=hours):%Y-%m-%d %H:%M}{named}" for one in found]
    assert labels == [
        f"{markdown_text('so [good]')}  \n:small[:gray[{markdown_text(f'{one.model} · {time}')}]]"
        for one, time in zip(found, times, strict=True)
    ]
    assert len(set(labels)) == 2
    page.file_uploader[0].upload("two.json", to_json(REPORTS["two"]).encode(), "application/json").run()
    page.session_state["tab False"] = "How it was made"
    page.run()
    made = f"{datetime(2026, 11, 23, 18, 40) + timedelta(hours=hours):%Y-%m-%d %H:%M}{named}"
    assert f"made on {made}" in page.text[-1].value.splitlines()


def test_a_note_of_a_file_is_its_own_and_stands_on_the_page(page: AppTest) -> None:
    report = REPORTS["the same method twice"]
    for note in ("the first <b>note</b>", "another note", ""):
        content = to_json(replace(report, notes=(note,) if note else ())).encode()
        page.file_uploader[0].upload("report.json", content, "application/json").run()
        assert note_box(page).value == note
        assert ("<h4>Note</h4>" in markup(page)) == bool(note)
        assert "<b>note" not in markup(page)
        note_box(page).set_value(f"{note} of today").run()
        assert not page.exception
        assert "of today</p>" in markup(page)


CUT = Message("Input {number}: {notice}", number=2, notice="<b>cut</b>")


def test_of_an_opened_report_only_the_notices_on_what_is_looked_at_are_shown(page: AppTest) -> None:
    report = REPORTS["two"]
    made = replace(
        report.provenance, notices=(Message("Input {number}: {notice}", number=2, notice="<b>cut</b>"), "All of it")
    )
    page.file_uploader[0].upload(
        "two.json", to_json(replace(report, provenance=made)).encode(), "application/json"
    ).run()
    assert warnings(page) == ["All of it"]
    page.selectbox(key="input").set_value(1).run()
    assert not page.exception
    assert warnings(page) == ["Input 2: <b>cut</b>", "All of it"]


def warnings(page: AppTest) -> list[str]:
    return [warning.value.replace("\\", "").replace("\u2060", "") for warning in page.warning]


@pytest.mark.parametrize("state", ["done", "stopped", "failed"])
def test_how_long_it_took_is_said_of_the_report_on_screen(state: str) -> None:
    def script(state: str, own: "Report", opened: "Report") -> None:
        from types import SimpleNamespace

        from sidelight.dashboard.visitor import Moment
        from sidelight.dashboard.waiting import show_state
        from sidelight.dashboard.workers.jobs import Job, Status
        from sidelight.dashboard.workers.messages import Loaded, Work

        model = Loaded("demo", (), 1, "cpu", "float32", ("mask",))
        drawn = Moment(model, Job(0, Work("a film", ())), Status(state, own, message="it failed"))
        show_state(SimpleNamespace(problem=""), drawn, opened)

    one, other = REPORTS["two"].predictions
    opened = replace(REPORTS["two"], predictions=(one, replace(other, model="demo-zh")))
    shown = {"state": state, "own": REPORTS["realistic"], "opened": opened}
    page = AppTest.from_function(script, kwargs=shown, default_timeout=SECONDS).run()
    assert not page.exception
    assert not page.error
    (line,) = [caption.value.replace("\\", "") for caption in page.caption]
    seconds, calls = (sum(getattr(one, name) for one in opened.attributions) for name in ("seconds", "calls"))
    assert line == f"Explained in {seconds:.1f} s with {calls:,} passes through demo reviews and demo-zh."


def note_box(page: AppTest) -> TextArea:
    return next(area for area in page.text_area if area.label == "Your note on this text")


def test_what_the_files_hold_is_said_beside_them(page: AppTest) -> None:
    page.file_uploader[0].upload("one.json", SAVED_EXAMPLE.read_bytes(), "application/json").run()
    press(page, "Add this text to my report")
    assert any("1, this one among them" in caption.value for caption in page.caption)
    other = to_json(REPORTS["the same method twice"]).encode()
    page.file_uploader[0].upload("other.json", other, "application/json").run()
    assert any("1, without this one" in caption.value for caption in page.caption)


@pytest.mark.usefixtures("home")
def test_what_is_collected_is_there_when_the_page_is_loaded_again_until_it_is_taken_out_or_cleared() -> None:
    for emptied in ("take out", "take out all", "Clear the history"):
        page = load()
        assert not any("The files hold the texts" in caption.value for caption in page.caption)
        press(page, "Add this text to my report")
        assert not any("No history is kept" in caption.value for caption in page.caption)
        again = load()
        assert any("1, this one among them" in caption.value for caption in again.caption)
        press(again, emptied)
        assert not any("The files hold the texts" in caption.value for caption in again.caption)
        assert not again.exception
    assert not any("The files hold the texts" in caption.value for caption in load().caption)


@pytest.mark.usefixtures("home")
def test_a_note_is_passed_to_what_is_collected_and_open_pages_know_of_each_other() -> None:
    page, other = load(), load()
    note_box(page).set_value("a first note").run()
    press(page, "Add this text to my report")
    note_box(page).set_value("a better note").run()
    assert [one.notes for one in Collection(session.history()).reports] == [("a better note",)]
    assert any("1, this one among them" in caption.value for caption in other.run().caption)
    press(other, "take out")
    assert not any("The files hold the texts" in caption.value for caption in page.run().caption)
    note_box(page).set_value("of what is collected no more").run()
    assert not page.exception
    assert Collection(session.history()).reports == []


def test_where_no_history_is_kept_it_is_said_that_what_is_collected_is_lost(page: AppTest) -> None:
    press(page, "Add this text to my report")
    assert any("No history is kept" in caption.value for caption in page.caption)
    assert not any("The files hold the texts" in caption.value for caption in load().caption)


@pytest.mark.usefixtures("home")
def test_the_address_names_the_text_before_an_edit_which_is_there_again_after_a_reload() -> None:
    texts = {text: of(predict(text, text.split())) for text in ("so bad", "so good")}
    first, last = (session.history().keep(Work(text, ()), report) for text, report in texts.items())
    assert first and last
    for before, there in ((first, True), ("none <b>", False), (None, False)):
        page = AppTest.from_file(str(SCRIPT), default_timeout=SECONDS)
        page.query_params["report"] = last
        if before:
            page.query_params["before"] = before
        page.run()
        assert not page.exception
        assert drawn_text(page) == "so good"
        assert ("Before (SHAP)" in markup(page)) == there
        asked = [text for text in errors(page) if "not in the history of this machine" in text]
        assert len(asked) == (before == "none <b>")
        assert page.query_params["report"] in (last, [last])
        assert page.query_params.get("before") in ((first, [first]) if there else (None,))


@pytest.mark.usefixtures("home")
def test_an_edit_is_named_in_the_address_with_its_report_until_the_history_is_cleared(tmp_path: Path) -> None:
    model = hold(tmp_path / "first")
    page = load()
    page.selectbox[0].set_value("first").run()
    named = []
    for text in ("so bad", "so good"):
        model.state, model.report = "done", of(replace(predict(text, text.split()), model="other"))
        page.text_area[0].set_value(text)
        explain(page)
        named.append((page.query_params.get("before"), page.query_params["report"]))
    assert not page.exception
    (none, first), (before, last) = named
    assert none is None
    assert before == first != last
    assert "Before (SHAP)" in markup(page)
    press(page, "Clear the history")
    assert not {"before", "report"} & set(page.query_params)
    assert "Before (SHAP)" in markup(page)


def test_switching_the_label_draws_the_same_report_anew(page: AppTest) -> None:
    before = markup(page)
    label = next(group for group in page.segmented_control if group.key == "label")
    (other,) = set(label.options) - {label.value}
    label.set_value(other).run()
    assert not page.exception
    assert f"for {other}" in markup(page)
    assert markup(page) != before


def test_each_of_two_runs_of_a_method_can_be_chosen(page: AppTest) -> None:
    report = to_json(REPORTS["the same method twice"]).encode()
    page.file_uploader[0].upload("report.json", report, "application/json").run()
    method = next(group for group in page.segmented_control if group.key == "method")
    titles = ["SHAP (1)", "SHAP (2)", "LIME"]
    assert [option.replace("\\", "") for option in method.options] == titles
    looks = []
    for name in ("shap (1)", "shap (2)", "lime"):
        next(group for group in page.segmented_control if group.key == "method").set_value(name).run()
        assert not page.exception
        (text,) = (one.proto for one in page.get("bidi_component") if one.proto.component_name == "sidelight_text")
        looks.append(str(text))
    assert len(set(looks)) == 3


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://localhost:80"),
        ("0.0.0.0", "http://localhost:80"),  # noqa: S104 (nothing listens)
        ("::1", "http://localhost:80"),
        ("192.0.2.7", "http://192.0.2.7:80"),
        ("2001:db8::7", "http://[2001:db8::7]:80"),
        ("my-machine", "http://my-machine:80"),
    ],
)
def test_the_address_told_is_one_that_leads_to_the_app(host: str, url: str) -> None:
    assert url_of(host, 80) == url


def load() -> AppTest:
    """The page in a new session."""
    return AppTest.from_file(str(SCRIPT), default_timeout=SECONDS).run()


def press(page: AppTest, label: str) -> None:
    next(button for button in page.button if button.label == label).click().run()


def explain(page: AppTest) -> None:
    press(page, "Explain")


class Busy:
    """A model that goes on explaining, at first without an answer."""

    def __init__(self, choice: Choice) -> None:
        self.choice = choice
        self.model: ModelState = Loaded("other", ("negative", "positive"), 1, "cpu", "float32", ("mask",))
        self.seconds_per_token = None
        self.state: Literal["running", "done"] = "running"
        self.report: Report | None = None

    def submit(self, _session: str, work: Work, _watched: object) -> Job:
        return Job(0, work)

    def look(self, _job: Job) -> Status:
        return Status(self.state, self.report)

    def wait_for(self, job: Job, *_: object) -> Status:
        job.status = self.look(job)
        return job.status

    def position(self, _job: Job) -> int:
        return 0

    def stop(self, _job: Job) -> None: ...

    def close(self) -> None: ...


def hold(folder: Path) -> Busy:
    """A model of that name, to be chosen from the next run on."""
    folder.mkdir()
    model = Busy(Choice(str(folder)))
    session.fleet()._supervisors[model.choice] = cast(Supervisor, model)
    return model


def test_another_model_answers_the_text_in_the_box_and_no_example_stands_for_it(page: AppTest, tmp_path: Path) -> None:
    first, second = (hold(tmp_path / name) for name in ("first", "second"))
    page.text_area[0].set_value("so good")
    explain(page)
    prediction = predict("so good", ["so", "good"])
    first.report = Report((prediction,), (attribute(prediction, "occlusion", [1.0, 2.0]),))
    page.selectbox[0].set_value("first").run()
    assert drawn_text(page) == "so good"
    second.model = Starting()
    page.selectbox[0].set_value("second").run()
    assert (drawn_text(page), is_dimmed(page)) == ("so good", True)
    second.model = first.model
    page.run()
    assert (drawn_text(page), is_dimmed(page)) == ("so good", True)
    second.report = Report((prediction,))
    page.run()
    assert (drawn_text(page), is_dimmed(page)) == ("so good", False)
    assert not page.exception


def test_the_example_of_the_very_text_stays_until_all_of_the_own_has_come(page: AppTest, tmp_path: Path) -> None:
    hold(tmp_path / "other")
    page.run().selectbox[0].set_value("other").run()
    assert "a saved example" in markup(page)
    assert not is_dimmed(page)


def test_a_prompt_is_coloured_by_values_however_small(page: AppTest) -> None:
    report = REPORTS["generator"]
    small = [
        replace(one, values=tuple(tuple(1e-7 * value for value in row) for row in one.values), base=None, error=None)
        for one in report.attributions
    ]
    go(page, "generate")
    content = to_json(replace(report, attributions=tuple(small))).encode()
    page.file_uploader[0].upload("small.json", content, "application/json").run()
    assert not page.exception
    (texts,) = (one.proto for one in page.get("bidi_component") if one.proto.component_name == "sidelight_written")
    rows = [row for row in json.loads(texts.json)["values"] if row]
    assert rows
    assert all(0 < max(map(abs, row)) < 1e-5 for row in rows)


def drawn_text(page: AppTest) -> str:
    (text,) = (one.proto for one in page.get("bidi_component") if one.proto.component_name == "sidelight_text")
    return "".join(written for written, *_ in json.loads(text.json)["pieces"])


def is_dimmed(page: AppTest) -> bool:
    return "st-key-answer')?.setAttribute('aria-busy', true" in markup(page)
