"""The questions behind planning, bounces, satisfaction and a ticket's story, a second way."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analytics.model import Filters
from analytics.warehouse import questions
from tests.logs import drawn, warehouse_of
from tests.questions.oracle import ended_at, ticket_of
from tests.questions.test_second_way import random_log

LOG = """
ticket_id at               kind         tier team agent csat
B1        2026-03-02T09:00 created      L1   desk ann   -
B1        2026-03-02T10:00 queued       L2   net  -     -
B1        2026-03-02T15:00 queued       L1   desk bob   -
B1        2026-03-03T09:00 resolved     L1   desk bob   good
B1        2026-03-05T09:00 reopened     L1   desk ann   -
B1        2026-03-05T10:00 resolved     L1   desk ann   -
B2        2026-03-03T09:00 created      L1   desk ann   -
B2        2026-03-03T11:00 queued       L2   net  cyd   -
B3        2026-03-04T09:00 created      L1   desk ann   bad
B3        2026-03-04T12:00 cancelled    L1   desk ann   -
B4        2026-03-06T09:00 created      L2   net  cyd   -
"""


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    return warehouse_of(drawn(LOG), tmp_path_factory.mktemp("small") / "log.duckdb")


@pytest.fixture(scope="module")
def log():
    return random_log(seed=31, tickets=150)


@pytest.fixture(scope="module")
def warehouse(log, tmp_path_factory):
    return warehouse_of(log, tmp_path_factory.mktemp("plan") / "log.duckdb")


def tickets(log) -> list[dict]:
    ordered = log.sort_values(["ticket_id", "at"], kind="stable").groupby("ticket_id")
    return [ticket | {"id": name} for name, rows in ordered if (ticket := ticket_of(rows))]


def test_backlog_by_hand(small):
    """B1 is open on 2 March (at L1 in the evening), solved on the 3rd, open and solved again on the 5th; B2 stays at L2
    from the 3rd; B3 comes and goes on the 4th; B4 comes to L2 on the 6th."""
    told = questions.backlog_by_day(small).pivot(index="day", columns="tier", values="open_tickets")
    assert told["L1"].tolist() == [1, 0, 0, 0, 0]
    assert told["L2"].tolist() == [0, 1, 1, 1, 2]
    cut = questions.backlog_by_day(small, Filters(start=pd.Timestamp("2026-03-05").date()))
    assert cut["open_tickets"].tolist() == [0, 1, 0, 2]


def test_backlog_at_midnights(warehouse, log):
    told = questions.backlog_by_day(warehouse).set_index(["day", "tier"])["open_tickets"]
    for day in pd.date_range("2026-01-06", "2026-02-05", freq="3D"):
        midnight = day.tz_localize("UTC") + pd.Timedelta(days=1)
        holds: dict[str, int] = {"L1": 0, "L2": 0, "L3": 0}
        for ticket in tickets(log):
            past = [e for e in ticket["events"] if e["at"] < midnight]
            if past and past[-1]["after"] in (None, "open") and past[-1]["tier"]:
                holds[past[-1]["tier"]] += 1
        for tier, count in holds.items():
            assert told.get((day, tier), 0) == count, (day, tier)


def test_backlog_now(small):
    """B2 has been at L2 since 3 March 11:00: 6 h that day, 8 on the 4th and 5th, none on the 6th until 9:00 = 22 h; B4 is new."""
    told = questions.backlog_now(small)
    assert told.to_dict("records") == [
        {"tier": "L2", "age_days": 0, "tickets": 1},
        {"tier": "L2", "age_days": 2, "tickets": 1},
    ]


def test_active_agents(small):
    told = {(row.tier): row.agents for row in questions.active_agents(small).itertuples()}
    assert told == {"L1": 2, "L2": 1}


def test_visits_by_day(warehouse, log):
    told = questions.visits_by_day(warehouse)
    rows = [
        (v[0]["at"].normalize(), v[0]["tier"], n == 0) for t in tickets(log) for n, v in enumerate(t["tier_visits"])
    ]
    frame = pd.DataFrame([row for row in rows if row[1]], columns=["day", "tier", "first"])
    wanted = frame.groupby(["day", "tier"])["first"].agg(["size", "sum"])
    got = {(r.day.tz_localize("UTC"), r.tier): (r.visits, r.entries) for r in told.itertuples()}
    assert got == {key: (row["size"], row["sum"]) for key, row in wanted.iterrows()}


def test_weekly_service(small):
    """L1, week of 2 March: visits of B1 (9-10: 1 h), B1 again (15:00 to its last resolution on the 5th, 10:00 = 19 h),
    B2 (2 h), B3 (3 h). L2: B1 (5 h), B2 (open for 22 h), B4 (open, new)."""
    told = questions.weekly_service(small, target_hours=8).set_index("tier")
    assert told.loc["L1", "visits"] == 4
    assert told.loc["L1", "p50_open_hours"] == pytest.approx(np.percentile([1, 19, 2, 3], 50))
    assert told.loc["L1", "p90_open_hours"] == pytest.approx(np.percentile([1, 19, 2, 3], 90))
    assert told.loc["L1", "share_in_time"] == pytest.approx(3 / 4)
    assert told.loc["L2", "share_in_time"] == pytest.approx(1 / 2)  # B4 is too young to be late


def test_effort_by_visit(tmp_path):
    log = drawn(LOG)
    warehouse = warehouse_of(log, tmp_path / "log.duckdb")
    assert questions.effort_by_visit(warehouse).empty  # nothing tracked: absent, not zero


def test_roster_by_week(small):
    assert questions.roster_by_week(small).empty


def test_ticket_events_and_ticket_visits(small):
    events = questions.ticket_events(small, "B1")
    assert events["kind"].tolist() == ["created", "queued", "queued", "resolved", "reopened", "resolved"]
    assert events["team"].tolist() == ["desk", "net", "desk", "desk", "desk", "desk"]
    visits = questions.ticket_visits(small, "B1")
    assert visits["tier"].tolist() == ["L1", "L2", "L1"]
    assert visits["hours"].tolist() == [1, 5, 67]
    assert visits["is_return"].tolist() == [False, False, True]
    assert questions.ticket_events(small, "nothing").empty


def test_bounce_loops(warehouse, log, small):
    assert questions.bounce_loops(small).to_dict("records") == [
        {"team": "desk", "other_team": "net", "loops": 1, "tickets": 1, "hours_lost": 5.0}
    ]
    wanted: dict[tuple, list] = {}
    for ticket in tickets(log):
        visits = ticket["visits"]
        for n in range(2, len(visits)):
            home, away, before = (visits[k][0]["team"] for k in (n, n - 1, n - 2))
            if home and away and home == before != away:
                lost = (ended_at(ticket, visits, n - 1) - visits[n - 1][0]["at"]).total_seconds() / 3600
                wanted.setdefault(tuple(sorted((home, away))), []).append((ticket["id"], lost))
    told = {(r.team, r.other_team): r for r in questions.bounce_loops(warehouse).itertuples()}
    assert set(told) == set(wanted)
    for pair, loops in wanted.items():
        assert told[pair].loops == len(loops)
        assert told[pair].tickets == len({name for name, _ in loops})
        assert told[pair].hours_lost == pytest.approx(sum(lost for _, lost in loops))


def test_satisfaction(small):
    told = questions.satisfaction(small)
    assert told[["path", "handoffs", "tickets", "rated", "good"]].to_dict("records") == [
        {"path": "L1>L2>L1", "handoffs": 2, "tickets": 1, "rated": 1, "good": 1}  # B3 was rated, but never resolved
    ]


def test_arrivals_by_hour_and_visits_by_priority(warehouse, log):
    there = tickets(log)
    told = questions.arrivals_by_hour(warehouse)
    firsts = [t["events"][0] for t in there if t["events"][0]["tier"]]
    wanted = pd.Series([(e["tier"], e["at"].weekday(), e["at"].hour) for e in firsts]).value_counts().to_dict()
    assert {(r.tier, r.weekday, r.hour): r.arrivals for r in told.itertuples()} == wanted
    by_priority = questions.visits_by_priority(warehouse)
    assert set(by_priority["priority"]) == {"default"}  # the log has no priorities
    assert by_priority["visits"].sum() == sum(1 for t in there for v in t["tier_visits"] if v[0]["tier"])


def test_open_visits_leave_out_what_is_forgotten(warehouse, small):
    assert questions.open_visits(small)["visits"].sum() == questions.backlog_now(small)["tickets"].sum() == 2
    whole = questions.open_visits(warehouse, stale_days=10_000)
    assert whole["visits"].sum() == questions.backlog_now(warehouse)["tickets"].sum()
    assert questions.open_visits(warehouse, stale_days=2)["visits"].sum() < whole["visits"].sum()


def test_effort_samples_are_the_tracked_visits(small):
    assert questions.effort_samples(small).empty


def test_teams(warehouse, log):
    told = questions.teams(warehouse).set_index("team")
    visits = [(t, n, v) for t in tickets(log) for n, v in enumerate(t["visits"]) if v[0]["team"]]
    for team in ("desk", "eng"):
        mine = [(t, n, v) for t, n, v in visits if v[0]["team"] == team]
        assert told.loc[team, "visits"] == len(mine)
        assert told.loc[team, "from_outside"] == pytest.approx(sum(n == 0 for _, n, _ in mine) / len(mine))
        up = sum(n > 0 and t["visits"][n - 1][0]["tier"] < v[0]["tier"] for t, n, v in mine)
        assert told.loc[team, "escalated_in"] == pytest.approx(up / len(mine))
