"""What holds of the whole app in a browser: it asks nothing of elsewhere, takes texts literally, and needs no mouse."""

import csv
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import download, requires_chromium, wait_until_at_rest
from tests.journeys import serving
from tests.tiny import save_bert, save_generator

PAGES = ("", "generate", "compare", "compare?compare=set", "finetune", "models")
TEXT = "good <b>film</b> :red[x] $x^2$ [a](http://evil.test) ![b](http://evil.test/b.png)"
LABELS = ("$sad$ <i>x</i>", "<b>:red[glad]</b>")


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an app whose classifier has a hostile label and lies in a folder of a hostile name."""
    folder = tmp_path_factory.mktemp("models")
    classifier = save_bert(folder / "<i>tiny $x$", labels=LABELS)
    with serving(classifier, save_generator(folder / "llama", "llama", readable=True)) as running:
        yield running


def explained(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.get_by_text("Explained in")).to_be_visible()


def explain(page: Page, text: str) -> None:
    page.get_by_role("textbox", name="Text to explain").fill(text)
    page.get_by_role("button", name="Explain", exact=True).click()
    expect(page.locator(".frame .text")).to_have_text([text])
    expect(page.get_by_text("Explained in")).to_be_visible()


def literal(element: Locator) -> str:
    """The text of an element, without the signs that can't be seen which keep it from being taken for markup."""
    expect(element).to_be_visible()
    return element.inner_text().replace("\N{WORD JOINER}", "")


def open_every_tab(page: Page) -> None:
    tabs = page.get_by_role("tab")
    expect(tabs.first).to_be_visible()
    for place in range(tabs.count()):
        wait_until_at_rest(page)  # the answer to one press selects that tab again
        tabs.nth(place).click()
        expect(tabs.nth(place)).to_have_attribute("aria-selected", "true")
        expect(page.locator("[data-testid=stSkeleton]")).to_have_count(0)


@requires_chromium
def test_nothing_is_asked_of_another_machine(page: Page, address: str, tmp_path: Path) -> None:
    explained(page, address)
    explain(page, TEXT)
    open_every_tab(page)
    wait_until_at_rest(page)
    page.get_by_role("button", name="Report", exact=True).click()
    page.locator("label", has_text="HTML with interactive charts").click()
    expect(page.get_by_role("checkbox", name="HTML with interactive charts")).to_be_checked()
    wait_until_at_rest(page)
    page.keyboard.press("Escape")
    report = download(page, "HTML page", tmp_path)
    explained(page, f"{address}/generate")
    open_every_tab(page)
    for name in PAGES:
        page.goto(f"{address}/{name}")
        expect(page.locator("[data-testid=stAppViewContainer]")).to_be_visible()
        expect(page.get_by_role("radio", name="中文")).to_be_visible()
        expect(page.locator("[data-testid=stStatusWidget]")).to_have_count(0)
    page.goto(report.as_uri())
    expect(page.locator(".chart .plot-container").first).to_be_visible()


@requires_chromium
def test_texts_labels_names_and_columns_are_shown_as_they_are(page: Page, address: str, tmp_path: Path) -> None:
    explained(page, address)
    explain(page, TEXT)
    assert [literal(page.get_by_role("radio", name=re.compile(word))) for word in ("sad", "glad")] == [*LABELS]
    expect(page.get_by_text("<i>tiny $x$").first).to_be_visible()
    page.get_by_role("link", name="Compare").click()
    page.get_by_role("button", name="Compare", exact=True).click()
    head = literal(page.get_by_role("columnheader", name=re.compile("sad|glad")).first)
    assert any(label in head for label in LABELS)
    expect(page.get_by_role("rowheader", name="red").first).to_be_visible()

    file, columns = tmp_path / "<b>:red[films].csv", (":red[<i>text]", "$label$")
    with file.open("w", encoding="utf-8", newline="") as opened:
        csv.writer(opened).writerows([columns, *((f"{TEXT} {number}", LABELS[1]) for number in range(6))])
    page.get_by_role("link", name="Fine-tune").click()
    page.get_by_test_id("stFileUploaderDropzoneInput").first.set_input_files(file)
    expect(page.locator(".preview th")).to_have_text([*columns])
    page.get_by_role("link", name="Models").click()
    named = ", ".join(f"{label} (id {number})" for number, label in enumerate(LABELS))
    assert named in literal(page.get_by_text(re.compile("sad.*, .*glad")).first)
    page.get_by_role("link", name="Generate").click()
    expect(page.get_by_text("Explained in")).to_be_visible()
    page.get_by_role("textbox", name="Prompt").fill(TEXT)
    page.get_by_role("button", name="Write", exact=True).click()
    expect(page.locator(".written .prompt").first).to_have_text(TEXT)
    assert page.locator("img[src*='evil.test'], a[href*='evil.test']").count() == 0


@requires_chromium
def test_the_keyboard_reaches_every_word_and_closes_what_it_opened(page: Page, address: str) -> None:
    explained(page, address)
    explain(page, "the film was great")
    words = page.locator(".frame .text [tabindex='0']")
    expect(words).to_have_count(4)
    words.first.focus()
    for place in range(1, 4):
        page.keyboard.press("Tab")
        expect(words.nth(place)).to_be_focused()
        outline = words.nth(place).evaluate("word => getComputedStyle(word).outlineStyle")
        assert outline == "solid"
    tip = page.locator(".tip")
    expect(tip).to_contain_text("great")
    expect(words.nth(3)).to_have_attribute("aria-describedby", "tip")
    page.keyboard.press("Escape")
    expect(tip).to_be_hidden()
    expect(words.nth(3)).to_be_focused()
    words.first.hover()
    expect(tip).to_be_visible()
    page.keyboard.press("Escape")
    expect(tip).to_be_hidden()


@requires_chromium
def test_nothing_moves_for_who_asks_for_less_motion(page: Page, address: str) -> None:
    page.emulate_media(reduced_motion="reduce")
    explained(page, address)
    page.wait_for_function(  # a drawing that is still under way has not got its style yet
        """() => [...document.querySelectorAll("body *")].every((element) => {
          const style = getComputedStyle(element);
          const seconds = `${style.transitionDuration},${style.animationDuration}`.split(",").map(parseFloat);
          return seconds.every((one) => one <= 0.001);
        })"""
    )


@requires_chromium
@pytest.mark.parametrize("path", PAGES)
def test_every_number_can_be_changed(page: Page, address: str, path: str) -> None:
    page.goto(f"{address}/{path}")
    wait_until_at_rest(page)
    for title in ("Methods and settings", "Writing"):
        if (settings := page.get_by_role("button", name=title)).count():
            change_every_number(page, settings)
    change_every_number(page)


def change_every_number(page: Page, settings: Locator | None = None) -> None:
    """One step up or down, in each field that is in sight, or that the settings hold."""
    if settings:
        settings.click()
        expect(page.get_by_role("spinbutton").first).to_be_visible()
    numbers = page.get_by_role("spinbutton")
    for place in range(numbers.count()):
        before = numbers.nth(place).input_value()
        for key in ("ArrowUp", "ArrowDown"):  # one of them is at its end already
            if numbers.nth(place).input_value() == before:
                numbers.nth(place).press(key)
        expect(numbers.nth(place)).not_to_have_value(before)
        if not settings:
            numbers.nth(place).press("Tab")
        wait_until_at_rest(page)
        expect(page.get_by_text("This page has failed")).to_have_count(0)
        expect(page.get_by_test_id("stException")).to_have_count(0)
    if settings:
        page.keyboard.press("Escape")


@requires_chromium
def test_the_numbers_of_a_set_are_in_the_address(page: Page, address: str) -> None:
    page.goto(f"{address}/compare?compare=set")
    seed = page.get_by_role("spinbutton", name="Seed")
    seed.fill("7")
    seed.press("Tab")
    page.wait_for_url("**set_seed=7*")
    page.reload()
    expect(page.get_by_role("spinbutton", name="Seed")).to_have_value("7")
    page.goto(f"{address}/compare?compare=set&set_seed=many&set_most=1e9")
    expect(page.get_by_role("spinbutton", name="Seed")).to_have_value("0")
    expect(page.get_by_text("The link asks for the number many; it can be 0 – 2,147,483,647.")).to_be_visible()
    expect(page.get_by_text("The link asks for the number 1e9; it can be 1 – 500.")).to_be_visible()
