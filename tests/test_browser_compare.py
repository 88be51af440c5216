"""Comparing on the page: methods, texts, classifiers over a set of texts, and generators."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sidelight.explain import load_report

from tests.browser import download, requires_chromium, wait_until_at_rest
from tests.journeys import choose_typed, explain, serving
from tests.tiny import save_bert, save_generator


@pytest.fixture
def app_of_generators(tiny_classifier: Path, tmp_path: Path) -> Iterator[str]:
    """An app with room for another generator: one holds four models, and the other tests have filled theirs."""
    with serving(tiny_classifier, save_generator(tmp_path / "first" / "llama", "llama", readable=True)) as running:
        yield running


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
