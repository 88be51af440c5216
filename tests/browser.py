"""A Chromium for tests, and the mark of tests that need one."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar
from weakref import WeakKeyDictionary

import pytest
from playwright.sync_api import Browser, Page, WebSocket, expect, sync_playwright
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

Test = TypeVar("Test", bound=Callable[..., None])

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
SECONDS = 60
OWN = ("http://localhost:", "ws://localhost:", "data:", "blob:", "file:")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]


def requires_chromium(test: Test) -> Test:
    """Marks a test as one of the browser; skipped with its reason where there is none, but not where CI is true."""
    missing = CHROMIUM is None and os.environ.get("CI") != "true"
    skip = pytest.mark.skipif(missing, reason="no Chromium found; install the package chromium to run this test")
    return pytest.mark.browser(skip(test))


@contextmanager
def open_browser() -> Iterator[Browser]:
    """A headless Chromium, closed at the end."""
    assert CHROMIUM, "no Chromium found; install the package chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


class Runs:
    """Whether all that a page asked its app to run has ended, by the messages between them.

    The page itself says that nothing runs also between a press and the answer to it.
    """

    def __init__(self, page: Page) -> None:
        self._due = self._begun = False
        self._socket: WebSocket | None = None
        page.on("websocket", self._follow)

    def wait(self) -> None:
        """Waits for the end of the run that was asked for last."""
        if self._due and self._socket:
            self._socket.wait_for_event("framereceived", lambda _: not self._due, timeout=1000 * SECONDS)

    def _follow(self, socket: WebSocket) -> None:
        self._socket, self._due = socket, False
        socket.on("framesent", self._sent)
        socket.on("framereceived", self._received)

    def _sent(self, frame: str | bytes) -> None:
        if isinstance(frame, bytes) and BackMsg.FromString(frame).HasField("rerun_script"):
            self._due, self._begun = True, False

    def _received(self, frame: str | bytes) -> None:
        message = ForwardMsg.FromString(frame) if isinstance(frame, bytes) else ForwardMsg()
        if message.HasField("new_session"):
            self._due = self._begun = True
        elif message.HasField("script_finished") and message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
            self._due = not self._begun  # an end may be that of the run before


RUNS: WeakKeyDictionary[Page, Runs] = WeakKeyDictionary()


@contextmanager
def open_page(browser: Browser, locale: str = "en-US") -> Iterator[Page]:
    """A page that fails the test if it, its frames or its workers ask another host for anything, or a script fails."""
    asked: list[str] = []
    with browser.new_context(viewport={"width": 1280, "height": 1000}, locale=locale, accept_downloads=True) as context:
        context.on("request", lambda request: None if request.url.startswith(OWN) else asked.append(request.url))
        page = context.new_page()
        RUNS[page] = Runs(page)
        page.set_default_timeout(1000 * SECONDS)
        expect.set_options(timeout=1000 * SECONDS)
        page.on("dialog", lambda dialog: asked.append(dialog.message))
        page.on("pageerror", lambda error: asked.append(str(error)))
        yield page
        assert asked == []


def as_seen(page: Page) -> str:
    """A page in words, for the report of a test that failed: its address, its state and what can be read on it."""
    app = page.get_by_test_id("stApp")
    states = ("data-test-script-state", "data-test-connection-state")
    if app.count() != 1:
        return page.url
    return "\n".join([page.url, *(f"{name}: {app.get_attribute(name)}" for name in states), app.inner_text()])


def wait_until_at_rest(page: Page) -> None:
    """Waits for the end of a run of the page: until then what the run before drew may stand beside what it draws."""
    for wait in (lambda: None, RUNS[page].wait):  # first it is heard what was asked for, then what came is drawn
        wait()
        page.evaluate("() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))")
        expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")


def download(page: Page, title: str, folder: Path) -> Path:
    """The file that a button offers, pressed when the page is at rest: each run of the page offers its files anew."""
    wait_until_at_rest(page)
    with page.expect_download() as offered:
        page.get_by_role("button", name=title).click()
    path = folder / offered.value.suggested_filename
    offered.value.save_as(path)
    return path
