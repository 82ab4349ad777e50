"""Durations in working hours, recomputed ticket by ticket from the calendars."""

from __future__ import annotations

import numpy as np
import pytest

from analytics.calendars import ALWAYS, Calendar
from analytics.warehouse import questions
from tests.clock import open_us
from tests.logs import drawn, warehouse_of
from tests.questions.oracle import ended_at, resolution, ticket_of, waits
from tests.questions.test_second_way import random_log

CALENDARS = {
    "L1": Calendar("Europe/Berlin", week=(((420, 1200),),) * 6 + ((),)),
    "L2": Calendar("Europe/Berlin"),
    "L3": Calendar("America/New_York", holidays_country="US"),
}


@pytest.fixture(scope="module")
def log():
    return random_log(seed=12, tickets=120)


@pytest.fixture(scope="module")
def warehouse(log, tmp_path_factory):
    return warehouse_of(log, tmp_path_factory.mktemp("clock") / "log.duckdb", CALENDARS)


def open_hours(tier, start, end) -> float:
    edges = (round(moment.timestamp() * 1e6) for moment in (start, end))
    return float(open_us(CALENDARS[tier or "L1"], *edges)) / 3.6e9


def tickets(log) -> list[dict]:
    ordered = log.sort_values(["ticket_id", "at"], kind="stable").groupby("ticket_id")
    return [ticket | {"id": name} for name, rows in ordered if (ticket := ticket_of(rows))]


def test_handoff_waits(warehouse, log):
    there = tickets(log)
    end = max(e["at"] for t in there for e in t["events"])
    wanted = []
    for ticket in there:
        for number, handoff in enumerate(waits(ticket, ticket["tier_visits"], end), start=1):
            start = ticket["tier_visits"][number][0]["at"]
            stop = start + np.timedelta64(round(handoff["hours"] * 3600), "s")
            if handoff["acknowledged"]:
                wanted.append(open_hours(handoff["to"], start, stop))
    told = questions.handoff_latency(warehouse, by="all", clock="business").iloc[0]
    assert told["acknowledged"] == len(wanted)
    assert told["p50_hours"] == pytest.approx(np.percentile(wanted, 50))
    assert told["p95_hours"] == pytest.approx(np.percentile(wanted, 95))
    assert questions.latency_curve(warehouse, by="all", clock="business")["wait_hours"].max() == pytest.approx(
        max(wanted)
    )
    heat = questions.latency_heatmap(warehouse, clock="business")
    assert heat["p50_hours"].max() <= max(wanted)


def test_resolution_times(warehouse, log):
    wanted: dict[str, list[float]] = {}
    for ticket in tickets(log):
        solved = resolution(ticket)
        if not solved or not solved["tier"]:
            continue
        created = next((e["at"] for e in ticket["events"] if e["kind"] == "created"), ticket["events"][0]["at"])
        visits, spent = ticket["tier_visits"], 0.0
        spent += open_hours(visits[0][0]["tier"], created, visits[0][0]["at"])
        for number, visit in enumerate(visits):
            # the resolving visit is the one that holds that very event, not merely its time
            last = any(event is solved for event in visit)
            stop = solved["at"] if last else ended_at(ticket, visits, number)
            spent += open_hours(visit[0]["tier"], visit[0]["at"], stop)
            if last:
                break
        wanted.setdefault(solved["tier"], []).append(spent)
    told = questions.resolution_times(warehouse, clock="business").set_index("tier")
    for tier, hours in wanted.items():
        assert told.loc[tier, "p50_hours"] == pytest.approx(np.percentile(hours, 50))
        assert told.loc[tier, "p90_hours"] == pytest.approx(np.percentile(hours, 90))


def test_open_round_the_clock_is_calendar_time(log, tmp_path):
    always = {tier: Calendar("Europe/Berlin", week=ALWAYS) for tier in ("L0", "L1", "L2", "L3")}
    warehouse = warehouse_of(log, tmp_path / "always.duckdb", always)
    for pending in (True, False):
        one, other = (questions.resolution_times(warehouse, clock=clock, pending=pending) for clock in questions.CLOCKS)
        assert one["p90_hours"].to_numpy() == pytest.approx(other["p90_hours"].to_numpy())
    one, other = (questions.handoff_latency(warehouse, by="receiving_team", clock=clock) for clock in questions.CLOCKS)
    assert one["km_p50_hours"].to_numpy() == pytest.approx(other["km_p50_hours"].to_numpy(), nan_ok=True)


def test_pending_time_can_be_left_out(tmp_path):
    """
    P1 is created on Friday at 16:00, pending 16:30 to Monday 10:00, resolved at 11:00. Open Monday to Friday 9-17:
    calendar 67 h, 1.5 h without pending; business 1 h on Friday + 2 h on Monday, 1.5 h without pending.
    """
    log = drawn("""
    ticket_id at               kind         tier team
    P1        2026-03-06T16:00 created      L1   desk
    P1        2026-03-06T16:30 pending      L1   desk
    P1        2026-03-09T10:00 acknowledged L1   desk
    P1        2026-03-09T11:00 resolved     L1   desk
    """)
    warehouse = warehouse_of(log, tmp_path / "log.duckdb")
    hours = {
        (clock, pending): questions.resolution_times(warehouse, clock=clock, pending=pending)["p50_hours"].iloc[0]
        for clock in questions.CLOCKS
        for pending in (True, False)
    }
    assert hours == {
        ("calendar", True): 67.0, ("calendar", False): 1.5, ("business", True): 3.0, ("business", False): 1.5,
    }  # fmt: skip
