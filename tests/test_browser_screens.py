"""The pages on a phone and in dark colours."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import SECONDS, requires_chromium


@requires_chromium
def test_colours_follow_a_switch_of_the_theme(page: Page, address: str) -> None:
    page.emulate_media(color_scheme="light")
    page.goto(address)
    expect(page.get_by_text("Explained in")).to_be_visible()
    expect(page.locator(".sidelight.light").first).to_be_visible()
    page.emulate_media(color_scheme="dark")
    expect(page.locator(".sidelight.dark").first).to_be_visible()
    expect(page.locator(".sidelight.light")).to_have_count(0)


@requires_chromium
@pytest.mark.parametrize("name", ["", "generate"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_fits_a_phone_and_has_its_dark_colours(
    browser: Browser, address: str, name: str, language: str
) -> None:
    with browser.new_context(viewport={"width": 400, "height": 850}, color_scheme="dark", locale=language) as context:
        page = context.new_page()
        page.set_default_timeout(1000 * SECONDS)
        page.goto(f"{address}/{name}")
        expect.set_options(timeout=1000 * SECONDS)
        expect(page.get_by_text("Explained in" if language == "en" else "解释用时")).to_be_visible()
        expect(page.locator(".sidelight.dark").first).to_be_visible()
        words = page.locator(".frame .word")
        expect(words.last).to_be_in_viewport(ratio=1)
        expect(page.get_by_role("button", name="Examples" if language == "en" else "示例")).to_be_in_viewport()
        assert page.evaluate("document.documentElement.scrollWidth") <= 400
