"""What several tests share: tiny models, made in seconds."""

from __future__ import annotations

import os
import shutil
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TOKENIZERS_PARALLELISM"] = "false"
os.environ["OMP_WAIT_POLICY"] = "passive"


@pytest.fixture(autouse=True, scope="session")
def own_home(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A cache folder of the tests' own, so that they see nothing of the user's and leave nothing there."""
    os.environ["SIDELIGHT_HOME"] = str(tmp_path_factory.mktemp("home"))


@pytest.fixture(autouse=True, scope="session")
def one_thread() -> None:
    import torch

    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def tiny_classifier(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a two-layer BERT with two labels that knows some English words, letters and Chinese characters."""
    from tests.tiny import save_bert

    return save_bert(tmp_path_factory.mktemp("models") / "tiny", labels=("negative", "positive"))


@pytest.fixture
def folder(tiny_classifier: Path, tmp_path: Path) -> Path:
    """A copy of that folder, to be changed."""
    return Path(shutil.copytree(tiny_classifier, tmp_path / "model"))


@pytest.fixture
def always_loading(monkeypatch: pytest.MonkeyPatch) -> None:
    """Models of a server are being loaded without end, so that nothing depends on time."""
    from sidelight.dashboard.workers import fleet

    class Loading(fleet.Supervisor):
        def _keep(self) -> None:
            """Starts nothing."""

    monkeypatch.setattr(fleet, "Supervisor", Loading)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Function) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A failed test of the browser shows what was on its page."""
    report = yield
    page = item.funcargs.get("page")
    if report.when == "call" and report.failed and item.get_closest_marker("browser") and page:
        from tests.browser import as_seen

        try:
            report.sections.append(("the page", as_seen(page)))
        except Exception as error:  # it is closed, or the browser is
            report.sections.append(("the page", repr(error)))
    return report


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    from tests.browser import open_browser

    with open_browser() as opened:
        yield opened


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of that browser; see `open_page`."""
    from tests.browser import open_page

    with open_page(browser) as opened:
        yield opened


@pytest.fixture(scope="session")
def address(tiny_classifier: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the app that the journeys share: it starts once, and each of them asks for its own texts."""
    from tests.journeys import serving
    from tests.tiny import save_generator

    generator = save_generator(tmp_path_factory.mktemp("generator") / "llama", "llama", readable=True)
    with serving(tiny_classifier, generator) as running:
        yield running
