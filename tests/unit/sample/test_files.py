"""What every event log of the sample must obey, and what the files beside it must add up to."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from data.sample_world import CHANNELS, COLUMNS, HOLIDAYS, KINDS, PRIORITIES, PRODUCTS, TEAMS
from tests.unit.sample.conftest import SAMPLE

ZONE = "Europe/Berlin"


def test_the_folder_is_small():
    assert sum(file.stat().st_size for file in SAMPLE.iterdir()) <= 8_000_000


def test_the_schema_is_the_canonical_one():
    schema = pq.read_schema(SAMPLE / "events.parquet")
    assert tuple(schema.names) == COLUMNS
    types = {name: str(schema.field(name).type) for name in schema.names}
    assert types.pop("at") == "timestamp[us, tz=UTC]"
    assert types.pop("effort_minutes") == "double"
    assert set(types.values()) == {"string"}


def test_the_file_is_sorted_by_time_and_lies_in_the_two_years(events):
    at = events["at"]
    assert at.is_monotonic_increasing
    local = at.dt.tz_convert(ZONE)
    assert local.iloc[0].date().isoformat() == "2024-11-01"
    assert local.iloc[-1].date().isoformat() == "2026-10-31"


def test_rows_and_tickets_are_as_many_as_told(events, truth):
    assert len(events) == truth["rows"]["events"]
    assert events["ticket_id"].nunique() == truth["rows"]["tickets"]
    assert 58_000 <= truth["rows"]["tickets"] <= 62_000
    assert 5 <= len(events) / truth["rows"]["tickets"] <= 8


@pytest.mark.parametrize(
    ("column", "known"),
    [
        ("kind", KINDS),
        ("tier", ("L1", "L2", "L3")),
        ("team", tuple(team.name for team in TEAMS)),
        ("priority", PRIORITIES),
        ("channel", CHANNELS),
        ("product", tuple(one.name for one in PRODUCTS)),
        ("category", tuple(item.name for one in PRODUCTS for item in one.categories)),
    ],
)
def test_every_word_is_a_known_one_and_all_are_used(events, column, known):
    assert set(events[column]) == set(known)


def test_a_ticket_starts_with_created_and_is_created_once(events):
    assert events.groupby("ticket_id")["kind"].first().eq("created").all()
    assert events["kind"].eq("created").sum() == events["ticket_id"].nunique()


def test_tickets_are_numbered_in_the_order_of_creation(events):
    created = events.loc[events["kind"].eq("created"), "ticket_id"]
    assert created.tolist() == [f"TS-{number:06d}" for number in range(1, len(created) + 1)]


def test_no_two_events_of_a_ticket_share_a_second(events):
    assert not events.duplicated(["ticket_id", "at"]).any()


def test_attributes_of_a_ticket_do_not_change(events):
    for column in ("product", "category", "channel"):
        assert events.groupby("ticket_id")[column].nunique().eq(1).all()


def test_a_team_has_one_tier(events):
    tiers = events.groupby("team")["tier"].unique().map(list).to_dict()
    assert tiers == {team.name: [f"L{team.tier}"] for team in TEAMS}


def test_customer_and_subject_stand_on_the_first_event_only(events):
    created = events["kind"].eq("created")
    for column in ("customer", "subject"):
        assert events[column].notna().equals(created)
    assert events["subject"].nunique() > 10_000


def test_notes_and_escalation_types_stand_on_handoffs(counted):
    moved = counted["ticket_id"].eq(counted["ticket_id"].shift()) & counted["team"].ne(counted["team"].shift())
    up = moved & (counted["tier"] > counted["tier"].shift())
    assert moved[counted["note"].notna()].all()
    assert counted["escalation_type"].notna().equals(up)
    assert set(counted["kind"][moved]) == {"queued", "assigned"}


def test_links_stand_on_resolutions_and_ratings_come_once_and_late(events):
    assert set(events.loc[events["knowledge_link"].notna(), "kind"]) == {"resolved"}
    rated = events[events["csat"].notna()]
    assert set(rated["csat"]) == {"good", "bad"}
    assert rated["ticket_id"].is_unique
    resolved = events[events["kind"].eq("resolved")].groupby("ticket_id")["at"].last()
    assert (rated["at"] > rated["ticket_id"].map(resolved)).all()


def test_nothing_happens_to_an_excluded_or_cancelled_ticket_afterwards(events):
    for kind in ("excluded", "cancelled"):
        ended = events[events["kind"].eq(kind)].set_index("ticket_id")["at"]
        assert len(ended) > 100
        last = events.groupby("ticket_id")["at"].last().reindex(ended.index)
        assert last.equals(ended)


def test_resolved_tickets_are_closed_days_later_by_the_nightly_job(events):
    closed = events[events["kind"].eq("closed")]
    resolved = events[events["kind"].eq("resolved")]
    pairs = pd.merge_asof(
        closed, resolved[["ticket_id", "at"]].assign(resolved=resolved["at"]), on="at", by="ticket_id"
    )
    days = (pairs["at"] - pairs["resolved"]).dt.total_seconds() / 86_400
    assert days.between(4.9, 6.2).all()
    assert closed["at"].dt.tz_convert(ZONE).dt.hour.eq(2).mean() > 0.98
    assert closed["agent"].isna().all()


def test_people_pick_tickets_up_in_their_working_hours(events):
    seen = events[events["kind"].eq("acknowledged")]
    local = seen["at"].dt.tz_convert(ZONE)
    hour = local.dt.hour + local.dt.minute / 60
    for tier, opens, shuts, weekdays in (("L1", 7, 20, 6), ("L2", 8, 18, 5), ("L3", 9, 17, 5)):
        mine = seen["tier"].eq(tier).to_numpy()
        inside = hour[mine].between(opens, shuts) & (local[mine].dt.day_of_week < weekdays)
        assert inside.mean() > 0.985
        assert not local[mine].dt.date.isin(HOLIDAYS).any()


def test_the_holidays_are_berlins():
    import holidays

    known = holidays.country_holidays("DE", subdiv="BE", years=[2024, 2025, 2026])
    inside = {day for day in known if "2024-11-01" <= day.isoformat() <= "2026-10-31"}
    assert inside == set(HOLIDAYS)


def test_agents_work_in_their_team_and_in_their_time(events):
    agents = pd.read_csv(SAMPLE / "agents.csv", parse_dates=["start_date", "end_date"]).set_index("agent")
    assert agents.index.is_unique
    worked = events[events["kind"].eq("acknowledged")]
    day = worked["at"].dt.tz_convert(ZONE).dt.tz_localize(None).dt.normalize()
    assert (worked["agent"].map(agents["tier"]) == worked["tier"]).all()
    assert (worked["agent"].map(agents["start_date"]).to_numpy() <= day.to_numpy()).all()
    last = worked["agent"].map(agents["end_date"]).fillna(pd.Timestamp("2100-01-01"))
    assert (last.to_numpy() >= day.to_numpy()).all()
    assert (worked["agent"].map(agents["team"]) == worked["team"]).all()


def test_the_roster_covers_the_work(events):
    roster = pd.read_csv(SAMPLE / "roster.csv")
    assert not roster.duplicated(["date", "team"]).any()
    assert (roster["hours"] < roster["paid_hours"]).all()
    offered = roster.groupby("tier")["hours"].sum()
    worked = events.groupby("tier")["effort_minutes"].sum() / 60
    assert (worked / offered).between(0.4, 0.95).all()


def test_deflected_contacts_are_part_of_all_contacts():
    contacts = pd.read_csv(SAMPLE / "l0_contacts.csv")
    assert len(contacts) == 730 * 2 * 4
    assert (contacts["deflected"] <= contacts["contacts"]).all()
    assert 0.2 <= contacts["deflected"].sum() / contacts["contacts"].sum() <= 0.4


def test_the_calendar_holds_the_planted_events_and_one_plan(truth):
    calendar = pd.read_csv(SAMPLE / "calendar_events.csv")
    past = calendar[calendar["start"] <= truth["period"]["last_day"]]
    planted = {(one["name"], one["day"]) for one in [*truth["launches"], truth["outage"]]}
    assert set(zip(past["name"], past["start"], strict=True)) == planted
    assert len(calendar) == len(past) + 1
    assert set(calendar["kind"]) == {"launch", "outage"}


def test_efforts_are_positive_and_finite(events):
    effort = events["effort_minutes"].dropna()
    assert np.isfinite(effort).all()
    assert (effort > 0).all()
