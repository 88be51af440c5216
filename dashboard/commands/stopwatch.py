"""What a visitor of the page waits for, measured in Chromium: from a click until what it asked for is on screen."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

Show = Callable[[str, float, float], None]

SENTENCE = "the plot is thin and many jokes rarely land but two quiet leads are so charming that this crowd left happy"
LONGEST = 120_000  # milliseconds that anything may take, the preparation of a model beforehand not included
WORD = ".frame .text [data-feature]"
STEPS = {
    "prediction": "Explain pressed until the answer and the text are on screen",
    "first": "Explain pressed until the first method colours the text",
    "all": "Explain pressed until every method has finished",
    "label": "another label",
    "method": "another method",
    "hide": "a word hidden until its new prediction",
}
# The text stands in a shadow tree, which selectors of the document do not reach into.
FIND = """
const text = () => [...document.querySelectorAll('*')].map(one => one.shadowRoot?.querySelector('.text')).find(Boolean);
const looks = () => [text()?.innerHTML ?? '', document.querySelector('.change')?.innerHTML ?? ''];
"""
SHOWS = f"words => {{ {FIND} return text()?.textContent === words && !!document.querySelector('.answer') }}"
COLOURED = (
    f"words => {{ {FIND} return text()?.textContent === words"
    " && [...text().children].some(word => word.style.background) }"
)


def measure(reference: str, rounds: int, show: Show) -> dict[str, list[float]]:
    """Seconds of each step, one a round; each round explains another sentence of 20 words.

    Args:
        reference: of the classifier, as in `sidelight.models.load`.
        rounds: how many.
        show: is told what is being done, how much of it is done, and of how much.

    Raises:
        ValueError: there is no browser to measure with.
    """
    found: dict[str, list[float]] = {name: [] for name in STEPS}
    with _serving(reference) as address, _page() as page:
        page.goto(address, wait_until="domcontentloaded")
        show("waiting for the page", 0, rounds)
        page.wait_for_selector(WORD, timeout=LONGEST)
        _wait_until_settled(page)
        for place in range(rounds + 1):
            show("measuring", place, rounds + 1)
            for name, seconds in _round(page, place).items():
                found[name] += [seconds] if place else []  # the first round only warms up
    return found


def medians(found: Mapping[str, list[float]]) -> list[tuple[str, float, float]]:
    """Each step in words with its median and its longest, in seconds."""
    return [(STEPS[name], median(seconds), max(seconds)) for name, seconds in found.items()]


def sentence(place: int) -> str:
    """Another 20 words each time, so that nothing of it is known."""
    words = SENTENCE.split()
    turn = place % len(words)
    return " ".join([*words[turn:], *words[:turn]][:20])


def _round(page: Page, place: int) -> dict[str, float]:
    text = sentence(place)
    page.get_by_role("textbox").first.fill(text)
    start = time.perf_counter()
    page.locator("[data-testid='stFormSubmitButton'] button").first.click()
    found: dict[str, float] = {}
    for name, condition in (("prediction", SHOWS), ("first", COLOURED)):
        page.wait_for_function(condition, arg=text, timeout=LONGEST)
        found[name] = time.perf_counter() - start
    _wait_until_settled(page)
    found["all"] = time.perf_counter() - start
    found["label"] = _switch(page, ".st-key-label")
    found["method"] = _switch(page, ".st-key-method")
    found["hide"] = _until_changed(page, 1, lambda: page.locator(WORD).nth(place % 5).click())
    page.locator("[class*='st-key-show'] button").click()
    page.wait_for_selector(".change", state="detached")
    return found


def _wait_until_settled(page: Page) -> None:
    page.wait_for_selector(".st-key-stop", state="detached", timeout=LONGEST)
    page.wait_for_selector("[data-testid='stSkeleton']", state="detached", timeout=LONGEST)


def _switch(page: Page, group: str) -> float:
    other = page.locator(f"{group} [role='radio'][aria-checked='false']").first
    return _until_changed(page, 0, other.click)


def _until_changed(page: Page, part: int, action: Callable[[], None]) -> float:
    """Seconds from an action until the text (0), or the sentence below it (1), is drawn otherwise."""
    before = page.evaluate(f"part => {{ {FIND} return looks()[part] }}", part)
    start = time.perf_counter()
    action()
    changed = f"([part, before]) => {{ {FIND} return looks()[part] !== before }}"
    page.wait_for_function(changed, arg=[part, before], timeout=LONGEST)
    return time.perf_counter() - start


@contextmanager
def _page() -> Iterator[Page]:
    try:
        from playwright.sync_api import sync_playwright
    except ImportError as error:
        raise ValueError("this needs playwright; install sidelight[test]") from error
    names = ("chromium", "chromium-browser", "google-chrome")
    found = next((path for name in names if (path := shutil.which(name))), None)
    if found is None:
        raise ValueError(f"this needs a browser; install one of {', '.join(names)}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
        try:
            yield browser.new_page(viewport={"width": 1280, "height": 1000})
        finally:
            browser.close()


@contextmanager
def _serving(reference: str) -> Iterator[str]:
    """The address of an app of its own, which keeps no history."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "sidelight.dashboard", "serve", "--port", str(port), "--no-history"]
    command += ["--classifier", reference]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=dict(os.environ)) as server:  # noqa: S603
        try:
            if server.stdout is None or not server.stdout.readline():
                raise ValueError("the app did not start; `sidelight serve` says why")
            yield f"http://localhost:{port}"
        finally:
            server.terminate()
