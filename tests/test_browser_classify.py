"""Explaining a text on the page, from the example that is shown first to a report that is opened again."""

import re
from pathlib import Path

from playwright.sync_api import Browser, Page, expect
from sidelight.explain import load_report

from tests.browser import download, open_page, requires_chromium, wait_until_at_rest
from tests.journeys import HOSTILE, LONG, MOVES, ask_for_many_passes, explain, labels_of, serving


@requires_chromium
def test_before_there_is_a_model_the_page_shows_an_example(page: Page, tmp_path: Path) -> None:
    with serving(tmp_path) as address:
        page.goto(address)
        expect(page.get_by_text("a saved example")).to_be_visible()
        expect(page.locator(".frame .text").first).to_contain_text("charming")
        expect(page.get_by_text("There is no model to ask")).to_be_visible()
        expect(page.get_by_role("button", name="Try again")).to_be_visible()


@requires_chromium
def test_a_text_is_explained_looked_at_saved_and_opened_again(page: Page, address: str, tmp_path: Path) -> None:
    answer = page.goto(address)
    assert answer is not None
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    expect(page.get_by_text("Explained in")).to_be_visible()
    expect(page.get_by_text("a saved example")).to_have_count(0)

    explain(page, HOSTILE)
    expect(page.get_by_text("Explained in")).to_be_visible()
    expect(page.locator(".frame .text")).to_have_text([HOSTILE])
    expect(page.locator(".methods").first.locator("thead h4")).to_have_count(5)

    chosen, other = labels_of(page)
    expect(page.locator(".legend").first).to_contain_text(f"for {chosen}")
    page.get_by_role("radio", name=other).click()
    expect(page.locator(".legend").first).to_contain_text(f"for {other}")
    page.wait_for_url(f"**label={other}*")

    page.get_by_role("tab", name="BertViz head view").click()
    expect(page.frame_locator("iframe[title='BertViz head view']").get_by_text("film").first).to_be_visible()
    page.get_by_role("tab", name="BertViz model view").click()
    expect(
        page.locator("iframe[title='BertViz model view']").or_(page.get_by_text("draws at most")).first
    ).to_be_visible()

    head = page.locator(".st-key-panel_waterfall > :first-child")
    height = (head.bounding_box() or {})["height"]
    html, json, csv = (download(page, title, tmp_path) for title in ("HTML page", "JSON, opens again", "CSV table"))
    assert "<b>x</b>" not in html.read_text(encoding="utf-8")
    assert load_report(json).predictions[0].segments == (HOSTILE,)
    assert csv.read_text(encoding="utf-8-sig").count("lime") >= 2
    page.get_by_role("button", name="Report", exact=True).click()
    page.get_by_role("textbox", name="Your note on this text").fill("What I think: <b>x</b>")
    page.get_by_role("button", name="Add this text to my report").click()
    expect(page.get_by_text("collected under “Report”: 1, this one among them")).to_be_visible()
    page.keyboard.press("Escape")
    noted, paper = (download(page, title, tmp_path) for title in ("HTML page", "PDF"))
    page.get_by_role("button", name="Report", exact=True).click()
    page.get_by_role("button", name="take out all").click()
    page.keyboard.press("Escape")
    assert "What I think: &lt;b&gt;x&lt;/b&gt;" in noted.read_text(encoding="utf-8")
    assert paper.read_bytes().startswith(b"%PDF")

    explain(page, "another film")  # at once: it ends the run before
    expect(page.get_by_text("Explained in")).to_be_visible()
    wait_until_at_rest(page)
    expect(page.get_by_text("collected under “Report”")).to_have_count(0)
    page.get_by_role("button", name="Open a report").click()
    page.locator("input[type=file]").set_input_files(json)
    expect(page.get_by_text(f"opened from file {json.name}")).to_be_visible()
    expect(page.locator(".frame .text")).to_have_text([HOSTILE])
    expect(page.locator(".st-key-panel_waterfall").get_by_role("button", name="Show code")).to_have_count(0)
    assert (head.bounding_box() or {})["height"] == height  # without its code, too


@requires_chromium
def test_words_are_pointed_at_and_hidden_by_mouse_and_keys(page: Page, address: str) -> None:
    page.goto(address)
    explain(page, "the film was so great")
    expect(page.get_by_text("Explained in")).to_be_visible()
    words = page.locator(".frame .text [role=button]")
    words.nth(4).hover()
    for title in ("great", "Occlusion", "SHAP", "LIME", "log-odds of"):
        expect(page.locator(".tip")).to_contain_text(title)
    words.nth(4).click()
    expect(page.locator(".change")).to_contain_text("Without great:")
    expect(page.locator(".tip")).to_be_hidden()  # it would cover that
    words.nth(0).hover()
    words.nth(4).hover()
    expect(page.locator(".tip")).to_contain_text("great")
    words.nth(4).press("ArrowLeft")
    page.keyboard.press("Enter")
    expect(page.locator(".change")).to_contain_text("Without so, great:")
    expect(page.locator(".change")).to_contain_text("points")
    expect(words.nth(3)).to_have_attribute("aria-pressed", "true")
    expect(words.nth(3)).to_be_focused()
    page.get_by_role("button", name="show all words again").click()
    expect(page.locator(".change")).to_have_count(0)
    expect(page.locator(".frame .text [aria-pressed=true]")).to_have_count(0)
    explain(page, "great")
    expect(page.get_by_text("The text is a single word, which can't be hidden.")).to_be_visible()


@requires_chromium
def test_a_long_explanation_is_stopped_and_what_is_finished_stays(page: Page, address: str) -> None:
    page.goto(f"{address}/?unit=character")
    expect(page.get_by_text("Explained in")).to_be_visible()
    ask_for_many_passes(page)
    explain(page, "the film was not very good but so charming this left me smiling and the jokes are very great i was")
    expect(page.locator(".chips").get_by_text(re.compile(r"[\d,]+ of [\d,]+"))).to_be_visible()
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(page.get_by_text("Stopped.")).to_be_visible()
    expect(page.get_by_text("stopped early")).to_be_visible()
    finished = page.locator(".methods").filter(has_not_text="minus").first
    expect(finished.get_by_role("heading", name="Occlusion")).to_be_visible()
    wait_until_at_rest(page)
    assert finished.locator("thead h4").count() < 5  # cheap methods come first, and the costly ones are not both there


@requires_chromium
def test_one_method_is_skipped_and_the_others_go_on(page: Page, address: str) -> None:
    page.goto(f"{address}/?unit=character")
    expect(page.get_by_text("Explained in")).to_be_visible()
    ask_for_many_passes(page)
    explain(page, "the film was so charming but the plot was very thin and the jokes not great so this left me smiling")
    page.get_by_role("button", name="Skip").click()
    page.get_by_role("menuitem", name="LIME").click()
    expect(page.get_by_text("Explained in")).to_be_visible()
    titles = page.locator(".methods").filter(has_not_text="minus").first.locator("thead h4")
    expect(titles).to_have_text(["Occlusion", "SHAP", "Input × Gradient", "Attention rollout"])


@requires_chromium
def test_a_page_that_was_closed_holds_nobody_up(page: Page, address: str, browser: Browser) -> None:
    with open_page(browser) as closed:
        closed.goto(address)
        ask_for_many_passes(closed)
        explain(closed, LONG)
        expect(closed.get_by_role("button", name="Stop")).to_be_visible()
    page.goto(address)
    explain(page, "a thin plot")
    expect(page.get_by_text("Explained in")).to_be_visible(timeout=30_000)  # the other one would take minutes


@requires_chromium
def test_nothing_moves_when_results_arrive(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.get_by_text("Explained in")).to_be_visible()
    ask_for_many_passes(page)
    text = "the film was so charming but the plot was very thin and the jokes not great so this left you smiling"
    explain(page, text)
    expect(page.locator(".frame .text")).to_have_text([text])
    expect(page.locator(".methods .coming").first).to_be_visible()
    page.evaluate(MOVES)
    expect(page.get_by_text("Explained in")).to_be_visible()
    assert page.evaluate("window.moved") < 0.05


@requires_chromium
def test_a_report_stays_until_there_is_more_of_the_next_one(page: Page, address: str, browser: Browser) -> None:
    page.goto(f"{address}/?unit=character")
    explain(page, "the film was great")
    expect(page.get_by_text("Explained in")).to_be_visible()
    columns = page.locator(".st-key-bars .methods thead h4")
    expect(columns).to_have_count(5)
    with browser.new_context() as context:
        other = context.new_page()
        other.goto(f"{address}/?unit=character")
        ask_for_many_passes(other)
        explain(
            other, "the film was so charming but the plot was very thin and the jokes not great so this left us smiling"
        )
        expect(other.get_by_role("button", name="Skip")).to_be_visible()
        page.evaluate(MOVES)
        page.get_by_role("textbox", name="Text to explain").fill("the film was thin")
        page.get_by_role("button", name="Explain", exact=True).click()
        expect(page.locator(".frame .text")).to_have_text(["the film was thin"])
        expect(columns).to_have_count(5)
        expect(page.get_by_text("Explained in")).to_be_visible()
        expect(other.get_by_role("button", name="Skip")).to_be_visible()  # its job goes on meanwhile
        other.get_by_role("button", name="Stop", exact=True).click()
    expect(page.locator("[aria-busy=true]")).to_have_count(0)
    assert page.evaluate("window.moved") < 0.05
