"""Having a prompt continued on the page, and what is asked of the words that were written."""

import re
from pathlib import Path

from playwright.sync_api import Browser, Page, expect
from sidelight.explain import load_report

from tests.browser import download, requires_chromium, wait_until_at_rest
from tests.journeys import HOSTILE, MOVES, ask_for_many_passes, write


@requires_chromium
def test_a_prompt_is_continued_a_word_clicked_contrasted_saved_and_opened_again(
    page: Page, address: str, tmp_path: Path
) -> None:
    page.goto(f"{address}/generate")
    expect(page.get_by_text("Explained in")).to_be_visible()
    write(page, HOSTILE[:40])
    second = page.get_by_role("option").nth(1)
    second.click()
    expect(second).to_have_attribute("aria-selected", "true")
    expect(page.get_by_role("option").first).to_have_attribute("aria-selected", "false")
    expect(page.get_by_role("columnheader", name="Input × Gradient")).to_be_visible()
    page.get_by_role("option").first.click()
    second.click(modifiers=["Shift"])
    expect(page.get_by_role("option", selected=True)).to_have_count(2)

    page.get_by_role("button", name="Methods and settings").click()
    page.locator("label", has_text="Input × Gradient").click()  # what it would add by itself draws the page again
    page.keyboard.press("Escape")
    write(page, HOSTILE[:39])
    page.get_by_role("radio", name="tokens").click()
    fourth = page.get_by_role("option").nth(3)
    fourth.click()
    expect(page.locator(".legend").first).to_contain_text(f"for “{fourth.inner_text()}”")
    expect(page.get_by_text("Explained in")).to_be_visible()
    rather = page.get_by_role("combobox", name="Rather than")
    rather.click()
    page.keyboard.type("z")
    page.keyboard.press("Enter")
    expect(page.locator(".legend").first).to_contain_text("for “z”")
    expect(page.get_by_text("Explained in")).to_be_visible()
    rather.click()
    page.get_by_role("option", name="any other token").click()
    expect(page.locator(".legend").first).to_contain_text("against")
    expect(page.get_by_text("Explained in")).to_be_visible()

    html, json = (download(page, title, tmp_path) for title in ("HTML page", "JSON, opens again"))
    assert "<b>x</b>" not in html.read_text(encoding="utf-8")
    assert load_report(json).predictions[0].segments[0] == HOSTILE[:39]
    page.get_by_role("button", name="Open a report").click()
    page.locator("input[type=file]").set_input_files(json)
    expect(page.get_by_text(f"opened from file {json.name}")).to_be_visible()
    expect(page.locator(".written .prompt").first).to_contain_text("<b>x</b>")


@requires_chromium
def test_what_a_generator_cannot_do_is_said_and_the_page_goes_on(page: Page, address: str) -> None:
    page.goto(f"{address}/generate")
    expect(page.get_by_text("Explained in")).to_be_visible()
    box = page.get_by_role("textbox", name="Prompt")
    for prompt, message in ((" ", "no text to explain"), ("good film " * 30, "the model reads 128 with its answer")):
        box.fill(prompt)
        page.get_by_role("button", name="Write", exact=True).click()
        expect(page.get_by_text(message)).to_be_visible()
        expect(page.locator(".written .prompt").first).to_have_text("What is the capital of France?")
    write(page, "the film")
    own = page.get_by_role("option").first.inner_text()[:1]
    page.get_by_role("radio", name="tokens").click()
    expect(page.get_by_role("option", name=own, exact=True).first).to_be_visible()
    expect(page.get_by_text("Explained in")).to_be_visible()
    page.get_by_role("combobox", name="Rather than").click()
    page.keyboard.type(own)
    page.keyboard.press("Enter")
    expect(page.get_by_text("is not another token")).to_be_visible()
    expect(page.locator(".legend").first).to_be_visible()


@requires_chromium
def test_a_written_word_and_its_foil_stay_in_every_unit_and_language_and_in_the_address(
    page: Page, address: str
) -> None:
    page.goto(f"{address}/generate")
    expect(page.get_by_text("Explained in")).to_be_visible()
    page.get_by_role("button", name="Methods and settings").click()
    page.locator("label", has_text="Input × Gradient").click()  # what it would add by itself draws the page again
    page.keyboard.press("Escape")
    write(page, "the film was thin and")
    page.wait_for_url("**report=*")
    chosen, rather = page.get_by_role("option", selected=True), page.get_by_role("combobox", name="Rather than")
    page.get_by_role("radio", name="characters").click()
    page.get_by_role("option").nth(3).click()
    page.wait_for_url("**token=4*")
    expect(page.get_by_text("Explained in")).to_be_visible()
    wait_until_at_rest(page)
    letter = chosen.inner_text()
    rather.click()
    page.get_by_role("option", name="any other token").click()
    page.wait_for_url("**foil=all*")
    expect(page.get_by_text("Explained in")).to_be_visible()
    page.reload()
    expect(chosen).to_have_text([letter])
    expect(rather).to_have_value("any other token")
    page.get_by_role("radio", name="中文").click()
    expect(page.get_by_role("combobox", name="而不是")).to_have_value("任何其他词元")
    page.get_by_role("radio", name="English").click()
    expect(rather).to_have_value("any other token")
    wait_until_at_rest(page)
    page.get_by_role("radio", name="tokens").click()
    page.wait_for_url(lambda url: "unit=token" in url and "report=" in url)
    expect(chosen).to_have_text([letter])
    expect(rather).to_have_value("any other token")
    wait_until_at_rest(page)
    page.get_by_role("option").nth(1).click()
    page.wait_for_url("**token=2*")
    wait_until_at_rest(page)
    expect(rather).not_to_have_value("any other token")
    page.go_back()
    expect(chosen).to_have_text([letter])
    expect(rather).to_have_value("any other token")
    page.goto(page.url.replace("token=4", "token=400"))
    expect(page.get_by_text(re.compile("The link asks for written token .?400"))).to_be_visible()


@requires_chromium
def test_a_word_of_a_prompt_that_is_hidden_by_a_key_stays_in_focus(page: Page, address: str) -> None:
    page.goto(f"{address}/generate")
    write(page, "the film was so great")
    word = page.locator(".written .prompt .word").nth(2)
    for pressed in ("true", "false"):
        wait_until_at_rest(page)
        word.press("Enter")
        expect(word).to_have_attribute("aria-pressed", pressed)
        expect(page.locator(".change")).to_have_count(int(pressed == "true"))
        wait_until_at_rest(page)
        expect(word).to_be_focused()


@requires_chromium
def test_a_generator_writes_for_one_while_it_explains_for_another_and_nothing_moves(
    page: Page, address: str, browser: Browser
) -> None:
    page.goto(f"{address}/generate")
    write(page, "what is good")
    with browser.new_context() as context:
        other = context.new_page()
        other.goto(f"{address}/generate")
        ask_for_many_passes(other)
        other.get_by_role("textbox", name="Prompt").fill(
            "the film was so charming but the plot was very thin and left us"
        )
        other.get_by_role("button", name="Write", exact=True).click()
        expect(other.get_by_role("button", name="Skip")).to_be_visible()
        page.evaluate(MOVES)
        page.get_by_role("textbox", name="Prompt").fill("what is bad")
        page.get_by_role("button", name="Write", exact=True).click()
        expect(page.locator(".written .prompt").first).to_have_text("what is bad")
        expect(page.get_by_text("Explained in")).to_be_visible()
        expect(other.get_by_role("button", name="Skip")).to_be_visible()  # its job goes on meanwhile
        other.get_by_role("button", name="Stop", exact=True).click()
    expect(page.locator("[aria-busy=true]")).to_have_count(0)
    assert page.evaluate("window.moved") < 0.05
