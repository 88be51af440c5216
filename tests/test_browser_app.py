"""The app as people meet it: a real server, a real worker, a real browser."""

import json
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from sidelight.explain import load_report

from tests.browser import SECONDS, download, open_page, requires_chromium, wait_until_at_rest
from tests.tiny import save_bert, save_generator

HOSTILE = (
    "good film <b>x</b> ![a](http://evil.test/x.png) :material/home: $x$ <img src=http://evil.test/y onerror=alert(1)>"
)
LONG = "the film was so charming but the plot was very thin and the jokes not great so this left us smiling " * 5
LEARNED = (("great", "good"), ("bad", "poor"))  # words and the label that they go with

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


@pytest.fixture(scope="module")
def address(tiny_classifier: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    generator = save_generator(tmp_path_factory.mktemp("generator") / "llama", "llama", readable=True)
    with serving(tiny_classifier, generator) as running:
        yield running


@pytest.fixture
def app_of_generators(tiny_classifier: Path, tmp_path: Path) -> Iterator[str]:
    """An app with room for another generator: one holds four models, and the other tests have filled theirs."""
    with serving(tiny_classifier, save_generator(tmp_path / "first" / "llama", "llama", readable=True)) as running:
        yield running


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

    chosen, other = _labels(page)
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


def _labels(page: Page) -> tuple[str, str]:
    group = page.get_by_role("radiogroup", name="Label")
    checked = group.get_by_role("radio", checked=True).inner_text()
    names = group.get_by_role("radio").all_inner_texts()
    (other,) = set(names) - {checked}
    return checked, other


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


def write(page: Page, prompt: str) -> None:
    page.get_by_role("textbox", name="Prompt").fill(prompt)
    page.get_by_role("button", name="Write", exact=True).click()
    expect(page.locator(".written .prompt").first).to_have_text(prompt)
    expect(page.get_by_text("Explained in")).to_be_visible()


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
    chosen, other = _labels(page)
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
    _, other = _labels(page)
    page.get_by_role("radio", name="characters").click()
    page.get_by_role("radio", name=other).click()
    expect(page.locator(".legend").first).to_contain_text(f"for {other}")
    page.wait_for_url(lambda url: "unit=character" in url and f"label={other}" in url and first not in url)
    wait_until_at_rest(page)
    assert "unit=character" in page.url


@requires_chromium
def test_methods_and_texts_are_compared_over_the_same_words(page: Page, address: str, tmp_path: Path) -> None:
    page.goto(address)
    explain(page, "the film was great")
    expect(page.get_by_text("Explained in")).to_be_visible()
    expect(page.get_by_text("Before (SHAP)")).to_have_count(0)  # the example was nobody's text
    explain(page, "the film was thin")
    expect(page.get_by_text("Explained in")).to_be_visible()
    expect(page.get_by_text("Before (SHAP)").first).to_be_visible()
    expect(page.get_by_text("What differs")).to_be_visible()
    page.get_by_role("link", name="Compare").click()
    expect(page.get_by_role("columnheader", name="LIME minus SHAP")).to_be_visible()
    page.get_by_role("button", name="Occlusion", exact=True).or_(page.get_by_role("radio", name="Occlusion")).click()
    page.get_by_role("button", name="Compare", exact=True).click()
    expect(page.get_by_role("columnheader", name="Occlusion").first).to_be_visible()
    expect(page.get_by_role("rowheader", name="thin").first).to_be_visible()
    expect(page.get_by_text("How far every two columns agree: Spearman")).to_be_visible()
    page.wait_for_url("**reports=*")
    wait_until_at_rest(page)
    report = load_report(download(page, "JSON", tmp_path))
    assert report.predictions[0].segments == ("the film was thin",)
    assert {one.method for one in report.attributions} >= {"shap", "lime", "occlusion"}
    page.reload()
    expect(page.get_by_role("textbox").first).to_have_value("the film was thin")
    expect(page.get_by_role("columnheader", name="Occlusion").first).to_be_visible()
    expect(page.get_by_text("Not computed yet")).to_have_count(0)


@requires_chromium
def test_another_model_is_loaded_used_and_unloaded(page: Page, address: str, tmp_path: Path) -> None:
    other = save_bert(tmp_path / "another <b>model", labels=("sad", "glad", "mad"))
    page.goto(f"{address}/models")
    expect(page.get_by_text("negative (id 0), positive (id 1)")).to_be_visible()
    page.get_by_role("textbox", name="Model").fill(str(tmp_path))
    page.get_by_role("button", name="Load", exact=True).last.click()
    expect(page.get_by_text("holds no model itself, but another <b>model")).to_be_visible()
    page.get_by_role("textbox", name="Model").fill(str(other))
    page.get_by_role("button", name="Load", exact=True).last.click()
    expect(page.get_by_text("sad (id 0), glad (id 1), mad (id 2)")).to_be_visible()
    page.get_by_role("button", name="Use it").last.click()
    explain(page, "the film was so great")
    expect(page.get_by_role("radio", name="glad")).to_be_visible()
    expect(page.get_by_text("Explained in")).to_be_visible()
    page.wait_for_url(lambda url: "classifier=another" in url and "report=" in url)
    page.reload()
    expect(page.locator(".frame .text")).to_have_text(["the film was so great"])
    expect(page.get_by_role("radio", name="glad")).to_be_visible()
    page.get_by_role("link", name="Models").click()
    loaded = page.locator("[class*=st-key-model]").filter(has_text="sad (id 0), glad (id 1), mad (id 2)").last
    loaded.get_by_role("button", name="Unload").click()
    expect(page.get_by_text("sad (id 0), glad (id 1), mad (id 2)")).to_have_count(0)


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
    assert finished.locator("thead h4").count() <= 2


def choose_typed(page: Page, box: str, name: str, offer: str = "stSelectboxVirtualDropdown") -> None:
    """Types a model's name into a box that offers some; at the end what it offered, which takes presses, is gone."""
    page.get_by_role("combobox", name=box).fill(name)
    page.keyboard.press("Enter")
    if offer == "stMultiSelectDropdown":  # where more can be chosen
        page.keyboard.press("Escape")
    expect(page.get_by_test_id(offer)).to_have_count(0)
    wait_until_at_rest(page)


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
def test_two_models_are_compared_over_texts_and_head_by_head(page: Page, address: str, tmp_path: Path) -> None:
    later = save_bert(tmp_path / "later", seed=1)
    rows = [f"{word} <b>film</b> {number},positive" for number in range(4) for word in ("good", "bad")]
    (tmp_path / "films.csv").write_text("text,label\n" + "\n".join(rows) + "\n")
    page.goto(f"{address}/compare?compare=set")
    page.get_by_role("combobox", name="Before").fill("tiny/checkpoint")  # it holds "tiny"
    expect(page.get_by_role("option", name="Add: tiny/checkpoint")).to_be_visible()
    page.keyboard.press("Escape")
    choose_typed(page, "After", str(later))
    page.get_by_role("radio", name="From a file").click()
    page.locator("input[type=file]").set_input_files(tmp_path / "films.csv")
    expect(page.get_by_text("8 texts, both models")).to_be_visible()
    held_out = page.get_by_text("Only the rows that a fine-tuning held out")
    held_out.click()
    share = page.get_by_role("spinbutton", name="Share held out")
    share.fill("0.25")
    share.press("Tab")
    expect(page.get_by_text("2 texts, both models")).to_be_visible()
    held_out.click()
    expect(page.get_by_text("8 texts, both models")).to_be_visible()
    page.get_by_role("button", name="Compare", exact=True).click()
    expect(page.get_by_text("8 texts compared in")).to_be_visible()
    expect(page.get_by_role("rowheader", name="film", exact=True)).to_be_visible()
    expect(page.get_by_title("layer 2, head 4")).to_have_text(re.compile(r"0\.\d+"))
    expect(page.get_by_role("cell", name="bad <b>film</b> 3")).to_be_visible()
    saved = download(page, "JSON", tmp_path)
    found = json.loads(saved.read_text(encoding="utf-8"))
    assert (found["figures"]["texts"], found["heads"]["count"]) == (8, 8)
    page.get_by_role("radio", name="中文").click()
    expect(page.get_by_role("heading", name="变化最大的词")).to_be_visible()
    page.get_by_role("radio", name="English").click()
    page.wait_for_url("**shift=*")
    page.reload()
    expect(page.get_by_role("cell", name="bad <b>film</b> 3")).to_be_visible()
    page.goto(f"{address}/compare?compare=set")
    page.get_by_role("button", name="Open a report").click()
    page.locator("input[type=file]").last.set_input_files(saved)
    expect(page.get_by_role("cell", name="bad <b>film</b> 3")).to_be_visible()
    page.keyboard.press("Escape")

    page.get_by_role("radio", name="A text, side by side").click()
    choose_typed(page, "Models", "later", "stMultiSelectDropdown")
    page.get_by_role("button", name="Compare", exact=True).click()
    expect(page.get_by_role("columnheader", name="SHAP").nth(1)).to_be_visible()
    page.get_by_role("button", name="layer 1, head 2").click()
    expect(page.get_by_text(re.compile(r"^layer 1, head 2\W+0\.\d+ bits"))).to_be_visible()
    expect(page.get_by_text("Difference, up to")).to_be_visible()
    expect(page.locator(".js-plotly-plot")).to_have_count(3)


@requires_chromium
def test_two_generators_are_compared_on_what_one_of_them_writes(
    page: Page, app_of_generators: str, tmp_path: Path
) -> None:
    later = save_generator(tmp_path / "later", "llama", 1, readable=True)
    page.goto(f"{app_of_generators}/compare?compare=prompt")
    choose_typed(page, "After", str(later))
    prompt = page.get_by_role("textbox", name="Prompt")
    prompt.fill("the <b>film</b>")
    page.get_by_role("textbox", name="The continuation").fill("a good one")
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Compare", exact=True).click()
    expect(page.locator(".tokens tbody tr")).to_have_count(len("a good one"))
    expect(page.get_by_text("The log-probability of the continuation changes by")).to_be_visible()
    assert "<b>" not in page.url
    page.wait_for_url("**generator_after=later*")

    words, later_column = page.locator(".written").get_by_role("option"), page.get_by_role("columnheader", name="later")
    for place, word in ((1, "good"), (0, "a")):
        words.nth(place).click()
        expect(later_column.first).to_contain_text(f"“{word}” rather than")
    rather = page.get_by_role("combobox", name="Rather than")
    rather.click()
    page.keyboard.type("z")
    page.keyboard.press("Enter")
    expect(later_column.first).to_contain_text("“a” rather than “z”")
    page.get_by_role("button", name="layer 2, head 1").click()
    expect(page.get_by_text(re.compile(r"^layer 2, head 1\W+0\.\d+ bits"))).to_be_visible()
    page.get_by_role("button", name="Show code").last.click()
    expect(page.get_by_text("explain_both(")).to_be_visible()
    page.keyboard.press("Escape")

    titles = "HTML page", "JSON, opens again", "CSV table", "CSV of these tokens"
    page_file, saved, both, tokens = (download(page, title, tmp_path) for title in titles)
    assert "the &lt;b&gt;film&lt;/b&gt;" in page_file.read_text(encoding="utf-8")
    assert [one.model for one in load_report(saved).predictions] == ["llama", "later"]
    assert both.read_text(encoding="utf-8-sig").count("later") >= 2
    assert tokens.read_text(encoding="utf-8-sig").startswith('"place","token",')
    page.get_by_role("link", name="Generate").click()
    page.get_by_role("button", name="Open a report").click()
    page.locator("input[type=file]").set_input_files(saved)
    expect(page.get_by_text(f"opened from file {saved.name}")).to_be_visible()
    expect(page.locator(".written .prompt").first).to_have_text("the <b>film</b>")


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
def test_heads_are_chosen_by_mouse_and_keys_and_tokens_left_out(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.get_by_text("Explained in")).to_be_visible()
    page.get_by_role("tab", name="Attention map").click()
    head = page.locator(".heads canvas").locator("..")
    title = page.locator(".st-key-panel_attention_map strong").first
    head.nth(1).click()
    expect(title).to_contain_text("Layer 1, head 2")
    expect(head.nth(1)).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Control+Enter")
    expect(title).to_contain_text("mean of 2 heads")
    page.get_by_role("radio", name="largest", exact=True).click()
    expect(title).to_contain_text("largest weight of 2 heads")
    page.get_by_role("button", name="head 2 of every layer").click()
    expect(title).to_contain_text("Head 2, largest weight of 2 layers")
    expect(page.locator(".heads [aria-pressed=true]")).to_have_count(2)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    expect(title).to_contain_text("Layer 1, head 1")
    ticks = page.locator(".st-key-panel_attention_map .ytick")
    expect(ticks.filter(has_text="[CLS]")).to_have_count(1)
    page.get_by_text("Hide special tokens").click()
    expect(ticks.filter(has_text="[CLS]")).to_have_count(0)


@requires_chromium
def test_on_a_phone_a_press_on_another_head_moves_nothing_below_the_title(page: Page, address: str) -> None:
    page.set_viewport_size({"width": 400, "height": 1000})
    page.goto(address)
    expect(page.get_by_text("Explained in")).to_be_visible()
    page.get_by_role("tab", name="Attention map").click()
    title = page.locator(".st-key-panel_attention_map strong").first
    page.get_by_role("button", name="head 2 of every layer").click()
    page.get_by_role("radio", name="largest", exact=True).click()
    expect(title).to_have_text("Head 2, largest weight of 2 layers")
    before = below(page, title)
    page.get_by_role("button", name="layer 1, head 1").click()
    expect(title).to_have_text("Layer 1, head 1")
    assert below(page, title) == pytest.approx(before, abs=1)


def below(page: Page, title: Locator) -> float:
    """How far below the top of its title the map stands."""
    wait_until_at_rest(page)
    chart, own = page.locator(".st-key-attention_map").bounding_box(), title.bounding_box()
    assert chart
    assert own
    return chart["y"] - own["y"]


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
        expect(page.get_by_text("1 in the queue")).to_be_visible()
        expect(page.locator(".st-key-answer")).to_have_attribute("aria-busy", "true")
        expect(page.locator(".st-key-bars")).to_have_attribute("aria-busy", "true")
        expect(page.locator(".frame .text")).to_have_text(["the film was great"])
        expect(columns).to_have_count(5)
        other.get_by_role("button", name="Stop", exact=True).click()
    expect(page.get_by_text("Explained in")).to_be_visible()
    expect(page.locator(".frame .text")).to_have_text(["the film was thin"])
    expect(page.locator("[aria-busy=true]")).to_have_count(0)
    assert page.evaluate("window.moved") < 0.05


@requires_chromium
def test_while_a_generator_writes_the_answer_before_is_dimmed_and_stays_in_its_place(
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
        expect(page.get_by_text("1 in the queue")).to_be_visible()
        expect(page.locator(".being_written .text").first).to_have_text("what is bad")
        for key in ("below_texts", "choices", "bars", "side"):
            expect(page.locator(f".st-key-{key}")).to_have_attribute("aria-busy", "true")
        other.get_by_role("button", name="Stop", exact=True).click()
    expect(page.get_by_text("Explained in")).to_be_visible()
    expect(page.locator(".written .prompt").first).to_have_text("what is bad")
    expect(page.locator("[aria-busy=true]")).to_have_count(0)
    assert page.evaluate("window.moved") < 0.05


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


@requires_chromium
def test_a_model_is_fine_tuned_watched_and_explained(page: Page, tiny_classifier: Path, tmp_path: Path) -> None:
    lines = (f"the film {number} was {word},{label}" for number in range(20) for word, label in LEARNED)
    (tmp_path / "<b>films.csv").write_text("\n".join(["text,label", *lines]), encoding="utf-8")
    with serving(tiny_classifier) as address:  # of its own: an app loads a few models only
        page.goto(f"{address}/finetune")
        page.get_by_test_id("stFileUploaderDropzoneInput").first.set_input_files(tmp_path / "<b>films.csv")
        expect(page.get_by_text(re.compile("“good”.?: 20, “poor”.?: 20"))).to_be_visible()
        expect(page.get_by_role("cell", name="the film 0 was great")).to_be_visible()
        for name, text in (("Pretrained model", str(tiny_classifier)), ("Name of the new model", "of films")):
            page.get_by_role("textbox", name=name).fill(text)
            page.keyboard.press("Tab")
        page.get_by_role("button", name="Start training").click()
        expect(page.get_by_text("The model is ready.")).to_be_visible()
        expect(page.locator(".js-plotly-plot")).to_have_count(2)
        expect(page.get_by_text("rows by file: <b>films.csv (40)")).to_be_visible()
        page.get_by_role("radio", name="中文").click()
        expect(page.get_by_text("模型已就绪。")).to_be_visible()
        expect(page.get_by_text("各文件的行数：<b>films.csv (40)")).to_be_visible()
        expect(page.locator("html")).to_have_attribute("lang", "zh")
        page.get_by_role("button", name="使用").click()
        expect(page.get_by_text("解释用时")).to_be_visible()
        expect(page.get_by_role("radio", name="poor")).to_be_visible()
        expect(page.get_by_role("columnheader", name="遮挡").first).to_be_visible()


def test_a_port_that_is_taken_is_said(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        finished = subprocess.run(command(tmp_path, port), capture_output=True, text=True, check=False, timeout=SECONDS)
    assert finished.returncode == 2
    assert finished.stdout == ""
    assert f"can't listen on port {port}" in finished.stderr
    assert finished.stderr.count("\n") == 1
