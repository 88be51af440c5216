"""The page Compare for two generators, without a browser."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sidelight.dashboard import session
from sidelight.dashboard.compare.code import code_of_writing
from sidelight.dashboard.compare.writing_shift import Question, WritingShift
from sidelight.dashboard.entries import Written
from sidelight.dashboard.workers.messages import Choice
from sidelight.explain.methods import request
from sidelight.models.inputs import Prompt, Sampling
from streamlit.testing.v1 import AppTest

from tests.page_scripts import COMPARE, SECONDS, load, reloaded
from tests.tiny import save_generator


@pytest.fixture(scope="module")
def generators(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Choice]]:
    """Two generators, both loaded."""
    folder = tmp_path_factory.mktemp("models")
    words = {"one": ["good", "bad"], "two": ["bad", "good", "sad"]}  # "sad" is three tokens in the first
    folders = [save_generator(folder / name, "llama", readable=True, words=words[name]) for name in words]
    found = [Choice(str(folder), task="generate") for folder in folders]
    for choice in found:
        load(choice, Prompt("good", Sampling(1)))
    yield found
    for choice in found:
        session.fleet().release(choice)


@pytest.fixture
def writers(generators: list[Choice], monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """The page with both generators chosen."""
    monkeypatch.setenv("SIDELIGHT_MODEL_TO_GENERATE", "")
    session.choose(generators[0])
    app = AppTest.from_file(str(COMPARE), default_timeout=SECONDS)
    app.query_params["compare"] = "prompt"
    app.session_state["generator_before"], app.session_state["generator_after"] = "one", "two"
    return app.run()


def written_by(page: AppTest, prompt: str, method: str, continuation: str = "bad") -> Written:
    page.text_area[0].set_value(prompt)
    page.text_area[1].set_value(continuation)
    next(one for one in page.segmented_control if one.key == "prompt_method").set_value(method)
    next(one for one in page.button if one.label == "Compare").click().run()
    return finish(page)


def finish(page: AppTest) -> Written:
    state: WritingShift = page.session_state["writing shift"]
    while state.busy:
        for job, choice in zip(state.jobs, state.choices or (), strict=False):
            session.supervisor(choice).wait_for(job, lambda status: status.over, SECONDS)
        state.advance()
        if not state.busy:
            page.run()  # which may ask more about the word that is looked at
    page.run()
    assert not page.exception
    assert state.written, state.problem
    return state.written


def test_a_reload_shows_what_two_generators_wrote_without_computing(writers: AppTest) -> None:
    written = written_by(writers, "what is good", "input_x_gradient")
    first = writers.query_params["shift"]
    again = reloaded(writers)
    state: WritingShift = again.session_state["writing shift"]
    assert state.written == written
    assert [job.number for job in state.jobs] == [-1, -1]  # none that a model was asked for
    assert again.text_area[0].value == "what is good"
    assert "The written tokens" in "".join(caption.value for caption in again.caption)

    assert written_by(again, "what is bad", "input_x_gradient") != written
    assert again.query_params["shift"] != first
    next(one for one in again.segmented_control if one.key == "compare").set_value("texts").run()
    assert "shift" not in again.query_params


def test_a_foil_is_offered_where_it_is_one_token_in_both_and_else_it_is_said_why_not(writers: AppTest) -> None:
    mine, theirs = (report.predictions[0] for report in written_by(writers, "what", "occlusion").reports)
    assert [mine.targets[at].id for at in mine.placed] != [theirs.targets[at].id for at in theirs.placed]
    state: WritingShift = writers.session_state["writing shift"]

    def against(foil: str) -> None:
        state.contrast((0, foil))
        finish(writers)

    against("good")
    assert "“good”" in foils(writers)
    assert not writers.warning
    against("sad")
    (said,) = (warning.value.replace("\\", "") for warning in writers.warning)
    assert "“sad”" in said
    assert "is not one token in one," in said.replace("\N{WORD JOINER}", "")
    assert "“sad”" not in foils(writers)

    written_by(writers, "what", "occlusion", "sad bad")
    assert any("no single word can be held against it" in caption.value for caption in writers.caption)
    assert foils(writers) == ["any other token"]


def foils(page: AppTest) -> list[str]:
    (found,) = (box.options for box in page.selectbox if box.label == "Rather than")
    return list(found)


def test_the_code_of_two_generators_makes_one_report_of_both(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before, after = (Choice(str(save_generator(tmp_path / name, "llama")), task="generate") for name in ("one", "two"))
    prompt = Prompt("what is 'good'", Sampling(3), foils=((0, "z"),))
    code = code_of_writing((before, after), Question(prompt, request("occlusion")))
    monkeypatch.chdir(tmp_path)
    exec(compile(code, "code", "exec"), {})  # noqa: S102
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "one" in page
    assert "two" in page
