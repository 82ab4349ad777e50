"""The findings and their thresholds in a real browser: what changed, folded ones that open, thresholds that are kept."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect


@pytest.mark.parametrize(("mode", "width"), [("light", 1280), ("dark", 400)])
def test_the_findings_open_and_fit(page, mode, width):
    page.tab.emulate_media(color_scheme=mode)
    page.tab.set_viewport_size({"width": width, "height": 3200})
    page.open("findings?dataset=sample", charts=0)
    expect(page.tab.get_by_role("heading", name="Take it with you")).to_be_visible(timeout=60_000)
    expect(page.tab.get_by_text("What changed", exact=True)).to_be_visible()
    expect(page.tab.get_by_role("button", name="Digest (json)")).to_be_visible()
    page.settle(0)
    unknown = page.tab.locator("details", has_text="Cannot be told (")
    unknown.locator("summary").click()
    expect(unknown).to_contain_text("L3's load since the marked day", timeout=30_000)
    wide = page.tab.evaluate("document.documentElement.scrollWidth")
    assert wide <= width + 1
    assert page.real_errors() == []


def test_a_threshold_is_kept_and_taken_back(page):
    page.open("thresholds?dataset=sample", charts=0)
    day = page.tab.get_by_label("Day of a change whose effect is to be told, such as 2026-03-01")
    day.fill("2026-02-01")
    day.press("Tab")
    page.tab.wait_for_timeout(1500)
    page.tab.get_by_role("button", name="Keep these thresholds").click()
    expect(page.tab.get_by_text("The thresholds of sample are kept.")).to_be_visible(timeout=30_000)
    page.tab.get_by_role("button", name="Back to the defaults").click()
    expect(page.tab.get_by_text("sample has the default thresholds again.")).to_be_visible(timeout=30_000)
    assert page.real_errors() == []
