"""The language of the pages in a browser: what it asks for, what the visitor chooses, and Streamlit's own texts."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser import open_page, requires_chromium, wait_until_at_rest


@pytest.fixture
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page of a browser that asks for the language that the test names, else for Chinese."""
    with open_page(browser, getattr(request, "param", "zh-CN")) as opened:
        yield opened


def instead_of(place: Locator, text: str) -> str:
    """What is shown in the place of a text of Streamlit's, which takes no room."""
    expect(place).to_have_text(text)
    expect(place).to_have_css("font-size", "0px")
    return str(place.evaluate("place => getComputedStyle(place, '::after').content")).strip('"')


@requires_chromium
@pytest.mark.parametrize(
    ("page", "language"), [("zh-CN", "zh"), ("zh-TW", "zh"), ("en-GB", "en"), ("de-DE", "en")], indirect=["page"]
)
def test_the_pages_speak_as_the_browser_asks_until_the_visitor_chooses(page: Page, language: str, address: str) -> None:
    titles = {"zh": ("中文", "微调一个模型"), "en": ("English", "Fine-tune a model")}
    page.goto(f"{address}/finetune")
    other = "en" if language == "zh" else "zh"
    for spoken in (language, other):
        if spoken == other:
            page.get_by_role("radio", name=titles[other][0]).click()
        expect(page.get_by_role("heading", name=titles[spoken][1])).to_be_visible()
        expect(page.locator("html")).to_have_attribute("lang", spoken)
    wait_until_at_rest(page)
    page.reload()
    expect(page.get_by_role("heading", name=titles[other][1])).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", other)


@requires_chromium
def test_texts_of_streamlit_are_chinese_too(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_role("textbox", name="要解释的文本").fill("好")
    hint = page.get_by_test_id("InputInstructions").locator("span")
    assert instead_of(hint, "Press Ctrl+Enter to submit form") == "按 Ctrl（或 ⌘）加 Enter 确认"
    page.get_by_role("combobox").first.fill("there is no such model")
    assert instead_of(page.get_by_text("No results"), "No results") == "没有匹配的选项"
    page.keyboard.press("Escape")
    skip = page.get_by_test_id("stSkipToContent")
    skip.focus()
    assert instead_of(skip, "Skip to main content") == "跳到正文"
    full = page.locator(".js-plotly-plot [data-title=Fullscreen]").first
    expect(full).to_be_attached()
    assert full.evaluate("button => getComputedStyle(button, '::after').content") == '"全屏"'

    page.goto(f"{address}/finetune")
    files = page.get_by_test_id("stFileUploaderDropzone").first
    assert instead_of(files.locator("button p"), "Upload") == "上传"
    limit = files.get_by_test_id("stFileUploaderDropzoneInstructions").locator("span")
    said = instead_of(limit, "100MB per file")
    assert said == "每个文件最多100 MB · CSV、TSV、JSONL、NDJSON、JSON、TXT"
    page.get_by_role("textbox", name="基础模型").fill("demo")
    assert instead_of(hint, "Press Enter to apply") == "按 Enter 确认"
