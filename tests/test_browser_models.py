"""Models on the page: loaded, used and unloaded, and fine-tuned from uploaded rows."""

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser import requires_chromium
from tests.journeys import explain, serving
from tests.tiny import save_bert

LEARNED = (("great", "good"), ("bad", "poor"))  # words and the label that they go with


@requires_chromium
def test_another_model_is_loaded_used_and_unloaded(page: Page, address: str, tmp_path: Path) -> None:
    other = save_bert(tmp_path / "another <b>model", labels=("sad", "glad", "mad"))
    page.goto(f"{address}/models")
    expect(page.get_by_text("negative (id 0), positive (id 1)").first).to_be_visible()
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
