"""The questions behind the forecast, a second way: plain Python over each ticket's events."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from analytics.model import Filters
from analytics.warehouse import questions
from tests.logs import drawn, warehouse_of
from tests.questions.oracle import ended_at, ticket_of
from tests.questions.test_second_way import random_log

LOG = """
ticket_id at               kind         tier team product category channel
A1        2026-03-02T09:00 created      L1   desk Atlas   Login    phone
A1        2026-03-02T10:00 queued       L2   net  Atlas   Login    phone
A1        2026-03-04T15:00 queued       L1   desk Atlas   Login    phone
A1        2026-03-05T09:00 resolved     L1   desk Atlas   Login    phone
A2        2026-03-02T23:00 created      L1   desk Atlas   Login    phone
A3        2026-03-03T09:00 created      L2   net  Beam    -        email
A3        2026-03-06T09:00 resolved     L2   net  Beam    -        email
"""


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    return warehouse_of(drawn(LOG), tmp_path_factory.mktemp("small") / "log.duckdb")


@pytest.fixture(scope="module")
def log():
    return random_log(seed=47, tickets=150)


@pytest.fixture(scope="module")
def warehouse(log, tmp_path_factory):
    return warehouse_of(log, tmp_path_factory.mktemp("ahead") / "log.duckdb")


def tickets(log) -> list[dict]:
    ordered = log.sort_values(["ticket_id", "at"], kind="stable").groupby("ticket_id")
    return [ticket for _, rows in ordered if (ticket := ticket_of(rows))]


def _rows(warehouse) -> Counter:
    """Visits by (day, tier, next tier, delay, whole days until the end); None for what is missing."""
    told: Counter = Counter()
    for row in questions.routing_by_day(warehouse).itertuples():
        after = row.next_tier if isinstance(row.next_tier, str) else None
        told[(row.day, row.tier, after, None if after is None else int(row.delay_days), row.ended_days)] += row.visits
    return told


def test_cells_by_day_by_hand(small):
    """Two Atlas tickets on Monday, one Beam ticket without a category on Tuesday; L2 is visited by A1 and A3."""
    days = {"first_day": date(2026, 3, 2), "last_day": date(2026, 3, 3)}
    told = questions.cells_by_day(small, **days)
    assert told[["product", "category", "channel", "count"]].to_numpy().tolist() == [
        ["Atlas", "Login", "phone", 2],
        ["Beam", "(not given)", "email", 1],
    ]
    second = questions.cells_by_day(small, **days, tier="L2")
    assert [
        (f"{row.day:%d}", row.product, row.count_) for row in second.rename(columns={"count": "count_"}).itertuples()
    ] == [
        ("02", "Atlas", 1),
        ("03", "Beam", 1),
    ]
    assert questions.cells_by_day(small, Filters(products=("Beam",)), **days)["count"].tolist() == [1]


def test_cells_by_day_add_up_to_the_daily_counts(warehouse):
    days = {"first_day": date(2026, 1, 1), "last_day": date(2026, 3, 31)}
    cells = questions.cells_by_day(warehouse, **days).groupby("day")["count"].sum()
    assert cells.to_dict() == questions.volume_by_day(warehouse).groupby("day")["tickets"].sum().to_dict()
    for tier in ("L1", "L2", "L3"):
        visits = questions.visits_by_day(warehouse)
        mine = visits[visits["tier"] == tier].set_index("day")["visits"]
        assert (
            questions.cells_by_day(warehouse, **days, tier=tier).groupby("day")["count"].sum().to_dict()
            == mine.to_dict()
        )


def test_came_by_hour(warehouse, log):
    there = tickets(log)
    firsts = Counter((t["events"][0]["at"].weekday(), t["events"][0]["at"].hour) for t in there)
    told = questions.came_by_hour(warehouse)
    assert dict(zip(zip(told["weekday"], told["hour"], strict=True), told["count"], strict=True)) == firsts
    visits = [v[0] for t in there for v in t["tier_visits"] if v[0]["tier"] == "L2"]
    second = questions.came_by_hour(warehouse, tier="L2")
    assert second["count"].sum() == len(visits)
    wanted = Counter((e["at"].weekday(), e["at"].hour) for e in visits)
    assert dict(zip(zip(second["weekday"], second["hour"], strict=True), second["count"], strict=True)) == wanted


def test_routing_by_day_by_hand(small):
    """A1 goes from L1 on the 2nd to L2 the same day and back to L1 two days later, where it ends; A2 is open; A3 ends at L2."""
    told = {(tier, after, delay, days): visits for (_, tier, after, delay, days), visits in _rows(small).items()}
    assert told == {("L1", "L2", 0, 0): 1, ("L2", "L1", 2, 2): 1, ("L1", None, None, 0): 1, ("L2", None, None, 3): 1}


def test_routing_by_day(warehouse, log):
    wanted: Counter = Counter()
    for ticket in tickets(log):
        visits = ticket["tier_visits"]
        for number, visit in enumerate(visits):
            tier, start, end = visit[0]["tier"], visit[0]["at"], ended_at(ticket, visits, number)
            if tier is None or end is None:
                continue
            after = visits[number + 1][0] if number + 1 < len(visits) else None
            delay = (after["at"].normalize() - start.normalize()).days if after else None
            wanted[(start.normalize().tz_localize(None), tier, after and after["tier"], delay, (end - start).days)] += 1
    told = _rows(warehouse)
    assert told == wanted
    assert sum(told.values()) == questions.routing(warehouse)["visits"].sum()
