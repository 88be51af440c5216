"""The page Models without a browser: what it offers for each model, and that nothing is deleted with one press."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sidelight.dashboard import session
from sidelight.dashboard.cards import facts_of_model
from sidelight.dashboard.wording import in_language
from sidelight.dashboard.workers.messages import Choice
from sidelight.dashboard.workers.worker import describe
from sidelight.models import demo, load
from streamlit.testing.v1 import AppTest

from tests import ROOT

from .tiny import save_bert

SCRIPT = ROOT / "dashboard" / "app_pages" / "models.py"
SECONDS = 60
CHINESE = Choice(demo.CHINESE)
BROKEN = Choice("/no/such")


@pytest.fixture
def page(always_loading: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AppTest]:
    """The page of an app that begins with the demo; the Chinese one was made, and another could not be loaded."""
    monkeypatch.setenv("SIDELIGHT_HOME", str(tmp_path))
    for name in ("MODEL_TO_CLASSIFY", "MODEL_TO_GENERATE", "HISTORY", "PRIVATE"):
        monkeypatch.setenv(f"SIDELIGHT_{name}", "")
    session.fleet.clear()
    session.choose(Choice())
    made = demo.folder("classify", demo.CHINESE)
    made.mkdir()
    (made / "card.json").write_text("{}")
    session.supervisor(BROKEN).unload("there is no folder '/no/such'")
    yield AppTest.from_file(str(SCRIPT), default_timeout=SECONDS).run()
    session.fleet.clear()


def buttons(page: AppTest, choice: Choice) -> list[str]:
    return [button.label for button in page.button if str(choice) in str(button.key)]


def test_a_demo_is_deleted_after_it_was_said_what_making_it_again_takes(page: AppTest) -> None:
    assert not page.exception
    page.button(key=f"remove {CHINESE}").click().run()
    assert demo.is_ready("classify", demo.CHINESE)
    said = "".join(element.value for element in page.markdown).replace("\\", "")
    assert "This deletes demo-zh" in said
    assert "Making it again downloads 37.6 MB and takes about 10 min" in said
    page.button(key=f"keep {CHINESE}").click().run()
    assert demo.is_ready("classify", demo.CHINESE)
    page.button(key=f"remove {CHINESE}").click().run()
    page.button(key=f"remove {CHINESE} now").click().run()
    assert not page.exception
    assert not demo.is_ready("classify", demo.CHINESE)
    assert not any("Remove" in button.label for button in page.button)


def test_a_model_that_could_not_be_loaded_is_not_offered_and_can_be_dismissed(page: AppTest) -> None:
    assert buttons(page, BROKEN) == ["Dismiss", "Try again"]
    page.button(key=f"unload {BROKEN}").click().run()
    assert not page.exception
    assert buttons(page, BROKEN) == []
    assert BROKEN not in [one.choice for one in session.fleet().all()]


def test_what_is_to_be_known_of_a_model_stands_with_its_facts(tmp_path: Path) -> None:
    model = load(str(save_bert(tmp_path / "m", labels=("a", "b", "c"))))
    facts = in_language("zh", lambda: list(facts_of_model(describe(model, "cpu"), "classify")))()
    assert dict(facts)["须知"].startswith("config.json 没有写明 `problem_type`：3个标签被视为互斥")
