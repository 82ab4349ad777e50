"""A new user with a Zendesk field history: from the file to the first chart, counting clicks, with a picture of each step."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from playwright.sync_api import expect

SHOTS = Path(__file__).parent / "shots"
MOST_CLICKS = 6


def field_history(file: Path, tickets: int = 60) -> int:
    """A `ticket_field_history` as Fivetran loads it: one row per new value of a field; its number of rows."""
    rows = ["field_name,ticket_id,updated,_fivetran_synced,user_id,value"]
    for number in range(tickets):
        at = datetime(2026, 3, 2, 9) + timedelta(hours=7 * number)
        changes = [
            ("status", "new", 0),
            ("group_id", "Support L1", 0),
            ("priority", "normal", 0),
            ("status", "open", 12),
        ]
        if number % 3 == 0:
            changes += [("group_id", "Technical L2", 60), ("status", "pending", 90), ("status", "open", 200)]
        changes.append(("status", "solved", 300))
        for field, value, minutes in changes:
            moment = (at + timedelta(minutes=minutes)).isoformat(sep=" ")
            rows.append(f"{field},{9000 + number},{moment},2026-04-01 00:00:00,77,{value}")
    file.write_text("\n".join(rows) + "\n")
    return len(rows) - 1


def test_a_zendesk_field_history_reaches_its_first_chart_in_six_clicks(page, tmp_path):
    rows = field_history(tmp_path / "ticket_field_history.csv")
    SHOTS.mkdir(exist_ok=True)
    page.open("import_history", charts=0)
    clicks = 1  # choosing the file
    page.tab.locator('input[type="file"]').first.set_input_files(tmp_path / "ticket_field_history.csv")
    expect(page.tab.get_by_text("This looks like zendesk field history")).to_be_visible(timeout=60_000)
    go = page.tab.get_by_role("button", name="Import", exact=True)
    expect(go).to_be_enabled(timeout=60_000)
    page.tab.screenshot(path=SHOTS / "1_what_it_is.png", full_page=True)

    clicks += 1
    go.click()
    expect(
        page.tab.get_by_text(f"Taken: {rows:,} rows = {rows:,} taken + 0 already there + 0 rejected.")
    ).to_be_visible(timeout=120_000)
    page.tab.screenshot(path=SHOTS / "2_account.png", full_page=True)

    clicks += 1
    page.tab.get_by_role("button", name="Open ticket_field_history").click()
    link = page.tab.get_by_role("link", name="How far tickets climb")
    expect(link).to_be_visible(timeout=60_000)
    clicks += 1
    link.click()
    page.tab.wait_for_url("**/escalation_funnel**")
    page.settle(1)
    expect(page.tab.get_by_text("All tickets, whole period").first).to_be_visible()
    page.tab.screenshot(path=SHOTS / "3_first_chart.png", full_page=True)
    assert clicks <= MOST_CLICKS
    assert page.real_errors() == []
