"""Each contradiction by hand, by the figures that are known, and on a log whose answer is counted another way."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pandas as pd
import pytest

from analytics.calendars import ALWAYS, Calendar
from analytics.charts.rules import CONTRADICTIONS
from analytics.contradictions import contradictions
from analytics.contradictions.claims import (
    COLLIDES,
    HOLDS,
    after_deflection,
    deflection,
    fifteen_minutes,
    staff_mix,
    two_alarms,
)  # fmt: skip
from analytics.errors import InputError, NotEnoughData
from analytics.model import Filters
from tests.logs import at, warehouse_of

ROUND_THE_CLOCK = dict.fromkeys(("L0", "L1", "L2", "L3"), Calendar("UTC", week=ALWAYS))
FLOW = (100.0, 20.0, 2.0)


def test_twelve_per_cent_at_forty_deflected_reads_as_twenty():
    assert after_deflection(0.12, 0.40) == pytest.approx(0.20)
    # counted: 100 contacts, 12 escalated; 40 of the 88 others never come
    assert after_deflection(12 / 100, 40 / 100) == pytest.approx(12 / (100 - 40))
    with pytest.raises(InputError, match="Only what L1 solves"):
        after_deflection(0.7, 0.4)


def test_deflection_trips_the_alarm_between_12_and_20_per_cent():
    mild, ringing, already = deflection(100, 1000), deflection(150, 1000), deflection(300, 1000)
    assert [one.verdict for one in (mild, ringing, already)] == [HOLDS, COLLIDES, COLLIDES]
    assert ringing.marks["rings_at"] == pytest.approx(1 - 0.15 / 0.20)
    row = ringing.frame.iloc[(ringing.frame["deflected"] - 0.25).abs().argmin()]
    assert row["rate"] == pytest.approx(0.20, abs=0.005)
    assert "from 25 % deflected on" in ringing.sentence
    assert bool(np.all(ringing.frame["rate_low"].to_numpy() < ringing.frame["rate"].to_numpy()))


def test_the_staffing_rule_holds_from_22_to_116_minutes():
    """100 / 20 / 2 visits, 15 and 30 minutes: 25 and 10 h; L1 has 60 to 70 % and L3 under 10 % while L3 has 0.71 to 3.89 h."""
    told = staff_mix(FLOW, (15.0, 30.0, 100.0))
    assert told.verdict == HOLDS
    assert np.ceil(told.marks["low"]) == 22
    assert np.floor(told.marks["high"]) == 116
    assert told.marks["low"] == pytest.approx((25 / 0.7 - 35) * 30)
    assert told.marks["high"] == pytest.approx(35 * 0.1 / 0.9 * 30)
    for row in told.frame.to_dict("records"):  # each point by the rule itself
        fits = 0.6 <= row["l1"] <= 0.7 and 0.25 <= row["l2"] <= 0.3 and row["l3"] <= 0.1
        assert row["holds"] == fits
    assert "22 to 116 minutes" in told.arithmetic


def test_at_four_hours_the_mix_is_58_23_19():
    told = staff_mix(FLOW, (15.0, 30.0, 240.0))
    assert told.verdict == COLLIDES
    assert "58 / 23 / 19 %" in told.sentence
    assert "which it does not" in told.sentence


def test_a_flow_that_no_l3_effort_can_mend():
    told = staff_mix((100.0, 60.0, 2.0), (15.0, 30.0, 60.0))
    assert told.verdict == COLLIDES
    assert not told.frame["holds"].to_numpy().any()
    assert "no effort in L3" in told.sentence


def first_visits(rows: list[tuple]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["hours", "wait_hours", "to_tier"])
    return frame.astype({"to_tier": "Int64"})


def test_fifteen_minutes_as_a_trigger():
    """Of 400: 40 escalated at once, 160 solved 10 minutes after the first look, 120 after 20, 80 after an hour: 10 % now, 60 % by
    the rule, 30 % at 20 minutes (not over means in time), 10 % at an hour."""
    rows = [(1.0, 0.5, 2)] * 40 + [(0.5 + 1 / 6, 0.5, None)] * 160
    rows += [(2 + 1 / 3, 2.0, None)] * 120 + [(1.0, 0.0, None)] * 80
    told = fifteen_minutes(first_visits(rows))
    assert told.verdict == COLLIDES
    assert "Today 10 %" in told.sentence
    assert "would be 60 %" in told.sentence
    rates = dict(zip(told.frame["minutes"], told.frame["rate"], strict=True))
    assert [rates[15.0], rates[30.0], rates[60.0]] == pytest.approx([0.6, 0.3, 0.1])
    assert told.frame["rate"].is_monotonic_decreasing
    assert told.marks["fits"] == 60


def test_where_everything_is_quick_the_two_agree():
    told = fifteen_minutes(first_visits([(0.6, 0.5, None)] * 300))
    assert told.verdict == HOLDS


def test_two_alarms():
    """10, 30 and 60 % of 100 tickets each: one under both, one over one alone, one over both; a team of 5 is not judged."""
    teams = pd.DataFrame(
        {"team": list("abcd"), "tickets": [100, 100, 100, 5], "escalated": [10, 30, 60, 5]},
    )
    told = two_alarms(teams)
    assert told.frame.set_index("team")["verdict"].to_dict() == {
        "c": "over both", "b": "over one alone", "a": "under both"
    }  # fmt: skip
    assert told.verdict == COLLIDES
    assert "1 of 3 teams lies between" in told.sentence
    assert two_alarms(teams.assign(escalated=[10, 12, 60, 5])).verdict == HOLDS


@pytest.mark.parametrize(
    "make",
    [
        lambda: deflection(3, 20),
        lambda: staff_mix((10.0, 0.0, 1.0), (15.0, 30.0, 100.0)),
        lambda: fifteen_minutes(first_visits([(0.6, 0.5, None)] * 20)),
        lambda: two_alarms(pd.DataFrame({"team": ["a"], "tickets": [3], "escalated": [1]})),
    ],
)
def test_too_little_data_is_refused(make):
    with pytest.raises(NotEnoughData):
        make()


def log() -> pd.DataFrame:
    """400 tickets, one an hour: each fifth goes to L2, each fiftieth on to L3; L1 is two teams, and only `north` escalates."""
    rows, start = [], at("2026-03-02T00:00")
    for number in range(400):
        now, name = start + timedelta(hours=number), f"T{number:03d}"
        team = "north" if number % 5 == 0 or number % 2 else "south"
        rows.append({"ticket_id": name, "at": now, "kind": "created", "tier": "L1", "team": team})
        rows.append(
            {"ticket_id": name, "at": now + timedelta(minutes=1), "kind": "acknowledged", "tier": "L1", "team": team}
        )
        if number % 5 == 0:
            now += timedelta(minutes=5)
            rows.append({"ticket_id": name, "at": now, "kind": "acknowledged", "tier": "L2", "team": "tech"})
        if number % 50 == 0:
            now += timedelta(minutes=30)
            rows.append({"ticket_id": name, "at": now, "kind": "acknowledged", "tier": "L3", "team": "eng"})
        end = {"ticket_id": name, "at": now + timedelta(minutes=11), "kind": "resolved"}
        rows.append(end | {"tier": rows[-1]["tier"], "team": rows[-1]["team"]})
    return pd.DataFrame(rows)


def test_on_a_log_whose_figures_are_counted(tmp_path):
    warehouse = warehouse_of(log(), tmp_path / "log.duckdb", ROUND_THE_CLOCK)
    found, missing = contradictions(warehouse, Filters())
    assert missing == []
    told = {one.id: one for one in found}
    assert told["deflection"].marks["now"] == pytest.approx(80 / 400)
    assert (
        "L1 400 × 15 min, L2 80 × 30 min, L3 8 × 100 min" in told["staff_mix"].arithmetic
    )  # no work is tracked: the prior
    teams = told["two_alarms"].frame.set_index("team")  # l1_teams, counted with pandas
    by_team = log().query("tier == 'L1'").groupby("team")["ticket_id"].nunique()
    assert teams["tickets"].to_dict() == by_team.to_dict()
    assert teams["escalated"].to_dict() == {"north": 80, "south": 0}
    assert told["fifteen_minutes"].verdict == HOLDS  # all within 10 minutes, and 20 % is not over
    for one in found:
        figure = CONTRADICTIONS[one.id](one.frame, one.marks)
        assert len(figure.data) > 0  # pyright: ignore
        assert figure.layout.xaxis.title.text  # pyright: ignore


def test_what_cannot_be_told_is_named_and_the_rest_is_told(tmp_path):
    warehouse = warehouse_of(log().head(60), tmp_path / "log.duckdb", ROUND_THE_CLOCK)
    found, missing = contradictions(warehouse, Filters())
    assert len(found) + len(missing) == 4
    assert missing
    assert all(problem.todo for problem in missing)
