"""What a replay is fed with, a second way: waits, deadlines, open visits and people, by hand and from the raw events."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from analytics.errors import FilterError
from analytics.warehouse.questions import history
from tests.logs import drawn, warehouse_of

LOG = """
ticket_id at               kind         tier team agent priority
A1        2026-03-02T09:00 created      L1   desk ann   high
A1        2026-03-02T10:30 acknowledged L1   desk ann   high
A1        2026-03-02T12:00 queued       L2   net  -     high
A1        2026-03-03T10:00 acknowledged L2   net  cyd   high
A1        2026-03-04T09:00 resolved     L2   net  cyd   high
A2        2026-03-02T16:00 created      L1   desk -     low
A2        2026-03-03T09:30 acknowledged L1   desk bob   low
A2        2026-03-03T11:00 pending      L1   desk bob   low
A2        2026-03-05T11:00 acknowledged L1   desk bob   low
A2        2026-03-05T12:00 resolved     L1   desk bob   low
A3        2026-03-06T16:30 created      L1   desk -     low
A3        2026-03-09T11:00 acknowledged L1   desk ann   low
"""


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    return warehouse_of(drawn(LOG), tmp_path_factory.mktemp("history") / "log.duckdb")


def us(text: str) -> int:
    return int(pd.Timestamp(text, tz="UTC").timestamp() * 1_000_000)


WEEKS = [
    (date(2026, 3, 2), us("2026-03-02"), us("2026-03-09")),
    (date(2026, 3, 9), us("2026-03-09"), us("2026-03-16")),
]


def test_weekly_flow_by_hand(small):
    """Working hours 9 to 17. L1 waits: A1 1.5 h, A2 1 h + 0.5 h; A3 0.5 h on Friday + 2 h on Monday, in the second week.

    L2: A1 from Monday 12:00 to Tuesday 10:00 is 5 + 1 h. Ended: A1 took 3 h at L1 (target 4) and 5 + 8 = 13 h at L2 (target
    12); A2 took 1 + 8 + 8 + 3 = 20 h, of which Tuesday 11:00 to Thursday 11:00 = 16 h stood still: 4 h (target 4).
    """
    targets = {("L1", "high"): 4.0, ("L1", "low"): 4.0, ("L2", "high"): 12.0}
    told = history.weekly_flow(small, WEEKS, targets).set_index(["week", "tier"])
    first = told.loc[(pd.Timestamp("2026-03-02"), "L1")]
    assert (first["acknowledged"], first["wait_p50_hours"], first["wait_p90_hours"]) == pytest.approx((2, 1.5, 1.5))
    assert (first["ended"], first["sla_share"]) == (2, 1.0)
    upper = told.loc[(pd.Timestamp("2026-03-02"), "L2")]
    assert (upper["wait_p50_hours"], upper["ended"], upper["sla_share"]) == pytest.approx((6.0, 1, 0.0))
    later = told.loc[(pd.Timestamp("2026-03-09"), "L1")]
    assert later["wait_p50_hours"] == pytest.approx(2.5)
    assert later["ended"] == 0
    assert pd.isna(later["sla_share"])


def test_open_visits_at_by_hand(small):
    """On Wednesday the 4th at 0:00: A1 with L2 since Monday noon (5 + 8 h: one day of 8), A2 pending at L1."""
    told = history.open_visits_at(small, [us("2026-03-04"), us("2026-03-08")], {"L1": 8.0, "L2": 8.0})
    rows = told.assign(at=[int(at) for at in told.pop("at_us")]).to_dict("records")
    assert rows == [
        {"tier": "L1", "priority": "low", "age_days": 1, "visits": 0, "pending": 1, "at": us("2026-03-04")},
        {"tier": "L2", "priority": "high", "age_days": 1, "visits": 1, "pending": 0, "at": us("2026-03-04")},
        {"tier": "L1", "priority": "low", "age_days": 0, "visits": 1, "pending": 0, "at": us("2026-03-08")},
    ]


def test_roster_by_day_adds_teams_up(tmp_path):
    made = warehouse_of(drawn(LOG), tmp_path / "log.duckdb")
    made.close()
    import duckdb

    with duckdb.connect(str(tmp_path / "log.duckdb")) as con:
        con.execute(
            "INSERT INTO roster VALUES ('2026-03-02', 1, 'a', 16), ('2026-03-02', 1, 'b', 8), ('2026-03-03', 2, NULL, 6)"
        )
    from analytics.warehouse.store import Dataset, Warehouse

    class Here(Dataset):
        @property
        def file(self):
            return tmp_path / "log.duckdb"

    told = history.roster_by_day(Warehouse(Here("x", tmp_path, 1, None)))
    assert [(row.tier, row.hours) for row in told.itertuples()] == [("L1", 24.0), ("L2", 6.0)]


def test_visits_by_value_by_hand(tmp_path):
    log = drawn(LOG).assign(product=["Cloud"] * 5 + ["Desk"] * 5 + [None] * 2)
    told = history.visits_by_value(warehouse_of(log, tmp_path / "log.duckdb"), "product")
    assert {(row.tier, row.value): row.visits for row in told.itertuples()} == {
        ("L1", "Cloud"): 1,
        ("L1", "Desk"): 1,
        ("L1", "(not given)"): 1,
        ("L2", "Cloud"): 1,
    }
    ways = history.ways_by_value(warehouse_of(log, tmp_path / "ways.duckdb"), "product")
    assert {(row.value, row.path, row.ended): row.tickets for row in ways.itertuples()} == {
        ("Cloud", "L1>L2", True): 1,
        ("Desk", "L1", True): 1,
        ("(not given)", "L1", False): 1,
    }
    with pytest.raises(FilterError, match="no attribute"):
        history.visits_by_value(warehouse_of(log, tmp_path / "again.duckdb"), "colour")
