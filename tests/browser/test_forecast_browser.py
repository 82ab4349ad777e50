"""The forecast in a real browser: the 8-week mean at once and the race after it, a locked plan."""

from __future__ import annotations

from playwright.sync_api import expect

PAGE = "volume_forecast?dataset=sample"
RACE_MS = 240_000
"""A race takes seconds on quiet cores; the test waits for it, and does not time it."""


def total(page) -> int:
    """The number of tickets in the next four weeks, as it stands on the page."""
    value = page.number("Next 4 weeks")
    expect(value).to_have_count(1, timeout=60_000)
    return int(value.inner_text().replace(",", ""))


def complaints(page) -> list[str]:
    """Console errors, without Plotly's own of a label laid out while its chart has no height yet (a rerun while it is drawn)."""
    return [told for told in page.real_errors() if '"-Infinity"' not in told]


def raced(page) -> None:
    """Waits until the race has ended and its result is drawn."""
    expect(page.tab.get_by_text("the other models are being tried")).to_have_count(0, timeout=RACE_MS)
    expect(page.tab.get_by_text("Backtest: 6 origins").first).to_be_visible(timeout=60_000)


def test_the_mean_first_then_the_race_and_it_is_kept_and_locked(page):
    page.open(f"{PAGE}&show=By+day")
    expect(page.tab.get_by_text("the race has not been run").first).to_be_visible(timeout=60_000)
    assert total(page) > 0
    raced(page)
    expect(page.tab.get_by_text("the race has not been run")).to_have_count(0, timeout=60_000)
    by_race = total(page)
    page.open(f"{PAGE}&show=Plans", charts=0)
    expect(page.tab.get_by_text("Lock this forecast").first).to_be_visible(timeout=60_000)
    assert total(page) == by_race
    page.tab.get_by_label("Lock this forecast", exact=False).fill("Budget")
    page.tab.get_by_role("button", name="Lock as plan").click()
    expect(page.tab.get_by_text("The plan 'Budget' is locked.")).to_be_visible(timeout=60_000)
    expect(page.tab.get_by_text("Budget:", exact=False).first).to_be_visible(timeout=60_000)
    assert complaints(page) == []
