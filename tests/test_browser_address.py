"""The address of the page: what it names comes back by reload, by links, and by back and forward."""

import re

from playwright.sync_api import Page, expect

from tests.browser import requires_chromium, wait_until_at_rest
from tests.journeys import LONG, ask_for_many_passes, explain, explain_and_keep, labels_of


@requires_chromium
def test_reload_back_and_links_restore_what_was_on_screen(page: Page, address: str) -> None:
    page.goto(address)
    for text in ("a first film", "a second film"):
        explain(page, text)
        expect(page.get_by_text("Explained in")).to_be_visible()
        page.wait_for_url("**report=*")
    page.get_by_role("button", name="Report", exact=True).click()
    page.get_by_role("textbox", name="Your note on this text").fill("what I think <b>of it</b>")
    page.keyboard.press("Tab")
    expect(page.locator(".written-note")).to_have_text(["what I think <b>of it</b>"])
    page.keyboard.press("Escape")
    page.get_by_role("radio", name="LIME").click()
    page.wait_for_url("**method=lime*")
    page.reload()
    expect(page.locator(".frame .text")).to_have_text(["a second film"])
    expect(page.get_by_role("heading", name="Before (LIME)").first).to_be_visible()
    expect(page.locator(".written-note")).to_have_text(["what I think <b>of it</b>"])
    expect(page.get_by_role("radio", name="LIME")).to_be_checked()
    expect(page.get_by_role("textbox", name="Text to explain")).to_have_value("a second film")
    assert "film" not in page.url
    page.get_by_role("button", name="History").click()
    page.get_by_role("button", name="a first film").click()
    expect(page.locator(".frame .text")).to_have_text(["a first film"])
    expect(page.locator(".written-note")).to_have_count(0)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Copy link").click()
    shared = page.locator("code").nth(1).inner_text()
    page.goto(shared.replace("first", "third"))
    expect(page.locator(".frame .text")).to_have_text(["a third film"])
    expect(page.get_by_text("Explained in")).to_be_visible()
    page.get_by_role("button", name="History").click()
    page.get_by_role("textbox", name="Search the history").fill("third")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="a second film")).to_have_count(0)
    expect(page.get_by_role("button", name="a third film")).to_be_visible()
    page.get_by_role("button", name="Clear the history").click()
    expect(page.get_by_text("Nothing yet")).to_be_visible()
    page.keyboard.press("Escape")
    page.wait_for_url(lambda url: "report=" not in url)
    wait_until_at_rest(page)
    page.go_back()
    expect(page.get_by_text("which is not in the history of this machine")).to_be_visible()


@requires_chromium
def test_back_returns_to_what_no_address_names_and_forward_to_what_it_named(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.get_by_text("Explained in")).to_be_visible()
    explain(page, "a film with two labels")
    page.wait_for_url("**report=*")
    explained = page.url
    chosen, other = labels_of(page)
    page.get_by_role("radio", name="LIME").click()
    page.wait_for_url("**method=lime*")
    wait_until_at_rest(page)
    page.get_by_role("radio", name=other).click()
    page.wait_for_url(f"**label={other}*")
    wait_until_at_rest(page)
    page.go_back()
    expect(page.get_by_role("radio", name=chosen)).to_be_checked()
    expect(page.get_by_role("radio", name="LIME")).to_be_checked()
    wait_until_at_rest(page)
    page.go_back()
    expect(page.get_by_role("radio", name="SHAP")).to_be_checked()
    wait_until_at_rest(page)
    expect(page).to_have_url(explained)
    page.go_back()
    expect(page.locator(".frame .text")).not_to_have_text(["a film with two labels"])
    wait_until_at_rest(page)
    page.wait_for_url(lambda url: "report=" not in url)
    for _ in range(3):
        page.go_forward()
        wait_until_at_rest(page)
    expect(page.get_by_role("radio", name=other)).to_be_checked()
    expect(page.get_by_role("radio", name="LIME")).to_be_checked()
    expect(page.locator(".frame .text")).to_have_text(["a film with two labels"])
    expect(page).to_have_url(re.compile(re.escape(explained)))


@requires_chromium
def test_the_address_names_the_report_that_is_made_and_one_step_leads_back_to_the_last(
    page: Page, address: str
) -> None:
    last = explain_and_keep(page, address, "a film that was explained")
    ask_for_many_passes(page)
    page.get_by_role("textbox", name="Text to explain").fill(LONG)
    page.get_by_role("button", name="Explain", exact=True).click()
    expect(page.get_by_role("button", name="Skip")).to_be_visible()
    page.wait_for_url(lambda url: "report=" in url and url != last)
    coming = page.url
    page.get_by_role("button", name="Copy link").click()
    expect(page.locator("code").first).not_to_contain_text("report=")  # to which nothing leads before it is kept
    page.keyboard.press("Escape")
    page.go_back()
    expect(page.locator(".frame .text")).to_have_text(["a film that was explained"])
    wait_until_at_rest(page)
    expect(page).to_have_url(last)
    page.go_forward()
    expect(page.get_by_role("button", name="Skip")).to_be_visible()  # nothing was kept of it: it is made anew
    expect(page.get_by_role("textbox", name="Text to explain")).to_have_value(LONG)
    expect(page.locator(".st-key-bars").get_by_text("smiling").first).to_be_visible()
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(page.get_by_text("stopped early")).to_be_visible()
    wait_until_at_rest(page)
    expect(page).to_have_url(coming)
    page.reload()
    expect(page.get_by_role("textbox", name="Text to explain")).to_have_value(LONG)
    expect(page.locator(".st-key-bars").get_by_text("smiling").first).to_be_visible()
    wait_until_at_rest(page)
    page.go_back()
    expect(page.locator(".frame .text")).to_have_text(["a film that was explained"])
    expect(page).to_have_url(last)


@requires_chromium
def test_one_step_leads_back_from_what_nothing_was_kept_of(page: Page, address: str) -> None:
    last = explain_and_keep(page, address, "a film that was explained")
    page.get_by_role("button", name="Methods and settings").click()
    for method in ("Occlusion", "SHAP", "LIME", "Input × Gradient", "Attention rollout"):
        page.locator("label", has_text=re.compile(f"^{method}$")).first.click()
    page.keyboard.press("Escape")
    explain(page, "a film that no method saw")
    page.wait_for_url(lambda url: "report=" in url and url != last)
    wait_until_at_rest(page)
    page.go_back()
    expect(page.locator(".frame .text")).to_have_text(["a film that was explained"])
    expect(page).to_have_url(last)
    page.go_forward()
    expect(page.locator(".frame .text")).to_have_text(["a film that no method saw"])


@requires_chromium
def test_two_choices_at_once_are_both_in_the_address(page: Page, address: str) -> None:
    first = explain_and_keep(page, address, "a film of two choices")
    _, other = labels_of(page)
    page.get_by_role("radio", name="characters").click()
    page.get_by_role("radio", name=other).click()
    expect(page.locator(".legend").first).to_contain_text(f"for {other}")
    page.wait_for_url(lambda url: "unit=character" in url and f"label={other}" in url and first not in url)
    wait_until_at_rest(page)
    assert "unit=character" in page.url


@requires_chromium
def test_back_shows_what_was_there_and_a_late_address_does_not(page: Page, address: str) -> None:
    page.goto(address)
    entries = []
    for text in ("the film was great", "the film was thin"):
        explain(page, text)
        expect(page.get_by_text("Explained in")).to_be_visible()
        page.wait_for_url(lambda url, known=tuple(entries): "report=" in url and url not in known)
        entries.append(page.url)
    page.evaluate("address => history.replaceState(history.state, '', address)", entries[0])
    page.get_by_role("radio", name="LIME").click()
    page.wait_for_url(lambda url: url.split("report=")[1][:8] == entries[1].split("report=")[1][:8])
    expect(page.locator(".frame .text")).to_have_text(["the film was thin"])
    page.go_back()
    expect(page.locator(".frame .text")).to_have_text(["the film was great"])


@requires_chromium
def test_what_a_link_asks_for_and_there_is_not_is_said(page: Page, address: str) -> None:
    page.goto(f"{address}/?label=great&method=magic&unit=line&report=gone&classifier=other&language=xx")
    for text in (
        "the label great; the labels here: negative, positive",
        "the method magic; the methods here: Occlusion, SHAP, LIME",
        "the unit line; the units here: words, characters",
        "the report gone, which is not in the history",
        "the model other; the models here: tiny",
        "the language xx; the languages here: en, zh",
    ):
        expect(page.get_by_text(re.compile(text.replace(":", ".?:")))).to_be_visible()
    expect(page.get_by_text("Explained in")).to_be_visible()
    page.get_by_role("radio", name="LIME").click()
    expect(page.get_by_text("the method magic")).to_have_count(0)
    expect(page.get_by_text("the label great")).to_be_visible()
