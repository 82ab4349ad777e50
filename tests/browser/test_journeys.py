"""Journeys in a real browser: a cold deep link keeps gate and filters, a filter changes the numbers, nothing goes elsewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

PAGES = {"": 3, "tier_distribution": 4, "escalation_funnel": 7, "handoff_latency": 6, "bounces": 2, "teams": 3}


@pytest.mark.parametrize(("path", "mode"), [*zip(PAGES, ("light", "dark") * 3, strict=True)])
def test_every_page_is_drawn_with_names_and_without_errors(page, path, mode):
    page.tab.emulate_media(color_scheme=mode)
    page.open(path, charts=PAGES[path])
    charts = page.tab.locator('[data-testid="stPlotlyChart"]')
    expect(charts).to_have_count(PAGES[path])
    named = page.tab.get_by_role("figure", name=re.compile(r".{20,}"))
    assert named.count() >= PAGES[path]
    assert page.real_errors() == []
    assert [url for url in page.asked if not url.startswith((page.address, "data:", "blob:", "ws://127.0.0.1"))] == []


def test_a_cold_deep_link_keeps_the_gate_and_the_filters(page):
    page.open("handoff_latency?dataset=sample&product=Loud&target=4+h", charts=6)
    expect(page.tab.get_by_text("Open to everybody: no sign-in is set up.")).to_be_visible()
    expect(page.tab.get_by_test_id("stSidebar").get_by_text("Loud", exact=True)).to_be_visible()
    expect(page.tab.get_by_text("product Loud").first).to_be_visible()
    expect(page.tab.get_by_test_id("stMetric").get_by_text("Within 4 h")).to_be_visible()
    assert "product=Loud" in page.tab.url
    page.tab.get_by_role("button", name="Operations", exact=True).click()
    page.tab.get_by_role("menuitem", name="Escalation funnel").click()
    page.tab.wait_for_url("**/escalation_funnel**")
    page.settle(7)
    expect(page.tab.get_by_text("product Loud").first).to_be_visible()
    assert "product=Loud" in page.tab.url


def test_a_filter_changes_the_numbers_and_the_address(page):
    page.open("?dataset=sample", charts=3)
    number = page.number("Escalated from L1")
    before = number.inner_text()
    page.tab.get_by_role("combobox", name="Product").click()
    page.tab.get_by_role("option", name="Loud").click()
    page.tab.keyboard.press("Escape")
    page.tab.wait_for_url("**product=Loud**")
    expect(page.tab.get_by_text("sample · product Loud").first).to_be_visible()
    expect(number).not_to_have_text(before)
    expect(number).to_have_text(re.compile(r"\d+ %"))
    page.tab.get_by_role("button", name="Clear all filters").click()
    expect(page.tab.get_by_text("sample · All tickets, whole period").first).to_be_visible()
    expect(number).to_have_text(before)
    assert "product" not in page.tab.url
    assert page.real_errors() == []


def test_a_link_to_what_is_not_there_is_a_sentence(page):
    page.open("tier_distribution?dataset=nope", charts=0)
    expect(page.tab.get_by_text("There is no dataset 'nope'.")).to_be_visible()
    page.open("tier_distribution?dataset=sample&product=Nope", charts=0)
    expect(page.tab.get_by_text("'sample' has no product 'Nope'.")).to_be_visible()
    page.tab.get_by_role("button", name="Clear all filters").last.click()
    page.settle(4)
    assert page.real_errors() == []


def test_the_table_and_its_csv(page):
    page.open("tier_distribution?dataset=sample", charts=4)
    card = page.tab.locator(".st-key-card_tier_distribution")
    card.get_by_role("radio", name="Table").click()
    button = card.get_by_role("button", name="Download as CSV")
    expect(button).to_be_visible()
    with page.tab.expect_download() as told:
        button.click()
    text = Path(told.value.path()).read_text("utf-8-sig")
    assert text.splitlines()[0].startswith("tier,tickets_touched")
    assert [line.split(",")[0] for line in text.splitlines()[1:]] == ["L1", "L2", "L3"]


def test_a_narrow_screen_does_not_scroll_sideways(page):
    page.tab.set_viewport_size({"width": 400, "height": 2600})
    for path, charts in PAGES.items():
        page.open(path, charts=charts)
        fits = "document.querySelector('[data-testid=\"stMain\"]').scrollWidth <= 400"
        page.tab.wait_for_function(fits, timeout=15_000)  # a chart takes the screen's width only after it was drawn


def test_rename_and_delete_ask_first(page):
    """On the dataset that no other test uses."""
    page.open("datasets", charts=0)
    page.tab.locator(".st-key-rename_plain button").click()
    page.tab.get_by_role("textbox", name="New name").fill("gone soon")
    page.tab.get_by_role("textbox", name="New name").press("Enter")
    page.tab.locator(".st-key-rename_sure button").click()
    expect(page.tab.get_by_text("'plain' is now called 'gone soon'.")).to_be_visible()
    page.tab.locator('[class*="st-key-delete_gone"] button').click()
    sure = page.tab.locator(".st-key-delete_sure button")
    expect(sure).to_be_disabled()
    page.tab.get_by_role("textbox", name="Type the name of the dataset to confirm").fill("gone soon")
    page.tab.get_by_role("textbox", name="Type the name of the dataset to confirm").press("Enter")
    expect(sure).to_be_enabled()
    sure.click()
    expect(page.tab.get_by_text("'gone soon' was deleted.")).to_be_visible()
    assert page.real_errors() == []


def test_the_overview_answers_at_its_own_name_too(page):
    page.open("overview?dataset=sample&product=Loud", charts=3)
    expect(page.tab.get_by_text("sample · product Loud").first).to_be_visible()
    expect(page.tab.get_by_role("dialog")).to_have_count(0)
    assert page.real_errors() == []


def test_a_click_on_a_way_lists_its_tickets(page):
    """The second bar of the icicle is L1 → L2; the list under the chart says why each ticket is there."""
    page.open("escalation_funnel?dataset=sample", charts=7)
    card = page.tab.locator(".st-key-card_ways")
    card.locator(".bars .point path").nth(1).click(force=True)
    expect(card.locator("strong")).to_have_text(re.compile("Way begins L1 → L2"))
    expect(card.get_by_role("button", name="Download as CSV")).to_be_visible()
    assert page.real_errors() == []


def test_two_segments_side_by_side_and_a_click_on_a_mark(page):
    page.open("tier_distribution?dataset=sample&vs=Another+segment&vs_by=Product&vs_value=Loud", charts=2)
    here, there = (page.tab.locator(f".st-key-card_tier_distribution{side}") for side in ("", "_other"))
    expect(here.get_by_text("sample · All tickets, whole period").first).to_be_visible()
    expect(there.get_by_text("sample · product Loud").first).to_be_visible()
    left, right = here.bounding_box(), there.bounding_box()
    assert left is not None
    assert right is not None
    assert abs(left["y"] - right["y"]) < 5
    assert right["x"] > left["x"] + left["width"] - 5
    here.locator(".barlayer .point path").first.click(force=True)
    expect(here.get_by_text("Resolved in L1").first).to_be_visible()
    expect(here.get_by_test_id("stDataFrame")).to_be_visible()
    assert page.real_errors() == []


def test_the_report_of_a_page_opens_without_a_network(page, tmp_path):
    page.open("tier_distribution?dataset=sample&product=Loud", charts=4)
    with page.tab.expect_download() as told:
        page.tab.get_by_role("button", name="Report of this page").click()
    told.value.save_as(tmp_path / "report.html")
    report = page.tab.context.new_page()
    asked: list[str] = []
    report.on("request", lambda request: asked.append(request.url))
    report.goto(f"file://{tmp_path / 'report.html'}")
    expect(report.locator(".js-plotly-plot").first).to_be_visible()
    expect(report.get_by_text("product Loud").first).to_be_visible()
    assert report.locator("section").count() >= 4
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []
    report.close()
