"""Teams as pools of the replay: every question by hand, and what is and is not told apart."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import duckdb
import numpy as np
import pandas as pd
import pytest

from analytics.staffing.effort import Effort
from analytics.staffing.plan import Plan
from analytics.staffing.replay import replay
from analytics.warehouse.store import Dataset, Warehouse
from analytics.workforce import history, teams as staffing_teams
from tests.logs import drawn, warehouse_of
from tests.pages import small

LOG = """
ticket_id at               kind         tier team  agent priority
A1        2026-03-02T09:00 created      L1   desk  -     high
A1        2026-03-02T10:00 acknowledged L1   desk  ann   high
A1        2026-03-02T12:00 queued       L2   net   -     high
A1        2026-03-03T09:00 acknowledged L2   net   cyd   high
A1        2026-03-03T10:00 queued       L2   apps  -     high
A1        2026-03-03T11:00 acknowledged L2   apps  dee   high
A1        2026-03-03T12:00 resolved     L2   apps  dee   high
A2        2026-03-02T11:00 created      L1   phone -     low
A2        2026-03-02T11:30 acknowledged L1   phone ann   low
A2        2026-03-03T09:00 queued       L2   apps  -     low
A3        2026-03-03T09:30 created      L1   desk  -     low
A3        2026-03-03T09:40 acknowledged L1   desk  bob   low
A3        2026-03-03T09:50 resolved     L1   desk  bob   low
"""
START = date(2026, 3, 2)


def us(text: str) -> int:
    return int(pd.Timestamp(text, tz="UTC").timestamp() * 1e6)


@pytest.fixture(scope="module")
def log():
    return drawn(LOG)


@pytest.fixture(scope="module")
def drawn_log(log, tmp_path_factory):
    """With tracked work: 6 minutes on A1 at L1 and 60 at L2, 4 on A2 and 9 on A3 at L1, none yet on A2 at L2."""
    file = tmp_path_factory.mktemp("teams") / "log.duckdb"
    warehouse_of(log, file).close()
    with duckdb.connect(str(file)) as con:
        for ticket, tier, minutes in ((1, 1, 6), (1, 2, 60), (2, 1, 4), (3, 1, 9)):
            con.execute(
                "UPDATE tier_visits SET effort_minutes = ? WHERE ticket_no = ? AND tier = ?", [minutes, ticket, tier]
            )
    return opened(file)


def opened(file) -> Warehouse:
    class Here(Dataset):
        @property
        def file(self):
            return file

    return Warehouse(Here("x", file.parent, 1, None))


def rows(frame: pd.DataFrame) -> list[tuple]:
    return [tuple(None if pd.isna(cell) else cell for cell in row) for row in frame.itertuples(index=False)]


def test_team_entries_by_hand(drawn_log):
    told = staffing_teams.entries(drawn_log, START, 2)
    assert [(str(day.date()), *rest) for day, *rest in rows(told)] == [
        ("2026-03-02", "L1", "desk", 1),
        ("2026-03-02", "L1", "phone", 1),
        ("2026-03-03", "L1", "desk", 1),
    ]
    assert staffing_teams.entries(drawn_log, START, 1)["entries"].to_numpy().sum() == 2


def test_team_routing_by_hand(drawn_log):
    """A1's visit to L2 is of net, which it came to first, with the work of both teams; A2's has not ended."""
    told = sorted(rows(staffing_teams.routing(drawn_log)), key=str)
    assert told == [
        ("L1", "desk", "L2", "net", "high", 1, 1, 6.0),
        ("L1", "desk", None, None, "low", 1, 1, 9.0),
        ("L1", "phone", "L2", "apps", "low", 1, 1, 4.0),
        ("L2", "net", None, None, "high", 1, 1, 60.0),
    ]


def test_team_backlog_by_hand(drawn_log):
    """On Tuesday at 9:30 A1 lies with net since Monday noon (5 + 0.5 hours: no whole day of 8), A2 with apps."""
    told = rows(staffing_teams.backlog(drawn_log, us("2026-03-03T09:30"), {"L1": 8.0, "L2": 8.0}))
    assert told == [("L1", "desk", "low", 0, 1), ("L2", "apps", "low", 0, 1), ("L2", "net", "high", 0, 1)]


def test_team_people_by_hand(drawn_log):
    """Ann's Monday is half with the desk and half with the phone; Tuesday has bob, cyd and dee."""
    told = [(str(day.date()), *rest) for day, *rest in rows(staffing_teams.people(drawn_log, START, 2))]
    assert told == [
        ("2026-03-02", "L1", "desk", 0.5),
        ("2026-03-02", "L1", "phone", 0.5),
        ("2026-03-03", "L1", "desk", 1.0),
        ("2026-03-03", "L2", "apps", 1.0),
        ("2026-03-03", "L2", "net", 1.0),
    ]


def with_roster(log: pd.DataFrame, file, lines: list[tuple]) -> Warehouse:
    warehouse_of(log, file).close()
    with duckdb.connect(str(file)) as con:
        con.executemany("INSERT INTO roster VALUES (?, ?, ?, ?)", lines)
    return opened(file)


def test_team_roster_by_hand(log, tmp_path):
    lines = [
        ("2026-03-02", 1, "desk", 16),
        ("2026-03-02", 1, "desk", 4),
        ("2026-03-03", 2, None, 6),
        ("2026-03-09", 1, "desk", 9),
    ]
    told = staffing_teams.roster(with_roster(log, tmp_path / "log.duckdb", lines), START, 7)
    assert [(str(day.date()), *rest) for day, *rest in rows(told)] == [
        ("2026-03-02", "L1", "desk", 20.0),
        ("2026-03-03", "L2", None, 6.0),
    ]


@pytest.fixture(scope="module")
def events() -> pd.DataFrame:
    """30 weeks of two desks and one team of each upper tier, with an agent per team."""
    made = small.events()
    return made.assign(agent=made["team"].where(made["kind"].isin(["acknowledged", "replied", "resolved"])))


def test_the_pools_add_up_to_their_tiers(events, tmp_path):
    past, _ = history.history_of(warehouse_of(events, tmp_path / "log.duckdb"), Plan())
    pools = past.pools
    assert pools is not None
    assert pools.tier_of == {
        "L1 · Desk North": "L1", "L1 · Desk South": "L1", "L2": "L2", "L3": "L3",
    }  # fmt: skip
    assert np.array_equal(pools.inputs.arrivals.sum(axis=2), past.inputs.arrivals.sum(axis=2))
    assert pools.inputs.backlog["visits"].to_numpy().sum() == past.inputs.backlog["visits"].to_numpy().sum()
    assert pools.roster["hours"].to_numpy().sum() == pytest.approx(past.roster["hours"].to_numpy().sum())
    assert pools.inputs.routing_counts[:2, 2].sum() == past.inputs.routing_counts[0, 1]
    told = replay(past, Plan(), replications=2)
    assert told.setup.names == past.inputs.tiers
    assert told.column("ENTERED").sum(axis=(0, 2)) == pytest.approx(2 * past.inputs.arrivals.sum(axis=(0, 1)))


def test_two_teams_that_do_not_help_each_other_wait_longer_than_one(events, tmp_path):
    """The same tickets and the same people, once as two desks and once as one; enough work that they queue."""
    past, _ = history.history_of(warehouse_of(events, tmp_path / "log.duckdb"), Plan())
    busy = replace(past, inputs=replace(past.inputs, effort={"L1": Effort(150, 150, 150, "plan")}))
    apart, one = replay(busy, Plan(), replications=10), replay(replace(busy, pools=None), Plan(), replications=10)
    waits = [result.column("WAIT")[:, 0].sum() / result.column("STARTED")[:, 0].sum() for result in (apart, one)]
    assert waits[0] > 1.2 * waits[1]


def test_a_roster_s_few_hours_for_many_people_are_people_side_by_side(events, tmp_path):
    """Two desks of one agent each, rostered for 6 hours a day together: 3 hours a head at most, where the plan has 8."""
    days = [date(2025, 1, 6) + timedelta(days=n) for n in range(230)]
    lines = [(day, tier, None, 6.0 if tier == 1 else 8.0) for day in days for tier in (1, 2, 3)]
    past, source = history.history_of(with_roster(events, tmp_path / "other.duckdb", lines), Plan())
    assert source == "the roster"
    assert past.pools is not None
    seen = staffing_teams.people(with_roster(events, tmp_path / "third.duckdb", lines), past.inputs.start, 91)
    heads = seen.loc[seen["tier"] == "L1", "people"].sum()
    assert past.pools.paid_hours["L1"] == pytest.approx(min(8.0, 91 * 6.0 / heads))
    assert set(past.pools.tier_of) == {"L1", "L2", "L3"}  # the roster does not say who is in which desk


def test_whoever_left_no_trace_on_a_day_was_not_away(log, tmp_path):
    """Bob's one Tuesday in the week is a fifth of a person on each of its open days, at the plan's 8 hours a day."""
    who = staffing_teams.staffed(warehouse_of(log, tmp_path / "log.duckdb"), Plan(), ["L1", "L2"], START, 7)
    assert who.source == staffing_teams.ESTIMATED
    desk = who.hours[(who.hours["tier"] == "L1") & (who.hours["team"] == "desk")]
    assert desk["hours"].tolist() == pytest.approx([8 * 1.5 / 5] * 5)  # and half of ann's Monday
    assert who.hours["hours"].to_numpy().sum() == pytest.approx(8 * 4)  # ann, bob, cyd, dee


def test_teams_seen_on_few_days_are_pooled():
    """Three teams of L1: one works daily, one twice in a quarter and one has visits but nobody; the last two are the others."""
    teams = ["daily", "rare", "empty"]
    visits = {("L1", team): float(n) for team, n in zip(teams, (500, 40, 10), strict=True)}
    names = staffing_teams._names("L1", [*visits], [("L1", "daily")], rest_works=True)
    assert names == {("L1", "daily"): "L1 · daily", ("L1", "rare"): "L1 · others", ("L1", "empty"): "L1 · others"}
    alone = staffing_teams._names("L1", [*visits], [("L1", "daily"), ("L1", "rare")], rest_works=False)
    assert alone[("L1", "empty")] == "L1 · daily"
    assert set(staffing_teams._names("L1", [*visits], [("L1", "daily")], rest_works=False).values()) == {"L1"}
