"""Choosing attention heads on the page, by mouse, by keys, and on a phone."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import requires_chromium, wait_until_at_rest


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
