"""Rule tester, watch list and contradictions in a real browser: sliders by keyboard, a row's way to its story, narrow screens."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

PAGES = {"rule_tester": 2, "contradictions": 4, "watch_list": 0}


@pytest.mark.parametrize(("path", "charts"), PAGES.items())
def test_a_cold_link_draws_everything_and_asks_nobody_else(page, path, charts):
    page.open(f"{path}?dataset=sample", charts=charts)
    assert page.real_errors() == []
    assert all(
        url.startswith((page.address, "data:", "blob:", page.address.replace("http", "ws"))) for url in page.asked
    )
    if charts:
        expect(page.tab.get_by_role("figure", name=re.compile(r".{20,}")).nth(charts - 1)).to_be_visible(timeout=60_000)


@pytest.mark.parametrize(("path", "charts"), PAGES.items())
def test_it_fits_a_phone(page, path, charts):
    page.tab.set_viewport_size({"width": 400, "height": 4000})
    page.open(f"{path}?dataset=sample", charts=charts)
    assert page.tab.evaluate("document.documentElement.scrollWidth") <= 400


def test_the_keyboard_moves_a_rule_and_its_effect(page):
    page.open("rule_tester?dataset=sample", charts=2)
    reach = page.tab.get_by_text(re.compile(r"^It touches [\d,]+ of"))
    before = reach.inner_text()
    knob = page.tab.get_by_role("slider", name="Minutes until L1 must escalate")
    knob.focus()
    for _ in range(6):
        knob.press("ArrowRight")
    expect(reach).not_to_have_text(before, timeout=30_000)
    assert page.real_errors() == []
