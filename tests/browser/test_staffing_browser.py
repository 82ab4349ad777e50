"""Staffing in a real browser: a slider under the keyboard, kept over pages and links, on a phone, without a console error."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

ARROW = "L1 escalates to L2, %"


def move(page, steps: int) -> None:
    """Moves the first arrow by so many points with the keyboard."""
    arrow = page.tab.get_by_role("slider", name=ARROW)
    expect(arrow).to_have_count(1, timeout=60_000)
    arrow.focus()
    for _ in range(abs(steps)):
        page.tab.keyboard.press("ArrowRight" if steps > 0 else "ArrowLeft")


def test_a_slider_moves_the_answer_and_survives_another_page(page):
    page.open("staffing?dataset=sample", charts=3)
    expect(page.tab.get_by_text("Changed: L1 to L2")).to_have_count(0)
    moved = str(int(page.tab.get_by_role("slider", name=ARROW).first.input_value()) + 12)
    move(page, 12)
    expect(page.tab.get_by_role("slider", name=ARROW)).to_have_attribute("aria-valuetext", moved, timeout=30_000)
    expect(page.tab.get_by_text(f"Changed: L1 to L2 {moved} %").first).to_be_visible(timeout=30_000)
    expect(page.tab.get_by_text("Simulated 100 times").first).to_be_visible(timeout=60_000)
    page.tab.get_by_role("button", name="Planning", exact=True).click()
    page.tab.get_by_role("menuitem", name="Shifts").click()
    page.tab.wait_for_url("**/shifts**")
    page.settle(2)
    page.tab.get_by_role("button", name="Planning", exact=True).click()
    page.tab.get_by_role("menuitem", name="Staffing").click()
    page.tab.wait_for_url("**/staffing**")
    page.settle(3)
    arrow = page.tab.get_by_role("slider", name=ARROW)
    expect(arrow).to_have_count(1, timeout=60_000)  # the page before is still there until the run has ended
    assert arrow.input_value() == moved
    assert page.real_errors() == []


def test_a_plan_file_goes_up_and_comes_down_with_the_sliders_in_it(page, tmp_path):
    page.open("staffing?dataset=sample", charts=3)
    file = tmp_path / "plan.toml"
    file.write_text("[tiers.L1]\nshrinkage = 0.45\ncost_per_hour = 40\n")
    page.tab.locator('input[type="file"]').first.set_input_files(file)
    page.tab.get_by_role("button", name="Use this plan").click()
    page.settle(3)
    page.tab.get_by_text("Time for tickets", exact=True).click()
    expect(page.tab.get_by_role("slider", name="L1: shrinkage", exact=False)).to_have_attribute(
        "aria-valuetext", "45", timeout=30_000
    )
    with page.tab.expect_download() as told:
        page.tab.get_by_role("button", name="Download the plan with the sliders in it").click()
    text = told.value.path().read_text()
    assert "shrinkage = 0.45" in text
    assert "cost_per_hour = 40" in text
    bad = tmp_path / "bad.toml"
    bad.write_text("[tiers.L1]\nshrinkige = 0.45\n")
    page.tab.locator('input[type="file"]').first.set_input_files(bad)
    expect(page.tab.get_by_text("The plan has a key that does not exist").first).to_be_visible(timeout=30_000)
    expect(page.tab.get_by_role("button", name="Use this plan")).to_have_count(0)
    assert page.real_errors() == []


def test_a_roster_is_read_as_soon_as_it_is_there(page, tmp_path):
    page.open("staffing?dataset=sample", charts=3)
    bad, good = tmp_path / "bad.csv", tmp_path / "roster.csv"
    bad.write_text("day,people\n2025-07-01,4\n")
    good.write_text("date,tier,hours\n2025-07-01,L1,16\n2025-07-01,L2,8\n")
    upload = page.tab.locator('input[type="file"]').nth(1)
    upload.set_input_files(bad)
    expect(page.tab.get_by_text("roster", exact=False).filter(has_text="column").first).to_be_visible(timeout=30_000)
    expect(page.tab.get_by_role("button", name="Use this roster")).to_have_count(0)
    upload.set_input_files(good)
    expect(page.tab.get_by_role("button", name="Use this roster")).to_be_visible(timeout=30_000)
    assert page.real_errors() == []


@pytest.mark.parametrize(("path", "charts"), [("staffing", 3), ("scenarios", 2), ("shifts", 2)])
def test_a_phone_shows_it_without_scrolling_sideways(page, path, charts):
    page.tab.set_viewport_size({"width": 400, "height": 9000})
    page.open(f"{path}?dataset=sample", charts=charts)
    wide = page.tab.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth")
    assert wide <= 401
    assert page.real_errors() == []


def test_a_group_stays_open_while_its_sliders_move(page):
    """From the first step on it is told which group is changed; that must not close it under the reader's hand."""
    page.open("staffing?dataset=sample", charts=3)
    page.tab.get_by_text("Cost", exact=True).first.click()
    rate = page.tab.get_by_role("slider", name="L1: cost of a paid hour", exact=False)
    expect(rate).to_have_count(1, timeout=30_000)
    rate.focus()
    for value in ("1", "2"):
        page.tab.keyboard.press("ArrowRight")
        expect(rate).to_have_attribute("aria-valuetext", value, timeout=30_000)
        expect(page.tab.get_by_text(f"Changed: L1 cost per hour {value}").first).to_be_visible(timeout=30_000)
    expect(page.tab.get_by_text("Changed in: Cost")).to_be_visible()
    expect(rate).to_be_visible()
    assert page.real_errors() == []


def test_nothing_jumps_while_a_slider_moves(page):
    """Charts keep their height while they are drawn anew, nothing above them moves, and the slider keeps the keyboard."""
    page.open("staffing?dataset=sample", charts=3)
    expect(page.tab.get_by_text("are being tried on your history")).to_have_count(0, timeout=120_000)
    expect(page.tab.get_by_text("Replaying last quarter")).to_have_count(0, timeout=120_000)
    expect(page.tab.get_by_text("Simulated 100 times").first).to_be_visible(timeout=60_000)
    for tier in ("L1", "L2", "L3"):
        expect(page.tab.locator(f".st-key-card_work_{tier} .main-svg").first).to_be_visible(timeout=60_000)
    page.settle(3)
    page.tab.evaluate("""() => {
        window.seen = new Set();
        const look = () => {
            for (const card of document.querySelectorAll('[class*="st-key-card_work_"]')) {
                const charts = [...card.querySelectorAll('.stPlotlyChart')].map(chart => chart.getBoundingClientRect().height);
                window.seen.add(charts.reduce((sum, height) => sum + height, 0));
            }
            requestAnimationFrame(look);
        };
        look();
    }""")
    move(page, 1)
    expect(page.tab.get_by_text("Changed: L1 to L2").first).to_be_visible(timeout=30_000)
    expect(page.tab.get_by_text("Against the plan as it is").first).to_be_visible(timeout=60_000)
    assert page.tab.evaluate("[...window.seen]") == [236]
    assert page.tab.evaluate("document.activeElement.getAttribute('aria-label')") == ARROW
    assert page.real_errors() == []
