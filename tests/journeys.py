"""An app as people meet it, with a real server and real workers, and the steps that they take in it."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser import wait_until_at_rest

HOSTILE = (
    "good film <b>x</b> ![a](http://evil.test/x.png) :material/home: $x$ <img src=http://evil.test/y onerror=alert(1)>"
)
LONG = "the film was so charming but the plot was very thin and the jokes not great so this left us smiling " * 5

MOVES = """() => {
  window.moved = 0;
  const add = (list) => list.getEntries().forEach((one) => { if (!one.hadRecentInput) window.moved += one.value; });
  new PerformanceObserver(add).observe({type: "layout-shift"});
}"""


def command(classifier: Path, port: int, generator: Path | None = None) -> list[str]:
    models = ["--classifier", str(classifier), "--generator", str(generator or classifier)]
    return [sys.executable, "-m", "sidelight.dashboard", "serve", *models, "--port", str(port)]


@contextmanager
def serving(classifier: Path, generator: Path | None = None) -> Iterator[str]:
    """The address of an app of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with subprocess.Popen(command(classifier, port, generator), stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            assert server.stdout.readline() == f"Sidelight runs at http://localhost:{port}\n"
            yield f"http://localhost:{port}"
        finally:
            server.terminate()


def ask_for_many_passes(page: Page) -> None:
    page.get_by_role("button", name="Methods and settings").click()
    for setting, most in (("Passes per word", "512"), ("Samples", "20000")):
        number = page.get_by_role("spinbutton", name=setting)
        number.fill(most)
        number.press("Tab")
    page.keyboard.press("Escape")


def explain(page: Page, text: str) -> None:
    page.get_by_role("textbox", name="Text to explain").fill(text)
    page.get_by_role("button", name="Explain", exact=True).click()
    expect(page.locator(".frame .text")).to_have_text([text])


def explain_and_keep(page: Page, address: str, text: str) -> str:
    """Explains a text on a new page, to the end; the address of its report."""
    page.goto(address)
    explain(page, text)
    page.wait_for_url("**report=*")
    expect(page.get_by_text("Explained in")).to_be_visible()
    wait_until_at_rest(page)
    return page.url


def write(page: Page, prompt: str) -> None:
    page.get_by_role("textbox", name="Prompt").fill(prompt)
    page.get_by_role("button", name="Write", exact=True).click()
    expect(page.locator(".written .prompt").first).to_have_text(prompt)
    expect(page.get_by_text("Explained in")).to_be_visible()


def labels_of(page: Page) -> tuple[str, str]:
    group = page.get_by_role("radiogroup", name="Label")
    checked = group.get_by_role("radio", checked=True).inner_text()
    names = group.get_by_role("radio").all_inner_texts()
    (other,) = set(names) - {checked}
    return checked, other


def choose_typed(page: Page, box: str, name: str, offer: str = "stSelectboxVirtualDropdown") -> None:
    """Types a model's name into a box that offers some; at the end what it offered, which takes presses, is gone."""
    page.get_by_role("combobox", name=box).fill(name)
    page.keyboard.press("Enter")
    if offer == "stMultiSelectDropdown":  # where more can be chosen
        page.keyboard.press("Escape")
    expect(page.get_by_test_id(offer)).to_have_count(0)
    wait_until_at_rest(page)
